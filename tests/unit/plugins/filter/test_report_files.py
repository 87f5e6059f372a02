# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A report writes all of its files or none."""

from __future__ import annotations

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.elementsw.replication.plugins.filter.report_files import FilterModule, report_files

FILE, FOLDER = {"exists": True, "isdir": False}, {"exists": True, "isdir": True, "writeable": True}
NOTHING, CLOSED = {"exists": False}, {**FOLDER, "writeable": False}


def check(folder=None, file=None, **others):
    folder, file = folder or FOLDER, file or NOTHING
    paths = {"html": "/srv/r.html", "csv": "", **others}
    found = {"/srv": folder, "/srv/r.html": file}
    return report_files(paths, [{"ansible_loop_var": "a", "a": path, "stat": stat} for path, stat in found.items()])


def test_the_filter_has_its_name():
    assert FilterModule().filters() == {"report_files": report_files}


@pytest.mark.parametrize("file", [NOTHING, FILE])
def test_a_file_that_can_be_written(file):
    assert check(file=file) == []


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"file": FOLDER}, "report_html is the folder /srv/r.html; give the name of a file in it"),
        ({"folder": NOTHING}, "the folder /srv of report_html does not exist; create it, or give another one"),
        ({"folder": FILE}, "the folder /srv of report_html does not exist; create it, or give another one"),
        ({"folder": CLOSED}, "the folder /srv of report_html cannot be written to; permit it, or give another one"),
        (
            {"json": "/srv/r.html"},
            "report_json and report_html are the same file /srv/r.html; give each a file of its own",
        ),
    ],
)
def test_a_file_that_cannot_be_written_is_a_sentence(changes, problem):
    assert check(**changes) == [problem]


def test_another_input_is_refused_in_a_sentence():
    with pytest.raises(AnsibleFilterError, match="report_files: found is of type str"):
        report_files({}, "x")
    with pytest.raises(AnsibleFilterError, match=r"report_files: '/srv/r\.html' is missing"):
        report_files({"html": "/srv/r.html"}, [])
