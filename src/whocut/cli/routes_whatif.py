"""``whocut routes whatif``: what is left of a country's reach if others stop, or it closes up."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from cyclopts import Parameter

from whocut.cli.output import AS_TABLE, Output, write_json, write_rows
from whocut.cli.routes_options import (
    ANY_MAP,
    MapOptions,
    asked_asn,
    find_map,
    map_cache,
)
from whocut.cli.svg_option import SvgOption, write_svg
from whocut.model.errors import UsageError

if TYPE_CHECKING:
    from whocut.cli.routes_options import MapFiles
    from whocut.ingest.topology import Organisations
    from whocut.routes.whatif.outcome import Outcome
    from whocut.routes.whatif.scenario import Scenario, Step
    from whocut.routes.whatif.subject import Subject

__all__ = ["COLUMNS", "whatif"]

_Mode = Literal["stop_customers", "cut_links", "carry_nothing"]
_Of = Literal["steps", "regions", "carriers", "networks"]
COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    "steps": (
        *("country", "scenario", "step", "title", "mode", "actors", "reachable"),
        *("nothing_networks", "nothing_addresses", "nothing_users"),
        *("under_half_networks", "under_half_addresses", "under_half_users"),
        *("hops_before", "hops_after", "reachable_low", "reachable_high"),
    ),
    "regions": ("country", "scenario", "step", "region", "title", "addresses", "before", "after"),
    "carriers": ("country", "scenario", "step", "asn", "at", "before", "after"),
    "networks": ("country", "scenario", "step", "asn", "addresses", "before", "after"),
}
_META: Final = ("months", "ties", "paths", "caveat", "inputs_sha256")
_GROUPS: Final = ("clique", "foreign_providers", "foreign_neighbours")


def whatif(
    country: Annotated[
        str | None,
        Parameter(name="COUNTRY", help="Two letters; that of the scenario if none."),
    ] = None,
    /,
    *,
    stop: Annotated[
        list[str] | None,
        Parameter(
            negative="",
            help="Who stops, as in 174,3356: AS numbers, org:174 (all networks of its holder), US "
            "(all networks registered there), clique, foreign_providers, foreign_neighbours. A "
            "network of the country itself by its number alone. Each use is one step more.",
        ),
    ] = None,
    mode: Annotated[
        _Mode,
        Parameter(
            help="What they stop: stop_customers (sales to the country), cut_links (peerings and "
            "purchases, too), carry_nothing (all traffic of the country)."
        ),
    ] = "stop_customers",
    close_border: Annotated[
        bool,
        Parameter(negative="", help="A last step: the country's networks end all foreign links."),
    ] = False,
    gateway: Annotated[
        str,
        Parameter(help="AS numbers of the country whose foreign links stay, as in 12389,20485."),
    ] = "",
    scenario: Annotated[
        str | None, Parameter(help="A scenario that ships (--list), or a TOML file of one.")
    ] = None,
    list_: Annotated[
        bool, Parameter(name="--list", negative="", help="List the scenarios that ship.")
    ] = False,
    users: Annotated[
        Path | None, Parameter(help="Users by network, in lines of asn,weight.")
    ] = None,
    ties: Annotated[
        Literal["equal", "lowest_asn"],
        Parameter(
            help="Who carries where paths are equally good: all alike, or the lowest number."
        ),
    ] = "equal",
    detail: Annotated[
        Literal["none", "last", "all"],
        Parameter(help="Steps of which regions, lengths, carriers and networks are told."),
    ] = "last",
    of: Annotated[
        _Of, Parameter(name="--of", help="Which rows jsonl, csv and parquet hold.")
    ] = "steps",
    limit: Annotated[int, Parameter(help="Carriers and networks of a step; 0 for all.")] = 20,
    band: Annotated[
        bool,
        Parameter(
            help="The least and the most reach that single months leave, beside all of them."
        ),
    ] = True,
    svg: SvgOption = None,
    map_: MapOptions = ANY_MAP,
    output: Output = AS_TABLE,
) -> int:
    """Say what is left of a country's reach if networks, holders or states stop.

    Steps add up in their order. Shares are of pairs of an address in the country and one abroad.
    Simulated: policy reachability, not capacity.
    """
    if list_:
        return _list(output)
    from whocut.routes.map_file import load_organisations
    from whocut.routes.whatif.band import with_band
    from whocut.routes.whatif.outcome import run_scenario

    asked = _asked(country, stop, mode, gateway, scenario, is_closing=close_border)
    files = find_map(map_)
    for note in files.notes:
        output.say(note)
    organisations = load_organisations(files.organisations, map_cache())
    subjects = _subjects(asked.country, files, users, with_months=band)
    outcome = run_scenario(
        next(subjects), asked, organisations, detail=detail, ties=ties, limit=limit
    )
    outcome = with_band(outcome, list(subjects), organisations)
    if svg:
        from whocut.routes.plots.charts import outcome_chart

        write_svg(svg, outcome_chart(outcome), output)
    if output.form == "json":
        write_json({"outcome": outcome, "organisations": _names(outcome, organisations)})
    elif output.form == "table":
        from whocut.cli.routes_whatif_screen import print_outcome

        print_outcome(outcome, organisations)
    else:
        columns = (*COLUMNS[of], *_META)
        write_rows(_rows(outcome, of), columns, output.form)
    return 0


def _list(output: Output) -> int:
    from whocut.routes.whatif.scenario import load_scenarios

    columns = ("id", "country", "steps", "title", "source")
    rows = [
        {
            "id": each.id,
            "country": each.country,
            "steps": len(each.step),
            "title": each.title,
            "source": each.source,
        }
        for each in load_scenarios().values()
    ]
    write_rows(rows, columns, output.form)
    return 0


def _asked(
    country: str | None,
    stop: Sequence[str] | None,
    mode: _Mode,
    gateway: str,
    scenario: str | None,
    *,
    is_closing: bool,
) -> "Scenario":
    """Read what is asked as a scenario."""
    from msgspec.structs import replace

    from whocut.routes.whatif.scenario import HYPOTHETICAL, Scenario

    if scenario is not None:
        if stop or is_closing or gateway:
            raise UsageError(
                "--scenario brings its own steps: no --stop, --close-border, --gateway"
            )
        named = _scenario(scenario)
        return replace(named, country=_country(country)) if country else named
    if country is None:
        raise UsageError("a country, as in: whocut routes whatif RU --stop 174,3356")
    steps = [_stop_step(text, mode) for text in stop or ()]
    if is_closing:
        steps.append(_border_step(gateway))
    elif gateway:
        raise UsageError("--gateway goes with --close-border")
    if not steps:
        raise UsageError("nobody stops: name --stop, --close-border or --scenario (--list)")
    return Scenario(
        id="asked",
        title="As asked on the command line",
        country=_country(country),
        source=HYPOTHETICAL,
        step=tuple(steps),
    )


def _scenario(name: str) -> "Scenario":
    from whocut.routes.whatif.scenario import read_scenario, shipped_scenario

    path = Path(name)
    return read_scenario(path) if path.suffix == ".toml" else shipped_scenario(name)


def _country(text: str) -> str:
    if not re.fullmatch("[A-Za-z]{2}", text):
        raise UsageError(f"{text}: not a country of two letters")
    return text.upper()


def _stop_step(text: str, mode: _Mode) -> "Step":
    from whocut.routes.whatif.scenario import Group, Mode, Step

    asns, organisations, jurisdictions, groups = [], [], [], []
    for item in filter(None, (each.strip() for each in text.split(","))):
        if item in _GROUPS:
            groups.append(Group(item))
        elif re.fullmatch("[A-Z]{2}", item):
            jurisdictions.append(item)
        elif item.startswith("org:"):
            organisations.append(asked_asn(item.removeprefix("org:")))
        else:
            asns.append(asked_asn(item))
    if not (asns or organisations or jurisdictions or groups):
        raise UsageError(f"--stop {text}: nobody is named")
    return Step(
        title=text,
        mode=Mode(mode),
        asns=tuple(asns),
        organisations=tuple(organisations),
        jurisdictions=tuple(jurisdictions),
        groups=tuple(groups),
    )


def _border_step(gateway: str) -> "Step":
    from whocut.routes.whatif.scenario import Mode, Step

    gateways = tuple(asked_asn(each) for each in gateway.split(",") if each.strip())
    title = f"all foreign links but those of {gateway}" if gateways else "all foreign links"
    return Step(title=title, mode=Mode.CLOSE_BORDER, gateways=gateways)


def _subjects(
    country: str, files: "MapFiles", users: Path | None, *, with_months: bool
) -> "Iterator[Subject]":
    """Look at the country in the links that agree, then in those of each month alone."""
    import numpy as np

    from whocut.routes.map_file import load_topology, load_weights
    from whocut.routes.whatif.subject import make_subject

    cache = map_cache()
    weights = load_weights(files.weights, cache) if files.weights else None
    if users is not None and not users.is_file():
        raise UsageError(f"--users {users}: no such file")
    held = load_weights(users, cache) if users else None
    unit = "addresses" if weights else "networks"
    alone = [(path,) for path in files.links] if with_months and len(files.links) > 1 else []
    for links in (files.links, *alone):
        topology = load_topology(links, files.organisations, cache)
        asns = topology.asns
        addresses = weights.align(asns) if weights else np.ones(len(asns))
        yield make_subject(
            topology, country, addresses, held.align(asns) if held else None, unit=unit
        )


def _names(outcome: "Outcome", organisations: "Organisations") -> dict[str, str]:
    """Name the holders of the ASes in an outcome."""
    named = {each.asn for step in outcome.steps for each in step.carriers}
    named |= {each.asn for step in outcome.steps for each in step.networks}
    return {str(asn): organisations.name_of(asn) for asn in sorted(named)}


def _rows(outcome: "Outcome", of: _Of) -> Iterator[dict[str, Any]]:
    meta = {
        "country": outcome.country,
        "scenario": outcome.scenario.id,
        "months": list(outcome.months),
        "ties": outcome.ties,
        "paths": outcome.paths,
        "caveat": outcome.caveat,
        "inputs_sha256": outcome.inputs_sha256,
    }
    for step in outcome.steps:
        begun = {**meta, "step": step.step}
        if of == "steps":
            yield begun | {
                "title": step.title,
                "mode": step.mode.value if step.mode else None,
                "actors": step.actors,
                "reachable": step.reachable,
                "nothing_networks": step.nothing.networks,
                "nothing_addresses": step.nothing.addresses,
                "nothing_users": step.nothing.users,
                "under_half_networks": step.under_half.networks,
                "under_half_addresses": step.under_half.addresses,
                "under_half_users": step.under_half.users,
                "hops_before": step.lengths.before if step.lengths else None,
                "hops_after": step.lengths.after if step.lengths else None,
                "reachable_low": step.reachable_low,
                "reachable_high": step.reachable_high,
            }
        elif of == "regions":
            for region in step.regions:
                yield begun | {
                    "region": region.region,
                    "title": region.title,
                    "addresses": region.addresses,
                    "before": region.before,
                    "after": region.after,
                }
        elif of == "carriers":
            for one in step.carriers:
                yield begun | {
                    "asn": one.asn,
                    "at": one.country or None,
                    "before": one.before,
                    "after": one.after,
                }
        else:
            for network in step.networks:
                yield begun | {
                    "asn": network.asn,
                    "addresses": network.addresses,
                    "before": network.before,
                    "after": network.after,
                }
