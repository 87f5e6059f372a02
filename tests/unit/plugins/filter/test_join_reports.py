# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The reports of several links become one."""

from __future__ import annotations

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.elementsw.replication.plugins.filter.join_reports import FilterModule, join_reports
from ansible_collections.elementsw.replication.tests.unit.plugins.filter.reports import (
    problem,
    report,
    side,
    volume_pair,
)

READ = {"changed": False, "healthy": True}
SKIPPED = {"changed": False, "skipped": True}
NO_ANSWER = {"failed": True, "msg": "alpha timed out", "error": {"code": "unreachable"}}
REFUSED = {"failed": True, "msg": "wrong password", "error": {"code": "authentication"}}
NO_PAIRS = {
    **dict.fromkeys(("pairs", "protected", "late", "copying", "paused", "not_replicating", "not_known"), 0),
    **dict.fromkeys(("worst_lag_seconds", "worst_lag_volume")),
}
NOT_PAIRED = problem("not paired", code="not_paired")


def link(here, there, pairs=(), **others):
    """The item of the loop over the links of `here`."""
    return {
        **report(pairs, here, there, **others),
        "ansible_loop_var": "which",
        "which": {"cluster": here, "peer": there},
    }


def join(answers, links=None, halves=None, **others):
    names = ["alpha", "beta", "gamma"][: len(answers)]
    nothing = [{} for name in names]
    return join_reports(names, answers, links or [[] for name in names], halves or nothing, **others)


def test_everything_was_read():
    first, second = link("alpha", "beta"), link("alpha", "gamma", healthy=False, problems=[problem("a", "warning")])
    third = link("beta", "gamma", problems=[problem("a", "warning"), problem("A", "warning")])
    joined = join([READ] * 3, [[first, second], [SKIPPED, third], []], [SKIPPED] * 3)
    assert joined == {
        "answering": ["alpha", "beta", "gamma"],
        "clusters": [
            {"name": name, "mvip": None, "version": None, "answered": True} for name in ("alpha", "beta", "gamma")
        ],
        "hosts": {"alpha": "alpha", "beta": "beta", "gamma": "gamma"},
        "pairs": [first, second, third],
        "halves": [],
        "unread": [],
        "ignored": [],
        "problems": [problem("a", "warning"), problem("A", "warning")],
        "healthy": True,
        "summary": NO_PAIRS,
    }


def test_the_names_of_clusters_by_host():
    named = {**READ, "clusters": {"local": {"name": "sf-alpha"}, "peer": None}}
    read = {
        **report([], "sf-alpha", "sf-beta"),
        "ansible_loop_var": "which",
        "which": {"cluster": "alpha", "peer": "beta"},
    }
    assert join([named], [[read]])["hosts"] == {"alpha": "sf-alpha", "beta": "sf-beta"}
    assert join([named, NO_ANSWER])["hosts"] == {"alpha": "sf-alpha", "beta": "beta"}


@pytest.mark.parametrize(
    ("answer", "code", "message", "remedy"),
    [
        (
            NO_ANSWER,
            "peer_unreachable",
            "cluster beta does not answer",
            "check its hostname, its port, its power, the network, and the proxy",
        ),
        (REFUSED, "authentication", "cluster beta was not read: wrong password", "do what the message says"),
        ({"failed": True, "msg": "odd"}, "not_read", "cluster beta was not read: odd", "do what the message says"),
        ({"msg": "odd", "error": None}, "not_read", "cluster beta was not read: odd", "do what the message says"),
        ({}, "not_read", "cluster beta was not read: the task did not run", "do what the message says"),
    ],
)
def test_a_cluster_that_was_not_read_is_one_problem(answer, code, message, remedy):
    joined = join([READ, answer])
    (found,) = joined["unread"]
    assert found["remedy"].startswith(remedy)
    expected = {"severity": "error", "cluster": "beta", "remedy": found["remedy"]}
    expected.update(dict.fromkeys(("volume", "volume_id", "account", "command", "count")))
    assert found == {"code": code, "message": message, **expected}
    assert (joined["problems"], joined["healthy"], joined["answering"]) == ([found], False, ["alpha"])


def test_a_link_that_was_not_read_is_one_problem():
    failed = {**REFUSED, "ansible_loop_var": "item", "item": {"cluster": "alpha", "peer": "beta"}}
    joined = join([READ, READ], [[failed], []])
    assert [(found["code"], found["cluster"], found["message"]) for found in joined["problems"]] == [
        ("authentication", "alpha", "clusters alpha and beta were not read together: wrong password")
    ]
    assert (joined["pairs"], joined["healthy"]) == ([], False)


