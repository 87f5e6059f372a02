# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The world's own time.

Without a date of its own a world has that of the real clock, and what it was advanced by. With one, its dates move with
the calls and never with the real clock, so that runs can be repeated exactly. In either case seconds elapse, as clients
live them: those of the real clock, and those that the world is advanced by.
"""

from __future__ import annotations

import contextlib
import datetime
import os
import time
from collections.abc import Iterator

from .errors import WorldError

SECONDS_PER_CALL = 1
CLOCK_VARIABLE = "SIMULATOR_CLOCK"


def start_of_environment() -> str | None:
    """The date at which worlds begin that name none, from SIMULATOR_CLOCK; None for the real clock."""
    return os.environ.get(CLOCK_VARIABLE) or None


class Clock:
    """A UTC clock, and the seconds that have elapsed."""

    def __init__(self, start: str | None = None) -> None:
        try:
            # The date that moves by hand; None while it is the real clock's.
            self._date = parse(start) if start else None
        except ValueError:
            raise WorldError(f"clock: {start!r} is no ISO 8601 date") from None
        self._due: datetime.datetime | None = None
        self._advanced = 0.0
        self._began: float | None = time.monotonic()

    @property
    def is_real(self) -> bool:
        """Whether time passes between the calls, too."""
        return self._date is None

    @property
    def now(self) -> datetime.datetime:
        if self._due is not None:
            return self._due
        if self._date is not None:
            return self._date
        return datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=self._advanced)

    @contextlib.contextmanager
    def at(self, moment: datetime.datetime) -> Iterator[None]:
        """What happens within has the date at which it was due, though it is done only now."""
        self._due = moment
        try:
            yield
        finally:
            self._due = None

    @property
    def elapsed(self) -> float:
        """Seconds since the world began. A call takes as long as it takes, whatever the dates say."""
        return self._advanced + (time.monotonic() - self._began if self._began is not None else 0)

    def stop(self) -> None:
        """Leave the real clock: from now on no more seconds elapse than the world is advanced by."""
        self._date, self._advanced, self._began = self.now, self.elapsed, None

    def tick(self) -> None:
        """A call is worked off. Where dates move by hand, two calls never have the same."""
        if self._date is not None:
            self._date += datetime.timedelta(seconds=SECONDS_PER_CALL)

    def advance(self, seconds: float) -> None:
        if self._date is not None:
            self._date += datetime.timedelta(seconds=seconds)
        self._advanced += seconds

    def seconds_since(self, moment: datetime.datetime) -> float:
        return (self.now - moment).total_seconds()


def parse(text: str) -> datetime.datetime:
    """The moment an ISO 8601 text stands for; it is UTC, with or without its final Z. Raises ValueError."""
    moment = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    if not moment.tzinfo:
        return moment.replace(tzinfo=datetime.timezone.utc)
    try:
        return moment.astimezone(datetime.timezone.utc)
    except OverflowError:
        raise ValueError(f"{text!r} is outside the dates there are") from None


def stamp(moment: datetime.datetime | None) -> str:
    """As the API prints dates; a date that is not set is an empty text there, not null."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment else ""


def precise_stamp(moment: datetime.datetime) -> str:
    """As the API prints the time of a reading, with microseconds."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def duration(seconds: float) -> str:
    """As asyncDelay is printed: hours, minutes, seconds with microseconds."""
    whole = int(seconds)
    return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}.{int((seconds - whole) * 1e6):06d}"
