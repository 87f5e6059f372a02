# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What `make demo-failover` shows of the output of a playbook."""

from __future__ import annotations

import importlib.util
from pathlib import Path

JOURNEY = Path(__file__).resolve().parents[3] / "tests" / "integration" / "targets" / "failover" / "journey.py"


def load():
    """The journey, which is no part of the collection's package."""
    spec = importlib.util.spec_from_file_location("journey", JOURNEY)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


journey = load()


def test_a_failure_is_shown_with_all_of_its_lines():
    message = "Task failed: 2 of 2 volume pairs failed, nothing was written:\nvolume orders-db (77): both are writable"
    output = (
        f'TASK [x] ***\n[ERROR]: {message}\nOrigin: /tmp/tasks.yml:3:3\n\nfatal: [alpha]: FAILED! => {{"msg": "x"}}\n'
    )
    assert journey.said(output) == [message]


def test_the_last_report_is_shown():
    report = '"msg": [\n        "{}"\n    ]'
    output = f"ok: [alpha] => {{\n    {report.format('first')}\n}}\nok: [beta] => {{\n    {report.format('last')}\n}}\n"
    assert journey.said(output) == ["last"]
