# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The README says what Galaxy and the inclusion checklist ask for, and its links do not need the repository around it."""

from __future__ import annotations

import pathlib
import re

import pytest
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
REPOSITORY = "https://github.com/elementsw/ansible-replication"
RAW = "https://raw.githubusercontent.com/elementsw/ansible-replication/main/"
SITE = "https://elementsw.github.io/ansible-replication/"
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = {
    str(path.relative_to(ROOT)): path.read_text(encoding="utf-8")
    for path in (*ROOT.glob("README*.md"), *ROOT.glob("roles/*/README.md"))
}
LINK = re.compile(r"\]\(([^)\s]+)\)")


def links(text):
    return LINK.findall(re.sub(r"^```.*?^```$", "", text, flags=re.DOTALL | re.MULTILINE))


def anchor(heading):
    """The name that GitHub and Galaxy give a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def headings(text):
    prose = re.sub(r"^```.*?^```$", "", text, flags=re.DOTALL | re.MULTILINE)
    return re.findall(r"^#{2,3} (.+)$", prose, re.MULTILINE)


@pytest.mark.parametrize("page", PAGES)
def test_no_link_depends_on_the_repository_around_it(page):
    text = PAGES[page]
    anchors = {f"#{anchor(heading)}" for heading in headings(text)}
    assert [link for link in links(text) if not link.startswith("https://") and link not in anchors] == []
    assert not re.search(r"<img|<a ", text)


@pytest.mark.parametrize("page", PAGES)
def test_what_links_lead_to_is_there(page):
    for link in links(PAGES[page]):
        path, _hash, place = link.partition("#")
        for prefix in (f"{REPOSITORY}/blob/main/", f"{REPOSITORY}/tree/main/", RAW):
            if path.startswith(prefix):
                target = ROOT / path.removeprefix(prefix)
                assert target.exists(), link
                if place:
                    assert place in {anchor(heading) for heading in headings(target.read_text(encoding="utf-8"))}, link
        if path.startswith(SITE + "docsite/"):
            name = path.removeprefix(SITE + "docsite/").removesuffix(".html")
            assert (ROOT / "docs" / "docsite" / "rst" / f"{name}.rst").is_file(), link


def test_the_table_of_contents_is_complete():
    contents, _line_break, rest = README.partition("\n## ")[2].partition("\n## ")
    assert contents.startswith("Contents\n")
    listed = re.findall(r"\[(.+?)\]\(#(.+?)\)", contents)
    assert [heading for heading, _place in listed] == re.findall(r"^## (.+)$", "\n## " + rest, re.MULTILINE)
    assert [place for heading, place in listed] == [anchor(heading) for heading, _place in listed]


def test_it_begins_with_what_a_reader_can_run_and_must_know():
    first, second = re.findall(r"^make (\S+)", README, re.MULTILINE)[:2]
    assert (first, second) == ("demo", "demo-failover")
    beginning = " ".join("\n".join(README.splitlines()[:45]).split())
    assert "make test" in beginning
    assert "No real cluster has been used" in beginning
    assert f"{SITE}docsite/api_notes.html" in beginning


def test_it_says_where_to_ask_and_with_which_tags():
    communication = README.partition("\n## Communication\n")[2].partition("\n## ")[0]
    assert "[Get Help](https://forum.ansible.com/c/help/6)" in communication
    assert re.search(r"tags? `[a-z-]+`", " ".join(communication.split()))


@pytest.mark.parametrize("part", ["options", "return values", "codes", "variables", "command line"])
def test_it_says_what_is_public(part):
    assert part in README.partition("\n## What you can rely on\n")[2].partition("\n## ")[0]


def test_galaxy_leads_to_the_site():
    assert yaml.safe_load((ROOT / "galaxy.yml").read_text(encoding="utf-8"))["documentation"] == SITE


def test_each_ansible_core_of_the_pipeline_has_its_row():
    """`.ci/supported_versions.py` writes the table from what has passed."""
    tested = re.findall(
        r'^    Core\("([\d.]+)"', (ROOT / ".ci" / "versions.py").read_text(encoding="utf-8"), re.MULTILINE
    )
    table = README.partition("## Supported versions")[2].partition("\n## ")[0]
    assert tested
    assert re.findall(r"^\| ([\d.]+)", table, re.MULTILINE) == tested
