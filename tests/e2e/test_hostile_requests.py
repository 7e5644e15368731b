"""Hostile requests on sockets, to a real server: refused or answered; no fault, and no hang."""

from __future__ import annotations

import contextlib
import http.client
import select
import socket
import threading
import time
from typing import TYPE_CHECKING
from urllib.parse import quote_from_bytes, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.e2e.hostile_world import DOMAINS
from whocut.publish.site.connections import Limits
from whocut.publish.site.pages.registry import page_routes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.e2e.hostile_world import World

_PATIENCE_S = 60.0
"""Longer than the server waits for a head; who gets no answer by then was let hang."""
_LONGEST_S = 90.0
"""So long a slow client goes on, if it is not let go."""
_FORM = "content-type: application/x-www-form-urlencoded"


def _connect(hostile: World) -> socket.socket:
    parts = urlsplit(hostile.base)
    assert parts.hostname
    assert parts.port
    connection = socket.create_connection((parts.hostname, parts.port), timeout=_PATIENCE_S)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def _told(hostile: World, sent: bytes, *, is_all: bool = False) -> bytes:
    """Send bytes; give all that comes back until the server closes. ``is_all``: no more will come.

    Raises: TimeoutError if it neither answers nor closes.
    """
    found = bytearray()
    with _connect(hostile) as connection:
        # A refusal may come before all is sent, and the rest then goes nowhere.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            connection.sendall(sent)
            if is_all:
                connection.shutdown(socket.SHUT_WR)
        with contextlib.suppress(ConnectionResetError):
            while part := connection.recv(65536):
                found += part
    return bytes(found)


def _asked(
    hostile: World, target: bytes | str, method: str = "GET", *heads: str, body: bytes = b""
) -> tuple[int, dict[str, str], bytes]:
    """Ask with any bytes for an address; status 0: closed without a word."""
    line = target if isinstance(target, bytes) else target.encode()
    sent = b"\r\n".join(
        [
            method.encode() + b" " + line + b" HTTP/1.1",
            *(b"host: x", b"connection: close"),
            *(head.encode("latin-1") for head in heads),
            *(b"", body),
        ]
    )
    answer = _told(hostile, sent)
    head, _, rest = answer.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    pairs = (one.partition(":") for one in lines)
    headers = {name.lower(): value.strip() for name, _, value in pairs}
    return int(first.split(" ")[1]) if first else 0, headers, rest


def _is_well(hostile: World) -> float:
    """Read a page as anybody does, and give how long that took."""
    begun = time.monotonic()
    status, _, body = _asked(hostile, "/about")
    assert status == 200
    assert b"<h1>" in body
    return time.monotonic() - begun


