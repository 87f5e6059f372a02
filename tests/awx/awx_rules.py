# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What AWX 24.6 refuses in a credential type, a survey, an answer, a schedule, a notification template or a project.

Each function returns sentences about what is refused, and an empty list for what AWX would take.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from dateutil.rrule import rrulestr
from jinja2 import StrictUndefined, TemplateError, Undefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jsonschema import Draft4Validator

IDENTIFIER = "^[a-zA-Z_]+[a-zA-Z0-9_]*$"
INPUTS = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "required": {"type": "array", "items": {"type": "string"}},
        "fields": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "type": {"enum": ["string", "boolean"]},
                    "format": {"enum": ["ssh_private_key", "url"]},
                    "choices": {"type": "array", "minItems": 1, "items": {"type": "string"}, "uniqueItems": True},
                    "id": {"type": "string", "pattern": IDENTIFIER},
                    "label": {"type": "string"},
                    "help_text": {"type": "string"},
                    "multiline": {"type": "boolean"},
                    "secret": {"type": "boolean"},
                    "ask_at_runtime": {"type": "boolean"},
                    "default": {},
                },
                "additionalProperties": False,
                "required": ["id", "label"],
            },
        },
    },
}
INJECTORS = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "file": {
            "type": "object",
            "patternProperties": {r"^template(\.[a-zA-Z_]+[a-zA-Z0-9_]*)?$": {"type": "string"}},
            "additionalProperties": False,
        },
        "env": {
            "type": "object",
            "patternProperties": {IDENTIFIER: {"type": "string", "pattern": "^[\x00-\x7f]*$"}},
            "additionalProperties": False,
        },
        "extra_vars": {"type": "object"},
    },
}
#: Beside all names that begin with ANSIBLE_.
RESERVED = {
    "AD_HOC_COMMAND_ID",
    "AWX_HOST",
    "CACHE",
    "CALLBACK_CONNECTION",
    "CALLBACK_QUEUE",
    "INVENTORY_HOSTVARS",
    "INVENTORY_ID",
    "INVENTORY_SOURCE_ID",
    "INVENTORY_UPDATE_ID",
    "JOB_CALLBACK_DEBUG",
    "JOB_ID",
    "MAX_EVENT_RES",
    "PATH",
    "PROJECT_REVISION",
    "PYTHONPATH",
    "REST_API_TOKEN",
    "REST_API_URL",
    "SUPERVISOR_CONFIG_PATH",
    "VIRTUAL_ENV",
}
STRINGS_ONLY = ("choices", "multiline", "format", "secret")
DEFAULTS = {"string": str, "boolean": bool}

QUESTIONS = {
    "text": str,
    "textarea": str,
    "password": str,
    "multiplechoice": str,
    "multiselect": str,
    "integer": int,
    "float": (float, int),
}
MAIL = {
    "host": str,
    "port": int,
    "username": str,
    "password": str,
    "use_tls": bool,
    "use_ssl": bool,
    "sender": str,
    "recipients": list,
    "timeout": int,
}
EVENTS = ("started", "success", "error")
APPROVALS = ("running", "approved", "timed_out", "denied")
#: What a message can name: a part of it, which is enough for ours.
JOB_CONTEXT = {
    "job": {
        "id": 42,
        "name": "Stub",
        "status": "running",
        "artifacts": {},
        "job_explanation": "Sample",
        "url": "/api/v2/jobs/13/",
    },
    "job_friendly_name": "Job",
    "url": "https://awx.example.com/#/jobs/playbook/1010",
    "approval_status": "approved",
    "approval_node_name": "Approve Me",
    "workflow_url": "https://awx.example.com/#/jobs/workflow/1010",
    "job_metadata": "{}",
}
PLAYBOOK = re.compile(
    r"^\s*?-?\s*?(?:hosts|(ansible\.builtin\.)?include|(ansible\.builtin\.)?import_playbook):\s*?.*?$"
)
NOT_SEARCHED = {"roles", "tasks", "group_vars", "host_vars"}


