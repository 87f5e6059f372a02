# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run a command while the clusters of a world are there.

`python -m ansible_collections.elementsw.replication.tests.simulator.rehearse WORLD COMMAND [ARGUMENT...]`

The command finds SIMULATOR_INVENTORY (an Ansible inventory of the clusters) and SIMULATOR_CONTROL (the address of the
control endpoint) in its environment; an argument {inventory} becomes the former. Its exit status is passed on; the
clusters are gone when it has ended.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence

from .errors import WorldError
from .server import serve
from .world import World


def main(arguments: Sequence[str]) -> int:
    if len(arguments) < 2:
        print(__doc__, file=sys.stderr)
        return 2
    path, *command = arguments
    try:
        world = World.from_file(path)
    except (OSError, WorldError) as error:
        print(f"{path}: {error}", file=sys.stderr)
        return 2
    with serve(world) as running:
        inventory = str(running.write_inventory())
        added = {"SIMULATOR_INVENTORY": inventory, "SIMULATOR_CONTROL": running.control_url}
        filled = [inventory if argument == "{inventory}" else argument for argument in command]
        return subprocess.run(filled, env={**os.environ, **added}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
