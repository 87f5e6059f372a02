# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Playbooks and roles under settings of Ansible that administrators have: strategies, tags, the first task, time limits."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest
import yaml

from ansible_collections.elementsw.replication.tests.simulator.server import serve
from ansible_collections.elementsw.replication.tests.simulator.world import World

#: Each takes up to half a minute.
pytestmark = pytest.mark.journey

PLAYBOOKS = Path(__file__).resolve().parents[2] / "playbooks"
SHOP = [{"name": "shop"}]
DESCRIBED = {
    "timings": "instant",
    "clusters": [
        {
            "name": "alpha",
            "accounts": SHOP,
            "volumes": [{"name": name, "account": "shop"} for name in ("orders", "wiki", "unpaired")],
        },
        {
            "name": "beta",
            "accounts": SHOP,
            "volumes": [{"name": name, "account": "shop"} for name in ("wiki", "logs", "unpaired")],
        },
        {
            "name": "gamma",
            "accounts": SHOP,
            "volumes": [{"name": name, "account": "shop"} for name in ("orders", "wiki", "logs")],
        },
    ],
    "cluster_pairs": [
        {"between": ["alpha", "beta"]},
        {"between": ["alpha", "gamma"]},
        {"between": ["beta", "gamma"]},
    ],
    "volume_pairs": [
        {"source": "alpha/orders", "target": "gamma/orders"},
        {"source": "alpha/wiki", "target": "beta/wiki"},
    ],
}
NAMES = {"replication_cluster": "beta", "replication_peer": "alpha"}
#: For each playbook what it needs besides the names of the clusters.
GIVEN = {
    "failover": {"failover_kind": "planned"},
    "protect": {"protect_pairs": [{"volume": "unpaired"}]},
    "rehearse": {},
    "report": {},
    "status": {},
    "unprotect": {"unprotect_volumes": ["wiki"]},
}


@pytest.fixture
def sites():
    with serve(World.from_dict(DESCRIBED)) as running:
        running.world.clear_calls()
        yield running


@pytest.fixture
def play(sites, collections_path, command_path, tmp_path):
    """Run a playbook of the collection by its name, or one that is given as plays, and return the finished process."""

    def run(playbook, *arguments, given=None, inventory=None, **settings):
        described = {**sites.inventory(), "all": {"vars": inventory or {}}}
        hosts = tmp_path / "hosts.json"
        hosts.write_text(json.dumps(described), encoding="utf-8")
        path = f"elementsw.replication.{playbook}"
        if not isinstance(playbook, str):
            path = str(tmp_path / "site.json")
            (tmp_path / "site.json").write_text(json.dumps(playbook), encoding="utf-8")
        return subprocess.run(
            ["ansible-playbook", "-i", str(hosts), path, "-e", json.dumps(given or {}), *arguments],
            env={
                **os.environ,
                "ANSIBLE_COLLECTIONS_PATH": str(collections_path),
                "ANSIBLE_HOME": str(tmp_path),
                "ANSIBLE_LOCALHOST_WARNING": "False",
                "ANSIBLE_NOCOLOR": "1",
                "PATH": command_path,
                **settings,
            },
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )

    return run


# --- tags -------------------------------------------------------------------------------------------------------------


NOTHING_DONE = "Nothing was done: the tasks of this playbook have no tags"


@pytest.mark.parametrize(
    ("playbook", "arguments", "settings"),
    [
        ("failover", ["--tags", "night"], {}),
        ("protect", ["--skip-tags", "all"], {}),
        ("unprotect", [], {"ANSIBLE_RUN_TAGS": "night"}),
    ],
)
def test_a_playbook_says_that_tags_leave_out_all_of_its_tasks(playbook, arguments, settings, sites, play):
    done = play(playbook, *arguments, given={**NAMES, **GIVEN[playbook]}, **settings)
    assert NOTHING_DONE in done.stdout, done.stdout + done.stderr
    assert sites.world.writes() == []


@pytest.mark.parametrize("playbook", GIVEN)
def test_every_playbook_says_so(playbook):
    first, *others = yaml.safe_load((PLAYBOOKS / f"{playbook}.yml").read_text(encoding="utf-8"))
    assert first["tasks"][-1]["ansible.builtin.import_tasks"] == "tasks/tags.yml"
    assert first["tasks"][-1]["tags"] == "always"
    assert all("strategy" in part for part in (first, *others))


