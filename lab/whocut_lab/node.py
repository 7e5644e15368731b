"""One host of the emulated internet: a network namespace held by a thread."""

import subprocess
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import ParamSpec, TypeVar

from whocut.model.errors import WhocutError
from whocut_lab import kernel

__all__ = ["CommandError", "Node"]

P = ParamSpec("P")
R = TypeVar("R")


class CommandError(WhocutError):
    """A program that builds the lab failed: a bug of ours, or a kernel that lacks a feature."""


class Node:
    """A network namespace; what is called through a node happens inside it.

    A thread has its own network namespace in Linux, and sockets, programs and threads begun from
    it belong there: no process, mount or name on the machine is needed to keep it.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._executor = ThreadPoolExecutor(1, thread_name_prefix=name)
        self.thread_id: int = self._executor.submit(self._enter).result()

    def _enter(self) -> int:
        kernel.unshare(kernel.CLONE_NEWNET)
        kernel.name_thread(self.name)
        return threading.get_native_id()

    def submit(self, function: Callable[P, R], /, *args: P.args, **keywords: P.kwargs) -> Future[R]:
        """Start a call inside the namespace."""
        return self._executor.submit(function, *args, **keywords)

    def call(self, function: Callable[P, R], /, *args: P.args, **keywords: P.kwargs) -> R:
        """Call inside the namespace and wait for the result."""
        return self.submit(function, *args, **keywords).result()

    def run(self, command: Sequence[str], given: str = "") -> str:
        """Run a program to its end inside the namespace.

        Raises: CommandError with the program's own words if it fails.
        """
        return self.call(self._run, command, given)

    def _run(self, command: Sequence[str], given: str) -> str:
        done = subprocess.run(
            list(command), input=given, capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            raise CommandError(f"{self.name}: {' '.join(command)}: {done.stderr.strip()}\n{given}")
        return done.stdout

    def configure_links(self, lines: Sequence[str]) -> None:
        """Apply lines of ``ip`` in one go."""
        self.run(["ip", "-batch", "-"], "\n".join(lines) + "\n")

    def set_forwarding(self) -> None:
        """Make the node a router."""
        self.call(Path("/proc/sys/net/ipv4/ip_forward").write_text, "1")

    def spawn(self, command: Sequence[str], log: Path) -> subprocess.Popen[bytes]:
        """Start a daemon inside the namespace; its words go to ``log``."""
        return self.call(self._spawn, command, log)

    def _spawn(self, command: Sequence[str], log: Path) -> subprocess.Popen[bytes]:
        with log.open("ab") as sink:
            return subprocess.Popen(
                list(command), stdin=subprocess.DEVNULL, stdout=sink, stderr=sink
            )
