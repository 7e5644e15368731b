"""A world in which everybody is hostile: probes, contributors, registries of networks, readers.

whocut is installed a second time, beside data of its own, so that the real commands read it: every
piece of free text holds markup, turns of direction, control characters and the beginning of a
formula, as far as the schema of the file takes it.
"""

from __future__ import annotations

import copy
import csv
import json
import os
import shutil
import subprocess
import sys
from itertools import cycle, product
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import yaml

from whocut.ledger.actors import Actor
from whocut.ledger.document import read_document_file
from whocut.ledger.law.instrument import Family
from whocut.ledger.load import convert
from whocut.ledger.record import CutRecord
from whocut.model.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = [
    "CUTS",
    "DOMAINS",
    "INSTRUMENT",
    "MARKUP",
    "NAMED",
    "RAW_DOMAINS",
    "SHORT",
    "TURNED",
    "WORDS",
    "World",
    "environment_of",
    "make_world",
]

SHORT: Final = "\"'><img data-hit src=x onerror=window.__hit=1>"
"""Markup that fits into the shortest names."""
MARKUP: Final = (
    "\"'><script>window.__hit=2</script><svg data-hit onload=window.__hit=3>"
    '<a data-hit href="javascript:window.__hit=4">x</a><x-hit style="position:fixed">'
    "</title></textarea></style>--><iframe srcdoc='<script>top.__hit=5</script>'>{{ 7*7 }}%(n)s"
)
"""Markup that would end whatever stands around it, and run."""
TURNED: Final = "\u202eesrever\u2066\u2067\u05d0\u2069\u2069\u2069\u2068\u05d1"
"""Turns of direction: overrides, and isolates that end too often and never."""
CONTROLS: Final = "\x1b[31m\x1b]0;owned\x07\x08\x9b2J"
WORDS: Final = f"{MARKUP}{TURNED}"
"""What is typed into every field."""
_LEADS: Final = ("=HYPERLINK(1)", "+cmd|1", "-2+3", "@SUM(1)", "\t=1", "\uff1d1", " =1", "")
_KEPT: Final = frozenset({"id", "on", "date", "received", "from", "to", "parent_since", "lang"})
"""Fields whose free text means something to the program: poisoned in the worst record alone."""
_NAME: Final = frozenset({"id"})
_RECORDS: Final = (
    "2022-03-cogent-ru",
    "2024-07-rkn-youtube-throttle",
    "2024-05-dockerhub-ru",
    "2022-03-icann-refusal",
    "2022-03-eu-rt-sputnik",
)
CUTS: Final = (*_RECORDS, "2022-03-hostile-worst", "2022-03-hostile-sources")
NAMED: Final = ("cogent", "docker", "roskomnadzor")
"""Actors of those records; all actors have hostile names."""
INSTRUMENT: Final = "eu-2022-263"
DOMAINS: Final = (
    "plain-refused.example",
    "xn--80ak6aa92e.com",
    "xn--pple-43d.com",
    "a&lt;img-src=x-onerror=hit&gt;.example",
    "javascript:alert(1);.example".replace(":", ""),
    "=cmd-1+1.example",
    "..".join(("two", "dots.example")).replace("..", "."),
    f"{'a' * 60}.{'b' * 60}.{'c' * 60}.{'d' * 40}.example",
)
"""Names that a probe may report, and that the site then has pages for."""
RAW_DOMAINS: Final = (
    "<script>window.__hit=6</script>.example",
    '"onmouseover="window.__hit=7.example',
    "moc.elgoog\u202e.example",
    "nul\x00byte.example",
    "esc\x1b[31m.example",
    "new\nline.example",
    f"{'x' * 70}.example",
    "y." * 200 + "example",
    "space in it.example",
    "per%3Cscript%3Ecent.example",
    "[::1%<script>]",
)
"""Names that no host has: to be refused when they are read."""
_REPO: Final = Path(__file__).resolve().parents[2]
_LAB: Final = _REPO / "examples" / "lab"
_REFUSED, _BLOCK_PAGE, _RESET, _HEALTHY, _MOVED, _CLEAR = 35, 23, 51, 22, 29, 6
"""Lines of the laboratory's captures."""
_OFTEN: Final = 6
"""Measurements of one kind that make an answer of a cell."""


class World(NamedTuple):
    """A hostile world with its server."""

    path: Path
    base: str
    log: Path
    pid: int

    def n_open(self) -> int:
        """Count what the server holds open: files, and connections."""
        return len(list(Path(f"/proc/{self.pid}/fd").iterdir()))

    @property
    def observatory(self) -> Path:
        """The observatory that is served."""
        return self.path / "observatory"

    def faults_told(self) -> list[str]:
        """List what the server said that tells of a fault of ours."""
        said = self.log.read_text("utf-8", errors="replace").splitlines()
        return [line for line in said if "failed" in line or "Traceback" in line]


