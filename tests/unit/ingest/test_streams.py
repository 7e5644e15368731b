"""Formats, envelopes of files, damage: what is whole comes out, the rest is refused by name."""

import gzip
import io
import json
import os
import random
import tarfile
import tracemalloc

import pytest
import zstandard

from tests.unit.ingest import measurements as made
from whocut.ingest.ooni import ReadLimits, Refusal, RefusalReason, Skipped, read_blocks
from whocut.model.observation import Measurement

LINES = [
    made.encode(made.changed(seed(), ["report_id"], f"report {n}"))
    for n in range(10)
    for seed in made.SEEDS
]
JSONL = b"\n".join(LINES) + b"\n"


def cut(data, size=65536):
    return (data[start : start + size] for start in range(0, len(data), size))


def read(data, size=65536, **limits):
    return list(read_blocks("made", cut(data, size), limits=ReadLimits(**limits)))


def reports(results):
    return [r.report_id for r in results if isinstance(r, Measurement)]


def refusals(results):
    return [r for r in results if isinstance(r, Refusal)]


EXPECTED = [f"report {n}" for n in range(10) for _ in made.SEEDS]


def tar_of(members, mode="w"):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode) as archive:
        for name, data in members:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


ENCODINGS = {
    "plain": JSONL,
    "no last newline": JSONL.rstrip(),
    "windows": JSONL.replace(b"\n", b"\r\n"),
    "blank lines": JSONL.replace(b"\n", b"\n \n\n"),
    "byte order mark": b"\xef\xbb\xbf" + JSONL,
    "gzip": gzip.compress(JSONL),
    "gzip members": b"".join(gzip.compress(line + b"\n", 1) for line in LINES),
    "gzip padded": gzip.compress(JSONL) + b"\0" * 1000,
    "gzip in gzip": gzip.compress(gzip.compress(JSONL)),
    "zstd": zstandard.compress(JSONL),
    "zstd frames": b"".join(zstandard.compress(line + b"\n") for line in LINES),
    "zstd skippable": b"\x50\x2a\x4d\x18\x04\0\0\0skip" + zstandard.compress(JSONL),
    "zstd in gzip": gzip.compress(zstandard.compress(JSONL)),
    "array": b"[" + b",".join(LINES) + b"]",
    "array of lines": b"[\n" + b",\n".join(LINES) + b"\n]\n",
    "pretty array": json.dumps([json.loads(line) for line in LINES], indent=2).encode(),
    "pretty documents": b"\n".join(json.dumps(json.loads(s), indent=1).encode() for s in LINES),
    "tar": tar_of([(f"d/{n}.json", line) for n, line in enumerate(LINES)]),
    "tar.gz": tar_of([(f"{n}.post", line) for n, line in enumerate(LINES)], "w:gz"),
    "tar of gz": tar_of([(f"{n}.gz", gzip.compress(line)) for n, line in enumerate(LINES)]),
    "tar of lines": tar_of(
        [("a.jsonl", JSONL[: JSONL.index(b"\n") + 1]), ("b", b"")]
        + [(f"{n}.jsonl", line) for n, line in enumerate(LINES[1:])]
    ),
    "tar, long names": tar_of([("n" * 300 + str(n), line) for n, line in enumerate(LINES)]),
}


@pytest.mark.parametrize("size", [1 << 20, 4096, 61])
@pytest.mark.parametrize("name", ENCODINGS)
def test_every_format_by_its_bytes_in_blocks_of_any_size(name, size):
    results = read(ENCODINGS[name], size)
    assert refusals(results) == []
    assert reports(results) == EXPECTED


def test_pax_headers_and_gnu_names_carry_the_members_name():
    uid = "20240101123456.123456_RU_webconnectivity_0123456789abcdef"
    name = "folder/" * 40 + uid + ".post"
    document = made.postcan_envelope(made.measurement_kit())
    for tar_format in (tarfile.PAX_FORMAT, tarfile.GNU_FORMAT):
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w:gz", format=tar_format) as archive:
            data = made.encode(document)
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
        (result,) = read(buffer.getvalue())
        assert result.position.source == f"made!{name}"
        assert result.measurement_uid == uid
        assert not result.is_uid_derived


