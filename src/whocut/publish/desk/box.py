"""The folder on the server into which sealed forms go, and that tells as little as a folder can.

File names are random, sizes are of a few classes, all times are the day's midnight. What a file
system notes by itself (the moment of a change, of creation, the order of inodes) is blurred: all
files of a day are touched at each arrival, and once the day is over they are written anew in an
order of chance.
"""

import os
import random
import secrets
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Final

from whocut.model.errors import StoreError

__all__ = ["MOST_FILES", "SEALED_SUFFIX", "SealedFolder"]

SEALED_SUFFIX: Final = ".sealed"
MOST_FILES: Final = 20_000
"""Provisional: 160 to 640 MB. A full folder takes nothing until the keepers have emptied it."""
_CHANCE: Final = random.SystemRandom()


class SealedFolder:
    """The sealed forms of one server."""

    def __init__(self, directory: Path, *, most_files: int = MOST_FILES) -> None:
        self._directory = directory
        self._most = most_files

    def is_full(self) -> bool:
        """Say whether nothing more is taken."""
        return len(self._files()) >= self._most

    def put(self, sealed: bytes, day: date) -> None:
        """Keep what was sealed, durably, under a name of chance.

        Raises: StoreError if the folder is full.
        """
        self._directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        files = self._files()
        if len(files) >= self._most:
            raise StoreError(f"{self._directory}: holds {len(files)} sealed forms already")
        for old in self._of_other_days(files, day):
            self._renew(old)
        self._write(sealed, _midnight(day))
        self._blur(day)

    def _files(self) -> list[Path]:
        if not self._directory.is_dir():
            return []
        names = os.listdir(self._directory)  # noqa: PTH208 - 20,000 names in 5 ms, and not in 40
        return [self._directory / name for name in names if name.endswith(SEALED_SUFFIX)]

    def _write(self, sealed: bytes, moment: float) -> None:
        name = secrets.token_hex(16)
        # The moment is set before the name is given: a listing never shows another one.
        unfinished = self._directory / f".{name}"
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(sealed)
            stream.flush()
            os.fsync(stream.fileno())
        os.utime(unfinished, (moment, moment))
        unfinished.replace(self._directory / f"{name}{SEALED_SUFFIX}")
        folder = os.open(self._directory, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def _blur(self, day: date) -> None:
        """Touch all files of the day: the moment that each was changed is the last one's."""
        moment = _midnight(day)
        files = [one for one in self._files() if one.stat().st_mtime == moment]
        _CHANCE.shuffle(files)
        for one in files:
            os.utime(one, (moment, moment))
        os.utime(self._directory, (moment, moment))

    def _of_other_days(self, files: list[Path], day: date) -> list[Path]:
        """List the files of the newest day before this one, if they were not written anew yet."""
        newest = max((one.stat().st_mtime for one in files), default=_midnight(day))
        if newest >= _midnight(day):
            return []
        old = [one for one in files if one.stat().st_mtime == newest]
        _CHANCE.shuffle(old)
        return old

    def _renew(self, old: Path) -> None:
        moment = old.stat().st_mtime
        self._write(old.read_bytes(), moment)
        old.unlink()


def _midnight(day: date) -> float:
    return datetime.combine(day, time(), UTC).timestamp()
