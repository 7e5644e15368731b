"""Find where records begin and end in a stream: JSON Lines, one document, or an array of them."""

import re
from collections.abc import Iterator

import msgspec
from msgspec import Struct

from whocut.ingest.ooni.limits import ReadLimits
from whocut.ingest.ooni.refusal import RecordRefusedError, RefusalReason

__all__ = ["FoundRecord", "split_records"]

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_BLANK = b" \t\r\n"
_FIRST_BYTES = 64 * 1024
_TOKEN = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|"|[\[{]+|[\]}]+', re.DOTALL)
"""A whole string, a string that goes on in the next block, or a run of brackets."""
_STRING_END = re.compile(rb'["\\]')
_STRAY = re.compile(rb"[^\s,]")


class FoundRecord(Struct, gc=False):
    """The bytes of one record and where they stood; with ``damage``, only its first bytes."""

    data: bytes
    offset: int
    line: int
    damage: RecordRefusedError | None = None
    size: int = 0


def split_records(blocks: Iterator[bytes], limits: ReadLimits) -> Iterator[FoundRecord]:
    """Cut a stream into records; a stream that breaks ends with a damaged one.

    A stream that begins with ``[``, or whose first line leaves an object open, is read as
    documents; any other as JSON Lines.
    """
    head, failure = _first_bytes(blocks)
    if failure is not None and not head:
        yield FoundRecord(b"", 0, 1, failure)
        return
    skipped = len(_BYTE_ORDER_MARK) if head.startswith(_BYTE_ORDER_MARK) else 0
    rest = _rest(head[skipped:], blocks, failure)
    if _is_document(head[skipped:]):
        yield from _DocumentSplitter(limits, skipped).split(rest)
    else:
        yield from _LineSplitter(limits, skipped).split(rest)


def _first_bytes(blocks: Iterator[bytes]) -> tuple[bytes, RecordRefusedError | None]:
    """Read enough to see how the first line ends and the second begins."""
    head: list[bytes] = []
    size = 0
    for block in _guarded(blocks):
        if isinstance(block, RecordRefusedError):
            return b"".join(head), block
        head.append(block)
        size += len(block)
        if size >= _FIRST_BYTES:
            break
    return b"".join(head), None


def _rest(
    head: bytes, blocks: Iterator[bytes], failure: RecordRefusedError | None
) -> Iterator[bytes | RecordRefusedError]:
    if head:
        yield head
    if failure is not None:
        yield failure
    else:
        yield from _guarded(blocks)


def _guarded(blocks: Iterator[bytes]) -> Iterator[bytes | RecordRefusedError]:
    """Turn a failure of the stream into its last item."""
    try:
        yield from blocks
    except RecordRefusedError as error:
        yield error
    except OSError as error:
        yield RecordRefusedError(RefusalReason.UNREADABLE_SOURCE, str(error))


def _is_document(head: bytes) -> bool:
    """Tell documents from JSON Lines by how the first line ends and the second begins."""
    text = head.lstrip(_BLANK)
    if text.startswith(b"["):
        return True
    first, newline, rest = text.partition(b"\n")
    following = rest.lstrip(_BLANK)
    return bool(
        newline
        and first.startswith(b"{")
        and first.rstrip(_BLANK).endswith((b"{", b"[", b",", b":"))
        and not following.startswith(b"{")
    )


def _too_large(size: int, limits: ReadLimits) -> RecordRefusedError:
    return RecordRefusedError(
        RefusalReason.RECORD_TOO_LARGE,
        f"{size} bytes; the limit is {limits.max_record_bytes}",
    )


class _LineSplitter:
    """Cuts JSON Lines; a line that spans blocks is joined once, a too long one is not held."""

    def __init__(self, limits: ReadLimits, offset: int) -> None:
        self._limits = limits
        self._offset = offset
        """Of the first byte of the line that is being read."""
        self._line = 1
        self._held: list[bytes] = []
        self._held_bytes = 0

    def split(self, blocks: Iterator[bytes | RecordRefusedError]) -> Iterator[FoundRecord]:
        """Cut the stream."""
        for block in blocks:
            if isinstance(block, RecordRefusedError):
                yield from self._break(block)
                return
            start = 0
            while (end := block.find(b"\n", start)) >= 0:
                if self._held_bytes:
                    self._hold(block[start:end])
                    yield from self._finish()
                elif end > start:
                    data = block[start:end]
                    if not data.isspace():
                        yield FoundRecord(data, self._offset, self._line)
                    self._offset += end - start
                self._offset += 1
                self._line += 1
                start = end + 1
            if start < len(block):
                self._hold(block[start:] if start else block)
        # A last line without its newline is whole.
        yield from self._finish()

    def _hold(self, part: bytes) -> None:
        self._held_bytes += len(part)
        if self._held_bytes <= self._limits.max_record_bytes:
            self._held.append(part)
        else:
            first = self._held[0] if self._held else part
            self._held = [first[: self._limits.raw_head_bytes]]

    def _finish(self) -> Iterator[FoundRecord]:
        """End the line that is held."""
        data, size = b"".join(self._held), self._held_bytes
        if size > self._limits.max_record_bytes:
            yield FoundRecord(data, self._offset, self._line, _too_large(size, self._limits), size)
        elif size and not data.isspace():
            yield FoundRecord(data, self._offset, self._line)
        self._offset += size
        self._held.clear()
        self._held_bytes = 0

    def _break(self, failure: RecordRefusedError) -> Iterator[FoundRecord]:
        """End a stream that broke: the line it broke in may happen to be whole."""
        data = b"".join(self._held)
        if self._held_bytes == len(data) and _is_whole(data):
            yield from self._finish()
            data = b""
        head = data[: self._limits.raw_head_bytes]
        yield FoundRecord(head, self._offset, self._line, failure, self._held_bytes)


