"""Read what was cut from the words of a case: services, and what more is said of them."""

import re
from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from whocut.ledger.law.law import Law
from whocut.ledger.law.phrases import Hit, Reading, folded
from whocut.ledger.law.population_marks import without_amount, without_lists
from whocut.ledger.law.population_words import unknown_words
from whocut.ledger.law.question import AskedService

__all__ = ["ReadServices", "read_services"]

_PEOPLE: Final = ("blocked", "government", "person", "owned_by")
_TRAITS: Final = ("cost", "use", "delivery", "supports")
_COMMUNICATION: Final = r"(?:communicat\w+|exchang\w+ (?:of )?(?:messages|communications))"
_SUPPORTS_NONE: Final = re.compile(
    r"\b(?:no|not|non|without|nothing|unrelated|never|neither|supports? no)\b[^,;]*?\b"
    + _COMMUNICATION,
    re.IGNORECASE,
)
_SUPPORTS: Final = re.compile(
    r"\b(?:(?:that|which|to|for|in|used to|meant to)\s+)*(?:support(?:s|ing)?(?: of)?|incident to|"
    r"needed for|used for|carr(?:y|ies|ying)|underlying|behind|serving|for)\s+(?:the\s+|users'?\s+|"
    r"personal\s+|internet\s+|online\s+|exchanging\s+)*" + _COMMUNICATION + r"(?:\s+services?)?",
    re.IGNORECASE,
)
_PURPOSE: Final = frozenset({"for", "about", "on", "behind", "under"})
_ARTICLES: Final = frozenset({"the", "a", "an", "own", "its", "their"})
_APP: Final = frozenset({"app", "apps", "application", "applications"})
_COMMS: Final = frozenset({"@comms", "@comms_list"})
_LOOSE: Final = frozenset({"online", "desktop"})
_APP_STORE: Final = "app_store"

_Sets = tuple[str, str]


class ReadServices(Struct, frozen=True, kw_only=True):
    """Services as read."""

    services: tuple[AskedService, ...]
    named: tuple[str, ...]
    contracts: str
    amount: str
    payment: str = ""
    listed_by: tuple[str, ...] = ()
    people: dict[str, str]
    """What the words told of the people served."""
    unread: tuple[str, ...]


def read_services(law: Law, text: str) -> ReadServices:
    """Read what was cut from free text."""
    told: dict[str, str] = {}
    text, listed_by = without_lists(law, without_amount(text, told), told)
    text = _without_support(text, told)
    reading = law.service_book.read(text)
    services = _heads(law, reading, text, told)
    traits = {folded(word): (one.trait, one.value) for one in law.traits for word in one.words}
    kept: list[Hit[_Sets]] = []
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
        if hit.value[0] not in {"service", "named", "nothing"}:
            told.setdefault(*hit.value)
    if told.get("use") == "personal":
        told.setdefault("person", "natural")
    names = [hit.value[1] for hit in reading.hits if hit.value[0] == "named"]
    ids = [] if kept else _of_names(law, names)
    for hit in kept:
        _form_within(hit, traits, told)
        ids += law.services_by_id[hit.value[1]].stands_for or (hit.value[1],)
    asked = tuple(
        AskedService(id=id_, **{name: told.get(name, "") for name in _TRAITS})
        for id_ in dict.fromkeys(ids)
    )
    return ReadServices(
        services=asked,
        named=tuple(names),
        contracts=told.get("contracts", ""),
        amount=told.get("amount", ""),
        payment=told.get("payment", ""),
        listed_by=listed_by,
        people={name: value for name, value in told.items() if name in _PEOPLE},
        unread=tuple(unknown_words(reading.left, law.service_plain_words)),
    )


def _of_names(law: Law, names: Sequence[str]) -> list[str]:
    """Say what is cut where only a name is told: an outlet, a platform."""
    kinds = {one.kind: one.service for one in law.kinds_of_named}
    found = (kinds.get(law.named_by_id[name].kind) for name in names)
    return [one for one in found if one is not None]


def _form_within(hit: Hit[_Sets], traits: dict[str, _Sets], told: dict[str, str]) -> None:
    """Read the form from within a phrase: a software download is a download."""
    parts = hit.words.split()
    for part in parts if len(parts) > 1 else ():
        trait, value = traits.get(part, ("", ""))
        if trait == "delivery" and part not in _LOOSE:
            told.setdefault(trait, value)


def _without_support(text: str, told: dict[str, str]) -> str:
    """Read whether a service supports communications, or is said not to."""
    found = _SUPPORTS_NONE.search(text)
    if found is not None:
        told["supports"] = "none"
        return f"{text[: found.start()]} {text[found.end() :]}"
    found = _SUPPORTS.search(text)
    if found is not None and text[: found.start()].strip(" ,;"):
        told["supports"] = "communications"
        return f"{text[: found.start()]} {text[found.end() :]}"
    return text


def _heads(law: Law, reading: Reading[_Sets], text: str, told: dict[str, str]) -> list[Hit[_Sets]]:
    """Give the services, without what a service is for: hosting for blogs is hosting."""
    tokens = folded(text).split()
    services = [hit for hit in reading.hits if hit.value[0] == "service"]
    has_store = any(hit.value[1] == _APP_STORE and hit.words not in _APP for hit in services)
    heads: list[Hit[_Sets]] = []
    for hit in services:
        end = hit.at + len(hit.words.split())
        is_app = hit.words.split()[-1] in _APP or (end < len(tokens) and tokens[end] in _APP)
        if has_store and is_app and hit.value[1] != _APP_STORE:
            continue
        if _is_purpose(hit, services, tokens):
            if law.services_by_id[hit.value[1]].marks & _COMMS:
                told.setdefault("supports", "communications")
            continue
        heads.append(hit)
    return heads


def _is_purpose(hit: Hit[_Sets], services: Sequence[Hit[_Sets]], tokens: Sequence[str]) -> bool:
    for other in services:
        end = other.at + len(other.words.split())
        between = tokens[end : hit.at]
        links = {*_PURPOSE, "of"} if "hosting" in other.words else _PURPOSE
        if other.at < hit.at and between and between[0] in links:
            return set(between[1:]) <= _ARTICLES and other.words not in {"software", "app", "apps"}
    return False
