"""On whom a country depends, under every rule for ties and months, from simulated paths."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from whocut.ingest.topology import Organisations, Weights
from whocut.model.errors import UsageError
from whocut.routes.dependency.answer import (
    ANSWER_VERSION,
    COUNTED,
    Band,
    Carrier,
    CountryDependency,
    Domestic,
    Entry,
    Group,
    Rules,
)
from whocut.routes.dependency.cones import domestic_cover
from whocut.routes.dependency.flows import Flows, Target, measure_rules
from whocut.routes.dependency.partial import SHARES, partial_influence
from whocut.routes.dependency.trim import concentration, count_holding
from whocut.routes.dependency.viewpoints import draw_viewpoints
from whocut.routes.kernels import Ties
from whocut.routes.topology import Topology

__all__ = ["MOST_OF_IT", "Question", "Variant", "country_dependency", "target_of"]

MOST_OF_IT: Final = 0.9
"""Part of a country's addresses that points of control hold (Berkman Center, 2011)."""
_LOCATED: Final = "share of the addresses in "
"""How the unit of a country's origins by location begins (ingest.topology.CountryOrigins)."""
_LEAST: Final = 0.0005
"""A network under this in every measure is not listed."""
_Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Variant:
    """One rule for ties on one month or consensus."""

    topology: Topology
    ties: Ties

    @property
    def rules(self) -> Rules:
        """Name the rule."""
        return Rules(self.topology.months, self.ties)


@dataclass(frozen=True, eq=False)
class Question:
    """What is asked, whatever the rule."""

    country: str
    organisations: Organisations
    weights: Weights | None
    """Without, every network counts 1."""
    users: Weights | None = None
    """For the mean over networks; without, each counts 1."""
    viewpoints: tuple[int, ...] = ()
    """Without, networks abroad are drawn by weight."""
    serial: int = 2
    notes: tuple[str, ...] = ()

    @property
    def is_located(self) -> bool:
        """Say whether weights are the origins of this country by location, whoever they are."""
        return self.weights is not None and self.weights.unit == f"{_LOCATED}{self.country}"


def target_of(topology: Topology, question: Question) -> Target:
    """Weigh the networks registered in the country; by location, those whose addresses lie there.

    Raises: UsageError if none of them has a link and a weight.
    """
    if question.weights is not None and not question.is_located:
        _check_located(question.weights, question.country)
    is_home = topology.in_country(question.country)
    if not is_home.any():
        raise UsageError(
            f"no network registered in {question.country} has a link in {topology.source}"
        )
    weights = _weights(topology, question.weights)
    if not question.is_located:
        weights = np.where(is_home, weights, 0.0)
    if not weights.any():
        raise UsageError(f"no network registered in {question.country} has a weight")
    return Target(weights, np.where(weights > 0, _weights(topology, question.users), 0.0), is_home)


def _check_located(weights: Weights, country: str) -> None:
    """Refuse the origins of one country by location as weights of another.

    Raises: UsageError if they are of another.
    """
    if weights.unit.startswith(_LOCATED):
        raise UsageError(f"{weights.source} holds {weights.unit}, not in {country}")


def _weights(topology: Topology, weights: Weights | None) -> _Floats:
    return np.ones(len(topology.asns)) if weights is None else weights.align(topology.asns)


def country_dependency(
    question: Question,
    variants: Sequence[Variant],
    *,
    workers: int = 2,
    advance: Callable[[int], None] = lambda _: None,
) -> CountryDependency:
    """Measure a country under the first variant; the others give the bands.

    ``advance`` is told how many variants are done.
    Raises: UsageError if nobody of the country is there, or no viewpoint reaches it.
    """
    topology = variants[0].topology
    target = target_of(topology, question)
    viewpoints = question.viewpoints or draw_viewpoints(
        topology,
        _weights(topology, None if question.is_located else question.weights),
        target.is_home,
    )
    found: list[_Measured] = []
    for map_, ties in _by_map(variants):
        own = target_of(map_, question)
        for flows in measure_rules(map_, own, viewpoints, ties, workers=workers):
            found.append(_Measured.of(flows, question))
            advance(len(found))
    # All peerings are the first variant's own; only the other shares are measured anew.
    partial = partial_influence(
        topology, target, viewpoints, ties=variants[0].ties, shares=SHARES[:-1], workers=workers
    )
    return _answer(question, variants, found, target, partial)


