"""The rules of ``data/law`` as structs: what forbids, what lifts, in which words it is asked."""

from datetime import date
from enum import StrEnum
from functools import cached_property

from msgspec import Struct, field

from whocut.ledger.law.instrument import Basis
from whocut.ledger.law.phrases import folded

__all__ = [
    "ActorKindWords",
    "Beside",
    "Clause",
    "Demand",
    "Exemption",
    "Held",
    "Holder",
    "KindOfNamed",
    "Listing",
    "Named",
    "NotForNamed",
    "NotParty",
    "NotSeen",
    "Persons",
    "Phrase",
    "PlaceWords",
    "Rule",
    "Service",
    "TraitWords",
    "Union",
    "Usual",
]


class Persons(StrEnum):
    """Whom a rule reaches within its places."""

    ANY = "any"
    LISTED = "listed"
    GOVERNMENT = "government"
    LEGAL_OR_GOVERNMENT = "legal_or_government"
    NATIONALS_OR_RESIDENTS = "nationals_or_residents"
    NAMED = "named"


class Demand(StrEnum):
    """What a rule asks for."""

    CUT = "cut"
    MEASURES = "measures"


class _Part(
    Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, dict=True
):
    """A piece of a file; unknown keys are refused by name."""


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


class _Between(_Part, frozen=True, kw_only=True):
    """Something that holds between two days; ``to`` is the first day outside."""

    from_: str | None = field(default=None, name="from")
    to: str | None = None

    @cached_property
    def bounds(self) -> tuple[date | None, date | None]:
        """The two days."""
        return _day(self.from_), _day(self.to)

    def holds_on(self, day: date) -> bool:
        """Say whether the day lies within."""
        start, end = self.bounds
        return (start is None or day >= start) and (end is None or day < end)


class Usual(_Part, frozen=True, kw_only=True):
    """What is taken of a service where nobody tells."""

    cost: str = ""
    person: str = ""


class Service(_Part, frozen=True, kw_only=True):
    """Something that can be cut."""

    id: str
    name: str
    families: tuple[str, ...]
    words: tuple[str, ...]
    usually: Usual = Usual()
    stands_for: tuple[str, ...] = ()

    @cached_property
    def marks(self) -> frozenset[str]:
        """Every way in which a rule can mean this service."""
        return frozenset({"all", self.id, *(f"@{family}" for family in self.families)})


class TraitWords(_Part, frozen=True, kw_only=True):
    """Words that say more of a service."""

    trait: str
    value: str
    words: tuple[str, ...]


class Phrase(_Part, frozen=True, kw_only=True):
    """Words that say more of a population."""

    sets: str
    value: str
    words: tuple[str, ...]


class PlaceWords(_Part, frozen=True, kw_only=True):
    """Words for a place."""

    code: str
    words: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    """What its people and firms are called; the plural follows."""
    whole: bool = False
    """They mean a region as a whole, of which rules speak in part."""

    @cached_property
    def forms(self) -> tuple[str, ...]:
        """The words for the people with their plurals, folded."""
        known = [folded(word) for word in self.people]
        many = [f"{one}s" for one in known if not one.endswith(("ese", "ish", "ch", "s"))]
        return (*known, *many)


class NotSeen(_Between, frozen=True, kw_only=True):
    """Places of which its law speaks in texts that nobody here has read."""

    places: tuple[str, ...]


class Held(_Part, frozen=True, kw_only=True):
    """A state or union whose law is held here: in the main, or a few orders only."""

    code: str
    some: bool = False
    not_seen: tuple[NotSeen, ...] = ()


class ActorKindWords(_Part, frozen=True, kw_only=True):
    """Words for a kind of actor."""

    kind: str
    words: tuple[str, ...]


class _Left(_Part, frozen=True, kw_only=True):
    code: str
    to: str


class Union(_Part, frozen=True, kw_only=True):
    """States whose companies a common law binds."""

    union: str
    members: tuple[str, ...]
    left: tuple[_Left, ...] = ()

    def holds(self, code: str, day: date) -> bool:
        """Say whether a state belongs to it on a day."""
        return code in self.members or any(
            one.code == code and day < date.fromisoformat(one.to) for one in self.left
        )


