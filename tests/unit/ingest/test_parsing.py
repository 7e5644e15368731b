"""One record of each version: what it says, value by value."""

import datetime
import hashlib
import json

import pytest

from tests.unit.ingest import measurements as made
from whocut.ingest.ooni import ReadLimits, Refusal, RefusalReason, Skipped, read_blocks
from whocut.model.observation import Measurement, SourcePosition


def read(data, **limits):
    return list(read_blocks("made", iter([data]), limits=ReadLimits(**limits)))


def parsed(document):
    (result,) = read(made.encode(document))
    assert isinstance(result, Measurement), result
    return result


def refused(document):
    (result,) = read(made.encode(document))
    assert isinstance(result, Refusal), result
    return result


def test_measurement_kit_head_and_times():
    m = parsed(made.measurement_kit())
    assert (m.hostname, m.probe_cc, m.probe_asn, m.resolver_asn) == (
        "www.example.org",
        "RU",
        64496,
        0,
    )
    assert m.measurement_start_time == datetime.datetime(
        2024, 1, 1, 12, 34, 56, tzinfo=datetime.UTC
    )
    assert (m.platform, m.resolver_ip, m.test_version) == ("android", "192.0.2.53", "0.0.1")
    assert m.position == SourcePosition("made", 0, 1)


def test_nameless_engine_is_the_system_resolver_and_a_name_is_not_its_own_alias():
    (query,) = parsed(made.measurement_kit()).dns
    assert query.engine == "system"
    assert query.ips == ("198.51.100.7",)
    assert query.cnames == ("edge.example.net",)
    assert query.asns == (0,)


def test_requests_run_from_the_first_to_the_last():
    first, last = parsed(made.measurement_kit()).http
    assert (first.status, first.headers, first.body) == (302, (("location", "/two"),), b"")
    assert (last.status, last.body) == (403, b"\xff\xfe blocked")
    assert last.headers == (("server", "сервер"), ("x-count", "3"))


def test_control_of_the_oldest_helpers_lists_names_among_addresses():
    control = parsed(made.measurement_kit()).control
    assert control.dns_ips == ("198.51.100.7",)
    assert control.tcp == {"198.51.100.7:80": None}
    assert (control.http_status, control.http_body_bytes, control.http_title) == (
        200,
        5000,
        "Example",
    )


def test_legacy_failure_strings_stay_and_a_bare_flag_is_a_failure_without_a_name():
    m = parsed(made.legacy_failure())
    assert [t.failure for t in m.tcp] == ["unknown_failure", "unknown_failure"]
    (exchange,) = m.http
    assert exchange.failure == "response_never_received"
    assert (exchange.status, exchange.body, exchange.headers) == (None, None, ())
    control = m.control
    assert (control.dns_failure, control.http_failure) == ("dns_lookup_error", "dns_lookup_error")
    assert control.dns_ips == ()
    assert (control.http_status, control.http_body_bytes) == (None, None)
    assert control.is_http_observed


def test_a_control_that_could_not_be_asked_says_nothing():
    control = parsed(made.engine_v04()).control
    assert control.failure == "connection_refused"
    assert (control.dns_ips, control.http_status, control.http_title) == (None, None, None)
    assert not control.is_http_observed
    assert parsed(made.changed(made.engine_v04(), ["test_keys", "control"], {})).control.failure
    without = made.changed(made.measurement_kit(), ["test_keys", "control"], ...)
    assert parsed(without).control is None


def test_handshakes_without_addresses_and_chains_as_sent():
    handshake, reset = parsed(made.engine_v04()).tls
    assert handshake.certificates == (made.certificate(),)
    assert handshake.is_probe_verified
    assert (handshake.ip, handshake.port, handshake.tls_version) == (None, None, "TLSv1.3")
    assert (reset.failure, reset.certificates) == ("connection_reset", ())


def test_reads_are_summed_by_connection():
    first, second = parsed(made.engine_v04()).transfers
    assert (first.endpoint, first.read_bytes, first.read_count) == ("198.51.100.7:443", 2517, 2)
    assert first.last_failure is None
    assert first.duration_s == pytest.approx(0.2)
    assert (second.endpoint, second.read_count) == ("[2001:db8::7]:443", 3)
    assert second.last_failure == "connection_reset"


def test_running_totals_of_v05_are_not_added_up():
    (transfer,) = parsed(made.engine_v05()).transfers
    assert (transfer.transaction_id, transfer.read_bytes, transfer.read_count) == (4, 20000, 0)
    assert transfer.duration_s == pytest.approx(10.0)


