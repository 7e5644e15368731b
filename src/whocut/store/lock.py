"""One writer at a time; the kernel lets go of a dead writer's lock.

An object store has no locks. There writers work side by side, the first to put the next state in
force wins (see ``manifest``), and nothing young is removed (see ``observatory``).
"""

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from pathlib import Path

from whocut.model.errors import StoreError
from whocut.store.object_path import AnyPath, ObjectPath

__all__ = ["remove_unpinned", "shared_lock", "writer_lock"]

_PATIENCE_S = 3.0
"""Workers of a killed writer hold its lock until they notice, within a second."""


@contextlib.contextmanager
def writer_lock(path: AnyPath) -> Iterator[None]:
    """Hold an observatory for writing.

    Raises: StoreError naming the process that holds it.
    """
    if isinstance(path, ObjectPath):
        yield
        return
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        _acquire(descriptor, path)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(descriptor)


def _acquire(descriptor: int, path: Path) -> None:
    deadline = time.monotonic() + _PATIENCE_S
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                owner = os.pread(descriptor, 32, 0).decode(errors="replace").strip() or "unknown"
                raise StoreError(
                    f"{path.parent}: another whocut (process {owner}) is writing to it"
                ) from None
            time.sleep(0.05)
        else:
            return


def shared_lock(path: Path) -> int | None:
    """Pin a file against collection; ``None`` where it is gone. Close the descriptor to let go."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    fcntl.flock(descriptor, fcntl.LOCK_SH)
    if not path.exists():
        os.close(descriptor)
        return None
    return descriptor


def remove_unpinned(path: Path) -> bool:
    """Remove a file unless a reader pins it; say whether it is gone."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        path.unlink()
    except BlockingIOError:
        return False
    finally:
        os.close(descriptor)
    return True
