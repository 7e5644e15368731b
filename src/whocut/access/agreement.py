"""What several verdicts on one target in one country say together.

This is the short answer of the command line, not yet the cell with its posterior: it counts, and it
applies the one rule that needs several measurements, the agreement on refusals without a reason.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final, TypeVar

from msgspec import Struct

from whocut.model.taxonomy import CUT_OUTCOMES, ActorKind, Layer, Locus, Outcome, Strength

__all__ = ["VAGUE_MECHANISMS", "Agreement", "Said", "Statement", "agree"]

VAGUE_SHARE: Final = 0.8
"""Share of a country's samples that must carry the same vague refusal (IMC 2018: 80 %)."""
VAGUE_NETWORKS: Final = 2
"""Networks that must carry it (decision table of the field)."""
VAGUE_SAMPLES: Final = 4
"""Samples below which no share is taken. provisional: the paper took 20 from each country"""

VAGUE_MECHANISMS: Final = ("http.refusal.vague", "http.refusal.status", "http.refusal.cloud")
"""Refusals that give no reason: only their agreement says anything."""
_T = TypeVar("_T")
_UNUSABLE = (Outcome.INVALID, Outcome.NETWORK_DOWN)


class Said(Struct, frozen=True, gc=False):
    """What one verdict contributes, or many of one kind from one network."""

    outcome: Outcome
    layer: Layer
    mechanism: str
    locus: Locus
    actor_kind: ActorKind
    strength: Strength
    probe_asn: int
    measurement_start_time: datetime
    """Of the first of them."""
    n: int = 1
    last: datetime | None = None
    """Of the last of them; ``None``: there is one."""

    @property
    def until(self) -> datetime:
        """When the last of them began."""
        return self.last or self.measurement_start_time


class Statement(Struct, frozen=True):
    """One thing that the verdicts say, with how many and which networks say it."""

    outcome: Outcome
    layer: Layer
    mechanism: str
    locus: Locus
    actor_kind: ActorKind
    strength: Strength
    n: int
    networks: tuple[int, ...]
    first: datetime
    last: datetime
    is_by_agreement: bool = False
    """No single verdict says this; their agreement does."""


class Agreement(Struct, frozen=True):
    """All that the verdicts say, the weightiest first."""

    statements: tuple[Statement, ...]
    n_usable: int
    n_unusable: int
    networks: tuple[int, ...]


def _only(values: Iterable[_T], otherwise: _T) -> _T:
    """Give the one value that all share, else ``otherwise``: what differs is not claimed."""
    distinct = set(values)
    return distinct.pop() if len(distinct) == 1 else otherwise


def _count(group: Iterable[Said]) -> int:
    return sum(said.n for said in group)


def _state(group: Sequence[Said], *, outcome: Outcome, by_agreement: bool = False) -> Statement:
    mechanisms: Counter[str] = Counter()
    for said in group:
        mechanisms[said.mechanism] += said.n
    return Statement(
        outcome=outcome,
        layer=_only((said.layer for said in group), Layer.NONE),
        mechanism=min(mechanisms, key=lambda name: (-mechanisms[name], name)),
        locus=_only((said.locus for said in group), Locus.UNKNOWN),
        actor_kind=_only((said.actor_kind for said in group), ActorKind.UNKNOWN),
        strength=Strength.B if by_agreement else min(said.strength for said in group),
        n=_count(group),
        networks=tuple(sorted({said.probe_asn for said in group})),
        first=min(said.measurement_start_time for said in group),
        last=max(said.until for said in group),
        is_by_agreement=by_agreement,
    )


def _vague_agreement(usable: Sequence[Said]) -> list[Said]:
    """Find the vague refusals that agree enough to be one refusal of the country."""
    vague = [said for said in usable if said.mechanism in VAGUE_MECHANISMS]
    if _count(vague) < max(VAGUE_SAMPLES, VAGUE_SHARE * _count(usable)):
        return []
    if len({said.probe_asn for said in vague}) < VAGUE_NETWORKS:
        return []
    return vague


def _weight(statement: Statement) -> tuple[int, str, int, str]:
    rank = 0 if statement.outcome in CUT_OUTCOMES else 1
    if statement.outcome is Outcome.INSUFFICIENT:
        rank = 2
    return (rank, statement.strength.value, -statement.n, statement.mechanism)


def agree(verdicts: Sequence[Said]) -> Agreement:
    """Say what several verdicts on one target in one country say together.

    Two causes on two networks are two statements. A vague refusal becomes a refusal of the country
    only by the agreement of IMC 2018: at least 80 % of the samples, over at least two networks; the
    rules already demand a clean control of each sample.
    """
    usable = [said for said in verdicts if said.outcome not in _UNUSABLE]
    agreed = _vague_agreement(usable)
    groups: dict[tuple[Outcome, Layer, str], list[Said]] = defaultdict(list)
    for said in usable:
        if agreed and said.mechanism in VAGUE_MECHANISMS:
            continue
        groups[said.outcome, said.layer, said.mechanism].append(said)
    statements = [_state(group, outcome=key[0]) for key, group in groups.items()]
    if agreed:
        statements.append(_state(agreed, outcome=Outcome.REFUSED, by_agreement=True))
    return Agreement(
        statements=tuple(sorted(statements, key=_weight)),
        n_usable=_count(usable),
        n_unusable=_count(verdicts) - _count(usable),
        networks=tuple(sorted({said.probe_asn for said in usable})),
    )
