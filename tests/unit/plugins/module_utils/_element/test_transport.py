# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One HTTPS POST as the other end sees it: address, headers, connections, proxies, redirects, replies that break off."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import http.server
import pathlib
import select
import socket
import ssl
import struct
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from ansible_collections.elementsw.replication.plugins.module_utils._element.transport import (
    EndlessReply,
    Endpoint,
    NetworkTrouble,
    Reply,
    TlsTrouble,
    Transport,
)

trustme = pytest.importorskip("trustme")

USERNAME, PASSWORD = "ansible", "Only-for-the-transport-4kT"
BASIC = base64.b64encode(f"{USERNAME}:{PASSWORD}".encode()).decode()
PATH = "/json-rpc/12.5"
BODY = '{"method": "GetAPI", "params": {}, "id": 1}'
PROXY_VARIABLES = ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY")
BUNDLE_VARIABLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


@pytest.fixture(autouse=True)
def own_environment(monkeypatch):
    """Proxies and authorities are those that a test names."""
    for name in (*PROXY_VARIABLES, *BUNDLE_VARIABLES):
        monkeypatch.delenv(name, raising=False)


class Handler(http.server.BaseHTTPRequestHandler):
    """Writes down what arrives and answers what its server was set to."""

    protocol_version = "HTTP/1.1"
    # A body in a packet of its own would wait for the acknowledgement of the headers.
    wbufsize = -1

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.seen.append((self.path, self.headers, body, self.client_address))
        self.server.answer(self)
        self.close_connection = self.server.hangs_up

    def do_CONNECT(self):
        """As a proxy: let bytes through to the address asked for."""
        self.server.seen.append((self.path, self.headers, "", self.client_address))
        if not self.server.lets_through:
            self.send_error(407)
            return
        host, _colon, port = self.path.rpartition(":")
        with socket.create_connection((host.strip("[]"), int(port))) as beyond:
            self.send_response(200)
            self.end_headers()
            self.wfile.flush()
            ends = {self.connection: beyond, beyond: self.connection}
            while ends:
                for end in select.select(list(ends), [], [])[0]:
                    data = end.recv(65536)
                    if not data:
                        ends = {}
                        break
                    ends[end].sendall(data)
        self.close_connection = True

    def log_message(self, *_args):
        """Quiet."""


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, host):
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        super().__init__((host, 0), Handler)
        self.seen = []
        self.ended = threading.Event()
        self.reply = answer(b"{}")
        self.hangs_up = False
        self.lets_through = True

    def answer(self, handler):
        """Write the reply. A test that wants something other than all at once puts its own function here."""
        handler.wfile.write(self.reply)


def answer(body, status="200 OK", *headers):
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


@contextlib.contextmanager
def serving(host, certificate=None):
    """A server of the test's own; plain HTTP without a certificate."""
    server = Server(host)
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        certificate.configure_cert(context)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.ended.set()
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


@pytest.fixture(scope="module")
def ca_path(authority, tmp_path_factory):
    path = tmp_path_factory.mktemp("authority") / "ca.pem"
    authority.cert_pem.write_to_path(path)
    return str(path)


@pytest.fixture
def server(authority):
    with serving("127.0.0.1", authority.issue_cert("127.0.0.1", "localhost")) as running:
        yield running


@pytest.fixture
def transport(server, ca_path):
    """Makes transports to the server."""

    def make(**more):
        given = {"hostname": "127.0.0.1", "port": server.server_port, "ca_path": ca_path, "timeout": 10, **more}
        return Transport(Endpoint(username=USERNAME, password=PASSWORD, **given))

    return make


def trouble(transport, kind=NetworkTrouble):
    with pytest.raises(kind) as caught:
        transport.post(PATH, BODY)
    return caught.value


# --- the request ------------------------------------------------------------------------------------------------------


