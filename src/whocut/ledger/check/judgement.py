"""What the check judges by: ``data/ledger/check.toml``, read once."""

import tomllib
from functools import cache

import msgspec
from msgspec import Struct

from whocut.model.errors import DamagedDataError
from whocut.model.shipped import shipped_path

__all__ = [
    "Judgement",
    "LayerWords",
    "Limits",
    "LoadedWords",
    "ReservedNetworks",
    "ScopeWords",
    "UrlWords",
    "VerdictWords",
    "load_judgement",
]


class Limits(Struct, frozen=True, forbid_unknown_fields=True):
    """How far a value may go."""

    ahead_days: int
    first_year: int
    apart_days: int
    span_days: int
    notice_days: int


class ScopeWords(Struct, frozen=True, forbid_unknown_fields=True):
    """The closed sets of a scope; each is named as its field."""

    users: frozenset[str]
    accounts: frozenset[str]
    plans: frozenset[str]
    rights: frozenset[str]


class LayerWords(Struct, frozen=True, forbid_unknown_fields=True):
    """Which actions cannot be done at which layers."""

    network_actions: frozenset[str]
    payment_actions: frozenset[str]
    no_network: frozenset[str]
    no_payment: frozenset[str]


class LoadedWords(Struct, frozen=True, forbid_unknown_fields=True):
    """Words that take a side, and what stands before one that does not."""

    words: tuple[str, ...]
    plain: tuple[str, ...]


class VerdictWords(Struct, frozen=True, forbid_unknown_fields=True):
    """Words that judge, and what makes them harmless."""

    words: tuple[str, ...]
    names: tuple[str, ...]
    bodies: tuple[str, ...]
    findings: tuple[str, ...]


class UrlWords(Struct, frozen=True, forbid_unknown_fields=True):
    """What an address must not hold."""

    special: frozenset[str]
    tracking: tuple[str, ...]
    registries: frozenset[str]


class ReservedNetworks(Struct, frozen=True, forbid_unknown_fields=True):
    """A range of autonomous systems that nobody can hold."""

    first: int
    last: int
    name: str
    source: str


class Judgement(Struct, frozen=True, forbid_unknown_fields=True):
    """All of it."""

    limits: Limits
    scope: ScopeWords
    layers: LayerWords
    loaded: LoadedWords
    verdict: VerdictWords
    url: UrlWords
    reserved_networks: tuple[ReservedNetworks, ...]


@cache
def load_judgement() -> Judgement:
    """Load the shipped table.

    Raises: DamagedDataError if it is broken.
    """
    path = shipped_path("ledger", "check.toml")
    try:
        return msgspec.convert(tomllib.loads(path.read_text("utf-8")), Judgement)
    except (OSError, ValueError) as error:  # a broken file, TOML or model
        raise DamagedDataError(str(error), source=str(path)) from error
