# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Bad input: one sentence with the remedy, the right code, and not a single write."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from ansible_collections.elementsw.replication.tests.unit.running import run_module

MODULES = ("cluster_pair", "volume_pair", "failover_rehearsal", "pair_info")
VOLUME = {"volume": "orders-db"}
ACCOUNTS = [{"name": "shop"}, {"name": "lab"}]
TWICE = [{"name": "scratch", "account": "shop"}, {"name": "scratch", "account": "lab"}]


@pytest.fixture
def site(sites):
    clusters = [
        {"name": name, "accounts": ACCOUNTS, "volumes": [{"name": "orders-db", "account": "shop"}, *TWICE]}
        for name in ("alpha", "beta")
    ]
    return sites(clusters, cluster_pairs=[{"between": ["alpha", "beta"]}])


def options(module):
    return {"volume_pair": VOLUME, "failover_rehearsal": {"name": "drill"}}.get(module, {})


def refused(site, module, **given):
    result = site.run(module, **{**options(module), **given})
    assert (result["failed"], result.get("changed", False)) == (True, False)
    assert site.world.writes() == []
    assert "Traceback" not in json.dumps(result)
    return result


@pytest.mark.parametrize("module", MODULES)
@pytest.mark.parametrize("side", ["here", "there"])
@pytest.mark.parametrize(
    ("spoil", "code", "remedy"),
    [
        ({"password": "Wrong-on-purpose"}, "authentication", "check username and password"),
        ({"ca_path": None}, "tls", "ca_path"),
        ({"api_version": "11.9"}, "unsupported_api_version", "set api_version to one of"),
    ],
)
def test_a_connection_that_does_not_work(site, module, side, spoil, code, remedy):
    if side == "here":
        # What this cluster has is taken over by the peer: give the peer its own.
        own = {**site.connection("beta"), "api_version": "12.5"}
        result = refused(site, module, **spoil, peer=own)
    else:
        peer = {name: value for name, value in {**site.connection("beta"), **spoil}.items() if value is not None}
        result = refused(site, module, peer=peer, **({"ca_path": None} if "ca_path" in spoil else {}))
    assert (result["error"]["code"], remedy in result["msg"]) == (code, True)
    assert set(result["error"]) == {"code", "cluster", "method", "name", "message", "rolled_back", "left_behind"}


@pytest.mark.parametrize("module", MODULES)
def test_something_that_is_no_cluster(site, module):
    site.world.faults.add("alpha", "GetClusterInfo", fault="http_404", times=None)
    assert refused(site, module)["error"]["code"] == "unsupported_api_version"


def test_html_in_place_of_a_key(site):
    site.world.faults.add("alpha", "StartVolumePairing", fault="html_200", times=None)
    result = site.run("volume_pair", **VOLUME)
    assert (result["error"]["code"], result["changed"]) == ("bad_reply", False)
    assert "MVIP" in result["msg"]


#: What is wrong with a peer that has been asked again and again before it is given up, and what is said about it.
GIVEN_UP = {
    "refused": ("unreachable", "check hostname, port and the network"),
    "unknown": ("unreachable", "check hostname, port and the network"),
    "website": ("bad_reply", "check that hostname and port are those of an Element cluster's MVIP"),
}


def test_peers_that_are_given_up(sites, playbook, tmp_path, tmp_path_factory):
    """Side by side: each takes all the time that the repetition of reads takes."""
    names = [f"{name}{side}" for name in GIVEN_UP for side in ("", "-peer")]
    site = sites([{"name": name, "volumes": [{"name": "orders-db"}]} for name in names])
    site.world.site_down("refused-peer")
    site.world.faults.add("website-peer", fault="html_200", times=None)
    inventory = site.running.inventory()
    inventory["element_clusters"]["hosts"]["unknown-peer"]["element_hostname"] = "no-such-host.invalid"
    options = {"peer_host": "{{ inventory_hostname }}-peer", "failover": "forced", "direction": "to_peer", **VOLUME}
    pair = {"elementsw.replication.element_volume_pair": options, "register": "tried", "ignore_errors": True}
    found = ", ".join(f"'{name}': hostvars['{name}'].tried" for name in GIVEN_UP)
    content = {"content": f"{{{{ {{ {found} }} | to_json }}}}", "dest": str(tmp_path / "results.json")}
    write = {"ansible.builtin.copy": content, "run_once": True}
    play = {"hosts": list(GIVEN_UP), "gather_facts": False, "tasks": [pair, write]}
    done = playbook(inventory, [play], tmp_path_factory.mktemp("given"))
    results = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))
    for name, (code, remedy) in GIVEN_UP.items():
        assert (results[name]["error"]["code"], results[name]["changed"]) == (code, False), done.stdout
        assert results[name]["error"]["method"] == "GetClusterInfo"
        assert remedy in results[name]["msg"]
        # A forced failover is what one wants of a failed site: the message says what would permit it.
        assert ("set peer_unreachable: local_only" in results[name]["msg"]) == (code == "unreachable")
    assert site.world.writes() == []


