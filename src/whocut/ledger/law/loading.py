"""Read the shipped law from its files, and refuse it where its tables disagree."""

from functools import cache
from pathlib import Path
from typing import Final

from msgspec import Struct

from whocut.ledger.law.consistency import check_law
from whocut.ledger.law.instrument_files import load_families, load_retired, read_file
from whocut.ledger.law.law import Law
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
from whocut.model.shipped import shipped_path

__all__ = ["load_law"]


class _File(Struct, frozen=True, forbid_unknown_fields=True):
    pass


class _Services(_File, frozen=True):
    services: tuple[Service, ...]
    traits: tuple[TraitWords, ...]
    plain_words: tuple[str, ...]


class _Population(_File, frozen=True):
    phrases: tuple[Phrase, ...]
    places: tuple[PlaceWords, ...]
    plain_words: tuple[str, ...]


class _Actors(_File, frozen=True):
    kinds: tuple[ActorKindWords, ...]
    unions: tuple[Union, ...]
    held: tuple[Held, ...]
    holders: tuple[Holder, ...]


class _Named(_File, frozen=True):
    kinds: tuple[KindOfNamed, ...]
    named: tuple[Named, ...]


class _Rules(_File, frozen=True):
    rules: tuple[Rule, ...]


class _Exemptions(_File, frozen=True):
    exemptions: tuple[Exemption, ...]


class _Beside(_File, frozen=True):
    states: tuple[Beside, ...]
    companies: tuple[Beside, ...]
    views: tuple[Beside, ...]
    guidance: tuple[Beside, ...]
    covenants: tuple[str, ...]
    not_parties: tuple[NotParty, ...]
    unions_of_parties: tuple[str, ...]


def load_law(instruments: Path | None = None, rules: Path | None = None) -> Law:
    """Load the shipped law, or that of two other directories of the same form.

    Raises: DamagedDataError naming the file and the field that is wrong.
    """
    if instruments is None and rules is None:
        return _shipped()
    return _load(instruments or shipped_path("instruments"), rules or shipped_path("law"))


@cache
def _shipped() -> Law:
    return _load(shipped_path("instruments"), shipped_path("law"))


_RULES: Final = "rules.yaml"
_EXEMPTIONS: Final = "exemptions.yaml"


def _load(instruments: Path, directory: Path) -> Law:
    services = read_file(directory / "services.yaml", _Services)
    population = read_file(directory / "population.yaml", _Population)
    actors = read_file(directory / "actors.yaml", _Actors)
    beside = read_file(directory / "beside.yaml", _Beside)
    names = read_file(directory / "named.yaml", _Named)
    law = Law(
        families=load_families(instruments),
        retired=load_retired(instruments),
        rules=read_file(directory / _RULES, _Rules).rules,
        exemptions=read_file(directory / _EXEMPTIONS, _Exemptions).exemptions,
        services=services.services,
        traits=services.traits,
        service_plain_words=frozenset(services.plain_words),
        phrases=population.phrases,
        place_words=population.places,
        population_plain_words=frozenset(population.plain_words),
        actor_kinds=actors.kinds,
        unions=actors.unions,
        held=actors.held,
        holders=actors.holders,
        named=names.named,
        kinds_of_named=names.kinds,
        beside_states=beside.states,
        beside_companies=beside.companies,
        views=beside.views,
        guidance=beside.guidance,
        covenants=beside.covenants,
        not_parties=beside.not_parties,
        unions_of_parties=beside.unions_of_parties,
    )
    check_law(law, directory)
    return law
