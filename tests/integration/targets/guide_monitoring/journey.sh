#!/usr/bin/env bash
# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

set -euo pipefail

guide="${ANSIBLE_COLLECTIONS_PATH%%:*}/ansible_collections/elementsw/replication/docs/docsite/rst/guide_monitoring.rst"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

# Every play that the guide shows, under the name that it gives to it.
python - "$guide" <<'SPLIT'
import pathlib
import re
import sys
import textwrap

guide = pathlib.Path(sys.argv[1]).read_text(encoding="utf-8")
for block in re.findall(r"^\.\. code-block:: yaml\n\n((?: +.*\n|\n)+)", guide, re.MULTILINE):
    text = textwrap.dedent(block)
    name = re.match(r"# (\w+\.yml)\n", text)
    pathlib.Path(name.group(1)).write_text(text, encoding="utf-8")
SPLIT

# play STATUS FILE [ARGUMENT...]: the play ends with this status.
play() {
    local wanted=$1 status=0
    shift
    ansible-playbook -i "$SIMULATOR_INVENTORY" "$@" > log 2>&1 || status=$?
    if [ "$status" -ne "$wanted" ] || grep -qE '^\[(WARNING|DEPRECATION)' log; then
        cat log
        echo "$*: status $status in place of $wanted, or a warning" >&2
        exit 1
    fi
}

# says TEXT: the last play has printed it.
says() {
    grep -qF -- "$1" log || { cat log; echo "not said: $1" >&2; exit 1; }
}

# control PATH [JSON]: asks the world, or changes it.
control() {
    python - "$SIMULATOR_CONTROL$1" "${2:-}" <<'CALL'
import sys
import urllib.request

print(urllib.request.urlopen(sys.argv[1], sys.argv[2].encode() or None).read().decode())
CALL
}

# calls COUNT CLUSTER: the cluster was called so often since the last time.
calls() {
    local counted
    counted=$(control /calls | python -c "import json, sys; print(sum(c['cluster'] == '$2' for c in json.load(sys.stdin)))")
    [ "$counted" -eq "$1" ] || { echo "$2 was called $counted times in place of $1" >&2; exit 1; }
    control /clear '{}' > /dev/null
}

control /clear '{}' > /dev/null
play 0 check.yml
play 0 lag.yml
control /clear '{}' > /dev/null
play 0 replication_status.yml
says "0 errors, 0 warnings"
calls 11 alpha
play 0 readiness.yml
says "archive"

# A pause is a warning, and not known to be in time.
control /call '{"cluster": "alpha", "method": "ModifyVolumePair", "params": {"volumeID": 42, "pausedManual": true}}' > /dev/null
play 0 check.yml
play 2 lag.yml
says "the lag of the target is not known"
ANSIBLE_SHOW_CUSTOM_STATS=true play 2 replication_status.yml
says '"replication_healthy": false'
says '"code": "lag_'

# Both writable: an error, and the table that the guide shows.
control /call '{"cluster": "beta", "method": "ModifyVolume", "params": {"volumeID": 78, "access": "readWrite"}}' > /dev/null
play 2 check.yml
says "both volumes are writable"
play 0 elementsw.replication.status -e replication_cluster=alpha -e replication_peer=beta
# The lag grows with time: the rows are compared without it.
sed -n '/^    alpha  .*writable$/,/^$/{s/^    //;/^[a-z]/p}' "$guide" | sed -E 's/(healthy?|broken|paused)  .*/\1/' > rows
[ "$(wc -l < rows)" -eq 4 ]
while read -r row; do
    says "$row"
done < rows

# Tickets, as somebody receives them.
python - > received <<'DESK' &
import http.server
import json


class Desk(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        print(json.dumps(json.loads(self.rfile.read(int(self.headers["Content-Length"])))), flush=True)
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass


desk = http.server.HTTPServer(("127.0.0.1", 0), Desk)
open("port", "w").write(str(desk.server_port))
desk.handle_request()
desk.handle_request()
DESK
until [ -s port ]; do sleep 0.1; done
play 0 tickets.yml -e "ticket_url=http://127.0.0.1:$(cat port)/tickets"
wait
grep -q '"key": "split/alpha/ledger", "urgent": true' received
grep -q '"key": "paused/alpha/catalogue", "urgent": false' received
