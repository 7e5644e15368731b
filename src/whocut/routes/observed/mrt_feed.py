"""Routes out of MRT files, brought into the columns of this room."""

import enum
from collections.abc import Iterator, Sequence
from ipaddress import ip_address
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from whocut.ingest.mrt import read_routes
from whocut.ingest.mrt.batch import RouteBatch as MrtBatch
from whocut.ingest.mrt.batch import RouteKind
from whocut.ingest.mrt.finding import FindingKind
from whocut.model.errors import InputError, UsageError
from whocut.routes.observed.feed import RouteBatch, Tables, Vantage

__all__ = ["Content", "MrtRoutes"]

_IPV4, _UNICAST, _AS_SEQUENCE, _TYPE_BITS = 1, 1, 2, 0x7F
_CONFEDERATION = (3, 4)
_ESTABLISHED = 6


class Content(enum.Enum):
    """What files are asked for; an update read as a table would make a part of it the whole."""

    TABLE = "table"
    UPDATES = "updates"
    ANY = "any"


_OTHER = {
    Content.TABLE: "holds updates alone; a routing table (RIB) is wanted",
    Content.UPDATES: "holds a routing table alone; updates are wanted",
}


class MrtRoutes:
    """Some MRT files, as often as they are gone through.

    A file that breaks off gives what is whole; ``faults`` holds why, ``findings`` what was odd.
    A file with nothing but the other kind of routes is refused: UsageError that names it.
    """

    def __init__(
        self, files: Sequence[Path], tables: Tables, content: Content = Content.ANY
    ) -> None:
        self._files, self._tables, self._content = tuple(files), tables, content
        self.faults: dict[Path, InputError] = {}
        self.findings: dict[FindingKind, int] = {}

    def __iter__(self) -> Iterator[RouteBatch]:
        """Go through the unicast routes that collectors heard, file by file."""
        self.findings.clear()
        for file in self._files:
            numbering = _Numbering(self._tables)
            n_fit = n_other = 0
            try:
                for batch in read_routes(file):
                    for kind, count in batch.findings.items():
                        self.findings[kind] = self.findings.get(kind, 0) + count
                    fits = _fitting(batch, self._content)
                    n_fit += int(fits.sum())
                    n_other += int((~fits).sum())
                    if self._content is Content.TABLE:
                        n_other += len(batch.state_changes.time_s)
                    yield _converted(batch, fits, numbering)
            except InputError as error:
                self.faults[file] = error
            if n_other and not n_fit:
                raise UsageError(f"{file}: {_OTHER[self._content]}")


class _Numbering:
    """Numbers of one file's peers and prefixes in the shared tables."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def vantages(
        self, batch: MrtBatch, peer: NDArray[np.int32], path_id: NDArray[np.uint32]
    ) -> NDArray[np.int32]:
        """Number the vantages of some rows."""
        key = (peer.astype(np.int64) << 32) | path_id
        keys, row = np.unique(key, return_inverse=True)
        found = [self._vantage(batch, one >> 32, one & 0xFFFFFFFF) for one in keys.tolist()]
        return np.array(found, np.int32)[row] if found else np.zeros(0, np.int32)

    def _vantage(self, batch: MrtBatch, peer: int, path_id: int) -> int:
        peers = batch.peers
        raw = peers.address[peer].tobytes()
        address = ip_address(raw[:4] if peers.afi[peer] == _IPV4 else raw)
        return self._tables.vantage(Vantage(int(peers.asn[peer]), str(address), path_id))

    def prefixes(self, batch: MrtBatch, rows: NDArray[np.bool_]) -> NDArray[np.int32]:
        """Number the prefixes of some rows; a table has its rows of one prefix side by side."""
        afi, length, address = batch.afi[rows], batch.length[rows], batch.address[rows]
        if len(afi) == 0:
            return np.zeros(0, np.int32)
        is_head = np.ones(len(afi), np.bool_)
        is_head[1:] = (
            (afi[1:] != afi[:-1])
            | (length[1:] != length[:-1])
            | (address[1:] != address[:-1]).any(axis=1)
        )
        heads = np.flatnonzero(is_head)
        raw = np.concatenate([length[heads, None], address[heads]], axis=1)
        whole, size = raw.tobytes(), raw.shape[1]
        ends = np.where(afi[heads] == _IPV4, 5, size).tolist()
        number = self._tables.prefix
        found = [number(whole[at * size : at * size + end]) for at, end in enumerate(ends)]
        return np.repeat(np.array(found, np.int32), np.diff(heads, append=len(afi)))


def _fitting(batch: MrtBatch, content: Content) -> NDArray[np.bool_]:
    if content is Content.ANY:
        return np.ones(len(batch.kind), np.bool_)
    fits: NDArray[np.bool_] = (batch.kind == RouteKind.TABLE) == (content is Content.TABLE)
    return fits


def _converted(batch: MrtBatch, fits: NDArray[np.bool_], numbering: _Numbering) -> RouteBatch:
    picked = fits & (batch.safi == _UNICAST) & ~batch.is_local
    start, hops = _paths(batch, batch.path[picked])
    is_up = (batch.kind[picked] != RouteKind.WITHDRAWN) & (np.diff(start) > 0)
    time_s = batch.time_s[picked] + batch.microsecond[picked] / 1e6
    return RouteBatch(
        time_s.astype(np.float64),
        numbering.vantages(batch, batch.peer[picked], batch.path_id[picked]),
        numbering.prefixes(batch, picked),
        is_up,
        start,
        hops,
        _ends(batch, numbering),
    )


def _paths(
    batch: MrtBatch, path: NDArray[np.int32]
) -> tuple[NDArray[np.int64], NDArray[np.uint32]]:
    """Write out the path of every row: sets as 0, confederations left out (RFC 5065)."""
    segment = batch.path_segments & _TYPE_BITS
    hops = np.where(segment == _AS_SEQUENCE, batch.path_asns, 0).astype(np.uint32)
    is_kept = ~np.isin(segment, _CONFEDERATION)
    before = np.zeros(len(hops) + 1, np.int64)
    np.cumsum(is_kept, out=before[1:])
    bounds, hops = before[batch.path_start], hops[is_kept]
    has_path = path >= 0
    first = np.where(has_path, bounds[path], 0)
    lengths = np.where(has_path, bounds[np.where(has_path, path + 1, 0)] - first, 0)
    start = np.zeros(len(path) + 1, np.int64)
    np.cumsum(lengths, out=start[1:])
    place = np.arange(start[-1]) - np.repeat(start[:-1] - first, lengths)
    return start, hops[place]


def _ends(batch: MrtBatch, numbering: _Numbering) -> tuple[tuple[float, int], ...]:
    """Find when collectors lost sessions."""
    changes = batch.state_changes
    at = np.flatnonzero((changes.old_state == _ESTABLISHED) & (changes.new_state != _ESTABLISHED))
    if len(at) == 0:
        return ()
    none = np.zeros(len(at), np.uint32)
    vantages = numbering.vantages(batch, changes.peer[at], none).tolist()
    times = (changes.time_s[at] + changes.microsecond[at] / 1e6).tolist()
    return tuple(zip(times, vantages, strict=True))
