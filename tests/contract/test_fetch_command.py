"""``whocut fetch`` against a real S3 server on loopback, and the ingest of what it brought."""

import gzip
import json
from pathlib import Path

import boto3
import pytest

from tests.object_store import object_store
from tests.unit.cli.measuring import record
from tests.unit.store.building import rows
from whocut.cli.app import main
from whocut.ingest.ooni.bucket import DEFAULT_BUCKET
from whocut.store.observatory import Observatory

KEY = "raw/202401{0:02d}/10/RU/webconnectivity/202401{0:02d}10_RU_webconnectivity.n0.0.jsonl.gz"


@pytest.fixture(scope="module")
def endpoint():
    with object_store() as address:
        _fill(address)
        yield address


def _fill(address):
    client = boto3.client(
        "s3",
        endpoint_url=address,
        aws_access_key_id="test",
        aws_secret_access_key="test",
        region_name="eu-central-1",
    )
    client.create_bucket(
        Bucket=DEFAULT_BUCKET,
        CreateBucketConfiguration={"LocationConstraint": "eu-central-1"},
        ACL="public-read",
    )
    for day in (1, 2, 3):
        lines = [record(day * 10 + n, day=f"2024-01-{day:02d}") for n in range(4)]
        body = gzip.compress("".join(json.dumps(one) + "\n" for one in lines).encode())
        client.put_object(Bucket=DEFAULT_BUCKET, Key=KEY.format(day), Body=body, ACL="public-read")
    client.close()


def test_the_last_day_is_included_and_the_size_is_said_first(endpoint, tmp_path, capsys):
    command = ["fetch", "ooni", "--country", "RU", "--since", "2024-01-01", "--until", "2024-01-02"]
    command += ["--to", str(tmp_path / "ooni"), "--endpoint", endpoint, "--format", "jsonl"]
    assert main([*command, "--dry-run"]) == 0
    out, err = capsys.readouterr()
    assert [json.loads(line)["file"] for line in out.splitlines()] == [KEY.format(1), KEY.format(2)]
    assert err.startswith("2 files, 0.0 MB; 0.0 MB to come")
    assert not (tmp_path / "ooni").exists()

    assert main(command) == 0
    out, _ = capsys.readouterr()
    files = [Path(json.loads(line)["file"]) for line in out.splitlines()]
    assert all(path.is_file() for path in files)
    place = tmp_path / "observatory"
    assert main(["ingest", str(tmp_path / "ooni"), "--observatory", str(place), "-q"]) == 0
    assert rows(Observatory(place), "SELECT count(*) FROM verdict") == [(8,)]


def test_straight_from_the_bucket(endpoint, tmp_path, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    source = f"s3://{DEFAULT_BUCKET}/raw/20240103"
    for _ in range(2):
        assert main(["ingest", source, "--observatory", str(tmp_path), "-q"]) == 0
        with Observatory(tmp_path).snapshot() as snapshot:
            assert snapshot.manifest.sequence == 2  # the verdicts, then their cells
            assert snapshot.sources().to_pylist()[0]["parsed"] == 4


def test_nobody_there_is_our_error(tmp_path, capsys):
    command = ["fetch", "ooni", "-c", "RU", "--since", "2024-01-01", "--to", str(tmp_path)]
    assert main([*command, "--endpoint", "http://127.0.0.1:9"]) == 1
    assert capsys.readouterr().out == ""


def test_days_that_cannot_be_asked_for(capsys):
    for more in (["--since", "soon"], ["--since", "2024-01-02", "--until", "2024-01-01"]):
        assert main(["fetch", "ooni", "-c", "RU", *more]) == 2
    assert main(["fetch", "pfx2as", "--day", "2024-13-01"]) == 2
