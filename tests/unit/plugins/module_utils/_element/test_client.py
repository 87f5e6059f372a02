# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The client of one cluster over real HTTPS: envelope, odd replies, what is sent again and what is not, trust."""

from __future__ import annotations

import pytest

from ansible_collections.elementsw.replication.plugins.module_utils._element.client import PROBE_PAUSES, Client
from ansible_collections.elementsw.replication.plugins.module_utils._element.errors import ApiError, Failure, Unanswered
from ansible_collections.elementsw.replication.plugins.module_utils._element.transport import Endpoint, Transport

PAUSES = (0.1, 0.2, 0.3)


@pytest.fixture
def alpha(sites):
    """A cluster, and a client for it that does not really pause."""
    site = sites([{"name": "alpha", "volumes": [{"name": "orders-db", "id": 41}]}, {"name": "beta"}])
    site.pauses = []
    return site


def client(site, is_peer=False, **more):
    options = {**site.connection("alpha"), **more}
    version = options.pop("api_version", "12.5")
    return Client(Transport(Endpoint(**options)), version, pauses=PAUSES, sleep=site.pauses.append, is_peer=is_peer)


def failure(call, *args):
    with pytest.raises(Failure) as caught:
        call(*args)
    return caught.value


# --- the envelope -----------------------------------------------------------------------------------------------------


def test_members_without_a_value_are_not_sent(alpha):
    client(alpha).call("ListVolumes", {"volumeIDs": [41], "isPaired": None, "limit": None})
    (call,) = alpha.world.calls
    assert call.params == {"volumeIDs": [41]}


def test_false_is_a_value(alpha):
    client(alpha).call("ListVolumes", {"includeVirtualVolumes": False})
    assert alpha.world.calls[0].params == {"includeVirtualVolumes": False}


@pytest.mark.parametrize("place", ["warning", "top_level"])
@pytest.mark.parametrize("shape", ["mapping", "list"])
def test_a_parameter_that_was_not_recognised_is_a_warning_without_its_value(alpha, shape, place):
    alpha.world.switches.set({"unused_parameters_shape": shape, "unused_parameters_place": place})
    one = client(alpha)
    one.call("ListVolumes", {"volumeIdz": ["some value"]})
    (warning,) = one.warnings
    assert "ListVolumes" in warning
    assert "volumeIdz" in warning
    assert "some value" not in warning


@pytest.mark.parametrize("warning", ["null", '"careful"', "[]", '{"unusedParameters": null}', "{}"])
def test_a_warning_of_another_form_is_no_trouble(alpha, warning):
    reply = f'{{"id": 1, "result": {{"volumes": []}}, "warning": {warning}}}'
    alpha.world.faults.add("alpha", "ListVolumes", fault="reply", message=reply)
    one = client(alpha)
    assert (one.call("ListVolumes"), one.warnings) == ({"volumes": []}, ())


@pytest.mark.parametrize("reply", ['"id": 1, ', '"id": "1", ', '"id": null, ', ""])
def test_a_reply_may_have_the_id_in_any_form(alpha, reply):
    alpha.world.faults.add("alpha", "ListVolumes", fault="reply", message=f'{{{reply}"result": {{"volumes": []}}}}')
    assert client(alpha).call("ListVolumes") == {"volumes": []}


def test_the_reply_to_another_call_is_none(alpha):
    """A cache answered with a volume as it had been, and that was taken for its state."""
    one = client(alpha)
    one.call("ListVolumes", {"volumeIDs": [41]})
    alpha.world.call("alpha", "ModifyVolume", {"volumeID": 41, "access": "replicationTarget"})
    alpha.world.faults.add("alpha", "ListVolumes", times=2, fault="cached")
    (volume,) = one.call("ListVolumes", {"volumeIDs": [41]})["volumes"]
    assert (volume["access"], len(alpha.pauses)) == ("replicationTarget", 2)


