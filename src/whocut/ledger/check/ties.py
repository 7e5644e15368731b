"""Rules on files, and on what ties one record to another: edges, duplicates, kinds."""

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Final

from whocut.ledger.check.rule import Hit, Rule, RuleOfAll, Subject, parsed
from whocut.ledger.check.times import tellings
from whocut.ledger.edtf import Edtf, is_before
from whocut.ledger.load import Ledger
from whocut.ledger.record import CutRecord
from whocut.ledger.vocabulary import Action, DateKind, EdgeKind, Kind

__all__ = ["RULES", "RULES_OF_ALL"]

_YEAR: Final = re.compile(r"(\d{4})-")
_CUTS: Final = frozenset({Kind.CUT, Kind.PARTIAL, Kind.SERIES})
_ONE_WAY: Final = (EdgeKind.SUPERSEDES, EdgeKind.RESTORES, EdgeKind.PART_OF)
_AFTERWARDS: Final = (EdgeKind.SUPERSEDES, EdgeKind.IN_RESPONSE_TO, EdgeKind.RETALIATES)
_KIND_OF_ACTION: Final = {
    Action.REFUSAL_TO_CUT: Kind.REFUSAL,
    Action.RESTORATION: Kind.RESTORATION,
}
_BEGINNING: Final = (DateKind.EFFECTIVE, DateKind.FIRST_OBSERVED, DateKind.ANNOUNCED)


def _name(subject: Subject) -> Iterator[Hit]:
    _, stem = subject.file
    if stem != subject.record.id:
        yield "id", f"the id is {subject.record.id!r}, the file is named {stem!r}"


def _year(subject: Subject) -> Iterator[Hit]:
    folder, _ = subject.file
    year = _YEAR.match(subject.record.id)
    if year is None:
        yield "id", "an id begins with its year, as in 2022-03-acme-ru"
    elif year[1] != folder:
        yield "id", f"the id is of {year[1]}, the folder of {folder}"


def _kind(subject: Subject) -> Iterator[Hit]:
    kind, action = subject.record.kind, subject.record.action.value
    for needed_action, needed_kind in _KIND_OF_ACTION.items():
        if (kind is needed_kind) != (action is needed_action):
            yield "kind", f"kind {kind} and action {action}: {needed_kind} is {needed_action}"


def _restoration(subject: Subject) -> Iterator[Hit]:
    if not _has_no_restored(subject.record) or subject.record.notes:
        return
    yield "edges", "a restoration without an edge restores, and without a note that says why"


def _restored_unknown(subject: Subject) -> Iterator[Hit]:
    if _has_no_restored(subject.record) and subject.record.notes:
        yield "edges", "a restoration without an edge restores; do the notes say why?"


def _has_no_restored(record: CutRecord) -> bool:
    restores = any(edge.kind is EdgeKind.RESTORES for edge in record.edges)
    return record.kind is Kind.RESTORATION and not restores


def _target(subject: Subject) -> Iterator[Hit]:
    seen: set[tuple[EdgeKind, str]] = set()
    for number, edge in enumerate(subject.record.edges):
        field = f"edges[{number}].to"
        if edge.to == subject.record.id:
            yield field, "an edge to the record itself"
        elif edge.to not in subject.ledger.records:
            yield field, f"no record has the id {edge.to!r}"
        if (edge.kind, edge.to) in seen:
            yield field, f"{edge.kind} {edge.to} stands twice"
        seen.add((edge.kind, edge.to))


def _restores(subject: Subject) -> Iterator[Hit]:
    record = subject.record
    for number, edge in enumerate(record.edges):
        target = subject.ledger.records.get(edge.to)
        if edge.kind is not EdgeKind.RESTORES or target is None or target is record:
            continue
        field = f"edges[{number}].to"
        if record.kind is not Kind.RESTORATION:
            yield field, f"a {record.kind} restores nothing: that takes a record of its own"
        if target.kind not in _CUTS:
            yield field, f"{edge.to} is a {target.kind}: only a cut can be restored"
        if _begins_before(record, target):
            yield field, f"{edge.to} takes effect after what is to restore it"


def _afterwards(subject: Subject) -> Iterator[Hit]:
    for number, edge in enumerate(subject.record.edges):
        target = subject.ledger.records.get(edge.to)
        if edge.kind in _AFTERWARDS and target and _begins_before(subject.record, target):
            yield f"edges[{number}].to", f"{edge.kind} {edge.to}, which begins later"


