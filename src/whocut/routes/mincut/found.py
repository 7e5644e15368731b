"""A minimum set as it is answered: who, how many, and what proves that fewer do not do."""

from enum import StrEnum
from typing import Final

from msgspec import Struct

from whocut.routes.mincut.blocks import Kind

__all__ = ["CRITERION_WORDS", "Criterion", "Found", "MinimumSet", "Proof"]


class Criterion(StrEnum):
    """When a network counts as isolated by a set that carries nothing for it."""

    NOTHING = "nothing"
    UNDER_HALF = "under_half"


CRITERION_WORDS: Final[dict[Criterion, str]] = {
    Criterion.NOTHING: (
        "it reaches no foreign network outside of the set, where the set carries nothing of its "
        "traffic"
    ),
    Criterion.UNDER_HALF: (
        "it reaches under half of the world, every state counting the same, where the set carries "
        "nothing onward but may still be reached itself"
    ),
}


class Proof(StrEnum):
    """What closes the answer, or leaves it open."""

    FLOW = "flow"
    """The maximum flow alone: the bound rounds up to the set found."""
    SEARCH = "search"
    """Branch and bound over the blocks, every branch ended by a flow's bound."""
    WITNESSES = "witnesses"
    """A list of sets of blocks of each of which one must be in; no smaller set meets them all."""
    OPEN = "open"
    """None: the set is the best found, and the bound is what is proven."""


class Found(Struct, frozen=True):
    """A set of blocks as bits, and the size below which there is none."""

    chosen: int
    bound: int
    proof: Proof
    steps: int
    """Flows, or questions to the topology."""

    @property
    def size(self) -> int:
        """Count the blocks chosen."""
        return self.chosen.bit_count()


class MinimumSet(Struct, frozen=True, kw_only=True):
    """The smallest set found whose exit isolates a share of a country's addresses."""

    country: str
    kind: Kind
    criterion: Criterion
    share: float
    """Share asked for."""
    isolated: float
    """Share that the set isolates, with what was isolated before."""
    isolated_before: float
    """Share that is isolated with nobody gone."""
    members: tuple[str, ...] | None
    """None if no set does it."""
    bound: int
    proof: Proof
    seconds: float

    @property
    def size(self) -> int | None:
        """Count who would have to go."""
        return None if self.members is None else len(self.members)

    @property
    def is_exact(self) -> bool:
        """Say whether no smaller set does it."""
        return self.proof is not Proof.OPEN
