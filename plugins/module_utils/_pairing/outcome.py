# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The outcome of a run, and messages that summarize its failures and its saved snapshots."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from .._element.errors import Failure
from .apply.execution import Item
from .model import Action, Saved, first_named
from .plan import Facts, Plan, Subject
from .resume import ResumeState

Observed = TypeVar("Observed")
# The message contains at most so many failures, and only the number of the others. The result has the failure of each item.
MAX_FAILURES_IN_MESSAGE = 20


@dataclass(frozen=True)
class Progress:
    """The progress of a wait that has not ended."""

    #: One line for the user.
    line: str
    #: The state for the next call; None if nothing is planned yet, so that the next call begins from the start.
    resumed: ResumeState | None = None


@dataclass
class Outcome(Generic[Observed]):
    """The outcome of a run."""

    #: The last observed state; None if nothing was read.
    observation: Observed | None
    #: Empty in a call that only waits.
    plans: Sequence[Plan]
    #: The outcome of each pair, in check mode the planned one, in the order of the task.
    items: Sequence[Item]
    actions: list[Action] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    #: Whether the run is in check mode.
    checked: bool = False
    #: What earlier calls have done, in a call that only waits.
    resumed: ResumeState | None = None
    #: Set if the wait has not ended.
    progress: Progress | None = None

    def last_observation(self) -> Observed:
        """The last observation. Raises LookupError where there is none."""
        if self.observation is None:
            raise LookupError("nothing was observed")
        return self.observation

    @property
    def changed(self) -> bool:
        return any(self.changes(number) for number in range(len(self.items)))

    def changes(self, number: int) -> bool:
        """Whether the item was changed, or in check mode would be."""
        if self.resumed:
            return self.resumed.items[number].changed or self.items[number].remains
        return bool(self.plans[number].writes) if self.checked else self.items[number].remains

    def saved(self, number: int) -> tuple[Saved, ...]:
        """The snapshots of what was overwritten, or in check mode would be."""
        return self.plans[number].saved if self.checked else self.items[number].saved

    def made(self, number: int) -> bool:
        """Whether this run has paired the item."""
        return self.resumed.items[number].made if self.resumed else self.plans[number].makes_pair

    @property
    def failures(self) -> list[Failure]:
        return [item.failure for item in self.items if item.failure]

    @property
    def diff(self) -> Mapping[str, str] | None:
        """The lines of the items that change, before and after."""
        if self.resumed:
            return self.resumed.diff
        changing = [plan for plan in self.plans if plan.before != plan.after]
        return {
            "before": _as_text(plan.before for plan in changing),
            "after": _as_text(plan.after for plan in changing),
        }


def _as_text(facts: Iterable[Facts | None]) -> str:
    """Two texts of diff mode differ in lines only: a text without a last line break would differ in that."""
    return "".join(f"{line}\n" for each in facts if each for line in each.lines)


def plan_warnings(plans: Iterable[Plan]) -> list[str]:
    """Return the warnings of the plans; what is the same for several pairs is said once, of all of them."""
    about: dict[str, list[Subject]] = {}
    for plan in plans:
        for text in plan.warnings:
            named = plan.subject if plan.subject and plan.subject.full in text else None
            subjects = about.setdefault(text.replace(named.full, _SUBJECT) if named else text, [])
            subjects += [named] if named else []
    return [text.replace(_SUBJECT, _joined(subjects)) for text, subjects in about.items()]


#: Stands for the subject in a text. No cluster reports such a name: control characters are no part of one.
_SUBJECT = "\0"


def _joined(subjects: Sequence[Subject]) -> str:
    if len(subjects) < 2:
        return "".join(subject.full for subject in subjects)
    return f"{len(subjects)} pairs ({first_named([subject.short for subject in subjects])})"


_STAY = "delete them when you do not need their content"
_EXPIRE = "they expire automatically, see `expires`"


def saved_warnings(outcome: Outcome) -> list[str]:
    """Return a warning for each cluster with saved snapshots, which are kept until they expire or someone deletes them.

    In check mode it is about those that would be taken.
    """
    saved = [each for number in range(len(outcome.items)) for each in outcome.saved(number)]
    by_cluster: dict[str, list[Saved]] = {}
    for each in saved:
        by_cluster.setdefault(each.cluster, []).append(each)
    return [_saved_warning(cluster, here, outcome.checked) for cluster, here in by_cluster.items()]


def _saved_warning(cluster: str, saved: Sequence[Saved], checked: bool) -> str:
    names = first_named([each.volume for each in saved])
    kept = (
        f"cluster {cluster}: the former content of {names} {'would be' if checked else 'is'} kept in snapshots named "
        "elementsw-saved-..., see `saved` of each pair"
    )
    if checked:
        return kept
    return f"{kept}; {_EXPIRE if all(each.expires for each in saved) else _STAY}"


def summarize_failures(outcome: Outcome, labels: Sequence[str], what: str) -> str:
    """Return the message for a failed task: that of its only item, or how many have failed and a line for each of them.

    labels: each item as messages name it; "" where its messages always name it.
    """
    failed = [(label, item.failure.sentence) for label, item in zip(labels, outcome.items) if item.failure]
    if len(outcome.items) == 1:
        label, sentence = failed[0]
        return sentence if label in sentence else f"{label}: {sentence}"
    written = "" if outcome.actions and not outcome.checked else ", nothing was written"
    lines = [f"{len(failed)} of {len(outcome.items)} {what} failed{written}:"]
    lines += [_line(label, sentence) for label, sentence in failed[:MAX_FAILURES_IN_MESSAGE]]
    if len(failed) > MAX_FAILURES_IN_MESSAGE:
        lines.append(f"and {len(failed) - MAX_FAILURES_IN_MESSAGE} more, see the result")
    return "\n".join(lines)


def _line(label: str, sentence: str) -> str:
    """The line of one item, which begins with the item."""
    return sentence if sentence.startswith((f"{label}:", f"{label} ")) else f"{label}: {sentence}"
