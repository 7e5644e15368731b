"""Run the lab as the first process of its own PID, mount and network namespaces.

Why it leaves no trace: the kernel kills every process of a PID namespace with its first one, and
that first one dies with its parent. Network namespaces, links and packet filter rules go with the
last process in them, temporary files with the mount namespace that holds their tmpfs. None of this
needs our code to run, so it also holds after ``kill -9``.
"""

import os
import select
import signal
import sys
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType

from whocut.model.errors import WhocutError
from whocut_lab import kernel
from whocut_lab.daemons.nginx import HEADERS_MODULE

__all__ = ["SCRATCH", "missing_requirements", "run_enclosed"]

SCRATCH = Path("/var/lib/nsd")
"""Where the enclosed process keeps its files: a tmpfs that only its mount namespace sees.

A directory that is there wherever the lab can run, because NSD's package makes it: a mount point of
our own would itself be something left behind.
"""
_PROGRAMS = ("ip", "tc", "nft", "nsd", "unbound", "nginx")
_SEARCH = ("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin")
SIGNALLED = 128


def missing_requirements(programs: Sequence[str] = _PROGRAMS) -> list[str]:
    """Say what keeps the lab from running on this machine; nothing when it can."""
    if sys.platform != "linux":
        return ["Linux network namespaces"]
    missing = [] if os.geteuid() == 0 else ["root"]
    missing += [
        f"the program {program} (run lab/install.sh)"
        for program in programs
        if not any(Path(folder, program).exists() for folder in _SEARCH)
    ]
    if "nginx" in programs and not HEADERS_MODULE.exists():
        missing.append("NGINX's headers-more module (run lab/install.sh)")
    if not missing and not SCRATCH.is_dir():
        missing.append(f"the directory {SCRATCH} (made by the package nsd)")
    if not missing and not _may_unshare():
        missing.append("the right to make namespaces (CAP_SYS_ADMIN)")
    return missing


def _may_unshare() -> bool:
    child = os.fork()
    if child == 0:
        try:
            kernel.unshare(kernel.CLONE_NEWNET | kernel.CLONE_NEWNS | kernel.CLONE_NEWPID)
        except OSError:
            os._exit(1)
        os._exit(0)
    return os.waitpid(child, 0)[1] == 0


def _enter() -> None:
    """Finish the enclosure from inside its first process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides, and kills
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    kernel.unshare(kernel.CLONE_NEWNS | kernel.CLONE_NEWNET)
    kernel.make_mounts_private()
    kernel.mount("proc", "/proc", "proc")
    kernel.mount("tmpfs", str(SCRATCH), "tmpfs", "size=256m,mode=0755")
    os.environ["PATH"] = ":".join(_SEARCH)


def _first_process(body: Callable[[], int], parent_end: int) -> None:
    status = 1
    try:
        kernel.die_with_parent()
        # The parent may have died before the kernel was told: its end of the pipe shows that.
        if select.select([parent_end], [], [], 0)[0]:
            os._exit(1)
        _enter()
        status = body()
    except SystemExit as exit_request:
        status = exit_request.code if isinstance(exit_request.code, int) else 1
    except WhocutError as error:
        print(f"whocut lab: {error}", file=sys.stderr)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def _stop(number: int, _frame: FrameType | None) -> None:
    raise SystemExit(SIGNALLED + number)


def run_enclosed(body: Callable[[], int]) -> int:
    """Run ``body`` enclosed and give back its exit status; nothing of it outlives this call.

    Raises: OSError where the machine does not let us make namespaces.
    """
    read_end, write_end = os.pipe()
    home = os.open("/proc/self/ns/pid", os.O_RDONLY)
    sys.stdout.flush()
    sys.stderr.flush()
    kernel.unshare(kernel.CLONE_NEWPID)
    child = os.fork()
    if child == 0:
        os.close(write_end)
        _first_process(body, read_end)
    kernel.setns(home, kernel.CLONE_NEWPID)  # later children belong to this machine again
    os.close(home)
    os.close(read_end)
    previous = signal.signal(signal.SIGTERM, _stop)
    try:
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    except BaseException:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        raise
    finally:
        signal.signal(signal.SIGTERM, previous)
        os.close(write_end)
    return status if status >= 0 else SIGNALLED - status
