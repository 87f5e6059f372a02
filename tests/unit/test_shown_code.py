# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every block of YAML, every line of shell and every command in a sentence of the documents is one that works as it stands.

`test_examples.py` checks the arguments of modules and roles, the integration targets run what a story needs. Here everything
else is checked: files, playbooks, variables, options of commands, targets of make, stages, modules and filters that are named.
What cannot be checked has a reason in `OUTSIDE`, `OTHER_COLLECTIONS` or `RUN_BY`.
"""

from __future__ import annotations

import ast
import contextlib
import importlib
import importlib.util
import io
import json
import pathlib
import re
import shlex
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from ansible.cli.adhoc import AdHocCLI
from ansible.cli.galaxy import GalaxyCLI
from ansible.cli.playbook import PlaybookCLI
from ansible.cli.vault import VaultCLI
from ansible.parsing.splitter import parse_kv
from ansible.playbook.block import Block as TaskBlock
from ansible.playbook.play import Play
from ansible.playbook.task import Task

from ansible_collections.elementsw.replication.plugins.filter.pairs_from_csv import FilterModule
from ansible_collections.elementsw.replication.plugins.module_utils._element.arguments import CONNECTION
from ansible_collections.elementsw.replication.tests.simulator.world import World
from ansible_collections.elementsw.replication.tests.unit.blocks import (
    ROOT,
    Block,
    blocks,
    pages,
    pieces,
    text_of,
    without_language,
)
from ansible_collections.elementsw.replication.tests.unit.plugins.modules.test_examples import (
    MODULES,
    PREFIX,
    ROLES,
    Loader,
    errors,
)

#: Commands that are not ours, and why a line with one is right as it stands.
OUTSIDE = {
    "ansible-builder": "the stage package introspects the collection with it",
    "ansible-rulebook": "the stage events runs the rulebooks with it",
    "cd": "a folder of the reader",
    "curl": "test_reference.py makes the control calls; the tests of other clients make the API calls",
    "export": "a variable of the shell",
    "mail": "a program of the reader's system",
    "mkdir": "a folder of the reader",
    "openssl": "a program of the reader's system; it needs a cluster",
    "podman": "a program of the reader's system; it needs a registry",
    "rm": "files of the reader",
}
#: Lines that this file cannot read, and the test that runs them.
RUN_BY = {"for number in $(seq -w 1 200)": "tests/integration/targets/guide_pairing/journey.sh"}
#: Modules of others that documents name: nothing here can check their arguments.
OTHER_COLLECTIONS = ("community.general.", "netapp.elementsw.", "na_elementsw_", "awx.awx.", "infra.")
#: Packages that documents name and that the collection does not require.
OTHER_PACKAGES = {"ansible-builder", "ansible-core", "ansible-rulebook", "enum34", "solidfire-sdk-python"}
#: Variables of an inventory or of a play that are the reader's own, or those of Ansible.
OF_THE_READER = re.compile(r"vault_\w+|ansible_\w+|shop_portals|protected_volumes|report|saved|(?:\w+_)?to_delete")
#: Variables that only one page uses, for what it describes.
OF_A_PAGE = {
    "docs/docsite/rst/guide_awx.rst": {"element_site"},
    "docs/docsite/rst/guide_events.rst": {"element_peer"},
}
#: Keys of a world that are no whole world. test_reference.py makes a world of each block.
PARTS_OF_A_WORLD = {"odd_objects", "timings", "switches", "faults", "clock"}

CONNECTION_VARIABLES = {f"element_{name}" for name in CONNECTION}
PLAYBOOKS = {path.stem for path in (ROOT / "playbooks").glob("*.yml")}
PLUGINS = sorted(path for kind in ("modules", "filter") for path in (ROOT / "plugins" / kind).glob("*.py"))
FILTERS = {path.stem for path in (ROOT / "plugins" / "filter").glob("*.py")}
EVENTS = {path.stem for path in (ROOT / "extensions" / "eda").rglob("*") if path.suffix in (".py", ".yml")}
GUIDE = "docs/docsite/rst/guide_playbooks.rst"
COLLECTION = "elementsw.replication"
REPOSITORY = yaml.safe_load((ROOT / "galaxy.yml").read_text(encoding="utf-8"))["repository"]
KEYWORDS = {"play": set(Play.fattributes), "task": set(Task.fattributes) | set(TaskBlock.fattributes)}
COMMANDS = {
    "ansible": AdHocCLI,
    "ansible-galaxy": GalaxyCLI,
    "ansible-playbook": PlaybookCLI,
    "ansible-vault": VaultCLI,
}


def documented_variables() -> dict[str, set[str]]:
    """The variables of each playbook: the tables of its guide, and the options of its role."""
    sections = re.split(r"^(.+)\n-+\n", text_of(GUIDE), flags=re.MULTILINE)
    tables = {
        title: set(re.findall(r"^   \* - ``(\w+)``", text, re.MULTILINE))
        for title, text in zip(sections[1::2], sections[2::2])
    }
    common = {name: tables["What they have in common"] & words_of_code(name) for name in PLAYBOOKS}
    return {name: common[name] | tables.get(name, set()) | set(ROLES.get(name, ())) for name in PLAYBOOKS}


def words_of_code(name: str) -> set[str]:
    """The names in a playbook and its files of tasks, with every name that one of its patterns stands for."""
    text = (ROOT / "playbooks" / f"{name}.yml").read_text(encoding="utf-8")
    read: set[str] = set()
    while further := set(re.findall(r"\b(?:tasks/)?(\w+\.yml)$", text, re.MULTILINE)) - read:
        read |= further
        paths = [ROOT / "playbooks" / "tasks" / file for file in further]
        text += "".join(path.read_text(encoding="utf-8") for path in paths if path.exists())
    words = set(re.findall(r"\w+", text))
    for prefix, choices in re.findall(r"\^(\w+_)\(([\w|?]+)\)\$", text):
        for choice in choices.split("|"):
            words |= {prefix + choice.replace("?", ""), prefix + choice.replace("s?", "")}
    return words


VARIABLES = documented_variables()
ALL_VARIABLES = set().union(*VARIABLES.values(), *ROLES.values())


class Page:
    """The code of one page, and what is wrong with it."""

    def __init__(self, name: str, shown: list[Block] | None = None) -> None:
        self.name = name
        self.blocks = list(blocks(name)) if shown is None else shown
        self.problems: list[str] = []
        #: A block may use a file that another one of the page shows, or that the README shows.
        self.files = {block.name for block in [*self.blocks, *blocks("README.md")] if block.name}
        self.pieces = pieces(name) if shown is None else []
        self.files |= set(re.findall(r"[\w/.-]+\.(?:yml|csv)", " ".join(self.pieces)))

    def check(self) -> list[str]:
        for block in self.blocks:
            before = len(self.problems)
            check = {
                "json": self.json,
                "python": self.python,
                "shell": self.shell,
                "text": self.text,
                "yaml": self.yaml,
            }.get(block.language)
            if check:
                check(block)
            else:
                self.problems.append(f"{block.language} is no language that this file knows")
            self.problems[before:] = [f"{self.name}:{block.line}: {problem}" for problem in self.problems[before:]]
        for piece in self.pieces:
            before = len(self.problems)
            self.piece(piece)
            self.problems[before:] = [f"{self.name}: `{piece}`: {problem}" for problem in self.problems[before:]]
        return self.problems

    def require(self, truth: object, problem: str) -> None:
        if not truth:
            self.problems.append(problem)

    # YAML

    def yaml(self, block: Block) -> None:
        try:
            data = yaml.load(block.text, Loader)
        except yaml.YAMLError as error:
            self.problems.append(f"not YAML: {error}")
            return
        if isinstance(data, list):
            for item in data:
                is_play = "hosts" in item or any(key.endswith("import_playbook") for key in item)
                if "sources" not in item:  # a rulebook: ansible-lint knows the form of one
                    (self.play if is_play else self.task)(item)
        elif set(data) & {"clusters", "volume_pairs"}:
            World.from_dict(data)
        elif not set(data) <= PARTS_OF_A_WORLD:
            self.inventory_or_variables(data)

    def inventory_or_variables(self, data: dict[str, Any]) -> None:
        for name, value in data.items():
            if isinstance(value, dict) and set(value) <= {"hosts", "vars", "children"}:
                for variables in [*(value.get("hosts") or {}).values(), value.get("vars")]:
                    self.variables(variables or {}, ALL_VARIABLES | CONNECTION_VARIABLES)
                self.inventory_or_variables(value.get("children") or {})
            else:
                self.variables({name: value}, ALL_VARIABLES | CONNECTION_VARIABLES)

    def variables(self, given: dict[str, Any], known: set[str]) -> None:
        known = known | OF_A_PAGE.get(self.name, set())
        unknown = [name for name in given if name not in known and not OF_THE_READER.fullmatch(name)]
        self.require(not unknown, f"there is no variable {', '.join(unknown)}")

    def play(self, play: dict[str, Any]) -> None:
        for name in ("import_playbook", "ansible.builtin.import_playbook"):
            if name in play:
                self.playbook(play[name], play.get("vars", {}))
                return
        self.require(set(play) <= KEYWORDS["play"], f"{set(play) - KEYWORDS['play']} are no keywords of a play")
        for role in play.get("roles", []):
            name = role if isinstance(role, str) else role["role"]
            self.require(name.removeprefix(PREFIX) in ROLES, f"there is no role {name}")
        for section in ("pre_tasks", "tasks", "post_tasks", "handlers"):
            for task in play.get(section, []):
                self.task(task)

    def task(self, task: dict[str, Any]) -> None:
        if "block" in task:
            for section in ("block", "rescue", "always"):
                for inner in task.get(section, []):
                    self.task(inner)
            return
        actions = [key for key in task if key not in KEYWORDS["task"] and not key.startswith("with_")]
        if len(actions) != 1:
            self.problems.append(f"the task {task.get('name')} has the actions {actions}, not one")
            return
        (action,) = actions
        if action in MODULES or action.startswith(OTHER_COLLECTIONS):
            return  # test_examples.py has checked the arguments of ours
        options = builtin_options(action.removeprefix("ansible.builtin."))
        if options is None:
            self.problems.append(f"there is no module {action}")
        elif isinstance(task[action], dict) and options:
            self.require(set(task[action]) <= options, f"{action} has no {set(task[action]) - options}")
            if action.endswith(("include_role", "import_role")):
                self.require(task[action]["name"].removeprefix(PREFIX) in ROLES, f"there is no {task[action]['name']}")

    def playbook(self, name: str, variables: dict[str, Any]) -> None:
        if name.startswith(PREFIX):
            short = name.removeprefix(PREFIX)
            self.require(short in PLAYBOOKS, f"there is no playbook {name}")
            self.variables(variables, VARIABLES.get(short, set()) | CONNECTION_VARIABLES)
        else:
            beside = any((ROOT / "docs").rglob(name))
            self.require(name in self.files or beside, f"no block shows {name}, and no folder of docs/ has it")

    # Shell

    def shell(self, block: Block) -> None:
        for line in re.sub(r"\\\n *", " ", block.text).splitlines():
            if not any(line.startswith(start) for start in RUN_BY):
                self.line(line)

    def line(self, line: str) -> None:
        try:
            words = list(lexer(line))
        except ValueError as error:
            self.problems.append(f"{line}: {error}")
            return
        for command in commands(words):
            self.command(command)

    def command(self, words: list[str]) -> None:
        while words and re.match(r"[A-Z_]+=", words[0]):
            self.path_of_collection(words.pop(0))
        if not words:
            return
        program, *arguments = words
        check = {
            "make": self.make,
            ".ci/run": self.stages,
            "python": self.python_command,
            "pip": self.pip,
            "git": self.git,
            "ansible-doc": self.ansible_doc,
        }.get(program)
        if check:
            check(arguments)
        elif program in COMMANDS:
            self.ansible(program, arguments)
        else:
            self.require(program in OUTSIDE, f"no one checks {program}: check it here, or give a reason in OUTSIDE")

    def path_of_collection(self, assignment: str) -> None:
        path = assignment.partition("ansible_collections/elementsw/replication/")[2]
        self.require((ROOT / path).exists(), f"there is no {path}")

    def make(self, arguments: list[str]) -> None:
        makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
        for argument in arguments:
            name, is_variable, _value = argument.partition("=")
            pattern = rf"\$\({name}\)" if is_variable else rf"^{re.escape(name)}:"
            self.require(re.search(pattern, makefile, re.MULTILINE), f"make has no {name}")

    def stages(self, arguments: list[str]) -> None:
        pipeline = ROOT / ".ci" / "pipeline.py"
        if not pipeline.exists():
            return  # a release has no pipeline
        known = set(re.findall(r'^    "([\w-]+)": ', pipeline.read_text(encoding="utf-8"), re.MULTILINE)) | {"STAGE"}
        for stage in arguments:
            self.require(stage in known or re.fullmatch(r"smoke-2\.\d\d", stage), f"there is no stage {stage}")

    def python_command(self, arguments: list[str]) -> None:
        while arguments and arguments[0] in ("-B", "-m"):
            arguments = arguments[1:]
        name = arguments[0]
        if name.startswith("ansible_collections."):
            self.require(importlib.util.find_spec(name), f"there is no {name}")
        else:
            self.require((ROOT / name).is_file(), f"there is no {name}")
        worlds = [index for index, word in enumerate(arguments) if word.startswith("$WORLDS/")]
        for index in worlds:
            world = ROOT / "tests" / "simulator" / "worlds" / arguments[index].removeprefix("$WORLDS/")
            self.require(world.is_file(), f"there is no world {world.name}")
            if name.endswith(".rehearse"):
                self.command(arguments[index + 1 :])

    def pip(self, arguments: list[str]) -> None:
        lists = (ROOT / "meta" / "ee-requirements.txt", ROOT / "tests" / "integration" / "requirements.txt")
        known = {
            re.split(r"[^\w-]", line)[0].lower()
            for path in lists
            for line in path.read_text(encoding="utf-8").splitlines()
        }
        taken = {"install", "uninstall", "download", "--yes", "-y", "--no-index", "--find-links", "--dest", "transfer"}
        known |= taken | OTHER_PACKAGES
        unknown = [word for word in arguments if word.lower() not in known]
        self.require(not unknown, f"{unknown} are no requirements")

    def git(self, arguments: list[str]) -> None:
        self.require(arguments == ["clone", f"{REPOSITORY}.git"], f"the repository is {REPOSITORY}.git")

    def ansible_doc(self, arguments: list[str]) -> None:
        for name in arguments:
            if name.startswith(PREFIX):
                self.require(exists(name.removeprefix(PREFIX)), f"there is no {name}")

    def ansible(self, program: str, arguments: list[str]) -> None:
        cli = COMMANDS[program]([program, *arguments])
        cli.init_parser()
        try:
            with contextlib.redirect_stderr(io.StringIO()):
                options = cli.parser.parse_args(arguments)
        except SystemExit:
            self.problems.append(f"{program} does not take {' '.join(arguments)}")
            return
        if program == "ansible-galaxy":
            # README.md says how it is installed; a name works only once there is a release on Galaxy.
            self.require(
                COLLECTION not in arguments, f"{COLLECTION} is not on Galaxy yet: install git+{REPOSITORY}.git"
            )
        if program == "ansible-playbook":
            (playbook,) = options.args
            self.playbook(playbook, dict(self.extra_variables(options.extra_vars)))
        elif program == "ansible":
            self.require(options.module_name in MODULES, f"there is no module {options.module_name}")
            is_json = options.module_args.startswith("{")
            given = json.loads(options.module_args) if is_json else parse_kv(options.module_args)
            module = MODULES[options.module_name]
            wrong = errors(module.argument_spec(), module.argument_rules(), given)
            self.problems.extend(f"{options.module_name}: {error}" for error in wrong)

    def extra_variables(self, given: list[str]) -> Iterator[tuple[str, str]]:
        for text in given:
            if text.startswith("@"):
                name = pathlib.Path(text[1:]).name  # the parser has made it absolute
                self.require(name in self.files, f"no block shows {name}")
            elif text.startswith("{"):
                yield from json.loads(text).items()
            else:
                yield from parse_kv(text).items()

    # Everything else

    def python(self, block: Block) -> None:
        try:
            ast.parse(block.text)
        except SyntaxError as error:
            self.problems.append(str(error))

    def json(self, block: Block) -> None:
        try:
            json.loads(block.text)
        except ValueError as error:
            self.problems.append(f"not JSON: {error}")

    def text(self, block: Block) -> None:
        """What is printed needs no check. A table of pairs and a line of cron are used as they stand."""
        if re.match(r"volume[;,]", block.text):
            FilterModule().filters()["pairs_from_csv"](block.text)
        for line in block.text.splitlines():
            if "&& ansible-playbook " in line:
                self.line(line.partition("&& ")[2])

    def piece(self, piece: str) -> None:
        """A command within a sentence. `…` and words in capitals stand for what the reader puts there."""
        if piece.startswith(("make ", ".ci/run ", "ansible-doc ")) and "…" not in piece:
            self.line(piece)
        for variable in re.findall(r"(?:^|\s)-e (\w+)=", piece):
            self.variables({variable: None}, ALL_VARIABLES | CONNECTION_VARIABLES | {"delete_saved"})


def lexer(line: str) -> shlex.shlex:
    """The words and operators of a line, as a shell sees them."""
    words = shlex.shlex(line, posix=True, punctuation_chars="|&;<>")
    words.whitespace_split = True
    return words


def commands(tokens: list[str]) -> Iterator[list[str]]:
    """The simple commands of a line, without what they read and write."""
    command: list[str] = []
    skip = False
    for token in tokens:
        if re.fullmatch(r"[|&;<>]+", token):
            skip = "<" in token or ">" in token
            if not skip:
                yield command
                command = []
        elif skip:
            skip = False
        else:
            command.append(token)
    yield command


def builtin_options(name: str) -> set[str] | None:
    """The options of a module of Ansible: empty if it takes any, None if there is no such module."""
    spec = importlib.util.find_spec("ansible.modules")
    folder = pathlib.Path(next(iter(spec.submodule_search_locations)))
    path = folder / f"{name}.py"
    if not path.exists():
        return None
    described = yaml.safe_load(constant(path, "DOCUMENTATION"))
    if name in ("set_fact", "include_vars", "set_stats"):
        return set()
    options = dict(described.get("options") or {})
    for fragment in described.get("extends_documentation_fragment", []):
        options.update(options_of_fragment(fragment))
    return set(options) | {alias for option in options.values() for alias in option.get("aliases", [])}


def options_of_fragment(name: str) -> dict[str, Any]:
    """The options that a fragment of Ansible's documentation brings, given as FILE or FILE.PART."""
    file, _dot, part = name.partition(".")
    fragment = importlib.import_module(f"ansible.plugins.doc_fragments.{file}").ModuleDocFragment
    return yaml.safe_load(getattr(fragment, part.upper() or "DOCUMENTATION")).get("options") or {}


