"""The ledger and the law, ready for pages."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Final, Literal

from msgspec import Struct

from whocut.ledger.counts import ByGrade
from whocut.ledger.edtf import parse_edtf
from whocut.ledger.lags import Lag
from whocut.ledger.record import CutRecord, Source
from whocut.ledger.vocabulary import Kind
from whocut.publish.edition.actor_records import ActorLists
from whocut.publish.edition.ledger_countries import CountryLedger
from whocut.publish.edition.ledger_given import Citing, GivenRow
from whocut.publish.edition.ledger_rows import (
    ActorPage,
    ActorRow,
    CardFound,
    CardTally,
    InstrumentPage,
    InstrumentRow,
    LagsFound,
    LawFound,
    LedgerFacts,
    LedgerFilters,
    RecordLags,
    RecordRow,
    Tie,
)
from whocut.publish.edition.ledger_sets import SET_AXES, RecordSets
from whocut.publish.edition.ledger_tables import LEDGER_SCHEMA, RecordWhole, match_of, write_ledger
from whocut.publish.edition.reading import Reading, unpack
from whocut.publish.edition.search import folded

__all__ = ["LEDGER_SCHEMA", "ORDERS", "LedgerPages", "write_ledger"]

ORDERS: Final = ("newest", "oldest", "grade", "id")
"""How records can stand in a list; those of one grade stand the newest first."""
_AXES: Final = ("sector", "layer", "action", "ground", "kind", "actor_kind", "grade")
"""Filters that are one value of one axis."""


class _Where(Struct, frozen=True):
    """A condition on the numbers of records, and its values."""

    sql: str
    values: tuple[object, ...]


class LedgerPages:
    """The ledger and the law, ready for pages."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading

    @cached_property
    def facts(self) -> LedgerFacts:
        """Say what the ledger holds, and what of it could not be read."""
        found = self._reading.blob(LedgerFacts, "SELECT facts FROM ledger_facts")
        if found is None:
            raise LookupError("an edition without a ledger")
        return found

    def record(self, id_: str) -> CutRecord | None:
        """Give a record; None where there is none."""
        found = self._whole(id_)
        return None if found is None else found.record

    def whole(self, id_: str) -> RecordWhole | None:
        """Give a record with its row, the sources that it names, and its ties."""
        return self._whole(id_)

    def sources(self, id_: str) -> Mapping[str, Source]:
        """Give the sources that a record names by key: its own, and those that records share."""
        found = self._whole(id_)
        return {} if found is None else found.sources

    def ties(self, id_: str) -> tuple[Tie, ...]:
        """List the ties of a record, those by which others name it too."""
        found = self._whole(id_)
        return () if found is None else found.ties

    def row(self, id_: str) -> RecordRow | None:
        """Give the row of a record."""
        return self._reading.blob(RecordRow, "SELECT row FROM ledger_record WHERE id = ?", id_)

    def rows_of(self, ids: Sequence[str]) -> dict[str, RecordRow]:
        """Give the rows of some records by their ids."""
        marks = ",".join("?" * len(ids))
        sql = f"SELECT row FROM ledger_record WHERE id IN ({marks})"  # noqa: S608 - ours
        return {one.id: one for one in self._reading.blobs(RecordRow, sql, *ids)}

    def rows(
        self,
        filters: LedgerFilters | None = None,
        page: int = 1,
        rows: int = 50,
        *,
        order: str = "newest",
    ) -> tuple[list[RecordRow], int]:
        """List records in one of the ``ORDERS``, undated ones last, and how many there are.

        What is no value of a filter, or no date, finds nothing.
        """
        among = self._among(filters or LedgerFilters())
        start = (max(page, 1) - 1) * rows
        places = self._sets.in_order(among, order, start, rows)
        return self._sets.rows(places), among.bit_count()

    def of_country(self, country: str, limit: int = 200) -> list[RecordRow]:
        """List the records of a country and its parts, the newest first."""
        return self._of("country", country, limit)

    def counted(self, country: str) -> CountryLedger:
        """Count the newest records of a country and its parts."""
        sql = "SELECT counted FROM ledger_country WHERE cc = ?"
        return self._reading.blob(CountryLedger, sql, country) or CountryLedger()

    def of_actor(self, actor: str, limit: int = 200) -> list[RecordRow]:
        """List the records in which an actor has a part, or is named by an account."""
        return self._of("actor", actor, limit)

    def of_domain(self, domain: str, limit: int = 200) -> list[RecordRow]:
        """List the records of a domain."""
        return self._of("domain", domain.casefold(), limit)

    def of_domains(self, domains: Sequence[str], limit: int = 200) -> list[RecordRow]:
        """List the records of any of some domains, the newest first, each once."""
        marks = ",".join("?" * len(domains))
        sql = (
            "SELECT row FROM ledger_record WHERE n IN (SELECT n FROM ledger_of "  # noqa: S608 - ours
            f"WHERE axis = 'domain' AND value IN ({marks})) ORDER BY n LIMIT ?"
        )
        return self._reading.blobs(RecordRow, sql, *domains, limit)

    def domains_among(self, domains: Sequence[str]) -> list[str]:
        """List those of some domains that a record names."""
        marks = ",".join("?" * len(domains))
        sql = (
            "SELECT DISTINCT value FROM ledger_of "  # noqa: S608 - ours
            f"WHERE axis = 'domain' AND value IN ({marks}) ORDER BY value"
        )
        return [name for (name,) in self._reading.rows(sql, *domains)]

    def below_domain(self, domain: str, limit: int = 60) -> list[tuple[str, RecordRow]]:
        """List the records of names below a domain that somebody registered, with the name."""
        sql = (
            "SELECT d.value, r.row FROM ledger_of s "
            "JOIN ledger_of d ON d.n = s.n AND d.axis = 'domain' "
            "JOIN ledger_record r ON r.n = s.n WHERE s.axis = 'site' AND s.value = ? "
            "AND substr(d.value, -length(?)) = ? ORDER BY s.n, d.value LIMIT ?"
        )
        end = f".{domain}"
        found = self._reading.rows(sql, domain, end, end, limit)
        return [(name, unpack(row, RecordRow)) for name, row in found]

    def of_asn(self, asn: int, limit: int = 200) -> list[RecordRow]:
        """List the records of a network."""
        return self._of("asn", str(asn), limit)

    def lists_of_actors(self, read: int, shown: int) -> ActorLists:
        """Part the newest records of actors by what they say of them, the first few as rows."""
        return ActorLists(self._reading, self._sets, read, shown)

    def other_readings(self, actor: str, limit: int = 50) -> list[tuple[RecordRow, RecordRow]]:
        """List records of an actor beside those in which others read the same law otherwise."""
        sql = (
            "SELECT own.row, other.row FROM ledger_of o "
            "JOIN ledger_tie t ON t.kind = 'same_law_other_reading' AND t.n = o.n "
            "JOIN ledger_record own ON own.n = o.n JOIN ledger_record other ON other.n = t.other "
            "WHERE o.axis = 'decider' AND o.value = ? ORDER BY o.n, t.other LIMIT ?"
        )
        return [
            (unpack(own, RecordRow), unpack(other, RecordRow))
            for own, other in self._reading.rows(sql, actor, limit)
        ]

    def of_instrument(self, instrument: str, limit: int = 200) -> list[RecordRow]:
        """List the records for which an instrument decides, or that cite it."""
        return self._of("instrument", instrument, limit)

    def actor(self, id_: str) -> ActorPage | None:
        """Give a company or state body; None where there is none."""
        sql = "SELECT whole FROM ledger_actor WHERE id = ?"
        return self._reading.blob(ActorPage, sql, id_)

    def actors(self) -> list[ActorRow]:
        """List all actors, those with most records first."""
        return self._reading.blobs(ActorRow, "SELECT row FROM ledger_actor ORDER BY n DESC, id")

    def actor_of_domain(self, domain: str) -> list[ActorRow]:
        """List the actors whose own domain this is, or one below it."""
        labels = domain.casefold().rstrip(".").split(".")
        above = [".".join(labels[start:]) for start in range(len(labels))]
        return [one for name in above for one in self._holders("domain", name)]

    def actor_of_network(self, asn: int) -> list[ActorRow]:
        """List the actors that run a network, a child before its parent."""
        return self._holders("asn", str(asn))

    def counts(self, axis: str, filters: LedgerFilters | None = None) -> list[tuple[str, ByGrade]]:
        """Count records by the values of an axis of ``whocut.ledger.counts``, each grade apart."""
        return self._counts(axis, self._among(filters or LedgerFilters()))

    def counts_of_kinds(self, axis: str, kinds: Iterable[Kind]) -> list[tuple[str, ByGrade]]:
        """Count the records of some kinds by the values of an axis, each grade apart."""
        among = 0
        for kind in kinds:
            among |= self._sets.of_value("kind", kind.value)
        return self._counts(axis, among)

    def _counts(self, axis: str, among: int) -> list[tuple[str, ByGrade]]:
        if axis not in SET_AXES or not among:
            return []
        return sorted(
            self._sets.counts(axis, among).items(),
            key=lambda one: (-one[1].documented, -one[1].excerpt, -one[1].lead, one[0]),
        )

    def graded(self, filters: LedgerFilters) -> ByGrade:
        """Count the records that are asked for, each grade by itself."""
        return self._sets.graded(self._among(filters))

    @cached_property
    def _sets(self) -> RecordSets:
        return RecordSets(self._reading)

    def _among(self, filters: LedgerFilters) -> int:
        """Give the records that meet filters, as a set."""
        parts = self._parts(filters)
        if parts is None:
            return 0
        among = self._sets.everything
        for part in parts:
            axis, *value = part.values
            if part.sql == _OF and axis in SET_AXES:
                among &= self._sets.of_value(str(axis), str(value[0]))
            else:
                among &= self._sets.selected(part.sql, part.values)
        return among

    def citing(self, id_: str) -> Citing | None:
        """Say by what a record is cited; None where there is none."""
        sql = "SELECT citing FROM ledger_given WHERE n = (SELECT n FROM ledger_record WHERE id = ?)"
        return self._reading.blob(Citing, sql, id_)

    def line(self, id_: str) -> str | None:
        """Give a record as its line of JSON; None where there is none."""
        sql = "SELECT json FROM ledger_given WHERE n = (SELECT n FROM ledger_record WHERE id = ?)"
        found: str | None = self._reading.value(sql, id_)
        return found

    def given(
        self, form: Literal["csv", "json"], filters: LedgerFilters, after: int, rows: int
    ) -> list[GivenRow]:
        """Give records away as rows of CSV or lines of JSON, those after a place in the list."""
        where = self._where(filters)
        if where is None:
            return []
        sql = (
            f"SELECT n, {form} FROM ledger_given WHERE n > ? AND n IN "  # noqa: S608 - ours
            f"(SELECT n FROM ledger_record WHERE {where.sql}) ORDER BY n LIMIT ?"
        )
        return [GivenRow(*row) for row in self._reading.rows(sql, after, *where.values, rows)]

    def law(self, id_: str) -> LawFound | None:
        """Give what the law of each day said of a record; None where there is no such record."""
        sql = "SELECT law FROM ledger_law WHERE n = (SELECT n FROM ledger_record WHERE id = ?)"
        return self._reading.blob(LawFound, sql, id_)

    def deciding_families(self, id_: str) -> tuple[str, ...]:
        """Name the instruments whose provisions decide on any day of a record."""
        sql = "SELECT families FROM ledger_law WHERE n = (SELECT n FROM ledger_record WHERE id = ?)"
        return self._reading.blob(tuple[str, ...], sql, id_) or ()

    def instruments(self) -> list[InstrumentRow]:
        """List the instruments, in the order of their ids."""
        sql = "SELECT row FROM ledger_instrument ORDER BY id"
        return self._reading.blobs(InstrumentRow, sql)

    def instrument(self, id_: str) -> InstrumentPage | None:
        """Give an instrument by its id, or by that of one of its versions."""
        sql = (
            "SELECT whole FROM ledger_instrument WHERE id = coalesce("
            "(SELECT family FROM ledger_version WHERE id = ?), ?)"
        )
        return self._reading.blob(InstrumentPage, sql, id_, id_)

    def instrument_title(self, id_: str) -> str:
        """Give the title of an instrument; its id where it is none of ours."""
        sql = "SELECT row FROM ledger_instrument WHERE id = ?"
        found = self._reading.blob(InstrumentRow, sql, id_)
        return id_ if found is None else found.title

    def lags(self, by: str = "country") -> LagsFound | None:
        """Give the three lags by country, sector, instrument or actor_kind."""
        return self._reading.blob(LagsFound, "SELECT lags FROM ledger_lags WHERE by = ?", by)

    def lag_rows(self, kind: str, page: int = 1, rows: int = 50) -> tuple[list[Lag], int]:
        """List single lags of one kind, the newest record first, and how many there are."""
        total = int(self._reading.value("SELECT COUNT(*) FROM ledger_lag WHERE kind = ?", kind))
        sql = "SELECT lag FROM ledger_lag WHERE kind = ? ORDER BY id LIMIT ? OFFSET ?"
        return self._reading.blobs(Lag, sql, kind, rows, (max(page, 1) - 1) * rows), total

    def lags_of(self, record: str) -> RecordLags:
        """Give the lags of one record, and why it gives no other."""
        sql = "SELECT lags FROM ledger_lags_of WHERE record = ?"
        return self._reading.blob(RecordLags, sql, record) or RecordLags((), ())

    def scorecard(self, country: str) -> CardFound | None:
        """Give the card of the five calls; None where no record names the country."""
        return self._reading.blob(CardFound, "SELECT card FROM ledger_card WHERE cc = ?", country)

    def scorecard_countries(self) -> list[str]:
        """List the countries that have a card."""
        return [cc for (cc,) in self._reading.rows("SELECT cc FROM ledger_card ORDER BY cc")]

    def scorecard_tallies(self) -> list[tuple[str, tuple[CardTally, ...]]]:
        """Give what every card counts, in the order of the codes of countries."""
        rows = self._reading.rows("SELECT cc, tallies FROM ledger_card ORDER BY cc")
        return [(cc, unpack(blob, tuple[CardTally, ...])) for cc, blob in rows]

    def _whole(self, id_: str) -> RecordWhole | None:
        sql = "SELECT whole FROM ledger_whole WHERE n = (SELECT n FROM ledger_record WHERE id = ?)"
        return self._reading.blob(RecordWhole, sql, id_)

    def _of(self, axis: str, value: str, limit: int) -> list[RecordRow]:
        sql = (
            "SELECT r.row FROM ledger_of o JOIN ledger_record r ON r.n = o.n "
            "WHERE o.axis = ? AND o.value = ? ORDER BY o.n LIMIT ?"
        )
        return self._reading.blobs(RecordRow, sql, axis, value, limit)

    def _holders(self, axis: str, value: str) -> list[ActorRow]:
        sql = (
            "SELECT a.row FROM ledger_holder h JOIN ledger_actor a ON a.id = h.actor "
            "WHERE h.axis = ? AND h.value = ? ORDER BY h.place"
        )
        return self._reading.blobs(ActorRow, sql, axis, value)

    def _parts(self, filters: LedgerFilters) -> list[_Where] | None:
        """Turn filters into questions that find records each; None: nothing can meet them."""
        parts = [_one_of(axis, value) for axis in _AXES if (value := getattr(filters, axis))]
        if filters.country:
            axis = "subdivision" if "-" in filters.country else "country"
            parts.append(_one_of(axis, filters.country.upper()))
        if filters.domain:
            parts.append(_one_of("domain", filters.domain.casefold()))
        if filters.asn:
            parts.append(_one_of("asn", str(filters.asn)))
        if filters.actor:
            parts.append(_Where(_FAMILY, (filters.actor, folded(filters.actor))))
        if filters.since or filters.until:
            window = _window(filters.since, filters.until)
            if window is None:
                return None
            parts.append(_Where(_MOMENTS, window))
        if filters.q.strip():
            match = match_of(filters.q)
            if not match:
                return None
            parts.append(
                _Where("SELECT rowid FROM ledger_words WHERE ledger_words MATCH ?", (match,))
            )
        return parts

    def _where(self, filters: LedgerFilters) -> _Where | None:
        """Turn filters into a condition on the number of a record; None: nothing can meet it."""
        parts = self._parts(filters)
        if parts is None:
            return None
        if not parts:
            return _Where(_ALL, ())
        sql = " AND n IN ".join(f"({part.sql})" for part in parts)
        return _Where(f"n IN {sql}", tuple(value for part in parts for value in part.values))


_ALL: Final = "n >= 0"
_FAMILY: Final = (
    "SELECT o.n FROM ledger_of o WHERE o.axis = 'actor' AND o.value IN (SELECT f.member FROM "
    "ledger_family f WHERE f.actor = coalesce((SELECT id FROM ledger_actor WHERE id = ?), "
    "(SELECT actor FROM ledger_name WHERE name = ?)))"
)
_OF: Final = "SELECT n FROM ledger_of WHERE axis = ? AND value = ?"
_MOMENTS: Final = "SELECT n FROM ledger_moment WHERE first <= ? AND last >= ?"


def _one_of(axis: str, value: str) -> _Where:
    return _Where(_OF, (axis, value))


def _window(since: str, until: str) -> tuple[int, int] | None:
    """Give the last and the first day of a window as ordinals; None for what is no window."""
    try:
        first = parse_edtf(since).earliest if since else None
        last = parse_edtf(until).latest if until else None
    except ValueError:
        return None
    low = first.toordinal() if first is not None else 0
    high = last.toordinal() if last is not None else 1 << 40
    return (high, low) if low <= high else None
