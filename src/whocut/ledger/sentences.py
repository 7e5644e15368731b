"""Say what a record tells in one neutral sentence; its verb follows from the evidence.

Every sentence is put together from the templates below and from the record's closed sets, actors,
places and dates; nothing that a person typed as text enters it. Where it is disputed who decided,
no actor stands as the doer: every account is named with the one who gives it.
"""

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from whocut.ledger.filters import actor_name
from whocut.ledger.grade import grade_of_record, grade_of_value, is_read
from whocut.ledger.load import Ledger
from whocut.ledger.moments import is_not_carried_out
from whocut.ledger.record import CutRecord, Dated, Source, Witnessed
from whocut.ledger.vocabulary import (
    Action,
    AttributionStatus,
    CarriedOut,
    Grade,
    Kind,
    LedgerActorKind,
    ReadLevel,
    Stance,
)

if TYPE_CHECKING:
    from whocut.ledger.actors import Actor

__all__ = ["ACTION_WORDS", "Voice", "action_words", "sentence_of", "voice_of"]


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


ACTION_WORDS: Final[Mapping[Action, tuple[str, str]]] = {
    Action.ACCOUNT_DEACTIVATION: ("a deactivation of accounts", "deactivated accounts"),
    Action.ACCOUNT_SUSPENSION: ("a suspension of accounts", "suspended accounts"),
    Action.APP_REMOVAL: ("a removal of apps", "removed apps"),
    Action.CERTIFICATE_REVOCATION: ("a revocation of certificates", "revoked certificates"),
    Action.CONTENT_INJECTION: ("an insertion of content", "inserted content"),
    Action.CONTENT_LABEL: ("a labelling of content", "labelled content"),
    Action.CONTENT_REMOVAL: ("a removal of content", "removed content"),
    Action.DE_PEERING: ("an end of peering", "ended peering"),
    Action.DOMAIN_SEIZURE: ("a seizure of domains", "seized domains"),
    Action.GEOBLOCK: ("a refusal of access by place", "refused access by place"),
    Action.JAMMING: ("a jamming of signals", "jammed signals"),
    Action.LICENCE_WITHDRAWAL: ("an end of licences", "ended licences"),
    Action.NETWORK_DISCONNECTION: ("a disconnection of networks", "disconnected networks"),
    Action.PAYMENT_REFUSAL: ("a refusal of payments", "refused payments"),
    Action.REFUSAL_TO_CUT: ("a refusal to cut service", "refused to cut service"),
    Action.REGISTRATION_BLOCK: ("a stop of registrations", "stopped registrations"),
    Action.RESTORATION: ("a restoration of service", "restored service"),
    Action.ROUTE_HIJACK: ("an announcement of others' routes", "announced others' routes"),
    Action.SERVICE_SUSPENSION: ("a suspension of service", "suspended service"),
    Action.SHUTDOWN: ("a shutdown of Internet access", "shut down Internet access"),
    # Whose block it is must follow from the attribution, not from the name of the action.
    Action.STATE_BLOCKING: ("a block of access", "blocked access"),
    Action.STATE_THROTTLING: ("a slowing of access", "slowed access"),
}
"""Each action as a noun, and in the past tense, which is the participle too; no party is in it."""
_EFFECTS: Final[Mapping[Action, str]] = {
    Action.ACCOUNT_DEACTIVATION: "a loss of accounts",
    Action.ACCOUNT_SUSPENSION: "a loss of accounts",
    Action.DE_PEERING: "a loss of peering",
    Action.GEOBLOCK: "a loss of access",
    Action.JAMMING: "a disturbance of signals",
    Action.NETWORK_DISCONNECTION: "a loss of networks",
    Action.SERVICE_SUSPENSION: "a loss of service",
    Action.SHUTDOWN: "a loss of Internet access",
    Action.STATE_BLOCKING: "a loss of access",
}
"""What was felt, where it is not known who did it: the name of an act would answer that."""
_UNKNOWN_DOER: Final = frozenset({Voice.DISPUTED, Voice.OPEN, Voice.MEASURED})
_VOICES: Final[Mapping[AttributionStatus, Voice]] = {
    AttributionStatus.ADMITTED: Voice.ANNOUNCED,
    AttributionStatus.ALLEGED: Voice.SAID,
    AttributionStatus.MEASURED_ONLY: Voice.MEASURED,
    AttributionStatus.DISPUTED: Voice.DISPUTED,
    AttributionStatus.DENIED: Voice.DENIED,
    AttributionStatus.UNSTATED: Voice.REPORTED,
}
_NOT_SHOWN: Final = frozenset({CarriedOut.NO, CarriedOut.UNKNOWN})
_SETTLED: Final = frozenset(
    {AttributionStatus.ADMITTED, AttributionStatus.DENIED, AttributionStatus.DISPUTED}
)
"""Where accounts that name different parties change nothing of the voice."""
_SPEAKERS: Final[Mapping[Stance, tuple[str, str]]] = {
    Stance.PRESS: ("Press reports that", "in press reports"),
    Stance.TRADE_PRESS: ("Press reports that", "in press reports"),
    Stance.RESEARCH: ("Research reports that", "in research"),
    Stance.NGO: ("Non-governmental organisations report that", "in reports of organisations"),
    Stance.PRIMARY: ("A primary source tells that", "in a primary source"),
    Stance.AFFECTED: ("Users report that", "by users"),
    Stance.FORUM: ("Users report that", "by users"),
    Stance.STATE_MEDIA: (
        "Media that a state owns or funds report that",
        "in media that a state owns or funds",
    ),
    Stance.PARTY: ("A party to the matter tells that", "by a party to the matter"),
    Stance.REFERENCE: ("A reference work tells that", "in a reference work"),
    Stance.AGGREGATOR: ("A collection of reports tells that", "in a collection of reports"),
    Stance.CROWD_LIST: ("A list kept by many hands tells that", "in a list kept by many hands"),
}
"""Who speaks, at the head of a sentence and within it; the first that is there speaks."""
_OWN: Final = ("It is told without a source that", "without a source")
_PUBLIC: Final = frozenset(
    {
        LedgerActorKind.STATE,
        LedgerActorKind.COURT,
        LedgerActorKind.ARMED_GROUP,
        LedgerActorKind.IXP,
        LedgerActorKind.PROJECT,
    }
)
_OWN_LETTERS: Final = re.compile(r"[a-z]+[A-Z]")
"""A name such as eBay, which keeps its small letter at the head of a sentence."""
# A body called by what it is takes an article; one called by a name of its own does not.
_MANY: Final = re.compile(r"\b(?:authorities|courts|forces)\b", re.IGNORECASE)
_BODY: Final = re.compile(
    r"\b(?:administration|authority|authorities of|board|bureau|center|centre|commission|committee|"
    r"congress|council|court|department|directorate|exchange|forces|government|minister|ministry|office|"
    r"parliament|president|project|service|tribunal|general)\b",
    re.IGNORECASE,
)
_MEASURES: Final = {Kind.PARTIAL: " in part", Kind.SERIES: " more than once"}
_MOST_PLACES: Final = 6
_MOST_DOMAINS: Final = 3