def test_a_write_with_the_reply_to_another_call_may_have_taken_effect(alpha):
    alpha.world.faults.add("alpha", "CreateSnapshot", fault="reply", message='{"id": 99, "result": {"snapshotID": 1}}')
    error = failure(client(alpha).call, "CreateSnapshot", {"volumeID": 41})
    assert (error.code, error.outcome_unknown, "the reply to another call" in error.sentence) == (
        "bad_reply",
        True,
        True,
    )


@pytest.mark.parametrize("status", [200, 500])
def test_an_error_is_read_whatever_the_http_status(alpha, status):
    alpha.world.switches.error_status = status
    error = failure(client(alpha).call, "StartVolumePairing", {"volumeID": 999})
    assert isinstance(error, ApiError)
    assert (error.code, error.name, error.cluster, error.method) == (
        "api_error",
        "xVolumeIDDoesNotExist",
        "{}:{}".format(*alpha.running.address("alpha")),
        "StartVolumePairing",
    )
    assert not error.outcome_unknown


@pytest.mark.parametrize("name", ["xPermissionDenied", "xUnknownUsername"])
def test_a_missing_right_has_a_code_of_its_own(alpha, name):
    alpha.world.faults.add("alpha", fault=name)
    error = failure(client(alpha).call, "StartClusterPairing")
    assert (error.code, "access administrator" in error.sentence) == ("permission", True)


# --- replies that are none --------------------------------------------------------------------------------------------

ODD = {
    "http_502": "unreachable",
    "http_503": "unreachable",
    "empty": "unreachable",
    "null": "unreachable",
    "truncated": "bad_reply",
    "html_200": "bad_reply",
    "no_result": "bad_reply",
}


@pytest.mark.parametrize(("fault", "code"), ODD.items())
def test_a_write_with_an_odd_reply_is_sent_once_and_its_outcome_is_not_known(alpha, fault, code):
    alpha.world.faults.add("alpha", fault=fault, times=None)
    error = failure(client(alpha).call, "StartClusterPairing")
    assert isinstance(error, Unanswered)
    assert (error.code, error.outcome_unknown, error.down) == (code, True, code == "unreachable")
    assert (len(alpha.world.calls), alpha.pauses) == (1, [])


@pytest.mark.parametrize(
    "body",
    [
        "[" * 100000,
        '{"result": {"clusterPairs": [NaN]}}',
        '{"result": {"clusterPairs": [Infinity]}}',
        '{"result": {"clusterPairs": [' + "9" * 100000 + "]}}",
        '{"result": {"clusterPairs": []}} {}',
        "{'result': {}}",
        '[{"result": {}}]',
        '{"result": []}',
        '{"error": "xSomething"}',
        '{"Result": {}}',
    ],
)
def test_what_is_no_json_rpc_is_a_bad_reply(alpha, body):
    alpha.world.faults.add("alpha", fault="reply", message=body, times=None)
    error = failure(client(alpha).call, "ListClusterPairs")
    assert (error.code, error.outcome_unknown, error.down) == ("bad_reply", True, False)


@pytest.mark.parametrize(
    "body",
    ['{"result": {}, "result": {"a": 1}}', '{"error": null, "result": {"a": 1}}', '{"result": {"a": 1}, "more": []}'],
)
def test_what_there_is_beside_the_result_is_nothing_to_worry_about(alpha, body):
    alpha.world.faults.add("alpha", fault="reply", message=body)
    assert client(alpha).call("ListClusterPairs") == {"a": 1}


@pytest.mark.parametrize("method", ["ListClusterPairs", "StartClusterPairing"])
def test_a_reply_without_end_is_no_reason_to_ask_again(alpha, method):
    alpha.world.faults.add("alpha", fault="endless", times=None)
    error = failure(client(alpha, longest_reply=2**20).call, method)
    assert (error.code, error.outcome_unknown, error.down) == ("bad_reply", True, False)
    assert "more than 1 MiB" in error.sentence
    assert (len(alpha.world.calls), alpha.pauses) == (1, [])