def _begins_before(record: CutRecord, other: CutRecord) -> bool:
    own, others = _beginning(record), _beginning(other)
    return own is not None and others is not None and is_before(own, others) is True


def _beginning(record: CutRecord) -> Edtf | None:
    for kind in _BEGINNING:
        for one in tellings(record, kind)[:1]:
            return parsed(one.on)
    return None


def _same_event(subject: Subject) -> Iterator[Hit]:
    for number, edge in enumerate(subject.record.edges):
        target = subject.ledger.records.get(edge.to)
        if edge.kind is not EdgeKind.SAME_EVENT or target is None:
            continue
        if not any(
            back.kind is EdgeKind.SAME_EVENT and back.to == subject.record.id
            for back in target.edges
        ):
            yield f"edges[{number}].to", f"{edge.to} has no edge same_event back"


def _cycles(ledger: Ledger) -> Iterator[tuple[str, str, str]]:
    for kind in _ONE_WAY:
        left = {
            name: {edge.to for edge in record.edges if edge.kind is kind and edge.to != name}
            for name, record in ledger.records.items()
        }
        left = {name: targets for name, targets in left.items() if targets}
        while True:
            # What leads nowhere is in no cycle; nor is what nothing leads to.
            reached = set().union(*left.values())
            kept = {
                name: inner
                for name, targets in left.items()
                if name in reached and (inner := targets & left.keys())
            }
            if kept == left:
                break
            left = kept
        for name, targets in left.items():
            for number, edge in enumerate(ledger.records[name].edges):
                if edge.kind is kind and edge.to in targets:
                    file, field = _file(ledger, name), f"edges[{number}].to"
                    yield file, field, f"{kind} goes round in a circle by way of {edge.to}"


def _duplicates(ledger: Ledger) -> Iterator[tuple[str, str, str]]:
    alike: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for name in sorted(ledger.records):
        record = ledger.records[name]
        effective = tellings(record, DateKind.EFFECTIVE)
        if effective and record.parties.decider and record.retracted is None:
            decider, place = record.parties.decider[0].actor, record.population.places[0]
            alike[decider, place, effective[0].on, record.sector.value].append(name)
    for names in alike.values():
        for number, name in enumerate(names):
            untied = (one for one in names[:number] if not _are_tied(ledger, name, one))
            if (other := next(untied, None)) is not None:
                reason = (
                    f"same decider, place, effective date and sector as {other}: "
                    "a duplicate, or an edge is missing"
                )
                yield _file(ledger, name), "parties.decider", reason


def _are_tied(ledger: Ledger, one: str, other: str) -> bool:
    forth = any(edge.to == other for edge in ledger.records[one].edges)
    return forth or any(edge.to == one for edge in ledger.records[other].edges)


def _file(ledger: Ledger, name: str) -> str:
    path = ledger.files[name]
    return f"{path.parent.name}/{path.name}"


RULES: Final = (
    Rule("ledger.check.file.name", "A file is named by the id of its record.", _name),
    Rule("ledger.check.file.year", "A record lies in the folder of its id's year.", _year),
    Rule("ledger.check.kind.action", "Refusals and restorations say so in both fields.", _kind),
    Rule(
        "ledger.check.kind.restoration",
        "A restoration names what it restores, or a note says why not.",
        _restoration,
    ),
    Rule(
        "ledger.check.kind.restored_unknown",
        "A restoration names what it restores.",
        _restored_unknown,
        is_warning=True,
    ),
    Rule("ledger.check.edge.target", "An edge leads to another record, once.", _target),
    Rule("ledger.check.edge.restores", "A restoration follows a cut.", _restores),
    Rule("ledger.check.edge.same_event", "Two records of one event name each other.", _same_event),
    Rule(
        "ledger.check.edge.order",
        "An answer does not begin before what it answers.",
        _afterwards,
        is_warning=True,
    ),
)
RULES_OF_ALL: Final = (
    RuleOfAll("ledger.check.edge.cycle", "No chain of edges goes round in a circle.", _cycles),
    RuleOfAll(
        "ledger.check.duplicate",
        "No two records tell of the same cut, unless an edge ties them.",
        _duplicates,
    ),
)
