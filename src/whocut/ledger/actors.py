"""The parties that records name (data/actors): companies, state bodies, courts, networks, projects.

A record names an actor by its id. Networks and domains join the ledger to what is measured, so each
belongs to one actor, and what somebody is not sure of stays out. A party that no source names is
``is_unnamed``: it holds no network and no domain, and is never taken for a named one.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

import pycountry
from msgspec import Meta, Struct, field

from whocut.ledger.document import line_of, read_document_file
from whocut.ledger.edtf import parse_edtf
from whocut.ledger.load import Fault, convert
from whocut.ledger.record import OWN
from whocut.ledger.vocabulary import LedgerActorKind, Sector
from whocut.model.errors import DamagedDataError, InputError
from whocut.model.shipped import shipped_path
from whocut.reference.suffixes import registrable_domain

__all__ = [
    "Actor",
    "ActorName",
    "ActorNetwork",
    "NetworkRole",
    "actors_path",
    "bases_of",
    "known_as",
    "load_actors",
    "named_by_domain",
    "named_by_network",
    "parent_on",
    "read_actors",
]

_GOVERNMENT: Final = "government"
"""The sector of a state body; the others are those of the records."""
_SECTORS: Final = frozenset({_GOVERNMENT, *(one.value for one in Sector)})
_RESERVED_IDS: Final = frozenset({"nobody", "sources", OWN})
"""Words that stand in a record where an actor's id could."""
_FACTS: Final = (
    *("names", "kind", "jurisdictions", "sector", "domains"),
    *("asns", "siblings", "parent", "parent_since", "aliases"),
)
# IANA "Autonomous System (AS) Numbers" and "Special-Purpose AS Numbers": 0 (RFC 7607), 23456
# (RFC 6793), documentation (RFC 5398), private use (RFC 6996), last numbers (RFC 7300), and
# 65552 to 131071, which IANA reserves.
_NOT_ASSIGNABLE: Final = (
    (0, 0),
    (23456, 23456),
    (64496, 131071),
    (4200000000, 4294967295),
)
_DOMAIN: Final = re.compile(
    r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]", re.ASCII
)
_Id = Annotated[str, Meta(pattern="^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
_Text = Annotated[str, Meta(min_length=1, max_length=200)]
_Number = Annotated[int, Meta(ge=0, le=4294967295)]
_Hit = tuple[str, str]


class NetworkRole(StrEnum):
    """What an actor's network is to it."""

    NETWORK = "network"
    """The network that it runs."""


class _Part(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A piece of an actor; unknown keys are refused by name."""


class ActorName(_Part, frozen=True, kw_only=True):
    """A name, in one language and script."""

    name: _Text
    lang: str
    """ISO 639-1."""
    script: str | None = None
    """ISO 15924, where it is not the Latin one."""


class ActorNetwork(_Part, frozen=True, kw_only=True):
    """An autonomous system of an actor."""

    asn: _Number
    role: NetworkRole


class Actor(_Part, frozen=True, kw_only=True):
    """One party, and on what each fact about it rests."""

    id: _Id
    names: Annotated[tuple[ActorName, ...], Meta(min_length=1)]
    kind: LedgerActorKind
    jurisdictions: tuple[str, ...] = ()
    """ISO 3166-1 alpha-2, or EU; none for an international body and where it is not known."""
    sector: str | None = None
    """A sector of the records, or ``government`` for a state body."""
    domains: tuple[str, ...] = ()
    """Its own registrable domains, as A-labels."""
    asns: tuple[ActorNetwork, ...] = ()
    siblings: tuple[_Number, ...] = ()
    """Further autonomous systems of the same organisation."""
    parent: _Id | None = None
    parent_since: str | None = None
    """EDTF: since when the parent has held it; an earlier act is not the parent's."""
    aliases: tuple[_Text, ...] = ()
    """Other strings by which sources name it or its services."""
    is_unnamed: bool = field(default=False, name="unnamed")
    """No source names the party; it stands for whoever it was."""
    from_: dict[str, str] = field(name="from")
    """The basis of each fact: ``own``, or the record whose sources show it. A key ``field.item``
    speaks of one item: a language of ``names``, a number of ``asns``, one of ``domains``."""

    @property
    def name(self) -> str:
        """The first name, which is the one to show in English."""
        return self.names[0].name

    @property
    def all_asns(self) -> tuple[int, ...]:
        """Its networks and their siblings."""
        return (*(one.asn for one in self.asns), *self.siblings)


class _File(_Part, frozen=True, kw_only=True):
    actors: tuple[Actor, ...]


def actors_path() -> Path:
    """Locate the actors that ship."""
    return shipped_path("actors")


def load_actors(root: Path | None = None, *, is_checked: bool = True) -> dict[str, Actor]:
    """Load all actors by id; ``is_checked`` also holds them against each other, which takes longer.

    Raises: DamagedDataError with the first fault: file and field.
    """
    actors, faults = read_actors(root, is_checked=is_checked)
    if faults:
        first = faults[0]
        raise DamagedDataError(first.reason, source=first.file, field=first.field or None)
    return actors


def read_actors(
    root: Path | None = None, *, is_checked: bool = True
) -> tuple[dict[str, Actor], list[Fault]]:
    """Read every file; check the actors one by one and against each other if asked."""
    root = root or actors_path()
    faults: list[Fault] = []
    actors: dict[str, Actor] = {}
    places: dict[str, tuple[Path, int]] = {}
    paths = sorted(root.glob("*.yaml"))
    if not paths:
        faults.append(Fault(root.name, "actors", "no file of actors"))
    for path in paths:
        try:
            read = convert(read_document_file(path), _File, str(path)).actors
        except InputError as error:
            faults.append(_fault(path, error.field or "", error.reason))
            continue
        for number, actor in enumerate(read):
            if actor.id in actors:
                other = places[actor.id][0].name
                reason = f"{actor.id} stands in {other} already"
                faults.append(_fault(path, f"actors[{number}].id", reason))
                continue
            actors[actor.id] = actor
            places[actor.id] = (path, number)
    for name, (where, reason) in _hits(actors) if is_checked else ():
        path, number = places[name]
        faults.append(_fault(path, f"actors[{number}].{where}", f"{name}: {reason}"))
    return actors, faults


def known_as(actors: Mapping[str, Actor], text: str) -> Actor | None:
    """Find the actor whose id, name or alias this is, in any case; never an unnamed one."""
    wanted = _folded(text)
    for actor in actors.values():
        if not actor.is_unnamed and wanted in (actor.id, *map(_folded, _called(actor))):
            return actor
    return None


def named_by_network(actors: Mapping[str, Actor], asn: int) -> tuple[Actor, ...]:
    """List the actors that run this network, a child before its parent."""
    found = [one for one in actors.values() if asn in one.all_asns]
    return _children_first(actors, found)


def named_by_domain(actors: Mapping[str, Actor], host: str) -> tuple[Actor, ...]:
    """List the actors that own the domain of a host name, a child before its parent."""
    labels = host.casefold().rstrip(".").split(".")
    above = {".".join(labels[start:]) for start in range(len(labels))}
    found = [one for one in actors.values() if not above.isdisjoint(one.domains)]
    return _children_first(actors, found)


def parent_on(actors: Mapping[str, Actor], actor: Actor, day: date) -> Actor | None:
    """Give the parent that surely held an actor on a day; None before, and while in doubt."""
    if actor.parent is None:
        return None
    if actor.parent_since is not None:
        latest = parse_edtf(actor.parent_since).latest
        if latest is None or day < latest:
            return None
    return actors[actor.parent]


def bases_of(actor: Actor) -> Iterator[tuple[str, str]]:
    """Walk the facts of an actor that rest on a record: the field and the id of the record."""
    for where, basis in actor.from_.items():
        if basis != OWN:
            yield f"from.{where}", basis


def _children_first(actors: Mapping[str, Actor], found: list[Actor]) -> tuple[Actor, ...]:
    return tuple(sorted(found, key=lambda one: (-len(_line(actors, one)), one.id)))


def _line(actors: Mapping[str, Actor], actor: Actor) -> list[str]:
    """List an actor and its parents; ends where a parent is unknown or stands twice."""
    line = [actor.id]
    parent = actors.get(actor.parent or "")
    while parent is not None and parent.id not in line:
        line.append(parent.id)
        parent = actors.get(parent.parent or "")
    return line


def _called(actor: Actor) -> Iterator[str]:
    yield from (one.name for one in actor.names)
    yield from actor.aliases


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _hits(actors: Mapping[str, Actor]) -> Iterator[tuple[str, _Hit]]:
    rules = (_identity_hits, _name_hits, _place_hits, _network_hits, _domain_hits, _basis_hits)
    for actor in actors.values():
        for rule in rules:
            yield from ((actor.id, hit) for hit in rule(actor))
        yield from ((actor.id, hit) for hit in _parent_hits(actors, actor))
    yield from _shared_name_hits(actors)
    yield from _shared_claim_hits(actors)


def _identity_hits(actor: Actor) -> Iterator[_Hit]:
    if actor.id in _RESERVED_IDS:
        yield "id", "a reserved word"
    if actor.sector is not None and actor.sector not in _SECTORS:
        yield "sector", f"no sector is called {actor.sector!r}"
    if not actor.is_unnamed:
        return
    for name in ("domains", "asns", "siblings", "parent"):
        if getattr(actor, name):
            yield name, "an unnamed party can hold none"


def _name_hits(actor: Actor) -> Iterator[_Hit]:
    for number, one in enumerate(actor.names):
        if pycountry.languages.get(alpha_2=one.lang) is None:
            yield f"names[{number}].lang", f"{one.lang!r} is no language of ISO 639-1"
        if one.script is not None and pycountry.scripts.get(alpha_4=one.script) is None:
            yield f"names[{number}].script", f"{one.script!r} is no script of ISO 15924"
        if one.script is None and not _is_latin(one.name):
            yield f"names[{number}].script", "missing, and the name is not in Latin letters"
    called: set[str] = set()
    for text in _called(actor):
        if text != text.strip() or not _folded(text):
            yield "names", f"{text!r} begins or ends with a space"
        if _folded(text) in called:
            yield "aliases", f"{text!r} stands twice"
        called.add(_folded(text))


def _is_latin(text: str) -> bool:
    plain = unicodedata.normalize("NFKC", text)
    return all(unicodedata.name(one, "").startswith("LATIN") for one in plain if one.isalpha())


def _place_hits(actor: Actor) -> Iterator[_Hit]:
    for number, code in enumerate(actor.jurisdictions):
        if code != "EU" and pycountry.countries.get(alpha_2=code) is None:
            yield f"jurisdictions[{number}]", f"{code!r} is no country of ISO 3166-1, nor EU"


def _network_hits(actor: Actor) -> Iterator[_Hit]:
    fields = [f"asns[{number}].asn" for number in range(len(actor.asns))]
    fields += [f"siblings[{number}]" for number in range(len(actor.siblings))]
    for where, asn in zip(fields, actor.all_asns, strict=True):
        if any(first <= asn <= last for first, last in _NOT_ASSIGNABLE):
            yield where, f"AS{asn} is reserved or private"
        if actor.all_asns.count(asn) > 1:
            yield where, f"AS{asn} stands twice"


def _domain_hits(actor: Actor) -> Iterator[_Hit]:
    for number, domain in enumerate(actor.domains):
        where = f"domains[{number}]"
        if not _DOMAIN.fullmatch(domain) or registrable_domain(domain) != domain:
            yield where, f"{domain!r} is no registrable domain in lower case (A-label)"
        if actor.domains.count(domain) > 1:
            yield where, f"{domain!r} stands twice"


def _basis_hits(actor: Actor) -> Iterator[_Hit]:
    items = {
        "names": {one.lang for one in actor.names},
        "asns": {str(one.asn) for one in actor.asns},
        "domains": set(actor.domains),
    }
    for name in _FACTS:
        if getattr(actor, name) and name not in actor.from_:
            yield f"from.{name}", "missing: on what does this fact rest?"
    for where in actor.from_:
        name, _, item = where.partition(".")
        if name not in _FACTS or not getattr(actor, name):
            yield f"from.{where}", "speaks of a field that the actor does not have"
        elif item and item not in items.get(name, ()):
            yield f"from.{where}", f"speaks of no item of {name}"


def _parent_hits(actors: Mapping[str, Actor], actor: Actor) -> Iterator[_Hit]:
    if actor.parent_since is not None:
        if actor.parent is None:
            yield "parent_since", "no parent"
        try:
            parse_edtf(actor.parent_since)
        except ValueError as error:
            yield "parent_since", str(error)
    if actor.parent is None:
        return
    parent = actors.get(actor.parent)
    if parent is None:
        yield "parent", f"no actor has the id {actor.parent!r}"
    elif parent.is_unnamed:
        yield "parent", f"{actor.parent!r} is unnamed"
    elif actors[_line(actors, actor)[-1]].parent in _line(actors, actor):
        yield "parent", "its parents lead back to itself"


def _shared_name_hits(actors: Mapping[str, Actor]) -> Iterator[tuple[str, _Hit]]:
    owners: dict[str, str] = {name: name for name in actors}
    for actor in actors.values():
        for text in _called(actor):
            owner = owners.setdefault(_folded(text), actor.id)
            if owner != actor.id:
                yield actor.id, ("names", f"{text!r} names {owner} as well")


def _shared_claim_hits(actors: Mapping[str, Actor]) -> Iterator[tuple[str, _Hit]]:
    owners: dict[int | str, str] = {}
    for actor in actors.values():
        claims: set[int | str] = {*actor.all_asns, *actor.domains}
        for claim in sorted(claims, key=str):
            owner = actors[owners.setdefault(claim, actor.id)]
            if owner is not actor and actor.id != owner.parent and actor.parent != owner.id:
                is_network = isinstance(claim, int)
                shown = f"AS{claim}" if is_network else claim
                where = "asns" if is_network else "domains"
                yield actor.id, (where, f"{shown} belongs to {owner.id}, no parent or child of it")


def _fault(path: Path, where: str, reason: str) -> Fault:
    try:
        line = line_of(path.read_text("utf-8"), where) if where else None
    except (OSError, UnicodeDecodeError):
        line = None
    return Fault(f"{path.parent.name}/{path.name}", where, reason, line)
