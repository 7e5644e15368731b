"""Slow clients, floods and half requests against a real server on loopback, with short limits."""

import asyncio
import contextlib
import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
import uvloop
from msgspec.structs import replace

from whocut.publish.edition.edition import Edition
from whocut.publish.site import serving
from whocut.publish.site.app import make_app
from whocut.publish.site.connections import Limits
from whocut.publish.site.page import Asked, Page, PageRoute
from whocut.publish.site.serving import make_server

_NO_PARTS: Any = None
_LIMITS = Limits(
    head_seconds=0.5,
    body_seconds=0.7,
    answer_seconds=1.5,
    flush_seconds=0.5,
    idle_seconds=1,
    n_piped=4,
    n_served=20,
    n_open=30,
)
_PATIENCE = 60.0


def _edition() -> Edition:
    return Edition("e" * 16, date(2026, 3, 1), _NO_PARTS, _NO_PARTS, _NO_PARTS, _NO_PARTS)


def _view(asked: Asked) -> Page:
    words = asked.query.get("q", "") if asked.form is None else asked.form.get("q", "")
    return Page("fault.html", "trial", {"reason": words})


def _large(_asked: Asked) -> Page:
    return Page("fault.html", "large", {"reason": "x" * 30_000_000})


_ROUTES = (
    PageRoute("/trial", _view, "trial", takes_form=True),
    PageRoute("/large", _large, "large"),
)


class _Running:
    """A server in a thread of its own."""

    def __init__(self, routes: tuple[PageRoute, ...], limits: Limits) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.server = make_server(make_app(_edition, routes=routes), limits)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        while not self.server.started:
            assert self._thread.is_alive()
            time.sleep(0.01)

    def _run(self) -> None:
        uvloop.run(self.server._serve([self._listener]))

    def stop(self) -> None:
        self.server.should_exit = True
        self._thread.join(10)
        self._listener.close()

    @property
    def n_open(self) -> int:
        return len(self.server.server_state.connections)


@pytest.fixture
def running() -> Iterator[_Running]:
    """A server with short limits."""
    one = _Running(_ROUTES, _LIMITS)
    yield one
    one.stop()


def _connect(running: _Running) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", running.port), timeout=_PATIENCE)
    connection.settimeout(_PATIENCE)
    return connection


def _rest(connection: socket.socket) -> bytes:
    """Read until the server closes."""
    found = bytearray()
    with contextlib.suppress(ConnectionResetError):
        while part := connection.recv(65536):
            found += part
    return bytes(found)


def _asked(running: _Running, sent: bytes) -> bytes:
    with _connect(running) as connection:
        # The server may close before all is sent: that is what is tested.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            connection.sendall(sent)
        return _rest(connection)


def _is_well(running: _Running) -> bool:
    answer = _asked(running, b"GET /trial HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
    return answer.startswith(b"HTTP/1.1 200 ")


def test_a_plain_request_is_answered(running):
    assert _is_well(running)


def test_a_head_that_does_not_end_is_cut_off_in_time(running):
    begun = time.monotonic()
    with _connect(running) as connection:
        connection.sendall(b"GET /trial HTTP/1.1\r\nhost: x\r\n")
        answer = _rest(connection)
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert 0.4 < time.monotonic() - begun < 2


@pytest.mark.parametrize("drop", [b"x-a: b\r\n", b"\r\n"])
def test_a_client_that_sends_drop_by_drop_is_cut_off_as_well(running, drop):
    begun = time.monotonic()
    with _connect(running) as connection:
        if drop != b"\r\n":
            connection.sendall(b"GET /trial HTTP/1.1\r\n")
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            while time.monotonic() - begun < _PATIENCE:
                connection.sendall(drop)
                time.sleep(0.05)
    assert time.monotonic() - begun < 3
    assert _is_well(running)


def test_empty_lines_after_an_answer_keep_no_connection_open(running):
    with _connect(running) as connection:
        connection.sendall(b"GET /trial HTTP/1.1\r\nhost: x\r\n\r\n")
        assert connection.recv(65536).startswith(b"HTTP/1.1 200 ")
        begun = time.monotonic()
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            while time.monotonic() - begun < _PATIENCE:
                connection.sendall(b"\r\n")
                time.sleep(0.1)
        assert time.monotonic() - begun < 3


def test_a_connection_that_says_nothing_is_closed(running):
    begun = time.monotonic()
    with _connect(running) as connection:
        assert _rest(connection) == b""
    assert time.monotonic() - begun < 2


def test_a_body_that_does_not_come_is_not_waited_for(running):
    head = (
        b"POST /trial HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n"
        b"content-type: application/x-www-form-urlencoded\r\n\r\nq="
    )
    begun = time.monotonic()
    with _connect(running) as connection:
        connection.sendall(head)
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            while time.monotonic() - begun < _PATIENCE:
                connection.sendall(b"a")
                time.sleep(0.1)
    assert time.monotonic() - begun < 3
    assert _is_well(running)


def test_a_client_that_does_not_read_is_let_go(running):
    with _connect(running) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.sendall(b"GET /large HTTP/1.1\r\nhost: x\r\n\r\n")
        connection.recv(100)
        begun = time.monotonic()
        while running.n_open and time.monotonic() - begun < _PATIENCE:
            time.sleep(0.05)
        assert running.n_open == 0


def test_a_connection_that_asks_no_more_is_closed(running):
    begun = time.monotonic()
    with _connect(running) as connection:
        connection.sendall(b"GET /trial HTTP/1.1\r\nhost: x\r\n\r\n")
        assert b"HTTP/1.1 200 " in _rest(connection)
    assert 0.8 < time.monotonic() - begun < 3


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"GET /trial?q=" + b"a" * 1_000_000 + b" HTTP/1.1\r\nhost: x\r\n\r\n", b"414"),
        (b"GET /trial?q=" + b"a" * 9_000 + b" HTTP/1.1\r\nhost: x\r\n\r\n", b"414"),
        (b"GET /" + b"a" * 40_000, b"414"),
        (b"GET /trial HTTP/1.1\r\n" + b"x-a: b\r\n" * 100 + b"\r\n", b"431"),
        (b"GET /trial HTTP/1.1\r\nx-a: " + b"b" * 50_000 + b"\r\n\r\n", b"431"),
        (b"GET /trial HTTP/1.1\r\n" + b"x-a: b\r\n" * 200_000, b"431"),
        (b"\x16\x03\x01\x02\x00\x01\x00", b"400"),
        (b"NONSENSE\r\n\r\n", b"400"),
        (b"GET /trial\xff HTTP/1.1\r\nhost: x\r\n\r\n", b"400"),
        (b"GET trial HTTP/1.1\r\nhost: x\r\n\r\n", b"400"),
        (
            b"GET /trial HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\n"
            b"transfer-encoding: chunked\r\n\r\n",
            b"400",
        ),
    ],
)
def test_floods_and_nonsense_are_refused_and_the_server_goes_on(running, sent, status):
    answer = _asked(running, sent)
    # A client that is still sending when it is refused may see its own reset alone.
    assert answer[9:12] == status or (len(sent) > 200_000 and answer == b"")
    assert _is_well(running)


