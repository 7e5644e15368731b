"""Verdicts of small made-up worlds, for the tests of the cell model."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pyarrow as pa

from whocut.access.cells import fit_cells, tally_verdicts
from whocut.access.cells.tally import VERDICT_COLUMNS_READ
from whocut.model.schema import VERDICT, arrow_schema

MONDAY: Final = datetime(2024, 1, 1, 12, tzinfo=UTC)
_KIND: Final = ("outcome", "layer", "mechanism", "locus", "actor_kind", "strength")
KINDS: Final[dict[str, tuple[str, ...]]] = {
    "served": ("served", "none", "none", "unknown", "none", "A"),
    "explicit": ("refused", "http", "http.refusal.geo_explicit", "origin", "company", "A"),
    "explicit_edge": ("refused", "http", "http.refusal.geo_explicit", "edge", "company", "A"),
    "vague": ("insufficient", "http", "http.refusal.status", "unknown", "company", "C"),
    "vague_edge": ("insufficient", "http", "http.refusal.vague", "edge", "company", "C"),
    "bogon": ("interfered", "dns", "dns.injection.bogon", "unknown", "unknown", "A"),
    "tcp_timeout": ("cut_unattributed", "tcp", "tcp.timeout", "unknown", "unknown", "B"),
    "tls_reset": ("cut_unattributed", "tls", "tls.reset", "unknown", "unknown", "B"),
    "tls_timeout": ("cut_unattributed", "tls", "tls.timeout", "unknown", "unknown", "B"),
    "http_reset": ("cut_unattributed", "http", "http.reset", "unknown", "unknown", "B"),
    "stall": ("cut_unattributed", "http", "http.stall.byte_count", "unknown", "unknown", "B"),
    "down": ("target_down", "tcp", "target.down.tcp", "origin", "none", "B"),
    "bot": ("bot_check", "http", "http.bot.challenge", "edge", "company", "A"),
    "offline": ("network_down", "route", "measurement.network_down", "client", "none", "B"),
    "broken": ("invalid", "none", "measurement.no_data", "client", "none", "A"),
    "diff": ("insufficient", "http", "http.diff", "unknown", "unknown", "C"),
}


def rows(
    kind: str, *, cc: str = "RU", asn: int = 1, target: str = "a.example", days: str = "0123456"
) -> list[dict[str, Any]]:
    """Make one verdict a day; ``days`` names the days of the first week by their numbers."""
    return [
        {
            "origin": "ooni",
            "probe_cc": cc,
            "probe_asn": asn,
            "measurement_start_time": MONDAY + timedelta(days=int(day)),
            "measurement_uid": f"{cc}-{asn}-{target}-{kind}-{day}",
            "target": target,
            **dict(zip(_KIND, KINDS[kind], strict=True)),
        }
        for day in days
    ]


def spread(
    kind: str, networks: int = 4, *, cc: str = "RU", target: str = "a.example", days: str = "0246"
) -> list[dict[str, Any]]:
    """Make the same verdicts on several networks."""
    return [
        row
        for asn in range(1, networks + 1)
        for row in rows(kind, cc=cc, asn=asn, target=target, days=days)
    ]


def later(found: list[dict[str, Any]], weeks: int) -> list[dict[str, Any]]:
    """Move verdicts to a later week."""
    return [
        {
            **row,
            "measurement_start_time": row["measurement_start_time"] + timedelta(weeks=weeks),
            "measurement_uid": f"{row['measurement_uid']}+{weeks}",
        }
        for row in found
    ]


def verdict_table(found: list[dict[str, Any]]) -> pa.Table:
    schema = arrow_schema(VERDICT)
    read = pa.schema([schema.field(name) for name in VERDICT_COLUMNS_READ])
    return pa.Table.from_pylist(found, schema=read)


def tallies_of(found: list[dict[str, Any]]) -> pa.Table:
    """Tally each country for itself, as pass 2 does."""
    countries = sorted({row["probe_cc"] for row in found})
    return pa.concat_tables(
        tally_verdicts(verdict_table([row for row in found if row["probe_cc"] == cc])).tallies
        for cc in countries
    )


def cell_of(
    found: list[dict[str, Any]], *, cc: str = "RU", target: str = "a.example", week: int = 0
) -> dict[str, Any]:
    """Fit all cells and give one of them."""
    monday = (MONDAY + timedelta(weeks=week)).date()
    (cell,) = [
        row
        for row in fit_cells(tallies_of(found)).to_pylist()
        if (row["probe_cc"], row["target"], row["week"]) == (cc, target, monday)
    ]
    return cell
