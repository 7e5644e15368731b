"""The clock and the notebook of one measurement: every step appends to it."""

import threading
import time

from msgspec import Struct

from whocut.probe.records import Connect, Exchange, Handshake, NetworkEvent, Query

__all__ = ["Span", "Trace"]


class Span(Struct, frozen=True):
    """One endpoint's steps belong together by transaction id and tags."""

    transaction_id: int
    tags: list[str]


class Trace:
    """What one measurement saw so far; endpoints run in parallel and append to the same lists."""

    def __init__(self) -> None:
        self._zero = time.monotonic()
        self._lock = threading.Lock()
        self._next_id = 0
        self.queries: list[Query] = []
        self.connects: list[Connect] = []
        self.handshakes: list[Handshake] = []
        self.exchanges: list[Exchange] = []
        """In order of asking."""
        self.events: list[NetworkEvent] = []

    def now(self) -> float:
        """Read the time since the measurement's start, in seconds."""
        return round(time.monotonic() - self._zero, 6)

    def span(self, depth: int) -> Span:
        """Begin the steps of one more endpoint; ``depth`` counts redirects."""
        with self._lock:
            self._next_id += 1
            return Span(self._next_id, [f"depth={depth}"])

    def note(
        self,
        span: Span,
        operation: str,
        began: float,
        *,
        failure: str | None = None,
        address: str = "",
        num_bytes: int = 0,
    ) -> None:
        """Append one network event that began at ``began`` and ends now."""
        self.events.append(
            NetworkEvent(
                operation=operation,
                t0=began,
                t=self.now(),
                transaction_id=span.transaction_id,
                tags=span.tags,
                failure=failure,
                address=address,
                num_bytes=num_bytes,
                proto="tcp" if address else "",
            )
        )
