#!/usr/bin/env bash
# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
log=$folder/log

# play STATUS NAME [ARGUMENT...]: the playbook ends with this status.
play() {
    links "$@" -e replication_cluster="${cluster:-alpha}" -e replication_peer="${peer:-beta}"
}

# links STATUS NAME [ARGUMENT...]: the same without the names of the clusters. Only the expected warning is printed.
links() {
    local wanted=$1 name=$2 status=0
    shift 2
    ansible-playbook -i "$SIMULATOR_INVENTORY" "elementsw.replication.$name" "$@" > "$log" 2>&1 || status=$?
    cat "$log"
    if [ "$status" -ne "$wanted" ] || grep -E '^\[(WARNING|DEPRECATION)' "$log" | grep -vF "${expected_warning:-no warning is expected}"; then
        echo "$name $*: status $status in place of $wanted, or a warning" >&2
        exit 1
    fi
}

# says TEXT: the last playbook has printed it.
says() {
    grep -qF -- "$1" "$log" || { echo "not said: $1" >&2; exit 1; }
}

peer=moon play 2 protect
says "Given: alpha, moon; moon is no host of the inventory."
# A play would take such a name for two hosts, match none of them, and end without an error.
for name in protect unprotect failover status; do
    cluster="'al pha'" play 2 "$name" -i 'al pha,' -e failover_kind=planned
    says "'al pha' cannot be the host of a cluster"
done
play 2 protect
says "Name the volumes in protect_pairs"

# Everything that is wrong with the variables is named at once.
play 2 protect -e protect_mode=synchronous -e protect_wait_timeout=15m -e protect_pairs=
says "protect_mode 'synchronous' is not one of async, sync, snapshots_only."
says "protect_wait_timeout: '15m' is no whole number. Nothing was written."

# A list from a spreadsheet, beside where ansible-playbook is started: all faults at once, and nothing is written.
cd "$folder"
printf 'volume;mode\r\norders-db;synchronous\r\n;sync\r\n' > pairs.csv
play 2 protect -e protect_pairs_file=pairs.csv
says "row 2 (orders-db): mode 'synchronous' is not one of async, sync, snapshots_only"
says "pairs.csv cannot be used, nothing was written: row 2 (orders-db), row 3."
printf '\xef\xbb\xbfVolume;Mode;peer volume;create_peer_volume.account\r\norders-db;sync;;\r\n;;;\r\ncatalogue;;catalogue-dr;\r\nwiki;;;tenant\r\n' > pairs.csv
play 0 protect -e protect_pairs_file=pairs.csv --check --diff
says "alpha and beta would be paired"
play 0 protect -e '{"protect_pairs": []}'
play 0 protect -e protect_pairs_file=pairs.csv --check
says "* wiki (43)       ->  wiki               would be created on beta, 10 GiB, account tenant, async"
says "3 volume pairs, 3 would change"

# One that fails is one line among the others.
play 2 protect -e '{"protect_pairs": [{"volume": "orders-db"}, {"volume": "ledger"}]}'
says "! ledger          -  -               failed: cluster alpha has no volume ledger"
says "1 of 2 volume pairs failed; what became of each"
play 0 protect -e protect_pairs_file=pairs.csv -e protect_wait_for=in_sync
says "* orders-db (41)  ->  orders-db (77)     sync, healthy"
says "created on beta, 10 GiB, account tenant, async, healthy"
# A survey sends empty text for what is not filled in.
cat > survey.json <<'SURVEY'
{"protect_pairs": "", "protect_account": "", "protect_peer_account": "", "protect_mode": "", "protect_direction": "",
 "protect_paused": "", "protect_size": "", "protect_match_size": "", "protect_create_peer_volume": "",
 "protect_cluster_repair": "", "protect_cluster_remove_pending": "", "protect_cluster_wait_timeout": "",
 "protect_allow_overwrite": "", "protect_save_overwritten": "", "protect_repair": "", "protect_fail_fast": "",
 "protect_item_permissions": "",
 "protect_wait": "", "protect_wait_for": "", "protect_wait_timeout": ""}
SURVEY
play 0 protect -e protect_pairs_file=pairs.csv -e @survey.json
says "changed=0"
play 0 status
says "3 of 3 pairs protected"
says "orders-db (41)  Active  ->  orders-db (77)     Active  sync   healthy"

# What is overwritten is saved, and the report names the snapshot.
expected_warning="the former content of archive" \
    play 0 protect -e '{"protect_pairs": [{"volume": "archive", "allow_overwrite": true}]}'
says "Saved on beta before it was overwritten: elementsw-saved-"
says "(archive); it stays until you delete it."
play 0 unprotect -e unprotect_volumes=archive

# Links as data: each on its own, and one that fails does not stop the other.
cat > links.json <<'LINKS'
{"replication_links": [{"cluster": "alpha", "peer": "beta", "pairs": [{"volume": "orders-db", "mode": "sincere"}]},
                       {"cluster": "beta", "peer": "gamma", "pairs": [{"volume": "orders-db"}]}]}
LINKS
links 2 protect -e @links.json -e '{"protect_pairs": "", "protect_pairs_file": ""}' --check
says "alpha - beta: failed: protect_pairs: pairs[0] (orders-db): mode 'sincere' is not one of"
says "beta - gamma: 0 volume pairs, 0 would change"
says "1 of 2 links failed: alpha - beta."
links 2 protect -e @links.json -e '{"protect_pairs": []}' --check
says "or in protect_pairs or protect_pairs_file, and not both."
links 0 status -e @links.json --limit alpha,beta,gamma
says "3 of 3 pairs protected"

# The list in the inventory is not taken by itself, and a name that is wrong takes nothing.
play 2 unprotect -e protect_pairs_file=pairs.csv
says "without that nothing is removed"
play 2 unprotect -e unprotect_volumes=orders-db,ledger
says "cluster alpha has no volume ledger: check the spelling. Nothing was written."
play 0 unprotect -e unprotect_volumes=tenant/wiki --check
says "* wiki (43) - wiki (101): pair would be removed"
play 0 unprotect -e unprotect_volumes=wiki -e unprotect_release_targets=true
says "* wiki (43) - wiki (101): pair removed, the former target is writable"
says "1 volume pair, 1 removed"
play 0 unprotect -e '{"unprotect_volumes": ["wiki"]}'
says "wiki: had no pair already"
play 0 unprotect -e protect_pairs_file=pairs.csv -e unprotect_all=true -e unprotect_clusters=true
says "3 volume pairs, 2 removed"
says "* the pair of the clusters: removed"
says "changed=2"
play 0 unprotect -e protect_pairs_file=pairs.csv -e unprotect_all=true -e unprotect_clusters=true
says "changed=0"
play 2 status -e status_fail_on_problems=true
says "not paired"
