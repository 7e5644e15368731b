"""Read what was cut from the words of a case: services, and what more is said of them."""

from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from whocut.ledger.law.law import Law
from whocut.ledger.law.phrases import Hit, folded, read_phrases
from whocut.ledger.law.population_words import unknown_words, without_amount
from whocut.ledger.law.question import AskedService

__all__ = ["ReadServices", "read_services"]

_PEOPLE: Final = ("blocked", "government", "person")


class ReadServices(Struct, frozen=True, kw_only=True):
    """Services as read."""

    services: tuple[AskedService, ...]
    named: tuple[str, ...]
    contracts: str
    amount: str
    people: dict[str, str]
    """What the words told of the people served."""
    unread: tuple[str, ...]


def read_services(law: Law, text: str) -> ReadServices:
    """Read what was cut from free text."""
    told: dict[str, str] = {}
    reading = read_phrases(without_amount(text, told), _service_phrases(law))
    services = [hit for hit in reading.hits if hit.value[0] == "service"]
    traits = {folded(word): (one.trait, one.value) for one in law.traits for word in one.words}
    kept: list[Hit[tuple[str, str]]] = []
    for hit in services:
        # "ERP, cloud" is one service with its form; "cloud" alone is the service.
        is_form = hit.words in traits and any(
            other.words not in traits for other in services if other is not hit
        )
        if is_form:
            told.setdefault(*traits[hit.words])
        else:
            kept.append(hit)
    for hit in reading.hits:
        if hit.value[0] not in {"service", "named"}:
            told.setdefault(*hit.value)
    ids: list[str] = []
    for hit in kept:
        ids += law.services_by_id[hit.value[1]].stands_for or (hit.value[1],)
    asked = tuple(
        AskedService(
            id=id_,
            cost=told.get("cost", ""),
            use=told.get("use", ""),
            delivery=told.get("delivery", ""),
            supports=told.get("supports", ""),
        )
        for id_ in dict.fromkeys(ids)
    )
    plain = law.service_plain_words
    return ReadServices(
        services=asked,
        named=tuple(hit.value[1] for hit in reading.hits if hit.value[0] == "named"),
        contracts=told.get("contracts", ""),
        amount=told.get("amount", ""),
        people={name: value for name, value in told.items() if name in _PEOPLE},
        unread=tuple(unknown_words(reading.left, plain)),
    )


def _service_phrases(law: Law) -> Iterator[tuple[str, tuple[str, str]]]:
    for service in law.services:
        yield from ((folded(word), ("service", service.id)) for word in service.words)
    for trait in law.traits:
        yield from ((folded(word), (trait.trait, trait.value)) for word in trait.words)
    for phrase in law.phrases:
        if phrase.sets in _PEOPLE:
            yield from ((folded(word), (phrase.sets, phrase.value)) for word in phrase.words)
    for named in law.named:
        yield from ((folded(word), ("named", named.id)) for word in named.words)
