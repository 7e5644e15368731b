"""The package as a stranger installs it: a wheel, what it asks for, and nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

import whocut

# One process for all: the wheel and its venv are made once.
pytestmark = pytest.mark.xdist_group("installed")

_SECONDS = 300
_RULE = "insufficient.none_fired"


def _run(command: list[str], cwd: Path, **environment: str) -> str:
    """Run one command without this checkout in sight."""
    inherited = {k: v for k, v in os.environ.items() if k not in {"PYTHONPATH", "VIRTUAL_ENV"}}
    ran = subprocess.run(
        command,
        cwd=cwd,
        env=inherited | environment,
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
    assert ran.returncode == 0, f"{command}: {ran.stdout}{ran.stderr}"
    return ran.stdout


@pytest.fixture(scope="module")
def wheel(repo_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built without a network from what stands here."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation"]
    _run([*build, "-w", str(folder), str(repo_dir)], repo_dir)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(repo_dir: Path, wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of a venv that holds the wheel and its locked requirements."""
    folder = tmp_path_factory.mktemp("installed")
    venv.create(folder, with_pip=True)
    pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "-q"]
    lock = repo_dir / "requirements" / "run.txt"
    _run([*pip, "--require-hashes", "-r", str(lock)], folder)
    _run([*pip, "--no-deps", str(wheel)], folder)
    return folder / "bin"


def test_the_wheel_holds_every_datum(repo_dir: Path, wheel: Path) -> None:
    shipped = {name for name in zipfile.ZipFile(wheel).namelist() if "/data/" in name}
    folder = repo_dir / "data"
    here = {
        f"whocut/data/{path.relative_to(folder).as_posix()}"
        for path in folder.rglob("*")
        if path.is_file()
    }
    assert here
    assert here <= shipped


def test_the_wheel_holds_no_tests_and_no_caches(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.split("/", 1)[0] for name in names}
    assert tops == {"whocut", "whocut_lab", f"whocut-{whocut.__version__}.dist-info"}
    assert not [name for name in names if "__pycache__" in name]


def test_an_installed_whocut_answers(installed: Path, tmp_path: Path) -> None:
    program = str(installed / "whocut")
    assert whocut.__version__ in _run([program, "--version"], tmp_path)
    assert _RULE in _run([program, "explain", _RULE], tmp_path)


def test_an_installed_whocut_reads_and_judges(
    installed: Path, tmp_path: Path, shared_dir: Path
) -> None:
    program = str(installed / "whocut")
    data = str(shared_dir / "access" / "ooni" / "real.jsonl")
    cache = {"WHOCUT_CACHE": str(tmp_path / "cache")}
    _run([program, "ingest", data, "--observatory", "observatory"], tmp_path, **cache)
    command = [program, "who", "archive.org", "--country", "ID", "--observatory", "observatory"]
    assert "Interfered with" in _run(command, tmp_path, **cache)