_TOO_LONG = b"/search?q=" + b"a" * 1_000_000
TARGETS: list[tuple[bytes | str, set[int]]] = [
    ("/search?q=%3Cscript%3Ealert(1)%3C/script%3E", {200}),
    ("/search?q=<script>alert(1)</script>", {200, 400}),
    ("/d/<svg onload=alert(1)>", {400}),
    ("/d/<svg/onload=alert(1)>", {404}),
    ("/c/%00", {400}),
    ("/c/RU%00", {400}),
    ("/c/RU%0d%0aSet-Cookie:%20a=b", {400}),
    ("/search?q=github.com%0d%0aSet-Cookie:%20a=b", {400}),
    ("/search?q=%e2%80%ae&q=%00", {400}),
    ("/who/../../etc/passwd", {404}),
    ("/who/..%2f..%2fetc%2fpasswd", {404}),
    ("/who/%252e%252e%252fetc%252fpasswd", {404}),
    ("/static/../../../pyproject.toml", {404}),
    ("/static/..%2fapp.py", {404}),
    ("/static/%2e%2e%5capp.py", {404}),
    ("/methods/..%2f..%2fthreat-model", {404}),
    ("/methods/../threat-model", {404}),
    ("/f/..%2f..%2fx.json", {404}),
    ("/law/%2fetc%2fpasswd", {404}),
    (b"/who/%c0%ae%c0%ae%c0%af", {400}),  # overlong UTF-8 of ../
    (b"/c/%f8%88%80%80%af", {400}),
    (b"/c/%ed%a0%80", {400}),  # half of a surrogate pair
    (b"/c/\xff\xfe", {400}),
    (b"/c/%zz%", {400, 404}),
    ("/c/%u0041", {404}),
    (b"/search?q=%c0%bcscript%c0%be", {400}),
    (b"/search?q=\xff", {400}),
    ("//evil.example/", {200, 404}),
    ("//evil.example/c/RU", {200, 404}),
    ("/%2f%2fevil.example", {404}),
    ("/fr//evil.example", {404}),
    ("/\\evil.example", {404}),
    ("/search?q=//evil.example/", {200}),
    ("/search?q=https://evil.example//../", {200}),
    ("http://evil.example/about", {200, 400, 404}),
    ("*", {400, 404}),
    ("about", {400}),
    ("", {400}),
    (_TOO_LONG, {0, 414}),
    (b"/" + b"a" * 5_000, {404, 414}),
    (b"/c/" + b"%41" * 2_000, {414}),
    (b"/ledger?" + b"&".join(b"a%d=1" % n for n in range(10_000)), {0, 414}),
    (b"/ledger?" + b"&" * 8_000, {200, 400}),
    (b"/ledger?" + b"&".join(b"a%d=1" % n for n in range(41)), {400}),
    (b"/ledger?" + b"page=2&" * 40, {200, 400}),
    ("/ledger?page=99999999999999999999", {200}),
    ("/ledger?page=-1&since=%D9%A1%D9%A2&until=9999-99-99", {200}),
    ("/ledger.csv?after=-1", {200}),
    ("/ledger.json?after=%C2%B2", {200}),
    ("/whatif/RU?leave=" + "1+" * 3_000, {200}),
    ("/whatif/RU?leave=99999999999999999999&mode=constructor", {200}),
    ("/as/0", {404}),
    ("/as/%C2%B2", {404}),
    ("/as/99999999999999999999", {404}),
    ("/as/-174", {404}),
    ("/as/174.0", {404}),
    ("/c/ru", {308}),
    ("/c/%EF%BC%B2%EF%BC%B5", {404}),
    ("/d/[::1%25<script>]", {308}),
    ("/d/%5B::1%2525%D0%B6%5D", {308}),
    ("/d/" + "a." * 400 + "example", {404}),
    ("/f/x@y@z", {404}),
    ("/rules/__proto__", {404}),
    ("/search?q=" + "%F0%9F%92%A9" * 300, {200}),
    ("/search?q=" + "%CC%81" * 1000, {200}),
    ("/search?q=%22%20OR%201=1--", {200}),
    ("/ledger?q=%22*%20NEAR(%22a%22%20%22b%22)%20-x%20^y", {200}),
    ("/ledger?q=%27;DROP%20TABLE%20finding;--", {200}),
]


def _id_of(target: bytes | str) -> str:
    text = target.decode("latin-1") if isinstance(target, bytes) else target
    return "".join(one if one.isascii() and one.isprintable() else "?" for one in text[:40])


@pytest.mark.parametrize(
    ("target", "allowed"), TARGETS, ids=[f"{n}-{_id_of(one[0])}" for n, one in enumerate(TARGETS)]
)
def test_hostile_addresses(hostile: World, target: bytes | str, allowed: set[int]) -> None:
    status, headers, body = _asked(hostile, target)
    assert status in allowed
    assert "set-cookie" not in headers
    assert "location" not in headers or headers["location"].startswith(("/c/", "/d/"))
    assert b"<script>alert" not in body
    assert b"root:" not in body
    _is_well(hostile)


