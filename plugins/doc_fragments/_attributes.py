# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What every module of the collection can and cannot do, as module attributes."""

# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations


class ModuleDocFragment:
    # Each module says how far it supports check_mode, diff_mode and idempotent.
    DOCUMENTATION = r"""
options: {}
attributes:
  action:
    description: Has an action plugin of the same name, so some of the options are handled on the controller.
    support: full
    details:
      - It converts host variables into connection options, for the host of the task and for O(peer_host).
  action_group:
    description: Use C(group/elementsw.replication.element) in C(module_defaults) to set defaults for these modules.
    support: full
    membership:
      - elementsw.replication.element
  async:
    description: Can be used with the C(async) keyword.
    support: full
    details:
      - Not together with check mode before ansible-core 2.19.
  check_mode:
    description: Reports what would be done without changing either cluster.
  diff_mode:
    description: Returns what has changed, or in check mode would change, when run with C(--diff).
  idempotent:
    description: When run twice in a row with the same options, the second run changes nothing.
"""
