"""What-ifs that were carried through beforehand and ship: who leaves a country, and what is left.

For each country its strongest carriers in every combination, the networks at the top, and the
states that carry most of it; each in three modes. Made by
``python -m whocut.routes.cascades_build``; aggregates, no link of the source is in them.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Final

from msgspec import Struct

from whocut.model.errors import DamagedDataError
from whocut.model.shipped import shipped_path
from whocut.routes.results_file import month_of, read_rows
from whocut.routes.whatif.scenario import Mode

__all__ = [
    "CASCADE_COLUMNS",
    "CASCADE_COUNTRY_COLUMNS",
    "CLIQUE",
    "LETTERS",
    "MODES",
    "Cascade",
    "CascadeCountry",
    "cascade_rows",
    "hops_of",
    "letters_of",
    "parts_of",
    "read_cascade_countries",
    "read_cascades",
    "state_set",
]

MODES: Final = (Mode.STOP_CUSTOMERS, Mode.CUT_LINKS, Mode.CARRY_NOTHING)
"""From the least to the most that an actor can stop."""
LETTERS: Final = "abcdefgh"
"""A set of carriers is written by letters: a is the country's first, b its second."""
CLIQUE: Final = "@clique"
"""The set of the networks at the top, who buy from nobody."""
_SAME: Final = "="
"""Written for a mode that leaves exactly what the mode before it leaves, and for a network that
gains most and is the top, too."""
_FIELDS: Final = (
    *("pairs", "networks", "addresses", "under_half", "hops_before", "hops"),
    *("top", "top_share", "gainer", "gainer_share"),
)
_SHORT: Final = {
    Mode.STOP_CUSTOMERS: "stop",
    Mode.CUT_LINKS: "cut",
    Mode.CARRY_NOTHING: "carry",
}
CASCADE_COLUMNS: Final = (
    *("country", "leaving", "actors"),
    *(f"{_SHORT[mode]}_{name}" for mode in MODES for name in _FIELDS),
)
CASCADE_COUNTRY_COLUMNS: Final = (
    *("date", "country", "carriers", "states", "networks", "pairs", "isolated"),
    *("addresses", "under_half", "hops", "top", "top_share", "clique", "shares"),
    "inputs_sha256",
)
_WHOLE: Final = 10_000
"""Shares are written in ten-thousandths, which keeps the table small."""
_HOPS_DIGITS: Final = 2


class Cascade(Struct, frozen=True, kw_only=True):
    """What one set of leavers leaves of one country, in one mode."""

    country: str
    leaving: str
    """Letters of carriers, ``@clique``, or ``@`` and a state."""
    mode: Mode
    actors: int
    """Foreign networks that act."""
    pairs: float
    """Share of pairs of the country's addresses with those abroad that policy lets through."""
    networks: int
    """Networks of the country that reach no foreign address."""
    addresses: float
    """Share of the country's addresses that these hold."""
    under_half: float
    """Share held by networks that reach under half of the world's addresses."""
    hops_before: float | None
    """Mean length, in AS hops, that the pairs that are left had before; nothing if none is left."""
    hops: float | None
    top: int | None
    """The foreign network that carries most of the country then."""
    top_share: float
    gainer: int | None
    """The foreign network whose share grows most."""
    gainer_share: float


class CascadeCountry(Struct, frozen=True, kw_only=True):
    """Who may leave one country, and how it stands while nobody has."""

    day: date
    country: str
    carriers: tuple[int, ...]
    """The foreign networks that most often hand over to it, the strongest first."""
    states: tuple[str, ...]
    """Where those who hand over to it are registered, the strongest first."""
    networks: int
    """Its own, with a link."""
    pairs: float
    isolated: int
    """Those of its networks that reach no foreign address even so."""
    addresses: float
    """Share of its addresses that these hold."""
    under_half: float
    hops: float | None
    top: int | None
    top_share: float
    clique: int
    """How many networks stand at the top, its own not counted."""
    shares: dict[int, float]
    """What those carry now whose share grows most in one of the cascades."""
    inputs_sha256: str


def letters_of(carriers: Sequence[int], leaving: Sequence[int]) -> str:
    """Write a set of a country's carriers; ValueError if one of them is none of these."""
    return "".join(sorted(LETTERS[carriers.index(asn)] for asn in set(leaving)))


def state_set(code: str) -> str:
    """Write the set of all networks registered in a state."""
    return f"@{code}"


