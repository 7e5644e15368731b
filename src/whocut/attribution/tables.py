"""The reviewed numbers: when evidence is enough, what a grade asks for, what ties a party."""

import tomllib
from collections.abc import Mapping
from functools import cache
from typing import Any, Final

import msgspec
from msgspec import Struct

from whocut.attribution.vocabulary import FindingGrade, Tie
from whocut.model.errors import DamagedDataError
from whocut.model.shipped import shipped_path

__all__ = [
    "CONDITIONS",
    "Enough",
    "GradeRule",
    "Spread",
    "Tables",
    "TieRule",
    "load_tables",
    "parse_tables",
]

CONDITIONS: Final[Mapping[str, str]] = {
    "own_words_primary": "The party's own words, read in a primary source.",
    "own_words": "The party's own words, in whatever source.",
    "measured_or_routed": "A measurement or a route change that carries weight.",
    "measured_routed_or_primary": "A measurement, a route change or own words in a primary source.",
    "two_layers": "Evidence of two of these layers: measurements, routes, claims.",
    "two_witnesses": "Two witnesses that are independent of each other.",
    "one_witness": "One witness that carries weight.",
    "identity_on_many_networks": "Identity measured on three networks, with solid contrast.",
}
"""What the structure of a grade can ask for."""


class _Table(Struct, frozen=True, forbid_unknown_fields=True):
    """A table of a file; unknown keys are refused."""


class Enough(_Table, frozen=True):
    """Least of a measurement."""

    measurements: int
    networks: int
    countries_served: int
    probability: float


class Spread(_Table, frozen=True):
    """How many others see the same."""

    everywhere_share: float
    everywhere_least: int
    partial_share: float
    others_served: int


class _Reports(_Table, frozen=True):
    """Least of users' reports."""

    least: int


class _Routes(_Table, frozen=True):
    """Least of a route change, and when customers moved."""

    least_lost: int
    moved_share: float
    moved_days: int


class _Time(_Table, frozen=True):
    """How far evidence must lie within an outage."""

    short_days: int
    explained_share: float


class _Mechanisms(_Table, frozen=True):
    """What a way of being cut can show; a node stands for all below it, save in ``vague``."""

    specific: tuple[str, ...]
    page: tuple[str, ...]
    vague: tuple[str, ...]


class GradeRule(_Table, frozen=True):
    """A grade: its weight, and the structures of which it asks for one."""

    id: FindingGrade
    nats: float
    any: tuple[tuple[str, ...], ...]


class TieRule(_Table, frozen=True):
    """What ties a party itself, and what the tie withstands."""

    id: Tie
    least: FindingGrade
    withstands_denial: bool
    withstands_account: bool
    sentence: str


class Tables(_Table, frozen=True):
    """All numbers."""

    enough: Enough
    solid: Enough
    spread: Spread
    unions: Mapping[str, tuple[str, ...]]
    """Members of unions of states."""
    reports: _Reports
    routes: _Routes
    time: _Time
    mechanisms: _Mechanisms
    grade: tuple[GradeRule, ...]
    tie: tuple[TieRule, ...]


def parse_tables(text: str, source: str) -> Tables:
    """Parse the file of numbers, strictly.

    Raises: DamagedDataError naming the file and the field.
    """
    try:
        document: dict[str, Any] = tomllib.loads(text)
        tables = msgspec.convert(document, Tables)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise DamagedDataError(str(error), source=source) from error
    for grade in tables.grade:
        for name in (name for every in grade.any for name in every):
            if name not in CONDITIONS:
                raise DamagedDataError(f"unknown condition {name!r}", source=source, field=grade.id)
    weights = [grade.nats for grade in tables.grade]
    if weights != sorted(weights, reverse=True):
        raise DamagedDataError("grades stand from the highest", source=source, field="grade")
    if {one.id for one in tables.tie} != set(Tie):
        raise DamagedDataError("not every tie once", source=source, field="tie")
    return tables


@cache
def load_tables() -> Tables:
    """Load the shipped numbers.

    Raises: DamagedDataError if they are broken.
    """
    path = shipped_path("findings", "weighing.toml")
    return parse_tables(path.read_text("utf-8"), "data/findings/weighing.toml")
