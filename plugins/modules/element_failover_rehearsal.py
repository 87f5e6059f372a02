#!/usr/bin/python
# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
---
module: element_failover_rehearsal
short_description: Rehearse a failover with clones of the targets on an Element storage cluster
version_added: 1.0.0
author:
  - elementsw.replication contributors (@elementsw)
description:
  - Makes writable clones of what the targets of volume pairs hold, so that hosts of the other site can mount and check
    them, and removes the clones again. Replication goes on, and no volume pair is changed.
  - The task runs for the cluster that would take over in a failover, which has the targets. Its peer has the sources.
  - The clone of a volume is called C(<volume>-<name>), with O(name) of the rehearsal. Its attributes name the
    rehearsal and the volume pair. Only a volume with these attributes and this name counts as a clone of the rehearsal,
    and nothing else is ever deleted.
  - The whole list is planned before the first write. When one volume cannot be rehearsed, nothing is written and the
    task fails with the error of every such volume.
  - An existing clone keeps its content. A run that was interrupted, or whose controller failed, is continued by the next
    run with the same O(name).
options:
  state:
    description:
      - V(present) makes the clones that are missing, waits until they are complete, and gives them the requested
        QoS policy and access group.
      - V(absent) takes the clones of this rehearsal out of their access groups, deletes and purges them, whatever has
        become of their volume pairs. A clone that a host is logged in to, or that someone is cloning, is the error
        V(clone_in_use), one that was paired meanwhile V(paired_elsewhere). Two volumes with the name and the attributes
        of one clone are V(name_taken), since one may be a copy that another client made of it. Nothing is written then.
    type: str
    choices: [present, absent]
    default: present
  name:
    description:
      - Name of the rehearsal, 1 to 32 letters, digits and hyphens.
    type: str
    required: true
  pairs:
    description:
      - The volumes to rehearse, one for each item. Each one must be the target of a pair with the peer.
      - Without O(pairs), O(volumes) and O(accounts), all targets on this cluster that are paired with the peer. A
        target whose pair is not whole is then left out with a warning.
    type: list
    elements: dict
    suboptions:
      volume:
        description:
          - Name of the target on this cluster.
        type: str
      volume_id:
        description:
          - ID of the target on this cluster.
        type: int
      account:
        description:
          - Name of the account that owns the target. Needed when O(pairs[].volume) is not unique.
        type: str
  volumes:
    description:
      - Names of the targets to rehearse, on this cluster. Each one must be the target of a pair with the peer.
    type: list
    elements: str
  accounts:
    description:
      - Names of accounts on this cluster. Only their targets are rehearsed.
    type: list
    elements: str
  point:
    description:
      - V(latest) clones the newest snapshot that was replicated to each target and is complete there, other than one that
        a rehearsal has taken for V(now). It works without the peer. A target without such a snapshot is the error V(no_snapshot).
      - V(now) takes a replicated snapshot of the sources, one for each group of up to 32 volumes at one moment, waits
        until it has arrived, clones it, and removes it. The pairs must be in sync. When one snapshot does not arrive,
        nothing is cloned.
      - Clones that exist already keep their content, whatever this option says.
    type: str
    choices: [latest, now]
    default: latest
  account:
    description:
      - Name of the account on this cluster that owns the clones. Without it, each clone belongs to the account of its
        target.
      - The hosts log in with the credentials of this account. The module never reports them.
    type: str
  access_group:
    description:
      - Name of the volume access group on this cluster to add the clones to. Clones inherit no access group.
    type: str
  qos_policy:
    description:
      - Name of the QoS policy on this cluster that the clones follow. Without it, each clone has the QoS of its target.
        Its minimum IOPS count against what the cluster can guarantee.
    type: str
  wait_timeout:
    description:
      - Seconds to wait until the clones are complete, and with O(point=now) until the snapshots have arrived. When the
        time is up, all writes are kept, the error is V(wait_timeout), and the next run waits on.
      - A cluster makes a limited number of clones at once, C(cloneJobsPerNodeMax) of C(GetLimits) for each node. The
        module waits for its turn for as long.
      - A clone of the same volume that another client makes, such as a backup or another rehearsal, looks the same as
        one that an earlier run has begun. The module first waits until it is complete, for as long.
      - The default is twice that of M(elementsw.replication.element_volume_pair), because a clone takes time by what its
        volume holds, and clients that are in use wait for a single one for up to ten minutes.
      - Use this option rather than the task keyword C(timeout), which ends the task and leaves the module
        running.
    type: int
    default: 600
  peer_unreachable:
    description:
      - What to do when the peer does not answer.
      - V(fail) ends with the error V(unreachable) before anything is written.
      - V(local_only) is the permission to go on with this cluster only. The module makes three attempts within ten
        seconds to reach the peer.
      - V(assume_dead) states that the other site is gone. Nothing is sent to the peer, so its credentials are not
        needed. It permits what V(local_only) permits.
      - O(point=now) requires the peer in any case.
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
  - The user needs the access C(administrator) on both clusters.
  - Before the first write the module checks that no other volume has the name of a clone (error V(name_taken)), that this
    cluster is below stage 4 of fullness and may provision the size of all clones (V(cluster_full)), that its limits
    of volumes permit the clones (V(limit_reached)), and that the requested account, access group and QoS policy exist.
  - A clone takes no space of data at first. Space grows with what is written to it.
  - At the end the module checks that every pair shows the same volumes and access as before, and no worse state. Otherwise
    the error is V(changed_meanwhile).
  - A host that sees a clone beside its original must handle equal signatures of file systems and volume managers.