def environment_of(world: Path) -> dict[str, str]:
    """Give the environment in which Python finds the whocut of a world."""
    return {
        **os.environ,
        "PYTHONPATH": str(world / "src"),
        "NO_COLOR": "1",
        "COLUMNS": "200",
        "PYTHONUNBUFFERED": "1",
    }


def make_world(world: Path) -> Path:
    """Make a world and the observatory in it; give the observatory."""
    _install(world)
    _poison_ledger(world / "data" / "ledger")
    _poison_actors(world / "data" / "actors")
    _poison_law(world / "data" / "instruments")
    _poison_routes(world / "data" / "results" / "routes")
    observatory = world / "observatory"
    _measure(world, observatory)
    _make_keys(world, observatory)
    return observatory


def _install(world: Path) -> None:
    ignore = shutil.ignore_patterns("*.nbi", "*.nbc")
    shutil.copytree(_REPO / "src" / "whocut", world / "src" / "whocut", ignore=ignore)
    for name in ("data", "docs"):
        shutil.copytree(_REPO / name, world / name)


# What is written by contributors, and reviewed


def poisoned(
    document: Any,
    fits: Callable[[Any], object],
    *,
    kept: frozenset[str] = _KEPT,
) -> Any:
    """Put hostile words into every piece of text that a schema leaves free."""
    found = copy.deepcopy(document)
    leads = cycle(_LEADS)
    for holder, key in list(_leaves(found, kept)):
        before, lead = holder[key], next(leads)
        for tail in (f"{MARKUP}{TURNED}{CONTROLS}", f"{SHORT}{TURNED}", SHORT, TURNED):
            holder[key] = f"{lead}{before} {tail}"
            if _is_taken(found, fits):
                break
        else:
            holder[key] = before
    return found


def _leaves(part: Any, kept: frozenset[str]) -> Iterator[tuple[Any, Any]]:
    named = part.items() if isinstance(part, dict) else enumerate(part)
    for key, value in named:
        if key in kept:
            continue
        if isinstance(value, str):
            yield part, key
        elif isinstance(value, dict | list):
            yield from _leaves(value, kept)


def _is_taken(document: object, fits: Callable[[Any], object]) -> bool:
    try:
        fits(document)
    except InputError:
        return False
    return True


def _write(path: Path, document: object) -> None:
    path.parent.mkdir(exist_ok=True)
    plain = json.loads(json.dumps(document))  # no part stands twice: the ledger takes no anchors
    path.write_text(yaml.dump(plain, allow_unicode=False, sort_keys=False), "utf-8")


def _poison_ledger(ledger: Path) -> None:
    """Keep a few records, each poisoned, and add two that are hostile in all that they can be."""
    documents: dict[str, Any] = {}
    for path in sorted(ledger.glob("[0-9]*/*.yaml")):
        if path.stem in _RECORDS:
            documents[path.stem] = read_document_file(path)
        path.unlink()

    def fits(document: object) -> object:
        return convert(document, CutRecord, "a record")

    meaning = _KEPT | {"role", "mechanism", "users", "accounts", "plans", "rights", "field"}
    for name, document in documents.items():
        _write(ledger / name[:4] / f"{name}.yaml", poisoned(document, fits, kept=meaning))
    dates = frozenset({"id", "on", "date", "received"})
    for name, kept in (("2022-03-hostile-worst", dates), ("2022-03-hostile-undated", _NAME)):
        document = poisoned(_whole_record(name), fits, kept=kept)
        _write(ledger / "2022" / f"{name}.yaml", document)
    sources = _whole_record("2022-03-hostile-sources")
    sources["sources"] |= {
        f"s{place}": {**sources["sources"]["s1"], "url": url, "group": f"g-{place}"}
        for place, url in enumerate(_ADDRESSES, 2)
    }
    _write(ledger / "2022" / "2022-03-hostile-sources.yaml", poisoned(sources, fits))
    for place, url in enumerate(_NO_ADDRESSES):
        bad = _whole_record(f"2022-03-hostile-url-{place}")
        bad["sources"]["s1"]["url"] = url
        _write(ledger / "2022" / f"2022-03-hostile-url-{place}.yaml", bad)


_ADDRESSES: Final = (
    "https://news.example/'onmouseover='window.__hit=8",
    "https://news.example/?q=`${alert(1)}`&amp;=1;javascript:alert(1)",
    "https://user:pass@news.example:99999/\u202egnp.exe",
    "https://xn--80ak6aa92e.com/" + "a" * 1900,
)
_NO_ADDRESSES: Final = (
    "javascript:window.__hit=9",
    "data:text/html,<script>window.__hit=10</script>",
    " javascript:window.__hit=11//https://x",
    "vbscript:x",
    "file:///etc/passwd",
    'https://a/"onclick="window.__hit=12',
    "https://a/\njavascript:window.__hit=13",
)
"""Addresses for which a record is left out, and told."""


