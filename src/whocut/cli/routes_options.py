"""Which map of the Internet a question about routes is put to: files, months, weights."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

from cyclopts import Parameter
from msgspec import Struct

from whocut.cli.reference_options import cache_directory
from whocut.model.errors import UsageError

if TYPE_CHECKING:
    from whocut.ingest.topology import LocalTopology

__all__ = [
    "ANY_MAP",
    "CONSENSUS_MONTHS",
    "SIMULATED_NOTE",
    "YEAR_DAYS",
    "MapFiles",
    "MapOptions",
    "asked_asn",
    "asked_month",
    "find_map",
    "map_cache",
    "months_from",
    "months_up_to",
]

SIMULATED_NOTE: Final = (
    "Simulated over inferred links, not observed. Policy reachability, not capacity: a path says "
    "which way traffic may go, not how much, and links that no collector sees are not here."
)
CONSENSUS_MONTHS: Final = 3
"""Links count if they have one and the same relation in all of so many months."""
_MONTH: Final = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")
_ASN: Final = re.compile(r"(?:AS)?(\d{1,10})", re.IGNORECASE)
_MAPS: Final = "route-maps"
YEAR_DAYS: Final = 366
"""Data further apart than this are told to be."""


@Parameter(name="*")
@dataclass(frozen=True)
class MapOptions:
    """Options of every command that asks a map of the Internet."""

    topology: Annotated[
        Path | None,
        Parameter(help="Folder of CAIDA's files; else where whocut fetch topology puts them."),
    ] = None
    month: Annotated[
        str | None, Parameter(help="As in 2022-02; else the last month that is at hand.")
    ] = None
    months: Annotated[
        int, Parameter(help="Months that must agree on a link, the last of them --month.")
    ] = CONSENSUS_MONTHS
    serial: Annotated[
        int | None, Parameter(help="CAIDA's 1 or 2; else 2, and 1 where only that is at hand.")
    ] = None
    organisations: Annotated[
        Path | None, Parameter(help="CAIDA's AS2Org; else the nearest in the folder.")
    ] = None
    weights: Annotated[
        Path | None,
        Parameter(
            help="What an AS weighs: asn,weight lines, a prefix-to-AS table or origins of a CTI "
            "run; else the prefixes in the folder, else every AS counts one."
        ),
    ] = None


ANY_MAP: Final = MapOptions()
"""What holds when nothing is asked for."""


class MapFiles(Struct, frozen=True):
    """The files that answer, and what is to be said of them."""

    links: tuple[Path, ...]
    """Month after month."""
    months: tuple[date, ...]
    serial: int
    organisations: Path
    weights: Path | None
    notes: tuple[str, ...]
    """What is not as asked for, in words."""


def asked_month(text: str, option: str = "--month") -> date:
    """Read a month.

    Raises: UsageError if it is none.
    """
    found = _MONTH.fullmatch(text)
    if found is None:
        raise UsageError(f"{option} {text}: not a month; wanted YYYY-MM")
    return date(int(found[1]), int(found[2]), 1)


def asked_asn(text: str) -> int:
    """Read an AS number, with or without AS before it.

    Raises: UsageError if it is none.
    """
    found = _ASN.fullmatch(text.strip())
    if found is None or not 0 < int(found[1]) < 2**32:
        raise UsageError(f"{text}: not an AS number")
    return int(found[1])


def map_cache() -> Path:
    """Find the folder where maps and answers that were worked out once are kept."""
    return cache_directory() / _MAPS


def months_up_to(month: date, count: int) -> tuple[date, ...]:
    """List so many months, the last of them ``month``."""
    return _months(month, range(1 - count, 1))


def months_from(month: date, count: int) -> tuple[date, ...]:
    """List so many months, the first of them ``month``."""
    return _months(month, range(count))


def _months(month: date, steps: range) -> tuple[date, ...]:
    ordinals = (month.year * 12 + month.month - 1 + step for step in steps)
    return tuple(date(each // 12, each % 12 + 1, 1) for each in ordinals)


def find_map(
    options: MapOptions, months: Sequence[date] | None = None, *, needs_weights: bool = True
) -> MapFiles:
    """Find the files that an answer rests on; ``months`` stands instead of those of the options.

    Raises: UsageError if the links or the organisations are not at hand; the message says how to
    have them.
    """
    from whocut.ingest.topology import find_topology
    from whocut.ingest.topology.topology_downloads import TOPOLOGY_FOLDER

    folder = options.topology or cache_directory() / TOPOLOGY_FOLDER
    if options.topology is not None and not folder.is_dir():
        raise UsageError(f"--topology {folder}: no such folder")
    if options.months < 1:
        raise UsageError(f"--months {options.months}: at least one")
    files = find_topology(folder)
    serial = _serial(files, options)
    if months is None:
        known = files.months(serial)
        if options.month is None and not known:
            raise UsageError(
                f"{folder} holds no links; whocut fetch topology --month YYYY-MM brings them"
            )
        last = asked_month(options.month) if options.month else known[-1]
        files.links_of(last, serial)
        months = months_up_to(last, options.months)
    found = [month for month in months if (serial, month) in files.links]
    notes: list[str] = []
    if not found:
        files.links_of(months[0], serial)
    if len(found) < len(months):
        missing = ", ".join(f"{each:%Y-%m}" for each in months if each not in found)
        notes.append(
            f"Not at hand: {missing}. Fewer months agree less on relations; whocut fetch topology "
            f"--month {months[0]:%Y-%m}..{months[-1]:%Y-%m} brings them."
        )
    return MapFiles(
        links=tuple(files.links_of(month, serial) for month in found),
        months=tuple(found),
        serial=serial,
        organisations=_organisations(files, options, found[-1], notes),
        weights=_weights(files, options, found[-1], notes) if needs_weights else None,
        notes=tuple(notes),
    )


def _serial(files: "LocalTopology", options: MapOptions) -> int:
    if options.serial not in {None, 1, 2}:
        raise UsageError(f"--serial {options.serial}: wanted 1 or 2")
    if options.serial is not None:
        return options.serial
    wanted = asked_month(options.month) if options.month else None
    held = {serial for serial, month in files.links if wanted is None or month == wanted}
    return 1 if held == {1} else 2


def _organisations(
    files: "LocalTopology", options: MapOptions, day: date, notes: list[str]
) -> Path:
    if options.organisations is not None:
        return _existing(options.organisations, "--organisations")
    path = files.organisations_at(day)
    if path is None:
        raise UsageError(
            f"{files.folder} holds no organisations;"
            f" whocut fetch topology --month {day:%Y-%m} --only organisations brings them"
        )
    held = next(each for each, file in files.organisations.items() if file == path)
    if abs((held - day).days) > YEAR_DAYS:
        notes.append(f"Organisations are of {held}, links of {day:%Y-%m}.")
    return path


def _weights(
    files: "LocalTopology", options: MapOptions, day: date, notes: list[str]
) -> Path | None:
    if options.weights is not None:
        return _existing(options.weights, "--weights")
    path = files.prefixes_at(day)
    if path is None:
        notes.append(
            f"No weights are at hand, and every network counts the same; whocut fetch topology "
            f"--month {day:%Y-%m} --only prefixes brings addresses."
        )
        return None
    held = next(each for each, file in files.prefixes.items() if file == path)
    if abs((held - day).days) > YEAR_DAYS:
        notes.append(f"Addresses are of {held}, links of {day:%Y-%m}.")
    return path


def _existing(path: Path, option: str) -> Path:
    if not path.is_file():
        raise UsageError(f"{option} {path}: no such file")
    return path
