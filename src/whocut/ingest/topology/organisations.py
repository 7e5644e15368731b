"""Who holds an AS number, and where that holder is registered: CAIDA's AS2Org, text and JSON Lines.

The text has two sections, each under a line that names its columns:
``# format:org_id|changed|org_name|country|source`` and
``# format:aut|changed|aut_name|org_id|opaque_id|source`` (older files have no opaque id).
A line that does not have its section's columns is left out and counted.
"""

import gc
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import cache, cached_property
from pathlib import Path

import msgspec
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from whocut.ingest.topology.compressed_text import read_text_bytes
from whocut.ingest.topology.reserved_numbers import LAST_ASN
from whocut.model.errors import InputError

__all__ = ["REGISTRATION_CAVEAT", "OrganisationTally", "Organisations", "read_organisations"]

REGISTRATION_CAVEAT = (
    "The country of an AS is where its holder is registered, not where its network lies:"
    " RETN (AS9002), which carries much of Russia's traffic, is registered in Great Britain."
)
"""Every answer by country shows it."""
_NO_COUNTRIES = frozenset({"AP", "EU", "ZZ"})
"""Codes of regions, and of nothing, that registries put where a country stands."""
_COUNTRY_LETTERS = 2
_FORMAT = "# format:"
_SHOWN = 20
_SHOWN_CHARACTERS = 60
_LONGEST_ASN = 10
_ASN_END = 2**32


class OrganisationTally(Struct, frozen=True):
    """What could not be read or does not hang together."""

    bad_lines: int = 0
    first_bad: tuple[str, ...] = ()
    """The first of these lines, with file and number."""
    repeated: int = 0
    """AS numbers or organisations that were there already; the first stands."""
    without_organisation: int = 0
    """AS numbers whose organisation has no line of its own: no name, no country."""
    without_country: int = 0
    """Organisations whose country is a region, nothing, or no code of two letters."""


@dataclass(frozen=True, eq=False)
class Organisations:
    """AS numbers ascending, each with its name and the index of its organisation."""

    asn: NDArray[np.uint32]
    org: NDArray[np.int32]
    as_name: tuple[str, ...]
    org_id: tuple[str, ...]
    org_name: tuple[str, ...]
    org_country: tuple[str, ...]
    """ISO 3166-1 alpha-2 as registered; empty where it is not known."""
    sha256: str
    """Of the text as unpacked."""
    source: str
    day: date | None
    tally: OrganisationTally

    def org_of(self, asn: int) -> str | None:
        """Find the id of the organisation that holds an AS number."""
        place = self._place(asn)
        return None if place is None else self.org_id[self.org[place]]

    def name_of(self, asn: int) -> str:
        """Find the name of the organisation, else of the AS itself; empty where neither is told."""
        place = self._place(asn)
        return "" if place is None else self.org_name[self.org[place]] or self.as_name[place]

    def country_of(self, asn: int) -> str:
        """Find where an AS number is registered (REGISTRATION_CAVEAT); empty if not known."""
        place = self._place(asn)
        return "" if place is None else self.org_country[self.org[place]]

    def siblings(self, asn: int) -> tuple[int, ...]:
        """List the other AS numbers of the same organisation, ascending."""
        place = self._place(asn)
        if place is None:
            return ()
        numbers, starts = self._members
        held = numbers[starts[self.org[place]] : starts[self.org[place] + 1]]
        return tuple(int(number) for number in held if number != asn)

    def of_country(self, country: str) -> NDArray[np.uint32]:
        """List the AS numbers that are registered in a country, ascending."""
        wanted = np.array([each == country for each in self.org_country], np.bool_)
        return self.asn[wanted[self.org]]

    def _place(self, asn: int) -> int | None:
        if not 0 <= asn < _ASN_END:
            return None
        # Of the array's own type: for any other the search would first convert all of it.
        place = int(self.asn.searchsorted(np.uint32(asn)))
        return place if place < len(self.asn) and self.asn[place] == asn else None

    @cached_property
    def _members(self) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
        order = np.argsort(self.org, kind="stable")
        starts = np.searchsorted(self.org[order], np.arange(len(self.org_id) + 1))
        return self.asn[order], starts


def read_organisations(path: Path) -> Organisations:
    """Read one AS2Org file, ``.txt`` or ``.jsonl``, packed or not.

    Raises: InputError if it cannot be read or holds no AS number.
    """
    text = read_text_bytes(path)
    try:
        decoded = text.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError("is not UTF-8", source=str(path), offset=error.start) from None
    rows = _Rows(str(path))
    # The collector of cycles would walk half a million strings again and again.
    with _paused_collector():
        if decoded.lstrip().startswith("{"):
            _read_jsonl(decoded, rows)
        else:
            _read_text(decoded, rows)
    if not rows.ases:
        raise InputError("holds no AS number of an organisation", source=str(path))
    return _gather(rows, path, hashlib.sha256(text).hexdigest())


