"""One documented cut-off, as it stands in ``data/ledger/<year>/<id>.yaml``.

Each value names the sources that carry it. ``from`` names sources of which *each* carries the
value; ``among`` names sources of which *at least one* does, where it was not noted which. The first
can make a value ``documented``; the second cannot. The key ``own`` stands for own knowledge, keys
such as ``s1`` for the record's own sources, any other for one shared by records
(``data/ledger/sources.yaml``).
"""

from typing import Annotated, Generic, TypeVar

import msgspec
from msgspec import Meta, Struct, field

from whocut.ledger.vocabulary import (
    Access,
    Action,
    AttributionStatus,
    CarriedOut,
    EdgeKind,
    GroundCategory,
    Kind,
    LedgerLayer,
    ReadLevel,
    Sector,
    Selector,
    Stance,
    Telling,
    Verification,
)

__all__ = [
    "OWN",
    "Attribution",
    "CitedInstrument",
    "Conflict",
    "ContactAttempt",
    "CutRecord",
    "Dated",
    "Dates",
    "Edge",
    "Ground",
    "Hypothesis",
    "JoinedDomain",
    "JoinedNetwork",
    "Note",
    "Parties",
    "Party",
    "Population",
    "Remedies",
    "Reply",
    "Retraction",
    "Scope",
    "Source",
    "Stated",
    "Witnessed",
    "schema",
]

