# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The site has every page, once, and its pictures; its changelog appears with the first release."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[3]
DOCSITE = ROOT / "docs" / "docsite"
SECTIONS = (DOCSITE / "extra-docs.yml").read_text(encoding="utf-8")
LABEL = "ansible_collections.elementsw.replication.docsite."


@pytest.fixture(scope="module")
def site_pages():
    if not (ROOT / ".ci").is_dir():
        pytest.skip("a release has no pipeline")
    sys.path[:0] = [str(ROOT / ".ci"), str(ROOT / "tools")]
    try:
        spec = importlib.util.spec_from_file_location("site_pages", ROOT / ".ci" / "site_pages.py")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    finally:
        del sys.path[:2]
    return module


def pages():
    return {page.stem: page.read_text(encoding="utf-8") for page in (DOCSITE / "rst").glob("*.rst")}


def listed():
    return [name for section in yaml.safe_load(SECTIONS)["sections"] for name in section["toctree"]]


def test_every_page_is_listed_once():
    assert sorted(listed()) == sorted(pages())


def test_every_page_has_the_label_of_its_name():
    assert [name for name, text in pages().items() if f".. _{LABEL}{name}:\n" not in text] == []


def test_the_first_page_leads_to_guides_that_there_are():
    text = (ROOT / "docs" / "site" / "index.rst").read_text(encoding="utf-8")
    labels = re.findall(rf"{re.escape(LABEL)}([\w.]+)", text)
    assert {"guide_pairing", "guide_failover", "error_codes", "problem_codes", "faq"} <= set(labels)
    assert [label for label in labels if f".. _{LABEL}{label}:\n" not in pages()[label.partition(".")[0]]] == []


def test_the_sidebar_is_the_list_of_pages(site_pages):
    sections = {section["title"]: section["toctree"] for section in yaml.safe_load(SECTIONS)["sections"]}
    assert dict(site_pages.guides(SECTIONS)) == sections


@pytest.mark.parametrize("released", [False, True])
def test_the_site_is_composed_with_and_without_a_release(site_pages, tmp_path, released):
    site = tmp_path / "site"
    generated = site / "rst"
    (generated / "docsite").mkdir(parents=True)
    for name in ("element_pair_info_module", "protect_role", "status_table_filter"):
        short, _underscore, kind = name.rpartition("_")
        (generated / f"{name}.rst").write_text(
            f"elementsw.replication.{short} {kind} -- Do a thing\n", encoding="utf-8"
        )
    for name, text in pages().items():
        (generated / "docsite" / f"{name}.rst").write_text(text, encoding="utf-8")
    if released:
        (generated / "changelog.rst").write_text("what has changed", encoding="utf-8")
    site_pages.compose(site, ROOT)
    composed = {page.name: page.read_text(encoding="utf-8") for page in generated.rglob("*.rst")}
    assert not any(site_pages.PICTURES in text for text in composed.values())
    shown = {name for text in composed.values() for name in re.findall(r":: /(pictures/.+)$", text, re.MULTILINE)}
    assert [name for name in shown if not (generated / name).is_file()] == []
    assert "pictures/diagrams/pair.svg" in shown
    entries = re.findall(r"^   (\S.*)$", composed["index.rst"].partition("All pages")[2], re.MULTILINE)
    assert {f"docsite/{name}" for name in pages()} <= set(entries)
    assert {"element_pair_info <element_pair_info_module>", "protect <protect_role>"} <= set(entries)
    assert "- :doc:`status_table <status_table_filter>`: do a thing\n" in composed["filters.rst"]
    assert ("what has changed" in composed["changelog.rst"]) is released


def test_the_changelog_is_a_page_from_the_first_release_on():
    config = yaml.safe_load((DOCSITE / "config.yml").read_text(encoding="utf-8"))
    changes = yaml.safe_load((ROOT / "changelogs" / "changelog.yaml").read_text(encoding="utf-8"))
    assert config["changelog"]["write_changelog"] is bool(changes["releases"]), "see *Releases* in CONTRIBUTING.md"


def test_the_workflow_publishes_what_is_built(site_pages):
    """Each action is pinned by a commit, and only the job that publishes may do so."""
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "docs.yml").read_text(encoding="utf-8"))
    steps = [step for job in workflow["jobs"].values() for step in job["steps"]]
    assert [step["run"] for step in steps if "run" in step] == [".ci/run docs"]
    assert [step["uses"] for step in steps if "uses" in step and not re.search(r"@[0-9a-f]{40}$", step["uses"])] == []
    (upload,) = (step for step in steps if "upload-pages-artifact" in step.get("uses", ""))
    assert ROOT / upload["with"]["path"] == site_pages.SITE / "build" / "html"
    assert workflow["permissions"] == {"contents": "read"}
    assert "permissions" not in workflow["jobs"]["build"]


SETTINGS = """
collection_url = {
  * = "https://galaxy.ansible.com/ui/repo/published/{namespace}/{name}/"
}
collection_install = {
  * = "ansible-galaxy collection install {namespace}.{name}"
}
"""


def test_the_pages_of_plugins_say_to_install_the_collection_as_the_readme_does(site_pages):
    settings = site_pages.from_its_repository(SETTINGS)
    (install,) = re.findall(r'"(ansible-galaxy .+)"', settings)
    assert install in (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    assert "galaxy.ansible.com" not in settings
    assert "https://github.com/elementsw/ansible-replication" in settings


def test_settings_of_another_form_are_not_passed_over(site_pages):
    with pytest.raises(site_pages.StageFailure, match=r"antsibull-docs\.cfg"):
        site_pages.from_its_repository("collection_url = {}")
