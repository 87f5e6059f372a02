# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The creation of the account that owns created volumes."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from ...._element.errors import Failure
from ...observe.volumes import list_accounts
from ...pairing_steps import CreateAccount
from ..resend import CREATE_ACCOUNT, attempt
from ..writer import Writer


def create_account(writer: Writer, step: CreateAccount) -> tuple[int, bool]:
    """Create the account. Return its ID, and whether this run created it. Raises Failure.

    Nothing else of the reply is kept, because it contains CHAP secrets.
    """

    def send() -> tuple[int, bool]:
        result = writer.write(step.side, "AddAccount", {"username": step.account}, step.object, step.reason)
        account_id = result.get("accountID")
        return (account_id, True) if isinstance(account_id, int) else (_listed(writer, step), True)

    def recover(trouble: Failure) -> tuple[int, bool] | None:
        known = _known(writer, step, trouble)
        return None if known is None else (known, trouble.outcome_unknown)

    return attempt(writer.run, CREATE_ACCOUNT, send, recover)


def _known(writer: Writer, step: CreateAccount, trouble: Failure) -> int | None:
    try:
        owners = list_accounts(writer.run.client(step.side))
    except Failure:
        if trouble.outcome_unknown:
            trouble.left_behind.append(
                f"{step.object} on cluster {writer.run.name(step.side)}: whether it was created is not known"
            )
        raise trouble from None
    return next((account_id for account_id, name in owners if name == step.account), None)


def _listed(writer: Writer, step: CreateAccount) -> int:
    cluster = writer.run.name(step.side)
    trouble = Failure(
        "bad_reply", f"cluster {cluster} answered AddAccount without accountID; run again", cluster, "AddAccount"
    )
    known = _known(writer, step, trouble)
    if known is None:
        raise trouble
    return known
