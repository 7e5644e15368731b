"""On a cluster the same bytes come out, whatever is killed; and what would differ is refused."""

import json
import os
import shutil
import socket
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.cluster import loopback_cluster
from tests.unit.cli.measuring import write_file
from tests.unit.store.building import tree
from whocut import __version__
from whocut.access import RULESET_VERSION
from whocut.cli.ingest_worker import Client, IngestPlan, SourceTask, read_task
from whocut.cli.reading_pass import _batches
from whocut.cli.reference_options import ReferenceRequest, load_requested
from whocut.ingest.ooni.sources import Source
from whocut.model.errors import StoreError
from whocut.scale.executor import InProcessExecutor
from whocut.store.observatory import Observatory

PROGRAM = (sys.executable, "-m", "whocut.cli")


@pytest.fixture(scope="module")
def environment(tmp_path_factory) -> dict[str, str]:
    """Reference data is what ships, on all machines."""
    return {"WHOCUT_CACHE": str(tmp_path_factory.mktemp("cache"))}


@pytest.fixture(scope="module")
def cluster(environment, tmp_path_factory):
    """Two workers that nobody kills."""
    with loopback_cluster(tmp_path_factory.mktemp("cluster"), environment=environment) as running:
        yield running


@pytest.fixture(scope="module")
def files(tmp_path_factory) -> Path:
    """Eight files of two countries and quarters; each shares measurements with the next."""
    folder = tmp_path_factory.mktemp("files")
    for n in range(8):
        cc, day = ("RU", "IR")[n % 2], f"2024-0{1 + n // 4 * 3}-0{1 + n % 3}"
        write_file(folder / f"{n}.jsonl.gz", range(n * 300, n * 300 + 400), cc=cc, day=day)
    return folder


@pytest.fixture(scope="module")
def kept(files, environment, tmp_path_factory) -> Observatory:
    """What an ingest in one process leaves."""
    observatory = Observatory(tmp_path_factory.mktemp("whole") / "o")
    said, code = ingest(files, observatory, environment)
    assert code == 0, said
    return observatory


@pytest.fixture(scope="module")
def whole(kept) -> dict[str, bytes]:
    """All its files."""
    return tree(kept)


