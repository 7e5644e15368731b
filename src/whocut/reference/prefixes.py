"""Prefix -> AS of the day, from CAIDA's routeviews-prefix2as files, IPv4 and IPv6.

Source: CAIDA routeviews-prefix2as README: ``prefix<TAB>length<TAB>origins``, several origins of one
prefix joined with ``_`` by falling frequency (since 2010-10-27), AS sets with ``,``. The first
listed origin is the answer, as that README advises where one is wanted.
"""

import gzip
import hashlib
import re
import socket
import zlib
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from whocut.model.errors import InputError, why_unread

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["PREFIXES_FOLDER", "BadLine", "PrefixSnapshot", "PrefixTable", "PrefixTables"]

PREFIXES_FOLDER = "pfx2as"
_SNAPSHOT_NAME = re.compile(r"routeviews-(oix|rv2|rv6)-(\d{8})-\d{4}\.pfx2as(?:\.gz)?")
_ROW = re.compile(rb"([0-9A-Fa-f:.]{2,45})\t(\d{1,3})\t\{?(\d{1,10})(?:[_,{}]+\d{1,10})*\}?\r?")
_ORIGINS = r"^\d{1,10}(?:[_,]\d{1,10})*$"
_IPV4_BITS, _IPV6_BITS = 32, 128
_LEADING_BITS = 16
_LARGE_TABLE = 4096
_LAST_ASN = 2**32 - 1
_SHOWN_BAD_LINES = 20
_MAX_FILE_BYTES = 1 << 29
_OPEN_TABLES = 3


class BadLine(Struct, frozen=True):
    """One line that could not be read; it is left out and counted."""

    source: str
    line: int
    text: str
    reason: str


class PrefixSnapshot(Struct, frozen=True):
    """The files of one day at hand: IPv4, IPv6 or both."""

    day: date
    paths: tuple[Path, ...]


class _Announced:
    """Prefixes as they are read: starts, lengths and origins of one family, any order."""

    __slots__ = ("bad_count", "bad_lines", "rows4", "rows6")

    def __init__(self) -> None:
        self.rows4: list[tuple[int, int, int]] = []
        self.rows6: list[tuple[int, int, int]] = []
        self.bad_lines: list[BadLine] = []
        self.bad_count = 0


class _Ranges:
    """Address ranges that may nest, sorted by start; each knows the next wider one around it."""

    __slots__ = ("_around", "_bits", "_ends", "_first", "_origins", "_shift", "_starts")

    def __init__(
        self, starts: Sequence[int], ends: Sequence[int], origins: Sequence[int], *, bits: int
    ) -> None:
        self._bits = bits
        self._starts = starts
        self._ends = ends
        self._origins = origins
        self._around = _find_enclosing(starts, ends)
        # Where each leading half-word begins: the search starts among a dozen, not a million.
        leading_bits = _LEADING_BITS if len(starts) >= _LARGE_TABLE else 0
        self._shift = bits - leading_bits
        self._first = array("I", bytes(4))
        at = 0
        for leading in range(1, (1 << leading_bits) + 1):
            at = bisect_left(starts, leading << self._shift, at) if leading_bits else len(starts)
            self._first.append(at)

    def __len__(self) -> int:
        return len(self._starts)

    def rows(self) -> list[tuple[int, int, int]]:
        """List start, prefix length and origin again, to join two files of one family."""
        return [
            (start, self._bits - (end - start).bit_length(), origin)
            for start, end, origin in zip(self._starts, self._ends, self._origins, strict=True)
        ]

    def origin(self, address: int) -> int:
        """Find the origin of the narrowest range around an address; 0 where there is none."""
        leading = address >> self._shift
        first = self._first
        at = bisect_right(self._starts, address, first[leading], first[leading + 1]) - 1
        while at >= 0 and address > self._ends[at]:
            at = self._around[at]
        return self._origins[at] if at >= 0 else 0


def _find_enclosing(starts: Sequence[int], ends: Sequence[int]) -> Sequence[int]:
    around = array("i", bytes(4 * len(starts)))
    open_ranges: list[int] = []
    for at, start in enumerate(starts):
        while open_ranges and ends[open_ranges[-1]] < start:
            open_ranges.pop()
        around[at] = open_ranges[-1] if open_ranges else -1
        open_ranges.append(at)
    return around


