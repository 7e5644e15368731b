"""A question, the parties to it, and the evidence: what goes into a finding.

The format is a public promise, told in ``docs/methods/findings.md``.
"""

from collections.abc import Mapping
from typing import Annotated, Final, Literal

from msgspec import Meta, Struct, field

from whocut.attribution.vocabulary import (
    Change,
    ClaimType,
    ControlAnswer,
    ControlOf,
    EvidenceKind,
    HypothesisId,
    IdentityBy,
    LawEffect,
    Message,
    OtherServices,
    OutageCause,
    OutageExtent,
    PartyKind,
    Role,
    SlowdownAnswer,
    Symptom,
)
from whocut.ledger.vocabulary import CarriedOut, Grade, ReadLevel, Stance
from whocut.model.taxonomy import CellAnswer, Outcome
from whocut.routes.changes.answer import HypothesisName, Standing, Verdict

__all__ = [
    "BUNDLE_FORMAT",
    "EVIDENCE_TYPES",
    "AnyEvidence",
    "Bundle",
    "Cell",
    "Claim",
    "Context",
    "Control",
    "Evidence",
    "Ground",
    "Identity",
    "Measured",
    "NetworkCount",
    "NotRead",
    "Outage",
    "Party",
    "Question",
    "Report",
    "RouteChange",
    "Slowdown",
    "Source",
    "Span",
]

BUNDLE_FORMAT: Final = "whocut-bundle/1"
Id = Annotated[str, Meta(pattern=r"^\S+$", max_length=200)]
Word = Annotated[str, Meta(max_length=300)]
Prose = Annotated[str, Meta(max_length=4000)]
When = Annotated[str, Meta(max_length=80)]
"""A day, week, month, year or span; see ``whocut.attribution.stretch``."""
CountryText = Annotated[str, Meta(pattern="^[A-Z]{2}$")]
Count = Annotated[int, Meta(ge=0, le=2**53)]
Share = Annotated[float, Meta(ge=0, le=1)]
AsNumber = Annotated[int, Meta(ge=1, le=4294967294)]
LayerText = Literal[
    "route",
    "dns",
    "tcp",
    "tls",
    "http",
    "account",
    "payment",
    "app_store",
    "device_update",
    "content",
    "certificate",
    "registry",
    "none",
    "unstated",
]


