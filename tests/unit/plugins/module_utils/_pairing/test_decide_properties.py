# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What holds of the decision about two volumes whatever is found: random volumes, entries, roles and wishes."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.elementsw.replication.plugins.module_utils._element.errors import CODES
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.decide.selection import Catalog
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.decide.volume_classes import (
    Extras,
    PairWish,
    Wish,
    classify,
)
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.decide.volume_pair import decide
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.model import (
    ConfirmUnused,
    PairVolumes,
    RemoveVolumePair,
    SetAccess,
    SetMode,
    Sides,
    Usage,
    Volume,
    VolumePair,
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
PAIR_WISHES = st.builds(
    PairWish,
    volume=st.just("orders"),
    peer_volume_id=st.sampled_from([None, 77]),
    direction=st.sampled_from([None, "to_peer", "from_peer"]),
    mode=st.sampled_from([None, "sync"]),
)
WISHES = st.builds(Wish, present=st.booleans(), repair=st.booleans(), allow_overwrite=st.booleans())


def catalog(cluster, far, found):
    listed = [entry(far, LINKS["ours"]), entry(GAMMA, LINKS["third"], "third")]
    return Catalog(volume_side(cluster, listed, *([found] if found else [])))


@settings(max_examples=2000, deadline=None)
@given(volumes(41, 77), volumes(77, 41), PAIR_WISHES, WISHES, USAGE)
def test_whatever_is_found(here, there, pair_wish, wish, usage):
    found = classify(0, pair_wish, Sides(catalog(ALPHA, BETA, here), catalog(BETA, ALPHA, there)))
    known = {41: usage, 77: usage}
    plan = decide(type(found)(**{**vars(found), "extras": Extras(usage=Sides(known, known))}), wish)

    if plan.problem:
        assert plan.problem.code in CODES
        assert plan.steps == ()
        assert plan.problem.sentence
    kinds = [type(step) for step in plan.steps]
    assert [step.phase for step in plan.steps] == sorted(step.phase for step in plan.steps)
    # A pair with somebody else is never touched, nor is a volume that shows more than one.
    for step in plan.steps:
        for touched in (getattr(step, "volume", None), getattr(step, "completer", None)):
            for pair in touched.pairs if touched else ():
                assert len(touched.pairs) == 1
                assert (
                    pair.state == "Unconfigured" or not pair.remote_volume_id or pair.cluster_pair_id != LINKS["third"]
                )
    if not wish.present:
        assert set(kinds) <= {RemoveVolumePair}
    if wish.present and not wish.repair:
        assert RemoveVolumePair not in kinds
    if PairVolumes in kinds:
        (confirmed,) = [step for step in plan.steps if isinstance(step, ConfirmUnused)]
        (paired,) = [step for step in plan.steps if isinstance(step, PairVolumes)]
        assert (confirmed.volume, confirmed.source) == (paired.completer, paired.volume)
        # What has hosts is never a target; what has data only where it may go, or is a copy of this source already.
        assert not usage.iscsi
        assert not usage.nonzero_blocks or wish.allow_overwrite or (found.replica and wish.repair)
    else:
        # Outside of a new pair no volume's access is changed.
        assert set(kinds) <= {RemoveVolumePair, SetMode}
    for step in plan.steps:
        if isinstance(step, SetAccess) and step.access == "replicationTarget":
            assert PairVolumes in kinds