def _is_whole(data: bytes) -> bool:
    if not data.rstrip(_BLANK).endswith(b"}"):
        return False
    try:
        msgspec.json.decode(data, type=msgspec.Raw)
    except (msgspec.MsgspecError, RecursionError):
        return False
    return True


class _DocumentSplitter:
    """Finds the objects of a stream of JSON values, inside one level of arrays or outside."""

    def __init__(self, limits: ReadLimits, offset: int) -> None:
        self._limits = limits
        self._offset = offset
        """Of the current block's first byte."""
        self._line = 1
        """Of the byte that newlines were counted up to."""
        self._counted = 0
        self._depth = 0
        self._is_in_string = False
        self._overrun = 0
        """Bytes of the next block that an escape at the end of this one has used up."""
        self._array_depth = 0
        """1 inside a top-level array, else 0."""
        self._held: list[bytes] = []
        self._held_bytes = 0
        self._start: tuple[int, int] | None = None
        """Offset and line of the value that is being read."""

    def split(self, blocks: Iterator[bytes | RecordRefusedError]) -> Iterator[FoundRecord]:
        """Cut the stream."""
        failure: RecordRefusedError | None = None
        for block in blocks:
            if isinstance(block, RecordRefusedError):
                failure = block
                break
            self._counted = 0
            yield from self._scan(block)
            self._count_lines(block, len(block))
            self._offset += len(block)
        if self._start is None and failure is None and not self._array_depth:
            return
        offset, line = self._start or (self._offset, self._line)
        head = b"".join(self._held)[: self._limits.raw_head_bytes]
        damage = failure or RecordRefusedError(
            RefusalReason.MALFORMED_JSON, "the document ends before its last value or array does"
        )
        yield FoundRecord(head, offset, line, damage, self._held_bytes)

    def _count_lines(self, block: bytes, end: int) -> None:
        self._line += block.count(b"\n", self._counted, end)
        self._counted = end

    def _scan(self, block: bytes) -> Iterator[FoundRecord]:
        """Walk one block's structure, from the state the block before left."""
        at, self._overrun = self._overrun, 0
        begun = 0
        """Where the value that is being read, or what stands between values, begins here."""
        while at < len(block):
            if self._is_in_string:
                at = self._pass_string(block, at)
                continue
            token = _TOKEN.search(block, at)
            if token is None:
                break
            start, at = token.span()
            mark = block[start : start + 1]
            if mark == b'"':
                self._is_in_string = at == start + 1
            elif self._start is None:
                yield from self._stray(block, begun, start)
                begun = self._enter(block, mark, start)
                at = start + 1
            elif mark in b"{[":
                self._depth += at - start
            elif self._depth > at - start:
                self._depth -= at - start
            else:
                at = start + self._depth
                self._depth = 0
                yield self._finish(block[begun:at])
                begun = at
        if self._start is None:
            yield from self._stray(block, begun, len(block))
        else:
            self._hold(block[begun:] if begun else block)

    def _enter(self, block: bytes, mark: bytes, at: int) -> int:
        """Pass a bracket outside of any value; say where what follows begins."""
        if mark == b"[" and not self._array_depth:
            self._array_depth = 1
        elif mark == b"]" and self._array_depth:
            self._array_depth = 0
        elif mark in b"{[":
            self._count_lines(block, at)
            self._start = (self._offset + at, self._line)
            self._depth = 1
            return at
        else:
            # A closing bracket that closes nothing is stray.
            return at
        return at + 1

    def _pass_string(self, block: bytes, at: int) -> int:
        """Go to the end of the string that ``at`` stands in, or of the block."""
        while (found := _STRING_END.search(block, at)) is not None:
            at = found.end()
            if found.group() == b'"':
                self._is_in_string = False
                return at
            # The escaped character may be the next block's first.
            at += 1
        self._overrun = max(0, at - len(block))
        return len(block)

    def _hold(self, part: bytes) -> None:
        self._held_bytes += len(part)
        if self._held_bytes <= self._limits.max_record_bytes:
            self._held.append(part)
        elif len(self._held) > 1 or not self._held:
            head = b"".join(self._held)[: self._limits.raw_head_bytes]
            self._held = [head or part[: self._limits.raw_head_bytes]]

    def _finish(self, part: bytes) -> FoundRecord:
        offset, line = self._start or (self._offset, self._line)
        self._hold(part)
        data, size = b"".join(self._held), self._held_bytes
        self._held, self._held_bytes, self._start = [], 0, None
        if size > self._limits.max_record_bytes:
            head = data[: self._limits.raw_head_bytes]
            return FoundRecord(head, offset, line, _too_large(size, self._limits), size)
        return FoundRecord(data, offset, line)

    def _stray(self, block: bytes, start: int, end: int) -> Iterator[FoundRecord]:
        """Refuse what stands between the records and is neither blank nor comma."""
        found = _STRAY.search(block, start, end)
        if found is None:
            return
        self._count_lines(block, found.start())
        data = block[found.start() : end]
        damage = RecordRefusedError(
            RefusalReason.NOT_A_MEASUREMENT, "no object where a record should stand"
        )
        head = data[: self._limits.raw_head_bytes]
        yield FoundRecord(head, self._offset + found.start(), self._line, damage, len(data))