def _by_map(variants: Sequence[Variant]) -> list[tuple[Topology, list[Ties]]]:
    """Put together variants of one map that follow each other: they share its routes."""
    found: list[tuple[Topology, list[Ties]]] = []
    for each in variants:
        if not found or found[-1][0] is not each.topology:
            found.append((each.topology, []))
        found[-1][1].append(each.ties)
    return found


@dataclass(frozen=True, eq=False)
class _Measured:
    """Figures of one variant, by AS number, holder or country."""

    flows: Flows
    measures: dict[str, _Floats]
    """Of each AS of the flows, in their order."""
    gates: dict[int, float]
    organisations: dict[str, float]
    jurisdictions: dict[str, float]
    entries: dict[int, float]

    @classmethod
    def of(cls, flows: Flows, question: Question) -> "_Measured":
        shares = flows.gates.mean(axis=1)
        gates = _by_asn(flows.asns, shares)
        known = question.organisations
        return cls(
            flows=flows,
            measures={
                "gate": shares,
                "carried": flows.carried.mean(axis=1),
                "hegemony": flows.hegemony(),
                "country_hegemony": flows.local,
                "influence": flows.influence(),
            },
            gates=gates,
            organisations=_grouped(gates, lambda asn: _holder(known, asn)),
            jurisdictions=_grouped(gates, known.country_of),
            entries=_by_asn(flows.entry_asns, flows.entries.mean(axis=1)),
        )


def _by_asn(asns: NDArray[np.uint32], values: _Floats) -> dict[int, float]:
    """Name those that have a part."""
    held = np.flatnonzero(values)
    return dict(zip(asns[held].tolist(), values[held].tolist(), strict=True))


def _holder(known: Organisations, asn: int) -> str:
    """Name who holds an AS; one whose holder is not known stands for itself."""
    return known.org_of(asn) or f"AS{asn}"


def _grouped(shares: Mapping[int, float], group_of: Callable[[int], str]) -> dict[str, float]:
    sums: dict[str, float] = {}
    for asn, share in shares.items():
        group = group_of(asn)
        sums[group] = sums.get(group, 0.0) + share
    return sums


def _band(values: Sequence[float]) -> Band:
    return Band(values[0], min(values), max(values))


def _answer(
    question: Question,
    variants: Sequence[Variant],
    found: Sequence[_Measured],
    target: Target,
    partial: Mapping[int, Sequence[float]],
) -> CountryDependency:
    def over(figure: Callable[[_Measured], float]) -> Band:
        return _band([figure(each) for each in found])

    def spread(figure: Callable[[_Measured], Mapping[int, float]]) -> Band:
        return over(lambda each: concentration(np.array(list(figure(each).values()))))

    first = found[0].flows
    return CountryDependency(
        country=question.country,
        rules=variants[0].rules,
        others=tuple(variant.rules for variant in variants[1:]),
        serial=question.serial,
        unit=question.weights.unit if question.weights else COUNTED,
        origin_unit=question.users.unit if question.users else COUNTED,
        viewpoints=first.viewpoints,
        viewpoint_rule="as given" if question.viewpoints else "networks abroad drawn by weight",
        unheard=first.unheard,
        reached=over(lambda each: float(each.flows.reached.mean())),
        direct=over(lambda each: float(each.flows.direct.mean())),
        concentration=spread(lambda each: each.gates),
        organisation_concentration=over(
            lambda each: concentration(np.array(list(each.organisations.values())))
        ),
        jurisdiction_concentration=over(
            lambda each: concentration(np.array(list(each.jurisdictions.values())))
        ),
        entry_concentration=spread(lambda each: each.entries),
        control_points=over(
            lambda each: count_holding(np.array(list(each.entries.values())), MOST_OF_IT)
        ),
        domestic=_domestic(variants[0].topology, question, target),
        carriers=_carriers(question, found, partial),
        organisations=_groups(question.organisations, found, by_place=False),
        jurisdictions=_groups(question.organisations, found, by_place=True),
        entries=_entries(question.organisations, found),
        notes=question.notes,
        inputs_sha256=_digest(question, variants, first.viewpoints),
    )


class _Bands(NamedTuple):
    """A measure of many networks at once."""

    value: _Floats
    low: _Floats
    high: _Floats

    @classmethod
    def over(cls, table: _Floats) -> "_Bands":
        """Take the first row; the band is over all."""
        return cls(table[0], table.min(axis=0), table.max(axis=0))


def _table(asns: NDArray[np.uint32], found: Sequence[_Measured], name: str) -> _Floats:
    """Give a measure under each variant; 0 for those that carry nothing there."""
    table = np.zeros((len(found), len(asns)))
    for row, each in zip(table, found, strict=True):
        row[np.searchsorted(asns, each.flows.asns)] = each.measures[name]
    return table


