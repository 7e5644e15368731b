"""Each way of ending, and the traps that must never come out as a cut."""

from pathlib import Path

import msgspec
import pytest

from tests.unit.access.building import (
    OTHER_IP,
    PAGE,
    SERVICE_IP,
    control,
    dead_control,
    dns,
    http,
    measurement,
    tcp,
    tls,
)
from whocut.access import judge
from whocut.model.observation import Measurement, TransferObservation
from whocut.model.taxonomy import CUT_OUTCOMES, ActorKind, Layer, Locus, Outcome, Strength
from whocut.model.verdict import Verdict
from whocut.reference.snapshot import Reference, load_reference

GEO = (
    b"<html><title>Access denied</title><h1>Error 1009</h1><p>The owner of this website (x) has "
    b"banned the country or region your IP address is in (XA) from accessing this website.</p>"
)
VAGUE = b"<html><head><title>403 Forbidden</title></head><body><h1>Forbidden</h1></body></html>"
CHALLENGE = (
    b"<html><head><title>Just a moment...</title></head>"
    b"<body>Enable JavaScript and cookies to continue</body></html>"
)


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Reference:
    return load_reference(Path(tmp_path_factory.mktemp("empty-cache")))


def say(m: Measurement, reference: Reference) -> Verdict:
    return judge(m, reference).verdict


def reached() -> tuple:
    return dns(SERVICE_IP), tcp(), tls()


def test_healthy(reference: Reference) -> None:
    v = say(measurement(*reached(), http()), reference)
    assert (v.outcome, v.strength) == (Outcome.SERVED, Strength.A)


def test_country_page_over_valid_tls_is_the_edges_refusal(reference: Reference) -> None:
    v = say(measurement(*reached(), http(403, GEO)), reference)
    assert (v.outcome, v.layer, v.mechanism, v.locus) == (
        Outcome.REFUSED, Layer.HTTP, "http.refusal.geo_explicit", Locus.EDGE,
    )  # fmt: skip
    assert v.strength is Strength.A and v.fingerprints


def test_status_451(reference: Reference) -> None:
    v = say(measurement(*reached(), http(451, b"<h1>no</h1>")), reference)
    assert (v.outcome, v.mechanism) == (Outcome.REFUSED, "http.refusal.legal")


def test_vague_403_is_insufficient_and_names_the_next_step(reference: Reference) -> None:
    v = say(measurement(*reached(), http(403, VAGUE)), reference)
    assert (v.outcome, v.layer) == (Outcome.INSUFFICIENT, Layer.HTTP)
    assert v.mechanism.startswith("http.refusal") and v.next_step


def test_405_is_a_refusal_without_a_reason(reference: Reference) -> None:
    v = say(measurement(*reached(), http(405, b"")), reference)
    assert (v.outcome, v.mechanism) == (Outcome.INSUFFICIENT, "http.refusal.status")


def test_challenge_is_never_a_cut(reference: Reference) -> None:
    for status in (200, 403, 503):
        v = say(measurement(*reached(), http(status, CHALLENGE)), reference)
        assert v.outcome is Outcome.BOT_CHECK


@pytest.mark.parametrize(
    ("failure", "mechanism"),
    [
        ("connection_reset", "tls.reset"),
        ("generic_timeout_error", "tls.timeout"),
        ("eof_error", "tls.eof"),
    ],
)
def test_tls_failure_claims_no_locus(reference: Reference, failure: str, mechanism: str) -> None:
    v = say(measurement(dns(SERVICE_IP), tcp(), tls(failure=failure)), reference)
    assert (v.outcome, v.layer, v.mechanism) == (Outcome.CUT_UNATTRIBUTED, Layer.TLS, mechanism)
    assert v.locus is Locus.UNKNOWN


@pytest.mark.parametrize(
    ("failure", "mechanism"),
    [("generic_timeout_error", "tcp.timeout"), ("connection_refused", "tcp.refused")],
)
def test_tcp_failure(reference: Reference, failure: str, mechanism: str) -> None:
    v = say(measurement(dns(SERVICE_IP), tcp(failure=failure)), reference)
    assert (v.outcome, v.mechanism, v.locus) == (
        Outcome.CUT_UNATTRIBUTED, mechanism, Locus.UNKNOWN,
    )  # fmt: skip


def test_one_dead_endpoint_of_two_is_no_cut(reference: Reference) -> None:
    m = measurement(
        dns(SERVICE_IP, OTHER_IP),
        tcp(OTHER_IP, failure="generic_timeout_error"),
        tcp(),
        tls(),
        http(),
    )
    assert say(m, reference).outcome is Outcome.SERVED


