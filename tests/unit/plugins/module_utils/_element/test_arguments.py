# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The connection options: defaults, rules, and which of them the peer takes over."""

from __future__ import annotations

import ast
import inspect

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.elementsw.replication.plugins.module_utils._element import arguments

HERE = {"hostname": "192.0.2.10", "username": "ansible", "password": "invented-here"}
THERE = {"hostname": "198.51.100.20", "username": "ansible", "password": "invented-there"}
FINGERPRINT = "ab" * 32


def validated(peer_required=True, **given):
    """The parameters as a module gets them from Ansible, and Ansible's own complaints."""
    validator = ArgumentSpecValidator(
        arguments.connection_spec(), **arguments.connection_rules(peer_required=peer_required)
    )
    result = validator.validate(given)
    return result.validated_parameters, result.error_messages


def test_defaults_of_this_cluster():
    params, errors = validated(**HERE, peer=THERE)
    here, _there = arguments.endpoints(params)
    assert not errors
    assert here == {
        **HERE,
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


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("port", 8443),
        ("validate_certs", False),
        ("ca_path", "/etc/ssl/site-a.pem"),
        ("timeout", 7),
        ("use_proxy", False),
        ("concurrency", 3),
        ("api_version", "12.3"),
    ],
)
def test_explicit_peer_takes_over(option, value):
    params, _errors = validated(**HERE, **{option: value}, peer=THERE)
    _here, there = arguments.endpoints(params)
    assert there[option] == value


def test_explicit_peer_keeps_its_own():
    own = {
        "port": 444,
        "validate_certs": True,
        "ca_path": "/etc/ssl/site-b.pem",
        "timeout": 5,
        "concurrency": 1,
    }
    params, _errors = validated(
        **HERE,
        port=8443,
        validate_certs=False,
        ca_path="/etc/ssl/site-a.pem",
        timeout=60,
        peer={**THERE, **own},
    )
    _here, there = arguments.endpoints(params)
    assert {name: there[name] for name in own} == own


def test_pinned_certificate_is_not_taken_over():
    params, _errors = validated(**HERE, cert_fingerprint=FINGERPRINT, peer=THERE)
    here, there = arguments.endpoints(params)
    assert here["cert_fingerprint"] == FINGERPRINT
    assert there["cert_fingerprint"] is None


@pytest.mark.parametrize("pairs", [[part] * 32 for part in ("ab", "AB", "79", "bF")], ids=lambda pairs: pairs[0])
@pytest.mark.parametrize(
    "form",
    [
        "{}",
        "  {}\n",
        "sha256 Fingerprint={}",
        "SHA256 Fingerprint={}\n",
        "SHA-256 Fingerprint = {}",
        "Fingerprint={}",
        "SHA256:{}",
        "sha256={}",
        "SHA256 {}",
    ],
)
@pytest.mark.parametrize("separator", [":", "", " "])
def test_a_fingerprint_as_openssl_prints_it(pairs, form, separator):
    params, _errors = validated(**HERE, cert_fingerprint=form.format(separator.join(pairs)), peer=THERE)
    assert arguments.check_local(params) is None
    assert arguments.endpoints(params)[0]["cert_fingerprint"] == "".join(pairs).lower()


@pytest.mark.parametrize("option", ["ca_path", "cert_fingerprint", "mvip"])
def test_an_empty_text_is_not_given(option):
    params, _errors = validated(**{**HERE, option: " "}, peer={**THERE, option: ""})
    assert arguments.check_local(params) is None
    assert [side[option] for side in arguments.endpoints(params)] == [None, None]


@pytest.mark.parametrize("option", ["validate_certs", "use_proxy"])
@pytest.mark.parametrize("value", [True, False, "yes", "No", " true ", "0", 1, "off"])
def test_a_host_variable_that_is_yes_or_no(option, value):
    assert arguments.check_value(option, value, "label") is None


