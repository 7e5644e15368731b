"""Derived changes of routes that ship: alarms of every country, and how named networks fared.

They are aggregates of what CAIDA publishes, made by ``python -m whocut.routes.changes_build``:
counts of customers by country, no customer and no link. They answer where no topology is at hand.
"""

import csv
import tomllib
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from whocut.model.errors import DamagedDataError
from whocut.model.shipped import shipped_path
from whocut.routes.changes.answer import Control, Hypothesis, Verdict

__all__ = [
    "CHANGES_FILE",
    "COUNTS_FILE",
    "COUNT_COLUMNS",
    "NAMED_FILE",
    "SOURCES_FILE",
    "ChangeResults",
    "ChangeSources",
    "MonthCount",
    "NamedNetworks",
    "RouteChange",
    "load_change_results",
    "load_named",
]

CHANGES_FILE: Final = "changes.jsonl"
COUNTS_FILE: Final = "customers.csv"
SOURCES_FILE: Final = "changes-sources.toml"
NAMED_FILE: Final = "named.toml"
COUNT_COLUMNS: Final = (
    *("month", "paths_from", "paths_until", "country", "actor", "asns"),
    *("n", "n_gone", "n_come", "n_elsewhere"),
)


class NamedNetworks(Struct, frozen=True, forbid_unknown_fields=True):
    """Networks that a record of the ledger speaks of, and where and when."""

    record: str
    actor: str
    country: str
    asns: tuple[int, ...]
    since: date
    until: date


class RouteChange(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One provider organisation in one country between two months."""

    id: str
    kind: str
    """``alarm``: stands out; ``named``: a record speaks of it, whatever the test says."""
    country: str
    sign: str
    """``lost`` or ``gained``."""
    last_before: str
    """Month: ``2022-03``."""
    first_after: str
    months_before: tuple[str, ...]
    months_after: tuple[str, ...]
    provider: str
    asns: tuple[int, ...]
    registered_in: str
    verdict: Verdict
    grade: str | None
    n: int
    """Customers (organisations) at risk that live on; of a gain: customers at the end."""
    n_lost: int
    share: float
    low: float
    high: float
    expected: float
    elsewhere: Control
    others: Control
    effect: float | None = None
    effect_low: float | None = None
    effect_high: float | None = None
    p: float | None = None
    several_p: float | None = None
    """Chance of so many odd providers in the country together, where it is one of several."""
    reasons: dict[str, int] = {}
    hypotheses: tuple[Hypothesis, ...] = ()
    doubts: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    actor: str = ""
    """Who the record says it is; empty for an alarm that no record speaks of."""
    records: tuple[str, ...] = ()
    around: str = ""
    """The record around whose days the two months were chosen; empty for a month and the next."""
    serial: int
    inputs: str
    """Hash of all inputs and thresholds."""


class MonthCount(Struct, frozen=True):
    """How many customers in a country an actor's networks had in one month."""

    month: date
    paths_from: date | None
    """First day of the paths that the month's links are inferred from."""
    paths_until: date | None
    country: str
    actor: str
    asns: tuple[int, ...]
    """Those of its networks that had one there."""
    n: int
    """Customers, by organisation."""
    n_gone: int
    """Customers of the month before that are none in this one."""
    n_come: int
    n_elsewhere: int


class ChangeSources(Struct, frozen=True, forbid_unknown_fields=True):
    """What the changes rest on."""

    serial: int
    links: dict[str, str]
    """SHA-256 of each file, by its name."""
    organisations: dict[str, str]
    named: str
    """SHA-256 of the list of named networks."""
    thresholds: str
    versions: str


class ChangeResults(Struct, frozen=True):
    """All changes that ship."""

    changes: tuple[RouteChange, ...]
    counts: tuple[MonthCount, ...]
    sources: ChangeSources

    def of_country(self, country: str) -> tuple[RouteChange, ...]:
        """List the changes of a country, in order of time."""
        return tuple(one for one in self.changes if one.country == country)

    def counts_of(self, country: str, actor: str) -> tuple[MonthCount, ...]:
        """List an actor's customers in a country by month."""
        return tuple(one for one in self.counts if one.country == country and one.actor == actor)


class _Named(Struct, frozen=True, forbid_unknown_fields=True):
    named: tuple[NamedNetworks, ...]


def load_named(path: Path | None = None) -> tuple[NamedNetworks, ...]:
    """Read the list of networks that records speak of.

    Raises: DamagedDataError naming the file.
    """
    path = path or shipped_path("routes", NAMED_FILE)
    try:
        return msgspec.convert(tomllib.loads(path.read_text("utf-8")), _Named).named
    except (OSError, ValueError, msgspec.ValidationError) as error:
        raise DamagedDataError(str(error), source=str(path)) from error


def load_change_results(folder: Path | None = None) -> ChangeResults:
    """Read the changes that ship, or those of a folder.

    Raises: DamagedDataError naming file and line.
    """
    return _load(folder or shipped_path("results", "routes"))


@cache
def _load(folder: Path) -> ChangeResults:
    path = folder / SOURCES_FILE
    try:
        sources = msgspec.convert(tomllib.loads(path.read_text("utf-8")), ChangeSources)
    except (OSError, ValueError, msgspec.ValidationError) as error:
        raise DamagedDataError(str(error), source=str(path)) from error
    return ChangeResults(_changes(folder / CHANGES_FILE), _counts(folder / COUNTS_FILE), sources)


def _changes(path: Path) -> tuple[RouteChange, ...]:
    try:
        lines = path.read_bytes().splitlines()
    except OSError as error:
        raise DamagedDataError(str(error), source=str(path)) from error
    found = []
    for number, line in enumerate(lines, 1):
        try:
            found.append(msgspec.json.decode(line, type=RouteChange))
        except msgspec.MsgspecError as error:
            raise DamagedDataError(f"line {number}: {error}", source=str(path)) from error
    return tuple(found)


def _counts(path: Path) -> tuple[MonthCount, ...]:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            if tuple(reader.fieldnames or ()) != COUNT_COLUMNS:
                raise DamagedDataError("line 1 has other columns", source=str(path))
            rows = list(reader)
    except (OSError, csv.Error) as error:
        raise DamagedDataError(str(error), source=str(path)) from error
    found = []
    for number, row in enumerate(rows, 2):
        try:
            found.append(_count(row))
        except (ValueError, KeyError, TypeError) as error:
            raise DamagedDataError(f"line {number}: {error!r}", source=str(path)) from error
    return tuple(found)


def _count(row: dict[str, str]) -> MonthCount:
    def day(text: str) -> date | None:
        return date.fromisoformat(text) if text else None

    return MonthCount(
        month=date.fromisoformat(f"{row['month']}-01"),
        paths_from=day(row["paths_from"]),
        paths_until=day(row["paths_until"]),
        country=row["country"],
        actor=row["actor"],
        asns=tuple(int(each) for each in row["asns"].split()),
        n=int(row["n"]),
        n_gone=int(row["n_gone"]),
        n_come=int(row["n_come"]),
        n_elsewhere=int(row["n_elsewhere"]),
    )
