"""The desk on the server: it takes forms, seals them at once, and can read none of them again."""

import threading
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Final

from nacl.public import PublicKey

from whocut.model.errors import InputError, StoreError
from whocut.publish.desk.box import SealedFolder
from whocut.publish.desk.flood import FormTokens, Limits
from whocut.publish.desk.form import Body
from whocut.publish.desk.keys import PUBLIC_NAME, load_public
from whocut.publish.desk.sealing import seal

__all__ = ["COUNTS_NAME", "SEALED_FOLDER", "Closed", "Desk", "open_desk", "today"]

SEALED_FOLDER: Final = "desk"
"""Below the observatory; nothing but sealed forms lies in it."""
COUNTS_NAME: Final = "desk-counts.json"
"""Below the observatory: what the keepers have published."""


class Closed(StrEnum):
    """Why a desk takes nothing."""

    NO_KEY = "no_key"
    BAD_KEY = "bad_key"
    NO_PLACE = "no_place"
    FULL = "full"
    FAILED = "failed"
    """The disk did not take it."""


class Desk:
    """Takes forms for the case workers."""

    def __init__(
        self,
        folder: SealedFolder | None,
        key: PublicKey | None,
        *,
        tokens: FormTokens | None = None,
        limits: Limits | None = None,
        why_no_key: Closed = Closed.NO_KEY,
    ) -> None:
        self.tokens = tokens or FormTokens()
        self.limits = limits or Limits()
        self._folder = folder
        self._key = key
        self._why_no_key = why_no_key
        self._lock = threading.Lock()

    def closed(self) -> Closed | None:
        """Say why nothing is taken; None where the desk is open."""
        if self._folder is None:
            return Closed.NO_PLACE
        if self._key is None:
            return self._why_no_key
        return Closed.FULL if self._folder.is_full() else None

    def take(self, body: Body) -> Closed | None:
        """Seal what a form says and keep that alone; what was not kept has a reason."""
        if self._folder is None or self._key is None:
            return self.closed()
        sealed = seal(body, self._key)
        with self._lock:
            try:
                self._folder.put(sealed, today())
            except StoreError:
                return Closed.FULL
            except OSError:
                return Closed.FAILED
        return None


def today() -> date:
    """Give the day, in UTC."""
    return datetime.now(UTC).date()


def open_desk(observatory: Path | None, key_path: Path | None = None) -> Desk:
    """Open the desk of an observatory, whose public key lies there unless another is named.

    A key that cannot be read closes the desk: a form must never be kept in the clear instead.
    """
    if observatory is None:
        return Desk(None, None)
    path = key_path or observatory / PUBLIC_NAME
    folder = SealedFolder(observatory / SEALED_FOLDER)
    if not path.exists():
        return Desk(folder, None)
    try:
        return Desk(folder, load_public(path))
    except InputError:
        return Desk(folder, None, why_no_key=Closed.BAD_KEY)
