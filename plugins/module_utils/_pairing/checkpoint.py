# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a checkpoint notes in its attributes, so that a later run can prove that no one has written since.

Attributes must take less than 1000 bytes as JSON, and a group snapshot has up to 32 volumes: each volume is noted by a
digest of fixed length, whatever its ID and its counters are.
"""

# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

# What the name of every checkpoint begins with.
CHECKPOINT = "elementsw-swap-"
NOTED_CLUSTER = "elementsw-swap-cluster"
NOTED_DIGESTS = "elementsw-swap-digests"
# 64 bits: two of them are equal only if they are digests of the same.
DIGEST_LENGTH = 16
# A unique ID has 4 characters. It is noted for people, and is part of each digest in full.
MOST_OF_ID = 32


def digest(cluster_id: str, volume_id: int, pair_uuid: str, writes: int, partner_writes: int) -> str:
    """16 hexadecimal digits: the start of the SHA-256 of the identity of a volume and of its pair, and of the pair's writes.

    cluster_id: unique ID of the volume's cluster. pair_uuid: what another pair has replicated since is counted nowhere.
    writes, partner_writes: `writeOps` of the volume and of its partner, which has writes of its own once a failover was
    completed.
    """
    noted = f"{cluster_id} {volume_id} {pair_uuid} {writes} {partner_writes}"
    return hashlib.sha256(noted.encode(errors="surrogatepass")).hexdigest()[:DIGEST_LENGTH]


def attributes(cluster_id: str, digests: Iterable[str]) -> dict[str, str]:
    """The attributes of a checkpoint that was taken on this cluster."""
    return {NOTED_CLUSTER: cluster_id[:MOST_OF_ID], NOTED_DIGESTS: " ".join(digests)}


def digests(noted: Mapping[str, Any]) -> frozenset[str]:
    """The digests that the attributes of a snapshot hold; none where the attributes were not kept as they were made."""
    text = noted.get(NOTED_DIGESTS)
    return frozenset(text.split()) if isinstance(text, str) else frozenset()
