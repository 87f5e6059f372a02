# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which volumes a task may let be overwritten, and which writes of hosts are lost with them for a good reason.

A volume is overwritten from the moment on in which it is the target of a pair that works and has its source.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .knowledge import Counters
from .truths import SOURCE, TARGET, TARGET_ACCESSES, Key, Truth, overwritten, volumes

if TYPE_CHECKING:
    from .watch import Watch

REPLICA = "elementsw-replication-replica"
# Signs of content that replication does not bring.
OF_ITS_OWN = {"writes", "snapshots of its own", "the mark of a replica"}


def judge(watch: Watch, before: Truth, after: Truth) -> list[str]:
    """Whether what this write lets be overwritten may be."""
    old = overwritten(before)
    return [
        sentence
        for target, source in overwritten(after).items()
        if old.get(target) != source and target not in watch.created
        if not any(watch.knows.is_blind(key, "access", "pairs") for key in (target, source))
        for sentence in _judge(watch, target, source, before, after)
    ]


def _judge(watch: Watch, target: Key, source: Key, before: Truth, after: Truth) -> list[str]:
    allowed = any(item["allow_overwrite"] for item in watch.items_naming(target))
    if _is_new(watch, target, after):
        return [] if allowed else _judge_new_pair(watch, target, source, before)
    if watch.order.failover is None:
        return [f"volume {target} is overwritten without a failover"]
    first = volumes(watch.start)
    was_split = all(first.get(key, {}).get("access") == SOURCE for key in (target, source))
    if was_split and not (watch.order.failover == "forced" and allowed):
        return [f"volume {target} is overwritten, and both sides were writable"]
    return []


def _judge_new_pair(watch: Watch, target: Key, source: Key, before: Truth) -> list[str]:
    signs = evidence(watch, target, before)
    first = volumes(watch.start).get(target, {})
    was_replica = first.get("access") in TARGET_ACCESSES and (
        any(not half["pending"] for half in first["pairs"]) or watch.has_half(target, watch.start)
    )
    repaired = was_replica and any(item["repair"] for item in watch.items_naming(target))
    if signs and (not repaired or signs & OF_ITS_OWN):
        return [f"volume {target} holds data ({sorted(signs)}) and is overwritten"]
    if (signs or repaired) and counters(watch, source, before) == Counters(0, 0):
        return [f"volume {target} is a replica ({sorted(signs)}) and is overwritten by {source}, which is empty"]
    return []


def evidence(watch: Watch, key: Key, truth: Truth) -> set[str]:
    """The signs of content that the task was shown, or would have been if it had read them."""
    volume, shown = volumes(truth)[key], counters(watch, key, truth)
    # One that keeps what was to be overwritten stays, whatever becomes of the volume.
    taken = [each for each in volume["snapshots"] if not each["name"].startswith("elementsw-saved-")]
    if watch.knows.is_blind(key, "snapshots"):
        taken = []
    signs = {
        "blocks": shown.blocks > 0,
        "writes": shown.writes > 0,
        "snapshots": bool(taken),
        "snapshots of its own": any(not snapshot["replicate"] for snapshot in taken),
        "the mark of a replica": REPLICA in volume["attributes"],
    }
    return {sign for sign, is_there in signs.items() if is_there}


def counters(watch: Watch, key: Key, truth: Truth) -> Counters:
    """What statistics have shown of a volume; where the task has not read them, what is true."""
    volume = volumes(truth)[key]
    return watch.knows.counters.get(key, Counters(volume["used_blocks"], volume["write_ops"]))


def is_excused(watch: Watch, mark: str, key: Key, before: Truth, after: Truth) -> bool:
    """Whether there is a reason for which this write of a host may be on that volume no more."""
    # Another client has given the volume another role or another partner since the task read it.
    if watch.knows.is_blind(key, "access", "pairs"):
        return True
    # A planned failover has closed the volume to hosts before its last recheck: nothing else excuses it.
    if watch.order.failover == "planned":
        return False
    # The user has said that what is overwritten may go.
    if any(not item["save_overwritten"] for item in watch.items_naming(key)):
        return True
    # A host wrote after the last read of the statistics, and after the snapshot. Without a session nothing shows it.
    if watch.knows.is_late(key, mark):
        return True
    # No read shows what replication has brought since the last garbage collection, nor what was written since the last
    # sample; and the pair that it came by was removed, and the volume made writable, by a client that leaves no mark.
    was_target = volumes(watch.start).get(key, {}).get("access") == TARGET
    return _is_new(watch, key, after) and not was_target and not evidence(watch, key, before)


def _is_new(watch: Watch, key: Key, truth: Truth) -> bool:
    """Whether the volume is in a pair that the task has made."""
    known: dict[Key, dict[str, Any]] = volumes(truth)
    return key in known and any(half["uuid"] in watch.made for half in known[key]["pairs"])
