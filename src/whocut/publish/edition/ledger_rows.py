"""What pages read of the ledger and the law: rows of records, counts, actors, assessments."""

from datetime import date

from msgspec import Struct

from whocut.ledger.actors import Actor
from whocut.ledger.claims import Claim, Voice
from whocut.ledger.counts import ByGrade
from whocut.ledger.lags import Lag, LagFigure, LagKind
from whocut.ledger.lags_regimes import RegimeLag
from whocut.ledger.lags_spells import LeftOut
from whocut.ledger.law.instrument import Family
from whocut.ledger.law.question import Assessment
from whocut.ledger.load import Fault
from whocut.ledger.scorecard import Standing
from whocut.ledger.vocabulary import (
    Action,
    AttributionStatus,
    CarriedOut,
    EdgeKind,
    Grade,
    GroundCategory,
    Kind,
    LedgerActorKind,
    LedgerLayer,
    Sector,
)

__all__ = [
    "ActorPage",
    "ActorRef",
    "ActorRow",
    "CallCount",
    "CallFound",
    "CardFound",
    "CardTally",
    "InstrumentPage",
    "InstrumentRow",
    "LagsFound",
    "LawFound",
    "LawSpan",
    "LedgerFacts",
    "LedgerFilters",
    "RecordLags",
    "RecordRow",
    "Tie",
]


class LedgerFacts(Struct, frozen=True):
    """What the ledger of an edition holds, and what of it could not be read."""

    n_records: int
    n_actors: int
    n_instruments: int
    newest: date
    """The day up to which lags and lengths count."""
    by_grade: ByGrade
    faults: tuple[Fault, ...]
    """Files that could not be read, with the reason; the rest is there."""


class LedgerFilters(Struct, frozen=True, kw_only=True):
    """What is asked for, as it stands in an address; an empty side is open."""

    country: str = ""
    """A country, which finds its subdivisions too; or one subdivision, EU, WORLD."""
    actor: str = ""
    """An id or a name; its parents and children are found with it."""
    sector: str = ""
    layer: str = ""
    action: str = ""
    ground: str = ""
    kind: str = ""
    actor_kind: str = ""
    since: str = ""
    """EDTF: something of the record happened, or may have, then or later."""
    until: str = ""
    grade: str = ""
    q: str = ""
    """Words that all stand in the record, in any case and order."""
    domain: str = ""
    asn: int = 0


class ActorRef(Struct, frozen=True, array_like=True):
    """An actor by id and English name."""

    id: str
    name: str
    kind: LedgerActorKind | None
    """None: no actor of ours has this id."""
    jurisdictions: tuple[str, ...] = ()
    names: dict[str, str] = {}
    """By language, where it has names in several."""


class RecordRow(Struct, frozen=True, array_like=True):
    """One record in a list."""

    id: str
    kind: Kind
    action: Action
    sector: Sector
    layer: LedgerLayer
    places: tuple[str, ...]
    deciders: tuple[ActorRef, ...]
    actor_kinds: tuple[str, ...]
    jurisdictions: tuple[str, ...]
    announced: str | None
    """EDTF; the preferred telling."""
    effective: str | None
    ended: str | None
    """Its own end, or the day of the first record that restores all of it."""
    first_day: date | None
    """Of the moment that stands for it in a list."""
    status: AttributionStatus
    voice: Voice
    grade: Grade
    grounds: tuple[GroundCategory, ...]
    carried_out: CarriedOut | None
    is_retracted: bool
    restored_by: tuple[str, ...]
    sentence: str
    """Neutral, in English: ``whocut.ledger.sentences``."""
    claim: Claim
    """From which the sentence is made in each language."""


class CallCount(Struct, frozen=True, array_like=True):
    """Records of one standing under a call, by one group of actors."""

    standing: Standing
    group: str
    """state, company, other, or not_established."""
    count: ByGrade
    records: tuple[str, ...]
    """The first few of each grade."""


class CallFound(Struct, frozen=True, array_like=True):
    """One call of the statement, and what stands under it."""

    number: int
    id: str
    title: str
    words: str
    action_lines: tuple[str, ...]
    counts: tuple[CallCount, ...]
    provisions: dict[str, tuple[str, ...]]
    """Those in force on the day, by group; none where nobody is established."""


class CardFound(Struct, frozen=True, array_like=True):
    """The five calls for one country on one day; nothing is added over calls or grades."""

    country: str
    day: date
    calls: tuple[CallFound, ...]
    n_not_counted: int
    """Rumours, retracted, announced and not carried out, or of a later day."""
    n_without_call: int
    """Counted under no call, as no rule fits."""


class Tie(Struct, frozen=True, array_like=True):
    """A tie between two records, seen from one of them."""

    kind: EdgeKind
    other: str
    is_incoming: bool
    """The other record names this one."""


class ActorRow(Struct, frozen=True, array_like=True):
    """One actor in a list."""

    id: str
    name: str
    kind: LedgerActorKind
    jurisdictions: tuple[str, ...]
    sector: str
    n: int
    """Records in which it decides."""


class ActorPage(Struct, frozen=True, array_like=True):
    """One company or state body."""

    actor: Actor
    parent: ActorRef | None
    children: tuple[ActorRef, ...]
    by_grade: ByGrade
    """Records in which it decides."""
    by_kind: dict[str, ByGrade]
    by_action: dict[str, ByGrade]
    n_executed: int
    n_upstream: int
    """Records in which others acted on its rule or order."""
    n_replies: int


class LawSpan(Struct, frozen=True, array_like=True):
    """Days on which the law gave one answer."""

    start: date
    end: date
    assessment: Assessment


class LawFound(Struct, frozen=True, array_like=True):
    """What the law of each day said of a record, over its life as far as its dates tell."""

    record: str
    spans: tuple[LawSpan, ...]
    """None of them: no day of it is told."""
    until: date
    """The day up to which an open cut was looked at."""
    instruments: tuple[str, ...]
    """Families whose provisions decide, on any of these days."""


class InstrumentRow(Struct, frozen=True, array_like=True):
    """One instrument in a list."""

    id: str
    title: str
    kind: str
    n_versions: int
    n_records: int
    """Records for which it decides, or that cite it."""


class InstrumentPage(Struct, frozen=True, array_like=True):
    """One instrument with its versions."""

    family: Family
    records: tuple[str, ...]
    """Records for which one of its provisions decides, or that cite it; the newest first."""


class LagsFound(Struct, frozen=True):
    """Lags by one axis, each grade by itself; all as of one day."""

    as_of: date
    by: str
    figures: dict[LagKind, tuple[LagFigure, ...]]
    regimes: tuple[RegimeLag, ...]
    left_out: dict[LagKind, dict[str, int]]
    """Records that give no figure, by the reason."""


class CardTally(Struct, frozen=True, array_like=True):
    """How many records of one grade stand so under a call of the statement, in one country."""

    call: int
    standing: Standing
    grade: Grade
    n: int


class RecordLags(Struct, frozen=True):
    """The lags of one record, and why it gives no other."""

    lags: tuple[Lag, ...]
    left_out: tuple[LeftOut, ...]