def start(
    observatory: Observatory, environment: dict[str, str], folder: Path, *command: str
) -> subprocess.Popen[bytes]:
    """Begin a command with relative paths, which mean nothing to workers by themselves."""
    place = os.path.relpath(observatory.directory, folder)
    return subprocess.Popen(
        [*PROGRAM, *command, "--observatory", place, "--json"],
        cwd=folder,
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def finish(process: subprocess.Popen[bytes]) -> tuple[str, int]:
    out, error = process.communicate(timeout=600)
    return out.decode() + error.decode(), process.returncode


def ingest(files: Path, observatory: Observatory, environment, *more: str) -> tuple[str, int]:
    return finish(start(observatory, environment, files.parent, "ingest", files.name, *more))


def is_staged(observatory: Observatory, sources: int) -> bool:
    return len(list(observatory.directory.glob("staging/*/done.json"))) >= sources


def test_a_cluster_and_local_workers_give_the_same_bytes(
    files, whole, environment, cluster, tmp_path
):
    for name, options in {
        "pool": ("--workers", "2"),
        "cluster": ("--cluster", cluster.address),
    }.items():
        observatory = Observatory(tmp_path / name)
        said, code = ingest(files, observatory, environment, *options)
        assert code == 0, said
        assert tree(observatory) == whole, name
    said, code = ingest(files, observatory, environment, "--cluster", cluster.address)
    assert json.loads(said[: said.rindex("}") + 1])["known_before"] == 8, said


def test_a_worker_killed_in_the_first_pass_loses_nothing(files, whole, environment, tmp_path):
    observatory = Observatory(tmp_path / "o")
    with loopback_cluster(tmp_path / "cluster", environment=environment) as cluster:
        command = ("ingest", files.name, "--cluster", cluster.address)
        process = start(observatory, environment, files.parent, *command)
        # Each has done something by then: the reference data is loaded, files are staged.
        is_time = partial(is_staged, observatory, 2)
        held = cluster.kill_a_busy_worker(process, is_time)
        said, code = finish(process)
    assert code == 0, said
    assert held
    assert tree(observatory) == whole


def test_a_worker_killed_in_the_second_pass_loses_nothing(kept, environment, tmp_path):
    undisturbed, observatory = Observatory(tmp_path / "1" / "o"), Observatory(tmp_path / "2" / "o")
    for copy in (undisturbed, observatory):
        shutil.copytree(kept.directory, copy.directory)
    said, code = finish(start(undisturbed, environment, tmp_path, "cells", "--all"))
    assert code == 0, said
    with loopback_cluster(tmp_path / "cluster", environment=environment) as cluster:
        command = ("cells", "--all", "--cluster", cluster.address)
        process = start(observatory, environment, tmp_path, *command)
        is_time = (observatory.directory / "staging" / "second-pass").exists
        held = cluster.kill_a_busy_worker(process, is_time)
        said, code = finish(process)
    assert code == 0, said
    assert held
    made = tree(observatory)
    assert any(path.startswith("cell/") for path in made)
    assert made == tree(undisturbed)


def test_small_sources_go_together_and_large_ones_alone():
    class Elsewhere(InProcessExecutor):
        is_remote = True
        parallel = 2

    small = [Source(f"s{n}", 10_000) for n in range(1_000)]
    large = [Source(f"l{n}", 40 << 20) for n in range(3)]
    batches = list(_batches([*large, *small, Source("https://unknown")], Elsewhere()))
    assert [len(batch) for batch in batches[:3]] == [1, 1, 1]
    assert {len(batch) for batch in batches[3:-2]} == {64}
    assert len(batches[-1]) == 1
    assert [source for batch in batches for source in batch] == [*large, *small, batches[-1][0]]
    # Few of them are shared out among the workers, and none waits for another here.
    assert {len(batch) for batch in _batches(small[:16], Elsewhere())} == {2}
    assert {len(batch) for batch in _batches(small, InProcessExecutor())} == {1}


def test_nobody_there_is_said_and_not_waited_for(files, environment, tmp_path):
    with socket.socket() as taken:  # bound and not listening: nobody else gets the port
        taken.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{taken.getsockname()[1]}"
        said, code = ingest(files, Observatory(tmp_path / "o"), environment, "--cluster", address)
    assert code == 1
    assert f"--cluster {address}: no Dask scheduler answers there" in said
    assert "Traceback" not in said


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--cluster", "10.0.0.1:8786"), "not the address of a scheduler, as in tcp://"),
        (("--cluster", "tcp://10.0.0.1"), "not the address of a scheduler"),
        (("--cluster", "tcp://10.0.0.1:8786", "--workers", "2"), "exclude each other"),
        (("--workers", "0"), "at least 1"),
    ],
)
def test_what_cannot_be_asked(files, environment, tmp_path, options, message):
    said, code = ingest(files, Observatory(tmp_path / "o"), environment, *options)
    assert code == 2
    assert message in said


def test_other_reference_data_on_the_client_is_refused(
    files, environment, cluster, tmp_path, repo_dir
):
    table = tmp_path / "table.pfx2as"
    table.write_text("192.0.2.0\t24\t64500\n")
    own = {"WHOCUT_CACHE": str(tmp_path / "cache")}
    (tmp_path / "cache" / "pfx2as").mkdir(parents=True)
    shutil.copy(table, tmp_path / "cache" / "pfx2as" / "routeviews-rv2-20240101-1200.pfx2as")
    said, code = ingest(
        files, Observatory(tmp_path / "o"), environment | own, "--cluster", cluster.address
    )
    assert code == 1, said
    assert "its reference data is" in said
    assert not Observatory(tmp_path / "o").exists()
    # A file that is named lies on what all machines share.
    asked = ("--cluster", cluster.address, "--prefixes", str(table))
    said, code = ingest(files, Observatory(tmp_path / "o"), environment, *asked)
    assert code == 0, said


