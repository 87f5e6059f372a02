# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Bad input: one sentence with the remedy, the right code, and not a single write."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import sys

import pytest

from ansible_collections.elementsw.replication.tests.unit.running import run_module

MODULES = ("cluster_pair", "volume_pair", "pair_info")
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
    return VOLUME if module == "volume_pair" else {}


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


def test_a_connection_that_is_refused(site):
    site.world.site_down("beta")
    result = refused(site, "volume_pair")
    assert (result["error"]["code"], result["error"]["method"]) == ("unreachable", "GetClusterInfo")
    assert "check hostname, port and the network" in result["msg"]


@pytest.mark.parametrize("module", MODULES)
def test_something_that_is_no_cluster(site, module):
    site.world.faults.add("alpha", "GetClusterInfo", fault="http_404", times=None)
    assert refused(site, module)["error"]["code"] == "unsupported_api_version"


def test_html_in_place_of_json(site):
    for method in ("ListVolumes", "StartVolumePairing"):
        site.world.faults.clear()
        site.world.faults.add("alpha", method, fault="html_200", times=None)
        result = site.run("volume_pair", **VOLUME)
        assert (result["error"]["code"], result["changed"]) == ("bad_reply", False)
        assert "MVIP" in result["msg"]


@pytest.mark.parametrize(
    ("given", "code", "remedy"),
    [
        ({"volume": "nobody"}, "volume_not_found", "check the spelling"),
        ({"volume": None, "volume_id": 999}, "volume_not_found", "check the spelling"),
        ({"peer_volume": "nobody"}, "volume_not_found", "check the spelling"),
        ({"volume": "scratch"}, "volume_ambiguous", "name the account"),
        ({"volume": "scratch", "account": "lab"}, "volume_ambiguous", "name the account"),
        ({"account": "nobody"}, "account_not_found", "check the spelling"),
        ({"account": "lab"}, "volume_not_found", "of account lab"),
    ],
)
def test_a_volume_that_cannot_be_told(site, given, code, remedy):
    result = refused(site, "volume_pair", **given)
    assert (result["error"]["code"], remedy in result["msg"]) == (code, True)


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
        ({"timeout": 0}, "at least 1"),
        ({"port": 70000}, "from 1 to 65535"),
        ({"api_version": "9.6"}, "10.0"),
        ({"cert_fingerprint": "abc"}, "64 hexadecimal digits"),
    ],
)
def test_arguments_that_make_no_sense(site, given, words):
    assert words in refused(site, "volume_pair", **given)["msg"]
    assert site.world.calls == []


BLOCKER = """
import sys

class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {missing!r}:
            raise ImportError("No module named " + name)

sys.meta_path.insert(0, Missing())
"""


@pytest.mark.parametrize("missing", [["requests"], ["netaddr"], ["netaddr", "requests"]])
def test_a_package_that_is_not_installed(missing, tmp_path):
    """In a process of its own, whose Python does not find the package."""
    tests = pathlib.Path(__file__).resolve().parents[3]
    root = tests.parent.parent.parent.parent  # above ansible_collections, where the checkout lies in one
    script = tmp_path / "run.py"
    script.write_text(
        BLOCKER.format(missing=missing)
        + f"sys.path[:0] = [{str(tests)!r}, {str(root)!r}]\n"
        + "try:\n    import conftest\nexcept ImportError:\n    pass\n"
        + "import importlib, json\n"
        + "from ansible.module_utils import basic\n"
        + "try:\n    from ansible.module_utils.testing import patch_module_args\nexcept ImportError:\n"
        + "    import contextlib\n    patch_module_args = None\n"
        + "name = 'ansible_collections.elementsw.replication.plugins.modules.element_pair_info'\n"
        + "module = importlib.import_module(name)\n"
        + "args = {'hostname': '192.0.2.10', 'username': 'a', 'password': 'b'}\n"
        + "if patch_module_args:\n    with patch_module_args(args):\n        module.main()\n"
        + "basic._ANSIBLE_ARGS = json.dumps({'ANSIBLE_MODULE_ARGS': args}).encode()\nmodule.main()\n",
        encoding="utf-8",
    )
    done = subprocess.run(
        [sys.executable, str(script)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "HOME": str(tmp_path)},
    )
    message = json.loads(done.stdout)["msg"]
    assert done.returncode == 1
    assert all(name in message for name in missing)


def test_the_action_plugin_is_named_when_it_did_not_run():
    result = run_module("pair_info", {"peer_host": "beta"})
    assert "action plugin" in result["msg"]
