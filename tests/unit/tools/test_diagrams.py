# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The diagrams of the guides are drawn from their texts, fit into their boxes, are used, and are true."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
import yaml

from ansible_collections.elementsw.replication.plugins.module_utils._pairing.decide import health

ROOT = Path(__file__).resolve().parents[3]
FOLDER = ROOT / "docs" / "diagrams"
SOURCES = sorted(FOLDER.glob("*.yml"))
NAMES = [path.stem for path in SOURCES]
URL = "https://raw.githubusercontent.com/elementsw/ansible-replication/main/docs/diagrams/"


def load(name):
    """A tool, which is no part of the collection's package."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "tools" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


diagrams = load("diagrams")


def described(name):
    return yaml.safe_load((FOLDER / f"{name}.yml").read_text(encoding="utf-8"))


def test_every_picture_has_its_text():
    assert {path.stem for path in FOLDER.glob("*.svg")} == set(NAMES) != set()


@pytest.mark.parametrize("name", NAMES)
def test_pictures_are_drawn_from_the_present_texts(name):
    """`make format` draws them again."""
    drawn = diagrams.draw(described(name))
    assert (FOLDER / f"{name}.svg").read_text(encoding="utf-8") == drawn


@pytest.mark.parametrize("name", NAMES)
def test_pictures_say_what_they_show_and_follow_the_scheme_of_the_reader(name):
    text = (FOLDER / f"{name}.svg").read_text(encoding="utf-8")
    picture = ElementTree.fromstring(text)
    of_svg = "{http://www.w3.org/2000/svg}"
    assert picture.find(f"{of_svg}title").text
    assert picture.find(f"{of_svg}desc").text
    assert "prefers-color-scheme: dark" in text
    assert "http" not in text.replace("http://www.w3.org/2000/svg", "").partition("-->")[2]


@pytest.mark.parametrize("name", NAMES)
def test_pictures_are_used(name):
    pages = [*(ROOT / "docs" / "docsite" / "rst").glob("*.rst"), ROOT / "docs" / "site" / "index.rst"]
    assert [page.name for page in pages if f"{URL}{name}.svg" in page.read_text(encoding="utf-8")]


@pytest.mark.parametrize("page", sorted((ROOT / "docs").rglob("*.rst")), ids=lambda page: page.name)
def test_pages_show_pictures_that_there_are(page):
    """Pages are shown in several places, and only some of these copy files: each address is a whole one."""
    text = page.read_text(encoding="utf-8")
    shown = re.findall(r"^ *\.\. (?:image|figure):: (.+)\n((?: +.+\n)*)", text, re.MULTILINE)
    for address, options in shown:
        assert (ROOT / "docs" / address.removeprefix(URL.removesuffix("diagrams/"))).is_file()
        assert ":alt: " in options


def test_states_have_their_health():
    boxes = described("states")["boxes"]
    states = {
        state.strip(" ,"): box["title"] for box in boxes for line in box.get("states", []) for state in line.split(", ")
    }
    assert states
    for state, title in states.items():
        assert health.of_state(state.rstrip("…"), roles_valid=False) == title, state
    assert set(health._BY_STATE) <= set(states)


BOX = {"id": "one", "at": [20, 60], "size": [120, 40], "title": "alpha"}
PLAN = {"title": "A plan", "description": "What it shows.", "size": [300, 200]}


@pytest.mark.parametrize(
    ("plan", "sentence"),
    [
        ({**PLAN, "boxes": [{**BOX, "title": "a title that is much too long"}]}, "box one: its text needs"),
        ({**PLAN, "boxes": [{**BOX, "lines": ["one", "two", "three"]}]}, "box one: its text needs"),
        ({**PLAN, "boxes": [{**BOX, "at": [250, 60]}]}, "box one: it is outside"),
        ({**PLAN, "boxes": [BOX], "arrows": [{"from": "one", "to": "two"}]}, "no box two"),
        ({**PLAN, "boxes": [{**BOX, "look": "shiny"}]}, "no look shiny"),
        ({**PLAN, "sides": ["alpha", "beta"], "steps": [{"alpha": "much too long " * 5, "text": "Do it."}]}, "step 1"),
    ],
)
def test_what_does_not_fit_is_refused(plan, sentence):
    with pytest.raises(diagrams.DiagramProblem, match=sentence):
        diagrams.draw(plan)
