#!/usr/bin/env bash
# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
log=$folder/log
cd "$folder"

# play STATUS PLAYBOOK CLUSTER PEER [ARGUMENT...]: it ends with this status, and prints no warning but those expected.
play() {
    local wanted=$1 name=$2 cluster=$3 peer=$4 status=0
    shift 4
    ansible-playbook -i "$SIMULATOR_INVENTORY" "elementsw.replication.$name" \
        -e replication_cluster="$cluster" -e replication_peer="$peer" "$@" > "$log" 2>&1 || status=$?
    cat "$log"
    if [ "$status" -ne "$wanted" ] || grep -E '^\[(WARNING|DEPRECATION)' "$log"; then
        echo "$name $*: status $status in place of $wanted, or a warning" >&2
        exit 1
    fi
}

# says TEXT: the last playbook has printed it.
says() {
    grep -qF -- "$1" "$log" || { echo "not said: $1" >&2; exit 1; }
}

cat > pairs.csv <<'PAIRS'
volume;mode
orders-db;sync
orders-log;
PAIRS
protect=(-e protect_pairs_file=pairs.csv -e protect_wait_for=in_sync -e '{"protect_create_peer_volume": {"account": "tenant"}}')

play 2 protect alpha beta "${protect[@]}" -e protect_mode=synchronous
says "protect_mode 'synchronous' is not one of async, sync, snapshots_only."
play 0 protect alpha beta "${protect[@]}" --check --diff
says "alpha and beta would be paired."
play 0 protect alpha beta "${protect[@]}"
says "* orders-db (41)   ->  orders-db (77)    sync, healthy"
says "created on beta, 10 GiB, account tenant, async, healthy"
play 0 protect alpha beta "${protect[@]}"
says "changed=0"
play 0 status alpha beta -e status_fail_on_problems=true
says "2 of 2 pairs protected"

cat > check.yml <<'TASKS'
- name: Look at a clone
  ansible.builtin.assert:
    that: rehearse_clones | map(attribute='volume_id') | list | length == 2
TASKS
play 0 rehearse beta alpha -e rehearse_name=drill -e rehearse_point=now -e rehearse_tasks="$folder/check.yml" \
    -e rehearse_evidence="$folder/drill"
says "a failover from alpha to beta"
grep -qF '"passed": true' drill.json
play 0 report alpha beta -e report_html="$folder/page.html" -e report_metrics="$folder/page.prom" \
    -e report_evidence="$folder/drill.json"
grep -qF "2 of 2 volume pairs were rehearsed in the last 92 days." page.html
grep -q "^element_replication_" page.prom

play 0 failover beta alpha -e failover_kind=planned
says "orders-db"
play 2 unprotect beta alpha
says "without that nothing is removed"
play 0 unprotect beta alpha -e unprotect_volumes=orders-db,orders-log -e unprotect_clusters=true
says "2 volume pairs, 2 removed"
says "* the pair of the clusters: removed"
