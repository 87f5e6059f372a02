# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a playbook shows of a long wait, and that its task has one result."""

from __future__ import annotations

import json
import threading

import pytest

from ansible_collections.elementsw.replication.plugins.plugin_utils._action_base import printable

PAIR = "elementsw.replication.element_volume_pair"
VOLUMES = [{"name": "orders-db", "id": 41}]
COPYING = {"grace_polls": 0, "resuming_data_transfer_polls": "never"}
WAIT = {"peer_host": "beta", "volume": "orders-db", "wait_for": "in_sync", "wait_timeout": 60, "progress_interval": 1}
LINE = "alpha: 0 of 1 pair in sync, slowest "
LARGER = "is larger than the source"


@pytest.fixture
def play(sites, playbook, tmp_path_factory):
    """Run one task for alpha, let the copy end after so many calls of the module, and find the result in a file."""

    def run(task, calls=3, timings=None, **more):
        clusters = [
            {"name": "alpha", "volumes": VOLUMES},
            {"name": "beta", "volumes": [{"name": "orders-db", "id": 77, "size": "11GiB"}]},
        ]
        world = {"cluster_pairs": [{"between": ["alpha", "beta"]}], "timings": timings or COPYING, **more}
        site = sites(clusters, **world)
        folder = tmp_path_factory.mktemp("known")
        keep = {
            "ansible.builtin.copy": {"content": "{{ done | to_json }}", "dest": f"{folder}/result.json"},
            "diff": False,
        }
        # Where a home of one's own is not the user's, asynchronous tasks look for their results in two places.
        shared = {"ansible_async_dir": str(folder / "jobs")}
        tasks = [{**task, "register": "done", "ignore_errors": True, "vars": shared}, keep]
        ended = end_after(site, calls)
        done = playbook(site.running.inventory(), [{"hosts": "alpha", "gather_facts": False, "tasks": tasks}], folder)
        ended.join()
        return done, json.loads((folder / "result.json").read_text(encoding="utf-8")), site

    return run


def end_after(site, calls):
    """Let what is being copied arrive once a module has begun for this many times. Each call asks who is there."""

    def watch():
        while len(site.world.calls_of("beta", "GetClusterInfo")) < calls:
            threading.Event().wait(0.01)
        site.world.timings.set("instant")

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    return thread


def lines(text):
    return [line for line in text.splitlines() if line.startswith("alpha: ")]


def test_lines_are_shown_and_the_task_has_one_result(play):
    done, result, site = play({PAIR: WAIT})
    assert done.returncode == 0, done.stdout
    assert len(lines(done.stderr)) == 2
    assert all(line.startswith(LINE) for line in lines(done.stderr))
    assert lines(done.stdout) == []
    assert done.stdout.count("_progress") == done.stdout.count('"_progress": ') == 0
    assert (result["changed"], result["failed"], "_progress" in result) == (True, False, False)
    assert [action["method"] for action in result["actions"]] == [call.method for call in site.world.writes()]
    assert done.stdout.count("+++ after") == 1
    assert (done.stdout + done.stderr).count("[WARNING]: the target") == 1


def test_the_arguments_of_a_task_are_shown_as_they_were_given(play):
    done, _result, _site = play({PAIR: WAIT})
    # From ansible-core 2.22 on they are not shown at all.
    shown = {line.strip().rstrip(",") for line in done.stdout.splitlines() if '"x_resume"' in line}
    assert shown <= {'"x_resume": null'}


@pytest.mark.parametrize(
    ("task", "calls"),
    [
        pytest.param({PAIR: WAIT, "no_log": True}, 3, id="no_log"),
        pytest.param({PAIR: {**WAIT, "progress_interval": 0}}, 1, id="no-interval"),
        pytest.param({PAIR: WAIT, "async": 60, "poll": 1}, 1, id="async"),
    ],
)
def test_where_no_lines_are_shown(play, task, calls):
    done, result, site = play(task, calls)
    assert (lines(done.stderr), lines(done.stdout)) == ([], [])
    assert (result["changed"], result["failed"]) == (True, False)
    assert len(site.world.calls_of("beta", "GetClusterInfo")) == calls


def test_a_cluster_does_not_steer_the_terminal():
    assert (
        printable("beta\x1b[2J reports\r\nConnected, 41\u202f%: \u00e4") == "beta?[2J reports??Connected, 41?%: \u00e4"
    )


def test_clusters(play):
    task = {"elementsw.replication.element_cluster_pair": {"peer_host": "beta", "progress_interval": 1}}
    done, result, _site = play(task, cluster_pairs=[], timings={"misconfigured_polls": "never"})
    assert [line.rsplit(",", 1)[0] for line in lines(done.stderr)] == [
        "alpha: cluster pair of alpha and beta: alpha reports Misconfigured, beta reports Misconfigured"
    ] * 2
    assert (result["changed"], result["cluster_pair"]["connected"]) == (True, True)
