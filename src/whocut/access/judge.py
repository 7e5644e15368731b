"""From one measurement to one verdict: facts, then rules, then the answer; all of it pure."""

from msgspec import Struct

from whocut.access import facts as f
from whocut.access.control_facts import measurement_facts
from whocut.access.dns_facts import DnsReading, read_dns
from whocut.access.hops import Hop, split_hops
from whocut.access.page_facts import PageReading, page_title, read_page
from whocut.access.rules import FALLBACK, Rule, load_rules
from whocut.access.ruleset import RULESET_VERSION
from whocut.access.tcp_facts import read_tcp
from whocut.access.tls_facts import TlsReading, read_tls
from whocut.model.identifiers import FingerprintId
from whocut.model.observation import Measurement
from whocut.model.taxonomy import CUT_OUTCOMES, Layer
from whocut.model.verdict import Judgement, Signal, Verdict
from whocut.reference.fingerprints import Fingerprint
from whocut.reference.snapshot import Reference
from whocut.reference.suffixes import registrable_domain

__all__ = ["judge"]


class _HopReading(Struct, frozen=True, gc=False):
    hop: Hop
    mask: int
    dns: DnsReading
    tls: TlsReading
    page: PageReading


class _Fired(Struct, frozen=True, gc=False):
    rule: Rule
    reading: _HopReading


def _read_hop(
    measurement: Measurement, hop: Hop, reference: Reference, whole: int
) -> _HopReading:
    mask = whole | (f.HOP_REDIRECTED if hop.index else f.HOP_FIRST)
    mask |= f.HOP_HTTPS if hop.is_https else f.HOP_CLEARTEXT
    if hop.is_final:
        mask |= f.HOP_FINAL
    dns = read_dns(measurement, hop, reference, whole)
    tls = read_tls(measurement, hop, reference, dns.mask, whole)
    page = read_page(measurement, hop, tls, reference)
    mask |= dns.mask | read_tcp(measurement, hop) | tls.mask | page.mask
    return _HopReading(hop, mask, dns, tls, page)


def _fire(readings: tuple[_HopReading, ...]) -> list[_Fired]:
    """Fire every rule on every hop; the deciding one first."""
    fired = [
        _Fired(rule, reading)
        for rule in load_rules()
        for reading in readings
        if reading.mask & rule.need == rule.need and not reading.mask & rule.forbid
    ]
    return fired or [_Fired(FALLBACK, readings[-1])]


def _fingerprints(fired: _Fired) -> tuple[Fingerprint, ...]:
    """Name the fingerprints that the rule leaned on."""
    wanted = {name.split(".", 1)[1] for name in fired.rule.when if name.startswith("page.")}
    found: list[Fingerprint] = []
    if any(name.startswith("dns.fingerprint") for name in fired.rule.when):
        found.extend(fired.reading.dns.fingerprints)
    if wanted:
        meanings = {"block_page" if name.startswith("block_page") else name for name in wanted}
        found.extend(x for x in fired.reading.page.fingerprints if x.meaning in meanings)
    return tuple(found)


def _detail(fired: _Fired) -> str:
    """Put the evidence into words that can be checked against the file."""
    rule, reading = fired.rule, fired.reading
    hop = reading.hop
    if rule.layer is Layer.DNS:
        given = ", ".join(hop.system_ips[:4])
        failure = next((d.failure for d in hop.dns if d.engine == "system" and d.failure), "")
        return f"{hop.hostname}: {given or failure or 'no address'}"
    if rule.layer is Layer.TCP:
        connects = (f"{t.ip}:{t.port} {t.failure or 'ok'}" for t in hop.tcp[:4])
        return "; ".join(connects)
    if rule.layer is Layer.TLS:
        shakes = (f"{t.ip}:{t.port} {t.server_name} {t.failure or 'ok'}" for t in hop.tls[:4])
        return "; ".join(shakes)
    exchange = reading.page.exchange
    if exchange is None:
        return hop.url
    title = page_title(exchange.body)[:120]
    ending = exchange.failure or f"status {exchange.status}"
    return f"{hop.url}: {ending}" + (f", title {title!r}" if title else "")


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
        strength=rule.strength,
        facts=rule.when,
        fingerprints=tuple(FingerprintId(x.id) for x in _fingerprints(fired)),
        detail=_detail(fired),
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
        strength=rule.strength,
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
    fired = _fire(readings)
    signals = tuple(_signal(one) for one in fired)
    return Judgement(_verdict(measurement, fired, signals, reference.snapshot_id), signals)
