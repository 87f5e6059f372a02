# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The knobs of a world: timings in polls, and one switch for every question that the API documentation leaves open."""

from __future__ import annotations

import math
import os
from typing import Any

import yaml

from .errors import WorldError

NEVER = math.inf
SWITCHES_VARIABLE = "SIMULATOR_SWITCHES"
# Statistics are taken so often, and show what was so then.
SAMPLE_SECONDS = 0.5
# Where the world has the real clock, phases pass with time too, as on a cluster: not every client reads before it writes.
# Between two tasks of other collections, one that pairs clusters and one that pairs their volumes, lies half a second.
SECONDS_PER_POLL = 0.25


class Timings:
    """How long each passing phase lasts: polls, or seconds of the world where the name says so.

    A poll is a read that shows the object, on either cluster. With the real clock, a quarter of a second is as good
    as a poll. 0 skips a phase; "never" makes it last for good. ``instant`` sets all of them to 0.
    """

    connect_polls: float
    disconnect_polls: float
    volume_disconnect_polls: float
    misconfigured_polls: float
    grace_polls: float
    resuming_connected_polls: float
    resuming_rrsync_polls: float
    resuming_local_sync_polls: float
    resuming_data_transfer_polls: float
    delivery_polls: float
    snapshot_polls: float
    clone_seconds: float
    clone_handle_polls: float

    DEFAULTS = {
        # A cluster pair after CompleteClusterPairing, in this order.
        "connect_polls": 0,
        "misconfigured_polls": 1,
        # An entry whose other cluster is unreachable still shows what it showed before.
        "disconnect_polls": 0,
        # So does a volume pair whose link is lost. How long a cluster takes to notice is not known.
        "volume_disconnect_polls": 0,
        # A volume pair whose roles have just become valid still shows PausedMisconfigured.
        "grace_polls": 2,
        # Then the chain that leads to Active, also after a pause or a lost link.
        "resuming_connected_polls": 1,
        "resuming_rrsync_polls": 1,
        "resuming_local_sync_polls": 1,
        "resuming_data_transfer_polls": 1,
        # An Active pair: until what was written to the source has reached the target (Async; Sync needs none).
        "delivery_polls": 1,
        # Until a snapshot with remote replication is Present on the other side.
        "snapshot_polls": 1,
        # Until a clone is complete: 33 and 37 s were seen of 350 GB. Clients poll by different methods, so these are seconds.
        "clone_seconds": 5,
        # Until GetAsyncResult knows the handle of a clone: one client retries, whose reason is not known.
        "clone_handle_polls": 0,
    }

    def __init__(self, given: str | dict[str, Any] | None = None) -> None:
        self.set(dict(self.DEFAULTS))
        self.set(given or {})

    def set(self, given: str | dict[str, Any]) -> None:
        """Change some timings, or all of them with the word ``instant``."""
        if given == "instant":
            given = dict.fromkeys(self.DEFAULTS, 0)
        if not isinstance(given, dict):
            raise WorldError(f"timings: {given!r} is neither 'instant' nor a mapping")
        for name, value in given.items():
            setattr(self, name, value)

    def __setattr__(self, name: str, value: Any) -> None:
        if name not in self.DEFAULTS:
            raise WorldError(f"timings: unknown name {name!r}, known are {', '.join(self.DEFAULTS)}")
        if value == "never":
            value = NEVER
        if isinstance(value, bool) or not isinstance(value, (int, float)) or value < 0:
            raise WorldError(f"timings.{name}: {value!r} is no number")
        object.__setattr__(self, name, value)

    def as_dict(self) -> dict[str, Any]:
        return {name: "never" if value == NEVER else value for name, value in vars(self).items()}


class _ErrorName:
    """Any error name of the API; the default is the first thing a cluster would say."""

    def __init__(self, default: str) -> None:
        self.default = default