OWN = "own"
"""The source key of what is known without a source."""
_T = TypeVar("_T")
Slug = Annotated[str, Meta(pattern="^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
SourceKey = Annotated[str, Meta(pattern="^[a-z0-9]+(-[a-z0-9]+)*$", max_length=40)]
Place = Annotated[str, Meta(pattern="^([A-Z]{2}(-[A-Z0-9]{1,3})?|WORLD)$")]
"""ISO 3166-1 alpha-2, ISO 3166-2, EU, or WORLD for everybody."""
EdtfText = Annotated[str, Meta(min_length=1, max_length=64)]
Prose = Annotated[str, Meta(min_length=1, max_length=2000)]


class _Part(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A piece of a record; unknown keys are refused by name."""


class Witnessed(_Part, frozen=True, kw_only=True):
    """Something said, and by which sources."""

    from_: tuple[SourceKey, ...] = field(default=(), name="from")
    among: tuple[SourceKey, ...] = ()
    note: Prose | None = None


class Stated(Witnessed, Generic[_T], frozen=True, kw_only=True):
    """One value with its sources."""

    value: _T


class Note(Witnessed, frozen=True, kw_only=True):
    """A sentence with its sources."""

    text: Prose


class Party(Witnessed, frozen=True, kw_only=True):
    """An actor in a role."""

    actor: Slug


class Parties(_Part, frozen=True, kw_only=True):
    """Who did what part."""

    decider: tuple[Party, ...]
    executor: tuple[Party, ...] = ()
    upstream: tuple[Party, ...] = ()
    """On whose rule, order or refusal the decider acted."""
    informant: tuple[Party, ...] = ()
    """Through whom it became known, where that is not the decider."""


class Population(Witnessed, frozen=True, kw_only=True):
    """Who was cut off, and by which mark they were told apart."""

    places: Annotated[tuple[Place, ...], Meta(min_length=1)]
    selectors: tuple[Selector, ...] = ()
    organisations: tuple[str, ...] = ()
    """Organisations named in the sources; persons are never named."""
    excepted: tuple[str, ...] = ()
    """Who was left out of the cut, in own words."""


class Scope(Witnessed, frozen=True, kw_only=True):
    """How much of the service, for which of those users."""

    text: Prose
    users: tuple[str, ...] = ()
    """persons, organisations, developers, state bodies, listed parties."""
    accounts: tuple[str, ...] = ()
    """new, existing."""
    plans: tuple[str, ...] = ()
    """free, paid."""
    rights: tuple[str, ...] = ()
    """read, write, download, update, payout."""


class Dated(Witnessed, frozen=True, kw_only=True):
    """One telling of when."""

    on: EdtfText
    told: Telling = Telling.STATED


class Dates(_Part, frozen=True, kw_only=True):
    """The moments of a cut; several tellings of one stand side by side, the preferred one first."""

    announced: tuple[Dated, ...] = ()
    effective: tuple[Dated, ...] = ()
    first_observed: tuple[Dated, ...] = ()
    disclosed: tuple[Dated, ...] = ()
    ended: tuple[Dated, ...] = ()


class Ground(Witnessed, frozen=True, kw_only=True):
    """A ground as somebody's claim, in own words."""

    category: GroundCategory
    text: Prose
    claimant: Slug
    """An actor, or ``sources`` where the sources infer it and no party says it."""
    on: EdtfText | None = None


class Hypothesis(Witnessed, frozen=True, kw_only=True):
    """One account of who did it."""

    actor: Slug
    """Whom this account names; ``nobody`` for a fault or an accident."""
    claim: Prose
    claimant: Slug
    """Who gives this account: an actor, or ``sources``."""
    told_by: str | None = None
    """Who gives it, in words, where that is no actor of ours."""


class Attribution(Witnessed, frozen=True, kw_only=True):
    """How it is known who decided, and the competing accounts."""

    status: AttributionStatus
    hypotheses: tuple[Hypothesis, ...] = ()


class Edge(Witnessed, frozen=True, kw_only=True):
    """A tie to another record."""

    kind: EdgeKind
    to: Slug


class JoinedNetwork(Witnessed, frozen=True, kw_only=True):
    """An autonomous system, by which routes join."""

    asn: Annotated[int, Meta(ge=1, le=4294967294)]
    role: str = "actor"
    """actor: the decider's own; affected: cut off; executor."""


class JoinedDomain(Witnessed, frozen=True, kw_only=True):
    """A domain, by which measurements join."""

    domain: Annotated[str, Meta(max_length=253)]
    role: str = "service"
    """service: what can no longer be reached; affected: the domain of those cut off."""


class CitedInstrument(Witnessed, frozen=True, kw_only=True):
    """A provision that the record's sources connect with it."""

    id: Slug


class Remedies(_Part, frozen=True, kw_only=True):
    """What those cut off were given, in facts (UN Guiding Principles 29 and 31)."""

    notice_days: Stated[int] | None = None
    appeal: Stated[str] | None = None
    data_export: Stated[str] | None = None
    refund: Stated[str] | None = None


class Conflict(Witnessed, frozen=True, kw_only=True):
    """Where sources contradict the record or each other; shown beside the value."""

    field: str
    text: Prose


class ContactAttempt(_Part, frozen=True, kw_only=True):
    """An attempt to hear the named party before publication."""

    on: EdtfText
    channel: str
    outcome: str


class Reply(_Part, frozen=True, kw_only=True):
    """What the named party answers; stands beside the claim in every export."""

    received: EdtfText
    by: Slug
    verified_by: Verification
    text: Annotated[str, Meta(min_length=1, max_length=4000)]
    requested: str | None = None
    outcome: str | None = None


class Retraction(_Part, frozen=True, kw_only=True):
    """Why a record no longer stands; it stays, with the reason."""

    on: EdtfText
    reason: Prose


class Source(_Part, frozen=True, kw_only=True):
    """A source, how much of it was read, and of whose words it is a copy."""

    url: Annotated[str, Meta(pattern="^https?://[^\\s<>\"]+$", max_length=2000)] | None = None
    title: Prose
    publisher: str
    date: EdtfText | None = None
    lang: Annotated[str, Meta(pattern="^[a-z]{2,3}$")] | None = None
    read: ReadLevel
    stance: Stance
    group: Slug
    """The origin of the words: copies of one agency's text share it and count once."""
    carries: Annotated[str, Meta(pattern="^(event|context)$")] = "event"
    note: Prose | None = None


class CutRecord(_Part, frozen=True, kw_only=True):
    """One record of the ledger."""

    id: Slug
    kind: Kind
    parties: Parties
    attribution: Attribution
    sector: Stated[Sector]
    action: Stated[Action]
    layer: Stated[LedgerLayer]
    mechanism: Stated[str] | None = None
    """A node of the registry of mechanisms, the deepest that the sources carry."""
    how: Note | None = None
    direction: Stated[Access] | None = None
    carried_out: Stated[CarriedOut] | None = None
    population: Population
    stated_population: Population | None = None
    """The population that the refusing page or the decider names, where the real one differs."""
    scope: Scope | None = None
    dates: Dates
    grounds: tuple[Ground, ...] = ()
    instruments: tuple[CitedInstrument, ...] = ()
    edges: tuple[Edge, ...] = ()
    networks: tuple[JoinedNetwork, ...] = ()
    domains: tuple[JoinedDomain, ...] = ()
    remedies: Remedies | None = None
    collateral: tuple[Note, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    notes: tuple[Note, ...] = ()
    contact_attempts: tuple[ContactAttempt, ...] = ()
    replies: tuple[Reply, ...] = ()
    retracted: Retraction | None = None
    confidence: Annotated[str, Meta(pattern="^(high|medium|low)$")] | None = None
    """What the person who entered it thinks of it; the grade does not depend on it."""
    sources: Annotated[dict[SourceKey, Source], Meta(min_length=1)]


def schema() -> dict[str, object]:
    """Give the JSON Schema of a record (draft 2020-12)."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "whocut ledger record",
        **msgspec.json.schema(CutRecord),
    }
