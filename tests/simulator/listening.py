# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the clusters of a world listen: all on one loopback address with a port each, or each on its own MVIP."""

from __future__ import annotations

import argparse
import errno
import ipaddress
from collections.abc import Iterable
from dataclasses import replace

from .errors import WorldError
from .world import World

LOCALHOST = "127.0.0.1"
AT_LOCALHOST, AT_MVIP = CHOICES = ("localhost", "mvip")
API_PORT = 443
MAX_PORT = 65535

REASONS = {
    errno.EADDRINUSE: "is taken; end what listens there, or name another port with --port or --control-port",
    errno.EACCES: (
        "needs more rights; name a port above 1023 with --port, run as root, or let everyone use it with "
        "sysctl net.ipv4.ip_unprivileged_port_start=443"
    ),
    errno.EADDRNOTAVAIL: "is no address of this machine; add it to the loopback interface, or leave out --listen mvip",
}


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options that say where the clusters listen; `described_world` and `addresses` take their values."""
    parser.add_argument(
        "--listen",
        choices=CHOICES,
        default=AT_LOCALHOST,
        help="localhost: each cluster on its own port of 127.0.0.1; mvip: each on its MVIP, a loopback address of the "
        f"world, with port {API_PORT}",
    )
    parser.add_argument(
        "--port",
        type=_named_port,
        action="append",
        default=[],
        metavar="[NAME=]N",
        help="port of a cluster, or of every cluster",
    )


def described_world(options: argparse.Namespace) -> World:
    """The world of the file that the options name, with their ports. Raises WorldError."""
    try:
        world = World.from_file(options.world)
    except OSError as error:
        raise WorldError(error.strerror) from None
    set_ports(world, options.port)
    return world


def set_ports(world: World, ports: Iterable[tuple[str | None, int]]) -> None:
    """Give clusters ports of their own, in place of those of the world; without a name, every cluster."""
    for name, port in ports:
        for each in world.clusters if name is None else (name,):
            world.cluster(each)
            world.listeners[each] = replace(world.listeners[each], port=port)


def addresses(world: World, listen: str) -> dict[str, tuple[str, int]]:
    """Host and port of every cluster; port 0 is any free one. Raises WorldError where nothing could listen."""
    places: dict[str, tuple[str, int]] = {}
    for name, cluster in world.clusters.items():
        port = world.listeners[name].port
        if not 0 <= port <= MAX_PORT:
            raise WorldError(f"port: {port} of {name} is no port, they end at {MAX_PORT}")
        place = (_loopback(name, cluster.identity.mvip), port or API_PORT) if listen == AT_MVIP else (LOCALHOST, port)
        other = next((other for other, taken in places.items() if taken == place and place[1]), None)
        if other:
            raise WorldError(f"port: {other} and {name} cannot both listen on {place[0]}:{place[1]}")
        places[name] = place
    return places


def unavailable(host: str, port: int, error: OSError) -> WorldError:
    """Why nothing can listen there, and what to do about it."""
    return WorldError(f"{host}:{port} {REASONS.get(error.errno or 0, f'cannot be listened on: {error}')}")


def _loopback(name: str, mvip: str) -> str:
    try:
        if ipaddress.IPv4Address(mvip).is_loopback:
            return mvip
    except ValueError:
        pass
    raise WorldError(
        f"mvip: {mvip} of {name} is no loopback address, and --listen mvip listens on nothing else; give the cluster "
        "an MVIP of the form 127.x.y.z"
    )


def _named_port(text: str) -> tuple[str | None, int]:
    name, equals, number = text.rpartition("=")
    if not number.isdigit() or (equals and not name):
        raise argparse.ArgumentTypeError(f"{text!r} is neither N nor NAME=N")
    return name or None, int(number)
