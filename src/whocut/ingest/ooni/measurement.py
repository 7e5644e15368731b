"""Turn one decoded OONI measurement into ours."""

from datetime import UTC, datetime

from whocut.ingest.ooni.addresses import (
    input_hostname,
    normalise_address,
    normalise_endpoint,
)
from whocut.ingest.ooni.limits import ReadLimits
from whocut.ingest.ooni.observations import (
    UNNAMED_FAILURE,
    failure_string,
    header_pairs,
    http_observations,
    http_status,
    observe_connect,
    observe_each,
    observe_handshake,
    observe_query,
)
from whocut.ingest.ooni.refusal import RecordRefusedError, RefusalReason
from whocut.ingest.ooni.transfers import summarise_transfers
from whocut.ingest.ooni.wire import (
    WireControl,
    WireControlEndpoint,
    WireMeasurement,
    WireTestKeys,
)
from whocut.model.identifiers import Asn, CountryCode, MeasurementUid
from whocut.model.observation import (
    ControlObservation,
    Measurement,
    SourceAnalysis,
    SourcePosition,
)

__all__ = ["build_measurement"]

_LAST_ASN = 2**32 - 1
_UNKNOWN_COUNTRY = "ZZ"
_SHORTEST_TIME = len("2019-11-18 06:36:21")
_LAB_ORIGIN = "whocut-lab"
"""The emulated internet's probe says so in its annotations."""


def build_measurement(
    wire: WireMeasurement,
    test_keys: WireTestKeys,
    *,
    uid: str,
    is_uid_derived: bool,
    position: SourcePosition,
    limits: ReadLimits,
) -> Measurement:
    """Build a measurement from its decoded JSON.

    Raises: RecordRefusedError naming the field that cannot be read.
    """
    url = wire.input
    if not url:
        raise RecordRefusedError(RefusalReason.MISSING_FIELD, "no URL was measured", "input")
    annotations = wire.annotations
    return Measurement(
        measurement_uid=MeasurementUid(uid),
        is_uid_derived=is_uid_derived,
        report_id=wire.report_id or None,
        input=url,
        hostname=input_hostname(url),
        probe_cc=_country(wire.probe_cc),
        probe_asn=_asn(wire.probe_asn, "probe_asn"),
        resolver_asn=_asn(wire.resolver_asn, "resolver_asn"),
        probe_network_name=wire.probe_network_name or None,
        test_version=wire.test_version or "",
        software_name=wire.software_name or "",
        software_version=wire.software_version or "",
        platform=annotations.platform or None if annotations is not None else None,
        measurement_start_time=_start_time(wire),
        test_runtime_s=wire.test_runtime,
        resolver_ip=wire.resolver_ip or test_keys.client_resolver or None,
        dns=observe_each("queries", test_keys.queries, observe_query),
        tcp=observe_each("tcp_connect", test_keys.tcp_connect, observe_connect),
        tls=observe_each("tls_handshakes", test_keys.tls_handshakes, observe_handshake),
        http=http_observations(test_keys.requests, limits),
        transfers=summarise_transfers(test_keys.network_events),
        control=_control(test_keys),
        source_analysis=_source_analysis(test_keys),
        position=position,
        origin="lab" if annotations is not None and annotations.origin == _LAB_ORIGIN else "ooni",
    )


def _country(text: str | None) -> CountryCode:
    if not text:
        return CountryCode(_UNKNOWN_COUNTRY)
    if len(text) == 2 and text.isascii() and text.isalpha():
        return CountryCode(text.upper())
    raise RecordRefusedError(RefusalReason.BAD_VALUE, "no country code", "probe_cc")


def _asn(value: str | int | None, field: str) -> Asn:
    """Read ``AS123``, ``123`` or a number; nothing at all is 0."""
    if value is None or value == "":
        return Asn(0)
    if isinstance(value, str):
        digits = value[2:] if value[:2] in {"AS", "as"} else value
        if not (digits.isascii() and digits.isdigit()):
            raise RecordRefusedError(RefusalReason.BAD_VALUE, "no AS number", field)
        if len(digits) > len(str(_LAST_ASN)):
            raise RecordRefusedError(RefusalReason.INTEGER_OVERFLOW, "no 32-bit AS number", field)
        value = int(digits)
    if value > _LAST_ASN:
        raise RecordRefusedError(RefusalReason.INTEGER_OVERFLOW, "no 32-bit AS number", field)
    if value < 0:
        raise RecordRefusedError(RefusalReason.BAD_VALUE, "no AS number", field)
    return Asn(value)


