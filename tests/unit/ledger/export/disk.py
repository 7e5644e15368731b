"""A ledger on disk, made up, and a checkout around it."""

import subprocess
from datetime import date
from pathlib import Path

from tests.unit.ledger.recording import made_record, source
from whocut.ledger.load import convert
from whocut.ledger.record import CutRecord, Source
from whocut.ledger.release import release_ledger
from whocut.ledger.write import write_record, write_sources

__all__ = ["FIRST_DAY", "SECOND_DAY", "commit", "git", "made_ledger", "put", "two_releases"]

FIRST_DAY = date(2026, 1, 1)
SECOND_DAY = date(2026, 2, 1)


def put(root: Path, record: CutRecord) -> Path:
    """Write a record where it belongs."""
    path = root / record.id[:4] / f"{record.id}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(write_record(record), "utf-8")
    return path


def made_ledger(folder: Path, *names: str) -> Path:
    """Make a ledger of plain records, with a file of actors beside it."""
    root = folder / "ledger"
    for name in names or ("2022-03-acme-ru", "2022-04-bolt-ir", "2023-01-cord-cu"):
        put(root, made_record(name))
    shared = {"letter": convert(source(), Source, "letter")}
    (root / "sources.yaml").write_text(write_sources(shared), "utf-8")
    actors = folder / "actors"
    actors.mkdir(parents=True)
    (actors / "companies.yaml").write_text("acme: {}\n", "utf-8")
    return root


def two_releases(folder: Path) -> Path:
    """Make a ledger with two releases, and a revision and an addition between them."""
    root = made_ledger(folder)
    release_ledger(FIRST_DAY, root)
    put(root, made_record(layer={"value": "http", "from": ["s1"]}))
    put(root, made_record("2024-01-dove-sy"))
    release_ledger(SECOND_DAY, root)
    return root


def git(folder: Path, *arguments: str) -> str:
    """Run git in a folder of a test, as nobody in particular."""
    who = ("-c", "user.name=Keeper", "-c", "user.email=keeper@example.org")
    command = ["git", *who, "-c", "commit.gpgsign=false", *arguments]
    done = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout


def commit(folder: Path, day: str, message: str = "A revision") -> str:
    """Commit all that stands in a folder, dated."""
    git(folder, "add", "-A")
    stamp = f"{day}T12:00:00Z"
    who = ("-c", "user.name=Keeper", "-c", "user.email=keeper@example.org")
    subprocess.run(
        ["git", *who, "-c", "commit.gpgsign=false", "commit", "-q", "-m", message],
        cwd=folder,
        check=True,
        env={"PATH": "/usr/bin:/bin", "GIT_COMMITTER_DATE": stamp, "GIT_AUTHOR_DATE": stamp},
    )
    return git(folder, "rev-parse", "HEAD").strip()
