"""The questions of ``whocut ledger add``: sources first, so that each value can name its own."""

import re
from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING, Any, Final, TypeVar

from whocut.cli.ledger_prompt import (
    Prompt,
    as_edtf,
    as_slug,
    as_text,
    chosen_from,
    each_of,
    one_of,
)
from whocut.ledger.filters import near_names
from whocut.ledger.vocabulary import (
    Access,
    Action,
    AttributionStatus,
    CarriedOut,
    DateKind,
    EdgeKind,
    GroundCategory,
    Kind,
    LedgerLayer,
    ReadLevel,
    Sector,
    Selector,
    Stance,
    Telling,
)

if TYPE_CHECKING:
    from whocut.ledger.actors import Actor

__all__ = ["as_new_id", "ask_record"]

_T = TypeVar("_T")
_PLACE: Final = re.compile("([A-Z]{2}(-[A-Z0-9]{1,3})?|WORLD)")
_ID: Final = re.compile("[0-9]{4}-[a-z0-9]+(-[a-z0-9]+)*")
_URL: Final = re.compile(r"https?://[^\s<>\"]+")
_LANG: Final = re.compile("[a-z]{2,3}")
_DOMAIN: Final = re.compile(r"([a-z0-9-]{1,63}\.)+[a-z0-9-]{2,63}")
_LARGEST_ASN: Final = 4294967294
_OPEN: Final = (AttributionStatus.DISPUTED, AttributionStatus.DENIED)


def as_new_id(text: str, taken: Collection[str]) -> str:
    """Take the id of a new record.

    Raises: ValueError if it has another form, or is there already.
    """
    if not _ID.fullmatch(text):
        raise ValueError(f"{text or 'nothing'}: year, then words, as in 2022-03-cogent-ru")
    if text in taken:
        raise ValueError(f"{text}: such a record is there already")
    return text


class _Form:
    """One record as it is filled in."""

    def __init__(
        self, prompt: Prompt, actors: Mapping[str, "Actor"], taken: Collection[str]
    ) -> None:
        self.prompt = prompt
        self.actors = actors
        self.taken = taken
        self.keys: list[str] = []

    def witnessed(self, value: Mapping[str, Any]) -> dict[str, Any]:
        return {**value, **self.prompt.witnesses(self.keys)}

    def value(self, question: str, check: Callable[[str], Any]) -> dict[str, Any]:
        return self.witnessed({"value": self.prompt.ask(question, check)})

    def optional(
        self, name: str, question: str, check: Callable[[str], _T]
    ) -> dict[str, Any] | None:
        found = self.prompt.ask_or_skip(question, check)
        return None if found is None else self.witnessed({name: found})

    def several(self, question: str, check: Callable[[str], _T]) -> list[_T]:
        """Ask for none or more, with commas between."""
        return self.prompt.ask_or_skip(f"{question}, with commas between", each_of(check)) or []

    def actor(self, text: str) -> str:
        from whocut.ledger.actors import known_as

        known = text if text in self.actors else None
        found = known_as(self.actors, text) if text and known is None else None
        if known is None and found is None:
            near = near_names(text, self.actors) if text else ""
            raise ValueError(
                f"{text or 'nothing'}: no such actor{near}; enter a new one in data/actors first"
            )
        return known or (found.id if found else "")

    def claimant(self, text: str) -> str:
        return text if text == "sources" else self.actor(text)

    def record(self, text: str) -> str:
        if text not in self.taken:
            raise ValueError(f"{text}: no such record{near_names(text, self.taken)}")
        return text


def ask_record(
    prompt: Prompt, actors: Mapping[str, "Actor"], taken: Collection[str]
) -> dict[str, Any]:
    """Ask for a record field by field, and give its document."""
    form = _Form(prompt, actors, taken)
    name = prompt.ask(
        "Id of the record, as in 2022-03-cogent-ru", lambda text: as_new_id(text, taken)
    )
    sources = _ask_sources(form)
    document = {
        "id": name,
        "kind": prompt.ask(f"Kind ({chosen_from(Kind)})", one_of(Kind), "cut"),
        "parties": _ask_parties(form),
        "attribution": _ask_attribution(form),
        **_ask_what(form),
        "population": _ask_population(form),
        "scope": form.optional("text", "How much of the service, in own words", as_text),
        "dates": _ask_dates(form),
        "grounds": _ask_grounds(form),
        "edges": _ask_edges(form),
        **_ask_joins(form),
        "notes": _ask_notes(form),
        "sources": sources,
    }
    return {key: value for key, value in document.items() if value not in (None, [])}


