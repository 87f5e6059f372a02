# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The attributes of a clone that a rehearsal has made, by which alone a later run recognises it.

A clone of such a clone has the same attributes, so they also have the name of the clone: only a volume with that name is
one of ours. Attributes are limited to 1000 bytes of JSON.
"""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

import re
from dataclasses import dataclass

from .model import MARK, Volume

REHEARSAL = "elementsw-rehearsal"
PAIR = "elementsw-rehearsal-pair"
CLONE = "elementsw-rehearsal-clone"
ORIGINAL = "elementsw-rehearsal-volume"
SNAPSHOT = "elementsw-rehearsal-snapshot"
TAKEN = "elementsw-rehearsal-taken"
# The prefix of the names of the snapshots that rehearsals take.
POINT = "elementsw-rehearsal-"
# No name of a snapshot is longer than this in the attributes. It is for people.
MOST_OF_NAME = 64
NAME = re.compile(r"[A-Za-z0-9-]{1,32}", re.ASCII)


@dataclass(frozen=True)
class Rehearsed:
    """What a clone is, by its attributes."""

    #: The name of the rehearsal.
    rehearsal: str
    pair_uuid: str
    #: The name of the volume that was cloned.
    original: str
    #: The name of the snapshot, and when it was taken, in the API's form.
    snapshot: str
    taken: str


def clone_name(original: str, rehearsal: str) -> str:
    """Return the name of the clone of a volume in a rehearsal."""
    return f"{original}-{rehearsal}"


def attributes(about: Rehearsed, mark: str) -> dict[str, str]:
    """Return the attributes of a clone. mark: of the run that makes it."""
    return {
        MARK: mark,
        REHEARSAL: about.rehearsal,
        PAIR: about.pair_uuid,
        CLONE: clone_name(about.original, about.rehearsal),
        ORIGINAL: about.original,
        SNAPSHOT: about.snapshot[:MOST_OF_NAME],
        TAKEN: about.taken,
    }


def rehearsed(volume: Volume) -> Rehearsed | None:
    """Return what the volume is a clone of; None unless a rehearsal has made it and it has the name it got then."""
    rehearsal, pair, clone, original, snapshot, taken = (
        str(volume.attributes.get(name) or "") for name in (REHEARSAL, PAIR, CLONE, ORIGINAL, SNAPSHOT, TAKEN)
    )
    if not (rehearsal and pair) or volume.name != clone or clone != clone_name(original, rehearsal):
        return None
    return Rehearsed(rehearsal, pair, original, snapshot, taken)
