#!/usr/bin/env bash
# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

set -euo pipefail

here=$PWD
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
log=$folder/log
export ANSIBLE_SHOW_CUSTOM_STATS=true

fail() {
    cat "$log"
    echo "$1" >&2
    exit 1
}

# play STATUS PLAYBOOK [ARGUMENT...]: it runs in the folder of the evidence, and ends with this status.
play() {
    local wanted=$1 status=0
    shift
    (cd "$folder" && ansible-playbook -i "$SIMULATOR_INVENTORY" "$@") > "$log" 2>&1 || status=$?
    [ "$status" -eq "$wanted" ] || fail "$* ended with $status in place of $wanted"
}

run() {
    local wanted=$1
    shift
    play "$wanted" elementsw.replication.rehearse -e replication_cluster=beta -e replication_peer=alpha "$@"
}

says() {
    grep -qF -- "$1" "$log" || fail "not said: $1"
}

call() {
    python - "$SIMULATOR_CONTROL$1" "$2" <<'CALL'
import sys
import urllib.request

body = sys.argv[2].encode() or None
print(urllib.request.urlopen(urllib.request.Request(sys.argv[1], body)).read().decode())
CALL
}

# No clone is left on beta.
clean() {
    call /call '{"cluster": "beta", "method": "ListVolumes"}' > "$folder/volumes"
    ! grep -q -- '-rehearsal\|-quarterly' "$folder/volumes" || fail "a clone was left"
}

both='{"wanted_clones": ["orders-db-rehearsal", "orders-log-rehearsal"]}'

# Nothing is read before what was typed can be used.
run 2 -e rehearse_tasks=none.yml -e rehearse_point=newest -e rehearse_volumes=,
says "rehearse_tasks is none.yml, which is no file"
says "expected latest or now"
says "names nothing"
run 2 -e rehearse_volume=orders-db
says "the name is rehearse_volumes"
touch "$folder/file"
run 2 -e rehearse_evidence=file/proof
says "Nothing was written"
run 2 --limit alpha
says "The limit leaves out beta"

# In check mode nothing is cloned, and no evidence is written.
run 0 -e rehearse_point=now -e rehearse_tasks="$here/drill.yml" -e rehearse_evidence=proof --check
says "tried in check mode"
[ ! -e "$folder/proof.txt" ] || fail "check mode has written evidence"

# A rehearsal, its evidence, and nothing left of it.
run 0 -e rehearse_point=now -e rehearse_tasks="$here/drill.yml" -e "$both" -e rehearse_evidence=proof
says "went on: 2 of 2 pairs in sync before, 2 after"
says '"rehearsal_passed": true'
grep -q 'a failover from alpha to beta, .*: passed' "$folder/proof.txt" || fail "the evidence does not say that it has passed"
python - "$folder/proof.json" <<'EVIDENCE' || fail "the evidence is not complete"
import json
import sys

with open(sys.argv[1], encoding="utf-8") as file:
    proof = json.load(file)
assert proof["passed"] is True and proof["replication"]["went_on"] is True and proof["clones"] == "removed", proof
assert [each["volume"] for each in proof["volumes"]] == ["orders-db", "orders-log"], proof
assert all(each["data_age_seconds"] is not None for each in proof["volumes"]), proof
assert None not in (proof["seconds_until_writable"], proof["seconds_until_checked"], proof["seconds_in_all"]), proof
EVIDENCE
clean
play 0 "$here/role.yml"
clean

# A check that fails ends the playbook, after the evidence was written and the clones were removed.
run 2 -e rehearse_tasks="$here/drill.yml" -e "$both" -e fail_the_check=true -e rehearse_evidence=failed
says "The rehearsal has not passed: task Check what is on the clones: The check has failed."
grep -q ': FAILED' "$folder/failed.txt" || fail "the evidence does not say that it has failed"
clean

# A clone in use is named, and removed by the next run.
run 2 -e rehearse_tasks="$here/busy.yml"
says "the clones were not removed"
call /call '{"cluster": "beta", "method": "ListISCSISessions"}' > "$folder/sessions"
number=$(python -c 'import json, sys; print(json.load(open(sys.argv[1]))["sessions"][0]["volumeID"])' "$folder/sessions")
call /log_out "{\"cluster\": \"beta\", \"volume_id\": $number}" > /dev/null
run 0 -e rehearse_keep=true -e rehearse_evidence=quarters/proof
says "kept"

# The next one says that its clones are old, and keeps the evidence of the one before.
run 0 -e rehearse_evidence=quarters/proof
says "made by an earlier run"
grep -q "kept" "$folder"/quarters/proof.txt.*~ || fail "the evidence of the rehearsal before is lost"
clean

# A host of the tasks that is not there, and what no_log hides.
run 2 -e rehearse_tasks="$here/lost.yml"
says "The rehearsal has not passed: task Wait for the host"
clean
run 2 -e rehearse_tasks="$here/hidden.yml" -e rehearse_evidence=hidden
says "the task Log in failed, and no_log hides why"
! grep -q open-sesame "$folder"/hidden.* || fail "the evidence has what no_log hides"
clean

# Without the other site.
call /site '{"cluster": "alpha", "up": false}' > /dev/null
run 0 -e rehearse_tasks="$here/drill.yml" -e "$both"
says "not known, the peer does not answer"
run 2 -e rehearse_point=now
says "The rehearsal has not passed"
clean
