#!/usr/bin/python
# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
---
module: element_cluster_pair
short_description: Pair two Element storage clusters for replication
version_added: 1.0.0
author:
  - elementsw.replication contributors (@elementsw)
description:
  - Pairs two NetApp Element (SolidFire) storage clusters for replication, or removes their pair.
  - The task runs for one cluster and names the other one, its peer. It does both halves of the handshake,
    C(StartClusterPairing) on this cluster and C(CompleteClusterPairing) on the peer, and waits until both
    report the pair as connected. The pairing key stays in the memory of the module.
  - The module decides by what both clusters report, joined by the UUID of the pair and the unique ID of the clusters.
    It never changes pairs with other clusters.
  - The module undoes a handshake that fails. RV(error.left_behind) names what cannot be undone.
options:
  state:
    description:
      - V(present) pairs the two clusters unless they are paired already.
      - V(absent) removes the pair on both clusters, and halves of it that only one of them still has. A cluster pair
        that still has volume pairs is not removed, error V(volume_pairs_remain). The pair of a deleted volume that
        can still be restored counts too.
    type: str
    choices: [present, absent]
    default: present
  repair:
    description:
      - Permission to remove leftovers of an earlier pair of these two clusters, and to pair them again. Leftovers are
        an entry that only one of them has, two entries that do not belong together, and the entry of a peer that was
        rebuilt under its old address. Without the permission these are the error V(half_pair).
      - When the clusters are paired correctly and have further entries for each other, the module removes the further
        entries.
      - Only entries for the other of the two clusters are removed, and none that still has volume pairs, error
        V(volume_pairs_remain). Those of deleted volumes that can still be restored count too.
      - A pair that both clusters have and that is not connected is not a half pair. It is not changed.
      - Used with O(state=present) only.
    type: bool
    default: false
  remove_pending:
    description:
      - Permission to first remove every entry in state C(Unconfigured) on both clusters. Such an entry is left by a
        pairing that was started and never completed.
      - A pending entry does not say which cluster it is for. Another administrator may hold its key, so it is never
        removed without this permission, only listed in RV(pending) and in a warning.
    type: bool
    default: false
  wait:
    description:
      - Whether to wait until both clusters report the pair as C(Connected).
    type: bool
    default: true
  wait_timeout:
    description:
      - Seconds to wait for the connection. When the time is up, all writes are kept.
      - Use this option rather than the task keyword C(timeout), which ends the task and leaves the module
        running.
    type: int
    default: 120
  peer_unreachable:
    description:
      - What to do when the peer does not answer.
      - V(fail) ends with the error V(unreachable) before anything is written.
      - V(local_only) is the permission to remove only the entry of this cluster. The half on the peer is reported as
        outstanding. When the peer answers, both sides are cleaned up as usual. The module makes three attempts within
        ten seconds to reach it.
      - V(assume_dead) states that the other site is gone. Nothing is sent to the peer, so its credentials are not
        needed. It permits what V(local_only) permits.
      - Both are accepted only with O(state=absent). While this cluster still reports the pair as C(Connected), there
        is a warning.
      - The peer is identified by its address, O(peer.mvip) or O(peer.hostname), which must be the MVIP that this
        cluster lists, or a name that resolves to it. Otherwise the error is V(peer_unknown). With O(peer.mvip), and
        no entry with this address, the clusters are not paired, and nothing is changed.
      - A wrong password, a refused certificate, a missing privilege and an unsupported API version are
        errors. They never count as unreachable.
    type: str
    choices: [fail, local_only, assume_dead]
    default: fail
extends_documentation_fragment:
  - elementsw.replication._attributes
  - elementsw.replication._connection
  - elementsw.replication._progress
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
  idempotent:
    support: full
requirements:
  - python >= 3.9
  - requests
  - netaddr
