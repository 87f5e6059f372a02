# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The state that a call of the module passes to the next call, through the action plugin, when it ends during a wait.

The state is for the report at the end of the task, and is validated like any input. Ansible masks all texts in it that
are equal to the password, also within names and numbers, and before ansible-core 2.19 even within true and null, so no
decision uses it. Only the marks are used, and their form contains no password.
"""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .._element.errors import Failure
from .model import Action, Saved

# One Braille character encodes one byte. No password is in Braille, while hexadecimal or Base64 digits may contain a short
# one: Ansible would mask them, and the next call would take the pair for another one.
_BRAILLE = 0x2800
_DIGEST_BYTES = 16
# The state of a call that has planned nothing yet. It is a key, since keys are not masked.
UNPLANNED: dict[str, Any] = {"unplanned": {}}


@dataclass(frozen=True)
class ResumedItem:
    """What earlier calls have done for one item."""

    changed: bool
    #: Whether this run has paired it.
    made: bool
    #: The digest of what identifies its pair.
    digest: bytes
    failure: Failure | None = None
    saved: tuple[Saved, ...] = ()

    def is_still(self, trait: str | None) -> bool:
        """Whether `trait` identifies the pair of this item, or there is no pair (None)."""
        return trait is None or digest(trait) == self.digest


@dataclass(frozen=True)
class ResumeState:
    """What earlier calls of the module have done."""

    items: tuple[ResumedItem, ...]
    actions: tuple[Action, ...]
    warnings: tuple[str, ...]
    #: May be None if the task does not run in diff mode.
    diff: Mapping[str, str] | None
    #: Seconds.
    waited: float = 0

    def as_report(self, with_diff: bool) -> dict:
        return {
            "items": [_as_dict(item) for item in self.items],
            "actions": [vars(action) for action in self.actions],
            "warnings": list(self.warnings),
            "diff": self.diff if with_diff else None,
        }


def digest(trait: str | None) -> bytes:
    """Return the digest of what identifies a pair; None for no pair."""
    return hashlib.sha256(trait.encode()).digest()[:_DIGEST_BYTES] if trait is not None else bytes(_DIGEST_BYTES)


def is_unplanned(report: Mapping[str, Any], waited: float) -> bool:
    """Whether the report is from a call that has planned nothing, so that the next call begins from the start.

    waited: seconds.
    """
    return set(report) == set(UNPLANNED) and 0 <= waited < math.inf


def parse_report(report: Mapping[str, Any], waited: float, count: int | None) -> ResumeState | None:
    """Return the state from which `as_report` made the report, for a task with `count` items. waited: seconds.

    count: None if only an observation shows how many items there are.

    None if the report is invalid: a task can set any option.
    """
    try:
        return _parse_report(report, waited, count)
    except (LookupError, TypeError, ValueError):
        return None


def _parse_report(report: Mapping[str, Any], waited: float, count: int | None) -> ResumeState:
    if not 0 <= waited < math.inf:
        raise ValueError("waited is not a number of seconds")
    items = tuple(_item(item) for item in _list(report, "items"))
    if count is not None and len(items) != count:
        raise ValueError("the task has another number of items")
    return ResumeState(
        items=items,
        actions=tuple(Action(**_texts(action)) for action in _list(report, "actions")),
        warnings=tuple(_text(text) for text in _list(report, "warnings")),
        diff=_diff(report["diff"]),
        waited=waited,
    )


def _list(report: Mapping[str, Any], name: str) -> list[Any]:
    value = report[name]
    if not isinstance(value, list):
        raise TypeError(f"{name} is not a list")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("not a text")
    return value


def _texts(action: Mapping[str, object]) -> dict[str, str]:
    return {name: _text(value) for name, value in dict(action).items()}


def _diff(value: object) -> Mapping[str, str] | None:
    """Return the diff, None also for a text, which masking may have made of null. Raises TypeError."""
    if isinstance(value, dict):
        return _texts(value)
    if value is not None:
        _text(value)
    return None


def _as_dict(item: ResumedItem) -> dict:
    failure = item.failure
    undone = failure.rolled_back if failure else None
    flags = (item.changed, item.made, failure is not None, undone is not None, bool(undone))
    return {
        "mark": "".join(chr(_BRAILLE + byte) for byte in (*flags, *item.digest)),
        "failure": {"sentence": failure.sentence, **failure.as_error()} if failure else None,
        "saved": [vars(saved) for saved in item.saved],
    }


def _item(report: Mapping[str, Any]) -> ResumedItem:
    mark = bytes(ord(character) - _BRAILLE for character in report["mark"])
    changed, made, failed, undone_known, undone = (bool(flag) for flag in mark[:-_DIGEST_BYTES])
    rolled_back = undone if undone_known else None
    failure = _failure(report["failure"], rolled_back) if failed else None
    saved = tuple(Saved(**snapshot) for snapshot in report["saved"])
    return ResumedItem(changed, made, mark[-_DIGEST_BYTES:], failure, saved)


def _failure(report: Mapping[str, Any], rolled_back: bool | None) -> Failure:
    code, sentence = (_text(report[member]) for member in ("code", "sentence"))
    known = (report[member] for member in ("cluster", "method", "name", "message"))
    cluster, method, name, message = (None if value is None else _text(value) for value in known)
    failure = Failure(code, sentence, cluster, method, name, message)
    failure.rolled_back = rolled_back
    left_behind = report["left_behind"]
    if isinstance(left_behind, list):
        failure.left_behind = [_text(left) for left in left_behind]
    elif left_behind is not None:
        _text(left_behind)  # masking may have made a text of null
    return failure
