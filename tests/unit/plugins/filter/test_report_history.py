# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What earlier reports say about now: time protected, lags, since when a problem exists, and which lines are kept."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.elementsw.replication.plugins.filter.report_history import FilterModule, report_history
from ansible_collections.elementsw.replication.tests.unit.plugins.filter.reports import (
    AT,
    data,
    problem,
    report,
    volume_pair,
)

NOW = datetime(2026, 11, 28, 6, tzinfo=timezone.utc)
UP, DOWN = {}, {"health": "broken"}


def made(hours_ago, *changes, problems=()):
    """The data of a report that was made so many hours ago, on volume pairs with these changes."""
    pairs = [volume_pair(f"v{number}", number, **each) for number, each in enumerate(changes, 1)]
    at = (NOW - timedelta(hours=hours_ago)).isoformat()
    return data(report(pairs, problems=list(problems)), at=at)


def past(*reports, days=31):
    """What the last of these reports says, after the others were added one by one."""
    text = ""
    for each in reports:
        found = report_history(text, each, days)
        text = found["text"]
    return found


def test_the_filter_has_its_name():
    assert FilterModule().filters() == {"report_history": report_history}


def test_how_much_of_each_period_reports_cover():
    """A report counts for 25 hours, and one that read no volume pair covers nothing."""
    found = past(made(100, UP), made(60, UP), made(30, DOWN), made(20), made(10, UP), made(0, UP))
    assert found["covered"] == {"day": 14 * 3600, "week": (25 + 25 + 10 + 10) * 3600, "month": 70 * 3600}


def test_the_first_report_has_nothing_to_look_back_on():
    found = report_history("", data(report([volume_pair()], problems=[problem("a")])))
    assert found == {
        "text": found["text"],
        "reports": 1,
        "protected": {"day": None, "week": None, "month": None},
        "covered": {"day": 0, "week": 0, "month": 0},
        "volume_pairs": [{"protected": {"day": None, "week": None, "month": None}, "lags": [[0.0, 0.0]]}],
        "since": ["2026-11-28T06:00:00+00:00"],
    }
    assert json.loads(found["text"]) == {
        "at": "2026-11-28T06:00:00+00:00",
        "volume_pairs": {"alpha:41 beta:77": ["protected", 0.0]},
        "problems": ["paused alpha None None"],
    }


@pytest.mark.parametrize(
    ("reports", "day", "week", "month"),
    [
        # A report counts until the next one: time counts, not the number of reports.
        ([(4, UP), (1, DOWN), (0, UP)], 3 / 4, 3 / 4, 3 / 4),
        ([(4, UP), (3, DOWN), (2, DOWN), (1, DOWN), (0, DOWN)], 1 / 4, 1 / 4, 1 / 4),
        # What began before the window counts for the part that lies in it.
        ([(36, UP), (20, DOWN), (0, UP)], 4 / 24, 16 / 36, 16 / 36),
        # After 25 hours without a report nothing is known.
        ([(100, DOWN), (50, UP), (0, UP)], None, 1 / 2, 1 / 2),
        ([(24 * 20, DOWN), (24 * 3, UP), (0, UP)], None, 1, 1 / 2),
        ([(24 * 9, DOWN), (0, UP)], None, None, 0),
        # The report itself counts from now on.
        ([(1, UP), (0, DOWN)], 1, 1, 1),
        ([(1, DOWN), (0, UP)], 0, 0, 0),
    ],
)
def test_how_much_of_the_time_a_volume_pair_was_protected(reports, day, week, month):
    found = past(*(made(hours, state) for hours, state in reports))
    expected = {"day": day, "week": week, "month": month}
    assert found["volume_pairs"][0]["protected"] == pytest.approx(expected)
    assert found["protected"] == pytest.approx(expected)


def test_all_volume_pairs_together():
    found = past(made(3, UP, UP), made(1, UP, DOWN), made(0, UP, UP))
    assert [pair["protected"]["day"] for pair in found["volume_pairs"]] == pytest.approx([1, 2 / 3])
    assert found["protected"]["day"] == pytest.approx(5 / 6)


def test_a_moment_without_protection_is_not_rounded_away():
    up, down = made(24 * 30, *[UP] * 100), made(1 / 3600, *[UP] * 99, DOWN)
    # No gap in between, so that the moment is the smaller a part of the whole.
    between = [made(24 * day, *[UP] * 100) for day in range(29, 0, -1)]
    assert past(up, *between, down, made(0, UP))["protected"]["month"] < 1


def test_a_volume_pair_that_is_new_or_has_gone():
    found = past(made(2, UP), made(1, UP, DOWN), made(0, UP, UP))
    assert [pair["protected"]["day"] for pair in found["volume_pairs"]] == [1, 0]
    gone = past(made(2, UP, DOWN), made(1, UP), made(0, UP))
    assert [pair["protected"]["day"] for pair in gone["volume_pairs"]] == [1]


