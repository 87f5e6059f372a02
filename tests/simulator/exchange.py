# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One HTTP exchange with a cluster, without any HTTP library: credentials, path, envelope, faults, log."""

from __future__ import annotations

import base64
import binascii
import contextlib
import json
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from . import api, keys
from .cluster import Cluster
from .errors import ApiError
from .faults import Fault

if TYPE_CHECKING:
    from .records import Admin
    from .world import World

PATH = re.compile(r"/json-rpc/([^/]+)/?")
API_ERROR_CODE = 500
HTTP_OK = 200
# GET is not documented, but scripts of vendor and users rely on it, and captured headers allow it.
VERBS = ("GET", "POST")

REASONS = {
    302: "Found",
    400: "Bad Request",
    401: "Unauthorized",
    404: "Not Found",
    405: "Method Not Allowed",
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
}


@dataclass(frozen=True)
class Request:
    """What came in over one connection."""

    verb: str
    path: str
    authorization: str | None
    body: bytes = b""
    query: tuple[tuple[str, str], ...] = ()
    connection: int | None = None


@dataclass(frozen=True)
class Envelope:
    """The JSON-RPC object in a request; `problem` says why there is none."""

    method: Any = None
    params: Any = None
    call_id: Any = None
    problem: str | None = None

    @property
    def method_name(self) -> str | None:
        return self.method if isinstance(self.method, str) else None


@dataclass(frozen=True)
class Answer:
    """What goes back. Without a status the connection ends without a reply."""

    status: int | None
    body: bytes = b""
    content_type: str = "application/json"
    error: str | None = None
    applied: bool = False
    location: str | None = None


def open_envelope(request: Request) -> Envelope:
    """The call in a request: in its body, or in the query of a GET. Batches (arrays) are not supported by the API."""
    if request.verb == "GET":
        return _open_query(dict(request.query))
    try:
        envelope = _read_json(request.body)
    except ValueError:
        return Envelope(problem="the body is not JSON")
    if not isinstance(envelope, dict) or "method" not in envelope:
        return Envelope(problem="the body is no JSON-RPC request")
    return Envelope(envelope["method"], envelope.get("params", {}), envelope.get("id"))


def _open_query(query: dict[str, str]) -> Envelope:
    """`?method=NAME`, and the parameters beside it: texts, but for lists and objects, which are JSON."""
    if "method" not in query:
        return Envelope(problem="the query names no method")
    method = query.pop("method")
    try:
        params = {name: _read_json(value) if value[:1] in "[{" else value for name, value in query.items() if value}
    except ValueError:
        return Envelope(problem="a parameter is not JSON")
    return Envelope(method, params)


def _read_json(text: str | bytes) -> Any:
    """JSON as its standard has it: Python reads NaN and Infinity too, which no other client could read back."""

    def refuse(word: str) -> None:
        raise ValueError(f"{word} is not JSON")

    try:
        return json.loads(text, parse_constant=refuse)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def answer(world: World, cluster: Cluster, request: Request, envelope: Envelope, fault: Fault | None) -> Answer:
    """Serve one request, atomically, and write it down in the log of calls."""
    with world.lock:
        if not cluster.up:
            given = Answer(None)
        elif fault is None or fault.is_served:
            if fault is not None and fault.call is not None:
                world.act(fault.call["cluster"], fault.call["method"], fault.call.get("params"))
            if fault is not None and fault.kind == "twice":
                answer(world, cluster, request, envelope, None)
            given = _earlier(world, cluster, envelope, fault) or _serve(world, cluster, request, envelope)
        elif fault.applies_first:
            served = _serve(world, cluster, request, envelope)
            given = _spoil(fault, envelope, served)
        else:
            if fault.kind == "xDBVersionMismatch":
                # The API documentation has callers repeat after this error, yet a pairing key cannot be used again.
                for key in _pairing_keys(envelope):
                    world.spend_key(key)
            given = _spoil(fault, envelope, Answer(None))
        match = PATH.fullmatch(request.path)
        world.log.add(
            cluster=cluster.name,
            method=envelope.method_name,
            params=envelope.params,
            api_version=match.group(1) if match else None,
            connection=request.connection,
            status=given.status,
            error=given.error,
            applied=given.applied,
            writes=api.is_write(envelope.method_name),
            seconds=world.clock.elapsed,
        )
        if given.applied and not api.is_write(envelope.method_name):
            world.replies[_read_of(cluster, envelope)] = given.body
        return given


def _read_of(cluster: Cluster, envelope: Envelope) -> tuple[str, ...]:
    return cluster.name, str(envelope.method), json.dumps(envelope.params, sort_keys=True)