def action_words(ledger: Ledger, record: CutRecord) -> str:
    """Name what was done, without naming anybody as the doer."""
    return _noun(record, voice_of(ledger, record)).partition(" ")[2]


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


def sentence_of(ledger: Ledger, actors: Mapping[str, "Actor"], record: CutRecord) -> str:
    """Say in one neutral sentence what a record tells, and on whose word."""
    voice = voice_of(ledger, record)
    who = _joined([_named(actors, one.actor) for one in record.parties.decider])
    noun = _in_measure(record.kind, _noun(record, voice))
    past = _past(record, noun)
    where, when = _where(record), _when(record)
    head, within = _speaker(ledger, record)
    match voice:
        case Voice.DISPUTED | Voice.OPEN:
            said = f"{noun}{where} is told{when}; who decided is {voice}: "
            said += _accounts(actors, record)
        case Voice.DENIED:
            said = f"it is said, {within}, that {who} {past}{where}{when}; {_denial(record, who)}"
        case Voice.MEASURED:
            said = f"measurement shows {noun}{where}{when}; it does not show who decided"
            said += f", and the sources name {who}"
        case Voice.SAID:
            said = f"it is said, {within}, that {who} {past}{where}{when}"
        case Voice.REPORTED:
            said = f"{head[0].lower()}{head[1:]} {who} {past}{where}{when}"
        case Voice.ANNOUNCED if record.kind in (Kind.REFUSAL, Kind.RESTORATION):
            said = f"{who} {past}{where}{when}"
        case Voice.ANNOUNCED:
            said = f"{who} announced {noun}{where}{when}"
    said += "" if voice in _UNKNOWN_DOER else _upstream(ledger, actors, record)
    return _with_cautions(record, said, _brand(actors, record))


