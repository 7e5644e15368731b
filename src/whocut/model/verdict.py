"""Signals and verdicts: which named rules fired, and what one measurement says."""

from datetime import datetime

from msgspec import Struct

from whocut.model.identifiers import Asn, CountryCode, FingerprintId, MeasurementUid, RuleId
from whocut.model.taxonomy import ActorKind, Layer, Locus, Outcome, Strength
from whocut.model.timing import Timing

__all__ = ["Judgement", "Signal", "Verdict"]


class Signal(Struct, frozen=True, gc=False):
    """One named rule that fired on one hop, with its evidence."""

    rule_id: RuleId
    hop: int
    """0 is the URL that was asked for, 1 its first redirect, and so on."""
    outcome: Outcome
    layer: Layer
    mechanism: str
    locus: Locus
    actor_kind: ActorKind
    strength: Strength
    facts: tuple[str, ...]
    """The facts that the rule needed, by name (``whocut explain FACT``)."""
    fingerprints: tuple[FingerprintId, ...] = ()
    detail: str = ""
    """Evidence in words a person can check: endpoint, status, failure, address."""


class Verdict(Struct, frozen=True, gc=False):
    """What one measurement says, with the rules that say so."""

    measurement_uid: MeasurementUid
    origin: str
    probe_cc: CountryCode
    probe_asn: Asn
    resolver_asn: Asn
    measurement_start_time: datetime
    input: str
    hostname: str
    target: str
    """Registrable domain of the hostname, or the address where the input holds one."""
    outcome: Outcome
    layer: Layer
    mechanism: str
    locus: Locus
    actor_kind: ActorKind
    strength: Strength
    rule_id: RuleId
    rules: tuple[RuleId, ...]
    """Every rule that fired, the deciding one first."""
    cut_layers: tuple[Layer, ...]
    """Every layer at which some rule saw a cut: two causes at once are two."""
    fingerprints: tuple[FingerprintId, ...]
    hop: int
    doubt: str
    """What this measurement cannot show, and what would settle it."""
    next_step: str
    chain_grade: str
    """How the deciding exchange was authenticated: see ``reference.chains.ChainGrade``."""
    ooni_blocking: str | None
    ooni_accessible: bool | None
    ruleset: str
    reference_snapshot: str
    source: str
    source_offset: int
    source_line: int


class Judgement(Struct, frozen=True, gc=False):
    """A verdict together with the signals it rests on, and how long the answer took."""

    verdict: Verdict
    signals: tuple[Signal, ...]
    timing: Timing | None = None
    """``None`` where the source kept no times of the exchange."""
