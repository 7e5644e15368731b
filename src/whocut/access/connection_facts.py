"""Facts of one hop's TCP connects and TLS handshakes, at the addresses its resolver gave."""

from msgspec import Struct

from whocut.access import facts as f
from whocut.access.hops import Hop
from whocut.model.failure import FailureFamily, failure_family
from whocut.model.observation import ControlObservation, Measurement, TcpObservation, TlsObservation
from whocut.reference.bogons import is_bogon
from whocut.reference.chains import (
    AUTHENTICATED_GRADES,
    ChainGrade,
    ChainResult,
    verify_chain,
)
from whocut.reference.snapshot import Reference

__all__ = ["TlsReading", "read_tcp", "read_tls"]

_TCP = {
    FailureFamily.TIMEOUT: f.TCP_TIMEOUT,
    FailureFamily.REFUSED: f.TCP_REFUSED,
    FailureFamily.RESET: f.TCP_RESET,
    FailureFamily.UNREACHABLE: f.TCP_UNREACHABLE,
}
_TLS = {
    FailureFamily.TIMEOUT: f.TLS_TIMEOUT,
    FailureFamily.RESET: f.TLS_RESET,
    FailureFamily.EOF: f.TLS_EOF,
    FailureFamily.TLS_ALERT: f.TLS_ALERT,
    FailureFamily.CERT_EXPIRED_OR_INVALID: f.TLS_EXPIRED | f.TLS_CERTIFICATE_FAILED,
    FailureFamily.CERT_UNKNOWN_AUTHORITY: f.TLS_UNKNOWN_AUTHORITY | f.TLS_CERTIFICATE_FAILED,
    FailureFamily.CERT_WRONG_NAME: f.TLS_WRONG_NAME | f.TLS_CERTIFICATE_FAILED,
}
_VALID = (ChainGrade.VALID, ChainGrade.VALID_UNDATED)
_NO_IPV6 = (FailureFamily.LOCAL, FailureFamily.UNREACHABLE)


class TlsReading(Struct, frozen=True, gc=False):
    """What one hop's handshakes show; ``grades`` by address of the peer."""

    mask: int
    grades: dict[str | None, ChainResult]


def _endpoint(ip: str | None, port: int | None) -> str:
    return f"[{ip}]:{port}" if ip and ":" in ip else f"{ip}:{port}"


def _tcp_control(failed: list[TcpObservation], control: ControlObservation | None) -> int:
    if control is None or not control.tcp:
        return 0
    seen = [
        control.tcp[endpoint]
        for endpoint in (_endpoint(t.ip, t.port) for t in failed)
        if endpoint in control.tcp
    ]
    if not seen:
        return 0
    return f.TCP_CONTROL_OK_SAME if None in seen else f.TCP_CONTROL_FAILED_SAME


def read_tcp(measurement: Measurement, hop: Hop) -> int:
    """State what one hop's connects show, as a mask of facts.

    Bogon addresses are DNS's matter, and an IPv6 connect that fails for want of IPv6 is nobody's.
    """
    connects = [t for t in hop.tcp if not is_bogon(t.ip)]
    usable = [
        t
        for t in connects
        if t.failure is None or ":" not in t.ip or failure_family(t.failure) not in _NO_IPV6
    ]
    if not usable:
        return f.TCP_IPV6_ONLY if connects else 0
    if any(t.failure is None for t in usable):
        return 0
    mask = f.TCP_ALL_FAILED
    for connect in usable:
        mask |= _TCP.get(failure_family(connect.failure), f.TCP_OTHER)
    return mask | _tcp_control(usable, measurement.control if hop.index == 0 else None)


def _grade(
    handshake: TlsObservation, measurement: Measurement, hop: Hop, reference: Reference
) -> ChainResult:
    if handshake.certificates:
        at = measurement.measurement_start_time
        result = verify_chain(handshake.certificates, hop.hostname, at, reference.roots)
        if handshake.failure is not None or not handshake.is_probe_verified:
            return result
        return _settle(result, reference.roots.at(at.date()).is_dated)
    if handshake.failure is None and handshake.is_probe_verified:
        return ChainResult(ChainGrade.PROBE_VERIFIED, "no chain recorded; the probe checked it")
    return ChainResult(ChainGrade.UNVERIFIABLE, "no chain recorded")


