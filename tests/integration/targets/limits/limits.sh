#!/usr/bin/env bash
# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

set -euo pipefail

log=$(mktemp)
inventory=$(mktemp --suffix=.yml)
trap 'rm -f "$log" "$inventory"' EXIT
echo 'all: {vars: {replication_cluster: alpha, replication_peer: beta}}' > "$inventory"

named=(-e replication_cluster=alpha -e replication_peer=beta)

# play STATUS TEXT NAME [ARGUMENT...]: the playbook, in check mode, ends with this status and has printed the text.
play() {
    local wanted=$1 text=$2 name=$3 status=0
    shift 3
    ansible-playbook -i "$SIMULATOR_INVENTORY" "elementsw.replication.$name" --check "${named[@]}" \
        -e '{"protect_pairs": [{"volume": "orders-db"}]}' -e unprotect_all=true -e failover_kind=forced "$@" > "$log" 2>&1 || status=$?
    if [ "$status" -ne "$wanted" ] || ! grep -qF -- "$text" "$log"; then
        cat "$log"
        echo "$name $*: status $status in place of $wanted, or not said: $text" >&2
        exit 1
    fi
}

# The text that each playbook prints when it has done its work.
declare -A done=(
    [protect]="orders-db (41)"
    [unprotect]="orders-db (41)"
    [failover]="would become writable"
    [status]="1 of 1 pair protected"
)
for name in protect unprotect failover status; do
    # Without a limit, and with limits that leave everything in.
    for limit in "" alpha,beta alpha,beta,localhost; do
        play 0 "${done[$name]}" "$name" ${limit:+--limit "$limit"}
    done
    # A limit that leaves out what the playbook runs on.
    play 2 "The limit leaves out alpha, which this playbook runs on" "$name" --limit beta
    if [ "$name" = status ]; then
        play 2 "The limit leaves out beta, which this playbook runs on" "$name" --limit alpha
    else
        play 0 "${done[$name]}" "$name" --limit alpha
    fi
    # Of a limit that leaves nothing Ansible itself says so.
    play 1 "leaves us with no hosts to target" "$name" --limit localhost
done

# The names as variables of the inventory, by which no play can choose its hosts: refused, or done where the limit chooses them.
named=(-i "$inventory")
for name in protect unprotect failover status; do
    play 2 "The names of the clusters are variables of the inventory" "$name"
    case $name in
        status) play 0 "${done[$name]}" "$name" --limit alpha,beta ;;
        *) play 0 "${done[$name]}" "$name" --limit alpha ;;
    esac
done
named=(-e replication_cluster=alpha -e replication_peer=beta)

# An inventory that was not read is no success either.
SIMULATOR_INVENTORY=/dev/null play 2 "are no hosts of the inventory" protect