def _named(actors: Mapping[str, "Actor"], name: str) -> str:
    """Name an actor within a sentence, with the article that a public body takes."""
    called, actor = actor_name(actors, name), actors.get(name)
    if actor is None or actor.kind not in _PUBLIC or _BODY.search(called) is None:
        return called
    if not actor.is_unnamed:
        return f"the {called}"
    return called if _MANY.search(called) else f"a {called}"


def _brand(actors: Mapping[str, "Actor"], record: CutRecord) -> str:
    """Give the name that may head the sentence, and is written as its bearer writes it."""
    return _named(actors, record.parties.decider[0].actor) if record.parties.decider else ""


def _past(record: CutRecord, noun: str) -> str:
    """Tell the act; what was not done, or not shown to be, is told as a plan."""
    if _is_not_shown(record):
        return f"planned {noun}"
    return ACTION_WORDS[_told_action(record)][1] + _MEASURES.get(record.kind, "")


def _is_not_shown(record: CutRecord) -> bool:
    return record.carried_out is not None and record.carried_out.value in _NOT_SHOWN


def _upstream(ledger: Ledger, actors: Mapping[str, "Actor"], record: CutRecord) -> str:
    """Name those on whose word the decider acted, where a source that was read names them."""
    found = [
        _named(actors, one.actor)
        for one in record.parties.upstream
        if grade_of_value(ledger, record, one) is not Grade.LEAD
    ]
    rule = "as the sources tell, on a rule, order, request or refusal of"
    return f"; {rule} {_joined(found)}" if found else ""


def _told_action(record: CutRecord) -> Action:
    """Give the action, which the kind overrules for a refusal and a restoration."""
    if record.kind is Kind.REFUSAL:
        return Action.REFUSAL_TO_CUT
    return Action.RESTORATION if record.kind is Kind.RESTORATION else record.action.value


def _noun(record: CutRecord, voice: Voice) -> str:
    action = _told_action(record)
    noun = ACTION_WORDS[action][0]
    return _EFFECTS.get(action, noun) if voice in _UNKNOWN_DOER else noun


def _in_measure(kind: Kind, noun: str) -> str:
    """Say of a noun with its article that it was in part, or more than once."""
    if kind is Kind.PARTIAL:
        return f"a partial {noun.partition(' ')[2]}"
    return f"a series of acts, each {noun}," if kind is Kind.SERIES else noun


def _where(record: CutRecord) -> str:
    places = record.population.places
    names = ["the world" if one == "WORLD" else one for one in places[:_MOST_PLACES]]
    if rest := len(places) - len(names):
        names.append(f"{rest} more place{'s' if rest > 1 else ''}")
    domains = [one.domain for one in record.domains if one.role == "service"]
    further = f" and {len(domains) - _MOST_DOMAINS} more" if len(domains) > _MOST_DOMAINS else ""
    service = f" ({', '.join(domains[:_MOST_DOMAINS])}{further})" if domains else ""
    return f"{service} in {_joined(names)}"


def _when(record: CutRecord) -> str:
    dates = record.dates
    is_undone = is_not_carried_out(record)
    told = (
        ("announced", dates.announced),
        ("to take effect" if _is_not_shown(record) else "effective", dates.effective),
        ("first observed", dates.first_observed),
        ("disclosed", dates.disclosed),
        ("withdrawn" if is_undone else "ended", dates.ended),
    )
    parts = [f"{name} {_tellings(tellings)}" for name, tellings in told if tellings]
    return f" ({'; '.join(parts)})" if parts else " (no source gives a date)"


