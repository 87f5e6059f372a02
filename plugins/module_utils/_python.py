# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The check that Python is new enough for a module.

This file and those of the modules contain only what Python 3.6 can parse, and so no `from __future__ import annotations`.
"""
# This file is private to the collection elementsw.replication: it can change without notice.

import json
import sys
from typing import Optional

OLDEST = (3, 9)


def require_python() -> None:
    """End the module with a message if this Python is too old for it.

    AnsibleModule is not used: with options that it does not know, its result would show the passwords.
    """
    problem = too_old(sys.version_info[:3], sys.executable)
    if problem:
        sys.stdout.write(json.dumps({"failed": True, "changed": False, "msg": problem}))
        raise SystemExit(1)


def too_old(version: tuple, executable: str) -> Optional[str]:
    """Return a message if a Python of this version, with this path, is too old, or None."""
    if version >= OLDEST:
        return None
    needed, found = (".".join(str(part) for part in parts) for parts in (OLDEST, version))
    return (
        f"Python {needed} or later is needed where the module runs; found {found} at {executable}; set "
        "ansible_python_interpreter"
    )
