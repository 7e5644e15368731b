"""Routes as columns: one row a route, paths side by side in one array."""

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from whocut.ingest.mrt.finding import FindingKind

__all__ = ["Peers", "RouteBatch", "RouteKind", "StateChanges"]

_SEGMENT_TYPE = 0x7F
_AS_SEQUENCE = 2


class RouteKind:
    """What a row says; the values are the letters that bgpdump prints."""

    ANNOUNCED = ord("A")
    WITHDRAWN = ord("W")
    TABLE = ord("B")


class Peers(Struct, frozen=True, eq=False):
    """All peers met so far in the file; a peer keeps its number from batch to batch."""

    asn: npt.NDArray[np.uint32]
    afi: npt.NDArray[np.uint8]
    address: npt.NDArray[np.uint8]
    """(peers, 16); an IPv4 address fills the first four bytes."""


class StateChanges(Struct, frozen=True, eq=False):
    """Changes of the collector's own sessions: a lost session is no withdrawal."""

    time_s: npt.NDArray[np.uint32]
    microsecond: npt.NDArray[np.uint32]
    peer: npt.NDArray[np.int32]
    old_state: npt.NDArray[np.uint16]
    new_state: npt.NDArray[np.uint16]
    row: npt.NDArray[np.int32]
    """The change stands before this row of the batch."""


class RouteBatch(Struct, frozen=True, eq=False):
    """Some routes of one file, in its order; columns of one length."""

    time_s: npt.NDArray[np.uint32]
    """Of the record, Unix seconds."""
    microsecond: npt.NDArray[np.uint32]
    """Zero unless the record has it (BGP4MP_ET)."""
    originated_s: npt.NDArray[np.uint32]
    """When the collector learnt the route of a table; zero in messages."""
    peer: npt.NDArray[np.int32]
    """Index into ``peers``."""
    afi: npt.NDArray[np.uint8]
    safi: npt.NDArray[np.uint8]
    length: npt.NDArray[np.uint8]
    """Of the prefix, in bits."""
    address: npt.NDArray[np.uint8]
    """(rows, 16), bits beyond the length zero; an IPv4 prefix fills the first four bytes."""
    path: npt.NDArray[np.int32]
    """Index of its path, -1 where the route has none."""
    origin: npt.NDArray[np.uint8]
    """The ORIGIN attribute; 255 where it is missing, as in withdrawals."""
    kind: npt.NDArray[np.uint8]
    """A RouteKind."""
    path_id: npt.NDArray[np.uint32]
    """RFC 7911; zero without."""
    is_local: npt.NDArray[np.bool_]
    """Sent by the collector, not heard by it."""
    path_start: npt.NDArray[np.int32]
    """Path p is ``path_asns[path_start[p]:path_start[p + 1]]``."""
    path_asns: npt.NDArray[np.uint32]
    path_segments: npt.NDArray[np.uint8]
    """The SegmentType of each AS number, and 0x80 on the first of a segment."""
    peers: Peers
    state_changes: StateChanges
    findings: dict[FindingKind, int]
    """How often each was met since the batch before."""

    def __len__(self) -> int:
        """Count the routes."""
        return len(self.kind)

    def path_of(self, row: int) -> npt.NDArray[np.uint32]:
        """Give the AS numbers of a row's path, empty where it has none."""
        path = int(self.path[row])
        if path < 0:
            return self.path_asns[:0]
        return self.path_asns[self.path_start[path] : self.path_start[path + 1]]

    def origin_asns(self) -> npt.NDArray[np.uint32]:
        """Give each path's last AS number by row; 0 where there is none or a set stands last."""
        stops = self.path_start[1:]
        last = np.zeros(len(stops) + 1, np.uint32)
        is_path = stops > self.path_start[:-1]
        at = stops[is_path] - 1
        is_sequence = (self.path_segments[at] & _SEGMENT_TYPE) == _AS_SEQUENCE
        last[:-1][is_path] = np.where(is_sequence, self.path_asns[at], 0)
        return last[self.path]
