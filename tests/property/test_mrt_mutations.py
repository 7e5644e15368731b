"""Both readers find the same in any bytes, and neither fails otherwise than by an InputError."""

import tempfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from tests.unit.ingest.mrt import made_records as made
from tests.unit.ingest.mrt.both_readers import by_columns, by_records
from whocut.ingest.mrt import ReadLimits

EXAMPLES = list(made.EXAMPLES.values())
SCRATCH = Path(tempfile.mkdtemp(prefix="whocut-mrt-")) / "a.mrt"


def both(data, **limits):
    SCRATCH.write_bytes(data)
    slow = by_records(SCRATCH)
    assert slow == by_columns(SCRATCH, limits=ReadLimits(**limits))
    return slow


@st.composite
def damaged(draw):
    """Examples in a row, with some bytes changed, cut out or put in."""
    data = bytearray(b"".join(draw(st.lists(st.sampled_from(EXAMPLES), min_size=1, max_size=4))))
    for _ in range(draw(st.integers(0, 6))):
        at = draw(st.integers(0, max(len(data) - 1, 0)))
        act = draw(st.sampled_from("scip"))
        if act == "s" and data:
            data[at] = draw(st.integers(0, 255))
        elif act == "c":
            del data[at : at + draw(st.integers(1, 8))]
        elif act == "i":
            data[at:at] = draw(st.binary(min_size=1, max_size=8))
        elif act == "p" and data:
            data[at] = draw(st.sampled_from([0, 1, 2, 3, 4, 14, 15, 16, 17, 32, 0x40, 0x80, 255]))
    return bytes(data)


@given(damaged(), st.sampled_from([1, 3, 1000]), st.sampled_from([1, 2, 4096]))
def test_damage_is_found_alike(data, chunk_bytes, batch_rows):
    both(data, chunk_bytes=chunk_bytes, batch_rows=batch_rows)


@given(st.binary(max_size=300))
def test_any_bytes(data):
    both(data)


asn_lists = st.lists(st.integers(1, 65535), min_size=1, max_size=5)
segments = st.lists(st.tuples(st.sampled_from([1, 2, 3, 4]), asn_lists), max_size=4)


@given(segments, segments)
def test_a_merged_path_is_as_long_as_as_path(as_path, as4_path):
    attrs = (
        made.origin()
        + made.next_hop()
        + made.attribute(
            0x40, 2, b"".join(made.segment(kind, *asns, asn_bytes=2) for kind, asns in as_path)
        )
        + made.attribute(0xC0, 17, b"".join(made.segment(kind, *asns) for kind, asns in as4_path))
    )
    body = made.message(made.update(attrs=attrs, nlri=made.TEN))
    rows, _, _, _ = both(made.bgp4mp(body, subtype=1))
    assert route_length(rows[0][11]) == route_length(as_path)


def route_length(path):
    """Count as route selection does."""
    return sum(len(asns) if kind == 2 else kind == 1 for kind, asns in path)