@dataclass
class _Rows:
    """What is read so far."""

    source: str
    ases: dict[int, tuple[str, str]] = field(default_factory=dict)
    organisations: dict[str, tuple[str, str]] = field(default_factory=dict)
    bad: int = 0
    first_bad: list[str] = field(default_factory=list)
    repeated: int = 0

    def add_organisation(self, identity: str, name: str, country: str) -> None:
        if identity in self.organisations:
            self.repeated += 1
        else:
            self.organisations[identity] = (name, country)

    def add_as(self, asn: int, name: str, organisation: str) -> None:
        if asn in self.ases:
            self.repeated += 1
        else:
            self.ases[asn] = (name, organisation)

    def refuse(self, number: int, line: str, why: str) -> None:
        self.bad += 1
        if len(self.first_bad) < _SHOWN:
            shown = line[:_SHOWN_CHARACTERS]
            self.first_bad.append(f"{self.source}: line {number} {why}: {shown!r}")


def _read_text(text: str, rows: _Rows) -> None:
    columns: list[str] = []
    keys: tuple[int, int, int] | None = None
    is_as = False
    for number, line in enumerate(text.split("\n"), 1):
        if line.startswith("#") or not line or line.isspace():
            if line.startswith(_FORMAT):
                columns = line.removeprefix(_FORMAT).strip().split("|")
                is_as = "aut" in columns
                keys = _section_keys(columns, rows.source, number)
            continue
        if keys is None:
            raise InputError(
                f"line {number} stands before any line '# format:'", source=rows.source
            )
        fields = line.rstrip("\r").split("|")
        if len(fields) != len(columns):
            rows.refuse(number, line, f"has {len(fields)} columns where {len(columns)} are named")
            continue
        first, second, third = fields[keys[0]], fields[keys[1]], fields[keys[2]]
        if not first or (is_as and not third):
            rows.refuse(number, line, "names no organisation")
        elif not is_as:
            rows.add_organisation(first, second, third)
        elif (asn := _number(first)) is None:
            rows.refuse(number, line, "begins with no AS number")
        else:
            rows.add_as(asn, second, third)


def _section_keys(columns: list[str], source: str, number: int) -> tuple[int, int, int]:
    """Find the columns of a section: of ASes number, name, holder; of holders id, name, country."""
    names = ("aut", "aut_name", "org_id") if "aut" in columns else ("org_id", "org_name", "country")
    try:
        # Files before 2016 call either name just "name".
        second = names[1] if names[1] in columns else "name"
        return columns.index(names[0]), columns.index(second), columns.index(names[2])
    except ValueError:
        raise InputError(
            f"line {number} does not name the columns {', '.join(names)}", source=source
        ) from None


class _Organisation(Struct, tag="Organization", tag_field="type"):
    organization_id: str = msgspec.field(name="organizationId")
    name: str = ""
    country: str = ""


class _Autonomous(Struct, tag="ASN", tag_field="type"):
    asn: str | int
    organization_id: str = msgspec.field(name="organizationId")
    name: str = ""


def _read_jsonl(text: str, rows: _Rows) -> None:
    decoder = msgspec.json.Decoder(_Organisation | _Autonomous)
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            row = decoder.decode(line)
        except msgspec.MsgspecError as error:
            rows.refuse(number, line, f"cannot be decoded ({error})")
            continue
        if not row.organization_id:
            rows.refuse(number, line, "names no organisation")
        elif isinstance(row, _Organisation):
            rows.add_organisation(row.organization_id, row.name, row.country)
        elif (asn := _number(str(row.asn))) is None:
            rows.refuse(number, line, "begins with no AS number")
        else:
            rows.add_as(asn, row.name, row.organization_id)


def _number(text: str) -> int | None:
    if not (text.isascii() and text.isdigit()) or len(text) > _LONGEST_ASN:
        return None
    number = int(text)
    return number if number <= LAST_ASN else None


def _gather(rows: _Rows, path: Path, sha256: str) -> Organisations:
    asns = sorted(rows.ases)
    held = {organisation for _, organisation in rows.ases.values()}
    orphans = held - rows.organisations.keys()
    identities = sorted(rows.organisations.keys() | held)
    index = {identity: place for place, identity in enumerate(identities)}
    known = [rows.organisations.get(identity, ("", "")) for identity in identities]
    countries = tuple(_country(country) for _, country in known)
    missing = sum(holder in orphans for _, holder in rows.ases.values()) if orphans else 0
    return Organisations(
        asn=np.array(asns, np.uint32),
        org=np.array([index[rows.ases[asn][1]] for asn in asns], np.int32),
        as_name=tuple(rows.ases[asn][0] for asn in asns),
        org_id=tuple(identities),
        org_name=tuple(name for name, _ in known),
        org_country=countries,
        sha256=sha256,
        source=path.name,
        day=_day_of(path.name),
        tally=OrganisationTally(
            bad_lines=rows.bad,
            first_bad=tuple(rows.first_bad),
            repeated=rows.repeated,
            without_organisation=missing,
            without_country=countries.count("") - len(orphans),
        ),
    )


@cache
def _country(code: str) -> str:
    code = code.strip().upper()
    is_code = len(code) == _COUNTRY_LETTERS and code.isascii() and code.isalpha()
    return code if is_code and code not in _NO_COUNTRIES else ""


def _day_of(name: str) -> date | None:
    digits = name[:8]
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None


@contextmanager
def _paused_collector() -> Iterator[None]:
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
