"""Rules on single values: closed sets, what cannot stand together, what stands twice, numbers."""

from collections.abc import Iterator
from typing import Final

from whocut.ledger.check.judgement import load_judgement
from whocut.ledger.check.rule import Hit, Rule, Subject
from whocut.ledger.record import Population
from whocut.ledger.vocabulary import Selector

__all__ = ["RULES"]

_LISTS: Final = ("grounds", "instruments", "collateral", "conflicts", "notes")
_WORLD: Final = "WORLD"


def _populations(subject: Subject) -> Iterator[tuple[str, Population]]:
    for name in ("population", "stated_population"):
        population: Population | None = getattr(subject.record, name)
        if population is not None:
            yield name, population


def _overlap(subject: Subject) -> Iterator[Hit]:
    for name, population in _populations(subject):
        places = population.places
        for number, place in enumerate(places):
            country = place.partition("-")[0]
            if place == _WORLD and len(places) > 1:
                yield f"{name}.places[{number}]", "the world, and a place in it: say which"
            elif place != country and country in places:
                yield f"{name}.places[{number}]", f"{place!r} is a part of {country!r}: say which"


def _selectors(subject: Subject) -> Iterator[Hit]:
    for name, population in _populations(subject):
        seen: set[Selector] = set()
        for number, one in enumerate(population.selectors):
            field = f"{name}.selectors[{number}]"
            if one in seen:
                yield field, f"{one} stands twice"
            elif one is Selector.UNSTATED and len(population.selectors) > 1:
                yield field, "unstated, and a mark beside it"
            seen.add(one)


def _scope(subject: Subject) -> Iterator[Hit]:
    scope, known = subject.record.scope, load_judgement().scope
    if scope is None:
        return
    for name in known.__struct_fields__:
        words: frozenset[str] = getattr(known, name)
        for number, one in enumerate(getattr(scope, name)):
            if one not in words:
                yield f"scope.{name}[{number}]", f"{one!r} is none of {', '.join(sorted(words))}"


def _layer(subject: Subject) -> Iterator[Hit]:
    action, layer = subject.record.action.value, subject.record.layer.value
    known = load_judgement().layers
    is_apart = (action in known.network_actions and layer in known.no_network) or (
        action in known.payment_actions and layer in known.no_payment
    )
    if is_apart:
        yield "layer.value", f"{action} is not done at layer {layer}"


def _again(subject: Subject) -> Iterator[Hit]:
    for name in _LISTS:
        seen: set[object] = set()
        for number, one in enumerate(getattr(subject.record, name)):
            # A conflict may say the same of two fields, and two parties may claim one ground.
            said = tuple(getattr(one, key, None) for key in ("id", "text", "field", "claimant"))
            if said in seen:
                yield f"{name}[{number}]", "stands twice; put the sources together"
            seen.add(said)


def _notice(subject: Subject) -> Iterator[Hit]:
    remedies, most = subject.record.remedies, load_judgement().limits.notice_days
    days = remedies.notice_days.value if remedies and remedies.notice_days else 0
    if not 0 <= days <= most:
        yield "remedies.notice_days.value", f"{days} days of notice; 0 to {most} can be"


RULES: Final = (
    Rule("ledger.check.place.overlap", "No place stands beside a part of it.", _overlap),
    Rule("ledger.check.selector", "A mark stands once, and unstated alone.", _selectors),
    Rule("ledger.check.scope.words", "A scope keeps to its closed sets.", _scope),
    Rule("ledger.check.layer.action", "An action can be done at its layer.", _layer),
    Rule("ledger.check.value.twice", "No ground, note or conflict stands twice.", _again),
    Rule("ledger.check.remedies.notice", "Notice is given in days that can be.", _notice),
)
