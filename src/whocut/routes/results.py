"""Derived results that ship: who carries each country, what a withdrawal leaves, at some dates.

They are aggregates of what CAIDA publishes, made by ``python -m whocut.routes.results_build``; no
link of the source is in them. They answer where no topology is at hand, and say of when they are.
"""

import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final

import msgspec
from msgspec import Struct

from whocut.model.errors import DamagedDataError, UsageError
from whocut.model.shipped import shipped_path
from whocut.routes.dependency.answer import CAVEAT, Band
from whocut.routes.results_file import month_of, read_rows

__all__ = [
    "CARRIER_COLUMNS",
    "COUNTRY_COLUMNS",
    "NETWORK_COLUMNS",
    "CountryResult",
    "DateSources",
    "Results",
    "SharedCarrier",
    "load_results",
    "read_networks",
]

COUNTRY_COLUMNS: Final = (
    *("date", "country", "slash24", "ases", "foreign_providers"),
    *("reached", "reached_low", "reached_high", "direct", "direct_low", "direct_high"),
    *("hhi", "hhi_low", "hhi_high"),
    *("control_points", "control_points_low", "control_points_high"),
    *("pairs_now", "pairs_stop_customers", "pairs_cut_links", "pairs_carry_nothing"),
    *("pairs_without_cogent_lumen", "inputs_sha256"),
)
CARRIER_COLUMNS: Final = ("date", "country", "role", "asn", "share", "low", "high")
NETWORK_COLUMNS: Final = ("asn", "name", "registered_in")
_ROLES: Final = ("hands_over", "takes_over")


class SharedCarrier(Struct, frozen=True):
    """A network and its share of what reaches a country from abroad."""

    asn: int
    name: str
    registered_in: str
    share: Band


class CountryResult(Struct, frozen=True, kw_only=True):
    """One country at one date."""

    day: date
    """First day of the month that the date is called by."""
    country: str
    months: tuple[date, ...]
    """Links that agree in all of them."""
    paths: str = "simulated"
    caveat: str = CAVEAT
    slash24: float
    """IPv4 blocks of 256 addresses that its networks weigh."""
    ases: int
    foreign_providers: int
    """Foreign networks that sell to one of its networks."""
    reached: Band
    direct: Band
    hhi: Band
    control_points: Band
    pairs_now: float
    """Share of pairs of its addresses with those abroad that policy lets through."""
    pairs_stop_customers: float | None
    """The same if all foreign providers end their sales to it; nothing where it has none."""
    pairs_cut_links: float | None
    pairs_carry_nothing: float | None
    pairs_without_cogent_lumen: float | None
    """The same if Cogent and Lumen end their sales; nothing where both are its own."""
    hands_over: tuple[SharedCarrier, ...]
    """The ten foreign networks that most often are the last abroad."""
    takes_over: tuple[SharedCarrier, ...]
    """The five of its networks that most often are the first at home."""
    inputs_sha256: str


class DateSources(Struct, frozen=True, forbid_unknown_fields=True):
    """What the results of one date rest on."""

    day: date
    months: tuple[date, ...]
    serial: int
    links: dict[str, str]
    """SHA-256 of each file, by its name."""
    organisations: dict[str, str]
    weights: dict[str, str]
    unit: str
    versions: str
    left_out: tuple[str, ...]
    """Countries without a network that has a link and a weight, or that nobody reaches."""


class Results(Struct, frozen=True):
    """All that ships."""

    countries: tuple[CountryResult, ...]
    dates: tuple[DateSources, ...]

    def of(self, country: str, month: date | None = None) -> CountryResult:
        """Find a country at the date of a month, else at the last date that has it.

        Raises: UsageError if there is none; the message says what there is.
        """
        found = [one for one in self.countries if one.country == country]
        if month is not None:
            found = [one for one in found if one.day == month]
        if not found:
            dates = ", ".join(f"{each.day:%Y-%m}" for each in self.dates)
            of_month = f" of {month:%Y-%m}" if month else ""
            raise UsageError(f"no results{of_month} for {country} ship; there are those of {dates}")
        return max(found, key=lambda one: one.day)


class _Sources(Struct, frozen=True, forbid_unknown_fields=True):
    result: tuple[DateSources, ...]


def load_results(folder: Path | None = None) -> Results:
    """Read the results that ship, or those of a folder.

    Raises: DamagedDataError naming file and line.
    """
    return _load(folder or shipped_path("results", "routes"))


@cache
def _load(folder: Path) -> Results:
    path = folder / "sources.toml"
    try:
        dates = msgspec.convert(tomllib.loads(path.read_text("utf-8")), _Sources).result
    except (OSError, ValueError, msgspec.ValidationError) as error:
        raise DamagedDataError(str(error), source=str(path)) from error
    known = {each.day: each for each in dates}
    names = read_networks(folder / "networks.csv")
    carriers = _carriers(folder / "carriers.csv", names)
    path = folder / "countries.csv"
    found = []
    for number, row in enumerate(read_rows(path, COUNTRY_COLUMNS), 2):
        try:
            found.append(_country(row, known, carriers))
        except (ValueError, KeyError) as error:
            raise DamagedDataError(f"line {number}: {error!r}", source=str(path)) from error
    return Results(tuple(found), dates)


def read_networks(path: Path) -> dict[int, tuple[str, str]]:
    """Read holders of AS numbers, and where they are registered.

    Raises: DamagedDataError naming file and line.
    """
    found = {}
    for number, row in enumerate(read_rows(path, NETWORK_COLUMNS), 2):
        try:
            found[int(row["asn"])] = (row["name"], row["registered_in"])
        except ValueError as error:
            raise DamagedDataError(f"line {number}: {error!r}", source=str(path)) from error
    return found


_Carriers = dict[tuple[date, str, str], list[SharedCarrier]]


def _carriers(path: Path, names: Mapping[int, tuple[str, str]]) -> _Carriers:
    found: _Carriers = {}
    for number, row in enumerate(read_rows(path, CARRIER_COLUMNS), 2):
        try:
            asn = int(row["asn"])
            if row["role"] not in _ROLES:
                raise ValueError(row["role"])  # noqa: TRY301 - told with its line below
            place = (month_of(row["date"]), row["country"], row["role"])
            band = Band(float(row["share"]), float(row["low"]), float(row["high"]))
            found.setdefault(place, []).append(SharedCarrier(asn, *names[asn], band))
        except (ValueError, KeyError) as error:
            raise DamagedDataError(f"line {number}: {error!r}", source=str(path)) from error
    return found


def _country(
    row: Mapping[str, str], known: Mapping[date, DateSources], carriers: _Carriers
) -> CountryResult:
    def share(name: str) -> float | None:
        return float(row[name]) if row[name] else None

    def band(name: str) -> Band:
        return Band(*(float(row[f"{name}{end}"]) for end in ("", "_low", "_high")))

    day = month_of(row["date"])
    bands: dict[str, Any] = {
        name: band(name) for name in ("reached", "direct", "hhi", "control_points")
    }
    pairs: dict[str, Any] = {
        name: share(name) for name in COUNTRY_COLUMNS if name.startswith("pairs_")
    }
    lists: dict[str, Any] = {
        role: tuple(carriers.get((day, row["country"], role), ())) for role in _ROLES
    }
    return CountryResult(
        day=day,
        country=row["country"],
        months=known[day].months,
        slash24=float(row["slash24"]),
        ases=int(row["ases"]),
        foreign_providers=int(row["foreign_providers"]),
        inputs_sha256=row["inputs_sha256"],
        **bands,
        **pairs,
        **lists,
    )
