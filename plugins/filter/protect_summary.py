# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What replicates where after clusters and volumes were paired."""

from __future__ import annotations

DOCUMENTATION = r"""
name: protect_summary
short_description: Sum up what replicates where
version_added: 0.1.0
author:
  - elementsw.replication contributors (@elementsw)
description:
  - Decides what is to be said about two clusters and each of their volume pairs after they were paired, or in check mode.
    The text for each of the states is left to the template that prints them.
positional: volumes
options:
  _input:
    description:
      - The result of M(elementsw.replication.element_cluster_pair).
    type: dict
    required: true
  volumes:
    description:
      - The result of M(elementsw.replication.element_volume_pair), also when the task was skipped.
    type: dict
    default: {}
seealso:
  - plugin: elementsw.replication.protect
    plugin_type: role
"""

EXAMPLES = r"""
- name: Show which volumes replicate
  ansible.builtin.debug:
    msg: "{{ summary.volumes | selectattr('state', 'equalto', 'replicates') | map(attribute='source.volume') }}"
  vars:
    summary: "{{ clusters | elementsw.replication.protect_summary(volumes) }}"
  # => ["orders-db"]
"""

RETURN = r"""
_value:
  description: The summary.
  type: dict
  contains:
    here:
      description: Name of this cluster.
      type: str
    there:
      description: Name of the peer.
      type: str
    clusters:
      description: V(connected), V(paired) where they are not connected, or V(would_be_paired) in check mode.
      type: str
    volumes:
      description: The volume pairs.
      type: list
      elements: dict
      contains:
        state:
          description:
            - V(replicates), V(would_be_paired) in check mode, V(split) where both volumes are writable, or V(none) where
              none of them is.
          type: str
        source:
          description: The source. It is the volume of this cluster where there is no single source.
          type: dict
          contains:
            volume:
              description: Name of the volume.
              type: str
            cluster:
              description: Name of its cluster.
              type: str
        target:
          description: The other volume, with the same keys.
          type: dict
        mode:
          description: Mode of the replication.
          type: str
        health:
          description: Health of the pair.
          type: str
"""

from collections.abc import Callable
from typing import Any

from ..plugin_utils._filter_input import dictionary, shaped

NAME = "protect_summary"
CLUSTERS = "the result of elementsw.replication.element_cluster_pair"
VOLUMES = "the result of elementsw.replication.element_volume_pair"
#: Direction of a pair -> what its volumes do.
STATES = {"to_peer": "replicates", "from_peer": "replicates", "split": "split"}


def protect_summary(clusters: Any, volumes: Any = None) -> dict[str, Any]:
    """Return the summary. Raise AnsibleFilterError where the input is not as documented."""
    paired = dictionary(NAME, "the input", clusters, CLUSTERS)
    replicating = dictionary(NAME, "volumes", volumes or {}, VOLUMES)
    with shaped(NAME, f"{CLUSTERS} and {VOLUMES}"):
        pair = paired["cluster_pair"]
        here, peer_name = pair["local"]["name"], pair["peer"]["name"]
        return {
            "here": here,
            "there": peer_name,
            "clusters": _clusters(pair),
            "volumes": [_volume(each, here, peer_name) for each in replicating.get("pairs") or []],
        }


def _clusters(pair: dict[str, Any]) -> str:
    if pair["state"] != "paired":
        return "would_be_paired"
    return "connected" if pair["connected"] else "paired"


def _volume(pair: dict[str, Any], here: str, peer_name: str) -> dict[str, Any]:
    local = {"volume": pair["volume"], "cluster": here}
    peer = {"volume": pair["peer_volume"], "cluster": peer_name}
    reverse = pair["state"] == "paired" and pair["direction"] == "from_peer"
    return {
        "state": STATES.get(pair["direction"], "none") if pair["state"] == "paired" else "would_be_paired",
        "source": peer if reverse else local,
        "target": local if reverse else peer,
        "mode": pair["mode"],
        "health": pair["health"],
    }


class FilterModule:
    """The filter of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {NAME: protect_summary}
