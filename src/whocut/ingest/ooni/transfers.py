"""Sum a connection's network events: what came, when it was asked for, when it came."""

from typing import Final

from whocut.ingest.ooni.observations import failure_string
from whocut.ingest.ooni.wire import WireEvent
from whocut.model.observation import TransferObservation

__all__ = ["summarise_transfers"]

_LAST_INT64: Final = 2**63 - 1
_TICKET_BYTES: Final = 1024
"""What a TLS 1.3 server may send of its own accord after the handshake (RFC 8446 section 4.6.1):
two session tickets, 510 bytes with the lab's NGINX. They come a round trip before the answer, and
are not its first bytes."""

_HTTP_EVENTS: Final = frozenset({"http_transaction_start", "http_transaction_done"})
_Key = tuple[int | None, int]


class _Connection:
    """One connection while its events are summed."""

    __slots__ = (
        *("answer", "base", "connect_s", "count", "cumulative", "ended", "endpoint", "first"),
        *("first_answer", "last", "last_answer", "last_failure", "request", "total"),
    )

    def __init__(self, endpoint: str | None) -> None:
        self.endpoint = endpoint
        self.connect_s: float | None = None
        self.first: float | None = None
        self.last = 0.0
        self.total = 0
        self.cumulative = 0
        self.count = 0
        self.last_failure: str | None = None
        self.request: float | None = None
        self.base: int | None = None
        """The running total when the request was sent."""
        self.answer = 0
        self.first_answer: float | None = None
        self.last_answer: float | None = None
        self.ended: float | None = None


def summarise_transfers(
    events: list[WireEvent | None] | None,
) -> tuple[TransferObservation, ...]:
    """Sum the reads of each connection.

    Events with a transaction id (v0.5) are told apart by it. Earlier engines append one whole
    connection after the other, each beginning with its connect event. v0.5 keeps single reads of
    few connections and a running total (``bytes_received_cumulative``) of others: ``read_bytes``
    is the larger of the two, and ``read_count`` counts single reads only. A request is known to
    have been sent by its ``http_transaction_start``: a write after the handshake may be the end
    of the connection as well.
    """
    if not events:
        return ()
    known: dict[_Key, _Connection] = {}
    reading: dict[_Key, _Connection] = {}
    block = 0
    for event in events:
        if event is None:
            continue
        operation = event.operation
        transaction = event.transaction_id
        is_read = operation == "read"
        if is_read or operation == "bytes_received_cumulative":
            if event.proto == "udp":
                continue
            key = (transaction, 0 if transaction is not None else block)
            connection = reading.get(key)
            if connection is None:
                connection = _begin(known, key, event)
                reading[key] = connection
            if is_read:
                _add_read(connection, event)
            else:
                _add_total(connection, event)
        elif operation == "connect":
            if transaction is None:
                block += 1
            _note_connect(known, (transaction, 0 if transaction is not None else block), event)
        elif operation in _HTTP_EVENTS and transaction is not None:
            _note_http(known, (transaction, 0), event)
    return tuple(_observe(key[0], connection) for key, connection in reading.items())


def _begin(known: dict[_Key, _Connection], key: _Key, event: WireEvent) -> _Connection:
    """Find or open the connection of its first read."""
    connection = known.get(key)
    if connection is None:
        connection = known[key] = _Connection(None)
    if event.address:
        connection.endpoint = event.address
    started = event.t0 if event.t0 is not None else event.t or 0.0
    connection.first = connection.last = started
    return connection


def _note_connect(known: dict[_Key, _Connection], key: _Key, event: WireEvent) -> None:
    connection = known.get(key)
    if connection is None:
        connection = known[key] = _Connection(event.address or None)
    elif connection.first is None:
        connection.endpoint = event.address or None
    if event.t is not None and event.t0 is not None and not event.failure:
        connection.connect_s = max(0.0, event.t - event.t0)


def _note_http(known: dict[_Key, _Connection], key: _Key, event: WireEvent) -> None:
    connection = known.get(key)
    if connection is None:
        connection = known[key] = _Connection(None)
    if event.t is None:
        return
    if event.operation == "http_transaction_done":
        connection.ended = event.t
    elif connection.request is None:
        connection.request = event.t
        connection.base = connection.cumulative or None


def _add_read(connection: _Connection, event: WireEvent) -> None:
    received = max(0, event.num_bytes or 0)
    connection.total += received
    connection.count += 1
    failure = event.failure
    connection.last_failure = None if failure is None else failure_string(failure)
    t = event.t
    if t is None:
        return
    connection.last = max(connection.last, t)
    if connection.request is not None:
        connection.ended = t
        if received:
            connection.answer += received
            if connection.first_answer is None and connection.answer > _TICKET_BYTES:
                connection.first_answer = t
            connection.last_answer = t


def _add_total(connection: _Connection, event: WireEvent) -> None:
    received = max(0, event.num_bytes or 0)
    t = event.t
    is_more = received > connection.cumulative
    if is_more:
        connection.cumulative = received
    if t is None:
        return
    connection.last = max(connection.last, t)
    if is_more and connection.request is not None and not connection.count:
        connection.last_answer = t


def _observe(transaction_id: int | None, connection: _Connection) -> TransferObservation:
    answer: int | None = None
    first_answer = connection.first_answer
    if connection.request is not None:
        if connection.count:
            answer = min(connection.answer, _LAST_INT64)
            # A whole answer shorter than tickets may be.
            first_answer = first_answer if first_answer is not None else connection.last_answer
        elif connection.base is not None:
            answer = min(max(0, connection.cumulative - connection.base), _LAST_INT64)
    return TransferObservation(
        transaction_id,
        connection.endpoint,
        min(max(connection.total, connection.cumulative), _LAST_INT64),
        connection.count,
        connection.last_failure,
        max(0.0, connection.last - (connection.first or 0.0)),
        connection.connect_s,
        connection.request,
        first_answer,
        connection.last_answer,
        connection.ended,
        answer,
    )