class PrefixTable:
    """Longest-prefix match over one day's announcements."""

    def __init__(
        self,
        ipv4: _Ranges,
        ipv6: _Ranges,
        digest: str,
        bad_lines: Sequence[BadLine] = (),
        bad_count: int = 0,
    ) -> None:
        self._ipv4 = ipv4
        self._ipv6 = ipv6
        self.digest = digest
        self.bad_lines = tuple(bad_lines)
        """The first lines that could not be read."""
        self.bad_count = bad_count
        self._asn = lru_cache(maxsize=65536)(self._find)

    @classmethod
    def load(cls, path: Path | Sequence[Path]) -> "PrefixTable":
        """Read one file, or one for each family of addresses; ``.gz`` or plain.

        Raises: InputError if a file cannot be read or holds not one prefix.
        """
        digest = hashlib.sha256()
        announced = _Announced()
        ipv4: _Ranges | None = None
        paths = (path,) if isinstance(path, Path) else tuple(path)
        for item in paths:
            data = _read_file(item)
            digest.update(hashlib.sha256(data).digest())
            at_once = _read_ipv4_at_once(data) if ipv4 is None else None
            if at_once is not None:
                ipv4 = at_once
                continue
            before = len(announced.rows4) + len(announced.rows6)
            _read_rows(data, str(item), announced)
            if before == len(announced.rows4) + len(announced.rows6):
                raise _nothing_read(item, announced)
        if ipv4 is None or announced.rows4:
            ipv4 = _sort_ranges(announced.rows4, _IPV4_BITS, ipv4)
        ipv6 = _sort_ranges(announced.rows6, _IPV6_BITS)
        return cls(ipv4, ipv6, digest.hexdigest(), announced.bad_lines, announced.bad_count)

    def __len__(self) -> int:
        return len(self._ipv4) + len(self._ipv6)

    def asn(self, ip: str) -> int:
        """Find the origin AS of an address; 0 where no prefix covers it or it is no address."""
        return self._asn(ip)

    def _find(self, ip: str) -> int:
        try:
            if ":" not in ip:
                packed = socket.inet_pton(socket.AF_INET, ip)
                return self._ipv4.origin(int.from_bytes(packed, "big"))
            packed = socket.inet_pton(socket.AF_INET6, ip.partition("%")[0])
        except (OSError, ValueError):
            return 0
        return self._ipv6.origin(int.from_bytes(packed, "big"))


class PrefixTables:
    """Every dated snapshot of a folder; tables open when a day first asks for them."""

    def __init__(self, snapshots: Sequence[PrefixSnapshot]) -> None:
        self.snapshots = tuple(sorted(snapshots, key=lambda snapshot: snapshot.day))
        self._open = lru_cache(maxsize=_OPEN_TABLES)(PrefixTable.load)
        self.digest = _digest_names(self.snapshots)

    @classmethod
    def load(cls, path: Path) -> "PrefixTables":
        """Find the snapshots of a folder, or take one file for every day.

        IPv4 and IPv6 of different days go together: a day is served by the newest of each.
        Raises: InputError if the path holds none.
        """
        if path.is_file():
            return cls((PrefixSnapshot(date.min, (path,)),))
        snapshots = tuple(_pair_families(path))
        if not snapshots:
            raise InputError("holds no routeviews-*.pfx2as.gz file", source=str(path))
        return cls(snapshots)

    def at(self, day: date) -> PrefixTable | None:
        """Return the newest snapshot that is not after a day; ``None`` before the first."""
        earlier = [snapshot for snapshot in self.snapshots if snapshot.day <= day]
        return self._open(earlier[-1].paths) if earlier else None

    def asn(self, ip: str, day: date | None = None) -> int:
        """Find the origin AS of an address on a day; without a day, in the newest snapshot."""
        table = self.at(date.max if day is None else day)
        return 0 if table is None else table.asn(ip)


def _digest_names(snapshots: Sequence[PrefixSnapshot]) -> str:
    """Digest which files are at hand: days, names and sizes, without reading gigabytes."""
    digest = hashlib.sha256()
    for snapshot in snapshots:
        for path in snapshot.paths:
            digest.update(f"{snapshot.day} {path.name} {path.stat().st_size}\n".encode())
    return digest.hexdigest()


def _pair_families(folder: Path) -> Iterator[PrefixSnapshot]:
    found: dict[date, dict[bool, Path]] = {}
    for path in sorted(folder.rglob("routeviews-*.pfx2as*")):
        named = _SNAPSHOT_NAME.fullmatch(path.name)
        if named is None:
            continue
        digits = named.group(2)
        try:
            day = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
        except ValueError as error:
            raise InputError(f"its name holds no day: {error}", source=str(path)) from error
        found.setdefault(day, {})[named.group(1) == "rv6"] = path
    newest: dict[bool, Path] = {}
    for day in sorted(found):
        newest.update(found[day])
        yield PrefixSnapshot(day, tuple(newest[is_ipv6] for is_ipv6 in sorted(newest)))


