"""Facts of one hop's TLS handshakes, and who vouches for what came over them."""

from msgspec import Struct

from whocut.access import facts as f
from whocut.access.hops import Hop
from whocut.access.tcp_facts import endpoint_name
from whocut.model.failure import FailureFamily, failure_family
from whocut.model.observation import ControlObservation, Measurement, TlsObservation
from whocut.reference.chains import (
    AUTHENTICATED_GRADES,
    ChainGrade,
    ChainResult,
    verify_chain,
)
from whocut.reference.domestic_authorities import DomesticMeaning
from whocut.reference.snapshot import Reference

__all__ = ["Handshakes", "TlsReading", "read_tls"]

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
_IN_DOUBT = f.DNS_DIFFERS | f.DNS_BOGON | f.DNS_FINGERPRINT | f.DNS_ANSWER_WHERE_NONE
"""Facts about a DNS answer that TLS can settle."""


class Handshakes:
    """One hop's handshakes, each chain graded when it is first asked for.

    Grading costs more than all other facts together, and most chains decide nothing.
    """

    __slots__ = ("_at", "_graded", "_hostname", "_roots", "all")

    def __init__(self, measurement: Measurement, hop: Hop, reference: Reference) -> None:
        self.all = hop.tls
        self._hostname = hop.hostname
        self._at = measurement.measurement_start_time
        self._roots = reference.roots
        self._graded: dict[tuple[object, ...], ChainResult] = {}

    def grade(self, handshake: TlsObservation) -> ChainResult:
        """Grade one handshake's chain against the roots of the day and the probe's own word."""
        accepted = handshake.failure is None and handshake.is_probe_verified
        key = (accepted, handshake.certificates)
        result = self._graded.get(key)
        if result is None:
            result = self._graded[key] = self._settle(handshake.certificates, accepted=accepted)
        return result

    def _settle(self, certificates: tuple[bytes, ...], *, accepted: bool) -> ChainResult:
        """Weigh our grade against a probe that verified the chain and found no fault.

        Roots come and go: without the store of that day our doubt is weaker than the probe's
        word. With it the two contradict each other, and then nobody is known to vouch.
        """
        if not certificates:
            if accepted:
                reason = "no chain recorded; the probe checked it"
                return ChainResult(ChainGrade.PROBE_VERIFIED, reason)
            return ChainResult(ChainGrade.UNVERIFIABLE, "no chain recorded")
        result = verify_chain(certificates, self._hostname, self._at, self._roots)
        if not accepted or result.grade in AUTHENTICATED_GRADES:
            return result
        if not self._roots.at(self._at.date()).is_dated:
            reason = f"the probe checked it; our roots are of another day ({result.reason})"
            return ChainResult(ChainGrade.PROBE_VERIFIED, reason)
        return ChainResult(ChainGrade.UNVERIFIABLE, f"the probe accepted it: {result.reason}")

    def grade_of(self, ip: str | None) -> ChainResult | None:
        """Grade the handshake behind an exchange with one address.

        Older files do not name the exchange's address: then all handshakes must agree.
        """
        if ip is not None:
            at_ip = [h for h in self.all if h.ip == ip]
            best = next((h for h in at_ip if h.failure is None), at_ip[0] if at_ip else None)
            return self.grade(best) if best is not None else None
        results = [self.grade(h) for h in self.all if h.failure is None or len(self.all) == 1]
        return results[0] if results and len({r.grade for r in results}) == 1 else None

    def is_valid(self, handshake: TlsObservation) -> bool:
        """Say whether the peer showed a certificate valid for the name."""
        grade = self.grade(handshake).grade
        if grade in _VALID:
            return True
        if handshake.failure is not None or not handshake.is_probe_verified:
            return False
        return grade in (ChainGrade.PROBE_VERIFIED, ChainGrade.UNVERIFIABLE)


class TlsReading(Struct, frozen=True, gc=False):
    """What one hop's handshakes show."""

    mask: int
    handshakes: Handshakes


