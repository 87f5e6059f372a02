# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The reference of the simulator names each switch, timing, fault, control call and key of a world, and no others.

The simulator accepts the examples of the guide.
"""

from __future__ import annotations

import ast
import dataclasses
import json
import pathlib
import re
import textwrap

import pytest
import yaml

from ansible_collections.elementsw.replication.tests.simulator import faults, sections, settings
from ansible_collections.elementsw.replication.tests.simulator.calls import Call
from ansible_collections.elementsw.replication.tests.simulator.cluster import COUNTERS, LIMITS
from ansible_collections.elementsw.replication.tests.simulator.control import Control
from ansible_collections.elementsw.replication.tests.simulator.world import World

ROOT = pathlib.Path(__file__).resolve().parents[3]
SIMULATOR = ROOT / "tests" / "simulator"
DOCUMENTS = ROOT / "docs" / "docsite" / "rst"
TEXT = (DOCUMENTS / "simulator_reference.rst").read_text(encoding="utf-8")
GUIDE = (DOCUMENTS / "guide_simulator.rst").read_text(encoding="utf-8")
LITERAL = re.compile(r"``([^`]+)``")
GRADE = re.compile(r"[ABCD]|SILENT|DISAGREE")


class Reference:
    """The list-tables of a document: by their heading, and by the chapter that the heading is in.

    A table is a list of rows without its header, a row a list of cells, a cell a list of lines.
    """

    def __init__(self, text):
        self.tables, self.chapters = {}, {}
        rows = heading = chapter = None
        lines = text.splitlines()
        for line, following in zip(lines, [*lines[1:], ""]):
            underline = following[:1] if line and following == following[:1] * len(line) else ""
            if underline in ("-", "~"):
                heading = line
                chapter = line if underline == "-" else chapter
            elif line.startswith(".. list-table::"):
                rows = self.tables[heading] = []
            elif line and not line.startswith("   "):
                rows = None
            elif rows is not None:
                self._add(rows, line)
            self.chapters[heading] = chapter
        self.tables = {heading: rows[1:] for heading, rows in self.tables.items()}

    @staticmethod
    def _add(rows, line):
        if line.startswith("   * - "):
            rows.append([[line[7:]]])
        elif rows and line.startswith("     - "):
            rows[-1].append([line[7:]])
        elif rows and line.startswith("       "):
            rows[-1][-1].append(line[7:])

    def chapter(self, name):
        """The rows of all tables of a chapter."""
        return [row for heading, rows in self.tables.items() if self.chapters[heading] == name for row in rows]


def text(cell):
    return " ".join(" ".join(cell).split())


def literals(cell):
    return LITERAL.findall(text(cell))


def items(cell):
    """What the points of a list in a cell begin with."""
    return [match[1] for line in cell if (match := re.match(r"- ``([^`]+)``", line))]


REFERENCE = Reference(TEXT)
TABLES, SWITCH_ROWS = REFERENCE.tables, REFERENCE.chapter("Switches")


# --- switches and timings ---------------------------------------------------------------------------------------------


def choices_of(choices):
    """As they are written in YAML and JSON; of a switch for the name of an error, its default."""
    if hasattr(choices, "default"):
        return [choices.default]
    return [choice if isinstance(choice, str) else json.dumps(choice) for choice in choices]


def test_every_switch_with_its_choices_the_default_first():
    documented = {literals(name)[0]: items(choices) for name, choices, _evidence in SWITCH_ROWS}
    known = {name: choices_of(choices) for name, choices in settings.SWITCHES.items()}
    assert documented == known


def test_every_switch_is_in_one_table_and_has_its_evidence():
    names = [literals(name)[0] for name, _choices, _evidence in SWITCH_ROWS]
    assert sorted(names) == sorted(set(names))
    ungraded = [literals(name)[0] for name, _choices, evidence in SWITCH_ROWS if not GRADE.search(evidence[0])]
    assert ungraded == []


def test_a_switch_for_the_name_of_an_error_says_so():
    documented = {literals(name)[0]: text(choices) for name, choices, _evidence in SWITCH_ROWS}
    errors = [name for name, choices in settings.SWITCHES.items() if hasattr(choices, "default")]
    assert [name for name in errors if "any error name" not in documented[name]] == []


def test_every_timing_with_its_default():
    documented = {literals(name)[0]: literals(default) for name, default, _meaning in TABLES["Timings"]}
    assert documented == {name: [str(value)] for name, value in settings.Timings.DEFAULTS.items()}


# --- faults and control calls -----------------------------------------------------------------------------------------


def test_every_kind_of_fault():
    documented = [kind for kinds, _effect in TABLES["Kinds of faults"] for kind in literals(kinds)]
    assert sorted(documented) == sorted([*faults.KINDS, "xNAME"])


def test_every_field_of_a_fault():
    documented = [literals(name)[0] for name, _default, _meaning in TABLES["Fields of a fault"]]
    fields = [field.name for field in dataclasses.fields(faults.Fault)]
    assert sorted(documented) == sorted("fault" if name == "kind" else name for name in fields)


def test_every_member_of_a_logged_call():
    documented = [literals(name)[0] for name, _meaning in TABLES["Members of a call"]]
    assert documented == [field.name for field in dataclasses.fields(Call)]


BODIES = {
    "POST /faults": {"fault": "empty"},
    "POST /clear": {"what": []},
    "POST /switches": {},
    "POST /timings": {},
    "POST /site": {"cluster": "alpha", "up": True},
    "POST /link": {"between": ["alpha", "beta"]},
    "POST /write": {"cluster": "alpha", "volume_id": 1, "mark": "m"},
    "POST /log_in": {"cluster": "alpha", "volume_id": 1},
    "POST /log_out": {"cluster": "alpha", "volume_id": 1},
    "POST /call": {"cluster": "alpha", "method": "GetLimits"},
    "POST /advance": {"seconds": 1},
    "POST /fullness": {"cluster": "alpha", "fullness": "stage2Aware"},
    "POST /hinder": {"cluster": "alpha", "volume_id": 1},
    "POST /fail_clones": {"cluster": "alpha", "error": "xSliceServiceSelectionFailed"},
    "POST /odd_objects": {"cluster": "alpha", "method": "ListVolumes", "id": 1},
}


@pytest.fixture
def taken(monkeypatch):
    """The keys that code asks sections for, as (path, key), while the test runs."""
    asked = set()
    take, contains = sections.Section.take, sections.Section.__contains__

    def place(section, key):
        asked.add((re.sub(r"\[\d+\]|\(\d+\)", "", section.path), key))

    def recorded_take(self, key, *args, **kwargs):
        place(self, key)
        return take(self, key, *args, **kwargs)

    def recorded_contains(self, key):
        place(self, key)
        return contains(self, key)

    monkeypatch.setattr(sections.Section, "take", recorded_take)
    monkeypatch.setattr(sections.Section, "__contains__", recorded_contains)
    return asked


def control_calls():
    world = World.from_dict(
        {"clusters": [{"name": name, "volumes": [{"name": "a", "id": 1}]} for name in ("alpha", "beta")]}
    )
    control = Control(world)
    shown = {f"GET {path}": {} for path in control._shown}
    return shown, {f"POST {path}": action for path, action in control._actions.items()}


def test_every_control_call():
    shown, actions = control_calls()
    documented = [literals(call)[0] for call, _body, _reply in TABLES["Control calls"]]
    assert sorted(documented) == sorted([*shown, *actions, "POST /shutdown"])


@pytest.mark.parametrize("call", sorted(BODIES))
def test_every_member_of_a_body(call, taken):
    _shown, actions = control_calls()
    taken.clear()
    actions[call](sections.Section(BODIES[call], ""))
    documented = {literals(name)[0]: items(body) for name, body, _reply in TABLES["Control calls"]}
    if call == "POST /faults":
        documented[call] = [literals(name)[0] for name, _default, _meaning in TABLES["Fields of a fault"]]
    assert sorted(documented[call]) == sorted({key for _path, key in taken})


# --- the examples of the guide ----------------------------------------------------------------------------------------


def test_every_control_call_of_the_guide_is_accepted():
    calls = re.findall(r"curl -s (?:-X (POST) )?\$SIMULATOR_CONTROL(/\w+)(?: \\\n)? *(?:-d '([^']+)')?", GUIDE)
    control = Control(World.from_file(SIMULATOR / "worlds" / "two_sites.yml"))
    assert len(calls) > 10
    for verb, path, body in calls:
        if verb:
            control._actions[path](sections.Section(json.loads(body), ""))
        else:
            control._shown[path]()


def test_the_worlds_of_the_guide_are_accepted():
    blocks = [textwrap.dedent(block) for block in re.findall(r"code-block:: yaml\n\n((?:    .*\n|\n)+)", GUIDE)]
    parsed = [yaml.safe_load(block) for block in blocks]
    (smallest,) = [block for block in parsed if "clusters" in block]
    World.from_dict(smallest)
    (odd,) = [block for block in parsed if "odd_objects" in block]
    two_sites = yaml.safe_load((SIMULATOR / "worlds" / "two_sites.yml").read_text(encoding="utf-8"))
    World.from_dict({**two_sites, **odd})


# --- the file format of a world ---------------------------------------------------------------------------------------

#: Every branch of the code that reads descriptions is taken by one of these.
EVERYTHING = {
    "clusters": [
        {
            "name": "alpha",
            "admins": [{"username": "a", "password": "b"}],
            "accounts": [{"name": "shop"}],
            "qos_policies": [{"name": "gold"}],
            "volumes": [
                {"name": "vol-{n}", "count": 9, "qos": {}},
                {"name": "gilded", "qos_policy": "gold", "hindrance": "qos"},
            ],
            "access_groups": [{"name": "hosts", "volumes": ["vol-1"]}],
            "sessions": [{"volume": "vol-1"}],
            "fibre_channel_sessions": [{"access_group": "hosts"}],
            "snapshots": [{"volume": "vol-{n}", "name": "daily", "count": 1, "retention": "24:00:00"}],
        },
        {"name": "beta", "accounts": [{"name": "shop"}], "volumes": [{"name": "vol-{n}", "count": 9}]},
        {"name": "gamma", "accounts": [{"name": "shop"}]},
    ],
    "links": [{"between": ["alpha", "beta"]}],
    "cluster_pairs": [
        {"between": ["alpha", "beta"], "ids": {"alpha": 3}},
        {"at": "alpha", "pending": True},
        {"at": "alpha", "to": "gamma", "id": 9},
        {"at": "alpha", "to": {"like": "gamma", "unique_id": "0ld1"}},
    ],
    "volume_pairs": [
        {"source": "alpha/vol-1", "target": "beta/vol-1"},
        {"between": ["alpha/vol-2", "beta/vol-2"]},
        {"at": "alpha/vol-3", "pending": True},
        {"at": "alpha/vol-4", "to": "beta/vol-4"},
        {"at": "alpha/vol-5", "to": {"cluster": "beta", "volume_id": 990}},
        {"at": "alpha/vol-6", "to": {"cluster_pair_id": 3, "volume_id": 991}},
        {"source": "alpha/vol-{n}", "target": "beta/vol-{n}", "count": 0},
    ],
    "odd_objects": [{"cluster": "alpha", "method": "ListVolumes", "id": 1, "value": None}],
}


def documented_keys():
    """(Path, key) of each row of the chapter, whose headings are paths such as ``clusters[].volumes[]``."""
    paths = {heading: LITERAL.fullmatch(heading) for heading in TABLES}
    keys = {
        (match[1].replace("[]", ""), literals(row[0])[0])
        for heading, match in paths.items()
        if match
        for row in TABLES[heading]
    }
    return keys | {("", literals(row[0])[0]) for row in TABLES["The world"]}


def keys_in_code():
    """Every key that the code takes out of a section by its name."""
    methods = {"take", "one_of", "several", "section", "sections"}
    for path in SIMULATOR.glob("description*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in methods:
                first = node.args[0]
                if isinstance(first, ast.Constant):
                    yield first.value


def test_the_example_takes_every_branch(taken):
    World.from_dict(EVERYTHING)
    assert set(keys_in_code()) - {key for _path, key in taken} == set()


def test_every_key_of_a_world_at_its_place(taken):
    World.from_dict(EVERYTHING)
    assert documented_keys() ^ taken == set()


def test_every_counter_and_only_members_of_limits():
    meanings = {literals(key)[0]: literals(meaning) for key, _default, meaning in TABLES["``clusters[]``"]}
    assert sorted(meanings["first_ids"]) == sorted(COUNTERS)
    assert set(meanings["limits"]) <= {*LIMITS, "GetLimits"}
