"""The load on the pages: one core, a Zipf mix of addresses, new snapshots meanwhile.

A million cells (26 weeks of 160 countries) and ten thousand records; 5,000 addresses asked for by
Zipf's law and every fifth request for one that nobody asked for before. The server runs on one
core; client, ``whocut ingest`` and the builds of editions on the other. Every answer is checked: it
carries the key of one edition, and the pages with a marker show that edition's number and no other.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import random
import re
import socket
import subprocess
import sys
import threading
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import brotli

_HERE = Path(__file__).resolve().parent
if str(_HERE) not in sys.path:  # run by hand, too, and is no package
    sys.path.insert(0, str(_HERE))

from report import machine_line, table, write_section  # noqa: E402
from site_world import (  # noqa: E402
    MARKER,
    Addresses,
    ingest,
    make_world,
    mark_cells,
    new_measurements,
    zipf,
)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


_PORT = _free_port()
_HOT = 5_000
_COLD = 0.2
_EDITION = re.compile(rb"Edition of <time[^>]*>[^<]*</time>, ([0-9a-f]{12})\.|, ([0-9a-f]{12})\.")
_MARKED = re.compile(rb"770(?:,|\xc2\xa0|\xe2\x80\xaf|&#160;)?(\d{3})")


@dataclass
class Answer:
    """One answer as it came."""

    address: str
    latency_s: float
    status: int
    etag: str
    body: bytes
    is_packed: bool
    is_cold: bool


@dataclass
class Phase:
    """Answers of one phase, and how long it took."""

    name: str
    seconds: float = 0.0
    answers: list[Answer] = field(default_factory=list)
    errors: Counter = field(default_factory=Counter)


class Connection:
    """One connection that is kept open."""

    def __init__(self) -> None:
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def get(self, address: str) -> tuple[int, dict[str, str], bytes]:
        for attempt in range(2):
            if self._writer is None:
                opened = await asyncio.open_connection("127.0.0.1", _PORT)
                self._reader, self._writer = opened
            try:
                return await self._ask(address)
            except (ConnectionError, asyncio.IncompleteReadError):
                self.close()
                if attempt:
                    raise
        raise AssertionError

    async def _ask(self, address: str) -> tuple[int, dict[str, str], bytes]:
        assert self._reader is not None
        assert self._writer is not None
        head = f"GET {address} HTTP/1.1\r\nHost: bench\r\nAccept-Encoding: br\r\n\r\n"
        self._writer.write(head.encode())
        lines = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in lines[1:] if ": " in line)
        body = await self._reader.readexactly(int(headers.get("content-length", "0")))
        if headers.get("connection") == "close":
            self.close()
        return int(lines[0].split()[1]), headers, body

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()
        self._reader = self._writer = None

    async def end(self) -> None:
        writer = self._writer
        self.close()
        if writer is not None:
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()


class Mix:
    """Gives the next address to ask for."""

    def __init__(self, addresses: Addresses, seed: int) -> None:
        self._addresses = addresses
        self._hot = addresses.hot(_HOT)
        self._ranks = zipf(_HOT, seed)
        self._rng = random.Random(seed)

    def next(self) -> tuple[str, bool]:
        if self._rng.random() < _COLD:
            return self._addresses.never_drawn(), True
        return self._hot[next(self._ranks)], False


async def _ask(phase: Phase, pool: asyncio.Queue, address: str, cold: bool, due: float) -> None:
    connection = await pool.get()
    try:
        status, headers, body = await connection.get(address)
    except Exception as error:
        phase.errors[type(error).__name__] += 1
        connection.close()
    else:
        took = time.perf_counter() - due
        packed = headers.get("content-encoding") == "br"
        etag = headers.get("etag", "")
        phase.answers.append(Answer(address, took, status, etag, body, packed, cold))
    finally:
        pool.put_nowait(connection)


async def open_loop(mix: Mix, name: str, rate: float, seconds: float) -> Phase:
    """Ask at a steady rate, whatever the server does; latency counts from when it was due."""
    phase, pool = Phase(name), asyncio.Queue()
    for _ in range(256):
        pool.put_nowait(Connection())
    begun, tasks = time.perf_counter(), []
    for number in range(int(rate * seconds)):
        due = begun + number / rate
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        address, cold = mix.next()
        tasks.append(asyncio.create_task(_ask(phase, pool, address, cold, due)))
    await asyncio.gather(*tasks)
    phase.seconds = time.perf_counter() - begun
    while not pool.empty():
        await pool.get_nowait().end()
    return phase


async def closed_loop(mix: Mix, name: str, at_once: int, seconds: float) -> Phase:
    """Ask as fast as answers come, on so many connections."""
    phase, end = Phase(name), time.perf_counter() + seconds

    async def one() -> None:
        pool: asyncio.Queue = asyncio.Queue()
        pool.put_nowait(Connection())
        while time.perf_counter() < end:
            address, cold = mix.next()
            await _ask(phase, pool, address, cold, time.perf_counter())
        await pool.get_nowait().end()

    begun = time.perf_counter()
    await asyncio.gather(*(one() for _ in range(at_once)))
    phase.seconds = time.perf_counter() - begun
    return phase


class Publisher(threading.Thread):
    """Reads new measurements and puts new cells in force, again and again."""

    def __init__(self, observatory: Path, every_s: float) -> None:
        super().__init__(daemon=True)
        self._observatory, self._every_s = observatory, every_s
        self._ended = threading.Event()
        self.snapshots = 0

    def run(self) -> None:
        number = int(time.time()) % 100_000
        while not self._ended.wait(self._every_s):
            number += 1
            ingest(self._observatory, new_measurements(self._observatory.parent, number))
            self.snapshots += 2
            mark_cells(self._observatory, self.snapshots)

    def stop(self) -> None:
        self._ended.set()
        self.join()


class Memory(threading.Thread):
    """Looks at what a process holds, once a second."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._path = Path(f"/proc/{pid}/smaps_rollup")
        self._ended = threading.Event()
        self.peak: dict[str, int] = {"Rss": 0, "Pss": 0, "Private": 0}

    def run(self) -> None:
        while not self._ended.wait(1.0):
            try:
                found = dict(re.findall(r"^(\w+): +(\d+) kB", self._path.read_text(), re.M))
            except OSError:
                return
            private = int(found["Private_Dirty"]) + int(found["Private_Clean"])
            for name, kib in (("Rss", found["Rss"]), ("Pss", found["Pss"]), ("Private", private)):
                self.peak[name] = max(self.peak[name], int(kib) // 1024)

    def stop(self) -> dict[str, int]:
        self._ended.set()
        return self.peak


def check(phases: list[Phase]) -> list[str]:
    """Check that every page is of one edition; give what is not as it should be."""
    faults: list[str] = []
    numbers: dict[str, int] = {}
    of_tag: dict[tuple[str, str], bytes] = {}
    editions: Counter[str] = Counter()
    marked = 0
    for answer in (one for phase in phases for one in phase.answers if one.status == 200):
        body = brotli.decompress(answer.body) if answer.is_packed else answer.body
        keys = {a or b for a, b in _EDITION.findall(body)}
        if len(keys) != 1:
            faults.append(f"{answer.address}: keys of editions on the page: {sorted(keys)}")
            continue
        (key,) = keys
        editions[key.decode()] += 1
        tag = (answer.address, answer.etag)
        if answer.etag and of_tag.setdefault(tag, key) != key:
            faults.append(f"{answer.address}: one tag for two editions")
        if answer.address.endswith(f"/d/{MARKER}"):
            seen = {int(one) for one in _MARKED.findall(body)}
            marked += 1
            wanted = numbers.setdefault(key.decode(), min(seen, default=-1))
            if seen != {wanted}:
                faults.append(f"{answer.address}: {key!r} shows {sorted(seen)}, not {wanted}")
    faults += [] if len(set(numbers.values())) == len(numbers) else ["two editions, one number"]
    told = ", ".join(f"{key} ({n:,})" for key, n in editions.items())
    print(f"editions seen: {told}; {marked} pages with a marker", flush=True)
    return faults


def quantile(values: list[float], q: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * q))] if ordered else float("nan")


