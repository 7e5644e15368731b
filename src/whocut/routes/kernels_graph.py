"""What every kernel is told of a topology and a mask, and how kernels are compiled."""

from typing import Any, NamedTuple, TypeVar, cast

import numpy as np
from numba import njit
from numpy.typing import NDArray

__all__ = ["KernelGraph", "inner_kernel", "kernel", "lean_kernel"]

_Function = TypeVar("_Function", bound=Any)


class KernelGraph(NamedTuple):
    """Links as rows of a class, and flags that take some of them out."""

    n_leaf: int
    n_stub: int
    up_start: NDArray[np.int32]
    up: NDArray[np.int32]
    peer_start: NDArray[np.int32]
    peer: NDArray[np.int32]
    down_start: NDArray[np.int32]
    down: NDArray[np.int32]
    down_edge: NDArray[np.int32]
    is_masked: bool
    """If false, the flags are not looked at."""
    up_off: NDArray[np.uint8]
    peer_off: NDArray[np.uint8]
    node_off: NDArray[np.uint8]


_OPTIONS: dict[str, Any] = {"cache": True, "nogil": True, "boundscheck": False}


def kernel(function: _Function) -> _Function:
    """Compile at the first call and keep the result beside the source; let other threads run.

    The kept code of a kernel is renewed when its own file changes, and not when another's does: a
    kernel that is called from another file must be changed together with that file. Tuples that a
    kernel takes keep their names for good: numba looks them up when it reads what it has kept.
    """
    return cast(_Function, njit(**_OPTIONS)(function))


def lean_kernel(function: _Function) -> _Function:
    """Compile likewise, without counting who holds an array: such a kernel may not allocate.

    Counts are atomic: at each row of each sweep they take longer than the sweep, and the more so
    the more threads there are.
    """
    return cast(_Function, njit(**{**_OPTIONS, "_nrt": False})(function))


def inner_kernel(function: _Function) -> _Function:
    """Compile a lean kernel into whatever calls it: for what is called at every row.

    A tuple of arrays is handed over as a hundred numbers, which takes longer than a row's work.
    """
    return cast(_Function, njit(**{**_OPTIONS, "_nrt": False, "forceinline": True})(function))