@pytest.mark.parametrize("option", ["validate_certs", "use_proxy"])
@pytest.mark.parametrize(("value", "shown"), [("maybe", "'maybe'"), (2, "2"), ([], "[]")])
def test_a_host_variable_that_is_neither(option, value, shown):
    assert arguments.check_value(option, value, "label") == f"label: {shown} cannot be used; give true or false"


def test_blanks_around_a_name_are_dropped():
    params, _errors = validated(**{**HERE, "hostname": " alpha.example.com\n"}, mvip=" 192.0.2.10 ", peer=THERE)
    here, _there = arguments.endpoints(params)
    assert (here["hostname"], here["mvip"]) == ("alpha.example.com", "192.0.2.10")


def test_empty_ca_path_is_the_systems():
    params, _errors = validated(**HERE, ca_path="/etc/ssl/site-a.pem", peer={**THERE, "ca_path": ""})
    here, there = arguments.endpoints(params)
    assert here["ca_path"] == "/etc/ssl/site-a.pem"
    assert there["ca_path"] is None


def test_peer_of_a_host_takes_over_nothing():
    params, errors = validated(
        **HERE,
        port=8443,
        validate_certs=False,
        ca_path="/etc/ssl/site-a.pem",
        timeout=60,
        use_proxy=False,
        concurrency=2,
        api_version="12.3",
        peer={**arguments.peer_host_defaults(), **THERE},
    )
    _here, there = arguments.endpoints(params)
    assert not errors
    plain, _none = arguments.endpoints(validated(**THERE, peer_required=False)[0])
    assert there == plain


def test_no_peer():
    params, errors = validated(**HERE, peer_required=False)
    assert not errors
    assert arguments.endpoints(params)[1] is None
    assert arguments.check_local(params) is None


@pytest.mark.parametrize("name", arguments.REQUIRED)
@pytest.mark.parametrize("empty", [None, ""])
def test_peer_needs_its_own_identity(name, empty):
    params, errors = validated(**HERE, peer={**THERE, name: empty})
    assert not errors
    assert arguments.check_local(params) == f"peer.{name}: missing; give a value"


@pytest.mark.parametrize("name", ["hostname", "mvip"])
def test_a_peer_assumed_gone_needs_a_name_and_nothing_else(name):
    params, errors = validated(**HERE, peer={name: "198.51.100.20"})
    assert not errors
    assert arguments.check_local({**params, "peer_unreachable": "local_only"}).startswith("peer.")
    assumed_gone = {**params, "peer_unreachable": "assume_dead"}
    assert (arguments.check_local(assumed_gone), arguments.endpoints(assumed_gone)[1]) == (None, None)
    nameless = arguments.check_local({**assumed_gone, "peer": {**assumed_gone["peer"], name: ""}})
    assert nameless.startswith("peer.hostname, peer.mvip: missing; give one of them")


def test_this_cluster_is_spoken_to_all_the_same():
    params, _errors = validated(hostname="192.0.2.10", peer={"mvip": "198.51.100.20"})
    problem = arguments.check_local({**params, "peer_unreachable": "assume_dead"})
    assert problem.startswith("username, password: missing; give a value or set the host's variable element_username")


@pytest.mark.parametrize(
    "mvip", ["192.0.2.10", " 192.0.2.10 ", "2001:db8::10", "[2001:db8::10]", "::ffff:192.0.2.10", ""]
)
def test_an_mvip_is_an_address_or_not_given(mvip):
    params, _errors = validated(**HERE, mvip=mvip, peer=THERE)
    assert arguments.check_local(params) is None


@pytest.mark.parametrize(
    ("mvip", "advice"),
    [
        ("alpha.example.com", "give an IPv4 or IPv6 address, such as 192.0.2.10"),
        ("192.0.2.300", "give an IPv4 or IPv6 address, such as 192.0.2.10"),
        ("alpha.example.com:443", "give an IPv4 or IPv6 address, such as 192.0.2.10"),
        ("192.0.2.10/24", "give the address alone, 192.0.2.10"),
        ("192.0.2.10:443", "give the address alone, 192.0.2.10"),
        ("https://192.0.2.10", "give the address alone, 192.0.2.10"),
        ("https://[2001:db8::10]:443/", "give the address alone, 2001:db8::10"),
    ],
)
def test_an_mvip_that_is_none_is_refused(mvip, advice):
    params, _errors = validated(**HERE, peer={**THERE, "mvip": mvip})
    assert arguments.check_local(params) == f"peer.mvip: '{mvip}' cannot be used; {advice}"


