"""Rules on who decided, and how that is known: no dispute without sides, no admission unsaid."""

from collections.abc import Iterator
from typing import Final

from whocut.ledger.check.rule import Hit, Rule, Subject, keys_of
from whocut.ledger.grade import grade_of_value
from whocut.ledger.record import OWN
from whocut.ledger.vocabulary import Action, AttributionStatus, EdgeKind, Grade

__all__ = ["RULES"]

_OF_STATES: Final = frozenset({Action.STATE_BLOCKING, Action.STATE_THROTTLING})


def _dispute(subject: Subject) -> Iterator[Hit]:
    known = subject.record.attribution
    told = {(one.actor, one.claimant) for one in known.hypotheses}
    if known.status is AttributionStatus.DISPUTED and len(told) < 2:
        yield "attribution.hypotheses", "disputed, and there are no two accounts to stand by it"


def _denial(subject: Subject) -> Iterator[Hit]:
    record = subject.record
    if record.attribution.status is not AttributionStatus.DENIED:
        return
    speak = {one.claimant for one in record.attribution.hypotheses}
    speak |= {one.by for one in record.replies}
    if speak.isdisjoint(one.actor for one in record.parties.decider):
        yield "attribution.status", "denied, and no account or reply is the decider's"


def _admission(subject: Subject) -> Iterator[Hit]:
    known = subject.record.attribution
    if known.status is AttributionStatus.ADMITTED and set(keys_of(known)) == {OWN}:
        yield "attribution.from", "admitted, by own knowledge: name a source in which it is said"


def _admission_unread(subject: Subject) -> Iterator[Hit]:
    known = subject.record.attribution
    is_admitted = known.status is AttributionStatus.ADMITTED and set(keys_of(known)) != {OWN}
    if is_admitted and grade_of_value(subject.ledger, subject.record, known) is Grade.LEAD:
        yield "attribution.status", "admitted, and no source that says so was read"


def _decider_unread(subject: Subject) -> Iterator[Hit]:
    for number, one in enumerate(subject.record.parties.decider):
        if set(keys_of(one)) == {OWN}:
            yield f"parties.decider[{number}].from", "the decider is named by own knowledge alone"


def _twice(subject: Subject) -> Iterator[Hit]:
    parties = subject.record.parties
    for role in parties.__struct_fields__:
        seen: set[str] = set()
        for number, one in enumerate(getattr(parties, role)):
            if one.actor in seen:
                yield f"parties.{role}[{number}].actor", f"{one.actor!r} stands twice"
            seen.add(one.actor)


def _state(subject: Subject) -> Iterator[Hit]:
    action = subject.record.action.value
    for number, one in enumerate(subject.record.parties.decider):
        if action in _OF_STATES and one.actor in subject.known.companies:
            yield f"parties.decider[{number}].actor", f"{action} by a company: whose act is it?"


def _restorer(subject: Subject) -> Iterator[Hit]:
    own = {one.actor for one in subject.record.parties.decider}
    for number, edge in enumerate(subject.record.edges):
        target = subject.ledger.records.get(edge.to)
        if edge.kind is not EdgeKind.RESTORES or target is None:
            continue
        if own.isdisjoint(one.actor for one in target.parties.decider):
            yield f"edges[{number}].to", f"another decided {edge.to}: did this one restore it?"


RULES: Final = (
    Rule("ledger.check.attribution.dispute", "A dispute has two accounts or more.", _dispute),
    Rule("ledger.check.attribution.denial", "A denial is the decider's own.", _denial),
    Rule(
        "ledger.check.attribution.admission",
        "What is admitted is admitted in a source.",
        _admission,
    ),
    Rule(
        "ledger.check.attribution.unread",
        "What is admitted is admitted in a source that was read.",
        _admission_unread,
        is_warning=True,
    ),
    Rule(
        "ledger.check.actor.own_knowledge",
        "A source names the decider.",
        _decider_unread,
        is_warning=True,
    ),
    Rule("ledger.check.actor.twice", "No actor stands twice in one role.", _twice),
    Rule("ledger.check.actor.state", "What states alone do is no company's act.", _state),
    Rule(
        "ledger.check.edge.restorer",
        "Who restores is who cut.",
        _restorer,
        is_warning=True,
    ),
)
