"""What runs on a cluster's worker: one task at a time, if the worker's software is the client's.

The scheduler loads this module too, and nothing heavier: tasks and items pass it as bytes.
"""

import pickle
import platform
import threading
from collections.abc import Callable
from functools import cache
from importlib.metadata import version
from typing import Any, Final

from msgspec import Struct

from whocut import __version__
from whocut.model.errors import StoreError, WhocutError
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
    return Software(__version__, major_minor, {name: version(name) for name in _DECIDING})


def differences(theirs: Software, ours: Software) -> str:
    """Say in what two machines differ; empty where they do not."""
    pairs = [
        ("whocut", theirs.whocut, ours.whocut),
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
