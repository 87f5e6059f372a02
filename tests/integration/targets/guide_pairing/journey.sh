#!/usr/bin/env bash
# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

set -euo pipefail

guide="${ANSIBLE_COLLECTIONS_PATH%%:*}/ansible_collections/elementsw/replication/docs/docsite/rst/guide_pairing.rst"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
log=$folder/log

# The list that the guide shows, and the line of shell that makes it long.
sed -n '/^    # pairs.yml$/,/^$/{s/^    //;p}' "$guide" > pairs.yml
lengthen=$(sed -n 's/^    \(for number in .*\)$/\1/p' "$guide")
bash -c "$lengthen"
[ "$(grep -c 'volume: ' pairs.yml)" -ge 202 ]

# play CHANGED NAME [ARGUMENT...]: the playbook succeeds and reports so many changed tasks on alpha.
play() {
    local changed=$1 name=$2
    shift 2
    ansible-playbook -i "$SIMULATOR_INVENTORY" "elementsw.replication.$name" \
        -e replication_cluster=alpha -e replication_peer=beta "$@" > "$log" 2>&1 || { cat "$log"; exit 1; }
    grep -q "^alpha .*changed=$changed " "$log" || { cat "$log"; echo "$name: not changed=$changed" >&2; exit 1; }
}

# says COUNT TEXT: the last playbook has printed it in so many lines.
says() {
    [ "$(grep -cF -- "$2" "$log")" -eq "$1" ] || { cat "$log"; echo "not said $1 times: $2" >&2; exit 1; }
}

play 1 protect -e @pairs.yml --check --diff
play 2 protect -e @pairs.yml
says 201 " async, healthy"
says 1 " sync, healthy"
play 0 protect -e @pairs.yml
play 0 status
says 1 "202 of 202 pairs protected, worst lag"
says 2 "0 errors, 0 warnings"
