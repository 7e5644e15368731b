"""Say what a record tells in one neutral sentence; its verb follows from the evidence.

Every sentence is put together from the templates below and from the record's closed sets, actors,
places and dates; nothing that a person typed as text enters it. Where it is disputed who decided,
no actor stands as the doer: every account is named with the one who gives it.
"""

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from whocut.ledger.claims import EFFECTS, Claim, Voice, claim_of, voice_of
from whocut.ledger.load import Ledger
from whocut.ledger.record import CutRecord
from whocut.ledger.vocabulary import Action, CarriedOut, DateKind, Grade, Kind, Stance

if TYPE_CHECKING:
    from whocut.ledger.actors import Actor

__all__ = ["ACTION_WORDS", "Voice", "action_words", "sentence_of", "voice_of"]

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
"""Who speaks, at the head of a sentence and within it."""
_OWN: Final = ("It is told without a source that", "without a source")
_OWN_LETTERS: Final = re.compile(r"[a-z]+[A-Z]")
"""A name such as eBay, which keeps its small letter at the head of a sentence."""
_MOMENTS: Final[Mapping[DateKind, str]] = {
    DateKind.ANNOUNCED: "announced",
    DateKind.EFFECTIVE: "effective",
    DateKind.FIRST_OBSERVED: "first observed",
    DateKind.DISCLOSED: "disclosed",
    DateKind.ENDED: "ended",
}
_MEASURES: Final = {Kind.PARTIAL: " in part", Kind.SERIES: " more than once"}
_MOST_PLACES: Final = 6
_MOST_DOMAINS: Final = 3


def action_words(ledger: Ledger, record: CutRecord) -> str:
    """Name what was done, without naming anybody as the doer."""
    return _noun(claim_of(ledger, {}, record)).partition(" ")[2]


def sentence_of(ledger: Ledger, actors: Mapping[str, "Actor"], record: CutRecord) -> str:
    """Say in one neutral sentence what a record tells, and on whose word."""
    claim = claim_of(ledger, actors, record)
    who = _joined([one.in_english for one in claim.deciders])
    noun = _in_measure(claim.kind, _noun(claim))
    past = _past(claim, noun)
    where, when = _where(claim), _when(claim)
    head, within = _speaker(claim)
    match claim.voice:
        case Voice.DISPUTED | Voice.OPEN:
            said = f"{noun}{where} is told{when}; who decided is {claim.voice}: "
            said += _accounts(claim)
        case Voice.DENIED:
            denial = f"denied by {who}" if claim.is_denied_by_decider else "it is denied"
            said = f"it is said, {within}, that {who} {past}{where}{when}; {denial}"
        case Voice.MEASURED:
            said = f"measurement shows {noun}{where}{when}; it does not show who decided"
            said += f", and the sources name {who}"
        case Voice.SAID:
            said = f"it is said, {within}, that {who} {past}{where}{when}"
        case Voice.REPORTED:
            said = f"{head[0].lower()}{head[1:]} {who} {past}{where}{when}"
        case Voice.ANNOUNCED if claim.kind in (Kind.REFUSAL, Kind.RESTORATION):
            said = f"{who} {past}{where}{when}"
        case Voice.ANNOUNCED:
            said = f"{who} announced {noun}{where}{when}"
    said += "" if claim.is_by_unknown else _upstream(claim)
    return _with_cautions(claim, said)


def _past(claim: Claim, noun: str) -> str:
    """Tell the act; what was not done, or not shown to be, is told as a plan."""
    if claim.is_plan:
        return f"planned {noun}"
    return ACTION_WORDS[claim.action][1] + _MEASURES.get(claim.kind, "")


def _upstream(claim: Claim) -> str:
    """Name those on whose word the decider acted, where a source that was read names them."""
    rule = "as the sources tell, on a rule, order, request or refusal of"
    found = [one.in_english for one in claim.upstream]
    return f"; {rule} {_joined(found)}" if found else ""


def _noun(claim: Claim) -> str:
    if claim.is_by_unknown and claim.action in EFFECTS:
        return _EFFECTS[claim.action]
    return ACTION_WORDS[claim.action][0]


def _in_measure(kind: Kind, noun: str) -> str:
    """Say of a noun with its article that it was in part, or more than once."""
    if kind is Kind.PARTIAL:
        return f"a partial {noun.partition(' ')[2]}"
    return f"a series of acts, each {noun}," if kind is Kind.SERIES else noun


def _where(claim: Claim) -> str:
    places, domains = claim.places, claim.domains
    names = ["the world" if one == "WORLD" else one for one in places[:_MOST_PLACES]]
    if rest := len(places) - len(names):
        names.append(f"{rest} more place{'s' if rest > 1 else ''}")
    further = f" and {len(domains) - _MOST_DOMAINS} more" if len(domains) > _MOST_DOMAINS else ""
    service = f" ({', '.join(domains[:_MOST_DOMAINS])}{further})" if domains else ""
    return f"{service} in {_joined(names)}"


def _when(claim: Claim) -> str:
    names = dict(_MOMENTS)
    if claim.is_plan:
        names[DateKind.EFFECTIVE] = "to take effect"
    if claim.carried_out is CarriedOut.NO:
        names[DateKind.ENDED] = "withdrawn"
    parts = [f"{names[kind]} {_tellings(days)}" for kind, days in claim.dates]
    return f" ({'; '.join(parts)})" if parts else " (no source gives a date)"


def _tellings(days: Sequence[str]) -> str:
    """Give the preferred telling, and every other beside it."""
    others = f", or {' or '.join(days[1:])} as others tell" if len(days) > 1 else ""
    return days[0] + others


def _accounts(claim: Claim) -> str:
    """Name every account: who gives it, and whom it names. What it says of them is not judged."""
    told = []
    for one in claim.accounts:
        speaker = "" if one.speaker is None else f" by {one.speaker.in_english}"
        if one.is_own:
            # It may say that it did it, or that it did not: both are its own account.
            told.append(f"an account{speaker} speaks of its own part")
        else:
            named = "no decider" if one.named is None else one.named.in_english
            told.append(f"an account{speaker} names {named}")
    return "; ".join(told) or "the accounts are not recorded"


def _with_cautions(claim: Claim, said: str) -> str:
    if claim.carried_out is not None:
        said += {
            CarriedOut.YES: "",
            CarriedOut.PARTLY: "; it was carried out in part",
            CarriedOut.NO: "; it was not carried out",
            CarriedOut.UNKNOWN: "; whether it was carried out is not known",
        }[claim.carried_out]
    if claim.kind is Kind.RUMOUR:
        said = f"a rumour, not shown: {said}"
    if claim.grade is Grade.LEAD:
        said = f"a lead, not confirmed: {said}"
    if claim.retracted_on is not None:
        said = f"retracted on {claim.retracted_on}, and no longer held: {said}"
    # A name that heads the sentence is written as its bearer writes it.
    brand = claim.deciders[0].in_english if claim.deciders else ""
    if not (brand and said.startswith(brand) and _OWN_LETTERS.match(brand)):
        said = said[0].upper() + said[1:]
    return said if said.endswith(".") else f"{said}."


def _speaker(claim: Claim) -> tuple[str, str]:
    reporting = claim.reporting
    if reporting.stance is None:
        return _OWN
    words = _SPEAKERS[reporting.stance]
    if reporting.is_seen:
        return words
    return f"It is told, {words[1]} that nobody here has read, that", f"{words[1]}, not read here"


def _joined(names: Sequence[str]) -> str:
    if len(names) < 2:
        return "".join(names) or "nobody named"
    return f"{', '.join(names[:-1])} and {names[-1]}"
