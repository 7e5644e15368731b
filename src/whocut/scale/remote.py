"""What runs on a cluster's worker: one task at a time, if the worker's software is the client's.

The scheduler loads this module too, and nothing heavier: tasks and items pass it as bytes.
"""

import hashlib
import pickle
import platform
import threading
from collections.abc import Callable
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from msgspec import Struct

import whocut
from whocut import __version__
from whocut.model.errors import StoreError, WhocutError
from whocut.model.shipped import shipped_path
from whocut.scale.progress import reporting_to

__all__ = ["Answer", "Software", "differences", "own_software", "pack", "perform", "unpack"]

_DECIDING: Final = ("numpy", "pyarrow")
"""Packages whose version shows in the bytes that a task writes, or in its sums."""
_ONE_AT_A_TIME: Final = threading.Lock()
"""A worker with more threads than one is slower for it, but must not be wrong: the pattern
matcher's scratch space is one a process."""


class Software(Struct, frozen=True):
    """What must be the same on all machines for the same bytes."""

    whocut: str
    code: str
    """Hash of whocut's modules and data: a release may have been changed by hand."""
    python: str
    packages: dict[str, str]


class Answer(Struct, frozen=True):
    """What became of a task."""

    result: Any
    error: Exception | None
    advanced: int
    """What the task said of its progress, summed up."""


@cache
def own_software() -> Software:
    """Say what runs here."""
    major_minor = ".".join(platform.python_version_tuple()[:2])
    packages = {name: version(name) for name in _DECIDING}
    return Software(__version__, _code_digest(), major_minor, packages)


def _code_digest() -> str:
    digest = hashlib.sha256()
    package, data = Path(whocut.__file__).parent, shipped_path()
    for folder, pattern in ((package, "*.py"), (data, "*")):
        for path in sorted(folder.rglob(pattern)):
            # In a wheel the data lies in the package, in a checkout beside it.
            if path.is_file() and (folder == data or data not in path.parents):
                digest.update(f"{path.relative_to(folder)}\0".encode())
                digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:12]


def differences(theirs: Software, ours: Software) -> str:
    """Say in what two machines differ; empty where they do not."""
    pairs = [
        ("whocut", theirs.whocut, ours.whocut),
        ("its modules and data", theirs.code, ours.code),
        ("Python", theirs.python, ours.python),
        *((name, theirs.packages.get(name), ours.packages.get(name)) for name in ours.packages),
    ]
    return ", ".join(f"{name} {here}, not {there}" for name, here, there in pairs if here != there)


def pack(task: Callable[[Any], Any], item: object, software: Software) -> bytes:
    """Make the bytes that a worker takes."""
    return pickle.dumps((software, pickle.dumps((task, item))))


def unpack(answer: bytes) -> Answer:
    """Read the bytes that a worker gives back."""
    found: Answer = pickle.loads(answer)  # noqa: S301 - by our own worker
    return found


def perform(packed: bytes) -> bytes:
    """Run a task on a worker.

    An error that the user must hear of comes back in the answer, at once; any other is raised, so
    that the scheduler tries again.
    """
    software, call = pickle.loads(packed)  # noqa: S301 - by our own client
    advanced = 0

    def advance(amount: int) -> None:
        nonlocal advanced
        advanced += amount

    try:
        different = differences(own_software(), software)
        if different:
            raise StoreError(f"its software differs: {different}")
        task, item = pickle.loads(call)  # noqa: S301 - by our own client
        with _ONE_AT_A_TIME, reporting_to(advance):
            answer = Answer(task(item), None, advanced)
    except WhocutError as error:
        answer = Answer(None, error, advanced)
    return pickle.dumps(answer)