HEADS: list[tuple[str, tuple[str, ...], bytes, set[int]]] = [
    ("GET", ("host: evil.example", "x-forwarded-host: evil.example"), b"", {200, 400}),
    ("GET", ("x-forwarded-for: <script>",), b"", {200}),
    ("GET", ("accept-language: " + "x," * 4_000,), b"", {200}),
    ("GET", ("accept-encoding: " + ",".join(["br;q=0"] * 500),), b"", {200}),
    ("GET", ("if-none-match: " + '"a",' * 5_000,), b"", {200}),
    ("GET", ("cookie: " + "a" * 40_000,), b"", {431}),
    ("GET", tuple(f"x-{n}: y" for n in range(100)), b"", {431}),
    ("GET", ("x: \xff\xfe", "range: bytes=0-0,-1"), b"", {200, 400}),
    ("GET", ("bad header",), b"", {400}),
    ("GET", ("x:\x00y",), b"", {400}),
    ("GET", ("upgrade: websocket", "sec-websocket-key: x"), b"", {200}),
    ("GET", ("upgrade: h2c", "http2-settings: x"), b"", {200}),
    ("GET", ("content-length: 5",), b"abcde", {200}),
    ("GET", ("content-length: -5",), b"", {400}),
    ("GET", ("content-length: 1", "content-length: 2"), b"ab", {400}),
    ("GET", ("content-length: 1", "transfer-encoding: chunked"), b"0\r\n\r\n", {400}),
    ("GET", ("transfer-encoding: chunked",), b"FFFFFFFFFFFFFFFFF\r\n", {0, 200, 400}),
    ("GET", ("transfer-encoding: gzip, chunked",), b"0\r\n\r\n", {200, 400}),
    ("POST", (), b"", {405}),
    ("PUT", ("content-length: 1",), b"a", {405}),
    ("DELETE", (), b"", {405}),
    ("TRACE", (), b"", {405}),
    ("OPTIONS", (), b"", {204, 405}),
    ("CONNECT", (), b"", {0, 400, 404, 405}),
    ("PROPFIND", (), b"", {405}),
    ("GET\x00", (), b"", {400}),
    ("gET", (), b"", {400, 405}),
]


@pytest.mark.parametrize(
    ("method", "heads", "body", "allowed"), HEADS, ids=[str(n) for n in range(len(HEADS))]
)
def test_hostile_heads(
    hostile: World, method: str, heads: tuple[str, ...], body: bytes, allowed: set[int]
) -> None:
    status, headers, answer = _asked(hostile, "/about", method, *heads, body=body)
    assert status in allowed
    assert b"evil.example" not in answer
    assert "evil.example" not in str(headers)
    _is_well(hostile)


FORMS: list[tuple[tuple[str, ...], bytes, set[int]]] = [
    ((_FORM,), b"", {200, 422}),
    ((_FORM,), b"service=%00&country=RU", {400}),
    ((_FORM,), b"service=\xff", {400}),
    ((_FORM,), b"service=%c0%bc", {400}),
    ((_FORM,), b"service=" + b"a" * 60_000, {200, 422}),
    ((_FORM,), b"service=" + b"a" * 70_000, {413}),
    ((_FORM,), b"&".join(b"a%d=1" % n for n in range(5_000)), {400}),
    ((_FORM, "sec-fetch-site: cross-site"), b"service=a", {403}),
    (("content-type: multipart/form-data; boundary=x",), b"--x--", {415}),
    (("content-type: text/xml",), b"<!DOCTYPE x [<!ENTITY y SYSTEM 'file:///etc/passwd'>]>", {415}),
    (("content-type: application/json",), b"{" * 10_000, {415}),
    ((), b"service=a", {415}),
    ((_FORM, "content-encoding: gzip"), b"\x1f\x8b\x08", {200, 400, 415, 422}),
]


