"""Facts of one hop's name resolution."""

from collections.abc import Iterable
from itertools import chain

from msgspec import Struct

from whocut.access import facts as f
from whocut.access.hops import Hop
from whocut.model.failure import FailureFamily, failure_family
from whocut.model.observation import DnsObservation, Measurement
from whocut.reference.bogons import is_bogon
from whocut.reference.fingerprints import Fingerprint
from whocut.reference.snapshot import Reference

__all__ = ["DnsReading", "read_dns"]

_FAILURES = {
    FailureFamily.NXDOMAIN: f.DNS_NXDOMAIN,
    FailureFamily.NO_ANSWER: f.DNS_NO_ANSWER,
    FailureFamily.SERVFAIL: f.DNS_SERVFAIL,
    FailureFamily.DNS_REFUSED: f.DNS_REFUSED,
    FailureFamily.TIMEOUT: f.DNS_TIMEOUT,
}
_ENCRYPTED = ("doh", "dot", "doq")
_NONE: tuple[Fingerprint, ...] = ()


class DnsReading(Struct, frozen=True, gc=False):
    """What one hop's resolution shows."""

    mask: int
    fingerprints: tuple[Fingerprint, ...]


def _failure_bit(failure: str | None) -> int:
    family = failure_family(failure)
    if family is FailureFamily.NONE:
        # No failure and no address: an empty answer.
        return f.DNS_NO_ANSWER
    return _FAILURES.get(family, f.DNS_OTHER_FAILURE)


def _others(others: Iterable[DnsObservation], system_failure: int) -> int:
    mask = 0
    for answer in others:
        if answer.query_type not in ("A", "AAAA", "ANY"):
            continue
        if any(not is_bogon(ip) for ip in answer.ips):
            mask |= f.DNS_ALTERNATE_OK
        elif answer.query_type != "AAAA" and answer.failure is not None:
            bit = _failure_bit(answer.failure)
            if bit == f.DNS_NXDOMAIN:
                mask |= f.DNS_ALTERNATE_NXDOMAIN
            if answer.engine in _ENCRYPTED and bit == system_failure:
                mask |= f.DNS_DOH_FAILED
    return mask


def _annotated(measurement: Measurement, hop: Hop) -> dict[str, int]:
    """Gather the source's own address-to-AS annotations."""
    known: dict[str, int] = {}
    if measurement.control is not None:
        known.update(measurement.control.ip_asn)
    known.update(
        (ip, asn)
        for answer in hop.dns
        for ip, asn in zip(answer.ips, answer.asns, strict=False)
        if asn
    )
    return known


def _consistency(measurement: Measurement, hop: Hop, reference: Reference) -> int:
    """Compare the addresses given here with the control's and with other resolvers'."""
    given = [ip for ip in hop.system_ips if not is_bogon(ip)]
    control = measurement.control
    trusted: set[str] = set()
    if hop.index == 0 and control is not None and control.dns_ips:
        trusted.update(control.dns_ips)
    trusted.update(ip for d in hop.dns if d.engine in _ENCRYPTED for ip in d.ips)
    if not given or not trusted:
        return 0
    if not trusted.isdisjoint(given):
        return f.DNS_AGREES
    annotated = _annotated(measurement, hop)
    prefixes = reference.prefixes
    day = measurement.measurement_start_time.date()

    def asns(ips: Iterable[str]) -> set[int]:
        tabled = ((ip, prefixes.asn(ip, day) if prefixes else 0) for ip in ips)
        return {asn or annotated.get(ip, 0) for ip, asn in tabled} - {0}

    given_asns, trusted_asns = asns(given), asns(trusted)
    if given_asns & trusted_asns:
        return f.DNS_AGREES
    mask = f.DNS_DIFFERS
    if given_asns == {measurement.probe_asn} and measurement.probe_asn not in trusted_asns:
        mask |= f.DNS_ANSWER_IN_PROBE_ASN
    return mask


def _answer_facts(measurement: Measurement, hop: Hop, reference: Reference) -> DnsReading:
    mask = f.DNS_OK | _consistency(measurement, hop, reference)
    bogons = [ip for ip in hop.system_ips if is_bogon(ip)]
    if bogons:
        mask |= f.DNS_BOGON
        if len(bogons) == len(hop.system_ips):
            mask |= f.DNS_ALL_BOGON
    cnames = tuple(chain.from_iterable(d.cnames for d in hop.dns if d.engine == "system"))
    found = reference.fingerprints.match_dns(hop.system_ips, cnames)
    control_ips = measurement.control.dns_ips if measurement.control is not None else None
    # An address listed for one country says nothing of another's state, nor one the control has.
    kept = tuple(
        x
        for x in found
        if x.meaning == "block_page"
        and x.pattern not in (control_ips or ())
        and (not x.expected_countries or measurement.probe_cc in x.expected_countries)
    )
    for fingerprint in kept:
        mask |= f.DNS_FINGERPRINT
        if fingerprint.scope == "state":
            mask |= f.DNS_FINGERPRINT_STATE
        elif fingerprint.scope in ("isp", "product", "institution"):
            mask |= f.DNS_FINGERPRINT_OPERATOR
    return DnsReading(mask, kept)


def read_dns(
    measurement: Measurement, hop: Hop, reference: Reference, control_mask: int
) -> DnsReading:
    """State what one hop's resolution shows, as a mask of facts and the fingerprints found."""
    if not hop.dns:
        return DnsReading(0, _NONE)
    mask = 0
    if measurement.resolver_asn and measurement.resolver_asn == measurement.probe_asn:
        mask |= f.DNS_RESOLVER_IN_PROBE_ASN
    system = [d for d in hop.dns if d.engine == "system"]
    others = [d for d in hop.dns if d.engine != "system"]
    if not system:
        return DnsReading(mask | _others(others, 0), _NONE)
    if not hop.system_ips:
        bit = _failure_bit(next((d.failure for d in system if d.failure), None))
        return DnsReading(mask | f.DNS_FAILED | bit | _others(others, bit), _NONE)
    reading = _answer_facts(measurement, hop, reference)
    mask |= reading.mask | _others(others, 0)
    nowhere_else = control_mask & f.CONTROL_DNS_NXDOMAIN and not mask & f.DNS_ALTERNATE_OK
    if hop.index == 0 and (
        nowhere_else or (mask & f.DNS_ALTERNATE_NXDOMAIN and control_mask & f.CONTROL_DNS_NXDOMAIN)
    ):
        mask |= f.DNS_ANSWER_WHERE_NONE
    return DnsReading(mask, reading.fingerprints)
