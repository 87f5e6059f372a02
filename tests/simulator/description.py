# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the description of a world (a YAML file, a dictionary) to the world. Every mistake is reported by its key."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .clock import start_of_environment
from .description_clusters import add_cluster
from .description_pairs import add_cluster_pair, add_link, add_volume_pair
from .oddities import MISSING
from .sections import Section
from .settings import switches_of_environment

if TYPE_CHECKING:
    from .world import World

CERTIFICATES = ("valid", "unknown_ca", "self_signed", "wrong_name", "expired")


@dataclass(frozen=True)
class Listener:
    """What a server must know about the endpoint of a cluster."""

    port: int
    delay: float
    certificate: str


def build(make: type[World], spec: Any) -> World:
    """The described world."""
    section = Section(spec, "")
    world = make(seed=section.take("seed", 0, int), start=_start(section))
    world.switches.set(switches_of_environment())
    world.switches.set(section.take("switches", {}, dict))
    world.timings.set(section.take("timings", {}))
    down = []
    for number, each in enumerate(section.sections("clusters", required=True)):
        cluster = add_cluster(world, each, number)
        world.listeners[cluster.name] = _listener(each)
        if not each.take("up", True, bool):
            down.append(cluster)
        each.done()
    for each in section.sections("links"):
        add_link(world, each)
    for each in section.sections("cluster_pairs"):
        add_cluster_pair(world, each)
    for each in section.sections("volume_pairs"):
        add_volume_pair(world, each)
    for each in section.sections("odd_objects"):
        add_odd_object(world, each)
    section.done()
    # A site that is down from the start was there when everything above came about.
    for cluster in down:
        cluster.up = False
    world.replication.settle_all()
    for _sample in range(2):
        world.sample()
    return world


def _start(section: Section) -> str | None:
    """The date at which the world begins. YAML reads one without quotes as a date, with quotes as text."""
    given = section.take("clock", start_of_environment(), (str, datetime.date))
    return given.isoformat() if isinstance(given, datetime.date) else given


def add_odd_object(world: World, section: Section) -> None:
    """What a list shows of an object in place of the truth; without `value` the member is not there."""
    world.odd_object(
        section.take("cluster", kind=str),
        section.take("method", kind=str),
        section.take("id"),
        section.take("member", None, str),
        section.take("value") if "value" in section else MISSING,
    )
    section.done()


def _listener(section: Section) -> Listener:
    return Listener(
        section.take("port", 0, int),
        section.take("delay", 0.0, (int, float)),
        section.one_of("certificate", CERTIFICATES),
    )
