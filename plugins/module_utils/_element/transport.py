# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""HTTPS POST requests to one cluster: sessions, TLS, limits of time and size, and messages about network errors."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

import http.client
import io
import os
import socket
import ssl
import threading
import time
from dataclasses import dataclass, field
from typing import Any

from .addresses import url_host
from .libraries import requests
from .secret_forms import as_bytes, forms

# Given with each request, these take precedence over the environment. A session that ignores the whole environment
# would also ignore the authorities that are named there.
_NO_PROXIES = {"https": None, "all": None}

MIB = 1024 * 1024
_CHUNK = 64 * 1024
# Messages contain at most so many characters of another library's error.
_LONGEST_TEXT = 200


@dataclass(frozen=True)
class Endpoint:
    """The address of a cluster and how to connect to it."""

    hostname: str
    username: str
    password: str = field(repr=False)
    port: int = 443
    validate_certs: bool = True
    ca_path: str | None = None
    cert_fingerprint: str | None = None
    #: Seconds for the connection, for the reply to begin, and for all of it to arrive after it has begun.
    timeout: float = 30
    use_proxy: bool = True
    #: In bytes. A list of 4000 volumes has about ten million.
    longest_reply: int = 256 * MIB

    @property
    def address(self) -> str:
        """The host name, and the port if it is not 443: several clusters can have the same host name."""
        return self.hostname if self.port == 443 else f"{url_host(self.hostname)}:{self.port}"

    @property
    def secrets(self) -> set[str]:
        """The password in all forms, also together with the user name, as requests contain it."""
        login = f"{self.username}:{self.password}"
        return forms(self.password) | {form for form in forms(login) if form != login}


@dataclass(frozen=True)
class Reply:
    """The HTTP status and the text of a reply. The text can be anything."""

    status: int
    text: str


class TlsTrouble(Exception):
    """The server is not trusted, so nothing was sent. The text of the exception has the reason."""


class NetworkTrouble(Exception):
    """There is no reply. The text of the exception has the reason."""

    def __init__(self, reason: str, sent: bool):
        super().__init__(reason)
        #: Whether the request may have reached the cluster.
        self.sent = sent


class EndlessReply(NetworkTrouble):
    """The reply is longer than any result of the API."""


class Transport:
    """Sends POST requests to one cluster. Each thread has its own session, whose connection is kept open."""

    def __init__(self, endpoint: Endpoint):
        self.endpoint = endpoint
        self._base = f"https://{url_host(endpoint.hostname)}:{endpoint.port}"
        self._threads = threading.local()
        self._authorities = _Authorities()

    def post(self, path: str, body: str, timeout: float | None = None) -> Reply:
        """Send `body` to `path` and return the reply. timeout: seconds. Raises TlsTrouble, NetworkTrouble."""
        timeout = timeout or self.endpoint.timeout
        request = _RequestBody(body.encode("utf-8"))
        try:
            reply = self._session().post(
                self._base + path,
                data=request,
                timeout=timeout,
                verify=self._verify(),
                proxies=None if self.endpoint.use_proxy else _NO_PROXIES,
                allow_redirects=False,  # the credentials are for this address and no other
                stream=True,
            )
            with reply:
                return Reply(reply.status_code, _text(reply, self.endpoint.longest_reply))
        except Exception as exc:  # requests raises many types for a bad proxy address, with its password in the text
            raise _trouble(exc, request.begun, timeout) from None

    def close(self) -> None:
        """Close the connection of the thread that calls this. The next request opens another one."""
        session = getattr(self._threads, "session", None)
        if session is not None:
            session.close()

    def _verify(self) -> bool | str:
        # Passed with each request, because REQUESTS_CA_BUNDLE takes precedence over the setting of a session.
        if self.endpoint.cert_fingerprint or not self.endpoint.validate_certs:
            return False
        return os.path.expanduser(self.endpoint.ca_path) if self.endpoint.ca_path else True

    def _session(self) -> Any:
        session = getattr(self._threads, "session", None)
        if session is None:
            session = self._threads.session = _new_session(self.endpoint, self._authorities)
        return session


class _RequestBody(io.BytesIO):
    """The body of a request, which records whether its transfer has begun: the server is connected and trusted then."""

    begun = False

    def read(self, size: int | None = -1, /) -> bytes:
        self.begun = True
        return super().read(size)


# --- sessions ---------------------------------------------------------------------------------------------------------


class _Authorities:
    """The authorities that the connections to a cluster trust, read once: reading a CA bundle takes longer than connecting."""

    def __init__(self) -> None:
        self._contexts: dict[tuple[str | None, str | None], Any] = {}
        self._lock = threading.Lock()

    def serve(self, pool: Any) -> None:
        """Give all connections of a pool the same authorities, which the pool would read for each of them."""
        place = (pool.ca_certs, pool.ca_cert_dir)
        if place == (None, None):
            pool.conn_kw.pop("ssl_context", None)
            return
        with self._lock:
            if place not in self._contexts:
                context = requests.packages.urllib3.util.ssl_.create_urllib3_context()
                context.load_verify_locations(*place)
                self._contexts[place] = context
            pool.conn_kw["ssl_context"] = self._contexts[place]
        pool.ca_certs = pool.ca_cert_dir = None


def _new_session(endpoint: Endpoint, authorities: _Authorities) -> Any:
    class HttpsSession(requests.Session):
        def get_redirect_target(self, resp: Any) -> None:
            """Ignore redirects: to process one, requests would read all of its body, without a time limit."""

    session = HttpsSession()
    # Bytes, because requests refuses texts that latin-1 does not have. Given explicitly, so .netrc is not read.
    session.auth = (as_bytes(endpoint.username), as_bytes(endpoint.password))
    session.headers.update({"Content-Type": "application/json-rpc", "Accept": "application/json"})
    session.mount("https://", _adapter(endpoint.cert_fingerprint, authorities))
    return session


