# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults on demand: what goes wrong, for which cluster, method and call number."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from .errors import WorldError

# The connection fails.
DROPS = ("drop_before", "drop_after", "refuse")
# A reply comes that is no answer to the call.
HTTP = ("http_401", "http_404", "http_500", "http_502", "http_503", "redirect")
BODIES = ("empty", "null", "truncated", "html_200", "no_result", "reply")
# Something else happens first; the call itself is served.
DELAYS = ("slow", "meanwhile")
# The call is served; its reply never gets to an end: a byte every so many seconds, or blanks for ever.
STREAMS = ("drip", "endless")
# What stands between the client and the cluster, or a node that lags behind, repeats: the call, or an earlier reply.
REPEATS = ("twice", "stale", "cached")
KINDS = (*DROPS, *HTTP, *BODIES, *DELAYS, *STREAMS, *REPEATS)


@dataclass(frozen=True, eq=False)
class Fault:
    """What happens to the `nth` matching call and, in all, to `times` calls in a row (None: to all that follow).

    `kind` is one of KINDS or the name of an API error. `after_applying` lets the call take effect first.
    `{params}` in a message becomes what was sent, `{key}` what the pairing key in it decodes to.
    The message of a `reply` is its body, as it is; that of a `redirect` is the address to go to.
    `call` is what happens just before a call that `meanwhile` hits: {cluster, method, params}, where the method is one
    of the API, or what a host does: `write` with volume_id and mark, `log_in` with volume_id; or `odd_object` with
    method, object_id, member and value.
    """

    kind: str
    cluster: str | None = None
    method: str | None = None
    nth: int = 1
    times: int | None = 1
    message: str | None = None
    after_applying: bool = False
    seconds: float | None = None
    call: dict[str, Any] | None = None

    def __post_init__(self) -> None:
        if self.kind not in KINDS and not self.kind.startswith("x"):
            raise WorldError(f"fault: {self.kind!r} is no error name and not one of {', '.join(KINDS)}")
        if isinstance(self.nth, bool) or not isinstance(self.nth, int) or self.nth < 1:
            raise WorldError(f"nth: {self.nth!r} is no call number (they start at 1)")
        if self.times is not None and (
            isinstance(self.times, bool) or not isinstance(self.times, int) or self.times < 1
        ):
            raise WorldError(f"times: {self.times!r} is no number of calls")
        if self.kind in ("slow", "drip") and self.seconds is None:
            raise WorldError("seconds: a slow reply needs to know how slow")
        if self.kind in ("reply", "redirect") and self.message is None:
            raise WorldError(f"message: a {self.kind} needs to know what to say")
        if self.seconds is not None and (isinstance(self.seconds, bool) or not isinstance(self.seconds, (int, float))):
            raise WorldError(f"seconds: {self.seconds!r} is no number")
        if (self.kind == "meanwhile") != (self.call is not None):
            raise WorldError("call: it says what happens meanwhile, and goes with that fault alone")

    @property
    def is_api_error(self) -> bool:
        return self.kind.startswith("x")

    @property
    def is_served(self) -> bool:
        """Whether the call is answered as it should be, whatever happens to the answer."""
        return self.kind in (*DELAYS, *STREAMS, *REPEATS)

    @property
    def applies_first(self) -> bool:
        return self.after_applying or self.kind == "drop_after"

    def matches(self, cluster: str, method: str | None) -> bool:
        return self.cluster in (None, cluster) and self.method in (None, method)

    def hits(self, number: int) -> bool:
        """Whether the matching call of this number is affected."""
        return number >= self.nth and (self.times is None or number < self.nth + self.times)


class Faults:
    """The faults in force. Every fault counts the calls that match it, from the moment it was added.

    `refuse` closes the listener of a cluster (of all for None), `accept` opens those that may be open.
    """

    def __init__(self, refuse: Callable[[str | None], None], accept: Callable[[], None]) -> None:
        self._refuse = refuse
        self._accept = accept
        self._counted: dict[Fault, int] = {}
        self._fired: dict[Fault, int] = {}
        self._order: list[Fault] = []

    def add(
        self,
        cluster: str | None = None,
        method: str | None = None,
        nth: int = 1,
        times: int | None = 1,
        *,
        fault: str,
        message: str | None = None,
        after_applying: bool = False,
        seconds: float | None = None,
        call: dict[str, Any] | None = None,
    ) -> Fault:
        """Let something go wrong from now on.

        A refused connection never becomes a call. So `refuse` closes the listener at once, or, with a method or
        a later call number, in place of the reply to that call; it stays closed until the faults are cleared.
        """
        new = Fault(fault, cluster, method, nth, times, message, after_applying, seconds, call)
        self._counted[new] = self._fired[new] = 0
        self._order.append(new)
        if fault == "refuse" and method is None and nth == 1:
            self._fired[new] += 1
            self._refuse(cluster)
        return new

    def clear(self) -> None:
        """Forget all faults; refused connections are accepted again."""
        self._counted.clear()
        self._fired.clear()
        self._order.clear()
        self._accept()

    def unused(self) -> list[Fault]:
        """The faults that never happened."""
        return [fault for fault in self._order if not self._fired[fault]]

    def next(self, cluster: str, method: str | None) -> Fault | None:
        """The fault that hits this call. All that match count it; the one added first happens."""
        chosen = None
        for fault in self._order:
            if fault.matches(cluster, method):
                self._counted[fault] += 1
                if chosen is None and fault.hits(self._counted[fault]):
                    chosen = fault
                    self._fired[fault] += 1
        if chosen is not None and chosen.kind == "refuse":
            self._refuse(cluster)
        return chosen

    def as_list(self) -> list[dict[str, Any]]:
        """For the control endpoint: every fault with the calls that it has counted and hit."""
        return [
            {**asdict(fault), "fault": fault.kind, "seen": self._counted[fault], "fired": self._fired[fault]}
            for fault in self._order
        ]
