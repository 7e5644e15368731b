"""What an observatory promises: nothing twice, nothing half, the same bytes whatever the order."""

import msgspec
import pytest

from tests.unit.store.building import DAY, entry, judgement, put, rows, stage, tree
from whocut.model.errors import DamagedDataError, StoreError, UsageError
from whocut.store import merge
from whocut.store.manifest import manifest_path
from whocut.store.observatory import Observatory
from whocut.store.staging import RUN_ROWS


@pytest.fixture
def observatory(tmp_path):
    return Observatory(tmp_path / "observatory")


def test_rows_come_back_as_they_went_in(observatory):
    sent = [judgement(n) for n in range(10)]
    put(observatory, keep=True, a=sent)
    found = rows(
        observatory, "SELECT measurement_uid, rules, hop, ooni_accessible FROM verdict ORDER BY 1"
    )
    assert found == [(j.verdict.measurement_uid, list(j.verdict.rules), 0, True) for j in sent]
    assert rows(observatory, "SELECT count(*), max(ordinal) FROM signal") == [(20, 1)]
    assert rows(observatory, "SELECT count(*), count(failure) FROM observation_tcp") == [(20, 10)]
    assert rows(observatory, "SELECT body, headers[2].value FROM observation_http LIMIT 1") == [
        (b"<p>", "y")
    ]
    assert rows(
        observatory, "SELECT tcp[1].name, tcp[1].value FROM observation_control LIMIT 1"
    ) == [("192.0.2.1:443", None)]


def test_files_lie_by_country_and_day(observatory):
    put(
        observatory,
        a=[
            judgement(1),
            judgement(2, probe_cc="IR"),
            judgement(3, probe_cc="../.."),
            judgement(4, measurement_start_time=DAY.replace(day=2)),
        ],
    )
    with observatory.snapshot() as snapshot:
        places = {(f.cc, f.day) for f in snapshot.manifest.files}
        assert len(snapshot.files("verdict", cc="RU")) == 2
        assert len(snapshot.files("verdict", cc="RU", since=DAY.replace(day=2).date())) == 1
    assert places == {
        ("RU", "2024-01-01"),
        ("RU", "2024-01-02"),
        ("IR", "2024-01-01"),
        ("ZZ", "2024-01-01"),
    }


def test_the_same_input_twice_changes_nothing(observatory):
    put(observatory, a=[judgement(n) for n in range(5)])
    before = tree(observatory)
    result = put(observatory, a=[judgement(n) for n in range(5)])
    assert not result.is_changed
    assert tree(observatory) == before


def test_order_of_input_changes_no_byte(tmp_path, rng):
    sent = [
        judgement(n, probe_cc=rng.choice(["RU", "IR"]), source=f"{n % 3}") for n in range(300)
    ] + [judgement(n, source="z") for n in range(100)]
    trees = []
    for attempt in range(3):
        observatory = Observatory(tmp_path / str(attempt))
        rng.shuffle(sent)
        by_source = {s: [j for j in sent if j.verdict.source == s] for s in ("0", "1", "2", "z")}
        names = list(by_source)
        rng.shuffle(names)
        put(observatory, **{name: by_source[name] for name in names})
        trees.append(tree(observatory))
    assert trees[0] == trees[1] == trees[2]


def test_one_commit_or_many_give_the_same_content(tmp_path):
    sources = {name: [judgement(n, source=name) for n in range(40)] for name in "abc"}
    at_once, one_by_one = Observatory(tmp_path / "1"), Observatory(tmp_path / "2")
    put(at_once, **sources)
    for name in "cab":
        put(one_by_one, **{name: sources[name]})
    with at_once.snapshot() as first, one_by_one.snapshot() as second:
        assert first.manifest.content == second.manifest.content
        assert (first.manifest.sequence, second.manifest.sequence) == (1, 3)


