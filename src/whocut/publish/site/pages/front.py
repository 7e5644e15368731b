"""The front page: the question, one search, the map, what changed, and what is not known."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

from msgspec import Struct

from whocut.ledger.counts import ByGrade
from whocut.ledger.vocabulary import Kind
from whocut.publish.edition.access_rows import Change, CountrySummary
from whocut.publish.edition.edition import Edition
from whocut.publish.site.page import Asked, Page, PageRoute
from whocut.publish.site.places import is_lab_code, place_name
from whocut.publish.site.wording import wording
from whocut.publish.site.world_map import (
    SIGNS,
    STATES,
    CountryState,
    country_states,
    draw_map,
    drawn_codes,
)

__all__ = ["ROUTES", "documented_cuts"]

_CHANGES: Final = 6
_LOOKED_AT: Final = 60
"""Changes looked at for those of the world: the laboratory has changes, too."""
_RECORDS: Final = 6
_FINDINGS: Final = 4
_ACTS: Final = (Kind.CUT, Kind.PARTIAL, Kind.SERIES)


class Figures(Struct, frozen=True):
    """What the edition rests on, and what it does not know."""

    n_measured: int
    """Measurements of the world in the last weeks of each country."""
    n_countries: int
    n_pairs: int
    n_cut: int
    n_insufficient: int
    n_documented_countries: int
    n_unmeasured: int
    """Countries that documents name and nobody measured."""
    first_week: date | None
    """Of those measurements; None where there are none."""
    last_week: date | None


def _front(asked: Asked) -> Page:
    text, edition = asked.text, asked.edition
    summaries = edition.access.countries()
    measured = {one.country: one for one in summaries if not one.is_lab}
    documented = documented_cuts(edition)
    states = country_states(documented, measured)
    by_code = {one.code: one for one in states}
    rows = [one for one in states if one.code != "WORLD"]
    rows.sort(key=_weight)
    return Page(
        "front.html",
        text.gettext(
            "Who cut this country off the Internet, where, how, since when, and on what ground?"
        ),
        {
            **wording(text),
            "map": draw_map(text, by_code),
            "legend": [(state, SIGNS[state], text.gettext(told)) for state, told in STATES.items()],
            "rows": rows,
            "small": sum(1 for one in rows if one.code not in drawn_codes()),
            "changes": _of_world(edition.access.recent(_LOOKED_AT)),
            "records": edition.ledger.rows(None, 1, _RECORDS)[0],
            "laboratory": [(place_name(text, one.country), one) for one in summaries if one.is_lab],
            "figures": _figures(measured, documented),
            "ledger": edition.ledger.facts,
            "routes": edition.routes.facts,
            "findings": edition.findings.facts,
            "latest": [one for one in edition.findings.latest(_FINDINGS) if not one.is_lab],
        },
        description=text.gettext(
            "Documented and measured cut-offs of countries, services and networks: by whom, on "
            "what stated ground, with the evidence."
        ),
    )


def documented_cuts(edition: Edition) -> dict[str, ByGrade]:
    """Count records of cut-offs by place; refusals to cut, restorations and rumours are none.

    Of the parts of countries those are counted that the map draws.
    """
    parts = {code for code in drawn_codes() if "-" in code}
    of_parts = edition.ledger.counts_of_kinds("subdivision", _ACTS)
    found = [
        *edition.ledger.counts_of_kinds("country", _ACTS),
        *(one for one in of_parts if one[0] in parts),
    ]
    return {code: count for code, count in found if not is_lab_code(code)}


def _weight(one: CountryState) -> tuple[int, int, str]:
    measured = one.measured.n_cut if one.measured else 0
    return (-one.documented.documented, -measured, one.code)


def _of_world(changes: Iterable[Change]) -> list[Change]:
    return [one for one in changes if one.origin != "lab"][:_CHANGES]


def _figures(measured: Mapping[str, CountrySummary], documented: Mapping[str, ByGrade]) -> Figures:
    named = {code[:2] for code in documented if code != "WORLD"}
    return Figures(
        n_measured=sum(one.n for one in measured.values()),
        n_countries=len(measured),
        n_pairs=sum(one.n_targets for one in measured.values()),
        n_cut=sum(one.n_cut for one in measured.values()),
        n_insufficient=sum(one.n_insufficient for one in measured.values()),
        n_documented_countries=len(named),
        n_unmeasured=len(named - set(measured)),
        first_week=min((one.since for one in measured.values()), default=None),
        last_week=max((one.last_week for one in measured.values()), default=None),
    )


ROUTES = (PageRoute("/", _front, "front"),)
