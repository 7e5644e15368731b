"""Make the bench corpus: real measurements, cycled, so that no two bodies or chains are equal.

Each response body gets random visible text, each TLS chain is re-created under a root of the
bench, each id is drawn anew; everything else stays as recorded, and so does the average size.
The same seed gives the same bytes. The corpus is others' data made over: it stays in the cache.
"""

from __future__ import annotations

import argparse
import base64
import gzip
import io
import json
import multiprocessing
import os
import random
import re
import string
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from key_pool import KeyPool
from resign import BenchAuthority

__all__ = ["Corpus", "CorpusPlan", "corpus_directory", "make_corpus"]

REPO_DIR = Path(__file__).resolve().parents[2]
_REAL = REPO_DIR.parent / "shared" / "access" / "ooni" / "real.jsonl"
# Part of the directory's name: raise it when the same seed would give other bytes.
_RECIPE = 5
_BODY_TAG = re.compile(r"<body[^>]*>", re.IGNORECASE)
_WORD_LENGTHS = (3, 4, 5, 6, 7, 9, 11)


@dataclass(frozen=True)
class CorpusPlan:
    """What decides a corpus byte for byte."""

    measurements: int = 20_000
    files: int = 8
    seed: int = 20261124
    chains: str = "handshake"
    """``handshake``: every handshake has a chain of its own; ``measurement``: as recorded, where
    handshakes of one measurement with one server show one chain."""


@dataclass(frozen=True)
class Corpus:
    """A corpus on disk."""

    directory: Path
    files: tuple[Path, ...]
    root_pem: Path
    measurements: int
    json_bytes: int


def corpus_directory(plan: CorpusPlan) -> Path:
    """Name the place of a corpus in the cache."""
    cache = Path(os.environ.get("WHOCUT_CACHE") or Path.home() / ".cache" / "whocut")
    name = f"{plan.measurements}-by-{plan.files}-{plan.chains}-seed-{plan.seed}-v{_RECIPE}"
    return cache / "bench" / name


def make_corpus(plan: CorpusPlan, *, workers: int = 0) -> Corpus:
    """Make a corpus, or find it made."""
    directory = corpus_directory(plan)
    done = directory / "corpus.json"
    files = tuple(directory / f"part-{number}.jsonl.gz" for number in range(plan.files))
    root_pem = directory / "bench-root.pem"
    if not done.is_file():
        if not _REAL.is_file():
            raise SystemExit(
                "the bench makes its corpus from ../shared/access/ooni, which is absent"
            )
        directory.mkdir(parents=True, exist_ok=True)
        print(
            f"making {plan.measurements} measurements in {plan.files} files, seed {plan.seed}",
            file=sys.stderr,
        )
        pool = KeyPool(plan.seed, directory)
        for bits in (2048, 4096):  # once here rather than once in every worker
            pool.rsa_keys(bits)
        root_pem.write_bytes(BenchAuthority(plan.seed, pool).root_pem)
        jobs = [(plan, number, str(path)) for number, path in enumerate(files)]
        # Spawned, not forked: the parent may hold threads.
        with multiprocessing.get_context("spawn").Pool(workers or os.cpu_count()) as processes:
            sizes = processes.starmap(_write_part, jobs, chunksize=1)
        done.write_text(json.dumps(asdict(plan) | {"json_bytes": sum(sizes)}) + "\n")
    recorded = json.loads(done.read_text())
    return Corpus(directory, files, root_pem, plan.measurements, recorded["json_bytes"])


