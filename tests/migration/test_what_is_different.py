# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each point of "What is different" in the guide: first with netapp.elementsw, then here."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, TypeVar

import yaml

from ansible_collections.elementsw.replication.tests.migration import guide, predecessor
from ansible_collections.elementsw.replication.tests.migration.scene import PASSWORD

Test = TypeVar("Test", bound=Callable[..., None])
PAIRED = [{"between": ["alpha", "beta"]}]
ORDERS = [{"source": "alpha/orders-db", "target": "beta/orders-db"}]
#: The IDs of orders-db on alpha and beta. Another volume of alpha has the ID that the one of beta has.
SOURCE, TARGET, THIRD = 41, 77, 90
REPLICA = "elementsw-replication-replica"
CONNECTION = {
    "hostname": "{{ src_hostname }}",
    "username": "{{ src_username }}",
    "password": "{{ src_password }}",
    "dest_mvip": "{{ dest_hostname }}",
}
shown: set[str] = set()


def shows(*points: str) -> Callable[[Test], Test]:
    """Marks the test of these points of the guide, by what they begin with."""
    shown.update(points)
    return lambda test: test


def sites(
    on_alpha: dict[str, Any] | None = None, on_beta: dict[str, Any] | None = None, **world: Any
) -> dict[str, Any]:
    """Two clusters with a volume to replicate, and one more volume each; members to add to the one that replicates."""
    accounts = [{"name": "shop"}]
    source = {"name": "orders-db", "id": SOURCE, "account": "shop", "marks": ["order-1001"], **(on_alpha or {})}
    target = {"name": "orders-db", "id": TARGET, "account": "shop", **(on_beta or {})}
    return {
        "clusters": [
            {
                "name": "alpha",
                "accounts": accounts,
                "volumes": [source, {"name": "web", "id": TARGET, "account": "shop"}],
            },
            {
                "name": "beta",
                "accounts": accounts,
                "volumes": [target, {"name": "web", "id": THIRD, "account": "shop"}],
            },
        ],
        "cluster_pairs": PAIRED,
        **world,
    }


def pair_of_netapp(**options: Any) -> dict[str, Any]:
    both = {"src_volume": "orders-db", "src_account": "shop", "dest_volume": "orders-db", "dest_account": "shop"}
    return {"name": "Pair volumes", "na_elementsw_volume_pair": {**CONNECTION, **both, **options}}


def volume_of_netapp(**options: Any) -> dict[str, Any]:
    connection = {name: f"{{{{ elementsw_{name} }}}}" for name in ("hostname", "username", "password")}
    volume = {"name": "orders-db", "account_id": "shop", "enable512e": True, "size": 10737418240, "size_unit": "bytes"}
    return {"name": "Set a volume", "na_elementsw_volume": {**connection, **volume, **options}}


def ours(module: str = "volume_pair", **options: Any) -> str:
    volume = {"volume": "orders-db"} if module == "volume_pair" else {}
    task = {
        "name": "The task of this collection",
        f"elementsw.replication.element_{module}": {"peer_host": "beta", **volume, **options},
    }
    return yaml.safe_dump([{"name": "A play", "hosts": "alpha", "gather_facts": False, "tasks": [task]}])


def test_every_point_of_the_guide_has_a_test():
    points = re.findall(r"^- \*\*(.+)\.\*\*", guide.section("What is different"), re.MULTILINE)
    assert sorted(points) == sorted(shown)


@shows("Check mode")
def test_check_mode_writes_there_and_plans_here(scene):
    with scene(sites(cluster_pairs=[])) as clusters:
        plan = clusters.play(ours("cluster_pair"), "--check")
        assert plan.changed
        handshake = ["StartClusterPairing", "CompleteClusterPairing"]
        assert [action["method"] for action in plan.results[0]["actions"]] == handshake
        assert clusters.written() == []
        clusters.of_netapp(predecessor.example("Create cluster pair"), arguments="--check")
        assert [method for _cluster, method in clusters.written()] == handshake
    with scene(sites(volume_pairs=ORDERS)) as clusters:
        clusters.of_netapp(pair_of_netapp(state="absent"), arguments="--check")
        assert clusters.written() == [("alpha", "RemoveVolumePair"), ("beta", "RemoveVolumePair")]