class Holder(_Part, frozen=True, kw_only=True):
    """A company with a licence of its own."""

    id: str
    words: tuple[str, ...]


class Listing(_Between, frozen=True, kw_only=True):
    """That a rule names somebody, between two days."""

    rule: str
    basis: Basis = Basis.SOURCE


class Named(_Part, frozen=True, kw_only=True):
    """A person or an outlet that provisions name."""

    id: str
    name: str
    words: tuple[str, ...]
    kind: str
    place: str = ""
    """Where it is at home, for a case that names it and no place."""
    listed: tuple[Listing, ...] = ()


class KindOfNamed(_Part, frozen=True, kw_only=True):
    """Which service a named outlet or platform is."""

    kind: str
    service: str


class Rule(_Between, frozen=True, kw_only=True):
    """What forbids a service."""

    id: str
    name: str
    provisions: tuple[str, ...]
    binds: tuple[str, ...]
    territorial: Basis | None = None
    """It binds whoever acts in its places, and by what that is known."""
    places: tuple[str, ...]
    in_part: bool = False
    """Its places are only a part of the regions whose codes stand for them."""
    elsewhere: bool = False
    """Listed persons may be anywhere; where a case does not say whose list, that is open."""
    near: tuple[str, ...] = ()
    """Places of its programme where it does not reach: it is named there, and lets go."""
    demands: Demand = Demand.CUT
    services: tuple[str, ...] = ("all",)
    but_not: tuple[str, ...] = ()
    doubtful_services: tuple[str, ...] = ()
    delivery: str = ""
    delivery_of: tuple[str, ...] = ()
    """Of which services only that form of delivery is reached; without it any, in doubt."""
    not_delivery: str = ""
    doubtful_delivery: str = ""
    """A form of delivery that it may reach, of whatever service."""
    doubtful_cost: str = ""
    """At this cost it is open whether it reaches."""
    persons: Persons = Persons.ANY
    not_owned_by: tuple[str, ...] = ()
    not_resident: tuple[str, ...] = ()
    amount: str = ""
    doubtful_days: tuple[str, ...] = ()
    may_list: tuple[str, ...] = ()
    may_list_from: str | None = None
    same_list_as: str | None = None
    power_of: str | None = None
    repeals: tuple[str, ...] = ()
    why: str
    unless: str | None = None


class Clause(_Between, frozen=True, kw_only=True):
    """Some services that an exemption covers, or leaves out."""

    services: tuple[str, ...]
    cost: str = ""
    use: str = ""
    not_use: str = ""
    supports: str = ""
    not_supports: str = ""
    not_delivery: str = ""
    payment: str = ""
    contracts: str = ""
    owned_by: str = ""
    named: tuple[str, ...] = ()
    government: bool = False
    basis: Basis = Basis.SOURCE
    doubtful: bool = False
    leaning: str = ""
    why: str = ""


class NotForNamed(_Between, frozen=True, kw_only=True):
    """Persons whom an exemption names as outside."""

    names: tuple[str, ...]


class Exemption(_Part, frozen=True, kw_only=True):
    """What lifts a rule."""

    provision: str
    of: tuple[str, ...]
    binds: tuple[str, ...] = ()
    holder: str | None = None
    only_named: tuple[str, ...] = ()
    not_for: tuple[str, ...] = ()
    doubtful_for: tuple[str, ...] = ()
    not_for_named: tuple[NotForNamed, ...] = ()
    doubtful_for_named: tuple[str, ...] = ()
    excludes: tuple[Clause, ...] = ()
    covers: tuple[Clause, ...] = ()


class Beside(_Part, frozen=True, kw_only=True):
    """A provision that is shown and decides nothing."""

    provision: str
    why: str = ""
    services: tuple[str, ...] = ()
    abroad: bool = False
    on: tuple[str, ...] = ()


class NotParty(_Between, frozen=True, kw_only=True):
    """States that are no party to a covenant."""

    covenant: str
    codes: tuple[str, ...]
    basis: Basis
    url: str | None = None
    note: str | None = None
