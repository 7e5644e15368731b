"""The map of the Internet as files tell it: links, organisations, prefixes, weights."""

from whocut.ingest.topology.link_header import CollectorDays
from whocut.ingest.topology.organisations import (
    REGISTRATION_CAVEAT,
    Organisations,
    OrganisationTally,
    read_organisations,
)
from whocut.ingest.topology.relationships import (
    LinkTally,
    Relationships,
    read_relationships,
    straddle_warning,
)

__all__ = [
    "REGISTRATION_CAVEAT",
    "CollectorDays",
    "LinkTally",
    "OrganisationTally",
    "Organisations",
    "Relationships",
    "read_organisations",
    "read_relationships",
    "straddle_warning",
]