def _influence_bands(
    asns: NDArray[np.uint32], all_peers: _Floats, partial: Mapping[int, Sequence[float]]
) -> _Bands:
    """Take the mean over shares of peerings; the band is over these and the other rules."""
    shares = np.zeros((len(SHARES), len(asns)))
    if partial:
        places = np.searchsorted(asns, np.fromiter(partial, np.uint32, len(partial)))
        shares[:-1, places] = np.array(list(partial.values())).T
    shares[-1] = all_peers[0]
    values = np.vstack((shares, all_peers))
    return _Bands(shares.sum(axis=0) / len(shares), values.min(axis=0), values.max(axis=0))


def _carriers(
    question: Question, found: Sequence[_Measured], partial: Mapping[int, Sequence[float]]
) -> tuple[Carrier, ...]:
    known = question.organisations
    met = [each.flows.asns for each in found]
    asns = np.unique(np.concatenate([*met, np.fromiter(partial, np.uint32, len(partial))]))
    bands = {name: _Bands.over(_table(asns, found, name)) for name in found[0].measures}
    bands["influence"] = _influence_bands(asns, _table(asns, found, "influence"), partial)
    highest = np.max([each.high for each in bands.values()], axis=0)
    carriers = []
    for at in np.flatnonzero(highest >= _LEAST).tolist():
        asn = int(asns[at])
        place = known.country_of(asn)
        carriers.append(
            Carrier(
                asn=asn,
                name=known.name_of(asn),
                organisation=known.org_of(asn) or "",
                registered_in=place,
                is_domestic=place == question.country,
                **{name: Band(*(float(part[at]) for part in each)) for name, each in bands.items()},
            )
        )
    carriers.sort(key=lambda one: (-one.gate.value, -one.carried.value, one.asn))
    return tuple(carriers)


def _groups(
    known: Organisations, found: Sequence[_Measured], *, by_place: bool
) -> tuple[Group, ...]:
    sums = [each.jurisdictions if by_place else each.organisations for each in found]
    members: dict[str, set[int]] = {}
    for asn in dict.fromkeys(asn for each in found for asn in each.gates):
        group = known.country_of(asn) if by_place else _holder(known, asn)
        members.setdefault(group, set()).add(asn)
    groups = []
    for identity, asns in members.items():
        band = _band([each.get(identity, 0.0) for each in sums])
        if band.high >= _LEAST:
            one = min(asns)
            name = identity if by_place else known.name_of(one) or f"AS{one}"
            place = identity if by_place else known.country_of(one)
            groups.append(Group(name, place, tuple(sorted(asns)), band))
    return tuple(sorted(groups, key=lambda group: (-group.gate.value, group.name)))


def _entries(known: Organisations, found: Sequence[_Measured]) -> tuple[Entry, ...]:
    asns = {asn for each in found for asn in each.entries}
    entries = [
        Entry(asn, known.name_of(asn), _band([each.entries.get(asn, 0.0) for each in found]))
        for asn in asns
    ]
    kept = [entry for entry in entries if entry.share.high >= _LEAST]
    return tuple(sorted(kept, key=lambda entry: (-entry.share.value, entry.asn)))


def _domestic(topology: Topology, question: Question, target: Target) -> Domestic:
    weights = target.weights
    held = np.flatnonzero(weights > 0)
    by_holder: dict[str, float] = {}
    for place in held.tolist():
        holder = _holder(question.organisations, int(topology.asns[place]))
        by_holder[holder] = by_holder.get(holder, 0.0) + float(weights[place])
    sums = np.array(list(by_holder.values()))
    return Domestic(
        networks=len(held),
        weight=float(weights.sum()),
        holders_of_90=count_holding(weights, MOST_OF_IT),
        organisations_of_90=count_holding(sums, MOST_OF_IT),
        cone_cover=domestic_cover(topology, target.is_home, weights, MOST_OF_IT),
        concentration=concentration(sums),
    )


def _digest(question: Question, variants: Sequence[Variant], viewpoints: tuple[int, ...]) -> str:
    said = [
        f"{ANSWER_VERSION} {question.country} {question.organisations.sha256}",
        *(each.sha256 if each else "1" for each in (question.weights, question.users)),
        *(f"{each.topology.key} {each.ties}" for each in variants),
        " ".join(map(str, viewpoints)),
    ]
    return hashlib.sha256("\n".join(said).encode()).hexdigest()
