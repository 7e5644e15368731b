"""``whocut ledger assess``: what the law of the day said of a record, or of cases from a file."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any, Final

from cyclopts import Parameter

from whocut.cli.ledger_show import asked_record
from whocut.cli.output import AS_TABLE, Output, print_table, write_json, write_rows
from whocut.cli.terminal import console, print_prose
from whocut.cli.wording import count_of
from whocut.ledger.actors import load_actors
from whocut.ledger.document import read_document_file
from whocut.ledger.law.assess import assess_question, assess_span
from whocut.ledger.law.case import Case, read_case
from whocut.ledger.law.law import Law
from whocut.ledger.law.loading import load_law
from whocut.ledger.law.question import DISCLAIMER, Assessment, LegalQuestion, Role
from whocut.ledger.law.record_question import life_of, question_of
from whocut.ledger.load import load_ledger
from whocut.ledger.record import CutRecord
from whocut.model.errors import InputError, UsageError

__all__ = ["assess"]

_CASE_COLUMNS: Final = (
    *("case", "day", "answer", "leaning", "confidence", "capped_by", "provisions", "reason"),
    *("expected", "agrees", "provisions_missing", "disclaimer"),
)
_SPAN_COLUMNS: Final = (
    *("record", "from", "to", "answer", "leaning", "confidence", "capped_by", "provisions"),
    *("reason", "disclaimer"),
)
_LIST_KEYS: Final = ("cases",)
_TREATIES: Final = frozenset({Role.BINDS_THE_STATE, Role.ADDRESSES_STATES})
_WHYS: Final = frozenset(
    {
        *("not yet in force that day", "no longer in force that day"),
        *("whether it was in force that day is not known", "known from nobody but ourselves"),
        "a licence that is true of one company only",
    }
)


def assess(
    record_id: Annotated[
        str | None, Parameter(name="ID", help="A record, as in 2022-03-cogent-ru.")
    ] = None,
    /,
    *,
    on: Annotated[str | None, Parameter(help="Only this day, YYYY-MM-DD.")] = None,
    case: Annotated[
        Path | None, Parameter(help="A YAML file with a list of cases, instead of a record.")
    ] = None,
    output: Output = AS_TABLE,
) -> int:
    """Say what the law of the day asked for, allowed, exempted or left open.

    A case has actor_kind, actor_jurisdiction, population, service_category and day. Where it has
    `expected`, the answer is compared with it. No answer is legal advice.
    """
    if (record_id is None) == (case is None):
        raise UsageError("give a record's ID, or --case FILE with cases")
    law = load_law()
    if case is not None:
        if on is not None:
            raise UsageError("--on goes with a record; each case has its own day")
        return _answer_cases(law, _read_cases(law, case), output)
    record = asked_record(load_ledger(), record_id or "")
    return _answer_record(law, record, None if on is None else _day(on), output)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"--on {text}: not a day; wanted YYYY-MM-DD") from error


def _read_cases(law: Law, path: Path) -> list[Case]:
    document = read_document_file(path)
    if isinstance(document, dict):
        document = next((document[key] for key in _LIST_KEYS if key in document), None)
    if not isinstance(document, list):
        raise InputError("wanted a list of cases", source=str(path))
    cases: list[Case] = []
    for number, one in enumerate(document):
        source = f"{path}: case {number + 1}"
        if not isinstance(one, dict):
            raise InputError("not a mapping", source=source)
        cases.append(read_case(law, one, source))
    return cases


def _answer_cases(law: Law, cases: Sequence[Case], output: Output) -> int:
    answers = [(one, assess_question(law, one.question, one.day)) for one in cases]
    rows = [_case_row(one, found) for one, found in answers]
    if output.form == "json":
        document = [
            {**row, "question": one.question, "assessment": found}
            for row, (one, found) in zip(rows, answers, strict=True)
        ]
        write_json({"cases": document, "meta": _tally(rows), "disclaimer": DISCLAIMER})
    elif output.form == "table":
        for number, (one, found) in enumerate(answers):
            if number:
                console().print()
            _print_case(one, found, rows[number])
        console().print()
        _print_tally(rows)
    else:
        write_rows(rows, _CASE_COLUMNS, output.form)
    return 0


def _case_row(case: Case, found: Assessment) -> dict[str, Any]:
    used = [one.id for one in found.provisions]
    missing = [one for one in case.provisions if one not in used]
    agrees = None if case.expected is None else found.label.value == case.expected and not missing
    return {
        "case": case.title,
        "day": case.day,
        **_answer(found),
        "provisions": used,
        "reason": " ".join(found.reasons),
        "expected": case.expected,
        "agrees": agrees,
        "provisions_missing": missing,
        "disclaimer": found.disclaimer,
    }


def _answer(found: Assessment) -> dict[str, Any]:
    return {
        "answer": found.label.value,
        "leaning": None if found.leaning is None else found.leaning.value,
        "confidence": found.confidence.value,
        "capped_by": found.confidence_capped_by,
    }


def _tally(rows: Sequence[dict[str, Any]]) -> dict[str, int]:
    compared = [row for row in rows if row["agrees"] is not None]
    agreeing = sum(bool(row["agrees"]) for row in compared)
    return {"n": len(rows), "compared": len(compared), "agree": agreeing}


def _print_tally(rows: Sequence[dict[str, Any]]) -> None:
    tally = _tally(rows)
    told = f"{count_of(tally['n'], 'case')}."
    if tally["compared"]:
        told += f" Of {tally['compared']:,} with an expected answer {tally['agree']:,} agree."
    print_prose(f"{told} {DISCLAIMER}", style="bold")


def _print_case(case: Case, found: Assessment, row: dict[str, Any]) -> None:
    print_prose(f"{case.title}, {case.day}: {_label(found)}", style="bold")
    if case.expected is not None:
        verdict = "as expected" if row["agrees"] else f"expected {_words(case.expected)}"
        print_prose(f"{verdict[0].upper()}{verdict[1:]}.", 2)
        if row["provisions_missing"]:
            print_prose(f"Not used: {', '.join(row['provisions_missing'])}.", 2)
    _print_why(found)


def _label(found: Assessment) -> str:
    lean = f", leaning to {_words(found.leaning.value)}" if found.leaning is not None else ""
    cap = f", capped by {found.confidence_capped_by}" if found.confidence_capped_by else ""
    return f"{_words(found.label.value)}{lean} (confidence {found.confidence.value}{cap})."


def _words(label: str) -> str:
    return label.replace("_", " ")


def _print_why(found: Assessment) -> None:
    for reason in found.reasons:
        print_prose(reason, 2)
    for one in found.exceptions:
        print_prose(f"If {one.if_}: {_words(one.then.value)}.", 2)
    for text in found.not_if:
        print_prose(f"Not if {text}.", 2)
    if found.provisions:
        told = (f"{one.id} ({_words(one.role.value)})" for one in found.provisions)
        print_prose(f"Provisions used: {', '.join(told)}.", 2)
    beside: dict[str, list[str]] = {}
    for shown in found.context:
        why = shown.why if shown.why in _WHYS else "beside it"
        beside.setdefault(why, []).append(shown.id)
    for why, ids in beside.items():
        print_prose(f"{why[0].upper()}{why[1:]}: {', '.join(ids)}.", 2)


def _answer_record(law: Law, record: CutRecord, day: date | None, output: Output) -> int:
    question = question_of(record, load_actors(), law)
    spans = _spans(law, record, question, day)
    rows = [
        {
            "record": record.id,
            "from": start,
            "to": end,
            **_answer(found),
            "provisions": [one.id for one in found.provisions],
            "reason": " ".join(found.reasons),
            "disclaimer": found.disclaimer,
        }
        for start, end, found in spans
    ]
    if output.form == "json":
        answers = [{"from": start, "to": end, "assessment": found} for start, end, found in spans]
        document = {"record": record.id, "question": question, "answers": answers}
        write_json({**document, "disclaimer": DISCLAIMER})
    elif output.form == "table":
        _print_record(record, spans)
    else:
        write_rows(rows, _SPAN_COLUMNS, output.form)
    return 0


_Span = tuple[date, date, Assessment]


def _spans(law: Law, record: CutRecord, question: LegalQuestion, day: date | None) -> list[_Span]:
    if day is not None:
        return [(day, day, assess_question(law, question, day))]
    life = life_of(record, datetime.now(UTC).date())
    if life is None:
        raise UsageError(f"{record.id} has no day; add --on DAY")
    return assess_span(law, question, *life)


def _print_record(record: CutRecord, spans: Sequence[_Span]) -> None:
    first, last = spans[0][0], spans[-1][1]
    over = f"on {first}" if first == last else f"from {first} to {last}"
    print_prose(f"{record.id}: what the law said {over}.", style="bold")
    if len(spans) > 1:
        print_table(
            ("from", "to", "answer", "confidence", "decided by"),
            _span_rows(spans),
        )
    for start, end, found in _by_label(spans):
        console().print()
        days = f"{start}" if start == end else f"{start} to {end}"
        print_prose(f"{days}: {_label(found)}", style="bold")
        _print_why(found)
    console().print()
    print_prose(f"{DISCLAIMER} Next: whocut ledger show {record.id}")


def _by_label(spans: Sequence[_Span]) -> list[_Span]:
    """Join spans of one answer: a new version alone is in the table, its sentences are alike."""
    joined: list[_Span] = []
    for start, end, found in spans:
        if joined and joined[-1][2].label is found.label:
            joined[-1] = (joined[-1][0], end, joined[-1][2])
        else:
            joined.append((start, end, found))
    return joined


def _span_rows(spans: Sequence[_Span]) -> list[tuple[str, str, str, str, str]]:
    """Give a row a span; what was weighed and decided nothing makes no row of its own."""
    rows: list[tuple[str, str, str, str, str]] = []
    for start, end, found in spans:
        told = (_words(found.label.value), found.confidence.value, _by(found))
        if rows and rows[-1][2:] == told:
            rows[-1] = (rows[-1][0], str(end), *told)
        else:
            rows.append((str(start), str(end), *told))
    return rows


def _by(found: Assessment) -> str:
    deciding = [one.id for one in found.provisions if one.decides]
    shown = deciding or [one.id for one in found.provisions if one.role in _TREATIES]
    return ", ".join(shown[:4])