def _ask_sources(form: _Form) -> dict[str, dict[str, Any]]:
    prompt = form.prompt
    sources: dict[str, dict[str, Any]] = {}
    while not sources or prompt.agrees("Another source?", "n"):
        key = f"s{len(sources) + 1}"
        publisher = prompt.ask(f"Source {key}: publisher", as_text)
        source = {
            "url": prompt.ask_or_skip("  address", _as("an http address", _URL)),
            "title": prompt.ask("  title", as_text),
            "publisher": publisher,
            "date": prompt.ask_or_skip("  date, EDTF", as_edtf),
            "lang": prompt.ask_or_skip("  language, two letters", _as("a language code", _LANG)),
            "read": prompt.ask(
                f"  how much of it was read ({chosen_from(ReadLevel)})",
                one_of(ReadLevel),
                "excerpt",
            ),
            "stance": prompt.ask(f"  where it stands ({chosen_from(Stance)})", one_of(Stance)),
            "group": prompt.ask(
                "  whose words these are: copies of one agency share a group",
                as_slug,
                _slug(publisher),
            ),
            "carries": prompt.ask(
                "  does it tell of the event or give context", one_of(("event", "context")), "event"
            ),
        }
        sources[key] = {name: value for name, value in source.items() if value is not None}
        form.keys.append(key)
    return sources


def _ask_parties(form: _Form) -> dict[str, Any]:
    deciders = form.prompt.ask(
        "Who decided, by id or name, several with commas between", each_of(form.actor)
    )
    parties = {"decider": [form.witnessed({"actor": one}) for one in deciders]}
    for role, question in (
        ("executor", "Who carried it out"),
        ("upstream", "On whose rule, order or refusal"),
        ("informant", "Through whom it became known, if not the decider"),
    ):
        found = form.several(question, form.actor)
        if found:
            parties[role] = [form.witnessed({"actor": one}) for one in found]
    return parties


def _ask_attribution(form: _Form) -> dict[str, Any]:
    status = form.prompt.ask(
        f"How is it known who decided ({chosen_from(AttributionStatus)})", one_of(AttributionStatus)
    )
    known = form.witnessed({"status": status})
    accounts: list[dict[str, Any]] = []
    while status in _OPEN and (len(accounts) < 2 or form.prompt.agrees("Another account?", "n")):
        number = len(accounts) + 1
        account = {
            "actor": form.prompt.ask(
                f"Account {number}: whom it names (nobody for a fault)",
                lambda text: text if text == "nobody" else form.actor(text),
            ),
            "claimant": form.prompt.ask("  who gives it (an actor, or sources)", form.claimant),
            "claim": form.prompt.ask("  what it says, in own words", as_text),
        }
        accounts.append(form.witnessed(account))
    return {**known, **({"hypotheses": accounts} if accounts else {})}


def _ask_what(form: _Form) -> dict[str, Any]:
    from whocut.access.mechanisms import MECHANISMS

    return {
        "sector": form.value(f"Sector ({chosen_from(Sector)})", one_of(Sector)),
        "action": form.value(f"Action ({chosen_from(Action)})", one_of(Action)),
        "layer": form.value(f"Layer ({chosen_from(LedgerLayer)})", one_of(LedgerLayer)),
        "mechanism": form.optional(
            "value", "Mechanism, as whocut explain knows it", one_of(tuple(MECHANISMS))
        ),
        "how": form.optional("text", "How, in own words", as_text),
        "direction": form.optional(
            "value", f"Whose access ({chosen_from(Access)})", one_of(Access)
        ),
        "carried_out": form.optional(
            "value", f"Carried out ({chosen_from(CarriedOut)})", one_of(CarriedOut)
        ),
    }