def test_other_software_on_a_worker_is_refused(files, environment, tmp_path):
    other = tmp_path / "other.py"
    other.write_text("import whocut\nwhocut.__version__ = '0.0.1'\n")
    options = ("--nthreads", "1", "--preload", str(other))
    with loopback_cluster(
        tmp_path / "cluster", workers=1, worker_options=options, environment=environment
    ) as cluster:
        said, code = ingest(
            files, Observatory(tmp_path / "o"), environment, "--cluster", cluster.address
        )
    assert code == 1, said
    assert f"differs: whocut 0.0.1, not {__version__}; the same has to run on all machines" in said


def test_workers_with_threads_and_a_cluster_without_workers_are_refused(
    files, environment, tmp_path
):
    observatory = Observatory(tmp_path / "o")
    with loopback_cluster(
        tmp_path / "threads", workers=1, worker_options=("--nthreads", "2"), environment=environment
    ) as cluster:
        said, code = ingest(files, observatory, environment, "--cluster", cluster.address)
    assert (code, "has 2 threads" in said) == (2, True), said
    with loopback_cluster(tmp_path / "none", workers=0, environment=environment) as cluster:
        said, code = ingest(files, observatory, environment, "--cluster", cluster.address)
    assert (code, "the scheduler has no workers" in said) == (1, True), said


def own_certificate(folder: Path) -> dict[str, str]:
    """One certificate for all, which signs itself: who has it belongs to the cluster."""
    folder.mkdir()
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "whocut-cluster")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (folder / "cert.pem").write_bytes(certificate.public_bytes(pem))
    plain = (serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "key.pem").write_bytes(key.private_bytes(pem, *plain))
    before = "DASK_DISTRIBUTED__COMM__"
    ours = {f"{before}REQUIRE_ENCRYPTION": "True", f"{before}TLS__CA_FILE": f"{folder}/cert.pem"}
    for role in ("SCHEDULER", "WORKER", "CLIENT"):
        ours[f"{before}TLS__{role}__CERT"] = f"{folder}/cert.pem"
        ours[f"{before}TLS__{role}__KEY"] = f"{folder}/key.pem"
    return ours


def test_tls_lets_in_who_has_the_certificate(files, environment, tmp_path):
    ours = environment | own_certificate(tmp_path / "ours")
    another = own_certificate(tmp_path / "another")
    one = ("ingest", str(files / "0.jsonl.gz"), "--no-cells")
    observatory = Observatory(tmp_path / "o")
    with loopback_cluster(
        tmp_path / "cluster", workers=1, environment=ours, protocol="tls"
    ) as cluster:
        assert cluster.address.startswith("tls://")
        command = (*one, "--cluster", cluster.address)
        for without, number, message in (
            (environment, 2, "no certificate; name the files by DASK_DISTRIBUTED__COMM__TLS__CA_"),
            (environment | another, 1, "no Dask scheduler answers there"),
        ):
            said, code = finish(start(observatory, without, tmp_path, *command))
            assert code == number, said
            assert message in said
            assert "Traceback" not in said
        said, code = finish(start(observatory, ours, tmp_path, *command))
    assert code == 0, said


def test_a_worker_that_sees_another_file_system_says_so(files, tmp_path):
    """The mark that the client left is not there; the rest is as it must be."""
    request = ReferenceRequest(None, (), None, None)
    snapshot = load_requested(request).snapshot_id
    (tmp_path / "staging").mkdir()
    for mark, directory, missing in (
        ("client-0", str(files), "does not see the observatory"),
        ("client-1", "/nowhere", "does not see /nowhere/0.jsonl.gz"),
    ):
        (tmp_path / "staging" / "client-1").touch()
        client = Client(directory, mark, RULESET_VERSION, snapshot)
        plan = IngestPlan(str(tmp_path / "staging"), False, frozenset(), client)
        with pytest.raises(StoreError, match=missing):
            read_task(SourceTask((Source("0.jsonl.gz", 1),), plan, request))
