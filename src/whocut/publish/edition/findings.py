"""Findings, ready for pages."""

import zlib
from functools import cached_property

from whocut.attribution.bundle import Bundle
from whocut.attribution.finding import Finding
from whocut.publish.edition.finding_rows import FindingRow, FindingWhole, Found
from whocut.publish.edition.finding_tables import FINDING_SCHEMA, write_findings
from whocut.publish.edition.reading import Reading, unpack

__all__ = ["FINDING_SCHEMA", "FindingPages", "write_findings"]


class FindingPages:
    """Findings, ready for pages: the world's first, each list with the newest first."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading

    @cached_property
    def facts(self) -> Found:
        """Say how many findings there are, by status, and under which rules."""
        return self._reading.blob(Found, "SELECT facts FROM finding_facts") or Found(0, {}, "")

    def finding(self, id_: str) -> FindingWhole | None:
        """Give a finding by its id, with or without its rules; None where there is none.

        Under other rules than this edition's there is none: it is recomputed from its bundle.
        """
        name, _, ruleset = id_.partition("@")
        found = self._reading.row(
            "SELECT f.row, w.finding, w.bundle FROM finding f JOIN finding_whole w ON w.n = f.n "
            "WHERE f.id = ?",
            name,
        )
        if found is None:
            return None
        row = unpack(found[0], FindingRow)
        if ruleset and ruleset != row.ruleset:
            return None
        return FindingWhole(
            row,
            unpack(zlib.decompress(found[1]), Finding),
            unpack(zlib.decompress(found[2]), Bundle),
        )

    def of_country(self, country: str, limit: int = 50) -> list[FindingRow]:
        """List the findings on a country, and on a union that it belongs to."""
        return self._of("country", country, limit)

    def of_target(self, domain: str, limit: int = 50) -> list[FindingRow]:
        """List the findings on a domain."""
        return self._of("target", domain, limit)

    def of_pair(self, country: str, domain: str, limit: int = 20) -> list[FindingRow]:
        """List the findings on a domain in a country."""
        return self._of("pair", f"{country} {domain}", limit)

    def of_actor(self, actor: str, limit: int = 50) -> list[FindingRow]:
        """List the findings that speak of an actor, or that it speaks in."""
        return self._of("actor", actor, limit)

    def of_asn(self, asn: int, limit: int = 50) -> list[FindingRow]:
        """List the findings on a network."""
        return self._of("asn", str(asn), limit)

    def of_record(self, record: str, limit: int = 50) -> list[FindingRow]:
        """List the findings that rest on a record of the ledger."""
        return self._of("record", record, limit)

    def latest(self, limit: int = 10) -> list[FindingRow]:
        """List the newest findings."""
        return self._reading.blobs(FindingRow, "SELECT row FROM finding ORDER BY n LIMIT ?", limit)

    def rows(
        self, page: int = 1, rows: int = 50, *, status: str = ""
    ) -> tuple[list[FindingRow], int]:
        """List all findings, or those of one status, and how many there are."""
        where, values = ("WHERE status = ?", (status,)) if status else ("", ())
        total = int(self._reading.value(f"SELECT COUNT(*) FROM finding {where}", *values))  # noqa: S608 - ours
        sql = f"SELECT row FROM finding {where} ORDER BY n LIMIT ? OFFSET ?"  # noqa: S608 - ours
        found = self._reading.blobs(FindingRow, sql, *values, rows, (max(page, 1) - 1) * rows)
        return found, total

    def _of(self, axis: str, value: str, limit: int) -> list[FindingRow]:
        sql = (
            "SELECT f.row FROM finding_of o JOIN finding f ON f.n = o.n "
            "WHERE o.axis = ? AND o.value = ? ORDER BY o.n LIMIT ?"
        )
        return self._reading.blobs(FindingRow, sql, axis, value, limit)
