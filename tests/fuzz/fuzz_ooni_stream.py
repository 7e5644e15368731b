"""A stream's bytes: compression, archives, documents, lines; the same in blocks of any size."""

import gzip
import io
import tarfile

import atheris
import harness
import zstandard

with atheris.instrument_imports(include=["whocut.ingest"]):
    from whocut.ingest.ooni import ReadLimits, read_blocks

from tests.unit.ingest import measurements as made

LIMITS = ReadLimits(max_record_bytes=20_000, bomb_floor_bytes=1 << 20)


def one_stream(data):
    """The first byte chooses the size of the blocks."""
    size = data[0] * 7 + 1 if data else 1
    stream = data[1:]
    cut = (stream[at : at + size] for at in range(0, len(stream), size))
    in_blocks = list(read_blocks("fuzz", cut, limits=LIMITS))
    whole = list(read_blocks("fuzz", iter([stream]), limits=LIMITS))
    if stream[:2] != b"\x1f\x8b" and stream[:4] != b"\x28\xb5\x2f\xfd":
        # Where a compressed stream breaks, how much before the break comes out depends on blocks.
        assert [(r.position, type(r)) for r in in_blocks] == [(r.position, type(r)) for r in whole]


def seeds():
    lines = [made.encode(seed()) for seed in made.SEEDS]
    jsonl = b"\n".join(lines)
    yield jsonl
    yield b"[" + b",".join(lines) + b"]"
    yield gzip.compress(jsonl)
    yield gzip.compress(lines[0]) + gzip.compress(lines[1])
    yield zstandard.compress(jsonl)
    for mode in ("w", "w:gz"):
        for tar_format in (tarfile.PAX_FORMAT, tarfile.GNU_FORMAT):
            buffer = io.BytesIO()
            with tarfile.open(fileobj=buffer, mode=mode, format=tar_format) as archive:
                for number, line in enumerate(lines):
                    info = tarfile.TarInfo("long/" * 30 + f"{number}.post")
                    info.size = len(line)
                    archive.addfile(info, io.BytesIO(line))
            yield buffer.getvalue()


if __name__ == "__main__":
    harness.fuzz(one_stream, [bytes([200]) + seed for seed in seeds()])
