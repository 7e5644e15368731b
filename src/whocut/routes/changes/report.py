"""From a judged window to answers: each country's alarms, the rest, and what speaks for whom."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from datetime import date

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from whocut.routes.changes.answer import (
    Control,
    CountryChange,
    ProviderChange,
    Several,
    Verdict,
)
from whocut.routes.changes.chances import fisher_tail, newcombe, wilson
from whocut.routes.changes.customers import follow_customers, tell_customers
from whocut.routes.changes.hypotheses import Case, grade, weigh
from whocut.routes.changes.panel import Panel
from whocut.routes.changes.reasons import REASONS, Reason
from whocut.routes.changes.thresholds import Thresholds
from whocut.routes.changes.verdicts import Judged, SeveralProviders, judge_window
from whocut.routes.changes.window import (
    Window,
    incomplete_months,
    month_label,
    watcher_notes,
    windows_of,
)

__all__ = ["country_changes", "named_changes", "scan", "scan_windows"]

Ints = NDArray[np.int64]
_WITHDRAWN = REASONS.index(Reason.WITHDRAWN)
_ODD = frozenset({Verdict.SINGLE, Verdict.SEVERAL})


class _Frame(Struct, frozen=True):
    """What all answers of one window share."""

    panel: Panel
    judged: Judged
    thresholds: Thresholds
    opposite: Judged
    """The same window with time turned about: gains beside losses."""
    doubts: tuple[str, ...]
    notes: tuple[str, ...]
    inputs: str


def country_changes(
    panel: Panel,
    window: Window,
    country: str,
    thresholds: Thresholds,
    *,
    is_whole: bool = True,
) -> tuple[CountryChange, CountryChange]:
    """Tell what a country lost, and what it gained, in one window.

    Not whole: providers that do not stand out are counted only.
    """
    there, back = _frames(panel, window, thresholds)
    return (
        _country(there, country, is_brief=not is_whole),
        _country(back, country, is_brief=not is_whole),
    )


def scan(
    panel: Panel,
    months: Sequence[date],
    thresholds: Thresholds,
    *,
    advance: Callable[[int], None] = lambda _: None,
) -> Iterator[CountryChange]:
    """Give every country and month with an alarm: losses first, then gains, month by month."""
    yield from scan_windows(
        panel, windows_of(panel, months, thresholds), thresholds, advance=advance
    )


def scan_windows(
    panel: Panel,
    windows: Sequence[Window],
    thresholds: Thresholds,
    *,
    advance: Callable[[int], None] = lambda _: None,
) -> Iterator[CountryChange]:
    """Give every country with an alarm in each of some windows."""
    for done, window in enumerate(windows, 1):
        for frame in _frames(panel, window, thresholds):
            verdicts = frame.judged.verdict
            odd = [cell for cell, verdict in enumerate(verdicts) if verdict in _ODD]
            for country in sorted({int(frame.judged.cells.country[cell]) for cell in odd}):
                yield _country(frame, panel.countries[country], is_brief=True)
        advance(done)


def named_changes(
    panel: Panel, window: Window, country: str, asns: Sequence[int], thresholds: Thresholds
) -> list[tuple[ProviderChange, tuple[int, ...]]]:
    """Tell what some networks' organisations lost in a country, also where that is nothing.

    Beside each stand those of the networks that are its own. An organisation without a customer at
    risk there is left out.
    """
    frame, _ = _frames(panel, window, thresholds)
    if country not in panel.countries:
        return []
    number = panel.countries.index(country)
    places = _places_by_unit(frame, number)
    asked = np.flatnonzero(np.isin(panel.asns, np.asarray(asns, np.uint32)))
    cells = frame.judged.cells
    own = np.flatnonzero((cells.country == number) & np.isin(cells.unit, panel.unit[asked]))
    several = frame.judged.several.get(number)
    return [
        (
            _provider(frame, int(cell), places, several),
            tuple(int(panel.asns[each]) for each in asked if panel.unit[each] == cells.unit[cell]),
        )
        for cell in own
    ]


def _frames(panel: Panel, window: Window, thresholds: Thresholds) -> tuple[_Frame, _Frame]:
    forth = judge_window(panel, window, thresholds)
    back = judge_window(panel, window.reverse(), thresholds)
    doubts = incomplete_months(panel, window, thresholds)
    notes = watcher_notes(panel, window)
    text = " ".join((*panel.hashes, panel.organisations_hash, thresholds.version))
    inputs = hashlib.sha256(text.encode()).hexdigest()
    return (
        _Frame(panel, forth, thresholds, back, doubts, notes, inputs),
        _Frame(panel, back, thresholds, forth, doubts, notes, inputs),
    )


def _country(frame: _Frame, country: str, *, is_brief: bool = False) -> CountryChange:
    panel, cells, window = frame.panel, frame.judged.cells, frame.judged.window
    number = panel.countries.index(country) if country in panel.countries else -1
    own = np.flatnonzero(cells.country == number)
    several = frame.judged.several.get(number)
    places = _places_by_unit(frame, number)
    wanted = [
        int(cell)
        for cell in own
        if frame.judged.verdict[cell] in _ODD or (not is_brief and int(cells.unit[cell]) in places)
    ]
    told = [_provider(frame, cell, places, several) for cell in wanted]
    told.sort(key=lambda one: (one.p is None, one.p or 0.0, -one.n_lost, one.provider))
    later, earlier = window.before, window.after
    if not window.is_reversed:
        earlier, later = later, earlier
    return CountryChange(
        country=country,
        sign=_sign(window),
        last_before=month_label(panel.months[window.last_before]),
        first_after=month_label(panel.months[window.first_after]),
        months_before=tuple(month_label(panel.months[column]) for column in earlier),
        months_after=tuple(month_label(panel.months[column]) for column in later),
        n_links=int(cells.n[own].sum()),
        n_lost=int(cells.n_lost[own].sum()),
        several=_several(frame, several),
        alarms=tuple(one for one in told if one.verdict in _ODD),
        ordinary=tuple(one for one in told if one.verdict not in _ODD),
        n_ordinary=sum(
            frame.judged.verdict[cell] not in _ODD and int(cells.unit[cell]) in places
            for cell in own
        ),
        doubts=frame.doubts,
        notes=frame.notes,
        serial=panel.serial,
        inputs=frame.inputs,
    )


def _sign(window: Window) -> str:
    return "gained" if window.is_reversed else "lost"


def _several(frame: _Frame, several: SeveralProviders | None) -> Several | None:
    if several is None:
        return None
    units = frame.judged.cells.unit
    names = tuple(frame.panel.name_of(int(units[cell])) for cell in several.cells)
    return Several(several.chance, several.n_tests, names)


def _places_by_unit(frame: _Frame, country: int) -> dict[int, Ints]:
    """Group the lost links of a country by provider; places are those of the links at risk."""
    panel, lost = frame.panel, frame.judged.lost
    places = np.flatnonzero(lost.reason >= 0)
    links = lost.at_risk[places]
    is_here = panel.country[panel.unit[panel.customer[links]]] == country
    places = places[is_here]
    unit = panel.unit[panel.provider[lost.at_risk[places]]]
    return {int(each): places[unit == each] for each in np.unique(unit)}


def _provider(
    frame: _Frame, cell: int, places: dict[int, Ints], several: SeveralProviders | None
) -> ProviderChange:
    panel, judged, cells = frame.panel, frame.judged, frame.judged.cells
    unit, country = int(cells.unit[cell]), int(cells.country[cell])
    own = places.get(unit, np.zeros(0, np.int64))
    n, n_lost = int(cells.n[cell]), int(cells.n_lost[cell])
    elsewhere, others = _controls(judged, cell)
    effect = _effect(judged, cell) if judged.verdict[cell] is not Verdict.NO_CONTROL else None
    chance = float(judged.chance[cell])
    case = _case(frame, cell, own, (elsewhere, others), several)
    hypotheses = weigh(case, frame.thresholds)
    low, high = wilson(n_lost, n)
    return ProviderChange(
        provider=panel.name_of(unit),
        provider_asns=_asns_of(panel, own, judged),
        provider_country=panel.countries[panel.country[unit]],
        country=panel.countries[country],
        sign=_sign(judged.window),
        verdict=judged.verdict[cell],
        grade=grade(judged.verdict[cell], hypotheses, frame.doubts),
        n=n,
        n_lost=n_lost,
        share=n_lost / n if n else 0.0,
        low=low,
        high=high,
        expected=float(judged.expected[cell]),
        elsewhere=elsewhere,
        others=others,
        effect=effect[0] if effect else None,
        effect_low=effect[1] if effect else None,
        effect_high=effect[2] if effect else None,
        p=None if np.isnan(chance) else chance,
        reasons=_count_reasons(judged, own),
        customers=tell_customers(panel, judged.window, judged.lost, own),
        hypotheses=hypotheses,
        doubts=frame.doubts,
    )


def _controls(judged: Judged, cell: int) -> tuple[Control, Control]:
    cells = judged.cells
    n, n_lost = int(cells.n[cell]), int(cells.n_lost[cell])
    return (
        _control(n_lost, n, int(cells.n_lost_elsewhere[cell]), int(cells.n_elsewhere[cell])),
        _control(n_lost, n, int(cells.n_lost_others[cell]), int(cells.n_others[cell])),
    )


def _control(n_lost: int, n: int, other_lost: int, other_n: int) -> Control:
    low, high = wilson(other_lost, other_n)
    return Control(
        n=other_n,
        n_lost=other_lost,
        share=other_lost / other_n if other_n else None,
        low=low,
        high=high,
        p=fisher_tail(n_lost, n, other_lost, other_n) if n and other_n else None,
    )


def _effect(judged: Judged, cell: int) -> tuple[float, float, float]:
    cells = judged.cells
    return newcombe(
        (
            (1, int(cells.n_lost[cell]), int(cells.n[cell])),
            (-1, int(cells.n_lost_elsewhere[cell]), int(cells.n_elsewhere[cell])),
            (-1, int(cells.n_lost_others[cell]), int(cells.n_others[cell])),
            (1, int(cells.n_lost_beyond[cell]), int(cells.n_beyond[cell])),
        )
    )


def _case(
    frame: _Frame,
    cell: int,
    own: Ints,
    controls: tuple[Control, Control],
    several: SeveralProviders | None,
) -> Case:
    panel, judged, cells = frame.panel, frame.judged, frame.judged.cells
    lost = judged.lost
    withdrawn = lost.at_risk[own[lost.reason[own] == _WITHDRAWN]]
    unit, country = int(cells.unit[cell]), int(cells.country[cell])
    is_kept = (
        ~lost.is_lost
        & (panel.unit[panel.provider[lost.at_risk]] == unit)
        & (panel.country[panel.unit[panel.customer[lost.at_risk]]] == country)
    )
    chance = float(judged.chance[cell])
    together = len(several.cells) if several and cell in several.cells else 1
    return Case(
        verdict=judged.verdict[cell],
        n=int(cells.n[cell]),
        n_lost=int(cells.n_lost[cell]),
        chance=None if np.isnan(chance) else chance,
        elsewhere=controls[0],
        others=controls[1],
        rest=_rest(judged, cell),
        world_share=cells.world[0] / max(cells.world[1], 1),
        fates=follow_customers(panel, judged.window, withdrawn),
        usual=follow_customers(panel, judged.window, lost.at_risk[is_kept]),
        n_together=together,
        n_opposite=_opposite(frame, unit, country),
        doubts=frame.doubts,
        notes=tuple(each for each in frame.notes if "collectors" in each),
        is_gain=judged.window.is_reversed,
    )


def _rest(judged: Judged, cell: int) -> tuple[int, int]:
    """Count the country's losses without this cell and without all that are odd."""
    cells = judged.cells
    same = np.flatnonzero(cells.country == cells.country[cell])
    used = [each for each in same if each != cell and judged.verdict[each] not in _ODD]
    return int(cells.n_lost[used].sum()), int(cells.n[used].sum())


def _opposite(frame: _Frame, unit: int, country: int) -> int:
    cells = frame.opposite.cells
    is_same = (cells.unit == unit) & (cells.country == country)
    return int(cells.n_lost[is_same].sum())


def _asns_of(panel: Panel, own: Ints, judged: Judged) -> tuple[int, ...]:
    found = np.unique(panel.asns[panel.provider[judged.lost.at_risk[own]]])
    return tuple(int(asn) for asn in found)


def _count_reasons(judged: Judged, own: Ints) -> dict[str, int]:
    codes, counts = np.unique(judged.lost.reason[own], return_counts=True)
    return {
        REASONS[code].value: int(count)
        for code, count in zip(codes.tolist(), counts.tolist(), strict=True)
    }
