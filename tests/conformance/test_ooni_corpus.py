"""The research corpus: 72 measurements, 2017 to 2025, each accounted for and read against its JSON.

The comparison below reads the same JSON by other means (the standard library, key by key), so that
a value that our reader drops or moves shows.
"""

import base64
import json
from collections import Counter

import pytest

from whocut.ingest.ooni import Refusal, RefusalReason, Skipped, Source, read_source
from whocut.model.observation import Measurement

pytestmark = pytest.mark.shared


@pytest.fixture(scope="module")
def corpus(shared_dir):
    return shared_dir / "access" / "ooni"


def read(path):
    results = list(read_source(Source(str(path))))
    lines = path.read_bytes().splitlines()
    assert len(results) == len(lines)
    assert [r.position.line for r in results] == list(range(1, len(lines) + 1))
    return list(zip(results, map(json.loads, lines), strict=True))


def test_all_72_are_accounted_for(corpus):
    kinds, reasons, skipped = Counter(), Counter(), Counter()
    for name in ("real.jsonl", "other-tests.jsonl"):
        for result, _ in read(corpus / name):
            kinds[type(result)] += 1
            if isinstance(result, Refusal):
                reasons[result.reason] += 1
            elif isinstance(result, Skipped):
                skipped[result.test_name] += 1
    assert kinds == {Measurement: 20, Skipped: 50, Refusal: 2}
    # One body's base64 lacks its padding; one record is test keys without a head.
    assert reasons == {RefusalReason.BAD_BASE64: 1, RefusalReason.NOT_A_MEASUREMENT: 1}
    assert skipped["web_connectivity"] == 0
    assert len(skipped) == 19


def test_the_50_qa_scenarios_are_all_read(corpus):
    assert all(isinstance(r, Measurement) for r, _ in read(corpus / "qa.jsonl"))


@pytest.mark.parametrize("name", ["real.jsonl", "qa.jsonl"])
def test_what_was_read_is_what_stands_there(corpus, name):
    compared = 0
    for result, line in read(corpus / name):
        if isinstance(result, Measurement):
            compare(result, line)
            compared += 1
    assert compared >= 20


def compare(m, line):
    raw = line["raw"]
    keys = raw["test_keys"]
    assert m.input == raw["input"]
    assert f"AS{m.probe_asn}" == raw["probe_asn"]
    assert m.probe_cc == raw["probe_cc"]
    assert f"{m.measurement_start_time:%Y-%m-%d %H:%M:%S}" == raw["measurement_start_time"]
    given = line["measurement_uid"] or raw.get("measurement_uid")
    assert m.is_uid_derived == (given is None)
    assert m.measurement_uid == given or m.is_uid_derived
    compare_dns(m.dns, keys.get("queries") or [])
    tcp = keys.get("tcp_connect") or []
    assert [(t.port, t.failure) for t in m.tcp] == [
        (t["port"], t["status"].get("failure") or None) for t in tcp
    ]
    tls = keys.get("tls_handshakes") or []
    assert [(t.server_name, t.failure) for t in m.tls] == [
        (t["server_name"], t["failure"]) for t in tls
    ]
    assert [len(t.certificates) for t in m.tls] == [len(t["peer_certificates"] or []) for t in tls]
    compare_http(m.http, (keys.get("requests") or [])[::-1])
    compare_control(m.control, keys)
    assert m.source_analysis.accessible == keys["accessible"]
    blocking = keys["blocking"]
    assert m.source_analysis.blocking == ("false" if blocking is False else blocking)


def compare_dns(found, queries):
    assert [(q.hostname, q.query_type, q.failure) for q in found] == [
        (q["hostname"], q["query_type"], q.get("failure")) for q in queries
    ]
    for query, expected in zip(found, queries, strict=True):
        answers = expected["answers"] or []
        addresses = [a.get("ipv4") or a.get("ipv6") for a in answers if a["answer_type"] != "CNAME"]
        assert list(query.ips) == addresses
        assert list(query.asns) == [
            a.get("asn") or 0 for a in answers if a["answer_type"] != "CNAME"
        ]
        engine = expected.get("engine")
        assert query.engine == (engine if engine in {"udp", "doh"} else "system")


def compare_http(found, requests):
    assert [(h.url, h.failure) for h in found] == [
        (r["request"]["url"], r.get("failure")) for r in requests
    ]
    for exchange, expected in zip(found, requests, strict=True):
        response = expected["response"] or {}
        assert exchange.status == (response.get("code") or None)
        body = response.get("body")
        if isinstance(body, dict):
            body = base64.b64decode(body["data"])
        elif body is not None:
            body = body.encode()
        assert (exchange.body or b"") == (body or b"")
        pairs = response.get("headers_list")
        if pairs is None:
            pairs = list((response.get("headers") or {}).items())
        assert [name for name, _ in exchange.headers] == [name.lower() for name, _ in pairs]
        for (_, value), (_, given) in zip(exchange.headers, pairs, strict=True):
            assert value == (given if isinstance(given, str) else _text(given["data"]))


def _text(data):
    return base64.b64decode(data).decode("utf-8", "replace")


def compare_control(found, keys):
    control = keys.get("control")
    assert found.failure == keys.get("control_failure")
    http = (control or {}).get("http_request")
    if not http:
        assert not found.is_http_observed
        return
    status = http["status_code"]
    assert found.http_status == (status if status > 0 else None)
    assert found.http_failure == http.get("failure")
    addresses = control["dns"]["addrs"]
    if addresses is None:
        assert found.dns_ips is None
    else:
        # The oldest helpers list names among the addresses.
        assert set(found.dns_ips) <= set(addresses)
        assert len(found.dns_ips) == sum(
            a.replace(".", "").isdigit() or ":" in a for a in addresses
        )
    assert len(found.tcp) == len(control["tcp_connect"] or {})
    assert found.ip_flags == {ip: info["flags"] for ip, info in control.get("ip_info", {}).items()}


def test_the_versions_and_years_that_this_covers(corpus):
    read_ = [r for r, _ in read(corpus / "real.jsonl") if isinstance(r, Measurement)]
    versions = {m.test_version for m in read_}
    assert {"0.0.1", "0.1.0", "0.3.0", "0.4.1", "0.4.3", "0.5.26", "0.5.28"} <= versions
    years = {m.measurement_start_time.year for m in read_}
    assert min(years) == 2017
    assert max(years) == 2025
