"""The law as one object: instruments, rules and vocabulary, checked against each other."""

from collections.abc import Hashable, Iterable, Iterator
from datetime import date
from functools import cached_property
from typing import Final

from msgspec import Struct

from whocut.ledger.law.instrument import Family, InForce, RetiredProvision, Version
from whocut.ledger.law.phrases import PhraseBook, folded
from whocut.ledger.law.places import ANYWHERE
from whocut.ledger.law.rules import (
    ActorKindWords,
    Beside,
    Exemption,
    Held,
    Holder,
    KindOfNamed,
    Named,
    NotParty,
    Phrase,
    PlaceWords,
    Rule,
    Service,
    TraitWords,
    Union,
)

__all__ = ["Law"]


class Law(Struct, frozen=True, kw_only=True, dict=True):
    """Everything that an answer can rest on."""

    families: tuple[Family, ...]
    retired: tuple[RetiredProvision, ...]
    rules: tuple[Rule, ...]
    exemptions: tuple[Exemption, ...]
    services: tuple[Service, ...]
    traits: tuple[TraitWords, ...]
    service_plain_words: frozenset[str]
    phrases: tuple[Phrase, ...]
    place_words: tuple[PlaceWords, ...]
    population_plain_words: frozenset[str]
    actor_kinds: tuple[ActorKindWords, ...]
    unions: tuple[Union, ...]
    held: tuple[Held, ...]
    holders: tuple[Holder, ...]
    named: tuple[Named, ...]
    kinds_of_named: tuple[KindOfNamed, ...]
    beside_states: tuple[Beside, ...]
    beside_companies: tuple[Beside, ...]
    views: tuple[Beside, ...]
    guidance: tuple[Beside, ...]
    covenants: tuple[str, ...]
    not_parties: tuple[NotParty, ...]
    unions_of_parties: tuple[str, ...]

    @cached_property
    def versions(self) -> dict[str, tuple[Family, Version]]:
        """Every version by its id."""
        return {one.id: (family, one) for family in self.families for one in family.versions}

    def version(self, id_: str) -> Version:
        """Give one version."""
        return self.versions[id_][1]

    def family(self, id_: str) -> Family:
        """Give the family of one version."""
        return self.versions[id_][0]

    @cached_property
    def services_by_id(self) -> dict[str, Service]:
        """Every service by its id."""
        return {one.id: one for one in self.services}

    @cached_property
    def named_by_id(self) -> dict[str, Named]:
        """Every named person or outlet by its id."""
        return {one.id: one for one in self.named}

    @cached_property
    def exemptions_of(self) -> dict[str, tuple[Exemption, ...]]:
        """The exemptions of each rule."""
        return {
            rule.id: tuple(one for one in self.exemptions if rule.id in one.of)
            for rule in self.rules
        }

    def jurisdictions(self, codes: Iterable[str], day: date) -> frozenset[str]:
        """Widen the jurisdictions of an actor by the unions to which they belong that day."""
        own = frozenset(codes)
        known = self._steady_jurisdictions.get(own)
        if known is not None:
            return known
        found = self._jurisdictions(own, day)
        if not own & self._leavers:
            self._steady_jurisdictions[own] = found
        return found

    def _jurisdictions(self, own: frozenset[str], day: date) -> frozenset[str]:
        unions = {one.union for one in self.unions for code in own if one.holds(code, day)}
        return own | unions

    def is_within(self, place: str, among: tuple[str, ...] | frozenset[str], day: date) -> bool:
        """Say whether a place is one of some, a part of one, or belongs to a union of them."""
        key = (place, among)
        known = self._steady_within.get(key)
        if known is not None:
            return known
        country = place.partition("-")[0]
        found = any(self._is_one_of(place, country, one, day) for one in among)
        if country not in self._leavers:
            self._steady_within[key] = found
        return found

    def _is_one_of(self, place: str, country: str, one: str, day: date) -> bool:
        if one in {ANYWHERE, place, country}:
            return True
        union = next((found for found in self.unions if found.union == one), None)
        return union is not None and union.holds(country, day)

    def may_be_within(self, place: str, among: tuple[str, ...]) -> bool:
        """Say whether a place is within some others on any day."""
        return self.is_within(place, among, date.min) or self.is_within(place, among, date.max)

    @cached_property
    def _leavers(self) -> frozenset[str]:
        """States whose union changes with the day."""
        return frozenset(left.code for union in self.unions for left in union.left)

    @cached_property
    def _steady_jurisdictions(self) -> dict[frozenset[str], frozenset[str]]:
        return {}

    @cached_property
    def _steady_within(self) -> dict[tuple[str, tuple[str, ...] | frozenset[str]], bool]:
        return {}

    @cached_property
    def relevant(self) -> dict[Hashable, object]:
        """What was found relevant to questions that were asked before."""
        return {}

    @cached_property
    def lifting(self) -> dict[tuple[str, date], tuple[Exemption, ...]]:
        """The exemptions of rules in force on days that were asked before."""
        return {}

    @cached_property
    def standing(self) -> dict[tuple[str, date], InForce]:
        """How rules stand on days that were asked before."""
        return {}

    def holds(self, codes: Iterable[str], place: str, day: date) -> bool:
        """Say whether the law of one of some states is held here as far as it speaks of a place."""
        own = self.jurisdictions(codes, day)
        for one in self.held:
            if one.code not in own or one.some:
                continue
            unseen = (group.places for group in one.not_seen if group.holds_on(day))
            if not any(self.is_within(place, places, day) for places in unseen):
                return True
        return False

    @cached_property
    def place_book(self) -> PhraseBook[str]:
        """The phrases that mean a place, with its code."""
        return PhraseBook(_place_phrases(self))

    @cached_property
    def peoples(self) -> frozenset[str]:
        """The words for a people or its members."""
        return frozenset(form for one in self.place_words for form in one.forms)

    @cached_property
    def whole_phrases(self) -> dict[str, str]:
        """The phrases that mean a region as a whole, with its code."""
        return {
            folded(word): one.code for one in self.place_words if one.whole for word in one.words
        }

    @cached_property
    def population_book(self) -> PhraseBook[tuple[str, str]]:
        """The phrases of a population: what each sets, to which value."""
        return PhraseBook(_population_phrases(self))

    @cached_property
    def service_book(self) -> PhraseBook[tuple[str, str]]:
        """The phrases of a service: what each sets, to which value."""
        return PhraseBook(_service_phrases(self))

    @cached_property
    def name_book(self) -> PhraseBook[str]:
        """The names of persons and outlets, with their ids."""
        return PhraseBook((folded(word), one.id) for one in self.named for word in one.words)

    @cached_property
    def held_codes(self) -> frozenset[str]:
        """The states and unions of whose law anything is held."""
        return frozenset(one.code for one in self.held)

    @cached_property
    def in_part(self) -> frozenset[str]:
        """Regions of which rules mean a part."""
        return frozenset(place for rule in self.rules if rule.in_part for place in rule.places)

    @cached_property
    def days_of_change(self) -> tuple[date, ...]:
        """Every day on which any answer can change, in order."""
        days: set[date] = set(self.days_of_unions)
        for family in self.families:
            for version in family.versions:
                days.update(version.days_of_change())
        for rule in self.rules:
            days.update(self.days_of_rule(rule))
        bounds = [listing.bounds for named in self.named for listing in named.listed]
        bounds += [one.bounds for one in self.not_parties]
        days.update(day for held in bounds for day in held if day is not None)
        return tuple(sorted(days))

    @cached_property
    def days_of_unions(self) -> frozenset[date]:
        """The days on which whose law binds, or is held, can change."""
        left = {date.fromisoformat(one.to) for union in self.unions for one in union.left}
        groups = (group.bounds for held in self.held for group in held.not_seen)
        return frozenset(left | {day for bounds in groups for day in bounds if day is not None})

    def days_of_rule(self, rule: Rule) -> Iterator[date]:
        """Give the days on which a rule or what lifts it can change, beside those of provisions."""
        bounds = [rule.bounds]
        for one in self.exemptions_of[rule.id]:
            bounds += [group.bounds for group in one.not_for_named]
            bounds += [clause.bounds for clause in (*one.excludes, *one.covers)]
        yield from (day for held in bounds for day in held if day is not None)
        for text in rule.doubtful_days:
            day = date.fromisoformat(text)
            yield from (day, date.fromordinal(day.toordinal() + 1))
        if rule.may_list_from:
            yield date.fromisoformat(rule.may_list_from)


