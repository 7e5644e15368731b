"""What was refused is on disk, bounded, and the same for the same input."""

import json

from whocut.ingest.ooni import Quarantine, RefusalReason, read_blocks

DATA = b'{"raw":\xff}\n{"a":1}\n' + b'{"test_name":"web_connectivity","test_keys":null}\n'


def test_one_line_a_refusal_with_all_that_is_needed_to_find_it(tmp_path):
    path = tmp_path / "deep" / "quarantine.jsonl"
    with Quarantine(path) as quarantine:
        for refusal in read_blocks("a.jsonl", iter([DATA])):
            quarantine.add(refusal)
    lines = [json.loads(line) for line in path.read_bytes().splitlines()]
    assert [line["reason"] for line in lines] == [
        "broken_utf8",
        "not_a_measurement",
        "null_test_keys",
    ]
    assert lines[0]["raw_head"] == '{"raw":\\xff}'
    assert lines[2] | {"raw_head": "", "raw_sha256": "", "detail": ""} == {
        "reason": "null_test_keys",
        "detail": "",
        "field": "test_keys",
        "source": "a.jsonl",
        "offset": 18,
        "line": 3,
        "test_name": "web_connectivity",
        "measurement_uid": None,
        "raw_bytes": 49,
        "raw_sha256": "",
        "raw_head": "",
    }
    assert quarantine.counts[RefusalReason.BROKEN_UTF8] == 1


def test_the_file_is_bounded_and_the_count_is_not(tmp_path):
    path = tmp_path / "q.jsonl"
    with Quarantine(path, max_bytes=1000) as quarantine:
        for refusal in read_blocks("a.jsonl", iter([b'{"a":1}\n' * 50])):
            quarantine.add(refusal)
    assert path.stat().st_size <= 1000
    written = len(path.read_bytes().splitlines())
    assert 0 < written < 50
    assert quarantine.left_out == 50 - written
    assert quarantine.counts.total() == 50


def test_nothing_refused_leaves_no_file(tmp_path):
    with Quarantine(tmp_path / "q.jsonl"):
        pass
    assert not (tmp_path / "q.jsonl").exists()