class _Part(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A piece of a bundle; unknown fields are refused by name."""


class Question(_Part, frozen=True, kw_only=True):
    """Whose access to what, and when."""

    country: CountryText
    target: Word = ""
    network: AsNumber | None = None
    service: Id | None = None
    since: When = ""
    until: When = ""
    origin: Word = "world"
    part: Word = ""
    """ISO 3166-2, where only a part of the country is asked about."""


class Party(_Part, frozen=True, kw_only=True):
    """Somebody who acts, speaks or is spoken of."""

    id: Id
    name: Word = ""
    kind: PartyKind = PartyKind.UNKNOWN
    country: CountryText | None = None
    role: Role | None = None
    """What it is to the question; None: taken from its kind."""
    asns: tuple[AsNumber, ...] = ()
    domains: tuple[Word, ...] = ()
    interests: tuple[Word, ...] = ()


class Source(_Part, frozen=True, kw_only=True):
    """Where evidence comes from."""

    title: Prose = ""
    url: Prose = ""
    publisher: Word = ""
    date: Word = ""
    note: Prose = ""
    stance: Stance = Stance.PRESS
    read: ReadLevel = ReadLevel.EXCERPT
    grade: Grade | None = None


class Evidence(_Part, frozen=True, kw_only=True):
    """What all evidence has."""

    id: Id
    layer: LayerText = "unstated"
    when: When = ""
    group: Word = ""
    platform: Word = ""
    origin: Word = ""
    country: CountryText | None = None
    target: Word = ""
    source: Source = Source()
    doubts: tuple[Prose, ...] = ()
    note: Prose = ""


class NetworkCount(_Part, frozen=True, kw_only=True):
    """One network of a cell."""

    asn: AsNumber
    n: Count | None = None
    n_served: Count | None = None
    n_cut: Count | None = None
    outcome: Outcome | None = None
    mechanism: Word = ""


class Identity(_Part, frozen=True, kw_only=True):
    """Who shows by the answer itself."""

    by: IdentityBy
    party: Id | None = None
    n: Count | None = None
    n_networks: Count | None = None


class Measured(Evidence, frozen=True, kw_only=True):
    """What cells and spans share."""

    mechanism: Word = ""
    n: Count | None = None
    n_networks: Count | None = None
    n_countries: Count | None = None
    n_countries_served: Count | None = None
    identity: tuple[Identity, ...] = ()


class Cell(Measured, frozen=True, kw_only=True, tag_field="kind", tag="cell"):
    """One (country, target, week) of measurements."""

    answer: CellAnswer
    n_usable: Count | None = None
    n_served: Count | None = None
    n_networks_cut: Count | None = None
    p: dict[str, Share] = {}
    lead: CellAnswer | None = None
    second: CellAnswer | None = None
    shortfall: Word = ""
    extent: Share | None = None
    networks: tuple[NetworkCount, ...] = ()


class Span(Measured, frozen=True, kw_only=True, tag_field="kind", tag="span"):
    """One cause over weeks."""

    cause: CellAnswer
    onset: When = ""
    onset_low: When = ""
    onset_high: When = ""
    end: When = ""
    end_low: When = ""
    end_high: When = ""
    last_week: When = ""
    p: Share | None = None
    weeks: Count | None = None


class Slowdown(Evidence, frozen=True, kw_only=True, tag_field="kind", tag="slowdown"):
    """Slow here: by whom."""

    answer: SlowdownAnswer
    mechanism: Word = ""
    p: Share | None = None
    ratio: Annotated[float, Meta(ge=0)] | None = None
    n: Count | None = None
    n_networks: Count | None = None
    n_networks_slow: Count | None = None
    n_countries: Count | None = None
    n_countries_normal: Count | None = None
    other_services: OtherServices = OtherServices.UNKNOWN


class RouteChange(Evidence, frozen=True, kw_only=True, tag_field="kind", tag="route_change"):
    """Links between networks that ended, began or stayed."""

    change: Change
    provider: Id | None = None
    provider_asn: AsNumber | None = None
    n: Count | None = None
    n_lost: Count | None = None
    verdict: Verdict | None = None
    grade: Literal["A", "B", "C"] | None = None
    hypotheses: dict[HypothesisName, Standing] = {}
    last_before: When = ""
    first_after: When = ""
    expected: Share | None = None
    effect: float | None = None
    p: Share | None = None


class Ground(_Part, frozen=True, kw_only=True):
    """A ground, as stated."""

    category: Word = ""
    text: Prose = ""


class Claim(Evidence, frozen=True, kw_only=True, tag_field="kind", tag="claim"):
    """What somebody says."""

    type: ClaimType
    speaker: Id | None = None
    about: Id | None = None
    hypothesis: HypothesisId | None = None
    effective: When = ""
    ended: When = ""
    ground: Ground | None = None
    carried_out: CarriedOut = CarriedOut.UNKNOWN
    text: Prose = ""


class Report(Evidence, frozen=True, kw_only=True, tag_field="kind", tag="report"):
    """What users tell, counted."""

    n: Count
    what: Symptom = Symptom.OTHER
    message: Message = Message.UNKNOWN
    n_networks: Count | None = None


class Outage(Evidence, frozen=True, kw_only=True, tag_field="kind", tag="outage"):
    """Traffic fell for everything."""

    extent: OutageExtent = OutageExtent.COUNTRY
    cause: OutageCause = OutageCause.UNKNOWN
    told_by: Id | None = None
    share: Share | None = None
    n_networks: Count | None = None
    other_services: OtherServices = OtherServices.UNKNOWN


class Control(Evidence, frozen=True, kw_only=True, tag_field="kind", tag="control"):
    """Seen from outside."""

    of: ControlOf = ControlOf.TARGET
    answer: ControlAnswer
    n: Count | None = None
    n_countries: Count | None = None
    n_countries_served: Count | None = None


class Context(Evidence, frozen=True, kw_only=True, tag_field="kind", tag="context"):
    """The law of the day; shown, never weighed."""

    instrument: Word = ""
    effect: LawEffect = LawEffect.UNKNOWN
    party: Id | None = None
    text: Prose = ""


AnyEvidence = Cell | Span | Slowdown | RouteChange | Claim | Report | Outage | Control | Context
EVIDENCE_TYPES: Final[Mapping[EvidenceKind, type[Evidence]]] = {
    EvidenceKind.CELL: Cell,
    EvidenceKind.SPAN: Span,
    EvidenceKind.SLOWDOWN: Slowdown,
    EvidenceKind.ROUTE_CHANGE: RouteChange,
    EvidenceKind.CLAIM: Claim,
    EvidenceKind.REPORT: Report,
    EvidenceKind.OUTAGE: Outage,
    EvidenceKind.CONTROL: Control,
    EvidenceKind.CONTEXT: Context,
}


class NotRead(Struct, frozen=True, kw_only=True):
    """Evidence of a kind that is not known: kept, counted and not weighed."""

    id: str
    kind: str
    content: str
    """The whole of it, as canonical JSON."""


class Bundle(Struct, frozen=True, kw_only=True):
    """A question with all that is known of it.

    Build it with :func:`whocut.attribution.reading.bundle_of`, which checks it and sorts it.
    """

    question: Question
    parties: tuple[Party, ...] = ()
    evidence: tuple[AnyEvidence, ...] = ()
    not_read: tuple[NotRead, ...] = field(default=())