def constant(path: pathlib.Path, name: str) -> str:
    """The text that a plugin file assigns to this name."""
    (value,) = (
        ast.literal_eval(node.value)
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == name
    )
    return value


def exists(name: str) -> bool:
    """Whether the collection has a module, role, playbook or filter of this name, or a group of actions."""
    return PREFIX + name in MODULES or name in {*ROLES, *PLAYBOOKS, *FILTERS, *EVENTS, "element"}


@pytest.mark.parametrize("page", pages())
def test_the_code_of_every_page_is_right(page: str) -> None:
    problems = Page(page).check()
    assert problems == [], "\n" + "\n".join(problems)


@pytest.mark.parametrize("path", PLUGINS, ids=lambda path: path.stem)
def test_the_examples_of_every_plugin_are_right(path: pathlib.Path) -> None:
    examples = constant(path, "EXAMPLES")
    problems = Page(path.stem, [Block(path.name, 1, "yaml", examples)]).check()
    assert problems == [], "\n" + "\n".join(problems)
    named = re.findall(r"elementsw\.replication\.(\w+)", examples)
    assert path.stem in named
    assert [name for name in named if not exists(name)] == []


@pytest.mark.parametrize("path", PLUGINS, ids=lambda path: path.stem)
def test_the_documentation_of_every_plugin_is_valid_yaml(path: pathlib.Path) -> None:
    """ansible-doc and the site show nothing of a plugin with a colon and a space in plain text, for example."""
    for name in ("DOCUMENTATION", "RETURN"):
        assert isinstance(yaml.safe_load(constant(path, name)), dict)


