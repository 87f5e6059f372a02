# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The JSON-RPC client of one cluster: `call(method, params)` returns the result or raises Failure."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

import itertools
import json
import re
import threading
import time
from collections.abc import Callable, Mapping
from typing import Optional

from .errors import ApiError, Failure, Unanswered
from .transport import EndlessReply, Endpoint, NetworkTrouble, Reply, TlsTrouble, Transport

# Seconds between the attempts of a read: six attempts in about 15 seconds.
READ_PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0)
# Seconds between the attempts of a probe, which must end soon.
PROBE_PAUSES = (0.1, 0.3)

# The methods that change nothing. Only these are repeated automatically: a write whose reply was lost may have taken
# effect, and most writes of this API do harm when they are repeated.
READS = re.compile(r"(Get|List)(?!AsyncResult$)\w+")

_IS_IT_A_CLUSTER = (
    "check that hostname and port are those of an Element cluster's MVIP, and that the cluster is serving"
)

Params = Optional[Mapping[str, object]]


class Client:
    """Sends the API calls of one run to one cluster. Several threads can use it; each one has its own connection."""

    def __init__(
        self,
        transport: Transport,
        api_version: str,
        concurrency: int = 6,
        pauses: tuple[float, ...] = READ_PAUSES,
        sleep: Callable[[float], None] = time.sleep,
        is_peer: bool = False,
    ):
        #: The name of the cluster in messages: its address until the cluster's own name is set here.
        self.name = transport.endpoint.address
        #: Whether a call that is not a read was sent.
        self.has_written = False
        self.hostname = transport.endpoint.hostname
        self.api_version = api_version
        self.concurrency = concurrency
        self._transport = transport
        self._pauses = pauses
        self._sleep = sleep
        self._lock = threading.Lock()
        self._warnings: dict[str, None] = {}
        # Each call has its own: a cache or a proxy in between may answer with the reply to another one.
        self._call_ids = itertools.count(1)
        self._is_peer = is_peer
        self._lost = False

    @property
    def warnings(self) -> tuple[str, ...]:
        """The warnings for the user that the calls have caused, without repetitions."""
        return tuple(self._warnings)

    @property
    def username(self) -> str:
        return self._transport.endpoint.username

    @property
    def secrets(self) -> set[str]:
        """The texts to hide in a reply that repeats the request."""
        return self._transport.endpoint.secrets

    @property
    def lost(self) -> bool:
        """Whether the cluster did not answer the last read in any of its attempts."""
        return self._lost

    def call(self, method: str, params: Params = None) -> dict:
        """Return the `result` of one API call. Members of `params` that are None are not sent.

        A read is repeated while its failure may be temporary. If the cluster did not answer the last read, a read is
        sent once, until the cluster answers again. A write is always sent once.
        Raises ApiError (refused), Unanswered (outcome not known), Failure (authentication, tls, version).
        """
        if READS.fullmatch(method):
            return self._read(method, params)
        self.has_written = True
        return self._once(method, params)

    def _read(self, method: str, params: Params) -> dict:
        for pause in () if self._lost else self._pauses:
            try:
                return self._once(method, params)
            except Failure as exc:
                if not exc.transient:
                    raise
            self._sleep(pause)
        try:
            result = self._once(method, params)
        except Unanswered as exc:
            self._lost = exc.down
            raise
        self._lost = False
        return result

    def close(self) -> None:
        """Close the connection of the thread that calls this."""
        self._transport.close()

    def probe(self, method: str, seconds: float) -> dict:
        """Return the `result` of a read in up to three attempts, which share `seconds`. Raises the same as `call`."""
        until = time.monotonic() + seconds
        for done, pause in enumerate(PROBE_PAUSES):
            try:
                return self._once(method, None, self._share(until, len(PROBE_PAUSES) + 1 - done))
            except Failure as exc:
                # One attempt can take all of the time: the timeout applies to each address that the name resolves to.
                if not exc.transient or time.monotonic() + pause >= until:
                    raise
            self._sleep(pause)
        return self._once(method, None, self._share(until, 1))

    def _share(self, until: float, attempts: int) -> float:
        """Return the timeout of the next attempt, in seconds, if so many `attempts` remain."""
        return min((until - time.monotonic()) / attempts, self._transport.endpoint.timeout)

    def _once(self, method: str, params: Params, timeout: float | None = None) -> dict:
        call_id = next(self._call_ids)
        reply = self._post(self.api_version, method, params, call_id, timeout)
        if reply.status == 404:
            raise self._version_failure(method)
        return self._result(method, reply, call_id)

    def _post(self, version: str, method: str, params: Params, call_id: int, timeout: float | None = None) -> Reply:
        # According to the API documentation null is not the same as absent: a null filter acts as false.
        given = {name: value for name, value in (params or {}).items() if value is not None}
        body = json.dumps({"method": method, "params": given, "id": call_id})
        try:
            return self._transport.post(f"/json-rpc/{version}", body, timeout)
        except TlsTrouble as exc:
            raise Failure(
                "tls",
                f"{self._shown_name}: its certificate is not trusted ({exc}); set ca_path to the CA's file, or pin the "
                "certificate with cert_fingerprint",
                cluster=self.name,
                method=method,
            ) from None
        except EndlessReply as exc:
            sentence = (
                f"{self._shown_name} answered {method} with {exc}, which is no JSON-RPC result; {_IS_IT_A_CLUSTER}"
            )
            raise Unanswered("bad_reply", sentence, self.name, method, sent=True, down=False, transient=False) from None
        except NetworkTrouble as exc:
            sentence = f"{self._shown_name} does not answer {method}: {exc}; check hostname, port and the network"
            failure = Unanswered("unreachable", sentence, self.name, method, sent=exc.sent, down=True)
            raise failure.because(str(exc)) from None

    @property
    def _shown_name(self) -> str:
        """The cluster with its address, for messages about its connection."""
        address = self._transport.endpoint.address
        at = "" if self.name == address else f" at {address}"
        return f"cluster {self.name}{at}{' (the peer)' if self._is_peer else ''}"

    def _result(self, method: str, reply: Reply, call_id: int) -> dict:
        if reply.status == 401:
            raise Failure(
                "authentication",
                f"{self._shown_name} does not accept the credentials for {method} (HTTP 401); check username and "
                "password of this cluster's administrator",
                cluster=self.name,
                method=method,
            )
        try:
            body = json.loads(reply.text, parse_constant=_not_json)
        except (ValueError, RecursionError):
            body = None
        if isinstance(body, dict) and body.get("id") is not None and str(body["id"]) != str(call_id):
            raise self._of_another_call(method)
        if isinstance(body, dict) and isinstance(body.get("error"), dict):
            error = body["error"]
            raise ApiError(
                self.name, method, str(error.get("name") or "error without a name"), _text(error.get("message"))
            )
        if not isinstance(body, dict) or not isinstance(body.get("result"), dict):
            raise self._no_result(method, reply)
        self._note_unused(method, _unused_parameters(body))
        return body["result"]

    def _of_another_call(self, method: str) -> Unanswered:
        reason = "the reply to another call"
        remedy = "let no proxy or load balancer between here and the cluster answer from a cache"
        sentence = f"{self._shown_name} answered {method} with {reason}; {remedy}"
        return Unanswered("bad_reply", sentence, self.name, method, sent=True, down=False).because(reason)

    def _no_result(self, method: str, reply: Reply) -> Unanswered:
        # A node that answers but does not serve sends an empty body or null (observed during upgrades).
        down = reply.status >= 500 or (reply.status == 200 and reply.text.strip() in ("", "null"))
        reason = f"HTTP {reply.status} and no JSON-RPC result"
        return Unanswered(
            "unreachable" if down else "bad_reply",
            f"{self._shown_name} answered {method} with {reason}; {_IS_IT_A_CLUSTER}",
            self.name,
            method,
            sent=True,
            down=down,
        ).because(reason)

    def _version_failure(self, method: str) -> Failure:
        return Failure(
            "unsupported_api_version",
            f"{self._shown_name} does not serve API version {self.api_version} (HTTP 404); set api_version to one of: "
            f"{self._supported()}",
            cluster=self.name,
            method=method,
        )

    def _supported(self) -> str:
        try:
            call_id = next(self._call_ids)
            versions = self._result("GetAPI", self._post("1.0", "GetAPI", None, call_id), call_id).get(
                "supportedVersions"
            )
        except Failure:
            versions = None
        if not isinstance(versions, list) or not versions:
            return "those in the cluster's documentation (GetAPI at 1.0 returned no list)"
        return ", ".join(str(version) for version in versions)

    def _note_unused(self, method: str, unused: object) -> None:
        # The API names the parameters here that it did not recognise: the call has succeeded without them.
        # The warning has only names: its text is not masked on every ansible-core.
        if unused:
            names = ", ".join(sorted(str(name) for name in unused)) if isinstance(unused, (dict, list)) else "some"
            with self._lock:
                self._warnings[f"cluster {self.name} ignored parameters of {method} that it does not know: {names}"] = (
                    None
                )


def connect(options: Mapping, is_peer: bool = False) -> Client:
    """Return a client for the connection options of one cluster. Nothing is sent."""
    endpoint = Endpoint(
        **{
            name: options[name]
            for name in (
                "hostname",
                "username",
                "password",
                "port",
                "validate_certs",
                "ca_path",
                "cert_fingerprint",
                "timeout",
                "use_proxy",
            )
        }
    )
    return Client(Transport(endpoint), options["api_version"], options["concurrency"], is_peer=is_peer)


def _unused_parameters(reply: Mapping[str, object]) -> object:
    """Return what a reply names as unused: documented at top level, observed within `warning`."""
    warning = reply.get("warning")
    within = warning.get("unusedParameters") if isinstance(warning, dict) else None
    return reply.get("unusedParameters") or within


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _not_json(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")
