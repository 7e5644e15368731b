"""Compare what we say with labels: confusion, hierarchical precision and recall, accusations.

Source: Kiritchenko, Matwin, Famili, "Functional annotation of genes using hierarchical text
categorization", 2005: a prediction scores by the ancestors that it shares with the truth, so that
saying less than the label costs recall and saying more than it costs precision.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from msgspec import Struct

from whocut.model.taxonomy import CUT_OUTCOMES

__all__ = ["AXES", "Comparison", "Score", "score"]

AXES: Final = ("outcome", "layer", "mechanism", "locus", "actor_kind", "class")
"""What a label may speak of; only what it does speak of is compared."""
_ACCUSING: Final = frozenset({*(outcome.value for outcome in CUT_OUTCOMES), "blocked", "geoblock"})
_SIDES: Final = ({"refused", "geoblock"}, {"interfered", "block_page"})


class Comparison(Struct, frozen=True):
    """One labelled thing: what the label says and what we say, axis by axis."""

    id: str
    truth: dict[str, str]
    said: dict[str, str]
    note: str = ""

    @property
    def head(self) -> tuple[str, str]:
        """The leading axis of both: outcome, or the class of a page."""
        axis = "outcome" if "outcome" in self.truth else "class"
        return self.truth.get(axis, ""), self.said.get(axis, "")

    @property
    def accusation(self) -> str:
        """Say how we accuse somebody whom the label does not; empty where we do not."""
        truth, said = self.head
        if said not in _ACCUSING:
            return ""
        if truth not in _ACCUSING and truth != "block_page":
            return f"said {said}, where the label says {truth}"
        for own, other in (_SIDES, _SIDES[::-1]):
            if said in own and truth in other:
                return f"said {said}: the wrong side, the label says {truth}"
        locus, said_locus = self.truth.get("locus", ""), self.said.get("locus", "unknown")
        if locus and said_locus not in (locus, "unknown"):
            return f"said locus {said_locus}, the label says {locus}"
        return ""


class Score(Struct, frozen=True):
    """How well we agree with labels."""

    n: int
    n_right: int
    """The leading axis is the same."""
    confusion: dict[str, dict[str, int]]
    """Truth, then what we said, then how often."""
    precision: float | None
    recall: float | None
    false_accusations: list[dict[str, str]]


def score(comparisons: Sequence[Comparison]) -> Score:
    """Score all comparisons; precision and recall are summed over all of them (micro)."""
    shared = said_all = truth_all = right = 0
    confusion: dict[str, Counter[str]] = {}
    accusations = []
    for one in comparisons:
        axes = [axis for axis in AXES if one.truth.get(axis)]
        truth, said = _nodes(one.truth, axes), _nodes(one.said, axes)
        shared += len(truth & said)
        said_all += len(said)
        truth_all += len(truth)
        true_head, said_head = one.head
        right += true_head == said_head
        confusion.setdefault(true_head, Counter())[said_head] += 1
        if one.accusation:
            accusations.append({"id": one.id, "why": one.accusation, "note": one.note})
    return Score(
        n=len(comparisons),
        n_right=right,
        confusion={truth: dict(sorted(confusion[truth].items())) for truth in sorted(confusion)},
        precision=shared / said_all if said_all else None,
        recall=shared / truth_all if truth_all else None,
        false_accusations=accusations,
    )


def _nodes(values: dict[str, str], axes: Iterable[str]) -> set[str]:
    """Spell values as nodes with their ancestors; what says nothing is no node."""
    nodes: set[str] = set()
    for axis in axes:
        value = values.get(axis, "")
        if value in ("", "unknown") or (value == "none" and axis != "class"):
            continue
        parts = value.split(".") if axis == "mechanism" else [value]
        nodes.update(f"{axis}:{'.'.join(parts[: n + 1])}" for n in range(len(parts)))
    return nodes
