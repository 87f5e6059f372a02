# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a failover waits for once this side is writable."""

from __future__ import annotations

DOCUMENTATION = r"""
name: failover_wait
short_description: Name the pairs of a failover for a task that only waits
version_added: 1.0.0
author:
  - elementsw.replication contributors (@elementsw)
description:
  - Returns the complete pairs of a failover by the IDs of their volumes, and nothing that a task could change. Without a
    direction nothing is reversed, whatever another client does meanwhile, and with
    O(elementsw.replication.element_volume_pair#module:failover) nothing is paired.
options:
  _input:
    description:
      - The result of M(elementsw.replication.element_volume_pair) with
        O(elementsw.replication.element_volume_pair#module:failover).
    type: dict
    required: true
seealso:
  - plugin: elementsw.replication.failover
    plugin_type: role
"""

EXAMPLES = r"""
- name: Wait until both sides are in sync
  elementsw.replication.element_volume_pair:
    peer_host: alpha
    pairs: "{{ result | elementsw.replication.failover_wait }}"
    failover: planned
    wait_for: in_sync
"""

RETURN = r"""
_value:
  description: The pairs, in the form of O(elementsw.replication.element_volume_pair#module:pairs).
  type: list
  elements: dict
"""

from collections.abc import Callable
from typing import Any

from ..plugin_utils._filter_input import dictionary, shaped

NAME = "failover_wait"
RESULT = "the result of elementsw.replication.element_volume_pair"


def failover_wait(result: Any) -> list[dict[str, int]]:
    """Return the pairs. Raise AnsibleFilterError where the input is not as documented."""
    done = dictionary(NAME, "the input", result, RESULT)
    with shaped(NAME, RESULT):
        return [
            {"volume_id": pair["local"]["volume_id"], "peer_volume_id": pair["peer"]["volume_id"]}
            for pair in done.get("pairs") or []
            if pair["state"] == "paired"
        ]


class FilterModule:
    """The filter of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {NAME: failover_wait}