def test_a_measurement_in_two_files_counts_once(observatory):
    put(observatory, a=[judgement(1, source="b.tar.gz")], b=[judgement(1, source="a.jsonl.gz")])
    assert rows(observatory, "SELECT source FROM verdict") == [("a.jsonl.gz",)]
    assert rows(observatory, "SELECT DISTINCT source FROM signal") == [("a.jsonl.gz",)]
    assert rows(observatory, "SELECT count(*) FROM signal") == [(2,)]


@pytest.mark.parametrize(
    ("first", "second", "stays"),
    [
        ("2026.9+ffff", "2026.10+0000", "2026.10+0000"),
        ("2026.10+ffff", "2026.9+0000", "2026.10+ffff"),
        ("2026.11+ffff", "2026.11+0000", "2026.11+0000"),
    ],
)
def test_a_newer_ruleset_replaces_an_older_one(observatory, first, second, stays):
    put(observatory, a=[judgement(1, ruleset=first, signals=3)])
    put(observatory, a=[judgement(1, ruleset=second, signals=1)])
    assert rows(observatory, "SELECT ruleset FROM verdict") == [(stays,)]
    assert rows(observatory, "SELECT DISTINCT ruleset FROM signal") == [(stays,)]


def test_other_reference_data_replaces(observatory):
    put(observatory, a=[judgement(1)])
    put(observatory, a=[judgement(1, reference_snapshot="ref-0")])
    assert rows(observatory, "SELECT reference_snapshot FROM verdict") == [("ref-0",)]


def test_a_verdict_without_signals_leaves_none_of_the_loser(observatory):
    put(observatory, a=[judgement(1, signals=3)])
    put(observatory, a=[judgement(1, ruleset="2027.1+a", signals=0)])
    assert rows(observatory, "SELECT count(*) FROM signal") == [(0,)]


def test_a_large_day_is_cut_into_files_whatever_the_order(tmp_path, monkeypatch, rng):
    monkeypatch.setattr(merge, "FILE_ROWS", 256)
    monkeypatch.setattr(merge, "FILE_WEIGHT", 100_000)
    sent = [judgement(n, source="a" if n % 2 else "b") for n in range(2_000)]
    trees = []
    for attempt in range(2):
        observatory = Observatory(tmp_path / str(attempt))
        rng.shuffle(sent)
        put(
            observatory,
            keep=True,
            x=[j for j in sent if j.verdict.source == "a"],
            y=[j for j in sent if j.verdict.source == "b"] + [sent[0]],
        )
        trees.append(tree(observatory))
    assert trees[0] == trees[1]
    counts = "SELECT count(*), count(DISTINCT measurement_uid) FROM "
    assert rows(observatory, counts + "verdict") == [(2_000, 2_000)]
    assert rows(observatory, counts + "signal") == [(4_000, 2_000)]
    assert rows(observatory, counts + "observation_tcp") == [(4_000, 2_000)]
    with observatory.snapshot() as snapshot:
        assert len(snapshot.files("verdict")) >= 8
    put(observatory, z=[judgement(n, source="z") for n in range(1_990, 2_010)])
    assert rows(observatory, counts + "verdict") == [(2_010, 2_010)]
    assert rows(observatory, counts + "signal") == [(4_020, 2_010)]


def test_more_than_one_run_a_source(observatory):
    put(observatory, a=[judgement(n) for n in range(RUN_ROWS + 10)])
    assert rows(observatory, "SELECT count(*) FROM verdict") == [(RUN_ROWS + 10,)]


def test_hostile_text_and_numbers_lose_no_row(observatory):
    put(
        observatory,
        a=[
            judgement(1, input="https://a/\ud800\x00\x1b[2J", hop=1 << 40, ooni_blocking="\udfff"),
            judgement(2),
        ],
    )
    found = rows(observatory, "SELECT input, hop FROM verdict ORDER BY source_line")
    assert found[0] == ("https://a/?\x00\x1b[2J", 0)
    assert len(found) == 2


