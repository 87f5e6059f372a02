# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a call that ends in the middle of its wait hands to the next one, by way of the action plugin.

It is there to be reported at the end, and is checked like any input. On its way Ansible masks in it whatever looks like
the password, within names and numbers too, before ansible-core 2.19 even within true and null, so nothing is decided on
it. The marks are the exception, and are written so that no password hits them.
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

# One Braille pattern stands for one byte: nobody's password is in Braille, while hexadecimal or Base64 digits may well
# contain a short one. The next call would find them masked, and take the pair for another one.
_BRAILLE = 0x2800
_DIGEST_BYTES = 16
# What a call hands over that has planned nothing yet. A key, since keys are not masked.
UNPLANNED: dict[str, Any] = {"unplanned": {}}


@dataclass(frozen=True)
class ResumedItem:
    """What has become of one item. made: this run has paired it. digest: of what its pair is known by."""

    changed: bool
    made: bool
    digest: bytes
    failure: Failure | None = None
    saved: tuple[Saved, ...] = ()

    def is_still(self, trait: str | None) -> bool:
        """Whether what is there now is what this was made of, or nothing at all."""
        return trait is None or digest(trait) == self.digest


@dataclass(frozen=True)
class ResumeState:
    """What earlier calls of the module have done. waited: seconds. diff: may be None where nobody will ask for it."""

    items: tuple[ResumedItem, ...]
    actions: tuple[Action, ...]
    warnings: tuple[str, ...]
    diff: Mapping[str, Any] | None
    waited: float = 0

    def as_report(self, with_diff: bool) -> dict:
        return {
            "items": [_as_dict(kept) for kept in self.items],
            "actions": [vars(action) for action in self.actions],
            "warnings": list(self.warnings),
            "diff": self.diff if with_diff else None,
        }


def digest(trait: str | None) -> bytes:
    """Of what a pair is known by; None stands for no pair."""
    return hashlib.sha256(trait.encode()).digest()[:_DIGEST_BYTES] if trait is not None else bytes(_DIGEST_BYTES)


def is_unplanned(report: Mapping[str, Any], waited: float) -> bool:
    """Whether a call that has planned nothing has handed this over, so that the next one begins afresh."""
    return set(report) == set(UNPLANNED) and 0 <= waited < math.inf


def parse_report(report: Mapping[str, Any], waited: float, count: int) -> ResumeState | None:
    """What `as_report` has made, for a task with `count` items; None when it is something else: anyone can fill in an option."""
    try:
        return _parse_report(report, waited, count)
    except (LookupError, TypeError, ValueError):
        return None


def _parse_report(report: Mapping[str, Any], waited: float, count: int) -> ResumeState:
    if not 0 <= waited < math.inf:
        raise ValueError("waited is no number of seconds")
    items = tuple(_item(kept) for kept in _list(report, "items"))
    if len(items) != count:
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
        raise TypeError(f"{name} is no list")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("not a text")
    return value


def _texts(action: Mapping[str, object]) -> dict[str, str]:
    return {name: _text(value) for name, value in dict(action).items()}


def _diff(value: object) -> Mapping[str, Any] | None:
    """Masking may have made a text of null."""
    if isinstance(value, dict):
        return value
    if value is not None:
        _text(value)
    return None


def _as_dict(kept: ResumedItem) -> dict:
    failure = kept.failure
    undone = failure.rolled_back if failure else None
    flags = (kept.changed, kept.made, failure is not None, undone is not None, bool(undone))
    return {
        "mark": "".join(chr(_BRAILLE + byte) for byte in (*flags, *kept.digest)),
        "failure": {"sentence": failure.sentence, **failure.as_error()} if failure else None,
        "saved": [vars(saved) for saved in kept.saved],
    }


def _item(report: Mapping[str, Any]) -> ResumedItem:
    mark = bytes(ord(character) - _BRAILLE for character in report["mark"])
    changed, made, failed, undone_known, undone = (bool(flag) for flag in mark[:-_DIGEST_BYTES])
    rolled_back = undone if undone_known else None
    failure = _failure(report["failure"], rolled_back) if failed else None
    saved = tuple(Saved(**snapshot) for snapshot in report["saved"])
    return ResumedItem(changed, made, mark[-_DIGEST_BYTES:], failure, saved)


def _failure(report: Mapping[str, Any], rolled_back: bool | None) -> Failure:
    told = {member: _text(report[member]) for member in ("code", "sentence")}
    known = {member: report[member] for member in ("cluster", "method", "name", "message")}
    failure = Failure(**told, **{member: None if value is None else _text(value) for member, value in known.items()})
    failure.rolled_back = rolled_back
    left_behind = report["left_behind"]
    if isinstance(left_behind, list):
        failure.left_behind = [_text(left) for left in left_behind]
    elif left_behind is not None:
        _text(left_behind)  # what masking has made of null
    return failure