@shows("Role of the target")
def test_the_target_is_made_one_here(scene):
    with scene(sites()) as clusters:
        assert clusters.of_netapp(pair_of_netapp()).changed
        assert clusters.written() == [("alpha", "StartVolumePairing"), ("beta", "CompleteVolumePairing")]
        assert clusters.state()["beta volume orders-db access"] == "readWrite"
    with scene(sites()) as clusters:
        assert clusters.play(ours()).changed
        assert clusters.written()[0] == ("beta", "ModifyVolume")
        assert clusters.state()["beta volume orders-db access"] == "replicationTarget"


@shows("Data on the target")
def test_data_on_the_target(scene):
    used = sites(on_beta={"marks": ["page-1"]})
    with scene(used) as clusters:
        prepared = volume_of_netapp(access="replicationTarget")
        assert clusters.of_netapp(prepared, elementsw_hostname="beta").changed
        assert clusters.of_netapp(pair_of_netapp()).changed
        state = clusters.state()
        assert state["beta volume orders-db marks"] == ["order-1001"]
        assert state["beta volume orders-db snapshots"] == []
    with scene(used) as clusters:
        assert clusters.play(ours()).code == "target_in_use"
        assert clusters.written() == []
        assert clusters.play(ours(allow_overwrite=True)).changed
        (saved,) = clusters.state()["beta volume orders-db snapshots"]
        assert saved["marks"] == ["page-1"]


@shows("Pairs that do not exist")
def test_pairs_that_do_not_exist(scene):
    with scene(sites(volume_pairs=[{"source": "alpha/web", "target": "beta/web"}])) as clusters:
        assert not clusters.of_netapp(pair_of_netapp()).changed
        assert clusters.of_netapp(pair_of_netapp(state="absent")).changed
        assert clusters.state()["alpha volume orders-db pairs"] == []
        assert not clusters.play(ours(state="absent")).changed
        assert clusters.play(ours()).changed
        assert len(clusters.state()["alpha volume orders-db pairs"]) == 1


@shows("Pairs with other volumes")
def test_pairs_with_other_volumes(scene):
    with scene(sites(volume_pairs=[{"source": "alpha/orders-db", "target": "beta/web"}])) as clusters:
        named = {"peer_volume": "orders-db"}
        assert clusters.play(ours(**named)).code == "paired_elsewhere"
        assert clusters.play(ours(**named, state="absent")).code == "paired_elsewhere"
        assert clusters.written() == []
        assert clusters.of_netapp(pair_of_netapp(state="absent")).changed
        state = clusters.state()
        assert state["alpha volume orders-db pairs"] == []
        assert [half["stopped"] for half in state["beta volume web pairs"]] == [True]


@shows("Changes of existing pairs")
def test_the_mode_of_an_existing_pair(scene):
    with scene(sites(volume_pairs=ORDERS)) as clusters:
        assert not clusters.of_netapp(pair_of_netapp(mode="sync")).changed
        assert clusters.play(ours(mode="sync")).changed
        assert clusters.written() == [("alpha", "ModifyVolumePair")]


@shows("Pairings that fail", "Results")
def test_pairings_that_fail(scene):
    fault = {"cluster": "beta", "method": "CompleteVolumePairing", "fault": "xRecvTimeout"}
    with scene(sites()) as clusters:
        clusters.world.faults.add(**fault)
        failed = clusters.of_netapp(pair_of_netapp())
        assert [result["msg"] for result in failed.results] == [f"Error pairing volume id {SOURCE}"]
        again = clusters.of_netapp(pair_of_netapp())
        assert [result.keys() for result in again.results] == [{"changed"}]
        assert not again.changed
        assert [half["pending"] for half in clusters.state()["alpha volume orders-db pairs"]] == [True]
        assert clusters.play(ours()).code == "pending_pair"
        assert clusters.play(ours(repair=True, direction="to_peer")).changed
    with scene(sites()) as clusters:
        clusters.world.faults.add(**fault, times=None)
        failed = clusters.play(ours())
        assert failed.results[0]["error"]["name"] == "xRecvTimeout"
        assert failed.results[0]["error"]["rolled_back"]
        assert {"pairs", "actions", "error"} <= failed.results[0].keys()
        assert clusters.state()["alpha volume orders-db pairs"] == []


