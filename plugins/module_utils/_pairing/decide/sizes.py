# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sizes of volumes: as options give them, as clusters round them, and as messages write them."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

import re

MIB = 1024**2
#: The size in bytes that a volume has at least.
SMALLEST = 1000**3
_TEXT = re.compile(r"([0-9]+)(?:\.([0-9]+))? *([A-Za-z]*)")
# As the standards define them: kB, MB and so on are powers of 1000, KiB, MiB and so on are powers of 1024.
_UNITS = {
    **{"": 1, "B": 1},
    **{f"{letter}B": 1000**power for power, letter in enumerate("KMGT", 1)},
    **{f"{letter}IB": 1024**power for power, letter in enumerate("KMGT", 1)},
}


def in_bytes(text: str) -> int | None:
    """Bytes, rounded up to whole MiB as a cluster rounds them; None for a text that is no size, such as `20G`, or for 0."""
    match = _TEXT.fullmatch(text.strip())
    unit = _UNITS.get(match[3].upper()) if match else None
    if not match or not unit:
        return None
    whole, fraction = match[1], match[2] or ""
    # With integers: a float does not hold large sizes exactly.
    tenths = 10 ** len(fraction)
    return whole_mib(-(-int(whole + fraction) * unit // tenths)) * MIB or None


def lacks_unit(text: str) -> bool:
    """Whether this size is a number without a unit, and in bytes less than any volume has: it is meant in GB or GiB."""
    match = _TEXT.fullmatch(text.strip())
    if not match or match[3]:
        return False
    return int(match[1]) < SMALLEST


def whole_mib(size: int) -> int:
    """The size in MiB, rounded up, of a size in bytes: clusters have no other sizes."""
    return -(-size // MIB)


def text(size: int) -> str:
    """The size as messages write it: exact, in TiB or GiB where that has at most two decimals, else in MiB or bytes."""
    for unit, power in (("TiB", 4), ("GiB", 3)):
        if size >= 1024**power and size * 4 % 1024**power == 0:
            return f"{size / 1024**power:g} {unit}"
    return f"{size // MIB} MiB" if size % MIB == 0 else f"{size} bytes"
