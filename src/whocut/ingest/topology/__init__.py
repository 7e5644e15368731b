"""The map of the Internet as files tell it: links, organisations, prefixes, weights."""

from whocut.ingest.topology.link_header import CollectorDays
from whocut.ingest.topology.relationships import (
    LinkTally,
    Relationships,
    read_relationships,
    straddle_warning,
)

__all__ = [
    "CollectorDays",
    "LinkTally",
    "Relationships",
    "read_relationships",
    "straddle_warning",
]
