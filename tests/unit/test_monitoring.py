# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The alert rules and the dashboard ask for metrics, states and labels that the report writes."""

from __future__ import annotations

import json
import pathlib
import re

import pytest
import yaml

from ansible_collections.elementsw.replication.plugins.plugin_utils._pair_rows import KINDS

ROOT = pathlib.Path(__file__).resolve().parents[2]
MONITORING = ROOT / "docs" / "monitoring"
PREFIX = "element_replication_"
TEMPLATE = (ROOT / "roles" / "report" / "templates" / "metrics.prom.j2").read_text(encoding="utf-8")
WRITTEN = {f"{PREFIX}{name}" for name in re.findall(r"head\('(\w+)'", TEMPLATE)}
RULES = yaml.safe_load((MONITORING / "element_replication.rules.yml").read_text(encoding="utf-8"))
TESTS = yaml.safe_load((ROOT / "tests" / "monitoring" / "rules_test.yml").read_text(encoding="utf-8"))
DASHBOARD = json.loads((MONITORING / "element_replication.dashboard.json").read_text(encoding="utf-8"))

ALERTS = [rule for group in RULES["groups"] for rule in group["rules"]]
PANELS = DASHBOARD["panels"]
VARIABLES = {each["name"]: each for each in DASHBOARD["templating"]["list"]}
EXPRESSIONS = [
    *(rule["expr"] for rule in ALERTS),
    *(target["expr"] for panel in PANELS for target in panel["targets"]),
    VARIABLES["cluster"]["query"]["query"],
]
#: What expressions consist of besides metrics, labels, values of labels and numbers.
LANGUAGE = {
    *("unless", "ignoring", "or", "by", "sum", "max", "topk", "time", "absent", "vector", "label_values"),
}
LABELS = {*re.findall(r'(\w+)="', TEMPLATE), "instance"}


def test_every_metric_of_the_template_has_its_head():
    samples = set(re.findall(rf"^{PREFIX}\w+", TEMPLATE, re.MULTILINE))
    assert samples == WRITTEN


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_an_expression_uses_what_is_written(expression):
    assert set(re.findall(rf"{PREFIX}\w+", expression)) <= WRITTEN
    assert set(re.findall(r'(\w+)\s*=~?\s*"', expression)) <= LABELS
    assert set(re.findall(r'state="(\w+)"', expression)) <= set(KINDS)
    assert set(re.findall(r'severity="(\w+)"', expression)) <= {"error", "warning"}
    bare = re.sub(rf'{PREFIX}\w+|"[^"]*"', " ", expression)
    assert set(re.findall(r"[a-z_]+", bare)) <= LANGUAGE | LABELS


def test_every_alert_has_a_test_and_says_what_to_do():
    names = [rule["alert"] for rule in ALERTS]
    tested = {test["alertname"] for group in TESTS["tests"] for test in group.get("alert_rule_test", [])}
    assert tested == set(names)
    assert len(names) == len(set(names))
    for rule in ALERTS:
        assert set(rule["annotations"]) == {"summary", "description"}
        assert rule["labels"]["severity"] in ("critical", "warning")
        labels = {*re.findall(r"\$labels\.(\w+)", rule["annotations"]["summary"])}
        assert labels <= LABELS


def test_the_series_of_the_tests_are_written():
    series = [each["series"] for group in TESTS["tests"] for each in group["input_series"]]
    assert {re.match(r"\w+", each).group() for each in series} <= WRITTEN


def test_the_dashboard_shows_every_panel_at_a_place_of_its_own():
    assert len({panel["id"] for panel in PANELS}) == len(PANELS)
    taken = set()
    for panel in PANELS:
        place = panel["gridPos"]
        assert place["x"] + place["w"] <= 24
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not cells & taken
        taken |= cells
        assert panel["title"]
        assert panel["description"]


def test_the_dashboard_asks_which_data_source_to_use():
    sources = [panel["datasource"] for panel in PANELS]
    sources += [target["datasource"] for panel in PANELS for target in panel["targets"]]
    assert all(source == {"type": "prometheus", "uid": "${datasource}"} for source in sources)
    assert VARIABLES["datasource"]["type"] == "datasource"
