# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection elementsw.replication: it can change without notice.
"""What a call that ends in the middle of its wait hands to the next one, by way of the action plugin.

It is there to be reported at the end. On its way Ansible masks in it whatever looks like the password, within names and
numbers too, so nothing is decided on it. The marks are the exception, and are written so that no password hits them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .._element.errors import Failure
from .model import Action


@dataclass(frozen=True)
class Kept:
    """What has become of one item. made: this run has paired it. mark: what its pair is known by, see `marked`."""

    changed: bool
    made: bool
    mark: str
    failure: Failure | None = None

    def is_still(self, trait: str | None) -> bool:
        """Whether what is there now is what was there when the mark was made, or nothing at all."""
        return trait is None or marked(trait) == self.mark


@dataclass(frozen=True)
class Carried:
    """What earlier calls of the module have done. waited: seconds. diff: may be None where nobody will ask for it."""

    items: tuple[Kept, ...]
    actions: tuple[Action, ...]
    warnings: tuple[str, ...]
    diff: Mapping[str, Any] | None
    waited: float = 0

    def as_report(self, with_diff: bool) -> dict:
        return {
            "items": [_kept_as_dict(kept) for kept in self.items],
            "actions": [vars(action) for action in self.actions],
            "warnings": list(self.warnings),
            "diff": self.diff if with_diff else None,
        }


def is_report(given: Mapping[str, Any]) -> bool:
    """Whether it looks like what `as_report` makes; anybody can fill in an option."""
    return given.keys() == {"items", "actions", "warnings", "diff"}


def of_report(report: Mapping[str, Any], waited: float) -> Carried:
    """What `as_report` has made."""
    return Carried(
        items=tuple(_kept(kept) for kept in report["items"]),
        actions=tuple(Action(**action) for action in report["actions"]),
        warnings=tuple(str(text) for text in report["warnings"]),
        diff=report["diff"],
        waited=waited,
    )


def marked(trait: str | None) -> str:
    """A digest of what a pair is known by, one Braille pattern a byte.

    Hexadecimal or Base64 digits would be masked when they happen to contain a short password, and the next call would
    take the pair for another one. Nobody's password is in Braille.
    """
    return "" if trait is None else "".join(chr(0x2800 + byte) for byte in hashlib.sha256(trait.encode()).digest()[:16])


def _kept_as_dict(kept: Kept) -> dict:
    failure = kept.failure
    return {
        "changed": kept.changed,
        "made": kept.made,
        "mark": kept.mark,
        "failure": {"sentence": failure.sentence, **failure.as_error()} if failure else None,
    }


def _kept(report: Mapping[str, Any]) -> Kept:
    failure = report["failure"]
    return Kept(report["changed"], report["made"], report["mark"], _failure(failure) if failure else None)


def _failure(report: Mapping[str, Any]) -> Failure:
    members = ("code", "sentence", "cluster", "method", "name", "message")
    failure = Failure(**{member: report[member] for member in members})
    failure.rolled_back = report["rolled_back"]
    failure.left_behind = list(report["left_behind"] or ())
    return failure
