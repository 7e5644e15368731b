"""The statement of March 2022: what it names, its five calls, and what is recorded under each."""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from whocut.ledger.counts import ByGrade, StatementLine, load_statement
from whocut.ledger.harms import Call, load_harms
from whocut.ledger.scorecard import Standing
from whocut.ledger.vocabulary import Grade
from whocut.publish.edition.ledger import LedgerPages
from whocut.publish.edition.ledger_rows import CardTally, LedgerFilters
from whocut.publish.site.page import Absent, Asked, Page, PageRoute
from whocut.publish.site.places import place_name
from whocut.publish.site.record_wording import ledger_wording
from whocut.publish.site.words import word

__all__ = ["ROUTES", "CountryLine", "NamedLine"]

_COUNTED: Final = tuple(one for one in Standing if one is not Standing.NOT_COUNTED)
_CALLS: Final = (1, 2, 3, 4, 5)
_SHOWN: Final = 3
"""Records that stand beside a count."""


class NamedLine(Struct, frozen=True):
    """One group of services that the statement names, and its records."""

    line: StatementLine
    count: ByGrade
    addresses: tuple[tuple[str, str], ...]
    """Name and address of each list of the ledger that belongs to it."""


class CountryLine(Struct, frozen=True):
    """One country in the table of all: a count for each column."""

    country: str
    name: str
    counts: tuple[ByGrade, ...]


@cache
def _lines() -> tuple[StatementLine, ...]:
    return load_statement()


@cache
def _calls() -> tuple[Call, ...]:
    return load_harms().call


def statement(asked: Asked) -> Page:
    """Show what the statement names, its calls, and every country under them."""
    text, pages = asked.text, asked.edition.ledger
    call = asked.number("call", most=5, default=0)
    tallies = pages.scorecard_tallies()
    if call:
        columns = [word(text, "standing", one) for one in _COUNTED]
    else:
        columns = [word(text, "call", str(number)) for number in _CALLS]
    countries = [
        CountryLine(cc, place_name(text, cc), _counts(found, call)) for cc, found in tallies
    ]
    return Page(
        "statement.html",
        text.gettext("The five calls of March 2022"),
        {
            **ledger_wording(text),
            "lines": [_named(asked, pages, one) for one in _lines()],
            "calls": _calls(),
            "call": call,
            "columns": columns,
            "countries": sorted(countries, key=lambda one: one.country),
            "as_of": pages.facts.newest,
        },
        description=text.gettext(
            "What the statement of digital rights defenders of March 2022 names, its five calls, "
            "and what is recorded of every country under each."
        ),
    )


def _counts(tallies: Sequence[CardTally], call: int) -> tuple[ByGrade, ...]:
    """Count what is in force under each call; of one call, each standing."""
    if call:
        return tuple(
            _by_grade(one for one in tallies if one.call == call and one.standing is standing)
            for standing in _COUNTED
        )
    return tuple(
        _by_grade(
            one for one in tallies if one.call == number and one.standing is Standing.IN_FORCE
        )
        for number in _CALLS
    )


def _by_grade(tallies: Iterable[CardTally]) -> ByGrade:
    counts = dict.fromkeys((one.value for one in Grade), 0)
    for one in tallies:
        counts[one.grade.value] += one.n
    return ByGrade(**counts)


def _named(asked: Asked, pages: LedgerPages, line: StatementLine) -> NamedLine:
    """Count the records of a line: those of its sectors or of its actions, each once."""
    text = asked.text
    by_sector = [_of(pages, LedgerFilters(sector=one.value)) for one in line.sectors]
    by_action = [_of(pages, LedgerFilters(action=one.value)) for one in line.actions]
    both = [
        _of(pages, LedgerFilters(sector=sector.value, action=action.value))
        for sector in line.sectors
        for action in line.actions
    ]
    count = _added([*by_sector, *by_action], both)
    addresses = [
        (word(text, "sector", one.value), f"/ledger?sector={one.value}") for one in line.sectors
    ]
    addresses += [
        (word(text, "action", one.value), f"/ledger?action={one.value}") for one in line.actions
    ]
    return NamedLine(line, count, tuple(addresses))


def _of(pages: LedgerPages, filters: LedgerFilters) -> ByGrade:
    axis = "sector" if filters.sector else "action"
    value = filters.sector or filters.action
    rest = replace(filters, **{axis: ""})
    return dict(pages.counts(axis, rest)).get(value, ByGrade())


def _added(groups: Sequence[ByGrade], less: Sequence[ByGrade]) -> ByGrade:
    """Add counts of one grade; what stands in two groups is taken off once."""
    return ByGrade(
        **{
            one.value: sum(getattr(group, one.value) for group in groups)
            - sum(getattr(group, one.value) for group in less)
            for one in Grade
        }
    )


def scorecard(asked: Asked, country: str) -> Page:
    """Show the card of one country: what is recorded under each call, by whom and how well."""
    text, pages = asked.text, asked.edition.ledger
    card = pages.scorecard(country)
    if card is None:
        raise Absent(
            text.gettext(
                "No record of the ledger names this place. No record is no proof that nothing was "
                "cut off."
            )
        )
    return Page(
        "scorecard.html",
        text.gettext("%(country)s under the five calls", country=place_name(text, country)),
        {
            **ledger_wording(text),
            "country": country,
            "card": card,
            "calls": card.calls,
            "rows": pages.rows_of(
                [id_ for call in card.calls for one in call.counts for id_ in one.records[:_SHOWN]]
            ),
            "shown": _SHOWN,
        },
    )


ROUTES: Final = (
    PageRoute("/statement", statement, "statement"),
    PageRoute("/statement/{country:str}", scorecard, "scorecard"),
)