def _whole_record(name: str) -> dict[str, Any]:
    """Make a record that has every part that a record can have."""
    by = {"from": ["s1"]}
    return {
        "id": name,
        "kind": "cut",
        "parties": {
            "decider": [{"actor": "cogent", **by}],
            "executor": [{"actor": "cogent", "note": "n", **by}],
            "upstream": [{"actor": "roskomnadzor", **by}],
            "informant": [{"actor": "no-such-actor", **by}],
        },
        "attribution": {
            "status": "disputed",
            "hypotheses": [
                {"actor": "cogent", "claim": "c", "claimant": "roskomnadzor", "told_by": "t", **by},
                {"actor": "nobody", "claim": "c", "claimant": "sources", "told_by": "t", **by},
            ],
            **by,
        },
        "sector": {"value": "backbone", "note": "n", **by},
        "action": {"value": "network_disconnection", "note": "n", **by},
        "layer": {"value": "route", "note": "n", **by},
        "mechanism": {"value": "route.transit_ended", "note": "n", **by},
        "how": {"text": "t", "note": "n", **by},
        "direction": {"value": "both", **by},
        "carried_out": {"value": "partly", "note": "n", **by},
        "population": {
            "places": ["RU", "IR", "UA-43"],
            "organisations": ["o", "p"],
            "excepted": ["e"],
            "note": "n",
            **by,
        },
        "stated_population": {"places": ["RU"], "organisations": ["o"], "note": "n", **by},
        "scope": {
            "text": "t",
            "users": ["persons"],
            "accounts": ["new"],
            "plans": ["free"],
            "rights": ["read"],
            **by,
        },
        "dates": {
            "announced": [{"on": "2022-03-03", "note": "n", **by}],
            "effective": [{"on": "2022-03-04", "note": "n", **by}, {"on": "2022-03-05", **by}],
            "disclosed": [{"on": "2022-03-06", **by}],
        },
        "grounds": [
            {"category": "sanctions_law", "text": "t", "claimant": "cogent", "note": "n", **by}
        ],
        "instruments": [{"id": INSTRUMENT, "note": "n", **by}],
        "edges": [{"kind": "part_of", "to": "2022-03-cogent-ru", "note": "n", **by}],
        "networks": [{"asn": 174, "role": "actor", "note": "n", **by}],
        "domains": [{"domain": DOMAINS[0], "role": "service", "note": "n", **by}],
        "remedies": {
            "notice_days": {"value": "1", "note": "n", **by},
            "appeal": {"value": "a", **by},
            "data_export": {"value": "d", **by},
            "refund": {"value": "r", **by},
        },
        "collateral": [{"text": "t", "note": "n", **by}],
        "conflicts": [{"field": "dates.effective", "text": "t", "note": "n", **by}],
        "notes": [{"text": "t", **by}],
        "contact_attempts": [{"on": "2022-03-20", "channel": "c", "outcome": "o"}],
        "replies": [
            {
                "received": "2022-04-01",
                "by": "cogent",
                "verified_by": "dkim",
                "text": "t",
                "requested": "r",
                "outcome": "o",
            }
        ],
        "retracted": {"on": "2023-01-01", "reason": "r"},
        "confidence": "high",
        "sources": {
            "s1": {
                "url": "https://news.example/",
                "title": "t",
                "publisher": "p",
                "date": "2022-03-04",
                "lang": "en",
                "read": "full",
                "stance": "press",
                "group": "g",
                "note": "n",
            }
        },
    }


def _poison_actors(actors: Path) -> None:
    def fits(document: object) -> object:
        return convert(document, Actor, "an actor")

    for path in sorted(actors.glob("*.yaml")):
        document: Any = read_document_file(path)
        kept = _KEPT | {"kind", "sector", "jurisdictions", "domains", "script"}
        document["actors"] = [poisoned(one, fits, kept=kept) for one in document["actors"]]
        _write(path, document)


def _poison_law(instruments: Path) -> None:
    path = instruments / f"{INSTRUMENT}.yaml"
    document: Any = read_document_file(path)

    def fits(changed: object) -> object:
        return convert(changed, Family, "an instrument")

    kept = _KEPT | {"territory", "of", "supersedes", "attested", "own_from", "own_to", "url"}
    _write(path, poisoned(document, fits, kept=kept))


