"""``whocut ledger scorecard``: what is recorded of a country under each call of the statement."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Annotated, Any, Final

from cyclopts import Parameter

from whocut.cli.ledger_question import FilterOptions
from whocut.cli.ledger_wording import GRADES_APART, by_grade, few_of
from whocut.cli.output import AS_TABLE, Output, print_table, write_json, write_rows
from whocut.cli.terminal import console, print_prose
from whocut.ledger.actors import load_actors
from whocut.ledger.counts import ByGrade, count_grades
from whocut.ledger.harms import check_provisions, load_harms
from whocut.ledger.lags_spells import newest_day
from whocut.ledger.law.loading import load_law
from whocut.ledger.load import load_ledger
from whocut.ledger.scorecard import (
    GROUPS,
    CallCard,
    Card,
    Material,
    Standing,
    cards_of_all,
    scorecard_of,
    wide_places,
)
from whocut.ledger.vocabulary import Grade
from whocut.model.errors import UsageError

__all__ = ["COLUMNS", "scorecard"]

_COUNTED: Final = tuple(one for one in Standing if one is not Standing.NOT_COUNTED)
COLUMNS: Final = (
    *("country", "day", "call", "action_lines", "actor", "grade"),
    *(one.value for one in _COUNTED),
    *(f"{one.value}_records" for one in _COUNTED),
    "provisions",
)
_NO_SUM: Final = (
    "Counts are of records, and measure attention as much as events. Nothing is added over grades "
    "or calls, as a record can fall under several; and countries are in the order of their codes."
)
_IN_FORCE: Final = "In force means that it took effect and that no end of it is told by that day."
_HEADINGS: Final = {
    Standing.IN_FORCE: "in force, no end told",
    Standing.UNSURE: "not known whether",
    Standing.ENDED: "ended",
    Standing.RESTORED: "restored",
    Standing.REFUSED: "refused to cut",
}
_ACTORS: Final = {"not_established": "not established"}


def scorecard(
    country: Annotated[str | None, Parameter(help="Two letters, as in RU; EU, or WORLD.")] = None,
    *,
    call: Annotated[int | None, Parameter(help="Only this call, 1 to 5.")] = None,
    on: Annotated[
        str | None, Parameter(help="The day, YYYY-MM-DD; the newest of the ledger if none.")
    ] = None,
    output: Output = AS_TABLE,
) -> int:
    """Count cuts in force, ended, restored and refused under the five calls of the statement.

    By who acted and by grade, with the records and the provisions that speak to each. There is no
    sum of it all and no order of countries.
    """
    place = FilterOptions(country=country).filters().country
    material = _material()
    day = _asked_day(on) if on is not None else newest_day(material.ledger)
    calls = _asked_calls(call)
    cards = [scorecard_of(material, place, day)] if place else cards_of_all(material, day)
    if output.form == "json":
        write_json(_document(material, cards, calls, day, is_newest=on is None))
    elif output.form != "table":
        write_rows([row for card in cards for row in _rows(card, calls)], COLUMNS, output.form)
    elif place is None:
        _print_all(cards, calls, day, is_newest=on is None)
    else:
        _print_one(material, cards[0], calls, is_newest=on is None)
    return 0


def _material() -> Material:
    harms, versions = load_harms(), load_law().versions
    check_provisions(harms, versions)
    actors = load_actors(is_checked=False)
    return Material(ledger=load_ledger(), actors=actors, harms=harms, versions=versions)


def _asked_calls(call: int | None) -> tuple[int, ...]:
    if call is None:
        return (1, 2, 3, 4, 5)
    if not 1 <= call <= 5:
        raise UsageError(f"--call {call}: the statement has five calls, 1 to 5")
    return (call,)


def _asked_day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"--on {text}: not a day, as in 2024-01-31") from error


def _rows(card: Card, calls: Sequence[int]) -> Iterator[dict[str, Any]]:
    for one in card.calls:
        if one.call.number not in calls:
            continue
        for group in GROUPS:
            for grade in Grade:
                ids = {standing: one.ids(standing, group, grade) for standing in _COUNTED}
                if not any(ids.values()):
                    continue
                yield {
                    "country": card.country,
                    "day": card.day,
                    "call": one.call.number,
                    "action_lines": list(one.call.action_lines),
                    "actor": group,
                    "grade": grade.value,
                    **{standing.value: len(found) for standing, found in ids.items()},
                    **{f"{standing.value}_records": found for standing, found in ids.items()},
                    "provisions": list(one.provisions.get(group, ())),
                }


def _document(
    material: Material, cards: Sequence[Card], calls: Sequence[int], day: date, *, is_newest: bool
) -> dict[str, Any]:
    return {
        "cards": [
            {
                "country": card.country,
                "calls": [
                    {
                        "number": one.call.number,
                        "title": one.call.title,
                        "words": one.call.words,
                        "action_lines": one.call.action_lines,
                        "provisions": one.provisions,
                        "rules": {entry.record: entry.rules[number] for entry in one.entries},
                    }
                    for one in card.calls
                    if (number := one.call.number) in calls
                ],
                "counts": list(_rows(card, calls)),
                "not_known": _not_known(material, card),
                "not_counted": card.not_counted,
                "without_call": card.without_call,
            }
            for card in cards
        ],
        "meta": {"day": day, "day_is_newest": is_newest, "note": f"{_NO_SUM} {_IN_FORCE}"},
    }


def _not_known(material: Material, card: Card) -> dict[str, ByGrade]:
    """Count what the records of a country do not tell, each grade by itself."""
    entries = {entry.record: entry for one in card.calls for entry in one.entries}
    records = material.ledger.records
    asked = {
        "whether_in_force": [one for one in entries.values() if one.standing is Standing.UNSURE],
        "who_acted": [one for one in entries.values() if "not_established" in one.groups],
        "layer": [one for one in entries.values() if not one.is_layer_known],
    }
    known = {
        name: count_grades(records[one.record] for one in found) for name, found in asked.items()
    }
    wide = wide_places(material.ledger)
    told = {f"named_for_{name}": found for name, found in wide.items() if name != card.country}
    return known | {name.lower(): count_grades(found) for name, found in told.items()}


def _print_one(material: Material, card: Card, calls: Sequence[int], *, is_newest: bool) -> None:
    _print_head(f"{card.country} on {card.day}", is_newest=is_newest)
    if not any(one.entries for one in card.calls):
        print_prose("No record names it. No record is no proof that nothing was cut.")
    for one in card.calls:
        if one.call.number in calls:
            _print_call(card, one)
    console().print()
    print_prose("Not known:", style="bold")
    for name, counts in _not_known(material, card).items():
        print_prose(f"{_UNKNOWN[name]}: {by_grade(counts)}.", 2)
    if card.not_counted:
        print_prose(
            "Not counted, as a rumour, retracted, not carried out or of a later day: "
            f"{', '.join(card.not_counted)}.",
            2,
        )
    if card.without_call:
        print_prose(f"Under no call: {', '.join(card.without_call)}.", 2)
    print_prose("Next: whocut ledger show ID; whocut ledger lags --country CC")


_UNKNOWN: Final = {
    "whether_in_force": "Whether it was in force that day",
    "who_acted": "Who acted: disputed, denied or measured only",
    "layer": "At which layer",
    "named_for_eu": "Records that name the EU as a whole, counted for no country",
    "named_for_world": "Records that name the world as a whole, counted for no country",
}


def _print_head(about: str, *, is_newest: bool) -> None:
    told = " (the newest date in the ledger)" if is_newest else ""
    print_prose(f"{about}{told}.", style="bold")
    print_prose(GRADES_APART)
    print_prose(f"{_NO_SUM} {_IN_FORCE}")


def _print_call(card: Card, one: CallCard) -> None:
    console().print()
    lines = " and ".join(one.call.action_lines)
    print_prose(f"Call {one.call.number} ({lines}): {one.call.words}.", style="bold")
    rows = list(_rows(card, (one.call.number,)))
    if not rows:
        print_prose("No record under it.", 2)
        return
    print_table(
        ("actor", "grade", *_HEADINGS.values(), "records"),
        [
            (
                _ACTORS.get(row["actor"], row["actor"]),
                row["grade"],
                *(f"{row[standing.value]:,}" for standing in _COUNTED),
                few_of(
                    [name for standing in _COUNTED for name in row[f"{standing.value}_records"]]
                ),
            )
            for row in rows
        ],
    )
    for group in dict.fromkeys(row["actor"] for row in rows):
        provisions = one.provisions.get(group)
        if provisions:
            print_prose(f"Provisions that speak to {_SPOKEN[group]}: {', '.join(provisions)}.", 2)


_SPOKEN: Final = {
    "state": "states, or to everyone",
    "company": "companies, or to everyone",
    "other": "everyone",
}


def _print_all(cards: Sequence[Card], calls: Sequence[int], day: date, *, is_newest: bool) -> None:
    _print_head(f"Every country that a record names, on {day}", is_newest=is_newest)
    console().print()
    shown = Standing.IN_FORCE
    if len(calls) == 1:
        print_prose("Each cell: documented / on one excerpt / lead.")
        print_table(
            ("country", *_HEADINGS.values()),
            [
                (card.country, *(_cell(card, calls[0], standing) for standing in _COUNTED))
                for card in cards
            ],
        )
        return
    print_prose("In force, no end told; each cell: documented / on one excerpt / lead.")
    print_table(
        ("country", *(f"call {number}" for number in calls)),
        [(card.country, *(_cell(card, number, shown) for number in calls)) for card in cards],
    )
    print_prose("Next: whocut ledger scorecard --call 1 (also ended, restored, refused)")


def _cell(card: Card, number: int, standing: Standing) -> str:
    entries = [one for one in card.calls[number - 1].entries if one.standing is standing]
    counts = [sum(one.grade is grade for one in entries) for grade in Grade]
    return " / ".join(map(str, counts)) if any(counts) else "none"
