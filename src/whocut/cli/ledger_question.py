"""What is asked of the ledger: the filters that its commands share, and the ledger itself."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Final

from cyclopts import Parameter

from whocut.cli.country_codes import UNION, refuse_unassigned
from whocut.ledger.actors import Actor, load_actors
from whocut.ledger.filters import Filters, matching
from whocut.ledger.load import Ledger, load_ledger
from whocut.ledger.record import CutRecord
from whocut.ledger.vocabulary import (
    Action,
    AttributionStatus,
    Grade,
    GroundCategory,
    Kind,
    LedgerLayer,
    Sector,
)
from whocut.model.errors import UsageError

__all__ = ["ALL_RECORDS", "Asked", "FilterOptions", "asked_records"]


def _choice(text: str) -> Parameter:
    # Values are written as they stand in the files: app_store, and not app-store.
    return Parameter(help=text, name_transform=str.lower)


@Parameter(name="*")
@dataclass(frozen=True)
class FilterOptions:
    """Options that choose records; all that are given must hold."""

    country: Annotated[
        str | None,
        Parameter(
            name=["--country", "-c"],
            help="A country with its parts (UA finds UA-43), one part, EU, or WORLD.",
        ),
    ] = None
    actor: Annotated[
        str | None,
        Parameter(help="An actor by id or name, with its parents and children, in any role."),
    ] = None
    sector: Annotated[Sector | None, _choice("Only this trade.")] = None
    layer: Annotated[LedgerLayer | None, _choice("Only this layer.")] = None
    action: Annotated[Action | None, _choice("Only this action.")] = None
    kind: Annotated[Kind | None, _choice("Only this kind of event.")] = None
    ground: Annotated[GroundCategory | None, _choice("Only where somebody claims this ground.")] = (
        None
    )
    grade: Annotated[Grade | None, _choice("Only records witnessed so.")] = None
    attribution: Annotated[
        AttributionStatus | None, _choice("Only where it is known so who decided.")
    ] = None
    since: Annotated[
        str | None,
        Parameter(help="Something of it happened then or later; a year, month, day or any EDTF."),
    ] = None
    until: Annotated[str | None, Parameter(help="Something of it happened by then.")] = None
    in_force: Annotated[
        str | None,
        Parameter(name="--in-force", help="The cut held on this day, YYYY-MM-DD, or may have."),
    ] = None
    text: Annotated[
        str | None, Parameter(help="All of these words stand in the record, in any order.")
    ] = None

    def filters(self) -> Filters:
        """Give what is asked to the ledger.

        Raises: UsageError for a day that is none.
        """
        return Filters(
            country=_asked_place(self.country),
            actor=_asked_words("actor", self.actor),
            sector=self.sector,
            layer=self.layer,
            action=self.action,
            kind=self.kind,
            ground=self.ground,
            grade=self.grade,
            attribution=self.attribution,
            since=self.since,
            until=self.until,
            in_force=_asked_day(self.in_force),
            text=_asked_words("text", self.text),
        )


ALL_RECORDS: Final = FilterOptions()
"""What holds when nothing is asked for."""


@dataclass(frozen=True)
class Asked:
    """The ledger, its actors, and the records that were asked for."""

    ledger: Ledger
    actors: Mapping[str, Actor]
    records: list[CutRecord]
    filters: Filters


def asked_records(options: FilterOptions) -> Asked:
    """Load the ledger and choose the records that are asked for.

    Raises: UsageError for a filter that makes no sense; DamagedDataError for a ledger that cannot
        be read.
    """
    filters = options.filters()
    ledger, actors = load_ledger(), load_actors(is_checked=False)
    return Asked(ledger, actors, matching(ledger, actors, filters), filters)


def _asked_place(text: str | None) -> str | None:
    if text is None:
        return None
    if not re.fullmatch(r"[A-Za-z]{2}(-[A-Za-z0-9]{1,3})?|WORLD|world", text):
        raise UsageError(f"--country {text}: not a place, as in RU, UA-43, EU or WORLD")
    place = text.upper()
    _refuse_unknown(place)
    return place


def _refuse_unknown(place: str) -> None:
    """Refuse a code that no place has: no record of it would read as nothing cut there."""
    country = place.partition("-")[0]
    if place in (UNION, "WORLD"):
        return
    refuse_unassigned(country)
    if place == country:
        return
    import pycountry

    if all(one.code != place for one in pycountry.subdivisions):
        raise UsageError(f"--country {place}: no part of {country} has this code (ISO 3166-2)")


def _asked_words(name: str, text: str | None) -> str | None:
    if text is not None and not text.strip():
        raise UsageError(f"--{name}: nothing is asked for; leave it out for all")
    return text


def _asked_day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"--in-force {text}: not a day, as in 2024-01-31") from error
