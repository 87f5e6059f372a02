# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a line on a volume pair says in every report: where it is writable, and which problems are its own."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

#: What a report says of a volume pair in a word, by its kind in join_reports. The worst first.
KINDS = {
    "not_replicating": "not replicating",
    "late": "too far behind",
    "not_known": "not known",
    "paused": "paused",
    "copying": "copying",
    "protected": "protected",
}


def writable(*sides: tuple[str, str | None]) -> str:
    """Return where hosts can write, of the name and access of each side. A cluster that was not read may be writable, too."""
    found = [name for name, access in sides if access == "readWrite"]
    if not all(access for _name, access in sides):
        return f"{found[0] if found else ''}?"
    if len(found) == len(sides):
        return "both"
    return found[0] if found else "neither"


def is_of(problem: dict[str, Any], volumes: Iterable[tuple[str | None, int | None, str | None]]) -> bool:
    """Whether a problem concerns one of the volumes, each given by its cluster, ID and name."""
    cluster, number, name = problem["cluster"], problem.get("volume_id"), problem["volume"]
    if number is not None:
        return any((cluster, number) == volume[:2] for volume in volumes)
    return bool(name) and any((cluster, name) == (volume[0], volume[2]) for volume in volumes)
