"""The map of the Internet as files tell it: links, organisations, prefixes, weights."""

from whocut.ingest.topology.link_header import CollectorDays
from whocut.ingest.topology.local_topology import LocalTopology, find_topology
from whocut.ingest.topology.organisations import (
    REGISTRATION_CAVEAT,
    Organisations,
    OrganisationTally,
    read_organisations,
)
from whocut.ingest.topology.prefix_origins import (
    PrefixOrigins,
    PrefixTally,
    read_prefix_origins,
)
from whocut.ingest.topology.relationships import (
    LinkTally,
    Relationships,
    read_relationships,
    straddle_warning,
)
from whocut.ingest.topology.weights import (
    AddressWeights,
    CountryOrigins,
    Coverage,
    Weights,
    address_weights,
    read_country_origins,
    read_weights,
)

__all__ = [
    "REGISTRATION_CAVEAT",
    "AddressWeights",
    "CollectorDays",
    "CountryOrigins",
    "Coverage",
    "LinkTally",
    "LocalTopology",
    "OrganisationTally",
    "Organisations",
    "PrefixOrigins",
    "PrefixTally",
    "Relationships",
    "Weights",
    "address_weights",
    "find_topology",
    "read_country_origins",
    "read_organisations",
    "read_prefix_origins",
    "read_relationships",
    "read_weights",
    "straddle_warning",
]
