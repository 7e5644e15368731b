"""The whole process tree stays under 600 MB, whatever it is given to read."""

from __future__ import annotations

import gzip
import json
import random
import shutil
import sys
from pathlib import Path

import pytest

_HERE = Path(__file__).resolve().parent
if str(_HERE) not in sys.path:  # the harness is run by hand, too, and is no package
    sys.path.insert(0, str(_HERE))

from make_corpus import CorpusPlan, make_corpus  # noqa: E402
from race import Lap, run_lap  # noqa: E402

_BOUND_BYTES = 600_000_000
_WHOCUT = str(Path(sys.executable).with_name("whocut"))
_MEGABYTE = 1_000_000


def _ingest(tmp_path: Path, *arguments: str) -> tuple[Lap, dict[str, int]]:
    observatory = str(tmp_path / "observatory")
    command = [_WHOCUT, "ingest", *arguments, "--observatory", observatory, "--format", "jsonl"]
    lap = run_lap(command, cores=(0, 1), expect=(0, 3))
    rows = [json.loads(line) for line in lap.stdout.splitlines()]
    counts = {" ".join(str(row[key]) for key in list(row)[:-1]): row["count"] for row in rows}
    print(f"{lap.peak_rss_bytes / 1e6:.0f} MB at most, {lap.wall_s:.1f} s")
    return lap, counts


def _with_body(template: dict, megabytes: int, rng: random.Random) -> bytes:
    words = [f"word{rng.getrandbits(32):x}" for _ in range(1_000)]
    text = " ".join(words)
    body = text * (megabytes * _MEGABYTE // len(text) + 1)
    keys = template["test_keys"]
    request = keys["requests"][0]
    response = request["response"] | {"body": f"<html><body>{body}</body></html>"}
    keys = keys | {"requests": [request | {"response": response}]}
    return json.dumps(template | {"test_keys": keys}).encode() + b"\n"


def test_bodies_of_every_size_up_to_60_megabytes(
    shared_dir: Path, tmp_path: Path, rng: random.Random
) -> None:
    lines = (shared_dir / "access" / "ooni" / "real.jsonl").read_text().splitlines()
    template = json.loads(lines[4])["raw"]
    path = tmp_path / "large.jsonl.gz"
    sizes = (60, 12, 60, 20, 60, 15, 28, 60)
    with gzip.open(path, "wb", compresslevel=1) as out:
        for size in sizes:
            out.write(_with_body(template, size, rng))
        out.write(json.dumps(template).encode() + b"\n")
    lap, counts = _ingest(tmp_path, str(path))
    refused = sum(count for name, count in counts.items() if name.startswith("refused"))
    assert counts["records judged"] + refused == len(sizes) + 1, counts
    assert refused >= sizes.count(60)
    assert lap.peak_rss_bytes < _BOUND_BYTES


@pytest.mark.long
@pytest.mark.timeout(1200)
def test_one_file_of_twenty_thousand(shared_dir: Path, tmp_path: Path) -> None:
    corpus = make_corpus(CorpusPlan())
    path = tmp_path / "one.jsonl.gz"
    with path.open("wb") as out:  # members of gzip that follow one another are one stream
        for part in corpus.files:
            with part.open("rb") as packed:
                shutil.copyfileobj(packed, out)
    lap, counts = _ingest(tmp_path, str(path), "--extra-root", str(corpus.root_pem))
    refused = sum(count for name, count in counts.items() if name.startswith("refused"))
    assert counts["records judged"] + refused == corpus.measurements
    assert lap.peak_rss_bytes < _BOUND_BYTES


@pytest.mark.long
@pytest.mark.timeout(1200)
def test_two_workers_that_keep_observations(shared_dir: Path, tmp_path: Path) -> None:
    corpus = make_corpus(CorpusPlan(measurements=2016))
    files = [str(path) for path in corpus.files]
    options = ["--workers", "2", "--keep-observations", "--extra-root", str(corpus.root_pem)]
    lap, _ = _ingest(tmp_path, *files, *options)
    assert lap.peak_rss_bytes < _BOUND_BYTES
