"""What collectors heard, as columns: the one shape in which the observed room takes routes."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

__all__ = ["RouteBatch", "Routes", "Tables", "Vantage", "concatenate"]


@dataclass(frozen=True)
class Vantage:
    """One peer of a collector: an AS that says which routes it has chosen."""

    asn: int
    address: str
    path_id: int = 0
    """Where it tells several routes for a prefix (RFC 7911), which of them; zero without."""


class Tables:
    """Numbers for vantages and prefixes, shared by all files of one question."""

    def __init__(self) -> None:
        self.vantages: list[Vantage] = []
        self._vantage_ids: dict[Vantage, int] = {}
        self._prefix_ids: dict[bytes, int] = {}
        self._prefix_keys: list[bytes] = []

    @property
    def n_prefixes(self) -> int:
        """Count the prefixes."""
        return len(self._prefix_keys)

    def vantage(self, vantage: Vantage) -> int:
        """Give the number of a vantage."""
        number = self._vantage_ids.setdefault(vantage, len(self.vantages))
        if number == len(self.vantages):
            self.vantages.append(vantage)
        return number

    def prefix(self, key: bytes) -> int:
        """Give the number of a prefix: its length in bits, then the bytes of its address."""
        number = self._prefix_ids.setdefault(key, len(self._prefix_keys))
        if number == len(self._prefix_keys):
            self._prefix_keys.append(key)
        return number

    def prefix_text(self, number: int) -> str:
        """Write a prefix out."""
        key = self._prefix_keys[number]
        return f"{ip_address(key[1:])}/{key[0]}"


@dataclass(frozen=True)
class RouteBatch:
    """Routes in the order of their file.

    Shapes: all of n rows, but ``start`` int64[n + 1] cuts ``hops`` into the paths of the rows. A
    row that is withdrawn has no hops. A hop of 0 stands for a set of ASes, which has no order.
    Units: ``time_s`` seconds since 1970.
    """

    time_s: NDArray[np.float64]
    vantage: NDArray[np.int32]
    prefix: NDArray[np.int32]
    is_up: NDArray[np.bool_]
    start: NDArray[np.int64]
    hops: NDArray[np.uint32]
    ended: tuple[tuple[float, int], ...] = field(default=())
    """When a collector's own session with a vantage ended: time, vantage."""

    def __len__(self) -> int:
        return len(self.time_s)

    def rows(self, picked: NDArray[np.bool_]) -> "RouteBatch":
        """Keep some rows."""
        lengths = np.diff(self.start)
        kept = lengths[picked]
        start = np.zeros(len(kept) + 1, np.int64)
        np.cumsum(kept, out=start[1:])
        return RouteBatch(
            self.time_s[picked],
            self.vantage[picked],
            self.prefix[picked],
            self.is_up[picked],
            start,
            self.hops[np.repeat(picked, lengths)],
            self.ended,
        )


class Routes(Protocol):
    """Files that can be read more than once, in order of time within one vantage."""

    def __iter__(self) -> Iterator[RouteBatch]:
        """Go through the routes."""
        ...


def concatenate(batches: Iterable[RouteBatch]) -> RouteBatch:
    """Put batches one after the other."""
    found = list(batches)
    if not found:
        none = np.zeros(0)
        return RouteBatch(
            none, none.astype(np.int32), none.astype(np.int32), none.astype(np.bool_),
            np.zeros(1, np.int64), none.astype(np.uint32),
        )  # fmt: skip
    lengths = np.concatenate([np.diff(one.start) for one in found])
    start = np.zeros(len(lengths) + 1, np.int64)
    np.cumsum(lengths, out=start[1:])
    return RouteBatch(
        np.concatenate([one.time_s for one in found]),
        np.concatenate([one.vantage for one in found]),
        np.concatenate([one.prefix for one in found]),
        np.concatenate([one.is_up for one in found]),
        start,
        np.concatenate([one.hops for one in found]),
        tuple(end for one in found for end in one.ended),
    )
