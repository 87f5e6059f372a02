# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The pattern of the collection, made of the job templates in docs/awx. `python tests/awx/pattern.py` writes its files.

A pattern cannot know the names of the clusters, and its surveys have no numbers: such questions ask for text.
"""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs" / "awx"
PATTERN = ROOT / "extensions" / "patterns" / "element_replication"
PREFIX = "Element replication, "
#: A node of a workflow, which a pattern does not have.
LEFT_OUT = "failover failed"
LABEL = "element-replication"


class Loader(yaml.SafeLoader):
    """Reads what Ansible must not take for a template as text."""


Loader.add_constructor("!unsafe", lambda loader, node: loader.construct_scalar(node))


def _loaded(path: Path) -> Any:
    return yaml.load(path.read_text(encoding="utf-8"), Loader)


def _is_of_site(value: Any) -> bool:
    return isinstance(value, str) and "{{" in value


def _question(question: dict[str, Any]) -> dict[str, Any]:
    kept = {key: question[key] for key in ("question_name", "question_description", "variable", "type", "required")}
    if question["type"] == "multiplechoice" and not any(map(_is_of_site, question["choices"])):
        kept["choices"] = question["choices"]
    elif question["type"] != "textarea":
        kept["type"] = "text"
    default = question.get("default")
    if default is not None and not _is_of_site(default):
        kept["default"] = str(default)
    return kept


def pattern() -> dict[str, Any]:
    templates = _loaded(DOCS / "config" / "job_templates.yml")["controller_templates"]
    return {
        "schema_version": "1.0",
        "name": PATTERN.name,
        "title": "Replication between Element storage clusters",
        "description": (
            "Pairs two NetApp Element (SolidFire) clusters and the volumes of a list, reports what is protected, fails over and "
            "fails back, rehearses a failover with clones, and ends the replication of volumes."
        ),
        "short_description": "Replicate volumes between two Element clusters, report, fail over",
        "tags": ["storage", "replication", "disaster_recovery"],
        "aap_resources": {
            "controller_project": {
                "name": "Element replication, pattern",
                "description": "The playbooks of the collection elementsw.replication",
            },
            "controller_execution_environment": {
                "name": "Element replication, pattern",
                "description": "ansible-core, the collection elementsw.replication, requests and netaddr",
                "image_name": _loaded(DOCS / "settings.yml")["awx_image"],
            },
            "controller_labels": [LABEL],
            "controller_job_templates": [
                {
                    "name": f"{template['name']} (pattern)",
                    "description": template["description"],
                    "playbook": Path(template["playbook"]).name,
                    "primary": template["name"] == PREFIX + "protect",
                    "labels": [LABEL],
                    "fields_required_at_launch": ["credential", "inventory"],
                    "survey": {
                        "name": template["name"],
                        "description": template["description"],
                        "spec": [_question(question) for question in template["survey_spec"]["spec"]],
                    },
                }
                for template in templates
                if template["name"] != PREFIX + LEFT_OUT
            ],
        },
    }


def playbooks() -> dict[str, str]:
    """By their file names. The project of a pattern is the collection itself, so they find its playbooks beside them."""
    names = [template["playbook"] for template in pattern()["aap_resources"]["controller_job_templates"]]
    texts = {name: (DOCS / "project" / "playbooks" / name).read_text(encoding="utf-8") for name in names}
    return {
        name: re.sub(r"elementsw\.replication\.(\w+)", r"../../../../playbooks/\1.yml", text)
        for name, text in texts.items()
    }


def text() -> str:
    return json.dumps(pattern(), indent=2) + "\n"


if __name__ == "__main__":
    for folder in ("meta", "playbooks"):
        shutil.rmtree(PATTERN / folder, ignore_errors=True)
        (PATTERN / folder).mkdir(parents=True)
    (PATTERN / "meta" / "pattern.json").write_text(text(), encoding="utf-8")
    for name, content in playbooks().items():
        (PATTERN / "playbooks" / name).write_text(content, encoding="utf-8")
