# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection elementsw.replication: it can change without notice.
"""One HTTPS POST to one cluster: sessions, TLS, and network trouble put into plain words."""

from __future__ import annotations

import base64
import os
import threading
from dataclasses import dataclass, field
from typing import Any

from .addresses import url_host
from .libraries import requests

# Said with each request, these beat the environment. A session that ignores the environment altogether would also
# ignore the authorities that are named there.
_NO_PROXIES = {"https": None, "all": None}


@dataclass(frozen=True)
class Endpoint:
    """Where a cluster is and how it is spoken to; timeout in seconds."""

    hostname: str
    username: str
    password: str = field(repr=False)
    port: int = 443
    validate_certs: bool = True
    ca_path: str | None = None
    cert_fingerprint: str | None = None
    timeout: float = 30
    use_proxy: bool = True

    @property
    def credentials(self) -> str:
        """User name and password in the form in which they travel: as good as the password itself."""
        return base64.b64encode(f"{self.username}:{self.password}".encode()).decode()


@dataclass(frozen=True)
class Reply:
    """What came back, whatever it is."""

    status: int
    text: str


class TlsTrouble(Exception):
    """The other end could not be trusted; nothing was sent. Its text says why."""


class NetworkTrouble(Exception):
    """No reply. Its text says why; sent: the request may have reached the cluster."""

    def __init__(self, reason: str, sent: bool):
        super().__init__(reason)
        self.sent = sent


class Transport:
    """POSTs to one cluster, over one kept-alive session for each thread that calls."""

    def __init__(self, endpoint: Endpoint):
        self.endpoint = endpoint
        self._base = f"https://{url_host(endpoint.hostname)}:{endpoint.port}"
        self._threads = threading.local()

    def post(self, path: str, body: str, timeout: float | None = None) -> Reply:
        """Send `body` to `path`. Raises TlsTrouble, NetworkTrouble."""
        timeout = timeout or self.endpoint.timeout
        exceptions = requests.exceptions
        try:
            reply = self._session().post(
                self._base + path,
                data=body.encode("utf-8"),
                timeout=timeout,
                verify=self._verify(),
                proxies=None if self.endpoint.use_proxy else _NO_PROXIES,
                allow_redirects=False,  # the credentials are for this address and no other
            )
            return Reply(reply.status_code, reply.content.decode("utf-8", "replace"))
        except exceptions.SSLError as exc:
            raise TlsTrouble(_root_text(exc)) from None
        except exceptions.ConnectTimeout:
            raise NetworkTrouble(f"no connection within {timeout:g} s", sent=False) from None
        except exceptions.Timeout:
            raise NetworkTrouble(f"no reply within {timeout:g} s", sent=True) from None
        except exceptions.ConnectionError as exc:
            raise NetworkTrouble(_root_text(exc), sent=not _never_connected(exc)) from None
        except exceptions.RequestException as exc:
            # A reply that broke off or does not decode, or an address that no URL can hold.
            raise NetworkTrouble(_root_text(exc), sent=not isinstance(exc, ValueError)) from None
        except OSError as exc:  # requests' way to say that the CA file is not there
            raise TlsTrouble(str(exc)) from None
        except ValueError as exc:  # a host name that urllib3 cannot encode; requests lets that through
            raise NetworkTrouble(_root_text(exc), sent=False) from None

    def _verify(self) -> bool | str:
        # Passed with each request: a session's own setting would lose against REQUESTS_CA_BUNDLE.
        if self.endpoint.cert_fingerprint or not self.endpoint.validate_certs:
            return False
        return os.path.expanduser(self.endpoint.ca_path) if self.endpoint.ca_path else True

    def _session(self) -> Any:
        session = getattr(self._threads, "session", None)
        if session is None:
            session = self._threads.session = requests.Session()
            # Bytes, because requests would refuse what latin-1 cannot hold. Given explicitly, so .netrc is not read.
            session.auth = (self.endpoint.username.encode("utf-8"), self.endpoint.password.encode("utf-8"))
            session.headers.update({"Content-Type": "application/json-rpc", "Accept": "application/json"})
            if self.endpoint.cert_fingerprint:
                session.mount("https://", _pinning_adapter(self.endpoint.cert_fingerprint))
        return session


def _pinning_adapter(fingerprint: str) -> Any:
    """An adapter that trusts the certificate with this SHA-256 fingerprint and no other, whatever its name or issuer."""

    class PinningAdapter(requests.adapters.HTTPAdapter):
        def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
            super().init_poolmanager(*args, assert_fingerprint=fingerprint, **kwargs)

        def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
            return super().proxy_manager_for(*args, assert_fingerprint=fingerprint, **kwargs)

    return PinningAdapter()


def _causes(exc: BaseException) -> list[BaseException]:
    """`exc` and what lies below it, as requests and urllib3 nest their exceptions."""
    seen: list[BaseException] = []
    queue: list[object] = [exc]
    while queue:
        current = queue.pop(0)
        if isinstance(current, BaseException) and current not in seen:
            seen.append(current)
            queue += [getattr(current, "reason", None), *current.args, current.__cause__]
    return seen


def _never_connected(exc: BaseException) -> bool:
    names = {type(cause).__name__ for cause in _causes(exc)}
    return bool(names & {"NewConnectionError", "NameResolutionError", "ConnectTimeoutError", "ProxyError", "gaierror"})


def _root_text(exc: BaseException) -> str:
    """The innermost explanation, without the layers of repr that requests puts around it."""
    causes = _causes(exc)
    for cause in causes:
        if isinstance(cause, OSError) and cause.strerror and isinstance(cause.strerror, str):
            return cause.strerror
    texts = [str(cause) for cause in causes if str(cause)]
    return texts[-1] if texts else type(exc).__name__
