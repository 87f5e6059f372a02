# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tenants and administrators. The former are returned with their CHAP secrets in clear, as on a real cluster."""

from __future__ import annotations

from typing import Any

from .. import views
from ..api import Context, read, write
from ..errors import ApiError
from ..parameters import Parameter, attributes, boolean, integer, one_of, text
from ..records import Account, Admin

ACCOUNT_ROLES = ("accounts",)


@read(
    "ListAccounts",
    "1.0",
    [
        Parameter("startAccountID", integer),
        Parameter("limit", integer),
        Parameter("includeStorageContainers", boolean, since="9.0"),
    ],
)
def list_accounts(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    start = params.get("startAccountID", 0)
    shown = sorted(account_id for account_id in context.cluster.accounts if account_id >= start)
    owned = context.cluster.account_volume_ids()
    accounts = context.cluster.accounts
    page = shown[: params.get("limit") or None]
    return {"accounts": [views.account(accounts[account_id], owned[account_id]) for account_id in page]}


@read("GetAccountByName", "1.0", [Parameter("username", text, required=True)])
def get_account_by_name(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    account = context.cluster.account_named(params["username"])
    if account is None:
        raise ApiError("xUnknownAccount")
    return {"account": views.account(account, context.cluster.account_volume_ids()[account.account_id])}


@read("GetAccountByID", "1.0", [Parameter("accountID", integer, required=True)])
def get_account_by_id(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    account = context.cluster.account(params["accountID"])
    return {"account": views.account(account, context.cluster.account_volume_ids()[account.account_id])}


@write(
    "AddAccount",
    "1.0",
    ACCOUNT_ROLES,
    [
        Parameter("username", text, required=True),
        Parameter("initiatorSecret", text),
        Parameter("targetSecret", text),
        Parameter("attributes", attributes),
        Parameter("enableChap", boolean, since="12.0"),
    ],
)
def add_account(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    cluster = context.cluster
    if cluster.account_named(params["username"]):
        raise _duplicate(params["username"])
    if len(cluster.accounts) >= cluster.limits["accountCountMax"]:
        raise ApiError("xExceededLimit", "the maximum number of accounts is reached")
    _check_account(context, params, None)
    account = cluster.add_account(params["username"], params.get("initiatorSecret"), params.get("targetSecret"))
    account.attributes = params.get("attributes", {})
    account.enable_chap = params.get("enableChap", True)
    context.world.secrets.issue(account.initiator_secret, account.target_secret)
    return {"account": views.account(account, []), "accountID": account.account_id}


@write(
    "ModifyAccount",
    "1.0",
    ACCOUNT_ROLES,
    [
        Parameter("accountID", integer, required=True),
        Parameter("username", text),
        Parameter("status", one_of("active", "locked")),
        Parameter("initiatorSecret", text),
        Parameter("targetSecret", text),
        Parameter("attributes", attributes),
        Parameter("enableChap", boolean, since="12.0"),
    ],
)
def modify_account(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    """New secrets count from the next login on; a lock ends every session at once."""
    account = context.cluster.account(params["accountID"])
    same_name = context.cluster.account_named(params.get("username", account.username))
    if same_name not in (None, account):
        raise _duplicate(params["username"])
    _check_account(context, params, account)
    account.username = params.get("username", account.username)
    account.initiator_secret = params.get("initiatorSecret", account.initiator_secret)
    account.target_secret = params.get("targetSecret", account.target_secret)
    account.attributes = params.get("attributes", account.attributes)
    account.enable_chap = params.get("enableChap", account.enable_chap)
    account.locked = params.get("status", "locked" if account.locked else "active") == "locked"
    context.world.secrets.issue(account.initiator_secret, account.target_secret)
    owned = context.cluster.account_volume_ids()[account.account_id]
    if account.locked:
        context.cluster.end_iscsi_sessions(owned)
    return {"account": views.account(account, owned)}


@write("RemoveAccount", "1.0", ACCOUNT_ROLES, [Parameter("accountID", integer, required=True)])
def remove_account(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    account = context.cluster.account(params["accountID"])
    if any(volume.account_id == account.account_id for volume in context.cluster.all_volumes()):
        error = context.world.switches.account_with_volumes_error
        raise ApiError(error, f"Account {account.username} has volumes that are not purged")
    del context.cluster.accounts[account.account_id]
    return {}


@read("ListClusterAdmins", "1.0", [Parameter("showHidden", boolean, since="9.0")])
def list_cluster_admins(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    everyone = params.get("showHidden") or context.world.switches.pair_user == "visible"
    return {"clusterAdmins": [_admin(admin) for admin in context.cluster.admins if everyone or not admin.hidden]}


@read("GetCurrentClusterAdmin", "10.0")
def get_current_cluster_admin(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    """Who calls, or the first administrator where the world itself does; sources contradict each other here."""
    return {"clusterAdmin": _admin(context.admin or context.cluster.admins[0])}


def _admin(admin: Admin) -> dict[str, Any]:
    return {
        "access": list(admin.access),
        "attributes": {},
        "authMethod": "Cluster",
        "clusterAdminID": admin.admin_id,
        "username": admin.username,
    }


def _duplicate(username: str) -> ApiError:
    return ApiError("xDuplicateUsername", f"Account {username} exists")


def _check_account(context: Context, params: dict[str, Any], present: Account | None) -> None:
    """Whether an account may be called this and have these secrets; `present` is what it has where none are given."""
    limits = context.cluster.limits
    if "username" in params and not (
        limits["accountNameLengthMin"] <= len(params["username"]) <= limits["accountNameLengthMax"]
    ):
        raise ApiError("xInvalidParameter", "the name of an account has 1 to 64 characters")
    for name in ("initiatorSecret", "targetSecret"):
        if name in params and not limits["secretLengthMin"] <= len(params[name]) <= limits["secretLengthMax"]:
            raise ApiError("xInvalidParameter", f"{name} has 12 to 16 characters")
    if context.world.switches.equal_secrets == "refused":
        _check_unique(context, params, present)


def _check_unique(context: Context, params: dict[str, Any], present: Account | None) -> None:
    others = (account for account in context.cluster.accounts.values() if account is not present)
    taken = [secret for account in others for secret in (account.initiator_secret, account.target_secret)]
    initiator = params.get("initiatorSecret", present and present.initiator_secret)
    target = params.get("targetSecret", present and present.target_secret)
    if (initiator and initiator == target) or {initiator, target} & set(taken):
        raise ApiError("xInvalidParameter", "initiatorSecret and targetSecret must be different and unique")
