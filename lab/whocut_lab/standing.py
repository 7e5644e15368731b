"""A lab that stands until it is taken down: found by name in ``/proc``, kept nowhere on disk."""

import os
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from whocut.model.errors import UsageError
from whocut_lab import kernel

__all__ = ["announce_ready", "detach", "execute", "keep", "remove_all"]

_DETACHED, _FOREGROUND = "whocut-lab-up", "whocut-lab-fg"
_NAMES = (_DETACHED, _FOREGROUND)
_REMOVAL_LIMIT_S = 5.0
_ready_end: int | None = None


def announce_ready() -> None:
    """Tell whoever waits for a standing lab that it stands."""
    if _ready_end is not None:
        os.write(_ready_end, b"1")
        os.close(_ready_end)


def keep(stand: Callable[[], int], name: str = _FOREGROUND) -> int:
    """Hold a lab in this process; its name is how it is found.

    One in the foreground ends with its terminal, and is not others' to take down.
    """
    kernel.name_thread(name)
    return stand()


def detach(stand: Callable[[], int]) -> int:
    """Hold a lab in a process of its own and come back when it stands."""
    global _ready_end  # noqa: PLW0603 - inherited by the enclosed process, which announces
    read_end, _ready_end = os.pipe()
    keeper = os.fork()
    if keeper == 0:
        os.close(read_end)
        os.setsid()
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            os._exit(keep(stand, _DETACHED))
        except SystemExit:
            os._exit(0)
        finally:
            os._exit(1)
    os.close(_ready_end)
    _ready_end = None
    is_up = os.read(read_end, 1) == b"1"
    os.close(read_end)
    return 0 if is_up else 1


def _named(folder: Path, *names: str) -> bool:
    try:
        return (folder / "comm").read_text().strip() in names
    except OSError:
        return False


def _keepers(*names: str) -> Iterator[int]:
    """Find this user's processes that hold a lab."""
    for folder in Path("/proc").glob("[0-9]*"):
        if _named(folder, *names) and folder.stat().st_uid == os.geteuid():
            yield int(folder.name)


def _parents() -> dict[int, int]:
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        found[int(folder.name)] = int(fields[1])
    return found


def remove_all() -> int:
    """End every detached lab and wait until it is gone; what they held goes with them.

    The enclosed process carries its keeper's name too: only keepers whose parent is no keeper are
    asked to end.
    """
    keepers, parents = set(_keepers(_DETACHED)), _parents()
    roots = [pid for pid in keepers if parents.get(pid) not in keepers]
    for pid in roots:
        os.kill(pid, signal.SIGTERM)
    limit = time.monotonic() + _REMOVAL_LIMIT_S
    while set(_keepers(_DETACHED)) & keepers and time.monotonic() < limit:
        time.sleep(0.02)
    return len(roots)


def execute(node: str, program: Sequence[str]) -> int:
    """Become a program on a host of the standing lab.

    Raises: UsageError if no lab stands or it has no such host.
    """
    for pid in _keepers(*_NAMES):
        for task in Path(f"/proc/{pid}/task").glob("[0-9]*"):
            if _named(task, node[:15]) and node not in _NAMES:
                descriptor = os.open(task / "ns" / "net", os.O_RDONLY)
                kernel.setns(descriptor, kernel.CLONE_NEWNET)
                os.execvp(program[0], list(program))  # noqa: S606 - no shell is the point
    raise UsageError(f"no lab stands that has a host {node!r}; whocut lab up builds one")