def _read_file(path: Path) -> bytes:
    try:
        with path.open("rb") as raw:
            stream = gzip.GzipFile(fileobj=raw) if path.suffix == ".gz" else raw
            data = stream.read(_MAX_FILE_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(f"cannot be read: {why_unread(error)}", source=str(path)) from error
    if len(data) > _MAX_FILE_BYTES:
        raise InputError(f"is larger than {_MAX_FILE_BYTES} bytes", source=str(path))
    return data


def _nothing_read(path: Path, announced: _Announced) -> InputError:
    first = announced.bad_lines[0] if announced.bad_lines else None
    reason = "holds no line of prefix, length and AS, parted by tabs"
    if first is not None:
        reason += f"; line {first.line}: {first.reason}"
    return InputError(reason, source=str(path))


def _read_ipv4_at_once(data: bytes) -> _Ranges | None:
    """Read a whole and faultless IPv4 file by columns; ``None`` where a line needs a closer look.

    A million prefixes take half a second so, and four seconds line by line.
    """
    import pyarrow as pa
    import pyarrow.compute as pc
    from pyarrow import csv

    rows = data.count(b"\n") + (not data.endswith(b"\n"))
    if data.count(b".") != 3 * rows or data.count(b"\t") != 2 * rows or b" " in data:
        return None
    columns = {**dict.fromkeys("abcd", pa.uint8()), "length": pa.uint8(), "origins": pa.string()}
    try:
        table = csv.read_csv(
            pa.BufferReader(data.replace(b".", b"\t")),
            csv.ReadOptions(column_names=list(columns), use_threads=False),
            csv.ParseOptions(delimiter="\t", quote_char=False, ignore_empty_lines=False),
            csv.ConvertOptions(column_types=columns, null_values=[]),
        )
        if not pc.all(pc.match_substring_regex(table["origins"], _ORIGINS)).as_py():
            return None
        first = pc.replace_substring_regex(table["origins"], "[_,].*", "")
        origin = pc.cast(first, pa.uint32())
    except pa.ArrowInvalid:
        return None
    wide = [pc.cast(table[name], pa.int64()) for name in ("a", "b", "c", "d", "length")]
    start = wide[0]
    for octet in wide[1:4]:
        start = pc.add(pc.multiply(start, 256), octet)
    length = wide[4]
    if pc.max(length).as_py() > _IPV4_BITS:
        return None
    size = pc.shift_left(pa.scalar(1, pa.int64()), pc.subtract(_IPV4_BITS, length))
    if pc.any(pc.not_equal(pc.bit_wise_and(start, pc.subtract(size, 1)), 0)).as_py():
        return None
    ranges = pa.table({"start": start, "end": pc.subtract(pc.add(start, size), 1), "as": origin})
    ordered = ranges.take(
        pc.sort_indices(
            ranges, sort_keys=[("start", "ascending"), ("end", "descending"), ("as", "ascending")]
        )
    )
    columns_in_order = (ordered[name].cast(pa.uint32()) for name in ("start", "end", "as"))
    return _Ranges(*map(_to_array, columns_in_order), bits=_IPV4_BITS)


def _to_array(column: "pa.ChunkedArray") -> "array[int]":
    values = array("I")
    for chunk in column.chunks:
        _, buffer = chunk.buffers()
        size = values.itemsize
        values.frombytes(buffer[chunk.offset * size : (chunk.offset + len(chunk)) * size])
    return values


def _read_rows(data: bytes, source: str, announced: _Announced) -> None:
    for number, row in enumerate(data.split(b"\n"), 1):
        if not row or row.startswith(b"#"):
            continue
        reason = _read_row(row, announced)
        if reason:
            announced.bad_count += 1
            if len(announced.bad_lines) < _SHOWN_BAD_LINES:
                text = row[:80].decode("utf-8", "backslashreplace")
                announced.bad_lines.append(BadLine(source, number, text, reason))


def _read_row(row: bytes, announced: _Announced) -> str:
    """Take one line in; return why it cannot be, or nothing."""
    parts = _ROW.fullmatch(row)
    if parts is None:
        return "is not prefix, length and AS, parted by tabs"
    text, length, origin = parts.group(1).decode(), int(parts.group(2)), int(parts.group(3))
    is_ipv6 = ":" in text
    bits = _IPV6_BITS if is_ipv6 else _IPV4_BITS
    try:
        packed = socket.inet_pton(socket.AF_INET6 if is_ipv6 else socket.AF_INET, text)
    except OSError:
        return "holds no address"
    if length > bits:
        return f"has a length above {bits}"
    if origin > _LAST_ASN:
        return "has an AS number above 32 bits"
    start = int.from_bytes(packed, "big")
    if start & ((1 << (bits - length)) - 1):
        return "has bits set below its length"
    (announced.rows6 if is_ipv6 else announced.rows4).append((start, length, origin))
    return ""


def _sort_ranges(
    rows: list[tuple[int, int, int]], bits: int, known: _Ranges | None = None
) -> _Ranges:
    if known is not None:
        rows += known.rows()
    rows.sort()
    starts = [start for start, _, _ in rows]
    ends = [start + (1 << (bits - length)) - 1 for start, length, _ in rows]
    origins = [origin for _, _, origin in rows]
    if bits == _IPV4_BITS:
        return _Ranges(array("I", starts), array("I", ends), array("I", origins), bits=bits)
    return _Ranges(starts, ends, array("I", origins), bits=bits)
