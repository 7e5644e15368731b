"""From one measurement to one verdict: facts, then rules, then the answer; all of it pure."""

from msgspec import Struct

from whocut.access import facts as f
from whocut.access.control_facts import control_behind_redirect, measurement_facts
from whocut.access.dns_facts import read_dns
from whocut.access.evidence import (
    HopReading,
    describe,
    fingerprints_behind,
    strength_with,
)
from whocut.access.hops import Hop, split_hops
from whocut.access.page_facts import read_page
from whocut.access.rules import FALLBACK, Rule, load_rules
from whocut.access.ruleset import RULESET_VERSION
from whocut.access.tcp_facts import read_tcp
from whocut.access.timing import read_timing
from whocut.access.tls_facts import read_tls
from whocut.model.identifiers import FingerprintId
from whocut.model.observation import Measurement
from whocut.model.taxonomy import CUT_OUTCOMES, Strength
from whocut.model.verdict import Judgement, Signal, Verdict
from whocut.reference.fingerprints import Fingerprint
from whocut.reference.snapshot import Reference
from whocut.reference.suffixes import registrable_domain

__all__ = ["judge"]


class _Fired(Struct, frozen=True, gc=False):
    rule: Rule
    reading: HopReading
    fingerprints: tuple[Fingerprint, ...]
    strength: Strength


def _read_hop(
    measurement: Measurement, hop: Hop, reference: Reference, whole: int
) -> HopReading:
    whole = control_behind_redirect(whole) if hop.index else whole
    mask = whole | (f.HOP_REDIRECTED if hop.index else f.HOP_FIRST)
    mask |= f.HOP_HTTPS if hop.is_https else f.HOP_CLEARTEXT
    if hop.is_final:
        mask |= f.HOP_FINAL
    dns = read_dns(measurement, hop, reference, whole)
    tls = read_tls(measurement, hop, reference, dns.mask, whole)
    page = read_page(measurement, hop, tls, reference)
    mask |= dns.mask | read_tcp(measurement, hop) | tls.mask | page.mask
    return HopReading(hop, mask, dns, tls, page)


def _weigh(rule: Rule, reading: HopReading, probe_cc: str) -> _Fired:
    found = fingerprints_behind(rule, reading, probe_cc)
    return _Fired(rule, reading, found, strength_with(rule, found))


def _fire(readings: tuple[HopReading, ...], probe_cc: str) -> list[_Fired]:
    """Fire every rule on every hop; the deciding one first."""
    fired = [
        _weigh(rule, reading, probe_cc)
        for rule in load_rules()
        for reading in readings
        if reading.mask & rule.need == rule.need and not reading.mask & rule.forbid
    ]
    if len(fired) > 1:
        fired.sort(key=lambda one: (one.rule.rank, one.strength.value))
    return fired or [_Fired(FALLBACK, readings[-1], (), FALLBACK.strength)]


def _signal(fired: _Fired) -> Signal:
    rule = fired.rule
    return Signal(
        rule_id=rule.id,
        hop=fired.reading.hop.index,
        outcome=rule.outcome,
        layer=rule.layer,
        mechanism=rule.mechanism,
        locus=rule.locus,
        actor_kind=rule.actor_kind,
        strength=fired.strength,
        facts=rule.when,
        fingerprints=tuple(FingerprintId(x.id) for x in fired.fingerprints),
        detail=describe(rule, fired.reading),
    )


def _verdict(
    measurement: Measurement, fired: list[_Fired], signals: tuple[Signal, ...], snapshot: str
) -> Verdict:
    rule, reading = fired[0].rule, fired[0].reading
    cut_layers = dict.fromkeys(s.layer for s in signals if s.outcome in CUT_OUTCOMES)
    chain = reading.page.chain
    return Verdict(
        measurement_uid=measurement.measurement_uid,
        origin=measurement.origin,
        probe_cc=measurement.probe_cc,
        probe_asn=measurement.probe_asn,
        resolver_asn=measurement.resolver_asn,
        measurement_start_time=measurement.measurement_start_time,
        input=measurement.input,
        hostname=measurement.hostname,
        target=registrable_domain(measurement.hostname),
        outcome=rule.outcome,
        layer=rule.layer,
        mechanism=rule.mechanism,
        locus=rule.locus,
        actor_kind=rule.actor_kind,
        strength=fired[0].strength,
        rule_id=rule.id,
        rules=tuple(dict.fromkeys(s.rule_id for s in signals)),
        cut_layers=tuple(cut_layers),
        fingerprints=tuple(dict.fromkeys(x for s in signals for x in s.fingerprints)),
        hop=reading.hop.index,
        doubt=rule.doubt,
        next_step=rule.next_step,
        chain_grade=chain.grade.value if chain is not None else "none",
        ooni_blocking=measurement.source_analysis.blocking,
        ooni_accessible=measurement.source_analysis.accessible,
        ruleset=RULESET_VERSION,
        reference_snapshot=snapshot,
        source=measurement.position.source,
        source_offset=measurement.position.offset,
        source_line=measurement.position.line,
    )


def judge(measurement: Measurement, reference: Reference) -> Judgement:
    """Judge one measurement: which rules fire on which hop, and what they say together."""
    whole = measurement_facts(measurement)
    readings = tuple(
        _read_hop(measurement, hop, reference, whole) for hop in split_hops(measurement)
    )
    fired = _fire(readings, measurement.probe_cc)
    signals = tuple(_signal(one) for one in fired)
    verdict = _verdict(measurement, fired, signals, reference.snapshot_id)
    exchanges = (
        (reading.hop.hostname, reading.page.exchange)
        for reading in reversed(readings)
        if reading.page.exchange is not None
    )
    return Judgement(verdict, signals, read_timing(measurement, exchanges, verdict.target))
