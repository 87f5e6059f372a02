#!/usr/bin/env bash
# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Names that Python reads as numbers: with native types ansible-core before 2.19 makes the account 1000.0 of 1e3, which is another one.
set -euo pipefail
export ANSIBLE_JINJA2_NATIVE=True

log=$(mktemp)
trap 'rm -f "$log"' EXIT

# play NAME CLUSTER PEER [ARGUMENT...]: the playbook succeeds.
play() {
    ansible-playbook -i "$SIMULATOR_INVENTORY" "elementsw.replication.$1" -e replication_cluster="$2" -e replication_peer="$3" "${@:4}" | tee "$log"
}

# says TEXT: the last playbook has printed it.
says() {
    grep -qF -- "$1" "$log" || { echo "not said: $1" >&2; exit 1; }
}

play protect alpha beta -e protect_account=1e3 -e protect_peer_account=1e3 -e '{"protect_pairs": [{"volume": "orders"}]}'
says "* orders (41)  ->  orders (71)"
play protect alpha beta -e protect_account=0x10 -e protect_peer_account=0x10 -e '{"protect_pairs": [{"volume": "wiki"}]}'
says "* wiki (43)  ->  wiki (73)"

play rehearse beta alpha -e rehearse_name=1e3 -e rehearse_point=now -e rehearse_account=0x10 -e rehearse_access_group=0x1f
says "Rehearsal 1e3 of a failover from alpha to beta"

play unprotect alpha beta -e protect_account=1e3 -e protect_peer_account=1e3 -e '{"protect_pairs": [{"volume": "orders"}]}' -e unprotect_all=true
says "* orders (41) - orders (71): pair removed"

# Before ansible-core 2.19 the text of a template can pass for a value that is undefined.
version=$(ansible --version)
if grep -qE 'core 2\.1[678]\.' <<< "$version"; then
    undefined='{"protect_pairs": [{"volume": "mail", "account": "{{ undefined_owner }}"}]}'
    if ANSIBLE_ERROR_ON_UNDEFINED_VARS=False play protect alpha beta -e "$undefined"; then
        echo "an undefined value was accepted" >&2
        exit 1
    fi
    says "The setting error_on_undefined_vars is false"
fi