@shows("Both halves")
def test_half_of_a_cluster_pair(scene):
    with scene(sites()) as clusters:
        (entry,) = clusters.state()["alpha cluster_pairs"]
        clusters.world.call("alpha", "RemoveClusterPair", {"clusterPairID": entry["id"]})
        assert not clusters.of_netapp(predecessor.example("Delete cluster pair")).changed
        assert len(clusters.state()["beta cluster_pairs"]) == 1
        assert clusters.play(ours("cluster_pair", state="absent")).changed
        assert clusters.state()["beta cluster_pairs"] == []


@shows("Waiting")
def test_volumes_right_after_clusters(scene):
    slow = sites(cluster_pairs=[], timings={"connect_polls": 4})
    with scene(slow) as clusters:
        done = clusters.of_netapp(predecessor.example("Create cluster pair"), pair_of_netapp())
        assert [result.get("msg") for result in done.results] == [None, f"Error pairing volume id {SOURCE}"]
    with scene(slow) as clusters:
        pairs = yaml.safe_load(ours("cluster_pair")) + yaml.safe_load(ours(wait_for="in_sync"))
        assert clusters.play(yaml.safe_dump(pairs)).changed


@shows("Names of clusters")
def test_another_spelling_of_the_address(scene):
    """Any name of beta but its MVIP does; this one needs no name server."""
    example = predecessor.example("Create cluster pair")
    with scene(sites(cluster_pairs=[])) as clusters:
        other = clusters.mvips["beta"].replace(".0.20", ".20")
        named = {**example, "na_elementsw_cluster_pair": {**example["na_elementsw_cluster_pair"], "dest_mvip": other}}
        assert clusters.of_netapp(named).changed
        assert clusters.of_netapp(named).status != 0
        assert [entry["pending"] for entry in clusters.state()["alpha cluster_pairs"]] == [False, True]
        again = clusters.play(ours("cluster_pair"))
        assert not again.changed
        assert [entry["cluster"] for entry in again.results[0]["pending"]] == ["alpha"]
        assert clusters.play(ours("cluster_pair", remove_pending=True)).changed
        assert [entry["pending"] for entry in clusters.state()["alpha cluster_pairs"]] == [False]


@shows("Idempotence of na_elementsw_volume")
def test_na_elementsw_volume_on_replicated_volumes(scene):
    former = sites(on_alpha={"attributes": {REPLICA: "complete"}})
    with scene(former) as clusters:
        assert clusters.of_netapp(volume_of_netapp()).changed
        assert REPLICA not in clusters.state()["alpha volume orders-db attributes"]
    with scene(sites(volume_pairs=[{"source": "beta/orders-db", "target": "alpha/orders-db"}])) as clusters:
        for _run in range(2):
            assert clusters.of_netapp(volume_of_netapp(access="readWrite")).changed
            assert clusters.written() == [("alpha", "ModifyVolume")]
        assert clusters.play(ours()).code == "split_brain"


@shows("Secrets")
def test_secrets(scene):
    uses = [task[module] for module in predecessor.MODULES for task in predecessor.examples(module)]
    assert [use for use in uses if "password" not in use] == []
    with scene(sites()) as clusters:
        done = clusters.play(ours(), "-vvv")
        assert "changed=1" in done.output
        keys = [secret for secret in clusters.world.secrets if secret]
        assert len(keys) > 0
        assert [secret for secret in (PASSWORD, *keys) if secret in done.output] == []


@shows("Certificates")
def test_certificates(scene):
    with scene(sites(cluster_pairs=[])) as clusters:
        assert clusters.play(ours("cluster_pair"), "-e element_cert_fingerprint=").code == "tls"
        assert clusters.world.calls == []
        assert clusters.of_netapp(predecessor.example("Create cluster pair")).changed


@shows("Requirements")
def test_requirements():
    for module in predecessor.MODULES:
        source = predecessor.source(module)
        assert "from ansible.module_utils._text import" in source
        assert "Python SDK" in source
