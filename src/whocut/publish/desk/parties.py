"""Whom a report is about: the party that the actors of the ledger know by that name or domain."""

from collections.abc import Mapping
from functools import cache
from typing import Final

from whocut.ledger.actors import Actor, known_as, load_actors, named_by_domain
from whocut.ledger.vocabulary import LedgerActorKind
from whocut.reference.suffixes import registrable_domain

__all__ = ["known_actors", "named_party", "service_names", "subject_of"]

_NO_SERVICE: Final = frozenset(
    {
        LedgerActorKind.STATE,
        LedgerActorKind.COURT,
        LedgerActorKind.ARMED_GROUP,
        LedgerActorKind.UNKNOWN,
    }
)


@cache
def known_actors() -> Mapping[str, Actor]:
    """Give the actors that ship, read once."""
    return load_actors(is_checked=False)


def named_party(text: str) -> Actor | None:
    """Find the actor that somebody typed: an id, a name, a domain, or the address of a page."""
    actor = known_as(known_actors(), text)
    if actor is not None:
        return actor
    host = _host(text)
    owners = named_by_domain(known_actors(), host) if host else ()
    return next((one for one in owners if not one.is_unnamed), None)


def subject_of(text: str) -> str:
    """Give what a report is counted under: an actor's id, or a domain; empty for any other text."""
    actor = named_party(text)
    if actor is not None:
        return actor.id
    host = _host(text)
    return registrable_domain(host) if host else ""


@cache
def service_names() -> tuple[str, ...]:
    """List the names that the form offers, in the order of the alphabet."""
    names = {
        one.name
        for one in known_actors().values()
        if not one.is_unnamed and one.kind not in _NO_SERVICE
    }
    return tuple(sorted(names, key=str.casefold))


def _host(text: str) -> str:
    given = text.strip().casefold()
    host = given.partition("://")[2] or given
    host = host.partition("/")[0].removeprefix("www.").rstrip(".")
    labels = host.split(".")
    is_host = len(labels) > 1 and all(
        label.isascii() and label.replace("-", "").isalnum() for label in labels
    )
    return host if is_host and not labels[-1].isdigit() and len(host) <= 253 else ""
