# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can go wrong in the simulated world, by who gets to see it."""

from __future__ import annotations


class ApiError(Exception):
    """An error of the Element API: the name is the contract, the message is prose."""

    def __init__(self, name: str, message: str = "") -> None:
        super().__init__(f"{name}: {message or name}")
        self.name = name
        self.message = message or name


class WorldError(ValueError):
    """The description of a world, a knob or a fault makes no sense; the text names the key."""


class SiteDown(Exception):
    """The cluster is not there: no one can call it, and nothing on it moves."""


class HostIOError(Exception):
    """A host's read or write was refused, as a host would see it."""
