"""OONI's bucket, on a server that speaks S3: listed, downloaded, broken off, gone on with."""

import gzip
import hashlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from datetime import date
from pathlib import Path

import boto3
import pytest

from tests.object_store import object_store
from tests.unit.ingest import measurements as made
from whocut.ingest.ooni import expand_sources, read_source
from whocut.ingest.ooni.bucket import (
    DEFAULT_BUCKET,
    BucketObject,
    FetchPlan,
    FetchRequest,
    download,
    hour_prefixes,
    local_path,
    missing_bytes,
    parse_key,
    plan_fetch,
    select_objects,
)
from whocut.model.errors import FetchError, InputError, UsageError
from whocut.model.observation import Measurement

STEM = "raw/20240101/{0:02d}/RU/webconnectivity/20240101{0:02d}_RU_webconnectivity.n0.0"
NIGHT = FetchRequest("RU", date(2024, 1, 1), date(2024, 1, 2))
LARGE_BYTES = 12_000_000


@pytest.fixture(scope="module")
def server():
    with object_store() as address:
        yield address


@pytest.fixture(scope="module")
def store(server):
    client = boto3.client(
        "s3",
        endpoint_url=server,
        aws_access_key_id="test",
        aws_secret_access_key="test",
        region_name="eu-central-1",
    )
    client.create_bucket(
        Bucket=DEFAULT_BUCKET,
        CreateBucketConfiguration={"LocationConstraint": "eu-central-1"},
        ACL="public-read",
    )
    line = made.encode(made.engine_v05()) + b"\n"
    objects = {
        STEM.format(0) + ".jsonl.gz": gzip.compress(line * 3),
        STEM.format(0) + ".tar.gz": b"the same again",
        STEM.format(7) + ".jsonl.gz": os.urandom(LARGE_BYTES),
        STEM.format(9) + ".tar.gz": b"only here",
        STEM.format(9).replace("RU", "IR") + ".jsonl.gz": b"elsewhere",
        STEM.format(9).replace("webconnectivity", "tor") + ".jsonl.gz": b"another test",
        "raw/20240102/00/RU/webconnectivity/2024010200_RU_webconnectivity.n0.0.jsonl.gz": b"x",
    }
    for key, body in objects.items():
        client.put_object(Bucket=DEFAULT_BUCKET, Key=key, Body=body, ACL="public-read")
    client.close()
    return objects


def test_prefixes_are_hours_of_whole_days():
    prefixes = list(hour_prefixes(FetchRequest("ru", date(2024, 2, 28), date(2024, 3, 1))))
    assert len(prefixes) == 48
    assert prefixes[0] == "raw/20240228/00/RU/webconnectivity/"
    assert prefixes[-1] == "raw/20240229/23/RU/webconnectivity/"


@pytest.mark.parametrize(
    "request_",
    [
        FetchRequest("RUS", date(2024, 1, 1), date(2024, 1, 2)),
        FetchRequest("RU", date(2024, 1, 2), date(2024, 1, 2)),
        FetchRequest("RU", date(2019, 1, 1), date(2024, 1, 2)),
    ],
)
def test_impossible_requests(request_):
    with pytest.raises(UsageError):
        list(hour_prefixes(request_))


def test_keys():
    key = parse_key(STEM.format(7) + ".jsonl.gz")
    assert (key.country, key.test, key.at.hour, key.is_jsonl) == ("RU", "webconnectivity", 7, True)
    for bad in ("raw/x", STEM.format(31) + ".jsonl.gz", STEM.format(7) + ".zip"):
        assert parse_key(bad) is None


def test_each_measurement_once():
    names = [STEM.format(h) + ending for h in (3, 1) for ending in (".tar.gz", ".jsonl.gz")]
    chosen = select_objects(BucketObject(name, 1) for name in [*names, STEM.format(2) + ".tar.gz"])
    assert [each.key.rpartition("/")[2] for each in chosen] == [
        "2024010101_RU_webconnectivity.n0.0.jsonl.gz",
        "2024010102_RU_webconnectivity.n0.0.tar.gz",
        "2024010103_RU_webconnectivity.n0.0.jsonl.gz",
    ]


@pytest.mark.parametrize("key", ["../up", "a/../../up", "/root", ""])
def test_no_key_leaves_the_directory(key, tmp_path):
    with pytest.raises(UsageError):
        local_path(tmp_path, key)


