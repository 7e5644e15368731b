"""The state of one fast reading: bytes left over, arrays in the making; it loads numba."""

from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from whocut.ingest.mrt.batch import Peers, RouteBatch, StateChanges
from whocut.ingest.mrt.compression import open_stream_ahead
from whocut.ingest.mrt.finding import FINDING_KINDS
from whocut.ingest.mrt.framing import cut_short, too_long
from whocut.ingest.mrt.kernels.attribute_scan import FOUND_PLACES
from whocut.ingest.mrt.kernels.columns import (
    FRAME_BYTES,
    N_ASNS,
    N_PATHS,
    N_PEERS,
    N_ROWS,
    N_STATES,
    SKIP_BYTES,
    UNKNOWN_TYPE,
    new_columns,
    new_peer_store,
    new_state,
)
from whocut.ingest.mrt.kernels.peer_scan import rehash_peers
from whocut.ingest.mrt.kernels.record_scan import (
    BATCH_FULL,
    SKIPS,
    TOO_LONG,
    TOO_MANY_PEERS,
    new_scratch,
    scan_records,
)
from whocut.ingest.mrt.limits import ReadLimits
from whocut.model.errors import InputError

__all__ = ["Reading"]

_ASNS_A_ROW = 8
"""Room for paths, to begin with: the tables of 2008 to 2015 have 4.3 to 5.0 AS numbers a route."""
_FIRST_PEERS = 256

_T = TypeVar("_T", bound=np.generic)


class Reading:
    """One file, fed chunk by chunk; batches come out as they fill."""

    def __init__(self, path: Path, limits: ReadLimits) -> None:
        self.path = path
        self.limits = limits
        self.state = new_state()
        self.scratch = new_scratch(self.state, len(FINDING_KINDS), FOUND_PLACES)
        self.rows = limits.batch_rows
        self.asns = limits.batch_rows * _ASNS_A_ROW
        self.columns = new_columns(self.rows, self.asns)
        self.peers = new_peer_store(_FIRST_PEERS)
        self.left = b""
        self.base = 0
        self.skip = 0
        self.skipped_record = 0
        self.failure: InputError | None = None

    def chunks(self) -> Iterator[bytes]:
        """Give the stream's chunks; a failure is kept until they are used up."""
        try:
            yield from open_stream_ahead(self.path, self.limits.chunk_bytes)
        except InputError as error:
            self.failure = error

    def feed(self, chunk: bytes) -> Iterator[RouteBatch]:
        """Read what is whole; the rest waits for the next chunk."""
        if self.skip:
            passed = min(self.skip, len(chunk))
            self.skip -= passed
            self.base += passed
            if self.skip:
                return
            chunk = chunk[passed:]
            self.scratch.counts[UNKNOWN_TYPE] += 1
        yield from self._scan(self.left + chunk if self.left else chunk, is_last=False)

    def finish(self) -> Iterator[RouteBatch]:
        """Read what the end of the file makes whole, and say what it does not.

        Raises: InputError.
        """
        yield from self._scan(self.left, is_last=True)
        yield from self._take_batch()
        if self.failure is not None or self.left or self.skip:
            offset = self.skipped_record if self.skip else self.base
            raise cut_short(self.path, offset, self.failure)

    def _scan(self, data: bytes, *, is_last: bool) -> Iterator[RouteBatch]:
        """Read records off the bytes at hand, and keep what is left of them."""
        buf = np.frombuffer(data, np.uint8)
        at, end = 0, len(data)
        most = self.limits.max_record_bytes
        while True:
            at, why = scan_records(
                buf, at, end, is_last, most, self.columns, self.peers, self.scratch
            )
            if why == BATCH_FULL:
                if self._is_empty():
                    self._grow()
                else:
                    yield from self._take_batch()
            elif why == TOO_MANY_PEERS:
                self._grow_peers(self.base + at)
            elif why == TOO_LONG:
                yield from self._take_batch()
                length = int(self.state[FRAME_BYTES])
                raise too_long(self.path, self.base + at, length, self.limits)
            else:
                break
        if why == SKIPS:
            self.skipped_record = self.base + at
            self.skip = int(self.state[SKIP_BYTES]) - (end - at)
            at = end
        self.left = data[at:]
        self.base += at

    def _is_empty(self) -> bool:
        return not (self.state[N_ROWS] or self.state[N_STATES])

    def _grow(self) -> None:
        """Make room for one record that no batch holds; its length bounds it."""
        self.rows *= 2
        self.asns *= 2
        self.columns = new_columns(self.rows, self.asns)

    def _grow_peers(self, offset: int) -> None:
        room = len(self.peers.asn) * 2
        if room > self.limits.max_peers:
            raise InputError(
                f"more than {len(self.peers.asn)} peers, the limit is {self.limits.max_peers}",
                source=str(self.path),
                offset=offset,
            )
        count = int(self.state[N_PEERS])
        grown = new_peer_store(room)
        grown.asn[:count] = self.peers.asn[:count]
        grown.afi[:count] = self.peers.afi[:count]
        grown.address[:count] = self.peers.address[:count]
        rehash_peers(grown, count)
        self.peers = grown

    def _take_batch(self) -> Iterator[RouteBatch]:
        """Hand on what was read, if anything was, and begin anew."""
        counts = self.scratch.counts
        if self._is_empty() and not counts.any():
            return
        yield self._batch()
        counts[:] = 0
        self.state[[N_ROWS, N_PATHS, N_ASNS, N_STATES]] = 0
        self.columns = new_columns(self.rows, self.asns)

    def _batch(self) -> RouteBatch:
        """Cut the columns to what they hold."""
        rows, paths, asns, states, peers = (
            int(self.state[place]) for place in (N_ROWS, N_PATHS, N_ASNS, N_STATES, N_PEERS)
        )
        is_small = rows * 2 < self.rows
        c = self.columns

        def cut(column: npt.NDArray[_T], size: int) -> npt.NDArray[_T]:
            # A view keeps the whole array; a batch that is mostly air is copied.
            return column[:size].copy() if is_small else column[:size]

        return RouteBatch(
            time_s=cut(c.time, rows),
            microsecond=cut(c.microsecond, rows),
            originated_s=cut(c.originated, rows),
            peer=cut(c.peer, rows),
            afi=cut(c.afi, rows),
            safi=cut(c.safi, rows),
            length=cut(c.length, rows),
            address=cut(c.address, rows),
            path=cut(c.path, rows),
            origin=cut(c.origin, rows),
            kind=cut(c.kind, rows),
            path_id=cut(c.path_id, rows),
            is_local=cut(c.is_local, rows).view(np.bool_),
            path_start=cut(c.path_start, paths + 1),
            path_asns=cut(c.path_asns, asns),
            path_segments=cut(c.path_segments, asns),
            peers=Peers(self.peers.asn[:peers], self.peers.afi[:peers], self.peers.address[:peers]),
            state_changes=StateChanges(
                cut(c.state_time, states),
                cut(c.state_microsecond, states),
                cut(c.state_peer, states),
                cut(c.state_old, states),
                cut(c.state_new, states),
                cut(c.state_row, states),
            ),
            findings={
                kind: int(count)
                for kind, count in zip(FINDING_KINDS, self.scratch.counts, strict=True)
                if count
            },
        )
