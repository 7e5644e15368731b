"""Cells as a plain observer would fill them, for tests of onset and end.

Each measurement shows one of four things; how often it shows each under each cause is known, so
that a cell's probabilities are exact. A cell here knows nothing of other weeks.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from whocut.access.spans import CellPrior
from whocut.model.cell_schema import CELL
from whocut.model.table import arrow_schema
from whocut.model.taxonomy import CUT_CAUSES, Cause

FIRST_MONDAY = date(2024, 1, 1)
CAUSES = tuple(Cause)
PRIOR = CellPrior(
    dict(zip(CAUSES, (0.70, 0.05, 0.03, 0.08, 0.06, 0.03, 0.03, 0.02), strict=True)), 0.005
)
# Rows: causes in their order; columns: served page, refusal that says why, timeout, nothing usable.
SHOWN = np.array(
    [
        [0.93, 0.002, 0.05, 0.018],  # served
        [0.02, 0.90, 0.06, 0.02],  # refused by the service
        [0.02, 0.45, 0.50, 0.03],  # refused by the edge
        [0.02, 0.002, 0.948, 0.03],  # interfered
        [0.001, 0.001, 0.018, 0.98],  # the four that say nothing
        [0.001, 0.001, 0.018, 0.98],
        [0.001, 0.001, 0.018, 0.98],
        [0.001, 0.001, 0.018, 0.98],
    ]
)


def monday(week: int) -> date:
    """Date a week counted from the first."""
    return FIRST_MONDAY + timedelta(weeks=week)


@dataclass
class CellRows:
    """Cells being collected."""

    rows: list[dict[str, object]] = field(default_factory=list)

    def add(
        self,
        week: int,
        p: dict[Cause, float],
        *,
        target: str = "news.example",
        n: int = 10,
        n_served: int | None = None,
        p_two: float = 0.0,
        mechanism: str = "none",
        layer: str = "none",
        origin: str = "ooni",
        shortfall: str = "",
    ) -> CellRows:
        """Add one cell by its probabilities."""
        p_cut = min(sum(p.get(cause, 0.0) for cause in CUT_CAUSES) - p_two, 1.0)
        served = round(n * p.get(Cause.SERVED, 0.0)) if n_served is None else n_served
        others = {cause: share for cause, share in p.items() if cause is not Cause.SERVED}
        lead = max(others, key=lambda cause: others[cause], default=None)
        is_led = lead is not None and others[lead] > 0.05
        self.rows.append(
            {
                "origin": origin, "probe_cc": "XA", "target": target, "week": monday(week),
                "n": n, "n_usable": n, "n_served": served, "n_networks": min(n, 3),
                "n_networks_cut": 0, "n_countries": 1, "n_countries_served": 1,
                "answer": max(p, key=lambda cause: p[cause]).value, "shortfall": shortfall,
                "mechanism": mechanism, "layer": layer,
                **{f"p_{cause.value}": p.get(cause, 0.0) for cause in CAUSES},
                "p_two": p_two, "p_cut": p_cut,
                "lead": lead.value if is_led else "none",
                "extent": 1.0, "extent_low": 0.9, "extent_high": 1.0, "second": "none",
                "model": "test",
            }
        )  # fmt: skip
        return self

    def observe(self, week: int, seen: np.ndarray, **names: object) -> CellRows:
        """Add one cell by how often each of the four things was seen."""
        log_p = np.log([PRIOR.alone[cause] for cause in CAUSES]) + np.log(SHOWN) @ seen
        p = np.exp(log_p - log_p.max())
        p /= p.sum()
        shares = dict(zip(CAUSES, p.tolist(), strict=True))
        return self.add(week, shares, n=int(seen.sum()), n_served=int(seen[0]), **names)

    def table(self) -> pa.Table:
        """Give them as the stored table."""
        return pa.Table.from_pylist(self.rows, schema=arrow_schema(CELL))


def draw(rng: np.random.Generator, cause: Cause, n: int) -> np.ndarray:
    """Draw what n measurements show under a cause."""
    return rng.multinomial(n, SHOWN[CAUSES.index(cause)])
