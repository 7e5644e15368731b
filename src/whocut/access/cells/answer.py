"""From probabilities to an answer: what reaches the floors, what falls short, and why."""

from typing import Final

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from whocut.access.cells.emission import Floats
from whocut.access.cells.hypotheses import CAUSES, HYPOTHESES, Hypothesis
from whocut.access.cells.model_data import MODEL
from whocut.access.cells.symbols import places_of
from whocut.model.taxonomy import CUT_CAUSES, Cause, CellAnswer

__all__ = [
    "CUT_SIGNS",
    "PATH_MARKS",
    "REFUSAL_SIGNS",
    "VAGUE_SIGNS",
    "Answers",
    "CellFacts",
    "VagueFacts",
    "answer_cells",
    "speaks_for",
]

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

_REFUSERS: Final = [CAUSES.index(Cause.REFUSED_SERVICE), CAUSES.index(Cause.REFUSED_EDGE)]
_SPEAKS_FOR: Final[dict[Cause, tuple[str, ...]]] = {
    Cause.SERVED: ("served", "served_thin"),
    Cause.REFUSED_SERVICE: ("refused_service", "refused_dns", "refused_soft", "vague"),
    Cause.REFUSED_EDGE: ("refused_edge", "refused_soft", "vague_edge", "vague_cloud"),
    Cause.INTERFERED: ("shown", "soft", "mitm"),
    Cause.TARGET_DOWN: ("down",),
    Cause.NETWORK_DOWN: ("net_down", "net_fail"),
    Cause.BOT_CHECK: ("bot",),
    Cause.MEASUREMENT_FAULT: ("fault",),
}
"""Symbols that speak for a cause by themselves."""
_UNATTRIBUTED: Final = (
    *("cut_dns", "tcp_timeout", "tcp_refused", "tls_reset", "tls_timeout", "tls_other"),
    *("page_clear", "vague_clear", "stall", "cut_http", "soft", "mitm"),
)
"""Symbols that speak for a cut, and for its author only together."""
_FEW_NETWORKS: Final = 3
_PROOF: Final = ("refused_service", "refused_edge", "shown")
_VAGUE: Final = ("vague", "vague_edge", "vague_cloud", "vague_clear")
VAGUE_SIGNS: Final = (*_VAGUE, "page_clear")
"""Symbols of a refusal without a reason, or without an author."""
REFUSAL_SIGNS: Final = (
    *("refused_service", "refused_edge", "refused_dns", "refused_soft"),
    *("vague", "vague_edge", "vague_cloud"),
)
"""Symbols of a refusal, with or without a reason."""
PATH_MARKS: Final = ("shown", "soft", "mitm", "stall")
"""Symbols of interference that no service makes."""
CUT_SIGNS: Final = tuple(dict.fromkeys((*REFUSAL_SIGNS, "vague_clear", "shown", *_UNATTRIBUTED)))
"""Symbols of a cut or of a refusal without a reason."""


class VagueFacts(Struct, frozen=True):
    """Refusals without a reason, by cell."""

    n: Floats
    answered: Floats
    """Samples that got an answer."""
    answered_there: Floats
    """Those of them on networks on which such a refusal was seen."""
    networks: Ints
    """Networks on which one was seen."""


class CellFacts(Struct, frozen=True):
    """What the answer looks at besides probabilities, one entry a cell."""

    n_usable: Ints
    n_all: Ints
    n_networks: Ints
    most_days: Ints
    """Days of the network with most of them."""
    n_countries: Ints
    by_symbol: Floats
    """Verdicts by symbol, the network's own failures apart."""
    vague: VagueFacts
    networks_by_cause: Ints
    """Networks on which something speaks for a cause, alone or together with others."""
    networks_cut: Ints
    """Networks on which a cut or a refusal without a reason was seen."""
    networks_marked: Ints
    """Networks on which interference was seen by a mark of its own."""
    networks_signed: Ints
    """Networks on which a sign of a cut or of a check for machines was seen."""


class Answers(Struct, frozen=True):
    """By cell; causes are places in ``CAUSES``, -1 for none."""

    probability: Floats
    """By cause: that it is at work, alone or with another."""
    two: Floats
    cut: Floats
    answer: npt.NDArray[np.str_]
    shortfall: npt.NDArray[np.str_]
    lead: Ints
    lead_name: npt.NDArray[np.str_]
    second_name: npt.NDArray[np.str_]


def speaks_for(cause: Cause) -> Ints:
    """Give the symbols that speak for a cause, alone or together with others."""
    together = _UNATTRIBUTED if cause in (Cause.INTERFERED, Cause.REFUSED_SERVICE) else ()
    return places_of(tuple(dict.fromkeys((*_SPEAKS_FOR[cause], *together))))


def _marginals(posterior: Floats) -> tuple[Floats, Floats, Floats]:
    probability = np.zeros((posterior.shape[1], len(CAUSES)))
    two, cut = np.zeros((2, posterior.shape[1]))
    for one, own in zip(HYPOTHESES, posterior, strict=True):
        for cause, share in one.causes.items():
            probability[:, CAUSES.index(cause)] += share * own
        if one.is_pair:
            two += own
        if CUT_CAUSES & one.causes.keys():
            cut += own
    return probability, two, cut


