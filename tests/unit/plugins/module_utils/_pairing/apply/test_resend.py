# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which write is sent again after which error: how often, after how long, and never without reading what became of it."""

from __future__ import annotations

import threading

import pytest

from ansible_collections.elementsw.replication.plugins.module_utils._element.errors import ApiError, Failure, Unanswered
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.apply.resend import (
    ACCOUNT_EXISTS,
    CHANGE,
    COMPLETE_PAIRING,
    CREATE_ACCOUNT,
    HANDSHAKE,
    NOT_PAIRED_YET,
    START_PAIRING,
    KeySpent,
    attempt,
)


def refused(name):
    return ApiError("alpha", "CreateVolume", name, None)


LOST = Unanswered("unreachable", "no reply", "alpha", "CreateVolume", sent=True, down=True)
NOT_SENT = Unanswered("unreachable", "no connection", "alpha", "CreateVolume", sent=False, down=True)
BUSY, NO = refused("xDBVersionMismatch"), refused("xVolumeIDDoesNotExist")
SPENT = KeySpent(refused("xInvalidPairingKey"))


class Stage:
    """A run with a clock that notes its pauses, and a call that fails with the given errors, one after the other."""

    def __init__(self, *errors):
        self.errors = list(errors)
        self.events = []
        self.clock = self
        self.stopping = threading.Event()

    def sleep(self, seconds):
        self.events.append(seconds)

    def send(self):
        self.events.append("send")
        if self.errors:
            raise self.errors.pop(0)
        return "sent"

    def read(self, _trouble):
        self.events.append("read")

    def attempt(self, policy):
        return attempt(self, policy, self.send, self.read)


@pytest.mark.parametrize(
    ("policy", "error", "sent", "pauses"),
    [
        (CHANGE, LOST, 3, [1, 1]),
        (CHANGE, NOT_SENT, 3, [1, 1]),
        (CHANGE, BUSY, 3, [1, 1]),
        (CHANGE, NO, 1, []),
        (CREATE_ACCOUNT, refused(ACCOUNT_EXISTS), 3, [1, 1]),
        (CHANGE, refused(ACCOUNT_EXISTS), 1, []),
        (START_PAIRING, LOST, 2, []),
        (START_PAIRING, NO, 1, []),
        (COMPLETE_PAIRING, refused(NOT_PAIRED_YET), 20, [3] * 19),
        (COMPLETE_PAIRING, BUSY, 1, []),
        (COMPLETE_PAIRING, LOST, 1, []),
        (HANDSHAKE, SPENT, 6, [2, 4, 8, 10, 10]),
        (HANDSHAKE, LOST, 1, []),
    ],
)
def test_how_often_and_after_how_long(policy, error, sent, pauses):
    stage = Stage(*[error] * 100)
    with pytest.raises(Failure) as raised:
        stage.attempt(policy)
    assert raised.value is error
    assert stage.events.count("send") == sent
    assert [event for event in stage.events if not isinstance(event, str)] == pauses


def test_what_became_of_a_call_is_read_before_it_is_sent_again():
    stage = Stage(LOST, BUSY)
    assert stage.attempt(CHANGE) == "sent"
    assert stage.events == ["send", "read", 1, "send", "read", 1, "send"]


def test_what_took_effect_is_not_sent_again():
    stage = Stage(LOST)
    assert attempt(stage, CHANGE, stage.send, lambda trouble: "found" if trouble is LOST else None) == "found"
    assert stage.events == ["send"]


def test_what_cannot_be_known_is_not_sent_again():
    stage = Stage(LOST)

    def unreadable(trouble):
        raise trouble

    with pytest.raises(Unanswered):
        attempt(stage, CHANGE, stage.send, unreadable)
    assert stage.events == ["send"]


@pytest.mark.parametrize(
    ("policy", "error", "sent"),
    [
        (HANDSHAKE, SPENT, 1),
        (COMPLETE_PAIRING, refused(NOT_PAIRED_YET), 1),
        (CHANGE, BUSY, 3),
        (START_PAIRING, LOST, 2),
    ],
)
def test_a_signal_ends_what_can_be_left_out(policy, error, sent):
    """A change or a start that may have taken effect is brought to an end that is known."""
    stage = Stage(*[error] * 100)
    stage.stopping.set()
    with pytest.raises(Failure):
        stage.attempt(policy)
    assert stage.events.count("send") == sent
