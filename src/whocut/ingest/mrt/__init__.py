"""MRT: what route collectors heard, table by table and message by message (RFC 6396, RFC 8050).

Two ways through the same files: read_records gives every field and a finding for all that is not
whole; read_routes gives routes as columns, a hundred times as fast, and loads numba when called.
"""

from whocut.ingest.mrt.batch import Peers, RouteBatch, RouteKind, StateChanges
from whocut.ingest.mrt.finding import Finding, FindingKind
from whocut.ingest.mrt.limits import ReadLimits
from whocut.ingest.mrt.record import Record
from whocut.ingest.mrt.records import read_records
from whocut.ingest.mrt.routes import read_routes

__all__ = [
    "Finding",
    "FindingKind",
    "Peers",
    "ReadLimits",
    "Record",
    "RouteBatch",
    "RouteKind",
    "StateChanges",
    "read_records",
    "read_routes",
]
