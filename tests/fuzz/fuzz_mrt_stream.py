"""Fuzz whole MRT files: any bytes, packed or not, in chunks of any size."""

import bz2
import gzip
import tempfile
from pathlib import Path

import atheris
import harness
import zstandard

with atheris.instrument_imports(include=["whocut.ingest.mrt"]):
    from whocut.ingest.mrt import ReadLimits

from tests.unit.ingest.mrt import made_records as made
from tests.unit.ingest.mrt.both_readers import by_columns, by_records

_SCRATCH = Path(tempfile.mkdtemp(prefix="whocut-fuzz-")) / "a.mrt"


def one_file(data):
    """The first byte chooses the size of chunks and batches."""
    size = data[0] * 7 + 1 if data else 1
    _SCRATCH.write_bytes(data[1:])
    slow = by_records(_SCRATCH)
    fast = by_columns(_SCRATCH, limits=ReadLimits(chunk_bytes=size, batch_rows=size))
    assert slow == fast, (slow, fast)


if __name__ == "__main__":
    plain = b"".join(made.EXAMPLES.values())
    packed = [gzip.compress(plain), bz2.compress(plain), zstandard.compress(plain)]
    harness.fuzz(one_file, [bytes([40]) + seed for seed in (plain, *packed)])
