#!/usr/bin/python
# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
---
module: element_volume_pair
short_description: Pair volumes of two Element storage clusters for replication
version_added: 1.0.0
author:
  - elementsw.replication contributors (@elementsw)
description:
  - Pairs volumes of two NetApp Element (SolidFire) storage clusters so that one replicates to the other, sets mode,
    pause, size and direction of existing pairs, or removes pairs.
  - The clusters must be paired first, see M(elementsw.replication.element_cluster_pair).
  - The task does both halves of each handshake. It prepares the future target (C(replicationTarget)) and
    source (C(readWrite)), starts the pairing on the cluster of the source and completes it on the cluster of
    the target. The pairing keys stay in the memory of the module.
  - One pair is given by the options at the top level, many by O(pairs). The module reads, plans and writes many pairs
    of one task together. The number of reads does not grow with the number of pairs.
  - The module plans the whole list before the first write. When one item cannot be planned, nothing is written and
    the task fails with the error of every such item. When an item fails later, its writes are undone and the others
    continue, unless O(fail_fast).
  - The module creates a volume only with O(create_peer_volume), and grows one only with O(size) or O(match_size). It
    deletes only a volume that the same run has created and could not pair, and it never logs out a host.
options:
  state:
    description:
      - V(present) pairs volumes that are not paired, and sets the requested mode, pause and size of existing pairs.
      - V(absent) removes the pairs on both clusters, the source first, and the leftovers of a half or pending pair of
        these volumes. The volumes keep their data and their access. A former target stays C(replicationTarget), which
        no host can use, unless O(release_target).
    type: str
    choices: [present, absent]
    default: present
  volume:
    description:
      - Name of the volume on this cluster, exactly as the cluster spells it. A number is a name, too.
      - Give this or O(volume_id), unless O(pairs) is given.
      - Names are not unique on a cluster. When several volumes have this name, set O(account). Otherwise the error is
        V(volume_ambiguous).
    type: str
  volume_id:
    description: &volume_id
      - ID of the volume on this cluster.
      - Each cluster has its own IDs. The same number on the peer is another volume.
    type: int
  account: &account
    description:
      - Name of the account that owns the volume on this cluster. Needed when O(volume) is not unique. A volume given
        by its ID must belong to this account, too.
      - At the top level it is also the default of the items of O(pairs).
    type: str
  peer_volume: &peer_volume
    description:
      - Name of the other volume, on the peer.
      - Without it and without O(peer_volume_id), the module uses the volume that the volume here is paired with, or
        else the volume of the same name that belongs to the account of the same name. When only another account has a
        volume of that name, the error is V(other_account). Then set O(peer_account).
    type: str
  peer_volume_id: &peer_volume_id
    description:
      - ID of the other volume, on the peer.
    type: int
  peer_account: &peer_account
    description:
      - Name of the account that owns the other volume on the peer. Needed when its name is not unique there. A volume
        given by its ID must belong to this account, too.
      - At the top level it is also the default of the items of O(pairs).
    type: str
  mode: &mode
    description:
      - How the source replicates. With V(async) it acknowledges a write before the peer has it, with V(sync) only
        when both have it. With V(snapshots_only) it sends only snapshots that are enabled for replication.
      - Without it a new pair gets V(async), and an existing pair keeps its mode.
      - With V(sync) every write of a host waits for the peer, which adds the latency between the sites. When V(sync)
        is set and the clusters report a latency above 8 ms, there is a warning.
      - The mode of an existing pair is read, compared and set on its source. While both sides are writable, or
        neither is, the mode is not changed.
      - At the top level it is also the default of the items of O(pairs).
    type: str
    choices: [async, sync, snapshots_only]
  direction: &direction
    description:
      - Which side is the source. V(to_peer) replicates from this cluster to the peer, V(from_peer) from the
        peer to this cluster.
      - Without it a new pair replicates V(to_peer), and an existing pair keeps its direction. Two volumes that are
        not paired and of which exactly one is C(replicationTarget) have roles already. When that one is on this
        cluster, the direction is required, error V(direction_unknown). A direction that contradicts the roles is the
        error V(direction_change). When O(repair) cleans up a half or pending pair, the side that is C(readWrite)
        while the other is C(replicationTarget) stays the source. When the access of both is the same, the error is
        V(direction_unknown).
      - Only O(failover) reverses an existing pair. Without it a direction that differs from that of the pair is the
        error V(direction_change).
      - At the top level it is also the default of the items of O(pairs).
    type: str
    choices: [to_peer, from_peer]
  paused: &paused
    description:
      - Whether the replication is paused by hand. V(true) pauses it on the source, unless it is paused on either
        side. V(false) resumes it on every side where it was paused.
      - Without it a pair stays as it is, and a new one replicates.
      - A failed link and other problems can hide a pause. Then RV(pairs[].paused) is V(null). V(true) is sent and
        counts as a change. V(false) is not sent, and there is a warning.
      - A paused pair does not become in sync, so V(true) and O(wait_for=in_sync) are mutually exclusive.
      - At the top level it is also the default of the items of O(pairs).
    type: bool
  size: &size
    description:
      - Grow both volumes to at least this size, the target first. They are never made smaller.
      - A number with V(kB), V(MB), V(GB), V(TB), which are powers of 1000, or V(KiB), V(MiB), V(GiB), V(TiB), which
        are powers of 1024, or a plain number of bytes. It is rounded up to whole MiB, as the clusters do. A plain number
        below 1 GB is refused, because its unit is missing.
      - A volume that O(create_peer_volume) creates gets the resulting size of the volume here.
      - At the top level it is also the default of the items of O(pairs).
    type: str
  match_size: &match_size
    description:
      - Whether to grow the smaller of the two volumes to the size of the larger. It fixes a pair that is
        C(PausedVolumeSizeMismatch) because only the source was grown, as storage drivers do.
      - At the top level it is also the default of the items of O(pairs).
    type: bool
  create_peer_volume: &create_peer_volume
    description:
      - Permission to create the volume on the peer where it is missing, with the size, the sector size and the QoS of
        the volume here. An empty dictionary uses all defaults.
      - A volume is missing when the one here is not paired with the peer, and the peer has no volume with the
        requested name and owner. An existing volume is used, under the rules for every new target. A volume that is
        deleted and not purged is never replaced, error V(volume_deleted).
      - The new volume is the target. If O(direction) is V(from_peer) and the volume is missing, the error is
        V(empty_source).
      - The new volume has the attribute C(elementsw-replication-run), which is different in each run. When the
        pairing fails, the module locks the volume with the attribute of this run, and deletes and purges it once no
        host uses it. The volume stays, and RV(error.left_behind) names it, when hosts are logged in to it or have
        written to it.
      - At the top level it is also the default of the items of O(pairs).
      - Used with O(state=present) only.
    type: dict
    suboptions:
      account:
        description:
          - Name of the account on the peer that owns the new volume.
          - Defaults to O(peer_account), or else to the name of the account that owns the volume here.
        type: str
      create_account:
        description:
          - Whether to create this account when the peer does not have it. A created account stays, even when the
            pairing fails.
        type: bool
        default: false
      name:
        description:
          - Name of the volume, of letters, digits and C(-) only. Defaults to O(peer_volume), or else to the name of the
            volume here.
          - At the top level it is only accepted if at most one item of O(pairs) has no O(pairs[].create_peer_volume)
            of its own.
        type: str
      qos_policy:
        description:
          - Name of the QoS policy on the peer that the volume uses. The IDs of policies differ between clusters, so
            that the policy of the volume here is not copied.
          - Without it the new volume gets the QoS rates of the volume here.
        type: str
  allow_overwrite:
    description: &allow_overwrite
      - Permission to make a volume the target of a new pair although there is evidence of data. Its content is saved
        in a snapshot first, see O(save_overwritten). For an existing pair see O(failover).
      - Without it a future target must be provably unused, without blocks, writes and snapshots, and without the
        attribute C(elementsw-replication-replica) of the former target of a removed pair. Otherwise the error is
        V(target_in_use) with the evidence. A volume whose evidence cannot be read counts as in use.
      - It never covers a volume that hosts are logged in to, by iSCSI or by a Fibre Channel access group. Log
        the hosts out first.
      - At the top level it is also the default of the items of O(pairs), so that it can be given to one volume of many.
    type: bool
    default: false
  save_overwritten:
    description: &save_overwritten
      - Whether to save a volume with evidence of data in a snapshot before it is overwritten. The snapshot is named
        C(elementsw-saved-...), and RV(pairs[].saved) has its ID. It does not expire, with two exceptions that are
        kept for 7 days, the snapshot of a replica that O(repair) resyncs, and that of a C(replicationTarget) without
        any other evidence of data.
      - When the snapshot cannot be taken, nothing is overwritten and the error is V(cannot_save).
      - Set it to V(false) for volumes whose content may be lost, or if the cluster has no room for snapshots.
      - At the top level it is also the default of the items of O(pairs).
    type: bool
    default: true
  repair:
    description: &repair
      - Permission to remove leftovers of an earlier pair of exactly these two volumes, and to pair them again.
        Leftovers are a half that only one cluster has, two halves that do not belong together, a pair that is
        C(StoppedMisconfigured), and a pairing that was started on one of the two volumes and never completed. Without
        the permission these are the errors V(half_pair) and V(pending_pair).
      - Pairing again is a full copy, in the mode and with the pause that the remaining half shows, unless O(mode) and
        O(paused) are set. The former target of the same pair becomes the target again without O(allow_overwrite), as
        long as it is still C(replicationTarget) and holds only replicated data. If hosts have written to it, it needs
        O(allow_overwrite), like any other target.
      - A source without any data, such as a volume of a rebuilt cluster, overwrites neither its replica nor a target
        with data unless O(allow_overwrite) is set, error V(empty_source).
      - A volume that is paired with another volume or cluster is never changed, error V(paired_elsewhere).
      - An O(direction) that contradicts the roles of the two volumes is refused, error V(direction_change).
      - At the top level it is also the default of the items of O(pairs).
      - Used with O(state=present) only.
    type: bool
    default: false
  pairs:
    description:
      - Many pairs. Each item has the keys of a pair. O(account), O(peer_account), O(mode), O(direction),
        O(paused), O(size), O(match_size), O(create_peer_volume), O(allow_overwrite), O(save_overwritten) and O(repair)
        at the top level are the defaults of the items.
      - Mutually exclusive with O(volume), O(volume_id), O(peer_volume) and O(peer_volume_id) at the top level.
      - An empty list changes nothing.
      - A key that is V(null) or an empty text counts as not given.
      - Everything that is wrong with the items is reported at once, each with the place of its item, counted from 0, and its
        volume.
      - Two items that name the same volume are the error V(duplicate_item).
      - RV(elementsw.replication.element_pair_info#module:pairs) has this form.
    type: list
    elements: dict
    suboptions:
      volume:
        description:
          - Name of the volume on this cluster. Give this or O(pairs[].volume_id).
        type: str
      volume_id:
        description: *volume_id
        type: int
      account: *account
      peer_volume: *peer_volume
      peer_volume_id: *peer_volume_id
      peer_account: *peer_account
      mode: *mode
      direction: *direction
      paused: *paused
      size: *size
      match_size: *match_size
      create_peer_volume: *create_peer_volume
      allow_overwrite:
        description: *allow_overwrite
        type: bool
      save_overwritten:
        description: *save_overwritten
        type: bool
      repair:
        description: *repair
        type: bool
  release_target:
    description:
      - Whether to make the former target C(readWrite) after the pair is removed from both clusters, so that hosts can
        use it. While a side is not C(Active) or C(Idle) its copy may be incomplete, error V(not_in_sync). If the
        state is not known, because the peer does not answer or it is a half pair, there is a warning.
      - With or without it, the module sets the attribute C(elementsw-replication-replica) on the former target, which
        records that it holds the copy of another volume. The attribute is evidence of data, see O(allow_overwrite).
      - Of two volumes that are not paired, the one that is C(replicationTarget) becomes C(readWrite) too, which
        completes an earlier interrupted run. On releases that show it as C(locked) without its pair, there is a
        warning instead.
      - When both volumes are C(replicationTarget) nothing is changed, error V(access_conflict).
      - Used with O(state=absent) only.
    type: bool
    default: false
  failover:
    description:
      - Permission to reverse existing pairs if O(direction) differs from their direction. A pair that already has
        this direction is not changed, so that the task is idempotent. New pairs do not need it.
      - V(planned) proves that no write is lost, or changes nothing. Both clusters must answer, the pair must be in
        sync and not paused, and its two volumes must have the same size. No host may be logged in to the source, and
        its count of write operations must not change. The module takes a replicated snapshot, waits up to
        O(wait_timeout) until the peer holds it, demotes the source, waits until its statistics must show every write
        that was acknowledged before, and promotes the target only when they show none. Hosts have no writable side
        for about 3 seconds if statistics are sampled every 500 ms. The two sides are never writable at the same time.
        If one pair of the list cannot be reversed in this way, none is.
      - When a promotion is refused, or another client paired or changed the target meanwhile, the old source gets its
        access back. If that is refused too, the message says that neither side is writable, and what to run.
      - Mode V(snapshots_only) does not replicate the live content. V(planned) refuses it with the error
        V(snapshots_only).
      - V(forced) makes the requested side writable first, whatever data may be missing there, and warns of
        C(data_loss_possible). When the other cluster answers, the old source is saved in a snapshot that does not
        expire, and then demoted. It stays writable when hosts are logged in to it or when the snapshot cannot be
        taken. Items that cannot be reversed fail, and the others continue. Sizes do not change.
      - V(forced) also works with a half pair. If the other half, or the other volume, is gone, the module makes the
        side that O(direction) names writable, changes nothing else, and a warning says what is left.
      - It never creates a pair. Two volumes that are not paired, or no longer paired, are the error V(not_paired).
      - When both sides are writable, V(forced) together with O(allow_overwrite) makes the side that is not requested
        as source a target. It is saved in a snapshot first, and never overwritten while hosts are logged in to it.
        Without both options the error is V(split_brain).
      - When neither side is writable, V(planned) continues the planned failover that was interrupted, if both sides
        hold its snapshot and no one wrote since. Otherwise the error V(no_source) says which proof is missing.
        V(forced) makes the requested side writable in any case. The other side is saved in a snapshot first. If it
        cannot be saved, nothing is made writable, unless O(save_overwritten=false).
      - The mode of the pair is set again on the new source if the failover has changed it.
      - With O(repair) a pair with one source and one target is never reversed.
    type: str
    choices: [planned, forced]
  peer_unreachable:
    description:
      - What to do when the peer does not answer.
      - V(fail) ends with the error V(unreachable) before anything is written.
      - V(local_only) is the permission to continue with only this cluster. When the peer answers, the task works on
        both sides as usual. The module makes three attempts within ten seconds to reach it.
      - Without the peer, the task makes volumes writable with O(direction=to_peer) and O(failover=forced), pauses and
        resumes on this side, and with O(state=absent) removes the entry here and reports the other one as
        outstanding. Every other difference from the desired state is the error V(unreachable). The task never makes a
        volume a target, creates, grows, changes a mode or pairs.
      - Before it makes a volume writable, V(local_only) checks what this cluster reports. While its entry for the
        peer is C(Connected), or the pair of the volume is C(Active) or resuming, the peer is up and only the
        connection to it has failed, for example because of a proxy, a typing error or a firewall. The module reads
        both again for up to 60 seconds, and no longer than O(wait_timeout), with progress lines. If the states stay
        the same, the error is V(peer_alive), and nothing is written.
      - V(assume_dead) states that the other site is gone. Nothing is sent to the peer, even if it would answer, and
        its credentials are not needed. It permits what V(local_only) permits. An entry that is C(Connected) is only a
        warning.
      - The peer is identified by its address, O(peer.mvip) or O(peer.hostname), which must be the MVIP that this
        cluster lists, or a name that resolves to it. For O(failover=forced) and O(paused) a single cluster pair is
        enough, with a warning, unless O(peer.mvip) is another address. Otherwise the error is V(peer_unknown).
      - A wrong password, a refused certificate, a missing privilege and an unsupported API version are
        errors. They never count as unreachable.
    type: str
    choices: [fail, local_only, assume_dead]
    default: fail
  fail_fast:
    description:
      - Whether to start no further pair once one has failed. Pairs that were started are still completed.
        Preparations for pairs that were not started are undone.
    type: bool
    default: false
  wait:
    description:
      - Whether to wait for what O(wait_for) says.
    type: bool
    default: true
  wait_for:
    description:
      - V(paired) waits until both sides show the pair, with one source and one target, and not misconfigured.
      - V(in_sync) waits until both sides are healthy, C(Active) or C(Idle). The initial copy of a large volume can
        take hours. Raise O(wait_timeout) accordingly.
      - A state that does not recover by itself ends the wait at once.
    type: str
    choices: [paired, in_sync]
    default: paired
  wait_timeout:
    description:
      - Seconds to wait, for all pairs of the task together. When the time is up, all writes are kept.
      - Use this option rather than the task keyword C(timeout), which ends the task and leaves the module
        running.
    type: int
    default: 300
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
  - Before it creates a pair, the module checks that both volumes are active, that they have the same sector size
    (error V(sector_mismatch)) and that the target is not smaller than the source (V(size_mismatch)), unless O(size)
    or O(match_size) grows it. For a larger target there is a warning.
  - A grown volume cannot be made smaller. When a later step of the same pair fails, RV(error.left_behind) names it.
  - The module rechecks the volumes just before a write that can destroy data. If the observed state has changed since
    the plan, the item fails with V(changed_meanwhile) and nothing is written for it.
  - NetApp requires a round trip of less than 2000 ms between paired clusters. Mode V(sync) needs far less,
    practitioners recommend at most 8 ms. The module does not enforce either.
seealso:
  - module: elementsw.replication.element_cluster_pair
  - module: elementsw.replication.element_pair_info
  - ref: ansible_collections.elementsw.replication.docsite.guide_pairing
    description: From the inventory to the first verified pair.
  - ref: ansible_collections.elementsw.replication.docsite.guide_failover
    description: The runbook for the loss of a site, planned failover, and failback.
  - ref: ansible_collections.elementsw.replication.docsite.guide_recovery
    description: How to recover from half pairs and leftovers.
"""

EXAMPLES = r"""
# The tasks run for one cluster. Its connection and that of the peer come from the inventory, in which both are hosts.
- name: Replicate a volume to the volume of the same name on beta, wait until it is in sync and show progress every 5 minutes
  elementsw.replication.element_volume_pair:
    peer_host: beta
    volume: orders-db
    wait_for: in_sync
    wait_timeout: 14400
    progress_interval: 300

- name: Replicate synchronously to a volume of another name, owned by other accounts
  elementsw.replication.element_volume_pair:
    peer_host: beta
    volume: orders-db
    account: shop
    peer_volume: orders-db-dr
    peer_account: shop-dr
    mode: sync

- name: Replicate several volumes with one task
  elementsw.replication.element_volume_pair:
    peer_host: beta
    account: shop
    mode: async
    direction: to_peer
    pairs:
      - volume: orders-db
      - volume: orders-log
        mode: sync
      - volume: catalogue
        account: web
        peer_volume: catalogue-dr
        peer_account: web-dr
      - volume_id: 52
        peer_volume_id: 91
        direction: from_peer

- name: Receive a volume from beta, named by its IDs
  elementsw.replication.element_volume_pair:
    peer_host: beta
    volume_id: 41
    peer_volume_id: 77
    direction: from_peer

- name: Use a volume as target although it holds old data
  elementsw.replication.element_volume_pair:
    peer_host: beta
    volume: orders-db
    allow_overwrite: true

- name: Overwrite two scratch volumes, one without a snapshot and the other saved first
  elementsw.replication.element_volume_pair:
    peer_host: beta
    allow_overwrite: true
    pairs:
      - volume: scratch
        save_overwritten: false
      - volume: catalogue

- name: Pair a list, with permissions for single volumes
  elementsw.replication.element_volume_pair:
    peer_host: beta
    pairs:
      - volume: orders-db
      - volume: orders-log
        repair: true
      - volume: catalogue
        allow_overwrite: true
      - volume: sessions
        create_peer_volume:
          account: web-dr

- name: Pair again after the other half was removed
  elementsw.replication.element_volume_pair:
    peer_host: beta
    volume: orders-db
    repair: true

- name: Pair a long list, stop at the first failure and do not wait for the copies
  elementsw.replication.element_volume_pair:
    peer_host: beta
    pairs: "{{ protected_volumes }}"
    fail_fast: true
    wait: false

- name: Replicate a volume to a new one on beta, with another owner and a QoS policy of beta
  elementsw.replication.element_volume_pair:
    peer_host: beta
    volume: orders-db
    create_peer_volume:
      account: shop-dr
      create_account: true
      name: orders-db-dr
      qos_policy: databases

- name: Replicate a whole list, with new volumes wherever beta lacks them
  elementsw.replication.element_volume_pair:
    peer_host: beta
    account: shop
    pairs: "{{ protected_volumes }}"
    create_peer_volume: {}
    wait_for: in_sync
    wait_timeout: 14400

- name: Grow a volume and its replica
  elementsw.replication.element_volume_pair:
    peer_host: beta
    volume: orders-db
    size: 200GiB

- name: Grow the replicas of volumes that a storage driver has grown
  elementsw.replication.element_volume_pair:
    peer_host: beta
    match_size: true
    pairs: "{{ protected_volumes }}"

- name: Pause the replication of a volume for the nightly batch, and resume it
  elementsw.replication.element_volume_pair:
    peer_host: beta
    volume: orders-db
    paused: "{{ batch_is_running }}"

- name: Remove a pair
  elementsw.replication.element_volume_pair:
    peer_host: beta
    volume: orders-db
    state: absent

- name: Remove a pair and make the former target writable for hosts
  elementsw.replication.element_volume_pair:
    peer_host: beta
    volume: orders-db
    state: absent
    release_target: true

- name: Fail over to this cluster without loss of data
  elementsw.replication.element_volume_pair:
    peer_host: beta
    volume: orders-db
    direction: to_peer
    failover: planned
    wait_for: in_sync

- name: Fail over to this cluster after the site of the peer has failed
  elementsw.replication.element_volume_pair:
    peer_host: beta
    volume: orders-db
    direction: to_peer
    failover: forced
    peer_unreachable: local_only

- name: Fail over without a call to the peer, because its site is gone and another system answers at its address
  elementsw.replication.element_volume_pair:
    peer_host: beta
    volume: orders-db
    direction: to_peer
    failover: forced
    peer_unreachable: assume_dead

- name: Keep the data of this cluster when both sides are writable, after the failed site is back
  elementsw.replication.element_volume_pair:
    peer_host: beta
    volume: orders-db
    direction: to_peer
    failover: forced
    allow_overwrite: true

- name: Pair with a cluster that is not in the inventory
  elementsw.replication.element_volume_pair:
    peer:
      hostname: beta.example.com
      username: ansible
      password: "{{ vault_beta_password }}"
      cert_fingerprint: "{{ beta_certificate_sha256 }}"
    volume: orders-db
"""

RETURN = r"""
pairs:
  description: One entry for each requested pair, in the same order.
  returned: when both clusters could be read, also on failure
  type: list
  elements: dict
  contains:
    volume:
      description: Name of the volume on this cluster.
      returned: success
      type: str
      sample: orders-db
    peer_volume:
      description: Name of the volume on the peer.
      returned: success
      type: str
      sample: orders-db-dr
    uuid:
      description: UUID of the pair, the same on both clusters. V(null) when there is no pair.
      returned: success
      type: str
      sample: d2c7b0e6-51f4-4a7b-8f0d-6a2f3f9b7c15
    state:
      description:
        - The entries of the two sides. V(paired), V(crossed) when both are paired but their entries do not belong
          together, V(half_local) or V(half_peer) when only this or only the other side has an entry, V(pending_local)
          or V(pending_peer) when a pairing was started there and not completed, V(foreign_local) or V(foreign_peer)
          when the volume there is paired with another volume, V(unknown_peer) when the peer could not be read, and
          V(none). V(null) when the volumes could not be identified.
      returned: success
      type: str
      sample: paired
    changed:
      description: Whether this pair was changed, or would be in check mode.
      returned: success
      type: bool
      sample: true
    failed:
      description: Whether this pair failed.
      returned: success
      type: bool
      sample: false
    msg:
      description: The error of this pair as one sentence. V(null) when it did not fail.
      returned: success
      type: str
    error:
      description: The error of this pair, with the keys of RV(error). V(null) when it did not fail.
      returned: success
      type: dict
    saved:
      description:
        - The snapshots that this run has taken of volumes before it overwrote them. In check mode those that it would
          take, which have no ID, name and expiry yet.
        - They stay until they expire or are deleted.
      returned: success
      type: list
      elements: dict
      contains:
        cluster:
          description: Name of the cluster that has the snapshot.
          returned: success
          type: str
          sample: beta
        volume:
          description: Name of the volume that was saved.
          returned: success
          type: str
          sample: orders-db
        snapshot_id:
          description: ID of the snapshot on that cluster. V(null) when the cluster did not report it, and in check mode.
          returned: success
          type: int
          sample: 912
        name:
          description: Name of the snapshot, and of its group if it belongs to one. V(null) in check mode.
          returned: success
          type: str
          sample: elementsw-saved-0123456789abcdef-0
        expires:
          description: When the cluster deletes it. V(null) if it does not expire, and in check mode.
          returned: success
          type: str
          sample: "2026-12-05T10:00:00Z"
    mode:
      description:
        - V(async), V(sync) or V(snapshots_only), as the source has it. V(null) when there is not exactly one
          source.
      returned: success
      type: str
      sample: async
    direction:
      description:
        - V(to_peer), V(from_peer), V(split) when both sides are writable, V(none) when neither is. V(null) when there
          is no pair, or when an access is not a role in a pair.
      returned: success
      type: str
      sample: to_peer
    paused:
      description: Whether the replication is paused by hand. V(null) when the state does not show it.
      returned: success
      type: bool
      sample: false
    health:
      description:
        - The worse of the two sides. V(healthy), V(syncing), V(paused), V(recovering), V(pending), V(unknown),
          V(broken) when an administrator must act, V(dead) when the volumes must be paired again.
      returned: success
      type: str
      sample: healthy
    in_sync:
      description: Whether both sides are healthy. V(null) when it is not known.
      returned: success
      type: bool
      sample: true
    local:
      description: The volume on this cluster.
      returned: success
      type: dict
      contains:
        volume_id:
          description: ID of the volume.
          returned: success
          type: int
          sample: 41
        name:
          description: Name of the volume.
          returned: success
          type: str
          sample: orders-db
        account:
          description: Name of the account that owns it.
          returned: success
          type: str
          sample: shop
        access:
          description:
            - Access of hosts to the volume. A source has C(readWrite), a target has C(replicationTarget).
          returned: success
          type: str
          sample: readWrite
        size:
          description: Size in bytes.
          returned: success
          type: int
          sample: 10000269312
        replication_state:
          description:
            - State of the replication, as the cluster reports it. V(null) when the volume is not paired.
          returned: success
          type: str
          sample: Active
    peer:
      description: The volume on the peer, with the same keys as RV(pairs[].local).
      returned: success
      type: dict
      sample:
        volume_id: 77
        name: orders-db-dr
        account: shop-dr
        access: replicationTarget
        size: 10000269312
        replication_state: Active
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
      sample: ModifyVolumes
    object:
      description:
        - The object that was written to, as text. A bulk call names up to three objects and their number.
      returned: success
      type: str
      sample: volume orders-db-dr (77)
    reason:
      description: The reason for the write.
      returned: success
      type: str
      sample: it becomes the target
error:
  description:
    - The error in machine-readable form. All keys are always present, V(null) if they do not apply.
    - With several failed pairs, see RV(pairs[].error) of each.
  returned: failure, except for argument errors
  type: dict
  contains:
    code:
      description: One of the codes in the list of error codes of this collection.
      returned: failure
      type: str
      sample: target_in_use
    cluster:
      description: Name of the cluster concerned.
      returned: failure
      type: str
      sample: beta
    method:
      description: The API method that failed or got no answer.
      returned: failure
      type: str
      sample: CompleteVolumePairing
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
  description: The pairs that change, before and after the plan, a line for each, in the same form and order.
  returned: always when diff mode is on, except for argument errors
  type: dict
  contains:
    before:
      description: The lines of the observed pairs. Empty if no pair changes.
      returned: always
      type: str
      sample: "orders-db (41): not paired with orders-db-dr (77) on beta, readWrite on alpha, readWrite on beta, 10 GiB\n"
    after:
      description: The lines of the pairs after the plan.
      returned: always
      type: str
      sample: "orders-db (41): paired, async, to orders-db-dr (77) on beta, running, 10 GiB\n"
"""

from ..module_utils._python import require_python

# Before the other imports: an older Python cannot parse them.
require_python()

from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ..module_utils._element.arguments import PROGRESS, UNREACHABLE, connection_rules, connection_spec
from ..module_utils._module import run_job
from ..module_utils._pairing.jobs.volume_pair import VolumePairJob
from ..module_utils._pairing.pair_options import (
    DESCRIPTION,
    ITEM,
    ONE_VOLUME_EACH,
    PERMISSIONS,
    VOLUMES,
    check,
)

# An option that names a volume cannot be a default of the items.
ONE_PAIR_OR_MANY = [("pairs", name) for name in VOLUMES]


def argument_spec() -> dict[str, Any]:
    """The options of the module, connections included."""
    return {
        **connection_spec(),
        **VOLUMES,
        **DESCRIPTION,
        "pairs": {
            "type": "list",
            "elements": "dict",
            "options": ITEM,
            "mutually_exclusive": ONE_VOLUME_EACH,
            "required_one_of": [("volume", "volume_id")],
        },
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        **{name: {"type": "bool", "default": default} for name, default in PERMISSIONS.items()},
        "release_target": {"type": "bool", "default": False},
        "failover": {"type": "str", "choices": ["planned", "forced"]},
        "peer_unreachable": {"type": "str", "choices": list(UNREACHABLE), "default": "fail"},
        "fail_fast": {"type": "bool", "default": False},
        "wait": {"type": "bool", "default": True},
        "wait_for": {"type": "str", "choices": ["paired", "in_sync"], "default": "paired"},
        "wait_timeout": {"type": "int", "default": 300},
        **PROGRESS,
    }


def argument_rules() -> dict[str, Any]:
    """What AnsibleModule checks between the options."""
    connection = connection_rules(peer_required=True)
    return {
        **connection,
        "mutually_exclusive": [*connection["mutually_exclusive"], *ONE_VOLUME_EACH, *ONE_PAIR_OR_MANY],
        "required_one_of": [*connection["required_one_of"], ("volume", "volume_id", "pairs")],
    }


def main() -> None:
    """Run the module."""
    module = AnsibleModule(argument_spec=argument_spec(), supports_check_mode=True, **argument_rules())
    problem = check(module.params)
    if problem:
        module.fail_json(msg=problem)
    run_job(module, VolumePairJob.from_params(module.params), "volume pairs")


if __name__ == "__main__":
    main()
