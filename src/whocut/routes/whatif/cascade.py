"""Carry many what-ifs of one country through: every set of its carriers, the top, and states."""

from collections.abc import Iterable, Sequence
from itertools import chain, combinations
from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from whocut.model.errors import UsageError
from whocut.routes.cascades import CLIQUE, LETTERS, MODES, Cascade, letters_of, state_set
from whocut.routes.whatif.cut import Cut, add_step, no_cut
from whocut.routes.whatif.reach import Reach, carried, mean_lengths, reach_of
from whocut.routes.whatif.scenario import Group, Mode, Step
from whocut.routes.whatif.subject import Subject

__all__ = ["Leavers", "Standing", "carry_through", "leavers_of"]

_Floats = NDArray[np.float64]
_DIGITS: Final = 4


class Leavers(Struct, frozen=True):
    """One set of networks that leave."""

    name: str
    """As in the table: letters, ``@clique``, or ``@`` and a state."""
    asns: tuple[int, ...] = ()
    groups: tuple[Group, ...] = ()
    jurisdictions: tuple[str, ...] = ()

    def step(self, mode: Mode) -> Step:
        """Make a step of it."""
        return Step(
            title=self.name,
            mode=mode,
            asns=self.asns,
            groups=self.groups,
            jurisdictions=self.jurisdictions,
        )


class Standing(Struct, frozen=True):
    """How the country stands while nobody has left."""

    pairs: float
    isolated: int
    addresses: float
    under_half: float
    hops: float | None
    top: int | None
    top_share: float
    shares: dict[int, float]
    """What those carry now whose share grows most in one of the what-ifs."""


def leavers_of(carriers: Sequence[int], states: Sequence[str]) -> list[Leavers]:
    """List every set of the carriers, the top, and each of the states."""
    if len(carriers) > len(LETTERS):
        raise UsageError(f"{len(carriers)} carriers: sets are made of {len(LETTERS)} at most")
    found = [
        Leavers(letters_of(carriers, chosen), chosen)
        for size in range(1, len(carriers) + 1)
        for chosen in combinations(carriers, size)
    ]
    found.append(Leavers(CLIQUE, groups=(Group.CLIQUE,)))
    return found + [Leavers(state_set(code), jurisdictions=(code,)) for code in states]


class _Before:
    """The country with nothing cut; what all sets are held against."""

    def __init__(self, subject: Subject, workers: int) -> None:
        nothing = no_cut(subject)
        self.subject = subject
        self.workers = workers
        self.reach = reach_of(subject, nothing, workers=workers)
        self.carried = carried(subject, nothing)

    def greatest(self, shares: _Floats) -> int | None:
        """Place of the greatest share among foreign classes; of equal ones the lowest AS number."""
        rounded = np.round(np.where(self.subject.is_home_class, 0.0, shares), _DIGITS)
        most = rounded.max(initial=0.0)
        if not most > 0:
            return None
        places = np.flatnonzero(rounded == most)
        return int(places[np.argmin(self.subject.topology.first_asn[places])])


def _standing(before: _Before, found: Iterable[Cascade]) -> Standing:
    at = before.greatest(before.carried)
    asns = before.subject.topology.first_asn
    share = 0.0 if at is None else float(before.carried[at])
    gainers = sorted({one.gainer for one in found if one.gainer is not None})
    shares = {asn: float(before.carried[asns == asn].max()) for asn in gainers}
    subject, reach = before.subject, before.reach
    lengths = mean_lengths(subject, no_cut(subject), workers=before.workers)
    return Standing(
        pairs=reach.share,
        isolated=int(reach.has_nothing.sum()),
        addresses=_held(reach, reach.has_nothing),
        under_half=_held(reach, reach.has_under_half),
        hops=lengths[1] if lengths else None,
        top=None if at is None else int(asns[at]),
        top_share=share,
        shares=shares,
    )


def _held(reach: Reach, lost: NDArray[np.bool_]) -> float:
    """Share of the country's addresses that some of its networks hold."""
    subject = reach.subject
    return float(subject.addresses[subject.home_asns[lost]].sum()) / subject.home_total


def carry_through(
    subject: Subject, leavers: Sequence[Leavers], *, workers: int = 1
) -> tuple[Standing, list[list[Cascade]]]:
    """Carry every set through in every mode; one whose members have no link is left out."""
    before = _Before(subject, workers)
    found = []
    for each in leavers:
        try:
            cuts = [(mode, add_step(subject, no_cut(subject), each.step(mode))) for mode in MODES]
        except UsageError:
            continue
        found.append([_cascade(before, each.name, mode, cut) for mode, cut in cuts])
    return _standing(before, chain.from_iterable(found)), found


def _cascade(before: _Before, name: str, mode: Mode, cut: Cut) -> Cascade:
    subject = before.subject
    reach = reach_of(subject, cut, workers=before.workers)
    lengths = mean_lengths(subject, cut, workers=before.workers)
    after = carried(subject, cut)
    asns = subject.topology.first_asn
    top = before.greatest(after)
    gains = before.greatest(np.maximum(after - before.carried, 0.0))
    return Cascade(
        country=subject.country,
        leaving=name,
        mode=mode,
        actors=int(cut.actors.sum()),
        pairs=reach.share,
        networks=int(reach.has_nothing.sum()),
        addresses=_held(reach, reach.has_nothing),
        under_half=_held(reach, reach.has_under_half),
        hops_before=lengths[0] if lengths else None,
        hops=lengths[1] if lengths else None,
        top=None if top is None else int(asns[top]),
        top_share=0.0 if top is None else float(after[top]),
        gainer=None if gains is None else int(asns[gains]),
        gainer_share=0.0 if gains is None else float(after[gains]),
    )
