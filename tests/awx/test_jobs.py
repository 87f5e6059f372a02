# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The jobs of docs/awx on simulated clusters: what they do, what they leave in the records of AWX, and how they get along."""

from __future__ import annotations

import base64
import contextlib
import copy
import json
import stat
import threading
import time
import urllib.parse
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from conftest import PASSWORDS, ROOT
from jobs import Job, Site, launch, refused

from ansible_collections.elementsw.replication.tests.simulator.server import serve
from ansible_collections.elementsw.replication.tests.simulator.world import World

SITES = {"alpha": "site_a", "beta": "site_b"}
NAMES = {"replication_cluster": "alpha", "replication_peer": "beta"}
TO_BETA = {
    "replication_cluster": "beta",
    "replication_peer": "alpha",
    "failover_kind": "planned",
    "replication_confirm": "beta",
}
LIST = "pairs/alpha-beta.csv"


def two_sites(**more) -> dict:
    world = yaml.safe_load((ROOT / "tests/simulator/worlds/two_sites.yml").read_text(encoding="utf-8"))
    for cluster in world["clusters"]:
        password = PASSWORDS[SITES[cluster["name"]]]
        cluster["admins"] = [{"username": "ansible", "password": password, "access": ["administrator"]}]
        cluster.pop("sessions", None)
    return {**world, "timings": "instant", **more}


@pytest.fixture
def site(core, controller, collections_path, tmp_path):
    """A function that serves a world, and returns it with what AWX knows of it."""
    with contextlib.ExitStack() as stack:

        def make(**more) -> tuple[World, Site]:
            world = World.from_dict(two_sites(**more))
            running = stack.enter_context(serve(world, tmp_path / "world"))
            hosts, credential = {}, {}
            for name, of_site in SITES.items():
                address, port = running.address(name)
                known = json.loads(controller.named("hosts")[name]["variables"])
                hosts[name] = {**known, "element_hostname": address, "element_port": port}
                credential |= {
                    f"{of_site}_username": "ansible",
                    f"{of_site}_password": PASSWORDS[of_site],
                    f"{of_site}_cert_fingerprint": running.certificate_sha256(name),
                }
            return world, Site(controller, core, tmp_path, collections_path, hosts, credential)

        yield make


def forms(secret: str) -> set[str]:
    return {
        secret,
        json.dumps(secret)[1:-1],
        json.dumps(json.dumps(secret)[1:-1])[1:-1],
        urllib.parse.quote(secret),
        base64.b64encode(secret.encode()).decode().rstrip("="),
        base64.b64encode(f"ansible:{secret}".encode()).decode().rstrip("="),
    }


def leaks(job: Job) -> list[str]:
    secrets = {form for password in PASSWORDS.values() for form in forms(password)}
    return [name for name, text in job.records() if any(form in text for form in secrets)]


def halves(world: World) -> dict[str, list[str]]:
    """The volumes that have a pair, by the cluster."""
    return {
        name: sorted(volume["name"] for volume in cluster["volumes"] if volume["pairs"])
        for name, cluster in world.truth()["clusters"].items()
    }


def writable(world: World) -> dict[str, list[str]]:
    return {
        name: sorted(each["name"] for each in cluster["volumes"] if each["pairs"] and each["access"] == "readWrite")
        for name, cluster in world.truth()["clusters"].items()
    }


PAIRED = ["catalogue", "orders-db", "orders-log"]


def workflow(site: Site, answers: dict, nodes: list[str]) -> Iterator[Job]:
    """Jobs one after the other, each with the answers and the artifacts of those before it, as in a workflow."""
    artifacts: dict = {}
    for name in nodes:
        job = launch(site, name, {**artifacts, **answers})
        artifacts.update(copy.deepcopy(job.artifacts))
        yield job


def test_protect_then_the_workflow_of_a_failover(site):
    """Blank answers are null in the first job and empty text in the second; a textarea has line breaks of any kind."""
    world, awx = site()
    blank = ["protect_pairs", "protect_account", "protect_mode"]
    preview = launch(awx, "protect", {**NAMES, **dict.fromkeys(blank)}, "--check")
    assert (preview.status, world.writes()) == ("successful", []), preview.output
    assert "would be paired" in preview.output
    done = launch(awx, "protect", {**NAMES, **dict.fromkeys(blank, "")}, "-vvvv")
    assert (done.status, halves(world)) == ("successful", {"alpha": PAIRED, "beta": PAIRED}), done.output
    assert (leaks(preview), leaks(done)) == ([], [])
    assert {stat.S_IMODE(path.stat().st_mode) for path in done.injected} == {0o600}
    assert {path.read_text(encoding="utf-8") for path in done.injected} == set(PASSWORDS.values())
    assert done.artifacts["replication_healthy"] is True

    answers = {
        **TO_BETA,
        "failover_volumes": "orders-db\r\norders-log\n",
        "failover_accounts": "",
        "failover_exclude": "",
    }
    answers |= {"failover_peer_unreachable": ""}
    assert refused(awx, "failover", answers) == []
    jobs = list(workflow(awx, answers, ["failover", "status"]))
    assert [job.status for job in jobs] == ["successful"] * 2, "\n".join(job.output for job in jobs)
    assert writable(world) == {"alpha": ["catalogue"], "beta": ["orders-db", "orders-log"]}
    assert [moved["volume"] for moved in jobs[0].artifacts["replication_moved"]] == ["orders-db", "orders-log"]
    assert [leaks(job) for job in jobs] == [[]] * 2


