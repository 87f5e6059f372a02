# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The attributes of a checkpoint, with which a later run can prove that no one has written since.

Attributes are limited to 1000 bytes of JSON, and a group snapshot has up to 32 volumes. Therefore they contain a digest of
fixed length for each volume, whatever its ID and its counters are.
"""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

# The prefix of the names of checkpoints.
CHECKPOINT = "elementsw-swap-"
NOTED_CLUSTER = "elementsw-swap-cluster"
NOTED_DIGESTS = "elementsw-swap-digests"
# 64 bits: different volumes and counts have different digests.
DIGEST_LENGTH = 16
# A unique ID has 4 characters. The attribute is for people; each digest includes the whole ID.
MOST_OF_ID = 32


def digest(cluster_id: str, volume_id: int, pair_uuid: str, writes: int, partner_writes: int) -> str:
    """Return 16 hexadecimal digits: the start of the SHA-256 of a volume's identity, of its pair and of the write counts.

    cluster_id: the unique ID of the volume's cluster. pair_uuid: included because no counter has the writes that another
    pair has replicated. writes, partner_writes: `writeOps` of the volume and of its partner, whose own writes count after
    a failover.
    """
    noted = f"{cluster_id} {volume_id} {pair_uuid} {writes} {partner_writes}"
    return hashlib.sha256(noted.encode(errors="surrogatepass")).hexdigest()[:DIGEST_LENGTH]


def attributes(cluster_id: str, digests: Iterable[str]) -> dict[str, str]:
    """Return the attributes of a checkpoint that is taken on this cluster."""
    return {NOTED_CLUSTER: cluster_id[:MOST_OF_ID], NOTED_DIGESTS: " ".join(digests)}


def digests(noted: Mapping[str, Any]) -> frozenset[str]:
    """Return the digests in the attributes of a snapshot; none if they have another form."""
    text = noted.get(NOTED_DIGESTS)
    return frozenset(text.split()) if isinstance(text, str) else frozenset()
