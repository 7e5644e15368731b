"""Nothing of the lab outlives it: not after its end, Ctrl-C, SIGTERM or ``kill -9``."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from whocut_lab.enclosure import SCRATCH

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = [
    pytest.mark.lab,
    pytest.mark.usefixtures("lab_machine"),
    pytest.mark.timeout(600),
]
_GONE_LIMIT_S = 10.0


def _links(kind: str) -> dict[int, str]:
    """Map each process to its namespace of a kind."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            found[int(folder.name)] = str((folder / "ns" / kind).readlink())
        except OSError:
            continue
    return found


def _children(pid: int) -> list[int]:
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(word) for word in text.split()]


def _machine(scratch: Path) -> dict[str, object]:
    """What a lab could leave on a machine."""
    links = subprocess.run(["ip", "-br", "link"], capture_output=True, text=True, check=True)
    rules = subprocess.run(["nft", "list", "ruleset"], capture_output=True, text=True, check=True)
    names = Path("/run/netns")
    return {
        "links": sorted(line.split()[0] for line in links.stdout.splitlines()),
        "packet filter": rules.stdout,
        "named namespaces": sorted(p.name for p in names.iterdir()) if names.is_dir() else [],
        "mounts": sorted(
            line.split()[4] for line in Path("/proc/self/mountinfo").read_text().splitlines()
        ),
        "scratch": sorted(p.name for p in SCRATCH.iterdir()),
        "temporary files": sorted(p.name for p in scratch.iterdir()),
    }


class _RunningLab:
    """A lab in the middle of a scenario, and the namespaces that are its own."""

    def __init__(self, scratch: Path) -> None:
        self.before = _machine(scratch)
        self.scratch = scratch
        self.process = subprocess.Popen(
            [sys.executable, "-m", "whocut_lab", "up", "--foreground"],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "TMPDIR": str(scratch)},
            start_new_session=True,
        )
        assert self.process.stdout is not None
        assert self.process.stdout.readline().startswith("healthy: https://")
        assert self.process.stdout.readline().startswith("hosts: ")
        (self.first,) = _children(self.process.pid)
        self.pid_namespace = str(Path(f"/proc/{self.first}/ns/pid").readlink())
        tasks = Path(f"/proc/{self.first}/task").glob("[0-9]*/ns/net")
        self.net_namespaces = {str(link.readlink()) for link in tasks}
        inside = [p for p, ns in _links("pid").items() if ns == self.pid_namespace]
        assert len(inside) > 5, "resolvers, name servers and a web server run"
        assert len(self.net_namespaces) > 10

    def assert_gone(self) -> None:
        limit = time.monotonic() + _GONE_LIMIT_S
        while time.monotonic() < limit:
            left = [p for p, ns in _links("pid").items() if ns == self.pid_namespace]
            left += [p for p, ns in _links("net").items() if ns in self.net_namespaces]
            if not left:
                break
            time.sleep(0.05)
        assert left == []
        assert _machine(self.scratch) == self.before


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[_RunningLab]:
    running = _RunningLab(tmp_path)
    yield running
    running.process.kill()
    running.process.wait()
    if running.process.stdout is not None:
        running.process.stdout.close()


def _interrupt(lab: _RunningLab) -> None:
    os.killpg(lab.process.pid, signal.SIGINT)  # what Ctrl-C does: the whole foreground group
    assert lab.process.wait(timeout=60) == 128 + signal.SIGINT


def _terminate(lab: _RunningLab) -> None:
    lab.process.terminate()
    assert lab.process.wait(timeout=60) == 128 + signal.SIGTERM


def _kill_owner(lab: _RunningLab) -> None:
    lab.process.kill()
    assert lab.process.wait(timeout=60) == -signal.SIGKILL


def _kill_enclosed(lab: _RunningLab) -> None:
    os.kill(lab.first, signal.SIGKILL)
    assert lab.process.wait(timeout=60) == 128 + signal.SIGKILL


@pytest.mark.parametrize("end", [_interrupt, _terminate, _kill_owner, _kill_enclosed])
def test_nothing_is_left(lab: _RunningLab, end: Callable[[_RunningLab], None]) -> None:
    end(lab)
    lab.assert_gone()


def test_nothing_is_left_after_an_ordinary_run(tmp_path: Path) -> None:
    before = _machine(tmp_path)
    done = subprocess.run(
        [sys.executable, "-m", "whocut_lab", "run", "--scenario", "drop-on-sni"],
        capture_output=True,
        text=True,
        timeout=500,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert _machine(tmp_path) == before


def test_a_standing_lab_can_be_entered_and_taken_down(tmp_path: Path) -> None:
    before = _machine(tmp_path)
    lab = [sys.executable, "-m", "whocut_lab"]

    def call(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*lab, *arguments], capture_output=True, text=True, timeout=300, check=False
        )

    # The keeper goes on, so its words go to a file: a pipe would stay open.
    with (tmp_path / "up").open("w+") as words:
        subprocess.run([*lab, "up"], stdout=words, stderr=words, timeout=300, check=True)
    (tmp_path / "up").unlink()
    links = call("exec", "probe_a", "ip", "-br", "link").stdout
    assert "isp_a" in links
    assert "eth0" not in links
    routes = call("exec", "core", "ip", "route", "show", "default").stdout
    assert routes == "", "the emulated internet has no way out"
    assert call("exec", "nobody", "true").returncode == 2
    assert int(call("down").stdout.split()[0]) >= 1
    assert _machine(tmp_path) == before
    assert call("exec", "probe_a", "true").returncode == 2
