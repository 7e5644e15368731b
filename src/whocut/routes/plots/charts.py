"""From answers to charts; each says what it rests on, as the answer's screen does."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from whocut.ingest.topology import REGISTRATION_CAVEAT
from whocut.routes.dependency.answer import CountryDependency
from whocut.routes.dependency.comparison import Shift
from whocut.routes.plots.panels import (
    BarRow,
    Month,
    Track,
    cascade_panel,
    curve_panel,
    month_panel,
    share_panel,
)
from whocut.routes.plots.svg import document
from whocut.routes.results import CountryResult, SharedCarrier

if TYPE_CHECKING:  # these load what a chart has no need of
    from whocut.routes.changes.answer import CountryChange
    from whocut.routes.whatif.outcome import Outcome

__all__ = [
    "changes_chart",
    "dependency_chart",
    "outcome_chart",
    "result_chart",
    "shifts_chart",
]

_SHOWN: Final = 15
_NAMED: Final = 5


def dependency_chart(found: CountryDependency, *, limit: int = _SHOWN) -> str:
    """Draw who hands over to a country, with bands, and its points of control."""
    from whocut.routes.dependency.country import MOST_OF_IT

    foreign = [one for one in found.carriers if not one.is_domestic and one.gate.high > 0]
    shown = foreign[:limit] if limit else foreign
    shares = share_panel(
        f"Foreign networks that hand over to {found.country}: share of its addresses",
        [BarRow(f"AS{one.asn} {one.name}", (one.gate,)) for one in shown],
    )
    curve = curve_panel(
        "Points of control: networks of the country that take over from abroad, added up",
        [one.share.value for one in found.entries],
        MOST_OF_IT,
        [f"AS{one.asn} {one.name}" for one in found.entries[:_NAMED]],
    )
    left = len(foreign) - len(shown)
    notes = (
        *((f"{left:,} more networks are not drawn.",) if left else ()),
        _band_note(),
        found.caveat,
        REGISTRATION_CAVEAT,
        f"Paths: {found.paths}. Weighed by {found.unit}. Links of "
        f"{_months([f'{each:%Y-%m}' for each in found.rules.months])}; ties: {found.rules.ties}; "
        f"inputs {found.inputs_sha256[:16]}.",
        *found.notes,
    )
    return document(f"{found.country}: who carries it", (shares, curve), notes)


def result_chart(found: CountryResult) -> str:
    """Draw who hands over to a country and who takes over there, from the results that ship."""

    def rows(carriers: Sequence[SharedCarrier]) -> list[BarRow]:
        return [BarRow(f"AS{one.asn} {one.name}", (one.share,)) for one in carriers]

    panels = (
        share_panel(
            f"Foreign networks that hand over to {found.country}: share of its addresses",
            rows(found.hands_over),
        ),
        share_panel("Networks of the country that take over from abroad", rows(found.takes_over)),
    )
    notes = (
        _band_note(),
        found.caveat,
        REGISTRATION_CAVEAT,
        f"From the results that ship, of {found.day:%Y-%m}. Paths: {found.paths}. Links of "
        f"{_months([f'{each:%Y-%m}' for each in found.months])}; ties: equal; inputs "
        f"{found.inputs_sha256[:16]}.",
    )
    return document(f"{found.country}: who carried it in {found.day:%Y-%m}", panels, notes)


def outcome_chart(outcome: "Outcome") -> str:
    """Draw a what-if as a cascade over its steps."""
    steps = outcome.steps
    panel = cascade_panel(
        f"Left of pairs of {outcome.country}'s {outcome.unit} with those abroad, step after step",
        [step.title for step in steps],
        (
            Track("reachable", tuple(step.reachable for step in steps)),
            Track(
                "under half of the world", tuple(step.under_half.address_share for step in steps)
            ),
            Track("no foreign network", tuple(step.nothing.address_share for step in steps)),
        ),
    )
    scenario = outcome.scenario
    notes = (
        "Hypothetical." if scenario.is_hypothetical else f"Source: {scenario.source}",
        f"Reachable: share of pairs. The two others: share of the country's {outcome.unit} held by "
        "networks that are left so.",
        outcome.caveat,
        f"Paths: {outcome.paths}. Links of {_months(outcome.months)}; ties: {outcome.ties}; "
        f"countries are those of registration; inputs {outcome.inputs_sha256[:16]}.",
    )
    return document(f"{outcome.country}: {scenario.title}", (panel,), notes)


def changes_chart(found: "Sequence[CountryChange]") -> str:
    """Draw customers lost and gained, window after window; what stands out is filled."""
    from whocut.routes.changes.answer import CAVEATS

    names = list(dict.fromkeys(each.first_after for each in found))
    months = []
    for name in sorted(names):
        sums = {"lost": [0, 0], "gained": [0, 0]}
        for each in found:
            if each.first_after == name:
                sums[each.sign][0] += each.n_lost
                sums[each.sign][1] += sum(one.n_lost for one in each.alarms)
        months.append(Month(name, *sums["lost"], *sums["gained"]))
    places = sorted({each.country for each in found})
    where = places[0] if len(places) == 1 else f"{len(places)} countries with an alarm"
    panel = month_panel(
        f"{where}: customers lost and gained for good, by the first month after",
        months,
        "customers counted once a provider",
    )
    notes = (
        *CAVEATS,
        *dict.fromkeys(f"Mind: {text}." for each in found for text in each.doubts),
        _changes_basis(found),
    )
    return document(f"{where}: cut-offs and returns", (panel,), notes)


def _changes_basis(found: "Sequence[CountryChange]") -> str:
    if not found:
        return "Observed links. Nothing stands out."
    spans = sorted({f"{each.last_before} to {each.first_after}" for each in found})
    inputs = sorted({each.inputs[:16] for each in found})
    return (
        f"Observed links of serial {found[0].serial}, {_months(spans)}; inputs {', '.join(inputs)}."
    )


def shifts_chart(
    first: CountryDependency,
    second: CountryDependency,
    found: Sequence[Shift],
    measure: str,
    *,
    limit: int = _SHOWN,
) -> str:
    """Draw two sides of a comparison, network by network, the greatest difference first."""
    sides = [
        f"{each.country}, {_months([f'{month:%Y-%m}' for month in each.rules.months])}"
        for each in (first, second)
    ]
    shown = found[:limit] if limit else found
    panel = share_panel(
        f"Share of addresses by {measure.replace('_', ' ')}",
        [
            BarRow(
                f"AS{one.asn} {one.name}{' *' if one.is_beyond_bands else ''}",
                (one.first, one.second),
            )
            for one in shown
        ],
        sides,
    )
    notes = (
        "* beyond the bands: no rule of one side gives what a rule of the other gives.",
        _band_note(),
        first.caveat,
        REGISTRATION_CAVEAT,
        f"Paths: {first.paths}. Ties: {first.rules.ties}; inputs {first.inputs_sha256[:16]} and "
        f"{second.inputs_sha256[:16]}.",
        *dict.fromkeys((*first.notes, *second.notes)),
    )
    return document(f"{sides[0]}; {sides[1]}", (panel,), notes)


def _band_note() -> str:
    return (
        "Lines across the bars: the least and the most that other rules for ties and months give."
    )


def _months(months: Sequence[str]) -> str:
    return ", ".join(months)