def test_a_body_without_end_ends_the_connection(running):
    head = b"POST /trial HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n"
    chunk = b"10000\r\n" + b"a" * 65536 + b"\r\n"
    begun = time.monotonic()
    sent = 0
    with _connect(running) as connection:
        connection.sendall(head)
        with contextlib.suppress(BrokenPipeError, ConnectionResetError, TimeoutError):
            while time.monotonic() - begun < _PATIENCE:
                connection.sendall(chunk)
                sent += len(chunk)
    assert time.monotonic() - begun < 4
    assert sent < 100_000_000
    assert _is_well(running)


def test_a_form_too_large_is_told_so(running):
    body = b"q=" + b"a" * 70_000
    head = (
        b"POST /trial HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: %d\r\n"
        b"content-type: application/x-www-form-urlencoded\r\n\r\n" % len(body)
    )
    assert _asked(running, head + body).startswith(b"HTTP/1.1 413 ")


def test_requests_one_behind_another_are_answered_and_a_pile_of_them_is_not(running):
    one = b"GET /trial HTTP/1.1\r\nhost: x\r\n\r\n"
    last = b"GET /trial HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"
    assert _asked(running, one * 2 + last).count(b"HTTP/1.1 200 ") == 3
    assert _asked(running, one * 1000).count(b"HTTP/1.1 200 ") < 10
    assert _is_well(running)


@pytest.fixture
def patient() -> Iterator[_Running]:
    """A server that waits for heads, so that those who say nothing stay."""
    one = _Running(_ROUTES, replace(_LIMITS, head_seconds=_PATIENCE, idle_seconds=60))
    yield one
    one.stop()


def _wait_until(is_so: Callable[[], bool]) -> None:
    until = time.monotonic() + _PATIENCE
    while not is_so():
        assert time.monotonic() < until
        time.sleep(0.01)


def test_more_connections_than_are_served_are_told_to_come_back(patient):
    running = patient
    held = [_connect(running) for _ in range(_LIMITS.n_served)]
    _wait_until(lambda: running.n_open == _LIMITS.n_served)
    answer = _asked(running, b"GET /ru/trial HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 503 ")
    assert b"retry-after: 60" in answer
    assert b'<html lang="ru"' in answer
    more = [_connect(running) for _ in range(20)]
    unheard = _LIMITS.n_served + len(more) - _LIMITS.n_open
    for connection in more[-unheard:]:
        assert _rest(connection) == b""
    assert running.n_open <= _LIMITS.n_open
    for connection in (*held, *more):
        connection.close()
    _wait_until(lambda: running.n_open == 0)
    assert _is_well(running)


def test_no_log_tells_who_asked_for_what(running, capfd, caplog):
    caplog.set_level(logging.DEBUG)
    serving._log_faults_alone()
    _asked(running, b"GET /trial?q=example.org HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
    _asked(running, b"NONSENSE\r\n\r\n")
    said = "".join(capfd.readouterr()) + caplog.text
    assert "example.org" not in said
    assert "127.0.0.1" not in said


def test_a_shower_of_half_requests_leaves_nothing_behind(running):
    async def drop(n: int) -> None:
        with contextlib.suppress(OSError):
            _, writer = await asyncio.open_connection("127.0.0.1", running.port)
            writer.write(b"GET /trial HTTP/1.1\r\nhost: x\r\n\r\n"[: n % 38])
            await writer.drain()
            writer.transport.abort()

    async def shower() -> None:
        for start in range(0, 400, 20):
            await asyncio.gather(*(drop(start + n) for n in range(20)))

    asyncio.run(shower())
    begun = time.monotonic()
    while running.n_open and time.monotonic() - begun < _PATIENCE:
        time.sleep(0.05)
    assert running.n_open == 0
    assert _is_well(running)
