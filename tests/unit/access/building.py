"""Build measurements by hand, one layer at a time."""

from datetime import UTC, datetime
from typing import Any

from whocut.model.identifiers import Asn, CountryCode, MeasurementUid
from whocut.model.observation import (
    ControlObservation,
    DnsObservation,
    HttpObservation,
    Measurement,
    SourceAnalysis,
    SourcePosition,
    TcpObservation,
    TlsObservation,
)

SERVICE_IP = "93.184.216.34"
OTHER_IP = "130.192.182.17"
PAGE = b"<html><title>An ordinary welcome page</title><body>" + b"words of welcome " * 80


def dns(
    *ips: str, failure: str | None = None, engine: str = "system", **more: Any
) -> DnsObservation:
    return DnsObservation(
        hostname=more.pop("hostname", "www.example.com"),
        query_type="ANY" if engine == "system" else "A",
        engine=engine,
        resolver=None,
        failure=failure,
        ips=ips,
        cnames=more.pop("cnames", ()),
        asns=more.pop("asns", tuple(0 for _ in ips)),
    )


def tcp(ip: str = SERVICE_IP, port: int = 443, failure: str | None = None) -> TcpObservation:
    return TcpObservation(ip, port, failure)


def tls(
    ip: str = SERVICE_IP, failure: str | None = None, name: str = "www.example.com"
) -> TlsObservation:
    return TlsObservation(ip, 443, name, failure, (), is_probe_verified=True)


def http(
    status: int | None = 200,
    body: bytes = PAGE,
    url: str = "https://www.example.com/",
    failure: str | None = None,
    ip: str | None = SERVICE_IP,
    headers: tuple[tuple[str, str], ...] = (),
) -> HttpObservation:
    return HttpObservation(url, "GET", failure, status, headers, body, False, ip, 443)


def control(**changes: Any) -> ControlObservation:
    fields: dict[str, Any] = {
        "failure": None,
        "dns_failure": None,
        "dns_ips": (SERVICE_IP,),
        "tcp": {f"{SERVICE_IP}:443": None, f"{SERVICE_IP}:80": None},
        "tls": {f"{SERVICE_IP}:443": None},
        "http_failure": None,
        "http_status": 200,
        "http_title": "An ordinary welcome page",
        "http_headers": (),
        "http_body_bytes": len(PAGE),
        "ip_asn": {SERVICE_IP: 15133, OTHER_IP: 137},
        "ip_flags": {SERVICE_IP: 11},
    }
    return ControlObservation(**{**fields, **changes})


def dead_control() -> ControlObservation:
    return control(
        tcp={f"{SERVICE_IP}:443": "connection_refused_error"},
        tls={},
        http_failure="connection_refused_error",
        http_status=None,
        http_title=None,
        http_body_bytes=None,
        ip_flags={SERVICE_IP: 3},
    )


def measurement(
    *operations: DnsObservation | TcpObservation | TlsObservation | HttpObservation,
    url: str = "https://www.example.com/",
    against: ControlObservation | None = None,
    **changes: Any,
) -> Measurement:
    def of(kind: type) -> tuple[Any, ...]:
        return tuple(o for o in operations if isinstance(o, kind))

    fields: dict[str, Any] = {
        "measurement_uid": MeasurementUid("20240101000000.000000_XA_webconnectivity_0000"),
        "is_uid_derived": False,
        "report_id": None,
        "input": url,
        "hostname": "www.example.com",
        "probe_cc": CountryCode("XA"),
        "probe_asn": Asn(64501),
        "resolver_asn": Asn(64501),
        "probe_network_name": None,
        "test_version": "0.5.0",
        "software_name": "test",
        "software_version": "0",
        "platform": None,
        "measurement_start_time": datetime(2024, 1, 1, tzinfo=UTC),
        "test_runtime_s": 1.0,
        "resolver_ip": None,
        "dns": of(DnsObservation),
        "tcp": of(TcpObservation),
        "tls": of(TlsObservation),
        "http": of(HttpObservation),
        "transfers": (),
        "control": against if against is not None else control(),
        "source_analysis": SourceAnalysis(None, None, None, None, None, None, None),
        "position": SourcePosition("memory", 0, 1),
    }
    return Measurement(**{**fields, **changes})