@pytest.mark.parametrize(
    "hostname",
    [
        "192.0.2.10",
        " 192.0.2.10\n",
        "2001:db8::10",
        "[2001:db8::10]",
        " [2001:db8::10] ",
        "::ffff:192.0.2.10",
        "localhost",
        "alpha",
        "alpha.example.com",
        "alpha.example.com.",
        "alpha_1.example.com",
        "speicher-köln.example.com",
    ],
)
def test_a_hostname_is_a_name_or_an_address(hostname):
    params, _errors = validated(hostname=hostname, username="ansible", password="invented", peer=THERE)
    assert arguments.check_local(params) is None


PORT = "as port (host variable element_port)"
NEITHER = "give a DNS name, or an IPv4 or IPv6 address, such as 192.0.2.10"


@pytest.mark.parametrize(
    ("hostname", "advice"),
    [
        ("192.0.2.10/24", "give the address alone, 192.0.2.10"),
        ("2001:db8::10/64", "give the address alone, 2001:db8::10"),
        ("https://192.0.2.10", "give the address alone, 192.0.2.10"),
        ("https://alpha.example.com/", "give the name alone, alpha.example.com"),
        ("HTTPS://192.0.2.10:8443/json-rpc/10.0", f"give the address alone, 192.0.2.10, and 8443 {PORT}"),
        ("alpha:8443", f"give the name alone, alpha, and 8443 {PORT}"),
        (" 192.0.2.10:443 ", f"give the address alone, 192.0.2.10, and 443 {PORT}"),
        ("[2001:db8::10]:8443", f"give the address alone, 2001:db8::10, and 8443 {PORT}"),
        ("alpha:", "give the name alone, alpha"),
        ("alpha/path", "give the name alone, alpha"),
        ("alpha?x=1", "give the name alone, alpha"),
        ("alpha#x", "give the name alone, alpha"),
        ("//alpha", "give the name alone, alpha"),
        ("192.0.2.300", NEITHER),
        ("192.0.2", NEITHER),
        ("10", NEITHER),
        ("alpha beta", NEITHER),
        ("alpha,beta", NEITHER),
        ("[2001:db8::10", "give the address alone, 2001:db8::10"),
        ("https://", NEITHER),
        ("-", NEITHER),
        ("x" * 300, NEITHER),
    ],
)
@pytest.mark.parametrize("side", ["", "peer."])
def test_a_hostname_that_is_more_than_that_is_refused(hostname, advice, side):
    wrong = {"hostname": hostname}
    params, _errors = validated(**{**HERE, "peer": {**THERE, **(wrong if side else {})}, **({} if side else wrong)})
    problem = arguments.check_local(params)
    assert problem.startswith(f"{side}hostname: '{hostname.strip()[:60]}")
    assert problem.endswith(f"' cannot be used; {advice}")
    assert len(problem) < 200


@pytest.mark.parametrize(
    "hostname",
    [
        "admin@alpha",
        "https://admin:In-vented@alpha/",
        "admin:In-vented/12@alpha",
        "https://admin:In-vented@@alpha:443/#x",
    ],
)
def test_the_login_in_a_hostname_is_not_shown(hostname):
    params, _errors = validated(hostname=hostname, username="ansible", password="invented", peer=THERE)
    problem = arguments.check_local(params)
    assert problem.startswith("hostname: its value cannot be used; give the name alone, alpha, ")
    assert problem.endswith("the user as username (host variable element_username)")
    assert "In-vented" not in problem


