"""Measure one URL from one vantage and write it as OONI's Web Connectivity test would.

Source: OONI test specification ts-017 (version 0.5); data format 0.2.0.
"""

import time
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct

from whocut import __version__
from whocut.probe.control import ControlAnswer, ask_control
from whocut.probe.exchange import REQUEST_HEADERS
from whocut.probe.navigation import Client, fetch
from whocut.probe.ooni_analysis import analyse
from whocut.probe.records import ControlRequest, TestKeys
from whocut.probe.resolution import Resolution
from whocut.probe.trace import Trace

__all__ = ["TEST_VERSION", "Vantage", "encode_line", "measure"]

TEST_VERSION = "0.5.28"
"""The version of OONI's test whose record this is shaped after."""
_EXTENSIONS = {"dnst": 0, "httpt": 0, "netevents": 0, "tcpconnect": 0, "tlshandshake": 0}


class Vantage(Struct, frozen=True):
    """Where a measurement is made from, and whom it asks for a second view."""

    probe_cc: str
    probe_asn: int
    probe_network_name: str
    client: Client
    control: tuple[str, int]
    control_timeout_s: float = 30.0
    annotations: dict[str, str] = {}


def _control_request(url: str, resolution: Resolution) -> ControlRequest:
    ports = (443, 80)
    custom = urlsplit(url).port
    if custom not in (None, *ports):
        ports = (custom,)  # type: ignore[assignment]
    return ControlRequest(
        http_request=url,
        http_request_headers={name: [value] for name, value in REQUEST_HEADERS},
        tcp_connect=[f"{ip}:{port}" for ip in resolution.addresses for port in ports],
    )


def _observe(url: str, vantage: Vantage) -> TestKeys:
    trace = Trace()
    asked: list[tuple[ControlRequest, Future[ControlAnswer]]] = []
    with ThreadPoolExecutor(1) as pool:

        def consult(resolution: Resolution) -> None:
            request = _control_request(url, resolution)
            answer = pool.submit(
                ask_control,
                vantage.control,
                request,
                connect_s=vantage.client.timeouts.connect_s,
                answer_s=vantage.control_timeout_s,
            )
            asked.append((request, answer))

        fetch(trace, vantage.client, url, consult)
        request, future = asked[0]
        answer = future.result()
    return TestKeys(
        client_resolver=vantage.client.resolver.address,
        queries=trace.queries,
        tcp_connect=trace.connects,
        tls_handshakes=trace.handshakes,
        requests=trace.exchanges[::-1],
        network_events=sorted(trace.events, key=lambda event: event.t),
        x_control_request=request,
        control=answer.response,
        control_failure=answer.failure,
    )


def measure(url: str, vantage: Vantage) -> dict[str, Any]:
    """Measure one URL; whatever the network does is in the record.

    Shapes: one OONI measurement, ready for ``encode_line``.
    """
    started, began = datetime.now(UTC), time.monotonic()
    keys = _observe(url, vantage)
    at = f"{started:%Y-%m-%d %H:%M:%S}"
    resolver = vantage.client.resolver.address
    return {
        "annotations": vantage.annotations,
        "data_format_version": "0.2.0",
        "extensions": _EXTENSIONS,
        "input": url,
        "measurement_start_time": at,
        "probe_asn": f"AS{vantage.probe_asn}",
        "probe_cc": vantage.probe_cc,
        "probe_ip": "127.0.0.1",
        "probe_network_name": vantage.probe_network_name,
        "report_id": "",
        "resolver_asn": f"AS{vantage.client.asn_of(resolver)}",
        "resolver_ip": resolver,
        "resolver_network_name": vantage.probe_network_name,
        "software_name": "whocut",
        "software_version": __version__,
        "test_helpers": {"backend": {"address": f"http://{vantage.control[0]}/", "type": "http"}},
        "test_keys": msgspec.to_builtins(keys) | msgspec.to_builtins(analyse(keys)),
        "test_name": "web_connectivity",
        "test_runtime": round(time.monotonic() - began, 6),
        "test_start_time": at,
        "test_version": TEST_VERSION,
    }


def encode_line(measurement: dict[str, Any]) -> bytes:
    """Write one measurement as one line of JSON."""
    return msgspec.json.encode(measurement) + b"\n"