@pytest.mark.parametrize("name", sorted(PLAYBOOKS))
def test_the_commands_at_the_top_of_a_playbook_are_right(name: str) -> None:
    text = (ROOT / "playbooks" / f"{name}.yml").read_text(encoding="utf-8")
    top = "".join(re.findall(r"^#.*\n", text.partition("\n- ")[0], re.MULTILINE))
    assert f"ansible-playbook elementsw.replication.{name} " in top
    assert set(re.findall(r"-e (\w+)=", top)) - VARIABLES[name] == set()


def test_every_block_says_its_language() -> None:
    assert [place for page in pages() for place in without_language(page)] == []


def test_everything_of_the_collection_that_is_named_exists() -> None:
    wrong = []
    for page in pages():
        for name in re.findall(r"(?<!ansible_collections\.)elementsw\.replication\.([a-z][a-z_]*)", text_of(page)):
            if not exists(name) and name not in ("git", "docsite"):
                wrong.append(f"{page}: {name}")
    assert wrong == [], "\n" + "\n".join(wrong)


@pytest.mark.parametrize("name", sorted(PLAYBOOKS))
def test_the_documented_variables_of_a_playbook_are_its_own(name: str) -> None:
    assert VARIABLES[name] - set(ROLES.get(name, ())) - words_of_code(name) == set()


