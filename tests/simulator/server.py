# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A world over HTTPS: one listener per cluster and a control endpoint, from Python or from the command line."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import tempfile
import threading
import time
import weakref
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any, TypeVar

import yaml
from aiohttp import web

from . import control, exchange, listening
from .certificates import Authority
from .cluster import Cluster
from .exchange import HTTP_OK
from .faults import STREAMS, Fault
from .world import World

BLANKS = b" " * 65536
Result = TypeVar("Result")


class ClusterListener:
    """The HTTPS endpoint of one cluster. It can be closed and opened again on the same port."""

    def __init__(self, world: World, cluster: Cluster, address: tuple[str, int], tls: ssl.SSLContext) -> None:
        self._world = world
        self._name = cluster.name
        self._tls = tls
        self._delay = world.listeners[cluster.name].delay
        self._http = web.Server(self._handle, access_log=None)
        self._connections: weakref.WeakKeyDictionary[asyncio.Transport, int] = weakref.WeakKeyDictionary()
        self._count = 0
        self._listening: asyncio.AbstractServer | None = None
        self._times_closed = 0
        self._reservation = _reserve(*address)
        self.address: tuple[str, int] = self._reservation.getsockname()
        self.last_used = time.monotonic()

    @property
    def _cluster(self) -> Cluster:
        """The cluster that serves here now: it may have been built again."""
        return self._world.cluster(self._name)

    async def open(self) -> None:
        if self._listening is None:
            loop = asyncio.get_running_loop()
            self._listening = await loop.create_server(
                self._http, sock=_beside(self._reservation), ssl=self._tls, backlog=512
            )

    async def close(self) -> None:
        """Refuse new connections and cut those there are."""
        if self._listening is not None:
            self._listening.close()
            self._listening = None
            self._times_closed += 1
        for protocol in list(self._http.connections):
            if protocol.transport is not None:
                protocol.transport.abort()

    async def end(self) -> None:
        await self.close()
        await self._http.shutdown(timeout=0.1)
        self._reservation.close()

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        self.last_used = time.monotonic()
        try:
            body = await request.read()
        except web.RequestPayloadError as error:
            return _send(exchange.unreadable(str(error)))
        asked = exchange.Request(
            verb=request.method,
            path=request.path,
            authorization=request.headers.get("Authorization"),
            body=body,
            query=tuple(request.query.items()),
            connection=self._connection(request),
        )
        envelope = exchange.open_envelope(asked)
        fault = self._world.faults.next(self._cluster.name, envelope.method_name)
        seconds = fault.seconds or 0.0 if fault else 0.0
        first = 0.0 if fault and fault.applies_first else seconds
        times_closed = self._times_closed
        await asyncio.sleep(self._delay + first)
        if times_closed != self._times_closed:
            # It was cut while it waited, and is lost although the site may be back by now.
            return web.Response()
        answer = exchange.answer(self._world, self._cluster, asked, envelope, fault)
        if seconds > first:
            await asyncio.sleep(seconds - first)
        if answer.status is None:
            if request.transport is not None:
                request.transport.abort()
            return web.Response()
        if fault is not None and fault.kind in STREAMS:
            return await _stream(request, answer, fault)
        return _send(answer)

    def _connection(self, request: web.BaseRequest) -> int | None:
        transport = request.transport
        if transport is None:
            return None
        if transport not in self._connections:
            self._count += 1
            self._connections[transport] = self._count
        return self._connections[transport]