def test_v05_names_addresses_and_annotations():
    m = parsed(made.engine_v05())
    assert m.hostname == "xn--e1afmkfd.example"
    assert m.measurement_uid == "20240101123456.123456_RU_webconnectivity_0123456789abcdef"
    assert not m.is_uid_derived
    system, doh = m.dns
    assert (system.engine, system.ips, system.resolver) == ("system", ("[scrubbed]",), None)
    assert (doh.engine, doh.asns, doh.resolver) == (
        "doh",
        (64500,),
        "https://dns.example/dns-query",
    )
    assert [t.ip for t in m.tcp] == ["198.51.100.7", "[scrubbed]"]
    (handshake,) = m.tls
    assert (handshake.ip, handshake.port) == ("198.51.100.7", 443)
    assert handshake.certificates == (made.certificate(),)
    assert m.control.dns_ips == ("198.51.100.7", "2001:db8::7")
    assert m.control.tcp["[2001:db8::7]:443"] == "generic_timeout_error"
    assert m.control.tls == {"198.51.100.7:443": None}
    assert m.control.ip_flags == {"198.51.100.7": 11, "2001:db8::7": 2}
    assert m.source_analysis.blocking == "false"
    assert m.source_analysis.blocking_flags == 32


def test_v05_headers_keep_repetitions_and_odd_bytes():
    (exchange,) = parsed(made.engine_v05()).http
    assert exchange.headers == (
        ("content-type", "text/html"),
        ("set-cookie", "a=1"),
        ("set-cookie", "b=2"),
        ("x-odd", "\ufffdodd"),
    )
    assert exchange.body == made.PAGE.encode()
    assert exchange.is_body_truncated
    assert (exchange.ip, exchange.port) == ("198.51.100.7", 443)


def test_ipv6_is_spelt_one_way():
    m = parsed(made.engine_v04())
    assert m.dns[0].ips == ("198.51.100.7", "2001:db8::7")
    assert m.tcp[1].ip == "2001:db8::7"


@pytest.mark.parametrize("seed", made.SEEDS)
@pytest.mark.parametrize(
    "envelope", [made.corpus_envelope, made.postcan_envelope, made.api_envelope]
)
def test_an_envelope_changes_nothing_but_the_uid(seed, envelope):
    bare = parsed(seed())
    (wrapped,) = read(made.encode(envelope(seed())))
    if envelope is made.api_envelope:
        assert wrapped.measurement_uid.endswith("fedcba9876543210")
    names = [name for name in Measurement.__struct_fields__ if "uid" not in name]
    assert [getattr(wrapped, n) for n in names] == [getattr(bare, n) for n in names]


def test_a_derived_uid_is_the_hash_of_the_measurements_own_bytes():
    own = made.encode(made.measurement_kit())
    expected = "derived-" + hashlib.sha256(own).hexdigest()[:32]
    for data in (own, b"  " + own + b" \r\n", b'{"meta":1,"raw":' + own + b"}"):
        (result,) = read(data)
        assert result.measurement_uid == expected
        assert result.is_uid_derived


def test_the_envelopes_uid_comes_first():
    envelope = made.corpus_envelope(made.engine_v05()) | {"measurement_uid": "outer"}
    (result,) = read(made.encode(envelope))
    assert result.measurement_uid == "outer"


def test_other_tests_are_skipped_by_name_whatever_they_hold():
    documents = [made.other_test(), made.changed(made.other_test(), ["test_keys"], None)]
    documents.append(made.changed(made.other_test(), ["test_keys"], {"requests": 7}))
    for document in documents:
        (result,) = read(made.encode(document))
        assert isinstance(result, Skipped)
        assert result.test_name == "tor"


