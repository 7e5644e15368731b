"""The fingerprint record and its closed vocabularies."""

from enum import StrEnum

from msgspec import Struct

from whocut.model.taxonomy import ActorKind, Strength

__all__ = [
    "CEILINGS",
    "WHERE_FIXED",
    "Fingerprint",
    "Meaning",
    "PatternType",
    "RejectedRow",
    "Scope",
    "Seen",
    "is_where",
]


class Meaning(StrEnum):
    """What a page or answer with this fingerprint says."""

    GEO_EXPLICIT = "geo_explicit"
    """The page says that this country, region or location is refused."""
    SANCTIONS_EXPLICIT = "sanctions_explicit"
    """The page gives sanctions, export control or a war as its ground."""
    LICENCE_EXPLICIT = "licence_explicit"
    """The page gives rights or a licence limited to some territory as its ground."""
    LEGAL_EXPLICIT = "legal_explicit"
    """The page says that the law or a legal demand keeps it from answering; no country named."""
    CLOUD_REFUSAL = "cloud_refusal"
    """The provider below the service refuses in its own name."""
    REFUSAL_VAGUE = "refusal_vague"
    """Refused, without a reason."""
    REPUTATION_BLOCK = "reputation_block"
    """Refused for the address, the request or its rate: reputation, abuse, firewall, limit."""
    BOT_CHALLENGE = "bot_challenge"
    """A check that the visitor is no machine, or is a browser."""
    BLOCK_PAGE = "block_page"
    """A page, redirect or address of somebody who is not the service, put in its place."""
    ERROR_PAGE = "error_page"
    """A server or edge that fails, is not set up, or does not know the name."""
    FALSE_POSITIVE = "false_positive"
    """Known to look like a block page and to be none."""


class Scope(StrEnum):
    """Whose page it is, as far as the fingerprint itself tells."""

    ORIGIN = "origin"
    EDGE = "edge"
    CLOUD = "cloud"
    STATE = "state"
    ISP = "isp"
    PRODUCT = "product"
    INSTITUTION = "institution"
    UNKNOWN = "unknown"


class PatternType(StrEnum):
    """How a pattern is compared."""

    FULL = "full"
    PREFIX = "prefix"
    CONTAINS = "contains"
    REGEXP = "regexp"


class Seen(StrEnum):
    """Where the fingerprint was seen; ``paper`` means that its authors saw it in the wild."""

    WILD = "wild"
    PAPER = "paper"
    LAB = "lab"
    OWN_KNOWLEDGE = "own_knowledge"


CEILINGS: dict[Seen, Strength] = {
    Seen.WILD: Strength.A,
    Seen.PAPER: Strength.A,
    Seen.LAB: Strength.C,
    Seen.OWN_KNOWLEDGE: Strength.C,
}
"""The most that a fingerprint can carry, by where it was seen."""

WHERE_FIXED = frozenset({"body", "title", "header", "response", "dns.ip", "dns.cname"})


def is_where(value: str) -> bool:
    """Say whether a value names a place that fingerprints look at."""
    return value in WHERE_FIXED or (value.startswith("header.") and value == value.lower())


class Fingerprint(Struct, frozen=True, kw_only=True, gc=False):
    """One known marker of a response or a DNS answer, and what it means."""

    id: str
    pattern: str
    pattern_type: PatternType
    where: str
    """``body``, ``title`` (title and first headings), ``header`` (any), ``header.<name>``,
    ``response`` (a header line or the body), ``dns.ip``, ``dns.cname``."""
    meaning: Meaning
    actor_kind: ActorKind
    scope: Scope
    provider: str
    expected_countries: tuple[str, ...]
    """Where the page is expected, ISO 3166-1 alpha-2; empty where the source does not say."""
    strength: Strength
    source: str
    seen: Seen
    note: str
    is_wording: bool = False
    """Matched against normalised visible text instead of the bytes as sent."""
    is_caseless: bool = False
    """Upper and lower case of ASCII letters are the same in the bytes as sent."""
    is_vetoed: bool = False
    """Wording that does not count where its sentence hedges, asks or speaks of goods."""
    longest_text: int | None = None
    """Characters of visible text up to which wording counts; ``None`` for the common limits."""
    statuses: tuple[int, ...] = ()
    """HTTP statuses it counts under; empty for any."""
    largest_body: int | None = None
    """Bytes of body up to which it counts; ``None`` for any."""


class RejectedRow(Struct, frozen=True, gc=False):
    """One row of an imported list that was not taken, and why; lines count from 1."""

    source: str
    line: int
    reason: str
    row: str
