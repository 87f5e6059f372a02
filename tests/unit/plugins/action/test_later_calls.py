# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a task returns when a call that only goes on waiting does not come to its end: the writes were made all the same."""

from __future__ import annotations

import pytest

from ansible_collections.elementsw.replication.plugins.plugin_utils._action_base import _with_the_writes

ACTIONS = [
    {"cluster": "beta", "method": "ModifyVolume", "object": "volume orders-db (41)", "reason": "it becomes the target"}
]
DIFF = {"before": "", "after": "orders-db (41): paired\n"}
KILLED = {"failed": True, "msg": "MODULE FAILURE", "rc": -9}


def before(diff):
    return {"changed": True, "_progress": {"line": "0 of 1", "report": {"actions": ACTIONS, "diff": diff}}}


@pytest.mark.parametrize("reply", [KILLED, {**KILLED, "changed": False, "actions": []}])
@pytest.mark.parametrize("diff", [DIFF, None])
def test_a_later_call_that_dies_does_not_hide_what_was_written(reply, diff):
    late = _with_the_writes(reply, before(diff))
    assert (late["failed"], late["msg"], late["changed"], late["actions"]) == (
        True,
        "MODULE FAILURE",
        True,
        ACTIONS,
    )
    assert late.get("diff") == diff


def test_a_later_call_that_ends_by_itself_speaks_for_itself():
    for reply in ({"changed": True, "actions": ACTIONS}, {"failed": True, "changed": True, "actions": ACTIONS}):
        assert _with_the_writes(reply, before(DIFF)) == reply


def test_a_call_that_had_planned_nothing_has_written_nothing():
    unplanned = {"changed": False, "_progress": {"line": "the peer does not answer", "report": {"unplanned": {}}}}
    assert _with_the_writes(KILLED, unplanned) == KILLED
