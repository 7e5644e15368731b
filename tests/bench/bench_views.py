"""What a page never asked before costs: CPU of one process for the whole answer, by kind of page.

The world is that of ``bench_site.py``. The application is called as the server calls it, without a
socket: it reads the edition, draws, packs and answers. Pages of the same kinds are asked for first,
so that what is made once in the life of a process is not counted; no address is asked for twice.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import sys
import time
from collections import defaultdict
from pathlib import Path
from typing import Any
from urllib.parse import unquote

_HERE = Path(__file__).resolve().parent
if str(_HERE) not in sys.path:  # run by hand, too, and is no package
    sys.path.insert(0, str(_HERE))

from report import machine_line, table, write_section  # noqa: E402
from site_world import _KINDS, _LANGUAGES, Addresses, make_world  # noqa: E402

from whocut.publish.edition.build import build_edition  # noqa: E402
from whocut.publish.edition.opening import open_edition  # noqa: E402
from whocut.publish.site.app import make_app  # noqa: E402
from whocut.publish.site.kept import KeptPages  # noqa: E402
from whocut.publish.site.rendering import make_ready  # noqa: E402


async def _answer(app: Any, address: str) -> tuple[int, int]:
    """Ask the application; give the status and the size of the answer."""
    path, _, query = address.partition("?")
    scope = {
        **{"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET"},
        **{"scheme": "http", "root_path": "", "path": unquote(path), "raw_path": path.encode()},
        **{"query_string": query.encode(), "client": ("127.0.0.1", 1), "server": ("bench", 80)},
        "headers": [(b"host", b"bench"), (b"accept-encoding", b"br")],
    }
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await app(scope, receive, send)
    return sent[0]["status"], sum(len(one.get("body", b"")) for one in sent)


def _drawn(addresses: Addresses, kind: str, most: int) -> list[str]:
    """Draw addresses of one kind that were not drawn yet; some kinds have few."""
    found: list[str] = []
    for number in range(most * 8):
        address = _LANGUAGES[number % 6] + _KINDS[kind][1](addresses) or "/"
        if address not in addresses.drawn:
            addresses.drawn[address] = kind
            found.append(address)
        if len(found) == most:
            break
    return found


async def _measure(app: Any, asked: dict[str, list[str]], most: int) -> list[list[str]]:
    for own in asked.values():
        for address in own[: len(own) // 2]:
            await _answer(app, address)
    gc.collect()
    gc.freeze()
    found: dict[str, list[tuple[float, int]]] = defaultdict(list)
    for kind, own in asked.items():
        for address in own[len(own) // 2 :][:most]:
            begun = time.process_time()
            status, size = await _answer(app, address)
            if status == 200:
                found[kind].append(((time.process_time() - begun) * 1000, size))
    rows = []
    for kind, own in sorted(found.items(), key=lambda one: -_at(one[1], 0.95)):
        sizes = sorted(size for _, size in own)
        figures = [f"{_at(own, q):.1f}" for q in (0.5, 0.95, 1.0)]
        rows.append([kind, str(len(own)), *figures, f"{sizes[-1] / 1000:.1f}"])
    return rows


def _at(own: list[tuple[float, int]], q: float) -> float:
    ordered = sorted(cpu for cpu, _ in own)
    return ordered[min(len(ordered) - 1, int(len(ordered) * q))]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cells", type=int, default=1_000_000)
    parser.add_argument("--records", type=int, default=10_000)
    parser.add_argument("--pages", type=int, default=100, help="of each kind, as many again before")
    parser.add_argument("--parent", type=Path, help="where the observatory is made and kept")
    parser.add_argument("--write", action="store_true", help="put the table into docs/bench.md")
    options = parser.parse_args()
    parent = options.parent or Path.home() / ".cache" / "whocut" / "bench"
    observatory, ledger = make_world(parent, options.cells, options.records)
    edition = open_edition(build_edition(observatory, ledger=ledger))
    make_ready()
    app = make_app(lambda: edition, kept=KeptPages())
    addresses = Addresses(observatory, seed=23)
    asked = {kind: _drawn(addresses, kind, 2 * options.pages) for kind in _KINDS}
    asked["country of most records"] = [
        f"{language}/c/RU?year={year}" for year in range(1996, 2026) for language in ("", "/ru")
    ]
    rows = asyncio.run(_measure(app, asked, options.pages))
    heads = ["kind of page", "pages", "median, ms", "p95, ms", "most, ms", "most, kB packed"]
    section = "\n".join(
        [
            f"{machine_line()}. {options.cells:,} cells of 26 weeks, {options.records:,} records; "
            "CPU of the process from the request to the packed answer.\n",
            "Command: `python tests/bench/bench_views.py`\n",
            table(heads, rows),
        ]
    )
    print(section)
    if options.write:
        write_section("views", section)


if __name__ == "__main__":
    main()
