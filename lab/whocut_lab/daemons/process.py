"""One daemon inside a node: started, waited for until it answers, stopped."""

import socket
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from whocut_lab.node import CommandError, Node

__all__ = ["Daemon", "accepts_tcp", "answers_dns"]

_READY_LIMIT_S = 10.0
_POLL_S = 0.01
_STOP_LIMIT_S = 3.0
# A question for the root's name servers, id 0x6c62: any reply shows a live server.
_DNS_PROBE = b"\x6c\x62\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\x01"


def accepts_tcp(address: str, port: int) -> bool:
    """Try one connect."""
    try:
        with socket.create_connection((address, port), timeout=0.2):
            return True
    except OSError:
        return False


def answers_dns(address: str, port: int) -> bool:
    """Ask one question; any answer counts."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        asking.settimeout(0.1)
        try:
            asking.connect((address, port))
            asking.send(_DNS_PROBE)
            return bool(asking.recv(512))
        except OSError:
            return False


class Daemon:
    """A running daemon.

    Raises (``wait_ready``): CommandError with the daemon's last words if it does not come up.
    """

    def __init__(
        self, node: Node, command: Sequence[str], log: Path, is_ready: Callable[[], bool]
    ) -> None:
        self._node, self._command, self._log, self._is_ready = node, command, log, is_ready
        self._process: subprocess.Popen[bytes] = node.spawn(command, log)

    def wait_ready(self) -> None:
        """Wait until the daemon answers."""
        limit = time.monotonic() + _READY_LIMIT_S
        while not self._node.call(self._is_ready):
            if self._process.poll() is not None or time.monotonic() > limit:
                words = self._log.read_text(errors="replace")[-2000:]
                raise CommandError(f"{self._node.name}: {' '.join(self._command)}: {words}")
            time.sleep(_POLL_S)

    def stop(self) -> None:
        """End the daemon and its children."""
        self._process.terminate()
        try:
            self._process.wait(_STOP_LIMIT_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
