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

# play STATUS PLAYBOOK [ARGUMENT...]: it runs in the folder of the files, and ends with this status.
play() {
    local wanted=$1 status=0
    shift
    (cd "$folder" && ansible-playbook -i "$SIMULATOR_INVENTORY" "$@") > "$log" 2>&1 || status=$?
    [ "$status" -eq "$wanted" ] || fail "$* ended with $status in place of $wanted"
}

run() {
    local wanted=$1
    shift
    play "$wanted" elementsw.replication.report "$@"
}

fail() {
    cat "$log"
    echo "$1" >&2
    exit 1
}

says() {
    grep -qF -- "$1" "$log" || fail "not said: $1"
}

# agree VERDICT REPORTS CLUSTERS: all files are there and say so.
agree() {
    python "$here/read.py" "$folder" "$@" || fail "the files do not agree"
}

# read_rehearsals [PART...]: orders-db was rehearsed and ledger was not, and these are parts of what could not be read.
read_rehearsals() {
    python - "$folder" "$@" <<'REHEARSALS' || fail "the report does not say what was rehearsed"
import json
import pathlib
import sys

folder, *parts = sys.argv[1:]
found = json.loads(pathlib.Path(folder, "r.json").read_text(encoding="utf-8"))["rehearsals"]
(last,) = found["last"]
assert (last["name"], last["peer"], last["cluster"], [each["volume"] for each in last["volumes"]]) == ("rehearsal", "alpha", "beta", ["orders-db"]), last
assert last["passed"] and last["age_seconds"] < 600, last
assert [(each["volume"], each["state"]) for each in found["volume_pairs"]] == [("ledger", "never"), ("orders-db", "rehearsed")], found
assert len(found["problems"]) == len(parts) and all(any(part in each for each in found["problems"]) for part in parts), found
page = pathlib.Path(folder, "r.html").read_text(encoding="utf-8")
assert "1 of 2 volume pairs was rehearsed in the last 92 days." in page, page
assert page.count('<td>alpha → beta</td><td class="n">1</td>') == 1, page
REHEARSALS
}

control() {
    python - "$SIMULATOR_CONTROL$1" "$2" <<'CALL'
import sys
import urllib.request

urllib.request.urlopen(urllib.request.Request(sys.argv[1], sys.argv[2].encode())).read()
CALL
}

two='{"replication_cluster": "alpha", "replication_peer": "beta"}'
three='{"replication_clusters": ["alpha", "beta", "gamma"]}'
files='{"report_html": "r.html", "report_json": "r.json", "report_csv": "r.csv", "report_metrics": "r.prom", "report_history": "r.jsonl"}'

# Nothing is written that is not named; null and empty text name nothing.
run 0 -e "$two"
run 0 -e "$two" -e '{"report_html": null, "report_json": "", "report_csv": null, "report_metrics": "", "report_history": ""}' \
    -e '{"report_history_days": null, "report_max_lag": "", "report_volumes": null, "report_fail_on_problems": null}'
[ "$(ls -A "$folder")" = log ] || fail "a file was written that was not named"
says "1 of 2 volume pairs is not protected"
says '"replication_healthy": true'

# Relative paths begin in the current folder; nothing of the run before is in what the next one writes, but for the history.
run 0 -e "$three" -e "$files" --limit alpha,beta,gamma
agree "1 of 3 volume pairs is not protected" 1 alpha,beta,gamma
run 0 -e "$three" -e "$files"
agree "1 of 3 volume pairs is not protected" 2 alpha,beta,gamma
run 0 -e "$three" -e "$files" -e report_volumes=orders-db
agree "The volume pair is protected" 3 alpha,beta,gamma

# In check mode no file changes.
cp "$folder/r.jsonl" "$folder/before"
run 0 -e "$three" -e "$files" --check
cmp -s "$folder/r.jsonl" "$folder/before" || fail "check mode has changed the history"

