# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The pattern is the one that docs/awx gives, in the form of the specification of patterns; and the image can be built."""

from __future__ import annotations

import subprocess
import sys

import awx_rules
import pattern
import pytest
import yaml
from conftest import DOCS, ROOT
from jsonschema import Draft7Validator

TEXT = {"type": "string"}
TEXTS = {"type": "array", "items": TEXT, "minItems": 1, "uniqueItems": True}
QUESTION = {
    "type": "object",
    "required": ["type", "question_name", "question_description", "variable", "required"],
    "additionalProperties": False,
    "properties": {
        **dict.fromkeys(("question_name", "question_description", "variable", "default"), TEXT),
        "type": {"enum": ["text", "multiplechoice", "textarea"]},
        "required": {"type": "boolean"},
        "choices": TEXTS,
    },
}
TEMPLATE = {
    "type": "object",
    "required": ["name", "description", "playbook"],
    "additionalProperties": False,
    "properties": {
        **dict.fromkeys(("name", "description", "playbook", "execution_environment"), TEXT),
        "primary": {"type": "boolean"},
        "labels": TEXTS,
        "fields_required_at_launch": {"type": "array", "items": {"enum": ["credential", "inventory", "verbosity"]}},
        "survey": {
            "type": "object",
            "required": ["name", "description", "spec"],
            "additionalProperties": False,
            "properties": {"name": TEXT, "description": TEXT, "spec": {"type": "array", "items": QUESTION}},
        },
    },
}
RESOURCES = {
    "controller_project": {"type": "object", "required": ["name", "description"]},
    "controller_execution_environment": {"type": "object", "required": ["name", "description", "image_name"]},
    "controller_labels": TEXTS,
    "controller_job_templates": {"type": "array", "minItems": 1, "items": TEMPLATE},
}
NAMED = ("schema_version", "name", "title", "description", "short_description")
#: From the specification of patterns, https://github.com/ansible/pattern-service.
SPECIFICATION = {
    "type": "object",
    "required": [*NAMED, "tags", "aap_resources"],
    "additionalProperties": False,
    "properties": {
        **dict.fromkeys(NAMED, TEXT),
        "tags": TEXTS,
        "aap_resources": {
            "type": "object",
            "required": list(RESOURCES),
            "additionalProperties": False,
            "properties": RESOURCES,
        },
    },
}


def test_the_files_are_those_of_docs():
    again = "they differ: run python tests/awx/pattern.py"
    assert (pattern.PATTERN / "meta" / "pattern.json").read_text(encoding="utf-8") == pattern.text(), again
    found = {path.name: path.read_text(encoding="utf-8") for path in (pattern.PATTERN / "playbooks").iterdir()}
    assert found == pattern.playbooks(), again


def test_the_specification():
    described = pattern.pattern()
    assert [error.message for error in Draft7Validator(SPECIFICATION).iter_errors(described)] == []
    templates = described["aap_resources"]["controller_job_templates"]
    assert [template["primary"] for template in templates].count(True) == 1
    assert [awx_rules.survey(template["survey"]) for template in templates] == [[]] * len(templates)
    assert (pattern.PATTERN / "README.md").is_file()


def test_the_playbooks_find_those_of_the_collection(core, collections_path, tmp_path):
    playbooks = (
        collections_path / "ansible_collections/elementsw/replication" / pattern.PATTERN.relative_to(ROOT) / "playbooks"
    )
    done = subprocess.run(
        ["ansible-playbook", "-i", "localhost,", "--syntax-check", *map(str, sorted(playbooks.glob("*.yml")))],
        env=core.variables(tmp_path, ANSIBLE_COLLECTIONS_PATH=str(collections_path)),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout.count("playbook: ")) == (0, 6), done.stdout + done.stderr


def test_the_image(tmp_path):
    command = [
        "create",
        "--file",
        str(DOCS / "execution-environment.yml"),
        "--context",
        str(tmp_path),
        "--verbosity",
        "1",
    ]
    done = subprocess.run(
        [sys.executable, "-m", "ansible_builder", *command], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (containerfile,) = (path for path in tmp_path.iterdir() if path.name.endswith("file"))
    assert "git-core" in containerfile.read_text(encoding="utf-8")
    galaxy = yaml.safe_load((tmp_path / "_build" / "requirements.yml").read_text(encoding="utf-8"))
    project = yaml.safe_load((DOCS / "project" / "collections" / "requirements.yml").read_text(encoding="utf-8"))
    assert galaxy == project


@pytest.mark.parametrize("package", ["netaddr", "requests"])
def test_the_collection_names_what_the_image_needs(package):
    described = yaml.safe_load((ROOT / "meta" / "execution-environment.yml").read_text(encoding="utf-8"))
    listed = (ROOT / described["dependencies"]["python"]).read_text(encoding="utf-8").splitlines()
    assert package in listed
