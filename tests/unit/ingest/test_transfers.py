"""Times of one connection, from network events as engines write them."""

import pytest

from whocut.ingest.ooni.transfers import summarise_transfers
from whocut.ingest.ooni.wire import WireEvent


def event(operation: str, t: float, num_bytes: int | None = None, **more: object) -> WireEvent:
    fields = {"transaction_id": 7, "t0": t, "proto": "tcp", **more}
    return WireEvent(operation=operation, t=t, num_bytes=num_bytes, **fields)


REQUEST = (
    event("connect", 0.12, t0=0.02, address="192.0.2.1:443"),
    event("read", 0.3, 4800),
    event("http_transaction_start", 0.4),
)


def test_single_reads_give_the_first_byte_and_the_last() -> None:
    (seen,) = summarise_transfers(
        [
            *REQUEST,
            event("read", 0.5, 510),  # session tickets: they are no answer
            event("read", 0.9, 16_000),
            event("read", 1.4, 30_000),
            event("read", 9.4, 0, failure="generic_timeout_error"),
        ]
    )
    assert seen.endpoint == "192.0.2.1:443"
    assert seen.connect_s == pytest.approx(0.1)
    assert (seen.request_s, seen.first_answer_s, seen.last_answer_s) == (0.4, 0.9, 1.4)
    assert seen.ended_s == 9.4
    assert seen.answer_bytes == 46_510
    assert seen.read_bytes == 51_310


def test_a_whole_answer_shorter_than_tickets_has_a_first_byte() -> None:
    (seen,) = summarise_transfers([*REQUEST, event("read", 0.6, 700)])
    assert seen.first_answer_s == 0.6


def test_running_totals_count_from_the_request() -> None:
    total = "bytes_received_cumulative"
    (seen,) = summarise_transfers(
        [
            event("connect", 0.12, t0=0.02, address="192.0.2.1:443"),
            event(total, 0.35, 6_000),
            event("http_transaction_start", 0.4),
            event(total, 0.6, 6_000),
            event(total, 0.85, 40_000),
            event(total, 1.1, 90_000),
            event("http_transaction_done", 1.08),
        ]
    )
    assert seen.answer_bytes == 84_000
    assert (seen.first_answer_s, seen.last_answer_s, seen.ended_s) == (None, 1.1, 1.08)


def test_without_a_total_from_before_the_answer_is_not_told_from_the_handshake() -> None:
    (seen,) = summarise_transfers(
        [event("http_transaction_start", 0.4), event("bytes_received_cumulative", 0.9, 50_000)]
    )
    assert seen.answer_bytes is None
    assert seen.read_bytes == 50_000


def test_engines_that_number_no_transactions_time_no_request() -> None:
    (seen,) = summarise_transfers(
        [
            event("connect", 0.1, transaction_id=None, t0=None, address="192.0.2.1:443"),
            event("read", 0.2, 4000, transaction_id=None, t0=None),
            event("write", 0.3, 24, transaction_id=None, t0=None),
        ]
    )
    assert (seen.request_s, seen.connect_s, seen.answer_bytes) == (None, None, None)
    assert seen.read_bytes == 4000