def _earlier(world: World, cluster: Cluster, envelope: Envelope, fault: Fault | None) -> Answer | None:
    """The earlier reply to the same read: of a node that does not know of the last writes yet, or byte for byte of a cache."""
    body = world.replies.get(_read_of(cluster, envelope))
    if fault is None or fault.kind not in ("stale", "cached") or body is None:
        return None
    return Answer(HTTP_OK, body if fault.kind == "cached" else _json({**json.loads(body), "id": envelope.call_id}))


def _serve(world: World, cluster: Cluster, request: Request, envelope: Envelope) -> Answer:
    admin = _authenticate(cluster, request.authorization)
    if admin is None:
        return _html(401)
    match = PATH.fullmatch(request.path)
    if match is None or match.group(1) not in cluster.identity.api_versions:
        return _html(404)
    if request.verb not in VERBS:
        return _html(405)
    if envelope.problem:
        return _html(400, envelope.problem)
    try:
        result, unused = world.perform(cluster, admin, envelope.method, envelope.params, match.group(1))
    except ApiError as error:
        return _error(envelope, error.name, error.message, world.switches.error_status)
    reply: dict[str, Any] = {"id": envelope.call_id, "result": result}
    if unused:
        as_list = world.switches.unused_parameters_shape == "list"
        named = {"unusedParameters": list(unused) if as_list else unused}
        reply.update({"warning": named} if world.switches.unused_parameters_place == "warning" else named)
    return Answer(HTTP_OK, _json(reply), applied=True)


def _authenticate(cluster: Cluster, authorization: str | None) -> Admin | None:
    scheme, _space, encoded = (authorization or "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        decoded = base64.b64decode(encoded, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None
    username, _colon, password = decoded.partition(":")
    return cluster.authenticate(username, password)


def _spoil(fault: Fault, envelope: Envelope, served: Answer) -> Answer:
    """What becomes visible of a call that a fault has hit."""
    applied = served.applied
    if fault.is_api_error:
        spoilt = _error(envelope, fault.kind, _message(fault, envelope))
    elif fault.kind in ("drop_before", "drop_after", "refuse"):
        spoilt = Answer(None)
    elif fault.kind == "http_500":
        spoilt = _error(envelope, "xInternalError", fault.message or "internal error", 500)
    elif fault.kind.startswith("http_"):
        spoilt = _html(int(fault.kind[len("http_") :]), fault.message or "")
    elif fault.kind == "redirect":
        spoilt = replace(_html(302), location=fault.message)
    else:
        spoilt = _odd_body(fault, envelope, served)
    return replace(spoilt, applied=applied)


def _message(fault: Fault, envelope: Envelope) -> str:
    """A cluster may well repeat in its message what it was sent, or what it read in a key."""
    message = (fault.message or fault.kind).replace("{params}", json.dumps(envelope.params))
    for key in _pairing_keys(envelope):
        with contextlib.suppress(TypeError, ValueError):
            message = message.replace("{key}", json.dumps(keys.decode(key)))
    return message


def _pairing_keys(envelope: Envelope) -> list[Any]:
    """What a call gives as pairing keys, readable or not."""
    params = envelope.params if isinstance(envelope.params, dict) else {}
    return [value for name, value in params.items() if name.endswith("PairingKey")]


def _odd_body(fault: Fault, envelope: Envelope, served: Answer) -> Answer:
    """A reply with status 200 that says nothing, or nothing that can be read."""
    if fault.kind == "html_200":
        return _html(HTTP_OK, fault.message or "Please stand by")
    if fault.kind == "reply":
        return Answer(HTTP_OK, (fault.message or "").encode())
    whole = served.body or _json({"id": envelope.call_id, "result": {"volumes": []}})
    bodies = {
        "empty": b"",
        "null": b"null",
        "truncated": whole[: max(len(whole) // 2, 1)],
        "no_result": _json({"id": envelope.call_id}),
    }
    return Answer(HTTP_OK, bodies[fault.kind])


def _error(envelope: Envelope, name: str, message: str, status: int = HTTP_OK) -> Answer:
    error = {"code": API_ERROR_CODE, "message": message, "name": name}
    return Answer(status, _json({"error": error, "id": envelope.call_id}), error=name)


def unreadable(problem: str) -> Answer:
    """For a request whose body cannot even be unpacked."""
    return _html(400, problem)


def _html(status: int, text: str = "") -> Answer:
    title = f"{status} {REASONS.get(status, 'OK')}"
    page = f"<html><head><title>{title}</title></head><body><h1>{title}</h1><p>{text}</p></body></html>"
    return Answer(status, page.encode(), "text/html")


def _json(reply: dict[str, Any]) -> bytes:
    return json.dumps(reply, separators=(",", ":")).encode()