def _ask_population(form: _Form) -> dict[str, Any]:
    people = {
        "places": form.prompt.ask(
            "Places (RU, UA-43, EU or WORLD), with commas between", each_of(_as_place)
        ),
        "selectors": form.several(f"Told apart by ({chosen_from(Selector)})", one_of(Selector)),
        "organisations": form.several("Organisations named, never persons", as_text),
        "excepted": form.several("Who was left out of it", as_text),
    }
    return form.witnessed({name: value for name, value in people.items() if value})


def _ask_dates(form: _Form) -> dict[str, Any]:
    dates: dict[str, list[dict[str, Any]]] = {}
    for kind in DateKind:
        question = f"Date {kind.replace('_', ' ')}, EDTF as the source gives it"
        while (day := form.prompt.ask_or_skip(question, as_edtf)) is not None:
            told = form.prompt.ask(
                f"  how it is told ({chosen_from(Telling)})", one_of(Telling), "stated"
            )
            dates.setdefault(kind.value, []).append(form.witnessed({"on": day, "told": told}))
            question = f"Another telling of {kind.replace('_', ' ')}"
    return dates


def _ask_grounds(form: _Form) -> list[dict[str, Any]]:
    grounds: list[dict[str, Any]] = []
    question = f"Ground that somebody claims ({chosen_from(GroundCategory)})"
    while (category := form.prompt.ask_or_skip(question, one_of(GroundCategory))) is not None:
        ground = {
            "category": category,
            "text": form.prompt.ask("  in own words", as_text),
            "claimant": form.prompt.ask("  who claims it (an actor, or sources)", form.claimant),
        }
        grounds.append(form.witnessed(ground))
        question = "Another ground"
    return grounds


def _ask_edges(form: _Form) -> list[dict[str, Any]]:
    edges: list[dict[str, Any]] = []
    question = f"Tie to another record ({chosen_from(EdgeKind)})"
    while (kind := form.prompt.ask_or_skip(question, one_of(EdgeKind))) is not None:
        to = form.prompt.ask("  to which record", form.record)
        edges.append(form.witnessed({"kind": kind, "to": to}))
        question = "Another tie"
    return edges


def _ask_joins(form: _Form) -> dict[str, Any]:
    networks: list[dict[str, Any]] = []
    for role, question in (("actor", "Networks of the decider"), ("affected", "Networks cut off")):
        numbers = form.several(f"{question}, as AS numbers", _as_network)
        networks += [form.witnessed({"asn": str(one), "role": role}) for one in numbers]
    domains = form.several("Domains that can no longer be reached", _as("a domain", _DOMAIN))
    return {
        "networks": networks,
        "domains": [form.witnessed({"domain": one}) for one in domains],
    }


def _ask_notes(form: _Form) -> list[dict[str, Any]]:
    notes: list[dict[str, Any]] = []
    while (text := form.prompt.ask_or_skip("Note", as_text)) is not None:
        notes.append(form.witnessed({"text": text}))
    return notes


def _as(what: str, form: re.Pattern[str]) -> Callable[[str], str]:
    def check(text: str) -> str:
        if not form.fullmatch(text):
            raise ValueError(f"{text}: not {what}")
        return text

    return check


def _as_place(text: str) -> str:
    import pycountry

    code = text.upper()
    if not _PLACE.fullmatch(code):
        raise ValueError(f"{text}: not a place, as in RU, UA-43, EU or WORLD")
    if code in ("EU", "WORLD"):
        return code
    if "-" in code:
        is_known = any(one.code == code for one in pycountry.subdivisions)
    else:
        is_known = any(one.alpha_2 == code for one in pycountry.countries)
    if not is_known:
        raise ValueError(f"{code}: not in ISO 3166")
    return code


def _as_network(text: str) -> int:
    digits = text.upper().removeprefix("AS")
    if not digits.isdecimal() or not 1 <= int(digits) <= _LARGEST_ASN:
        raise ValueError(f"{text}: not an AS number, as in AS174")
    return int(digits)


def _slug(text: str) -> str:
    return re.sub("[^a-z0-9]+", "-", text.casefold()).strip("-")[:80] or "unknown"