# Name: the choices, default first. On each point the documentation says nothing, or its sources contradict each other.
SWITCHES: dict[str, tuple[Any, ...] | _ErrorName] = {
    # what a pending cluster pair shows for the other cluster's name, MVIP and version
    "pending_cluster_pair_members": ("empty", "null", "missing"),
    # whether a complete cluster pair says which cluster the other one is, beside its name and MVIP
    "remote_cluster_uuid": ("shown", "missing"),
    # the word for a cluster pair whose link is being built
    "connecting_status": ("Disconnected", "Misconfigured", "Connecting"),
    # what a pending volume pair shows
    "pending_volume_pair_members": ("zeros", "missing"),
    "pending_volume_pair_state": ("Unconfigured", "PausedMisconfigured"),
    # whether a pending pair, of clusters or of volumes, has a UUID in the lists already
    "pending_pair_uuids": ("shown", "missing"),
    # whether the lists show the pair that a deleted volume has once it is restored
    "deleted_volume_pairs": ("shown", "hidden"),
    # pending cluster pairs and the limit
    "pending_counts_toward_limit": (True, False),
    "limit_error": _ErrorName("xExceededLimit"),
    # RemoveClusterPair while volume pairs use it
    "remove_used_cluster_pair": ("refused", "allowed"),
    "remove_used_cluster_pair_error": _ErrorName("xInvalidParameter"),
    # the half that is left after RemoveClusterPair on one side
    "survivor_status": ("Misconfigured", "Disconnected"),
    # keys that are not accepted
    "invalid_key_error": _ErrorName("xInvalidPairingKey"),
    "unreachable_origin_error": _ErrorName("xRecvTimeout"),
    "version_gap_error": _ErrorName("xInvalidParameter"),
    # the service user that a cluster key carries
    "pair_user": ("hidden", "visible"),
    "pair_user_removed_with_pair": (True, False),
    # pairing keys in the event log
    "keys_masked_in_events": (False, True),
    # filters of ListVolumes
    "paired_filter_includes_pending": (True, False),
    "unknown_volume_ids": ("omitted", "error"),
    # access replicationTarget on a volume without a pair: kept; kept but read as locked until the volume is
    # paired; or really turned into locked, so that it must be set again after pairing
    "unpaired_target": ("stored", "shown_locked", "locked"),
    # RemoveVolumePair on a volume without a pair
    "remove_unpaired": ("success", "error"),
    # StartVolumePairing on a pending volume, and without any cluster pair
    "start_on_pending": ("error", "new_key"),
    "start_without_cluster_pair": ("allowed", "error"),
    # CompleteVolumePairing with a volume that does not fit
    "complete_on_paired_error": _ErrorName("xVolumeAlreadyPaired"),
    "same_cluster_error": _ErrorName("xMVIPNotPaired"),
    "smaller_target": ("accepted", "refused"),
    "other_block_size": ("accepted", "refused"),
    # ModifyVolumePair on a target, its effect on the other side, and twice the same
    "modify_on_target": ("allowed", "refused"),
    "mode_propagates": (True, False),
    "repeated_pause": ("success", "error"),
    # which reason is shown when several hold
    "pause_precedence": ("manual_first", "disconnected_first"),
    # the half that is left after the other volume was purged
    "purged_partner": ("stopped", "unpaired"),
    # rollback and clone of paired volumes
    "rollback_on_source": ("allowed", "refused"),
    "rollback_on_target": ("refused", "allowed"),
    "clone_copies_pairs": (False, True),
    # a clone in the making: in no list, as a production cluster showed for half a minute, or with the status init
    "unfinished_clone": ("hidden", "listed"),
    # DeleteVolume of a clone in the making
    "delete_unfinished_clone": ("refused", "allowed"),
    # volumeID in the result of GetAsyncResult: no sample can tell; a vendor's fake says source, and one client expects it
    "clone_result_volume": ("clone", "source"),
    # more clones at once than the limits: cinder retries two errors, the user interface's page says that they queue
    "clone_limit": ("refused", "queued"),
    # whether ListSyncJobs has the job of a clone that waits for its turn
    "queued_clone": ("listed", "hidden"),
    # what a clone of a replicationTarget has where no access is given: the original's, as documented, or locked
    "clone_of_target_access": ("stored", "locked"),
    # a clone of a replicationTarget as it is now, without a snapshot: forbidden nowhere, described nowhere
    "live_clone_of_target": ("allowed", "refused"),
    # attributes given for a clone
    "clone_attributes": ("replace", "merge"),
    # whether a clone uses the QoS policy of its original
    "clone_copies_qos_policy": (True, False),
    # whether a group snapshot is a group on the target too; its members name the group everywhere (captured)
    "replicated_group": ("exists", "members_only"),
    # asyncDelay
    "paused_delay": ("grows", "frozen", "null"),
    "sync_delay": ("zero", "null"),
    # a half whose counterpart is gone and that was paused by hand
    "paused_half": ("stopped", "paused"),
    # GetVolumeCount; numbers of removed cluster pairs
    "volume_count_includes_deleted": (False, True),
    "reuse_cluster_pair_ids": (False, True),
    # unknown parameters in a reply: where (in `warning` as captured from 11.3, at top level as documented), and how
    "unused_parameters_place": ("warning", "top_level"),
    "unused_parameters_shape": ("mapping", "list"),
    # HTTP status of an API error
    "error_status": (200, 500),
    # refusals of CreateSnapshot
    "serial_conflict_error": _ErrorName("xSnapshotFailed"),
    "snapshot_limit_error": _ErrorName("xMaxSnapshotsPerVolumeExceeded"),
    # ModifyVolume of owner or QoS on a paired volume; readOnly in a pair
    "modify_paired_volume": ("allowed", "refused"),
    "read_only_source": ("misconfigured", "runs"),
    # who shows Idle in place of Active
    "idle_state": ("snapshots_only", "quiet_pairs", "never"),
    # growing the target of a running pair
    "grown_target": ("keeps_running", "resumes"),
    # case of enumeration values and of the digits of keys
    "any_case": (True, False),
    # the role that may call RemoveClusterPair
    "remove_cluster_pair_role": ("administrator", "clusterAdmins"),
    # the mode after source and target have changed places
    "mode_after_reversal": ("kept", "async"),
    # texts for numbers and booleans, and 0, "" and null for what is not given: taken as what they mean (cinder sends
    # startVolumeID as a text, Trident a snapshotID of 0 with each clone), or refused
    "parameter_types": ("coerce", "strict"),
    # the member of the reply of ModifyVolumes
    "modify_volumes_member": ("volumes", "volume"),
    # GetVolumeStats answers with an object, or with a list of one
    "volume_stats_shape": ("object", "list"),
    # blocks of a volume that hold data: as of the last garbage collection, or as of now
    "nonzero_blocks": ("as_collected", "live"),
    # counters of a volume: those of the last sample, taken every 500 ms; of the one before; or as of now
    "statistics": ("sampled", "late", "live"),
    # samplePeriodMSec: the time between samples; 0, as observed of an idle volume; or none at all
    "sample_period": ("named", "zero", "missing"),
    # attributes of 1000 bytes and more, as JSON: refused, or kept as they are
    "attributes_limit": (True, False),
    # whether a replicated snapshot has its attributes on the other side too
    "attributes_replicated": (True, False),
    # a snapshot on its way: on the target with the documented status RemoteSyncing, or in no list there until it is complete
    "arriving_snapshot": ("listed", "hidden"),
    # spelling of snapshot states
    "not_present_spelling": ("NotPresent", "Not Present"),
    "snapshot_status_case": ("lower", "title"),
    # a target larger than its source
    "larger_target": ("runs", "mismatch"),
    # volume pairs when only the management link is lost
    "management_loss": ("keeps_running", "pauses"),
    # RemoveAccount while it has volumes, deleted ones included
    "account_with_volumes_error": _ErrorName("xInvalidParameter"),
    # one secret for both directions or several accounts: documented as refused, but drivers in production do that
    "equal_secrets": ("accepted", "refused"),
    # CreateSchedule with a name that another schedule has
    "duplicate_schedule_error": _ErrorName("xInvalidParameter"),
    # how long a schedule that is marked as deleted is listed
    "deleted_schedules": ("until_next_step", "gone_at_once", "kept"),
    # what a schedule shows of a single volume in `volumes`: what was given, or `volumeID`
    "schedule_of_one_volume": ("as_given", "volume_id"),
    # ModifySchedule with some members of scheduleInfo
    "schedule_info": ("replaced", "merged"),
    # a schedule that is due for a replication target
    "schedule_on_target": ("fails", "local_snapshot"),
    # CreateVolume and CloneVolume beyond the space that can be provisioned
    "no_room_error": _ErrorName("xSliceServiceSelectionFailed"),
    # whether deleted volumes count in provisionedSpace until they are purged
    "deleted_volumes_are_provisioned": (True, False),
    # ListEvents: oldest first by its text, newest first in its sample and for clients; which end maxEvents keeps
    "events_order": ("newest_first", "oldest_first"),
    "max_events_keeps": ("newest", "oldest"),
    # CHAP members of an initiator that has none: the vendor's SDK fails where they are missing, samples do not show them
    "unset_chap": ("empty", "missing"),
    # whether a volume that is a replication target may come into an access group
    "target_in_access_group": ("allowed", "refused"),
}


