# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where the simulated clusters listen: on one address with a port each, or each on its own MVIP."""

from __future__ import annotations

import errno
import socket

import pytest
import requests

from ansible_collections.elementsw.replication.tests.simulator import listening
from ansible_collections.elementsw.replication.tests.simulator.errors import WorldError
from ansible_collections.elementsw.replication.tests.simulator.server import serve
from ansible_collections.elementsw.replication.tests.simulator.world import World

MVIPS = {"alpha": "127.61.0.10", "beta": "127.61.0.20"}


def world(ports=None, **mvips):
    clusters = [{"name": name, "mvip": mvip} for name, mvip in {**MVIPS, **mvips}.items()]
    described = World.from_dict({"clusters": clusters})
    listening.set_ports(described, ports or [])
    return described


def free_port(host):
    with socket.socket() as probe:
        probe.bind((host, 0))
        return probe.getsockname()[1]


def test_every_cluster_on_one_address_unless_requested_otherwise():
    assert listening.addresses(world(), "localhost") == {"alpha": ("127.0.0.1", 0), "beta": ("127.0.0.1", 0)}


def test_every_cluster_on_its_mvip_and_the_port_of_the_api():
    assert listening.addresses(world(), "mvip") == {name: (mvip, 443) for name, mvip in MVIPS.items()}


@pytest.mark.parametrize(
    ("ports", "shown"),
    [
        ([(None, 8443)], {"alpha": 8443, "beta": 8443}),
        ([("beta", 9443)], {"alpha": 443, "beta": 9443}),
        ([(None, 8443), ("beta", 9443)], {"alpha": 8443, "beta": 9443}),
    ],
)
def test_any_port_on_request(ports, shown):
    places = listening.addresses(world(ports), "mvip")
    assert {name: port for name, (_host, port) in places.items()} == shown


@pytest.mark.parametrize(
    ("listen", "mvips", "ports", "parts"),
    [
        ("mvip", {"beta": "192.0.2.20"}, [], ("beta", "192.0.2.20", "127.x.y.z")),
        ("mvip", {"beta": "beta.example.com"}, [], ("beta", "beta.example.com", "127.x.y.z")),
        ("mvip", {"beta": "::1"}, [], ("beta", "::1", "127.x.y.z")),
        ("mvip", {"beta": MVIPS["alpha"]}, [], ("alpha and beta", "127.61.0.10:443")),
        ("localhost", {}, [(None, 8443)], ("alpha and beta", "127.0.0.1:8443")),
        ("mvip", {}, [("beta", 70000)], ("beta", "70000", "65535")),
        ("localhost", {}, [("gamma", 8443)], ("gamma", "alpha, beta")),
    ],
)
def test_where_nothing_can_listen_is_refused_by_name(listen, mvips, ports, parts):
    with pytest.raises(WorldError) as caught:
        listening.addresses(world(ports, **mvips), listen)
    assert [part for part in parts if part not in str(caught.value)] == []


@pytest.mark.parametrize(
    ("number", "parts"),
    [
        (errno.EADDRINUSE, ("127.61.0.10:443", "taken", "--port")),
        (errno.EACCES, ("127.61.0.10:443", "ip_unprivileged_port_start", "--port")),
        (errno.EADDRNOTAVAIL, ("127.61.0.10:443", "address of this machine")),
        (errno.ENOBUFS, ("127.61.0.10:443", "No buffer space")),
    ],
)
def test_why_a_port_cannot_be_had(number, parts):
    error = listening.unavailable("127.61.0.10", 443, OSError(number, "No buffer space"))
    assert [part for part in parts if part not in str(error)] == []


def test_clusters_answer_at_their_mvips_with_certificates_for_them():
    port = free_port(MVIPS["alpha"])
    described = world([(None, port)])
    with serve(described, listen="mvip") as running, requests.Session() as session:
        session.trust_env = False
        session.verify = running.ca_file
        for name, mvip in MVIPS.items():
            assert running.address(name) == (mvip, port)
            (admin,) = described.cluster(name).admins
            url = f"https://{mvip}:{port}/json-rpc/12.5"
            reply = session.post(url, json={"method": "GetClusterInfo"}, auth=(admin.username, admin.password))
            assert reply.json()["result"]["clusterInfo"]["mvip"] == mvip
        hosts = running.inventory()["element_clusters"]["hosts"]
    assert {name: (host["element_hostname"], host["element_port"]) for name, host in hosts.items()} == {
        name: (mvip, port) for name, mvip in MVIPS.items()
    }


def test_a_site_fails_and_comes_back_at_its_mvip():
    port = free_port(MVIPS["alpha"])
    described = world([(None, port)])
    with serve(described, listen="mvip"):
        described.site_down("alpha")
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((MVIPS["alpha"], port), timeout=5)
        socket.create_connection((MVIPS["beta"], port), timeout=5).close()
        described.site_up("alpha")
        socket.create_connection((MVIPS["alpha"], port), timeout=5).close()


@pytest.mark.parametrize("role", ["cluster", "control"])
def test_a_port_that_is_taken_is_a_sentence_and_leaves_nothing_listening(role):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        first = free_port("127.0.0.1")
        ports = [("alpha", first), ("beta", taken)] if role == "cluster" else [("alpha", first)]
        serving = serve(world(ports), control_port=taken if role == "control" else 0)
        with pytest.raises(WorldError, match=f"127.0.0.1:{taken} is taken"), serving:
            pass
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", first), timeout=5)
