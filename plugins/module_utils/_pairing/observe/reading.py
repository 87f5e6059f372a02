# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection elementsw.replication: it can change without notice.
"""How a reply becomes objects of the model: what every read has in common."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..._element.client import Client
from ..._element.errors import Failure
from ..._element.members import items, number
from ..views import Listed
from . import lists
from .lists import Kind, T, U

# ModifyVolumes takes at most 500 IDs; a filter is not asked to take more, the whole list is read instead.
MAX_IDS = 500


def parse_result(client: Client, method: str, parse: Callable[[dict], Any], result: dict) -> Any:
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
    """The objects of a list, each read by itself. Raises Failure, bad_reply, where it is no list at all."""
    return parse_list(client, method, member, kind, client.call(method, params))


def parse_list(client: Client, method: str, member: str, kind: Kind[T, U], result: dict) -> Listed[T, U]:
    """The objects of the list that is a member of this result. Raises Failure as `listed` does."""
    return parse_result(client, method, lambda reply: lists.read(kind, method, items(reply, member)), result)


def number_or_none(entry: Mapping, name: str) -> int | None:
    """What can be done without: None when it is missing or none."""
    try:
        return number(entry.get(name))
    except (TypeError, ValueError):
        return None
