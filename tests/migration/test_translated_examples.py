# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each documented example of netapp.elementsw, then its translation in the guide, in the same world from new."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from ansible_collections.elementsw.replication.tests.migration import guide, predecessor
from ansible_collections.elementsw.replication.tests.migration.scene import differences

PAIRED = [{"between": ["alpha", "beta"]}]
#: Of na_elementsw_volume, on each volume that it creates or changes.
TELEMETRY = ["config-mgmt", "event-source"]
REPLICA = "elementsw-replication-replica"


@dataclass(frozen=True)
class Case:
    """A world for an example, and how the end states differ: with netapp.elementsw, here, and the sentence that says so."""

    world: dict[str, Any]
    differences: dict[str, tuple[Any, Any, str]] = field(default_factory=dict)
    #: What the example lacks.
    missing: dict[str, Any] = field(default_factory=dict)
    #: The cluster of the examples of na_elementsw_volume.
    cluster: str = "alpha"
    #: What the translation does after the example: changed, unchanged, or the code of an error.
    adoption: str = "unchanged"


def clusters(**world: Any) -> dict[str, Any]:
    """The volumes of the examples of na_elementsw_volume_pair, by the IDs and names that these use."""
    return {
        "clusters": [
            {
                "name": "alpha",
                "accounts": [{"name": "test2", "id": 1}],
                "volumes": [{"name": "test1", "id": 3, "account": "test2", "marks": ["order-1001"]}],
            },
            {
                "name": "beta",
                "accounts": [{"name": "test4", "id": 1}],
                "volumes": [{"name": "test3", "id": 2, "account": "test4"}],
            },
        ],
        **world,
    }


def volume(owner: str, on_beta: bool = True, **world: Any) -> dict[str, Any]:
    """The volume of the examples of na_elementsw_volume, on alpha or on both clusters."""
    accounts = [{"name": "lab", "id": 3}, {"name": "web", "id": 2}]
    qos = {"min_iops": 1000, "max_iops": 20000, "burst_iops": 50000}
    each = {"name": "AnsibleVol", "account": owner, "size": "954MiB", "enable_512e": False, "qos": qos}
    return {
        "clusters": [
            {"name": "alpha", "accounts": accounts, "volumes": [{**each, "id": 41, "marks": ["order-1001"]}]},
            {"name": "beta", "accounts": accounts, "volumes": [{**each, "id": 77}] if on_beta else []},
        ],
        "cluster_pairs": PAIRED,
        **world,
    }


def half(cluster_pair_id: int, remote_id: int, remote_name: str, **more: Any) -> Any:
    return Half(
        {"cluster_pair_id": cluster_pair_id, "remote_volume_id": remote_id, "remote_volume_name": remote_name, **more}
    )


