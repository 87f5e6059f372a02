# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What must hold of a run once it is over, and after every call of it.

Every acknowledged write is on a readable volume or in a snapshot that a result has named; no pair that was not named
changes; two sides are never writable unless `forced` said so.

An acknowledged write is one that a host made while the volume was readWrite, and all that a world begins with. It may
be lost for these reasons, each of which `overwriting.is_excused` and `Ledger.changed_by_others` ask for:

- hosts or other administrators destroy it by themselves, by hand;
- `save_overwritten: false` is the user's permission to lose it;
- it came after the recheck before the write that destroys: the API has no compare-and-set. No planned failover is
  excused by that, which closes the source to hosts and then rechecks;
- nothing shows it: what replication brought is no write, its blocks are counted only when garbage is collected, and
  another client has removed the pair by hand. A task that removes a pair leaves a mark.

What an Async source has not sent yet when its site fails needs no excuse: it is on that site's volume.
"""

from __future__ import annotations

from typing import Any

from .tasks import Ran
from .truths import TARGET, Key, Truth, halves, volumes
from .watch import REPLICA, SNAPSHOTS

# In check mode no one can know which release keeps a role only once the volume is paired, or a mode after a failover.
SET_AGAIN = ("paired, but still locked", "the failover changed the mode")


def judge(ran: Ran) -> None:
    """Every run, whatever went wrong and whoever interfered."""
    now = ran.watch.end
    missing = ran.ledger.missing(now)
    _agree("violations", ran.watch.violations, [])
    _agree("lost writes", [sentence for mark, sentence in ran.watch.lost.items() if mark in missing], [])
    _agree("writes that are nowhere", missing, set())
    _agree("what nothing reports", [what for what in _remains(ran, now) if not ran.reported], [])
    _agree("snapshots without a name in the result", _unnamed_snapshots(ran, now), [])
    _agree("replicas without a mark", _unmarked(ran, now), [])
    if not ran.changed and not ran.left_behind:
        _agree("what has changed in a run that has changed nothing", _altered(ran, now), [])


def judge_prediction(predicted: Ran, ran: Ran) -> None:
    """A check run writes nothing, and says what the real one does."""
    _agree("writes in check mode", predicted.writes, 0)
    if predicted.failures or ran.failures:
        return
    done = [action for action in ran.actions if not any(reason in action[3] for reason in SET_AGAIN)]
    _agree("actions", *(_without_progress(actions) for actions in (predicted.actions, done)))
    _agree("changed", predicted.changed, ran.changed)
    _agree("diff", predicted.outcome.diff, ran.outcome.diff)


def _without_progress(actions: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """A copy that was being made in the check run may be complete in the real one."""
    return sorted((*others, reason.replace(" incomplete:", " complete:")) for *others, reason in actions)


def judge_repeated(ran: Ran, again: Ran) -> None:
    """What has succeeded is not done twice."""
    if not ran.order.params["wait"] or _cannot_tell(ran):
        return
    if ran.order.module == "volume_pair" and _has_forgotten(ran):
        others = set(again.codes) - {"paired_elsewhere", "volume_ambiguous", "duplicate_item", "other_account"}
        _agree("codes of a repeated run", others, set())
    elif ran.order.module == "cluster_pair" and again.codes == ["peer_unknown"]:
        # Once the entry is gone, nothing shows that none of those that are left was for a peer that does not answer.
        _agree("what is permitted", ran.order.params["peer_unreachable"] != "fail", True)
    else:
        _agree("failures of a repeated run", [failure.sentence for failure in again.failures], [])
        _agree("changes and writes of a repeated run", (again.changed, again.writes), (False, 0))


def _agree(what: str, observed: Any, expected: Any) -> None:
    assert observed == expected, f"{what}: {observed}, not {expected}"


def _cannot_tell(ran: Ran) -> bool:
    """A pause that the state hides is asked for each time; what a forced failover does not grow, the next run does."""
    if ran.order.module != "volume_pair":
        return False
    forced = ran.order.failover == "forced"
    return any(item["paused"] or (forced and (item["size"] or item["match_size"])) for item in ran.order.items)


def _has_forgotten(ran: Ran) -> bool:
    """An unpaired volume does not say any more which volume it was paired with: without a name, its namesake is meant."""
    return not ran.order.present and any(
        item["peer_volume"] is None and item["peer_volume_id"] is None for item in ran.order.items
    )


def _remains(ran: Ran, now: Truth) -> list[str]:
    """What this run has made and not finished."""
    made = ran.watch.made
    observed = []
    for uuid, entries in halves(now).items():
        for key, half in entries:
            lone = half["pending"] or (len(entries) == 1 and uuid in made)
            if uuid in made and lone and "pairs" not in _changed_by_others(ran, key, entries):
                observed.append(f"entry {uuid} of volume {key}")
    for name, cluster in now["clusters"].items():
        pending = [entry for entry in cluster["cluster_pairs"] if entry["uuid"] in made and entry["pending"]]
        observed += [f"cluster pair {entry['id']} of {name}" for entry in pending]
    paired = {key for entries in halves(now).values() for key, _half in entries}
    for key in ran.watch.created - paired:
        # Also one that is deleted: it stands in the way of the next run until it is purged.
        if key in volumes(now) and not ran.watch.knows.others_changed.get(key):
            observed.append(f"created volume {key}")
    return observed


def _unnamed_snapshots(ran: Ran, now: Truth) -> list[str]:
    """The snapshots that this run has taken and left, of which no sentence and no `saved` says how they are called."""
    return [
        f"snapshot {snapshot['name']} of volume {key}"
        for key, volume in volumes(now).items()
        for snapshot in volume["snapshots"]
        if snapshot["uuid"] in ran.watch.made and snapshot["name"].startswith(SNAPSHOTS)
        if not any(snapshot["name"] in sentence for sentence in ran.reported)
        if (key[0], volume["name"], snapshot["name"]) not in ran.saved
    ]


def _unmarked(ran: Ran, now: Truth) -> list[str]:
    """Former targets of pairs that this run has removed, which nothing shows to be replicas."""
    if ran.failures or ran.order.present or ran.order.module != "volume_pair":
        return []
    return [
        f"volume {key}"
        for key, volume in volumes(ran.watch.start).items()
        if key in ran.watch.named and volume["access"] == TARGET and not volume["deleted"]
        if any(not half["pending"] for half in volume["pairs"])
        if key in volumes(now) and not volumes(now)[key]["pairs"] and not ran.watch.knows.others_changed.get(key)
        if REPLICA not in volumes(now)[key]["attributes"] and not ran.reported
    ]


def _changed_by_others(ran: Ran, key: Key, entries: list[Any]) -> set[str]:
    """What others have changed of a volume during the run; of all the named ones where an entry has lost its other half."""
    keys = {key, *ran.watch.named} if len(entries) == 1 else {key}
    return {member for each in keys for member in ran.watch.knows.others_changed.get(each, {})}


def _altered(ran: Ran, now: Truth) -> list[str]:
    """What is not as it was, although no other client has changed it."""
    before, after = volumes(ran.watch.start), volumes(now)
    observed = [
        f"{member} of volume {key}"
        for key in before.keys() & after.keys()
        if not ran.watch.knows.others_changed.get(key)
        for member in ("access", "size", "deleted", "pairs", "attributes")
        if _plain(before[key][member]) != _plain(after[key][member])
    ]
    if not ran.watch.knows.entries_changed:
        observed += [
            f"cluster pairs of {name}"
            for name, cluster in now["clusters"].items()
            if _uuids(cluster["cluster_pairs"]) != _uuids(ran.watch.start["clusters"][name]["cluster_pairs"])
        ]
    return observed


def _plain(value: Any) -> Any:
    """Halves by their UUIDs: they learn by themselves that their counterpart is gone."""
    return _uuids(value) if isinstance(value, list) else value


def _uuids(entries: list[dict[str, Any]]) -> set[str]:
    return {entry["uuid"] for entry in entries}
