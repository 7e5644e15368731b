"""The reader alone, one core: from .jsonl.gz to measurements, beside bare inflating and decoding.

Processor time is counted, the best of several rounds, so that a busy machine disturbs little. Reads
shared/access/ooni/real.jsonl beside the checkout where it is, else measurements made by us.
"""

from __future__ import annotations

import argparse
import gzip
import json
import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from isal import isal_zlib

if TYPE_CHECKING:
    from collections.abc import Callable

_REPO = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(_REPO))

from tests.unit.ingest import measurements as made  # noqa: E402

from whocut.ingest.ooni import ReadLimits, Source, read_source  # noqa: E402
from whocut.ingest.ooni.decode import RecordDecoder  # noqa: E402
from whocut.model.observation import Measurement, SourcePosition  # noqa: E402

_CORPUS = _REPO.parent / "shared" / "access" / "ooni" / "real.jsonl"


def _lines(count: int) -> list[bytes]:
    """Bare measurements with uids of their own, in the proportions of the corpus."""
    if _CORPUS.exists():
        documents = [json.loads(line)["raw"] for line in _CORPUS.read_bytes().splitlines()]
    else:
        documents = [seed() for seed in made.SEEDS]
    return [
        made.encode(documents[n % len(documents)] | {"measurement_uid": f"bench-{n}"})
        for n in range(count)
    ]


def _best(work: Callable[[], object], rounds: int) -> float:
    best = float("inf")
    for _ in range(rounds):
        began = time.process_time()
        work()
        best = min(best, time.process_time() - began)
    return best


def main() -> None:
    """Measure and print, one line a stage."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--measurements", type=int, default=420)
    arguments.add_argument("--rounds", type=int, default=5)
    options = arguments.parse_args()
    count = min(options.measurements, 2_100)
    lines = _lines(count)
    data = b"\n".join(lines) + b"\n"
    packed = gzip.compress(data, 6)
    decoder = RecordDecoder(ReadLimits())
    position = SourcePosition("bench", 0, 1)
    untyped = msgspec.json.Decoder()
    with tempfile.NamedTemporaryFile(suffix=".jsonl.gz") as file:
        file.write(packed)
        file.flush()
        source = Source(file.name)
        read = sum(isinstance(r, Measurement) for r in read_source(source))
        stages = {
            "inflate": lambda: isal_zlib.decompress(packed, 31),
            "inflate, untyped decode": lambda: [
                untyped.decode(line) for line in isal_zlib.decompress(packed, 31).splitlines()
            ],
            "decode to measurements": lambda: [decoder.decode(line, position) for line in lines],
            "whole reader": lambda: sum(1 for _ in read_source(source)),
        }
        print(f"{count} measurements, {len(data) / count / 1000:.1f} kB each, {read} parsed")
        for name, work in stages.items():
            seconds = _best(work, options.rounds)
            print(f"{name:28} {count / seconds:8.0f} /s {seconds / count * 1e6:8.0f} us each")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"peak memory {peak / 1024:.0f} MiB, the benchmark's own copies included")


if __name__ == "__main__":
    main()
