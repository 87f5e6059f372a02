# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The guide to migration: each documented example of netapp.elementsw, then its translation, on simulated clusters."""

from __future__ import annotations

import socket

from stages import SDK
from workshop import (
    ROOT,
    WORK,
    StageFailure,
    interpreter,
    leave_out,
    make_environment,
    not_here,
    run,
    step,
    unpack_collection,
    uv,
)

#: The last one that holds netapp.elementsw, with the ansible-core that it requires and the Pythons that this one runs on.
COMMUNITY_PACKAGE = "ansible==9.13.0"
PYTHONS = ("3.12", "3.11", "3.10")
PACKAGES = ("ansible-core~=2.16.0", "netaddr", "pip", "pytest", "pytest-xdist", "-r", "tests/sdk/requirements.txt")
PREDECESSOR = "netapp.elementsw"
COLLECTIONS = WORK / "predecessor"

#: The modules of netapp.elementsw connect to port 443 and nothing else, so the simulator listens there.
API_ADDRESS = ("127.64.0.1", 443)


def migration() -> None:
    step("playbooks of netapp.elementsw, and what the guide makes of them")
    python = interpreter(PYTHONS)
    if python is None:
        not_here(f"the migration from netapp.elementsw, because there is no Python {', '.join(PYTHONS)}")
        return
    if not _may_listen():
        not_here(
            "the migration from netapp.elementsw, because nothing may listen on port 443 of a loopback address; run as "
            "root, or first run sysctl net.ipv4.ip_unprivileged_port_start=443"
        )
        return
    try:
        tools = make_environment("migration", python, *PACKAGES)
        uv("pip", "install", "--quiet", "--no-deps", "--python", tools.python, SDK)
        unpack_collection(tools, COMMUNITY_PACKAGE, PREDECESSOR, COLLECTIONS)
    except StageFailure as failure:
        leave_out(f"the migration from netapp.elementsw, which cannot be installed: {failure}")
        return
    env = tools.variables(PREDECESSOR_COLLECTIONS=str(COLLECTIONS))
    run([tools.python, "-m", "pytest", "-n", "auto", "tests/migration"], cwd=ROOT, env=env)


def _may_listen() -> bool:
    with socket.socket() as listener:
        try:
            listener.bind(API_ADDRESS)
        except OSError:
            return False
    return True
