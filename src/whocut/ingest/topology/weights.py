"""What an AS weighs: IPv4 addresses that it announces, or any figure that a file gives.

An address counts once, for the narrowest prefix around it; where that has several origins, each
gets an equal part, so that the sum over all ASes is the number of addresses announced.
"""

import csv
import hashlib
import io
import math
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from whocut.ingest.topology.compressed_text import read_text_bytes
from whocut.ingest.topology.organisations import Organisations
from whocut.ingest.topology.prefix_origins import PrefixOrigins
from whocut.ingest.topology.reserved_numbers import LAST_ASN
from whocut.model.errors import InputError, UsageError

__all__ = [
    "AddressWeights",
    "CountryOrigins",
    "Coverage",
    "Weights",
    "address_weights",
    "read_country_origins",
    "read_weights",
]

_ADDRESSES_OF_A_24 = 256
_HEADER = ("asn", "weight")
_ORIGIN_HEADER = "OriginASN,OriginASName,#Prefixes,%country"
_ORIGIN_ROW = re.compile(r"(\d{1,10})-(.*),(\d+(?:\.\d+)?),(\d+(?:\.\d+)?(?:[eE]-?\d+)?)")
_WHOLE_PERCENT = 100.0
_ROUNDING = 0.01


class Coverage(Struct, frozen=True):
    """How well weights and a set of ASes fit each other."""

    asked: int
    """ASes that were asked about."""
    missing: int
    """Of these, ASes without a weight; they count as nothing."""
    placed: float
    """Weight that lies with the ASes asked about."""
    elsewhere: float
    """Weight of ASes that were not asked about, as those that the topology does not know."""


@dataclass(frozen=True, eq=False)
class Weights:
    """AS numbers ascending, each with its weight."""

    asn: NDArray[np.uint32]
    weight: NDArray[np.float64]
    unit: str
    sha256: str
    source: str

    def of(self, asn: int) -> float:
        """Find the weight of an AS; 0 where none is told."""
        return float(self.align(np.array([asn], np.uint32))[0])

    def align(self, asns: NDArray[np.uint32]) -> NDArray[np.float64]:
        """Give the weights in the order of ``asns``; 0 where none is told (see ``coverage``)."""
        if not len(self.asn):
            return np.zeros(len(asns))
        place = np.minimum(np.searchsorted(self.asn, asns), len(self.asn) - 1)
        aligned: NDArray[np.float64] = np.where(self.asn[place] == asns, self.weight[place], 0.0)
        return aligned

    def coverage(self, asns: NDArray[np.uint32]) -> Coverage:
        """Tell how many of the ASes have no weight, and how much weight lies with others."""
        known = np.isin(asns, self.asn)
        placed = float(self.align(np.unique(asns)).sum())
        return Coverage(
            asked=len(asns),
            missing=int((~known).sum()),
            placed=placed,
            elsewhere=float(self.weight.sum()) - placed,
        )

    def of_country(self, organisations: Organisations, country: str) -> tuple[float, Coverage]:
        """Sum the weights of the ASes registered in a country (REGISTRATION_CAVEAT)."""
        coverage = self.coverage(organisations.of_country(country))
        return coverage.placed, coverage


@dataclass(frozen=True, eq=False)
class AddressWeights(Weights):
    """IPv4 addresses that each AS announces, each address counted once."""

    @property
    def addresses(self) -> NDArray[np.float64]:
        """Number of addresses; with a fraction where a prefix has several origins."""
        return self.weight

    @property
    def slash24(self) -> NDArray[np.float64]:
        """The same as so many /24 blocks."""
        return self.weight / _ADDRESSES_OF_A_24


class CountryOrigins(Struct, frozen=True):
    """Whose addresses lie in a country, by geolocation: the origins of a published CTI run.

    Unlike registration this is location: AS numbers of any country may stand here.
    """

    country: str
    asn: tuple[int, ...]
    name: tuple[str, ...]
    slash24: tuple[float, ...]
    """The file's column ``#Prefixes``; its figures fit the country's number of /24 blocks."""
    share: tuple[float, ...]
    """Of the country's addresses, from 0 to 1."""
    sha256: str
    source: str

    def weights(self) -> Weights:
        """Give the shares as weights."""
        order = np.argsort(np.array(self.asn, np.uint32))
        return Weights(
            asn=np.array(self.asn, np.uint32)[order],
            weight=np.array(self.share)[order],
            unit=f"share of the addresses in {self.country}",
            sha256=self.sha256,
            source=self.source,
        )


