# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether two hosts of the inventory lead to each other's clusters."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def exchanged_hosts(clusters: Mapping[str, Any], here: str, there: str) -> str | None:
    """Return a sentence, without a full stop, where a host leads to the cluster that the other host is named after.

    clusters: those of element_pair_info. here, there: the inventory hosts of this cluster and the peer. Where hosts are named
    differently from their clusters, nothing is known. Upper and lower case count as the same.
    """
    local, peer = (_name(clusters.get(side)) for side in ("local", "peer"))
    if local != there.casefold() or local == here.casefold() or peer not in (None, here.casefold()):
        return None
    names = clusters["local"]["name"], (clusters.get("peer") or {}).get("name")
    other = "" if names[1] is None else f" and {there} to cluster {names[1]}"
    return f"host {here} of the inventory leads to cluster {names[0]}{other}: are their addresses exchanged?"


def _name(cluster: Mapping[str, Any] | None) -> str | None:
    name = (cluster or {}).get("name")
    return None if name is None else str(name).casefold()
