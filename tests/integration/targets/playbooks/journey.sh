#!/usr/bin/env bash
# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

set -euo pipefail

log=$(mktemp)
trap 'rm -f "$log"' EXIT

# play STATUS NAME [ARGUMENT...]: the playbook ends with this status.
play() {
    local wanted=$1 name=$2 status=0
    shift 2
    ansible-playbook -i "$SIMULATOR_INVENTORY" "elementsw.replication.$name" \
        -e replication_cluster=alpha -e replication_peer=beta "$@" > "$log" 2>&1 || status=$?
    cat "$log"
    if [ "$status" -ne "$wanted" ] || grep -qE '^\[(WARNING|DEPRECATION)' "$log"; then
        echo "$name $*: status $status in place of $wanted, or a warning" >&2
        exit 1
    fi
}

# says TEXT: the last playbook has printed it.
says() {
    grep -qF -- "$1" "$log" || { echo "not said: $1" >&2; exit 1; }
}

pairs='{"protect_pairs": [{"volume": "orders-db", "mode": "sync"}, {"volume": "catalogue", "peer_volume": "catalogue-dr"}]}'

play 2 protect -e replication_peer=moon
says "Given: alpha, moon"
play 2 protect
says "Name the volumes in protect_pairs"
play 0 protect -e "$pairs" --check --diff
says "changed=1"
play 0 protect -e "$pairs" -e protect_wait_for=in_sync
says "changed=2"
play 0 protect -e "$pairs" -e protect_wait_for=in_sync
says "changed=0"
play 0 status
says "orders-db (41)  Active  ->  orders-db (77)     Active  sync   healthy"
play 0 unprotect -e "$pairs" --check
play 2 unprotect
says "Without that nothing is removed"
play 0 unprotect -e "$pairs" -e unprotect_clusters=true
says "changed=2"
play 0 unprotect -e "$pairs" -e unprotect_clusters=true
says "changed=0"
play 2 status -e status_fail_on_problems=true
says "not paired"
