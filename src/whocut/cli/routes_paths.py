"""``whocut routes paths``: how one network reaches another, by policy."""

from collections.abc import Iterator, Sequence
from typing import Annotated, Any, Final

from cyclopts import Parameter

from whocut.cli.output import AS_TABLE, Output, print_table, write_json, write_rows
from whocut.cli.routes_answers import percent
from whocut.cli.routes_options import (
    ANY_MAP,
    SIMULATED_NOTE,
    MapOptions,
    asked_asn,
    find_map,
    map_cache,
)
from whocut.cli.terminal import print_prose
from whocut.ingest.topology import Organisations
from whocut.model.errors import UsageError
from whocut.routes.dependency.ways import Ways, ways_between
from whocut.routes.map_file import load_organisations, load_topology

__all__ = ["COLUMNS", "paths"]

COLUMNS: Final = (
    *("direction", "part", "hops", "kind", "path", "ties", "months", "paths", "caveat"),
)
_KINDS: Final = {
    "customer": "by a customer",
    "peer": "by a peer",
    "provider": "by a provider",
    "own": "itself",
}


def paths(
    source: Annotated[str, Parameter(name="FROM", help="AS number.")],
    target: Annotated[str, Parameter(name="TO", help="AS number.")],
    /,
    *,
    limit: Annotated[int, Parameter(help="Paths of each direction; 0 for all of them.")] = 20,
    options: MapOptions = ANY_MAP,
    output: Output = AS_TABLE,
) -> int:
    """List all best paths by policy from one network to another, and back.

    A customer's route goes before a peer's before a provider's, then the shorter; equal ones share
    alike at every hop. The way back need not be the same. Simulated, not observed; policy
    reachability, not capacity.
    """
    first, last = asked_asn(source), asked_asn(target)
    if first == last:
        raise UsageError(f"{source} and {target} are one network")
    files = find_map(options, needs_weights=False)
    topology = load_topology(files.links, files.organisations, map_cache())
    known = load_organisations(files.organisations, map_cache())
    found = [ways_between(topology, *ends, limit=limit) for ends in ((first, last), (last, first))]
    months = [f"{month:%Y-%m}" for month in topology.months]
    rows = list(_rows(found, months))
    if output.form == "json":
        write_json(
            {
                "from": first,
                "to": last,
                "ways": rows,
                "counts": [ways.count for ways in found],
                "notes": [SIMULATED_NOTE, *files.notes],
                "inputs_sha256": topology.key,
            }
        )
    elif output.form == "table":
        _print(found, known, months, files.notes)
    else:
        write_rows((row | {"caveat": SIMULATED_NOTE} for row in rows), COLUMNS, output.form)
    return 0


def _rows(found: Sequence[Ways], months: list[str]) -> Iterator[dict[str, Any]]:
    for ways, direction in zip(found, ("there", "back"), strict=True):
        for path, part in ways.paths:
            yield {
                "direction": direction,
                "part": part,
                "hops": len(path) - 1,
                "kind": ways.kind,
                "path": list(path),
                "ties": "equal",
                "months": months,
                "paths": "simulated",
            }


def _print(
    found: Sequence[Ways], known: Organisations, months: list[str], notes: Sequence[str]
) -> None:
    print_prose(SIMULATED_NOTE)
    for note in notes:
        print_prose(note)
    print_prose(f"Links that agree in {', '.join(months)}; equal paths share alike at every hop.")
    for ways in found:
        told = f"AS{ways.source} {known.name_of(ways.source)} to AS{ways.target} " + known.name_of(
            ways.target
        )
        if not ways.count:
            print_prose(f"{told}: no route by policy.", style="bold")
            continue
        print_prose(
            f"{told}: {ways.count:,} best {'path' if ways.count == 1 else 'paths'} "
            f"{_KINDS[ways.kind]}, {ways.hops} hops.",
            style="bold",
        )
        print_table(
            ("share", "path"),
            [(percent(part), " ".join(f"AS{asn}" for asn in path)) for path, part in ways.paths],
        )
        if len(ways.paths) < ways.count:
            print_prose(f"{ways.count - len(ways.paths):,} more: --limit 0 shows them.")
        between = sorted({asn for path, _ in ways.paths for asn in path[1:-1]})
        if between:
            print_prose("; ".join(f"AS{asn} {known.name_of(asn)}" for asn in between[:20]) + ".")
