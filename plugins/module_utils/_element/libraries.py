# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The packages that ansible-core does not install. If one is missing, the module prints a message, not a traceback."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

import traceback

MISSING: dict[str, str] = {}
try:
    import requests
except ImportError:
    requests = None
    MISSING["requests"] = traceback.format_exc()
try:
    import netaddr
except ImportError:
    netaddr = None
    MISSING["netaddr"] = traceback.format_exc()

__all__ = ["MISSING", "netaddr", "requests"]
