# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Functions that all reads use: they make objects of the model from a reply."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..._element.client import Client
from ..._element.errors import Failure
from ..._element.members import items, number
from ..views import Listed
from . import lists
from .lists import Kind, T, U

# ModifyVolumes accepts at most 500 IDs. For more IDs a read has no filter and reads the whole list.
MAX_IDS = 500


def parse_result(client: Client, method: str, parse: Callable[[dict], Any], result: dict) -> Any:
    """Return `parse(result)`. Raises Failure, bad_reply, if the result does not have the expected form."""
    try:
        return parse(result)
    except (AttributeError, KeyError, TypeError, ValueError, OverflowError) as exc:
        raise Failure(
            "bad_reply",
            f"cluster {client.name} answered {method} with something that does not fit the Element API "
            f"({type(exc).__name__} while reading it); check that hostname and port are those of an Element cluster",
            cluster=client.name,
            method=method,
        ) from None


def read_list(
    client: Client, method: str, member: str, kind: Kind[T, U], params: Mapping[str, object] | None = None
) -> Listed[T, U]:
    """Call `method` and return the objects of its list. Raises Failure: bad_reply if there is no list."""
    return parse_list(client, method, member, kind, client.call(method, params))


def parse_list(client: Client, method: str, member: str, kind: Kind[T, U], result: dict) -> Listed[T, U]:
    """Return the objects of the list in this result. Raises Failure, bad_reply, if there is no list."""
    return parse_result(client, method, lambda reply: lists.read(kind, method, items(reply, member)), result)


def number_or_none(entry: Mapping, name: str) -> int | None:
    """Return a number that is not essential, None if it is missing or not a whole number."""
    try:
        return number(entry.get(name))
    except (TypeError, ValueError):
        return None
