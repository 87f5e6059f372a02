# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The arguments of the event source become the parameters of element_pair_info, or one message."""

from __future__ import annotations

import pytest

from ansible_collections.elementsw.replication.plugins.module_utils._element.arguments import check_local, endpoints
from ansible_collections.elementsw.replication.plugins.plugin_utils._source_arguments import (
    ArgumentProblem,
    parameters,
)

SECRET = "s3cret-of-alpha"
PEER = {"hostname": "198.51.100.20", "username": "watcher", "password": "s3cret-of-beta"}
GIVEN = {"hostname": "192.0.2.10", "username": "watcher", "password": SECRET, "peer": PEER}


def test_defaults():
    params, interval = parameters(GIVEN)
    assert interval == 60
    assert params["max_lag"] is None
    assert check_local(params) is None
    local, peer = endpoints(params)
    assert local == {
        "hostname": "192.0.2.10",
        "username": "watcher",
        "password": SECRET,
        "port": 443,
        "validate_certs": True,
        "ca_path": None,
        "cert_fingerprint": None,
        "api_version": "10.0",
        "timeout": 30,
        "use_proxy": True,
        "concurrency": 6,
        "mvip": None,
    }
    assert peer == {**local, **PEER}


def test_the_peer_inherits_what_an_explicit_peer_inherits():
    params, _interval = parameters({**GIVEN, "port": 8443, "cert_fingerprint": "ab" * 32, "validate_certs": False})
    peer = endpoints(params)[1]
    assert (peer["port"], peer["validate_certs"], peer["cert_fingerprint"]) == (8443, False, None)


@pytest.mark.parametrize(
    ("given", "used"), [({}, "/etc/ca.pem"), ({"ca_path": None}, "/etc/ca.pem"), ({"ca_path": ""}, None)]
)
def test_the_authorities_of_the_peer(given, used):
    params, _interval = parameters({**GIVEN, "ca_path": "/etc/ca.pem", "peer": {**PEER, **given}})
    assert endpoints(params)[1]["ca_path"] == used


@pytest.mark.parametrize("text", [True, False])
def test_types(text):
    """The values of variables can be texts, as templates return them."""
    values = {"port": 8443, "timeout": 5, "concurrency": 2, "use_proxy": False, "max_lag": 12.5, "interval": 30}
    params, interval = parameters({**GIVEN, **{name: str(value) if text else value for name, value in values.items()}})
    assert {**{name: params[name] for name in values if name != "interval"}, "interval": interval} == values


def test_what_is_empty_is_not_given():
    empty = {"port": "", "ca_path": " ", "max_lag": None, "interval": "", "mvip": None, "api_version": ""}
    assert parameters({**GIVEN, **empty}) == parameters(GIVEN)
    assert parameters({**GIVEN, "peer": {**PEER, "port": "", "timeout": None}}) == parameters(GIVEN)


def test_without_a_peer():
    assert endpoints(parameters({**GIVEN, "peer": None})[0])[1] is None


def test_a_template_makes_a_number_of_a_text_of_digits():
    assert parameters({**GIVEN, "password": 123456})[0]["password"] == "123456"
    assert parameters({**GIVEN, "api_version": 12.3})[0]["api_version"] == "12.3"


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"hostname": None}, "hostname: missing; give a value"),
        ({"username": "", "password": None}, "username, password: missing; give a value"),
        ({"peer": {}}, "peer.hostname, peer.username, peer.password: missing; give a value"),
        ({"peer": {**PEER, "password": ""}}, "peer.password: missing; give a value"),
        ({"peer": "beta"}, "peer: 'beta' is no dictionary; give the options of the connection to the other cluster"),
        ({"peer": ["beta"]}, "peer: it is no dictionary; give the options of the connection to the other cluster"),
        (
            {"peer_host": "beta"},
            "peer_host: an event source reads no inventory; give peer, with the options of the connection to that cluster",
        ),
        (
            {"max_lags": 3, "volume": "x"},
            "max_lags, volume: there are no such arguments; known are hostname, username,",
        ),
        ({"peer": {**PEER, "max_lag": 3}}, "peer.max_lag: there are no such arguments; known are hostname, username,"),
        ({"peer": {**PEER, "peer_host": "beta"}}, "peer.peer_host: there are no such arguments; known are hostname,"),
        ({"port": "https"}, "port: 'https' cannot be used; give a number from 1 to 65535"),
        ({"port": 1.5}, "port: 1.5 cannot be used; give a number from 1 to 65535"),
        ({"port": True}, "port: True cannot be used; give a number from 1 to 65535"),
        ({"peer": {**PEER, "timeout": 0}}, "peer.timeout: 0 cannot be used; give a number of seconds from 1 to 86400"),
        ({"validate_certs": "maybe"}, "validate_certs: 'maybe' cannot be used; give true or false"),
        ({"hostname": "https://192.0.2.10"}, "hostname: 'https://192.0.2.10' cannot be used; give the address alone"),
        ({"hostname": ["192.0.2.10"]}, "hostname: a list cannot be used; give a text"),
        ({"ca_path": {"file": "x"}}, "ca_path: a dictionary cannot be used; give a text"),
        ({"interval": 0}, "interval: 0 cannot be used; give a number of seconds from 1 to 86400"),
        ({"interval": "often"}, "interval: 'often' cannot be used; give a number of seconds from 1 to 86400"),
        ({"interval": float("nan")}, "interval: nan cannot be used; give a number of seconds from 1 to 86400"),
        ({"max_lag": -1}, "max_lag: -1 cannot be used; give the seconds that a target may be behind"),
        ({"max_lag": "nan"}, "max_lag: 'nan' cannot be used; give the seconds that a target may be behind"),
        ({"max_lag": True}, "max_lag: True cannot be used; give the seconds that a target may be behind"),
    ],
    ids=str,
)
def test_one_message(wrong, message):
    with pytest.raises(ArgumentProblem) as problem:
        parameters({**GIVEN, **wrong})
    assert str(problem.value).startswith(message)


@pytest.mark.parametrize("value", [[SECRET], {"text": SECRET}, True, 1.5])
@pytest.mark.parametrize("name", ["password", "username"])
def test_no_message_shows_a_login(name, value):
    with pytest.raises(ArgumentProblem) as problem:
        parameters({**GIVEN, name: value})
    assert str(problem.value).startswith(f"{name}: ")
    assert SECRET not in str(problem.value)
    assert str(value) not in str(problem.value)


def test_no_message_shows_a_login_in_a_peer_that_is_no_dictionary():
    with pytest.raises(ArgumentProblem) as problem:
        parameters({**GIVEN, "peer": f"watcher:{SECRET}@198.51.100.20"})
    assert SECRET not in str(problem.value)