def test_down_for_the_control_too(reference: Reference) -> None:
    m = measurement(dns(SERVICE_IP), tcp(failure="connection_refused"), against=dead_control())
    assert say(m, reference).outcome is Outcome.TARGET_DOWN


def test_certificate_bad_for_everybody(reference: Reference) -> None:
    m = measurement(
        dns(SERVICE_IP),
        tcp(),
        tls(failure="ssl_invalid_certificate"),
        against=control(
            tls={f"{SERVICE_IP}:443": "ssl_invalid_certificate"},
            http_failure="ssl_error",
            http_status=None,
            ip_flags={SERVICE_IP: 3},
        ),
    )
    assert say(m, reference).outcome is Outcome.TARGET_MISCONFIGURED


def test_listed_address_names_the_state_only_in_its_country(reference: Reference) -> None:
    m = measurement(dns("10.10.34.35"), probe_cc="IR")
    v = say(m, reference)
    assert (v.outcome, v.actor_kind) == (Outcome.INTERFERED, ActorKind.STATE)


def test_bogon(reference: Reference) -> None:
    m = measurement(dns("10.10.34.35"), tcp("10.10.34.35", failure="generic_timeout_error"))
    v = say(m, reference)
    assert (v.outcome, v.layer, v.mechanism) == (
        Outcome.INTERFERED, Layer.DNS, "dns.injection.bogon",
    )  # fmt: skip


def test_answer_without_certificate_is_injection(reference: Reference) -> None:
    m = measurement(dns(OTHER_IP), tcp(OTHER_IP), tls(OTHER_IP, failure="ssl_unknown_authority"))
    v = say(m, reference)
    assert (v.outcome, v.layer) == (Outcome.INTERFERED, Layer.DNS)


def test_rotating_addresses_with_valid_tls_are_served(reference: Reference) -> None:
    m = measurement(dns(OTHER_IP), tcp(OTHER_IP), tls(OTHER_IP), http(ip=OTHER_IP))
    assert say(m, reference).outcome is Outcome.SERVED


def test_nxdomain_here_only(reference: Reference) -> None:
    m = measurement(dns(failure="dns_nxdomain_error"))
    v = say(m, reference)
    assert (v.outcome, v.layer) == (Outcome.INTERFERED, Layer.DNS)
    foreign = say(measurement(dns(failure="dns_nxdomain_error"), resolver_asn=15169), reference)
    assert foreign.outcome is Outcome.CUT_UNATTRIBUTED


def test_cleartext_country_page_names_nobody(reference: Reference) -> None:
    page = (
        b"<html><title>Access Denied</title>"
        b"<p>This request cannot be served in your jurisdiction.</p></html>"
    )
    m = measurement(
        dns(SERVICE_IP), tcp(port=80), http(200, page, url="http://www.example.com/"),
        url="http://www.example.com/",
    )  # fmt: skip
    v = say(m, reference)
    assert v.outcome is Outcome.CUT_UNATTRIBUTED and v.locus is Locus.UNKNOWN


def test_refusal_at_the_control_too_is_no_cut_of_this_country(reference: Reference) -> None:
    m = measurement(
        *reached(),
        http(403, VAGUE),
        against=control(http_status=403, http_title="403 Forbidden", http_body_bytes=len(VAGUE)),
    )
    assert say(m, reference).outcome not in CUT_OUTCOMES


def test_an_address_dead_for_everybody_is_the_answer_s_fault(reference: Reference) -> None:
    m = measurement(
        dns(OTHER_IP),
        tcp(OTHER_IP, failure="generic_timeout_error"),
        against=control(
            tcp={f"{SERVICE_IP}:443": None, f"{OTHER_IP}:443": "generic_timeout_error"}
        ),
    )
    v = say(m, reference)
    assert (v.outcome, v.layer, v.strength) == (Outcome.CUT_UNATTRIBUTED, Layer.DNS, Strength.C)


@pytest.mark.parametrize(
    ("read_bytes", "mechanism"),
    [(17_000, "http.stall.byte_count"), (300_000, "http.stall"), (900, "http.timeout")],
)
def test_a_stall_is_told_by_where_it_stops(
    reference: Reference, read_bytes: int, mechanism: str
) -> None:
    exchange = http(None, b"", failure="generic_timeout_error")
    exchange = msgspec.structs.replace(exchange, transaction_id=7)
    transfer = TransferObservation(7, None, read_bytes, 12, "generic_timeout_error", 10.0)
    m = measurement(*reached(), exchange, transfers=(transfer,))
    v = say(m, reference)
    assert (v.outcome, v.mechanism) == (Outcome.CUT_UNATTRIBUTED, mechanism)