@pytest.mark.usefixtures("_newest")
def test_the_other_templates(site):
    names = ["orders-db", "orders-log", "catalogue"]
    pairs = [{"source": f"alpha/{name}", "target": f"beta/{name}"} for name in names]
    world, awx = site(cluster_pairs=[{"between": ["alpha", "beta"]}], volume_pairs=pairs)
    assert [job.status for job in workflow(awx, TO_BETA, ["status", "report"])] == ["successful"] * 2
    scheduled = {**NAMES, "protect_pairs_file": LIST, "status_fail_on_problems": "true"}
    assert launch(awx, "status", scheduled).status == "successful"
    ending = {**NAMES, "replication_confirm": "alpha", "unprotect_clusters": "false"}
    ending["unprotect_volumes"] = "orders-db\r\n\r\norders-log"
    assert launch(awx, "unprotect", ending).status == "successful"
    assert halves(world) == {"alpha": ["catalogue"], "beta": ["catalogue"]}


@pytest.mark.usefixtures("_oldest")
def test_a_pasted_list_and_a_rehearsal(site):
    world, awx = site()
    pasted = {**NAMES, "protect_pairs_file": "", "protect_pairs": "volume;account;mode\r\ncatalogue;shop;sync\r\n"}
    assert launch(awx, "protect", pasted).status == "successful"
    assert halves(world)["beta"] == ["catalogue"]
    before = world.truth()["clusters"]["beta"]["volumes"]
    given = {
        "replication_cluster": "beta",
        "replication_peer": "alpha",
        "rehearse_point": "now",
        "rehearse_volumes": "catalogue\n",
    }
    job = launch(awx, "rehearse", {**given, "rehearse_tasks": "", "rehearse_access_group": None})
    assert (job.status, leaks(job)) == ("successful", []), job.output
    assert job.artifacts["rehearsal_passed"] is True
    names = [volume["name"] for volume in world.truth()["clusters"]["beta"]["volumes"] if not volume["deleted"]]
    assert names == [volume["name"] for volume in before]


@pytest.mark.parametrize("name", ["failover", "unprotect"])
@pytest.mark.usefixtures("_oldest")
def test_without_the_confirmation_nothing_is_done(site, name):
    world, awx = site()
    job = launch(awx, name, {**TO_BETA, "replication_confirm": "alpha", "unprotect_volumes": "orders-db"})
    assert job.status == "failed"
    assert "replication_confirm is not the name of replication_cluster. Nothing was done" in job.output
    assert world.writes() == []


@pytest.mark.usefixtures("_newest")
def test_a_failover_that_fails_makes_the_workflow_fail(site):
    pair = {"source": "alpha/orders-db", "target": "beta/orders-db"}
    world, awx = site(cluster_pairs=[{"between": ["alpha", "beta"]}], volume_pairs=[pair])
    world.site_down("alpha")
    failed, node = workflow(awx, TO_BETA, ["failover", "failover failed"])
    assert (failed.status, node.status) == ("failed", "failed")
    assert "The failover has failed. Not writable on beta:" in node.output
    assert world.writes() == []


@pytest.mark.usefixtures("_oldest")
def test_a_slice_is_refused(site):
    world, awx = site()
    job = launch(awx, "protect", NAMES, hosts=("alpha",))
    assert (job.status, world.writes()) == ("failed", [])
    assert "beta is no host of the inventory" in job.output


@pytest.mark.usefixtures("_oldest")
def test_a_limit_is_refused(site):
    world, awx = site()
    job = launch(awx, "protect", NAMES, "-l", "beta")
    assert (job.status, world.writes()) == ("failed", [])
    assert "The limit leaves out alpha" in job.output


def processes(job: Job) -> list[int]:
    """Those of the job that still run, by the environment that they have from it."""
    mark, found = f"AWX_PRIVATE_DATA_DIR={job.private_data}\0".encode(), []
    for path in Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):
            if mark in path.read_bytes():
                found.append(int(path.parent.name))
    return found


def test_cancel_in_the_middle_then_the_same_job_again(site):
    """There is no container here, whose end would kill all processes at once: the module ends by itself, and soon."""
    world, awx = site(timings={"resuming_data_transfer_polls": "never"})
    given = {**NAMES, "protect_wait_for": "in_sync"}
    job = launch(awx, "protect", given, cancel=lambda: len(world.calls_of(methods="CompleteVolumePairing")) > 1)
    deadline = time.monotonic() + 90
    while processes(job) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert processes(job) == []
    assert (job.status, leaks(job)) == ("canceled", []), job.output
    world.timings.set("instant")
    again = launch(awx, "protect", given)
    assert (again.status, halves(world)) == ("successful", {"alpha": PAIRED, "beta": PAIRED}), again.output


def test_two_jobs_at_once(site):
    world, awx = site()
    ended: dict[str, Job] = {}

    def run(name: str, template: str, given: dict) -> None:
        ended[name] = launch(awx, template, given)

    threads = [
        threading.Thread(target=run, args=arguments)
        for arguments in (("first", "protect", NAMES), ("second", "protect", NAMES), ("status", "status", NAMES))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ended["status"].status == "successful"
    assert {ended["first"].status, ended["second"].status} <= {"successful", "failed"}
    assert [leaks(job) for job in ended.values()] == [[]] * 3
    assert launch(awx, "protect", NAMES).status == "successful"
    assert halves(world) == {"alpha": PAIRED, "beta": PAIRED}
