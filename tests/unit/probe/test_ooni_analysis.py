"""Our reading of OONI's own analysis agrees with what OONI's QA measurements publish."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from whocut.probe.ooni_analysis import analyse
from whocut.probe.records import TestKeys

if TYPE_CHECKING:
    from pathlib import Path

# The two ghost measurements turn on a name that exists nowhere any more: OONI concludes from the
# probe's address failing where the control has none to compare with, and we do not follow it there.
AGREEMENT_FLOOR = 48


def _keys(raw: dict[str, Any]) -> TestKeys:
    """Fill in what OONI leaves out of simulated measurements."""
    for name in ("queries", "tcp_connect", "tls_handshakes", "requests"):
        raw[name] = [{"t0": 0, "transaction_id": 0, **item} for item in raw[name] or ()]
    for query in raw["queries"]:
        query["resolver_address"] = query.get("resolver_address") or ""
    for handshake in raw["tls_handshakes"]:
        handshake["peer_certificates"] = handshake["peer_certificates"] or []
    for request in raw["requests"]:
        request["alpn"] = request.get("alpn") or ""
    raw["network_events"] = []
    raw["x_control_request"] = {"http_request": "", "http_request_headers": {}, "tcp_connect": []}
    if raw["control"]:
        raw["control"].setdefault("ip_info", {})
        for name in ("tls_handshake", "tcp_connect", "ip_info"):
            raw["control"][name] = raw["control"].get(name) or {}
        raw["control"]["quic_handshake"] = {}
        raw["control"]["dns"]["addrs"] = raw["control"]["dns"]["addrs"] or []
        raw["control"]["http_request"]["headers"] = raw["control"]["http_request"]["headers"] or {}
    return msgspec.convert(raw, TestKeys, strict=False)


@pytest.mark.shared
def test_agrees_with_the_qa_measurements(shared_dir: Path) -> None:
    lines = (shared_dir / "access/ooni/qa.jsonl").read_text().splitlines()
    agreed, disagreed = 0, []
    for line in lines:
        record = json.loads(line)
        raw = record["raw"]["test_keys"]
        published = (raw["blocking"], raw["accessible"])
        found = analyse(_keys(raw))
        if (found.blocking, found.accessible) == published:
            agreed += 1
        else:
            disagreed.append((record["source_path"].split("/")[-2], published, found))
    print(f"{agreed} of {len(lines)}", *disagreed, sep="\n")
    assert agreed >= AGREEMENT_FLOOR, disagreed
