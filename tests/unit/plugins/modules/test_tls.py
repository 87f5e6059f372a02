# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which servers a task trusts, on this side and on the peer's, each by itself: none, unless it is given one."""

from __future__ import annotations

import os
import shutil
import subprocess

import pytest

OPENSSL = shutil.which("openssl")
BAD = ("unknown_ca", "self_signed", "wrong_name", "expired")
SIDES = {"here": ("alpha", "beta"), "there": ("beta", "alpha")}


@pytest.fixture(autouse=True)
def own_environment(monkeypatch):
    """The authorities are those that a test names."""
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)


def start(sites, bad="alpha", certificate="valid"):
    """Two clusters; one of them shows a certificate of that quality."""
    return sites([{"name": name, "certificate": certificate if name == bad else "valid"} for name in ("alpha", "beta")])


def report(site, side, **trust):
    """The report of a pair of clusters, one side of which is trusted so; the other one has its CA file."""
    named = {"ca_path": None, **trust}
    if side == "here":
        # What this cluster has is taken over by the peer, unless the peer has its own.
        return site.run("pair_info", **named, peer={"validate_certs": True, **site.connection("beta")})
    peer = {name: value for name, value in {**site.connection("beta"), **named}.items() if value is not None}
    return site.run("pair_info", peer={"ca_path": "", **peer})


def trusted(result):
    return not result.get("failed") and result["clusters"]["peer"]["name"] == "beta"


def refused(site, result, name):
    """A failure with the remedy, by the address of the one concerned, after which it was sent nothing."""
    host, port = site.running.address(name)
    assert (result["failed"], result["error"]["code"], result["error"]["method"]) == (True, "tls", "GetClusterInfo")
    assert result["error"]["cluster"] == f"{host}:{port}"
    assert f"{host}:{port}{' (the peer)' if name == 'beta' else ''}" in result["msg"]
    assert "set ca_path to the CA's file, or pin the certificate with cert_fingerprint" in result["msg"]
    assert site.world.calls_of(name) == []
    return True


@pytest.mark.parametrize("side", SIDES)
class TestEitherSide:
    def test_nothing_is_trusted_by_default(self, sites, side):
        site = start(sites)
        assert refused(site, report(site, side), SIDES[side][0])

    def test_a_ca_file(self, sites, side):
        site = start(sites)
        assert trusted(report(site, side, ca_path=site.running.ca_file))

    @pytest.mark.parametrize("hostname", ["localhost", "127.0.0.1"])
    def test_names_and_addresses(self, sites, side, hostname):
        site = start(sites)
        assert trusted(report(site, side, ca_path=site.running.ca_file, hostname=hostname))

    @pytest.mark.parametrize("certificate", BAD)
    def test_a_certificate_that_does_not_fit(self, sites, side, certificate):
        name = SIDES[side][0]
        site = start(sites, name, certificate)
        assert refused(site, report(site, side, ca_path=site.running.ca_file), name)

    @pytest.mark.parametrize("certificate", ["valid", *BAD])
    def test_a_certificate_that_is_pinned(self, sites, side, certificate):
        name = SIDES[side][0]
        site = start(sites, name, certificate)
        assert trusted(report(site, side, cert_fingerprint=site.running.certificate_sha256(name)))

    def test_the_pinned_certificate_is_that_of_another(self, sites, side):
        name, other = SIDES[side]
        site = start(sites)
        pinned = site.running.certificate_sha256(other)
        assert refused(site, report(site, side, cert_fingerprint=pinned, ca_path=site.running.ca_file), name)

    def test_the_pinned_certificate_has_changed_since_the_last_run(self, sites, side):
        name = SIDES[side][0]
        site = start(sites)
        pinned = site.running.certificate_sha256(name)
        assert trusted(report(site, side, cert_fingerprint=pinned))
        site.world.clear_calls()
        site.running.renew_certificate(name)
        result = report(site, side, cert_fingerprint=pinned)
        assert refused(site, result, name)
        # What it is now, for whoever can check it.
        assert site.running.certificate_sha256(name) in result["msg"].replace(":", "").lower()
        assert trusted(report(site, side, cert_fingerprint=site.running.certificate_sha256(name)))

    def test_another_certificate_of_the_same_authority(self, sites, side):
        site = start(sites)
        site.running.renew_certificate(SIDES[side][0])
        assert trusted(report(site, side, ca_path=site.running.ca_file))

    @pytest.mark.parametrize("certificate", BAD)
    def test_no_verification(self, sites, side, certificate):
        name = SIDES[side][0]
        site = start(sites, name, certificate)
        assert trusted(report(site, side, validate_certs=False))


