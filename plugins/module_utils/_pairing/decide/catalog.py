# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Finds the volume that a task names: by exact name and owner, by ID, or as the partner of another volume."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from collections.abc import Callable, Iterable

from ..._element.errors import Failure
from ..model import Cluster, ClusterPair, Volume, VolumePair
from ..views import Unreadable, UnreadableClusterPair, UnreadableVolume, VolumeView
from . import sizes
from .identity import may_name, names_cluster, names_predecessor


class Catalog:
    """One cluster's volumes, indexed for many searches.

    A search that may match an object that cannot be read raises Failure, bad_reply, which names that object.
    """

    def __init__(self, view: VolumeView):
        self.cluster: Cluster = view.cluster
        self.accounts = view.accounts
        self.entries = view.entries
        self.unreadable_entries = view.unreadable_entries
        self.unreadable_volumes = view.unreadable_volumes
        self._unreadable_accounts = view.unreadable_accounts
        self._links = {entry.id: entry for entry in view.entries}
        self._by_id: dict[int, Volume] = {}
        self._by_name: dict[str, list[Volume]] = {}
        self._by_remote: dict[int, list[Volume]] = {}
        for volume in view.volumes:
            if volume.id not in self._by_id:
                self._by_id[volume.id] = volume
                self._by_name.setdefault(volume.name, []).append(volume)
                for pair in volume.pairs:
                    self._by_remote.setdefault(pair.remote_volume_id, []).append(volume)

    @property
    def paired(self) -> list[Volume]:
        """Every volume with a pair entry, by ID."""
        return sorted((volume for volume in self._by_id.values() if volume.pairs), key=lambda volume: volume.id)

    @property
    def living(self) -> Iterable[Volume]:
        """Every volume that is not deleted."""
        return (volume for volume in self._by_id.values() if not volume.deleted)

    def named(self, name: str) -> list[Volume]:
        """Every volume of that name, deleted ones included. Raises Failure if an unreadable one may have the name."""
        self._refuse(odd for odd in self.unreadable_volumes if odd.name in (None, name))
        return self.readable_named(name)

    def readable_named(self, name: str) -> list[Volume]:
        """Every readable volume of that name, deleted ones included: for messages only."""
        return self._by_name.get(name, [])

    def spelled_differently(self, name: str) -> list[Volume]:
        """Volumes, not deleted, whose names differ from this one only in case or in surrounding blanks."""
        return [v for v in self.living if v.name != name and v.name.strip().casefold() == name.strip().casefold()]

    def account(self, volume: Volume) -> str | None:
        """The name of the volume's account, for messages only: None if it cannot be read."""
        return self.accounts.get(volume.account_id)

    def owner(self, volume: Volume) -> str | None:
        """The name of the volume's account, for decisions. Raises Failure if an unreadable account may be the owner."""
        if volume.account_id not in self.accounts:
            self._refuse(odd for odd in self._unreadable_accounts if odd.id in (None, volume.account_id))
        return self.account(volume)

    def has_account(self, name: str) -> bool:
        """Whether the cluster has an account of this name. Raises Failure if an unreadable one may have the name."""
        if name in self.accounts.values():
            return True
        self._refuse(odd for odd in self._unreadable_accounts if odd.name in (None, name))
        return False

    def link(self, pair: VolumePair) -> ClusterPair | None:
        """The cluster pair that a volume pair uses; None if this cluster no longer lists it.

        Raises Failure if an unreadable entry may be it.
        """
        self._refuse(self._unreadable_links(pair))
        return self.readable_link(pair)

    def readable_link(self, pair: VolumePair) -> ClusterPair | None:
        """The cluster pair that a volume pair uses, for messages only: None also if it cannot be read."""
        return self._links.get(pair.cluster_pair_id)

    def lists_link(self, pair: VolumePair) -> bool:
        """Whether the cluster lists the cluster pair that a volume pair uses, or an unreadable entry that may be it."""
        return pair.cluster_pair_id in self._links or bool(self._unreadable_links(pair))

    def leads_to(self, pair: VolumePair, cluster: Cluster) -> bool:
        """Whether a volume pair leads to this cluster, or to the one that had its MVIP before.

        Raises Failure if an unreadable entry may lead there.
        """
        self._refuse(odd for odd in self._unreadable_links(pair) if may_name(odd, cluster))
        link = self.readable_link(pair)
        return link is not None and (names_cluster(link, cluster) or names_predecessor(link, cluster))

    def by_id(self, volume_id: int) -> Volume | None:
        """The volume with this ID, deleted or not; None if there is none. Raises Failure if it cannot be read."""
        self._refuse(
            odd
            for odd in self.unreadable_volumes
            if odd.id == volume_id or (odd.id is None and volume_id not in self._by_id)
        )
        return self._by_id.get(volume_id)

    def find(self, name: str | None, volume_id: int | None, account: str | None) -> Volume | None:
        """The one volume that is named, a deleted one only if no other fits; None if there is none.

        Raises Failure: account_not_found, volume_ambiguous, and volume_not_found for an ID of another owner.
        """
        if volume_id is not None:
            return self.owned(volume_id, account)
        self._check_account(account)
        fitting = [v for v in self._by_name.get(name or "", ()) if account is None or self.owner(v) == account]
        # If no volume fits, one whose name cannot be read may be the one.
        self._refuse(odd for odd in self.unreadable_volumes if odd.name == name or (odd.name is None and not fitting))
        living = [volume for volume in fitting if not volume.deleted]
        if len(living) > 1:
            raise self._ambiguous(name, living)
        # If several deleted volumes have the name, each serves for the message.
        found = next(iter(living or fitting), None)
        return self.by_id(found.id) if found else None

    def shows(self, volume_id: int, uuid: str) -> bool:
        """Whether that volume exists, is not deleted and has the pair with this UUID: the pair is then whole."""
        volume = self.by_id(volume_id)
        return volume is not None and not volume.deleted and uuid in volume.uuids

    def partners(self, volume_id: int, cluster: Cluster) -> list[Volume]:
        """This cluster's volumes, not deleted, whose pair names volume `volume_id` of `cluster`."""
        return self._partners(
            self._by_remote.get(volume_id, ()), cluster, lambda pair: pair.remote_volume_id == volume_id
        )

    def partners_by_name(self, name: str, cluster: Cluster) -> list[Volume]:
        """This cluster's volumes, not deleted, whose pair names a volume of that name on `cluster`."""
        paired = (volume for volumes in self._by_remote.values() for volume in volumes)
        return self._partners(paired, cluster, lambda pair: pair.remote_volume_name == name)

    def _partners(
        self, candidates: Iterable[Volume], cluster: Cluster, is_named: Callable[[VolumePair], bool]
    ) -> list[Volume]:
        def fits(volume: Volume | UnreadableVolume) -> bool:
            return not volume.deleted and any(
                is_named(pair) and self.leads_to(pair, cluster) for pair in volume.pairs or ()
            )

        self._refuse(odd for odd in self.unreadable_volumes if fits(odd))
        return [volume for volume in candidates if fits(volume)]

    def owned(self, volume_id: int, account: str | None) -> Volume | None:
        """The volume with this ID; None if there is none.

        Raises Failure: account_not_found, and volume_not_found if the volume belongs to another account.
        """
        self._check_account(account)
        volume = self.by_id(volume_id)
        if volume is not None and account is not None and self.owner(volume) != account:
            raise Failure(
                "volume_not_found",
                f"cluster {self.cluster.name}: {volume.label} belongs to account {self.account(volume)}, not to {account}; "
                "correct the volume or the account",
                cluster=self.cluster.name,
                method="ListVolumes",
            )
        return volume

    def _unreadable_links(self, pair: VolumePair) -> list[UnreadableClusterPair]:
        """The unreadable entries that may be the cluster pair that a volume pair uses."""
        number = pair.cluster_pair_id
        return [
            odd for odd in self.unreadable_entries if odd.id == number or (odd.id is None and number not in self._links)
        ]

    def _refuse(self, unreadable: Iterable[Unreadable]) -> None:
        for odd in unreadable:
            raise odd.failure(self.cluster.name)

    def _check_account(self, account: str | None) -> None:
        if account is not None and not self.has_account(account):
            raise Failure(
                "account_not_found",
                f"cluster {self.cluster.name} has no account named {account}; check the spelling",
                cluster=self.cluster.name,
                method="ListAccounts",
            )

    def _ambiguous(self, name: str | None, living: list[Volume]) -> Failure:
        listed = "; ".join(
            f"ID {volume.id}, name {volume.name}, account {self.account(volume)}, {sizes.text(volume.size)}"
            for volume in living
        )
        return Failure(
            "volume_ambiguous",
            f"cluster {self.cluster.name} has {len(living)} volumes named {name}: {listed}; add the account, or give the "
            "ID",
            cluster=self.cluster.name,
            method="ListVolumes",
        )
