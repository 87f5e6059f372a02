# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether all files of a report say the same: `read.py FOLDER VERDICT REPORTS CLUSTERS-THAT-ANSWERED`."""

from __future__ import annotations

import base64
import csv
import hashlib
import json
import pathlib
import re
import sys

PREFIX = "element_replication_"


def main(folder: pathlib.Path, verdict: str, reports: int, answered: str) -> None:
    data = json.loads((folder / "r.json").read_text(encoding="utf-8"))
    page = (folder / "r.html").read_text(encoding="utf-8")
    metrics = (folder / "r.prom").read_text(encoding="utf-8")
    history = [json.loads(line) for line in (folder / "r.jsonl").read_text(encoding="utf-8").splitlines()]
    with open(folder / "r.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))

    check(data["verdict"], verdict)
    check(",".join(cluster["name"] for cluster in data["clusters"] if cluster["answered"]), answered)
    states = [pair["state"] for pair in data["volume_pairs"]]
    check([row["state"] for row in rows], states)
    check(re.findall(r'<tr data-state="(\w+)">', page), states)
    check(re.findall(r',state="(\w+)"} 1$', metrics, re.MULTILINE), states)
    check(metric(metrics, "pairs"), len(states))
    check(metric(metrics, "pairs_protected"), states.count("protected"))
    check(data["summary"]["protected"], states.count("protected"))
    check(len(re.findall(r'<li id="p\d+">', page)), len(data["problems"]))
    check(f"<h1>{verdict}</h1>" in page, True)

    check(len(history), reports)
    check([state for state, _lag in history[-1]["volume_pairs"].values()], states)
    check("last 24 hours" in page, reports > 1)

    (script,) = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    (digest,) = re.findall(r"script-src 'sha256-([^']*)'", page)
    check(digest, base64.b64encode(hashlib.sha256(script.encode()).digest()).decode())


def metric(metrics: str, name: str) -> float:
    (value,) = re.findall(rf"^{PREFIX}{name} (\S+)$", metrics, re.MULTILINE)
    return float(value)


def check(found: object, expected: object) -> None:
    if found != expected:
        raise SystemExit(f"{found!r} in place of {expected!r}")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), sys.argv[4])
