#!/usr/bin/env bash
# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
log=$folder/log
report=$folder/report

# alpha under a second name.
{
    echo "element_clusters:"
    echo "  hosts:"
    sed -n '/^    alpha:$/,/^    beta:$/{s/alpha:/again:/;/beta:/!p}' "$SIMULATOR_INVENTORY"
} > "$folder/again.yml"

# run STATUS [ARGUMENT...]: the playbook ends with this status; its report is in $report.
run() {
    local wanted=$1 status=0
    shift
    rm -f "$report"
    ansible-playbook -i "$SIMULATOR_INVENTORY" -i "$folder/again.yml" elementsw.replication.status \
        -e "status_report=$report" "$@" > "$log" 2>&1 || status=$?
    [ "$status" -eq "$wanted" ] || fail "status $* ended with $status in place of $wanted"
}

fail() {
    cat "$log"
    echo "$1" >&2
    exit 1
}

# says COUNT TEXT: so many lines of the report have the text.
says() {
    [ "$(grep -cF -- "$2" "$report")" -eq "$1" ] || fail "the report does not say $1 times: $2"
}

# refuses TEXT, ARGUMENT...: the playbook says so, and looks at no cluster.
refuses() {
    local text=$1
    shift
    run 2 "$@"
    grep -qF -- "$text" "$log" || fail "not said: $text"
    [ ! -e "$report" ] || fail "$* was not refused"
}

control() {
    python - "$SIMULATOR_CONTROL$1" "$2" <<'CALL'
import sys
import urllib.request

urllib.request.urlopen(urllib.request.Request(sys.argv[1], sys.argv[2].encode())).read()
CALL
}

three='{"replication_clusters": ["alpha", "beta", "gamma"]}'

refuses "Given: alpha, nothing" -e replication_cluster=alpha
refuses "Given: alpha, beta, gamma, again, alpha, nobody" \
    -e '{"replication_clusters": ["alpha", "beta", "gamma", "again", "alpha", "nobody"]}'
refuses "and only one of the three" -e "$three" -e replication_cluster=alpha
refuses "alhpa is no host of the inventory" -e replication_clusters=alhpa,beta
refuses "status_max_lag is '15m', expected a number of seconds, such as 900. Nothing was read." \
    -e replication_cluster=alpha -e replication_peer=beta -e status_max_lag=15m
refuses "status_readiness is 'maybe', expected true or false" -e "$three" -e status_readiness=maybe -e status_warn_lag=soon
grep -qF "status_warn_lag is 'soon'" "$log" || fail "not every variable is named"
refuses "max_lag of replication_links[0] is '1h', expected a number of seconds" \
    -e '{"replication_links": [{"cluster": "alpha", "peer": "beta", "max_lag": "1h"}]}'
refuses "The limit leaves out beta, gamma" -e "$three" --limit alpha

# Every link once, with what is wrong beneath its row; beta and gamma need not be paired.
run 0 -e "$three" --limit alpha,beta,gamma
says 1 "2 of 4 pairs protected, worst lag"
says 1 ", 1 paused, 1 not replicating - as of 20"
says 1 "1 error, 1 warning"
says 1 "alpha - beta: 1 error, 0 warnings"
says 1 "alpha - gamma: 0 errors, 1 warning"
says 1 "Not paired: beta - gamma"
says 1 "ledger (44)      PausedMisconfigured  split  ledger (78)      PausedMisconfigured  -      broken   -    -         both"
says 1 "orders-db (41)   Active               ->     orders-db (77)   Active               sync   healthy  0 s  -         alpha"
says 1 "orders-log (42)  Active               <-     orders-log (41)  Active               async  healthy  0 s  -         beta"
says 1 "both volumes are writable"
says 1 "an administrator has paused it"
run 2 -e "$three" -e status_fail_on_problems=true -e status_volumes=ledger,catalogue -e status_max_lag=
grep -qF "The replication has 1 problem of severity error" "$log" || fail "no short sentence"
says 1 "0 of 2 pairs protected"
says 1 "1 error, 1 warning"
run 0 -e "$three" -e '{"status_max_lag": null, "status_volumes": null, "status_readiness": null, "status_warn_lag": ""}'
says 1 "2 of 4 pairs protected, worst lag"
run 0 -e "$three" -e status_max_lag=1 -e status_readiness=true
says 1 "alpha - gamma: 1 error, 0 warnings"
says 1 "s behind, and max_lag is 1 s; an administrator has paused it"
says 1 "Not ready: volume ledger"

# The list of what is declared, beside what there is.
declared='{"protect_pairs": [{"volume": "orders-db"}, {"volume": "ledger"}, {"volume": "archive"}]}'
run 2 -e replication_cluster=alpha -e replication_peer=beta -e "$declared" -e status_fail_on_problems=true
says 1 "1 not replicating, 1 declared and not paired - as of"
says 1 "alpha - beta: 2 errors, 2 warnings"
says 2 "2 errors, 2 warnings"
says 1 "Error: alpha - beta: 1 volume is declared and not paired: archive. What to do: run the playbook protect"
grep -qF "The replication has 2 problems of severity error" "$log" || fail "drift is not in the sentence"
says 1 "Declared and not paired: archive"
says 1 "Paired and not declared: orders-log (42)"
says 1 "In no pair, of the same accounts: catalogue (43)"

# One list says nothing about several links, and a list of its own counts for its link alone.
run 0 -e '{"replication_links": [{"cluster": "alpha", "peer": "beta"}, {"cluster": "alpha", "peer": "gamma"}]}' -e "$declared"
says 0 "eclared"
run 0 -e '{"replication_links": [{"cluster": "alpha", "peer": "beta", "pairs": [{"volume": "archive"}]}, {"cluster": "alpha", "peer": "gamma"}]}' \
    -e "$declared"
says 1 "Declared and not paired: archive"

# Of two clusters that are not paired it is a problem, of several when no two are.
(
    cd "$folder"
    run 2 -e replication_cluster=beta -e replication_peer=gamma -e status_fail_on_problems=true -e status_report=report
)
says 1 "clusters beta and gamma are not paired"
run 0 -e '{"replication_clusters": ["beta", "gamma"]}'
says 1 "clusters beta and gamma are not paired"

# One that refuses is a failure, and one cluster under two names is; what else there is to see is seen.
control /faults '{"cluster": "gamma", "method": "GetClusterInfo", "fault": "http_401", "times": null}'
run 2 -e '{"replication_clusters": ["gamma", "alpha", "beta", "again"]}'
says 1 "cluster gamma was not read: "
says 1 "alpha - beta: "
grep -qF "Not everything could be read, which concerns gamma, alpha" "$log" || fail "wrong sentence"
says 1 "clusters alpha and again were not read together: "
control /clear '{}'

# One that does not answer is a problem, whatever its place; the others are seen, and what they know of it.
control /site '{"cluster": "alpha", "up": false}'
run 0 -e "$three"
says 1 "cluster alpha does not answer"
says 1 "Not paired: beta - gamma"
says 1 "What beta knows of its pairs with a cluster that was not read"
says 1 "Cluster pair with alpha: Disconnected on beta"
says 1 "What gamma knows of its pairs with a cluster that was not read"
says 2 "beta?"
control /site '{"cluster": "beta", "up": false}'
control /site '{"cluster": "gamma", "up": false}'
run 2 -e "$three"
says 3 "does not answer"
