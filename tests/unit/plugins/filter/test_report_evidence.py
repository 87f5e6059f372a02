# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The evidence of rehearsals as a report reads it: what the role has written, and whatever else lies beside it."""

from __future__ import annotations

import base64
import json

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.elementsw.replication.plugins.filter.rehearse_evidence import rehearse_evidence
from ansible_collections.elementsw.replication.plugins.filter.report_evidence import FilterModule, report_evidence

NO_RESULTS = {"before": {}, "after": {}, "made": {}, "removed": {}, "times": {"date": "2026-11-28 05:00:00 UTC"}}
CLONE = dict.fromkeys(("clone", "clone_id", "snapshot", "account", "iqn", "portal"))


def written(
    name="drill", *, cluster="beta", date="2026-11-28 05:00:00 UTC", reason="", ages=(840.0, None, 60), **changes
):
    """The data that the filter of the role rehearse makes."""
    clones = [
        {**CLONE, "volume": f"v{number}", "volume_id": 70 + number, "age_seconds": age}
        for number, age in enumerate(ages, 1)
    ]
    times = {"date": date, "started": 100, "writable": 138, "checked": 314, "ended": 320}
    results = {**NO_RESULTS, "made": {"clones": clones}, "times": times}
    options = {"name": name, "peer": "alpha", "point": "latest", "keep": False}
    return {**rehearse_evidence(options, cluster=cluster, results=results, reason=reason)["data"], **changes}


def encoded(data):
    text = data if isinstance(data, bytes) else json.dumps(data).encode()
    return base64.b64encode(text).decode()


def read(paths=(), **files):
    return report_evidence({f"/e/{name}.json": encoded(data) for name, data in files.items()}, paths)


def test_ansible_finds_it_by_its_name():
    assert FilterModule().filters() == {"report_evidence": report_evidence}


def test_what_the_role_rehearse_writes():
    assert read(drill=written()) == {
        "rehearsals": [
            {
                "file": "/e/drill.json",
                "name": "drill",
                "cluster": "beta",
                "peer": "alpha",
                "at": "2026-11-28T05:00:00Z",
                "point": "latest",
                "passed": True,
                "problem": None,
                "volumes": [{"volume": f"v{number}", "volume_id": 70 + number} for number in (1, 2, 3)],
                "data_age_seconds": 840.0,
                "seconds_until_writable": 38,
                "seconds_until_checked": 214,
            }
        ],
        "problems": [],
    }


def test_a_rehearsal_that_failed_before_anything_was_cloned():
    (found,) = read(drill=written(reason="no room", ages=(), seconds_until_checked=None))["rehearsals"]
    assert (found["passed"], found["problem"], found["volumes"]) == (False, "no room", [])
    assert (found["data_age_seconds"], found["seconds_until_checked"]) == (None, None)


def test_the_newest_first():
    files = {f"f{day}": written(date=f"2026-11-{day} 05:00:00 UTC") for day in (27, 28, 26)}
    assert [each["at"][8:10] for each in read(**files)["rehearsals"]] == ["28", "27", "26"]


@pytest.mark.parametrize(
    "data",
    [
        *(b"", b"[]", b"{}", b"null", b"7", b'"text"', b"\xff\xfe", b"{" * 9, b"[" * 100_000, b'{"rehearsal": "drill"'),
        *([written()], {"rehearsals": [written()]}),
        *({key: value for key, value in written().items() if key != name} for name in ("cluster", "volumes", "passed")),
        *(written(date=date) for date in (None, "2026-11-28", "yesterday", 5)),
        *(written(**{name: value}) for name in ("cluster", "rehearsal", "point") for value in (None, 5, ["beta"], {})),
        *(written(passed=value) for value in ("yes", None, 1)),
        *(written(volumes=value) for value in (None, "v1", ["v1"], [{}], [{"volume": "v1", "volume_id": 71}], 5)),
        *(written(seconds_until_writable=value) for value in ("5", True, -1, float("nan"), float("inf"), 10**400, [])),
        written(volumes=[{"volume": "v1", "volume_id": 71, "data_age_seconds": "old"}]),
        *(
            written(volumes=[{"volume": "v1", "volume_id": value, "data_age_seconds": 5}])
            for value in ("71", 7.1, True)
        ),
        written(problem=5),
        # The half of a character that no file can hold: the report could not be written.
        *(written(**{name: "a\ud800"}) for name in ("cluster", "peer", "rehearsal", "point")),
        written(reason="a\ud800"),
        written(volumes=[{"volume": "a\ud800", "volume_id": 71, "data_age_seconds": 5}]),
        # Its two halves do not fit: someone has changed it.
        *(written(passed=True, problem="the check failed"), written(passed=False, problem=None)),
        written(tried_only=True),
    ],
)
def test_what_is_not_the_evidence_of_a_rehearsal_is_named_and_left_out(data):
    found = read(good=written(), other=data)
    assert [each["file"] for each in found["rehearsals"]] == ["/e/good.json"]
    (problem,) = found["problems"]
    assert problem.startswith("/e/other.json is not the evidence of a rehearsal, or cannot be read; give ")


def test_content_that_is_no_base64_is_named():
    assert len(report_evidence({"/e/a.json": "!"})["problems"]) == 1
    assert len(report_evidence({"/e/a.json": "ä"})["problems"]) == 1


@pytest.mark.parametrize("path", ["/e/drill.json", "/e/drill", "/e", "/e/", "/e/d*.json", "/e/dril?.json"])
def test_a_path_to_which_a_file_belongs(path):
    assert read([path], drill=written())["problems"] == []


@pytest.mark.parametrize("path", ["/e/other.json", "/e/dril", "/f", "/e/o*.json"])
def test_a_path_to_which_none_belongs(path):
    found = read([path], drill=written())
    assert len(found["rehearsals"]) == 1
    assert found["problems"] == [
        f"there is no evidence of a rehearsal at {path}; give a .json file of the role rehearse, or a folder of them"
    ]


def test_input_that_is_not_as_documented():
    with pytest.raises(AnsibleFilterError, match="report_evidence: the input is of type list"):
        report_evidence([])
    with pytest.raises(AnsibleFilterError, match="report_evidence: paths is of type str"):
        report_evidence({}, "drill.json")
