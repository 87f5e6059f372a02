# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What hosts log in to after a failover."""

from __future__ import annotations

DOCUMENTATION = r"""
name: failover_access
short_description: Say what hosts log in to after a failover
version_added: 1.0.0
author:
  - elementsw.replication contributors (@elementsw)
description:
  - Takes of RV(elementsw.replication.element_pair_info#module:host_access) the volumes of a failover, since the target, the
    address and the access groups differ between the sites.
options:
  _input:
    description:
      - The result of M(elementsw.replication.element_pair_info) with C(gather) of V(host_access), run for the cluster that
        takes over. A result without it, because the read failed or was skipped, gives no line.
    type: dict
    required: true
  result:
    description:
      - The result of M(elementsw.replication.element_volume_pair) that failed over.
    type: dict
    required: true
seealso:
  - plugin: elementsw.replication.failover
    plugin_type: role
"""

EXAMPLES = r"""
- name: Show what hosts log in to
  ansible.builtin.debug:
    msg: "{{ (access | elementsw.replication.failover_access(result)).lines }}"
"""

RETURN = r"""
_value:
  description: What to log in to.
  type: dict
  contains:
    lines:
      description: One line for each of the first volumes.
      type: list
      elements: str
      sample:
        - "orders-db: iqn.2010-01.com.solidfire:m8qz.orders-db.77 at 198.51.100.21:3260, access group shop-hosts (2 initiators)"
    more:
      description: How many further volumes there are.
      type: int
"""

from collections.abc import Callable
from typing import Any

from ..plugin_utils._filter_input import dictionary, shaped

NAME = "failover_access"
ACCESS = "the result of elementsw.replication.element_pair_info with host_access"
RESULT = "the result of elementsw.replication.element_volume_pair"
#: The summary of a failover of a whole site stays readable.
MOST_LINES = 20


def failover_access(access: Any, result: Any) -> dict[str, Any]:
    """Return what to log in to. Raise AnsibleFilterError where the input is not as documented."""
    read = dictionary(NAME, "the input", access, ACCESS)
    done = dictionary(NAME, "result", result, RESULT)
    with shaped(NAME, f"{ACCESS} and {RESULT}"):
        wanted = {pair["local"]["volume_id"] for pair in done.get("pairs") or []} - {None}
        sides = {pair["local"]["volume_id"]: pair["local"] for pair in read.get("host_access") or [] if pair["local"]}
        lines = [_line(side) for number, side in sides.items() if number in wanted]
    return {"lines": lines[:MOST_LINES], "more": max(len(lines) - MOST_LINES, 0)}


def _line(side: dict[str, Any]) -> str:
    target = " at ".join(part for part in (side["iqn"], side["portal"]) if part)
    groups = ", ".join(f"access group {_group(group)}" for group in side["access_groups"])
    return f"{side['name']}: {target or 'no iSCSI target'}, {groups or 'CHAP user ' + str(side['account'])}"


def _group(group: dict[str, Any]) -> str:
    initiators = f"{group['initiators']} initiator{'' if group['initiators'] == 1 else 's'}"
    lun = f", LUN {group['fibre_channel_lun']} by Fibre Channel" if group["fibre_channel_lun"] is not None else ""
    return f"{group['name']} ({initiators}{lun})"


class FilterModule:
    """The filter of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {NAME: failover_access}
