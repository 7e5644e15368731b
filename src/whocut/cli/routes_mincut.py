"""``whocut routes mincut``: the fewest whose exit would isolate a country, with the proof."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from cyclopts import Parameter

from whocut.cli.output import AS_TABLE, Output, write_json, write_rows
from whocut.cli.progress import Progress
from whocut.cli.routes_options import ANY_MAP, MapOptions, find_map, map_cache
from whocut.model.errors import UsageError

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

    from whocut.cli.routes_options import MapFiles
    from whocut.ingest.topology import Organisations
    from whocut.routes.mincut.found import MinimumSet
    from whocut.routes.topology import Topology

__all__ = ["COLUMNS", "mincut"]

COLUMNS: Final = (
    *("country", "by", "left", "share", "size", "bound", "is_exact", "proof"),
    *("isolated", "isolated_before", "members", "seconds", "unit", "months", "paths"),
    *("caveat", "inputs_sha256"),
)
_By = Literal["ases", "organisations", "jurisdictions"]
_Left = Literal["nothing", "under_half"]
_BUDGET_S: Final = 20.0
_TABLE_BUDGET_S: Final = 2.0


def mincut(
    country: Annotated[
        str | None, Parameter(name="COUNTRY", help="Two letters; all countries with --all.")
    ] = None,
    /,
    *,
    all_: Annotated[
        bool,
        Parameter(
            name="--all",
            negative="",
            help="How many states must agree to cut a country off, for every country; goes on "
            "where it was stopped.",
        ),
    ] = False,
    by: Annotated[
        _By | None,
        Parameter(help="Who leaves: ases, organisations, jurisdictions; else all three."),
    ] = None,
    left: Annotated[
        _Left | None,
        Parameter(
            help="When a network counts as isolated: nothing (no foreign network outside of the "
            "set) or under_half (under half of the world, states alike); else both."
        ),
    ] = None,
    share: Annotated[
        list[float] | None,
        Parameter(negative="", help="Per cent of the country to isolate; else 50 and 90."),
    ] = None,
    budget: Annotated[
        float | None,
        Parameter(help="Seconds for each set; then the best found is given with its bound."),
    ] = None,
    map_: MapOptions = ANY_MAP,
    output: Output = AS_TABLE,
) -> int:
    """Find the smallest sets of foreign networks, holders or states whose exit isolates a country.

    The set carries nothing of the country's traffic. Each answer says whether it is exact, by what
    proof, or what is proven where it is not. Simulated: policy reachability, not capacity.
    """
    if all_ == (country is not None):
        raise UsageError("one country, as in: whocut routes mincut RU; or --all")
    if all_ and by not in {None, "jurisdictions"}:
        raise UsageError("--all counts jurisdictions")
    shares = [_share(each) for each in share or (50, 90)]
    files = find_map(map_)
    for note in files.notes:
        output.say(note)
    world = _World(files)
    if all_:
        found = _table(world, shares, left, budget or _TABLE_BUDGET_S, output)
    else:
        assert country is not None  # noqa: S101 - one of the two is given
        found = _sets(
            world,
            country.upper(),
            by,
            left,
            shares=shares,
            budget_s=budget or _BUDGET_S,
            output=output,
        )
    _write(found, world, output)
    return 0


def _share(percent: float) -> float:
    if not 0 < percent <= 100:
        raise UsageError(f"--share {percent:g}: wanted above 0, up to 100 per cent")
    return percent / 100


class _World:
    """The map, and what its networks weigh."""

    def __init__(self, files: "MapFiles") -> None:
        import numpy as np

        from whocut.routes.map_file import load_organisations, load_topology, load_weights

        cache = map_cache()
        self.topology: Topology = load_topology(files.links, files.organisations, cache)
        self.organisations: Organisations = load_organisations(files.organisations, cache)
        weights = load_weights(files.weights, cache) if files.weights else None
        self.addresses: NDArray[numpy.float64] = (
            weights.align(self.topology.asns) if weights else np.ones(len(self.topology.asns))
        )
        self.unit = "addresses" if weights else "networks"

    def key(self, budget_s: float) -> str:
        """Digest what answers rest on."""
        from whocut.routes.mincut.table import table_key

        return table_key(self.topology, self.addresses, budget_s)


def _sets(
    world: _World,
    country: str,
    by: _By | None,
    left: _Left | None,
    *,
    shares: Sequence[float],
    budget_s: float,
    output: Output,
) -> "list[MinimumSet]":
    from whocut.routes.mincut.blocks import Kind
    from whocut.routes.mincut.found import Criterion
    from whocut.routes.mincut.search import least_set, reconcile

    asked = [
        (kind, criterion, share)
        for criterion in ([Criterion(left)] if left else Criterion)
        for kind in ([Kind(by)] if by else Kind)
        for share in shares
    ]
    found = []
    step = "looking for the smallest sets"
    with Progress(len(asked), len(asked), is_quiet=output.quiet, step=step) as progress:
        for kind, criterion, share in asked:
            found.append(
                least_set(
                    world.topology,
                    country,
                    world.addresses,
                    kind=kind,
                    criterion=criterion,
                    share=share,
                    registry=world.organisations,
                    budget_s=budget_s,
                )
            )
            progress.advance_to(len(found))
    return reconcile(found)


def _table(
    world: _World,
    shares: Sequence[float],
    left: _Left | None,
    budget_s: float,
    output: Output,
) -> "list[MinimumSet]":
    from whocut.routes.mincut.found import Criterion
    from whocut.routes.mincut.table import country_table, listed_countries, open_table

    criteria = [Criterion(left)] if left else list(Criterion)
    kept: Path = map_cache() / f"mincut-{world.key(budget_s)[:32]}.jsonl"
    total = len(listed_countries(world.topology, world.addresses)) * len(shares) * len(criteria)
    output.detail(f"whocut: rows are kept in {kept}")
    with (
        open_table(world.topology, world.addresses) as executor,
        Progress(total, 1, is_quiet=output.quiet, step="countries") as progress,
    ):
        return country_table(
            executor,
            world.topology,
            world.addresses,
            criteria=criteria,
            shares=shares,
            budget_s=budget_s,
            kept=kept,
            advance=progress.advance_to,
        )


def _write(found: "Sequence[MinimumSet]", world: _World, output: Output) -> None:
    if output.form == "table":
        from whocut.cli.routes_mincut_screen import print_sets

        print_sets(found, world.organisations, world.unit, world.topology.months)
        return
    rows = list(_rows(found, world))
    if output.form == "json":
        write_json({"sets": rows})
    else:
        write_rows(rows, COLUMNS, output.form)


def _rows(found: "Sequence[MinimumSet]", world: _World) -> Iterator[dict[str, Any]]:
    from whocut.routes.whatif.outcome import CAVEAT

    for one in found:
        yield {
            "country": one.country,
            "by": one.kind.value,
            "left": one.criterion.value,
            "share": one.share,
            "size": one.size,
            "bound": one.bound,
            "is_exact": one.is_exact,
            "proof": one.proof.value,
            "isolated": one.isolated,
            "isolated_before": one.isolated_before,
            "members": None if one.members is None else list(one.members),
            "seconds": one.seconds,
            "unit": world.unit,
            "months": [f"{day:%Y-%m}" for day in world.topology.months],
            "paths": "simulated",
            "caveat": CAVEAT,
            "inputs_sha256": world.key(0),
        }
