# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run a command while the simulator serves the clusters of a world.

`python -m ansible_collections.elementsw.replication.tests.simulator.rehearse [OPTION...] WORLD COMMAND [ARGUMENT...]`

The command finds SIMULATOR_INVENTORY (an Ansible inventory of the clusters) and SIMULATOR_CONTROL (the address of the
control endpoint) in its environment; {inventory} in an argument becomes the former. Its exit status is passed on; the
clusters are gone when it has ended.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Sequence

from . import listening
from .errors import WorldError
from .server import serve


def main(arguments: Sequence[str]) -> int:
    options = _parser().parse_args(arguments)
    try:
        world = listening.described_world(options)
        with serve(world, listen=options.listen) as running:
            return _run((options.program, *options.arguments), str(running.write_inventory()), running.control_url)
    except WorldError as error:
        print(f"{options.world}: {error}", file=sys.stderr)
        return 2


def _run(command: Sequence[str], inventory: str, control_url: str) -> int:
    filled = [argument.replace("{inventory}", inventory) for argument in command]
    added = {"SIMULATOR_INVENTORY": inventory, "SIMULATOR_CONTROL": control_url}
    return subprocess.run(filled, env={**os.environ, **added}, check=False).returncode


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Run a command while the clusters of a world are there.")
    listening.add_options(parser)
    parser.add_argument("world", help="YAML file that describes the clusters")
    parser.add_argument("program", metavar="command", help="what to run; {inventory} becomes the path of the inventory")
    parser.add_argument("arguments", nargs=argparse.REMAINDER, help="its arguments")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