def test_no_data_is_invalid(reference: Reference) -> None:
    assert say(measurement(), reference).outcome is Outcome.INVALID


def test_everything_failing_offline_is_the_network(reference: Reference) -> None:
    m = measurement(
        dns(failure="generic_timeout_error"), against=control(failure="generic_timeout_error")
    )
    assert say(m, reference).outcome is Outcome.NETWORK_DOWN


def test_a_redirect_that_fails_is_seen_at_its_hop(reference: Reference) -> None:
    m = measurement(
        *reached(),
        http(302, b"", headers=(("location", "https://next.example.org/"),)),
        dns(OTHER_IP, hostname="next.example.org"),
        tcp(OTHER_IP),
        tls(OTHER_IP, failure="connection_reset", name="next.example.org"),
    )
    v = say(m, reference)
    assert (v.outcome, v.layer, v.hop) == (Outcome.CUT_UNATTRIBUTED, Layer.TLS, 1)


@pytest.mark.parametrize(
    ("second", "outcome"),
    [
        ("dns_nxdomain_error", Outcome.TARGET_DOWN),
        ("dns_servfail_error", Outcome.TARGET_DOWN),
        ("generic_timeout_error", Outcome.TARGET_DOWN),
        ("10.1.2.3", Outcome.TARGET_MISCONFIGURED),
    ],
)
def test_a_redirect_target_that_fails_for_everybody_is_no_cut(
    reference: Reference, second: str, outcome: Outcome
) -> None:
    """The control resolves the first name only; of the second its failed fetch speaks."""
    is_failure = not second[0].isdigit()
    answer = (
        dns(failure=second, hostname="next.example.org")
        if is_failure
        else dns(second, hostname="next.example.org")
    )
    m = measurement(
        *reached(),
        http(302, b"", headers=(("location", "https://next.example.org/"),)),
        answer,
        against=control(http_failure="dns_lookup_error", http_status=None, http_title=None),
    )
    assert say(m, reference).outcome is outcome


def test_an_endless_redirect_is_the_targets_fault(reference: Reference) -> None:
    turn = http(302, b"", headers=(("location", "https://www.example.com/"),))
    end = msgspec.structs.replace(turn, failure="unknown_failure: stopped after 10 redirects")
    v = say(measurement(*reached(), turn, turn, end), reference)
    assert (v.outcome, v.layer) == (Outcome.TARGET_MISCONFIGURED, Layer.HTTP)


def test_an_answer_that_breaks_off_is_seen(reference: Reference) -> None:
    v = say(measurement(*reached(), http(200, PAGE[:300], failure="eof_error")), reference)
    assert (v.outcome, v.mechanism) == (Outcome.CUT_UNATTRIBUTED, "http.eof")


def test_every_rule_that_fired_is_kept(reference: Reference) -> None:
    m = measurement(dns(OTHER_IP), tcp(OTHER_IP, failure="generic_timeout_error"))
    judgement = judge(m, reference)
    assert {s.rule_id for s in judgement.signals} == set(judgement.verdict.rules)
    assert len(judgement.signals) >= 2
    assert judgement.verdict.rules[0] == judgement.verdict.rule_id


def test_page_of_the_control_is_served_whatever_words_it_holds(reference: Reference) -> None:
    m = measurement(*reached(), http(200, PAGE + b"<p>not available in your country</p>"))
    assert say(m, reference).outcome is Outcome.SERVED


def test_a_rule_is_no_stronger_than_the_wording_it_leans_on(reference: Reference) -> None:
    """Whatever page is refused, the signal is bounded by the best fingerprint behind it."""
    judgement = judge(measurement(*reached(), http(403, GEO)), reference)
    signal = judgement.signals[0]
    best = min(reference.fingerprints.by_id[x].strength.value for x in signal.fingerprints)
    assert signal.strength.value == max(best, "A")
    invented = b"<title>Sorry</title><p>This shop is closed to visitors from your province.</p>"
    weaker = judge(measurement(*reached(), http(403, invented)), reference)
    for one in weaker.signals:
        for fingerprint in one.fingerprints:
            assert one.strength.value >= min(
                reference.fingerprints.by_id[x].strength.value for x in one.fingerprints
            ), fingerprint