def is_of(value: Any, kind: type) -> bool:
    """Whether a value has this type of JSON, where a truth value is no number."""
    return isinstance(value, kind) and (kind is bool or not isinstance(value, bool))


def credential_type(inputs: Any, injectors: Any) -> list[str]:
    refused = [error.message for error in Draft4Validator(INPUTS).iter_errors(inputs)]
    refused += [error.message for error in Draft4Validator(INJECTORS).iter_errors(injectors)]
    return refused or [*_fields(inputs.get("fields", [])), *_injectors(inputs.get("fields", []), injectors)]


def _fields(fields: list[dict[str, Any]]) -> Iterator[str]:
    known = set()
    for field in fields:
        name, kind = field["id"], field.get("type", "string")
        if name == "tower":
            yield '"tower" is a reserved field name'
        if name in known:
            yield f"field IDs must be unique ({name})"
        known.add(name)
        if "default" in field and not is_of(field["default"], DEFAULTS[kind]):
            yield f"{field['default']} is not a {kind}"
        for key in STRINGS_ONLY:
            if key in field and kind != "string":
                yield f"{key} not allowed for {kind} type ({name})"


def _injectors(fields: list[dict[str, Any]], injectors: dict[str, Any]) -> Iterator[str]:
    names = {name for name in injectors.get("file", {}) if name.startswith("template")}
    if "template" in names and len(names) > 1:
        yield "Must use multi-file syntax when injecting multiple files"
    files: Any = "EXAMPLE_FILENAME"
    if "template" not in names:
        files = SimpleNamespace(**{name.partition(".")[2]: "EXAMPLE_FILENAME" for name in names})
    known = {field["id"]: "EXAMPLE" for field in fields} | {"tower": SimpleNamespace(filename=files)}
    for name in injectors.get("env", {}):
        if name.startswith("ANSIBLE_") or name in RESERVED:
            yield f"Environment variable {name} is not allowed to be used in credentials"
    for kind, of_kind in injectors.items():
        for key, template in of_kind.items():
            yield from rendered(template, known, f"{kind} {key}")


def rendered(
    template: str, known: dict[str, Any], what: str, undefined: type[Undefined] = StrictUndefined
) -> list[str]:
    try:
        ImmutableSandboxedEnvironment(undefined=undefined).from_string(template).render(known)
    except TemplateError as error:
        return [f"{what}: {error.message}"]
    return []


def credential(inputs: dict[str, Any], type_inputs: dict[str, Any]) -> list[str]:
    known = {field["id"] for field in type_inputs["fields"]}
    refused = [f"Additional properties are not allowed ({name})" for name in inputs if name not in known]
    return refused + [f"required: {name}" for name in type_inputs.get("required", []) if not inputs.get(name)]


def survey(spec: Any) -> list[str]:
    if not all(isinstance(spec.get(key), kind) for key, kind in (("name", str), ("description", str), ("spec", list))):
        return ["name, description or spec is missing from survey spec"]
    if not spec["spec"]:
        return ["'spec' doesn't contain any items."]
    variables = [question.get("variable") for question in spec["spec"]]
    refused = [f"'variable' '{name}' duplicated" for name in set(variables) if variables.count(name) > 1]
    return refused + [sentence for question in spec["spec"] for sentence in _question(question)]


def _question(question: dict[str, Any]) -> Iterator[str]:
    name = question.get("variable")
    for key, kind in (("type", str), ("question_name", str), ("variable", str), ("required", bool)):
        if not isinstance(question.get(key), kind):
            yield f"{name}: '{key}' is missing or of another type"
    if question.get("type") not in QUESTIONS:
        yield f"{name}: '{question.get('type')}' is not one of the allowed question types"
        return
    default = question.get("default", "")
    if default != "" and not isinstance(default, QUESTIONS[question["type"]]):
        yield f"{name}: default value {default!r} expected to be {question['type']}"
    for key in ("min", "max"):
        if question.get(key) is not None and not isinstance(question[key], int):
            yield f"{name}: the {key} limit expected to be integer"
    if question["type"] in ("multiplechoice", "multiselect"):
        if not question.get("choices"):
            yield f"{name}: must specify choices"
        elif default != "" and default not in question["choices"]:
            yield f"{name}: default choice must be answered from the choices listed"