def cascade_rows(found: Sequence[Cascade]) -> dict[str, str]:
    """Write what one set leaves, in all modes, as one row."""
    row = {"country": found[0].country, "leaving": found[0].leaving}
    row["actors"] = str(found[0].actors)
    before: tuple[str, ...] | None = None
    for cascade in found:
        written = _written(cascade)
        name = _SHORT[cascade.mode]
        is_same = written == before
        for field, text in zip(_FIELDS, written, strict=True):
            row[f"{name}_{field}"] = "" if is_same else text
        if is_same:
            row[f"{name}_{_FIELDS[0]}"] = _SAME
        before = written
    return row


def _written(one: Cascade) -> tuple[str, ...]:
    is_top = one.gainer is not None and one.gainer == one.top
    return (
        parts_of(one.pairs),
        str(one.networks),
        parts_of(one.addresses),
        parts_of(one.under_half),
        "" if one.hops_before is None else hops_of(one.hops_before),
        "" if one.hops is None else hops_of(one.hops),
        str(one.top or ""),
        parts_of(one.top_share),
        _SAME if is_top else str(one.gainer or ""),
        "" if is_top else parts_of(one.gainer_share),
    )


def hops_of(value: float) -> str:
    """Write a mean length."""
    return f"{value:.{_HOPS_DIGITS}f}".rstrip("0").rstrip(".")


def parts_of(share: float) -> str:
    """Write a share in ten-thousandths."""
    return str(round(share * _WHOLE))


def _share(written: str) -> float:
    return int(written) / _WHOLE


def read_cascades(folder: Path | None = None) -> Iterator[Cascade]:
    """Read what ships, or what a folder holds; three modes of a set follow each other.

    Raises: DamagedDataError naming file and line.
    """
    path = (folder or shipped_path("results", "routes")) / "whatif.csv"
    for number, row in enumerate(read_rows(path, CASCADE_COLUMNS), 2):
        before: dict[str, str] = {}
        for mode in MODES:
            here = {name: row[f"{_SHORT[mode]}_{name}"] for name in _FIELDS}
            if here[_FIELDS[0]] == _SAME:
                here = before
            try:
                yield _cascade(row, mode, here)
            except (ValueError, KeyError) as error:
                raise DamagedDataError(f"line {number}: {error!r}", source=str(path)) from error
            before = here


def _cascade(row: dict[str, str], mode: Mode, here: dict[str, str]) -> Cascade:
    top = int(here["top"]) if here["top"] else None
    is_top = here["gainer"] == _SAME
    gainer = int(here["gainer"]) if here["gainer"] and not is_top else None
    return Cascade(
        country=row["country"],
        leaving=row["leaving"],
        mode=mode,
        actors=int(row["actors"]),
        pairs=_share(here["pairs"]),
        networks=int(here["networks"]),
        addresses=_share(here["addresses"]),
        under_half=_share(here["under_half"]),
        hops_before=float(here["hops_before"]) if here["hops_before"] else None,
        hops=float(here["hops"]) if here["hops"] else None,
        top=top,
        top_share=_share(here["top_share"]),
        gainer=top if is_top else gainer,
        gainer_share=_share(here["top_share"] if is_top else here["gainer_share"]),
    )


def read_cascade_countries(folder: Path | None = None) -> list[CascadeCountry]:
    """Read of which countries there are cascades, with who may leave them.

    Raises: DamagedDataError naming file and line.
    """
    path = (folder or shipped_path("results", "routes")) / "whatif_countries.csv"
    found = []
    for number, row in enumerate(read_rows(path, CASCADE_COUNTRY_COLUMNS), 2):
        try:
            found.append(
                CascadeCountry(
                    day=month_of(row["date"]),
                    country=row["country"],
                    carriers=tuple(map(int, row["carriers"].split())),
                    states=tuple(row["states"].split()),
                    networks=int(row["networks"]),
                    pairs=_share(row["pairs"]),
                    isolated=int(row["isolated"]),
                    addresses=_share(row["addresses"]),
                    under_half=_share(row["under_half"]),
                    hops=float(row["hops"]) if row["hops"] else None,
                    top=int(row["top"]) if row["top"] else None,
                    top_share=_share(row["top_share"]),
                    clique=int(row["clique"]),
                    shares=_shares(row["shares"]),
                    inputs_sha256=row["inputs_sha256"],
                )
            )
        except ValueError as error:
            raise DamagedDataError(f"line {number}: {error!r}", source=str(path)) from error
    return found


def _shares(written: str) -> dict[int, float]:
    pairs = (each.partition(":") for each in written.split())
    return {int(asn): _share(share) for asn, _, share in pairs}
