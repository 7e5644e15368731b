"""What the load on the pages is made of: an observatory, a ledger, addresses, new snapshots."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import pyarrow as pa
from make_cells import CellPlan, make_cells
from make_ledger import make_ledger

from whocut.model.schema import TABLES, arrow_schema
from whocut.publish.edition.opening import current_edition
from whocut.store.derived import quarter_of
from whocut.store.observatory import Observatory
from whocut.store.parquet_files import Place, in_order, write_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["MARKED", "MARKER", "Addresses", "make_world", "mark_cells", "new_measurements"]

_REPO = Path(__file__).resolve().parents[2]
FIRST_WEEK = date(2025, 12, 1)
MARKER = "edition-marker.example"
"""A target whose number of measurements tells the edition: the same in every country."""
MARKED = 770_000
_LANGUAGES = ("", "", "", "/ru", "/ru", "/fr")
_RECIPE = 2


def make_world(parent: Path, cells: int, records: int) -> tuple[Path, Path]:
    """Make an observatory and a ledger, or find those that were made before."""
    place = parent / f"site-{cells}-{records}-v{_RECIPE}"
    observatory, ledger = place / "observatory", place / "ledger"
    if not (place / "made").exists():
        shutil.rmtree(place, ignore_errors=True)
        weeks = 26
        countries = min(160, max(2, cells // (weeks * 20)))
        plan = CellPlan(
            cells=cells,
            countries=countries,
            weeks=weeks,
            seed=5,
            known=min(120, cells // (countries * weeks) // 2),
            first_week=FIRST_WEEK,
        )
        make_cells(observatory, plan)
        make_ledger(ledger, records, seed=7)
        mark_cells(observatory, 0)
        (place / "made").touch()
    return observatory, ledger


def mark_cells(observatory: Path, number: int) -> None:
    """Put a snapshot in force in which the marker has another number, in all countries at once."""
    with Observatory(observatory).writer() as writer:
        manifest = writer.manifest
        countries = sorted({part.cc for part in manifest.sections if part.table == "cell"})
        week = max(entry.day for entry in manifest.files_of("cell"))
        marked = observatory.parent / "marked.json"
        before = set(json.loads(marked.read_text())) if marked.exists() else set()
        kept = [one for one in manifest.files if one.path not in before and _is_derived(one.table)]
        scratch = writer.staging_directory("marker")
        scratch.mkdir(parents=True, exist_ok=True)
        made = []
        for cc in countries:
            monday = _monday_within(date.fromisoformat(week))
            rows = pa.Table.from_pylist([_marker(cc, monday, number)], arrow_schema(TABLES["cell"]))
            where = Place("cell", cc, quarter_of(monday.isoformat()))
            made.append(write_rows(observatory, scratch, where, in_order(rows, "cell")))
        shutil.rmtree(scratch)
        marked.write_text(json.dumps([one.path for one in made]))
        writer.swap_derived([*kept, *made], manifest.derived)
        writer.collect()


def _is_derived(table: str) -> bool:
    return table in {"cell", "tally", "span", "network_week", "slowdown", "timing_week"}


def _monday_within(day: date) -> date:
    return day + timedelta(days=-day.weekday() % 7)


def _marker(cc: str, week: date, number: int) -> dict[str, object]:
    row: dict[str, object] = {}
    for field in arrow_schema(TABLES["cell"]):
        is_number = pa.types.is_floating(field.type) or pa.types.is_integer(field.type)
        row[field.name] = 0 if is_number else "none"
    n = MARKED + number
    return row | {
        **{"origin": "ooni", "probe_cc": cc, "target": MARKER, "week": week, "n": n},
        **{"n_usable": n, "n_served": n, "n_networks": 3, "answer": "served", "shortfall": ""},
        **{"p_served": 0.99, "lead": "none", "second": "none", "model": "bench"},
    }


def new_measurements(place: Path, number: int) -> Path:
    """Write measurements that were not there yet: those of the laboratory, at another time."""
    path = place / f"new-{number}.jsonl"
    lines = (_REPO / "examples" / "lab" / "isp_a.jsonl").read_text("utf-8").splitlines()
    shift = timedelta(days=7 * number)
    with path.open("w", encoding="utf-8") as file:
        for line in lines:
            one = json.loads(line)
            for name in ("measurement_start_time", "test_start_time"):
                at = datetime.fromisoformat(one[name]) + shift
                one[name] = at.strftime("%Y-%m-%d %H:%M:%S")
            for name in ("measurement_uid", "report_id"):
                if name in one:
                    one[name] = f"{one[name]}x{number}"
            file.write(json.dumps(one) + "\n")
    return path


def ingest(observatory: Path, file: Path) -> None:
    """Read measurements with the command, as an operator does."""
    whocut = [sys.executable, "-m", "whocut.cli", "ingest", "--no-cells", "--quiet"]
    subprocess.run(
        [*whocut, str(file), "--observatory", str(observatory)],
        check=True,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )


class Addresses:
    """Draws addresses of all kinds of pages, from what an edition holds."""

    def __init__(self, observatory: Path, seed: int) -> None:
        edition = current_edition(observatory)
        self._rng = random.Random(seed)
        access, ledger = edition.access, edition.ledger
        self.countries = [one.country for one in access.countries()]
        self._targets = sorted({one.target for one in access.targets("RU", rows=100_000)[0]})
        facts = ledger.facts
        self._records = [
            one.id for page in range(1, 1 + -(-facts.n_records // 500))
            for one in ledger.rows(page=page, rows=500)[0]
        ]  # fmt: skip
        self._actors = [one.id for one in ledger.actors()]
        self._instruments = [one.id for one in ledger.instruments()]
        self._cards = ledger.scorecard_countries()
        self._routes = [one.country for one in edition.routes.countries()]
        pages = range(1, 40)
        self._findings = [
            one.id for page in pages for one in edition.findings.rows(page=page, rows=200)[0]
        ]
        self._networks = [
            one.asn for cc in self.countries[:80] for one in access.country(cc).networks
        ]
        self.drawn: dict[str, str] = {}
        """The kind of each address."""

    def draw(self) -> str:
        """Draw an address; popular kinds of pages come more often."""
        kinds = list(_KINDS)
        (kind,) = self._rng.choices(kinds, [_KINDS[name][0] for name in kinds])
        address = self._rng.choice(_LANGUAGES) + _KINDS[kind][1](self)
        address = address or "/"
        self.drawn.setdefault(address, kind)
        return address

    def never_drawn(self) -> str:
        """Draw an address that nobody has asked for yet."""
        while True:
            before = len(self.drawn)
            address = self.draw()
            if len(self.drawn) > before:
                return address

    def hot(self, count: int) -> list[str]:
        """Draw the addresses that are asked for again and again, the most popular first."""
        return [self.never_drawn() for _ in range(count)]

    def one(self, items: list) -> str:
        return quote(str(self._rng.choice(items)))

    def page(self, most: int) -> str:
        number = self._rng.randint(1, most)
        return "" if number == 1 else f"page={number}"

    def ledger_query(self) -> str:
        rng = self._rng
        parts = {
            "country": rng.choice(["", "", "RU", "IR", "BY", "CU", "SY"]),
            "sector": rng.choice(["", "", "saas", "payment", "messaging", "gaming"]),
            "grade": rng.choice(["", "", "documented", "excerpt"]),
            "action": rng.choice(["", "", "geoblock", "service_suspension"]),
            "since": rng.choice(["", "", "2014", "2019-06", "2022-02-24"]),
            "page": str(rng.randint(1, 9)),
        }
        return "&".join(f"{name}={value}" for name, value in parts.items() if value)

    def prefix(self) -> str:
        source = self._rng.choice([self._targets, self._actors, self.countries])
        word = str(self._rng.choice(source))
        return quote(word[: self._rng.randint(1, max(2, len(word)))])

    def set_of(self) -> str:
        return "+".join(self._rng.sample(["174", "3356", "1299", "2914", "3257"], 2))


def _static(*paths: str) -> Callable[[Addresses], str]:
    return lambda of: of._rng.choice(paths)


_KINDS: dict[str, tuple[float, Callable[[Addresses], str]]] = {
    "front": (3, _static("/")),
    "country": (12, lambda of: f"/c/{of.one(of.countries)}"),
    "country_access": (6, lambda of: f"/c/{of.one(of.countries)}/access?{of.page(5)}"),
    "country_ledger": (4, lambda of: f"/c/{of.one(of._cards)}/ledger?{of.page(3)}"),
    "country_routes": (3, lambda of: f"/c/{of.one(of._routes)}/routes"),
    "domain": (10, lambda of: f"/d/{of.one(of._targets)}"),
    "marker": (1, _static(f"/d/{MARKER}")),
    "pair": (22, lambda of: f"/d/{of.one(of._targets)}/{of.one(of.countries)}"),
    "cut": (12, lambda of: f"/cut/{of.one(of._records)}"),
    "actor": (5, lambda of: f"/who/{of.one(of._actors)}"),
    "network": (4, lambda of: f"/as/{of.one(of._networks)}"),
    "finding": (5, lambda of: f"/f/{of.one(of._findings)}"),
    "findings": (1, lambda of: f"/findings?{of.page(60)}"),
    "ledger": (5, lambda of: f"/ledger?{of.ledger_query()}"),
    "search": (3, lambda of: f"/search?q={of.prefix()}"),
    "instrument": (2, lambda of: f"/law/{of.one(of._instruments)}"),
    "scorecard": (1, lambda of: f"/statement/{of.one(of._cards)}"),
    "changes": (1, lambda of: f"/changes?country={of.one(of.countries)}"),
    "compare": (1, lambda of: f"/compare?a={of.one(of.countries)}&b={of.one(of.countries)}"),
    "whatif": (1, lambda of: f"/whatif/{of.one(of._routes)}?leave={of.set_of()}"),
    "lists": (1, _static("/lags", "/law", "/statement", "/whatif")),
    "words": (
        1,
        _static(
            *("/about", "/data", "/privacy", "/press", "/lawyers", "/named-party", "/glossary"),
            *("/methods", "/rules", "/is-it-me", "/desk"),
        ),
    ),
}


def zipf(count: int, seed: int) -> Iterator[int]:
    """Draw ranks from 0 by Zipf's law with exponent 1."""
    rng = random.Random(seed)
    weights = [1 / rank for rank in range(1, count + 1)]
    total, cumulative = 0.0, []
    for weight in weights:
        total += weight
        cumulative.append(total)
    while True:
        yield from rng.choices(range(count), cum_weights=cumulative, k=1000)