def rows_of(phase: Phase) -> list[str]:
    """Give the figures of a phase."""
    ok = [one for one in phase.answers if one.status == 200]
    latencies = [one.latency_s * 1000 for one in phase.answers]
    cold = [one.latency_s * 1000 for one in ok if one.is_cold]
    warm = [one.latency_s * 1000 for one in ok if not one.is_cold]
    others = Counter(one.status for one in phase.answers if one.status != 200)
    return [
        phase.name,
        f"{len(phase.answers) / phase.seconds:.0f}",
        *(f"{quantile(latencies, q):.1f}" for q in (0.5, 0.95, 0.99)),
        f"{quantile(warm, 0.95):.1f}",
        f"{quantile(cold, 0.95):.1f}",
        " ".join(f"{status}: {n}" for status, n in others.items()) or "0",
        str(sum(phase.errors.values())),
    ]


def by_kind(phases: list[Phase], addresses: Addresses) -> str:
    """Draw the latency of cold pages by their kind, the slowest first."""
    found: dict[str, list[float]] = defaultdict(list)
    sizes: dict[str, list[int]] = defaultdict(list)
    for answer in (one for phase in phases for one in phase.answers if one.status == 200):
        kind = addresses.drawn[answer.address]
        if answer.is_cold:
            found[kind].append(answer.latency_s * 1000)
        sizes[kind].append(len(answer.body))
    ordered = sorted(found, key=lambda kind: -quantile(found[kind], 0.95))
    rows = [
        [
            kind,
            str(len(found[kind])),
            f"{quantile(found[kind], 0.5):.1f}",
            f"{quantile(found[kind], 0.95):.1f}",
            f"{quantile([float(one) for one in sizes[kind]], 0.95) / 1000:.1f}",
        ]
        for kind in ordered
    ]
    return table(["kind of page", "cold answers", "median, ms", "p95, ms", "p95, kB packed"], rows)