@pytest.mark.parametrize(
    ("language", "text", "problem"),
    [
        ("yaml", "- hosts: alpha\n  taks: []\n", "taks"),
        ("yaml", "- name: Pair\n  elementsw.replication.element_pair: {}\n", "there is no module"),
        ("yaml", "- name: Copy\n  ansible.builtin.copy: {destination: x}\n", "destination"),
        ("yaml", "- import_playbook: elementsw.replication.stats\n", "there is no playbook"),
        ("yaml", "protect_pair: []\n", "there is no variable protect_pair"),
        ("yaml", "a: [\n", "not YAML"),
        ("shell", "make demos\n", "make has no demos"),
        ("shell", "make test ARG=x\n", "make has no ARG"),
        ("shell", "ansible-playbook -i x elementsw.replication.failover -e failover_kinds=planned\n", "failover_kinds"),
        ("shell", "ansible-playbook -i x elementsw.replication.protect \\\n    -e @other.yml\n", "no block shows"),
        ("shell", "ansible-playbook --chek elementsw.replication.status\n", "does not take"),
        ("shell", "ansible alpha -m elementsw.replication.element_pair_info -a per_host=beta\n", "per_host"),
        ("shell", "frobnicate alpha\n", "no one checks frobnicate"),
        ("shell", "pip install request\n", "are no requirements"),
        ("shell", "ansible-galaxy collection install elementsw.replication\n", "is not on Galaxy yet"),
        ("json", "{a: 1}\n", "not JSON"),
        ("ruby", "puts 1\n", "no language"),
    ],
)
def test_what_is_wrong_is_found(language: str, text: str, problem: str) -> None:
    """A check that finds nothing would pass everything."""
    page = Page("a page", [Block("a page", 1, language, text)])
    assert any(problem in found for found in page.check()), page.problems
