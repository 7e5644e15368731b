"""One record of the ledger in plain words: each value with the numbers of its sources."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from whocut.cli.ledger_cited import Cited, source_line
from whocut.cli.ledger_wording import plain
from whocut.cli.terminal import clean, console, print_prose
from whocut.ledger.grade import grade_of_record
from whocut.ledger.moments import is_not_carried_out
from whocut.ledger.record import CutRecord, Dated, Party, Population, Stated
from whocut.ledger.sentences import Voice, action_words, sentence_of, voice_of
from whocut.ledger.vocabulary import (
    AttributionStatus,
    DateKind,
    EdgeKind,
    Grade,
    Selector,
    Telling,
)

__all__ = ["print_record"]

_Lines = Iterator[tuple[int, str]]
_GRADES: Final = {
    Grade.DOCUMENTED: "two independent sources read at least as excerpts, or one primary",
    Grade.EXCERPT: "one source read as an excerpt",
    Grade.LEAD: "a pointer for research: no source that was read tells of it and names who decided",
}
_UNSETTLED: Final = frozenset({Voice.DISPUTED, Voice.OPEN, Voice.MEASURED})
_KNOWN: Final = {
    AttributionStatus.ADMITTED: "the decider says so itself",
    AttributionStatus.ALLEGED: "others say so; the decider has not",
    AttributionStatus.MEASURED_ONLY: "measured, and nobody says who decided",
    AttributionStatus.DISPUTED: "disputed; the accounts stand side by side",
    AttributionStatus.DENIED: "others say so; it is denied",
    AttributionStatus.UNSTATED: "the sources do not say how it is known",
}
_MOMENTS: Final = {
    DateKind.ANNOUNCED: "Announced",
    DateKind.EFFECTIVE: "In effect from",
    DateKind.FIRST_OBSERVED: "First observed",
    DateKind.DISCLOSED: "Made known by others",
    DateKind.ENDED: "Ended",
}
_TELLINGS: Final = {
    Telling.STATED: "",
    Telling.DERIVED: ", reckoned from a stated date",
    Telling.REPORTED: ", the day of the report",
    Telling.INFERRED: ", inferred",
}
_EDGES: Final = {
    EdgeKind.RESTORES: ("Restores", "Restored by"),
    EdgeKind.SUPERSEDES: ("Takes the place of", "Its place is taken by"),
    EdgeKind.IN_RESPONSE_TO: ("In response to", "Answered by"),
    EdgeKind.RETALIATES: ("In retaliation for, as somebody says,", "Retaliated, it is said, by"),
    EdgeKind.PRETEXT_FOR: ("Used, as somebody says, to justify", "Justified, it is said, by"),
    EdgeKind.SAME_LAW_OTHER_READING: ("The same law, read otherwise, in", "The same law, read in"),
    EdgeKind.PART_OF: ("Part of", "Has as a part"),
    EdgeKind.SAME_EVENT: ("The same event, another decider:", "The same event, another decider:"),
}
"""How a tie reads from the record that holds it, and from the other end."""


def print_record(one: Cited) -> None:
    """Print one record."""
    record = one.record
    grade = grade_of_record(record)
    print_prose(sentence_of(one.ledger, one.actors, record), style="bold")
    print_prose(f"Grade: {grade}, {_GRADES[grade]}. Record {record.id}, {plain(record.kind)}.")
    print_prose("A number in brackets is a source below; the word beside it grades that value.")
    for title, lines in (
        ("Who", _who(one)),
        ("What", _what(one)),
        ("For whom", _for_whom(one)),
        ("When", _when(one)),
        ("On what ground, as somebody claims", _grounds(one)),
        ("What the law said", _law(one)),
        ("Ties to other records", _edges(one)),
        ("Where sources contradict the record or each other", _conflicts(one)),
        ("Replies of the named parties", _replies(one)),
        ("What those cut off were given", _remedies(one)),
        ("Notes", _notes(one)),
    ):
        _print_section(title, list(lines))
    _print_sources(one)


def _print_section(title: str, lines: Sequence[tuple[int, str]]) -> None:
    if not lines:
        return
    console().print()
    print_prose(title, style="bold")
    for indent, text in lines:
        print_prose(text, indent)


def _who(one: Cited) -> _Lines:
    record = one.record
    parties = record.parties
    known = record.attribution
    is_open = voice_of(one.ledger, record) in _UNSETTLED
    # Where it is not settled who did it, a role in the record is what somebody says, no more.
    decided, did = ("Decided", "Carried out")
    if is_open:
        decided, did = ("Said to have decided, not settled", "Said to have done it, not settled")
    yield from _parties(one, decided, parties.decider)
    yield from _parties(one, did, parties.executor)
    yield from _parties(one, "On the rule, order or refusal of", parties.upstream)
    yield from _parties(one, "Became known through", parties.informant)
    yield 2, f"How that is known: {_KNOWN[known.status]} {one.mark(known)}"
    for account in known.hypotheses:
        whom = "nobody" if account.actor == "nobody" else one.name(account.actor)
        told = f", told by {account.told_by}" if account.told_by else ""
        by = f"an account of {one.name(account.claimant)}{told}"
        yield 4, f"On {whom}, {by}: {account.claim} {one.mark(account)}"


def _parties(one: Cited, head: str, parties: Sequence[Party]) -> _Lines:
    for party in parties:
        actor = one.actors.get(party.actor)
        kind = f" ({plain(actor.kind)}{_seats(actor.jurisdictions)})" if actor else ""
        yield 2, f"{head}: {one.name(party.actor)}{kind} {one.mark(party)}"
        yield from _note(party.note)


def _seats(jurisdictions: Sequence[str]) -> str:
    return f", {' '.join(jurisdictions)}" if jurisdictions else ""


def _what(one: Cited) -> _Lines:
    record = one.record
    yield 2, f"Action: {action_words(one.ledger, record)} {one.mark(record.action)}"
    yield from _value(one, "Trade", record.sector)
    yield from _value(one, "Layer", record.layer)
    yield from _value(one, "Mechanism", record.mechanism)
    yield from _value(one, "Whose access", record.direction)
    yield from _value(one, "Carried out", record.carried_out)
    if record.how is not None:
        yield 2, f"How: {record.how.text} {one.mark(record.how)}"
    if record.scope is not None:
        yield 2, f"How much: {record.scope.text} {one.mark(record.scope)}"
    is_open = voice_of(one.ledger, record) in _UNSETTLED
    for network in record.networks:
        # A network has a decider's role only where it is settled who decided.
        role = "tied to it" if is_open and network.role == "actor" else network.role
        yield 2, f"Network: AS{network.asn} ({role}) {one.mark(network)}"
    for domain in record.domains:
        yield 2, f"Domain: {domain.domain} ({domain.role}) {one.mark(domain)}"
    for note in record.collateral:
        yield 2, f"Hit as well: {note.text} {one.mark(note)}"


def _value(one: Cited, name: str, value: Stated[Any] | None) -> _Lines:
    if value is not None:
        text = str(value.value)
        # A mechanism is a dotted id, by which explain finds it.
        yield 2, f"{name}: {text if name == 'Mechanism' else plain(text)} {one.mark(value)}"
        yield from _note(value.note)


def _for_whom(one: Cited) -> _Lines:
    record = one.record
    yield from _population(one, record.population, "People and places")
    if record.stated_population is not None:
        yield from _population(one, record.stated_population, "As the decider names them")


def _population(one: Cited, people: Population, head: str) -> _Lines:
    places = ", ".join(_place(code) for code in people.places)
    yield 2, f"{head}: {places} {one.mark(people)}"
    marks = [plain(mark) for mark in people.selectors if mark is not Selector.UNSTATED]
    yield 2, f"Told apart by: {', '.join(marks) or 'no source says by what'}"
    if people.organisations:
        yield 2, f"Organisations named: {', '.join(people.organisations)}"
    if people.excepted:
        yield 2, f"Left out of it: {'; '.join(people.excepted)}"
    yield from _note(people.note)


def _place(code: str) -> str:
    """Name a place as ISO 3166 does."""
    import pycountry

    if code in ("EU", "WORLD"):
        return {"EU": "EU", "WORLD": "the whole world"}[code]
    found = pycountry.subdivisions if "-" in code else pycountry.countries
    place = found.get(code=code) if "-" in code else found.get(alpha_2=code)
    if place is None:
        return code
    return f"{code} ({getattr(place, 'common_name', place.name)})"


def _when(one: Cited) -> _Lines:
    """Give every telling of each date, side by side."""
    names = dict(_MOMENTS)
    if is_not_carried_out(one.record):
        names[DateKind.EFFECTIVE] = "Was to take effect, and did not"
        names[DateKind.ENDED] = "Withdrawn"
    for kind in DateKind:
        tellings: Sequence[Dated] = getattr(one.record.dates, kind.value)
        several = len({telling.on for telling in tellings}) > 1
        if several:
            yield 2, f"{names[kind]}, told in {len(tellings)} ways that are not merged:"
        for telling in tellings:
            told = f"{telling.on}{_TELLINGS[telling.told]} {one.mark(telling)}"
            yield (4, told) if several else (2, f"{names[kind]}: {told}")
            yield from _note(telling.note)
    if not any(getattr(one.record.dates, kind.value) for kind in DateKind):
        yield 2, "No source gives a date."


def _grounds(one: Cited) -> _Lines:
    for ground in one.record.grounds:
        when = f", {ground.on}" if ground.on else ""
        by = f"claimed by {one.name(ground.claimant)}"
        if ground.claimant == "sources":
            by = "inferred by the sources, said by no party"
        said = f"{plain(ground.category)}, {by}{when}: {ground.text} {one.mark(ground)}"
        yield 2, said[0].upper() + said[1:]
    if not one.record.grounds:
        yield 2, "No source tells of a ground."


def _law(one: Cited) -> _Lines:
    for cited in one.record.instruments:
        yield 2, f"Sources connect it with {cited.id} {one.mark(cited)}"
    yield 2, f"Day by day: whocut ledger assess {one.record.id}"


def _edges(one: Cited) -> _Lines:
    for edge in one.record.edges:
        yield 2, f"{_EDGES[edge.kind][0]} {edge.to} {one.mark(edge)}"
        yield from _note(edge.note)
    for other in one.ledger.records.values():
        for edge in other.edges:
            if edge.to == one.record.id:
                yield 2, f"{_EDGES[edge.kind][1]} {other.id} (a tie that stands there)"


def _conflicts(one: Cited) -> _Lines:
    for conflict in one.record.conflicts:
        yield 2, f"{conflict.field}: {conflict.text} {one.mark(conflict)}"


def _replies(one: Cited) -> _Lines:
    record = one.record
    for attempt in record.contact_attempts:
        yield 2, f"{attempt.on}: asked by {attempt.channel}; {attempt.outcome}"
    for reply in record.replies:
        by = f"{one.name(reply.by)}, verified by {plain(reply.verified_by)}"
        yield 2, f"{reply.received}, {by}: {reply.text}"
        for name, text in (("Asked for", reply.requested), ("Outcome", reply.outcome)):
            if text is not None:
                yield 4, f"{name}: {text}"
    if not record.replies:
        yield 2, "None received. A named party may reply; its words would stand here."


def _remedies(one: Cited) -> _Lines:
    given = one.record.remedies
    if given is not None:
        yield from _value(one, "Days of notice", given.notice_days)
        yield from _value(one, "Appeal", given.appeal)
        yield from _value(one, "Export of data", given.data_export)
        yield from _value(one, "Refund", given.refund)


def _notes(one: Cited) -> _Lines:
    record: CutRecord = one.record
    if record.retracted is not None:
        yield 2, f"Retracted on {record.retracted.on}: {record.retracted.reason}"
    for note in record.notes:
        yield 2, f"{note.text} {one.mark(note)}"


def _note(text: str | None) -> _Lines:
    if text is not None:
        yield 4, f"Note: {text}"


def _print_sources(one: Cited) -> None:
    console().print()
    print_prose("Sources", style="bold")
    for key, source in one.sources.items():
        print_prose(f"[{one.numbers[key]}] {source_line(source)}", 2)
        if source.url is not None:
            # Not folded: an address that is broken in two can be neither read nor clicked.
            console().print(f"      {clean(source.url)}", soft_wrap=True)
        for _, text in _note(source.note):
            print_prose(text, 6)
