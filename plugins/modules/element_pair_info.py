#!/usr/bin/python
# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
---
module: element_pair_info
short_description: Report how two Element storage clusters and their volumes are paired
version_added: 1.0.0
author:
  - elementsw.replication contributors (@elementsw)
description:
  - Reports the cluster pairs and volume pairs of a NetApp Element (SolidFire) storage cluster, their state, how far
    they are behind, and their problems with remedies.
  - With a peer the module reads both clusters and joins their lists by the UUIDs of the pairs. Without a peer the
    report has what this cluster knows.
  - The module changes nothing on either cluster.
  - A pair of which only one side has its half is read again after a second, up to three times, because another task may be
    in the middle of the handshake.
  - A problem is an entry of RV(problems). It does not fail the task. A peer that does not answer three attempts
    within ten seconds is a problem too. If the cluster of the task does not answer, that is an error.
options:
  gather:
    description:
      - What to report.
      - V(cluster_pairs) and V(volume_pairs) are the pairs of clusters and volumes, with their state.
      - V(progress) adds to each volume pair the lag of its target, and the progress of a copy. It includes
        V(volume_pairs).
      - V(faults) are the faults of replication that the clusters report. The fullness of clusters that are replicated to
        is a problem of the report then.
      - V(readiness) checks the requirements of pairing and replication.
      - V(unpaired) are the writable volumes of this cluster that are in no pair with the peer.
      - V(host_access) is what hosts log in to on each side of each volume pair. A target that no host could use is a
        problem of the report then, V(no_host_access).
    type: list
    elements: str
    choices: [cluster_pairs, volume_pairs, progress, faults, readiness, unpaired, host_access]
    default: [cluster_pairs, volume_pairs]
  volumes:
    description:
      - Names of volumes. Reports only the pairs that have a volume of such a name on either cluster.
      - A name that is in no pair is a problem of the report, V(not_paired).
    type: list
    elements: str
  accounts:
    description:
      - Names of accounts. Reports only the pairs with a volume that belongs to such an account of its cluster.
        Together with O(volumes), one volume of the pair must match both.
      - An account without such a pair is a problem of the report, V(not_paired).
    type: list
    elements: str
  max_lag:
    description:
      - How many seconds the target of a pair may be behind its source. A pair that is further behind is a problem of
        severity V(error), V(lag_exceeded).
      - A pair with an unknown lag is such a problem too, V(lag_unknown). The lag is unknown while a pair does not
        replicate, unless it is known to be more than this. A pair in mode V(sync) that replicates is never behind. The lag
        of a pair in mode V(snapshots_only) is the age of the newest snapshot that the target has.
      - Only the source's cluster reports the lag. With this option the module reads volume pairs as if O(gather) had
        V(volume_pairs).
    type: float
  warn_lag:
    description:
      - How many seconds the target of a pair may be behind its source before that is a problem of severity V(warning),
        V(lag_high). Not more than O(max_lag).
      - With this option the module reads volume pairs as if O(gather) had V(volume_pairs).
    type: float
  x_commands:
    description:
      - Internal, for the action plugin of this collection. Do not use it. Its name puts it at the end of this list.
    type: bool
    default: false
extends_documentation_fragment:
  - elementsw.replication._attributes
  - elementsw.replication._connection
attributes:
  check_mode:
    support: full
  diff_mode:
    support: N/A
    details:
      - This module changes nothing.
  idempotent:
    support: N/A
    details:
      - This module changes nothing.
requirements:
  - python >= 3.9
  - requests
  - netaddr
notes:
  - O(peer) and O(peer_host) are both optional here.
seealso:
  - module: elementsw.replication.element_cluster_pair
  - module: elementsw.replication.element_volume_pair
  - ref: ansible_collections.elementsw.replication.docsite.problem_codes
    description: The meaning of each problem.
  - ref: ansible_collections.elementsw.replication.docsite.guide_recovery
    description: How to remove leftovers.
"""

EXAMPLES = r"""
# The tasks run for one cluster. Its connection and that of the peer come from the inventory, in which both are hosts.
- name: Report the replication between this cluster and beta
  elementsw.replication.element_pair_info:
    peer_host: beta
  register: replication

- name: Fail when there is a problem
  ansible.builtin.assert:
    that: replication.healthy
    fail_msg: "{{ replication.problems | map(attribute='message') | join(' ') }}"

- name: Check that no target is more than five minutes behind, and report progress and faults
  elementsw.replication.element_pair_info:
    peer_host: beta
    gather: [cluster_pairs, volume_pairs, progress, faults]
    max_lag: 300
  register: replication
  failed_when: not replication.healthy

