#!/usr/bin/env bash
# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

set -euo pipefail

ansible-playbook -i "$SIMULATOR_INVENTORY" foretell.yml --check "$@"

# What later jobs get is shown at the end.
log=$(mktemp)
trap 'rm -f "$log"' EXIT
ANSIBLE_SHOW_CUSTOM_STATS=true ansible-playbook -i "$SIMULATOR_INVENTORY" test.yml "$@" | tee "$log"
grep -qF '"replication_may_be_lost": ' "$log"
