"""The law that the ledger is read by: ``/law``, ``/law/{instrument}``."""

from datetime import date
from typing import Final

from msgspec import Struct

from whocut.i18n.text import Text
from whocut.ledger.law.instrument import Basis, Version
from whocut.ledger.law.loading import load_law
from whocut.publish.edition.ledger_rows import InstrumentRow
from whocut.publish.site.asking import asked_country
from whocut.publish.site.law_of_country import InForceHere, law_in_force
from whocut.publish.site.page import PAGE_ROWS, Absent, Asked, Page, PageRoute
from whocut.publish.site.provision_effects import Ban, Lifting, bans_of, liftings_of
from whocut.publish.site.record_wording import ledger_wording
from whocut.publish.site.words import GROUPS, word

__all__ = ["ROUTES", "KindOfText", "VersionLines"]


class KindOfText(Struct, frozen=True):
    """The instruments of one kind."""

    kind: str
    rows: tuple[InstrumentRow, ...]


class VersionLines(Struct, frozen=True):
    """One version with what it does."""

    version: Version
    bans: tuple[Ban, ...]
    liftings: tuple[Lifting, ...]

    @property
    def is_own_text(self) -> bool:
        """Say whether nobody but ourselves vouches for it."""
        return self.version.basis is Basis.OWN

    @property
    def are_days_own(self) -> bool:
        """Say whether nobody but ourselves gives its first day."""
        one = self.version
        return one.from_ is None and one.attested is None and one.own_from is not None


def laws(asked: Asked) -> Page:
    """List the instruments, and what was in force for a country on a day."""
    text, pages = asked.text, asked.edition.ledger
    rows = pages.instruments()
    kinds = [
        KindOfText(kind, tuple(one for one in rows if one.kind == kind))
        for kind in GROUPS["instrument_kind"]
    ]
    typed, on = asked.query.get("country", "")[:60], asked.query.get("on", "")[:10]
    country, day = asked_country(typed) if typed else None, _day(on)
    return Page(
        "laws.html",
        text.gettext("The law of the day"),
        {
            **ledger_wording(text),
            "kinds": [one for one in kinds if one.rows],
            "n_instruments": len(rows),
            "typed": typed,
            "on": on,
            "country": country,
            "day": day,
            "fault": _fault(text, typed, country, on, day),
            "in_force": _in_force(country, day),
            "effect_words": _effects(text),
        },
        description=text.gettext(
            "The sanctions, exemptions, national laws and human rights texts by which the ledger "
            "reads the law of a day: versions, dates in force, and the records they bear on."
        ),
    )


def _day(told: str) -> date | None:
    try:
        return date.fromisoformat(told)
    except ValueError:
        return None


def _fault(text: Text, typed: str, country: str | None, on: str, day: date | None) -> str:
    if typed and country is None:
        return text.gettext("No country is called so.")
    if on and day is None:
        return text.gettext("That is no day; wanted: year, month and day, as in 2022-03-04.")
    if bool(typed) != bool(on):
        return text.gettext("Both a country and a day are needed.")
    return ""


def _in_force(country: str | None, day: date | None) -> tuple[InForceHere, ...] | None:
    """List what was in force; None where nothing was asked for."""
    return None if country is None or day is None else law_in_force(country, day)


def _effects(text: Text) -> dict[str, str]:
    return {
        "forbids": text.gettext("forbids something"),
        "lifts": text.gettext("lifts a ban"),
        "own_law": text.gettext("the country's own law"),
        "explains": text.gettext("explains, or protects"),
    }


def instrument(asked: Asked, instrument: str) -> Page:
    """Show one instrument with its versions, what each does, and the records it bears on."""
    text, pages = asked.text, asked.edition.ledger
    found = pages.instrument(instrument)
    if found is None:
        return _retired(asked, instrument)
    family = found.family
    if instrument != family.id:
        return Page("", "", status=308, location=f"/law/{family.id}#{instrument}")
    at = asked.number("page", most=10_000)
    rows = pages.of_instrument(family.id, at * PAGE_ROWS + 1)
    return Page(
        "instrument.html",
        family.title,
        {
            **ledger_wording(text),
            "family": family,
            "versions": [
                VersionLines(one, bans_of(one.id), liftings_of(one.id)) for one in family.versions
            ],
            "rows": rows[(at - 1) * PAGE_ROWS : at * PAGE_ROWS],
            "is_more": len(rows) > at * PAGE_ROWS,
            "at": at,
        },
        description=text.gettext(
            "%(title)s (%(kind)s): versions, dates in force, what it asks for or exempts, and the "
            "records it bears on.",
            title=family.title,
            kind=word(text, "instrument_kind", family.kind),
        ),
    )


def _retired(asked: Asked, id_: str) -> Page:
    text = asked.text
    one = next((one for one in load_law().retired if one.id == id_), None)
    if one is None:
        raise Absent(text.gettext("No instrument has this id."))
    title = text.gettext("An id that is kept and answers nothing")
    return Page("retired.html", title, {"one": one}, status=410)


ROUTES: Final = (
    PageRoute("/law", laws, "laws"),
    PageRoute("/law/{instrument:str}", instrument, "instrument"),
)