def test_a_read_whose_reply_drips_is_repeated_like_any_other(alpha):
    alpha.world.faults.add("alpha", fault="drip", seconds=0.2, times=1)
    assert client(alpha, timeout=1).call("ListClusterPairs") == {"clusterPairs": []}
    assert alpha.pauses == [0.1]


@pytest.mark.parametrize("fault", [*ODD, "drop_before", "drop_after", "xDBVersionMismatch", "xNotPrimary"])
def test_a_read_is_repeated_with_growing_pauses(alpha, fault):
    alpha.world.faults.add("alpha", "ListClusterPairs", fault=fault, times=2)
    assert client(alpha).call("ListClusterPairs") == {"clusterPairs": []}
    assert alpha.pauses == [0.1, 0.2]


def test_a_read_is_not_repeated_for_ever(alpha):
    alpha.world.faults.add("alpha", fault="http_503", times=None)
    assert failure(client(alpha).call, "ListClusterPairs").code == "unreachable"
    assert (len(alpha.world.calls), alpha.pauses) == (4, [0.1, 0.2, 0.3])


@pytest.mark.parametrize("fault", ["http_401", "xPermissionDenied", "xUnknownAPIMethod"])
def test_a_read_is_not_repeated_where_that_cannot_help(alpha, fault):
    alpha.world.faults.add("alpha", fault=fault, times=None)
    failure(client(alpha).call, "ListClusterPairs")
    assert len(alpha.world.calls) == 1


def test_a_method_that_purges_what_it_reads_is_not_repeated(alpha):
    alpha.world.faults.add("alpha", fault="empty", times=None)
    failure(client(alpha).call, "GetAsyncResult", {"asyncHandle": 1})
    assert len(alpha.world.calls) == 1


@pytest.mark.parametrize("fault", [*ODD, "drop_before", "xNotPrimary"])
def test_a_probe_is_three_attempts(alpha, fault):
    alpha.world.faults.add("alpha", fault=fault, times=2)
    assert client(alpha).probe("GetClusterInfo", 10)["clusterInfo"]["name"] == "alpha"
    alpha.world.faults.add("alpha", fault=fault, times=None)
    alpha.world.clear_calls()
    alpha.pauses.clear()
    failure(client(alpha).probe, "GetClusterInfo", 10)
    assert (len(alpha.world.calls), alpha.pauses) == (3, list(PROBE_PAUSES))


@pytest.mark.parametrize("fault", ["http_401", "http_404", "xPermissionDenied", "redirect"])
def test_a_probe_is_not_repeated_where_that_cannot_help(alpha, fault):
    message = {"message": "https://192.0.2.1/"} if fault == "redirect" else {}
    alpha.world.faults.add("alpha", "GetClusterInfo", fault=fault, times=None, **message)
    failure(client(alpha).probe, "GetClusterInfo", 10)
    # Which versions are served is asked once.
    assert len(alpha.world.calls_of("alpha", "GetClusterInfo")) == (3 if fault == "redirect" else 1)


class Timed(Transport):
    """A transport that notes how long each request may take."""

    def __init__(self, endpoint):
        super().__init__(endpoint)
        self.timeouts = []

    def post(self, path, body, timeout=None):
        self.timeouts.append(timeout)
        return super().post(path, body, timeout)


@pytest.mark.parametrize(("own", "seconds", "longest"), [(30, 3, 1), (1, 30, 1)])
def test_the_attempts_of_a_probe_share_its_time(alpha, own, seconds, longest):
    alpha.world.faults.add("alpha", fault="slow", seconds=60, times=None)
    timed = Timed(Endpoint(**alpha.connection("alpha", timeout=own)))
    error = failure(Client(timed, "12.5", sleep=alpha.pauses.append).probe, "GetClusterInfo", seconds)
    assert (error.code, error.down) == ("unreachable", True)
    assert error.reason.startswith("no reply within")
    assert len(timed.timeouts) == 3
    assert max(timed.timeouts) <= longest
    assert sum(timed.timeouts) <= seconds


