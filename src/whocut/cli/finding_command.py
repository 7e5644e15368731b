"""``whocut finding``: who did it, from everything at hand; or a stored finding, made again."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

from cyclopts import Parameter
from msgspec import Struct

from whocut.cli.country_codes import refuse_no_country
from whocut.cli.output import AS_TABLE, Output, write_json, write_rows
from whocut.cli.question import (
    Day,
    ObservatoryOption,
    asked_country,
    asked_days,
    observatory_directory,
)
from whocut.model.errors import UsageError

if TYPE_CHECKING:
    from datetime import date

    from whocut.attribution.bundle import Bundle
    from whocut.attribution.finding import Finding
    from whocut.attribution.join import MeasuredPair, Subject
    from whocut.store.snapshot import Snapshot

__all__ = ["finding"]

_FROZEN: Final = re.compile(r"[a-z]{2}-[a-z0-9.-]+-[0-9a-f]{8}(@\S+)?")
_COLUMNS: Final = ("hypothesis", "grade", "score", "for", "against", "settles")


class _Recomputed(Struct, frozen=True):
    """A stored finding, made again."""

    id: str
    is_same: bool
    ruleset_stored: str
    ruleset_now: str
    changes: list[str]
    """What differs, by field."""


def finding(
    subject: Annotated[
        str,
        Parameter(help="Domain, AS number or actor, as example.org, AS174, cogent; or ID@RULESET."),
    ],
    /,
    *,
    country: Annotated[
        str | None,
        Parameter(name=["--country", "-c"], help="Country, two letters; EU for the union."),
    ] = None,
    since: Day = None,
    until: Day = None,
    bundle: Annotated[
        Path | None, Parameter(help="Write the evidence to this file; it recomputes the finding.")
    ] = None,
    observatory: ObservatoryOption = None,
    output: Output = AS_TABLE,
) -> int:
    """Say who did it: hypotheses, each with what speaks for and against it, and who may be named.

    Gathers what is measured (cells, spans, slowdowns), what routes did and what records of the
    ledger say, with the law of the day as context. With ID@RULESET of a finding of the edition in
    force it is made again from its bundle, and it is said whether it is the same.
    """
    if country is None:
        if not _FROZEN.fullmatch(subject):
            raise UsageError(f"{subject}: --country CC is wanted, or the id of a finding")
        return _again(subject, observatory, bundle, output)
    found = _gathered(
        subject,
        asked_country(country),
        asked_days(since, until),
        observatory,
    )
    _write_bundle(found, bundle, output)
    from whocut.attribution.attribute import attribute
    from whocut.attribution.rules import load_ruleset

    _write(attribute(found, load_ruleset()), found, output)
    return 0


def _gathered(
    text: str, country: str, days: "tuple[date | None, date | None]", observatory: str | None
) -> "Bundle":
    from whocut.attribution.join import join
    from whocut.cli.finding_subject import asked_subject, load_material
    from whocut.store.observatory import Observatory

    held = Observatory(observatory_directory(observatory))
    pair = None
    if not held.exists():
        refuse_no_country(country, has_union=True)
        material = load_material()
        subject = asked_subject(text, country, days, material.index)
    else:
        with held.snapshot() as snapshot:
            refuse_no_country(country, snapshot, has_union=True)
            material = load_material()
            subject = asked_subject(text, country, days, material.index)
            if subject.domain:
                pair, subject = _measured(snapshot, subject)
    return join(subject, material, pair)


def _measured(snapshot: "Snapshot", subject: "Subject") -> "tuple[MeasuredPair | None, Subject]":
    """Look up what is measured; where it is the laboratory's, the question is about that."""
    from functools import partial

    from msgspec.structs import replace

    from whocut.access.pair_answer import answer_of, look_at
    from whocut.access.period import Question
    from whocut.attribution.join.answers import measured_answer
    from whocut.store.lookup import rows

    question = Question(subject.country, subject.domain, subject.since, subject.until)
    look_up = partial(rows, snapshot, cc=subject.country, target=subject.domain)
    look = look_at(look_up(table="cell", columns=("origin", "week", "n")).to_pylist(), question)
    if look is None:
        return None, subject
    look_up = partial(look_up, since=look.period.since, until=look.period.until)
    named = ("cell", "tally", "span", "slowdown")
    found = answer_of(look, *(look_up(table=name).to_pylist() for name in named))
    if found is None:
        return None, subject
    return (
        measured_answer(subject.country, subject.domain, found),
        replace(subject, origin=look.origin),
    )


def _write_bundle(found: "Bundle", path: Path | None, output: Output) -> None:
    if path is None:
        return
    from whocut.attribution.reading import bundle_document, canonical

    try:
        path.write_bytes(canonical(bundle_document(found)) + b"\n")
    except OSError as error:
        raise UsageError(f"--bundle {path}: {error.strerror}") from error
    output.say(f"whocut: wrote {path}; whocut attribute {path} makes the finding again")


def _write(found: "Finding", bundle: "Bundle", output: Output) -> None:
    if output.form == "json":
        from whocut.attribution.freezing import finding_document

        write_json(finding_document(found))
    elif output.form == "table":
        from whocut.cli.finding_screen import print_finding

        print_finding(found, bundle)
    else:
        rows = [
            {
                "hypothesis": one.id.value,
                "grade": one.grade.value,
                "score": one.score,
                "for": len([each for each in one.for_ if each.counted]),
                "against": len([each for each in one.against if each.counted]),
                "settles": list(one.settles),
            }
            for one in found.hypotheses
        ]
        write_rows(rows, _COLUMNS, output.form)


def _again(text: str, observatory: str | None, bundle: Path | None, output: Output) -> int:
    """Make a stored finding again, and say whether it is the same."""
    from whocut.attribution.attribute import attribute
    from whocut.attribution.freezing import finding_document
    from whocut.attribution.reading import canonical
    from whocut.attribution.rules import load_ruleset
    from whocut.publish.edition.opening import current_edition

    held = current_edition(Path(str(observatory_directory(observatory))))
    name, _, wanted = text.partition("@")
    stored = held.findings.finding(name)
    if stored is None:
        raise UsageError(
            f"{name}: no finding of this name in edition {held.key}; whocut finding SUBJECT "
            "--country CC makes one from what is at hand"
        )
    found = attribute(stored.bundle, load_ruleset())
    then, now = finding_document(stored.finding), finding_document(found)
    answer = _Recomputed(
        id=stored.row.frozen_id,
        is_same=canonical(then) == canonical(now),
        ruleset_stored=stored.row.ruleset,
        ruleset_now=found.ruleset,
        changes=[field for field in now if then.get(field) != now[field]],
    )
    if wanted and wanted != stored.row.ruleset:
        raise UsageError(
            f"{text}: this edition has it under {stored.row.ruleset}; its bundle gives it under "
            "the rules at hand: whocut attribute BUNDLE.json"
        )
    _write_bundle(stored.bundle, bundle, output)
    if output.form != "table":
        write_json(answer)
        return 0 if answer.is_same else 1
    from whocut.cli.finding_screen import print_finding, print_recomputed

    print_finding(found, stored.bundle)
    print_recomputed(answer.is_same, answer.ruleset_stored, answer.ruleset_now, answer.changes)
    return 0 if answer.is_same else 1