# A pair that is too far behind is an error, which ends the run when that is asked for; the files are written before.
run 2 -e "$three" -e "$files" -e report_max_lag=1 -e report_fail_on_problems=true
says "The replication has "
says '"replication_healthy": false'
agree "1 of 3 volume pairs is not protected" 4 alpha,beta,gamma

# A file that is no history is left as it is, and the other files are not written either.
cp "$folder/r.csv" "$folder/ours.txt"
cp "$folder/r.json" "$folder/before"
run 2 -e "$three" -e "$files" -e report_history=ours.txt
says "line 1 of the history is not a line of a history"
cmp -s "$folder/ours.txt" "$folder/r.csv" || fail "a file that is no history was changed"
cmp -s "$folder/before" "$folder/r.json" || fail "a file was written in spite of it"

# The evidence of a rehearsal is shown, and what was not rehearsed; what is missing or is no evidence is said, and ends nothing.
run 0 -e "$two" -e "$files" -e report_evidence=proof/,none.json
grep -qF 'Warning</span> Never rehearsed: beta/ledger (78), beta/orders-db (77).' "$folder/r.html" || fail "the page does not say what was not rehearsed"
mkdir "$folder/proof" "$folder/pro[o]f"
play 0 elementsw.replication.rehearse -e replication_cluster=beta -e replication_peer=alpha -e rehearse_point=now \
    -e rehearse_volumes=orders-db -e rehearse_evidence=proof/drill
cp "$folder/proof/drill.json" "$folder/pro[o]f/b.json"
printf '\377{' > "$folder/proof/other.json"
run 0 -e "$two" -e "$files" -e report_evidence=proof/,none.json,nowhere/*.json
read_rehearsals "$folder/proof/other.json is not" "no evidence of a rehearsal at $folder/none.json" "no evidence of a rehearsal at $folder/nowhere/*.json"
for where in '["proof/drill", "proof/drill.json"]' '["proof/d*.json"]' '["pro[o]f/b"]'; do
    run 0 -e "$two" -e "$files" -e "{\"report_evidence\": $where}"
    read_rehearsals
done
run 0 -e "$two" -e "$files" -e report_evidence= -e report_rehearsal_days=
grep -q '"rehearsals": null' "$folder/r.json" || fail "the data says something about rehearsals without evidence"
run 2 -e "$two" -e "$files" -e report_evidance=proof -e report_rehearsal_days=0
says "report_evidance is no variable here: the name is report_evidence"
says "report_rehearsal_days is"

# The role for one cluster alone, and both ways at once.
play 0 "$here/role.yml" -e report_html="$folder/own.html"
[ -s "$folder/own.html" ] || fail "the role has written no page"
play 2 "$here/role.yml" -e "{\"report_links\": [{\"cluster\": \"alpha\", \"peer\": \"beta\"}]}"
says "Give either report_peer"
play 0 "$here/role.yml" -e report_on=alpha,beta -e report_html="$folder/both.html"
grep -qF "1 of 2 volume pairs is not protected" "$folder/both.html" || fail "the role for both clusters reports otherwise"
play 2 "$here/role.yml" -e report_on=alpha,gamma
says "Run the role on one cluster and its peer"
play 2 "$here/role.yml" -e '{"report_peer": null, "report_links": [{"cluster": "beta", "peer": "gamma"}]}'
says "The role does not run on beta"
run 2 -e "$three" --limit alpha
says "The limit leaves out beta, gamma"

# One that does not answer is a problem; what the others know of it is there.
control /site '{"cluster": "gamma", "up": false}'
run 0 -e "$three" -e "$files"
says '"replication_healthy": false'
agree "2 of 3 volume pairs are not protected" 11 alpha,beta
control /site '{"cluster": "beta", "up": false}'
play 0 "$here/role.yml" -e report_html= -e report_metrics=alone.prom -e report_history=
grep -q '^element_replication_problems{cluster="",severity="error",code="peer_unreachable"} 1$' "$folder/alone.prom" ||
    fail "no metric of the peer that does not answer"
control /site '{"cluster": "alpha", "up": false}'
run 2 -e "$three" -e "$files"
says "does not answer"
agree "It is not known what is protected" 12 ""
