"""What a step takes out: actors found, acts added up, and masks made of them; nothing rebuilt."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from whocut.model.errors import UsageError
from whocut.routes.mask import Mask, no_mask
from whocut.routes.topology import Topology
from whocut.routes.whatif.scenario import Group, Mode, Step
from whocut.routes.whatif.subject import Subject

__all__ = ["Cut", "Holders", "Variant", "add_step", "no_cut", "variants_of"]

_Bools = NDArray[np.bool_]
_Floats = NDArray[np.float64]


class Holders(Protocol):
    """What is read of the organisations."""

    def siblings(self, asn: int) -> tuple[int, ...]:
        """List the AS numbers of one holder."""


@dataclass(frozen=True, eq=False)
class Cut:
    """All that has been stopped so far; flags of the ASes of the topology."""

    stops: _Bools
    cuts: _Bools
    carries_nothing: _Bools
    closed: bool
    gateways: _Bools
    domestic: tuple[int, ...]
    """Networks of the country itself that a holder, state or group brings in; they do not act."""
    unknown: tuple[int, ...]
    """AS numbers named that have no link in the topology."""

    @property
    def actors(self) -> _Bools:
        """Say who has acted, in whatever mode."""
        return self.stops | self.cuts | self.carries_nothing


def no_cut(subject: Subject) -> Cut:
    """Begin with nothing stopped."""
    nobody = np.zeros(len(subject.topology.asns), np.bool_)
    return Cut(nobody, nobody, nobody, False, nobody, (), ())


def add_step(subject: Subject, cut: Cut, step: Step, holders: Holders | None = None) -> Cut:
    """Add a step to what has been stopped before.

    A network of the country acts only where its own number is named: holders, states and groups
    act from abroad.
    Raises: UsageError if the step names organisations and none are known, or nobody that can act.
    """
    if step.mode is Mode.CLOSE_BORDER:
        return _closed(subject, cut, step)
    named, unknown = _named(subject, step, holders)
    acting = named & (~subject.is_home | _flags(subject.topology, step.asns)[0])
    domestic = named & ~acting
    if domestic.any() and not acting.any():
        raise UsageError(
            f"{step.title}: all of these are registered in {subject.country}, and holders, states "
            "and groups act from abroad; name AS numbers, or see --close-border"
        )
    if not acting.any():
        raise UsageError(f"{step.title}: none of these has a link in {subject.topology.source}")
    cut = replace(
        cut,
        domestic=_joined(cut.domestic, subject.topology.asns[domestic].tolist()),
        unknown=_joined(cut.unknown, unknown),
    )
    if step.mode is Mode.STOP_CUSTOMERS:
        return replace(cut, stops=cut.stops | acting)
    if step.mode is Mode.CUT_LINKS:
        return replace(cut, cuts=cut.cuts | acting)
    return replace(cut, carries_nothing=cut.carries_nothing | acting)


def _joined(before: tuple[int, ...], more: Iterable[int]) -> tuple[int, ...]:
    return tuple(sorted({*before, *more}))


def _closed(subject: Subject, cut: Cut, step: Step) -> Cut:
    gateways, unknown = _flags(subject.topology, step.gateways)
    foreign = gateways & ~subject.is_home
    if foreign.any():
        asn = int(subject.topology.asns[foreign][0])
        raise UsageError(f"AS{asn} is no network of {subject.country}: it cannot be its gateway")
    if cut.closed:
        gateways = gateways & cut.gateways
    return replace(cut, closed=True, gateways=gateways, unknown=_joined(cut.unknown, unknown))


def _named(subject: Subject, step: Step, holders: Holders | None) -> tuple[_Bools, tuple[int, ...]]:
    topology = subject.topology
    asns = list(step.asns)
    for asn in step.organisations:
        if holders is None:
            raise UsageError("organisations are named, and no organisations were read")
        asns += {asn, *holders.siblings(asn)}
    named, missing = _flags(topology, asns)
    unknown = tuple(asn for asn in missing if asn in (*step.asns, *step.organisations))
    for code in step.jurisdictions:
        named |= topology.in_country(code)
    for group in step.groups:
        named |= _group(subject, group)
    return named, unknown


def _flags(topology: Topology, asns: Iterable[int]) -> tuple[_Bools, tuple[int, ...]]:
    wanted = np.array(sorted(set(asns)), np.uint32)
    is_known = np.isin(wanted, topology.asns)
    flags = np.isin(topology.asns, wanted)
    return flags, tuple(int(asn) for asn in wanted[~is_known])


def _group(subject: Subject, group: Group) -> _Bools:
    topology = subject.topology
    if group is Group.CLIQUE:
        if not topology.clique:
            raise UsageError(f"{topology.source} names no clique")
        return _flags(topology, topology.clique)[0]
    sales = subject.sales
    classes = np.zeros(topology.class_count, np.bool_)
    classes[sales.foreign[sales.is_sold_from_abroad]] = True
    if group is Group.FOREIGN_NEIGHBOURS:
        classes[sales.foreign] = True
        classes[subject.peerings.foreign] = True
    found: _Bools = classes[topology.class_of]
    return found


@dataclass(frozen=True, eq=False)
class Variant:
    """One evaluation: who is asked about, whom they may reach, and what is masked.

    A class of stubs may hold ASes that act beside ASes that do not. Stubs carry nobody, so each
    kind can be asked about by itself, with the links of its class masked or not; sums are exact.
    """

    mask: Mask
    home: _Bools
    """Of each AS: asked about."""
    sources: _Floats
    """Addresses of each class that may be reached."""


def variants_of(subject: Subject, cut: Cut) -> list[Variant]:
    """Turn what has been stopped into evaluations, mostly one, whose sums are the answer."""
    topology = subject.topology
    reachable = ~subject.is_home & ~cut.carries_nothing
    cuts_all, cuts_some = _shares(topology, cut.cuts)
    odd_cuts = reachable & cut.cuts & cuts_some[topology.class_of]
    variants = []
    for gates, inner, home in _home_parts(subject, cut):
        for cuts, asked in (
            (cuts_all, reachable & ~odd_cuts),
            (cuts_all | cuts_some, odd_cuts),
        ):
            if home.any() and (asked.any() or cuts is cuts_all):
                sources = topology.class_sums(np.where(asked, subject.addresses, 0.0))
                mask = _mask(subject, cut, _Off(cuts, inner, gates))
                variants.append(Variant(mask, home, sources))
    return variants


def _home_parts(subject: Subject, cut: Cut) -> Iterator[tuple[_Bools, _Bools, _Bools]]:
    """Part the country's networks by what their classes do: gateways, those that cut, who asks."""
    topology = subject.topology
    home = subject.is_home & ~cut.carries_nothing
    gates_all, gates_some = _shares(topology, cut.gateways)
    cuts_all, cuts_some = _shares(topology, cut.cuts)
    odd_gates = cut.gateways & gates_some[topology.class_of]
    odd_cuts = cut.cuts & cuts_some[topology.class_of]
    for gates, at_gate in ((gates_all, ~odd_gates), (gates_all | gates_some, odd_gates)):
        for cuts, at_cut in ((cuts_all, ~odd_cuts), (cuts_all | cuts_some, odd_cuts)):
            yield gates, cuts, home & at_gate & at_cut


