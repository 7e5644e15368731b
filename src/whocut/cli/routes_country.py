"""``whocut routes country``: who carries a country, and how much hangs on whom."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any, Final

from cyclopts import Parameter
from msgspec.structs import asdict

from whocut.cli.output import AS_TABLE, Output, print_table, write_json, write_rows
from whocut.cli.routes_answers import (
    UsersOption,
    ViewpointsOption,
    asked_place,
    band_words,
    bar,
    dependency_of,
    percent,
    read_viewpoints,
    rule_words,
    rules_words,
)
from whocut.cli.routes_options import ANY_MAP, SIMULATED_NOTE, MapOptions, find_map
from whocut.cli.routes_shipped import may_answer, shipped_country
from whocut.cli.svg_option import SvgOption, write_svg
from whocut.cli.terminal import console, print_prose
from whocut.ingest.topology import REGISTRATION_CAVEAT
from whocut.model.errors import UsageError
from whocut.routes.dependency.answer import COUNTED, Band, Carrier, CountryDependency

__all__ = ["BANDS", "COLUMNS", "country"]

BANDS: Final = ("gate", "carried", "hegemony", "country_hegemony", "influence")
COLUMNS: Final = (
    *("country", "asn", "name", "organisation", "registered_in", "is_domestic"),
    *(f"{name}{end}" for name in BANDS for end in ("", "_low", "_high")),
    *("paths", "ties", "months", "unit", "inputs_sha256", "caveat"),
)


def country(
    place: Annotated[str, Parameter(name="COUNTRY", help="Two letters.")],
    /,
    *,
    rib: Annotated[
        list[Path] | None,
        Parameter(
            consume_multiple=True,
            negative="",
            help="RIBs in MRT: answer from observed paths instead, and from these alone.",
        ),
    ] = None,
    users: UsersOption = None,
    viewpoints: ViewpointsOption = None,
    limit: Annotated[int, Parameter(help="Rows of each table; 0 for all of them.")] = 15,
    svg: SvgOption = None,
    options: MapOptions = ANY_MAP,
    output: Output = AS_TABLE,
) -> int:
    """Tell who carries a country to the world, by network, holder and place of registration.

    Shares are of the country's addresses, from simulated best paths; each with the least and the
    most that other rules for ties and single months give. With --rib, from observed paths; the two
    are never mixed. Where no topology is at hand, from the results that ship, of some dates. Policy
    reachability, not capacity.
    """
    code = asked_place(place)
    if rib:
        from whocut.cli.routes_observed import observed_country

        if users or viewpoints or svg:
            raise UsageError(
                "--users, --viewpoints and --svg go with simulated paths, not with --rib"
            )
        return observed_country(rib, code, options, limit, output)
    given = read_viewpoints(viewpoints)
    try:
        files = find_map(options)
    except UsageError as error:
        if users or viewpoints or not may_answer(options):
            raise
        return shipped_country(code, options, error, output, svg)
    found = dependency_of(files, code, output, users=users, viewpoints=given)
    if svg:
        from whocut.routes.plots.charts import dependency_chart

        write_svg(svg, dependency_chart(found, limit=limit), output)
    if output.form == "table":
        _print(found, limit)
    elif output.form == "json":
        write_json(asdict(found) | {"registration_caveat": REGISTRATION_CAVEAT})
    else:
        write_rows(_rows(found), COLUMNS, output.form)
    return 0


def _rows(found: CountryDependency) -> Iterator[dict[str, Any]]:
    for one in found.carriers:
        row = {
            "country": found.country,
            "asn": one.asn,
            "name": one.name,
            "organisation": one.organisation,
            "registered_in": one.registered_in or None,
            "is_domestic": one.is_domestic,
            "paths": found.paths,
            "ties": found.rules.ties,
            "months": [f"{month:%Y-%m}" for month in found.rules.months],
            "unit": found.unit,
            "inputs_sha256": found.inputs_sha256,
            "caveat": found.caveat,
        }
        for name in BANDS:
            band: Band = getattr(one, name)
            row |= {name: band.value, f"{name}_low": band.low, f"{name}_high": band.high}
        yield row


def _print(found: CountryDependency, limit: int) -> None:
    print_prose(
        f"{found.country}: who carries it, {rule_words(found.rules)}; {found.domestic.networks:,} "
        f"networks, seen from {len(found.viewpoints):,} abroad ({found.viewpoint_rule}).",
        style="bold",
    )
    print_prose(SIMULATED_NOTE)
    print_prose(REGISTRATION_CAVEAT)
    for note in found.notes:
        print_prose(note)
    print_prose(
        f"Weighed by {found.unit}. In brackets: the least and the most under other rules, "
        f"which are {rules_words(found.others)}."
    )
    console().print()
    foreign = [one for one in found.carriers if not one.is_domestic and one.gate.high > 0]
    _print_carriers("hands over", foreign, limit)
    _print_groups(found, limit)
    _print_concentration(found)
    console().print()
    by_way = sorted(found.carriers, key=lambda one: -one.influence.value)
    _print_on_the_way(by_way[:limit] if limit else by_way)
    print_prose(
        f"Inputs {found.inputs_sha256[:16]}. Next: whocut routes whatif {found.country} --stop ASN"
    )


def _print_carriers(title: str, carriers: Sequence[Carrier], limit: int) -> None:
    shown = carriers[:limit] if limit else carriers
    most = max((one.gate.value for one in shown), default=0.0)
    print_table(
        ("AS", "name", "in", title, "", "on the way", "hegemony"),
        [
            (
                str(one.asn),
                one.name,
                one.registered_in,
                band_words(one.gate),
                bar(one.gate.value, most),
                percent(one.carried.value),
                percent(one.hegemony.value),
            )
            for one in shown
        ],
    )
    if len(shown) < len(carriers):
        print_prose(f"{len(carriers) - len(shown):,} more rows: --limit 0 shows them.")


def _print_groups(found: CountryDependency, limit: int) -> None:
    for title, groups in (
        ("holder", [each for each in found.organisations if len(each.asns) > 1]),
        ("registered in", found.jurisdictions),
    ):
        shown = groups[:limit] if limit else groups
        if not shown:
            continue
        console().print()
        most = max(each.gate.value for each in shown)
        print_table(
            (title, "networks", "hands over", ""),
            [
                (
                    each.name or "not known",
                    str(len(each.asns)),
                    band_words(each.gate),
                    bar(each.gate.value, most),
                )
                for each in shown
            ],
        )


def _print_concentration(found: CountryDependency) -> None:
    own = found.domestic
    console().print()
    print_prose(
        f"Handed over by viewpoints themselves: {band_words(found.direct)}. "
        f"Not reached: {percent(1 - found.reached.value)}."
    )
    print_prose(
        "Concentration of foreign transit (HHI; 1 is one alone): networks "
        f"{_index(found.concentration)}, holders {_index(found.organisation_concentration)}, "
        f"places of registration {_index(found.jurisdiction_concentration)}."
    )
    held = _held(found.unit)
    print_prose(
        f"Points of control: {found.control_points.value:,.0f} networks "
        f"({found.control_points.low:,.0f} to {found.control_points.high:,.0f}) take over 90 % "
        f"from abroad. Of its {held}, 90 % are held by {own.holders_of_90:,} networks of "
        f"{own.organisations_of_90:,} holders; {len(own.cone_cover):,} have them among their "
        f"customers. Concentration by holder {own.concentration:.3f}, of those that take over "
        f"{_index(found.entry_concentration)}."
    )
    if found.entries:
        print_prose(
            "Taking over: "
            + "; ".join(
                f"AS{one.asn} {one.name} {percent(one.share.value)}" for one in found.entries[:5]
            )
            + "."
        )


def _held(unit: str) -> str:
    if unit == COUNTED:
        return "networks"
    return "addresses" if "addresses" in unit else "weight"


def _index(band: Band) -> str:
    return f"{band.value:.3f} ({band.low:.3f} to {band.high:.3f})"


def _print_on_the_way(carriers: Sequence[Carrier]) -> None:
    print_prose("Anywhere on the way, its own networks among them, by CTI:")
    most = max((one.influence.value for one in carriers), default=0.0)
    print_table(
        ("AS", "name", "in", "CTI", "", "country hegemony"),
        [
            (
                str(one.asn),
                one.name,
                one.registered_in,
                f"{one.influence.value:.3f} ({one.influence.low:.3f} to {one.influence.high:.3f})",
                bar(one.influence.value, most),
                f"{one.country_hegemony.value:.3f}",
            )
            for one in carriers
        ],
    )
