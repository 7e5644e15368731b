"""What every kernel is told of a topology and a mask, and how kernels are compiled."""

import hashlib
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, TypeVar, cast

import numpy as np
from numba import config, njit
from numpy.typing import NDArray

__all__ = ["KernelGraph", "inner_kernel", "kernel", "lean_kernel"]

_Function = TypeVar("_Function", bound=Any)
_LEAN = {"_nrt": False, "no_cpython_wrapper": True, "no_cfunc_wrapper": True}
"""Called from kernels only: what takes Python's arguments apart would take longest to compile."""


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


def kernel(function: _Function) -> _Function:
    """Compile at the first call and keep the result; let other threads run."""
    return _compiled(function)


def lean_kernel(function: _Function) -> _Function:
    """Compile likewise, without counting who holds an array: such a kernel may not allocate.

    Counts are atomic: at each row of each sweep they take longer than the sweep, and the more so
    the more threads there are.
    """
    return _compiled(function, **_LEAN)


def inner_kernel(function: _Function) -> _Function:
    """Compile a lean kernel into whatever calls it: for what is called at every row.

    A tuple of arrays is handed over as a hundred numbers, which takes longer than a row's work.
    """
    return _compiled(function, **_LEAN, forceinline=True)


def _compiled(function: _Function, **options: bool) -> _Function:
    """Keep compiled code by the digest of all kernels.

    numba renews what it keeps of a kernel when that kernel's own file changes, not when a file does
    whose kernels it calls: after an update the old code would go on to answer.
    """
    settings = cast(Any, config)
    before = settings.CACHE_DIR
    settings.CACHE_DIR = str(_kept_in(before))
    try:
        made = njit(cache=True, nogil=True, boundscheck=False, **options)(function)  # type: ignore[call-overload]
    finally:
        settings.CACHE_DIR = before
    return cast(_Function, made)


@cache
def _kept_in(chosen: str) -> Path:
    """Name the folder of compiled kernels; numba looks elsewhere if it cannot write there."""
    here = Path(__file__).parent
    digest = hashlib.sha256()
    for path in sorted(here.glob("kernels_*.py")):
        digest.update(path.read_bytes())
    return Path(chosen or here / "__pycache__") / f"kernels-{digest.hexdigest()[:16]}"