def test_the_mvip_of_this_cluster_is_never_the_peers():
    params, _errors = validated(**HERE, mvip="192.0.2.10", peer=THERE)
    here, there = arguments.endpoints(params)
    assert (here["mvip"], there["mvip"]) == ("192.0.2.10", None)


def test_one_way_to_name_the_peer():
    assert validated(**HERE, peer=THERE, peer_host="beta")[1]
    assert validated(**HERE)[1]
    assert not validated(**HERE, peer_host="beta")[1]


def test_passwords_are_masked():
    spec = arguments.connection_spec()
    assert spec["password"]["no_log"] is True
    assert spec["peer"]["options"]["password"]["no_log"] is True


def test_spec_is_a_copy():
    arguments.connection_spec()["peer"]["options"]["port"]["default"] = 1
    arguments.connection_spec()["port"]["default"] = 1
    assert arguments.CONNECTION["port"]["default"] == 443


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"port": 0}, "port: 0 cannot be used; give a number from 1 to 65535"),
        ({"port": 65536}, "port: 65536 cannot be used; give a number from 1 to 65535"),
        ({"timeout": 0}, "timeout: 0 cannot be used; give a number of seconds from 1 to 86400"),
        ({"timeout": 86401}, "timeout: 86401 cannot be used; give a number of seconds from 1 to 86400"),
        ({"concurrency": 0}, "concurrency: 0 cannot be used; give a number from 1 to 32"),
        ({"concurrency": 33}, "concurrency: 33 cannot be used; give a number from 1 to 32"),
        ({"api_version": "9.6"}, "api_version: '9.6' cannot be used; give a version"),
        ({"api_version": "latest"}, "api_version: 'latest' cannot be used; give a version"),
        (
            {"cert_fingerprint": "ab:cd"},
            "cert_fingerprint: 'ab:cd' cannot be used; give the SHA-256 fingerprint",
        ),
        ({"cert_fingerprint": "sha1 Fingerprint=" + ":".join(["AB"] * 20)}, "cert_fingerprint: 'sha1 Finger"),
        ({"hostname": " "}, "hostname: missing; give a value or set the host's variable element_hostname"),
        ({"hostname": ""}, "hostname: missing; give a value or set the host's variable element_hostname"),
        ({"password": ""}, "password: missing"),
        ({"peer": {**THERE, "port": 70000}}, "peer.port: 70000 cannot be used"),
        ({"peer": {**THERE, "password": ""}}, "peer.password: missing; give a value"),
    ],
)
def test_values_that_make_no_sense(given, sentence):
    params, errors = validated(**{**HERE, "peer": THERE, **given})
    assert not errors
    assert arguments.check_local(params).startswith(sentence)


@pytest.mark.parametrize(
    "given",
    [
        {"port": 1},
        {"port": 65535},
        {"concurrency": 1},
        {"concurrency": 32},
        {"timeout": 1},
        {"api_version": "10.0"},
        {"api_version": "12.10"},
        {"cert_fingerprint": FINGERPRINT},
        {"cert_fingerprint": ":".join(["AB"] * 32)},
        {"cert_fingerprint": ""},
        {"cert_fingerprint": " "},
    ],
)
def test_values_at_the_edge(given):
    params, errors = validated(**{**HERE, "peer": THERE, **given})
    assert not errors
    assert arguments.check_local(params) is None


def test_nothing_given():
    params, _errors = validated(peer=THERE)
    assert arguments.check_local(params) == (
        "hostname, username, password: missing; give a value or set the host's variable "
        "element_hostname, element_username, element_password"
    )


def test_unresolved_peer_host():
    params, _errors = validated(**HERE, peer_host="beta")
    assert arguments.check_local(params).startswith("peer_host: ")
    assert "action plugin" in arguments.check_local(params)


def test_imports_neither_requests_nor_ansible():
    imported = set()
    for node in ast.walk(ast.parse(inspect.getsource(arguments))):
        if isinstance(node, ast.Import):
            imported.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            imported.add(node.module)
    assert imported == {"__future__", "collections.abc", "copy", "re", "typing"}