- name: Warn of targets that are more than one minute behind, and fail at five minutes
  elementsw.replication.element_pair_info:
    peer_host: beta
    warn_lag: 60
    max_lag: 300
  register: replication
  failed_when: not replication.healthy

- name: Show the commands that mend what is wrong
  ansible.builtin.debug:
    msg: "{{ replication.problems | map(attribute='command') | select }}"

- name: Check whether two clusters and a volume that is not paired yet are ready to be paired
  elementsw.replication.element_pair_info:
    peer_host: beta
    gather: [readiness]
    volumes: [orders-archive]
  register: before

- name: Show what is not ready, or not known
  ansible.builtin.debug:
    msg: "{{ before.readiness | rejectattr('ok', 'sameas', true) }}"

- name: Report a few volumes, as only this cluster knows them
  elementsw.replication.element_pair_info:
    gather: [volume_pairs]
    volumes: [orders-db, orders-log]

- name: Report the volumes of one account on both clusters
  elementsw.replication.element_pair_info:
    peer_host: beta
    accounts: [shop]
  register: shop

- name: List the volumes of an account that are not paired with beta
  elementsw.replication.element_pair_info:
    peer_host: beta
    gather: [unpaired]
    accounts: [shop]
  register: shop_unpaired

- name: Show what the hosts at the other site log in to after a failover
  elementsw.replication.element_pair_info:
    peer_host: beta
    gather: [host_access]
  register: hosts

- name: Use the observed pairs as the desired pairs, which changes nothing
  elementsw.replication.element_volume_pair:
    peer_host: beta
    pairs: "{{ shop.pairs }}"

- name: Report two clusters that are not in the inventory, from localhost
  elementsw.replication.element_pair_info:
    hostname: 192.0.2.10
    username: ansible
    password: "{{ vault_alpha_password }}"
    port: 443
    validate_certs: true
    ca_path: /etc/pki/tls/certs/storage-ca.pem
    api_version: "12.3"
    timeout: 60
    use_proxy: false
    concurrency: 4
    mvip: 203.0.113.10
    peer:
      hostname: 2001:db8::20
      username: ansible
      password: "{{ vault_beta_password }}"
      cert_fingerprint: "{{ beta_certificate_sha256 }}"
"""

RETURN = r"""
healthy:
  description: Whether there is no problem of severity V(error) in what was read, see O(gather) and O(max_lag).
  returned: success
  type: bool
  sample: true
summary:
  description:
    - The report in a few numbers. All but RV(summary.generated_at) are V(null) if no volume pairs were requested.
  returned: success
  type: dict
  contains:
    generated_at:
      description: When the report began, in ISO 8601 and UTC, on the clock of the machine that ran the module.
      returned: success
      type: str
      sample: "2026-11-28T06:00:00Z"
    pairs:
      description: The number of volume pairs in the report.
      returned: success
      type: int
      sample: 25
    protected:
      description:
        - How many of them are in sync, with a lag that is known and not more than O(max_lag) if that is given. A pair in
          mode V(snapshots_only) needs a replicated snapshot, too.
      returned: success
      type: int
      sample: 22
    copying:
      description: How many of them are being copied.
      returned: success
      type: int
      sample: 2
    paused:
      description: How many of them are paused by an administrator.
      returned: success
      type: int
      sample: 1
    not_replicating:
      description: How many of them do not replicate for another reason.
      returned: success
      type: int
      sample: 0
    worst_lag_seconds:
      description: The greatest lag that is known. V(null) if none is known or was read.
      returned: success
      type: float
      sample: 41.0
    worst_lag_volume:
      description: Name of the volume with that lag.
      returned: success
      type: str
      sample: erp-vol03