def _certificate_facts(result: ChainResult) -> int:
    if result.grade in _VALID:
        return f.TLS_CHAIN_VALID_AFTER_ALL
    if result.grade is not ChainGrade.DOMESTIC_CA:
        return 0
    if result.domestic is DomesticMeaning.INTERCEPTION:
        return f.TLS_INTERCEPTION_CA
    return f.TLS_DOMESTIC_CA


def _failures(
    failed: list[TlsObservation], handshakes: Handshakes, control: ControlObservation | None
) -> int:
    mask = f.TLS_ALL_FAILED
    for handshake in failed:
        bits = _TLS.get(failure_family(handshake.failure), f.TLS_OTHER)
        if bits & f.TLS_CERTIFICATE_FAILED and handshake.certificates:
            bits |= _certificate_facts(handshakes.grade(handshake))
        mask |= bits
    if control is not None:
        for handshake in failed:
            endpoint = endpoint_name(handshake.ip, handshake.port)
            if endpoint in control.tls:
                ok = control.tls[endpoint] is None
                mask |= f.TLS_CONTROL_OK_SAME if ok else f.TLS_CONTROL_FAILED_SAME
    return mask


def _ip_of(endpoint: str) -> str:
    return endpoint.rpartition(":")[0].strip("[]")


def _valid_elsewhere(hop: Hop, handshakes: Handshakes, control: ControlObservation | None) -> bool:
    """Say whether the name's certificate was seen at addresses this resolver did not give."""
    system = set(hop.system_ips)
    if any(h.ip not in system and handshakes.is_valid(h) for h in handshakes.all):
        return True
    if control is None or hop.index != 0:
        return False
    if any(flag & 8 for ip, flag in control.ip_flags.items() if ip not in system):
        return True
    control_ips = set(control.dns_ips or ())
    # Before v0.5 the control names no handshakes; its page over https stands for one.
    if not control.tls:
        away = bool(control_ips) and not control_ips & system
        return away and hop.is_https and bool(control.http_status)
    return any(
        failure is None and _ip_of(endpoint) in control_ips - system
        for endpoint, failure in control.tls.items()
    )


def _confirmations(
    hop: Hop, handshakes: Handshakes, control: ControlObservation | None, mask: int
) -> int:
    """Let TLS speak about DNS: who else but the service holds a certificate for its name?"""
    system = set(hop.system_ips)
    flags = control.ip_flags if control is not None and hop.index == 0 else {}
    if any(flags.get(ip, 0) & 8 for ip in system):
        return f.DNS_TLS_CONFIRMS
    if any(h.ip in system and handshakes.is_valid(h) for h in handshakes.all):
        return f.DNS_TLS_CONFIRMS
    if mask & f.TLS_CERTIFICATE_FAILED and _valid_elsewhere(hop, handshakes, control):
        return f.DNS_TLS_CONTRADICTS
    return 0


def read_tls(
    measurement: Measurement, hop: Hop, reference: Reference, dns_mask: int, whole: int
) -> TlsReading:
    """State what one hop's handshakes show, as a mask of facts.

    TLS is asked about the DNS answer only where that is in doubt or where no control speaks.
    """
    handshakes = Handshakes(measurement, hop, reference)
    if not hop.tls:
        return TlsReading(0, handshakes)
    control = measurement.control if not whole & f.CONTROL_MISSING else None
    ours = (None, *hop.system_ips)
    system = [t for t in hop.tls if t.port in (None, hop.port, 443) and t.ip in ours]
    mask = 0
    if system and all(t.failure is not None for t in system):
        mask = _failures(system, handshakes, control if hop.index == 0 else None)
        if not hop.is_https:
            # Beside a cleartext URL the handshake only speaks about DNS.
            mask &= f.TLS_CERTIFICATE_FAILED
    if dns_mask & _IN_DOUBT or whole & f.CONTROL_MISSING:
        mask |= _confirmations(hop, handshakes, control, mask)
    return TlsReading(mask, handshakes)
