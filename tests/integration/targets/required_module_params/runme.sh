#!/usr/bin/env bash
# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

set -euo pipefail

# What is missing or makes no sense is reported before anything is contacted: there is no cluster here.
exec ansible-playbook -i inventory.yml test.yml "$@"
