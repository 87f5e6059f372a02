# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of API methods and the way of a call through it: version, right, parameters, effect."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .cluster import Cluster, version_number
from .errors import ApiError
from .parameters import Parameter, check_parameters
from .records import Admin

if TYPE_CHECKING:
    from .world import World

# Who may call a method besides an administrator, by the `access` values of cluster administrators.
READERS = ("read", "reporting", "volumes", "accounts", "clusterAdmins", "nodes", "drives", "repositories")
ADMINISTRATORS_ONLY: tuple[str, ...] = ()

METHOD_MODULES = (
    "access_groups",
    "accounts",
    "capacity",
    "clones",
    "cluster_pairing",
    "events",
    "hosts",
    "information",
    "initiators",
    "many_volumes",
    "nodes",
    "qos_policies",
    "schedules",
    "snapshots",
    "statistics",
    "volume_pairing",
    "volumes",
)


@dataclass(frozen=True)
class Context:
    """Where a method is called, and which administrator calls it."""

    world: World
    cluster: Cluster
    admin: Admin | None


Handler = Callable[[Context, dict[str, Any]], dict[str, Any]]


@dataclass(frozen=True)
class Method:
    name: str
    since: str
    roles: tuple[str, ...]
    writes: bool
    parameters: tuple[Parameter, ...]
    handler: Handler


METHODS: dict[str, Method] = {}


def read(name: str, since: str, parameters: Sequence[Parameter] = ()) -> Callable[[Handler], Handler]:
    """Declare a method that changes nothing."""
    return _declare(name, since, READERS, False, parameters)


def write(
    name: str, since: str, roles: Sequence[str], parameters: Sequence[Parameter] = ()
) -> Callable[[Handler], Handler]:
    """Declare a method that changes something, and the roles that may call it besides an administrator."""
    return _declare(name, since, roles, True, parameters)


def _declare(
    name: str, since: str, roles: Sequence[str], writes: bool, parameters: Sequence[Parameter]
) -> Callable[[Handler], Handler]:
    def add(handler: Handler) -> Handler:
        METHODS[name] = Method(name, since, tuple(roles), writes, tuple(parameters), handler)
        return handler

    return add


def load_methods() -> None:
    """Fill the table; every module of methods declares its own."""
    package = __name__.rpartition(".")[0]
    for module in METHOD_MODULES:
        importlib.import_module(f"{package}.methods.{module}")


def is_write(name: Any) -> bool:
    """Whether this is a method that changes something; a client may send anything as its name."""
    return isinstance(name, str) and name in METHODS and METHODS[name].writes


def methods_of(api_version: str) -> list[str]:
    """The methods that an endpoint of this version serves."""
    endpoint = version_number(api_version)
    return sorted(method.name for method in METHODS.values() if version_number(method.since) <= endpoint)


def call(context: Context, name: Any, params: Any, api_version: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The result of a call and the parameters it did not use. Raises ApiError, and then nothing has changed."""
    method = METHODS.get(name) if isinstance(name, str) else None
    if method is None or version_number(method.since) > version_number(api_version):
        raise ApiError("xUnknownAPIMethod", f"method={name}")
    _check_permission(context, method)
    checked, unused = check_parameters(method.parameters, params, api_version, context.world.switches)
    return method.handler(context, checked), unused


def _check_permission(context: Context, method: Method) -> None:
    roles: tuple[str, ...] = method.roles
    if method.name == "RemoveClusterPair" and context.world.switches.remove_cluster_pair_role == "clusterAdmins":
        roles = ("clusterAdmins",)
    if context.admin and not {"administrator", *roles} & set(context.admin.access):
        raise ApiError("xPermissionDenied", f"{context.admin.username} may not call {method.name}")
