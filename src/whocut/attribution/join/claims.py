"""From a record of the ledger to claims: who says what of whose doing, in which sources.

The right speaker is the whole point. What the decider said itself becomes its own words, one claim
for each group of sources that relays them; what others say of it becomes a report without a
speaker; an account of a party becomes that party's claim, of the sort that
``data/findings/accounts.toml`` tells. A party that no source names never speaks and is never
accused.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from whocut.attribution import bundle
from whocut.attribution.bundle import Claim, Ground
from whocut.attribution.join.accounts import accounts_of
from whocut.attribution.join.index import LedgerIndex
from whocut.attribution.join.measured import layer_text
from whocut.attribution.vocabulary import ClaimType, HypothesisId
from whocut.ledger.claims import Voice, voice_of
from whocut.ledger.edtf import Edtf, parse_edtf
from whocut.ledger.grade import grade_of_record, grade_of_sources, grade_of_value, is_read
from whocut.ledger.record import OWN, CutRecord, Dated, Hypothesis, Party, Source, Witnessed
from whocut.ledger.vocabulary import (
    Action,
    CarriedOut,
    Grade,
    Kind,
    LedgerActorKind,
    Stance,
)

__all__ = ["claims_of", "retraction_of", "speakers_of", "stretch_text"]

_STATES: Final = frozenset({LedgerActorKind.STATE, LedgerActorKind.COURT})
_NOBODY: Final = "nobody"
_NO_PARTY: Final = frozenset({_NOBODY, "undetermined", "sources", OWN})
_BY_STATE: Final = frozenset(
    {
        *(Action.STATE_BLOCKING, Action.STATE_THROTTLING, Action.SHUTDOWN, Action.JAMMING),
        *(Action.DOMAIN_SEIZURE, Action.LICENCE_WITHDRAWAL),
    }
)
_MOST_TEXT: Final = 4000
_MOST_TITLE: Final = 300


class _Witness(Struct, frozen=True):
    """One independent origin of words, and the best source that relays it."""

    group: str
    source: bundle.Source
    doubts: tuple[str, ...] = ()


def claims_of(index: LedgerIndex, record: CutRecord) -> list[Claim]:
    """Give all claims of a record, none if it was retracted."""
    if record.retracted is not None:
        return []
    found = [*_own_words(index, record), *_accounts(index, record), *_upstream(index, record)]
    found += _replies(index, record)
    doubts = _doubts(index, record)
    if _is_lead(index, record, record.dates.ended):
        # What nobody read ends nothing; it stands among the doubts.
        found = [replace(one, ended="") for one in found]
    return [
        replace(one, id=f"claim/{record.id}/{number}", doubts=(*one.doubts, *doubts))
        for number, one in enumerate(found, 1)
    ]


def retraction_of(record: CutRecord) -> bundle.Context | None:
    """Tell that a record no longer stands, and why; it weighs nothing any more."""
    if record.retracted is None:
        return None
    return bundle.Context(
        id=f"retracted/{record.id}",
        when=stretch_text(record.retracted.on),
        text=f"The record {record.id} was retracted: {record.retracted.reason}"[:_MOST_TEXT],
    )


def _own_words(index: LedgerIndex, record: CutRecord) -> Iterator[Claim]:
    """Tell what the record says of its deciders: their own words, or what others say of them."""
    voice = voice_of(index.ledger, record)
    if voice in {Voice.DISPUTED, Voice.OPEN}:
        return  # the accounts say all there is
    told = bool(record.attribution.hypotheses)
    if voice is Voice.ANNOUNCED:
        for party in record.parties.decider:
            yield from _announced(index, record, party)
    elif voice in {Voice.SAID, Voice.REPORTED, Voice.DENIED} and not told:
        for party in record.parties.decider:
            yield from _reported(index, record, party)
            if voice is Voice.DENIED and _may_speak(index, party.actor):
                yield from _denied(index, record, party)
    elif voice is Voice.MEASURED and not told:
        for witness in _witnesses(index, record, record.attribution):
            yield _claim(record, witness, ClaimType.REPORTS, hypothesis=_by_action(index, record))


def _announced(index: LedgerIndex, record: CutRecord, party: Party) -> Iterator[Claim]:
    if not _may_speak(index, party.actor):
        yield from _reported(index, record, party)
        return
    kind = _own_act(index, record, party.actor)
    carried: Witnessed = record.attribution
    for witness in _witnesses(index, record, carried):
        yield _claim(record, witness, kind, speaker=party.actor)


def _own_act(index: LedgerIndex, record: CutRecord, actor: str) -> ClaimType:
    if record.kind is Kind.REFUSAL:
        return ClaimType.REFUSES_TO_CUT
    if record.kind is Kind.RESTORATION:
        return ClaimType.RESTORES
    if index.actors[actor].kind in _STATES:
        return ClaimType.ORDERS
    return ClaimType.ANNOUNCES if record.dates.announced else ClaimType.ADMITS


def _reported(index: LedgerIndex, record: CutRecord, party: Party) -> Iterator[Claim]:
    about = party.actor if _may_speak(index, party.actor) else None
    hypothesis = None if about else _by_action(index, record)
    if record.kind is Kind.REFUSAL:
        hypothesis = HypothesisId.NO_CUT
    if about is None and hypothesis is None:
        return
    for witness in _witnesses(index, record, party):
        yield _claim(record, witness, ClaimType.REPORTS, about=about, hypothesis=hypothesis)


def _denied(index: LedgerIndex, record: CutRecord, party: Party) -> Iterator[Claim]:
    for witness in _witnesses(index, record, record.attribution)[:1]:
        yield _claim(record, witness, ClaimType.DENIES, speaker=party.actor)


def _by_action(index: LedgerIndex, record: CutRecord) -> HypothesisId | None:
    """Give what the act itself says, where nobody is named: a state's act is a state's."""
    if record.action.value in _BY_STATE:
        return HypothesisId.STATE_INTERFERES
    kinds = {
        index.actors[one.actor].kind
        for one in record.parties.decider
        if one.actor in index.actors and one.actor not in _NO_PARTY
    }
    if kinds and kinds <= _STATES:
        return HypothesisId.STATE_INTERFERES
    if kinds == {LedgerActorKind.OPERATOR}:
        return HypothesisId.OPERATOR_WITHDREW
    if kinds == {LedgerActorKind.CERTIFICATE_AUTHORITY}:
        return HypothesisId.EDGE_DECIDED
    return None


def _accounts(index: LedgerIndex, record: CutRecord) -> Iterator[Claim]:
    accounts = record.attribution.hypotheses
    for known in accounts_of(record.id, len(accounts)):
        account = accounts[known.number]
        speaker = account.claimant if _may_speak(index, account.claimant) else None
        about = account.actor if _may_speak(index, account.actor) else None
        hypothesis = known.hypothesis
        if hypothesis is None and account.actor == _NOBODY:
            hypothesis = HypothesisId.OUTAGE
        kind = known.type
        if known.type is ClaimType.DENIES:
            about, hypothesis = None, None
        if speaker is None and kind is not ClaimType.REPORTS:
            kind = ClaimType.REPORTS
        if kind is ClaimType.REPORTS and about is None and hypothesis is None:
            hypothesis = _by_action(index, record)
        for witness in _witnesses(index, record, account):
            one = _claim(record, witness, kind, speaker=speaker, about=about, hypothesis=hypothesis)
            yield _as_account(one, account, is_weak=known.is_weak)


def _as_account(claim: Claim, account: Hypothesis, *, is_weak: bool) -> Claim:
    source = replace(claim.source, grade=Grade.LEAD) if is_weak else claim.source
    told = f"{account.claim} (told by: {account.told_by})" if account.told_by else account.claim
    return replace(claim, source=source, text=told[:_MOST_TEXT])


def _upstream(index: LedgerIndex, record: CutRecord) -> Iterator[Claim]:
    """Tell on whose rule, order or refusal it was done, by sources that were read."""
    for party in record.parties.upstream:
        about = party.actor if _may_speak(index, party.actor) else None
        hypothesis = None
        if about is None:
            actor = index.actors.get(party.actor)
            if actor is None:
                continue
            is_state = actor.kind in _STATES
            hypothesis = HypothesisId.STATE_INTERFERES if is_state else HypothesisId.EDGE_DECIDED
        for witness in _witnesses(index, record, party):
            yield _claim(record, witness, ClaimType.REPORTS, about=about, hypothesis=hypothesis)


def _replies(index: LedgerIndex, record: CutRecord) -> Iterator[Claim]:
    for reply in record.replies:
        if _may_speak(index, reply.by):
            yield Claim(
                id="reply",
                type=ClaimType.REPLIES,
                speaker=reply.by,
                when=stretch_text(reply.received),
                text=reply.text[:_MOST_TEXT],
                source=bundle.Source(
                    title=f"Reply, verified by {reply.verified_by.value}", stance=Stance.PRIMARY
                ),
            )


def _may_speak(index: LedgerIndex, actor: str) -> bool:
    """Say whether a party is somebody: known, and named by a source."""
    if actor in _NO_PARTY or actor not in index.actors:
        return False
    known = index.actors[actor]
    return not known.is_unnamed and known.kind is not LedgerActorKind.UNKNOWN


def _claim(
    record: CutRecord,
    witness: _Witness,
    kind: ClaimType,
    *,
    speaker: str | None = None,
    about: str | None = None,
    hypothesis: HypothesisId | None = None,
) -> Claim:
    dates = record.dates
    said = next(iter((*dates.announced, *dates.disclosed)), None)
    begun = next(iter((*dates.effective, *dates.first_observed)), None)
    ended = next(iter(dates.ended), None)
    is_own = kind is not ClaimType.REPORTS
    when = (said or begun) if is_own else (begun or said)
    return Claim(
        id="claim",
        layer=layer_text(record.layer.value.value),
        when=stretch_text(when.on) if when else "",
        group=witness.group,
        source=witness.source,
        doubts=witness.doubts,
        type=kind,
        speaker=speaker,
        about=about,
        hypothesis=hypothesis,
        effective=stretch_text(begun.on) if begun else "",
        ended=stretch_text(ended.on) if ended else "",
        ground=_ground(record, speaker or about),
        carried_out=CarriedOut.UNKNOWN if record.carried_out is None else record.carried_out.value,
        text=(record.how.text if record.how else "")[:_MOST_TEXT],
    )


def _ground(record: CutRecord, claimant: str | None) -> Ground | None:
    own = [one for one in record.grounds if one.claimant == claimant]
    one = next(iter((*own, *record.grounds)), None)
    return Ground(category=one.category.value, text=one.text) if one else None


def _is_lead(index: LedgerIndex, record: CutRecord, tellings: Sequence[Dated]) -> bool:
    return bool(tellings) and grade_of_value(index.ledger, record, tellings[0]) is Grade.LEAD


def _doubts(index: LedgerIndex, record: CutRecord) -> tuple[str, ...]:
    found = []
    for name, tellings in (("began", record.dates.effective), ("ended", record.dates.ended)):
        if _is_lead(index, record, tellings):
            found.append(f"{name} on {tellings[0].on} by a lead only: no source that was read")
    if record.kind is Kind.PARTIAL:
        found.append("a cut that its decider limited")
    if record.kind is Kind.RUMOUR:
        found.append("a rumour: said, and not shown")
    if record.stated_population is not None:
        named = ", ".join(record.stated_population.places)
        found.append(f"the page or the decider names {named} as those cut off")
    found += [one.text for one in record.conflicts]
    return tuple(found)


def _witnesses(index: LedgerIndex, record: CutRecord, value: Witnessed) -> list[_Witness]:
    """Give each independent origin of a value once.

    Of sources of which only one carries it, unknown which, the weakest stands for all: they are
    no two witnesses.
    """
    is_lead = grade_of_record(record) is Grade.LEAD or record.kind is Kind.RUMOUR
    if value.from_:
        groups: dict[str, list[Source]] = {}
        for key in value.from_:
            source = index.ledger.source(record, key)
            if source is not None:
                groups.setdefault(_group(source), []).append(source)
        return [
            _witness(group, max(sources, key=_rank), is_lead=is_lead)
            for group, sources in groups.items()
        ]
    found = [index.ledger.source(record, key) for key in value.among]
    known = [one for one in found if one is not None]
    if not known:
        return []
    weakest = min(known, key=_rank)
    one = _witness(_group(weakest), weakest, is_lead=is_lead)
    if len(known) > 1:
        doubt = f"one of {len(known)} sources carries this; which was not noted"
        one = replace(one, doubts=(doubt,))
    return [one]


def _group(source: Source) -> str:
    """Name the origin of a source's words; pages of unknown origin may be copies of one text."""
    return "unknown" if source.group.startswith("unknown-") else source.group


