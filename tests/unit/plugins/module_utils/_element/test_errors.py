# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an error of the API means: its code, whether to try again, whether the call may have taken effect."""

from __future__ import annotations

import pytest

from ansible_collections.elementsw.replication.plugins.module_utils._element.errors import (
    CODES,
    ApiError,
    Failure,
    Unanswered,
)


def refused(name, message=None):
    return ApiError("alpha", "StartVolumePairing", name, message)


@pytest.mark.parametrize(
    ("name", "code", "transient", "outcome_unknown"),
    [
        ("xVolumeIDDoesNotExist", "api_error", False, False),
        ("xPairingAlreadyExists", "api_error", False, False),
        ("xPermissionDenied", "permission", False, False),
        ("xUnknownUsername", "permission", False, False),
        ("xDBVersionMismatch", "api_error", True, False),
        ("xNotPrimary", "api_error", True, False),
        ("xDBConnectionLoss", "api_error", True, True),
        ("xRpcTimeout", "api_error", True, True),
        ("xSomethingNew", "api_error", False, False),
    ],
)
def test_what_a_name_means(name, code, transient, outcome_unknown):
    error = refused(name)
    assert (error.code, error.transient, error.outcome_unknown) == (code, transient, outcome_unknown)
    assert error.code in CODES


@pytest.mark.parametrize(
    ("message", "said"),
    [
        (None, "refused StartVolumePairing: xNoSuchThing; see"),
        ("", "refused StartVolumePairing: xNoSuchThing; see"),
        ("xNoSuchThing", "refused StartVolumePairing: xNoSuchThing; see"),
        ("Thing 7 is gone", "refused StartVolumePairing: xNoSuchThing (Thing 7 is gone); see"),
    ],
)
def test_the_message_is_reported_when_it_says_more_than_the_name(message, said):
    error = refused("xNoSuchThing", message)
    assert said in error.sentence
    assert (error.name, error.message) == ("xNoSuchThing", message)


@pytest.mark.parametrize("sent", [True, False])
def test_without_an_answer_the_outcome_is_unknown_if_the_call_was_sent(sent):
    error = Unanswered("unreachable", "no answer", "alpha", "ListVolumes", sent=sent, down=True)
    assert (error.outcome_unknown, error.transient, error.name) == (sent, True, None)


def test_every_member_of_an_error_is_always_there():
    assert Failure("half_pair", "a sentence").as_error() == {
        "code": "half_pair",
        "cluster": None,
        "method": None,
        "name": None,
        "message": None,
        "rolled_back": None,
        "left_behind": None,
    }


def test_what_was_left_behind_is_reported():
    error = refused("xVolumeAlreadyPaired", "said so")
    error.rolled_back = False
    error.left_behind.append("pair entry of volume orders-db")
    assert error.as_error() == {
        "code": "api_error",
        "cluster": "alpha",
        "method": "StartVolumePairing",
        "name": "xVolumeAlreadyPaired",
        "message": "said so",
        "rolled_back": False,
        "left_behind": ["pair entry of volume orders-db"],
    }
