"""What would settle a cell that names no cause: said of these networks, countries and counts."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from msgspec import Struct

from whocut.access.cells import MODEL
from whocut.cli.wording import count_of, network_names
from whocut.model.taxonomy import CUT_OUTCOMES, Outcome

__all__ = ["Around", "concrete_steps", "shortfall_meaning"]

_UNUSABLE: Final = (Outcome.NETWORK_DOWN.value, Outcome.INVALID.value)
_SUNDAY: Final = timedelta(days=6)


class Around(Struct, frozen=True):
    """What is known besides the cell itself."""

    tallies: Sequence[Mapping[str, Any]]
    """Tallies of the cell: its country, target and week."""
    networks: Sequence[Mapping[str, Any]]
    """network_week rows of the country, of the weeks about the cell."""
    elsewhere: Sequence[Mapping[str, Any]]
    """Cells of the target in other countries, of the weeks about the cell."""


def shortfall_meaning(name: str) -> str:
    """Say in a sentence why a cell names no cause; empty where there is nothing to say."""
    return next((one.meaning for one in MODEL.shortfall if one.id == name), "")


def concrete_steps(cell: Mapping[str, Any], around: Around) -> list[str]:
    """Say what to do next about one cell that is short of something, the general step first."""
    name = cell["shortfall"]
    general = [_named(one.next_step, around) for one in MODEL.shortfall if one.id == name]
    own = {
        "few_measurements": _few,
        "one_network": _one_network,
        "vague_pages": _vague,
        "no_contrast": _contrast,
        "by_whom": _by_whom,
        "mixed": _mixed,
        "faults": _faults,
    }.get(name)
    steps = [*general, *(own(cell, around) if own is not None else ())]
    first, last = cell["week"], cell["week"] + _SUNDAY
    steps.append(
        f"See whether the world measured more: whocut fetch ooni --country {cell['probe_cc']} "
        f"--since {first} --until {last}"
    )
    return steps


def _named(step: str, around: Around) -> str:
    """Put the id of a measurement and the number of a network where a step leaves them open."""
    if not around.tallies:
        return step
    row = max(around.tallies, key=lambda row: (row["n"], row["example_uid"]))
    step = step.replace("explain MEASUREMENT", f"explain {row['example_uid']}")
    return step.replace("network ASN", f"network AS{row['probe_asn']}")


def _few(cell: Mapping[str, Any], around: Around) -> list[str]:
    floor = MODEL.floor
    more = max(floor.measurements - cell["n_usable"], 0)
    has = f"{count_of(cell['n_usable'], 'usable measurement')} on " + count_of(
        cell["n_networks"], "network"
    )
    takes = f"an answer takes {floor.measurements} on {floor.networks} networks"
    wanting = f"at least {more} more" if more else "the networks disagree, so more of each"
    return [f"It has {has}; {takes}: {wanting}.", *_other_networks(cell, around)]


def _one_network(cell: Mapping[str, Any], around: Around) -> list[str]:
    only = sorted({row["probe_asn"] for row in around.tallies if row["outcome"] not in _UNUSABLE})
    floor = MODEL.floor
    alone = (
        f"{floor.one_network_measurements} measurements with proof over "
        f"{floor.one_network_days} days would do where a country has no other"
    )
    steps = [f"Only {network_names(only)} was measured; {alone}."] if only else []
    return [*steps, *_other_networks(cell, around)]


def _other_networks(cell: Mapping[str, Any], around: Around) -> list[str]:
    """Name the country's networks that measure, and did not measure this target."""
    here = {row["probe_asn"] for row in around.tallies}
    size: dict[int, int] = {}
    for row in around.networks:
        size[row["probe_asn"]] = size.get(row["probe_asn"], 0) + row["n"]
    others = sorted((asn for asn in size if asn and asn not in here), key=lambda asn: -size[asn])
    if not others:
        return [
            f"No other network of {cell['probe_cc']} has measurements here in these weeks: "
            f"run OONI Probe on another line there, on https://{cell['target']}/."
        ]
    return [
        f"Networks of {cell['probe_cc']} that measured other targets in these weeks: "
        f"{network_names(others)}; ask there for https://{cell['target']}/."
    ]


def _vague(cell: Mapping[str, Any], around: Around) -> list[str]:
    usable = cell["n_usable"]
    vague = [row for row in around.tallies if row["mechanism"].startswith("http.refusal")]
    n = sum(row["n"] for row in vague)
    networks = len({row["probe_asn"] for row in vague})
    floor = MODEL.floor
    steps = [
        f"{n:,} of {count_of(usable, 'usable measurement')} on {count_of(networks, 'network')} "
        f"show such a page; it takes {floor.vague_share:.0%} over {floor.vague_networks} networks."
    ]
    return [*steps, *(_other_networks(cell, around) if networks < floor.vague_networks else ())]


def _contrast(cell: Mapping[str, Any], around: Around) -> list[str]:
    size: dict[str, int] = {}
    for row in around.elsewhere:
        size[row["probe_cc"]] = size.get(row["probe_cc"], 0) + row["n"]
    if not size:
        return [f"No other country has measured {cell['target']} in these weeks."]
    names = sorted(size, key=lambda cc: (-size[cc], cc))[:5]
    listed = ", ".join(f"{cc} (n = {size[cc]:,})" for cc in names)
    return [f"Countries that measured {cell['target']} in the weeks about it: {listed}."]


def _by_whom(cell: Mapping[str, Any], around: Around) -> list[str]:
    kinds = sorted({row["mechanism"] for row in around.tallies if row["outcome"] in CUT_OUTCOMES})
    seen = [f"Seen: {', '.join(kinds[:4])}."] if kinds else []
    if not cell["n_countries"]:
        return [*seen, *_contrast(cell, around)]
    countries = f"{cell['n_countries']:,} other " + (
        "country" if cell["n_countries"] == 1 else "countries"
    )
    served = f"It was mostly served in {cell['n_countries_served']:,} of {countries} that week."
    return [*seen, served]


def _mixed(_cell: Mapping[str, Any], around: Around) -> list[str]:
    cut = {row["probe_asn"] for row in around.tallies if row["outcome"] in CUT_OUTCOMES}
    served = {row["probe_asn"] for row in around.tallies if row["outcome"] == Outcome.SERVED.value}
    both = sorted(cut & served)
    parts = [
        ("cut alone on", sorted(cut - served)),
        ("served alone on", sorted(served - cut)),
        ("both on", both),
    ]
    said = "; ".join(f"{words} {network_names(asns)}" for words, asns in parts if asns)
    return [f"By network: {said}."] if said else []


def _faults(_cell: Mapping[str, Any], around: Around) -> list[str]:
    at_fault = sorted({row["probe_asn"] for row in around.tallies if row["outcome"] in _UNUSABLE})
    days = sorted(
        {day for row in around.networks if row["probe_asn"] in at_fault for day in row["bad_days"]}
    )
    steps = []
    if at_fault:
        steps.append(f"At fault: {network_names(at_fault)}.")
    if days:
        steps.append(
            f"Days on which unrelated targets failed there: {', '.join(map(str, days[:5]))}."
        )
    return steps
