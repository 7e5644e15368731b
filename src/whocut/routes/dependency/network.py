"""One network: its neighbours, its customer cone, and on whom it depends itself."""

import hashlib
from collections.abc import Sequence
from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from whocut.ingest.topology import Organisations, Weights
from whocut.routes.dependency.answer import CAVEAT, COUNTED, Band, Rules
from whocut.routes.dependency.cones import cone_of
from whocut.routes.dependency.country import Variant
from whocut.routes.dependency.flows import Target, measure_flows
from whocut.routes.dependency.viewpoints import draw_viewpoints
from whocut.routes.topology import Topology

__all__ = ["Cone", "Network", "Upstream", "network_dependency"]

_LEAST: Final = 0.0005
_CONE: Final = "recursive"
"""Provider/peer observed cones need paths; a list of relations gives the recursive one only."""


class Cone(Struct, frozen=True):
    """Customers, theirs, and so on; the network itself among them."""

    networks: int
    weight: float
    share: float
    """Of the weight of all networks."""
    countries: tuple[tuple[str, int, float], ...]
    """Place of registration, networks, weight; the most first."""
    kind: str = _CONE


class Upstream(Struct, frozen=True):
    """A network on the way to this one."""

    asn: int
    name: str
    registered_in: str
    hegemony: Band
    """AS hegemony towards it: trimmed mean over viewpoints of the share of paths."""
    carried: Band
    last: Band
    """Share of paths on which it is the last before the network."""


class Network(Struct, frozen=True, kw_only=True):
    """What is known of one network from links and simulated paths."""

    asn: int
    name: str
    organisation: str
    registered_in: str
    siblings: tuple[int, ...]
    providers: tuple[int, ...]
    peers: tuple[int, ...]
    customers: tuple[int, ...]
    cone: Cone
    upstreams: tuple[Upstream, ...]
    reached: Band
    viewpoints: tuple[int, ...]
    unit: str
    rules: Rules
    others: tuple[Rules, ...]
    paths: str = "simulated"
    caveat: str = CAVEAT
    inputs_sha256: str


def network_dependency(
    asn: int,
    organisations: Organisations,
    weights: Weights | None,
    variants: Sequence[Variant],
    viewpoints: tuple[int, ...] = (),
) -> Network:
    """Measure one network under the first variant; the others give the bands.

    Raises: UsageError if it has no link.
    """
    topology = variants[0].topology
    place = topology.index_of(asn)
    everyone = _weigh(topology, weights)
    itself = np.zeros(len(topology.asns), np.bool_)
    itself[place] = True
    seen = viewpoints or draw_viewpoints(topology, everyone, itself)
    tables: list[dict[str, dict[int, float]]] = []
    reached: list[float] = []
    heard: tuple[int, ...] = ()
    for variant in variants:
        own = np.equal(variant.topology.asns, asn)
        if not own.any():
            continue
        flows = measure_flows(
            variant.topology, Target(own * 1.0, own * 1.0, own), seen, ties=variant.ties
        )
        heard = heard or flows.viewpoints
        reached.append(float((flows.reached).sum()) / len(flows.viewpoints + flows.unheard))
        columns = {
            "hegemony": flows.hegemony(),
            "carried": flows.carried.mean(axis=1),
            "last": flows.gates.mean(axis=1),
        }
        tables.append(
            {
                name: dict(zip(flows.asns.tolist(), values.tolist(), strict=True))
                for name, values in columns.items()
            }
        )
    neighbours = _neighbours(topology, asn)
    said = [str(asn), organisations.sha256, weights.sha256 if weights else "1"]
    said += [f"{each.topology.key} {each.ties}" for each in variants]
    return Network(
        asn=asn,
        name=organisations.name_of(asn),
        organisation=organisations.org_of(asn) or "",
        registered_in=organisations.country_of(asn),
        siblings=organisations.siblings(asn),
        providers=neighbours[0],
        peers=neighbours[1],
        customers=neighbours[2],
        cone=_cone(topology, asn, everyone),
        upstreams=_upstreams(tables, organisations),
        reached=Band(reached[0], min(reached), max(reached)),
        viewpoints=heard,
        unit=weights.unit if weights else COUNTED,
        rules=variants[0].rules,
        others=tuple(each.rules for each in variants[1:]),
        inputs_sha256=hashlib.sha256("\n".join([*said, *map(str, heard)]).encode()).hexdigest(),
    )


def _weigh(topology: Topology, weights: Weights | None) -> NDArray[np.float64]:
    return np.ones(len(topology.asns)) if weights is None else weights.align(topology.asns)


def _neighbours(
    topology: Topology, asn: int
) -> tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]:
    """List providers, peers and customers by AS number; what a class is linked to, all of it is."""
    at = topology.class_index(asn)
    rows = (
        topology.up[topology.up_start[at] : topology.up_start[at + 1]],
        topology.peer[topology.peer_start[at] : topology.peer_start[at + 1]],
        topology.down[topology.down_start[at] : topology.down_start[at + 1]],
    )
    first, second, third = (
        tuple(sorted(int(topology.asns[each]) for at in row for each in _members(topology, at)))
        for row in rows
    )
    return first, second, third


def _members(topology: Topology, at: int) -> NDArray[np.int32]:
    return topology.members[topology.member_start[at] : topology.member_start[at + 1]]


def _cone(topology: Topology, asn: int, weights: NDArray[np.float64]) -> Cone:
    places = cone_of(topology, asn)
    whole = float(weights.sum())
    held = float(weights[places].sum())
    by_country: dict[str, list[float]] = {}
    for place in places.tolist():
        counts = by_country.setdefault(topology.countries[topology.country[place]], [0.0, 0.0])
        counts[0] += 1
        counts[1] += float(weights[place])
    rows = sorted(
        ((code, int(count), weight) for code, (count, weight) in by_country.items()),
        key=lambda row: (-row[2], -row[1], row[0]),
    )
    return Cone(len(places), held, held / whole if whole else 0.0, tuple(rows))


def _upstreams(
    tables: Sequence[dict[str, dict[int, float]]], organisations: Organisations
) -> tuple[Upstream, ...]:
    asns = {asn for table in tables for values in table.values() for asn in values}
    found = []
    for asn in asns:
        bands = {}
        for name in ("hegemony", "carried", "last"):
            values = [table[name].get(asn, 0.0) for table in tables]
            bands[name] = Band(values[0], min(values), max(values))
        if max(band.high for band in bands.values()) >= _LEAST:
            found.append(
                Upstream(asn, organisations.name_of(asn), organisations.country_of(asn), **bands)
            )
    return tuple(sorted(found, key=lambda one: (-one.carried.value, one.asn)))