def _shares(topology: Topology, flags: _Bools) -> tuple[_Bools, _Bools]:
    """Say of each class whether all of its ASes are flagged, and whether only some are."""
    count = np.bincount(topology.class_of[flags], minlength=topology.class_count)
    is_all = count == topology.member_count
    return is_all, (count > 0) & ~is_all


@dataclass(frozen=True, eq=False)
class _Off:
    """Classes whose links are masked in one evaluation."""

    cuts: _Bools
    """Foreign ones that cut their links with the country."""
    inner: _Bools
    """Ones of the country that do, with the others of it."""
    gates: _Bools
    """Ones of the country whose foreign links stay when the border closes."""


def _mask(subject: Subject, cut: Cut, off: _Off) -> Mask:
    topology = subject.topology
    mask = no_mask(topology)
    # Whoever sells is of the core, and a class of the core is one AS.
    stops = _shares(topology, cut.stops)[0]
    for links, flags in ((subject.sales, mask.up_off), (subject.peerings, mask.peer_off)):
        is_off = off.cuts[links.foreign] | (links.is_sold_from_abroad & stops[links.foreign])
        if cut.closed:
            is_off |= ~off.gates[links.home]
        flags[links.place[is_off]] = 1
    if (cut.actors & subject.is_home).any():
        sales, peerings = subject.inner_sales, subject.inner_peerings
        is_off = off.inner[sales.first] | off.inner[sales.second] | stops[sales.second]
        mask.up_off[sales.place[is_off]] = 1
        is_off = off.inner[peerings.first] | off.inner[peerings.second]
        mask.peer_off[peerings.place[is_off]] = 1
    mask.peer_off[topology.peer_twin] |= mask.peer_off
    carriers = _shares(topology, cut.carries_nothing)[0]
    carriers[: topology.n_stub] = False  # stubs carry nobody; their weight is taken out instead
    mask.node_off[carriers] = 1
    return mask
