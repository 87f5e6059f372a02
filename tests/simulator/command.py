# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulator from the command line."""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import tempfile
from pathlib import Path

from . import listening
from .errors import WorldError
from .server import Service
from .world import World

IDLE_CHECK_SECONDS = 1.0


def main() -> None:
    """Serve the world of a file until a signal, a call of /shutdown, or too long a silence."""
    options = _parser().parse_args()
    try:
        world = listening.described_world(options)
        if options.directory:
            options.directory.mkdir(parents=True, exist_ok=True)
            asyncio.run(_serve(world, options.directory, options))
        else:
            with tempfile.TemporaryDirectory(prefix="element-simulator-") as folder:
                asyncio.run(_serve(world, Path(folder), options))
    except WorldError as error:
        raise SystemExit(f"{options.world}: {error}") from None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Simulated Element clusters over HTTPS, on loopback.")
    parser.add_argument("--world", required=True, type=Path, help="YAML file that describes the clusters")
    parser.add_argument("--directory", type=Path, help="folder for ca.pem, inventory.yml and control.json")
    parser.add_argument("--control-port", type=int, default=0, help="port of the control endpoint")
    listening.add_options(parser)
    parser.add_argument("--idle-timeout", type=float, metavar="SECONDS", help="end after so long without a call")
    return parser


async def _serve(world: World, directory: Path, options: argparse.Namespace) -> None:
    service = Service(world, directory, options.control_port, options.listen)
    try:
        await service.start()
        await _until_stopped(world, service, options.idle_timeout)
    finally:
        await service.stop()


async def _until_stopped(world: World, service: Service, idle_timeout: float | None) -> None:
    stop = service.stop_requested
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    _announce(world, service)
    idle = loop.create_task(_end_when_idle(service, idle_timeout))
    try:
        await stop.wait()
    finally:
        idle.cancel()


async def _end_when_idle(service: Service, timeout: float | None) -> None:
    while timeout is not None:
        await asyncio.sleep(IDLE_CHECK_SECONDS)
        if service.idle_seconds() >= timeout:
            service.stop_requested.set()


def _announce(world: World, service: Service) -> None:
    inventory = service.write_inventory()
    clusters = {name: service.address(name) for name in world.clusters}
    facts = {
        "control_url": service.control_url,
        "ca_file": service.ca_file,
        "inventory": str(inventory),
        "clusters": {
            name: {"hostname": host, "port": port, "certificate_sha256": service.certificate_sha256(name)}
            for name, (host, port) in clusters.items()
        },
    }
    (service.directory / "control.json").write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")
    for name, (host, port) in clusters.items():
        print(f"{name}: https://{host}:{port}/json-rpc/{world.cluster(name).identity.api_version}")
    print(f"control: {service.control_url}")
    print(f"inventory: {inventory}")
    print("ready", flush=True)
