# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The reads of why clones have failed, which only a failed rehearsal needs."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from functools import partial

from ..._element.client import Client
from ..._element.errors import ApiError
from ..._element.members import flag, optional_object, optional_text, text, whole
from ..model import CloneFailure
from ..views import Unreadable
from .lists import Kind
from .reading import parse_result, read_list

#: The failed clones whose reasons are read, the latest first.
MOST = 8


def list_clone_failures(client: Client) -> tuple[CloneFailure, ...]:
    """Return why clones have failed, as far as the cluster keeps it, the latest first. Raises Failure."""
    listed = read_list(client, "ListAsyncResults", "asyncHandles", _FAILED)
    latest = sorted((each for each in listed if each is not None), reverse=True)[:MOST]
    reasons = (_reason(client, handle, created) for created, handle in latest)
    return tuple(reason for reason in reasons if reason is not None)


def _reason(client: Client, handle: int, created: str) -> CloneFailure | None:
    """The reason; None for a result that another client has read meanwhile, which removes it."""
    try:
        # Without keepResult the read would remove it.
        result = client.call("GetAsyncResult", {"asyncHandle": handle, "keepResult": True})
    except ApiError:
        return None
    return parse_result(client, "GetAsyncResult", partial(_failure, created), result)


def _failure(created: str, result: dict) -> CloneFailure | None:
    error = optional_object(result, "error")
    name = optional_text(error, "name")
    return CloneFailure(name, optional_text(error, "message"), created) if name else None


def _failed(entry: dict) -> tuple[str, int] | None:
    """When a failed clone was begun, and its handle; None for any other asynchronous work."""
    if text(entry, "resultType").lower() != "clone" or not flag(entry, "completed") or flag(entry, "success"):
        return None
    return optional_text(entry, "createTime"), whole(entry, "asyncResultID")


_FAILED: Kind[tuple[str, int] | None, Unreadable] = Kind("asynchronous result", _failed, "asyncResultID")
