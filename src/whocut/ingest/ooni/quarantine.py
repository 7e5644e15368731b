"""Keep what was refused, so that a person can look at it: one JSON line a refusal."""

from collections import Counter
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

import msgspec
from msgspec import Struct

from whocut.ingest.ooni.refusal import Refusal, RefusalReason

__all__ = ["Quarantine", "QuarantinedRecord", "quarantined"]

_LARGEST_FILE_BYTES = 64 * 1024 * 1024
"""Provisional; some 80,000 refusals."""


class QuarantinedRecord(Struct, frozen=True, gc=False):
    """One line of a quarantine file. Keys are public."""

    reason: RefusalReason
    detail: str
    field: str | None
    source: str
    offset: int
    line: int
    test_name: str | None
    measurement_uid: str | None
    raw_bytes: int
    raw_sha256: str | None
    raw_head: str
    """Undecodable bytes as ``\\xNN``."""


def quarantined(refusal: Refusal) -> QuarantinedRecord:
    """Spell one refusal as its quarantine line."""
    return QuarantinedRecord(
        reason=refusal.reason,
        detail=refusal.detail,
        field=refusal.field,
        source=refusal.position.source,
        offset=refusal.position.offset,
        line=refusal.position.line,
        test_name=refusal.test_name,
        measurement_uid=refusal.measurement_uid,
        raw_bytes=refusal.raw_bytes,
        raw_sha256=refusal.raw_sha256,
        raw_head=refusal.raw_head.decode("utf-8", "backslashreplace"),
    )


class Quarantine:
    """Writes refusals to one JSON Lines file, made only when there is one.

    Beyond ``max_bytes`` refusals are counted and no longer written; ``left_out`` says how many.
    The same input gives the same bytes.
    """

    def __init__(self, path: Path, *, max_bytes: int = _LARGEST_FILE_BYTES) -> None:
        self.path = path
        self.counts: Counter[RefusalReason] = Counter()
        self.left_out = 0
        self._left_bytes = max_bytes
        self._file: BinaryIO | None = None
        self._encode = msgspec.json.Encoder().encode

    def add(self, refusal: Refusal) -> None:
        """Count one refusal and write it while there is room."""
        self.counts[refusal.reason] += 1
        line = self._encode(quarantined(refusal)) + b"\n"
        if len(line) > self._left_bytes:
            self._left_bytes = 0
            self.left_out += 1
            return
        self._left_bytes -= len(line)
        if self._file is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self.path.open("wb")
        self._file.write(line)

    def close(self) -> None:
        """Finish the file."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exception_type: type[BaseException] | None,
        exception: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()
