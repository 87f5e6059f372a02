# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What holds of the decision about two volumes whatever is observed: random volumes, entries, roles and options."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.elementsw.replication.plugins.module_utils._element.errors import CODES, Failure
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.decide.catalog import Catalog
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.decide.volume_pair.desired import (
    DesiredPair,
    NewVolume,
    PairOptions,
)
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.decide.volume_pair.new_pair import (
    confirmed_again,
)
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.decide.volume_pair.relation import (
    classify_volume_pair,
)
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.decide.volume_pair.state import (
    Extras,
)
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.decide.volume_pair.table import decide
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.failover_steps import Save
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.model import (
    Sides,
    Usage,
    Volume,
    VolumePair,
)
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.pairing_steps import (
    ConfirmUnused,
    CreateAccount,
    CreateVolume,
    Grow,
    MarkReplica,
    PairVolumes,
    ReleaseTarget,
    RemoveVolumePair,
    SetAccess,
    SetMode,
    SetPause,
)
from ansible_collections.elementsw.replication.tests.unit.builders import ALPHA, BETA, GAMMA, GIB, entry, volume_side

ACCESS = st.sampled_from(["readWrite", "replicationTarget", "locked", "readOnly"])
STATES = st.sampled_from(["Active", "Unconfigured", "PausedMisconfigured", "StoppedMisconfigured", "New"])
LINKS = {"ours": 7, "third": 3, "unlisted": 99}


def entries(remote):
    return st.builds(
        VolumePair,
        uuid=st.sampled_from(["u1", "u2"]),
        cluster_pair_id=st.sampled_from(list(LINKS.values())),
        remote_volume_id=st.sampled_from([remote, remote, 5, 0]),
        mode=st.just("Async"),
        state=STATES,
    )


def volumes(volume_id, remote):
    return st.none() | st.builds(
        Volume,
        id=st.just(volume_id),
        name=st.just("orders"),
        account_id=st.just(3),
        access=ACCESS,
        size=st.sampled_from([GIB, 2 * GIB]),
        status=st.sampled_from(["active", "active", "active", "deleted", "init"]),
        pairs=st.lists(entries(remote), max_size=2).map(tuple),
    )


USAGE = st.builds(Usage, nonzero_blocks=st.sampled_from([0, 9]), iscsi=st.sampled_from([(), ("iqn",)]))
DESIRED_PAIRS = st.builds(
    DesiredPair,
    volume=st.just("orders"),
    peer_volume_id=st.sampled_from([None, 77]),
    direction=st.sampled_from([None, "to_peer", "from_peer"]),
    mode=st.sampled_from([None, "sync"]),
    paused=st.sampled_from([None, True, False]),
    size=st.sampled_from([None, GIB, 3 * GIB]),
    match_size=st.sampled_from([None, True]),
    create=st.none()
    | st.builds(NewVolume, account=st.sampled_from([None, "tenant", "nonesuch"]), create_account=st.booleans()),
)
OPTIONS = st.builds(
    PairOptions,
    present=st.booleans(),
    repair=st.booleans(),
    allow_overwrite=st.booleans(),
    release_target=st.booleans(),
)


def catalog(cluster, far, observe):
    listed = [entry(far, LINKS["ours"]), entry(GAMMA, LINKS["third"], "third")]
    return Catalog(volume_side(cluster, listed, *([observe] if observe else [])))


@settings(max_examples=2000, deadline=None)
@given(volumes(41, 77), volumes(77, 41), DESIRED_PAIRS, OPTIONS, USAGE)
def test_whatever_is_found(here, there, desired_pair, desired, usage):
    code = None
    try:
        observe = classify_volume_pair(0, desired_pair, Sides(catalog(ALPHA, BETA, here), catalog(BETA, ALPHA, there)))
    except Failure as exc:
        code = exc.code
    if code:
        assert (code, desired_pair.create.account) == ("account_not_found", "nonesuch")
        return
    known = {41: usage, 77: usage}
    (plan,) = confirmed_again([decide(replace(observe, extras=Extras(usage=Sides(known, known))), desired)])
    if plan.problem:
        assert plan.problem.code in CODES
        assert plan.steps == ()
        assert plan.problem.sentence
    kinds = [type(step) for step in plan.steps]
    assert [step.phase for step in plan.steps] == sorted(step.phase for step in plan.steps)
    removal = REMOVAL if desired.repair or not desired.present else set()
    assert set(kinds) <= {Grow, SetMode, SetPause, Save} | NEW_PAIR | removal
    if not desired.present:
        assert set(kinds) <= REMOVAL
    assert (PairVolumes in kinds) == (ConfirmUnused in kinds)
    other_pairs_are_left_alone(plan)
    growth_and_release(plan, desired)
    if CreateVolume in kinds:
        creation(plan, desired_pair, there)
    if PairVolumes in kinds:
        a_new_pair(plan)
        # What has hosts is never a target; what has data only where it may go, or is a copy of this source already.
        unused = not usage.iscsi and not usage.nonzero_blocks
        copied = not usage.iscsi and (desired.allow_overwrite or (observe.replica and desired.repair))
        assert unused or copied or CreateVolume in kinds
        # What is overwritten is saved before anything else is written.
        assert unused or CreateVolume in kinds or kinds[0] is Save


NEW_PAIR = {CreateAccount, CreateVolume, ConfirmUnused, SetAccess, PairVolumes}
REMOVAL = {RemoveVolumePair, ReleaseTarget, MarkReplica}


def other_pairs_are_left_alone(plan):
    """A pair with another cluster is never changed, nor is a volume that shows more than one."""
    for step in plan.steps:
        for written in (getattr(step, "volume", None), getattr(step, "completer", None)):
            for pair in written.pairs if written else ():
                assert len(written.pairs) == 1
                pending = pair.state == "Unconfigured" or not pair.remote_volume_id
                assert pending or pair.cluster_pair_id != LINKS["third"]


def growth_and_release(plan, desired):
    for step in plan.steps:
        if isinstance(step, Grow):
            assert step.size > step.volume.size
        if isinstance(step, ReleaseTarget):
            assert (step.volume.access, desired.release_target, step) == ("replicationTarget", True, plan.steps[-1])
        elif isinstance(step, SetAccess):
            assert any(isinstance(other, PairVolumes) for other in plan.steps)


def creation(plan, desired_pair, there):
    """Nothing is created where something is or without permission, and what is created is never the source."""
    assert desired_pair.create is not None
    # A namesake of another owner than the one that is asked for is another volume.
    assert there is None or there.deleted or desired_pair.create.account == "nonesuch"
    for step in plan.steps:
        if isinstance(step, (CreateAccount, CreateVolume)):
            assert step.side == "peer"
        if isinstance(step, PairVolumes):
            assert (step.side, step.volume.planned, step.completer.planned) == ("local", False, True)


def a_new_pair(plan):
    """The recheck of the target lies right before the first write that destroys."""
    kinds = [type(step) for step in plan.steps]
    (paired,) = [step for step in plan.steps if isinstance(step, PairVolumes)]
    confirmed = {(step.volume, step.source) for step in plan.steps if isinstance(step, ConfirmUnused)}
    assert confirmed == {(paired.completer, paired.volume)}
    last_recheck = max(number for number, kind in enumerate(kinds) if kind is ConfirmUnused)
    assert set(kinds[last_recheck + 1 : kinds.index(PairVolumes)]) <= {SetAccess}
