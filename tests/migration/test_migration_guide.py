# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The ten minutes of the guide, step by step as they are written, and its tables of options."""

from __future__ import annotations

import shutil

import pytest

from ansible_collections.elementsw.replication.plugins.module_utils._element.arguments import CONNECTION
from ansible_collections.elementsw.replication.plugins.modules import element_cluster_pair, element_volume_pair
from ansible_collections.elementsw.replication.tests.migration import guide, predecessor
from ansible_collections.elementsw.replication.tests.migration.scene import PASSWORD, differences

#: The volumes of the playbook in the guide: 100 and 20 GB, in whole MiB as clusters round them.
SIZES = {"orders-db": "95368MiB", "orders-log": "19074MiB"}
TELEMETRY = ["config-mgmt", "event-source"]
#: For the playbook of netapp.elementsw, which has no host of the inventory.
VAULT = f"-e vault_element_password={PASSWORD}"
ALIASES = {"enable512e": ["enable512emulation"]}


def unpaired() -> dict:
    """Two clusters with the volumes of the guide, where those of beta are new."""
    clusters = [("alpha", 41, ["order-1001"]), ("beta", 77, [])]
    return {
        "clusters": [
            {
                "name": name,
                "accounts": [{"name": "shop"}],
                "volumes": [
                    {"name": volume, "id": first + n, "account": "shop", "size": size, "marks": marks}
                    for n, (volume, size) in enumerate(SIZES.items())
                ],
            }
            for name, first, marks in clusters
        ]
    }


def commands() -> list[str]:
    return guide.blocks(guide.section("In ten minutes"), "shell")


def command(part: str) -> str:
    (found,) = (each for each in commands() if part in each)
    return found


@pytest.mark.parametrize("module", ["na_elementsw_volume_pair", "na_elementsw_volume"])
def test_every_option_has_a_row(module):
    options = [name for option in predecessor.options(module) for name in (option, *ALIASES.get(option, []))]
    assert sorted(guide.column(f"Options of {module}", 0)) == sorted(options)


def test_every_option_of_na_elementsw_cluster_pair_has_a_row():
    """Those of the connection are in a table for both."""
    options = [*predecessor.options("na_elementsw_cluster_pair")]
    assert sorted(guide.column("Options of na_elementsw_cluster_pair", 0)) == sorted(options)
    connection = guide.column("Options of the connection", 0)
    assert connection == ["hostname", "username", "user", "password", "pass", *options[1:]]


@pytest.mark.parametrize("table", ["the connection", *predecessor.MODULES])
def test_what_replaces_an_option_exists(table):
    pair = element_volume_pair.argument_spec()
    known = {*pair, *element_cluster_pair.argument_spec(), *pair["create_peer_volume"]["options"], "state: absent"}
    known |= {f"element_{name}" for name in CONNECTION}
    assert set(guide.column(f"Options of {table}", 1)) <= known


def test_ten_minutes(scene):
    with scene(unpaired()) as clusters:
        clusters.save("before.yml")
        assert clusters.shell(f"ansible-playbook before.yml -v {VAULT}").changed
        paired = clusters.state()
        clusters.written()

        status = clusters.shell(command("elementsw.replication.status"))
        assert status.status == 0, status.output
        assert all(f"{volume} " in status.output for volume in SIZES)
        clusters.save("replicate.yml")
        for part in ("replicate.yml --check --diff", "replicate.yml\n"):
            done = clusters.shell(command(part))
            assert done.status == 0, done.output
            assert "changed=0" in done.output
        assert clusters.written() == []
        assert clusters.state() == paired
    with scene(unpaired()) as clusters:
        clusters.save("replicate.yml")
        assert clusters.play(guide.file("replicate.yml")).changed
        left = {f"beta volume {volume} attributes": (TELEMETRY, []) for volume in SIZES}
        assert differences(paired, clusters.state()) == left
    sentence = "In a world without pairs both playbooks leave the same, but for two attributes that ``na_elementsw_volume`` sets"
    assert sentence in guide.prose(guide.section("In ten minutes"))


def test_the_fingerprint(scene):
    if not shutil.which("openssl"):
        pytest.skip("there is no openssl")
    with scene(unpaired()) as clusters:
        shown = clusters.shell(command("openssl")).output.strip()
        assert shown.lower().startswith("sha256 fingerprint=")
        assert shown.partition("=")[2].replace(":", "").lower() in (clusters.folder / "inventory.yml").read_text()


def test_a_pair_whose_target_is_still_writable(scene):
    """What netapp.elementsw leaves without the task that prepares the destinations."""
    world = unpaired()
    world["clusters"][1]["volumes"][0]["marks"] = ["page-1"]
    with scene(world) as clusters:
        before = guide.file("before.yml").replace("access: replicationTarget", "access: readWrite")
        assert clusters.play(before, VAULT).changed
        assert clusters.play(guide.file("replicate.yml")).code == "split_brain"
        assert clusters.play(guide.file("finish.yml")).changed
        finished = guide.file("finish.yml").replace("orders-db", "orders-log")
        assert clusters.play(finished).changed
        assert not clusters.play(guide.file("replicate.yml")).changed
        state = clusters.state()
        for volume in SIZES:
            assert state[f"beta volume {volume} access"] == "replicationTarget"
            assert state[f"beta volume {volume} marks"] == ["order-1001"]
        saved = {volume: [each["marks"] for each in state[f"beta volume {volume} snapshots"]] for volume in SIZES}
        assert saved == {"orders-db": [["page-1"]], "orders-log": [[]]}


def test_a_pair_that_na_elementsw_volume_has_failed_over(scene):
    """Both sides are writable then, too, and beta has the newer data: `finish.yml` as it stands would give it up."""
    paired = {**unpaired(), "cluster_pairs": [{"between": ["alpha", "beta"]}]}
    pairs = [{"source": f"alpha/{volume}", "target": f"beta/{volume}"} for volume in SIZES]
    with scene({**paired, "volume_pairs": pairs}) as clusters:
        login = {name: f"{{{{ elementsw_{name} }}}}" for name in ("hostname", "username", "password")}
        volume = {"name": "orders-db", "account_id": "shop", "size": 100, "enable512e": True}
        task = {"na_elementsw_volume": {**login, **volume, "access": "readWrite"}}
        assert clusters.of_netapp(task, elementsw_hostname="beta").changed
        clusters.world.write("beta", 77, "order-1002")
        assert clusters.play(guide.file("replicate.yml")).code == "split_brain"
        assert clusters.play(guide.file("finish.yml").replace("to_peer", "from_peer")).changed
        state = clusters.state()
        assert state["alpha volume orders-db access"] == "replicationTarget"
        assert {state[f"{cluster} volume orders-db marks"][-1] for cluster in ("alpha", "beta")} == {"order-1002"}
    text = guide.prose(guide.section("When the check shows more than nothing"))
    assert "First find out which of the two volumes hosts write to" in text
    assert "set ``direction: from_peer`` where it is beta's" in text


def test_half_a_pair(scene):
    paired = {**unpaired(), "cluster_pairs": [{"between": ["alpha", "beta"]}]}
    pairs = [{"source": f"alpha/{volume}", "target": f"beta/{volume}"} for volume in SIZES]
    playbook = guide.file("replicate.yml")
    with scene({**paired, "volume_pairs": pairs}) as clusters:
        clusters.world.call("alpha", "RemoveVolumePair", {"volumeID": 41})
        assert clusters.play(playbook).code == "half_pair"
        assert clusters.play(playbook.replace("volume: orders-db", "{volume: orders-db, repair: true}")).changed