def test_what_is_sent(server, transport):
    assert transport().post(PATH, BODY) == Reply(200, "{}")
    ((path, headers, body, _client),) = server.seen
    assert (path, body) == (PATH, BODY)
    assert (headers["Content-Type"], headers["Accept"]) == ("application/json-rpc", "application/json")
    assert headers["Authorization"] == f"Basic {BASIC}"


def test_credentials_of_the_home_folder_are_not_used(server, transport, tmp_path, monkeypatch):
    netrc = tmp_path / "netrc"
    netrc.write_text("default login other-user password Other-users-7pQ\n", encoding="utf-8")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    transport().post(PATH, BODY)
    assert server.seen[0][1]["Authorization"] == f"Basic {BASIC}"


def test_what_is_secret_about_an_endpoint(transport):
    endpoint = transport().endpoint
    assert {PASSWORD, BASIC.rstrip("="), f"{USERNAME}%3A{PASSWORD}"} <= endpoint.secrets
    assert all(secret not in repr(endpoint) for secret in endpoint.secrets)


@pytest.mark.parametrize("hostname", ["::1", "[::1]", "0:0:0:0:0:0:0:1"])
def test_an_address_of_version_6(authority, ca_path, hostname):
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        pytest.skip("this machine has no IPv6")
    with serving("::1", authority.issue_cert("::1")) as server:
        endpoint = Endpoint(hostname, USERNAME, PASSWORD, server.server_port, ca_path=ca_path, timeout=10)
        assert Transport(endpoint).post(PATH, BODY) == Reply(200, "{}")


@pytest.mark.parametrize("hostname", ["two words", "alpha/path", "http://alpha", "a" * 70, "."])
def test_a_host_name_that_no_address_can_hold_was_never_sent(server, transport, hostname):
    assert not trouble(transport(hostname=hostname)).sent
    assert server.seen == []


# --- connections ------------------------------------------------------------------------------------------------------


def connections(server):
    return {client for _path, _headers, _body, client in server.seen}


def test_a_thread_keeps_its_connection(server, transport):
    one = transport()
    for _number in range(3):
        one.post(PATH, BODY)
    assert (len(server.seen), len(connections(server))) == (3, 1)


def test_each_thread_has_a_connection_of_its_own(server, transport):
    one = transport()
    together = threading.Barrier(3)

    def call(_number):
        together.wait()
        one.post(PATH, BODY)

    with ThreadPoolExecutor(3) as workers:
        list(workers.map(call, range(3)))
    assert len(connections(server)) == 3


# --- TLS --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("use_proxy", [True, False])
@pytest.mark.parametrize("variable", BUNDLE_VARIABLES)
def test_authorities_of_the_environment_count_where_no_file_is_given(
    transport, ca_path, monkeypatch, variable, use_proxy
):
    monkeypatch.setenv(variable, ca_path)
    assert transport(ca_path=None, use_proxy=use_proxy).post(PATH, BODY).status == 200


@pytest.mark.parametrize("variable", BUNDLE_VARIABLES)
def test_no_verification_means_none_whatever_the_environment_says(transport, monkeypatch, variable):
    monkeypatch.setenv(variable, "/nowhere.pem")
    assert transport(ca_path=None, validate_certs=False).post(PATH, BODY).status == 200


def test_the_authorities_are_read_once_for_all_connections(transport, ca_path, tmp_path):
    once = tmp_path / "once.pem"
    once.write_bytes(pathlib.Path(ca_path).read_bytes())
    spoken = transport(ca_path=str(once))
    assert spoken.post(PATH, BODY).status == 200
    once.write_text("no certificate any more", encoding="utf-8")
    with ThreadPoolExecutor(4) as pool:
        assert [reply.status for reply in pool.map(lambda _number: spoken.post(PATH, BODY), range(8))] == [200] * 8
    with pytest.raises(TlsTrouble):
        transport(ca_path=str(once)).post(PATH, BODY)