def _poison_routes(results: Path) -> None:
    """Give every network a hostile name, and every change of routes hostile words."""
    for name in ("networks.csv", "whatif_networks.csv"):
        path = results / name
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows({**row, "name": f"{row['name']} {MARKUP}{TURNED}"} for row in rows)
    path = results / "changes.jsonl"
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    for line in lines:
        line["provider"] += f" {MARKUP}{TURNED}"
        line["notes"] = [f"{note} {MARKUP}" for note in line["notes"]]
        for one in line["hypotheses"]:
            for side in ("evidence_for", "evidence_against"):
                one[side] = [f"{said} {MARKUP}{TURNED}" for said in one[side]]
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines), "utf-8")
    whatif = results / "whatif.csv"
    head, *rest = whatif.read_text("utf-8").splitlines(keepends=True)
    kept = [line for line in rest if line.startswith(("RU,", "IR,"))]
    whatif.write_text(head + "".join(kept), "utf-8")


# What is published by strangers with a probe


def _measure(world: Path, observatory: Path) -> None:
    path = world / "measurements.jsonl"
    records = list(_measurements())
    path.write_text("".join(f"{json.dumps(one)}\n" for one in records), "utf-8")
    run = subprocess.run(
        [
            *(sys.executable, "-m", "whocut.cli", "ingest", str(path)),
            *("--observatory", str(observatory)),
            *("--extra-root", str(_LAB / "root.pem"), "--prefixes", str(_LAB / "prefix2as.txt")),
        ],
        env=environment_of(world),
        capture_output=True,
        check=False,
    )
    # 3: some could not be read. 1 would be a fault of ours.
    assert run.returncode in (0, 3), run.stderr.decode(errors="replace")


def _measurements() -> Iterator[dict[str, Any]]:
    lines = [(_LAB / f"isp_{isp}.jsonl").read_text("utf-8").splitlines() for isp in ("a", "b")]
    for isp in lines:
        for place, domain in enumerate((*DOMAINS, *RAW_DOMAINS)):
            for scenario in (_REFUSED, _HEALTHY, _RESET, _BLOCK_PAGE, _MOVED)[: 1 + place % 5]:
                yield _hostile(json.loads(isp[scenario]), domain, "RU")
        yield _hostile(json.loads(isp[_REFUSED]), DOMAINS[0], "XA")
        for domain, minute in product(DOMAINS, range(_OFTEN)):
            for scenario, country in ((_RESET, "RU"), (_BLOCK_PAGE, "RU"), (_CLEAR, "DE")):
                record = _hostile(json.loads(isp[scenario]), domain, country)
                start = record["measurement_start_time"]
                record["measurement_start_time"] = f"{start[:-5]}{minute:02}:00"
                yield record
        base = _hostile(json.loads(isp[_BLOCK_PAGE]), "leaves.example", "RU")
        for number, _ in enumerate(_leaves(base, frozenset())):
            # One hostile value each: what is wrong with it must not hide the next.
            changed = copy.deepcopy(base)
            holder, key = list(_leaves(changed, frozenset()))[number]
            holder[key] = f"{holder[key]}{MARKUP}{TURNED}\x00{CONTROLS}"
            yield changed


def _hostile(record: dict[str, Any], domain: str, country: str) -> dict[str, Any]:
    """Turn a measurement of the laboratory into one of a stranger, about a domain of his."""
    host = record["test_keys"]["queries"][0]["hostname"]
    text = json.dumps(record).replace(host, json.dumps(f"www.{domain}")[1:-1])
    found: dict[str, Any] = json.loads(text)
    found["probe_cc"] = country
    found["probe_network_name"] = found["resolver_network_name"] = f"{MARKUP}{TURNED}{CONTROLS}"
    if country != "XA":
        found["annotations"] = {MARKUP: MARKUP}
        found["software_name"] = found["report_id"] = MARKUP
    for request in found["test_keys"]["requests"] or ():
        response = request.get("response") or {}
        if response.get("body"):
            response["body"] = response["body"].replace("<title>", f"<title>{MARKUP}{TURNED}")
            response["body"] += f"<script>window.__hit=14</script>{CONTROLS}" + "\x00" * 20
        if response.get("headers_list"):
            more = [
                ["Location", "javascript:window.__hit=15"],
                [MARKUP, TURNED],
                ["Server", f"{MARKUP}\r\nSet-Cookie: a=b"],
                ["X" * 9000, "y" * 9000],
            ]
            response["headers_list"] += more
            response["headers"] |= dict(more)
    return found


def _make_keys(world: Path, observatory: Path) -> None:
    keys = world / "keys"
    subprocess.run(
        [sys.executable, "-m", "whocut.cli", "desk", "keys", "--no-passphrase", "--to", str(keys)],
        env=environment_of(world),
        capture_output=True,
        check=True,
    )
    shutil.copy(keys / "desk.pub", observatory / "desk.pub")
