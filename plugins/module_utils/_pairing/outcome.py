# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a run has come to, and how its failures and saved snapshots are summed up for people."""

# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from .._element.errors import Failure
from .apply.execution import Item
from .model import Action
from .plan import Plan
from .resume import ResumeState

Observed = TypeVar("Observed")
# More failures than these are counted in the message, not told; every item tells its own in the result.
MAX_FAILURES_IN_MESSAGE = 20
MAX_NAMED = 3


@dataclass(frozen=True)
class Progress:
    """How far a wait that is not over has come, in a line, and what the next call needs to go on with it.

    carried: None before anything is planned; the next call begins afresh.
    """

    line: str
    resumed: ResumeState | None = None


@dataclass
class Outcome(Generic[Observed]):
    """What a run has come to. items: what became of each pair, or would, in the order given.

    seen: the last look, None where there was none. carried: what earlier calls did, in a call that only waits; it has
    no plans. progress: the wait is not over.
    """

    observation: Observed | None
    plans: Sequence[Plan]
    items: Sequence[Item]
    actions: list[Action] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    checked: bool = False
    resumed: ResumeState | None = None
    progress: Progress | None = None

    @property
    def changed(self) -> bool:
        return any(self.changes(number) for number in range(len(self.items)))

    def changes(self, number: int) -> bool:
        """Whether the item was changed, or in check mode would be."""
        if self.resumed:
            return self.resumed.items[number].changed
        return bool(self.plans[number].steps) if self.checked else self.items[number].remains

    def made(self, number: int) -> bool:
        """Whether this run has paired the item."""
        return self.resumed.items[number].made if self.resumed else self.plans[number].makes_pair

    @property
    def failures(self) -> list[Failure]:
        return [item.failure for item in self.items if item.failure]

    @property
    def diff(self) -> Mapping | None:
        if self.resumed:
            return self.resumed.diff
        return {
            "before": {"pairs": [dict(plan.before) for plan in self.plans]},
            "after": {"pairs": [dict(plan.after) for plan in self.plans]},
        }


_STAY = "delete them when their content is not needed"
_EXPIRE = "they expire by themselves, see `expires`"


def saved_warnings(items: Sequence[Item]) -> list[str]:
    """What was overwritten is kept until someone deletes it: a sentence for each cluster."""
    saved = [each for item in items for each in item.saved]
    texts = []
    for cluster in dict.fromkeys(each.cluster for each in saved):
        here = [each for each in saved if each.cluster == cluster]
        names = ", ".join(each.volume for each in here[:MAX_NAMED])
        more = f" and {len(here) - MAX_NAMED} more" if len(here) > MAX_NAMED else ""
        texts.append(
            f"cluster {cluster}: what {names}{more} held is kept in snapshots named elementsw-saved-..., see `saved` of each "
            f"pair; {_EXPIRE if all(each.expires for each in here) else _STAY}"
        )
    return texts


def summarize_failures(failures: Sequence[Failure], count: int, what: str) -> str:
    """One sentence for one failure; else how many of how many, and each one's sentence."""
    if count == 1:
        return failures[0].sentence
    shown = "; ".join(failure.sentence for failure in failures[:MAX_FAILURES_IN_MESSAGE])
    rest = len(failures) - MAX_FAILURES_IN_MESSAGE
    more = f"; and {rest} more, see the result" if rest > 0 else ""
    return f"{len(failures)} of {count} {what} failed: {shown}{more}"
