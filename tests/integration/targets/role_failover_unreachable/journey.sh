#!/usr/bin/env bash
# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

set -euo pipefail

log=$(mktemp)
trap 'rm -f "$log"' EXIT
ansible-playbook -i "$SIMULATOR_INVENTORY" test.yml "$@" | tee "$log"

grep -qF "alpha-is-gone was not asked" "$log"