def _adapter(fingerprint: str | None, authorities: _Authorities) -> Any:
    """Return an adapter that limits the time for a whole reply, and reads the authorities once.

    fingerprint: SHA-256 of the only certificate that is trusted, whatever its name or issuer.
    """

    class Adapter(requests.adapters.HTTPAdapter):
        def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
            super().init_poolmanager(*args, assert_fingerprint=fingerprint, **kwargs)
            _pace(self.poolmanager)

        def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
            super().cert_verify(conn, url, verify, cert)
            authorities.serve(conn)

        def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
            known = self.proxy_manager.get(proxy)
            return known or _pace(super().proxy_manager_for(proxy, assert_fingerprint=fingerprint, **kwargs))

    return Adapter()


def _pace(manager: Any) -> Any:
    """Make the future connections of a pool manager read their replies as _PacedReply, and return the manager."""

    def paced(pool: Any) -> Any:
        connection = type("PacedConnection", (pool.ConnectionCls,), {"response_class": _PacedReply})
        return type("PacedPool", (pool,), {"ConnectionCls": connection})

    manager.pool_classes_by_scheme = {scheme: paced(pool) for scheme, pool in manager.pool_classes_by_scheme.items()}
    return manager


class _PacedReply(http.client.HTTPResponse):
    """A reply whose headers and body must arrive within the timeout of the socket after the first bytes."""

    def __init__(self, sock: Any, *args: Any, **kwargs: Any):
        super().__init__(sock, *args, **kwargs)
        self.fp: Any = io.BufferedReader(_Paced(sock, self.fp.detach()))


class _Paced(io.RawIOBase):
    """The received bytes. The timeout of a socket is for each read, so without this a slow reply would have no limit."""

    def __init__(self, sock: Any, raw: Any):
        self._sock = sock
        self._raw = raw
        self._deadline: float | None = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        patience = self._sock.gettimeout()
        if self._deadline is None:
            count = self._raw.readinto(buffer)
            self._deadline = time.monotonic() + patience
            return count
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise socket.timeout("the reply takes too long")
        self._sock.settimeout(left)
        try:
            return self._raw.readinto(buffer)
        finally:
            self._sock.settimeout(patience)

    def close(self) -> None:
        self._raw.close()
        super().close()


# --- replies and errors -----------------------------------------------------------------------------------------------


def _text(reply: Any, longest: int) -> str:
    reply.raw.enforce_content_length = True  # as urllib3 does since 2.0: an incomplete reply is an error
    body = bytearray()
    for chunk in reply.iter_content(_CHUNK):
        body += chunk
        if len(body) > longest:
            raise EndlessReply(f"more than {longest / MIB:g} MiB", sent=True)
    return body.decode("utf-8", "replace")


def _trouble(exc: Exception, begun: bool, timeout: float) -> Exception:
    """Return the TlsTrouble or NetworkTrouble for an exception of requests or of a library that it uses.

    begun: the transfer of the request had begun. timeout: seconds.
    """
    if isinstance(exc, NetworkTrouble):
        return exc
    patience = f"{round(timeout, 1):g} s"
    if begun:
        return NetworkTrouble(f"no reply within {patience}" if _timed_out(exc) else _root_text(exc), sent=True)
    if _timed_out(exc):
        return NetworkTrouble(f"no connection within {patience}", sent=False)
    if isinstance(exc, requests.exceptions.ProxyError):
        return NetworkTrouble(f"the proxy of the environment: {_root_text(exc)}", sent=False)
    # A server that closes the connection before it sends a certificate has not sent an untrusted one.
    if any(isinstance(cause, (ssl.SSLEOFError, ssl.SSLZeroReturnError)) for cause in _causes(exc)):
        return NetworkTrouble("it closed the connection during the TLS handshake", sent=False)
    # requests raises OSError itself if the CA file is missing, and ssl raises it if the file has no certificates.
    if isinstance(exc, (requests.exceptions.SSLError, ssl.SSLError)) or exc.__class__ is OSError:
        return TlsTrouble(_root_text(exc))
    if isinstance(exc, requests.exceptions.ConnectionError):
        return NetworkTrouble(_root_text(exc), sent=False)
    # Without the exception's text: an invalid address can contain the password of the proxy, or a part of it.
    kind = type(exc).__name__
    return NetworkTrouble(f"hostname and port, or the proxy of the environment, are not valid ({kind})", sent=False)


def _timed_out(exc: BaseException) -> bool:
    return any(
        isinstance(cause, socket.timeout) or type(cause).__name__ in ("ConnectTimeoutError", "ReadTimeoutError")
        for cause in _causes(exc)
    )


def _causes(exc: BaseException) -> list[BaseException]:
    """Return `exc` and its causes, as requests and urllib3 nest their exceptions."""
    causes: list[BaseException] = []
    queue: list[object] = [exc]
    while queue:
        current = queue.pop(0)
        if isinstance(current, BaseException) and current not in causes:
            causes.append(current)
            queue += [getattr(current, "reason", None), *current.args, current.__cause__]
    return causes


def _root_text(exc: BaseException) -> str:
    """Return the innermost explanation, without the representations of exceptions that requests puts around it."""
    causes = _causes(exc)
    for cause in causes:
        if isinstance(cause, OSError) and cause.strerror and isinstance(cause.strerror, str):
            return cause.strerror
    texts = [str(cause) for cause in causes if str(cause)]
    return texts[-1][:_LONGEST_TEXT] if texts else type(exc).__name__