@pytest.mark.parametrize("path", ["/is-it-me", "/desk/report", "/desk/reply"])
@pytest.mark.parametrize("number", range(len(FORMS)))
def test_hostile_forms(hostile: World, path: str, number: int) -> None:
    heads, body, allowed = FORMS[number]
    length = f"content-length: {len(body)}"
    status, headers, _ = _asked(hostile, path, "POST", *heads, length, body=body)
    assert status in allowed
    assert headers.get("cache-control") == "no-store"


# Slow clients: begun together, so that the test waits for the slowest alone.


class _Slow(threading.Thread):
    """One slow client, and after how many seconds the server had enough of it."""

    def __init__(self, hostile: World, head: bytes, drop: bytes, every_s: float) -> None:
        super().__init__(daemon=True)
        self._connection = _connect(hostile)
        self._head, self._drop, self._every_s = head, drop, every_s
        self.answer = b""
        self.seconds = 0.0
        self.start()

    def run(self) -> None:
        begun = time.monotonic()
        with self._connection as connection, contextlib.suppress(OSError):
            connection.sendall(self._head)
            while time.monotonic() - begun < _LONGEST_S:
                if select.select([connection], [], [], self._every_s)[0]:
                    part = connection.recv(65536)
                    self.answer += part
                    if not part:
                        break
                else:
                    connection.sendall(self._drop)
        self.seconds = time.monotonic() - begun


def _crowd(hostile: World, held: contextlib.ExitStack) -> tuple[list[_Slow], list[_Slow]]:
    """Open 220 connections: slow heads, slow bodies, and such as say or read nothing."""
    form = f"POST /is-it-me HTTP/1.1\r\nhost: x\r\n{_FORM}\r\ncontent-length: 5000\r\n\r\n"
    before = hostile.n_open()
    slow = [_Slow(hostile, b"GET /about HTTP/1.1\r\n", b"x", 1.0) for _ in range(20)]
    slow += [_Slow(hostile, b"", b"\r\n", 1.0) for _ in range(20)]
    bodies = [_Slow(hostile, form.encode(), b"a", 1.0) for _ in range(20)]
    for n in range(160):
        connection = held.enter_context(_connect(hostile))
        if n % 4 == 0:
            # These ask for much, and read nothing.
            connection.sendall(b"GET /ledger.csv HTTP/1.1\r\nhost: x\r\n\r\n" * 8)
    until = time.monotonic() + Limits().head_seconds
    while hostile.n_open() < before + 200 and time.monotonic() < until:
        time.sleep(0.01)
    assert hostile.n_open() >= before + 200
    return slow, bodies


def _waits(hostile: World) -> list[float]:
    """Read ten times, and give how long each took."""
    times = []
    for _ in range(10):
        times.append(_is_well(hostile))
        time.sleep(0.05)
    return times


