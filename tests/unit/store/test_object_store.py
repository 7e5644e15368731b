"""An observatory in an object store: same data, one winner of two writers, nothing young gone."""

from datetime import timedelta

import boto3
import pytest

from tests.object_store import object_store
from tests.unit.store.building import entry, judgement, put, rows, stage
from whocut.model.errors import DamagedDataError, StoreError, UsageError
from whocut.store import observatory as observatory_module
from whocut.store.object_path import ObjectPath, path_of
from whocut.store.observatory import Observatory
from whocut.store.staging import RUN_ROWS, load_staged

BUCKET = "whocut-test"


@pytest.fixture(scope="module")
def server():
    with object_store() as address:
        yield address


@pytest.fixture(autouse=True)
def _credentials(server, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", server)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "somebody")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_REGION", "eu-central-1")


@pytest.fixture(scope="module")
def bucket(server):
    client = boto3.client(
        "s3",
        endpoint_url=server,
        region_name="eu-central-1",
        aws_access_key_id="somebody",
        aws_secret_access_key="secret",
    )
    where = {"LocationConstraint": "eu-central-1"}
    client.create_bucket(Bucket=BUCKET, CreateBucketConfiguration=where)
    return BUCKET


@pytest.fixture
def observatory(bucket, request):
    return Observatory(path_of(f"s3://{bucket}/{request.node.name}"))


def content(observatory: Observatory) -> str:
    with observatory.snapshot() as snapshot:
        return snapshot.manifest.content


def objects(observatory: Observatory) -> set[str]:
    return {
        str(path.relative_to(observatory.directory)) for path in observatory.directory.rglob("*")
    }


def test_the_same_rows_as_on_a_disk(observatory, tmp_path):
    local = Observatory(tmp_path / "o")
    sources = {
        "a": [judgement(n, source="a") for n in range(RUN_ROWS + 10)],
        "b": [judgement(n, source="b", probe_cc="IR") for n in range(20)],
    }
    for place in (local, observatory):
        put(place, keep=True, **sources)
        put(
            place, keep=True, c=[judgement(n, source="c") for n in range(5, 15)]
        )  # reads what is kept
    assert content(observatory) == content(local)
    with observatory.snapshot() as snapshot:
        for file in snapshot.manifest.files:
            there = (observatory.directory / file.path).read_bytes()
            assert there == (local.directory / file.path).read_bytes()
    for query in (
        "SELECT count(*), sum(hop), min(measurement_start_time)::VARCHAR FROM verdict",
        "SELECT rules, source, measurement_start_time::DATE FROM verdict ORDER BY ALL LIMIT 3",
        "SELECT count(*), max(ordinal) FROM signal",
        "SELECT body, headers[2].value FROM observation_http LIMIT 1",
    ):
        assert rows(observatory, query) == rows(local, query)
    assert not any(name.startswith("staging/") for name in objects(observatory))


def test_the_same_input_twice_changes_nothing(observatory):
    put(observatory, a=[judgement(n) for n in range(5)])
    before = objects(observatory)
    assert not put(observatory, a=[judgement(n) for n in range(5)]).is_changed
    assert objects(observatory) == before


def test_of_two_writers_one_wins_and_nothing_is_lost(observatory):
    with observatory.writer() as first, observatory.writer() as second:
        mine = stage(first, "a", [judgement(1, source="a")])
        theirs = stage(second, "b", [judgement(2, source="b")])
        first.commit([mine])
        with pytest.raises(StoreError, match=r"another whocut put state 1 .* same command again"):
            second.commit([theirs])
    assert rows(observatory, "SELECT source FROM verdict") == [("a",)]
    with observatory.writer() as again:
        staged = again.staged("key-b")
        assert staged == theirs
        again.commit([staged])
    assert rows(observatory, "SELECT source FROM verdict ORDER BY 1") == [("a",), ("b",)]


def test_two_workers_on_one_source_leave_one(observatory):
    with observatory.writer() as writer:
        first = stage(writer, "a", [judgement(n) for n in range(9)])
        second = stage(writer, "a", [judgement(n) for n in range(9)])
        assert first == second == load_staged(writer.staging_directory("key-a"))
        assert writer.commit([first]).verdicts_after == 9
        assert not any(name.startswith("staging/") for name in objects(observatory))


def test_the_collector_leaves_what_is_young(observatory, monkeypatch):
    for number in range(1, 7):
        put(observatory, a=[judgement(n) for n in range(number)])
    reader = observatory.snapshot(1)
    with observatory.writer() as writer:
        assert writer.collect() == 0
        with reader.connect() as connection:
            assert connection.sql("SELECT count(*) FROM verdict").fetchall() == [(1,)]
        monkeypatch.setattr(observatory_module, "YOUNG", timedelta(seconds=-60))  # all is old
        assert writer.collect() == 6  # three states of a verdict and a signal file each
    with pytest.raises(UsageError, match=r"no state 1; there are \[4, 5, 6\]"):
        observatory.snapshot(1)
    for state in (4, 5, 6):
        with observatory.snapshot(state) as snapshot, snapshot.connect() as connection:
            assert connection.sql("SELECT count(*) FROM verdict").fetchall() == [(state,)]


def test_quarantine_and_sources(observatory):
    with observatory.writer() as writer:
        key = writer.staging_directory("key-a")
        staged = stage(writer, "a", [judgement(1)], quarantine="quarantine/key-a.jsonl")
        place = path_of(staged.directory)
        assert place != key
        (place / "quarantine.jsonl").write_bytes(b'{"source":"a","offset":7,"line":2}\n')
        writer.commit([staged])
        assert writer.committed("key-a") == entry(
            "a", "key-a", 1, quarantine="quarantine/key-a.jsonl"
        )
    with observatory.snapshot() as snapshot:
        assert [record["offset"] for record in snapshot.quarantined()] == [7]


def test_a_missing_file_is_named(observatory):
    put(observatory, a=[judgement(1)])
    with observatory.snapshot() as snapshot:
        section = snapshot.manifest.sections[0]
    (observatory.directory / f"manifests/sections/{section.sha256[:32]}.json").unlink()
    with observatory.snapshot() as snapshot, pytest.raises(DamagedDataError, match="is gone"):
        list(snapshot.manifest.files)


def test_what_cannot_be_asked(bucket, server, monkeypatch):
    with pytest.raises(UsageError, match="no bucket"):
        path_of("s3://")
    with pytest.raises(UsageError, match="no observatory here yet"):
        Observatory(path_of(f"s3://{bucket}/nothing")).snapshot()
    with pytest.raises(StoreError, match=r"s3://nobodys-bucket/x: .* 404 Not Found"):
        put(Observatory(path_of("s3://nobodys-bucket/x")), a=[judgement(1)])


def test_a_strangers_prefix_is_left_alone(bucket):
    stranger = ObjectPath(bucket, "thesis")
    (stranger / "thesis.tex").write_bytes(b"dear")
    with pytest.raises(StoreError, match=r"not an observatory .*thesis\.tex"):
        put(Observatory(stranger), a=[judgement(1)])
    assert [path.name for path in stranger.iterdir()] == ["thesis.tex"]
