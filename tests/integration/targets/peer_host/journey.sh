#!/usr/bin/env bash
# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Ways to name the peer. Everything is printed at the highest verbosity, and none of it may hold a secret.

set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export ANSIBLE_ASYNC_DIR="$folder/async" ANSIBLE_VAULT_PASSWORD_FILE=vault-password.txt

status=0
ansible-playbook -vvvv -i "$SIMULATOR_INVENTORY" -i vaulted.yml test.yml "$@" > "$folder/log" 2>&1 || status=$?
if grep -qE 'Only-for-(alpha|beta)|T25seS1mb3It' "$folder/log"; then
    echo "a password is in the output, which is therefore not shown" >&2
    exit 1
fi
cat "$folder/log"
exit "$status"
