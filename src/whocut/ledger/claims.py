"""What the one sentence of a record is made from: on whose word, who, what, where, when.

Only closed sets, actors, places, domains and dates stand in it; nothing that a person typed as text
does. Sentences in English (``sentences``) and those of the pages, in each language, are written
from it, so that both follow the same rules.
"""

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from whocut.ledger.filters import actor_name
from whocut.ledger.grade import grade_of_record, grade_of_value, is_read
from whocut.ledger.load import Ledger
from whocut.ledger.record import CutRecord, Source, Witnessed
from whocut.ledger.vocabulary import (
    Action,
    AttributionStatus,
    CarriedOut,
    DateKind,
    Grade,
    Kind,
    LedgerActorKind,
    ReadLevel,
    Stance,
)

if TYPE_CHECKING:
    from whocut.ledger.actors import Actor

__all__ = [
    "EFFECTS",
    "UNKNOWN_DOER",
    "Account",
    "Article",
    "Claim",
    "ClaimedParty",
    "Reporting",
    "Voice",
    "claim_of",
    "voice_of",
]


class Voice(StrEnum):
    """On whose word a sentence stands."""

    ANNOUNCED = "announced"
    """The decider's own word: admitted, or in a primary source that was read."""
    MEASURED = "measured"
    REPORTED = "reported"
    SAID = "said"
    """Others name the decider, who has not said so."""
    DENIED = "denied"
    DISPUTED = "disputed"
    OPEN = "open"
    """Nobody has admitted it, and the accounts name different parties."""


class Article(StrEnum):
    """Which article an English sentence gives a party."""

    NONE = ""
    THE = "the"
    A = "a"


class ClaimedParty(Struct, frozen=True, array_like=True):
    """A party as a sentence names it."""

    id: str
    name: str
    """In English where there is one."""
    names: dict[str, str] = {}
    """By language, where it has names in several."""
    article: Article = Article.NONE

    @property
    def in_english(self) -> str:
        """Give the name with its article, as it stands within an English sentence."""
        return f"{self.article} {self.name}" if self.article else self.name


class Account(Struct, frozen=True, array_like=True):
    """One account of who did it."""

    speaker: ClaimedParty | None
    """None: the sources, and no party."""
    named: ClaimedParty | None
    """Whom it names; None for an account of a fault or an accident."""

    @property
    def is_own(self) -> bool:
        """Say whether somebody speaks of its own part."""
        return self.speaker is not None and self.speaker == self.named


class Reporting(Struct, frozen=True, array_like=True):
    """Who names the decider."""

    stance: Stance | None
    """None: own knowledge, no source."""
    is_seen: bool
    """False where it is known by its link alone, and nobody here has read it."""


class Claim(Struct, frozen=True, array_like=True):
    """Everything that the sentence of a record says."""

    id: str
    voice: Voice
    kind: Kind
    action: Action
    """The action, which the kind overrules for a refusal and a restoration."""
    grade: Grade
    carried_out: CarriedOut | None
    retracted_on: str | None
    deciders: tuple[ClaimedParty, ...]
    upstream: tuple[ClaimedParty, ...]
    """Those on whose rule, order, request or refusal it was done, by a source that was read."""
    accounts: tuple[Account, ...]
    reporting: Reporting
    is_denied_by_decider: bool
    places: tuple[str, ...]
    domains: tuple[str, ...]
    """Of the service that was cut."""
    dates: tuple[tuple[DateKind, tuple[str, ...]], ...]
    """Each moment that is told, with its tellings, the preferred one first."""

    @property
    def is_plan(self) -> bool:
        """Say whether it was not carried out, or not shown to be: it is told as a plan."""
        return self.carried_out in _NOT_SHOWN

    @property
    def is_by_unknown(self) -> bool:
        """Say whether nobody may stand as the doer."""
        return self.voice in UNKNOWN_DOER


UNKNOWN_DOER: Final = frozenset({Voice.DISPUTED, Voice.OPEN, Voice.MEASURED})
"""Voices by which no party did it."""
EFFECTS: Final = frozenset(
    {
        Action.ACCOUNT_DEACTIVATION,
        Action.ACCOUNT_SUSPENSION,
        Action.DE_PEERING,
        Action.GEOBLOCK,
        Action.JAMMING,
        Action.NETWORK_DISCONNECTION,
        Action.SERVICE_SUSPENSION,
        Action.SHUTDOWN,
        Action.STATE_BLOCKING,
    }
)
"""Acts told by what was felt where it is not known who did it: their names would answer that."""
_NOT_SHOWN: Final = frozenset({CarriedOut.NO, CarriedOut.UNKNOWN})
_VOICES: Final[Mapping[AttributionStatus, Voice]] = {
    AttributionStatus.ADMITTED: Voice.ANNOUNCED,
    AttributionStatus.ALLEGED: Voice.SAID,
    AttributionStatus.MEASURED_ONLY: Voice.MEASURED,
    AttributionStatus.DISPUTED: Voice.DISPUTED,
    AttributionStatus.DENIED: Voice.DENIED,
    AttributionStatus.UNSTATED: Voice.REPORTED,
}
_SETTLED: Final = frozenset(
    {AttributionStatus.ADMITTED, AttributionStatus.DENIED, AttributionStatus.DISPUTED}
)
"""Where accounts that name different parties change nothing of the voice."""
_SPEAKING: Final = (
    Stance.PRESS,
    Stance.TRADE_PRESS,
    Stance.RESEARCH,
    Stance.NGO,
    Stance.PRIMARY,
    Stance.AFFECTED,
    Stance.FORUM,
    Stance.STATE_MEDIA,
    Stance.PARTY,
    Stance.REFERENCE,
    Stance.AGGREGATOR,
    Stance.CROWD_LIST,
)
"""Which of several sources speaks: the first that is there."""
_PUBLIC: Final = frozenset(
    {
        LedgerActorKind.STATE,
        LedgerActorKind.COURT,
        LedgerActorKind.ARMED_GROUP,
        LedgerActorKind.IXP,
        LedgerActorKind.PROJECT,
    }
)
# A body called by what it is takes an article; one called by a name of its own does not.
_MANY: Final = re.compile(r"\b(?:authorities|courts|forces)\b", re.IGNORECASE)
_BODY: Final = re.compile(
    r"\b(?:administration|authority|authorities of|board|bureau|center|centre|commission|committee|"
    r"congress|council|court|department|directorate|exchange|forces|government|minister|ministry|office|"
    r"parliament|president|project|service|tribunal|general)\b",
    re.IGNORECASE,
)


