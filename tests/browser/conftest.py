# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Pages of the report on simulated clusters, and a browser that opens them.

REPORT_SCREENSHOTS is a folder to keep pictures of the pages in.
"""

from __future__ import annotations

import json
import os
import pathlib
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from worlds_of_pages import PAGES, Described

from ansible_collections.elementsw.replication.tests.simulator.server import serve

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
#: What a report of the last day found, by hours ago: the second volume pair was too far behind for a while.
HOURS = range(24, 0, -1)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    as_root = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=found, args=as_root)
        yield started
        started.close()


@pytest.fixture(scope="session")
def made(
    tmp_path_factory: pytest.TempPathFactory, collections_path: pathlib.Path, command_path: str
) -> Callable[[str], pathlib.Path]:
    """The page of a name in PAGES, made once by the playbook `report`."""
    known: dict[str, pathlib.Path] = {}

    def make(name: str) -> pathlib.Path:
        if name not in known:
            folder = tmp_path_factory.mktemp(name)
            _write(PAGES[name], folder, {"PATH": command_path, "ANSIBLE_COLLECTIONS_PATH": str(collections_path)})
            known[name] = folder / "report.html"
        return known[name]

    return make


def _write(described: Described, folder: pathlib.Path, env: dict[str, str]) -> None:
    """Where the page has a history, it is that of a first report, repeated for each hour of a day."""
    world = described.world()
    clusters = list(world.clusters)
    with serve(world) as running:
        if described.down:
            world.site_down(described.down)
        files = {"report_html": "report.html", "report_max_lag": 300}
        if described.history:
            files["report_history"] = "history.jsonl"
            _run(running, folder, env, {"replication_clusters": clusters, **files})
            _go_back(folder / "history.jsonl")
        if described.evidence:
            files["report_evidence"] = ["evidence"]
            _prove(folder / "evidence", described.evidence)
        _run(running, folder, env, {"replication_clusters": clusters, **files})


def _prove(folder: pathlib.Path, evidence: dict[str, Any]) -> None:
    folder.mkdir()
    date = f"{datetime.now(timezone.utc):%Y-%m-%d %H:%M:%S} UTC"
    for name, data in evidence.items():
        dated = {**data, "date": date} if isinstance(data, dict) else data
        (folder / name).write_text(json.dumps(dated), encoding="utf-8")


def _run(running: Any, folder: pathlib.Path, env: dict[str, str], variables: dict[str, Any]) -> None:
    inventory = str(running.write_inventory())
    command = ["ansible-playbook", "-i", inventory, "-e", json.dumps(variables), "elementsw.replication.report"]
    home = {"HOME": str(folder), "ANSIBLE_HOME": str(folder / ".ansible"), "ANSIBLE_NOCOLOR": "1"}
    done = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, **env, **home},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def _go_back(history: pathlib.Path) -> None:
    line = json.loads(history.read_text(encoding="utf-8").splitlines()[-1])
    at = datetime.fromisoformat(line["at"])
    lines = []
    for hours in HOURS:
        pairs = {
            key: [state, None if lag is None else lag + 40 * (hours * (place + 3) % 11)]
            for place, (key, (state, lag)) in enumerate(line["volume_pairs"].items())
        }
        if hours > 9:
            pairs = {key: ["protected", lag] for key, (_state, lag) in pairs.items()}
        problems = line["problems"] if hours <= 9 else []
        lines.append({"at": (at - timedelta(hours=hours)).isoformat(), "volume_pairs": pairs, "problems": problems})
    history.write_text("".join(f"{json.dumps(each)}\n" for each in lines), encoding="utf-8")


@dataclass
class Opened:
    """A page that was opened, and what it did besides showing itself."""

    page: Page
    heard: list[str] = field(default_factory=list)

    def visible_rows(self) -> list[str]:
        return self.page.locator("#pairs tbody tr:visible td:nth-child(2)").all_inner_texts()


@pytest.fixture
def opened(browser: Browser, made: Callable[[str], pathlib.Path]) -> Iterator[Callable[..., Opened]]:
    """Open a page by its name, or a file. What the browser says about it, and what it requests, is kept."""
    contexts = []

    def open_page(name: str | pathlib.Path, *, width: int = 1400, height: int = 900, **options: Any) -> Opened:
        file = made(name) if isinstance(name, str) else name
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        page = context.new_page()
        found = Opened(page)
        page.on("console", lambda message: found.heard.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: found.heard.append(f"error: {error}"))
        page.on("request", lambda request: found.heard.append(f"request: {request.url}"))
        page.goto(file.as_uri())
        # The page itself is the one request.
        assert found.heard.pop(0) == f"request: {file.as_uri()}"
        return found

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture
def picture() -> Callable[[Page, str], None]:
    """Keep a picture of the page, where pictures are wanted."""
    folder = os.environ.get("REPORT_SCREENSHOTS")

    def take(page: Page, name: str, **options: Any) -> None:
        if folder:
            page.screenshot(path=pathlib.Path(folder, f"{name}.png"), **{"full_page": True, **options})

    return take