notes:
  - The user needs the access C(administrator) on both clusters. No other role may remove a cluster pair.
  - Before a handshake the module checks that both clusters have a pair entry free (error V(limit_reached)), that
    their names and addresses differ (V(name_conflict)), that their Element versions are at most one major version
    apart (V(version_gap)), and that the users' roles, if the clusters list them, permit it (V(permission)).
  - A cluster pair reported as C(Connected) shows that the management networks reach each other. Replication
    itself runs over the storage networks.
    O(elementsw.replication.element_volume_pair#module:wait_for=in_sync) shows that these work.
seealso:
  - module: elementsw.replication.element_volume_pair
  - module: elementsw.replication.element_pair_info
  - ref: ansible_collections.elementsw.replication.docsite.guide_pairing
    description: From the inventory to the first verified pair.
  - ref: ansible_collections.elementsw.replication.docsite.guide_recovery
    description: Half pairs, leftovers and what to do about them.
"""

EXAMPLES = r"""
# The tasks run for one cluster. Its connection and that of the peer come from the inventory, in which both are hosts.
- name: Pair this cluster with beta
  elementsw.replication.element_cluster_pair:
    peer_host: beta

- name: Pair this cluster with beta and give slow links more time to connect
  elementsw.replication.element_cluster_pair:
    peer_host: beta
    state: present
    wait: true
    wait_timeout: 600
    progress_interval: 60

- name: Pair again after beta was rebuilt, and remove what is left of the old pair
  elementsw.replication.element_cluster_pair:
    peer_host: beta
    repair: true

- name: Pair after a manual pairing was started and not completed
  elementsw.replication.element_cluster_pair:
    peer_host: beta
    remove_pending: true

- name: Pair with a cluster that is not in the inventory
  elementsw.replication.element_cluster_pair:
    peer:
      hostname: 198.51.100.20
      username: ansible
      password: "{{ vault_beta_password }}"
      ca_path: /etc/pki/tls/certs/beta-ca.pem

- name: Remove the pair from both clusters
  elementsw.replication.element_cluster_pair:
    peer_host: beta
    state: absent

- name: Remove this cluster's half after the site of beta is gone
  elementsw.replication.element_cluster_pair:
    peer_host: beta
    state: absent
    peer_unreachable: local_only

- name: Remove this cluster's half although another system answers at the address of the peer
  elementsw.replication.element_cluster_pair:
    peer:
      mvip: 198.51.100.20
    state: absent
    peer_unreachable: assume_dead
"""

RETURN = r"""
cluster_pair:
  description: The pair as both clusters report it at the end of the run.
  returned: when the clusters could be read, also on failure
  type: dict
  contains:
    uuid:
      description: UUID of the pair, the same on both clusters. V(null) when there is no pair.
      returned: success
      type: str
      sample: 6f0d2a54-8c1e-4b7a-9d35-2b1c0e9f4a10
    state:
      description:
        - V(paired) when both clusters have the entry, V(half_local) or V(half_peer) when only this cluster or only
          the peer has one, V(crossed) when the entries of the two do not belong together, V(none) when there is no
          entry.
      returned: success
      type: str
      sample: paired
    connected:
      description: Whether both clusters report the pair as C(Connected).
      returned: success
      type: bool
      sample: true
    local:
      description: This cluster.
      returned: success
      type: dict
      contains:
        name:
          description: Name of the cluster.
          returned: success
          type: str
          sample: alpha
        unique_id:
          description: The four characters that identify the cluster.
          returned: success
          type: str
          sample: k3vd
        mvip:
          description: Its management address, as the cluster itself reports it.
          returned: success
          type: str
          sample: 192.0.2.10
        version:
          description: Version of its Element software.
          returned: success
          type: str
          sample: 12.5.0.897
        cluster_pair_id:
          description:
            - The number of the pair on this cluster. The other cluster has its own for the same pair.
          returned: success
          type: int
          sample: 7
        status:
          description: State of the pair as this cluster reports it.
          returned: success
          type: str
          sample: Connected
        latency_ms:
          description: Latency to the other cluster in milliseconds.
          returned: success
          type: int
          sample: 1
    peer:
      description: The peer, with the same keys as RV(cluster_pair.local). Unknown values are V(null).
      returned: success
      type: dict
      sample:
        name: beta
        unique_id: m8qz
        mvip: 198.51.100.20
        version: 12.5.0.897
        cluster_pair_id: 12
        status: Connected
        latency_ms: 1
pending:
  description: Entries of pairings that were started and not completed, on either cluster, and not removed.
  returned: when the clusters could be read, also on failure
  type: list
  elements: dict
  contains:
    cluster:
      description: Name of the cluster that has the entry.
      returned: success
      type: str
      sample: alpha
    cluster_pair_id:
      description: Number of the entry on that cluster.
      returned: success
      type: int
      sample: 9
actions:
  description:
    - The writes of this run in order, one entry for each API call. In check mode the writes that a run would make.
  returned: always, except for argument errors
  type: list
  elements: dict
  contains:
    cluster:
      description: Name of the cluster that was written to.
      returned: success
      type: str
      sample: alpha
    method:
      description: API method.
      returned: success
      type: str
      sample: StartClusterPairing
    object:
      description: The object that was written to, as text.
      returned: success
      type: str
      sample: cluster pair with beta
    reason:
      description: The reason for the write.
      returned: success
      type: str
      sample: the clusters are not paired
error:
  description:
    - The error in machine-readable form. All keys are always present, V(null) if they do not apply.
  returned: failure, except for argument errors
  type: dict
  contains:
    code:
      description: One of the codes in the list of error codes of this collection.
      returned: failure
      type: str
      sample: half_pair
    cluster:
      description: Name of the cluster concerned.
      returned: failure
      type: str
      sample: beta
    method:
      description: The API method that failed or got no answer.
      returned: failure
      type: str
      sample: CompleteClusterPairing
    name:
      description: Name of the error that the API reported.
      returned: failure
      type: str
      sample: xInvalidPairingKey
    message:
      description: The text of that error.
      returned: failure
      type: str
      sample: The pairing key is not valid.
    rolled_back:
      description: Whether all writes of this run were undone. V(null) when it wrote nothing.
      returned: failure
      type: bool
      sample: true
    left_behind:
      description: What this run wrote and could not undo, one sentence for each object. V(null) when there is none.
      returned: failure
      type: list
      elements: str
diff:
  description: What each cluster lists about the other, before and after the plan, a line for each cluster.
  returned: always when diff mode is on, except for argument errors
  type: dict
  contains:
    before:
      description: The lines of the observed entries. Empty if nothing changes.
      returned: always
      type: str
      sample: "alpha: not paired\nbeta: not paired\n"
    after:
      description: The lines of the entries after the plan.
      returned: always
      type: str
      sample: "alpha: new cluster pair with beta\nbeta: new cluster pair with alpha\n"
"""

from ..module_utils._python import require_python

# Before the other imports: an older Python cannot parse them.
require_python()

from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ..module_utils._element.arguments import PROGRESS, UNREACHABLE, connection_rules, connection_spec
from ..module_utils._module import run_job
from ..module_utils._pairing.jobs.cluster_pair import ClusterPairJob


def argument_spec() -> dict[str, Any]:
    """The options of the module, connections included."""
    return {
        **connection_spec(),
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        "repair": {"type": "bool", "default": False},
        "remove_pending": {"type": "bool", "default": False},
        "wait": {"type": "bool", "default": True},
        "wait_timeout": {"type": "int", "default": 120},
        **PROGRESS,
        "peer_unreachable": {"type": "str", "choices": list(UNREACHABLE), "default": "fail"},
    }


def argument_rules() -> dict[str, Any]:
    """What AnsibleModule checks between the options."""
    return connection_rules(peer_required=True)


def main() -> None:
    """Run the module."""
    module = AnsibleModule(argument_spec=argument_spec(), supports_check_mode=True, **argument_rules())
    permission = module.params["peer_unreachable"]
    if permission != "fail" and module.params["state"] != "absent":
        module.fail_json(msg=f"peer_unreachable: {permission} requires state: absent; pairing requires both clusters")
    run_job(module, ClusterPairJob.from_params(module.params), "cluster pairs")


if __name__ == "__main__":
    main()