class Service:
    """A world that is being served: addresses, certificates, inventory. `listen` is one of `listening.CHOICES`."""

    def __init__(
        self, world: World, directory: Path, control_port: int = 0, listen: str = listening.AT_LOCALHOST
    ) -> None:
        self.world = world
        self.directory = directory
        self.ca_file = str(directory / "ca.pem")
        self._authority = Authority()
        self._authority.write_ca(directory / "ca.pem")
        self._addresses = listening.addresses(world, listen)
        self._control = control.Control(world, control_port)
        self._listeners: dict[str, ClusterListener] = {}

    @property
    def stop_requested(self) -> asyncio.Event:
        """Set when the control endpoint was asked to end; exists once the service has started."""
        return self._control.stopped

    @property
    def control_url(self) -> str:
        return f"http://{listening.LOCALHOST}:{self._control.port}"

    def address(self, name: str) -> tuple[str, int]:
        """Where a cluster listens."""
        self.world.cluster(name)
        return self._listeners[name].address

    def certificate_sha256(self, name: str) -> str:
        return self._authority.fingerprint(name)

    def renew_certificate(self, name: str) -> None:
        """Give a cluster another certificate of the same quality; it shows it to whoever connects from now on."""
        self._authority.renew(name)

    def idle_seconds(self) -> float:
        """Seconds since the last request."""
        last = max(self._control.last_used, *(listener.last_used for listener in self._listeners.values()))
        return time.monotonic() - last

    def inventory(self) -> dict[str, Any]:
        """An Ansible inventory of the clusters, for their first administrator."""
        hosts = {}
        for name, cluster in self.world.clusters.items():
            hostname, port = self.address(name)
            hosts[name] = {
                "element_hostname": hostname,
                "element_port": port,
                "element_mvip": cluster.identity.mvip,
                "element_username": cluster.admins[0].username,
                "element_password": cluster.admins[0].password,
                "element_ca_path": self.ca_file,
            }
        variables = {
            "ansible_connection": "local",
            "ansible_python_interpreter": "{{ ansible_playbook_python }}",
            "ansible_pipelining": True,
        }
        return {"element_clusters": {"hosts": hosts, "vars": variables}}

    def write_inventory(self) -> Path:
        path = self.directory / "inventory.yml"
        path.write_text(yaml.safe_dump(self.inventory(), sort_keys=False), encoding="utf-8")
        return path

    async def start(self) -> None:
        for name, cluster in self.world.clusters.items():
            address = self._addresses[name]
            tls = self._authority.server_context(name, address[0], self.world.listeners[name].certificate)
            self._listeners[name] = ClusterListener(self.world, cluster, address, tls)
            if cluster.up:
                await self._listeners[name].open()
        await self._control.start()
        self.world.gate = self._gate(asyncio.get_running_loop())

    async def stop(self) -> None:
        self.world.gate = None
        await self._control.stop()
        for listener in self._listeners.values():
            await listener.end()

    def _gate(self, loop: asyncio.AbstractEventLoop) -> Callable[[str, bool], None]:
        """Opens or closes a listener on behalf of the world, from any thread; returns when it is done.

        Called from the thread of the listeners themselves (a fault that hits a call) it can only be begun.
        """
        thread = threading.get_ident()
        begun: set[asyncio.Task[None]] = set()

        def gate(name: str, is_open: bool) -> None:
            listener = self._listeners[name]
            change = listener.open() if is_open else listener.close()
            if threading.get_ident() == thread:
                task = loop.create_task(change)
                begun.add(task)
                task.add_done_callback(begun.discard)
            else:
                asyncio.run_coroutine_threadsafe(change, loop).result()

        return gate


@contextlib.contextmanager
def serve(
    world: World,
    directory: str | Path | None = None,
    control_port: int = 0,
    listen: str = listening.AT_LOCALHOST,
) -> Iterator[Service]:
    """Serve a world in a background thread for as long as the block lasts. Raises WorldError if it cannot listen."""
    with contextlib.ExitStack() as stack:
        folder = Path(directory or stack.enter_context(tempfile.TemporaryDirectory(prefix="element-simulator-")))
        folder.mkdir(parents=True, exist_ok=True)
        service = Service(world, folder, control_port, listen)
        run = stack.enter_context(_background_loop())
        try:
            run(service.start())
            yield service
        finally:
            run(service.stop())


@contextlib.contextmanager
def _background_loop() -> Iterator[Callable[[Coroutine[Any, Any, Result]], Result]]:
    """An event loop in a thread of its own; yields the function that runs something in it and waits."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="element-simulator", daemon=True)
    thread.start()
    try:
        yield lambda coroutine: asyncio.run_coroutine_threadsafe(coroutine, loop).result()
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def _send(answer: exchange.Answer) -> web.Response:
    headers = {"Location": answer.location} if answer.location else None
    return web.Response(
        status=answer.status or HTTP_OK, body=answer.body, content_type=answer.content_type, headers=headers
    )


async def _stream(request: web.BaseRequest, answer: exchange.Answer, fault: Fault) -> web.StreamResponse:
    """Send a reply that goes on until the client has had enough of it."""
    response = web.StreamResponse(status=answer.status or HTTP_OK, headers={"Content-Type": answer.content_type})
    with contextlib.suppress(ConnectionError):
        await response.prepare(request)
        if fault.kind == "drip":
            for byte in answer.body:
                await response.write(bytes([byte]))
                await asyncio.sleep(fault.seconds or 0.0)
        else:
            await response.write(answer.body)
            while True:
                await response.write(BLANKS)
                await asyncio.sleep(0)  # writing alone need not let others run, such as who notices that it is in vain
    return response


def _reserve(host: str, port: int) -> socket.socket:
    """A socket that keeps a port (0: any) and never listens. Raises WorldError when the port cannot be had.

    While the listening socket beside it is closed, no one else gets the port, and whoever connects is refused.
    """
    reservation = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    if port:
        # A named port may still be in the kernel's waiting time after the last run.
        reservation.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        reservation.bind((host, port))
    except OSError as error:
        reservation.close()
        raise listening.unavailable(host, port, error) from None
    # Only now: bound with it, two worlds could be given the same port.
    reservation.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    return reservation


def _beside(reservation: socket.socket) -> socket.socket:
    """Another socket on the port of a reservation, to listen on."""
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    bound.bind(reservation.getsockname())
    return bound


if __name__ == "__main__":
    from .command import main

    main()