def _rank(source: Source) -> tuple[bool, bool, str]:
    return is_read(source), source.stance is Stance.PRIMARY, source.title


def _witness(group: str, source: Source, *, is_lead: bool) -> _Witness:
    grade = Grade.LEAD if is_lead else grade_of_sources([source])
    return _Witness(
        group,
        bundle.Source(
            title=source.title[:_MOST_TITLE],
            url=source.url or "",
            publisher=source.publisher[:_MOST_TITLE],
            date=source.date or "",
            note=source.note or "",
            stance=source.stance,
            read=source.read,
            grade=grade,
        ),
    )


def stretch_text(text: str) -> str:
    """Write a date of the ledger as a bundle has it: its first and last possible day."""
    when = parse_edtf(text)
    if when.precision.value == "day" and when.earliest is not None:
        return when.earliest.isoformat()
    return _bounds(when)


def _bounds(when: Edtf) -> str:
    first, last = when.earliest, when.latest
    if first is None and last is None:
        return ""
    if first == last and first is not None:
        return first.isoformat()
    return f"{first.isoformat() if first else '..'}/{last.isoformat() if last else '..'}"


def speakers_of(claims: Iterable[Claim]) -> Sequence[str]:
    """List the parties that claims speak of, in their order."""
    named = (party for one in claims for party in (one.speaker, one.about) if party is not None)
    return list(dict.fromkeys(named))