def unusable_paths(folder):
    """Paths that are no source of authorities, and what is wrong with them."""
    texts = {"empty.pem": "", "notes.pem": "no certificate\n", "damaged.pem": DAMAGED}
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "loop.pem").symlink_to(folder / "loop.pem")
    (folder / "unhashed").mkdir()
    (folder / "unhashed" / "ca.pem").write_text("no certificate", encoding="utf-8")
    return {
        "missing.pem": "does not exist",
        "no-folder/ca.pem": "does not exist",
        "empty.pem": "is empty",
        "notes.pem": "has no valid certificate in PEM form",
        "damaged.pem": "has no valid certificate in PEM form",
        "empty.pem/ca.pem": "cannot be read (Not a directory)",
        "loop.pem": "cannot be read (Too many levels of symbolic links)",
        "unhashed": "is a folder without hashed certificates",
    }


DAMAGED = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"


@pytest.mark.parametrize("side", SIDES)
def test_a_ca_path_that_cannot_be_used(sites, side, tmp_path):
    """The certificate of the cluster is not to blame: nothing is sent, and the message has the path."""
    site = start(sites)
    option = f"{'peer.' if side == 'there' else ''}ca_path (host variable element_ca_path)"
    for name, problem in unusable_paths(tmp_path).items():
        path = str(tmp_path / name)
        result = report(site, side, ca_path=path)
        assert result["msg"].startswith(f"{option}: '{path}' {problem} on {os.uname().nodename}; "), result["msg"]
        assert (result["failed"], "error" in result, site.world.calls) == (True, False, [])


@pytest.mark.parametrize("unused", [{"validate_certs": False}, {"cert_fingerprint": "of this cluster"}])
def test_a_ca_path_that_is_not_used_need_not_exist(sites, unused, tmp_path):
    site = start(sites)
    pinned = {"cert_fingerprint": site.running.certificate_sha256("alpha")} if "cert_fingerprint" in unused else unused
    assert trusted(report(site, "here", ca_path=str(tmp_path / "missing.pem"), **pinned))


def test_a_folder_of_hashed_certificates(sites, tmp_path):
    site = start(sites)
    shutil.copy(site.running.ca_file, tmp_path / "ca.pem")
    hashed = subprocess.run(["openssl", "rehash", str(tmp_path)], check=False) if OPENSSL else None
    if hashed is None or hashed.returncode:
        pytest.skip("this machine has no openssl rehash")
    assert trusted(report(site, "here", ca_path=str(tmp_path)))


def test_trust_in_one_side_is_none_in_the_other(sites):
    """A pinned certificate is never taken over by the peer; everything else is, unless it has its own."""
    site = start(sites, "beta", "self_signed")
    pinned = {"ca_path": None, "cert_fingerprint": site.running.certificate_sha256("alpha")}
    peer = {name: value for name, value in site.connection("beta").items() if name != "ca_path"}
    assert refused(site, site.run("pair_info", **pinned, peer=peer), "beta")
    assert trusted(site.run("pair_info", **pinned, validate_certs=False, peer=peer))
    assert not trusted(site.run("pair_info", **pinned, validate_certs=False, peer={**peer, "validate_certs": True}))


def test_a_peer_that_is_not_trusted_is_no_unreachable_peer(sites):
    site = start(sites, "beta", "expired")
    result = site.run("cluster_pair", state="absent", peer_unreachable="local_only")
    assert refused(site, result, "beta")