def address_weights(prefixes: PrefixOrigins) -> AddressWeights:
    """Count the IPv4 addresses of every AS, each address once.

    Raises: UsageError if there is no IPv4 prefix.
    """
    from whocut.ingest.topology.prefix_scan import own_addresses

    if not len(prefixes.start):
        raise UsageError(f"{prefixes.source} holds no IPv4 prefix to weigh an AS by")
    own = own_addresses(prefixes.start, prefixes.length)
    several = np.diff(prefixes.origin_start)
    part = np.repeat(own / several, several)
    asn, place = np.unique(prefixes.origins, return_inverse=True)
    return AddressWeights(
        asn=asn,
        weight=np.bincount(place, weights=part, minlength=len(asn)).astype(np.float64),
        unit="IPv4 addresses",
        sha256=prefixes.sha256,
        source=prefixes.source,
    )


def read_weights(path: Path) -> Weights:
    """Read ``asn,weight`` lines under that header: users, revenue, any figure that is not negative.

    Raises: InputError naming file and line if a line is no AS number and weight, or an AS stands
    there twice.
    """
    text = read_text_bytes(path)
    rows = csv.reader(io.StringIO(_decode(text, path)), strict=True)
    found: dict[int, float] = {}
    try:
        header = next(rows, [])
        if tuple(name.strip() for name in header) != _HEADER:
            raise InputError(f"line 1 is not {','.join(_HEADER)}", source=str(path))
        for row in rows:
            asn, weight = _weight_row(row, rows.line_num, path)
            if asn in found:
                raise InputError(f"line {rows.line_num} weighs AS{asn} again", source=str(path))
            found[asn] = weight
    except csv.Error as error:
        raise InputError(f"line {rows.line_num}: {error}", source=str(path)) from None
    if not found:
        raise InputError("weighs no AS", source=str(path))
    asns = sorted(found)
    return Weights(
        asn=np.array(asns, np.uint32),
        weight=np.array([found[asn] for asn in asns]),
        unit="weight as given",
        sha256=hashlib.sha256(text).hexdigest(),
        source=path.name,
    )


def read_country_origins(path: Path) -> CountryOrigins:
    """Read the origins of a country from the published CTI data, ``origin/CC.csv``.

    The header names four columns where the rows have three: number and name are joined with a
    hyphen, and names hold quotation marks that quote nothing.
    Raises: InputError naming file and line if a row is not of that form, an AS stands there twice,
    or the shares are more than the whole.
    """
    country = path.name.split(".")[0]
    text = read_text_bytes(path)
    # Names are cut at a number of bytes, in the middle of a letter now and then.
    lines = text.decode("utf-8", "replace").splitlines()
    if not lines or lines[0].strip() != _ORIGIN_HEADER:
        raise InputError(f"line 1 is not {_ORIGIN_HEADER}", source=str(path))
    rows: dict[int, tuple[str, float, float]] = {}
    for number, line in enumerate(lines[1:], 2):
        parts = _ORIGIN_ROW.fullmatch(line.strip())
        if parts is None or int(parts[1]) > LAST_ASN:
            raise InputError(f"line {number} is not ASN-name,prefixes,percent", source=str(path))
        asn = int(parts[1])
        if asn in rows:
            raise InputError(f"line {number} names AS{asn} again", source=str(path))
        rows[asn] = (parts[2], float(parts[3]), float(parts[4]) / _WHOLE_PERCENT)
    if sum(share for _, _, share in rows.values()) > 1 + _ROUNDING:
        raise InputError("its shares are more than the whole", source=str(path))
    return CountryOrigins(
        country=country,
        asn=tuple(rows),
        name=tuple(name for name, _, _ in rows.values()),
        slash24=tuple(blocks for _, blocks, _ in rows.values()),
        share=tuple(share for _, _, share in rows.values()),
        sha256=hashlib.sha256(text).hexdigest(),
        source=path.name,
    )


def _weight_row(row: list[str], number: int, path: Path) -> tuple[int, float]:
    try:
        first, second = (field.strip() for field in row)
        weight = float(second)
    except ValueError:
        raise InputError(f"line {number} is no AS number and weight", source=str(path)) from None
    digits = first.removeprefix("AS")
    if not (digits.isascii() and digits.isdigit()) or int(digits) > LAST_ASN:
        raise InputError(f"line {number} has no AS number: {first[:20]!r}", source=str(path))
    if not math.isfinite(weight) or weight < 0:
        raise InputError(f"line {number} has no weight: {second[:20]!r}", source=str(path))
    return int(digits), weight


def _decode(text: bytes, path: Path) -> str:
    try:
        return text.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError("is not UTF-8", source=str(path), offset=error.start) from None
