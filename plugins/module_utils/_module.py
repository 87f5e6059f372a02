# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the mains of the modules share: from the module's parameters to a job, and from its outcome to the result."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

import signal
import traceback
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from ansible.module_utils.basic import AnsibleModule, missing_required_lib

from ._element.arguments import check_local, endpoints
from ._element.authorities import check_ca_path
from ._element.client import Client, connect
from ._element.errors import ERROR_MEMBERS, Failure
from ._element.libraries import MISSING
from ._pairing import results
from ._pairing.flow import Job, ReportJob, report, resume, start
from ._pairing.model import Sides
from ._pairing.outcome import Outcome, Progress, summarize_failures
from ._pairing.resume import UNPLANNED, is_unplanned, parse_report
from ._pairing.run import Run

try:
    from ansible.module_utils.secrets import register_secrets
except ImportError:  # ansible-core before 2.22 asks no_log_values instead

    def register_secrets(values) -> None:
        """Do nothing: this ansible-core reads no_log_values."""


def run_job(module: AnsibleModule, job: Job, what: str) -> None:
    """Do the job and end the module. what: its items in the plural, for the message.

    Where it waits for long it ends before that, with its progress; the action plugin calls it again to go on.
    """
    problem = _check_progress(module.params)
    if problem:
        module.fail_json(msg=problem)
    interval, handed = module.params["progress_interval"], module.params["x_resume"]
    begins = handed is None or is_unplanned(handed["report"], handed["waited"])
    resumed = None if begins else parse_report(handed["report"], handed["waited"], job.count)
    if resumed is None and not begins:
        module.fail_json(
            msg="x_resume: cannot be used; leave it out, only the action plugin of this collection can fill it in"
        )

    def work(run: Run) -> dict:
        outcome = (
            resume(job, run, resumed, interval)
            if resumed
            else start(job, run, module.check_mode, interval, handed["waited"] if handed else 0)
        )
        warnings = tuple(dict.fromkeys((*outcome.warnings, *_client_warnings(run))))
        if outcome.progress:
            return _unfinished(module, outcome.progress, warnings)
        for text in warnings:
            module.warn(text)
        result = _result(module, job, outcome)
        if outcome.failures:
            labels = [job.label(outcome.observation, number) for number in range(len(outcome.items))]
            message = summarize_failures(outcome, labels, what)
            result.update(failed=True, msg=message, error=_error(outcome.failures))
        return result

    _with_run(module, work)


def run_report(module: AnsibleModule, job: ReportJob) -> None:
    """End the module with what the job observes. It plans nothing and waits for nothing."""

    def work(run: Run) -> dict:
        outcome = report(job, run)
        for text in _client_warnings(run):
            module.warn(text)
        return _result(module, job, outcome)

    _with_run(module, work)


def _check_progress(params: Mapping[str, Any]) -> str | None:
    """A message about an invalid option of the progress, or None."""
    interval = params["progress_interval"]
    if interval < 0:
        return f"progress_interval: {interval} cannot be used; give the seconds between two lines, or 0 for no lines"
    return None


def _unfinished(module: AnsibleModule, progress: Progress, warnings: tuple[str, ...]) -> dict:
    """What the action plugin shows, and what it hands back: the warnings too, so that each is given once, at the end."""
    if progress.resumed is None:
        return {"changed": False, "_progress": {"line": progress.line, "report": UNPLANNED}}
    resumed = replace(progress.resumed, warnings=warnings)
    changed = any(kept.changed for kept in resumed.items)
    return {"changed": changed, "_progress": {"line": progress.line, "report": resumed.as_report(module._diff)}}


def _with_run(module: AnsibleModule, work: Callable[[Run], dict]) -> None:
    """End the module with what `work` makes of a run with both clusters; every error becomes a message."""
    _check(module)
    run = None
    try:
        run = _open_run(module)
        with _Interruptible(run):
            try:
                result = work(run)
            finally:
                run.close()
    except Failure as exc:
        module.fail_json(msg=exc.sentence, error=exc.as_error(), changed=bool(exc.left_behind), actions=[])
    except Exception as exc:  # an exception that escaped would be shown unmasked by some ansible-core versions
        module.fail_json(
            msg=f"this is a defect of elementsw.replication, please report it: {type(exc).__name__}: {exc}",
            exception=traceback.format_exc(),
            **_unaccounted(exc, run),
        )
    if result.get("failed"):
        module.fail_json(**{key: value for key, value in result.items() if key != "failed"})
    module.exit_json(**result)


def _check(module: AnsibleModule) -> None:
    if MISSING:
        module.fail_json(
            msg=missing_required_lib(" and ".join(sorted(MISSING))),
            exception="\n".join(MISSING[name] for name in sorted(MISSING)),
        )
    problem = check_local(module.params) or _check_ca_paths(module.params)
    if problem:
        module.fail_json(msg=problem)


def _check_ca_paths(params: Mapping[str, Any]) -> str | None:
    local, peer = endpoints(params)
    return check_ca_path(local, "") or (check_ca_path(peer, "peer.") if peer else None)


def _open_run(module: AnsibleModule) -> Run:
    local, peer = endpoints(module.params)
    clients: Sides[Client | None] = Sides(connect(local), connect(peer, is_peer=True) if peer else None)

    def hide(secret: str) -> None:
        _hide(module, {secret})

    for client in (clients.local, clients.peer):
        if client:
            _hide(module, client.secrets)
    return Run(clients, hide)


def _hide(module: AnsibleModule, secrets: set[str]) -> None:
    module.no_log_values.update(secrets)
    register_secrets(sorted(secrets))


class _Interruptible:
    """While inside, SIGTERM, SIGINT and SIGHUP only ask the run to begin nothing more; further ones are ignored."""

    SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)

    def __init__(self, run: Run):
        self._run = run
        self._before: dict = {}

    def __enter__(self) -> None:
        self._before = {number: signal.signal(number, self._stop) for number in self.SIGNALS}

    def __exit__(self, *_exception) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _stop(self, _number, _frame) -> None:
        for number in self.SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        self._run.stopping.set()


def _result(module: AnsibleModule, job: Job | ReportJob, outcome: Outcome) -> dict:
    result: dict[str, Any] = {
        "changed": outcome.changed,
        "actions": [results.action(action) for action in outcome.actions],
        **({} if outcome.observation is None else job.report(outcome)),
    }
    if module._diff:
        result["diff"] = outcome.diff
    return result


def _unaccounted(exc: Exception, run: Run | None) -> dict:
    """The result of a run that a defect ended: only the clusters know its writes, if it made any."""
    clients = (run.clients.local, run.clients.peer) if run else ()
    wrote = any(client.has_written for client in clients if client)
    left_behind = ["anything that this run changed: check both clusters"] if wrote else None
    return {
        "changed": wrote,
        "actions": [],
        "error": {
            **dict.fromkeys(ERROR_MEMBERS),
            "message": f"{type(exc).__name__}: {exc}",
            "left_behind": left_behind,
        },
    }


def _error(failures: list[Failure]) -> Mapping:
    """`error` of the first failure, with everything that any failure has left behind."""
    left_behind = [left for failure in failures for left in failure.left_behind]
    undone = [failure.rolled_back for failure in failures if failure.rolled_back is not None]
    return {
        **failures[0].as_error(),
        "rolled_back": all(undone) if undone else None,
        "left_behind": left_behind or None,
    }


def _client_warnings(run: Run) -> tuple[str, ...]:
    return tuple(text for client in (run.clients.local, run.clients.peer) if client for text in client.warnings)
