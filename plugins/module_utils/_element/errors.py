# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The exceptions of the collection and the list of all error codes.

Every code is documented in docs/docsite/rst/error_codes.rst; a test compares the two lists.
"""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

CODES = frozenset(
    {
        "access_conflict",
        "access_group_not_found",
        "account_not_found",
        "api_error",
        "authentication",
        "bad_reply",
        "cannot_save",
        "changed_meanwhile",
        "clone_in_use",
        "cluster_full",
        "direction_change",
        "direction_unknown",
        "duplicate_item",
        "empty_source",
        "half_pair",
        "interrupted",
        "limit_reached",
        "name_conflict",
        "name_taken",
        "no_snapshot",
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

# The cluster stopped waiting for one of its own services: the call may have been applied.
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

# Names that mean "try again": contention, a role that changes its node, a service that starts.
# Some are from the API documentation (xDBVersionMismatch, xNotPrimary, xDBConnectionLoss), the others are those that
# published clients repeat.
_TRANSIENT = _OUTCOME_UNKNOWN | {
    "xDBVersionMismatch",
    "xNoHandler",
    "xNotPrimary",
    "xNotReadyForIO",
    "xSliceNotRegistered",
}

VOLUME_UNKNOWN = frozenset({"xVolumeIDDoesNotExist", "xVolumeDoesNotExist"})


# The members of `error` in the result of a task. All of them are always there.
ERROR_MEMBERS = ("code", "cluster", "method", "name", "message", "rolled_back", "left_behind")


class Failure(Exception):
    """The reason why something was not done: a message for people and a code for programs."""

    #: Whether a call may have been applied although it failed.
    outcome_unknown = False
    #: Whether the same call may succeed a little later.
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
        #: One of CODES.
        self.code = code
        #: The message.
        self.sentence = sentence
        #: The name of the cluster that failed, or its host name while the name is not known.
        self.cluster = cluster
        #: The API method.
        self.method = method
        #: The name of the API's error, and the API's message.
        self.name = name
        self.message = message
        #: Whether everything that is not in left_behind was undone; None if there was nothing to undo.
        self.rolled_back: bool | None = None
        #: Messages. Each one names something that this run made or removed and could not undo.
        self.left_behind: list[str] = []

    def recoded(self, code: str, sentence: str) -> Failure:
        """Return a copy of this failure with another code and message."""
        failure = Failure(code, sentence, self.cluster, self.method, self.name, self.message)
        failure.rolled_back, failure.left_behind = self.rolled_back, list(self.left_behind)
        return failure

    def as_error(self) -> dict:
        """Return the dictionary `error` of the result of a task."""
        members = {member: getattr(self, member) for member in ERROR_MEMBERS}
        return {**members, "left_behind": self.left_behind or None}


class ApiError(Failure):
    """The cluster answered a call with an error."""

    _CODES = {"xPermissionDenied": "permission", "xUnknownUsername": "permission"}
    _REMEDIES = {
        "permission": "use a cluster administrator with the access administrator",
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
    """There is no readable reply: whether the cluster has applied the call is not known, unless it was never sent."""

    #: What happened, as a part of a sentence.
    reason = ""

    def __init__(
        self, code: str, sentence: str, cluster: str, method: str, *, sent: bool, down: bool, transient: bool = True
    ):
        super().__init__(code, sentence, cluster=cluster, method=method)
        self.outcome_unknown = sent
        #: Whether the cluster is unreachable: there was no connection, or HTTP status 5xx, or an empty or `null` body.
        self.down = down
        self.transient = transient

    def because(self, reason: str) -> Unanswered:
        """Set the reason, and return this failure."""
        self.reason = reason
        return self