async def _load(mix: Mix, options: argparse.Namespace) -> list[Phase]:
    await open_loop(mix, "warm-up", options.rate, 10)
    steady = await open_loop(mix, f"{options.rate:.0f}/s", options.rate, options.seconds)
    print("\t".join(rows_of(steady)), flush=True)
    full = await closed_loop(mix, "saturated", options.at_once, options.saturated)
    print("\t".join(rows_of(full)), flush=True)
    return [steady, full]


@dataclass
class Outcome:
    """What a run has shown."""

    phases: list[Phase]
    faults: list[str]
    peak_mb: dict[str, int]
    snapshots: int
    built: str
    rebuilt: list[str]
    addresses: Addresses

    @property
    def errors(self) -> int:
        return sum(sum(phase.errors.values()) for phase in self.phases)


def run(options: argparse.Namespace) -> Outcome:
    """Make the world, load the server, look at every answer."""
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    if options.nice:
        # Of the session, where the kernel weighs sessions against each other.
        Path("/proc/self/autogroup").write_text(str(options.nice))
    parent = options.parent or Path.home() / ".cache" / "whocut" / "bench"
    observatory, ledger = make_world(parent, options.cells, options.records)
    server = [sys.executable, str(_HERE / "site_server.py")]
    built = subprocess.run(
        [*server, "--build", str(observatory), str(ledger)],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    ).stdout.strip()
    print(built, flush=True)
    addresses = Addresses(observatory, seed=11)
    mix = Mix(addresses, seed=12)
    process = subprocess.Popen(
        [*server, str(observatory), str(ledger), str(_PORT)], stdout=subprocess.PIPE, text=True
    )
    heard: list[str] = []
    memory, publisher = Memory(process.pid), Publisher(observatory, options.every)
    try:
        if not any(line.startswith("serving") for line in process.stdout or ()):
            raise SystemExit("the server did not start")
        listener = threading.Thread(target=lambda: heard.extend(process.stdout or ()), daemon=True)
        for thread in (listener, memory, publisher):
            thread.start()
        phases = asyncio.run(_load(mix, options))
        publisher.stop()
        peak = memory.stop()
    finally:
        process.terminate()
        process.wait()
    listener.join()
    if process.stdout is not None:
        process.stdout.close()
    rebuilt = [line.strip() for line in heard if line.startswith("built")]
    faults = check(phases)
    return Outcome(phases, faults, peak, publisher.snapshots, built, rebuilt, addresses)


def section_of(found: Outcome, options: argparse.Namespace) -> str:
    """Write down what was seen."""
    heads = ["load", "answers/s", "median, ms", "p95, ms", "p99, ms", "p95 asked before, ms",
             "p95 never asked, ms", "other answers", "errors"]  # fmt: skip
    stands_aside = " The rest of the machine stood aside." if options.nice < 0 else ""
    return "\n".join(
        [
            f"{machine_line()}. {options.cells:,} cells of 26 weeks, {options.records:,} records; "
            f"{_HOT:,} addresses by Zipf's law (exponent 1) over all kinds of pages in three "
            f"languages, {_COLD:.0%} of requests for one never asked before. The server on one "
            f"core; client, ingest and builds on the other.{stands_aside}\n",
            "Command: `python tests/bench/bench_site.py`\n",
            table(heads, [rows_of(one) for one in found.phases]),
            f"Memory of the server, peak: {found.peak_mb['Rss']} MB resident, "
            f"{found.peak_mb['Pss']} MB proportional, {found.peak_mb['Private']} MB its own. "
            f"{found.snapshots} snapshots were put in force meanwhile and {len(found.rebuilt)} "
            f"editions; answers that were not of one edition: {len(found.faults)} of "
            f"{sum(len(phase.answers) for phase in found.phases):,}.\n",
            f"The first edition, whole: {found.built}.\n",
            *(f"While serving: {line}.\n" for line in found.rebuilt),
            "Pages never asked before by their kind, both loads together:\n",
            by_kind(found.phases, found.addresses),
        ]
    )


def _main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cells", type=int, default=1_000_000)
    parser.add_argument("--records", type=int, default=10_000)
    parser.add_argument("--rate", type=float, default=50.0)
    parser.add_argument("--seconds", type=float, default=300.0)
    parser.add_argument("--saturated", type=float, default=60.0)
    parser.add_argument("--at-once", type=int, default=32)
    parser.add_argument("--every", type=float, default=60.0, help="seconds between snapshots")
    parser.add_argument("--parent", type=Path, help="where the observatory is made and kept")
    parser.add_argument("--nice", type=int, default=0, help="of server and client: below 0, a "
                        "machine that does other work stands aside")  # fmt: skip
    parser.add_argument("--write", action="store_true", help="put the table into docs/bench.md")
    options = parser.parse_args()
    found = run(options)
    section = section_of(found, options)
    print("\n".join([section, *found.faults[:20]]))
    if options.write:
        write_section("site", section)
    return 1 if found.faults or found.errors else 0


if __name__ == "__main__":
    sys.exit(_main())
