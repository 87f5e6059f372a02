# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection elementsw.replication: it can change without notice.
"""Which volume is meant: by exact name and owner, by ID, or as the partner of another one."""

from __future__ import annotations

from collections.abc import Iterable

from ..._element.errors import Failure
from ..model import Cluster, ClusterPair, Volume, VolumePair, VolumeSide
from .identity import names, names_predecessor


class Catalog:
    """One cluster's volumes, to be looked up many times."""

    def __init__(self, view: VolumeSide):
        self.cluster: Cluster = view.cluster
        self.accounts = view.accounts
        self.entries = view.entries
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
        return self._by_name.get(name, [])

    def spelled_differently(self, name: str) -> list[Volume]:
        """Living volumes whose names differ in case or in surrounding blanks only: what people get wrong."""
        return [v for v in self.living if v.name != name and v.name.strip().casefold() == name.strip().casefold()]

    def account(self, volume: Volume) -> str | None:
        return self.accounts.get(volume.account_id)

    def link(self, pair: VolumePair) -> ClusterPair | None:
        """The cluster pair that a volume pair goes over; None when this cluster does not list it any more."""
        return self._links.get(pair.cluster_pair_id)

    def leads_to(self, pair: VolumePair, cluster: Cluster) -> bool:
        """Whether a volume pair goes to this cluster, or to the one that had its MVIP before."""
        link = self.link(pair)
        return link is not None and (names(link, cluster) or names_predecessor(link, cluster))

    def by_id(self, volume_id: int) -> Volume | None:
        return self._by_id.get(volume_id)

    def find(self, name: str | None, volume_id: int | None, account: str | None) -> Volume | None:
        """The one volume meant, a deleted one only where no living one fits; None when there is none.

        Raises Failure: account_not_found, volume_ambiguous, and volume_not_found for an ID of another owner.
        """
        if volume_id is not None:
            return self.owned(volume_id, account)
        self._check_account(account)
        fitting = [v for v in self._by_name.get(name or "", ()) if account in (None, self.account(v))]
        living = [volume for volume in fitting if not volume.deleted]
        if len(living) > 1:
            raise self._ambiguous(name, living)
        # Several deleted ones of a name: any of them says what has to be said.
        return next(iter(living or fitting), None)

    def shows(self, volume_id: int, uuid: str) -> bool:
        """Whether that volume is alive and has the pair with this UUID: then the pair is whole."""
        volume = self._by_id.get(volume_id)
        return volume is not None and not volume.deleted and uuid in volume.uuids

    def partners(self, volume_id: int, cluster: Cluster) -> list[Volume]:
        """This cluster's living volumes whose pair names volume `volume_id` of `cluster`."""
        return [
            volume
            for volume in self._by_remote.get(volume_id, ())
            if not volume.deleted
            and any(pair.remote_volume_id == volume_id and self.leads_to(pair, cluster) for pair in volume.pairs)
        ]

    def partners_by_name(self, name: str, cluster: Cluster) -> list[Volume]:
        """This cluster's living volumes whose pair names a volume of that name on `cluster`."""
        return [
            volume
            for volumes in self._by_remote.values()
            for volume in volumes
            if not volume.deleted
            and any(pair.remote_volume_name == name and self.leads_to(pair, cluster) for pair in volume.pairs)
        ]

    def owned(self, volume_id: int, account: str | None) -> Volume | None:
        """The volume with this ID, which belongs to the account if one is named. Raises Failure as `find` does."""
        self._check_account(account)
        volume = self._by_id.get(volume_id)
        if volume is not None and account not in (None, self.account(volume)):
            raise Failure(
                "volume_not_found",
                f"cluster {self.cluster.name}: {volume.label} belongs to account {self.account(volume)}, not to {account}; "
                "correct the volume or the account",
                cluster=self.cluster.name,
                method="ListVolumes",
            )
        return volume

    def _check_account(self, account: str | None) -> None:
        if account is not None and account not in self.accounts.values():
            raise Failure(
                "account_not_found",
                f"cluster {self.cluster.name} has no account named {account}; check the spelling",
                cluster=self.cluster.name,
                method="ListAccounts",
            )

    def _ambiguous(self, name: str | None, living: list[Volume]) -> Failure:
        listed = "; ".join(
            f"ID {volume.id}, name {volume.name}, account {self.account(volume)}, {volume.size} bytes"
            for volume in living
        )
        return Failure(
            "volume_ambiguous",
            f"cluster {self.cluster.name} has {len(living)} volumes named {name}: {listed}; name the account as well, or "
            "give the ID",
            cluster=self.cluster.name,
            method="ListVolumes",
        )