def with_name(name):
    return {**READ, "clusters": {"local": {"name": name, "mvip": None, "version": "12.5"}, "peer": None}}


def silent_peer(name, mvip):
    known = {"name": name, "mvip": mvip, "version": "12.3"}
    return {"state": "unknown_peer", "connected": False, "local": {"name": "ALPHA-PROD"}, "peer": known}


def test_a_cluster_that_does_not_answer_has_the_name_by_which_another_one_knows_it():
    """The host of the inventory often has another name than its cluster."""
    half = report([], "ALPHA-PROD", None, cluster_pairs=[silent_peer("BETA-DR", "192.0.2.20")])
    joined = join([with_name("ALPHA-PROD"), NO_ANSWER], halves=[half, {}], addresses=["", "192.0.2.20"])
    (found,) = joined["unread"]
    assert (found["cluster"], found["message"]) == ("BETA-DR", "cluster BETA-DR (host beta) does not answer")
    assert [(each["name"], each["answered"]) for each in joined["clusters"]] == [
        ("ALPHA-PROD", True),
        ("BETA-DR", False),
    ]


def test_a_cluster_that_no_other_one_knows_has_the_name_of_its_host():
    half = report([], "ALPHA-PROD", None, cluster_pairs=[silent_peer("BETA-DR", "192.0.2.20")])
    joined = join([with_name("ALPHA-PROD"), NO_ANSWER], halves=[half, {}], addresses=["192.0.2.10", "192.0.2.99"])
    assert (joined["unread"][0]["cluster"], joined["unread"][0]["message"]) == ("beta", "cluster beta does not answer")


def test_a_link_that_was_not_read_has_the_name_of_its_cluster():
    failed = {**REFUSED, "ansible_loop_var": "item", "item": {"cluster": "alpha", "peer": "beta"}}
    joined = join([with_name("ALPHA-PROD"), with_name("BETA-DR")], [[failed], []])
    assert joined["problems"][0]["cluster"] == "ALPHA-PROD"
    assert [(each["name"], each["answered"]) for each in joined["clusters"]] == [
        ("ALPHA-PROD", True),
        ("BETA-DR", True),
    ]


def test_pairs_with_clusters_of_another_report_are_left_out():
    """A cluster reports all of its pairs while its peer does not answer."""
    pairs = [
        volume_pair(f"v{number}", number, peer_cluster=name) for number, name in enumerate(("BETA-DR", "DELTA", None))
    ]
    of_others = problem("late", volume="v1", volume_id=1)
    both = [silent_peer("BETA-DR", "192.0.2.20"), silent_peer("DELTA", "192.0.2.40")]
    half = report(pairs, "ALPHA-PROD", None, cluster_pairs=both, problems=[of_others])
    joined = join([with_name("ALPHA-PROD"), NO_ANSWER], halves=[half, {}], addresses=[None, "192.0.2.20"])
    (found,) = joined["halves"]
    assert [pair["volume"] for pair in found["volume_pairs"]] == ["v0", "v2"]
    assert [pair["peer"]["name"] for pair in found["cluster_pairs"]] == ["BETA-DR"]
    assert [each["code"] for each in joined["problems"]] == ["peer_unreachable"]


def started(cluster, number=42):
    """What a link reports of a pairing that was started on a cluster: it names no partner, so that every link has it."""
    found = problem(
        f"seen from {cluster}", "warning", code="pending_pair", cluster=cluster, volume="new", volume_id=number
    )
    sides = {"local": side("new", number), "peer": side(None, None, None)}
    return volume_pair("new", number, state="pending_local", health="pending", in_sync=False, **sides), found


def test_a_pending_volume_is_of_one_link_alone():
    pair, found = started("alpha")
    first, second = (
        link("alpha", there, [pair], problems=[{**found, "message": there}]) for there in ("beta", "gamma")
    )
    turned = volume_pair("new", 42, state="pending_peer", health="pending", in_sync=False, peer=side("new", 42))
    turned["local"] = side(None, None, None)
    # With a limit of the lag, that the lag is not known is the problem.
    third = link("delta", "alpha", [turned], problems=[{**found, "message": "delta", "code": "lag_unknown"}])
    # The same number on another cluster is another volume.
    of_beta, of_beta_found = started("beta")
    fourth = link("beta", "gamma", [of_beta], problems=[of_beta_found])
    names = ["alpha", "beta", "gamma", "delta"]
    loops = [[first, second], [fourth], [], [third]]
    joined = join_reports(names, [READ] * 4, loops, [{}] * 4)
    assert joined["summary"]["pairs"] == joined["summary"]["not_replicating"] == 2
    assert [len(each["volume_pairs"]) for each in joined["pairs"]] == [1, 0, 1, 0]
    assert [each["message"] for each in joined["problems"]] == ["beta", "seen from beta"]
    assert [len(each["problems"]) for each in joined["pairs"]] == [1, 0, 1, 0]


