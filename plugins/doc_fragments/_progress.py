# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options for the progress of a wait. Kept in step with `_element/arguments.py` by a test."""

# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  progress_interval:
    description:
      - Seconds between two progress lines of the wait at the end. V(0) shows none. The wait whether an unreachable
        peer is up has progress lines too.
      - The lines are written to the standard error of C(ansible-playbook), each with the name of the host. Programs
        that parse its standard output are not affected.
      - No lines are shown for a task with C(async) or C(no_log).
      - For each line the module reads both clusters once more.
      - A time limit of the task, its C(timeout), ends the wait at the next line, as O(wait_timeout) does. It never interrupts
        the writes.
    type: int
    default: 30
  x_resume:
    description:
      - Internal, for the action plugin of this collection. Do not use it. Its name puts it at the end of this list.
    type: dict
    suboptions:
      waited:
        description:
          - Seconds of the wait that have passed.
        type: float
        required: true
      report:
        description:
          - What earlier calls of the module have done.
        type: dict
        required: true
"""
