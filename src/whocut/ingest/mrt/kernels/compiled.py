"""How the kernels are compiled, and the numbers that they pass each other.

Bytes are widened to int64 at once: numba makes a float of signed and unsigned 64 bits together.
"""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numpy as np
import numpy.typing as npt
from numba import njit

__all__ = ["Bytes", "Longs", "Words", "cached", "compiled", "inlined", "u8", "u16", "u32"]

Bytes = npt.NDArray[np.uint8]
Words = npt.NDArray[np.uint32]
Longs = npt.NDArray[np.int64]

_F = TypeVar("_F", bound=Callable[..., object])
# Without _nrt=False numba counts references to every array at every call, which took five sixths of
# the time. No kernel makes an array, and the caller holds those that it hands over.
_OPTIONS: dict[str, Any] = {"nogil": True, "boundscheck": False, "_nrt": False}
compiled = cast(Callable[[_F], _F], njit(**_OPTIONS))
cached = cast(Callable[[_F], _F], njit(cache=True, **_OPTIONS))
"""For what Python calls. The others are compiled into it: numba keeps a function until its own file
changes, and would go on with a callee that has changed in another (record_scan.sources_digest)."""
inlined = cast(Callable[[_F], _F], njit(forceinline=True, **_OPTIONS))
"""For what runs once an attribute or an entry: a call costs as much as the work."""

# What a function gives in place of a place or a count.
FULL = -1
"""The batch has no room: the record is read again into the next."""
PEERS_FULL = -2
MALFORMED = -3
RESET = -4


@inlined
def u8(buf: Bytes, at: int) -> int:
    """Read a byte."""
    return np.int64(buf[at])  # type: ignore[return-value]


@inlined
def u16(buf: Bytes, at: int) -> int:
    """Read two bytes."""
    return (u8(buf, at) << 8) | u8(buf, at + 1)


@inlined
def u32(buf: Bytes, at: int) -> int:
    """Read four bytes."""
    return (u16(buf, at) << 16) | u16(buf, at + 2)
