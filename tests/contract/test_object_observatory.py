"""The commands over an observatory in an object store, with workers and on a cluster."""

import json
import os
import subprocess
import sys
from pathlib import Path

import boto3
import pytest

from tests.cluster import loopback_cluster
from tests.object_store import object_store
from tests.unit.cli.measuring import write_file
from tests.unit.store.building import tree
from whocut.store.object_path import path_of
from whocut.store.observatory import Observatory

PROGRAM = (sys.executable, "-m", "whocut.cli")
BUCKET, REGION = "whocut-test", "eu-central-1"


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    """A server with the measurements in it, and how to reach it."""
    with object_store() as address:
        keys = {"AWS_ACCESS_KEY_ID": "somebody", "AWS_SECRET_ACCESS_KEY": "secret"}
        client = boto3.client(
            "s3",
            endpoint_url=address,
            region_name=REGION,
            aws_access_key_id="somebody",
            aws_secret_access_key="secret",
        )
        client.create_bucket(
            Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION}
        )
        folder = tmp_path_factory.mktemp("files")
        for n in range(4):
            cc = ("RU", "IR")[n % 2]
            path = write_file(folder / f"{n}.jsonl.gz", range(n * 100, n * 100 + 150), cc=cc)
            # Measurements are read without credentials, as OONI's may be.
            public = {"ACL": "public-read"}
            client.upload_file(str(path), BUCKET, f"raw/{path.name}", ExtraArgs=public)
        yield {
            **{key: value for key, value in os.environ.items() if not key.startswith("AWS_")},
            **keys,
            "AWS_REGION": REGION,
            "AWS_ENDPOINT_URL": address,
            "WHOCUT_CACHE": str(tmp_path_factory.mktemp("cache")),
        }


@pytest.fixture
def _here(environment, monkeypatch):
    for key in ("AWS_REGION", "AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(key, environment[key])


def whocut(environment: dict[str, str], *arguments: str) -> str:
    done = subprocess.run(
        [*PROGRAM, *arguments], env=environment, capture_output=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


def objects(place: str) -> dict[str, bytes]:
    root = path_of(place)
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*")}


@pytest.mark.usefixtures("_here")
def test_every_way_to_run_it_leaves_the_same_objects_as_on_a_disk(
    environment: dict[str, str], tmp_path: Path
) -> None:
    local = tmp_path / "o"
    raw = f"s3://{BUCKET}/raw"
    whocut(environment, "ingest", raw, "--observatory", str(local))
    whole = tree(Observatory(local))
    assert {path.split("/")[0] for path in whole} >= {"manifests", "verdict", "signal"}
    with loopback_cluster(tmp_path / "cluster", environment=environment) as cluster:
        for name, options in {
            "alone": (),
            "workers": ("--workers", "2"),
            "cluster": ("--cluster", cluster.address),
        }.items():
            place = f"s3://{BUCKET}/{name}"
            first = ("ingest", raw, "--observatory", place, "--json", *options)
            assert json.loads(whocut(environment, *first))["known_before"] == 0
            whocut(environment, "cells", "--observatory", place, *options)
            assert json.loads(whocut(environment, *first))["known_before"] == 4
    whocut(environment, "cells", "--observatory", str(local))
    whole = tree(Observatory(local))
    for name in ("alone", "workers", "cluster"):
        there = objects(f"s3://{BUCKET}/{name}")
        assert there == whole, name


def test_questions_are_answered_from_there(environment: dict[str, str], tmp_path: Path) -> None:
    local, place = str(tmp_path / "o"), f"s3://{BUCKET}/asked"
    for observatory in (local, place):
        whocut(environment, "ingest", f"s3://{BUCKET}/raw", "--observatory", observatory)
        whocut(environment, "cells", "--observatory", observatory)
    for question in (
        ("who", "example1.org", "--country", "RU"),
        ("country", "IR"),
        ("sources",),
        ("who", "example1.org", "--country", "RU", "--json"),
    ):
        answers = [whocut(environment, *question, "--observatory", o) for o in (local, place)]
        assert answers[0] == answers[1]
        assert answers[0].strip()
    # By the environment too, as a path may be named.
    asked = {**environment, "WHOCUT_OBSERVATORY": place}
    assert whocut(asked, "sources") == answers_of(environment, "sources", place)


def answers_of(environment: dict[str, str], command: str, place: str) -> str:
    return whocut(environment, command, "--observatory", place)
