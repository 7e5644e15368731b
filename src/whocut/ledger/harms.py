"""The statement's five calls as a taxonomy of harm: which calls a record falls under, and why.

The table is ``data/taxonomy/harms.toml``. A provision that speaks to states never stands for a
company, nor the other way round: a table that mixes them is refused.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from whocut.ledger.actors import known_as, named_by_domain
from whocut.ledger.law.instrument import Addressees, Family, Version
from whocut.ledger.load import convert
from whocut.ledger.record import CutRecord
from whocut.ledger.vocabulary import (
    Action,
    EdgeKind,
    Kind,
    LedgerActorKind,
    LedgerLayer,
    Sector,
    Selector,
)
from whocut.model.errors import DamagedDataError
from whocut.model.shipped import shipped_path

if TYPE_CHECKING:
    from whocut.ledger.actors import Actor

__all__ = [
    "ACTOR_GROUPS",
    "Call",
    "HarmRule",
    "Harms",
    "calls_of",
    "check_provisions",
    "fitting_rules",
    "load_harms",
]

ACTOR_GROUPS: Final = ("state", "company", "other")
"""By whom an act was, as far as a scorecard tells it apart."""
_ADDRESSED: Final[Mapping[str, frozenset[Addressees]]] = {
    "state": frozenset({Addressees.STATES, Addressees.EVERYONE}),
    "company": frozenset({Addressees.COMPANIES, Addressees.EVERYONE}),
    "everyone": frozenset({Addressees.EVERYONE}),
}
"""To whom a provision of each list must speak."""
_MEDIUM: Final = "medium"
_CALLS: Final = (1, 2, 3, 4, 5)


class _Part(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A piece of the table; unknown keys are refused by name."""


class Call(_Part, frozen=True, kw_only=True):
    """One call of the statement, and the provisions that bear on it."""

    number: int
    id: str
    title: str
    words: str
    """The statement's own words."""
    action_lines: tuple[str, ...]
    state: tuple[str, ...]
    company: tuple[str, ...]
    everyone: tuple[str, ...]

    def provisions(self, group: str) -> tuple[str, ...]:
        """Give the provisions that speak to a group of actors, and to everyone."""
        own: dict[str, tuple[str, ...]] = {"state": self.state, "company": self.company}
        return (*own.get(group, ()), *self.everyone)


class HarmRule(_Part, frozen=True, kw_only=True):
    """What in a record brings it under a call; every side that is given must hold."""

    id: str
    call: int
    because: str
    sectors: tuple[Sector, ...] = ()
    actions: tuple[Action, ...] = ()
    layers: tuple[LedgerLayer, ...] = ()
    selectors: tuple[Selector, ...] = ()
    media: bool = False
    decider_kinds: tuple[LedgerActorKind, ...] = ()
    records: tuple[str, ...] = ()

    @property
    def sides(self) -> dict[str, frozenset[str]]:
        """What is asked for, side by side; a side that is not given is left out."""
        given = {
            "sectors": frozenset(self.sectors),
            "actions": frozenset(self.actions),
            "layers": frozenset(self.layers),
            "selectors": frozenset(self.selectors),
            "media": frozenset({_MEDIUM} if self.media else ()),
            "decider_kinds": frozenset(self.decider_kinds),
            "records": frozenset(self.records),
        }
        return {side: values for side, values in given.items() if values}


class Media(_Part, frozen=True, kw_only=True):
    """News media by the names and domains that records use."""

    organisations: tuple[str, ...]
    domains: tuple[str, ...]


class Harms(_Part, frozen=True, kw_only=True):
    """The whole table."""

    actor_groups: dict[str, tuple[LedgerActorKind, ...]]
    media: Media
    call: tuple[Call, ...]
    rule: tuple[HarmRule, ...]

    def group_of(self, kind: LedgerActorKind) -> str:
        """Give the group of a kind of actor."""
        return next(name for name, kinds in self.actor_groups.items() if kind in kinds)


def load_harms(path: Path | None = None) -> Harms:
    """Load the taxonomy.

    Raises: InputError or DamagedDataError, which names file and field.
    """
    import tomllib

    path = path or shipped_path("taxonomy", "harms.toml")
    try:
        document = tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise DamagedDataError(str(error), source=str(path)) from error
    harms = convert(document, Harms, str(path))
    for field, reason in _faults(harms):
        raise DamagedDataError(reason, source=str(path), field=field)
    return harms