def test_offsets_and_lines_point_at_the_record():
    data = b"\n" + b"\n".join([*LINES[:3], b"{broken", *LINES[3:6]]) + b"\n"
    results = read(gzip.compress(data))
    for result in results:
        at = result.position
        assert data[at.offset : at.offset + 1] == b"{"
        assert data.count(b"\n", 0, at.offset) == at.line - 1
    (refusal,) = refusals(results)
    assert (refusal.reason, refusal.position.line) == (RefusalReason.MALFORMED_JSON, 5)
    assert refusal.raw_head == b"{broken"


def test_offsets_and_lines_in_a_document():
    data = ENCODINGS["pretty array"]
    for size in (1 << 20, 997):
        for result in read(data, size):
            at = result.position
            assert data[at.offset : at.offset + 1] == b"{"
            assert data.count(b"\n", 0, at.offset) == at.line - 1


def test_an_array_with_strays_between_its_records():
    data = b'[1, "x{y", ' + LINES[0] + b", null, " + LINES[1] + b", [] ]"
    results = read(data)
    assert reports(results) == EXPECTED[:2]
    assert {r.reason for r in refusals(results)} == {RefusalReason.NOT_A_MEASUREMENT}


def test_an_array_that_never_ends():
    results = read(b"[" + LINES[0] + b"," + LINES[1][:-40])
    assert reports(results) == EXPECTED[:1]
    (refusal,) = refusals(results)
    assert refusal.reason is RefusalReason.MALFORMED_JSON
    assert refusal.position.offset == len(LINES[0]) + 2


@pytest.mark.parametrize("escapes", [b'{"a":"\\\\"}', b'{"a":"\\"}{"}', b'{"a":"\\\\\\"]"}'])
def test_strings_that_hold_brackets_and_escapes_in_any_block(escapes):
    data = b"[" + b",".join([escapes] * 3) + b"]"
    for size in range(1, 12):
        results = read(data, size)
        assert [r.raw_head for r in results] == [escapes] * 3


