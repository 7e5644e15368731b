"""Which files of the topology are at hand: told by their names, below one folder."""

import re
from datetime import date
from pathlib import Path

from msgspec import Struct

from whocut.model.errors import UsageError

__all__ = ["LocalTopology", "find_topology"]

_LINKS = re.compile(r"(\d{8})\.as-rel(2?)\.txt(?:\.bz2|\.gz)?")
_ORGANISATIONS = re.compile(r"(\d{8})\.as-org2info\.(?:txt|jsonl)(?:\.gz)?")
_PREFIXES = re.compile(
    r"(?:routeviews-(?:oix|rv2)-(\d{8})-\d{4}\.pfx2as|ipasn6?_(\d{8})\.dat)(?:\.gz)?"
)


class LocalTopology(Struct, frozen=True):
    """Files by what they hold and of when."""

    folder: Path
    links: dict[tuple[int, date], Path]
    """By serial and month."""
    organisations: dict[date, Path]
    prefixes: dict[date, Path]

    def months(self, serial: int) -> tuple[date, ...]:
        """List the months whose links are at hand."""
        return tuple(sorted(month for held, month in self.links if held == serial))

    def links_of(self, month: date, serial: int) -> Path:
        """Find the links of a month.

        Raises: UsageError if they are not at hand; the message says how to have them.
        """
        month = month.replace(day=1)
        path = self.links.get((serial, month))
        if path is None:
            raise UsageError(
                f"{self.folder} holds no serial-{serial} links of {month:%Y-%m};"
                f" whocut fetch topology --month {month:%Y-%m} brings them"
            )
        return path

    def organisations_at(self, day: date) -> Path | None:
        """Find the newest organisations that are not after a day, else the first after it."""
        return _nearest(self.organisations, day)

    def prefixes_at(self, day: date) -> Path | None:
        """Find the newest prefixes that are not after a day, else the first after it."""
        return _nearest(self.prefixes, day)


def find_topology(folder: Path) -> LocalTopology:
    """Look through a folder and those below it; a packed file stands before the same unpacked."""
    links: dict[tuple[int, date], Path] = {}
    organisations: dict[date, Path] = {}
    prefixes: dict[date, Path] = {}
    for path in sorted(folder.rglob("*"), reverse=True):
        if found := _LINKS.fullmatch(path.name):
            if (day := _day(found[1])) is not None:
                links.setdefault((2 if found[2] else 1, day.replace(day=1)), path)
        elif found := _ORGANISATIONS.fullmatch(path.name):
            if (day := _day(found[1])) is not None:
                organisations.setdefault(day, path)
        elif (found := _PREFIXES.fullmatch(path.name)) and (
            day := _day(found[1] or found[2])
        ) is not None:
            prefixes.setdefault(day, path)
    return LocalTopology(folder, links, organisations, prefixes)


def _nearest(files: dict[date, Path], day: date) -> Path | None:
    earlier = [each for each in files if each <= day]
    if earlier:
        return files[max(earlier)]
    return files[min(files)] if files else None


def _day(digits: str) -> date | None:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None
