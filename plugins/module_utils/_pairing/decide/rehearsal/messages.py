# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The messages about rehearsals: why nothing is cloned, and why a clone is not removed."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ...._element.errors import Failure
from ...model import CloneFailure, Usage, Volume, first_named
from .. import guard
from .state import DesiredRehearsal, ObservedRehearsal


def refusal(observed: ObservedRehearsal, code: str, sentence: str, method: str = "ListVolumes") -> Failure:
    """A Failure of this cluster with this code. sentence: without the cluster."""
    return Failure(code, f"cluster {observed.cluster}: {sentence}", observed.cluster, method)


def name_taken(observed: ObservedRehearsal, desired: DesiredRehearsal) -> Failure:
    names = first_named([volume.label for volume in observed.others])
    what = f"{names} has the name of the clone of {observed.original_name} and is no clone of this rehearsal"
    return refusal(observed, "name_taken", f"{what}; give the rehearsal another name than {desired.name}")


def same_name(observed: ObservedRehearsal, others: Iterable[Volume], name: str) -> Failure:
    labels = first_named([volume.label for volume in others])
    what = f"the clones of {labels} would all have the name {name}"
    return refusal(observed, "name_taken", f"{what}; rehearse them one after the other, each with a name of its own")


def made_twice(observed: ObservedRehearsal) -> Failure:
    names = first_named([volume.label for volume in observed.others], 5)
    what = f"{names} have the attributes of the same clone, and one may be a copy that another client made of it"
    return refusal(observed, "name_taken", f"{what}; delete the one that is not needed, then run again")


def other_owner(observed: ObservedRehearsal, desired: DesiredRehearsal) -> Failure:
    what = f"{observed.made().label} does not belong to account {desired.account}"
    return refusal(observed, "other_account", f"{what}; remove the rehearsal with state: absent, then run again")


def no_snapshot(observed: ObservedRehearsal) -> Failure:
    what = f"{observed.target().label} has no complete replicated snapshot to clone"
    remedy = "use point: now, or take a snapshot with remote replication on the source"
    return refusal(observed, "no_snapshot", f"{what}; {remedy}", "ListSnapshots")


def clone_in_use(observed: ObservedRehearsal, usage: Usage) -> Failure:
    what = f"{observed.made().label} is in use: {', '.join(guard.sessions(usage))}"
    return refusal(observed, "clone_in_use", f"{what}; {guard.end_of_sessions(usage)}", "ListISCSISessions")


def cloned_clone(observed: ObservedRehearsal) -> Failure:
    what = f"{observed.made().label} is being cloned by another client, and its removal would end that"
    return refusal(observed, "clone_in_use", f"{what}; run again when the clone is complete", "ListSyncJobs")


def paired_clone(observed: ObservedRehearsal) -> Failure:
    what = f"{observed.made().label} has a volume pair of its own and is not deleted"
    return refusal(observed, "paired_elsewhere", f"{what}; remove that pair first, then run again")


def long_name(observed: ObservedRehearsal, name: str, limit: int) -> Failure:
    what = f"the clone {name} would have a name of {len(name)} characters, the limit is {limit}"
    return refusal(observed, "limit_reached", f"{what}; give the rehearsal a shorter name", "GetLimits")


def not_made(observed: ObservedRehearsal, name: str, failures: Sequence[CloneFailure]) -> Failure:
    """failures: why clones of this time have failed, the latest first. They are one reason where several have failed by it."""
    what = f"cluster {observed.cluster}: the clone {name} was not completed"
    if not failures:
        what += ", and the cluster keeps no result that says why; see its event log"
        return Failure("api_error", f"{what}, then run again", observed.cluster, "GetAsyncResult")
    said = dict.fromkeys(f"{each.name} ({each.message})" if each.message else each.name for each in failures)
    sentence = f"{what}: {first_named(list(said))}; mend that, then run again"
    return Failure(
        "api_error", sentence, observed.cluster, "GetAsyncResult", failures[0].name, failures[0].message or None
    )


def not_removed(observed: ObservedRehearsal, clone: Volume) -> Failure:
    return refusal(observed, "changed_meanwhile", f"{clone.label} is still there; run again")
