"""OONI Web Connectivity of every version: bytes to measurements, refusals and skips."""

from whocut.ingest.ooni.limits import ReadLimits
from whocut.ingest.ooni.quarantine import Quarantine
from whocut.ingest.ooni.reader import read_blocks, read_source
from whocut.ingest.ooni.refusal import Refusal, RefusalReason, Skipped
from whocut.ingest.ooni.sources import Source, expand_sources

__all__ = [
    "Quarantine",
    "ReadLimits",
    "Refusal",
    "RefusalReason",
    "Skipped",
    "Source",
    "expand_sources",
    "read_blocks",
    "read_source",
]
