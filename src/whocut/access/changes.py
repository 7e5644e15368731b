"""What began to be cut off, and what was restored: spans taken apart into onsets and ends."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

__all__ = ["changes_of"]


def changes_of(spans: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Take spans apart into onsets and ends, the newest first.

    What was at work already when measuring began has no onset, and a gap in measuring is no change.
    """
    by_target: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for span in spans:
        by_target.setdefault((span["probe_cc"], span["target"]), []).append(span)
    found = []
    for own in by_target.values():
        for span in own:
            if span["onset"] is not None:
                found.append(_change(span, "onset", ()))
            if span["end"] is not None:
                after = tuple(other["cause"] for other in own if _is_at_work(other, span))
                found.append(_change(span, "end", after))
    found.sort(key=lambda change: (change["probe_cc"], change["target"], change["cause"]))
    found.sort(key=lambda change: change["week"], reverse=True)
    return found


def _is_at_work(other: dict[str, Any], ended: dict[str, Any]) -> bool:
    """Say whether another span of the target goes on where one ends."""
    if other is ended:
        return False
    begun = other["onset_low"] or other["onset_high"]
    return bool(begun <= ended["end_high"] and (other["end"] or date.max) > ended["end"])


def _change(span: dict[str, Any], kind: str, after: Sequence[str]) -> dict[str, Any]:
    return {
        "kind": kind,
        "week": span[kind],
        "week_low": span[f"{kind}_low"],
        "week_high": span[f"{kind}_high"],
        **{name: span[name] for name in ("probe_cc", "target", "cause", "mechanism", "layer")},
        "is_restored": kind == "end" and not after,
        "followed_by": " ".join(after),
        "p": round(span["p"], 4),
        "n": span["n"],
        "networks": span["n_networks"],
        **{name: span[name] for name in ("weeks", "last_week", "origin", "model")},
    }