def test_the_direction_does_not_matter():
    other = made(1, UP)
    pair = other["volume_pairs"][0]
    for name in ("cluster", "volume", "volume_id", "account"):
        pair[name], pair[f"peer_{name}"] = pair[f"peer_{name}"], pair[name]
    assert past(other, made(0, UP))["volume_pairs"][0]["protected"]["day"] == 1


def test_lags_of_the_last_day():
    found = past(
        made(25, {"lag_seconds": 9.0}),
        made(24, {"lag_seconds": 8.0}),
        made(2, {"lag_seconds": None}),
        made(1, {"lag_seconds": 7.5}),
        made(0, UP),
    )
    assert found["volume_pairs"][0]["lags"] == [[86400.0, 8.0], [3600.0, 7.5], [0.0, 0.0]]


def test_since_when_a_problem_exists():
    def paused(seconds):
        return problem(f"paused for {seconds} s", volume="v1", volume_id=1)

    ended = problem("of the link", code="link_disconnected")
    found = past(
        made(4, UP, problems=[paused(1)]),
        made(3, UP, problems=[ended]),
        made(2, UP, problems=[paused(2)]),
        made(1, UP, problems=[ended, paused(3)]),
        made(0, UP, problems=[problem("new", code="new"), paused(4)]),
    )
    assert found["since"] == ["2026-11-28T06:00:00+00:00", "2026-11-28T04:00:00+00:00"]


def test_lines_that_are_too_old_are_dropped():
    found = past(*(made(24 * day, UP) for day in (9, 8, 7, 1, 0)), days=7)
    assert found["reports"] == 3
    assert [json.loads(line)["at"][:10] for line in found["text"].splitlines()] == [
        *("2026-11-21", "2026-11-27", "2026-11-28"),
    ]


def test_after_a_clock_was_set_back_reports_from_the_future_stay_and_do_not_count():
    found = past(made(3, UP), made(1, DOWN), made(2, UP))
    assert (found["reports"], len(found["text"].splitlines())) == (2, 3)
    assert found["protected"]["day"] == 1
    assert past(made(0, UP), made(0, UP))["reports"] == 1


@pytest.mark.parametrize("text", ["", "\n", "\n\n \n"])
def test_an_empty_file_begins_a_history(text):
    assert report_history(text, made(0, UP))["reports"] == 1


@pytest.mark.parametrize("name", ["a\u2028b", "a\x85b", "a\nb", 'a"b', "a\x1cb"])
def test_a_name_does_not_divide_a_line(name):
    about = problem("a", volume=name, volume_id=1)
    assert past(*(made(hours, UP, problems=[about]) for hours in (2, 1, 0)))["reports"] == 3


GOOD = '{"at":"2026-11-28T05:00:00+00:00","volume_pairs":{},"problems":[]}'


@pytest.mark.parametrize(
    "line",
    [
        "replication: fine",
        "3",
        "[]",
        "{}",
        "null",
        GOOD[:-1],
        "[" * 100000,
        GOOD.replace("2026-", "then-"),
        GOOD.replace('"2026-11-28T05:00:00+00:00"', "5"),
        GOOD.replace("{}", "[1]"),
        GOOD.replace("{}", '{"a": 1}'),
        GOOD.replace("{}", '{"a": ["protected"]}'),
        GOOD.replace("{}", '{"a": [1, 1]}'),
        GOOD.replace("{}", '{"a": ["protected", "1"]}'),
        GOOD.replace("{}", '{"a": ["protected", NaN]}'),
        GOOD.replace("{}", '{"a": ["protected", true]}'),
        GOOD.replace("[]", "3"),
        GOOD.replace("[]", '"text"'),
        GOOD.replace("[]", "[3]"),
    ],
)
def test_a_file_that_is_no_history_is_refused(line):
    with pytest.raises(AnsibleFilterError, match="line 2 of the history is not a line of a history") as refused:
        report_history(f"{GOOD}\n{line}\n", made(0, UP))
    assert "nothing was written" in str(refused.value)


def test_a_time_without_a_zone_is_utc():
    assert report_history(GOOD.replace("+00:00", ""), made(0, UP))["reports"] == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("", "x"), "data is of type str, expected a dictionary"),
        (("", {}), "'volume_pairs' is missing in the input"),
        ((["a"], made(0, UP)), "the input is of type list, expected a text"),
        ((None, made(0, UP)), "the input is of type NoneType, expected a text"),
        (("", made(0, UP), "a month"), "days is 'a month', expected a number of days, at least 1"),
        (("", made(0, UP), -1), "days is -1, expected a number of days, at least 1"),
        (("", made(0, UP), 10**12), "days is 1000000000000, expected a number of days, at least 1"),
        (("", {**made(0, UP), "generated_at": "now"}), "generated_at is 'now', expected a time in ISO 8601"),
    ],
)
def test_another_input_is_refused_in_a_sentence(arguments, message):
    with pytest.raises(AnsibleFilterError, match=r"^elementsw\.replication\.report_history: ") as refused:
        report_history(*arguments)
    assert message in str(refused.value)


def test_days_can_be_text_as_extra_variables_are():
    assert report_history(GOOD, data(at=AT), "1")["reports"] == 2