def voice_of(ledger: Ledger, record: CutRecord) -> Voice:
    """Find on whose word the sentence stands."""
    status = record.attribution.status
    known = grade_of_value(ledger, record, record.attribution)
    if status is AttributionStatus.ADMITTED and known is Grade.LEAD:
        return Voice.SAID  # nobody here has read the words in which it is admitted
    named = {one.actor for one in record.attribution.hypotheses}
    if status not in _SETTLED and len(named) > 1:
        return Voice.OPEN
    if status is AttributionStatus.UNSTATED and _is_primary(ledger, record):
        return Voice.ANNOUNCED
    return _VOICES[status]


def claim_of(ledger: Ledger, actors: Mapping[str, "Actor"], record: CutRecord) -> Claim:
    """Take from a record what its sentence says."""
    return Claim(
        id=record.id,
        voice=voice_of(ledger, record),
        kind=record.kind,
        action=_told_action(record),
        grade=grade_of_record(record),
        carried_out=None if record.carried_out is None else record.carried_out.value,
        retracted_on=None if record.retracted is None else record.retracted.on,
        deciders=tuple(_party(actors, one.actor) for one in record.parties.decider),
        upstream=tuple(
            _party(actors, one.actor)
            for one in record.parties.upstream
            if grade_of_value(ledger, record, one) is not Grade.LEAD
        ),
        accounts=tuple(
            Account(
                speaker=None if one.claimant == "sources" else _party(actors, one.claimant),
                named=None if one.actor == "nobody" else _party(actors, one.actor),
            )
            for one in record.attribution.hypotheses
        ),
        reporting=_reporting(ledger, record),
        is_denied_by_decider=_is_denied_by_decider(record),
        places=record.population.places,
        domains=tuple(one.domain for one in record.domains if one.role == "service"),
        dates=tuple(
            (kind, tuple(dict.fromkeys(one.on for one in tellings)))
            for kind in DateKind
            if (tellings := getattr(record.dates, kind.value))
        ),
    )


def _party(actors: Mapping[str, "Actor"], name: str) -> ClaimedParty:
    called, actor = actor_name(actors, name), actors.get(name)
    if actor is None:
        return ClaimedParty(name, called)
    names: dict[str, str] = {}
    for one in actor.names:
        names.setdefault(one.lang, one.name)
    article = Article.NONE
    if actor.kind in _PUBLIC and _BODY.search(called) is not None:
        article = Article.THE
        if actor.is_unnamed:
            article = Article.NONE if _MANY.search(called) else Article.A
    return ClaimedParty(name, called, names if len(names) > 1 else {}, article)


def _told_action(record: CutRecord) -> Action:
    if record.kind is Kind.REFUSAL:
        return Action.REFUSAL_TO_CUT
    return Action.RESTORATION if record.kind is Kind.RESTORATION else record.action.value


def _is_denied_by_decider(record: CutRecord) -> bool:
    deciders = {one.actor for one in record.parties.decider}
    speak = {one.claimant for one in record.attribution.hypotheses}
    speak |= {one.by for one in record.replies}
    # Where it is not recorded who denies it, the decider is not made to have spoken.
    return not speak or bool(speak & deciders)


def _decider_sources(ledger: Ledger, record: CutRecord) -> tuple[list[Source], list[Source]]:
    """Give the sources that name the decider: those that do, and those of which one does."""
    values: Sequence[Witnessed] = record.parties.decider
    surely = [ledger.source(record, key) for one in values for key in one.from_]
    maybe = [ledger.source(record, key) for one in values for key in one.among]
    return [one for one in surely if one], [one for one in maybe if one]


def _is_primary(ledger: Ledger, record: CutRecord) -> bool:
    surely, maybe = _decider_sources(ledger, record)
    primary = [one.stance is Stance.PRIMARY and is_read(one) for one in maybe]
    return any(one.stance is Stance.PRIMARY and is_read(one) for one in surely) or (
        bool(primary) and all(primary)
    )


def _reporting(ledger: Ledger, record: CutRecord) -> Reporting:
    surely, maybe = _decider_sources(ledger, record)
    named = [one for one in (surely or maybe) if one.read is not ReadLevel.OWN]
    seen = [one for one in named if one.read is not ReadLevel.LINKED]
    stances = {one.stance for one in [one for one in named if is_read(one)] or seen or named}
    stance = next((one for one in _SPEAKING if one in stances), None)
    return Reporting(stance, bool(seen))