seealso:
  - module: elementsw.replication.element_volume_pair
  - module: elementsw.replication.element_pair_info
  - ref: ansible_collections.elementsw.replication.docsite.guide_rehearsal
    description: Rehearsals every quarter, with their evidence.
"""

EXAMPLES = r"""
# The tasks run for the cluster that has the targets.
- name: Clone what all targets of the pairs with alpha hold
  elementsw.replication.element_failover_rehearsal:
    peer_host: alpha
    name: drill-2026-q4
    access_group: dr-test-hosts
    qos_policy: bronze
  register: rehearsal

- name: Show what to log in to
  ansible.builtin.debug:
    msg: "{{ item.clone }} of {{ item.volume }}, {{ item.age_seconds }} s old: {{ item.iqn }} at {{ item.portal }}"
  loop: "{{ rehearsal.clones }}"

- name: Rehearse two volumes as they are now, at one moment
  elementsw.replication.element_failover_rehearsal:
    peer_host: alpha
    name: drill-now
    volumes: [orders-db, orders-log]
    point: now
    account: dr-test
    wait_timeout: 3600
    progress_interval: 60

- name: Rehearse the volumes of one account, also while the other site does not answer
  elementsw.replication.element_failover_rehearsal:
    peer_host: alpha
    name: drill-shop
    accounts: [shop]
    point: latest
    peer_unreachable: local_only

- name: Rehearse with what is here after the other site is gone
  elementsw.replication.element_failover_rehearsal:
    peer:
      mvip: 192.0.2.10
    name: drill-alone
    peer_unreachable: assume_dead

- name: Rehearse volumes whose names are not unique
  elementsw.replication.element_failover_rehearsal:
    peer_host: alpha
    name: drill-some
    pairs:
      - volume: data
        account: shop
      - volume_id: 77

- name: Remove the clones
  elementsw.replication.element_failover_rehearsal:
    peer_host: alpha
    name: drill-2026-q4
    state: absent
