# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run what a page shows on the clusters of a world: write the files that it names, then each command, in their order.

Before a forced failover alpha is the source again, and its site fails; after it the site is back.
"""

from __future__ import annotations

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.request

from ansible_collections.elementsw.replication.tests.unit.blocks import blocks

PLANNED_TO_ALPHA = (
    "ansible-playbook -i inventory.yml elementsw.replication.failover "
    "-e replication_cluster=alpha -e replication_peer=beta -e failover_kind=planned"
)
#: Commands that the pages say to fail as long as the clusters are not paired.
NOT_CONNECTED = "replicate.yml --ask-vault-pass --check"


def main(page: str) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        # In a folder an inventory can stand beside the one of the page, which has addresses of no real clusters.
        (folder / "inventory.yml").mkdir()
        shutil.copy2(os.environ["SIMULATOR_INVENTORY"], folder / "inventory.yml" / "clusters.yml")
        ran = 0
        for block in blocks(page):
            if block.language == "yaml" and block.name and block.name != "inventory.yml":
                (folder / block.name).write_text(block.text, encoding="utf-8")
            if block.language == "shell":
                for line in re.sub(r"\\\n *", "", block.text).splitlines():
                    if line.startswith("ansible-playbook "):
                        command(line, folder)
                        ran += 1
        prove(ran >= 2, f"{page} shows only {ran} commands")


def command(line: str, folder: pathlib.Path) -> None:
    forced = "failover_kind=forced" in line and "failover_allow_overwrite" not in line
    if forced:
        run(PLANNED_TO_ALPHA, folder)
        site(up=False)
    status, output = run(line, folder, expected=(2,) if NOT_CONNECTED in line else (0,))
    prove(status == 0 or "not_connected" in output, f"another error than not_connected: {output}")
    if forced:
        prove("alpha did not answer" in output, f"the failover was not forced: {output}")
        site(up=True)
    if "failover_allow_overwrite" in line:
        prove("elementsw-saved-" in output, f"nothing was saved: {output}")
    if "report_html=" in line:
        prove((folder / "replication.html").is_file(), "there is no page")


def run(line: str, folder: pathlib.Path, expected: tuple[int, ...] = (0,)) -> tuple[int, str]:
    """Run it by a shell. The passwords of the simulated clusters are in no vault, so that none is asked for."""
    print(f"$ {line}", flush=True)
    done = subprocess.run(
        ["sh", "-c", line.replace(" --ask-vault-pass", "")],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    prove(done.returncode in expected, f"exit status {done.returncode}: {done.stdout}")
    prove("[DEPRECATION" not in done.stdout, done.stdout)
    return done.returncode, done.stdout


def site(up: bool) -> None:
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    direct.open(os.environ["SIMULATOR_CONTROL"] + "/site", json.dumps({"cluster": "alpha", "up": up}).encode()).close()


def prove(truth: object, otherwise: str) -> None:
    if not truth:
        sys.exit(otherwise)


if __name__ == "__main__":
    main(sys.argv[1])
