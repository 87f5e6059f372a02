#!/usr/bin/env bash
# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

set -euo pipefail
export PYTHONPATH="${ANSIBLE_COLLECTIONS_PATH%%:*}${PYTHONPATH:+:$PYTHONPATH}"

# The shipped playbooks, by their names, as the README calls them.
python -m ansible_collections.elementsw.replication.tests.simulator.rehearse world.yml bash journey.sh

# The report of every mess there is: halves, pairs that were only started, both sides writable, neither.
simulator="${ANSIBLE_COLLECTIONS_PATH%%:*}/ansible_collections/elementsw/replication/tests/simulator"
report=$(python -m ansible_collections.elementsw.replication.tests.simulator.rehearse "$simulator/worlds/four_sites.yml" \
    ansible-playbook -i "{inventory}" elementsw.replication.status -e replication_cluster=alpha -e replication_peer=beta)
echo "$report"
for line in "pending-here (54)   Unconfigured              ?      - " "split (57)          PausedMisconfigured       split  split (47) "; do
    grep -qF -- "$line" <<< "$report" || { echo "not said: $line" >&2; exit 1; }
done