def _start_time(wire: WireMeasurement) -> datetime:
    """Read when the measurement began; the test's own start where the oldest formats have no other.

    OONI writes UTC without saying so.
    """
    if wire.measurement_start_time:
        return _parse_time(wire.measurement_start_time, "measurement_start_time")
    if wire.test_start_time:
        return _parse_time(wire.test_start_time, "test_start_time")
    if wire.start_time is not None:
        try:
            return datetime.fromtimestamp(wire.start_time, UTC)
        except (OverflowError, OSError, ValueError):
            raise RecordRefusedError(RefusalReason.BAD_TIME, "no time", "start_time") from None
    raise RecordRefusedError(
        RefusalReason.MISSING_FIELD, "no time was recorded", "measurement_start_time"
    )


def _parse_time(text: str, field: str) -> datetime:
    # fromisoformat reads short forms such as "20191118" too, which no OONI writer uses.
    if len(text) >= _SHORTEST_TIME:
        try:
            parsed = datetime.fromisoformat(text)
            return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)
        except (ValueError, OverflowError):
            pass
    raise RecordRefusedError(RefusalReason.BAD_TIME, "no time", field)


def _control(test_keys: WireTestKeys) -> ControlObservation | None:
    control = test_keys.control
    failure = failure_string(test_keys.control_failure)
    if control is None:
        if failure is None:
            return None
        control = WireControl()
    try:
        return _observe_control(control, failure)
    except RecordRefusedError as error:
        path = f"test_keys.control.{error.field}"
        raise RecordRefusedError(error.reason, error.detail, path) from None


def _observe_control(control: WireControl, failure: str | None) -> ControlObservation:
    dns, http = control.dns, control.http_request
    status: int | None = None
    http_failure: str | None = None
    body_bytes: int | None = None
    if http is not None:
        status = http_status(http.status_code, "http_request.status_code")
        http_failure = failure_string(http.failure)
        if http.body_length is not None and http.body_length >= 0 and status is not None:
            body_bytes = http.body_length
    asns, flags = _address_info(control)
    return ControlObservation(
        failure=failure,
        dns_failure=failure_string(dns.failure) if dns is not None else None,
        dns_ips=_control_ips(dns.addrs) if dns is not None else None,
        tcp=_endpoints(control.tcp_connect),
        tls=_endpoints(control.tls_handshake),
        http_failure=http_failure,
        http_status=status,
        http_title=http.title if http is not None and status is not None else None,
        http_headers=(
            header_pairs(http.headers.items(), "http_request.headers")
            if http is not None and http.headers
            else ()
        ),
        http_body_bytes=body_bytes,
        ip_asn=asns,
        ip_flags=flags,
        is_http_observed=status is not None or http_failure is not None,
    )


def _control_ips(addresses: list[str | None] | None) -> tuple[str, ...] | None:
    """Keep the addresses; early test helpers list names among them."""
    if addresses is None:
        return None
    found = (normalise_address(text) for text in addresses if text)
    return tuple(ip for ip in found if ip is not None)


def _endpoints(
    endpoints: dict[str, WireControlEndpoint | None] | None,
) -> dict[str, str | None]:
    if not endpoints:
        return {}
    found: dict[str, str | None] = {}
    for text, seen in endpoints.items():
        if seen is None:
            continue
        failure = failure_string(seen.failure)
        if failure is None and seen.status is False:
            failure = UNNAMED_FAILURE
        found[normalise_endpoint(text)] = failure
    return found


def _address_info(control: WireControl) -> tuple[dict[str, int], dict[str, int]]:
    asns: dict[str, int] = {}
    flags: dict[str, int] = {}
    for text, info in (control.ip_info or {}).items():
        ip = normalise_address(text)
        if ip is None or info is None:
            continue
        if info.asn is not None and 0 <= info.asn <= _LAST_ASN:
            asns[ip] = info.asn
        if info.flags is not None:
            flags[ip] = info.flags
    return asns, flags


def _source_analysis(test_keys: WireTestKeys) -> SourceAnalysis:
    blocking = test_keys.blocking
    if isinstance(blocking, bool):
        blocking = "true" if blocking else "false"
    accessible = test_keys.accessible
    flags = test_keys.x_blocking_flags
    proportion = test_keys.body_proportion
    return SourceAnalysis(
        _text(blocking),
        accessible if isinstance(accessible, bool) else None,
        _text(test_keys.dns_consistency),
        _int64(flags, "test_keys.x_blocking_flags"),
        _number(proportion),
        _text(test_keys.http_experiment_failure),
        _text(test_keys.dns_experiment_failure),
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _int64(value: object, field: str) -> int | None:
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    if not -(2**63) <= value < 2**63:
        raise RecordRefusedError(RefusalReason.INTEGER_OVERFLOW, "no 64-bit integer", field)
    return value


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    try:
        return float(value)
    except OverflowError:
        return None
