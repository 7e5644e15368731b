"""Routes as Debian's bgpdump prints them: an oracle that shares no code with our reader."""

from __future__ import annotations

import subprocess
from ipaddress import ip_network
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from whocut.routes.observed.feed import RouteBatch, Tables, Vantage

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

ESTABLISHED = "6"


class Line(NamedTuple):
    """One route."""

    time_s: float
    asn: int
    address: str
    prefix: str
    path: tuple[int, ...]
    """Empty where the prefix is withdrawn."""


def read_lines(files: Sequence[Path]) -> tuple[list[Line], list[tuple[float, int, str]]]:
    """Read files in the order given: routes, and when a collector lost a session."""
    routes, ends = [], []
    for file in files:
        text = subprocess.run(
            ["bgpdump", "-m", str(file)], capture_output=True, text=True, check=True
        ).stdout
        for line in text.splitlines():
            fields = line.split("|")
            time_s, kind, address, asn = float(fields[1]), fields[2], fields[3], int(fields[4])
            if kind == "STATE":
                if fields[5] == ESTABLISHED != fields[6]:
                    ends.append((time_s, asn, address))
                continue
            path = () if kind == "W" else tuple(map(_hop, fields[6].split()))
            routes.append(Line(time_s, asn, address, fields[5], path))
    return routes, ends


def _hop(text: str) -> int:
    """Read an AS number; 0 for a set."""
    return 0 if text.startswith("{") else int(text)


def prefix_key(text: str) -> bytes:
    """Write a prefix as the shared tables have it."""
    network = ip_network(text)
    return bytes([network.prefixlen]) + network.network_address.packed


def as_batch(
    lines: Sequence[Line], tables: Tables, ends: Sequence[tuple[float, int, str]] = ()
) -> RouteBatch:
    """Turn lines into columns."""
    lengths = [len(line.path) for line in lines]
    return RouteBatch(
        np.array([line.time_s for line in lines], np.float64),
        np.array([tables.vantage(Vantage(li.asn, li.address)) for li in lines], np.int32),
        np.array([tables.prefix(prefix_key(line.prefix)) for line in lines], np.int32),
        np.array([bool(line.path) for line in lines], np.bool_),
        np.cumsum([0, *lengths], dtype=np.int64),
        np.array([asn for line in lines for asn in line.path], np.uint32),
        tuple((time_s, tables.vantage(Vantage(asn, address))) for time_s, asn, address in ends),
    )


class TextRoutes:
    """Some MRT files as bgpdump reads them."""

    def __init__(self, files: Sequence[Path], tables: Tables) -> None:
        self.lines, ends = read_lines(files)
        self._batch = as_batch(self.lines, tables, ends)

    def __iter__(self) -> Iterator[RouteBatch]:
        yield self._batch
