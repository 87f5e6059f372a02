# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The times of reports, which are texts in ISO 8601."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from ansible.errors import AnsibleFilterError

from ._filter_input import PREFIX, plain


def time_given(name: str, argument: str, value: Any) -> datetime:
    """Return the time that a filter was given as an argument. Raise AnsibleFilterError for anything else."""
    try:
        return time_of(str(plain(value)))
    except ValueError as wrong:
        raise AnsibleFilterError(
            f"{PREFIX}{name}: {argument} is {plain(value)!r}, expected a time in ISO 8601."
        ) from wrong


def time_of(text: str) -> datetime:
    """Return the time; one without a zone is UTC. Raise ValueError for any other text."""
    found = datetime.fromisoformat(text.replace("Z", "+00:00"))  # Python 3.10 does not read the Z
    return found if found.tzinfo else found.replace(tzinfo=timezone.utc)
