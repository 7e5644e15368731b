"""A finding as a person reads it: sentences, hypotheses, evidence, announced beside observed."""

from collections.abc import Iterable
from typing import Final

from whocut.attribution.bundle import AnyEvidence, Bundle, Claim
from whocut.attribution.finding import Finding, Hypothesis, Weight
from whocut.attribution.join.timeline import Moment, timeline_of
from whocut.attribution.sentences import sentences, settling_sentences
from whocut.cli.output import print_table
from whocut.cli.terminal import console, print_prose
from whocut.i18n.language import Language
from whocut.i18n.text import text_in

__all__ = ["print_finding", "print_recomputed"]

_MOST_MOMENTS: Final = 14
_MARKS: Final = dict.fromkeys((0x2068, 0x2069))
"""Marks that isolate names: a terminal is shown none."""


def print_finding(finding: Finding, bundle: Bundle) -> None:
    """Print what a finding says, what it rests on, and what would settle it."""
    text = text_in(Language.EN)
    out = console()
    question = finding.question
    asked = question.target or (f"AS{question.network}" if question.network else question.service)
    print_prose(f"{asked} in {question.part or question.country}", style="bold")
    if question.origin != "world":
        print_prose("Emulated laboratory: it says nothing of any real country or service.", 2)
    for sentence in sentences(finding, text):
        print_prose(sentence.translate(_MARKS), 2)
    named = ", ".join(f"{one.name} ({one.grade.value}, {one.why.value})" for one in finding.named)
    print_prose(f"Status: {finding.status.value}. Named: {named or 'nobody'}.", 2)
    out.print()
    print_table(
        ("hypothesis", "grade", "nats", "for", "against"),
        [
            [one.id.value, one.grade.value, f"{one.score:g}", _n(one.for_), _n(one.against)]
            for one in finding.hypotheses
        ],
    )
    evidence = {one.id: one for one in bundle.evidence}
    for one in finding.hypotheses:
        _print_lines(one, evidence)
    _print_moments(timeline_of(bundle)[:_MOST_MOMENTS])
    spoken = [one for one in finding.hypotheses if one.for_ or one.against]
    steps = dict.fromkeys(
        step
        for one in spoken or finding.hypotheses
        for step in settling_sentences(finding, one.id, text)
    )
    if steps:
        out.print()
        print_prose("What would settle it:")
        for step in list(steps)[:5]:
            print_prose(step, 2)
    out.print()
    print_prose(f"{finding.frozen_id}: the same evidence and rules give the same finding.")


def _n(weights: Iterable[Weight]) -> str:
    return str(sum(one.counted for one in weights))


def _print_lines(one: Hypothesis, evidence: dict[str, AnyEvidence]) -> None:
    counted = [each for each in (*one.for_, *one.against) if each.counted and each.nats]
    if not counted:
        return
    console().print()
    print_prose(f"{one.id.value}:")
    for each in counted:
        sign = "+" if each.direction.value == "for" else "-"
        said = evidence[each.evidence]
        told = f"{said.type.value}: " if isinstance(said, Claim) else ""
        source = said.source.publisher or said.source.title
        grade = f", {said.source.grade.value}" if said.source.grade else ""
        print_prose(f"{sign}{each.nats:g} {told}{each.evidence} ({source}{grade}) {each.rule}", 2)
        if said.note:
            print_prose(said.note, 4)


def _print_moments(moments: Iterable[Moment]) -> None:
    rows = [
        [
            _days(one),
            one.kind.value.replace("_", " "),
            one.who or one.source,
            f"{one.n_hit} of {one.n}" if one.n_hit is not None else str(one.n or ""),
        ]
        for one in moments
    ]
    if rows:
        console().print()
        print_prose("Announced and observed:")
        print_table(("days", "what", "by", "n"), rows)


def _days(one: Moment) -> str:
    first = one.first.isoformat() if one.first else ".."
    last = one.last.isoformat() if one.last else ".."
    return first if first == last else f"{first} to {last}"


def print_recomputed(is_same: bool, stored: str, now: str, changes: Iterable[str]) -> None:
    """Say whether a stored finding came out the same."""
    console().print()
    if is_same:
        print_prose(f"Made again under {now}: the same, byte by byte.", style="bold")
    elif stored != now:
        print_prose(
            f"It was stored under {stored}; the rules at hand are {now}. Differs in: "
            f"{', '.join(changes)}.",
            style="bold",
        )
    else:
        print_prose(f"NOT the same under {now}: {', '.join(changes)}.", style="bold")
