# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An event source of ansible-rulebook: the problems of the replication between two clusters, as they come and go.

ansible-rulebook runs this file by its path. What it decides is in plugins/plugin_utils of the collection.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import logging
import sys
import threading
import types
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

DOCUMENTATION = r"""
---
short_description: Receive the problems of the replication between two Element storage clusters as events
version_added: 1.0.0
author:
  - elementsw.replication contributors (@elementsw)
description:
  - Reads a NetApp Element (SolidFire) storage cluster and its peer at intervals, and sends an event for each problem that
    appears, changes or clears. The problems are those of the module M(elementsw.replication.element_pair_info).
  - Writes nothing to a cluster.
  - A cluster that does not answer is a problem, too. Other problems do not clear before they can be read again.
  - After a start every problem that there is appears.
  - The guide on events describes the events and the rulebooks of this collection.
options:
  hostname:
    description:
      - The management virtual IP address (MVIP) of this cluster, or a DNS name of it.
    type: str
    required: true
  username:
    description:
      - A cluster administrator.
    type: str
    required: true
  password:
    description:
      - The password of O(username). Take it from a variable, and keep that in a vault or in a credential.
    type: str
    required: true
  port:
    description:
      - The TCP port of the API, from 1 to 65535.
    type: int
    default: 443
  validate_certs:
    description:
      - Whether the certificate of the cluster must be issued by a trusted authority for the name used here.
    type: bool
    default: true
  ca_path:
    description:
      - A file with the certificates of the authorities to trust instead of those of the system, in PEM form.
    type: path
  cert_fingerprint:
    description:
      - The SHA-256 fingerprint of the only certificate to trust, 64 hexadecimal digits with or without colons.
    type: str
  api_version:
    description:
      - The version of the API to use, as a quoted string.
    type: str
    default: "10.0"
  timeout:
    description:
      - The time in seconds in which a single request is connected, in which its reply begins, and in which the whole reply
        arrives once it has begun.
    type: int
    default: 30
  use_proxy:
    description:
      - Whether to use the proxy that environment variables name.
    type: bool
    default: true
  concurrency:
    description:
      - For the same options as in tasks. The event source makes one call at a time.
    type: int
    default: 6
  mvip:
    description:
      - The MVIP of the cluster as other clusters list it, if O(hostname) is another address of it.
    type: str
  peer:
    description:
      - The other cluster, as the options of its connection.
      - O(peer.port), O(peer.validate_certs), O(peer.ca_path), O(peer.timeout), O(peer.use_proxy) and O(peer.api_version)
        default to the values of this cluster. The others do not.
      - Without it, only what this cluster knows of its pairs is read.
    type: dict
  max_lag:
    description:
      - How many seconds the target of a pair may be behind its source. A pair that is further behind is a problem. Without
        it, lags are not read.
    type: float
  interval:
    description:
      - How many seconds to wait between the end of a poll and the next one, from 1 to 86400.
    type: float
    default: 60
"""

EXAMPLES = r"""
- name: Report the problems of the replication between two clusters
  hosts: all
  sources:
    - elementsw.replication.element_replication:
        hostname: "{{ element_hostname }}"
        username: "{{ element_username }}"
        password: "{{ element_password }}"
        peer: "{{ element_peer }}"
        max_lag: 900
        interval: 60
  rules:
    - name: A problem of severity error has appeared
      condition: event.element.change == "appeared" and event.element.severity == "error"
      action:
        debug:
          msg: "{{ event.element.message }}"
"""

# The folder that holds `extensions` and `plugins`, wherever the collection is installed.
_COLLECTION = Path(__file__).resolve().parents[4]
# The code of the collection is imported under a name of its own: `ansible_collections` would hide other collections from
# whatever else runs in the process of ansible-rulebook.
_PACKAGE = "elementsw_replication_event_source"

_log = logging.getLogger("elementsw.replication.element_replication")


class SourceProblem(Exception):
    """What prevents the event source from running, as one message."""


async def main(queue: asyncio.Queue[Any], args: dict[str, Any]) -> None:
    """Poll the clusters for as long as this runs, and put an event into the queue for each change of a problem.

    Raises SourceProblem at the start for arguments that cannot be used, and later for a defect of this collection.
    """
    polling, changes = _code("_polling"), _code("_problem_changes")
    params, interval = _parameters(polling, args)
    names, known = polling.addresses(params), ()
    while True:
        report = await _in_thread(partial(_poll, polling, params, names))
        names, (known, events) = polling.Names(report.cluster, report.peer), changes.compare(known, report)
        _log.info("%s: %d problems, %d events", _link(names), len(report.problems), len(events))
        for event in events:
            await queue.put(event)
        await asyncio.sleep(interval)


def _code(name: str) -> Any:
    """Import a module of plugins/plugin_utils."""
    if _PACKAGE not in sys.modules:
        if not (_COLLECTION / "plugins" / "plugin_utils").is_dir():
            raise SourceProblem(
                f"{_COLLECTION} is not the collection elementsw.replication, whose code this event source uses; install the "
                "collection, and name the source elementsw.replication.element_replication"
            )
        package = types.ModuleType(_PACKAGE)
        package.__path__ = [str(_COLLECTION / "plugins")]
        sys.modules[_PACKAGE] = package
    return importlib.import_module(f"{_PACKAGE}.plugin_utils.{name}")


def _parameters(polling: Any, args: dict[str, Any]) -> tuple[dict[str, Any], float]:
    arguments = _code("_source_arguments")
    try:
        params, interval = arguments.parameters(args)
    except arguments.ArgumentProblem as exc:
        raise SourceProblem(str(exc)) from None
    problem = polling.check(params)
    if problem:
        raise SourceProblem(problem)
    return params, interval


def _poll(polling: Any, params: dict[str, Any], names: Any) -> Any:
    try:
        return polling.poll(params, names)
    except polling.Defect as exc:
        raise SourceProblem(str(exc)) from None


def _link(names: Any) -> str:
    return f"{names.cluster} - {names.peer}" if names.peer else names.cluster


async def _in_thread(work: Callable[[], Any]) -> Any:
    """Return what the work returns, which blocks. If this is cancelled, the work goes on, and no one waits for it.

    asyncio waits at its end for the threads of its own, for as long as a cluster does not answer.
    """
    loop = asyncio.get_running_loop()
    done: asyncio.Future[Any] = loop.create_future()

    def settle(settled: Callable[[Any], None], outcome: Any) -> None:
        if not done.done():  # it is, if it was cancelled
            settled(outcome)

    def run() -> None:
        try:
            settled, outcome = done.set_result, work()
        except Exception as exc:
            settled, outcome = done.set_exception, exc
        with contextlib.suppress(RuntimeError):  # the loop has ended
            loop.call_soon_threadsafe(settle, settled, outcome)

    threading.Thread(target=run, name=_PACKAGE, daemon=True).start()
    return await done
