"""Every example of the manuals runs as it is written, from a shell; routes have their own test."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.cli.celled import celled_observatory
from tests.unit.publish.desk.filling import TODAY, a_report
from whocut.cli.app import main
from whocut.publish.desk.form import PartyReply
from whocut.publish.desk.keys import load_public
from whocut.publish.desk.sealing import seal

_BIN = Path(sys.executable).parent
_PASSPHRASE = "correct horse battery staple"
_ELSEWHERE = (
    *("rsync ", "scp ", "cd ", "export ", "dask "),  # other machines and programs
    "whocut ledger release",  # writes into the sources
    "whocut ledger diff",  # asks git
    "whocut ledger add",  # asks a person, field by field
    "whocut finding ID",  # of pages that are built
    "whocut serve",
    "whocut fetch ooni",
    "whocut ingest",
)


def _examples(repo_dir: Path, name: str) -> list[str]:
    """Take the lines of commands that a manual shows."""
    text = (repo_dir / f"docs/manual/{name}.md").read_text("utf-8")
    found = re.findall(
        r"^    ((?:[a-z]+ .*\| )?(?:whocut|rsync|scp|cd|dask|export) .*)$", text, re.M
    )
    return [line for line in found if not line.startswith(_ELSEWHERE)]


def _block(repo_dir: Path, name: str, kind: str) -> str:
    text = (repo_dir / f"docs/manual/{name}.md").read_text("utf-8")
    found = re.search(rf"```{kind}\n(.*?)```", text, re.DOTALL)
    assert found is not None
    return found[1]


def _shell(line: str, folder: Path, **more: str) -> subprocess.CompletedProcess[str]:
    environment = dict(
        os.environ,
        PATH=f"{_BIN}{os.pathsep}{os.environ['PATH']}",
        WHOCUT_OBSERVATORY=str(folder / "observatory"),
        WHOCUT_CACHE=str(folder / "cache"),
        HOME=str(folder),
    )
    return subprocess.run(
        ["bash", "-c", line], cwd=folder, env=environment, capture_output=True, text=True,
        timeout=120, check=False, input=more.get("given", ""),
    )  # fmt: skip


@pytest.fixture(scope="module")
def place(repo_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what the examples name: an observatory, a case, two bundles."""
    found = tmp_path_factory.mktemp("manuals")
    celled_observatory(found / "observatory")
    (found / "cases.yaml").write_text(_block(repo_dir, "ledger", "yaml"))
    (found / "BUNDLE.json").write_text(_block(repo_dir, "findings", "json"))
    shutil.copy(found / "BUNDLE.json", found / "OTHER.json")
    return found


@pytest.mark.parametrize(
    ("name", "least"), [("answers", 4), ("findings", 10), ("ledger", 17), ("targets", 6)]
)
def test_every_example_answers(repo_dir: Path, place: Path, name: str, least: int) -> None:
    lines = _examples(repo_dir, name)
    assert len(lines) >= least
    for line in lines:
        done = _shell(line, place)
        assert done.returncode == 0, (line, done.stderr)
        assert done.stdout or " > " in line or " --to " in line, line


def test_the_case_of_the_ledgers_manual_comes_out_as_it_says(place: Path) -> None:
    assert "As expected." in _shell("whocut ledger assess --case cases.yaml", place).stdout


def test_the_smallest_bundle_names_who_announced_it(place: Path) -> None:
    done = _shell("whocut attribute BUNDLE.json", place)
    assert "Example Inc. announced that it would cut off access" in " ".join(done.stdout.split())


def test_the_first_examples_of_findings_find_something(repo_dir: Path, place: Path) -> None:
    """An example that answers with nothing is a poor one."""
    for line in _examples(repo_dir, "findings"):
        if line.startswith("whocut finding"):
            assert "There is no evidence on" not in _shell(line, place).stdout, line


def test_a_finding_that_no_page_has_says_what_makes_one(tmp_path, capsys) -> None:
    code = main(["finding", "ru-x-2022-03-00000000", "--observatory", str(tmp_path)])
    assert code == 2
    assert "whocut serve makes one" in capsys.readouterr().err


def test_the_desks_examples_follow_one_another(repo_dir: Path, tmp_path: Path) -> None:
    """Keys, a folder of forms with the ids of the manual, and each line after the other."""
    first, *lines = _examples(repo_dir, "desk")
    assert first.startswith("whocut desk keys --to ~/whocut-keys")
    given = f"{_PASSPHRASE}\n"
    assert _shell(first, tmp_path, given=given * 2).returncode == 0
    folder = tmp_path / "whocut-keys"
    public = load_public(folder / "desk.pub")
    reply = PartyReply(
        about="2022-03-cogent-ru",
        party="Cogent Communications",
        domain="cogentco.com",
        text="We answer.",
        token="whocut-reply-" + "k" * 32,
        received=TODAY,
    )
    (folder / "desk").mkdir()
    forms = {"3f9c": a_report("a"), "77ab": a_report("b"), "81f0": a_report("c"), "b15a": reply}
    for start, body in forms.items():
        (folder / "desk" / f"{start}{'0' * 28}.sealed").write_bytes(seal(body, public))
    for line in lines:
        if line.startswith("whocut desk verify") and "--dry-run" not in line:
            continue  # sends packets
        done = _shell(line, folder, given=given)
        wanted = 2 if line.startswith("whocut desk decide b15a") else 0  # nobody saw its token
        assert done.returncode == wanted, (line, done.stderr)
    assert (folder / "desk-counts.json").is_file()
