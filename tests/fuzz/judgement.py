# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What must hold of a run once it is over."""

from __future__ import annotations

from typing import Any

from .tasks import Ran
from .truths import Key, Truth, halves, marks, volumes

# In check mode nobody can know which release keeps a role only once the volume is paired.
SET_AGAIN = "paired, but still locked"


def judge(ran: Ran) -> None:
    """Every run, whatever went wrong and whoever interfered."""
    assert ran.watch.violations == []
    now = ran.watch.end
    assert [what for what in _remains(ran, now) if not ran.told] == []
    if not ran.changed and not ran.left_behind:
        assert _altered(ran, now) == []
    if not ran.order.params.get("allow_overwrite") and not ran.watch.touched:
        # What a repaired copy held of its own goes with its being repaired.
        copies = {m for v in volumes(ran.watch.start).values() if v["access"] != "readWrite" for m in v["marks"]}
        assert marks(ran.watch.start) - marks(now) - copies == set()


def judge_foretold(foretold: Ran, ran: Ran) -> None:
    """A check run writes nothing, and says what the real one does."""
    assert foretold.writes == 0
    if foretold.failures or ran.failures:
        return
    done = [action for action in ran.actions if SET_AGAIN not in action[3]]
    assert foretold.actions == done
    assert (foretold.changed, foretold.outcome.diff) == (ran.changed, ran.outcome.diff)


def judge_repeated(ran: Ran, again: Ran) -> None:
    """What has succeeded is not done twice."""
    if not ran.order.params["wait"] or _cannot_tell(ran):
        return
    if ran.order.module == "volume_pair" and _has_forgotten(ran):
        assert set(again.codes) <= {"paired_elsewhere", "volume_ambiguous", "duplicate_item"}
    else:
        assert ([failure.sentence for failure in again.failures], again.changed, again.writes) == ([], False, 0)


def _cannot_tell(ran: Ran) -> bool:
    """A pause that the state hides is asked for each time."""
    if ran.order.module != "volume_pair":
        return False
    return any(item["paused"] for item in ran.order.items)


def _has_forgotten(ran: Ran) -> bool:
    """An unpaired volume does not say any more whom it was paired with: without a name, its namesake is meant."""
    params = ran.order.params
    return params["state"] == "absent" and any(
        item["peer_volume"] is None and item["peer_volume_id"] is None for item in ran.order.items
    )


def _remains(ran: Ran, now: Truth) -> list[str]:
    """What this run has made and not finished."""
    made = ran.watch.made
    found = []
    for uuid, entries in halves(now).items():
        for key, half in entries:
            lone = half["pending"] or (len(entries) == 1 and uuid in made)
            if uuid in made and lone and "pairs" not in _touched(ran, key, entries):
                found.append(f"entry {uuid} of volume {key}")
    for name, cluster in now["clusters"].items():
        pending = [entry for entry in cluster["cluster_pairs"] if entry["uuid"] in made and entry["pending"]]
        found += [f"cluster pair {entry['id']} of {name}" for entry in pending]
    paired = {key for entries in halves(now).values() for key, _half in entries}
    for key in ran.watch.created - paired:
        if key in volumes(now) and not volumes(now)[key]["deleted"] and not ran.watch.touched.get(key):
            found.append(f"created volume {key}")
    return found


def _touched(ran: Ran, key: Key, entries: list[Any]) -> set[str]:
    """What others have changed of a volume during the run; of all the named ones where an entry has lost its other half."""
    keys = {key, *ran.watch.named} if len(entries) == 1 else {key}
    return {member for each in keys for member in ran.watch.touched.get(each, {})}


def _altered(ran: Ran, now: Truth) -> list[str]:
    """What is not as it was, although nobody else has touched it."""
    before, after = volumes(ran.watch.start), volumes(now)
    found = [
        f"{member} of volume {key}"
        for key in before.keys() & after.keys()
        if not ran.watch.touched.get(key)
        for member in ("access", "size", "deleted", "pairs")
        if _plain(before[key][member]) != _plain(after[key][member])
    ]
    if not ran.watch.entries_touched():
        found += [
            f"cluster pairs of {name}"
            for name, cluster in now["clusters"].items()
            if _uuids(cluster["cluster_pairs"]) != _uuids(ran.watch.start["clusters"][name]["cluster_pairs"])
        ]
    return found


def _plain(value: Any) -> Any:
    """Halves by their UUIDs: they learn by themselves that their counterpart is gone."""
    return _uuids(value) if isinstance(value, list) else value


def _uuids(entries: list[dict[str, Any]]) -> set[str]:
    return {entry["uuid"] for entry in entries}