def test_half_a_gzip_gives_its_whole_records_and_where_it_ends():
    packed = gzip.compress(JSONL)
    seen = set()
    for end in (*range(len(packed) - 9, len(packed)), len(packed) // 2, 12, 5):
        results = read(packed[:end])
        (refusal,) = refusals(results)
        assert refusal.reason is RefusalReason.TRUNCATED_COMPRESSION
        assert str(end) in refusal.detail
        count = len(reports(results))
        assert reports(results) == EXPECTED[:count]
        assert refusal.position.line == count + 1
        assert JSONL.count(b"\n", 0, refusal.position.offset) == count
        seen.add(count)
    assert {0, len(LINES)} <= seen


def test_a_gzip_cut_after_a_whole_record_without_newline():
    packed = gzip.compress(LINES[0])
    results = read(packed[:-8])
    assert reports(results) == EXPECTED[:1]
    assert [r.reason for r in refusals(results)] == [RefusalReason.TRUNCATED_COMPRESSION]


def test_half_a_zstd():
    packed = zstandard.compress(JSONL)
    results = read(packed[: len(packed) - 10])
    assert [r.reason for r in refusals(results)] == [RefusalReason.TRUNCATED_COMPRESSION]


@pytest.mark.parametrize("packed", [gzip.compress(JSONL), zstandard.compress(JSONL)])
def test_flipped_bytes_never_pass_unseen(packed, rng):
    # Headers say nothing of the content: their flips may go unseen.
    for at in rng.sample(range(20, len(packed)), 60):
        damaged = bytearray(packed)
        damaged[at] ^= 1 << rng.randrange(8)
        results = read(bytes(damaged))
        if packed[:2] == b"\x1f\x8b":
            assert refusals(results), at
            assert refusals(results)[-1].reason in {
                RefusalReason.CORRUPT_COMPRESSION,
                RefusalReason.TRUNCATED_COMPRESSION,
            }


def test_bytes_after_a_gzip():
    results = read(gzip.compress(JSONL) + b"garbage")
    assert reports(results) == EXPECTED
    assert [r.reason for r in refusals(results)] == [RefusalReason.CORRUPT_COMPRESSION]


def test_half_a_tar():
    packed = ENCODINGS["tar"]
    results = read(packed[: len(packed) // 2])
    assert reports(results)
    assert refusals(results)[-1].reason is RefusalReason.TRUNCATED_ARCHIVE
    (refusal,) = refusals(read(packed[:700]))
    assert refusal.reason is RefusalReason.TRUNCATED_ARCHIVE


def test_a_broken_tar_header():
    members = ENCODINGS["tar"]
    second = 512 + -(-len(LINES[0]) // 512) * 512
    broken = members[:second] + b"\xff" * 512 + members[second + 512 :]
    results = read(broken)
    assert reports(results) == EXPECTED[:1]
    assert [r.reason for r in refusals(results)] == [RefusalReason.CORRUPT_ARCHIVE]


def test_a_broken_member_does_not_stop_the_archive():
    packed = tar_of(
        [("a.gz", gzip.compress(LINES[0])[:-20]), ("b.zip", b"PK\x03\x04"), ("c", LINES[1])]
    )
    results = read(packed)
    assert reports(results)[-1] == EXPECTED[1]
    assert [r.reason for r in refusals(results)] == [
        RefusalReason.TRUNCATED_COMPRESSION,
        RefusalReason.UNSUPPORTED_FORMAT,
    ]


def test_one_damage_of_an_outer_layer_is_one_refusal():
    packed = ENCODINGS["tar.gz"]
    results = read(packed[: len(packed) // 2])
    assert [r.reason for r in refusals(results)] == [RefusalReason.TRUNCATED_COMPRESSION]


@pytest.mark.parametrize("magic", [b"PK\x03\x04", b"BZh9", b"\xfd7zXZ\x00", b"\x04\x22\x4d\x18"])
def test_formats_of_others_are_named(magic):
    (refusal,) = read(magic + b"\0" * 600)
    assert refusal.reason is RefusalReason.UNSUPPORTED_FORMAT


def test_layers_without_end():
    data = JSONL
    for _ in range(6):
        data = gzip.compress(data)
    (refusal,) = read(data)
    assert refusal.reason is RefusalReason.TOO_MANY_LAYERS


def test_broken_utf8_refuses_its_line_only():
    for at in (5, 60, len(LINES[3]) - 30):
        broken = LINES[3][:at] + b"\xff\xfe" + LINES[3][at:]
        results = read(b"\n".join([*LINES[:3], broken, *LINES[4:]]))
        (refusal,) = refusals(results)
        assert (refusal.reason, refusal.position.line) == (RefusalReason.BROKEN_UTF8, 4)
        assert f"at {at} " in refusal.detail
        assert len(reports(results)) == len(LINES) - 1


def bomb_pieces(total):
    yield b'{"test_name":"web_connectivity","test_keys":{"x":"'
    for _ in range(total // (1 << 20)):
        yield b"0" * (1 << 20)


def test_a_bomb_is_named_and_costs_little_memory():
    for pack in (_gzip_stream, _zstd_stream):
        packed = pack(bomb_pieces(400 << 20))
        assert len(packed) < 4 << 20
        tracemalloc.start()
        (refusal,) = read(packed)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert refusal.reason is RefusalReason.DECOMPRESSION_BOMB
        assert peak < 120 << 20
    (refusal,) = read(gzip.compress(_gzip_stream(bomb_pieces(400 << 20))))
    assert refusal.reason is RefusalReason.DECOMPRESSION_BOMB


def _gzip_stream(pieces):
    buffer = io.BytesIO()
    with gzip.GzipFile(fileobj=buffer, mode="wb", compresslevel=1) as file:
        for piece in pieces:
            file.write(piece)
    return buffer.getvalue()


def _zstd_stream(pieces):
    compressor = zstandard.ZstdCompressor().compressobj()
    return b"".join(map(compressor.compress, pieces)) + compressor.flush()


def test_many_good_records_are_no_bomb_however_well_they_pack():
    line = LINES[0] + b"\n"
    packed = zstandard.compress(line * 20_000, 3)
    assert len(packed) * ReadLimits().max_ratio < len(line) * 20_000
    results = read_blocks("made", cut(packed), limits=ReadLimits(bomb_floor_bytes=4 << 20))
    assert sum(isinstance(r, Measurement) for r in results) == 20_000


def test_a_body_of_100_megabytes_is_passed_over():
    document = made.changed(
        made.engine_v05(), ["test_keys", "requests", 0, "response", "body"], "BODY"
    )
    head, tail = made.encode(document).split(b"BODY")

    def blocks():
        yield LINES[0] + b"\n" + head
        for _ in range(100):
            yield b"x" * 1_000_000
        yield tail + b"\n" + LINES[1] + b"\n"

    tracemalloc.start()
    results = list(read_blocks("made", blocks()))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert reports(results) == EXPECTED[:2]
    (refusal,) = refusals(results)
    assert refusal.reason is RefusalReason.RECORD_TOO_LARGE
    assert refusal.raw_bytes == len(head) + len(tail) + 100_000_000
    assert len(refusal.raw_head) == ReadLimits().raw_head_bytes
    assert peak < 100 << 20


def test_a_body_within_the_record_limit_and_beyond_its_own():
    body = "x" * (ReadLimits().max_body_bytes + 1)
    document = made.changed(
        made.engine_v05(), ["test_keys", "requests", 0, "response", "body"], body
    )
    results = read(made.encode(document) + b"\n" + LINES[1])
    assert [r.reason for r in refusals(results)] == [RefusalReason.BODY_TOO_LARGE]
    assert reports(results) == EXPECTED[1:2]


@pytest.mark.parametrize("bracket", [b"[]", b"{}"])
def test_a_million_levels(bracket):
    opening = b"[" if bracket == b"[]" else b'{"a":'
    deep = opening * 1_000_000 + b"1" + bracket[1:] * 1_000_000
    for where in (b'"annotations":', b'"unread":'):
        line = b'{"test_name":"web_connectivity",' + where + deep + b',"test_keys":{}}'
        results = read(line + b"\n" + LINES[1])
        assert [r.reason for r in refusals(results)] == [RefusalReason.TOO_DEEP]
        assert reports(results) == EXPECTED[1:2]
    results = read(b"[" + deep + b"," + LINES[1] + b"]")
    assert [r.reason for r in refusals(results)] == [RefusalReason.TOO_DEEP]
    assert reports(results) == EXPECTED[1:2]


def test_swarms_of_tiny_values():
    swarm = b'{"test_name":"web_connectivity","test_keys":{"queries":[' + b"{}," * 2_000_000
    results = read(swarm + b"{}]}}\n" + LINES[1])
    assert [r.reason for r in refusals(results)] == [RefusalReason.TOO_MANY_VALUES]


def test_memory_does_not_grow_with_the_stream():
    def blocks(count):
        for _ in range(count):
            yield JSONL

    peaks = []
    for count in (3, 60):
        tracemalloc.start()
        total = sum(1 for _ in read_blocks("made", blocks(count)))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert total == count * len(LINES)
    assert peaks[1] < peaks[0] * 1.5 + (1 << 20)


def test_a_stream_that_fails_on_the_way():
    def blocks():
        yield JSONL[: len(LINES[0]) + len(LINES[1]) + 20]
        raise OSError(5, "Input/output error")

    results = list(read_blocks("made", blocks()))
    assert reports(results) == EXPECTED[:2]
    (refusal,) = refusals(results)
    assert refusal.reason is RefusalReason.UNREADABLE_SOURCE
    assert "Input/output error" in refusal.detail


def test_nothing_at_all():
    for data in (b"", b"\n\n \n", b"[]", b" [ ] ", gzip.compress(b""), b"\xef\xbb\xbf"):
        assert read(data) == []


def test_noise_never_raises(seed):
    dice = random.Random(seed)
    for _ in range(300):
        data = dice.randbytes(dice.randrange(2000))
        magic = dice.choice([b"", b"\x1f\x8b\x08\0", b"\x28\xb5\x2f\xfd", b"[", b"{", b"\0" * 257])
        for result in read(magic + data, dice.choice([17, 4096])):
            assert isinstance(result, (Measurement, Refusal, Skipped))


def test_os_noise_in_a_tar():
    packed = ENCODINGS["tar"]
    for _ in range(50):
        at = int.from_bytes(os.urandom(3)) % len(packed)
        assert read(packed[:at] + os.urandom(64) + packed[at + 64 :])
