"""From pairs as an edition keeps them to what is joined: the same as from the observatory."""

import sqlite3
from collections.abc import Iterable, Mapping
from typing import Any

import pyarrow as pa

from whocut.attribution.join import (
    LedgerIndex,
    MeasuredPair,
    MeasuredSlowdown,
    MeasuredSpan,
    MeasuredStatement,
)
from whocut.attribution.join.answers import week_of_cell
from whocut.attribution.vocabulary import SlowdownAnswer
from whocut.model.taxonomy import ActorKind, Locus, Outcome, Strength
from whocut.publish.edition.access_country import grouped, read_country
from whocut.publish.edition.access_rows import CountrySummary, Pair, SpanRow
from whocut.publish.edition.arrow_rows import dicts_of
from whocut.publish.edition.reading import unpack
from whocut.store.snapshot import Snapshot

__all__ = ["Measured", "measured_pair"]


class Measured:
    """The pairs of an edition, with the rows of ``cell`` behind them; a country at a time."""

    def __init__(self, connection: sqlite3.Connection, snapshot: Snapshot | None) -> None:
        self._connection = connection
        self._snapshot = snapshot
        self._country = ""
        self._cells: pa.Table | None = None
        self._places: dict[str, tuple[int, int]] = {}

    def worth_asking(self, index: LedgerIndex) -> list[tuple[str, str]]:
        """List pairs that are or were cut, that a record names, and those of the laboratory."""
        countries = self._connection.execute("SELECT cc, summary FROM access_country")
        lab = {code for code, summary in countries if unpack(summary, CountrySummary).is_lab}
        changed = set(self._connection.execute("SELECT DISTINCT cc, target FROM access_change"))
        rows = self._connection.execute("SELECT cc, target, is_cut FROM access_pair ORDER BY id")
        return [
            (country, target)
            for country, target, is_cut in rows
            if is_cut or country in lab or target in index.by_domain or (country, target) in changed
        ]

    def at(self, country: str, target: str) -> MeasuredPair | None:
        """Give what is measured of a target in a country; None where nothing is."""
        found = self._connection.execute(
            "SELECT whole FROM access_pair_whole WHERE id = "
            "(SELECT id FROM access_pair WHERE target = ? AND cc = ?)",
            (target, country),
        ).fetchone()
        if found is None:
            return None
        return measured_pair(unpack(found[0], Pair), self._rows(country, target))

    def _rows(self, country: str, target: str) -> list[dict[str, Any]]:
        if self._snapshot is None:
            return []
        if country != self._country:
            read = read_country(self._snapshot, country)
            self._country = country
            self._cells = read.all_cells if read else None
            self._places = {}
            if read is not None:
                self._places = {name: (low, high) for name, low, high in grouped(read.all_cells)}
        low, high = self._places.get(target, (0, 0))
        return dicts_of(self._cells.slice(low, high - low)) if self._cells is not None else []


def measured_pair(pair: Pair, cells: Iterable[Mapping[str, Any]]) -> MeasuredPair | None:
    """Take from a pair and its rows of ``cell`` what its finding rests on: its period.

    None where it has no cell in its period.
    """
    row = pair.row
    weeks = [
        week_of_cell(one)
        for one in cells
        if one["origin"] == row.origin and pair.since <= one["week"] <= pair.until
    ]
    if not weeks:
        return None
    return MeasuredPair(
        country=row.country,
        target=row.target,
        origin=row.origin,
        weeks=tuple(sorted(weeks, key=lambda one: one.week)),
        spans=tuple(
            MeasuredSpan(**{name: getattr(one, name) for name in SpanRow.__struct_fields__})
            for one in pair.spans
        ),
        slowdowns=tuple(
            MeasuredSlowdown(
                week=one.week,
                answer=SlowdownAnswer(one.answer),
                mechanism=one.mechanism,
                n=one.n,
                n_networks=one.n_networks,
                n_networks_slow=one.n_networks_slow,
                n_countries=one.n_countries,
                ratio=one.rate_ratio,
            )
            for one in pair.slowdowns
        ),
        statements=tuple(
            MeasuredStatement(
                outcome=Outcome(one.outcome),
                mechanism=one.mechanism,
                locus=Locus(one.locus),
                actor_kind=ActorKind(one.actor_kind),
                strength=Strength(one.strength),
                n=one.n,
                n_networks=len(one.networks),
            )
            for one in pair.statements
        ),
        model=pair.model,
    )