problems:
  description:
    - The problems, with messages and codes. Errors come before warnings, and the worst ones first.
    - There is one entry for each cause. The message about a failed link or a full cluster counts the affected
      volumes. A problem of a single volume is a separate entry.
  returned: success
  type: list
  elements: dict
  contains:
    code:
      description: One of the problem codes of this collection.
      returned: success
      type: str
      sample: paused
    severity:
      description: V(error) or V(warning).
      returned: success
      type: str
      sample: warning
    message:
      description: The problem as one sentence.
      returned: success
      type: str
    remedy:
      description:
        - What to do about it. If modules of this collection can do it, the sentence names their options.
      returned: success
      type: str
    command:
      description:
        - What to paste into a shell, one C(ansible) command per line, so that the problem is gone. The lines have the
          inventory and the hosts of this run, both volumes by ID, and never lower the protection. A pair that is paired
          again keeps its mode and its pause.
        - Where a person has to decide, there is one line for each choice, below a comment that says what it does. Run one
          of them. Lines above the first comment, or below the same comment, belong together and are run in their order.
        - Options of C(ansible) that the run had besides its inventory, such as C(--ask-vault-password), must be added.
        - V(null) if no module of this collection does it, if the peer does not answer, and with C(async). Also V(null) if
          O(peer_host) was not given, because the commands need the names of both hosts.
      returned: success
      type: str
      sample: >-
        ansible alpha -i /etc/ansible/hosts -m elementsw.replication.element_volume_pair
        -a "peer_host=beta volume_id=41 peer_volume_id=77 mode=sync repair=true"
    cluster:
      description: Name of the cluster concerned, V(null) when it is not a single one.
      returned: success
      type: str
      sample: beta
    volume:
      description: Name of the volume concerned on that cluster, V(null) when there is none.
      returned: success
      type: str
      sample: orders-db
    volume_id:
      description: ID of that volume. Names can repeat, IDs of one cluster do not. V(null) when it is not known.
      returned: success
      type: int
      sample: 77
    account:
      description: Name of the account that owns that volume, V(null) when it is not known.
      returned: success
      type: str
      sample: shop
    count:
      description: How many volume pairs it concerns, V(null) when it concerns none.
      returned: success
      type: int
      sample: 1
peer_reachable:
  description: Whether the peer answered. V(null) when no peer was given.
  returned: success
  type: bool
  sample: true
clusters:
  description: The clusters that were read.
  returned: success
  type: dict
  contains:
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
    peer:
      description: The peer, with the same keys. V(null) when no peer was given or it did not answer.
      returned: success
      type: dict
      sample:
        name: beta
        unique_id: m8qz
        mvip: 198.51.100.20
        version: 12.5.0.897