def test_a_probe_makes_no_further_attempt_when_its_time_is_over(alpha):
    """A name with several addresses gives each of them the timeout; here it is a pause that takes the time."""
    alpha.world.faults.add("alpha", fault="empty", times=None)
    failure(client(alpha).probe, "GetClusterInfo", sum(PROBE_PAUSES) / 2)
    assert 1 <= len(alpha.world.calls) < 1 + len(PROBE_PAUSES)


# --- a cluster that fails ---------------------------------------------------------------------------------------------


def lost(site):
    """A client whose read has failed after all of its attempts; the faults are over."""
    one = client(site)
    site.world.faults.add("alpha", "GetLimits", fault="http_502", times=len(PAUSES) + 1)
    failure(one.call, "GetLimits")
    site.world.clear_calls()
    site.pauses.clear()
    return one


def test_what_is_given_up_is_asked_once_by_each_later_read(alpha):
    one = lost(alpha)
    alpha.world.faults.add("alpha", fault="empty", times=None)
    for method in ("ListClusterPairs", "ListVolumes"):
        assert failure(one.call, method).code == "unreachable"
    assert ([call.method for call in alpha.world.calls], alpha.pauses) == (["ListClusterPairs", "ListVolumes"], [])


def test_an_answer_ends_that(alpha):
    one = lost(alpha)
    one.call("ListClusterPairs")
    alpha.world.faults.add("alpha", fault="empty", times=2)
    one.call("ListClusterPairs")
    assert alpha.pauses == [0.1, 0.2]


@pytest.mark.parametrize(
    ("method", "fault"), [("GetLimits", "html_200"), ("GetLimits", "xNotPrimary"), ("StartClusterPairing", "http_502")]
)
def test_a_cluster_is_not_given_up_for_less(alpha, method, fault):
    """It has answered, if with rubbish; or it was a write, which had one attempt."""
    one = client(alpha)
    alpha.world.faults.add("alpha", method, fault=fault, times=len(PAUSES) + 1)
    failure(one.call, method)
    alpha.pauses.clear()
    alpha.world.faults.add("alpha", "ListClusterPairs", fault="empty", times=1)
    one.call("ListClusterPairs")
    assert alpha.pauses == [0.1]


# --- what messages call it --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("is_peer", [False, True])
def test_a_cluster_that_does_not_answer_is_named_by_its_address(alpha, is_peer):
    one = client(alpha, is_peer=is_peer)
    address = "{}:{}".format(*alpha.running.address("alpha"))
    alpha.world.faults.add("alpha", fault="http_502", times=None)
    nameless = failure(one.call, "StartClusterPairing")
    one.name = "alpha"
    known = failure(one.call, "StartClusterPairing")
    peer = " (the peer)" if is_peer else ""
    assert f"cluster {address}{peer} answered" in nameless.sentence
    assert f"cluster alpha at {address}{peer} answered" in known.sentence
    assert (nameless.cluster, known.cluster) == (address, "alpha")


@pytest.mark.parametrize(
    ("hostname", "port", "address"),
    [
        ("alpha.example.com", 443, "alpha.example.com"),
        ("192.0.2.10", 8443, "192.0.2.10:8443"),
        ("2001:db8::10", 443, "2001:db8::10"),
        ("2001:db8::10", 8443, "[2001:db8::10]:8443"),
    ],
)
def test_an_address_is_written_as_people_write_it(hostname, port, address):
    assert Client(Transport(Endpoint(hostname, "ansible", "Only-here-9dF", port)), "10.0").name == address


def test_whether_anything_was_written(alpha):
    one = client(alpha)
    one.call("GetLimits")
    assert not one.has_written
    alpha.world.faults.add("alpha", fault="drop_before")
    failure(one.call, "StartClusterPairing")
    assert one.has_written


