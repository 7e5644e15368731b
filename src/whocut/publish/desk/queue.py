"""The keepers' queue: a copy of the server's sealed forms, opened with the secret key.

Nothing that is opened is written anywhere. What strangers wrote is hostile until shown otherwise:
a file that cannot be opened is listed with the reason, and stops nothing.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

from msgspec import Struct
from nacl.public import PrivateKey

from whocut.model.errors import InputError, UsageError
from whocut.publish.desk.box import SEALED_SUFFIX
from whocut.publish.desk.decisions import Decided, Standing, standing_of
from whocut.publish.desk.form import Body
from whocut.publish.desk.sealing import LARGEST_SEALED, unseal

__all__ = ["Opened", "find_sealed", "open_all", "open_one"]

_NAME: Final = re.compile(rf"[0-9a-f]{{32}}{re.escape(SEALED_SUFFIX)}")
_LEAST_PREFIX: Final = 4


class Opened(Struct, frozen=True):
    """One form of the queue."""

    id: str
    day: date
    """Of its file; the day stands in the form too."""
    body: Body | None
    fault: str
    """Why it cannot be read; empty where it can."""
    standing: Standing
    same_form: str = ""
    """The id of the first that was sent from the same copy of the form: this one is sent again."""


def find_sealed(folder: Path) -> list[Path]:
    """List the sealed forms of a folder; anything else in it is none of ours.

    Raises: UsageError if there is no such folder.
    """
    if not folder.is_dir():
        raise UsageError(f"{folder}: no such folder; copy the server's desk folder here")
    return sorted(one for one in folder.iterdir() if _NAME.fullmatch(one.name))


def open_all(
    folder: Path, keys: Sequence[PrivateKey], decisions: Mapping[str, Sequence[Decided]]
) -> list[Opened]:
    """Open every form, the oldest day first."""
    opened = [_opened(path, keys, decisions) for path in find_sealed(folder)]
    return list(_told_twice(sorted(opened, key=lambda one: (one.day, one.id))))


def open_one(
    folder: Path,
    keys: Sequence[PrivateKey],
    decisions: Mapping[str, Sequence[Decided]],
    prefix: str,
) -> Opened:
    """Open the form whose id begins so.

    Raises: UsageError if there is none, or more than one.
    """
    if len(prefix) < _LEAST_PREFIX or not re.fullmatch("[0-9a-f]+", prefix):
        raise UsageError(f"{prefix}: not an id; its first {_LEAST_PREFIX} characters are enough")
    found = [one for one in find_sealed(folder) if one.name.startswith(prefix)]
    if not found:
        raise UsageError(f"{prefix}: no form of this id in {folder}")
    if len(found) > 1:
        raise UsageError(f"{prefix}: {len(found)} forms begin so; give more of the id")
    return _opened(found[0], keys, decisions)


def _opened(
    path: Path, keys: Sequence[PrivateKey], decisions: Mapping[str, Sequence[Decided]]
) -> Opened:
    id_ = path.name.removesuffix(SEALED_SUFFIX)
    day = datetime.fromtimestamp(path.stat().st_mtime, UTC).date()
    body, fault = None, ""
    try:
        with path.open("rb") as stream:
            sealed = stream.read(LARGEST_SEALED + 1)
        body = unseal(sealed, keys, source=path.name)
        day = body.received
    except InputError as error:
        fault = error.reason
    except OSError as error:
        fault = error.strerror or "cannot be read"
    return Opened(id_, day, body, fault, standing_of(decisions, id_))


def _told_twice(opened: Sequence[Opened]) -> Iterator[Opened]:
    first: dict[tuple[type, str], str] = {}
    for one in opened:
        nonce = one.body.nonce if one.body is not None else ""
        if not nonce:
            yield one
            continue
        known = first.setdefault((type(one.body), nonce), one.id)
        same = "" if known == one.id else known
        yield Opened(one.id, one.day, one.body, one.fault, one.standing, same)
