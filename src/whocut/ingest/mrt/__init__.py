"""MRT: what route collectors heard, table by table and message by message (RFC 6396, RFC 8050)."""

from whocut.ingest.mrt.finding import Finding, FindingKind
from whocut.ingest.mrt.limits import ReadLimits
from whocut.ingest.mrt.record import Record
from whocut.ingest.mrt.records import read_records

__all__ = ["Finding", "FindingKind", "ReadLimits", "Record", "read_records"]
