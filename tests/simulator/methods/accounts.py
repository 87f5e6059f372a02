# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tenants and administrators. The former are returned with their CHAP secrets in clear, as on a real cluster."""

from __future__ import annotations

from typing import Any

from .. import views
from ..api import Context, read, write
from ..errors import ApiError
from ..parameters import Parameter, attributes, boolean, integer, text
from ..records import Admin


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
    ("accounts",),
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
        raise ApiError("xDuplicateUsername", f"Account {params['username']} exists")
    if len(cluster.accounts) >= cluster.limits["accountCountMax"]:
        raise ApiError("xExceededLimit", "the maximum number of accounts is reached")
    _check_account(context, params)
    account = cluster.add_account(params["username"], params.get("initiatorSecret"), params.get("targetSecret"))
    account.attributes = params.get("attributes", {})
    account.enable_chap = params.get("enableChap", True)
    context.world.secrets.issue(account.initiator_secret, account.target_secret)
    return {"account": views.account(account, []), "accountID": account.account_id}


@read("ListClusterAdmins", "1.0", [Parameter("showHidden", boolean, since="9.0")])
def list_cluster_admins(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    everyone = params.get("showHidden") or context.world.switches.pair_user == "visible"
    return {"clusterAdmins": [_admin(admin) for admin in context.cluster.admins if everyone or not admin.hidden]}


def _admin(admin: Admin) -> dict[str, Any]:
    return {
        "access": list(admin.access),
        "attributes": {},
        "authMethod": "Cluster",
        "clusterAdminID": admin.admin_id,
        "username": admin.username,
    }


def _check_account(context: Context, params: dict[str, Any]) -> None:
    limits = context.cluster.limits
    if not limits["accountNameLengthMin"] <= len(params["username"]) <= limits["accountNameLengthMax"]:
        raise ApiError("xInvalidParameter", "the name of an account has 1 to 64 characters")
    for name in ("initiatorSecret", "targetSecret"):
        if name in params and not limits["secretLengthMin"] <= len(params[name]) <= limits["secretLengthMax"]:
            raise ApiError("xInvalidParameter", f"{name} has 12 to 16 characters")
