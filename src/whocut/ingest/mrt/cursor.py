"""Take fields off the bytes of one record, never past its end."""

from whocut.ingest.mrt.finding import MalformedRecordError
from whocut.ingest.mrt.wire import Afi

__all__ = ["Cursor"]


class Cursor:
    """A place in some bytes that only moves forward.

    Raises: MalformedRecordError when asked for more than is left.
    """

    __slots__ = ("at", "data", "end")

    def __init__(self, data: bytes, at: int = 0, end: int | None = None) -> None:
        self.data = data
        self.at = at
        self.end = len(data) if end is None else end

    @property
    def left(self) -> int:
        """Bytes that are left."""
        return self.end - self.at

    def take(self, size: int, field: str) -> bytes:
        """Take ``size`` bytes."""
        start = self.at
        if size > self.end - start:
            raise MalformedRecordError(
                f"{field} needs {size} bytes, {self.end - start} are left of the record"
            )
        self.at = start + size
        return self.data[start : self.at]

    def number(self, size: int, field: str) -> int:
        """Take an unsigned number, network byte order."""
        return int.from_bytes(self.take(size, field), "big")

    def address(self, afi: Afi, field: str) -> bytes:
        """Take an address of the family's full length."""
        return self.take(4 if afi is Afi.IPV4 else 16, field)