def _settle(result: ChainResult, is_dated: bool) -> ChainResult:
    """Weigh our grade against a probe that verified the chain and found no fault.

    Roots come and go: without the store of that day our doubt is weaker than the probe's word.
    With it the two contradict each other, and then nobody is known to vouch for the answer.
    """
    if result.grade in AUTHENTICATED_GRADES:
        return result
    if not is_dated:
        reason = f"the probe checked it; our roots are of another day ({result.reason})"
        return ChainResult(ChainGrade.PROBE_VERIFIED, reason)
    return ChainResult(ChainGrade.UNVERIFIABLE, f"the probe accepted it: {result.reason}")


def _valid_for_name(handshake: TlsObservation, result: ChainResult) -> bool:
    if result.grade in _VALID:
        return True
    if handshake.failure is not None or not handshake.is_probe_verified:
        return False
    # The probe held the chain valid and our roots of the day are not at hand.
    return result.grade in (ChainGrade.PROBE_VERIFIED, ChainGrade.UNVERIFIABLE)


def _failures(
    failed: list[TlsObservation], measurement: Measurement, results: dict[str | None, ChainResult]
) -> int:
    mask = f.TLS_ALL_FAILED
    for handshake in failed:
        mask |= _TLS.get(failure_family(handshake.failure), f.TLS_OTHER)
        result = results.get(handshake.ip)
        if result is not None and mask & f.TLS_CERTIFICATE_FAILED:
            if result.grade in _VALID:
                mask |= f.TLS_CHAIN_VALID_AFTER_ALL
            elif result.grade is ChainGrade.DOMESTIC_CA:
                mask |= f.TLS_DOMESTIC_CA
    control = measurement.control
    if control is not None:
        for handshake in failed:
            endpoint = _endpoint(handshake.ip, handshake.port)
            if endpoint in control.tls:
                ok = control.tls[endpoint] is None
                mask |= f.TLS_CONTROL_OK_SAME if ok else f.TLS_CONTROL_FAILED_SAME
    return mask


def _confirmations(
    hop: Hop, valid_ips: set[str | None], control: ControlObservation | None, mask: int
) -> int:
    """Let TLS speak about DNS: who else but the service holds a certificate for its name?"""
    system = set(hop.system_ips)
    flags = control.ip_flags if control is not None and hop.index == 0 else {}
    if valid_ips & system or any(flags.get(ip, 0) & 8 for ip in system):
        return f.DNS_TLS_CONFIRMS
    if not mask & f.TLS_CERTIFICATE_FAILED:
        return 0
    elsewhere_valid = bool(valid_ips - system) or any(
        flag & 8 for ip, flag in flags.items() if ip not in system
    )
    if control is not None and hop.index == 0 and not elsewhere_valid:
        control_ips = set(control.dns_ips or ())
        elsewhere_valid = any(
            failure is None and _ip_of(endpoint) in control_ips - system
            for endpoint, failure in control.tls.items()
        )
        # Before v0.5 the control names no handshakes; its page over https stands for one.
        if not control.tls and control_ips and not control_ips & system:
            elsewhere_valid = hop.is_https and bool(control.http_status)
    return f.DNS_TLS_CONTRADICTS if elsewhere_valid else 0


def _ip_of(endpoint: str) -> str:
    return endpoint.rpartition(":")[0].strip("[]")


def read_tls(measurement: Measurement, hop: Hop, reference: Reference) -> TlsReading:
    """State what one hop's handshakes show, as a mask of facts and the grade of each chain."""
    if not hop.tls:
        return TlsReading(0, {})
    grades: dict[str | None, ChainResult] = {}
    valid_ips: set[str | None] = set()
    seen: dict[tuple[bytes, ...], ChainResult] = {}
    for handshake in hop.tls:
        result = seen.get(handshake.certificates) if handshake.certificates else None
        if result is None:
            result = _grade(handshake, measurement, hop, reference)
            seen[handshake.certificates] = result
        if handshake.ip not in grades or handshake.failure is None:
            grades[handshake.ip] = result
        if _valid_for_name(handshake, result):
            valid_ips.add(handshake.ip)
    mask = 0
    ours = (None, *hop.system_ips)
    system = [t for t in hop.tls if t.port in (None, hop.port) and t.ip in ours]
    if hop.is_https and system and all(t.failure is not None for t in system):
        mask |= _failures(system, measurement, grades)
    elif not hop.is_https and system and all(t.failure is not None for t in system):
        # Beside a cleartext URL the handshake only speaks about DNS.
        mask |= _failures(system, measurement, grades) & f.TLS_CERTIFICATE_FAILED
    return TlsReading(mask | _confirmations(hop, valid_ips, measurement.control, mask), grades)