def test_plan_and_download(server, store, tmp_path):
    plan = plan_fetch(NIGHT, endpoint=server)
    keys = [STEM.format(0) + ".jsonl.gz", STEM.format(7) + ".jsonl.gz", STEM.format(9) + ".tar.gz"]
    assert [each.key for each in plan.objects] == keys
    assert plan.size_bytes == sum(len(store[key]) for key in keys)
    assert missing_bytes(plan, tmp_path) == plan.size_bytes
    seen = []
    result = download(plan, tmp_path, on_progress=seen.append)
    assert result.downloaded_bytes == plan.size_bytes
    assert [path.read_bytes() for path in result.paths] == [store[key] for key in keys]
    assert [p.bytes_done for p in seen] == sorted(p.bytes_done for p in seen)
    assert (seen[-1].objects_done, seen[-1].bytes_done) == (3, plan.size_bytes)
    assert missing_bytes(plan, tmp_path) == 0
    again = download(plan, tmp_path)
    assert (again.downloaded_bytes, again.already_there) == (0, 3)
    assert not list(tmp_path.rglob("*.part"))


class _StopError(Exception):
    pass


def stop_after(count):
    def stop(progress):
        if progress.bytes_done >= count:
            raise _StopError

    return stop


def large_plan(server):
    plan = plan_fetch(NIGHT, endpoint=server)
    return FetchPlan(plan.bucket, plan.endpoint, (plan.objects[1],))


def test_a_download_that_is_broken_off_goes_on(server, store, tmp_path):
    plan = large_plan(server)
    with pytest.raises(_StopError):
        download(plan, tmp_path, on_progress=stop_after(3_000_000))
    (part,) = tmp_path.rglob("*.part")
    held = part.stat().st_size
    assert 3_000_000 <= held < LARGE_BYTES
    assert missing_bytes(plan, tmp_path) == LARGE_BYTES - held
    result = download(plan, tmp_path)
    assert result.downloaded_bytes == LARGE_BYTES - held
    assert result.paths[0].read_bytes() == store[plan.objects[0].key]


def test_a_killed_process_leaves_nothing_half(server, store, tmp_path):
    plan = large_plan(server)
    script = (
        "import sys, time, pathlib, datetime\n"
        "from whocut.ingest.ooni.bucket import *\n"
        "plan = plan_fetch(FetchRequest('RU', datetime.date(2024, 1, 1),"
        " datetime.date(2024, 1, 2)), endpoint=sys.argv[1])\n"
        "plan = FetchPlan(plan.bucket, plan.endpoint, (plan.objects[1],))\n"
        "def stay(progress):\n"
        "    time.sleep(600 if progress.bytes_done >= 4 << 20 else 0)\n"
        "download(plan, pathlib.Path(sys.argv[2]), on_progress=stay)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", script, server, str(tmp_path)])
    deadline = time.monotonic() + 300
    while time.monotonic() < deadline:
        parts = list(tmp_path.rglob("*.part"))
        if parts and parts[0].stat().st_size >= 2 << 20:
            break
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert not local_path(tmp_path, plan.objects[0].key).exists()
    (part,) = tmp_path.rglob("*.part")
    held = part.stat().st_size
    result = download(plan, tmp_path)
    assert result.downloaded_bytes == LARGE_BYTES - held
    assert result.paths[0].read_bytes() == store[plan.objects[0].key]


def test_a_damaged_part_is_thrown_away(server, store, tmp_path):
    plan = large_plan(server)
    with pytest.raises(_StopError):
        download(plan, tmp_path, on_progress=stop_after(3_000_000))
    (part,) = tmp_path.rglob("*.part")
    with part.open("r+b") as file:
        file.write(b"damage")
    result = download(plan, tmp_path)
    assert hashlib.md5(result.paths[0].read_bytes()).digest() == (
        hashlib.md5(store[plan.objects[0].key]).digest()
    )
    assert result.downloaded_bytes > LARGE_BYTES


def test_a_part_of_another_version_is_not_gone_on_with(server, store, tmp_path):
    plan = large_plan(server)
    path = local_path(tmp_path, plan.objects[0].key)
    path.parent.mkdir(parents=True)
    stale = path.with_name(path.name + ".0123456789ab.part")
    stale.write_bytes(b"old")
    result = download(plan, tmp_path)
    assert result.downloaded_bytes == LARGE_BYTES
    assert not stale.exists()


def test_an_object_that_changed_since_it_was_listed(server, store, tmp_path):
    each = large_plan(server).objects[0]
    plan = FetchPlan(DEFAULT_BUCKET, server, (BucketObject(each.key, each.size_bytes, '"0" * 32'),))
    with pytest.raises(FetchError, match="changed"):
        download(plan, tmp_path)
    gone = FetchPlan(DEFAULT_BUCKET, server, (BucketObject(STEM.format(3) + ".x", 5),))
    with pytest.raises(FetchError):
        download(gone, tmp_path)


def test_a_bucket_that_is_not_there(server, store):
    with pytest.raises(FetchError, match="nobucket"):
        plan_fetch(NIGHT, bucket="nobucket", endpoint=server)


