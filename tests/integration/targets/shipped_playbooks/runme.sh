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

# The other half of this pair is on a volume that is deleted: it cannot be removed there, and the report says so.
report=$(python -m ansible_collections.elementsw.replication.tests.simulator.rehearse "$simulator/worlds/four_sites.yml" \
    ansible-playbook -i "{inventory}" elementsw.replication.unprotect -e replication_cluster=alpha -e replication_peer=beta \
    -e unprotect_volumes=deleted-there)
echo "$report"
for line in "* deleted-there (60) - deleted-there (50): pair removed, but for one half" \
    "volume deleted-there (50) is deleted and keeps its half of the pair until it is purged at "; do
    grep -qF -- "$line" <<< "$report" || { echo "not said: $line" >&2; exit 1; }
done