def _tellings(tellings: Sequence[Dated]) -> str:
    """Give the preferred telling, and every other beside it."""
    days = list(dict.fromkeys(one.on for one in tellings))
    others = f", or {' or '.join(days[1:])} as others tell" if len(days) > 1 else ""
    return days[0] + others


def _accounts(actors: Mapping[str, "Actor"], record: CutRecord) -> str:
    """Name every account: who gives it, and whom it names. What it says of them is not judged."""
    told = []
    for one in record.attribution.hypotheses:
        speaker = ""
        if one.claimant != "sources":
            speaker = f" by {_named(actors, one.claimant)}"
        if one.actor == one.claimant:
            # It may say that it did it, or that it did not: both are its own account.
            told.append(f"an account{speaker} speaks of its own part")
        else:
            named = "no decider" if one.actor == "nobody" else _named(actors, one.actor)
            told.append(f"an account{speaker} names {named}")
    return "; ".join(told) or "the accounts are not recorded"


def _denial(record: CutRecord, who: str) -> str:
    deciders = {one.actor for one in record.parties.decider}
    speak = {one.claimant for one in record.attribution.hypotheses}
    speak |= {one.by for one in record.replies}
    # Where it is not recorded who denies it, the decider is not made to have spoken.
    return f"denied by {who}" if not speak or speak & deciders else "it is denied"


def _with_cautions(record: CutRecord, said: str, brand: str) -> str:
    if record.carried_out is not None:
        said += {
            CarriedOut.YES: "",
            CarriedOut.PARTLY: "; it was carried out in part",
            CarriedOut.NO: "; it was not carried out",
            CarriedOut.UNKNOWN: "; whether it was carried out is not known",
        }[record.carried_out.value]
    if record.kind is Kind.RUMOUR:
        said = f"a rumour, not shown: {said}"
    if grade_of_record(record) is Grade.LEAD:
        said = f"a lead, not confirmed: {said}"
    if record.retracted is not None:
        said = f"retracted on {record.retracted.on}, and no longer held: {said}"
    if not (brand and said.startswith(brand) and _OWN_LETTERS.match(brand)):
        said = said[0].upper() + said[1:]
    return said if said.endswith(".") else f"{said}."


def _decider_sources(ledger: Ledger, record: CutRecord) -> tuple[list[Source], list[Source]]:
    """Give the sources that name the decider: those that do, and those of which one does."""
    values: tuple[Witnessed, ...] = record.parties.decider
    surely = [ledger.source(record, key) for one in values for key in one.from_]
    maybe = [ledger.source(record, key) for one in values for key in one.among]
    return [one for one in surely if one], [one for one in maybe if one]


def _is_primary(ledger: Ledger, record: CutRecord) -> bool:
    surely, maybe = _decider_sources(ledger, record)
    primary = [one.stance is Stance.PRIMARY and is_read(one) for one in maybe]
    return any(one.stance is Stance.PRIMARY and is_read(one) for one in surely) or (
        bool(primary) and all(primary)
    )


def _speaker(ledger: Ledger, record: CutRecord) -> tuple[str, str]:
    surely, maybe = _decider_sources(ledger, record)
    named = [one for one in (surely or maybe) if one.read is not ReadLevel.OWN]
    seen = [one for one in named if one.read is not ReadLevel.LINKED]
    stances = {one.stance for one in [one for one in named if is_read(one)] or seen or named}
    words = next((words for stance, words in _SPEAKERS.items() if stance in stances), None)
    if words is None or seen:
        return words or _OWN
    return f"It is told, {words[1]} that nobody here has read, that", f"{words[1]}, not read here"


def _joined(names: Sequence[str]) -> str:
    if len(names) < 2:
        return "".join(names) or "nobody named"
    return f"{', '.join(names[:-1])} and {names[-1]}"
