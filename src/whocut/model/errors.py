"""Exceptions for our bugs and our users' mistakes; a network failure is data, never one of these.

WhocutError
├── UsageError            what was asked cannot be done as asked (exit code 2)
├── InputError            a file or record cannot be read: names file, offset, field
│   └── DamagedDataError  data we ship or keep is broken: names file and field
├── FetchError            a download failed for good: names the address and the answer
└── StoreError            an observatory directory is unusable or in use
"""

__all__ = [
    "DamagedDataError",
    "FetchError",
    "InputError",
    "StoreError",
    "UsageError",
    "WhocutError",
    "why_unread",
]


class WhocutError(Exception):
    """Root of every exception that whocut raises on purpose."""

    def __reduce__(self) -> tuple[object, ...]:
        # Exceptions come back from worker processes; some of ours take named fields.
        return _restored, (type(self), self.args, self.__dict__)


def _restored(
    kind: type[WhocutError], args: tuple[object, ...], fields: dict[str, object]
) -> WhocutError:
    error = kind.__new__(kind, *args)
    error.__dict__.update(fields)
    return error


class UsageError(WhocutError):
    """What was asked cannot be done as asked; the message says what would."""


class InputError(WhocutError):
    """A file or a record cannot be read."""

    def __init__(
        self, reason: str, *, source: str, offset: int | None = None, field: str | None = None
    ) -> None:
        self.reason = reason
        self.source = source
        self.offset = offset
        self.field = field
        where = source if offset is None else f"{source}: byte {offset}"
        super().__init__(f"{where}: {reason}" + (f" (field {field})" if field else ""))


class DamagedDataError(InputError):
    """Data that ships with whocut, or that it keeps, is broken."""


class FetchError(WhocutError):
    """A download failed for good."""

    def __init__(self, reason: str, *, address: str) -> None:
        self.reason = reason
        self.address = address
        super().__init__(f"{address}: {reason}")


class StoreError(WhocutError):
    """An observatory directory is unusable or in use."""


def why_unread(error: Exception) -> str:
    """Say why a file could not be read or written, without the number and the name it stands by."""
    if isinstance(error, FileNotFoundError):
        return "no such file or folder"
    if isinstance(error, IsADirectoryError):
        return "a folder, and no file"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error)