@pytest.mark.parametrize(
    ("path", "value", "reason", "field"),
    [
        (["test_keys"], None, RefusalReason.NULL_TEST_KEYS, "test_keys"),
        (["test_keys"], ..., RefusalReason.MISSING_FIELD, "test_keys"),
        (["test_keys"], [], RefusalReason.WRONG_TYPE, "test_keys"),
        (["test_name"], ..., RefusalReason.MISSING_FIELD, "test_name"),
        (["input"], None, RefusalReason.MISSING_FIELD, "input"),
        (["input"], ["http://a/"], RefusalReason.WRONG_TYPE, "input"),
        (["input"], "http:///", RefusalReason.BAD_VALUE, "input"),
        (["input"], "http://a/" + "b" * 70_000, RefusalReason.BAD_VALUE, "input"),
        (["input"], "http://" + "ß." * 30_000, RefusalReason.BAD_VALUE, "input"),
        (["input"], "http://[::1/", RefusalReason.BAD_VALUE, "input"),
        (["measurement_start_time"], "soon", RefusalReason.BAD_TIME, "measurement_start_time"),
        (
            ["measurement_start_time"],
            "2024-13-01 00:00:00",
            RefusalReason.BAD_TIME,
            "measurement_start_time",
        ),
        (["probe_cc"], "RUS", RefusalReason.BAD_VALUE, "probe_cc"),
        (["probe_asn"], "AS99999999999", RefusalReason.INTEGER_OVERFLOW, "probe_asn"),
        (["probe_asn"], "ASX", RefusalReason.BAD_VALUE, "probe_asn"),
        (
            ["test_keys", "x_blocking_flags"],
            2**70,
            RefusalReason.INTEGER_OVERFLOW,
            "test_keys.x_blocking_flags",
        ),
        (
            ["test_keys", "requests", 0, "response", "code"],
            2**63,
            RefusalReason.INTEGER_OVERFLOW,
            "test_keys.requests[0].response.code",
        ),
        (
            ["test_keys", "requests", 0, "response", "code"],
            9000,
            RefusalReason.BAD_VALUE,
            "test_keys.requests[0].response.code",
        ),
        (
            ["test_keys", "requests", 0, "response", "body"],
            {"format": "base64", "data": "!"},
            RefusalReason.BAD_BASE64,
            "test_keys.requests[0].response.body.data",
        ),
        (
            ["test_keys", "requests", 0, "response", "body"],
            {"format": "hex", "data": "aGk="},
            RefusalReason.BAD_VALUE,
            "test_keys.requests[0].response.body.format",
        ),
        (
            ["test_keys", "requests", 0, "response", "body"],
            17,
            RefusalReason.WRONG_TYPE,
            "test_keys.requests[0].response.body",
        ),
        (
            ["test_keys", "requests", 0, "response", "headers_list", 3, 1, "data"],
            "*",
            RefusalReason.BAD_BASE64,
            "test_keys.requests[0].response.headers_list[3]",
        ),
        (
            ["test_keys", "requests", 0, "request", "url"],
            ...,
            RefusalReason.MISSING_FIELD,
            "test_keys.requests[0].request.url",
        ),
        (
            ["test_keys", "requests", 0, "failure"],
            5,
            RefusalReason.WRONG_TYPE,
            "test_keys.requests[0].failure",
        ),
        (
            ["test_keys", "tcp_connect", 1, "ip"],
            "nowhere",
            RefusalReason.BAD_VALUE,
            "test_keys.tcp_connect[1].ip",
        ),
        (
            ["test_keys", "tcp_connect", 1, "port"],
            70000,
            RefusalReason.BAD_VALUE,
            "test_keys.tcp_connect[1].port",
        ),
        (
            ["test_keys", "tls_handshakes", 0, "peer_certificates"],
            ["PGh0bWw+"],
            RefusalReason.BAD_BASE64,
            "test_keys.tls_handshakes[0].peer_certificates[0]",
        ),
        (
            ["test_keys", "queries", 1, "answers", 0, "ipv4"],
            "1.2.3",
            RefusalReason.BAD_VALUE,
            "test_keys.queries[1].answers[0].ipv4",
        ),
        (
            ["test_keys", "control", "http_request", "status_code"],
            "x",
            RefusalReason.WRONG_TYPE,
            "test_keys.control.http_request.status_code",
        ),
    ],
)
def test_what_is_ambiguous_is_refused_by_reason_and_field(path, value, reason, field):
    result = refused(made.changed(made.engine_v05(), path, value))
    assert (result.reason, result.field) == (reason, field)
    assert result.raw_sha256
    # ASCII escapes in an API envelope change nothing of the diagnosis.
    (wrapped,) = read(made.encode(made.api_envelope(made.changed(made.engine_v05(), path, value))))
    assert (wrapped.reason, wrapped.field) == (reason, field)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (["annotations"], ["odd"]),
        (["annotations"], {"platform": 3}),
        (["probe_network_name"], 12),
        (["test_runtime"], {}),
        (["measurement_uid"], 12),
        (["test_keys", "network_events"], {"operation": 1}),
        (["test_keys", "network_events", 1, "num_bytes"], "many"),
        (["test_keys", "queries", 0, "t"], []),
        (["test_keys", "queries", 1, "answers", 0, "asn"], "AS1"),
        (["test_keys", "tls_handshakes", 0, "tls_version"], 1.3),
        (["test_keys", "tls_handshakes", 0, "address"], {}),
        (["test_keys", "requests", 0, "transaction_id"], "four"),
        (["test_keys", "control", "ip_info"], []),
        (["test_keys", "control", "ip_info", "198.51.100.7", "flags"], "x"),
        (["test_keys", "control", "http_request", "title"], ["x"]),
        (["test_keys", "blocking"], 4),
        (["test_keys", "body_proportion"], "half"),
    ],
)
def test_an_odd_field_that_no_rule_needs_loses_only_itself(path, value):
    odd = parsed(made.changed(made.engine_v05(), path, value))
    good = parsed(made.engine_v05())
    assert odd.http[0].body == good.http[0].body
    assert [t.failure for t in odd.tcp] == [t.failure for t in good.tcp]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (["test_keys", "requests", 0, "response", "code"], "200"),
        (["test_keys", "requests", 0, "response", "code"], 200.0),
        (["test_keys", "tcp_connect", 0, "port"], "443"),
        (["probe_asn"], 64496),
        (["probe_cc"], "ru"),
        (["measurement_start_time"], "2024-01-01T12:34:56Z"),
        (["measurement_start_time"], "2024-01-01T15:34:56+03:00"),
        (["test_keys", "queries", 0, None], None),
    ],
)
def test_the_same_said_otherwise_reads_the_same(path, value):
    document = made.engine_v05()
    if path[-1] is None:
        document["test_keys"]["queries"].append(None)
    else:
        document = made.changed(document, path, value)
    assert parsed(document) == parsed(made.engine_v05())


