"""``whocut routes compare``: who carries a country in two months, or two countries in one."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated, Any, Final

from cyclopts import Parameter
from msgspec import structs

from whocut.cli.output import AS_TABLE, Output, print_table, write_json, write_rows
from whocut.cli.routes_answers import (
    UsersOption,
    ViewpointsOption,
    asked_place,
    band_words,
    dependency_of,
    read_viewpoints,
    rule_words,
)
from whocut.cli.routes_options import (
    ANY_MAP,
    SIMULATED_NOTE,
    MapFiles,
    MapOptions,
    asked_month,
    find_map,
    months_from,
)
from whocut.cli.svg_option import SvgOption, write_svg
from whocut.cli.terminal import console, print_prose
from whocut.ingest.topology import REGISTRATION_CAVEAT
from whocut.model.errors import UsageError
from whocut.routes.dependency.answer import Band, CountryDependency
from whocut.routes.dependency.comparison import Shift, shifts

__all__ = ["COLUMNS", "compare"]

COLUMNS: Final = (
    *("measure", "asn", "name", "registered_in", "first", "first_low", "first_high"),
    *("second", "second_low", "second_high", "difference", "is_beyond_bands", "paths"),
    "caveat",
)
_NOT_OBSERVED: Final = (
    "A simulated share may rise where a network left and its largest links persisted: what changed "
    "is shown by whocut routes changes and whocut routes breaks, from links and observed paths."
)


def compare(
    place: Annotated[str, Parameter(name="COUNTRY", help="Two letters.")],
    other: Annotated[
        str | None, Parameter(name="OTHER", help="Another country, in the same months.")
    ] = None,
    /,
    *,
    with_month: Annotated[
        str | None,
        Parameter(name="--with", help="A later month, as in 2022-04: its months begin with it."),
    ] = None,
    measure: Annotated[
        str, Parameter(help="gate, carried, hegemony, country_hegemony or influence.")
    ] = "gate",
    users: UsersOption = None,
    viewpoints: ViewpointsOption = None,
    limit: Annotated[int, Parameter(help="Rows of the table; 0 for all of them.")] = 20,
    svg: SvgOption = None,
    options: MapOptions = ANY_MAP,
    output: Output = AS_TABLE,
) -> int:
    """Compare who carries a country in two months, or two countries.

    The months of the earlier side end with --month, those of the later begin with --with, so that
    no month stands on both sides. A difference counts only where the bands of the two sides do not
    meet. Simulated paths; policy reachability, not capacity.
    """
    if (other is None) == (with_month is None):
        raise UsageError("name another country, or a month by --with; one of the two")
    sides = _sides(asked_place(place), asked_place(other) if other else None, with_month, options)
    given = read_viewpoints(viewpoints)
    first = dependency_of(*sides[0], output, users=users, viewpoints=given)
    if other is None:  # the same eyes before and after
        given = given or tuple(sorted([*first.viewpoints, *first.unheard]))
    second = dependency_of(*sides[1], output, users=users, viewpoints=given)
    found = shifts(first, second, measure)
    if svg:
        from whocut.routes.plots.charts import shifts_chart

        write_svg(svg, shifts_chart(first, second, found, measure, limit=limit), output)
    if output.form == "table":
        _print(first, second, found, measure, limit)
    elif output.form == "json":
        write_json(
            {
                "measure": measure,
                "first": _about(first),
                "second": _about(second),
                "networks": list(_rows(found, measure)),
                "notes": [SIMULATED_NOTE, REGISTRATION_CAVEAT, _NOT_OBSERVED],
            }
        )
    else:
        rows = (row | {"caveat": SIMULATED_NOTE} for row in _rows(found, measure))
        write_rows(rows, COLUMNS, output.form)
    return 0


def _sides(
    place: str, other: str | None, with_month: str | None, options: MapOptions
) -> list[tuple[MapFiles, str]]:
    first = find_map(options)
    if other is not None:
        return [(first, place), (first, other)]
    later = asked_month(with_month or "", "--with")
    if later <= first.months[-1]:
        raise UsageError(f"--with {with_month} is not after {first.months[-1]:%Y-%m}")
    second = find_map(replace(options, serial=first.serial), months_from(later, options.months))
    # Who is of the country, and what it weighs, is the same on both sides: else these would move.
    second = structs.replace(second, organisations=first.organisations, weights=first.weights)
    return [(first, place), (second, place)]


def _about(found: CountryDependency) -> dict[str, Any]:
    about = structs.asdict(found)
    for name in ("carriers", "organisations", "jurisdictions", "entries"):
        del about[name]
    return about


def _rows(found: tuple[Shift, ...], measure: str) -> Iterator[dict[str, Any]]:
    for one in found:
        yield {
            "measure": measure,
            "asn": one.asn,
            "name": one.name,
            "registered_in": one.registered_in or None,
            "first": one.first.value,
            "first_low": one.first.low,
            "first_high": one.first.high,
            "second": one.second.value,
            "second_low": one.second.low,
            "second_high": one.second.high,
            "difference": one.difference,
            "is_beyond_bands": one.is_beyond_bands,
            "paths": "simulated",
        }


def _print(
    first: CountryDependency,
    second: CountryDependency,
    found: tuple[Shift, ...],
    measure: str,
    limit: int,
) -> None:
    print_prose(
        f"{first.country}, {rule_words(first.rules)}; against {second.country}, "
        f"{rule_words(second.rules)}.",
        style="bold",
    )
    print_prose(SIMULATED_NOTE)
    print_prose(REGISTRATION_CAVEAT)
    if first.country == second.country:
        print_prose(_NOT_OBSERVED)
    for note in dict.fromkeys((*first.notes, *second.notes)):
        print_prose(note)
    console().print()
    _print_totals(first, second)
    console().print()
    shown = found[:limit] if limit else found
    print_table(
        ("AS", "name", "in", f"{measure.replace('_', ' ')}, first", "second", "difference", ""),
        [
            (
                str(one.asn),
                one.name,
                one.registered_in,
                band_words(one.first),
                band_words(one.second),
                f"{100 * one.difference:+.1f}",
                "beyond the bands" if one.is_beyond_bands else "",
            )
            for one in shown
        ],
    )
    if len(shown) < len(found):
        print_prose(f"{len(found) - len(shown):,} more rows: --limit 0 shows them.")
    print_prose(f"Inputs {first.inputs_sha256[:16]} and {second.inputs_sha256[:16]}.")


def _print_totals(first: CountryDependency, second: CountryDependency) -> None:
    def index(band: Band) -> str:
        return f"{band.value:.3f} ({band.low:.3f} to {band.high:.3f})"

    rows = [
        ("concentration, networks", index(first.concentration), index(second.concentration)),
        (
            "concentration, holders",
            index(first.organisation_concentration),
            index(second.organisation_concentration),
        ),
        (
            "concentration, places of registration",
            index(first.jurisdiction_concentration),
            index(second.jurisdiction_concentration),
        ),
        (
            "concentration of those that take over",
            index(first.entry_concentration),
            index(second.entry_concentration),
        ),
        ("reached", band_words(first.reached), band_words(second.reached)),
        (
            "points of control",
            f"{first.control_points.value:,.0f}",
            f"{second.control_points.value:,.0f}",
        ),
    ]
    print_table(("", "first", "second"), rows)