class Half(dict):
    """A list of one half with these members, whatever its others are."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, list) and len(other) == 1 and self.items() <= other[0].items()

    def __hash__(self) -> int:
        return id(self)


VOLUMES = [{"source": "alpha/AnsibleVol", "target": "beta/AnsibleVol"}]
ROLE = (
    "The destination is ``replicationTarget`` here and the pair replicates. With ``netapp.elementsw`` it is still "
    "``readWrite``, so that the pair is ``PausedMisconfigured`` and nothing replicates."
)
MARK = (
    "Here the former target also gets the attribute ``elementsw-replication-replica``, which records that it holds the "
    "copy of another volume."
)
CREATED = (
    "Here it is also paired and ``replicationTarget``, and has the attribute ``elementsw-replication-run`` in place of "
    "the two of ``netapp.elementsw``."
)
REVERSED = "Here the former source becomes ``replicationTarget``, and the pair replicates in the opposite direction."
TELEMETRY_TOO = "the volume gets the two attributes of ``na_elementsw_volume``."
UNPAIRED = "Here its copy on beta is not paired any more, and has the attribute ``elementsw-replication-replica``."
HALF = "With ``netapp.elementsw`` alone it keeps half a pair, which the translation removes even then."

CASES = {
    "Create cluster pair": Case(clusters()),
    "Delete cluster pair": Case(clusters(cluster_pairs=PAIRED)),
    "Create volume pair": Case(
        clusters(cluster_pairs=PAIRED),
        {
            "beta volume test3 access": ("readWrite", "replicationTarget", ROLE),
            "beta volume test3 marks": ([], ["order-1001"], ROLE),
        },
        adoption="split_brain",
    ),
    "Delete volume pair": Case(
        clusters(cluster_pairs=PAIRED, volume_pairs=[{"source": "alpha/test1", "target": "beta/test3"}]),
        {"beta volume test3 attributes": ([], [REPLICA], MARK)},
    ),
    "Create Volume": Case(
        volume("lab", on_beta=False),
        {
            "alpha volume AnsibleVol pairs": ([], half(7, 101, "AnsibleVol"), CREATED),
            "beta volume AnsibleVol pairs": ([], half(12, 41, "AnsibleVol"), CREATED),
            "beta volume AnsibleVol access": ("readWrite", "replicationTarget", CREATED),
            "beta volume AnsibleVol attributes": (TELEMETRY, ["elementsw-replication-run"], CREATED),
            "beta volume AnsibleVol marks": ([], ["order-1001"], CREATED),
        },
        cluster="beta",
        adoption="changed",
    ),
    "Update Volume": Case(
        volume("lab", volume_pairs=VOLUMES),
        {
            "alpha volume AnsibleVol access": ("readWrite", "replicationTarget", REVERSED),
            "beta volume AnsibleVol attributes": (TELEMETRY, [], TELEMETRY_TOO),
        },
        missing={"size": 1, "enable512e": False},
        cluster="beta",
        adoption="split_brain",
    ),
    "Delete Volume": Case(
        volume("web", volume_pairs=VOLUMES),
        {
            "beta volume AnsibleVol pairs": (half(12, 41, "AnsibleVol", stopped=True), [], f"{UNPAIRED} {HALF}"),
            "beta volume AnsibleVol attributes": ([], [REPLICA], UNPAIRED),
        },
        adoption="changed",
    ),
}


def test_every_documented_example_has_a_case():
    assert [task["name"] for module in predecessor.MODULES for task in predecessor.examples(module)] == list(CASES)


@pytest.mark.parametrize("title", CASES)
def test_the_guide_shows_the_example(title):
    task, after = guide.before_and_after(title)
    assert task == predecessor.example(title)
    assert f"- name: {title}\n" in after


@pytest.mark.parametrize("title", CASES)
def test_the_guide_explains_the_differences(title):
    text = guide.prose(guide.section(title))
    sentences = [sentence for _theirs, _ours, sentence in CASES[title].differences.values()]
    for sentence in sentences or ["The end state is the same."]:
        assert sentence in text


@pytest.mark.parametrize("title", CASES)
def test_the_end_states(scene, title):
    case, example = CASES[title], predecessor.example(title)
    translation = guide.before_and_after(title)[1]
    (module,) = example.keys() - {"name"}
    with scene(case.world) as theirs:
        if case.missing:
            refused = theirs.of_netapp(example, elementsw_hostname=case.cluster)
            assert all(option in refused.results[0]["msg"] for option in case.missing)
            assert theirs.written() == []
        complete = {**example, module: {**example[module], **case.missing}}
        assert theirs.of_netapp(complete, elementsw_hostname=case.cluster).changed
        theirs_left = theirs.state()
        adopted = theirs.play(translation)
    with scene(case.world) as ours:
        assert ours.play(translation).changed
        ours_left = ours.state()
    expected = {path: (there, here) for path, (there, here, _why) in case.differences.items()}
    assert differences(theirs_left, ours_left) == expected
    outcome = adopted.code if adopted.status else "changed" if adopted.changed else "unchanged"
    assert outcome == case.adoption
