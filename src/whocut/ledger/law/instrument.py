"""Instruments with versions in time: what each is, whom it binds, and when it was in force."""

from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Annotated

from msgspec import Meta, Struct, field

from whocut.ledger.edtf import Edtf, parse_edtf

__all__ = [
    "Addressees",
    "Basis",
    "Binds",
    "Certainty",
    "Effect",
    "Family",
    "InForce",
    "InstrumentKind",
    "Read",
    "RetiredProvision",
    "TextSource",
    "Version",
    "Whom",
]


class InstrumentKind(StrEnum):
    """What sort of text it is."""

    TREATY = "treaty"
    HUMAN_RIGHTS_DECLARATION = "human_rights_declaration"
    SUMMIT_TEXT = "summit_text"
    UN_RESOLUTION = "un_resolution"
    EXPERT_VIEW = "expert_view"
    BUSINESS_PRINCIPLES = "business_principles"
    SANCTIONS = "sanctions"
    SANCTIONS_EXEMPTION = "sanctions_exemption"
    SANCTIONS_REPEAL = "sanctions_repeal"
    SPECIFIC_LICENCE = "specific_licence"
    EXPORT_CONTROL = "export_control"
    GUIDANCE = "guidance"
    NATIONAL_LAW = "national_law"
    CASE_LAW = "case_law"
    INDUSTRY_RULE = "industry_rule"


class Whom(StrEnum):
    """Whom a text binds; the places stand beside it."""

    STATES = "states"
    COMPANIES_OF = "companies_of"
    PERSONS_IN = "persons_in"
    OPERATORS_IN = "operators_in"
    MEMBERS = "members"
    NOBODY = "nobody"


class Addressees(StrEnum):
    """To whom a text speaks, binding or not: never one for the other."""

    STATES = "states"
    COMPANIES = "companies"
    EVERYONE = "everyone"


class Effect(StrEnum):
    """What a text does."""

    PROHIBITS = "prohibits"
    REQUIRES = "requires"
    PERMITS = "permits"
    EXEMPTS = "exempts"
    REPEALS = "repeals"
    PROTECTS = "protects"
    GUIDES = "guides"


class Read(StrEnum):
    """How much of the text was seen."""

    EXCERPT = "excerpt"
    SECONDARY = "secondary"
    OPENING = "opening"
    SUMMARY = "summary"
    NONE = "none"


class Basis(StrEnum):
    """Whether a source shows it, or nobody but ourselves says it."""

    SOURCE = "source"
    OWN = "own"


class Certainty(StrEnum):
    """How sure an answer or a provision is."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class InForce(StrEnum):
    """How a version stands on a day."""

    YES = "in_force"
    OWN = "in_force_by_own_knowledge"
    """Only own knowledge says so."""
    NOT_YET = "not_yet_in_force"
    ENDED = "no_longer_in_force"
    UNKNOWN = "not_known"


class _Part(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A piece of a file; unknown keys are refused by name."""


class Binds(_Part, frozen=True, kw_only=True):
    """Whom it binds, and of which places."""

    whom: Whom
    of: tuple[str, ...] = ()


class TextSource(_Part, frozen=True, kw_only=True):
    """Where it was read, and how much of it."""

    url: Annotated[str, Meta(pattern="^https?://[^\\s<>\"]+$", max_length=2000)] | None = None
    read: Read


class Version(_Part, frozen=True, kw_only=True, dict=True):
    """One text between two days. ``to`` is the first day on which it is no longer in force."""

    id: str
    title: str
    citation: str
    from_: str | None = field(default=None, name="from")
    to: str | None = None
    attested: str | None = None
    """A day on which a source shows it at work, where none gives its first."""
    own_from: str | None = None
    own_to: str | None = None
    supersedes: tuple[str, ...] = ()
    summary: str
    summary_basis: Basis = Basis.SOURCE
    basis: Basis
    source: TextSource
    confidence: Certainty
    statement_calls: tuple[int, ...] = ()
    doubtful: str | None = None
    note: str | None = None

    @cached_property
    def _dates(self) -> tuple[Edtf | None, ...]:
        given = (self.from_, self.to, self.attested, self.own_from, self.own_to)
        return tuple(None if one is None else parse_edtf(one) for one in given)

    def in_force(self, day: date) -> InForce:
        """Say how it stands on a day."""
        start, end, attested, own_start, own_end = self._dates
        if end is not None and end.latest is not None and day >= end.latest:
            return InForce.ENDED
        known = start or attested
        begun = known is not None and known.latest is not None and day >= known.latest
        if begun and (end is None or (end.earliest is not None and day < end.earliest)):
            return InForce.YES
        if own_start is not None and own_start.latest is not None and day >= own_start.latest:
            if own_end is not None and own_end.earliest is not None and day >= own_end.earliest:
                return InForce.ENDED
            return InForce.OWN
        first = start or own_start
        if first is not None and first.earliest is not None and day < first.earliest:
            return InForce.NOT_YET
        return InForce.UNKNOWN

    def days_of_change(self) -> tuple[date, ...]:
        """Give every day on which its standing can change."""
        return tuple(
            bound
            for one in self._dates
            if one is not None
            for bound in (one.earliest, one.latest)
            if bound is not None
        )

    @property
    def begins(self) -> str | None:
        """Its first day as text: by a source, else the day that attests it, else by ourselves."""
        return self.from_ or self.attested or self.own_from

    @property
    def ends(self) -> str | None:
        """The first day outside it, as text."""
        return self.to or self.own_to

    def is_own(self, day: date) -> bool:
        """Say whether nothing but own knowledge carries it on this day."""
        return self.basis is Basis.OWN or self.in_force(day) is InForce.OWN


class Family(_Part, frozen=True, kw_only=True):
    """One instrument with its versions, which follow each other or stand side by side."""

    id: str
    title: str
    issuer: str
    kind: InstrumentKind
    binds: Binds
    addresses: Addressees
    effect: Effect
    territory: tuple[str, ...] = ()
    versions_overlap: bool = False
    """Its versions are articles or parts that stand side by side."""
    versions: tuple[Version, ...]


class RetiredProvision(_Part, frozen=True, kw_only=True):
    """An id that is kept and answers nothing."""

    id: str
    why: str
    see: tuple[str, ...]
    text: str | None = None
