"""What measurements say, ready for pages: each answer is that of ``whocut who``."""

from collections.abc import Sequence
from functools import cached_property
from typing import Final

from whocut.publish.edition.access_rows import (
    Change,
    Country,
    CountrySummary,
    Found,
    GapFound,
    GapMember,
    Network,
    NetworkInCountry,
    Pair,
    PairRow,
    SnapshotFacts,
)
from whocut.publish.edition.access_tables import ACCESS_SCHEMA, write_access
from whocut.publish.edition.near import find_near
from whocut.publish.edition.reading import Reading, unpack
from whocut.publish.edition.search import find_terms

__all__ = ["ACCESS_SCHEMA", "AccessPages", "write_access"]

CUT: Final = "cut"
"""Stands for every answer under which a cut stands."""


class AccessPages:
    """What measurements say, ready for pages."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading

    @cached_property
    def facts(self) -> SnapshotFacts:
        """Say of what state of the observatory this is; its ``sequence`` is 0 where none is."""
        found = self._reading.blob(SnapshotFacts, "SELECT facts FROM access_facts")
        return found or SnapshotFacts()

    def countries(self) -> list[CountrySummary]:
        """List the countries with measurements, in the order of their codes."""
        sql = "SELECT summary FROM access_country ORDER BY cc"
        return self._reading.blobs(CountrySummary, sql)

    def summary(self, country: str) -> CountrySummary | None:
        """Give the figures of one country; None where nothing was measured there."""
        sql = "SELECT summary FROM access_country WHERE cc = ?"
        return self._reading.blob(CountrySummary, sql, country)

    def country(self, country: str) -> Country | None:
        """Give one country whole; None where nothing was measured there."""
        sql = "SELECT whole FROM access_country WHERE cc = ?"
        return self._reading.blob(Country, sql, country)

    def targets(
        self,
        country: str,
        *,
        answer: str = "",
        target_class: str = "",
        page: int = 1,
        rows: int = 50,
    ) -> tuple[list[PairRow], int]:
        """List targets of a country, the surest cuts first, and how many there are.

        Pairs that were measured in the laboratory alone stand in no list of a real country.
        ``answer`` is one of the answers of cells, or ``cut`` for all under which a cut stands;
        ``target_class`` one of the catalogue: service, media, messenger.
        """
        where, values = "cc = ? AND is_beside = 0", [country]
        if answer == CUT:
            where += " AND is_cut = 1"
        elif answer:
            where, values = where + " AND answer = ?", [*values, answer]
        if target_class:
            where, values = where + " AND target_class = ?", [*values, target_class]
        total = int(
            self._reading.value(f"SELECT COUNT(*) FROM access_pair WHERE {where}", *values)  # noqa: S608 - ours
        )
        sql = f"SELECT row FROM access_pair WHERE {where} ORDER BY id LIMIT ? OFFSET ?"  # noqa: S608 - ours
        found = self._reading.blobs(PairRow, sql, *values, rows, (max(page, 1) - 1) * rows)
        return found, total

    def pair(self, country: str, target: str) -> Pair | None:
        """Give one target in one country; None where it was not measured there."""
        sql = (
            "SELECT whole FROM access_pair_whole WHERE id = "
            "(SELECT id FROM access_pair WHERE target = ? AND cc = ?)"
        )
        return self._reading.blob(Pair, sql, target, country)

    def pair_row(self, country: str, target: str) -> PairRow | None:
        """Give the row of one target in one country; None where it was not measured there."""
        sql = "SELECT row FROM access_pair WHERE target = ? AND cc = ?"
        return self._reading.blob(PairRow, sql, target, country)

    def cut_and_served(self, here: str, there: str, most: int) -> list[tuple[PairRow, PairRow]]:
        """List targets that are cut in one country and served in another, with both rows.

        Looked at are the surest cuts of the one, so many at most.
        """
        sql = (
            "SELECT own.row, other.row FROM (SELECT id, target, row FROM access_pair "
            "WHERE cc = ? AND is_beside = 0 AND is_cut = 1 ORDER BY id LIMIT ?) own "
            "JOIN access_pair other ON other.target = own.target AND other.cc = ? "
            "WHERE other.answer = 'served' ORDER BY own.id"
        )
        return [
            (unpack(own, PairRow), unpack(other, PairRow))
            for own, other in self._reading.rows(sql, here, most, there)
        ]

    def target(self, target: str) -> list[PairRow]:
        """List a target in all countries that measured it, in the order of their codes."""
        sql = "SELECT row FROM access_pair WHERE target = ? ORDER BY cc"
        return self._reading.blobs(PairRow, sql, target)

    def targets_among(self, domains: Sequence[str], country: str = "") -> list[PairRow]:
        """List those of some targets that were measured, in one country or in all."""
        found: list[PairRow] = []
        for domain in domains:
            one = self.pair_row(country, domain) if country else None
            found += ([one] if one else []) if country else self.target(domain)
        return found

    def network(self, asn: int) -> Network | None:
        """Give a network as probes saw it; None where nothing was measured on it."""
        sql = "SELECT whole FROM access_network WHERE asn = ? ORDER BY n DESC, cc"
        found = self._reading.blobs(NetworkInCountry, sql, asn)
        return Network(asn, tuple(found)) if found else None

    def recent(self, limit: int, country: str = "", *, target: str = "") -> list[Change]:
        """List what began or ended last, the newest first."""
        where = [f"{name} = ?" for name, value in (("cc", country), ("target", target)) if value]
        values = [value for value in (country, target) if value]
        clause = f"WHERE {' AND '.join(where)} " if where else ""
        sql = f"SELECT row FROM access_change {clause}ORDER BY id LIMIT ?"  # noqa: S608 - ours
        return self._reading.blobs(Change, sql, *values, limit)

    def changes(
        self, country: str = "", *, kind: str = "", page: int = 1, rows: int = 50
    ) -> tuple[list[Change], int]:
        """List what began or ended, the newest first, and how many there are."""
        where = [f"{name} = ?" for name, value in (("cc", country), ("kind", kind)) if value]
        values = [value for value in (country, kind) if value]
        clause = f"WHERE {' AND '.join(where)} " if where else ""
        total = int(self._reading.value(f"SELECT COUNT(*) FROM access_change {clause}", *values))  # noqa: S608 - ours
        sql = f"SELECT row FROM access_change {clause}ORDER BY id LIMIT ? OFFSET ?"  # noqa: S608 - ours
        return self._reading.blobs(Change, sql, *values, rows, (max(page, 1) - 1) * rows), total

    def gap(self, country: str) -> GapFound | None:
        """Give the refusal gap of a country; None where nothing was measured there."""
        return self._reading.blob(GapFound, "SELECT gap FROM access_gap WHERE cc = ?", country)

    def gap_members(self, country: str) -> list[GapMember]:
        """List the targets in the count of a country's gap."""
        found = self._reading.value("SELECT members FROM access_gap WHERE cc = ?", country)
        return [] if found is None else list(unpack(found, tuple[GapMember, ...]))

    def find(self, prefix: str, limit: int = 20) -> list[Found]:
        """Find domains, countries, actors and networks of which a word begins so."""
        return find_terms(self._reading, prefix, limit)

    def find_near(self, typed: str, limit: int = 6) -> list[Found]:
        """Find domains, countries and actors that are called nearly so."""
        return find_near(self._reading, typed, limit)