def _write_part(plan: CorpusPlan, number: int, path: str) -> int:
    templates = [json.loads(line)["raw"] for line in _REAL.read_bytes().splitlines()]
    authority = BenchAuthority(plan.seed, KeyPool(plan.seed, Path(path).parent))
    written = 0
    unfinished = Path(path + ".part")
    with (
        unfinished.open("wb") as raw,
        gzip.GzipFile(filename="", mode="wb", fileobj=raw, compresslevel=6, mtime=0) as packed,
        io.BufferedWriter(packed, 1 << 20) as out,  # type: ignore[arg-type]  # a GzipFile is raw enough
    ):
        for index in range(number, plan.measurements, plan.files):
            rng = random.Random(f"{plan.seed}:{index}")
            template = templates[index // plan.files % len(templates)]
            measurement = _make_over(template, plan, authority, rng)
            line = json.dumps(measurement).encode()
            out.write(line + b"\n")
            written += len(line) + 1
    unfinished.rename(path)
    return written


def _make_over(
    template: dict[str, Any], plan: CorpusPlan, authority: BenchAuthority, rng: random.Random
) -> dict[str, Any]:
    measurement = dict(template)
    for name in ("id", "report_id", "measurement_uid"):
        if isinstance(measurement.get(name), str):
            measurement[name] = _draw_id(measurement[name], rng)
    keys = dict(measurement.get("test_keys") or {})
    if keys.get("requests"):
        keys["requests"] = [_salt_request(request, rng) for request in keys["requests"]]
    if keys.get("tls_handshakes"):
        seen: dict[tuple[bytes, ...], list[bytes]] = {}
        keys["tls_handshakes"] = [
            _resign_handshake(handshake, plan, authority, seen, rng)
            for handshake in keys["tls_handshakes"]
        ]
    measurement["test_keys"] = keys
    return measurement


def _draw_id(old: str, rng: random.Random) -> str:
    """Draw an id anew, keeping its shape: the tail of a report id, the hash of a uid."""
    head, mark, tail = old.rpartition("_")
    if not mark:
        head, tail = old[:12], old[12:]
    alphabet = "0123456789abcdef" if re.fullmatch(r"[0-9a-f-]+", tail) else string.ascii_letters
    return head + mark + "".join(c if c == "-" else rng.choice(alphabet) for c in tail)


def _salt_request(request: dict[str, Any], rng: random.Random) -> dict[str, Any]:
    response = request.get("response")
    if not isinstance(response, dict) or not response.get("body"):
        return request
    body = response["body"]
    if isinstance(body, dict):
        try:
            data = base64.b64decode(body["data"], validate=True)
        except ValueError:  # one real measurement has bad base64: it stays as bad as it is
            return request
        salted = data + _draw_text(rng).encode()
        body = body | {"data": base64.b64encode(salted).decode()}
    else:
        body = _salt(body, rng)
    return request | {"response": response | {"body": body}}


def _salt(body: str, rng: random.Random) -> str:
    """Put a paragraph at the front and one near the end; a cut body keeps its length."""
    found = _BODY_TAG.search(body)
    front = found.end() if found else 0
    salted = body[:front] + f"<p>{_draw_text(rng)}</p>" + body[front:]
    back = len(salted) - len(salted) // 8
    salted = salted[:back] + f"<p>{_draw_text(rng)}</p>" + salted[back:]
    return salted[: len(body)] if len(body) >= 1 << 17 else salted


def _draw_text(rng: random.Random) -> str:
    words = ("".join(rng.choices(string.ascii_lowercase, k=k)) for k in _WORD_LENGTHS)
    return " ".join(words)


def _resign_handshake(
    handshake: dict[str, Any],
    plan: CorpusPlan,
    authority: BenchAuthority,
    seen: dict[tuple[bytes, ...], list[bytes]],
    rng: random.Random,
) -> dict[str, Any]:
    recorded = handshake.get("peer_certificates")
    if not recorded:
        return handshake
    chain = tuple(base64.b64decode(certificate["data"]) for certificate in recorded)
    resigned = seen.get(chain) if plan.chains == "measurement" else None
    if resigned is None:
        resigned = seen[chain] = authority.resign(chain, rng)
    return handshake | {
        "peer_certificates": [
            {"data": base64.b64encode(der).decode(), "format": "base64"} for der in resigned
        ]
    }


def _main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--measurements", type=int, default=CorpusPlan.measurements)
    parser.add_argument("--files", type=int, default=CorpusPlan.files)
    parser.add_argument("--seed", type=int, default=CorpusPlan.seed)
    parser.add_argument("--chains", choices=("handshake", "measurement"), default="handshake")
    parser.add_argument("--workers", type=int, default=0)
    options = parser.parse_args()
    plan = CorpusPlan(options.measurements, options.files, options.seed, options.chains)
    corpus = make_corpus(plan, workers=options.workers)
    print(corpus.directory)
    print(
        f"{corpus.measurements} measurements, {corpus.json_bytes / 1e6:.0f} MB of JSON, "
        f"{corpus.json_bytes / corpus.measurements / 1e3:.1f} kB each"
    )


if __name__ == "__main__":
    _main()
