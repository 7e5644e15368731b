"""Read all rows of one country that an edition is made of."""

from collections.abc import Iterator, Sequence
from datetime import date
from functools import cached_property
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from whocut.access.pair_answer import LAB
from whocut.access.period import Period, Question, period_of
from whocut.publish.edition.arrow_rows import dicts_of
from whocut.store.lookup import rows
from whocut.store.snapshot import Snapshot

__all__ = ["COURSE", "CountryRead", "grouped", "read_country"]

COURSE: Final = (
    *("origin", "target", "week", "answer", "shortfall", "n", "n_usable", "n_networks", "p_cut"),
    *("p_served", "p_refused_service", "p_refused_edge", "p_interfered"),
)
"""Columns of ``cell`` that every week of a pair is told with."""
_TALLIED: Final = (
    *("origin", "target", "week", "probe_asn", "outcome", "layer", "mechanism", "locus"),
    *("actor_kind", "strength", "n", "n_bad_day", "first", "last", "example_uid"),
)


class CountryRead:
    """The rows of one country: of the world, or where there are none, of the laboratory."""

    def __init__(self, snapshot: Snapshot, country: str, cells: pa.Table) -> None:
        self.snapshot = snapshot
        self.country = country
        self.all_cells = cells
        """In the order of target, week and origin."""

    @cached_property
    def origins(self) -> frozenset[str]:
        """Name the origins that count: all but the laboratory's, where there are others."""
        found = frozenset(self.all_cells["origin"].unique().to_pylist())
        return found - {LAB} or found

    @property
    def is_lab(self) -> bool:
        """Say whether nothing but the laboratory's was measured."""
        return self.origins == {LAB}

    @cached_property
    def cells(self) -> pa.Table:
        """Give the cells that count in figures of the country."""
        return self._kept(self.all_cells)

    @cached_property
    def weeks(self) -> tuple[date, date]:
        """Give the first and the last week."""
        ends = pc.min_max(self.cells["week"]).as_py()
        return ends["min"], ends["max"]

    @property
    def first_week(self) -> date:
        """The first week that was measured."""
        return self.weeks[0]

    @property
    def last_week(self) -> date:
        """The last week that was measured."""
        return self.weeks[1]

    @cached_property
    def period(self) -> Period:
        """Give the weeks that figures of the country are of: the last 13."""
        return period_of(Question(self.country), *self.weeks)

    @cached_property
    def models(self) -> list[str]:
        """Name the versions of the model."""
        return sorted(self.cells["model"].unique().to_pylist())

    @cached_property
    def tallies(self) -> pa.Table:
        """Give all tallies, in the order of targets and weeks."""
        found = rows(self.snapshot, "tally", cc=self.country, columns=_TALLIED)
        return _by_target(found, "target", "week", "probe_asn")

    @cached_property
    def tallies_of_period(self) -> pa.Table:
        """Give the tallies that count in figures of the country."""
        return self._within(self._kept(self.tallies))

    @cached_property
    def networks(self) -> list[dict[str, Any]]:
        """Give every week of every network."""
        found = self._kept(rows(self.snapshot, "network_week", cc=self.country))
        return dicts_of(found)

    def spans(self) -> dict[str, list[dict[str, Any]]]:
        """Give the spans by target."""
        return _listed(rows(self.snapshot, "span", cc=self.country))

    def slowdowns(self) -> dict[str, list[dict[str, Any]]]:
        """Give the weeks in which something was slowed, by target."""
        found = rows(self.snapshot, "slowdown", cc=self.country)
        is_none = pc.is_in(found["answer"], value_set=pa.array(["none", "insufficient"]))
        return _listed(found.filter(pc.invert(is_none)))

    def _kept(self, table: pa.Table) -> pa.Table:
        return table.filter(pc.is_in(table["origin"], value_set=pa.array(sorted(self.origins))))

    def _within(self, table: pa.Table) -> pa.Table:
        weeks = table["week"]
        since, until = (pa.scalar(day, pa.date32()) for day in (self.period.since, self.last_week))
        return table.filter(pc.and_(pc.greater_equal(weeks, since), pc.less_equal(weeks, until)))


def read_country(snapshot: Snapshot, country: str) -> CountryRead | None:
    """Read the cells of one country; the rest is read when it is asked for."""
    cells = rows(snapshot, "cell", cc=country)
    if not cells.num_rows:
        return None
    return CountryRead(snapshot, country, _by_target(cells, "target", "week", "origin"))


def grouped(table: pa.Table) -> Iterator[tuple[str, int, int]]:
    """Walk the targets of a table in order, with the first place of each and the one after it."""
    targets = table["target"].combine_chunks()
    if not len(targets):
        return
    changes = pc.not_equal(targets[1:], targets[:-1]).to_numpy(zero_copy_only=False)
    begins: Sequence[int] = [0, *(changes.nonzero()[0] + 1).tolist()]
    for begin, end in zip(begins, [*begins[1:], len(targets)], strict=True):
        yield targets[begin].as_py(), begin, end


def _by_target(table: pa.Table, *columns: str) -> pa.Table:
    """Put rows in order: files hold a quarter each, and each is in order by itself."""
    return table.sort_by([(name, "ascending") for name in columns]).combine_chunks()


def _listed(table: pa.Table) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for row in dicts_of(table):
        found.setdefault(row["target"], []).append(row)
    return found
