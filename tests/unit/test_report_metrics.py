# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The metrics of the role `report`, read as Prometheus reads them."""

from __future__ import annotations

import json

from prometheus_client.parser import text_string_to_metric_families

NAMES = ('quoted "name"', "back\\slash", "two\nlines", "ends with a backslash\\", "{state=1} 5", "# HELP")
PREFIX = "element_replication_"
WORLD = {
    "clusters": [
        {
            "name": 'al"pha',
            "accounts": [{"name": 'ac\\count "1"', "id": 3}],
            "volumes": [{"name": name, "id": number} for number, name in enumerate((*NAMES, "twin", "waits"), 41)],
        },
        {
            "name": "be\\ta",
            "volumes": [{"name": name, "id": number} for number, name in enumerate((*NAMES, "twin"), 77)],
        },
        {"name": "gamma", "volumes": [{"name": "twin", "id": 48}, {"name": "alone", "id": 49}]},
    ],
    "cluster_pairs": [{"between": ['al"pha', "be\\ta"]}, {"between": ['al"pha', "gamma"]}],
    "volume_pairs": [
        *({"source": f'al"pha/#{41 + number}', "target": f"be\\ta/#{77 + number}"} for number in range(len(NAMES))),
        {"between": ['al"pha/#47', "be\\ta/#83"]},
        {"source": "gamma/#49", "target": 'al"pha/#48', "paused": ["gamma"]},
        {"at": "gamma/#48", "pending": True},
    ],
    "links": [{"between": ['al"pha', "be\\ta"], "latency": 7}],
}


def test_prometheus_reads_what_the_data_says(sites, playbook, tmp_path):
    inventory = sites(**WORLD).running.inventory()
    links = [{"cluster": 'al"pha', "peer": "be\\ta", "max_lag": 60}, {"cluster": 'al"pha', "peer": "gamma"}]
    report = {"report_links": links, "report_json": "r.json", "report_metrics": "r.prom"}
    play = {"hosts": "all", "gather_facts": False, "vars": report, "roles": ["elementsw.replication.report"]}
    done = playbook(inventory, [play], tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    data = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))
    families = list(text_string_to_metric_families((tmp_path / "r.prom").read_text(encoding="utf-8")))
    assert all(family.type == "gauge" and family.documentation for family in families)
    samples = [sample for family in families for sample in family.samples]
    series = [(sample.name, tuple(sorted(sample.labels.items()))) for sample in samples]
    assert len(series) == len(set(series))

    def values(name):
        return [(sample.labels, sample.value) for sample in samples if sample.name == PREFIX + name]

    assert values("report_timestamp_seconds") == [({}, data["timestamp"])]
    assert values("pairs") == [({}, len(data["volume_pairs"]))] == [({}, 9)]
    assert values("pairs_protected") == [({}, data["summary"]["protected"])] == [({}, len(NAMES))]
    assert {labels["cluster"]: value for labels, value in values("cluster_answered")} == {
        **{'al"pha': 1, "be\\ta": 1, "gamma": 1}
    }
    assert values("cluster_pair_connected") == [
        ({"cluster": link["cluster"], "peer": link["peer"]}, link["connected"]) for link in data["links"]
    ]
    assert ({"cluster": 'al"pha', "peer": "be\\ta"}, 0.007) in values("cluster_pair_latency_seconds")
    protected = {labels["volume"]: value for labels, value in values("pair_protected")}
    assert protected == {**dict.fromkeys(NAMES, 1), "twin": 0, "waits": 0}
    assert {labels["account"] for labels, _value in values("pair_protected")} == {'ac\\count "1"', "tenant"}
    states = sorted(labels["state"] for labels, _value in values("pair_state"))
    assert states == sorted(pair["state"] for pair in data["volume_pairs"])
    for name, member in (("pair_lag_seconds", "lag_seconds"), ("pair_max_lag_seconds", "max_lag_seconds")):
        known = [pair[member] for pair in data["volume_pairs"] if pair[member] is not None]
        assert [value for _labels, value in values(name)] == known
    problems = [(labels["severity"], value) for labels, value in values("problems")]
    for severity, count in (("error", "errors"), ("warning", "warnings")):
        assert sum(value for found, value in problems if found == severity) == data["summary"][count]


def test_a_cluster_that_does_not_answer_is_one_series_whatever_its_host_is_called(sites, playbook, tmp_path):
    """alpha is also paired with a cluster of another report, which says nothing about that one."""
    names = ("ALPHA-PROD", "BETA-DR", "DELTA")
    clusters = [{"name": name, "volumes": [{"name": volume} for volume in ("one", "two")]} for name in names]
    site = sites(
        clusters,
        cluster_pairs=[{"between": ["ALPHA-PROD", other]} for other in names[1:]],
        volume_pairs=[
            {"source": f"ALPHA-PROD/{volume}", "target": f"{other}/{volume}"}
            for volume, other in (("one", "BETA-DR"), ("two", "DELTA"))
        ],
    )
    inventory = site.running.inventory()
    hosts = inventory["element_clusters"]["hosts"]
    inventory["element_clusters"]["hosts"] = {"alpha": hosts["ALPHA-PROD"], "beta": hosts["BETA-DR"]}
    site.world.site_down("BETA-DR")
    variables = {"report_peer": "beta", "report_metrics": "r.prom"}
    play = {"hosts": "all", "gather_facts": False, "vars": variables, "roles": ["elementsw.replication.report"]}
    done = playbook(inventory, [play], tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    families = text_string_to_metric_families((tmp_path / "r.prom").read_text(encoding="utf-8"))
    samples = {family.name.removeprefix(PREFIX): [(s.labels, s.value) for s in family.samples] for family in families}
    assert samples["cluster_answered"] == [({"cluster": "ALPHA-PROD"}, 1), ({"cluster": "BETA-DR"}, 0)]
    assert [(labels["volume"], labels["peer"], value) for labels, value in samples["pair_protected"]] == [
        ("one", "BETA-DR", 0)
    ]
    assert samples["problems"] == [({"cluster": "BETA-DR", "severity": "error", "code": "peer_unreachable"}, 1)]
