"""Connections with a clock and a scale: slow clients are cut, floods refused, nobody is noted.

uvicorn's own protocol reads a head for as long as a client cares to send one. Here each part of a
request has its time: the head, the body, the answer, and the emptying of what was answered.
"""

import asyncio
from http import HTTPStatus
from typing import Final

from msgspec import Struct
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from whocut.publish.site.bounds import MOST_FORM_BYTES, MOST_QUERY_BYTES

__all__ = ["BUSY", "Limits", "TimedProtocol", "protocol_within"]

BUSY: Final = "whocut.busy"
"""Extension of a scope: there are more connections than are served; the answer is 503."""


class Limits(Struct, frozen=True):
    """What one connection may take. All provisional: no attack was seen yet, only made in tests."""

    head_seconds: float = 10.0
    """From the first byte of a request, or from the connection, to the end of its head."""
    body_seconds: float = 20.0
    answer_seconds: float = 60.0
    """From the end of a request to the end of its answer, as far as the client takes it."""
    flush_seconds: float = 30.0
    """For what stands in the buffer when a connection closes."""
    idle_seconds: int = 5
    url_bytes: int = 2 * MOST_QUERY_BYTES
    head_bytes: int = 32_768
    n_headers: int = 64
    body_bytes: int = 2 * MOST_FORM_BYTES
    """What is read of a body before the connection closes; forms are bounded by the site itself."""
    n_piped: int = 16
    """Requests of one connection that wait for the one before."""
    n_served: int = 500
    """Connections at once; one more is told to come back."""
    n_open: int = 1000
    """Connections at once; one more is closed unheard."""


def protocol_within(limits: Limits) -> type["TimedProtocol"]:
    """Make the protocol of some limits, as uvicorn wants it: a class."""

    class Within(TimedProtocol):
        within = limits

    return Within


class TimedProtocol(HttpToolsProtocol):
    """uvicorn's protocol, with limits."""

    within: Limits = Limits()
    _timer: asyncio.TimerHandle | None = None
    _waits_for: str = ""
    _head_bytes: int = 0
    _body_bytes: int = 0
    _is_refused: bool = False

    # What the transport says

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a connection."""
        super().connection_made(transport)
        if len(self.connections) > self.within.n_open:
            transport.abort()
            return
        self._wait_for("head", self.within.head_seconds)

    def connection_lost(self, exc: Exception | None) -> None:
        """Let a connection go."""
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on, unless this connection was refused already."""
        if self._is_refused or self.transport.is_closing():
            return
        super().data_received(data)
        if self._is_refused or self.transport.is_closing():
            return
        if self._is_between():
            # Also what is no request yet, such as empty lines, is on the clock of a head.
            if self._waits_for != "head":
                self._wait_for("head", self.within.head_seconds)
            self._head_bytes += len(data)
            if self._head_bytes > self.within.head_bytes:
                self._refuse(414 if not self.headers else 431)

    def _is_between(self) -> bool:
        return self._waits_for in ("head", "")

    # What the parser says

    def on_message_begin(self) -> None:
        """Begin a head."""
        super().on_message_begin()
        if self._waits_for != "head" and not self._is_refused:
            self._wait_for("head", self.within.head_seconds)

    def on_headers_complete(self) -> None:
        """Judge a head before anything is done with it, and put the body on its own clock."""
        if self._is_refused:
            return
        self._head_bytes = self._body_bytes = 0
        n_bytes = sum(len(name) + len(value) for name, value in self.headers)
        if len(self.url) > self.within.url_bytes:
            self._refuse(414)
        elif len(self.headers) > self.within.n_headers or n_bytes > self.within.head_bytes:
            self._refuse(431)
        elif len(self.pipeline) >= self.within.n_piped:
            self._refuse(429)
        else:
            if len(self.connections) > self.within.n_served:
                self.scope["extensions"] = {BUSY: {}}
            self._wait_for("body", self.within.body_seconds)
            super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Take a part of a body; a body without end ends the connection."""
        if self._is_refused:
            return
        self._body_bytes += len(body)
        if self._body_bytes > self.within.body_bytes:
            self._is_refused = True
            self._close()
            return
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Put the answer on its clock."""
        if self._is_refused:
            return
        if self.cycle.response_complete:
            # Answered before it was sent to its end (too large); the next head may come.
            self._stop_waiting()
        else:
            self._wait_for("answer", self.within.answer_seconds)
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """Wait for the next request, or for the rest of one that is answered already."""
        if self._waits_for == "answer":
            self._stop_waiting()
        super().on_response_complete()
        if self.transport.is_closing():
            self._close()
        elif self.pipeline or (self.cycle is not None and not self.cycle.response_complete):
            self._wait_for("answer", self.within.answer_seconds)

    def timeout_keep_alive_handler(self) -> None:
        """Close a connection that asks for nothing more."""
        self._close()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - uvicorn's own name
        """Refuse what is no HTTP."""
        self._refuse(400)

    # Clocks and refusals

    def _wait_for(self, what: str, seconds: float) -> None:
        self._stop_waiting()
        self._waits_for = what
        self._timer = self.loop.call_later(seconds, self._too_slow)

    def _stop_waiting(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer, self._waits_for = None, ""

    def _too_slow(self) -> None:
        self._timer = None
        is_asked = self._waits_for == "head" and self._head_bytes > 0
        if is_asked and (self.cycle is None or self.cycle.response_complete):
            self._refuse(408)
        else:
            self.transport.abort()

    def _refuse(self, status: int) -> None:
        """Say why in one line; an answer that another request still waits for goes lost."""
        self._is_refused = True
        if self.cycle is None or self.cycle.response_complete:
            self.transport.write(_refusal(status))
        self._close()

    def _close(self) -> None:
        self._stop_waiting()
        if not self.transport.is_closing():
            self.transport.close()
        # Closing waits until the client has taken what was written, which it may never do.
        self._timer = self.loop.call_later(self.within.flush_seconds, self.transport.abort)


def _refusal(status: int) -> bytes:
    phrase = HTTPStatus(status).phrase
    body = f"{status} {phrase}\n".encode()
    head = (
        f"HTTP/1.1 {status} {phrase}\r\n"
        "content-type: text/plain; charset=utf-8\r\n"
        "x-content-type-options: nosniff\r\n"
        "cache-control: no-store\r\n"
        f"content-length: {len(body)}\r\n"
        "connection: close\r\n\r\n"
    )
    return head.encode() + body