def test_a_pinned_snapshot_outlives_the_collector(observatory):
    put(observatory, a=[judgement(1)])
    with observatory.snapshot() as pinned:
        for number in range(2, 9):
            put(observatory, a=[judgement(n) for n in range(number)])
            with observatory.writer() as writer:
                writer.collect(keep=1)
        with pinned.connect() as connection:
            assert connection.sql("SELECT count(*) FROM verdict").fetchall() == [(1,)]
    with observatory.writer() as writer:
        removed = writer.collect(keep=1)
    assert removed == 2  # the pinned state's verdict and signal file
    assert rows(observatory, "SELECT count(*) FROM verdict") == [(8,)]


def test_the_collector_keeps_what_is_named(observatory):
    put(observatory, a=[judgement(1)])
    stray = observatory.directory / "verdict/cc=RU/day=2024-01-01/stray.parquet"
    stray.write_bytes(b"left by a killed writer")
    with observatory.writer() as writer:
        assert writer.collect() == 1
    assert not stray.exists()
    assert rows(observatory, "SELECT count(*) FROM verdict") == [(1,)]


def test_counts_and_quarantine_of_a_source_are_kept(observatory):
    with observatory.writer() as writer:
        key = "key-a"
        staged = stage(writer, "a", [judgement(1)], refused={"not_json": 2}, skipped={"ndt": 3})
        quarantine = "quarantine/key-a.jsonl"
        staged = msgspec.structs.replace(
            staged, entry=msgspec.structs.replace(staged.entry, quarantine=quarantine)
        )
        record = {"source": "a", "offset": 7, "line": 2, "reason": "not_json"}
        record |= {"detail": "x", "raw_head": "{", "raw_bytes": 9}
        (writer.staging_directory(key) / "quarantine.jsonl").write_bytes(
            msgspec.json.encode(record) + b"\n"
        )
        writer.commit([staged])
    with observatory.snapshot() as snapshot:
        assert snapshot.sources().to_pylist()[0]["refused"] == 2
        assert snapshot.skipped().to_pylist() == [{"source": "a", "test_name": "ndt", "count": 3}]
        assert snapshot.quarantine().to_pylist()[0]["offset"] == 7


def test_a_second_writer_is_turned_away(observatory, monkeypatch):
    monkeypatch.setattr("whocut.store.lock._PATIENCE_S", 0.1)
    refused = pytest.raises(StoreError, match=r"another whocut \(process \d+\)")
    with observatory.writer(), refused, observatory.writer():
        pass


def test_a_strangers_directory_is_left_alone(tmp_path):
    (tmp_path / "thesis.tex").write_text("dear")
    refused = pytest.raises(StoreError, match=r"not an observatory .*thesis\.tex")
    with refused, Observatory(tmp_path).writer():
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


def test_no_observatory_says_how_to_make_one(observatory):
    with pytest.raises(UsageError, match="whocut ingest"):
        observatory.snapshot()


def test_a_damaged_manifest_is_named(observatory):
    put(observatory, a=[judgement(1)])
    path = manifest_path(observatory.directory, 1)
    path.write_bytes(path.read_bytes().replace(b'"rows": 1', b'"rows": 7'))
    with pytest.raises(DamagedDataError, match="content hash differs"):
        observatory.snapshot()


def test_an_older_state_can_be_asked_for(observatory):
    put(observatory, a=[judgement(1)])
    put(observatory, b=[judgement(2)])
    with observatory.snapshot(1) as old, old.connect() as connection:
        assert connection.sql("SELECT count(*) FROM verdict").fetchall() == [(1,)]
    with pytest.raises(UsageError, match="no state 9"):
        observatory.snapshot(9)


def test_an_empty_source_is_remembered(observatory):
    with observatory.writer() as writer:
        writer.commit([stage(writer, "empty", [])])
        assert writer.committed("key-empty") == entry("empty", "key-empty", 0)
    assert rows(observatory, "SELECT count(*) FROM verdict") == [(0,)]