def test_a_ca_file_in_the_home_folder(transport, ca_path, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    with open(ca_path, encoding="utf-8") as source:
        (tmp_path / "ca.pem").write_text(source.read(), encoding="utf-8")
    assert transport(ca_path="~/ca.pem").post(PATH, BODY).status == 200


def test_the_certificate_must_bear_the_name_that_was_called(authority, ca_path):
    with serving("127.0.0.1", authority.issue_cert("alpha.example.com")) as server:
        endpoint = Endpoint("127.0.0.1", USERNAME, PASSWORD, server.server_port, ca_path=ca_path, timeout=10)
        assert "127.0.0.1" in str(trouble(Transport(endpoint), TlsTrouble))
        assert server.seen == []


def test_what_speaks_no_tls_is_not_trusted_with_anything(transport):
    with serving("127.0.0.1") as plain:
        trouble(transport(port=plain.server_port), TlsTrouble)
        assert plain.seen == []


@pytest.mark.parametrize("content", ["", "no certificate at all"])
def test_a_ca_file_that_holds_no_certificate(server, transport, tmp_path, content):
    (tmp_path / "ca.pem").write_text(content, encoding="utf-8")
    trouble(transport(ca_path=str(tmp_path / "ca.pem")), TlsTrouble)
    assert server.seen == []


@pytest.mark.parametrize("pinned", [False, True])
@pytest.mark.parametrize("began", [b"", b"HTTP/1.1 2", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"])
@pytest.mark.parametrize("rubbish", [b"", b"HTTP/1.1 200 OK\r\n\r\n", b"\x17\x03\x03\x00\x20" + bytes(32)])
def test_tls_that_breaks_after_the_request_says_nothing_about_trust(authority, ca_path, began, rubbish, pinned):
    def answer_below_tls(handler):
        handler.wfile.write(began)
        handler.wfile.flush()
        socket.socket.sendall(handler.connection, rubbish)
        socket.socket.shutdown(handler.connection, socket.SHUT_WR)

    certificate = authority.issue_cert("127.0.0.1")
    with serving("127.0.0.1", certificate) as server:
        server.answer, server.hangs_up = answer_below_tls, True
        trust = {"cert_fingerprint": fingerprint(certificate)} if pinned else {"ca_path": ca_path}
        endpoint = Endpoint("127.0.0.1", USERNAME, PASSWORD, server.server_port, timeout=10, **trust)
        assert trouble(Transport(endpoint)).sent
        assert len(server.seen) == 1


# --- proxies and redirects --------------------------------------------------------------------------------------------


@pytest.fixture
def proxy(monkeypatch):
    with serving("127.0.0.1") as running:
        monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{running.server_port}")
        yield running


@pytest.mark.parametrize("pinned", [False, True])
def test_a_proxy_of_the_environment_is_used_and_is_not_given_the_credentials(authority, ca_path, proxy, pinned):
    certificate = authority.issue_cert("127.0.0.1")
    with serving("127.0.0.1", certificate) as server:
        trust = {"cert_fingerprint": fingerprint(certificate)} if pinned else {"ca_path": ca_path}
        endpoint = Endpoint("127.0.0.1", USERNAME, PASSWORD, server.server_port, timeout=10, **trust)
        Transport(endpoint).post(PATH, BODY)
        ((asked, headers, _body, _client),) = proxy.seen
        assert asked == f"127.0.0.1:{server.server_port}"
        assert "Authorization" not in headers
        assert len(server.seen) == 1


def fingerprint(certificate):
    der = ssl.PEM_cert_to_DER_cert(certificate.cert_chain_pems[0].bytes().decode())
    return hashlib.sha256(der).hexdigest()


def test_a_proxy_is_not_used_when_it_is_switched_off(server, transport, proxy):
    transport(use_proxy=False).post(PATH, BODY)
    assert (len(server.seen), proxy.seen) == (1, [])


def test_a_proxy_is_not_used_for_the_hosts_that_are_excepted(server, transport, proxy, monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    transport().post(PATH, BODY)
    assert (len(server.seen), proxy.seen) == (1, [])


def test_a_proxy_that_is_not_there_means_never_sent(transport, monkeypatch):
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    assert not trouble(transport()).sent


def test_a_proxy_that_lets_no_one_through_means_never_sent(server, transport, monkeypatch):
    with serving("127.0.0.1", None) as refusing:
        refusing.lets_through = False
        monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{refusing.server_port}")
        error = trouble(transport())
    assert not error.sent
    assert "407" in str(error)
    assert server.seen == []


PROXY_USER, PROXY_PASSWORD = "proxy-user", "Secret-of-proxy-8wL"
PROXIES = (
    "http://{}:{}@127.0.0.1:9",
    "http://{}:{}@no-such-proxy.invalid:3128",
    "http://{}:{}@127.0.0.1:{}",
    "http://{}:{}@127.0.0.1:99999",
    "http://{}:{}@[::1",
    "http://{}:{}@",
    "http://{}:{}#@127.0.0.1:9",
    "http://{}:{}/@127.0.0.1:9",
    "http://{}:{}\u2100@127.0.0.1:9",
    "http://{}:{}%zz@127.0.0.1:9",
    "http:{}:{}@127.0.0.1:9",
    "socks9://{}:{}@127.0.0.1:9",
    "socks5://{}:{}@127.0.0.1:9",
    "gopher://{}:{}@127.0.0.1:9",
    "https://{}:{}@127.0.0.1:9",
    "{}:{}@127.0.0.1:9",
    "{}:{}",
)


@pytest.mark.parametrize("written", PROXIES)
def test_the_password_of_a_proxy_is_in_no_message(server, transport, monkeypatch, written):
    monkeypatch.setenv("https_proxy", written.format(PROXY_USER, PROXY_PASSWORD, PROXY_PASSWORD))
    error = trouble(transport())
    assert not error.sent
    for secret in (PROXY_PASSWORD, PROXY_PASSWORD.lower(), base64.b64encode(PROXY_PASSWORD.encode()).decode()):
        assert secret not in str(error)
    assert server.seen == []


@pytest.mark.parametrize("status", ["301 Moved Permanently", "302 Found", "307 Temporary Redirect"])
def test_a_redirect_is_not_followed_with_our_credentials(authority, server, transport, status):
    with serving("127.0.0.1", authority.issue_cert("127.0.0.1")) as elsewhere:
        location = f"Location: https://127.0.0.1:{elsewhere.server_port}{PATH}"
        server.reply = answer(b"", status, location)
        assert transport().post(PATH, BODY).status == int(status[:3])
        assert elsewhere.seen == []


@pytest.mark.parametrize("location", ["", "https://[::1", "gopher://127.0.0.1/", "https://127.0.0.1:99999/", "\xff"])
def test_a_redirect_to_nowhere_is_a_reply_like_any_other(server, transport, location):
    server.reply = answer(b"{}", "307 Temporary Redirect", f"Location: {location}")
    assert transport().post(PATH, BODY) == Reply(307, "{}")


# --- replies ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "text"),
    [("Größe".encode(), "Größe"), (b"\xff{}", "�{}"), (b"", "")],
)
def test_a_reply_is_text_whatever_its_bytes(server, transport, body, text):
    server.reply = answer(body)
    assert transport().post(PATH, BODY).text == text


@pytest.mark.parametrize(
    "reply",
    [
        b"",
        b"HTTP/1.1 2",
        b"no HTTP at all\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{",
        answer(b"no gzip", "200 OK", "Content-Encoding: gzip"),
    ],
)
def test_a_reply_that_breaks_off_or_cannot_be_read_may_have_been_applied(server, transport, reply):
    server.reply, server.hangs_up = reply, True
    assert trouble(transport()).sent


def test_no_one_listens(transport):
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        assert not trouble(transport(port=reserved.getsockname()[1])).sent


def test_time_runs_out(transport):
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        port = silent.getsockname()[1]
        with pytest.raises(NetworkTrouble, match=r"within 0\.1 s"):
            transport(port=port).post(PATH, BODY, timeout=0.1)


def test_a_server_that_never_gets_to_tls(transport):
    """It takes the connection, and no more: nothing was sent then."""
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        with pytest.raises(NetworkTrouble, match=r"no connection within 0\.1 s") as caught:
            transport(port=silent.getsockname()[1]).post(PATH, BODY, timeout=0.1)
        assert not caught.value.sent


@pytest.mark.parametrize("how", ["politely", "hard"])
@pytest.mark.parametrize("pinned", [False, True])
def test_a_server_that_hangs_up_instead_of_showing_its_certificate(transport, pinned, how):
    """A node that restarts, or a balancer without a node behind it. That says nothing about which server to trust."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()

        def hang_up():
            connection, _address = listening.accept()
            connection.recv(65536)
            if how == "hard":
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            connection.close()

        thread = threading.Thread(target=hang_up)
        thread.start()
        trust = {"cert_fingerprint": "AA" * 32} if pinned else {}
        assert not trouble(transport(port=listening.getsockname()[1], **trust)).sent
        thread.join()


HEADERS = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
UNTIL_CLOSED = b"HTTP/1.1 200 OK\r\n\r\n"


@pytest.mark.parametrize(
    ("at_once", "piece"),
    [
        (b"", b"H"),
        (b"HTTP/1.1 200 OK\r\n", b"X: y\r\n"),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        (HEADERS, b" "),
        (CHUNKED, b"1\r\n \r\n"),
        (CHUNKED + b"fff\r\n", b" "),
        (UNTIL_CLOSED, b" "),
        (b"HTTP/1.1 302 Found\r\nLocation: https://127.0.0.1/\r\n\r\n", b" "),
    ],
)
def test_a_reply_that_drips_for_ever_is_given_up(server, transport, at_once, piece):
    def drip(handler):
        handler.wfile.write(at_once)
        while not server.ended.wait(0.02):
            handler.wfile.write(piece)
            handler.wfile.flush()

    server.answer = drip
    began = time.monotonic()
    with pytest.raises(NetworkTrouble, match=r"no reply within 0\.3 s") as caught:
        transport().post(PATH, BODY, timeout=0.3)
    assert caught.value.sent
    assert time.monotonic() - began < 5


def test_a_reply_may_take_its_time_within_bounds(server, transport):
    """Each wait is below the time-out, and so is all that follows the first byte."""
    whole = answer(b"{}")

    def slow(handler):
        for piece in (whole[:5], whole[5:40], whole[40:]):
            server.ended.wait(0.3)
            handler.wfile.write(piece)
            handler.wfile.flush()

    server.answer = slow
    one = transport()
    for _number in range(2):
        assert one.post(PATH, BODY, timeout=0.8) == Reply(200, "{}")
    assert len(connections(server)) == 1


@pytest.mark.parametrize(
    ("start", "piece"), [(UNTIL_CLOSED, b" " * 65536), (CHUNKED, b"10000\r\n%b\r\n" % (b" " * 65536))]
)
def test_a_reply_without_end_is_given_up(server, transport, start, piece):
    def pour(handler):
        handler.wfile.write(start)
        with contextlib.suppress(OSError):
            while not server.ended.is_set():
                handler.wfile.write(piece)

    server.answer, server.hangs_up = pour, True
    with pytest.raises(EndlessReply, match="more than 1 MiB") as caught:
        transport(longest_reply=1024 * 1024).post(PATH, BODY)
    assert caught.value.sent


def test_what_a_server_says_in_place_of_a_reply_is_not_reported_at_length(server, transport):
    server.reply, server.hangs_up = b"x" * 60000 + b"\r\n\r\n", True
    assert len(str(trouble(transport()))) < 1000