def test_slow_clients_are_let_go_while_readers_are_served(hostile: World) -> None:
    limits = Limits()
    before = hostile.n_open()
    with contextlib.ExitStack() as held:
        slow, bodies = _crowd(hostile, held)
        times = _waits(hostile)
        assert sorted(times)[len(times) // 2] < 0.5
        assert max(times) < 1.0
        for one in (*slow, *bodies):
            one.join(_LONGEST_S + 10)
            assert not one.is_alive()
        # Those who read nothing still hold their end: the server has let go of its own.
        assert hostile.n_open() < before + 10
    assert {one.answer[9:12] for one in slow[:20]} == {b"408"}
    assert all(limits.head_seconds - 1 <= one.seconds < limits.head_seconds + 8 for one in slow)
    assert all(limits.body_seconds - 1 <= one.seconds < limits.body_seconds + 8 for one in bodies)
    assert {one.answer for one in bodies} == {b""}


def test_a_reader_comes_through_two_hundred_idle_connections(hostile: World) -> None:
    with contextlib.ExitStack() as held:
        for _ in range(200):
            held.enter_context(_connect(hostile))
        assert max(_waits(hostile)) < 1.0


# Whatever is sent

_SETTINGS = settings(
    max_examples=6 * settings.default.max_examples,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
_BEGINNINGS = [
    *(b"", b"GET ", b"GET / HTTP/1.1\r\n", b"POST /is-it-me HTTP/1.1\r\nhost: x\r\n", b"\r\n\r\n"),
    *(b"GET /c/RU HTTP/1.1\r\nhost: x\r\n\r\n", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"HEAD /"),
    b"POST /desk/report HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n",
]


def _statuses(answer: bytes) -> list[int]:
    lines = [one for one in answer.split(b"\r\n") if one.startswith(b"HTTP/1.1 ")]
    return [int(one[9:12]) for one in lines]


@_SETTINGS
@given(beginning=st.sampled_from(_BEGINNINGS), sent=st.binary(max_size=400))
def test_no_bytes_break_the_server(hostile: World, beginning: bytes, sent: bytes) -> None:
    for status in _statuses(_told(hostile, beginning + sent, is_all=True)):
        assert status < 500


_ROUTES = sorted({route.path for route in page_routes()})
_PIECE = st.one_of(
    st.text(max_size=30).map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.binary(max_size=12),
    st.sampled_from(
        [
            *(
                b"RU",
                b"ru",
                b"XA",
                b"EU",
                b"cogent",
                b"174",
                b"0",
                b"-1",
                b"2",
                b"\xc2\xb2",
                b"1e9",
            ),
            *(b"2022-03-cogent-ru", b"eu-2022-263", b"..", b".", b"", b"x.json", b"a@b", b"::1"),
            *(domain.encode() for domain in DOMAINS),
        ]
    ),
)
_NAMES = st.sampled_from(
    [
        *("q", "page", "a", "b", "leave", "mode", "year", "kind", "call", "country", "actor"),
        *("since", "until", "grade", "sort", "after", "order", "by", "single", "status", "answer"),
        *("class", "about", "service", "sector", "layer", "action", "ground", "actor_kind", "x"),
    ]
)


@_SETTINGS
@given(
    route=st.sampled_from(_ROUTES),
    language=st.sampled_from(["", "/fr", "/ru"]),
    pieces=st.lists(_PIECE, min_size=2, max_size=2),
    query=st.lists(st.tuples(_NAMES, _PIECE), max_size=5),
)
def test_no_address_breaks_the_server(
    hostile: World,
    route: str,
    language: str,
    pieces: list[bytes],
    query: list[tuple[str, bytes]],
) -> None:
    values = iter(pieces)
    path = "/".join(
        quote_from_bytes(next(values), safe="") if part.startswith("{") else part
        for part in route.split("/")
    )
    asked = "&".join(f"{name}={quote_from_bytes(value)}" for name, value in query)
    target = f"{language}{path}?{asked}".encode()
    status, headers, body = _asked(hostile, target)
    assert status in (200, 303, 308, 400, 404, 414)
    assert "set-cookie" not in headers
    assert "location" not in headers or not headers["location"].startswith(("//", "/\\"))
    if headers.get("content-type", "").startswith("text/html"):
        assert b"<img" not in body
        assert b"<script>" not in body


def test_a_connection_may_ask_for_much_one_after_another(hostile: World) -> None:
    connection = http.client.HTTPConnection(urlsplit(hostile.base).netloc, timeout=_PATIENCE_S)
    for target, _ in TARGETS[:20]:
        if isinstance(target, bytes) or any(one in target for one in " <"):
            continue
        connection.request("GET", target)
        answer = connection.getresponse()
        answer.read()
        assert answer.status < 500
    connection.close()


@pytest.fixture(autouse=True)
def _no_fault_is_told(hostile: World) -> Iterator[None]:
    before = len(hostile.faults_told())
    yield
    assert hostile.faults_told()[before:] == []