def answers(spec: dict[str, Any], given: dict[str, Any]) -> list[str]:
    """What AWX says when a job is launched with these answers."""
    return [sentence for question in spec["spec"] for sentence in _answer(question, given)]


def _answer(question: dict[str, Any], given: dict[str, Any]) -> Iterator[str]:
    name = question["variable"]
    if name not in given:
        if question["required"] and question.get("default") is None:
            yield f"'{name}' value missing"
        return
    value = given[name]
    if question["type"] in ("text", "textarea"):
        if not isinstance(value, str):
            yield f"Value {value} for '{name}' expected to be a string."
        elif len(value) < int(question.get("min") or 0):
            yield f"'{name}' value {value} is too small"
    elif question["type"] == "integer" and not is_of(value, int):
        yield f"Value {value} for '{name}' expected to be an integer."
    elif question["type"] == "multiplechoice" and value not in question["choices"]:
        yield f"Value {value} for '{name}' expected to be one of {question['choices']}."


def rrule(text: str) -> list[str]:
    refused = []
    if len(re.findall(r"DTSTART(;[^:]+)?\:[0-9]+T[0-9]+Z?", text)) != 1:
        refused.append("Valid DTSTART required in rrule, once")
    if re.search(r"DTSTART:[0-9]+T[0-9]+ ", text):
        refused.append("DTSTART cannot be a naive datetime")
    rules = re.findall(r"RULE\:[^\s]*", text)
    if not rules:
        refused.append("One or more rule required in rrule.")
    for rule in rules:
        if "INTERVAL" not in rule:
            refused.append("INTERVAL required in rrule")
        if re.search(r"SECONDLY|BYDAY=[0-9]+[A-Z]{2}", rule) or ("COUNT" in rule and "UNTIL" in rule):
            refused.append(f"not supported: {rule}")
    try:
        rrulestr(text, forceset=True)
    except ValueError as error:
        refused.append(f"rrule parsing failed validation: {error}")
    return refused


def notification_template(configuration: dict[str, Any], messages: dict[str, Any]) -> list[str]:
    refused = [
        f"Configuration field '{name}' missing or of another type, expected {kind.__name__}"
        for name, kind in MAIL.items()
        if not is_of(configuration.get(name), kind)
    ]
    unknown = set(messages) - {*EVENTS, "workflow_approval"}
    refused += [f"Event '{name}' invalid" for name in unknown]
    approvals = messages.get("workflow_approval", {})
    refused += [f"Workflow Approval event '{name}' invalid" for name in set(approvals) - set(APPROVALS)]
    for event in (*(messages.get(name) or {} for name in EVENTS), *approvals.values()):
        for kind, text in event.items():
            if kind not in ("message", "body"):
                refused.append(f"Message type '{kind}' invalid")
            if kind == "message" and "\n" in text:
                refused.append(f"Messages cannot contain newlines: {text}")
            refused += rendered(text, JOB_CONTEXT, kind)
    return refused


def playbooks(project: Path) -> list[str]:
    """The files of a project that AWX offers as playbooks."""
    found = []
    for path in sorted(project.rglob("*.y*ml")):
        folders = path.relative_to(project).parts[:-1]
        if NOT_SEARCHED & set(folders) or any(folder.startswith(".") for folder in folders):
            continue
        if any(PLAYBOOK.match(line) for line in path.read_text(encoding="utf-8").splitlines()):
            found.append(str(path.relative_to(project)))
    return found