def test_no_one_answers():
    joined = join([NO_ANSWER, NO_ANSWER, {}], not_all_paired=True)
    assert joined["answering"] == []
    assert [found["cluster"] for found in joined["unread"]] == ["alpha", "beta", "gamma"]


def test_of_the_report_of_one_cluster_there_is_what_no_link_has_shown():
    shared = volume_pair("shared", 41, peer=side("shared", 51))
    link_read = link("beta", "gamma", [shared], problems=[problem("p", volume="shared")])
    lone = volume_pair("lone", 42, state="unknown_peer", peer=side(None, 78))
    problems = [
        problem("of lone", volume="lone"),
        problem("p", volume="shared"),
        problem("of none"),
        problem("e", volume=""),
    ]
    of_beta = report([shared, lone], "beta", None, problems=problems)
    of_gamma = report([volume_pair("shared", 51), volume_pair("other", 41)], "gamma", None)
    joined = join([NO_ANSWER, READ, READ], [[], [link_read], []], [{}, of_beta, of_gamma])
    assert [half["clusters"]["local"]["name"] for half in joined["halves"]] == ["beta", "gamma"]
    # IDs count on their own cluster: 41 of gamma is another volume than 41 of beta.
    shown = [[pair["volume"] for pair in half["volume_pairs"]] for half in joined["halves"]]
    assert shown == [["lone"], ["other"]]
    assert [found["message"] for found in joined["halves"][0]["problems"]] == ["of lone"]
    assert [found["message"] for found in joined["problems"]] == ["cluster alpha does not answer", "p", "of lone"]


@pytest.mark.parametrize("half", [{}, SKIPPED, {"failed": True, "msg": "gone in the meantime"}])
def test_without_the_report_of_one_cluster(half):
    assert join([READ, NO_ANSWER], halves=[half, {}])["halves"] == []


@pytest.mark.parametrize(
    ("links", "not_all_paired", "ignored"),
    [
        ([link("alpha", "beta"), link("alpha", "gamma", cluster_pairs=[], problems=[NOT_PAIRED])], True, True),
        ([link("alpha", "beta"), link("alpha", "gamma", cluster_pairs=[], problems=[NOT_PAIRED])], False, False),
        ([link("alpha", "beta", cluster_pairs=[], problems=[NOT_PAIRED])], True, False),
        ([{**REFUSED, **link("alpha", "beta")}, link("alpha", "gamma", problems=[NOT_PAIRED])], True, True),
    ],
)
def test_clusters_that_are_not_paired(links, not_all_paired, ignored):
    joined = join([READ] * 3, [links, [], []], not_all_paired=not_all_paired)
    assert joined["ignored"] == (["not_paired"] if ignored else [])
    assert joined["healthy"] is ignored
    assert joined["problems"] == ([] if ignored else [NOT_PAIRED])


def in_sync(name, number, lag, **others):
    return volume_pair(name, number, in_sync=True, lag_seconds=lag, **others)


def test_every_pair_is_counted_once_and_the_worst_lag_has_its_name():
    pairs = [
        in_sync("fine", 1, 41.5),
        in_sync("late", 2, 61),
        in_sync("not known", 3, None),
        volume_pair("copies", 4, health="syncing", lag_seconds=None),
        volume_pair("held", 5, health="paused", lag_seconds=7),
        volume_pair("dead", 6, health="dead", lag_seconds=None),
    ]
    read = link("alpha", "beta", pairs)
    read["which"]["max_lag"] = "60"
    half = report([volume_pair("lone", 7, in_sync=None, health="recovering")], "alpha", None)
    half["volume_pairs"].append(volume_pair("half", 8, in_sync=None))
    joined = join([READ, READ, NO_ANSWER], [[read], [], []], [half, {}, {}])
    counts = {"pairs": 8, "protected": 1, "late": 2, "copying": 1, "paused": 1, "not_replicating": 2, "not_known": 1}
    assert joined["summary"] == {**counts, "worst_lag_seconds": 61, "worst_lag_volume": "late"}


