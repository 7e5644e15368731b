"""Read the clock of one measurement: how long the target's answer took."""

from collections.abc import Iterable

from whocut.access.slowdown.thresholds import (
    FLIGHT_BYTES,
    HANDSHAKE_BYTES,
    STALL_SILENCE_S,
    STALL_SILENCE_SHARE,
)
from whocut.model.failure import FailureFamily, failure_family
from whocut.model.observation import (
    ControlObservation,
    HttpObservation,
    Measurement,
    TransferObservation,
)
from whocut.model.timing import Timing

__all__ = ["read_timing"]


def read_timing(
    measurement: Measurement, exchanges: Iterable[tuple[str, HttpObservation]], target: str
) -> Timing | None:
    """Give the timing of the last exchange with the target itself.

    Shapes: exchanges are (hostname, exchange), the last hop first.
    ``None`` where no exchange can be tied to the events of its connection: engines before v0.5
    number no transactions, and time no requests.
    """
    if not measurement.transfers:
        return None
    for hostname, exchange in exchanges:
        if exchange.transaction_id is None:
            continue
        # Behind a redirect to another service it is that service's time.
        if hostname != target and not hostname.endswith(f".{target}"):
            continue
        for transfer in measurement.transfers:
            if transfer.transaction_id == exchange.transaction_id:
                return _timing(measurement, exchange, transfer)
    return None


def _timing(
    measurement: Measurement, exchange: HttpObservation, transfer: TransferObservation
) -> Timing | None:
    request, last = transfer.request_s, transfer.last_answer_s
    if request is None:
        return None
    is_read = transfer.read_count > 0
    received = _received(exchange, transfer)
    ended = max(
        (t for t in (transfer.ended_s, exchange.t_s, last) if t is not None), default=request
    )
    if last is None:
        last = ended if received else request
    elif not is_read and exchange.failure is None:
        # Totals are taken now and then: the end of a whole answer is known better.
        last = ended
    spent_ms = max(0.0, last - request) * 1e3
    is_stalled = _is_stalled(exchange, received, silence=ended - last, waited=ended - request)
    ttfb_ms, ttfb_basis = _first_byte(exchange, transfer, received, spent_ms)
    return Timing(
        ttfb_ms=ttfb_ms,
        ttfb_basis=ttfb_basis,
        basis="reads" if is_read else "totals",
        transfer_bytes=received,
        transfer_ms=spent_ms,
        rate=received / spent_ms * 1e3 if received and spent_ms > 0 else None,
        expected_bytes=_expected(exchange, measurement.control),
        connect_ms=None if transfer.connect_s is None else transfer.connect_s * 1e3,
        handshake_ms=_handshake_ms(measurement, exchange),
        is_stalled=is_stalled,
        stalled_at_bytes=transfer.read_bytes if is_stalled else None,
        failure=exchange.failure,
    )


def _received(exchange: HttpObservation, transfer: TransferObservation) -> int:
    if transfer.answer_bytes is not None:
        return transfer.answer_bytes
    if exchange.body:
        return len(exchange.body)
    return max(0, transfer.read_bytes - HANDSHAKE_BYTES) if exchange.failure else 0


def _is_stalled(
    exchange: HttpObservation, received: int, *, silence: float, waited: float
) -> bool:
    return (
        exchange.failure is not None
        and received > 0
        and silence >= STALL_SILENCE_S
        and silence >= STALL_SILENCE_SHARE * waited
        and failure_family(exchange.failure) is FailureFamily.TIMEOUT
    )


def _first_byte(
    exchange: HttpObservation, transfer: TransferObservation, received: int, spent_ms: float
) -> tuple[float | None, str]:
    if transfer.first_answer_s is not None and transfer.request_s is not None:
        return max(0.0, transfer.first_answer_s - transfer.request_s) * 1e3, "read"
    if exchange.failure is None and 0 < received <= FLIGHT_BYTES:
        return spent_ms, "one_flight"
    return None, "none"


def _expected(exchange: HttpObservation, control: ControlObservation | None) -> int | None:
    """Say how long the page is, whatever became of it here."""
    if control is not None and control.http_body_bytes is not None:
        return control.http_body_bytes
    if exchange.failure is None and exchange.body is not None:
        return len(exchange.body)
    return None


def _handshake_ms(measurement: Measurement, exchange: HttpObservation) -> float | None:
    for handshake in measurement.tls:
        if handshake.transaction_id == exchange.transaction_id:
            spent = handshake.duration_s
            return None if spent is None else spent * 1e3
    return None
