"""The arrays that the kernels fill, and the places of the numbers that they keep."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from whocut.ingest.mrt.kernels.compiled import Bytes, Longs, Words

__all__ = ["Columns", "PeerStore", "Shared", "new_columns", "new_peer_store"]

# Places in the state of a reading.
N_ROWS, N_PATHS, N_ASNS, N_STATES, N_PEERS, TABLE_PEERS, SKIP_BYTES, FRAME_BYTES = range(8)
STATE_PLACES = 8
"""TABLE_PEERS is how many peers the PEER_INDEX_TABLE names, -1 before there is one."""

# Findings are counted in the order of FindingKind.
UNKNOWN_TYPE, UNKNOWN_SUBTYPE, UNSUPPORTED_FAMILY, MALFORMED_RECORD, SESSION_RESET = range(5)
TREAT_AS_WITHDRAW, ATTRIBUTE_DISCARD, UNKNOWN_PEER, TRAILING_BYTES, LEGACY_FORM = range(5, 10)


class Columns(NamedTuple):
    """One batch in the making."""

    time: Words
    microsecond: Words
    originated: Words
    peer: npt.NDArray[np.int32]
    afi: Bytes
    safi: Bytes
    length: Bytes
    address: Bytes
    path: npt.NDArray[np.int32]
    origin: Bytes
    kind: Bytes
    path_id: Words
    is_local: Bytes
    path_start: npt.NDArray[np.int32]
    path_asns: Words
    path_segments: Bytes
    state_time: Words
    state_microsecond: Words
    state_peer: npt.NDArray[np.int32]
    state_old: npt.NDArray[np.uint16]
    state_new: npt.NDArray[np.uint16]
    state_row: npt.NDArray[np.int32]


class Shared(NamedTuple):
    """What all routes of one list have in common."""

    time: int
    microsecond: int
    peer: int
    path: int
    origin: int
    kind: int
    is_local: int


class PeerStore(NamedTuple):
    """The peers met so far, and where to find each by its hash."""

    asn: Words
    afi: Bytes
    address: Bytes
    slots: npt.NDArray[np.int32]


def new_columns(rows: int, asns: int) -> Columns:
    """Make the arrays of a batch; addresses are zero from the start."""

    def words() -> Words:
        return np.empty(rows, np.uint32)

    def ints(size: int) -> npt.NDArray[np.int32]:
        return np.empty(size, np.int32)

    def octets() -> Bytes:
        return np.empty(rows, np.uint8)

    states = max(rows // 8, 1)
    starts = ints(rows + 1)
    starts[0] = 0
    return Columns(
        time=words(),
        microsecond=words(),
        originated=words(),
        peer=ints(rows),
        afi=octets(),
        safi=octets(),
        length=octets(),
        address=np.zeros((rows, 16), np.uint8),
        path=ints(rows),
        origin=octets(),
        kind=octets(),
        path_id=words(),
        is_local=octets(),
        path_start=starts,
        path_asns=np.empty(asns, np.uint32),
        path_segments=np.empty(asns, np.uint8),
        state_time=np.empty(states, np.uint32),
        state_microsecond=np.empty(states, np.uint32),
        state_peer=ints(states),
        state_old=np.empty(states, np.uint16),
        state_new=np.empty(states, np.uint16),
        state_row=ints(states),
    )


def new_peer_store(room: int) -> PeerStore:
    """Make room for peers; ``room`` is a power of two."""
    return PeerStore(
        np.zeros(room, np.uint32),
        np.zeros(room, np.uint8),
        np.zeros((room, 16), np.uint8),
        np.full(room * 2, -1, np.int32),
    )


def new_state() -> Longs:
    """Make the numbers of a reading."""
    state = np.zeros(STATE_PLACES, np.int64)
    state[TABLE_PEERS] = -1
    return state
