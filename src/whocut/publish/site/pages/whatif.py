"""What if they left: ``/whatif`` for all countries, ``/whatif/{CC}`` for one, by plain links."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from msgspec import Struct

from whocut.publish.edition.routes_rows import RouteSummary
from whocut.publish.site.charts.bars import BarChart, Series, bar_chart
from whocut.publish.site.leaving import Leaving, command_of, mode_of, read_leaving, toggled
from whocut.publish.site.page import PAGE_ROWS, Absent, Asked, Page, PageRoute
from whocut.publish.site.places import is_known_place, place_name
from whocut.publish.site.route_sentences import minimum_words, route_wording, set_words
from whocut.publish.site.wording import wording
from whocut.routes.cascades import (
    CLIQUE,
    LETTERS,
    MODES,
    Cascade,
    CascadeCountry,
    letters_of,
    state_set,
)
from whocut.routes.whatif.scenario import Mode

__all__ = ["ROUTES"]

_Key = Callable[[RouteSummary], tuple[float, str]]
_NEVER: Final = float("inf")


class _Choice(Struct, frozen=True):
    """One network or group that may leave, and what is left if it alone does."""

    name: str
    asn: int | None
    share: str
    leaves: bool
    address: dict[str, str]
    """The query that changes it."""
    alone: Cascade | None


class _Step(Struct, frozen=True):
    """One step of a cascade: who leaves with it, and what is left."""

    who: str
    asn: int | None
    cascade: Cascade
    gainer_before: float | None


def whatif(asked: Asked, country: str) -> Page:
    """Answer what is left of a country's reach if some stop to carry it."""
    text, routes = asked.text, asked.edition.routes
    code = country.upper()
    if not is_known_place(asked.edition, code):
        raise Absent(text.gettext("This is no country of two letters, as in RU or IR."))
    if code != country:
        return Page("", "", status=308, location=f"/whatif/{code}")
    about = routes.leavers(code)
    if about is None:
        raise Absent(text.gettext("No what-if was carried through for this country."))
    leaving = read_leaving(asked.query.get("leave", ""), about)
    mode = mode_of(asked.query.get("mode", ""))
    name = leaving.name_in(about)
    found = routes.whatif(code, name) if name else None
    steps = _steps(asked, about, leaving, mode) if found else []
    near = [] if found or leaving.is_nobody else routes.whatif_neighbours(code, leaving.asns, mode)
    whole = routes.country(code)
    names = routes.names(sorted(_named(about, leaving, steps, found.modes if found else ())))
    names |= routes.names(sorted({asn for asns, one in near for asn in (*asns, *_of(one))}))
    members = {
        int(member[2:])
        for one in (whole.minimums if whole else ())
        for member in one.members
        if member[2:].isdigit()
    }
    names |= routes.names(sorted(members))
    return Page(
        "whatif.html",
        text.gettext("%(country)s: what if they leave?", country=place_name(text, code)),
        {
            **wording(text),
            **route_wording(text, routes.facts, names),
            "country": code,
            "about": about,
            "leaving": leaving,
            "mode": mode,
            "modes": [(one, _query(leaving, one)) for one in MODES],
            "who": _who(asked, leaving, names),
            "carriers": _carriers(asked, about, leaving, mode),
            "groups": _groups(asked, about, leaving, mode),
            "found": found,
            "steps": steps,
            "chart": _chart(asked, about, steps) if steps else None,
            "near": near,
            "command": command_of(code, leaving, mode),
            "whole": whole,
            "dates": [one for one in routes.facts.dates if one.day == about.day],
        },
        description=text.gettext(
            "Choose who stops to carry %(country)s, and see what is left.",
            country=place_name(text, code),
        ),
    )


def _query(leaving: Leaving, mode: Mode) -> dict[str, str]:
    return {"leave": leaving.words, "mode": mode.value if mode is not MODES[0] else ""}


def _of(one: Cascade) -> tuple[int, ...]:
    return tuple(asn for asn in (one.top, one.gainer) if asn is not None)


def _named(
    about: CascadeCountry,
    leaving: Leaving,
    steps: Sequence[_Step],
    modes: Sequence[Cascade],
) -> set[int]:
    """List the networks that the page names."""
    named = {*about.carriers, *leaving.asns, *((about.top,) if about.top else ())}
    for one in (*(step.cascade for step in steps), *modes):
        named.update(_of(one))
    return named


def _who(asked: Asked, leaving: Leaving, names: dict[int, Any]) -> str:
    """Name those who leave."""
    text = asked.text
    said = [
        f"AS{asn} {names[asn].name}".rstrip() if asn in names else f"AS{asn}"
        for asn in leaving.asns
    ]
    said += [
        set_words(text, CLIQUE if group == "clique" else state_set(group))
        for group in leaving.groups
    ]
    return text.listed(said) if said else text.gettext("nobody")