def test_a_playbook_that_imports_others_can_select_them_by_tags(play):
    site = [
        {"name": "Report", "import_playbook": "elementsw.replication.status", "tags": "storage"},
        {"name": "Others", "hosts": "localhost", "gather_facts": False, "tags": "others", "tasks": [{"debug": {}}]},
    ]
    storage = play(site, "--tags", "storage", given=NAMES)
    assert storage.returncode == 0, storage.stdout
    assert "1 of 1 pair protected" in storage.stdout
    assert NOTHING_DONE not in storage.stdout
    others = play(site, "--tags", "others", given=NAMES)
    assert others.returncode == 0, others.stdout


# --- the first task ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("playbook", "task"),
    [
        ("failover", "elementsw.replication.failover : check | Forget an earlier failover"),
        ("rehearse", "elementsw.replication.rehearse : check | Forget an earlier rehearsal"),
        ("protect", "Protect"),
        ("unprotect", "Read the variables"),
        ("unprotect", "Remove the volume pairs"),
    ],
)
def test_a_later_first_task_lets_no_other_cluster_take_part(playbook, task, sites, play):
    """The plays run on all hosts when only the inventory has the names, which the skipped tasks refuse."""
    done = play(playbook, "--start-at-task", task, inventory={**NAMES, **GIVEN[playbook]})
    assert done.returncode != 0, done.stdout + done.stderr
    written = {call.cluster for call in sites.world.writes()}
    assert "gamma" not in written, done.stdout


# --- strategies -------------------------------------------------------------------------------------------------------

FREE = {"ANSIBLE_STRATEGY": "free"}
LINKS = [
    {"cluster": "alpha", "peer": "beta", "pairs": [{"volume": "unpaired", "mode": "no mode"}]},
    {"cluster": "beta", "peer": "gamma", "pairs": [{"volume": "logs"}]},
]


def test_a_report_waits_for_every_cluster(play):
    done = play("status", given={"replication_clusters": "alpha,beta,gamma"}, **FREE)
    assert done.returncode == 0, done.stdout
    assert done.stdout.count(" - as of ") == 1, done.stdout
    assert "2 of 2 pairs protected" in done.stdout


def test_links_are_reported_once_when_all_of_them_are_done(play):
    done = play("protect", "--check", given={"replication_links": LINKS}, **FREE)
    assert done.returncode == 2, done.stdout
    assert "1 of 2 links failed: alpha - beta." in done.stdout
    assert "beta - gamma: 1 volume pair, 1 would change" in done.stdout


@pytest.fixture
def report(play):
    """Run the role report on three clusters, in a play with these keywords."""
    links = [{"cluster": "alpha", "peer": "beta"}, {"cluster": "alpha", "peer": "gamma"}]
    role = {"role": "elementsw.replication.report", "report_links": links}
    hosts = ["alpha", "beta", "gamma"]

    def run(**keywords):
        return play([{"name": "Report", "hosts": hosts, "gather_facts": False, "roles": [role], **keywords}])

    return run


def test_the_role_report_refuses_clusters_that_the_play_reads_later(report):
    done = report(serial=1)
    assert done.returncode == 2, done.stdout
    assert "this play runs on beta, gamma later: leave out serial. Nothing was read." in done.stdout
    assert " protected" not in done.stdout


def test_the_role_report_joins_nothing_before_all_is_read(report):
    """A free strategy lets each cluster go ahead; how far depends on the machine."""
    done = report(strategy="free")
    shown = [line for line in done.stdout.splitlines() if " pairs protected" in line]
    assert done.returncode == 0 or "not read yet: give the play strategy: linear." in done.stdout, done.stdout
    assert all("2 of 2 pairs protected" in line for line in shown), done.stdout


# --- variables with general names -------------------------------------------------------------------------------------

#: What a survey or another role may call its variables. Those of the command line take precedence over the variables of a task.
GENERAL = {
    **dict.fromkeys(("contents", "given", "item", "kind", "links", "name", "options", "pairs", "paths", "peer"), "x"),
    **{"problem": "", "results": {}, "state": "absent", "unprotect": True, "unprotect_pairs": "x", "volumes": "x"},
}


def test_a_rehearsal_that_fails_is_no_success_whatever_variables_there_are(play):
    given = {**NAMES, "rehearse_account": "no account", **GENERAL}
    done = play("rehearse", given=given)
    assert done.returncode == 2, done.stdout
    assert "The rehearsal has not passed: " in done.stdout


def test_general_names_do_not_change_what_is_removed(sites, play):
    done = play("unprotect", given={**NAMES, **GIVEN["unprotect"], **GENERAL})
    assert done.returncode == 0, done.stdout + done.stderr
    assert "* wiki" in done.stdout
    assert "RemoveVolumePair" in {call.method for call in sites.world.writes()}