cluster_pairs:
  description:
    - The cluster pairs, each in the form of RV(elementsw.replication.element_cluster_pair#module:cluster_pair). With
      a peer, only the one with that peer.
    - Without a peer every entry of this cluster, with a C(state) of V(unknown_peer), or V(pending_local) while it is
      pending.
  returned: success and O(gather) has V(cluster_pairs)
  type: list
  elements: dict
volume_pairs:
  description:
    - The volume pairs, each in the form of an entry of RV(elementsw.replication.element_volume_pair#module:pairs),
      without the keys about changes and with the following keys. With a peer, only those between the two clusters.
    - Without a peer, or when it does not answer, every entry of this cluster with a C(state) of V(unknown_peer), or
      V(pending_local) while it is pending.
    - V(unknown_peer) is also the C(state) of a pair when one side cannot be read, because a volume or a cluster pair
      in the lists of a cluster does not fit the Element API. RV(problems) names that object.
  returned: success and O(gather) has V(volume_pairs) or V(progress), or O(max_lag) is given
  type: list
  elements: dict
  contains:
    peer_cluster:
      description:
        - Name of the cluster that the volume here is paired with, as its cluster pair has it. V(null) if that is not known, such
          as of a pending pair, or if the volume here has no entry for the pair.
      returned: success
      type: str
      sample: beta
    lag_seconds:
      description:
        - By how many seconds the target is behind. In mode V(async) as the source's cluster reports it. In mode V(sync)
          it is 0 while the pair replicates. In mode V(snapshots_only) it is the age of the newest snapshot that the target
          has, on the clock of the source's cluster. While a pair in another mode does not replicate it is a lower bound.
        - V(null) if it is not known or was not read.
      returned: success
      type: float
      sample: 1.25
    lag_of:
      description:
        - What is so far behind, the content of the volume, V(live), or the newest replicated snapshot, V(snapshot).
          V(null) if RV(volume_pairs[].lag_seconds) is.
      returned: success
      type: str
      sample: live
    progress:
      description: The running copy to the target. V(null) if there is none or it was not read.
      returned: success
      type: dict
      contains:
        percent:
          description: How much of it is done, in percent.
          returned: success
          type: float
          sample: 41.5
        remaining_seconds:
          description: The remaining time. V(null) if the cluster does not report it.
          returned: success
          type: float
          sample: 89.1
        stage:
          description: What is being copied, V(metadata), V(data) or V(whole). V(null) if the cluster does not report it.
          returned: success
          type: str
          sample: data
pairs:
  description:
    - The observed volume pairs in exactly the form that O(elementsw.replication.element_volume_pair#module:pairs)
      accepts. Passed to that module they change nothing.
    - Volumes have name and account, and an ID only if those are ambiguous. Items have no
      O(elementsw.replication.element_volume_pair#module:paused) and no
      O(elementsw.replication.element_volume_pair#module:direction), so that the pause and the direction of a pair stay as they
      are, and the list can still be used after a failover. To build the same pairs on other clusters, run the task for the
      host of the sources, or add the direction.
    - The list leaves out half pairs, pairs that have stopped and never recover, pairs without exactly one source, and
      pairs of which one side cannot be read. Without a peer it is empty.
    - When the peer does not answer, the list has this cluster's entries for that peer, identified by the peer's
      address or as the only cluster pair, with the peer's volumes by ID. You can pass it to a task with
      O(elementsw.replication.element_volume_pair#module:peer_unreachable) of V(local_only).
  returned: success and O(gather) has V(volume_pairs) or V(progress), or O(max_lag) is given
  type: list
  elements: dict
  sample:
    - volume: orders-db
      account: shop
      peer_volume: orders-db-dr
      peer_account: shop
      mode: async
faults:
  description:
    - The current faults of replication that the clusters report. Clusters update them every 30 seconds at most.
    - A fault that concerns the pairs of this report is also an entry of RV(problems), V(fault) or V(minor_fault),
      unless another entry covers it.
  returned: success and O(gather) has V(faults)
  type: list
  elements: dict
  contains:
    cluster:
      description: Name of the cluster that reports it.
      returned: success
      type: str
      sample: alpha
    code:
      description: The API's code.
      returned: success
      type: str
      sample: disconnectedClusterPair
    severity:
      description: The API's severity.
      returned: success
      type: str
      sample: warning
    date:
      description: When the fault began.
      returned: success
      type: str
      sample: "2026-02-03T04:05:06Z"
    details:
      description: The API's text.
      returned: success
      type: str
    cluster_pair_ids:
      description: The reporting cluster's own IDs of the cluster pairs that the text names.
      returned: success
      type: list
      elements: int
      sample: [7]
    volume_ids:
      description: The IDs of the volumes that the text names.
      returned: success
      type: list
      elements: int
      sample: []
    concerns:
      description:
        - Whether it names a pair of this report. V(null) when it names no pair, which counts as true.
      returned: success
      type: bool
      sample: true
readiness:
  description:
    - The checks of the requirements of pairing and replication. With O(volumes), volumes that are not paired yet are
      checked as sources for the volumes of the same name on the peer.
    - These checks do not affect RV(healthy).
    - For volumes there is one entry for each check if all of them pass it, else one for each volume that does not.
  returned: success and O(gather) has V(readiness)
  type: list
  elements: dict
  contains:
    code:
      description:
        - The check. V(privileges) of the user on each cluster, V(version_gap) between the clusters, V(names) and
          addresses that must differ, V(pair_slots) that are free for another cluster pair, V(mvip), by which each
          cluster is identified while it does not answer, V(latency) against the modes of the pairs, V(fullness) of
          the clusters that are replicated to, V(size), V(sector_size) and V(access) of volumes.
      returned: success
      type: str
      sample: latency
    ok:
      description: Whether the check passes. V(null) if that is not known. C(message) has the reason.
      returned: success
      type: bool
      sample: true
    message:
      description: The result of the check as one sentence.
      returned: success
      type: str
      sample: "clusters alpha and beta: the latency between the clusters is 1 ms"
    remedy:
      description: What to do about it. V(null) if nothing needs to be done.
      returned: success
      type: str
unpaired:
  description:
    - The volumes of this cluster whose access is C(readWrite), and which are in no pair with the peer, complete or not. They
      are what no one protects there. O(volumes) and O(accounts) select among them.
    - Without a peer, the volumes that are in no pair with any cluster. While the peer does not answer, those without an entry
      for it on this cluster, or if its entries cannot be identified, for any cluster.
  returned: success and O(gather) has V(unpaired)
  type: list
  elements: dict
  contains:
    volume_id:
      description: ID of the volume.
      returned: success
      type: int
      sample: 43
    name:
      description: Its name.
      returned: success
      type: str
      sample: orders-archive
    account:
      description: Name of its account. V(null) if it cannot be read.
      returned: success
      type: str
      sample: shop
    size:
      description: Its size in bytes.
      returned: success
      type: int
      sample: 10737418240
host_access:
  description:
    - What hosts log in to on each side of each volume pair, in the order of RV(volume_pairs). CHAP secrets are never part of
      it.
  returned: success and O(gather) has V(host_access)
  type: list
  elements: dict
  contains:
    local:
      description: The volume of this cluster. V(null) where there is none.
      returned: success
      type: dict
      contains:
        volume_id:
          description: ID of the volume.
          returned: success
          type: int
          sample: 41
        name:
          description: Its name.
          returned: success
          type: str
          sample: orders-db
        iqn:
          description: The iSCSI target. It differs between the sides.
          returned: success
          type: str
          sample: iqn.2010-01.com.solidfire:k3vd.orders-db.41
        portal:
          description: The storage address (SVIP) of the cluster and the port of iSCSI.
          returned: success
          type: str
          sample: 203.0.113.10:3260
        account:
          description: Name of the account, which is the CHAP user of hosts that are in no access group.
          returned: success
          type: str
          sample: shop
        access_groups:
          description: The access groups of the volume.
          returned: success
          type: list
          elements: dict
          contains:
            name:
              description: Name of the group.
              returned: success
              type: str
              sample: shop-hosts
            id:
              description: ID of the group.
              returned: success
              type: int
              sample: 4
            initiators:
              description: How many initiators may log in.
              returned: success
              type: int
              sample: 2
            fibre_channel_lun:
              description:
                - The LUN of the volume for the Fibre Channel ports of the group. V(null) in a group without any. With iSCSI
                  the LUN is always 0.
              returned: success
              type: int
              sample: 3
        qos:
          description: The QoS of the volume, C(min_iops), C(max_iops) and C(burst_iops).
          returned: success
          type: dict
          sample:
            min_iops: 50
            max_iops: 15000
            burst_iops: 15000
    peer:
      description: The volume of the peer, with the same keys. V(null) where there is none, or the peer was not read.
      returned: success
      type: dict
actions:
  description: Always empty, this module writes nothing.
  returned: always, except for argument errors
  type: list
  elements: dict
  sample: []
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
      sample: authentication
    cluster:
      description: The cluster concerned.
      returned: failure
      type: str
      sample: alpha
    method:
      description: The API method that failed or got no answer.
      returned: failure
      type: str
      sample: GetClusterInfo
    name:
      description: Name of the error that the API reported.
      returned: failure
      type: str
    message:
      description: The text of that error.
      returned: failure
      type: str
    rolled_back:
      description: Always V(null), this module writes nothing.
      returned: failure
      type: bool
    left_behind:
      description: Always V(null), this module writes nothing.
      returned: failure
      type: list
      elements: str
"""

from ..module_utils._python import require_python

# Before the other imports: an older Python cannot parse them.
require_python()

from collections.abc import Mapping
from typing import Any, Optional

from ansible.module_utils.basic import AnsibleModule

from ..module_utils._element.arguments import connection_rules, connection_spec
from ..module_utils._module import run_report
from ..module_utils._pairing.jobs.pair_info import BY_DEFAULT, SUBJECTS, PairInfoJob


def argument_spec() -> dict[str, Any]:
    """The options of the module, connections included."""
    return {
        **connection_spec(),
        "gather": {"type": "list", "elements": "str", "choices": list(SUBJECTS), "default": list(BY_DEFAULT)},
        "max_lag": {"type": "float"},
        "warn_lag": {"type": "float"},
        "volumes": {"type": "list", "elements": "str"},
        "accounts": {"type": "list", "elements": "str"},
        "x_commands": {"type": "bool", "default": False},
    }


def argument_rules() -> dict[str, Any]:
    """What AnsibleModule checks between the options."""
    return connection_rules(peer_required=False)


def _check_lags(params: Mapping[str, Any]) -> Optional[str]:
    """A message about a lag that cannot be used, or None."""
    for option in ("max_lag", "warn_lag"):
        lag = params[option]
        if lag is not None and not lag >= 0:  # also true for NaN
            return f"{option}: {lag} cannot be used; give the seconds that a target may be behind"
    maximum, warning = params["max_lag"], params["warn_lag"]
    if maximum is not None and warning is not None and warning > maximum:
        return (
            f"warn_lag: {warning:g} is more than max_lag, {maximum:g}, so it would never warn; give less than max_lag"
        )
    return None


def main() -> None:
    """Run the module."""
    module = AnsibleModule(argument_spec=argument_spec(), supports_check_mode=True, **argument_rules())
    problem = _check_lags(module.params)
    if problem:
        module.fail_json(msg=problem)
    run_report(module, PairInfoJob.from_params(module.params))


if __name__ == "__main__":
    main()