def answer_cells(posterior: Floats, facts: CellFacts) -> Answers:
    """Answer every cell, or say what it falls short of.

    Shapes: ``posterior`` is by hypothesis and cell.
    """
    probability, two, cut = _marginals(posterior)
    floor = MODEL.floor.posterior
    served = CAUSES.index(Cause.SERVED)
    others = probability.copy()
    others[:, served] = -1.0
    lead = np.argmax(others, axis=1)
    is_open = others[np.arange(len(lead)), lead] < 0.01
    first, other, is_vague = _likeliest_pair(posterior)
    pair = (first, other)
    answer = np.full(len(lead), CellAnswer.INSUFFICIENT.value, dtype="U20")
    either = probability[:, _REFUSERS].sum(axis=1)
    gates = _gates(posterior, facts)
    answer[(cut >= floor) & gates.cut] = CellAnswer.CUT_UNATTRIBUTED.value
    answer[(either >= floor) & gates.of_cause[:, _REFUSERS].any(axis=1)] = CellAnswer.REFUSED.value
    is_named = (probability >= floor) & gates.of_cause
    # With a refusal beside it, silence alone does not name the path.
    path = CAUSES.index(Cause.INTERFERED)
    is_named[:, path] &= (two < 1 - floor) | (facts.networks_marked > 0)
    # Of two that reach the floor and are not two by the gates below, the one met more widely.
    widest = np.argmax(np.where(is_named, facts.networks_by_cause + 1, 0), axis=1)
    names = np.array([cause.value for cause in CAUSES])
    answer = np.where(is_named.any(axis=1), names[widest], answer)
    is_two = (two >= floor) & _are_two_met(pair, is_vague, facts, gates)
    is_two &= _are_named(probability, either, pair)
    answer[is_two] = CellAnswer.TWO_CAUSES.value
    lead = np.where(is_two & (lead != pair[0]) & (lead != pair[1]), pair[0], lead)
    second = np.where(is_two, np.where(lead == pair[0], pair[1], pair[0]), -1)
    lead[is_open] = -1
    shortfall = _shortfalls(probability, cut, facts, gates, answer)
    named = [_names(one, probability, is_two) for one in (lead, second)]
    return Answers(probability, two, cut, answer, shortfall, lead, *named)


def _are_named(probability: Floats, either: Floats, pair: tuple[Ints, Ints]) -> Mask:
    """Say whether each of two causes reaches the floor, a refusal by whichever refuser."""
    rows = np.arange(len(either))
    reach = [
        np.where(np.isin(place, _REFUSERS), either, probability[rows, place]) for place in pair
    ]
    are_named: Mask = np.minimum(*reach) >= MODEL.floor.posterior
    return are_named


def _names(place: Ints, probability: Floats, is_two: Mask) -> npt.NDArray[np.str_]:
    """Name causes; of two at work, a refuser that is not known is refused, no more."""
    known = np.array([*(cause.value for cause in CAUSES), "none"])
    is_open = probability[np.arange(len(place)), np.maximum(place, 0)] < MODEL.floor.posterior
    is_open &= is_two & np.isin(place, _REFUSERS)
    return np.where(is_open, CellAnswer.REFUSED.value, known[place])


def _likeliest_pair(posterior: Floats) -> tuple[Ints, Ints, Mask]:
    """Give the places of the likeliest pair's causes, and whether it holds a vague refusal.

    Where a cause may be either of two, it is the likelier.
    """
    pairs = [place for place, one in enumerate(HYPOTHESES) if one.is_pair]
    likeliest = np.argmax(posterior[pairs], axis=0)
    first, second = np.array([_two_places(HYPOTHESES[place]) for place in pairs]).T
    is_vague = np.array([_is_vague(HYPOTHESES[place]) for place in pairs])
    return first[likeliest], second[likeliest], is_vague[likeliest]


def _two_places(pair: Hypothesis) -> tuple[int, int]:
    first, other, *_ = sorted(pair.causes, key=lambda cause: -pair.causes[cause])
    return CAUSES.index(first), CAUSES.index(other)


class _Gates(Struct, frozen=True):
    """What an answer takes besides its probability, by cell."""

    of_cause: Mask
    cut: Mask
    is_few: Mask
    is_vague_open: Mask
    """It rests on refusals without a reason that do not agree enough."""


