# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One poll of an event source: the problems that element_pair_info reports, by its own code, without Ansible."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from ..module_utils._element.arguments import check_local, endpoints
from ..module_utils._element.authorities import check_ca_path
from ..module_utils._element.client import Client, connect
from ..module_utils._element.errors import Failure
from ..module_utils._element.libraries import MISSING
from ..module_utils._pairing.decide.report.findings import ERROR, PROBLEMS
from ..module_utils._pairing.flow import report as report_of
from ..module_utils._pairing.jobs.pair_info import PairInfoJob
from ..module_utils._pairing.model import Sides
from ..module_utils._pairing.run import Run
from ._problem_changes import Report

#: What the problems of a report come from. Lags are read, too, where `max_lag` is given.
GATHER = ("cluster_pairs", "volume_pairs", "faults")

UNREACHABLE, PEER_UNREACHABLE = "unreachable", "peer_unreachable"
#: A report with this problem lacks the problems that the object has.
UNREADABLE = "unreadable_object"
MASK = "********"
# The texts of a problem that a cluster can have written, or names in it.
_TEXTS = ("message", "remedy", "cluster", "volume", "account")
# Rulebooks and playbooks would resolve a template in the text of an event.
_TEMPLATE = re.compile(r"\{(?=[{%#])")


class Names(NamedTuple):
    """The names of the clusters, or the addresses of those that never answered. None without a peer."""

    cluster: str
    peer: str | None


class Defect(Exception):
    """A message about an exception that this collection does not expect, without secrets."""


def check(params: Mapping[str, Any]) -> str | None:
    """Return a message about what prevents every poll, or None. params: of element_pair_info."""
    if MISSING:
        packages = " and ".join(sorted(MISSING))
        return f"{packages}: missing; install what is missing for the Python of ansible-rulebook, {sys.executable}"
    local, peer = endpoints(params)
    problem = check_local(params) or check_ca_path(local, "")
    return problem or (check_ca_path(peer, "peer.") if peer else None)


def addresses(params: Mapping[str, Any]) -> Names:
    """Return what identifies the clusters before they have answered."""
    clients = _clients(params)
    return Names(_name(clients.local) or "", _name(clients.peer))


def poll(params: Mapping[str, Any], names: Names) -> Report:
    """Read the clusters and return their problems. Blocks until they have answered, or their time is up.

    names: as the last poll has returned them in its report. Raises Defect.
    """
    clients, secrets = _clients(params), set()
    for client in (clients.local, clients.peer):
        secrets |= client.secrets if client else set()
    try:
        report = _report(params, clients, secrets, names)
    except Exception as exc:
        text = f"this is a defect of elementsw.replication, please report it: {type(exc).__name__}: {exc}"
        raise Defect(_clean(text, secrets)) from None
    problems = tuple(_without_secrets(problem, secrets) for problem in report.problems)
    return Report(
        _clean(report.cluster, secrets), _clean(report.peer, secrets), problems, report.complete, report.failed
    )


def _report(params: Mapping[str, Any], clients: Sides[Client | None], secrets: set[str], names: Names) -> Report:
    job = PairInfoJob.from_params(
        {**params, "gather": GATHER, "volumes": None, "accounts": None, "warn_lag": None, "x_commands": False}
    )
    run = Run(clients, secrets.add)
    run.stay_in_thread()
    try:
        found = job.report(report_of(job, run))
    except Failure as exc:
        return Report(*names, (_failure(exc, clients, names),), complete=False, failed=True)
    finally:
        run.close()
        for client in (clients.local, clients.peer):
            if client:
                client.close()
    local, peer = found["clusters"]["local"], found["clusters"]["peer"]
    known = Names(local["name"], peer["name"] if peer else names.peer)
    odd = any(problem["code"] == UNREADABLE for problem in found["problems"])
    return Report(*known, tuple(found["problems"]), complete=found["peer_reachable"] is not False and not odd)


def _failure(exc: Failure, clients: Sides[Client | None], names: Names) -> dict[str, Any]:
    """The problem that a failed read is. A peer that stops answering in the middle of it is the problem of that name."""
    of_peer = clients.peer is not None and exc.cluster == clients.peer.name
    is_unreachable_peer = of_peer and exc.code == UNREACHABLE
    code = PEER_UNREACHABLE if is_unreachable_peer else exc.code
    concerned = names.peer if of_peer else names.cluster
    return {
        "code": code,
        "severity": ERROR,
        "message": exc.sentence,
        "remedy": PROBLEMS[code][1] if code in PROBLEMS else None,
        "command": None,
        "cluster": None if is_unreachable_peer else concerned,
        "volume": None,
        "volume_id": None,
        "account": None,
        "count": None,
    }


def _clients(params: Mapping[str, Any]) -> Sides[Client | None]:
    local, peer = endpoints(params)
    return Sides(connect(local), connect(peer, is_peer=True) if peer else None)


def _name(client: Client | None) -> str | None:
    return client.name if client else None


def _without_secrets(problem: Mapping[str, Any], secrets: Iterable[str]) -> dict[str, Any]:
    return {name: _clean(value, secrets) if name in _TEXTS else value for name, value in problem.items()}


def _clean(text: Any, secrets: Iterable[str]) -> Any:
    """Return a text without secrets, templates and characters that control a terminal. Anything else is returned as it is."""
    if not isinstance(text, str):
        return text
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, MASK)
    return _TEMPLATE.sub("{ ", "".join(each if each.isprintable() else "?" for each in text))
