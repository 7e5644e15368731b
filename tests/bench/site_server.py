"""Serve the pages for a bench: as ``whocut serve`` does, from a ledger of one's own.

``python tests/bench/site_server.py OBSERVATORY LEDGER PORT`` serves on one core and builds editions
on another; ``--build OBSERVATORY LEDGER`` builds one.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import resource
import sys
import time
from pathlib import Path

import uvloop

from whocut.publish.edition.build import build_edition, edition_path
from whocut.publish.edition.opening import current_key, open_edition, path_of_key
from whocut.publish.site.app import make_app
from whocut.publish.site.kept import KeptPages
from whocut.publish.site.rendering import make_ready
from whocut.publish.site.serving import _listener, make_server, settle
from whocut.publish.site.watching import Watch
from whocut.store.manifest import sequences

SERVED_ON = 0
BUILT_ON = int(os.environ.get("WHOCUT_BENCH_BUILT_ON", "1"))
_LOOK_S = 10.0


def build(observatory: Path, ledger: Path) -> None:
    """Build an edition; tell what it took."""
    os.sched_setaffinity(0, {BUILT_ON})
    os.setpriority(os.PRIO_PROCESS, 0, 10)
    begun, steps = time.perf_counter(), {}
    last: list[str] = []

    def told(step: str, *_: int) -> None:
        if last != [step]:
            steps[step] = time.perf_counter() - begun
            last[:] = [step]

    path = build_edition(observatory, ledger=ledger, progress=told)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    took = time.perf_counter() - begun
    cpu = time.process_time()
    print(
        f"built {path.stem} {took:.1f} s, CPU {cpu:.1f} s, peak {peak:.0f} MB, file "
        f"{path.stat().st_size / 1e6:.0f} MB; "
        + ", ".join(f"{name} at {at:.0f}" for name, at in steps.items()),
        flush=True,
    )


async def _serve(observatory: Path, ledger: Path, port: int) -> None:
    def find() -> Path | None:
        path = edition_path(observatory, ledger=ledger)
        return path if path.exists() else None

    def sign() -> object:
        return sequences(observatory)[-1:], current_key(observatory)

    def latest() -> Path | None:
        key = current_key(observatory)
        return path_of_key(observatory, key) if key else None

    async def make() -> bool:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, __file__, "--build", str(observatory), str(ledger)),
            start_new_session=True,
        )
        return await process.wait() == 0

    watch = Watch(
        sign, find, open_edition, make, lambda said: print(said, flush=True), latest=latest
    )
    await watch.look()
    make_ready()
    settle()
    app = make_app(watch.edition, kept=KeptPages(), observatory=observatory)
    task = asyncio.create_task(watch.stay(_LOOK_S))
    listener = _listener("127.0.0.1", port)
    print("serving", flush=True)
    try:
        await make_server(app).serve(sockets=[listener])
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


def _main() -> None:
    if sys.argv[1] == "--build":
        build(Path(sys.argv[2]), Path(sys.argv[3]))
        return
    os.sched_setaffinity(0, {SERVED_ON})
    with contextlib.suppress(KeyboardInterrupt):
        uvloop.run(_serve(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])))


if __name__ == "__main__":
    _main()
