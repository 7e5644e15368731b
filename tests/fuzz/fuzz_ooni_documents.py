"""Values after one another or in an array: what Python's own parser finds, the splitter finds."""

import json

import atheris
import harness

with atheris.instrument_imports(include=["whocut.ingest"]):
    from whocut.ingest.ooni.limits import ReadLimits
    from whocut.ingest.ooni.records import split_records


def one_document(data):
    """The first byte chooses the size of the blocks."""
    size = data[0] + 1 if data else 1
    stream = b"[" + data[1:] + b"]"
    cut = (stream[at : at + size] for at in range(0, len(stream), size))
    found = list(split_records(cut, ReadLimits()))
    try:
        values = json.loads(stream)
    except (ValueError, RecursionError):
        return
    records = [json.loads(record.data) for record in found if record.damage is None]
    assert records == [value for value in values if isinstance(value, (dict, list))]


if __name__ == "__main__":
    harness.fuzz(
        one_document,
        [
            b'\x05{"a":"}\\"]"},{"b":[{}]}',
            b'\x00[1,2],{},"x{",3,{"a":{"b":[]}}',
            b'\xff\n {"\\\\":"\\\\"} ,\n {"\\u0022":1}',
        ],
        largest_bytes=4096,
    )
