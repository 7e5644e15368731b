"""Compression, files cut anywhere, chunks of any size, claims of any length."""

import bz2
import gzip
import subprocess
import sys
import tracemalloc

import pytest
import zstandard

from tests.unit.ingest.mrt import made_records as made
from tests.unit.ingest.mrt.both_readers import by_columns, by_records
from whocut.ingest.mrt import ReadLimits, read_records, read_routes
from whocut.model.errors import InputError

ALL = b"".join(made.EXAMPLES.values())
PACK = {
    "raw": bytes,
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "zst": zstandard.compress,
}


@pytest.fixture
def whole(tmp_path):
    path = tmp_path / "whole.mrt"
    path.write_bytes(ALL)
    return by_records(path)


@pytest.mark.parametrize("form", PACK)
def test_every_compression(tmp_path, whole, form):
    path = tmp_path / "named-anyhow"
    path.write_bytes(PACK[form](ALL))
    assert by_records(path) == by_columns(path) == whole
    half = len(ALL) // 2
    path.write_bytes(PACK[form](ALL[:half]) + PACK[form](ALL[half:]))
    assert by_records(path) == by_columns(path) == whole, "two members are one stream"


@pytest.mark.parametrize("form", ["gz", "bz2", "zst"])
def test_a_compressed_stream_cut_short_or_damaged(tmp_path, form):
    path = tmp_path / "a"
    packed = PACK[form](ALL)
    for data, word in (
        (packed[:-3], "cut short"),
        (packed[: len(packed) // 2] + b"\xff" * 40 + packed[len(packed) // 2 :], ""),
        (packed + b"rubbish", ""),
    ):
        path.write_bytes(data)
        slow, fast = by_records(path), by_columns(path)
        assert slow == fast
        assert slow[3] is not None
        assert word in slow[3]


def test_a_file_cut_at_any_byte_gives_what_is_whole_and_the_offset(tmp_path):
    path = tmp_path / "a.mrt"
    first, second = made.EXAMPLES["message_as4"], made.EXAMPLES["rib_ipv4"]
    table = made.PEERS
    borders = {0, len(first), len(first) + len(table), len(first) + len(second)}
    for size in range(len(first) + len(second)):
        path.write_bytes((first + second)[:size])
        slow, fast = by_records(path), by_columns(path)
        assert slow == fast
        last = max(border for border in borders if border <= size)
        if size in borders:
            assert slow[3] is None
        else:
            assert f"byte {last}:" in slow[3]
        assert len(slow[0]) == (3 if size >= len(first) else 0)


def test_an_empty_file_has_no_routes(tmp_path):
    path = tmp_path / "a.mrt"
    path.write_bytes(b"")
    assert by_records(path) == by_columns(path) == ([], [], {}, None)


def test_a_missing_file_is_an_input_error(tmp_path):
    for reader in (read_records, read_routes):
        with pytest.raises(InputError, match="No such file"):
            list(reader(tmp_path / "none"))


@pytest.mark.parametrize("chunk_bytes", [1, 7, 64, 1000])
@pytest.mark.parametrize("batch_rows", [1, 2, 5])
def test_chunks_and_batches_of_any_size(tmp_path, whole, chunk_bytes, batch_rows, monkeypatch):
    monkeypatch.setattr("whocut.ingest.mrt.compression._READ_BYTES", chunk_bytes)
    path = tmp_path / "a.mrt"
    path.write_bytes(ALL)
    limits = ReadLimits(chunk_bytes=chunk_bytes, batch_rows=batch_rows)
    assert by_columns(path, limits=limits) == whole
    assert by_records(path, limits=limits) == whole


def test_a_record_of_more_routes_than_a_batch(tmp_path):
    path = tmp_path / "a.mrt"
    body = made.update(attrs=made.attributes(1), nlri=made.TEN * 1000)
    path.write_bytes(made.bgp4mp(made.message(body)) * 3)
    batches = list(read_routes(path, limits=ReadLimits(batch_rows=300)))
    assert sum(map(len, batches)) == 3000
    assert by_columns(path, limits=ReadLimits(batch_rows=300)) == by_records(path)


def test_many_peers_keep_their_numbers(tmp_path):
    path = tmp_path / "a.mrt"
    path.write_bytes(
        b"".join(
            made.bgp4mp(made.message(made.update(withdrawn=made.TEN)), asn=1 + number % 1500)
            for number in range(4000)
        )
    )
    assert by_columns(path, limits=ReadLimits(batch_rows=256)) == by_records(path)
    last = list(read_routes(path, limits=ReadLimits(batch_rows=256)))[-1]
    assert len(last.peers.asn) == 1500
    with pytest.raises(InputError, match="more than 512 peers"):
        list(read_routes(path, limits=ReadLimits(max_peers=512)))


@pytest.mark.parametrize("kind", [13, 99])
def test_a_length_is_a_claim_and_no_allocation(tmp_path, kind):
    path = tmp_path / "a.mrt"
    path.write_bytes(made.PEERS + made.record(kind, 2, b"x" * 100, length=0xFFFFFFFF))
    tracemalloc.start()
    slow = by_records(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20_000_000
    assert slow == by_columns(path)
    assert f"byte {len(made.PEERS)}:" in slow[3]
    assert ("limit" in slow[3]) == (kind == 13)


def test_a_long_unknown_record_is_skipped_and_not_held(tmp_path, whole):
    path = tmp_path / "a.mrt.gz"
    size = 64_000_000
    path.write_bytes(gzip.compress(made.record(99, 0, bytes(size)) + ALL, 1))
    tracemalloc.start()
    slow, fast = by_records(path), by_columns(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < size / 2
    assert slow == fast
    assert slow[0] == whole[0]
    assert slow[2]["unknown_type"] == 2


def test_records_of_length_zero_end(tmp_path):
    path = tmp_path / "a.mrt"
    path.write_bytes(b"".join(made.record(kind, 1, b"") for kind in range(20)) * 50)
    slow = by_records(path)
    assert slow == by_columns(path)
    assert slow[3] is None


def test_columns_say_the_origin_and_the_path(tmp_path):
    path = tmp_path / "a.mrt"
    ends_in_set = made.origin() + made.attribute(
        0x40, 2, made.segment(2, 1, 2) + made.segment(1, 3, 4)
    )
    path.write_bytes(
        made.PEERS
        + made.rib(
            made.TEN,
            made.rib_entry(0, made.attributes(1, 2)),
            made.rib_entry(0, made.attributes()),
            made.rib_entry(0, ends_in_set),
            made.rib_entry(1, made.origin()),
        )
    )
    (batch,) = read_routes(path)
    assert batch.origin_asns().tolist() == [2, 0, 0, 0]
    assert [batch.path_of(row).tolist() for row in range(4)] == [[1, 2], [], [1, 2, 3, 4], []]


def test_the_readable_reader_does_without_numba():
    code = "import sys, whocut.ingest.mrt; sys.exit('numba' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