class _CuttingProxy:
    """Passes connections on and cuts each after so many bytes of the answer."""

    def __init__(self, target, cut_after):
        self._target = target
        self._cut_after = cut_after
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.cuts = 0
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def _accept(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._pass_on, args=(client,), daemon=True).start()

    def _pass_on(self, client):
        with client, socket.create_connection(self._target) as upstream:
            threading.Thread(target=self._pump, args=(client, upstream), daemon=True).start()
            left = self._cut_after
            while data := upstream.recv(65536):
                client.sendall(data[:left])
                left -= len(data)
                if left <= 0:
                    self.cuts += 1
                    client.shutdown(socket.SHUT_RDWR)
                    return

    @staticmethod
    def _pump(source, sink):
        try:
            while data := source.recv(65536):
                sink.sendall(data)
        except OSError:
            pass

    def close(self):
        self._listener.close()


def test_a_connection_that_breaks_is_taken_up_again(server, store, tmp_path):
    host, port = server.removeprefix("http://").split(":")
    proxy = _CuttingProxy((host, int(port)), 5_000_000)
    try:
        plan = large_plan(server)
        plan = FetchPlan(plan.bucket, proxy.address, plan.objects)
        result = download(plan, tmp_path)
    finally:
        proxy.close()
    assert proxy.cuts >= 2
    assert result.paths[0].read_bytes() == store[plan.objects[0].key]


def test_sources_of_a_bucket(server, store, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", server)
    base = f"s3://{DEFAULT_BUCKET}/"
    everything = list(expand_sources([base + "raw/20240101"]))
    assert len(everything) == 6
    by_glob = list(expand_sources([base + "raw/20240101/*/RU/webconnectivity/*.jsonl.gz"]))
    assert [s.name for s in by_glob] == [base + STEM.format(h) + ".jsonl.gz" for h in (0, 7)]
    (one,) = expand_sources([base + STEM.format(0) + ".jsonl.gz"])
    results = list(read_source(one))
    assert [type(r) for r in results] == [Measurement] * 3
    assert results[0].position.source == one.name
    with pytest.raises(FetchError):
        list(expand_sources([base + "raw/20990101/none.jsonl.gz"]))


def test_sources_of_the_file_system(tmp_path, monkeypatch):
    line = made.encode(made.engine_v05())
    for name in ("b/2.jsonl", "b/1.json", "b/.hidden/3.json", "b/readme.md", "c.dat"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(line)
    names = [Path(s.name).name for s in expand_sources([str(tmp_path / "b")])]
    assert names == ["1.json", "2.jsonl"]
    assert [s.size_bytes for s in expand_sources([str(tmp_path / "c.dat")])] == [len(line)]
    assert len(list(expand_sources([str(tmp_path / "*" / "*.json*")]))) == 2
    monkeypatch.chdir(tmp_path)
    assert [s.name for s in expand_sources(["c.dat", "-"])] == ["c.dat", "-"]
    for bad in ("nowhere.json", "*.none", str(tmp_path / "b/.hidden" / "..")):
        if "hidden" not in bad:
            with pytest.raises(InputError):
                list(expand_sources([bad]))


def test_standard_input(tmp_path):
    script = (
        "from whocut.ingest.ooni import expand_sources, read_source\n"
        "(source,) = expand_sources(['-'])\n"
        "print([type(r).__name__ for r in read_source(source)])\n"
    )
    line = made.encode(made.engine_v05())
    done = subprocess.run(
        [sys.executable, "-c", script],
        input=gzip.compress(line + b"\n" + line),
        capture_output=True,
        check=True,
    )
    assert done.stdout.strip() == b"['Measurement', 'Measurement']"


def test_addresses_of_the_web(tmp_path, server, store):
    key = STEM.format(0) + ".jsonl.gz"
    (source,) = expand_sources([f"{server}/{DEFAULT_BUCKET}/{key}?x=1&y=2"])
    assert [type(r) for r in read_source(source)] == [Measurement] * 3
    for address in (f"{server}/{DEFAULT_BUCKET}/nothing", "http://127.0.0.1:1/x"):
        (refusal,) = read_source(next(iter(expand_sources([address]))))
        assert refusal.reason == "unreadable_source"
        assert "\n" not in refusal.detail


@pytest.mark.parametrize("address", ["http://", "https://[::1", "http://a b/", "s3://"])
def test_what_is_no_address(address):
    with pytest.raises(UsageError, match=address.replace("[", r"\[")):
        list(expand_sources([address]))


def test_a_file_that_cannot_be_read(tmp_path):
    path = tmp_path / "gone.json"
    path.write_bytes(b"{}")
    (source,) = expand_sources([str(path)])
    path.unlink()
    (refusal,) = read_source(source)
    assert refusal.reason == "unreadable_source"