def switches_of_environment() -> Any:
    """The switches of all worlds that do not set them otherwise, from SIMULATOR_SWITCHES (YAML or JSON)."""
    try:
        return yaml.safe_load(os.environ.get(SWITCHES_VARIABLE) or "{}")
    except yaml.YAMLError as error:
        raise WorldError(f"{SWITCHES_VARIABLE}: no YAML: {error}") from None


class Switches:
    """The answers to the open questions, settable at run time; unknown names and values are refused."""

    def __init__(self, given: dict[str, Any] | None = None) -> None:
        for name, choices in SWITCHES.items():
            object.__setattr__(self, name, choices.default if isinstance(choices, _ErrorName) else choices[0])
        self.set(given or {})

    def set(self, given: dict[str, Any]) -> None:
        if not isinstance(given, dict):
            raise WorldError(f"switches: {given!r} is no mapping")
        for name, value in given.items():
            setattr(self, name, value)

    def __setattr__(self, name: str, value: Any) -> None:
        choices = SWITCHES.get(name)
        if choices is None:
            raise WorldError(f"switches: unknown name {name!r}, known are {', '.join(SWITCHES)}")
        if isinstance(choices, _ErrorName):
            if not isinstance(value, str) or not value.startswith("x"):
                raise WorldError(f"switches.{name}: {value!r} is no error name (they begin with x)")
        elif not any(value == choice and type(value) is type(choice) for choice in choices):
            raise WorldError(f"switches.{name}: {value!r} is not one of {', '.join(map(repr, choices))}")
        object.__setattr__(self, name, value)

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"no switch is called {name!r}")

    def as_dict(self) -> dict[str, Any]:
        return dict(vars(self))
