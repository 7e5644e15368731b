"""Cells made by hand, for the refusal gap: one line a week, with the answer it gives."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa

from whocut.model.cell_schema import CELL
from whocut.model.table import arrow_schema
from whocut.model.taxonomy import Cause
from whocut.store.observatory import Observatory
from whocut.store.parquet_files import Place, write_rows

FIRST = date(2024, 4, 1)
"""A Monday, and the first day of a quarter."""


def monday(week: int) -> date:
    return FIRST + timedelta(weeks=week)


def cell(cc: str, target: str, week: int, answer: str, **changes: Any) -> dict[str, Any]:
    """One cell that is sure of its answer, unless told otherwise."""
    shares = dict.fromkeys((f"p_{cause.value}" for cause in Cause), 0.0)
    if f"p_{answer}" in shares:
        shares[f"p_{answer}"] = 1.0
    if answer == "refused":
        shares |= {"p_refused_service": 0.5, "p_refused_edge": 0.5}
    lead, second, p_two = answer, "none", 0.0
    if answer == "two_causes":
        lead, second = changes.get("causes", ("refused_service", "interfered"))
        shares |= {f"p_{lead}": 1.0, f"p_{second}": 1.0}
        p_two = 1.0
    is_cut = answer in ("interfered", "cut_unattributed", "two_causes") or "refused" in answer
    row = {
        "origin": "ooni",
        "probe_cc": cc,
        "target": target,
        "week": monday(week),
        **dict.fromkeys(("n", "n_usable"), 12),
        "n_served": 12 if answer == "served" else 0,
        **dict.fromkeys(("n_networks", "n_networks_cut", "n_countries", "n_countries_served"), 2),
        "answer": answer,
        "shortfall": "few_measurements" if answer == "insufficient" else "",
        "mechanism": "none",
        "layer": "none",
        **shares,
        "p_two": p_two,
        "p_cut": float(is_cut),
        "lead": lead,
        **dict.fromkeys(("extent", "extent_low", "extent_high"), 1.0),
        "second": second,
        "model": "by-hand-1",
    }
    changes.pop("causes", None)
    return {**row, **changes}


def weeks(cc: str, target: str, answers: Iterable[str], **changes: Any) -> list[dict[str, Any]]:
    """One cell a week, from the first Monday on."""
    return [cell(cc, target, week, answer, **changes) for week, answer in enumerate(answers)]


def table(rows: Iterable[dict[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist(list(rows), schema=arrow_schema(CELL))


def put_cells(observatory: Observatory, rows: Iterable[dict[str, Any]]) -> None:
    """Commit cells as the second pass does: a file for each country and quarter."""
    parts: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in rows:
        quarter = row["week"].replace(month=(row["week"].month - 1) // 3 * 3 + 1, day=1)
        parts.setdefault((row["probe_cc"], quarter.isoformat()), []).append(row)
    order = [(name, "ascending") for name in CELL.sorted_by]
    with observatory.writer() as writer:
        scratch = Path(observatory.directory) / "staging"
        scratch.mkdir(parents=True, exist_ok=True)
        files = [
            write_rows(
                Path(observatory.directory),
                scratch,
                Place("cell", cc, day),
                table(part).sort_by(order).combine_chunks(),
            )
            for (cc, day), part in sorted(parts.items())
        ]
        writer.swap_derived(files, [])
