"""Load ``data/targets``: every row checked, every error with file, record and field."""

import csv
import io
import re
import tomllib
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Final, TypeVar

import msgspec
from msgspec import Struct

from whocut.access.target_model import (
    Catalog,
    Healthy,
    Listing,
    Sector,
    Source,
    Target,
    TargetClass,
    names_above,
)
from whocut.model.errors import DamagedDataError
from whocut.model.shipped import shipped_path
from whocut.model.taxonomy import ActorKind

__all__ = ["LISTING_COLUMNS", "TARGET_COLUMNS", "TARGET_FILES", "load_targets"]

TARGET_FILES: Final = ("services.csv", "media.csv", "messengers.csv", "state_services.csv")
TARGET_COLUMNS: Final = (
    *("domain", "class", "sector", "operator", "actor_kind", "country", "audience"),
    *("same_as", "healthy", "source", "operator_source", "note"),
)
LISTING_COLUMNS: Final = ("domain", "country", "kind", "source", "first_seen", "removed")
_LISTINGS_FILE: Final = "listings.csv"
_SOURCES_FILE: Final = "sources.toml"
_GROUPS_FILE: Final = "groups.toml"
_LONGEST_NAME: Final = 253
_NAME: Final = re.compile(
    r"(?!www\.)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?"
)
_COUNTRY: Final = re.compile(r"(?!EU|XX|ZZ)[A-Z]{2}")
_RECORD: Final = re.compile(r"ledger:[a-z0-9]+(-[a-z0-9]+)*")
_FIELD: Final = re.compile(r"at `\$\.(\w+)|field `(\w+)`")
_T = TypeVar("_T")


class _SourcesFile(Struct, forbid_unknown_fields=True):
    source: tuple[Source, ...]


class _GroupsFile(Struct, forbid_unknown_fields=True, rename={"class_": "class"}):
    class_: tuple[TargetClass, ...]
    sector: tuple[Sector, ...]
    healthy: tuple[Healthy, ...]


class _Place(Struct, frozen=True):
    """Where a record stands."""

    path: Path
    line: int
    name: str

    def wrong(self, reason: str, field: str) -> DamagedDataError:
        where = f"{self.path}: line {self.line}" + (f" ({self.name})" if self.name else "")
        return DamagedDataError(reason, source=where, field=field)


@cache
def _load_shipped() -> Catalog:
    return _load(shipped_path("targets"))


def load_targets(directory: Path | None = None) -> Catalog:
    """Load the shipped targets, or those of another directory of the same form.

    Raises: DamagedDataError naming the file, the record and the field that is wrong.
    """
    return _load_shipped() if directory is None else _load(directory)


def _load(directory: Path) -> Catalog:
    sources = _read_toml(directory / _SOURCES_FILE, _SourcesFile).source
    groups = _read_toml(directory / _GROUPS_FILE, _GroupsFile)
    for path, entries in (
        (directory / _SOURCES_FILE, sources),
        *((directory / _GROUPS_FILE, part) for part in (groups.class_, groups.sector)),
        (directory / _GROUPS_FILE, groups.healthy),
    ):
        _refuse_repeats(path, entries)
    known = Catalog((), (), groups.class_, groups.sector, groups.healthy, sources)
    placed = [
        found
        for name in TARGET_FILES
        for found in _read_csv(directory / name, TARGET_COLUMNS, Target)
    ]
    _check_targets(placed, known)
    names = {target.domain for _, target in placed}
    listed = list(_read_csv(directory / _LISTINGS_FILE, LISTING_COLUMNS, Listing))
    _check_listings(listed, known, names)
    return msgspec.structs.replace(
        known,
        targets=tuple(target for _, target in placed),
        listings=tuple(listing for _, listing in listed),
    )


def _read_toml(path: Path, kind: type[_T]) -> _T:
    try:
        return msgspec.convert(tomllib.loads(_read_text(path)), kind)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise DamagedDataError(str(error), source=str(path)) from error
    except msgspec.ValidationError as error:
        raise DamagedDataError(str(error), source=str(path), field=_field_of(error)) from error


def _read_text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise DamagedDataError("not UTF-8", source=str(path), offset=error.start) from error
    except OSError as error:
        raise DamagedDataError(str(error.strerror), source=str(path)) from error


def _field_of(error: msgspec.ValidationError) -> str | None:
    found = _FIELD.search(str(error))
    return (found[1] or found[2]) if found else None