def _steps(asked: Asked, about: CascadeCountry, leaving: Leaving, mode: Mode) -> list[_Step]:
    """Carry a set through one by one, the strongest first; a group leaves at once."""
    routes, text = asked.edition.routes, asked.text
    sets: list[tuple[str, int | None]]
    if leaving.groups:
        sets = [(leaving.name_in(about) or "", None)]
    else:
        sets = [
            (letters_of(about.carriers, leaving.asns[: place + 1]), asn)
            for place, asn in enumerate(leaving.asns)
        ]
    steps = []
    for name, asn in sets:
        found = routes.whatif(about.country, name)
        if found is None:
            continue
        cascade = next(one for one in found.modes if one.mode is mode)
        who = set_words(text, name) if asn is None else routes.named(asn).name
        before = about.shares.get(cascade.gainer) if cascade.gainer else None
        steps.append(_Step(who, asn, cascade, before))
    return steps


def _carriers(asked: Asked, about: CascadeCountry, leaving: Leaving, mode: Mode) -> list[_Choice]:
    """List the carriers, each with the address that adds it, or takes it out."""
    routes = asked.edition.routes
    whole = routes.country(about.country)
    shares = (
        {one.asn: one.share for one in whole.results[-1].hands_over}
        if whole and whole.results[-1].day == about.day
        else {}
    )
    alone = routes.whatif_singles(about.country, mode)
    words = route_wording(asked.text, routes.facts)["band"]
    return [
        _Choice(
            name=routes.named(asn).name,
            asn=asn,
            share=words(shares.get(asn)),
            leaves=asn in leaving.asns,
            address=_query(toggled(leaving, asn, about), mode),
            alone=alone.get(LETTERS[place]),
        )
        for place, asn in enumerate(about.carriers)
    ]


def _groups(asked: Asked, about: CascadeCountry, leaving: Leaving, mode: Mode) -> list[_Choice]:
    """List the states and the top, each with the address that lets all of it leave."""
    alone = asked.edition.routes.whatif_singles(about.country, mode)
    choices = []
    for group in (*about.states, "clique"):
        name = CLIQUE if group == "clique" else state_set(group)
        leaves = group in leaving.groups
        choices.append(
            _Choice(
                name=set_words(asked.text, name),
                asn=None,
                share="",
                leaves=leaves,
                address=_query(Leaving() if leaves else Leaving(groups=(group,)), mode),
                alone=alone.get(name),
            )
        )
    return choices


def _chart(asked: Asked, about: CascadeCountry, steps: Sequence[_Step]) -> BarChart:
    text = asked.text
    found = [step.cascade for step in steps]
    tracks = (
        (text.gettext("Address pairs that are left"), [about.pairs, *(one.pairs for one in found)]),
        (
            text.gettext("Addresses in networks that reach under half of the world"),
            [about.under_half, *(one.under_half for one in found)],
        ),
    )
    series = [
        Series(
            label=label,
            values=tuple(values),
            look=look,
            most=1.0,
            shown=tuple(text.share(one) for one in values),
        )
        for (label, values), look in zip(tracks, ("look-2", "look-1"), strict=True)
    ]
    title = text.gettext(
        "What is left of %(country)s, step after step", country=place_name(text, about.country)
    )
    return bar_chart(title, [str(step) for step in range(len(found) + 1)], series)


def _left(value: float | None) -> float:
    return _NEVER if value is None else value


def _agreeing(row: RouteSummary, by: str) -> float:
    """Count how many must agree; a range by its lower end."""
    return next((_left(one.bound) for one in row.minimums if one.by == by), _NEVER)


_ORDERS: Final[dict[str, _Key]] = {
    "left": lambda row: (_left(row.pairs_carry_nothing), row.country),
    "stop": lambda row: (_left(row.pairs_stop_customers), row.country),
    "hhi": lambda row: (-row.hhi.value, row.country),
    "states": lambda row: (_agreeing(row, "jurisdictions"), row.country),
    "networks": lambda row: (_agreeing(row, "ases"), row.country),
}
"""Orders of the table; without one it is by the names of the countries."""


def whatif_countries(asked: Asked) -> Page:
    """List how every country stands if those abroad leave."""
    text, routes = asked.text, asked.edition.routes
    rows = routes.countries()
    order = asked.query.get("order", "")
    if order in _ORDERS:
        rows.sort(key=_ORDERS[order])
    else:
        order = ""
        rows.sort(key=lambda row: place_name(text, row.country))
    at = asked.number("page", most=1000)
    shown = rows[(at - 1) * PAGE_ROWS : at * PAGE_ROWS]
    return Page(
        "whatif_countries.html",
        text.gettext("What if they leave? Every country"),
        {
            **wording(text),
            **route_wording(text, routes.facts),
            "rows": [(row, _minimums(asked, row)) for row in shown],
            "total": len(rows),
            "at": at,
            "page_rows": PAGE_ROWS,
            "order": order,
            "dates": [one for one in routes.facts.dates if one.day in _days(shown)],
        },
        description=text.gettext(
            "How many must agree to cut a country off, and what is left if all foreign providers "
            "leave."
        ),
    )


def _days(rows: Iterable[RouteSummary]) -> set[Any]:
    return {row.day for row in rows}


def _minimums(asked: Asked, row: RouteSummary) -> dict[str, str]:
    return {one.by: minimum_words(asked.text, one) for one in row.minimums}


ROUTES: Final = (
    PageRoute("/whatif", whatif_countries, "whatif_countries"),
    PageRoute("/whatif/{country:str}", whatif, "whatif"),
)