"""

RETURN = r"""
clones:
  description: One entry for each clone. With O(state=absent) the clones that were removed.
  returned: when the clusters could be read, also on failure
  type: list
  elements: dict
  contains:
    volume:
      description: Name of the target that is cloned.
      returned: success
      type: str
      sample: orders-db
    volume_id:
      description: ID of that target. V(null) for a clone whose target is not paired any more.
      returned: success
      type: int
      sample: 77
    clone:
      description: Name of the clone.
      returned: success
      type: str
      sample: orders-db-drill-2026-q4
    clone_id:
      description: ID of the clone. V(null) while it is not complete, and in check mode for one that would be made.
      returned: success
      type: int
      sample: 131
    snapshot:
      description: Name of the snapshot that the clone holds. V(null) if it is not known yet.
      returned: success
      type: str
      sample: hourly
    age_seconds:
      description:
        - The age of that snapshot now, on the clock of this cluster. V(null) if it is not known yet, or if the
          clock of the source is more than a minute ahead.
      returned: success
      type: float
      sample: 840.0
    iqn:
      description: What iSCSI hosts log in to. V(null) while the clone is not complete.
      returned: success
      type: str
      sample: iqn.2010-01.com.solidfire:m8qz.orders-db-drill-2026-q4.131
    portal:
      description: Where iSCSI hosts log in. V(null) for a cluster that reports no storage address.
      returned: success
      type: str
      sample: 203.0.113.20:3260
    account:
      description: Name of the account that owns the clone.
      returned: success
      type: str
      sample: shop-dr
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
      sample: beta
    method:
      description: API method.
      returned: success
      type: str
      sample: CloneVolume
    object:
      description:
        - The object that was written to, as text. A bulk call names up to three objects and their number.
      returned: success
      type: str
      sample: volume orders-db-drill-2026-q4
    reason:
      description: The reason for the write.
      returned: success
      type: str
      sample: "rehearsal drill-2026-q4: clone of volume orders-db (77)"
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
      sample: no_snapshot
    cluster:
      description: Name of the cluster concerned.
      returned: failure
      type: str
      sample: beta
    method:
      description: The API method that failed or got no answer.
      returned: failure
      type: str
      sample: ListSnapshots
    name:
      description: Name of the error that the API reported.
      returned: failure
      type: str
      sample: xExceededLimit
    message:
      description: The text of that error.
      returned: failure
      type: str
      sample: The maximum number of volumes is reached.
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
  description: The clones that change, before and after the plan, a line for each.
  returned: always when diff mode is on, except for argument errors
  type: dict
  contains:
    before:
      description: The lines of what exists. Empty if nothing changes.
      returned: always
      type: str
      sample: "orders-db-drill: no clone\n"
    after:
      description: The lines after the plan.
      returned: always
      type: str
      sample: "orders-db-drill: clone of orders-db (77), snapshot hourly of 2026-11-28T05:00:00Z, account shop-dr\n"
"""

from ..module_utils._python import require_python

# Before the other imports: an older Python cannot parse them.
require_python()

from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ..module_utils._element.arguments import PROGRESS, UNREACHABLE, connection_rules, connection_spec
from ..module_utils._module import run_job
from ..module_utils._pairing.jobs.failover_rehearsal import FailoverRehearsalJob, problem_of


def argument_spec() -> dict[str, Any]:
    """The options of the module, connections included."""
    return {
        **connection_spec(),
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        "name": {"type": "str", "required": True},
        "pairs": {
            "type": "list",
            "elements": "dict",
            "options": {"volume": {"type": "str"}, "volume_id": {"type": "int"}, "account": {"type": "str"}},
            "mutually_exclusive": [("volume", "volume_id")],
            "required_one_of": [("volume", "volume_id")],
        },
        "volumes": {"type": "list", "elements": "str"},
        "accounts": {"type": "list", "elements": "str"},
        "point": {"type": "str", "choices": ["latest", "now"], "default": "latest"},
        "account": {"type": "str"},
        "access_group": {"type": "str"},
        "qos_policy": {"type": "str"},
        "peer_unreachable": {"type": "str", "choices": list(UNREACHABLE), "default": "fail"},
        "wait_timeout": {"type": "int", "default": 600},
        **PROGRESS,
    }


def argument_rules() -> dict[str, Any]:
    """What AnsibleModule checks between the options."""
    connection = connection_rules(peer_required=True)
    return {
        **connection,
        "mutually_exclusive": [*connection["mutually_exclusive"], ("pairs", "volumes"), ("pairs", "accounts")],
    }


def main() -> None:
    """Run the module."""
    module = AnsibleModule(argument_spec=argument_spec(), supports_check_mode=True, **argument_rules())
    problem = problem_of(module.params)
    if problem:
        module.fail_json(msg=problem)
    run_job(module, FailoverRehearsalJob.from_params(module.params), "clones")


if __name__ == "__main__":
    main()
