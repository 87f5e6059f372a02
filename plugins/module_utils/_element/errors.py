# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection elementsw.replication: it can change without notice.
"""What can go wrong, as exceptions and as the one list of error codes.

Every code is documented in docs/docsite/rst/guide_recovery.rst; a test compares the two lists.
"""

from __future__ import annotations

CODES = frozenset(
    {
        "access_conflict",
        "account_not_found",
        "api_error",
        "authentication",
        "bad_reply",
        "cannot_save",
        "changed_meanwhile",
        "direction_change",
        "direction_unknown",
        "duplicate_item",
        "empty_source",
        "half_pair",
        "interrupted",
        "limit_reached",
        "name_conflict",
        "no_source",
        "not_connected",
        "not_in_sync",
        "not_paired",
        "other_account",
        "paired_elsewhere",
        "peer_alive",
        "peer_unknown",
        "pending_pair",
        "permission",
        "promotion_unknown",
        "qos_policy_not_found",
        "same_cluster",
        "sector_mismatch",
        "size_mismatch",
        "snapshot_limit",
        "snapshots_only",
        "source_in_use",
        "split_brain",
        "target_in_use",
        "tls",
        "unreachable",
        "unsupported_api_version",
        "version_gap",
        "volume_ambiguous",
        "volume_deleted",
        "volume_not_found",
        "volume_pairs_remain",
        "wait_timeout",
    }
)

# The cluster gave up waiting for a part of itself: the call may have been applied all the same.
_OUTCOME_UNKNOWN = frozenset(
    {
        "xDBClosing",
        "xDBConnectionLoss",
        "xDBInvalidState",
        "xDBNoServerResponse",
        "xDBOperationTimeout",
        "xDBSessionExpired",
        "xDBSessionMoved",
        "xRecvTimeout",
        "xRpcTimeout",
    }
)

# Names that stand for "try again": contention, a role of a node that moves, a service that starts.
# Gathered from the API documentation (xDBVersionMismatch, xNotPrimary, xDBConnectionLoss) and from
# what shipped clients repeat.
_TRANSIENT = _OUTCOME_UNKNOWN | {
    "xDBVersionMismatch",
    "xNoHandler",
    "xNotPrimary",
    "xNotReadyForIO",
    "xSliceNotRegistered",
}

VOLUME_UNKNOWN = frozenset({"xVolumeIDDoesNotExist", "xVolumeDoesNotExist"})


# What the `error` of a task's result is made of; all of it is always there.
ERROR_MEMBERS = ("code", "cluster", "method", "name", "message", "rolled_back", "left_behind")


class Failure(Exception):
    """The reason why something was not done, as one sentence for people and a code for machines.

    code: one of CODES. cluster: the name of the cluster concerned, or its host name while the name is not known.
    method: the API method. name, message: the API's own error. left_behind: sentences, each naming something that
    this run made or removed and could not put back; rolled_back: whether everything else was put back (None when
    there was nothing to put back).
    """

    outcome_unknown = False
    transient = False

    def __init__(
        self,
        code: str,
        sentence: str,
        cluster: str | None = None,
        method: str | None = None,
        name: str | None = None,
        message: str | None = None,
    ):
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence
        self.cluster = cluster
        self.method = method
        self.name = name
        self.message = message
        self.rolled_back: bool | None = None
        self.left_behind: list[str] = []

    def recoded(self, code: str, sentence: str) -> Failure:
        """The same trouble under another code, with what was rolled back and left behind."""
        failure = Failure(code, sentence, self.cluster, self.method, self.name, self.message)
        failure.rolled_back, failure.left_behind = self.rolled_back, list(self.left_behind)
        return failure

    def as_error(self) -> dict:
        """The `error` dictionary of a task's result."""
        members = {member: getattr(self, member) for member in ERROR_MEMBERS}
        return {**members, "left_behind": self.left_behind or None}


class ApiError(Failure):
    """The cluster answered, and refused."""

    _CODES = {"xPermissionDenied": "permission", "xUnknownUsername": "permission"}
    _REMEDIES = {
        "permission": "use a cluster administrator with the role administrator",
        "api_error": "see the cluster's event log for the cause",
    }

    def __init__(self, cluster: str, method: str, name: str, message: str | None):
        code = self._CODES.get(name, "api_error")
        said = name if message in (None, "", name) else f"{name} ({message})"
        super().__init__(
            code,
            f"cluster {cluster} refused {method}: {said}; {self._REMEDIES[code]}",
            cluster=cluster,
            method=method,
            name=name,
            message=message,
        )
        self.outcome_unknown = name in _OUTCOME_UNKNOWN
        self.transient = name in _TRANSIENT


class Unanswered(Failure):
    """No answer that can be read: whether the cluster has applied the call is not known, unless it was never sent.

    down: nothing that looks like a serving cluster answered (no connection, a 5xx, an empty or `null` body).
    reason: what happened, in a few words.
    """

    reason = ""

    def __init__(
        self, code: str, sentence: str, cluster: str, method: str, *, sent: bool, down: bool, transient: bool = True
    ):
        super().__init__(code, sentence, cluster=cluster, method=method)
        self.outcome_unknown = sent
        self.down = down
        self.transient = transient

    def because(self, reason: str) -> Unanswered:
        """The same with the reason."""
        self.reason = reason
        return self
