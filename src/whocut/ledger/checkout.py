"""Ask git what the files of the ledger were before, where they stand in a checkout.

git runs as a fixed program, without a shell, on validated names, with nothing that a checkout could
have it run (pagers, diff drivers, monitors). A wheel has no history: that is an answer, too.
"""

import os
import re
import subprocess
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Final

from msgspec import Struct

from whocut.model.errors import InputError, UsageError

__all__ = ["Checkout", "Commit", "find_checkout"]

_COMMAND: Final = (
    *("git", "--no-pager"),
    *("-c", "core.quotepath=off", "-c", "core.fsmonitor=false", "-c", "log.showSignature=false"),
)
_REVISION: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/~^@-]{0,199}")
_SECONDS: Final = 60
_LOG_FORM: Final = "--format=%x01%H %cs"


class Commit(Struct, frozen=True):
    """One commit that touched a file: its hash, its day, and the file's path after it."""

    hash: str
    day: str
    path: str
    """From the root of the ledger."""
    is_removal: bool = False


class Checkout(Struct, frozen=True):
    """A ledger whose files git keeps."""

    root: Path
    """The folder of the ledger."""
    is_shallow: bool = False
    """Older history was not fetched."""

    def resolve(self, revision: str) -> str:
        """Give the hash of a commit that somebody names.

        Raises: UsageError if it is no name of a commit here.
        """
        if not _REVISION.fullmatch(revision):
            raise UsageError(f"{revision}: not a revision, as in v1.0, main~2 or a hash")
        found = _asked(self.root, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")
        if found is None:
            raise UsageError(f"{revision}: git knows no such commit here")
        return found.strip()

    def last_before(self, day: date) -> str | None:
        """Give the last commit made before a day began (UTC); None where there is none."""
        before = f"--before={day.isoformat()}T00:00:00Z"
        found = _told(self.root, "rev-list", "-1", before, "HEAD", "--")
        return found.decode().strip() or None

    def commits(self, *patterns: str) -> tuple[Commit, ...]:
        """List what commits did to files whose path matches (``*/a.yaml``), newest first."""
        output = _told(
            *(self.root, "log", _LOG_FORM, "--name-status", "--no-renames", "--relative"),
            *("-m", "--first-parent", "--", *(f":(glob){pattern}" for pattern in patterns)),
        )
        found = []
        for entry in output.decode("utf-8", "replace").split("\x01")[1:]:
            head, *lines = entry.splitlines()
            commit, day = head.split(" ")
            for line in filter(None, lines):
                status, _, path = line.partition("\t")
                found.append(Commit(commit, day, path, is_removal=status == "D"))
        return tuple(found)

    def changed_files(self, revision: str) -> tuple[str, ...]:
        """List the files, from the root of the ledger, that differ from a commit."""
        known = _told(
            *(self.root, "diff", "--name-only", "--no-renames", "--relative", "-z"),
            *("--no-ext-diff", revision, "--", "."),
        )
        # What git does not know yet is a difference, too.
        new = _told(self.root, "ls-files", "--others", "--exclude-standard", "-z", "--", ".")
        return tuple(sorted({*_names(known), *_names(new)}))

    def files_at(self, revision: str) -> tuple[str, ...]:
        """List the files of a commit, from the root of the ledger."""
        output = _told(self.root, "ls-tree", "-r", "--name-only", "-z", revision, "--", ".")
        return tuple(_names(output))

    def texts(self, places: Sequence[tuple[str, str]]) -> list[str | None]:
        """Read files as they were, by commit and path; None where there is no such file."""
        if not places:
            return []
        asked = "".join(f"{commit}:./{path}\n" for commit, path in places).encode()
        output = _told(self.root, "cat-file", "--batch", asked=asked)
        found: list[str | None] = []
        at = 0
        for _ in places:
            end = output.index(b"\n", at)
            *_, kind, size = output[at:end].split(b" ")
            at = end + 1
            if kind != b"blob":
                found.append(None)
                continue
            found.append(output[at : at + int(size)].decode("utf-8", "replace"))
            at += int(size) + 1
        return found


def find_checkout(root: Path) -> Checkout | None:
    """Find the checkout that keeps these files; None in a wheel, an unpacked archive, or no git."""
    if not _asked(root, "ls-files", "-z", "--", "."):
        return None
    shallow = _asked(root, "rev-parse", "--is-shallow-repository") or ""
    return Checkout(root, is_shallow=shallow.strip() == "true")


def _told(root: Path, *arguments: str, asked: bytes | None = None) -> bytes:
    """Run git on what must work.

    Raises: InputError with what git says.
    """
    done = _run(root, arguments, asked)
    if done is None or done.returncode:
        words = b"it is not there, or gave no answer" if done is None else done.stderr
        reason = words.decode("utf-8", "replace").strip().partition("\n")[0]
        raise InputError(f"git {arguments[0]}: {reason}", source=str(root))
    return done.stdout


def _asked(root: Path, *arguments: str) -> str | None:
    """Run git on what may fail; None where it does."""
    done = _run(root, arguments, None)
    return None if done is None or done.returncode else done.stdout.decode("utf-8", "replace")


def _run(
    root: Path, arguments: Sequence[str], asked: bytes | None
) -> subprocess.CompletedProcess[bytes] | None:
    # A hook's GIT_DIR would have it speak of another repository.
    environment = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    environment |= {"GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
    try:
        return subprocess.run(
            [*_COMMAND, *arguments],
            cwd=root,
            env=environment,
            input=asked or b"",
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None


def _names(output: bytes) -> list[str]:
    return [name.decode("utf-8", "replace") for name in output.split(b"\0") if name]