def check_provisions(harms: Harms, versions: Mapping[str, tuple[Family, Version]]) -> None:
    """Refuse a provision that no instrument has, and one that stands for the wrong actors.

    Raises: DamagedDataError, which names the call and the list.
    """
    for call in harms.call:
        for name, allowed in _ADDRESSED.items():
            for id_ in getattr(call, name):
                field = f"call[{call.number}].{name}"
                if id_ not in versions:
                    raise DamagedDataError(
                        f"no such provision: {id_}", source="harms.toml", field=field
                    )
                addressed = versions[id_][0].addresses
                if addressed not in allowed:
                    raise DamagedDataError(
                        f"{id_} speaks to {addressed}, and is listed for {name}",
                        source="harms.toml",
                        field=field,
                    )


def fitting_rules(
    harms: Harms, record: CutRecord, actors: Mapping[str, "Actor"]
) -> tuple[HarmRule, ...]:
    """Give the rules that a record meets."""
    facts = _facts(harms.media, record, actors)
    return tuple(
        rule
        for rule in harms.rule
        if all(not values.isdisjoint(facts[side]) for side, values in rule.sides.items())
    )


def calls_of(
    harms: Harms,
    record: CutRecord,
    actors: Mapping[str, "Actor"],
    records: Mapping[str, CutRecord] | None = None,
) -> dict[int, tuple[HarmRule, ...]]:
    """Give the calls of a record, each with the rules that bring it there; empty where none does.

    A restoration falls under the calls of what it restores as well.
    """
    rules = dict.fromkeys(fitting_rules(harms, record, actors))
    if record.kind is Kind.RESTORATION and records is not None:
        for edge in record.edges:
            if edge.kind is EdgeKind.RESTORES and edge.to in records:
                rules.update(dict.fromkeys(fitting_rules(harms, records[edge.to], actors)))
    found: dict[int, tuple[HarmRule, ...]] = {}
    for rule in sorted(rules, key=lambda one: (one.call, one.id)):
        found[rule.call] = (*found.get(rule.call, ()), rule)
    return found


def _facts(
    media: Media, record: CutRecord, actors: Mapping[str, "Actor"]
) -> dict[str, frozenset[str]]:
    deciders = (actors.get(one.actor) for one in record.parties.decider)
    return {
        "sectors": frozenset({record.sector.value}),
        "actions": frozenset({record.action.value}),
        "layers": frozenset({record.layer.value}),
        "selectors": frozenset(record.population.selectors),
        "media": frozenset({_MEDIUM} if _names_a_medium(media, record, actors) else ()),
        "decider_kinds": frozenset(one.kind for one in deciders if one is not None),
        "records": frozenset({record.id}),
    }


def _names_a_medium(media: Media, record: CutRecord, actors: Mapping[str, "Actor"]) -> bool:
    domains = [one.domain for one in record.domains]
    organisations = record.population.organisations
    named = [known_as(actors, one) for one in organisations]
    named += [each for one in domains for each in named_by_domain(actors, one)]
    return (
        any(one is not None and one.sector == Sector.NEWS_MEDIA for one in named)
        or not set(organisations).isdisjoint(media.organisations)
        or not set(domains).isdisjoint(media.domains)
    )


def _faults(harms: Harms) -> Iterable[tuple[str, str]]:
    if tuple(one.number for one in harms.call) != _CALLS:
        yield "call", "the statement has five calls, 1 to 5, in this order"
    if tuple(harms.actor_groups) != ACTOR_GROUPS:
        yield "actor_groups", f"wanted: {', '.join(ACTOR_GROUPS)}"
    listed = [kind for kinds in harms.actor_groups.values() for kind in kinds]
    if sorted(listed) != sorted(LedgerActorKind):
        yield "actor_groups", "every kind of actor stands in one group"
    seen: set[str] = set()
    for number, rule in enumerate(harms.rule):
        if rule.call not in _CALLS:
            yield f"rule[{number}].call", f"no such call: {rule.call}"
        if rule.id in seen:
            yield f"rule[{number}].id", f"{rule.id} stands twice"
        if not rule.sides:
            yield f"rule[{number}]", f"{rule.id} has no side, and would fit every record"
        seen.add(rule.id)
