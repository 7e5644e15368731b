"""``whocut routes rib``: who carries a country, as route collectors saw it."""

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Final

from cyclopts import Parameter
from msgspec.structs import asdict

from whocut.cli.output import AS_TABLE, Output, print_table, write_json, write_rows
from whocut.cli.question import asked_country
from whocut.cli.reference_options import cache_directory
from whocut.cli.routes_files import (
    OBSERVED,
    OBSERVED_NOTE,
    existing,
    minute,
    moment,
    report_faults,
)
from whocut.cli.routes_options import YEAR_DAYS
from whocut.cli.terminal import console, print_prose
from whocut.ingest.topology import (
    REGISTRATION_CAVEAT,
    Organisations,
    read_organisations,
)
from whocut.model.errors import UsageError
from whocut.routes.observed.feed import Tables
from whocut.routes.observed.mrt_feed import Content, MrtRoutes
from whocut.routes.observed.rib import Carrier, CountryRoutes, country_routes

__all__ = ["COLUMNS", "rib"]

COLUMNS: Final = (
    *("asn", "name", "registered_in", "gate_share", "gate_low", "gate_high", "transit_share"),
    *("transit_low", "transit_high", "gate_address_share", "transit_address_share"),
    *("n_gate_prefixes", "n_gate_vantages", "neighbours", "paths", "caveat"),
)


def rib(
    *files: Annotated[Path, Parameter(help="RIBs in MRT, of one time; plain, .gz, .bz2 or .zst.")],
    country: Annotated[
        str, Parameter(name=["--country", "-c"], help="Whose carriers, two letters.")
    ],
    organisations: Annotated[
        Path | None,
        Parameter(
            help="CAIDA's AS2Org: which networks are registered in the country; else that of the "
            "folder which is nearest in time."
        ),
    ] = None,
    topology: Annotated[
        Path | None,
        Parameter(help="Folder of CAIDA's files; else where whocut fetch topology puts them."),
    ] = None,
    limit: Annotated[int, Parameter(help="Rows of the table; 0 for all of them.")] = 20,
    output: Output = AS_TABLE,
) -> int:
    """Tell who hands traffic to a country's networks, and who is on the way, as a RIB shows it.

    Shares are means over the networks that feed collectors, with the range of the middle 80 per
    cent of these. Observed, not simulated; policy reachability, not capacity.
    """
    if not files:
        raise UsageError("name at least one RIB file")
    place = asked_country(country)
    tables = Tables()
    routes = MrtRoutes(existing(files, "RIB"), tables, Content.TABLE)
    path = _organisations(organisations, topology, routes, output)
    known = read_organisations(path)
    asns = known.of_country(place).tolist()
    if not asns:
        raise UsageError(f"--country {place}: {path} has no network registered there")
    found = country_routes(routes, tables, place, asns)
    code = report_faults(output, routes)
    if output.form == "table":
        _print(found, known, limit)
    elif output.form == "json":
        write_json(_document(found, known))
    else:
        write_rows((_row(one, known) | OBSERVED for one in found.carriers), COLUMNS, output.form)
    return code


def _organisations(
    given: Path | None, folder: Path | None, routes: MrtRoutes, output: Output
) -> Path:
    """Take the file that is named, else the one of the folder that is nearest to the RIB's day."""
    from whocut.ingest.topology import find_topology
    from whocut.ingest.topology.topology_downloads import TOPOLOGY_FOLDER

    if given is not None:
        return existing([given], "--organisations")[0]
    if folder is not None and not folder.is_dir():
        raise UsageError(f"--topology {folder}: no such folder")
    held = find_topology(folder or cache_directory() / TOPOLOGY_FOLDER)
    begin_s = next((batch.time_s[0] for batch in routes if len(batch)), time.time())
    day = datetime.fromtimestamp(float(begin_s), UTC).date()
    path = held.organisations_at(day)
    if path is None:
        raise UsageError(
            f"{held.folder} holds no organisations, which say where networks are registered;"
            f" whocut fetch topology --month {day:%Y-%m} --only organisations brings them, "
            "--organisations FILE names them"
        )
    of = next(each for each, file in held.organisations.items() if file == path)
    if abs((of - day).days) > YEAR_DAYS:
        output.say(f"whocut: organisations are of {of}, the RIB is of {day}")
    return path


def _row(one: Carrier, known: Organisations) -> dict[str, Any]:
    return asdict(one) | {
        "name": known.name_of(one.asn),
        "registered_in": known.country_of(one.asn) or None,
        "neighbours": list(one.neighbours),
    }


def _document(found: CountryRoutes, known: Organisations) -> dict[str, Any]:
    about = asdict(found) | {
        "begin": moment(found.begin_s),
        "end": moment(found.end_s),
        "carriers": [_row(one, known) for one in found.carriers],
        "kind": "observed",
        "notes": [OBSERVED_NOTE, REGISTRATION_CAVEAT],
        "organisations": {"source": known.source, "sha256": known.sha256},
    }
    del about["begin_s"], about["end_s"]
    return about


def _print(found: CountryRoutes, known: Organisations, limit: int) -> None:
    if not found.n_prefixes or not found.vantages:
        print_prose(f"No vantage abroad has a route to {found.country} in these files.")
        return
    print_prose(
        f"{found.country} at {minute(found.begin_s)} UTC: {found.n_prefixes:,} prefixes of "
        f"{found.n_origins:,} networks, seen from {len(found.vantages):,} networks abroad.",
        style="bold",
    )
    print_prose(OBSERVED_NOTE)
    print_prose(REGISTRATION_CAVEAT)
    shown = found.carriers[:limit] if limit else found.carriers
    print_table(
        ("AS", "name", "in", "hands over", "middle 80 %", "on the way", "addresses", "prefixes"),
        [
            (
                str(one.asn),
                known.name_of(one.asn),
                known.country_of(one.asn),
                _percent(one.gate_share),
                f"{_percent(one.gate_low)} to {_percent(one.gate_high)}",
                _percent(one.transit_share),
                _percent(one.gate_address_share),
                f"{one.n_gate_prefixes:,}",
            )
            for one in shown
        ],
    )
    if len(shown) < len(found.carriers):
        print_prose(f"{len(found.carriers) - len(shown):,} more rows: --limit 0 shows them.")
    print_prose(
        f"Handed over by the vantage itself: {_percent(found.direct_share)}. Concentration of the "
        f"rest (HHI): {found.concentration:.3f}."
    )
    for told, asns in (
        ("inside the country", found.domestic_vantages),
        ("a partial view only", found.partial_vantages),
    ):
        if asns:
            print_prose(f"Left out, {told}: {' '.join(f'AS{asn}' for asn in asns)}.")
    console().print()


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"