@pytest.mark.parametrize(
    ("given", "code", "remedy"),
    [
        ({"volume": "nonesuch"}, "volume_not_found", "check the spelling"),
        ({"volume": None, "volume_id": 999}, "volume_not_found", "check the ID"),
        ({"peer_volume": "nonesuch"}, "volume_not_found", "check the spelling"),
        ({"volume": "scratch"}, "volume_ambiguous", "add the account"),
        ({"volume": "scratch", "account": "lab", "peer_volume": "scratch"}, "volume_ambiguous", "add the account"),
        ({"account": "nonesuch"}, "account_not_found", "check the spelling"),
        ({"account": "lab"}, "volume_not_found", "of account lab"),
    ],
)
def test_a_volume_that_cannot_be_identified(site, given, code, remedy):
    result = refused(site, "volume_pair", **given)
    assert (result["error"]["code"], remedy in result["msg"]) == (code, True)


@pytest.mark.parametrize("module", MODULES)
def test_a_peer_that_is_this_cluster(site, module):
    result = refused(site, module, peer=site.connection("alpha"))
    assert (result["error"]["code"], "peer" in result["msg"]) == ("same_cluster", True)


@pytest.mark.parametrize(
    "pairs",
    [
        [VOLUME, VOLUME],
        [VOLUME, {"volume_id": 1}],
        [VOLUME, {"volume": "scratch", "account": "lab", "peer_volume": "orders-db"}],
    ],
)
def test_a_volume_that_is_named_twice(site, pairs):
    result = refused(site, "volume_pair", volume=None, pairs=pairs)
    assert (result["error"]["code"], "orders-db" in result["msg"]) == ("duplicate_item", True)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"volume_id": 1}, "mutually exclusive"),
        ({"volume": None}, "one of the following is required"),
        ({"pairs": [{"volume": "a"}]}, "mutually exclusive"),
        ({"volume": None, "pairs": [{"volume": "a", "volume_id": 1}]}, "mutually exclusive"),
        ({"volume": None, "pairs": [{"peer_volume": "a"}]}, "one of the following is required"),
        ({"mode": "quick"}, "value of mode must be one of"),
        ({"peer": None}, "one of the following is required"),
        ({"peer_host": "beta"}, "mutually exclusive"),
        ({"peer": None, "peer_host": "beta"}, "action plugin"),
        ({"hostname": None}, "element_hostname"),
        ({"password": None}, "element_password"),
        ({"concurrency": 33}, "from 1 to 32"),
        ({"timeout": 0}, "from 1 to 86400"),
        ({"timeout": 10**12}, "from 1 to 86400"),
        ({"port": 70000}, "from 1 to 65535"),
        ({"api_version": "9.6"}, "10.0"),
        ({"cert_fingerprint": "abc"}, "64 hexadecimal digits"),
    ],
)
def test_arguments_that_make_no_sense(site, given, words):
    assert words in refused(site, "volume_pair", **given)["msg"]
    assert site.world.calls == []


#: A Python that begins with this does not find the packages.
WITHOUT = """
import sys

class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {missing!r}:
            raise ImportError("No module named " + name)

sys.meta_path.insert(0, Missing())
"""
RUN = """
import json
from ansible_collections.elementsw.replication.tests.unit.running import run_module
print(json.dumps(run_module("pair_info", {"hostname": "192.0.2.10", "username": "ansible", "password": "Only-here-3xV"})))
"""


def run_with(folder, collections_path):
    """The result of a module in a process that looks into a folder before all others."""
    folders = (folder, collections_path, os.environ.get("PYTHONPATH", ""))
    done = subprocess.run(
        [sys.executable, "-c", RUN],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, folders))},
    )
    return json.loads(done.stdout)


@pytest.mark.parametrize("missing", [["requests"], ["netaddr"], ["netaddr", "requests"]])
def test_a_package_that_is_not_installed(missing, tmp_path, collections_path):
    (tmp_path / "sitecustomize.py").write_text(WITHOUT.format(missing=missing), encoding="utf-8")
    result = run_with(tmp_path, collections_path)
    assert result["failed"]
    assert "Failed to import the required Python library" in result["msg"]
    assert [name for name in ("netaddr", "requests") if name in result["msg"]] == missing


def test_a_defect_is_reported_like_every_other_failure(tmp_path, collections_path):
    """A library without its parts provokes one. Nothing was sent, so nothing is left."""
    (tmp_path / "netaddr.py").write_text("", encoding="utf-8")
    result = run_with(tmp_path, collections_path)
    assert (result["failed"], result["changed"], result["actions"]) == (True, False, [])
    assert "please report it: AttributeError" in result["msg"]
    assert set(result["error"]) == {"code", "cluster", "method", "name", "message", "rolled_back", "left_behind"}
    assert (result["error"]["code"], result["error"]["left_behind"]) == (None, None)
    assert "AttributeError" in result["error"]["message"]


def test_the_action_plugin_is_named_when_it_did_not_run():
    result = run_module("pair_info", {"peer_host": "beta"})
    assert "action plugin" in result["msg"]


def test_a_refused_call_names_the_volume_also_where_it_is_the_only_one(site):
    site.world.faults.add("beta", "CompleteVolumePairing", fault="xPermissionDenied")
    result = site.run("volume_pair", **VOLUME)
    assert result["msg"].startswith("volume orders-db (1): cluster beta refused CompleteVolumePairing")


def test_of_many_failures_the_first_are_named_and_the_others_counted(site):
    result = refused(site, "volume_pair", volume=None, pairs=[{"volume": f"no-{n}"} for n in range(23)])
    lines = result["msg"].splitlines()
    assert (lines[0], lines[-1]) == ("23 of 23 volume pairs failed, nothing was written:", "and 3 more, see the result")
    assert [line.split(":")[0] for line in lines[1:-1]] == [f"volume no-{n}" for n in range(20)]
