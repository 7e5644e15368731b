"""Rules on dates: each can be read, none comes before what it follows, none is told twice."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import combinations
from typing import Final

from whocut.ledger.check.judgement import load_judgement
from whocut.ledger.check.rule import Hit, Rule, RuleOfAll, Subject, parsed
from whocut.ledger.edtf import Edtf, is_before, parse_edtf
from whocut.ledger.load import Ledger
from whocut.ledger.record import CutRecord, Dated
from whocut.ledger.vocabulary import CarriedOut, DateKind

__all__ = ["RULES", "RULES_OF_ALL", "date_faults", "tellings"]

_START: Final = (DateKind.EFFECTIVE, DateKind.FIRST_OBSERVED)
"""What a cut cannot end before; an announcement may follow the end."""


def tellings(record: CutRecord, kind: DateKind) -> tuple[Dated, ...]:
    """Give the tellings of one moment, the preferred one first."""
    found: tuple[Dated, ...] = getattr(record.dates, kind.value)
    return found


def date_faults(record: CutRecord) -> Iterator[Hit]:
    """Walk the dates of a record that cannot be read: field and reason."""
    for field, text in _written(record):
        yield from _form_fault(field, text)


def _form(subject: Subject) -> Iterator[Hit]:
    yield from date_faults(subject.record)


def _form_fault(field: str, text: str | None) -> Iterator[Hit]:
    if text is None:
        return
    try:
        parse_edtf(text)
    except ValueError as error:
        yield field, str(error)


def _written(record: CutRecord) -> Iterator[tuple[str, str | None]]:
    """Walk every date of a record."""
    for kind in DateKind:
        for number, one in enumerate(tellings(record, kind)):
            yield f"dates.{kind}[{number}].on", one.on
    for number, ground in enumerate(record.grounds):
        yield f"grounds[{number}].on", ground.on
    for number, attempt in enumerate(record.contact_attempts):
        yield f"contact_attempts[{number}].on", attempt.on
    for number, reply in enumerate(record.replies):
        yield f"replies[{number}].received", reply.received
    if record.retracted is not None:
        yield "retracted.on", record.retracted.on
    for key, source in record.sources.items():
        yield f"sources.{key}.date", source.date


def _order(subject: Subject) -> Iterator[Hit]:
    carried_out = subject.record.carried_out
    if carried_out is not None and carried_out.value is CarriedOut.NO:
        return  # what was called off ends before the day it was announced for
    for number, one in enumerate(tellings(subject.record, DateKind.ENDED)):
        ended = parsed(one.on)
        for kind in _START:
            start = parsed(_preferred(subject.record, kind))
            if ended is not None and start is not None and is_before(ended, start):
                yield f"dates.ended[{number}].on", f"{ended.text} lies before {kind} {start.text}"


def _preferred(record: CutRecord, kind: DateKind) -> str | None:
    return next((one.on for one in tellings(record, kind)), None)


def _ahead(subject: Subject) -> Iterator[Hit]:
    most = load_judgement().limits.ahead_days
    for kind in DateKind:
        for number, one in enumerate(tellings(subject.record, kind)):
            told = [parsed(source.date) for source in subject.sources(one)]
            newest = [day.latest for day in told if day is not None and day.latest is not None]
            on = parsed(one.on)
            # A source without a date may be newer than those with one.
            if not told or len(newest) < len(told) or on is None or on.earliest is None:
                continue
            if on.earliest - max(newest) > timedelta(days=most):
                yield (
                    f"dates.{kind}[{number}].on",
                    f"{one.on} lies more than {most} days after its newest source, {max(newest)}",
                )


def _tellings(subject: Subject) -> Iterator[Hit]:
    for kind in DateKind:
        for (_, one), (number, other) in combinations(enumerate(tellings(subject.record, kind)), 2):
            field = f"dates.{kind}[{number}]"
            both = set(one.from_) & set(other.from_)
            if one.on == other.on:
                yield f"{field}.on", f"{other.on} stands twice; put the sources together"
            elif both:
                key = sorted(both)[0]
                yield field, f"source {key!r} carries {one.on} as well: a telling needs its own"
            elif {*one.from_, *one.among} == {*other.from_, *other.among} != set():
                yield field, f"told by the same sources as {one.on}: a telling needs its own"


def _far(subject: Subject) -> Iterator[Hit]:
    limits = load_judgement().limits
    for kind in DateKind:
        preferred = parsed(_preferred(subject.record, kind))
        for number, one in enumerate(tellings(subject.record, kind)):
            on, field = parsed(one.on), f"dates.{kind}[{number}].on"
            first, last = _days(on)
            if first is not None and last is not None and (last - first).days > limits.span_days:
                yield field, f"{one.on} spans more than {limits.span_days} days"
            elif on is not None and preferred is not None and _gap(on, preferred):
                yield (
                    field,
                    f"{one.on} lies more than {limits.apart_days} days from {preferred.text}",
                )


def _days(on: Edtf | None) -> tuple[date | None, date | None]:
    return (None, None) if on is None else (on.earliest, on.latest)


def _gap(one: Edtf, other: Edtf) -> bool:
    """Say whether two tellings are too far apart to be of one moment."""
    most = timedelta(days=load_judgement().limits.apart_days)
    pairs = ((one.earliest, other.latest), (other.earliest, one.latest))
    return any(late and early and late - early > most for late, early in pairs)


def _early(subject: Subject) -> Iterator[Hit]:
    year = load_judgement().limits.first_year
    for field, text in _written(subject.record):
        first, _ = _days(parsed(text))
        if first is not None and first.year < year:
            yield field, f"{text} lies before {year}"


def _young(subject: Subject) -> Iterator[Hit]:
    today = subject.known.today
    for field, text in _written(subject.record):
        first, _ = _days(parsed(text))
        if not field.startswith(("dates.", "grounds")) and first and today and first > today:
            yield field, f"{text} has not come yet"


def _answers(subject: Subject) -> Iterator[Hit]:
    """Find answers to what had not happened; a moment without a beginning answers nothing."""
    told = [parsed(one.on) for kind in DateKind for one in tellings(subject.record, kind)]
    starts = [_days(one)[0] for one in told]
    first = min((one for one in starts if one is not None), default=None)
    for field, text in _written(subject.record):
        _, last = _days(parsed(text))
        is_answer = field.startswith(("replies", "retracted"))
        if is_answer and first and last and None not in starts and last < first:
            yield field, f"{text} lies before anything that the record tells of"


def _none(subject: Subject) -> Iterator[Hit]:
    if not any(tellings(subject.record, kind) for kind in DateKind):
        yield "dates", "no moment is told"


def _shared(ledger: Ledger) -> Iterator[tuple[str, str, str]]:
    for key, source in ledger.shared_sources.items():
        for field, reason in _form_fault(f"{key}.date", source.date):
            yield "sources.yaml", field, reason


RULES: Final = (
    Rule("ledger.check.date.form", "Every date is one of EDTF.", _form),
    Rule("ledger.check.date.order", "Nothing ends before it takes effect.", _order),
    Rule(
        "ledger.check.date.ahead",
        "No date lies far in the future of its newest source.",
        _ahead,
    ),
    Rule(
        "ledger.check.date.tellings",
        "Two tellings of one moment differ, and come from different sources.",
        _tellings,
    ),
    Rule("ledger.check.date.far", "Tellings of one moment lie near each other.", _far),
    Rule("ledger.check.date.early", "No date lies before there were such networks.", _early),
    Rule("ledger.check.date.young", "No source, reply or retraction is of a day to come.", _young),
    Rule("ledger.check.date.answer", "No answer lies before what it answers.", _answers),
    Rule("ledger.check.date.none", "Some moment is told.", _none, is_warning=True),
)
RULES_OF_ALL: Final = (
    RuleOfAll("ledger.check.date.shared", "Dates of shared sources are EDTF.", _shared),
)