_SHARED: Final = frozenset(
    {"blocked", "government", "person", "owned_by", "contracts", "amount", "payment", "nothing"}
)
"""What the words of a service may tell as well as those of a population."""


def _place_phrases(law: Law) -> Iterator[tuple[str, str]]:
    for place in law.place_words:
        yield from ((folded(word), place.code) for word in place.words)
        yield from ((form, place.code) for form in place.forms)


def _population_phrases(law: Law) -> Iterator[tuple[str, tuple[str, str]]]:
    for phrase in law.phrases:
        yield from ((folded(word), (phrase.sets, phrase.value)) for word in phrase.words)
    yield from ((words, ("place", code)) for words, code in _place_phrases(law))
    for named in law.named:
        yield from ((folded(word), ("named", named.id)) for word in named.words)


def _service_phrases(law: Law) -> Iterator[tuple[str, tuple[str, str]]]:
    for service in law.services:
        yield from ((folded(word), ("service", service.id)) for word in service.words)
    for trait in law.traits:
        yield from ((folded(word), (trait.trait, trait.value)) for word in trait.words)
    for phrase in law.phrases:
        if phrase.sets in _SHARED:
            yield from ((folded(word), (phrase.sets, phrase.value)) for word in phrase.words)
    for named in law.named:
        yield from ((folded(word), ("named", named.id)) for word in named.words)
