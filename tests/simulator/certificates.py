# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates of the simulated clusters: one authority for all, and the ways in which a certificate can be bad."""

from __future__ import annotations

import datetime
import hashlib
import ssl
from pathlib import Path

import trustme

NAMES = ("127.0.0.1", "localhost", "::1")


class Authority:
    """Issues one certificate per cluster, and remembers their fingerprints."""

    def __init__(self) -> None:
        self._ca = trustme.CA()
        self._shown: dict[str, tuple[tuple[str, ...], str, ssl.SSLContext]] = {}
        self._fingerprints: dict[str, str] = {}

    def write_ca(self, path: Path) -> None:
        """The file that clients are given as their CA bundle."""
        self._ca.cert_pem.write_to_path(str(path))

    def server_context(self, cluster: str, host: str, quality: str) -> ssl.SSLContext:
        """TLS settings of one listener at a host; `quality` says what is wrong with its certificate, if anything."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._shown[cluster] = tuple(dict.fromkeys((host, *NAMES))), quality, context
        self.renew(cluster)
        return context

    def renew(self, cluster: str) -> None:
        """A new certificate of the same quality for a listener."""
        names, quality, context = self._shown[cluster]
        certificate = self._issue(names, quality)
        der = ssl.PEM_cert_to_DER_cert(certificate.cert_chain_pems[0].bytes().decode())
        self._fingerprints[cluster] = hashlib.sha256(der).hexdigest()
        certificate.configure_cert(context)

    def fingerprint(self, cluster: str) -> str:
        """SHA-256 of the certificate that the cluster shows, in lower-case hexadecimal."""
        return self._fingerprints[cluster]

    def _issue(self, names: tuple[str, ...], quality: str) -> trustme.LeafCert:
        if quality == "unknown_ca":
            return trustme.CA().issue_cert(*names)
        if quality == "self_signed":
            itself = trustme.CA()
            return trustme.LeafCert(itself.private_key_pem.bytes(), itself.cert_pem.bytes(), [])
        if quality == "wrong_name":
            return self._ca.issue_cert("elsewhere.example.com")
        if quality == "expired":
            now = datetime.datetime.now(datetime.timezone.utc)
            day = datetime.timedelta(days=1)
            return self._ca.issue_cert(*names, not_before=now - 2 * day, not_after=now - day)
        return self._ca.issue_cert(*names)
