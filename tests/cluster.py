"""A real Dask cluster on loopback: a scheduler and workers, each a process that can be killed."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import distributed

_START_S = 120  # guards against hanging only


class LoopbackCluster:
    """What a test may ask of the cluster, and do to it."""

    def __init__(
        self,
        address: str,
        scheduler: subprocess.Popen[bytes],
        workers: list[subprocess.Popen[bytes]],
    ) -> None:
        self.address = address
        self.workers = workers
        self._scheduler = scheduler

    def cpu_s(self) -> float:
        """Sum the processor time that scheduler and workers have used."""
        ticks = 0
        for process in (self._scheduler, *self.workers):
            after_name = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
            ticks += int(after_name[11]) + int(after_name[12])
        return ticks / os.sysconf("SC_CLK_TCK")

    @contextlib.contextmanager
    def client(self) -> Iterator[Any]:
        """Look at the cluster from outside."""
        client = distributed.Client(self.address, set_as_default=False, timeout=_START_S)
        try:
            yield client
        finally:
            client.close()

    def kill_a_busy_worker(
        self, while_running: subprocess.Popen[bytes], is_time: Callable[[], bool]
    ) -> int:
        """Kill a worker by signal 9 with tasks in its hands, when it is time; say how many it had.

        The worker is stopped first, so that it cannot finish between the look and the kill.
        """
        with self.client() as client:
            places = {pid: place for place, pid in client.run(os.getpid).items()}

            def held(process: subprocess.Popen[bytes]) -> int:
                return len(client.processing()[places[process.pid]])

            while while_running.poll() is None:
                time.sleep(0.005)
                for process in self.workers:
                    if not (is_time() and held(process)):
                        continue
                    process.send_signal(signal.SIGSTOP)
                    time.sleep(0.1)  # what it had sent arrives
                    lost = held(process)
                    if lost and is_time():
                        process.kill()
                        process.wait()
                        self.workers.remove(process)
                        return lost
                    process.send_signal(signal.SIGCONT)
        raise AssertionError(f"it ended ({while_running.returncode}) before a worker could die")


@contextlib.contextmanager
def loopback_cluster(
    folder: Path,
    *,
    workers: int = 2,
    worker_options: tuple[str, ...] = ("--nthreads", "1"),
    environment: Mapping[str, str] | None = None,
    protocol: str = "tcp",
) -> Iterator[LoopbackCluster]:
    """Start a scheduler and so many workers, of one thread each, on ports of the kernel's choice.

    Workers run in a directory of their own, so that relative paths of the client mean nothing.
    """
    folder.mkdir(parents=True, exist_ok=True)
    known = folder / "scheduler.json"
    spoken = {**os.environ, **(environment or {})}
    started: list[subprocess.Popen[bytes]] = []

    def start(module: str, name: str, *options: str) -> subprocess.Popen[bytes]:
        with (folder / f"{name}.log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", f"distributed.cli.{module}", *options],
                cwd=folder,
                env=spoken,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        started.append(process)
        return process

    try:
        place = ("--host", f"{protocol}://127.0.0.1")
        scheduler = start(
            "dask_scheduler", "scheduler", *place, "--port", "0", "--no-dashboard",
            "--scheduler-file", str(known),
        )  # fmt: skip
        address = _address(known, scheduler)
        running = [
            start(
                "dask_worker", f"worker-{n}", address, *place, "--no-nanny", "--no-dashboard",
                "--memory-limit", "0", "--local-directory", str(folder / f"worker-{n}"),
                *worker_options,
            )
            for n in range(workers)
        ]  # fmt: skip
        _wait_for_workers(folder, running)
        yield LoopbackCluster(address, scheduler, running)
    finally:
        for process in reversed(started):
            process.kill()  # also one that is stopped
            process.wait()


def _address(known: Path, scheduler: subprocess.Popen[bytes]) -> str:
    deadline = time.monotonic() + _START_S
    while time.monotonic() < deadline and scheduler.poll() is None:
        with contextlib.suppress(FileNotFoundError, json.JSONDecodeError):
            return str(json.loads(known.read_text())["address"])
        time.sleep(0.05)
    raise AssertionError(known.with_suffix(".log").read_text())


def _wait_for_workers(folder: Path, workers: list[subprocess.Popen[bytes]]) -> None:
    deadline = time.monotonic() + _START_S
    for number, process in enumerate(workers):
        log = folder / f"worker-{number}.log"
        while "Starting established connection" not in log.read_text():
            if time.monotonic() > deadline or process.poll() is not None:
                raise AssertionError(log.read_text())
            time.sleep(0.05)
