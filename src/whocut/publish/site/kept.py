"""Pages that were drawn, kept packed and within a bound of bytes; the longest unread goes first."""

from collections import OrderedDict
from typing import Final

from msgspec import Struct

__all__ = ["KEPT_BYTES", "KeptPage", "KeptPages"]

KEPT_BYTES: Final = 64_000_000
"""Provisional: some 6,000 pages of 10 kB; the rest of 700 MB is the program's own."""
_OVERHEAD: Final = 600
"""Bytes that a key, a tag and their places take beside the page."""


class KeptPage(Struct, frozen=True):
    """A page as it was drawn."""

    packed: bytes
    """By brotli."""
    tag: str


class KeptPages:
    """A bounded number of bytes of packed pages."""

    def __init__(self, most_bytes: int = KEPT_BYTES) -> None:
        self._most = most_bytes
        self._pages: OrderedDict[tuple[object, ...], KeptPage] = OrderedDict()
        self._edition = ""
        self.n_bytes = 0

    def __len__(self) -> int:
        return len(self._pages)

    def find(self, key: tuple[object, ...]) -> KeptPage | None:
        """Find a page, and note that it was read."""
        found = self._pages.get(key)
        if found is not None:
            self._pages.move_to_end(key)
        return found

    def keep(self, key: tuple[object, ...], page: KeptPage) -> None:
        """Keep a page; it is let go when room is needed."""
        size = len(page.packed) + _OVERHEAD
        if size > self._most // 8:
            return
        self._drop(key)
        self._pages[key] = page
        self.n_bytes += size
        while self.n_bytes > self._most:
            self._drop(next(iter(self._pages)))

    def turn_to(self, edition: str) -> None:
        """Forget the pages of other editions: nobody asks for them again."""
        if edition != self._edition:
            self._edition = edition
            self._pages.clear()
            self.n_bytes = 0

    def _drop(self, key: tuple[object, ...]) -> None:
        gone = self._pages.pop(key, None)
        if gone is not None:
            self.n_bytes -= len(gone.packed) + _OVERHEAD
