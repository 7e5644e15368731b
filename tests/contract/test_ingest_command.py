"""From files to verdicts: nothing twice, nothing half, nothing lost, whatever is killed when."""

import contextlib
import gzip
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tarfile
import time
from pathlib import Path

import pytest

from tests.unit.cli.measuring import record, write_file
from tests.unit.store.building import rows, tree
from whocut.cli.app import main
from whocut.cli.ingest_worker import IngestPlan, ingest_source
from whocut.ingest.ooni.sources import Source
from whocut.store.observatory import Observatory

PROGRAM = (sys.executable, "-m", "whocut.cli")


@pytest.fixture(autouse=True, scope="module")
def _own_cache(tmp_path_factory):
    """Reference data is what ships: a developer's cache changes no test."""
    patch = pytest.MonkeyPatch()
    patch.setenv("WHOCUT_CACHE", str(tmp_path_factory.mktemp("cache")))
    yield
    patch.undo()


@pytest.fixture(scope="module")
def files(tmp_path_factory) -> Path:
    """Six files of two countries and two days; each shares a hundred measurements with the next."""
    folder = tmp_path_factory.mktemp("files")
    for n in range(6):
        cc, day = ("RU", "IR")[n // 3], f"2024-01-0{1 + n % 2}"
        write_file(folder / f"{n}.jsonl.gz", range(n * 100, n * 100 + 200), cc=cc, day=day)
    return folder


@pytest.fixture(scope="module")
def whole(files, tmp_path_factory) -> dict[str, bytes]:
    """What an undisturbed ingest of the six leaves."""
    observatory = Observatory(tmp_path_factory.mktemp("whole") / "o")
    assert ingest(observatory, str(files)) == 0
    return tree(observatory)


def ingest(observatory: Observatory, *arguments: str) -> int:
    return main(["ingest", *arguments, "--observatory", str(observatory.directory), "--quiet"])


def at(tmp_path: Path) -> Observatory:
    return Observatory(tmp_path / "o")


def test_workers_and_order_change_no_byte(files, whole, tmp_path):
    names = [str(path) for path in sorted(files.iterdir())]
    for number, (order, workers) in enumerate([(names[::-1], 1), (names, 2), (names[::-1], 3)]):
        observatory = at(tmp_path / str(number))
        assert ingest(observatory, *order, "--workers", str(workers)) == 0
        assert tree(observatory) == whole


def test_twice_changes_nothing_and_reads_nothing(files, whole, tmp_path, capsys):
    observatory = at(tmp_path)
    for _ in range(2):
        assert ingest(observatory, str(files), "--json") == 0
        assert tree(observatory) == whole
    second = json.loads(capsys.readouterr().out.rpartition("\n{")[2].join(["{", ""]))
    assert (second["known_before"], second["verdicts_new"]) == (6, 0)


def test_file_by_file_gives_the_same_data(files, tmp_path):
    at_once, one_by_one = at(tmp_path / "1"), at(tmp_path / "2")
    assert ingest(at_once, str(files)) == 0
    for path in sorted(files.iterdir(), reverse=True):
        assert ingest(one_by_one, str(path)) == 0
    with at_once.snapshot() as first, one_by_one.snapshot() as second:
        assert first.manifest.content == second.manifest.content


def test_the_same_measurements_as_lines_and_as_postcan_count_once(tmp_path):
    records = [record(n) for n in range(10)]
    lines = tmp_path / "20240101.jsonl"
    lines.write_text("".join(json.dumps(one) + "\n" for one in records))
    postcan = tmp_path / "20240101.tar.gz"
    with tarfile.open(postcan, "w:gz") as archive:
        for number, one in enumerate(records):
            member = tmp_path / f"{number}.post"
            member.write_text(json.dumps({"format": "json", "content": one}))
            archive.add(member, f"{number}.post")
    observatory = at(tmp_path)
    assert ingest(observatory, str(lines), str(postcan)) == 0
    assert rows(observatory, "SELECT count(*), min(source), max(source) FROM verdict") == [
        (10, str(lines), str(lines))
    ]


def test_standard_input(files, tmp_path):
    observatory = at(tmp_path)
    command = [*PROGRAM, "ingest", "-", "--observatory", str(observatory.directory), "--json"]
    data = (files / "0.jsonl.gz").read_bytes()
    for _ in range(2):
        done = subprocess.run(command, input=data, capture_output=True, timeout=300, check=True)
        assert json.loads(done.stdout)["verdicts"] == 200
        # One state with the verdicts, one with their cells.
        assert json.loads(done.stdout)["snapshot"] == 2


def test_refusals_skips_and_damage_are_counted_and_kept(tmp_path, capsys):
    lines = [json.dumps(record(n)) for n in range(3)]
    lines.insert(1, '{"test_name": "web_connectivity", "test_keys": {')
    lines.insert(2, json.dumps(record(9) | {"test_name": "ndt"}))
    whole_file = gzip.compress(("\n".join(lines) + "\n").encode())
    path = tmp_path / "x.jsonl.gz"
    path.write_bytes(whole_file)
    observatory = at(tmp_path)
    assert ingest(observatory, str(path), "--json") == 0
    summary = json.loads(capsys.readouterr().out)
    assert (summary["judged"], summary["skipped"]) == (3, {"ndt": 1})
    (refused,) = observatory.snapshot().quarantine().to_pylist()
    assert (refused["line"], refused["offset"]) == (2, len(lines[0]) + 1)
    assert refused["reason"] == next(iter(summary["refused"]))

    path.write_bytes(whole_file[:-200])
    for _ in range(2):  # the second run reads nothing, and still says so
        assert ingest(observatory, str(path), "--json") == 3
        summary = json.loads(capsys.readouterr().out)
        assert summary["incomplete"] == [str(path)]


def test_a_cut_is_reported_when_asked(files, tmp_path):
    assert ingest(at(tmp_path), str(files / "0.jsonl.gz"), "--fail-on", "cut") == 4


def test_a_missing_file_is_named(tmp_path, capsys):
    assert ingest(at(tmp_path), str(tmp_path / "no.jsonl")) == 1
    assert "no.jsonl: no such file or folder" in capsys.readouterr().err


def test_observations_are_kept_when_asked(files, tmp_path):
    observatory = at(tmp_path)
    assert ingest(observatory, str(files / "0.jsonl.gz"), "--keep-observations") == 0
    sql = "SELECT count(*), count(DISTINCT status), min(octet_length(body)) > 100 FROM "
    assert rows(observatory, sql + "observation_http") == [(200, 2, True)]
    for table in ("dns", "tcp", "tls", "control"):
        assert rows(observatory, f"SELECT count(*) FROM observation_{table}") == [(200,)]
    assert ingest(observatory, str(files / "0.jsonl.gz"), "--keep-observations") == 0
    assert rows(observatory, "SELECT count(*) FROM observation_dns") == [(200,)]


def test_a_bug_of_ours_loses_one_measurement_and_is_told(tmp_path):
    """The reference stands in for a rule that breaks: what it is asked for is not there."""

    class Broken:
        snapshot_id = "broken"

        def __getattr__(self, name: str) -> object:
            raise ZeroDivisionError(name)

    path = write_file(tmp_path / "x.jsonl.gz", range(5))
    plan = IngestPlan(str(tmp_path / "staging"), False, frozenset())
    source = Source(str(path), path.stat().st_size)
    result = ingest_source(source, plan, Broken(), lambda size: None)
    assert result.staged.entry.refused == {"not_judged": 5}
    assert "ZeroDivisionError" in result.unjudged


def start(observatory: Observatory, files: Path, workers: int) -> subprocess.Popen[bytes]:
    command = [*PROGRAM, "ingest", str(files), "--workers", str(workers)]
    return subprocess.Popen(
        [*command, "--observatory", str(observatory.directory)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


def children(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for child in listed.read_text().split()] if listed.exists() else []


def wait_for_work(process: subprocess.Popen[bytes], observatory: Observatory) -> None:
    """Wait until something is staged, or all is over."""
    while process.poll() is None and not any(observatory.directory.glob("staging/*/*")):
        time.sleep(0.005)


def start_and_meet(observatory: Observatory, files: Path, workers: int) -> subprocess.Popen[bytes]:
    """Start, and find it at work; one that was done before we looked is begun anew."""
    for _ in range(10):
        process = start(observatory, files, workers)
        wait_for_work(process, observatory)
        if process.poll() is None and not observatory.exists():
            return process
        process.communicate()
        shutil.rmtree(observatory.directory)
    raise AssertionError("it was always done before we looked")


def assert_whole_or_nothing(observatory: Observatory, whole: dict[str, bytes]) -> None:
    if observatory.exists():
        assert rows(observatory, "SELECT count(*), count(DISTINCT measurement_uid) FROM verdict")
        for path, content in tree(observatory).items():
            if path.startswith("manifests/0"):
                assert content == whole[path]


@pytest.mark.parametrize("workers", [1, 2])
def test_ctrl_c_and_on_again(files, whole, tmp_path, workers):
    observatory = at(tmp_path)
    process = start_and_meet(observatory, files, workers)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does
    _, said = process.communicate(timeout=300)
    assert process.returncode == 130, said
    assert b"interrupted" in said
    assert b"Traceback" not in said
    assert not observatory.exists()
    assert ingest(observatory, str(files)) == 0
    assert tree(observatory) == whole


def kill_now_and_then(
    files: Path, whole: dict[str, bytes], observatory: Observatory, rng: random.Random, times: int
) -> None:
    for _ in range(times):
        process = start(observatory, files, workers=2)
        wait_for_work(process, observatory)
        time.sleep(rng.random() * 0.5)
        victims = [process.pid, *children(process.pid)]
        with contextlib.suppress(ProcessLookupError):  # it was done before us
            os.kill(rng.choice(victims), signal.SIGKILL)
        process.communicate(timeout=300)
        assert_whole_or_nothing(observatory, whole)
        if rng.random() < 0.5:
            shutil.rmtree(observatory.directory)
    assert ingest(observatory, str(files), "--workers", "2") == 0
    assert tree(observatory) == whole


def test_kill_9_at_random_moments(files, whole, tmp_path, rng):
    kill_now_and_then(files, whole, at(tmp_path), rng, times=4)


@pytest.mark.long
def test_kill_9_at_very_many_moments(files, whole, tmp_path, rng):
    kill_now_and_then(files, whole, at(tmp_path), rng, times=60)


@pytest.mark.parametrize("moment", range(12))
def test_kill_9_in_the_middle_of_a_commit(files, whole, tmp_path, moment):
    """Die at the n-th durable write of the commit, by the kernel's hand; then go on."""
    observatory = at(tmp_path)
    script = (
        "import os, sys, whocut.store.durable as durable\n"
        "calls = 0\n"
        "real = durable.write_whole\n"
        "def write_whole(path, content, **more):\n"
        "    global calls\n"
        "    calls += 1\n"
        f"    if calls == {moment // 2 + 1}:\n"
        f"        if {moment % 2}: real(path, content, **more)\n"
        "        os.kill(os.getpid(), 9)\n"
        "    real(path, content, **more)\n"
        "durable.write_whole = write_whole\n"  # before anybody takes it from there
        "from whocut.cli.app import main\n"
        "main(sys.argv[1:])\n"
    )
    arguments = ["ingest", str(files), "--observatory", str(observatory.directory)]
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments], capture_output=True, timeout=300, check=False
    )
    assert done.returncode == -signal.SIGKILL
    assert_whole_or_nothing(observatory, whole)
    assert ingest(observatory, str(files)) == 0
    assert tree(observatory) == whole


def test_a_full_disk_is_our_error_and_no_end(files, whole, tmp_path):
    """A limit on file size stands in for a full disk: both fail in the middle of a write."""
    observatory = at(tmp_path)

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))

    done = subprocess.run(
        [*PROGRAM, "ingest", str(files), "--observatory", str(observatory.directory)],
        capture_output=True,
        timeout=300,
        check=False,
        preexec_fn=limit,
    )
    assert done.returncode == 1, done.stderr
    assert b"Traceback" not in done.stderr
    assert not observatory.exists()
    assert ingest(observatory, str(files)) == 0
    assert tree(observatory) == whole
