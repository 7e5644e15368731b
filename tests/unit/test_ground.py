"""The ground itself: what the checkout promises before any room does anything."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from typing import TYPE_CHECKING

import pytest

import whocut

if TYPE_CHECKING:
    from pathlib import Path

_LOCKS = ("run", "build", "dev", "peers-bare", "peers-oonidata")
_MOST_LINES = 600


def _tracked(repo_dir: Path, *patterns: str) -> list[Path]:
    """List the files of the checkout that git knows or would take."""
    if not (repo_dir / ".git").exists():
        pytest.skip("not a git checkout")
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *patterns],
        cwd=repo_dir,
        capture_output=True,
        check=True,
    ).stdout
    paths = (repo_dir / name.decode() for name in listed.split(b"\0") if name)
    return [path for path in paths if path.is_file()]


def _name_of(requirement: str) -> str:
    return re.split(r"[^A-Za-z0-9_.-]", requirement, maxsplit=1)[0].lower().replace("_", "-")


def _pyproject(repo_dir: Path) -> dict[str, object]:
    return tomllib.loads((repo_dir / "pyproject.toml").read_text())["project"]


def test_ci_runs_make_test(repo_dir: Path) -> None:
    script = repo_dir / ".ci" / "run"
    assert "make test" in script.read_text()
    assert os.access(script, os.X_OK)


def test_every_target_is_in_the_help(repo_dir: Path) -> None:
    makefile = (repo_dir / "Makefile").read_text()
    targets = set(re.findall(r"^\.PHONY: ([a-z-]+)$", makefile, re.MULTILINE))
    helped = set(re.findall(r"^([a-z-]+):.*## ", makefile, re.MULTILINE))
    assert {"run", "test", "test-long", "lint", "type", "bench", "lab", "help"} <= helped
    # Steps of other targets.
    assert targets - helped == {"lab-packages", "test-packages", "try-roots"}


@pytest.mark.parametrize("name", _LOCKS)
def test_locks_hold_hashes_and_no_hosts(repo_dir: Path, name: str) -> None:
    lock = (repo_dir / "requirements" / f"{name}.txt").read_text()
    pinned = re.findall(r"^([A-Za-z0-9_.\[\],-]+)==\S+ .*\\$", lock, re.MULTILINE)
    blocks = re.split(r"^(?=[A-Za-z])", lock, flags=re.MULTILINE)[1:]
    assert len(pinned) == len(blocks)
    assert all("--hash=sha256:" in block for block in blocks)
    assert "://" not in lock
    assert "--index" not in lock
    assert "--find-links" not in lock


@pytest.mark.parametrize("name", _LOCKS)
def test_locks_follow_what_was_asked_for(repo_dir: Path, name: str) -> None:
    folder = repo_dir / "requirements"
    wanted = {
        _name_of(line)
        for line in (folder / f"{name}.in").read_text().splitlines()
        if line and not line.startswith(("#", "-r"))
    }
    locked = {
        _name_of(line)
        for line in (folder / f"{name}.txt").read_text().splitlines()
        if line[:1].isalpha()
    }
    assert wanted <= locked


def test_the_package_asks_for_what_is_locked(repo_dir: Path) -> None:
    asked = _pyproject(repo_dir)["dependencies"]
    listed = (repo_dir / "requirements" / "run.in").read_text().split()
    assert sorted(asked) == sorted(listed)


def test_every_dependency_has_its_reason(repo_dir: Path) -> None:
    page = (repo_dir / "docs" / "dependencies.md").read_text()
    for requirement in _pyproject(repo_dir)["dependencies"]:
        assert f"| {_name_of(requirement)} |" in page


def test_one_version(repo_dir: Path) -> None:
    version = _pyproject(repo_dir)["version"]
    assert version == whocut.__version__
    assert f"version: {version}\n" in (repo_dir / "CITATION.cff").read_text()
    assert version in (repo_dir / "CHANGELOG.md").read_text()


def test_the_changelog_has_its_four_headings(repo_dir: Path) -> None:
    releases = re.split(r"^## ", (repo_dir / "CHANGELOG.md").read_text(), flags=re.MULTILINE)[1:]
    for release in releases:
        headings = re.findall(r"^### (.*)$", release, re.MULTILINE)
        assert headings == ["Breaking", "New", "Fixed", "Security"], release.splitlines()[0]


def test_whose_terms_each_shipped_folder_carries(repo_dir: Path) -> None:
    page = (repo_dir / "docs" / "licences.md").read_text()
    folders = {path.parent.relative_to(repo_dir).parts[:2] for path in _tracked(repo_dir, "data")}
    for folder in folders:
        assert f"`{'/'.join(folder)}`" in page, folder


def test_links_between_documents_hold(repo_dir: Path) -> None:
    broken = [
        f"{page.relative_to(repo_dir)}: {target}"
        for page in _tracked(repo_dir, "*.md")
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text())
        if "://" not in target and not (page.parent / target).exists()
    ]
    assert broken == []


def test_decisions_are_numbered_and_say_why(repo_dir: Path) -> None:
    pages = sorted((repo_dir / "docs" / "adr").glob("*.md"))
    assert [page.name[:4] for page in pages] == [f"{n + 1:04d}" for n in range(len(pages))]
    for page in pages:
        text = page.read_text()
        for part in ("**Context.**", "**Decision.**", "**Would reopen it.**"):
            assert part in text, f"{page.name}: no {part}"


def test_no_host_of_a_registry_and_no_path_of_a_machine(repo_dir: Path) -> None:
    registries = ("py" + "pi[.]org", "python" + "hosted[.]org", "registry[.]npm" + "js[.]org")
    places = ("(?<![a-zA-Z0-9_.~-])/(?:work|root|home/[a-z]+)/", "deb[.]deb" + "ian[.]org")
    forbidden = re.compile("|".join((*registries, *places)))
    found = []
    for path in _tracked(repo_dir):
        try:
            text = path.read_text()
        except UnicodeDecodeError:
            continue
        found += [
            f"{path.relative_to(repo_dir)}:{number}"
            for number, line in enumerate(text.splitlines(), 1)
            if forbidden.search(line)
        ]
    assert found == []


def test_modules_stay_small(repo_dir: Path) -> None:
    long = {
        str(path.relative_to(repo_dir)): lines
        for path in _tracked(repo_dir, "*.py")
        if (lines := len(path.read_text().splitlines())) > _MOST_LINES
    }
    assert long == {}


_SKIPPING = """
import pytest

@pytest.mark.lab
def test_that_needs_root():
    pytest.skip("not root")
"""


@pytest.mark.parametrize(("ci", "code"), [("true", 1), ("", 0)])
def test_what_stands_for_acceptance_is_not_skipped_in_ci(
    repo_dir: Path, tmp_path: Path, ci: str, code: int
) -> None:
    shutil.copy(repo_dir / "tests" / "conftest.py", tmp_path / "conftest.py")
    shutil.copy(repo_dir / "pyproject.toml", tmp_path / "pyproject.toml")
    (tmp_path / "test_one.py").write_text(_SKIPPING)
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "--rootdir", str(tmp_path), str(tmp_path / "test_one.py")],
        env=dict(os.environ, CI=ci),
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert ran.returncode == code, ran.stdout
    assert "not root" in ran.stdout
    assert "--hypothesis-seed=" in ran.stdout


@pytest.mark.xdist_group("together")
def test_what_belongs_together_runs_in_one_process(request: pytest.FixtureRequest) -> None:
    if "PYTEST_XDIST_WORKER" not in os.environ:
        pytest.skip("one process runs all tests here")
    # Where the name of its group does not reach its id, tests of a group are spread, unseen.
    assert request.node.nodeid.endswith("@together")
