"""``whocut routes as``: one network's neighbours, its customer cone, on whom it depends."""

from collections.abc import Sequence
from typing import Annotated, Any, Final

from cyclopts import Parameter
from msgspec.structs import asdict

from whocut.cli.output import AS_TABLE, Output, print_table, write_json, write_rows
from whocut.cli.routes_answers import (
    ViewpointsOption,
    band_words,
    bar,
    percent,
    read_viewpoints,
    rule_words,
    rules_words,
    variants_of,
)
from whocut.cli.routes_options import (
    ANY_MAP,
    SIMULATED_NOTE,
    MapOptions,
    asked_asn,
    find_map,
    map_cache,
)
from whocut.cli.terminal import console, print_prose
from whocut.ingest.topology import REGISTRATION_CAVEAT
from whocut.routes.dependency.network import Network, network_dependency
from whocut.routes.map_file import load_organisations, load_weights

__all__ = ["COLUMNS", "autonomous_system"]

COLUMNS: Final = (
    *("target", "asn", "name", "registered_in"),
    *(f"{name}{end}" for name in ("hegemony", "carried", "last") for end in ("", "_low", "_high")),
    *("paths", "inputs_sha256", "caveat"),
)


def autonomous_system(
    asn: Annotated[str, Parameter(name="ASN", help="AS number.")],
    /,
    *,
    viewpoints: ViewpointsOption = None,
    limit: Annotated[int, Parameter(help="Rows of each table; 0 for all of them.")] = 15,
    options: MapOptions = ANY_MAP,
    output: Output = AS_TABLE,
) -> int:
    """Tell a network's neighbours, whom it reaches by selling alone, and on whom it depends.

    AS hegemony from simulated best paths, with its band over tie rules and months. The cone is the
    recursive one: a list of relations gives no other. Policy reachability, not capacity.
    """
    number = asked_asn(asn)
    files = find_map(options)
    cache = map_cache()
    found = network_dependency(
        number,
        load_organisations(files.organisations, cache),
        load_weights(files.weights, cache) if files.weights else None,
        variants_of(files),
        read_viewpoints(viewpoints),
    )
    if output.form == "table":
        _print(found, limit, files.notes)
    elif output.form == "json":
        write_json(asdict(found) | {"notes": [*files.notes, REGISTRATION_CAVEAT]})
    else:
        write_rows(
            (_row(found, place) for place in range(len(found.upstreams))), COLUMNS, output.form
        )
    return 0


def _row(found: Network, place: int) -> dict[str, Any]:
    one = found.upstreams[place]
    row: dict[str, Any] = {
        "target": found.asn,
        "asn": one.asn,
        "name": one.name,
        "registered_in": one.registered_in or None,
        "paths": found.paths,
        "inputs_sha256": found.inputs_sha256,
        "caveat": found.caveat,
    }
    for name in ("hegemony", "carried", "last"):
        band = getattr(one, name)
        row |= {name: band.value, f"{name}_low": band.low, f"{name}_high": band.high}
    return row


def _print(found: Network, limit: int, notes: Sequence[str]) -> None:
    place = f", registered in {found.registered_in}" if found.registered_in else ""
    print_prose(f"AS{found.asn} {found.name}{place}; {rule_words(found.rules)}.", style="bold")
    print_prose(SIMULATED_NOTE)
    print_prose(REGISTRATION_CAVEAT)
    for note in notes:
        print_prose(note)
    siblings = ", ".join(f"AS{asn}" for asn in found.siblings[:20])
    print_prose(
        f"{len(found.providers):,} providers, {len(found.peers):,} peers, "
        f"{len(found.customers):,} customers." + (f" Same holder: {siblings}." if siblings else "")
    )
    cone = found.cone
    print_prose(
        f"Customer cone ({cone.kind}: all that can be reached from provider to customer alone; "
        f"observed cones need paths): {cone.networks:,} networks, {percent(cone.share)} of all "
        f"weight ({found.unit})."
    )
    shown = cone.countries[:limit] if limit else cone.countries
    if len(cone.countries) > 1:
        most = max(weight for _, _, weight in shown)
        print_table(
            ("registered in", "networks", "weight", ""),
            [
                (code or "not known", f"{count:,}", f"{weight:,.0f}", bar(weight, most))
                for code, count, weight in shown
            ],
        )
    console().print()
    print_prose(
        f"On whom it depends, seen from {len(found.viewpoints):,} networks; in brackets the least "
        f"and the most under {rules_words(found.others)}:"
    )
    upstreams = found.upstreams[:limit] if limit else found.upstreams
    most = max((one.carried.value for one in upstreams), default=0.0)
    print_table(
        ("AS", "name", "in", "on the way", "", "hegemony", "last before it"),
        [
            (
                str(one.asn),
                one.name,
                one.registered_in,
                band_words(one.carried),
                bar(one.carried.value, most),
                percent(one.hegemony.value),
                band_words(one.last),
            )
            for one in upstreams
        ],
    )
    print_prose(f"Inputs {found.inputs_sha256[:16]}.")
