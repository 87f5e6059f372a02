# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Moments in the form of the API, and the time between them."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from datetime import datetime, timezone


def moment(text: str) -> datetime | None:
    """The moment of a text such as 2025-05-01T10:00:00.1Z, to the second; None for an unknown form."""
    try:
        return datetime.strptime(text[:19], "%Y-%m-%dT%H:%M:%S").replace(tzinfo=timezone.utc)
    except ValueError:
        return None


def seconds_between(earlier: str, later: str) -> float | None:
    """The seconds from one moment to another, at least 0; None if one of them has an unknown form."""
    begin, end = moment(earlier), moment(later)
    return None if begin is None or end is None else max(0.0, (end - begin).total_seconds())
