# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The control endpoint: plain HTTP on loopback, JSON in and out. What `World` offers in Python, for playbooks."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from aiohttp import web

from . import listening
from .description import add_odd_object
from .errors import ApiError, HostIOError, SiteDown, WorldError
from .sections import Section
from .world import World

Action = Callable[[Section], Any]
# Time is advanced by a year at once, in which each schedule runs up to 100,000 times.
MOST_SECONDS = 366 * 24 * 3600


class Control:
    """Shows and changes a world that is being served."""

    def __init__(self, world: World, port: int = 0) -> None:
        self._world = world
        self.port = port
        self.last_used = time.monotonic()
        self._runner: web.ServerRunner | None = None
        self._shown: dict[str, Callable[[], Any]] = {
            "/calls": lambda: [asdict(call) for call in world.calls],
            "/writes": lambda: [asdict(call) for call in world.writes()],
            "/truth": world.truth,
            "/faults": world.faults.as_list,
            "/odd_objects": world.odd_objects.as_list,
            "/switches": world.switches.as_dict,
            "/timings": world.timings.as_dict,
        }
        self._actions: dict[str, Action] = {
            "/faults": self._add_fault,
            "/clear": self._clear,
            "/switches": self._set_switches,
            "/timings": self._set_timings,
            "/site": self._set_site,
            "/link": self._set_link,
            "/write": self._write,
            "/log_in": self._log_in,
            "/log_out": self._log_out,
            "/call": self._call,
            "/advance": self._advance,
            "/fullness": self._fill,
            "/hinder": self._hinder,
            "/fail_clones": self._fail_clones,
            "/odd_objects": self._add_odd_object,
        }

    async def start(self) -> None:
        self.stopped = asyncio.Event()
        self._runner = web.ServerRunner(web.Server(self._handle, access_log=None))
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, listening.LOCALHOST, self.port).start()
        except OSError as error:
            raise listening.unavailable(listening.LOCALHOST, self.port, error) from None
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        self.last_used = time.monotonic()
        if request.method == "POST" and request.path == "/shutdown":
            self.stopped.set()
            return _reply({})
        try:
            return await self._answer(request)
        except (WorldError, HostIOError, SiteDown, ValueError) as error:
            return _reply({"error": type(error).__name__, "message": str(error)}, 400)
        except ApiError as error:
            return _reply({"error": error.name, "message": error.message}, 400)

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        if request.method == "GET" and request.path in self._shown:
            return _reply(await asyncio.to_thread(self._shown[request.path]))
        if request.method != "POST" or request.path not in self._actions:
            known = [f"GET {path}" for path in self._shown] + [f"POST {path}" for path in self._actions]
            raise WorldError(f"{request.method} {request.path}: known are {', '.join(known)}, POST /shutdown")
        body = await request.read()
        section = Section(json.loads(body) if body else {}, "")
        # In a thread of its own: closing a listener must wait for the loop that runs this handler.
        return _reply(await asyncio.to_thread(self._actions[request.path], section))

    def _add_fault(self, section: Section) -> dict[str, Any]:
        names = ("cluster", "method", "nth", "times", "message", "after_applying", "seconds", "call")
        given = {name: section.take(name) for name in names if name in section}
        fault = section.take("fault", kind=str)
        section.done()
        self._world.faults.add(**given, fault=fault)
        return {}

    def _clear(self, section: Section) -> dict[str, Any]:
        """Forget faults, calls and odd objects, or some of them."""
        clearing = {
            "faults": self._world.faults.clear,
            "calls": self._world.clear_calls,
            "odd_objects": self._world.odd_objects.clear,
        }
        wanted = section.take("what", list(clearing), list)
        section.done()
        unknown = [what for what in wanted if what not in clearing]
        if unknown:
            raise WorldError(f"what: {unknown[0]!r} is not one of {', '.join(clearing)}")
        for what in wanted:
            clearing[what]()
        return {}

    def _set_switches(self, section: Section) -> dict[str, Any]:
        self._world.switches.set(section.rest())
        return self._world.switches.as_dict()

    def _set_timings(self, section: Section) -> dict[str, Any]:
        self._world.timings.set("instant" if section.take("instant", False, bool) else section.rest())
        return self._world.timings.as_dict()

    def _set_site(self, section: Section) -> dict[str, Any]:
        name, up = section.take("cluster", kind=str), section.take("up", kind=bool)
        section.done()
        (self._world.site_up if up else self._world.site_down)(name)
        return {}

    def _set_link(self, section: Section) -> dict[str, Any]:
        """`between` two clusters; any of management, storage (up or not) and slow."""
        names = section.take("between", kind=list)
        given = {name: section.take(name, kind=bool) for name in ("management", "storage", "slow") if name in section}
        section.done()
        if len(names) != 2:
            raise WorldError(f"between: {names!r} are not two clusters")
        one, other = names
        if "management" in given:
            self._world.management_link(one, other, up=given["management"])
        if "storage" in given:
            self._world.storage_link(one, other, up=given["storage"])
        if "slow" in given:
            self._world.slow_link(one, other, slow=given["slow"])
        return {}

    def _write(self, section: Section) -> dict[str, Any]:
        cluster, volume_id = section.take("cluster", kind=str), section.take("volume_id", kind=int)
        self._world.write(cluster, volume_id, section.take("mark", kind=str))
        section.done()
        return {"marks": self._world.marks(cluster, volume_id)}

    def _log_in(self, section: Section) -> dict[str, Any]:
        self._world.log_in(section.take("cluster", kind=str), section.take("volume_id", kind=int))
        section.done()
        return {}

    def _log_out(self, section: Section) -> dict[str, Any]:
        self._world.log_out(section.take("cluster", kind=str), section.take("volume_id", kind=int))
        section.done()
        return {}

    def _call(self, section: Section) -> Any:
        cluster, method = section.take("cluster", kind=str), section.take("method", kind=str)
        params = section.take("params", {}, dict)
        section.done()
        return self._world.call(cluster, method, params)

    def _advance(self, section: Section) -> dict[str, Any]:
        seconds = section.take("seconds", kind=(int, float))
        section.done()
        if not 0 <= seconds <= MOST_SECONDS:
            raise WorldError(f"seconds: {seconds!r} is not between 0 and {MOST_SECONDS}, a year")
        self._world.advance(seconds)
        return {}

    def _fill(self, section: Section) -> dict[str, Any]:
        name, fullness = section.take("cluster", kind=str), section.take("fullness", kind=str)
        section.done()
        self._world.target_full(name, fullness)
        return {}

    def _hinder(self, section: Section) -> dict[str, Any]:
        cluster, volume_id = section.take("cluster", kind=str), section.take("volume_id", kind=int)
        hindrance = section.take("hindrance", None, str)
        section.done()
        self._world.hinder(cluster, volume_id, hindrance)
        return {}

    def _fail_clones(self, section: Section) -> dict[str, Any]:
        cluster, error = section.take("cluster", kind=str), section.take("error", kind=str)
        message = section.take("message", "", str)
        section.done()
        self._world.fail_clones(cluster, error, message)
        return {}

    def _add_odd_object(self, section: Section) -> dict[str, Any]:
        add_odd_object(self._world, section)
        return {}


def _reply(content: Any, status: int = 200) -> web.Response:
    return web.json_response(content, status=status)
