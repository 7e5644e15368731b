"""One fuzz target for one MRT record type: mutated bodies of it, read by both readers alike."""

import struct
import tempfile
from pathlib import Path

import atheris
import harness

with atheris.instrument_imports(include=["whocut.ingest.mrt"]):
    from whocut.ingest.mrt import ReadLimits

from tests.unit.ingest.mrt import made_records as made
from tests.unit.ingest.mrt.both_readers import by_columns, by_records

_SCRATCH = Path(tempfile.mkdtemp(prefix="whocut-fuzz-")) / "a.mrt"
_LIMITS = ReadLimits(batch_rows=512, chunk_bytes=4096)
_HEADER_BYTES = 12


def _bodies(kind, names):
    """Bodies of the examples' records of one type, their subtype before each."""
    for name in names:
        data = made.EXAMPLES[name]
        while data:
            _, found, subtype, length = struct.unpack_from(">IHHI", data)
            if found == kind:
                size = length + (4 if "many" in name else 0)
                yield bytes([subtype]) + data[_HEADER_BYTES : _HEADER_BYTES + size]
            data = data[_HEADER_BYTES + length + (4 if "many" in name else 0) :]


def fuzz_record_type(kind, *names, before=b""):
    """Fuzz records of ``kind``: the input is a subtype and a body, framed by a true length.

    A whole record follows, which both must find however the body is broken.
    """

    def one_record(data):
        subtype, body = (data[0] % 16, data[1:]) if data else (0, b"")
        after = made.EXAMPLES["message_et"]
        _SCRATCH.write_bytes(before + made.record(kind, subtype, body) + after)
        slow = by_records(_SCRATCH)
        fast = by_columns(_SCRATCH, limits=_LIMITS)
        assert slow == fast, (slow, fast)
        assert slow[3] is not None or slow[0][-1][1] == 123_456

    harness.fuzz(one_record, list(_bodies(kind, names)), largest_bytes=4096)
