"""The map of the world: each country by what is known of it, in colour, pattern and sign."""

from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Final

import msgspec
from markupsafe import Markup, escape
from msgspec import Struct

from whocut.i18n.catalog import N_
from whocut.i18n.text import Text
from whocut.ledger.counts import ByGrade
from whocut.model.errors import DamagedDataError
from whocut.model.shipped import shipped_path
from whocut.publish.edition.access_rows import CountrySummary

__all__ = ["SIGNS", "STATES", "CountryState", "country_states", "draw_map", "drawn_codes"]

STATES: Final[Mapping[str, str]] = {
    "both": N_("documented and measured cut-offs"),
    "told": N_("documented cut-offs; none measured"),
    "seen": N_("measured cut-offs; none documented"),
    "free": N_("measured; no cut-off found"),
    "none": N_("nothing known: no document, no answer from measurements"),
}
"""What a country can be on the map, and the words of the legend."""
SIGNS: Final[Mapping[str, str]] = {"both": "✖", "told": "§", "seen": "✕", "free": "✓", "none": ""}
_SIGN_FITS: Final = 26_000
"""Size of an area, in square tenths, from which a sign fits in."""


class _Area(Struct, frozen=True):
    path: str
    at: tuple[int, int]
    size: int


class _World(Struct, frozen=True):
    view_box: tuple[int, int, int, int]
    areas: dict[str, _Area]


class CountryState(Struct, frozen=True):
    """What is known of one country, in the figures that the table shows."""

    code: str
    state: str
    documented: ByGrade
    """Records of cut-offs, each grade by itself."""
    measured: CountrySummary | None

    @property
    def is_known(self) -> bool:
        """Say whether there is anything to show."""
        return self.state != "none"


@cache
def _world() -> _World:
    path = shipped_path("map", "world.json")
    try:
        return msgspec.json.decode(path.read_bytes(), type=_World)
    except (OSError, msgspec.DecodeError) as error:
        raise DamagedDataError(str(error), source=str(path)) from error


@cache
def drawn_codes() -> frozenset[str]:
    """List the codes that have an area on the map."""
    return frozenset(_world().areas) - {""}


def country_states(
    documented: Mapping[str, ByGrade], measured: Mapping[str, CountrySummary]
) -> list[CountryState]:
    """Join records and measurements by country. Leads are counted and colour no country."""
    found = []
    for code in sorted({*documented, *measured}):
        told = documented.get(code, ByGrade())
        seen = measured.get(code)
        found.append(CountryState(code, _state(told, seen), told, seen))
    return found


def _state(told: ByGrade, seen: CountrySummary | None) -> str:
    is_told = told.documented + told.excerpt > 0
    is_seen = seen is not None and seen.n_cut > 0
    if is_told:
        return "both" if is_seen else "told"
    if is_seen:
        return "seen"
    is_answered = seen is not None and seen.n_targets > seen.n_insufficient
    return "free" if is_answered else "none"


def draw_map(text: Text, states: Mapping[str, CountryState]) -> Markup:
    """Draw the map; the table beside it says the same, so that it is for the eye alone."""
    world = _world()
    drawn = [_area(text, code, _state_of(states.get(code))) for code in world.areas]
    signs = [
        f'<text x="{area.at[0]}" y="{area.at[1]}">{SIGNS[found.state]}</text>'
        for code, area in world.areas.items()
        if area.size >= _SIGN_FITS and (found := states.get(code)) and SIGNS[found.state]
    ]
    box = " ".join(map(str, world.view_box))
    title = text.gettext("Map of the world; the table after it says the same")
    # Every part of it is ours, or was escaped where it is made.
    return Markup(  # noqa: S704
        f'<svg viewBox="{box}" role="group" aria-labelledby="map-title">'
        f'<title id="map-title">{escape(title)}</title>{_PATTERNS}'
        f'<g aria-hidden="true">{"".join(drawn)}<g class="map-signs">{"".join(signs)}</g></g></svg>'
    )


def _state_of(found: CountryState | None) -> str:
    return "none" if found is None else found.state


@lru_cache(maxsize=4096)
def _area(text: Text, code: str, state: str) -> str:
    """Draw one area; there are five states of each, in each language."""
    shape = f'<path class="m-{state}" d="{_world().areas[code].path}"/>'
    country = code[:2]
    if not country:
        return shape
    name = text.country(country) if code == country else f"{text.country(country)} ({code})"
    told = text.gettext(STATES[state])
    return (
        f'<a href="/c/{country}" tabindex="-1"><title>{escape(name)}: {escape(told)}</title>'
        f"{shape}</a>"
    )


def _pattern(name: str, size: int, drawing: str) -> str:
    return (
        f'<pattern id="{name}" width="{size}" height="{size}" patternUnits="userSpaceOnUse">'
        f'<rect class="p-{name}" width="{size}" height="{size}"/>{drawing}</pattern>'
    )


_PATTERNS: Final = "<defs>{}{}{}</defs>".format(
    _pattern("both", 60, '<path class="p-line" d="m0 60l60-60m-60 0l60 60"/>'),
    _pattern("told", 60, '<path class="p-line" d="m-15 15l30-30m-30 90l90-90m-30 90l30-30"/>'),
    _pattern("seen", 50, '<circle class="p-dot" cx="25" cy="25" r="9"/>'),
)