@pytest.mark.parametrize("max_lag", [None, ""])
def test_without_a_limit_a_lag_protects(max_lag):
    read = link("alpha", "beta", [in_sync("a", 1, 9999), in_sync("b", 2, None)])
    read["which"]["max_lag"] = max_lag
    assert join([READ, READ], [[read], []])["summary"]["protected"] == 2


def test_a_volume_that_is_named_needs_a_pair_on_one_link_alone():
    missing = [problem("no a", code="not_paired", volume="a"), problem("no b", code="not_paired", volume="b")]
    first = link("alpha", "beta", [volume_pair("a", 1)], problems=missing[1:])
    joined = join([READ] * 3, [[first, link("alpha", "gamma", problems=missing)], [], []])
    assert [found["message"] for found in joined["problems"]] == ["no b"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["alpha", [], [], []], "the input is of type str, expected a list, of names of clusters"),
        ([["alpha"], [], [[]], [{}]], "answers has 0 items, expected one for each of 1 clusters"),
        ([["alpha"], ["text"], [[]], [{}]], "item 1 of answers is of type str, expected a dictionary"),
        ([["alpha"], [READ], [[], []], [{}]], "links has 2 items, expected one for each of 1 clusters"),
        ([["alpha"], [READ], {}, [{}]], "links is of type dict, expected a list, one item for each cluster"),
        ([["alpha"], [READ], [[{"healthy": True}]], [{}]], "is missing in the input"),
        ([["alpha"], [READ], [[]], [{"healthy": True}]], "'cluster_pairs' is missing in the input"),
        ([["alpha"], [READ], [[7]], [{}]], "the input is not as expected"),
    ],
)
def test_input_that_is_not_as_documented(arguments, message):
    with pytest.raises(AnsibleFilterError) as refused:
        join_reports(*arguments)
    assert "elementsw.replication.join_reports: " in str(refused.value)
    assert message in str(refused.value)


def test_ansible_finds_it_by_its_name():
    assert FilterModule().filters() == {"join_reports": join_reports}


def pending(uuid, number, state="pending_local", **others):
    return volume_pair(f"v{number}", number, health="pending", in_sync=False, uuid=uuid, state=state, **others)


def test_a_pending_pair_that_every_link_of_its_cluster_shows_is_one():
    here = problem("here", code="pending_pair", volume="v1", volume_id=1)
    again = problem("again", code="lag_unknown", volume="v1", volume_id=1)
    other = problem("of another volume", volume="v2", volume_id=2)
    nameless = {"local": side(None, None), "peer": side("v1", 1)}
    first = link("alpha", "beta", [pending("one", 1), volume_pair("v2", 2, uuid="two")], problems=[here])
    second = link("alpha", "gamma", [pending("one", 1)], problems=[again, other])
    third = link("beta", "alpha", [pending("one", 1, "pending_peer", **nameless)], problems=[again])
    joined = join([READ] * 3, [[first, second], [third], []])
    assert [len(each["volume_pairs"]) for each in joined["pairs"]] == [2, 0, 0]
    assert joined["problems"] == [here, other]
    assert joined["summary"]["pairs"] == 2


@pytest.mark.parametrize("max_lag", [60, "60", 60.0])
def test_a_lag_that_is_allowed_on_every_link_without_one_of_its_own(max_lag):
    late = {"lag_seconds": 90.0}
    of_link = link("alpha", "beta", [volume_pair(**late)])
    own = link("alpha", "gamma", [volume_pair(**late)])
    own["which"]["max_lag"] = 100
    half = report([volume_pair("v3", 3, **late)], "beta", None)
    joined = join([READ, READ, NO_ANSWER], [[of_link, own], [], []], [{}, half, {}], max_lag=max_lag)
    pairs = [pair for each in [*joined["pairs"], *joined["halves"]] for pair in each["volume_pairs"]]
    assert [(pair["protection"], pair["max_lag"]) for pair in pairs] == [("late", 60), ("protected", 100), ("late", 60)]


@pytest.mark.parametrize("max_lag", [None, ""])
def test_without_a_limit_any_lag_is_allowed(max_lag):
    joined = join([READ, READ], [[link("alpha", "beta", [volume_pair(lag_seconds=9e9)])], []], max_lag=max_lag)
    assert joined["summary"]["protected"] == 1


def test_a_limit_that_is_no_number_is_refused():
    with pytest.raises(AnsibleFilterError, match="max_lag is 'an hour', expected a number of seconds"):
        join([READ, READ], [[link("alpha", "beta")], []], max_lag="an hour")
