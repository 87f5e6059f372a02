#!/usr/bin/env bash
# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

set -euo pipefail

guide="${ANSIBLE_COLLECTIONS_PATH%%:*}/ansible_collections/elementsw/replication/docs/docsite/rst/guide_failover.rst"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

# Every play and every command that the guide shows, under the name that it gives to it.
python - "$guide" <<'SPLIT'
import pathlib
import re
import sys
import textwrap

guide = pathlib.Path(sys.argv[1]).read_text(encoding="utf-8")
for kind, block in re.findall(r"^\.\. code-block:: (yaml|shell)\n\n((?: +.*\n|\n)+)", guide, re.MULTILINE):
    text = textwrap.dedent(block)
    name = re.match(r"# (\w+)", text).group(1)
    pathlib.Path(f"{name}.{'yml' if kind == 'yaml' else 'sh'}").write_text(text, encoding="utf-8")
SPLIT

# The inventory has the clusters of the world, and the host that uses them.
mkdir inventory.yml bin
cp "$SIMULATOR_INVENTORY" inventory.yml/clusters.yml
cat > inventory.yml/shop.yml <<'SHOP'
all:
  hosts:
    shop-1:
      ansible_connection: local
      ansible_python_interpreter: "{{ ansible_playbook_python }}"
  vars:
    shop_portals: {alpha: "203.0.113.10:3260", beta: "203.0.113.20:3260"}
SHOP

# The host: what it is told is noted, and its sessions with alpha really end.
cat > bin/systemctl <<'HOST'
#!/usr/bin/env bash
echo "systemctl $*" >> "$HOST_LOG"
HOST
cat > bin/iscsiadm <<'HOST'
#!/usr/bin/env bash
echo "iscsiadm $*" >> "$HOST_LOG"
case "$*" in
    *203.0.113.10:3260*--logout) log_out_of_alpha ;;
esac
HOST
cat > bin/log_out_of_alpha <<'HOST'
#!/usr/bin/env bash
control /log_out '{"cluster": "alpha", "volume_id": 41}' > /dev/null
HOST
# control PATH [JSON]: asks the world, or changes it.
cat > bin/control <<'CALL'
#!/usr/bin/env python
import os
import sys
import urllib.request

body = sys.argv[2].encode() if len(sys.argv) > 2 else None
direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
print(direct.open(os.environ["SIMULATOR_CONTROL"] + sys.argv[1], body).read().decode())
CALL
chmod +x bin/*
export PATH="$folder/bin:$PATH" HOST_LOG="$folder/host.log"

# run COMMAND...: it succeeds.
run() {
    "$@" > log 2>&1 || { cat log; echo "failed: $*" >&2; exit 1; }
    ! grep -q '^\[DEPRECATION' log || { cat log; exit 1; }
}

# fails COMMAND...: it fails.
fails() {
    if "$@" > log 2>&1; then cat log; echo "not failed: $*" >&2; exit 1; fi
}

# says TEXT: the last command has printed it; a line of the output may be broken anywhere.
says() {
    tr -s '[:space:]' ' ' < log | grep -qF -- "$1" || { cat log; echo "not said: $1" >&2; exit 1; }
}

# holds CLUSTER ACCESS VOLUME MARK...: what is on the volume, and whether hosts can write to it.
holds() {
    control /truth | python -c '
import json
import sys

cluster, access, name, *marks = sys.argv[1:]
volumes = {each["name"]: each for each in json.load(sys.stdin)["clusters"][cluster]["volumes"]}
found = volumes[name]
assert (found["access"], found["marks"]) == (access, marks), (sys.argv[1:], found)
' "$@"
}

# A planned move, with the host logged in: the tasks before it log it out.
run ansible-playbook -i inventory.yml move_shop.yml --check
says "nothing was written"
[ ! -e host.log ]
run ansible-playbook -i inventory.yml move_shop.yml
says "2 of 2 volumes were changed"
diff host.log - <<'TOLD'
systemctl stop shop
iscsiadm --mode node --portal 203.0.113.10:3260 --logout
iscsiadm --mode node --portal 203.0.113.20:3260 --login
systemctl start shop
TOLD
holds beta readWrite orders-db order-1
# A second run moves nothing and only starts what has to run.
: > host.log
run ansible-playbook -i inventory.yml move_shop.yml
says "Everything is on beta already"
[ "$(grep -c stop host.log)" -eq 0 ]
[ "$(grep -c start host.log)" -eq 1 ]
run bash -e home.sh
holds alpha readWrite orders-db order-1

# A hub: each cluster would be recognised, and the inventory that the guide shows is one.
run bash -e recognised.sh
says "\"0 errors, "
! grep -q "Not ready" log || { cat log; exit 1; }
run ansible-inventory -i hub_inventory.yml --host alpha
says '"element_mvip": "192.0.2.10"'

# alpha lives, and nothing that is sent to it arrives. No test waits for a minute.
control /faults '{"cluster": "alpha", "fault": "http_503", "times": null}' > /dev/null
echo 'all: {vars: {failover_wait_timeout: 1}}' > inventory.yml/impatient.yml
control /clear '{"what": ["calls"]}' > /dev/null
fails bash -e look.sh
says "Cluster pair with alpha: Connected on beta"
says "so the peer is up"
fails bash -e forced.sh
says "its pair with alpha (MVIP 192.0.2.10) is Connected, so the peer is up"
says "peer_unreachable: assume_dead"
[ "$(control /writes)" = "[]" ]
rm inventory.yml/impatient.yml
control /clear '{"what": ["faults"]}' > /dev/null

# The worst day: the last write of alpha has not arrived when the site is lost.
control /timings '{"delivery_polls": "never"}' > /dev/null
control /write '{"cluster": "alpha", "volume_id": 41, "mark": "too-late"}' > /dev/null
control /site '{"cluster": "alpha", "up": false}' > /dev/null
control /timings '{"delivery_polls": 1}' > /dev/null
control /clear '{"what": ["calls"]}' > /dev/null
run bash -e look.sh
says "would become writable on beta"
says "data_loss_possible"
[ "$(control /writes)" = "[]" ]
run bash -e forced.sh
says "orders-db is writable on beta"
says "lag unknown"
holds beta readWrite orders-db order-1
control /write '{"cluster": "beta", "volume_id": 77, "mark": "after"}' > /dev/null
# Once more: nothing is left to do.
run bash -e forced.sh
says "Everything is on beta already"
run bash -e assumed.sh
says "alpha was not asked"

control /site '{"cluster": "alpha", "up": true}' > /dev/null
run bash -e returned.sh
says "split"
holds alpha readWrite orders-db order-1 too-late
holds beta readWrite orders-db order-1 after
run bash -e keep.sh
says "elementsw-saved-"
holds alpha replicationTarget orders-db order-1 after
# What was overwritten is in a snapshot, which the guide's play lists, and deletes when it is named.
run bash -e list.sh
says "expires never"
saved=$(grep -o 'elementsw-saved-[0-9a-f]*-[0-9]*' log | head -n 1)
run ansible-playbook -i inventory.yml saved.yml -e delete_saved="$saved"
run bash -e list.sh
if grep -qF "$saved" log; then exit 1; fi
run bash -e home.sh
holds alpha readWrite orders-db order-1 after
holds alpha readWrite orders-log redo-1
holds beta replicationTarget orders-db order-1 after
