"""From a measurement to its timing: which exchange, which bytes, stalled or slow."""

from pathlib import Path

import msgspec
import pytest

from tests.unit.access.building import SERVICE_IP, control, dns, http, measurement, tcp, tls
from whocut.access import judge
from whocut.access.slowdown.thresholds import HANDSHAKE_BYTES
from whocut.model.observation import TransferObservation
from whocut.model.timing import Timing
from whocut.reference.snapshot import Reference, load_reference


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Reference:
    return load_reference(Path(tmp_path_factory.mktemp("empty-cache")))


def transfer(**changes: object) -> TransferObservation:
    fields = {
        "transaction_id": 7,
        "endpoint": None,
        "read_bytes": 105_000,
        "read_count": 9,
        "last_failure": None,
        "duration_s": 2.0,
        "connect_s": 0.05,
        "request_s": 1.0,
        "first_answer_s": 1.2,
        "last_answer_s": 2.0,
        "ended_s": 2.0,
        "answer_bytes": 100_000,
    }
    return TransferObservation(**{**fields, **changes})


def timing(reference: Reference, one: TransferObservation, **exchange: object) -> Timing | None:
    url = exchange.pop("url", "https://www.example.com/")
    failure = exchange.pop("failure", None)
    asked = http(200, exchange.pop("body", b"x" * 99_000), url=url, failure=failure)
    asked = msgspec.structs.replace(asked, transaction_id=7, t_s=exchange.pop("t_s", one.ended_s))
    shake = msgspec.structs.replace(tls(), transaction_id=7, duration_s=0.1)
    against = control(http_body_bytes=99_000)
    m = measurement(dns(SERVICE_IP), tcp(), shake, asked, transfers=(one,), against=against)
    return judge(m, reference).timing


def test_single_reads(reference: Reference) -> None:
    found = timing(reference, transfer())
    assert found is not None
    assert found.ttfb_ms == pytest.approx(200)
    assert (found.ttfb_basis, found.basis) == ("read", "reads")
    assert found.rate == pytest.approx(100_000)
    assert found.connect_ms == pytest.approx(50)
    assert found.handshake_ms == pytest.approx(100)
    assert found.expected_bytes == 99_000
    assert not found.is_stalled


def test_a_freeze_is_a_stall_and_a_trickle_is_not(reference: Reference) -> None:
    frozen = transfer(last_answer_s=1.4, ended_s=11.0, answer_bytes=12_000, read_bytes=17_000)
    found = timing(reference, frozen, failure="generic_timeout_error", body=b"")
    assert found is not None
    assert (found.is_stalled, found.stalled_at_bytes) == (True, 17_000)
    trickle = transfer(last_answer_s=10.5, ended_s=11.0, answer_bytes=50_000)
    found = timing(reference, trickle, failure="generic_timeout_error", body=b"")
    assert found is not None
    assert (found.is_stalled, found.stalled_at_bytes) == (False, None)
    assert found.rate == pytest.approx(50_000 / 9.5)


def test_an_answer_that_never_began_is_no_stall(reference: Reference) -> None:
    silent = transfer(answer_bytes=0, first_answer_s=None, last_answer_s=None, ended_s=11.0)
    found = timing(reference, silent, failure="generic_timeout_error", body=b"")
    assert found is not None
    assert (found.is_stalled, found.rate, found.transfer_bytes) == (False, None, 0)


def test_running_totals_end_with_the_exchange(reference: Reference) -> None:
    totals = transfer(
        read_count=0, first_answer_s=None, last_answer_s=2.2, ended_s=2.0, answer_bytes=None
    )
    found = timing(reference, totals)
    assert found is not None
    assert (found.basis, found.transfer_bytes, found.ttfb_ms) == ("totals", 99_000, None)
    assert found.rate == pytest.approx(99_000 / 1.2)
    failed = timing(reference, totals, failure="generic_timeout_error", body=b"", t_s=2.2)
    assert failed is not None
    assert failed.transfer_bytes == 105_000 - HANDSHAKE_BYTES


def test_a_small_answer_comes_in_one_flight(reference: Reference) -> None:
    totals = transfer(
        read_count=0, first_answer_s=None, last_answer_s=1.31, ended_s=1.3, answer_bytes=None
    )
    found = timing(reference, totals, body=b"x" * 9_000)
    assert found is not None
    assert found.ttfb_basis == "one_flight"
    assert found.ttfb_ms == pytest.approx(310)


def test_another_service_behind_a_redirect_is_not_timed(reference: Reference) -> None:
    assert timing(reference, transfer(), url="https://elsewhere.example.org/") is None


def test_without_a_request_s_time_there_is_no_timing(reference: Reference) -> None:
    assert timing(reference, transfer(request_s=None)) is None