def _gates(posterior: Floats, facts: CellFacts) -> _Gates:
    floor = MODEL.floor
    enough = facts.n_usable >= floor.measurements
    usable = np.maximum(facts.by_symbol.sum(axis=1), 1e-9)
    proof = facts.by_symbol[:, places_of(_PROOF)].sum(axis=1)
    alone = (
        (facts.n_networks == 1)
        & (facts.n_usable >= floor.one_network_measurements)
        & (facts.most_days >= floor.one_network_days)
        & (proof >= floor.vague_share * usable)
    )
    is_vague_open = _is_vague_open(posterior, facts)
    of_cause = np.zeros((len(usable), len(CAUSES)), bool)
    for place, cause in enumerate(CAUSES):
        seen = facts.by_symbol[:, speaks_for(cause)].sum(axis=1)
        if cause in CUT_CAUSES:
            on_enough = (facts.networks_by_cause[:, place] >= floor.networks) | alone
            of_cause[:, place] = enough & on_enough & (seen > 0) & ~is_vague_open
        elif cause in (Cause.NETWORK_DOWN, Cause.MEASUREMENT_FAULT):
            of_cause[:, place] = facts.n_all >= floor.measurements
        else:
            of_cause[:, place] = enough & (seen >= floor.support)
    cut = enough & ((facts.networks_cut >= floor.networks) | alone) & ~is_vague_open
    return _Gates(of_cause, cut, ~enough, is_vague_open)


def _are_two_met(pair: tuple[Ints, Ints], is_vague: Mask, facts: CellFacts, gates: _Gates) -> Mask:
    """Say whether each of two causes is met by itself: of many networks on two, of few on one."""
    least = np.where(facts.n_networks > _FEW_NETWORKS, MODEL.floor.networks, 1)
    rows = np.arange(len(least))
    met = facts.networks_by_cause[rows, pair[0]] >= least
    met &= facts.networks_by_cause[rows, pair[1]] >= least
    # A service can refuse at several stages: beside a refusal, silence is no second cause.
    path = CAUSES.index(Cause.INTERFERED)
    met &= (facts.networks_marked >= least) | ((pair[0] != path) & (pair[1] != path))
    met &= facts.networks_signed >= MODEL.floor.networks
    met &= _agree_there(facts) | ~is_vague
    is_met: Mask = met & ~gates.is_few
    return is_met


def _is_vague_open(posterior: Floats, facts: CellFacts) -> Mask:
    """Say where the likeliest cut rests on vague pages that do not agree as IMC 2018 asks.

    The share is one of the samples that got an answer, as it is there: a connection that failed
    says nothing of the page. Where most networks show the page, it is taken on those.
    """
    is_cut = np.array([bool(CUT_CAUSES & one.causes.keys()) for one in HYPOTHESES])
    likeliest = np.flatnonzero(is_cut)[np.argmax(posterior[is_cut], axis=0)]
    rests = np.array([not one.is_pair and _is_vague(one) for one in HYPOTHESES])[likeliest]
    floor = MODEL.floor
    own = facts.vague
    agree = own.n >= floor.vague_share * own.answered
    is_spread = own.networks >= floor.vague_spread * facts.n_networks
    agree |= is_spread & _agree_there(facts)
    is_open: Mask = rests & ~(agree & (own.networks >= floor.vague_networks))
    return is_open


def _is_vague(one: Hypothesis) -> bool:
    """Say whether a hypothesis holds a refusal without a reason or without an author."""
    return any(mode.endswith((".vague", ".cloud", ".page_clear")) for mode in one.modes)


def _agree_there(facts: CellFacts) -> Mask:
    """Say whether vague pages agree on the networks on which they were seen, two at least."""
    own = facts.vague
    agree: Mask = own.n >= MODEL.floor.vague_share * own.answered_there
    return agree & (own.networks >= MODEL.floor.vague_networks)


def _shortfalls(
    probability: Floats, cut: Floats, facts: CellFacts, gates: _Gates, answer: npt.NDArray[np.str_]
) -> npt.NDArray[np.str_]:
    """Name the first thing that an unanswered cell falls short of."""
    usable = np.maximum(facts.by_symbol.sum(axis=1), 1e-9)
    unclear = facts.by_symbol[:, places_of(("other",))].sum(axis=1)
    bots = probability[:, CAUSES.index(Cause.BOT_CHECK)]
    vague = facts.by_symbol[:, places_of(_VAGUE)].sum(axis=1)
    faults = facts.by_symbol[:, places_of(("fault", "net_down", "net_fail"))].sum(axis=1)
    is_faulty = faults * 2 >= usable
    is_unclear = unclear * 2 > usable
    conditions = [
        is_unclear & ~is_faulty,
        is_faulty,
        gates.is_few,
        (facts.networks_cut == 1) & (cut > 0.1),
        (bots > 0.2) & (vague > 0),
        gates.is_vague_open & (vague > 0),
        cut >= MODEL.floor.posterior,
        facts.n_countries == 0,
    ]
    names = [
        *("unclear_page", "faults", "few_measurements", "one_network", "bots", "vague_pages"),
        *("by_whom", "no_contrast"),
    ]
    found = np.select(conditions, names, "mixed").astype("U20")
    is_open = np.isin(answer, [CellAnswer.INSUFFICIENT.value, CellAnswer.CUT_UNATTRIBUTED.value])
    found[answer == CellAnswer.CUT_UNATTRIBUTED.value] = "by_whom"
    found[~is_open] = ""
    return found