def _read_csv(path: Path, columns: tuple[str, ...], kind: type[_T]) -> Iterator[tuple[_Place, _T]]:
    """Read rows strictly: these columns, each row whole, an empty cell is no value."""
    reader = csv.reader(io.StringIO(_read_text(path), newline=""), strict=True)
    is_first = True
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise _Place(path, reader.line_num, "").wrong(f"not CSV: {error}", "") from error
        if cells is None:
            break
        place = _Place(path, reader.line_num, cells[0] if cells and not is_first else "")
        if is_first:
            is_first = False
            if tuple(cells) != columns:
                raise place.wrong(f"its columns are {','.join(columns)}", "header")
            continue
        if len(cells) != len(columns):
            raise place.wrong(f"{len(cells)} cells, not {len(columns)}", columns[0])
        given = {name: cell for name, cell in zip(columns, cells, strict=True) if cell}
        for name, cell in given.items():
            if cell != cell.strip() or not cell.isprintable():
                raise place.wrong("blank or unprintable characters around or in it", name)
        try:
            yield place, msgspec.convert(given, kind)
        except msgspec.ValidationError as error:
            raise place.wrong(str(error), _field_of(error) or "") from error
    if is_first:
        raise _Place(path, 1, "").wrong("empty", "header")


def _refuse_repeats(path: Path, entries: Iterable[Source | Sector | TargetClass | Healthy]) -> None:
    seen: set[str] = set()
    for entry in entries:
        if entry.id in seen:
            raise DamagedDataError(f"{entry.id} stands twice", source=str(path), field="id")
        seen.add(entry.id)


def _check_targets(placed: list[tuple[_Place, Target]], known: Catalog) -> None:
    main: dict[str, Target] = {}
    for place, target in placed:
        _check_name(place, target.domain)
        if target.domain in main:
            raise place.wrong("stands twice", "domain")
        main[target.domain] = target
        for field, value, entries in (
            ("class", target.class_, known.classes),
            ("sector", target.sector, known.sectors),
            ("healthy", target.healthy, known.healthy),
        ):
            if value not in {entry.id for entry in entries}:
                raise place.wrong(f"no {field} is called {value}", field)
        _check_source(place, target.source, known, "source")
        _check_operator(place, target, known)
    for place, target in placed:
        if target.same_as is None:
            continue
        if target.same_as not in main or main[target.same_as].same_as is not None:
            raise place.wrong(
                f"{target.same_as} is no target, or is itself one more name", "same_as"
            )


def _check_operator(place: _Place, target: Target, known: Catalog) -> None:
    is_said = (
        target.operator is not None
        or target.country is not None
        or target.audience is not None
        or target.actor_kind is not ActorKind.UNKNOWN
    )
    if is_said != (target.operator_source is not None):
        reason = "says something of the operator and names no source for it"
        raise place.wrong(reason if is_said else "vouches for nothing", "operator_source")
    if target.operator_source is not None:
        _check_source(place, target.operator_source, known, "operator_source")
    for field, country in (("country", target.country), ("audience", target.audience)):
        if country is not None:
            _check_country(place, country, field)


def _check_listings(listed: list[tuple[_Place, Listing]], known: Catalog, names: set[str]) -> None:
    seen: set[tuple[str, str, str, str]] = set()
    for place, listing in listed:
        _check_name(place, listing.domain)
        _check_country(place, listing.country, "country")
        _check_source(place, listing.source, known, "source")
        key = (listing.domain, listing.country, listing.kind, listing.source)
        if key in seen:
            raise place.wrong("stands twice for this country, kind and source", "domain")
        seen.add(key)
        if names.isdisjoint(names_above(listing.domain)):
            raise place.wrong("no target has this name or one above it", "domain")
        if listing.first_seen and listing.removed and listing.removed < listing.first_seen:
            raise place.wrong(f"removed before it was seen, {listing.first_seen}", "removed")


def _check_name(place: _Place, domain: str) -> None:
    if len(domain) > _LONGEST_NAME or not _NAME.fullmatch(domain):
        raise place.wrong("not a name in lower case and A-labels, without www.", "domain")


def _check_country(place: _Place, country: str, field: str) -> None:
    if not _COUNTRY.fullmatch(country):
        raise place.wrong(f"{country}: not a country of two letters", field)


def _check_source(place: _Place, source: str, known: Catalog, field: str) -> None:
    if _RECORD.fullmatch(source):
        source = "ledger"
    elif source == "ledger":
        raise place.wrong("names no record, as in ledger:2022-06-canva-ru", field)
    if source not in {entry.id for entry in known.sources}:
        raise place.wrong(f"no source is called {source}", field)
