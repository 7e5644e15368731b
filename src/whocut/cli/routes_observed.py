"""``whocut routes country --rib``: the same measures from observed paths, and from these alone."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from msgspec.structs import asdict

from whocut.cli.output import Output, print_table, write_json, write_rows
from whocut.cli.routes_answers import bar, percent
from whocut.cli.routes_files import (
    OBSERVED,
    OBSERVED_NOTE,
    existing,
    minute,
    moment,
    report_faults,
)
from whocut.cli.routes_options import MapOptions, asked_month, find_map, map_cache
from whocut.cli.terminal import print_prose
from whocut.ingest.topology import REGISTRATION_CAVEAT, Organisations, read_relationships
from whocut.model.errors import UsageError
from whocut.routes.dependency.observed import (
    ObservedDependency,
    observed_dependency,
    routes_into,
)
from whocut.routes.map_file import load_organisations
from whocut.routes.observed.feed import Tables
from whocut.routes.observed.mrt_feed import Content, MrtRoutes
from whocut.routes.observed.rib import CountryRoutes, country_routes

__all__ = ["COLUMNS", "observed_country"]

COLUMNS: Final = (
    *("country", "asn", "name", "registered_in", "is_domestic", "gate", "carried", "hegemony"),
    *("influence", "paths", "unit", "caveat"),
)


def observed_country(
    files: Sequence[Path], country: str, options: MapOptions, limit: int, output: Output
) -> int:
    """Measure a country from RIBs.

    Relations are read only where a month of them is named (--month): they say which part of a path
    is a sale.
    """
    organisations = options.organisations
    sales: list[tuple[int, int]] | None = None
    if organisations is None or options.month is not None:
        found = find_map(options)
        organisations = found.organisations
        if options.month is not None:
            asked_month(options.month)
            links = read_relationships(found.links[-1])
            sales = list(zip(links.provider.tolist(), links.customer.tolist(), strict=True))
    known = load_organisations(organisations, map_cache())
    asns = known.of_country(country).tolist()
    if not asns:
        raise UsageError(f"{country}: {organisations} has no network registered there")
    tables = Tables()
    routes = MrtRoutes(existing(files, "--rib"), tables, Content.TABLE)
    batch = routes_into(routes, asns)
    gates = country_routes([batch], tables, country, asns)
    measured = observed_dependency(batch, tables, gates.vantages, sales)
    code = report_faults(output, routes)
    if output.form == "table":
        _print(gates, measured, known, limit)
    elif output.form == "json":
        write_json(
            {
                "country": country,
                "paths": measured.paths,
                "begin": moment(gates.begin_s),
                "end": moment(gates.end_s),
                "vantages": list(measured.vantages),
                "unit": measured.unit,
                "is_filtered": measured.is_filtered,
                "concentration": gates.concentration,
                "direct": gates.direct_share,
                "carriers": list(_rows(gates, measured, known)),
                "notes": [OBSERVED_NOTE, REGISTRATION_CAVEAT],
                "organisations": asdict(known.tally) | {"sha256": known.sha256},
            }
        )
    else:
        rows = (row | OBSERVED for row in _rows(gates, measured, known))
        write_rows(rows, COLUMNS, output.form)
    return code


def _rows(
    gates: CountryRoutes, measured: ObservedDependency, known: Organisations
) -> Iterator[dict[str, Any]]:
    by_asn = {one.asn: one.gate_address_share for one in gates.carriers}
    for one in measured.carriers:
        place = known.country_of(one.asn)
        yield {
            "country": gates.country,
            "asn": one.asn,
            "name": known.name_of(one.asn),
            "registered_in": place or None,
            "is_domestic": place == gates.country,
            "gate": by_asn.get(one.asn, 0.0),
            "carried": one.carried,
            "hegemony": one.hegemony,
            "influence": one.influence,
            "paths": measured.paths,
            "unit": measured.unit,
        }


def _print(
    gates: CountryRoutes, measured: ObservedDependency, known: Organisations, limit: int
) -> None:
    if not measured.carriers:
        print_prose(f"No path from abroad into {gates.country} is in these files.")
        return
    print_prose(
        f"{gates.country} at {minute(gates.begin_s)} UTC: {gates.n_prefixes:,} prefixes of "
        f"{gates.n_origins:,} networks, seen from {len(gates.vantages):,} networks abroad.",
        style="bold",
    )
    print_prose(OBSERVED_NOTE)
    print_prose(REGISTRATION_CAVEAT)
    rows = list(_rows(gates, measured, known))
    shown = rows[:limit] if limit else rows
    most = max(row["influence"] for row in shown)
    print_table(
        ("AS", "name", "in", "CTI", "", "hegemony", "on the way", "hands over"),
        [
            (
                str(row["asn"]),
                row["name"],
                row["registered_in"] or "",
                f"{row['influence']:.3f}",
                bar(row["influence"], most),
                f"{row['hegemony']:.3f}",
                percent(row["carried"]),
                percent(row["gate"]),
            )
            for row in shown
        ],
    )
    if len(shown) < len(rows):
        print_prose(f"{len(rows) - len(shown):,} more rows: --limit 0 shows them.")
    print_prose(
        "CTI counts sales only."
        if measured.is_filtered
        else "CTI counts whole paths; --month names the relations that tell which part is a sale."
    )
    print_prose(
        f"Weighed by {measured.unit}. Concentration of foreign transit (HHI) "
        f"{gates.concentration:.3f}; handed over by viewpoints themselves "
        f"{percent(gates.direct_share)} of prefixes."
    )
