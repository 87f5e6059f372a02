# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether the file or folder that `ca_path` names has certificates, checked before anything is sent."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

import os
import re
import ssl
from collections.abc import Mapping
from typing import Any

from .arguments import host_variable

_HASHED = re.compile(r"[0-9a-f]{8}\.\d+")


def check_ca_path(options: Mapping[str, Any], prefix: str) -> str | None:
    """Return a message about a `ca_path` that cannot be used, or None. prefix: of the option in the message.

    options: those of one connection. A path that they leave unused is not checked.
    """
    if not options["ca_path"] or not options["validate_certs"] or options["cert_fingerprint"]:
        return None
    problem = _problem(os.path.expanduser(options["ca_path"]))
    if problem is None:
        return None
    what, remedy = problem
    place = f"'{options['ca_path']}' {what} on {os.uname().nodename}"
    return f"{prefix}ca_path (host variable {host_variable('ca_path')}): {place}; {remedy}"


def _problem(path: str) -> tuple[str, str] | None:
    """Return what is wrong with the path and what to do about it, or None."""
    correct = "correct the path, or leave it empty to trust the authorities of the system"
    try:
        if os.path.isdir(path):
            if not any(_HASHED.fullmatch(name) for name in os.listdir(path)):
                return "is a folder without hashed certificates", "run openssl rehash on it, or give a file"
            return None
        if os.path.getsize(path) == 0:
            return "is empty", "write the certificate of the authority to it, in PEM form"
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(path)
    except FileNotFoundError:
        return "does not exist", correct
    except ssl.SSLError:  # an OSError too
        return "has no valid certificate in PEM form", "write the certificate of the authority to it"
    except OSError as exc:
        return f"cannot be read ({exc.strerror})", "correct the path or its permissions"
    return None
