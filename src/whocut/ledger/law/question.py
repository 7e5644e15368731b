"""What is asked of the law, and what it answers."""

from enum import StrEnum
from typing import Final

from msgspec import Struct

from whocut.ledger.law.instrument import Basis, Certainty

__all__ = [
    "DISCLAIMER",
    "ActorKind",
    "AskedService",
    "Assessment",
    "Context",
    "Label",
    "LegalQuestion",
    "OtherAnswer",
    "Part",
    "People",
    "Role",
    "Told",
    "UsedProvision",
]

DISCLAIMER: Final = "This is no legal advice."


class Label(StrEnum):
    """What the law of a day said of a cut."""

    REQUIRED = "required"
    PERMITTED_NOT_REQUIRED = "permitted_not_required"
    EXPRESSLY_EXEMPTED = "expressly_exempted"
    OWN_CHOICE = "own_choice"
    UNCLEAR = "unclear"


class ActorKind(StrEnum):
    """Who acted, as far as the law tells actors apart."""

    COMPANY = "company"
    OPERATOR = "operator"
    """A network operator: it carries out orders of its own state."""
    STATE = "state"
    """A state body or a court."""
    OTHER = "other"
    UNKNOWN = "unknown"


class Told(StrEnum):
    """What is said of a group within a population."""

    NOT_TOLD = "not_told"
    EXCLUDED = "excluded"
    INCLUDED = "included"
    ONLY = "only"


class AskedService(Struct, frozen=True, kw_only=True):
    """A service with what is told of it; an empty trait is not told."""

    id: str
    cost: str = ""
    use: str = ""
    delivery: str = ""
    supports: str = ""


class People(Struct, frozen=True, kw_only=True):
    """Who is cut off, beside the places; an empty value is not told."""

    blocked: Told = Told.NOT_TOLD
    government: Told = Told.NOT_TOLD
    person: str = ""
    """natural or legal."""
    owned_by: str = ""
    """US, EU, or "not US", "not EU"."""
    resides_in: str = ""
    """EEA (with Switzerland), or "not EEA"."""
    nationals_of: tuple[str, ...] = ()
    """Where they live elsewhere: the places of the question are then where they live."""
    origins: tuple[str, ...] = ()
    """Places by which they are told apart and where they are not: birth, a visit, an owner."""
    listed_by: tuple[str, ...] = ()
    """Whose list names them, where that is told."""
    named: tuple[str, ...] = ()
    """Ids of named persons and outlets."""


class LegalQuestion(Struct, frozen=True, kw_only=True):
    """One act, without its day."""

    actor_kind: ActorKind
    actor_jurisdictions: tuple[str, ...]
    actor_id: str | None = None
    places: tuple[str, ...]
    people: People = People()
    services: tuple[AskedService, ...]
    contracts: str = ""
    """new, existing, or not told."""
    amount: str = ""
    payment: str = ""
    """own_account where they pay out of an account of theirs, or not told."""
    cited: tuple[str, ...] = ()
    """Whose law the actor names as its ground, binding or not."""
    whole: tuple[str, ...] = ()
    """Regions that are meant as a whole, where rules may be about a part of them."""
    claimed_law: str = ""
    """A law or an order that the actor names as its ground, and that may not be held."""
    unread: tuple[str, ...] = ()
    """Fields that could not be recognised: the answer is then unclear."""
    unread_words: tuple[str, ...] = ()
    """Words that could not be read, and may change the answer."""


class Role(StrEnum):
    """What a provision does in an answer."""

    BAN = "ban"
    NOT_REACHED = "does_not_reach"
    EXEMPTION = "exemption"
    DOUBTFUL = "doubtful"
    CONSIDERED = "considered"
    REPEAL = "repeal"
    POWER = "power"
    """A state's own power, by which it acted."""
    BINDS_THE_STATE = "binds_the_state"
    ADDRESSES_STATES = "addresses_states"
    """A declaration or a resolution, which binds nobody, or a treaty for a union of parties."""
    GUIDANCE = "guidance"


class UsedProvision(Struct, frozen=True, kw_only=True):
    """A version that was in force on the day, and what it did."""

    id: str
    family: str
    title: str
    in_force_from: str | None
    in_force_to: str | None
    """The first day outside it."""
    role: Role
    decides: bool
    basis: Basis
    read: str
    confidence: Certainty
    url: str | None
    why: str = ""


class Context(Struct, frozen=True, kw_only=True):
    """A provision shown beside the answer, with the reason."""

    id: str
    family: str
    title: str
    in_force_from: str | None
    in_force_to: str | None
    why: str


class OtherAnswer(Struct, frozen=True, kw_only=True):
    """For whom or what the answer would be another."""

    if_: str
    then: Label


class Part(Struct, frozen=True, kw_only=True):
    """The answer for one service in one place."""

    place: str
    service: str
    label: Label


class Assessment(Struct, frozen=True, kw_only=True):
    """What the law of one day said."""

    label: Label
    leaning: Label | None = None
    confidence: Certainty
    confidence_capped_by: str | None = None
    provisions: tuple[UsedProvision, ...] = ()
    context: tuple[Context, ...] = ()
    reasons: tuple[str, ...] = ()
    exceptions: tuple[OtherAnswer, ...] = ()
    not_if: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()
    disclaimer: str = DISCLAIMER