def test_a_country_or_network_that_the_source_does_not_know():
    document = made.changed(made.engine_v05(), ["probe_cc"], None)
    m = parsed(made.changed(document, ["probe_asn"], None))
    assert (m.probe_cc, m.probe_asn) == ("ZZ", 0)


def test_the_oldest_time_keys():
    document = made.changed(made.measurement_kit(), ["measurement_start_time"], ...)
    assert parsed(document).measurement_start_time.minute == 30
    document = made.changed(document, ["test_start_time"], ...)
    assert refused(document).reason is RefusalReason.MISSING_FIELD
    at = parsed(document | {"start_time": 1704112496.0}).measurement_start_time
    assert at == datetime.datetime(2024, 1, 1, 12, 34, 56, tzinfo=datetime.UTC)


def test_a_body_beyond_the_limit_is_refused_by_name():
    data = made.encode(made.engine_v05())
    (result,) = read(data, max_body_bytes=100)
    assert result.reason is RefusalReason.BODY_TOO_LARGE
    assert result.field == "test_keys.requests[0].response.body"


def test_half_a_surrogate_pair_is_no_text():
    data = made.encode(made.engine_v05()).replace(b"<html>", b"<html>\\ud83d")
    (result,) = read(data)
    assert result.reason is RefusalReason.BROKEN_UTF8


@pytest.mark.parametrize("number", [b"NaN", b"Infinity", b"01", b"+1"])
def test_numbers_that_json_does_not_have(number):
    whole = made.encode(made.engine_v05())
    data = whole.replace(b'"test_runtime":1.5', b'"test_runtime":' + number)
    (result,) = read(data)
    assert result.reason is RefusalReason.MALFORMED_JSON


def test_a_number_beyond_any_float():
    data = made.encode(made.engine_v05()).replace(b'"test_runtime":1.5', b'"test_runtime":1e999')
    (result,) = read(data)
    assert (result.reason, result.field) == (RefusalReason.INTEGER_OVERFLOW, "test_runtime")


def test_not_a_measurement():
    for data in (b"{}", b'{"a":1}', b"3", b'"x"', b"null", b'{"raw":[1]}', b'{"raw":{}}'):
        (result,) = read(data)
        assert result.reason is RefusalReason.NOT_A_MEASUREMENT, data


def test_envelopes_within_envelopes_end():
    document = made.engine_v05()
    for _ in range(5):
        document = {"raw_measurement": json.dumps(document)}
    (result,) = read(made.encode(document))
    assert result.reason in {RefusalReason.TOO_DEEP, RefusalReason.NOT_A_MEASUREMENT}


def test_the_laboratorys_measurements_say_so():
    document = made.engine_v05() | {"annotations": {"origin": "whocut-lab"}}
    assert parsed(document).origin == "lab"
    assert parsed(made.engine_v05()).origin == "ooni"