def test_a_slow_reply_runs_out_of_time(alpha):
    alpha.world.faults.add("alpha", fault="slow", seconds=3, times=None)
    error = failure(client(alpha, timeout=1).call, "StartClusterPairing")
    assert (error.code, error.outcome_unknown) == ("unreachable", True)
    assert "no reply within 1 s" in error.sentence


def test_a_refused_connection_was_never_sent(alpha):
    alpha.world.site_down("alpha")
    error = failure(client(alpha).call, "StartClusterPairing")
    assert (error.code, error.outcome_unknown, error.down) == ("unreachable", False, True)
    assert "check hostname, port and the network" in error.sentence


def test_a_name_that_does_not_resolve(alpha):
    error = failure(client(alpha, hostname="no-such-host.invalid").call, "StartClusterPairing")
    assert (error.code, error.outcome_unknown) == ("unreachable", False)


def test_wrong_credentials(alpha):
    error = failure(client(alpha, password="Wrong-on-purpose").call, "GetClusterInfo")
    assert error.code == "authentication"
    assert "Wrong-on-purpose" not in error.sentence


def test_an_api_version_that_is_not_served_names_those_that_are(alpha):
    error = failure(client(alpha, api_version="99.9").call, "GetClusterInfo")
    assert error.code == "unsupported_api_version"
    assert "10.0" in error.sentence
    assert "12.5" in error.sentence


def test_a_password_may_hold_any_characters(sites):
    password = "Größe €5 {{ x }} \"'"
    site = sites([{"name": "alpha", "admins": [{"username": "änsible", "password": password}]}, {"name": "beta"}])
    site.pauses = []
    assert client(site).call("GetClusterInfo")["clusterInfo"]["name"] == "alpha"


# --- TLS --------------------------------------------------------------------------------------------------------------


def tls(site, **more):
    return client(site, **{"ca_path": None, **more})


@pytest.mark.parametrize("certificate", ["unknown_ca", "wrong_name", "expired"])
def test_a_certificate_that_does_not_fit_is_refused_with_the_remedy(sites, certificate):
    site = sites([{"name": "alpha", "certificate": certificate}, {"name": "beta"}])
    site.pauses = []
    error = failure(client(site).call, "GetClusterInfo")
    assert error.code == "tls"
    assert "ca_path" in error.sentence
    assert "cert_fingerprint" in error.sentence
    assert (site.world.calls, site.pauses) == ([], [])
    assert tls(site, validate_certs=False).call("GetClusterInfo")
    pinned = site.running.certificate_sha256("alpha")
    assert tls(site, cert_fingerprint=pinned).call("GetClusterInfo")


def test_certificates_are_verified_by_default(alpha):
    assert failure(tls(alpha).call, "GetClusterInfo").code == "tls"


@pytest.mark.parametrize(
    "write", [str.lower, str.upper, lambda text: ":".join(text[n : n + 2] for n in range(0, 64, 2))]
)
def test_a_pinned_certificate_is_trusted_however_it_is_written(alpha, write):
    pinned = alpha.running.certificate_sha256("alpha").replace(":", "")
    assert tls(alpha, cert_fingerprint=write(pinned)).call("GetClusterInfo")


def test_no_other_certificate_than_the_pinned_one(alpha):
    error = failure(client(alpha, cert_fingerprint=alpha.running.certificate_sha256("beta")).call, "GetClusterInfo")
    assert error.code == "tls"


def test_the_ca_file_beats_the_environment(alpha, monkeypatch):
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.setenv(name, "/nowhere.pem")
    assert client(alpha).call("GetClusterInfo")


def test_a_ca_file_that_is_not_there(alpha):
    error = failure(tls(alpha, ca_path="/nowhere.pem").call, "GetClusterInfo")
    assert (error.code, "/nowhere.pem" in error.sentence) == ("tls", True)
