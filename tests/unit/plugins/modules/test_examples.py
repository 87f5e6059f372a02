# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every task that the documents, the roles and the playbooks show passes the argument spec of its module.

No linter does this: those that know argument specs skip modules which have an action plugin.
"""

from __future__ import annotations

import pathlib
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import pytest
import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.elementsw.replication.plugins.module_utils._element.arguments import CONNECTION
from ansible_collections.elementsw.replication.plugins.modules import (
    element_cluster_pair,
    element_failover_rehearsal,
    element_pair_info,
    element_volume_pair,
)
from ansible_collections.elementsw.replication.tests.unit.blocks import blocks, pages

ROOT = pathlib.Path(__file__).resolve().parents[4]
PREFIX = "elementsw.replication."
MODULES = {
    PREFIX + "element_cluster_pair": element_cluster_pair,
    PREFIX + "element_failover_rehearsal": element_failover_rehearsal,
    PREFIX + "element_pair_info": element_pair_info,
    PREFIX + "element_volume_pair": element_volume_pair,
}


def role_options(name: str) -> dict[str, Any]:
    text = (ROOT / "roles" / name / "meta" / "argument_specs.yml").read_text(encoding="utf-8")
    return yaml.safe_load(text)["argument_specs"]["main"]["options"]


ROLES = {name: role_options(name) for name in ("failover", "protect", "rehearse", "report")}
# What no module has an option for.
OF_ROLES_ALONE = {
    *(f"{role}_{name}" for role in ROLES for name in ("peer", "pairs")),
    "protect_pairs_file",
    "protect_item_permissions",
    *(
        f"failover_{name}"
        for name in ("kind", "volumes", "accounts", "exclude", "groups", "before_tasks", "after_tasks")
    ),
}


class Loader(yaml.SafeLoader):
    """Takes what is vaulted or marked unsafe as text."""


Loader.add_multi_constructor("!", lambda loader, suffix, node: loader.construct_scalar(node))


class Use(NamedTuple):
    """A module or role with the arguments that one place gives it."""

    source: str
    label: str
    content: str
    arguments: dict[str, Any]


def yaml_texts() -> Iterator[tuple[str, str]]:
    """Every piece of YAML that is shown or shipped, with where it stands."""
    for name, module in MODULES.items():
        yield f"EXAMPLES of {name}", module.EXAMPLES
    for folder in ("playbooks", *(f"roles/{name}/tasks" for name in ROLES)):
        for path in sorted((ROOT / folder).rglob("*.yml")):
            yield str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")
    for page in pages():
        for block in blocks(page):
            if block.language == "yaml":
                yield page, block.text


def uses(source: str, node: Any, defaults: dict[str, Any]) -> Iterator[Use]:
    """The uses of our modules and our roles in a piece of YAML, at whatever depth."""
    if isinstance(node, list):
        for item in node:
            yield from uses(source, item, defaults)
    if not isinstance(node, dict):
        return
    defaults = {**defaults, **(node.get("module_defaults") or {}).get(f"group/{PREFIX}element", {})}
    if str(node.get("role", "")).startswith(PREFIX):
        yield Use(source, node["role"], node["role"], node.get("vars", {}))
    for key, value in node.items():
        if key in MODULES:
            yield Use(source, str(node.get("name", key)), key, {**defaults, **(value or {})})
        elif key == "protect_pairs":
            pairs = {"peer_host": "beta", "pairs": value}
            yield Use(source, key, PREFIX + "element_volume_pair", pairs)
        yield from uses(source, value, defaults)


USES = [use for source, text in yaml_texts() for use in uses(source, yaml.load(text, Loader), {})]


def filled(value: Any, spec: dict[str, Any]) -> Any:
    """The value with something fitting in place of each template, since templates are for the controller to resolve."""
    if isinstance(value, str) and "{{" in value:
        if "choices" in spec:
            return spec["choices"][0]
        return {"bool": True, "int": 1, "float": 1.0, "list": [], "dict": {}}.get(spec["type"], "text")
    options = spec.get("options", {})
    if isinstance(value, dict):
        return {name: filled(inner, options.get(name, {"type": "str"})) for name, inner in value.items()}
    if isinstance(value, list):
        return [filled(inner, {"type": spec.get("elements", "str"), "options": options}) for inner in value]
    return value


def errors(spec: dict[str, Any], rules: dict[str, Any], arguments: dict[str, Any]) -> list[str]:
    plain = filled(arguments, {"type": "dict", "options": spec})
    return ArgumentSpecValidator(spec, **rules).validate(plain).error_messages


def without_descriptions(options: dict[str, Any]) -> dict[str, Any]:
    """The documented options of a role as an argument spec."""
    spec = {}
    for name, option in options.items():
        spec[name] = {key: value for key, value in option.items() if key != "description"}
        if "options" in option:
            spec[name]["options"] = without_descriptions(option["options"])
    return spec


@pytest.mark.parametrize("use", USES, ids=lambda use: f"{use.source}: {use.label}")
def test_arguments_are_accepted(use: Use) -> None:
    if use.content in MODULES:
        module = MODULES[use.content]
        assert errors(module.argument_spec(), module.argument_rules(), use.arguments) == []
    else:
        # What a play does not give may come from the inventory, as protect_pairs does.
        options = without_descriptions(ROLES[use.content.removeprefix(PREFIX)])
        optional = {name: {**spec, "required": False} for name, spec in options.items()}
        assert errors(optional, {}, use.arguments) == []


def test_every_place_is_looked_at() -> None:
    """A pattern that finds nothing would pass everything."""
    sources = {use.source for use in USES}
    assert {f"EXAMPLES of {name}" for name in MODULES} <= sources
    assert {
        "README.md",
        "README.ja.md",
        "docs/site/index.rst",
        "docs/docsite/rst/guide_connection.rst",
        "docs/docsite/rst/guide_monitoring.rst",
        "docs/docsite/rst/guide_pairing.rst",
        "docs/docsite/rst/guide_recovery.rst",
        "playbooks/failover.yml",
        "playbooks/unprotect.yml",
        "roles/failover/README.md",
        "roles/failover/tasks/choose.yml",
        "roles/failover/tasks/fail_over.yml",
        "roles/failover/tasks/trial.yml",
        "roles/protect/README.md",
        "roles/protect/tasks/main.yml",
        "roles/report/README.md",
        "roles/report/tasks/read.yml",
    } <= sources


@pytest.mark.parametrize("name", MODULES)
def test_examples_show_every_option(name: str) -> None:
    shown = {option for use in USES if use.source == f"EXAMPLES of {name}" for option in option_names(use)}
    own = public(MODULES[name].argument_spec()) - set(CONNECTION)
    # The information module is the one whose example shows every option of a connection.
    expected = own | set(CONNECTION) - {"cert_fingerprint"} if name.endswith("_info") else own
    assert expected - shown == set()


def public(options: Iterable[str]) -> set[str]:
    """Without those that only the action plugin fills in."""
    return {name for name in options if not name.startswith("x_")}


def option_names(use: Use) -> set[str]:
    items = [item for item in use.arguments.get("pairs", []) if isinstance(item, dict)]
    return set(use.arguments).union(*items)


@pytest.mark.parametrize("role", ROLES)
def test_role_defaults_are_the_documented_ones(role: str) -> None:
    defaults = yaml.safe_load((ROOT / "roles" / role / "defaults" / "main.yml").read_text(encoding="utf-8"))
    documented = {name: option["default"] for name, option in ROLES[role].items() if "default" in option}
    assert defaults == documented


def test_role_failover_takes_the_pairs_of_the_module() -> None:
    assert without_descriptions(ROLES["failover"]["failover_pairs"]["options"]) == element_volume_pair.ITEM


def test_role_protect_leaves_its_pairs_to_the_module() -> None:
    """A list of items prints the whole spec for an item that is wrong, and names neither its place nor its volume."""
    assert without_descriptions(ROLES["protect"])["protect_pairs"] == {"type": "raw"}


@pytest.mark.parametrize(
    ("role", "variable"),
    [(role, name) for role in ("failover", "protect") for name in ROLES[role] if name not in OF_ROLES_ALONE],
)
def test_role_options_agree_with_the_module(role: str, variable: str) -> None:
    """Same default and suboptions as the option that the variable fills."""
    option = variable.replace("protect_cluster_", "").removeprefix(f"{role}_")
    module = element_cluster_pair if variable.startswith("protect_cluster_") else element_volume_pair
    # Surveys give text for everything. The filters failover_options and protect_options check types and choices, as their tests
    # show.
    kept = ("default", "options")
    expected = {"type": "raw", **{key: value for key, value in module.argument_spec()[option].items() if key in kept}}
    if variable == "failover_peer_unreachable":
        del expected["default"]  # the role decides by what it reads
    assert without_descriptions(ROLES[role])[variable] == expected


@pytest.mark.parametrize("role", ROLES)
def test_tables_of_the_roles_are_complete(role: str) -> None:
    text = (ROOT / "roles" / role / "README.md").read_text(encoding="utf-8")
    assert [name for name in ROLES[role] if f"`{name}`" not in text] == []


def test_tables_of_the_options_are_complete() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    options = {option for module in MODULES.values() for option in public(module.argument_spec())}
    assert [name for name in options if f"`{name}`" not in text] == []
