# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What Ansible itself says about arguments that do not go together."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.elementsw.replication.plugins.modules import (
    element_cluster_pair,
    element_failover_rehearsal,
    element_pair_info,
    element_volume_pair,
)

PEER = {"peer_host": "beta"}


def errors(module: ModuleType, arguments: dict[str, Any]) -> str:
    return " ".join(
        ArgumentSpecValidator(module.argument_spec(), **module.argument_rules()).validate(arguments).error_messages
    )


@pytest.mark.parametrize(
    ("module", "arguments"),
    [
        (element_cluster_pair, PEER),
        (element_failover_rehearsal, {**PEER, "name": "drill"}),
        (element_failover_rehearsal, {**PEER, "name": "drill", "volumes": "orders,stock", "accounts": ["shop"]}),
        (element_failover_rehearsal, {**PEER, "name": "drill", "pairs": [{"volume": "orders", "account": "shop"}]}),
        (element_pair_info, {}),
        (element_pair_info, PEER),
        (element_volume_pair, {**PEER, "volume": "orders-db"}),
        (element_volume_pair, {**PEER, "volume": 41}),
        (element_volume_pair, {**PEER, "volume_id": 41, "peer_volume": "orders-db-dr"}),
        (element_volume_pair, {**PEER, "pairs": []}),
        # Which options a peer needs depends on `peer_unreachable`.
        (element_cluster_pair, {"peer": {}}),
        (element_volume_pair, {"peer": {"mvip": "192.0.2.20"}, "volume": "a", "peer_unreachable": "assume_dead"}),
        (
            element_volume_pair,
            {**PEER, "pairs": [{"volume_id": 41, "peer_volume_id": 77}], "account": "shop"},
        ),
    ],
)
def test_accepted(module: ModuleType, arguments: dict[str, Any]) -> None:
    assert errors(module, arguments) == ""


@pytest.mark.parametrize(
    ("module", "arguments", "complaint"),
    [
        (element_cluster_pair, {}, "one of the following is required: peer, peer_host"),
        (element_cluster_pair, {**PEER, "peer": {}}, "parameters are mutually exclusive: peer|peer_host"),
        (
            element_cluster_pair,
            {**PEER, "peer_unreachable": "ignore"},
            "value of peer_unreachable must be one of",
        ),
        (element_failover_rehearsal, PEER, "missing required arguments: name"),
        (element_failover_rehearsal, {"name": "drill"}, "one of the following is required: peer, peer_host"),
        (
            element_failover_rehearsal,
            {**PEER, "name": "drill", "pairs": [{"volume_id": 7}], "volumes": ["orders"]},
            "parameters are mutually exclusive: pairs|volumes",
        ),
        (
            element_failover_rehearsal,
            {**PEER, "name": "drill", "pairs": [{"account": "shop"}]},
            "one of the following is required: volume, volume_id",
        ),
        (element_failover_rehearsal, {**PEER, "name": "drill", "point": "newest"}, "value of point must be one of"),
        (element_pair_info, {"gather": ["all"]}, "value of gather must be one or more of"),
        (element_volume_pair, PEER, "one of the following is required: volume, volume_id, pairs"),
        (
            element_volume_pair,
            {**PEER, "volume": "a", "volume_id": 1},
            "mutually exclusive: volume|volume_id",
        ),
        (element_volume_pair, {**PEER, "volume": "a", "pairs": []}, "mutually exclusive: pairs|volume"),
        (element_volume_pair, {**PEER, "volume_id": 1, "pairs": []}, "mutually exclusive: pairs|volume_id"),
        (
            element_volume_pair,
            {**PEER, "peer_volume": "a", "pairs": []},
            "mutually exclusive: pairs|peer_volume",
        ),
        (
            element_volume_pair,
            {**PEER, "volume": "a", "peer_volume": "b", "peer_volume_id": 1},
            "mutually exclusive: peer_volume|peer_volume_id",
        ),
        (
            element_volume_pair,
            {**PEER, "pairs": [{"volume": "a", "volume_id": 1}]},
            "mutually exclusive: volume|volume_id found in pairs",
        ),
        (
            element_volume_pair,
            {**PEER, "pairs": [{"peer_volume": "a"}]},
            "one of the following is required: volume, volume_id found in pairs",
        ),
        (element_volume_pair, {**PEER, "volume": "a", "mode": "asynch"}, "value of mode must be one of"),
    ],
)
def test_refused(module: ModuleType, arguments: dict[str, Any], complaint: str) -> None:
    assert complaint in errors(module, arguments)


@pytest.mark.parametrize(
    "module", [element_cluster_pair, element_failover_rehearsal, element_pair_info, element_volume_pair]
)
def test_the_internal_option_is_shown_last(module: ModuleType) -> None:
    """ansible-doc and the HTML pages sort the options, and validate-modules requires that each is documented."""
    options = sorted(module.argument_spec())
    assert [name for name in options if name.startswith("_")] == []
    assert options[-1] == "x_resume" or "x_resume" not in options
