"""The few Linux calls that Python 3.11 does not offer: namespaces, mounts, process control."""

import ctypes
import os

__all__ = [
    "CLONE_NEWNET",
    "CLONE_NEWNS",
    "CLONE_NEWPID",
    "die_with_parent",
    "make_mounts_private",
    "mount",
    "name_thread",
    "setns",
    "unshare",
]

CLONE_NEWNS = 0x00020000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000
_MS_REC = 0x4000
_MS_PRIVATE = 1 << 18
_PR_SET_PDEATHSIG = 1
_PR_SET_NAME = 15
_SIGKILL = 9

_libc = ctypes.CDLL(None, use_errno=True)


def _check(result: int, call: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{call}: {os.strerror(number)}")


def unshare(flags: int) -> None:
    """Move the calling thread into new namespaces of the kinds in ``flags``."""
    _check(_libc.unshare(flags), "unshare")


def setns(descriptor: int, flags: int) -> None:
    """Move the calling thread into the namespace behind an open file descriptor."""
    _check(_libc.setns(descriptor, flags), "setns")


def mount(source: str, target: str, kind: str, options: str = "") -> None:
    """Mount a file system in the caller's mount namespace."""
    data = options.encode() if options else None
    _check(_libc.mount(source.encode(), target.encode(), kind.encode(), 0, data), "mount")


def make_mounts_private() -> None:
    """Keep every later mount of this mount namespace from the rest of the machine."""
    _check(_libc.mount(b"none", b"/", None, _MS_REC | _MS_PRIVATE, None), "mount")


def die_with_parent() -> None:
    """Have the kernel kill this process when its parent is gone, even by SIGKILL."""
    _check(_libc.prctl(_PR_SET_PDEATHSIG, _SIGKILL, 0, 0, 0), "prctl")


def name_thread(name: str) -> None:
    """Give the calling thread a name of at most 15 bytes, as ``ps`` and ``/proc`` show it."""
    _check(_libc.prctl(_PR_SET_NAME, name.encode()[:15], 0, 0, 0), "prctl")
