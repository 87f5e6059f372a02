# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The worlds whose pages are opened, by the names of the pages."""

from __future__ import annotations

import pathlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.elementsw.replication.tests.simulator.world import World

FOUR_SITES = pathlib.Path(__file__).resolve().parents[1] / "simulator" / "worlds" / "four_sites.yml"
MANY = 1000
HEALTHY_VOLUMES = ("orders-db", "orders-log", "catalogue")
#: Whatever a cluster can name, called so that a page that does not escape it would run something or lose its layout.
EVIL_CLUSTER = "<style>alpha"
EVIL_ACCOUNT = "<script>document.title='run'</script>"
EVIL_VOLUMES = (
    '"><img src=x onerror="document.title=\'run\'">',
    "</script><script>document.title='run'</script>",
    "</td></table></main><h1>pwned</h1>",
    "<style>*{display:none}</style>",
    "&lt;plain&gt; {{ 7 * 7 }} 'quoted'",
)
EVIL_FAULT = "<img src=x onerror=document.title='run'> &amp; <svg onload=alert(1)>"


@dataclass(frozen=True)
class Described:
    world: Callable[[], World]
    down: str | None = None
    history: bool = False
    #: The files with evidence of rehearsals, by their names. The date is that of the test.
    evidence: dict[str, Any] = field(default_factory=dict)


def _healthy() -> World:
    return World.from_dict(
        {
            "timings": "instant",
            "clusters": [
                {
                    "name": "alpha",
                    "volumes": [{"name": name, "id": 41 + place} for place, name in enumerate(HEALTHY_VOLUMES)],
                },
                {
                    "name": "beta",
                    "volumes": [{"name": name, "id": 77 + place} for place, name in enumerate(HEALTHY_VOLUMES)],
                },
            ],
            "cluster_pairs": [{"between": ["alpha", "beta"]}],
            "volume_pairs": [{"source": f"alpha/{name}", "target": f"beta/{name}"} for name in HEALTHY_VOLUMES],
        }
    )


def _many() -> World:
    names = [f"erp-volume-{number:04}" for number in range(1, MANY + 1)]
    pairs = [{"source": f"alpha/{name}", "target": f"beta/{name}"} for name in names]
    for paused in pairs[100:140]:
        paused["paused"] = ["alpha"]
    broken = [{"between": [pair["source"], pair["target"]]} for pair in pairs[500:503]]
    return World.from_dict(
        {
            "timings": "instant",
            "clusters": [
                {"name": name, "volumes": [{"name": volume} for volume in names]} for name in ("alpha", "beta")
            ],
            "cluster_pairs": [{"between": ["alpha", "beta"]}],
            "volume_pairs": [*pairs[:500], *broken, *pairs[503:]],
        }
    )


def _with_markup() -> World:
    ends = (EVIL_CLUSTER, "be'ta&lt;")
    volumes = [[{"name": name, "id": first + place} for place, name in enumerate(EVIL_VOLUMES)] for first in (41, 77)]
    pairs = [
        {"source": f"{ends[0]}/#{41 + place}", "target": f"{ends[1]}/#{77 + place}"}
        for place in range(1, len(EVIL_VOLUMES))
    ]
    # beta is full, which alpha reports as its first fault: here under a code that nothing else in the report stands for.
    odd = {"code": "disconnectedRemoteNode", "details": EVIL_FAULT}
    fault = {"cluster": ends[0], "method": "ListClusterFaults", "id": 500}
    return World.from_dict(
        {
            "timings": "instant",
            "clusters": [
                {
                    "name": name,
                    "accounts": [{"name": EVIL_ACCOUNT, "id": 3}],
                    "volumes": each,
                    "first_ids": {"cluster_fault": 500},
                    "fullness": fullness,
                }
                for name, each, fullness in zip(ends, volumes, ("stage1Happy", "stage5CompletelyConsumed"))
            ],
            "cluster_pairs": [{"between": list(ends)}],
            "volume_pairs": [{"between": [f"{ends[0]}/#41", f"{ends[1]}/#77"]}, *pairs],
            "odd_objects": [{**fault, "member": member, "value": value} for member, value in odd.items()],
        }
    )


def _evidence(name: str, volumes: Sequence[str], **others: Any) -> dict[str, Any]:
    """What the role rehearse writes, as far as the page shows it. volumes: in the order of their IDs, from 77 on."""
    return {
        "rehearsal": name,
        "cluster": "beta",
        "peer": "alpha",
        "point": "latest",
        "tried_only": False,
        "passed": True,
        "problem": None,
        "seconds_until_writable": 38,
        "seconds_until_checked": 214,
        "volumes": [
            {"volume": volume, "volume_id": number, "data_age_seconds": 840.0}
            for number, volume in enumerate(volumes, 77)
        ],
        **others,
    }


FAILED = {"passed": False, "problem": EVIL_FAULT, "seconds_until_checked": None}
EVIL_EVIDENCE = _evidence(
    EVIL_FAULT, EVIL_VOLUMES, cluster=EVIL_CLUSTER, peer=EVIL_ACCOUNT, point=EVIL_VOLUMES[0], **FAILED
)

PAGES = {
    "healthy": Described(_healthy, history=True, evidence={"q4.json": _evidence("drill-2026-q4", HEALTHY_VOLUMES)}),
    "rehearsed": Described(
        _healthy,
        evidence={
            "failed.json": _evidence("drill-of-the-shop", HEALTHY_VOLUMES[:1], **FAILED),
            "other.json": ["this is no evidence"],
            **{f"q{number}.json": _evidence(f"drill-{number}", HEALTHY_VOLUMES[:1]) for number in range(6)},
        },
    ),
    "broken": Described(lambda: World.from_file(str(FOUR_SITES)), history=True),
    "many": Described(_many),
    "dead": Described(_healthy, down="alpha"),
    "markup": Described(_with_markup, evidence={"<b>'&.json": EVIL_EVIDENCE, f"{EVIL_CLUSTER}.json": []}),
}
