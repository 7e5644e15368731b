"""What becomes of a record that does not turn into a measurement: refused or skipped, by name."""

from enum import StrEnum

from msgspec import Struct

from whocut.model.observation import SourcePosition

__all__ = ["RecordRefusedError", "Refusal", "RefusalReason", "Skipped"]


class RefusalReason(StrEnum):
    """Why a record, or the rest of a source, could not be read. Names are public."""

    UNREADABLE_SOURCE = "unreadable_source"
    """The file or address could not be opened, or failed while being read."""
    UNSUPPORTED_FORMAT = "unsupported_format"
    """Bytes of a known format that is not one of ours (zip, xz, bzip2, LZ4)."""
    TRUNCATED_COMPRESSION = "truncated_compression"
    CORRUPT_COMPRESSION = "corrupt_compression"
    TRUNCATED_ARCHIVE = "truncated_archive"
    CORRUPT_ARCHIVE = "corrupt_archive"
    DECOMPRESSION_BOMB = "decompression_bomb"
    TOO_MANY_LAYERS = "too_many_layers"
    RECORD_TOO_LARGE = "record_too_large"
    BODY_TOO_LARGE = "body_too_large"
    TOO_MANY_VALUES = "too_many_values"
    BROKEN_UTF8 = "broken_utf8"
    """Bytes that are no UTF-8, or an escape that names half a surrogate pair."""
    MALFORMED_JSON = "malformed_json"
    TOO_DEEP = "too_deep"
    NOT_A_MEASUREMENT = "not_a_measurement"
    """Whole JSON without a measurement's head."""
    MISSING_FIELD = "missing_field"
    WRONG_TYPE = "wrong_type"
    BAD_VALUE = "bad_value"
    """The right type, but no value that the field can have."""
    BAD_BASE64 = "bad_base64"
    BAD_TIME = "bad_time"
    INTEGER_OVERFLOW = "integer_overflow"
    NULL_TEST_KEYS = "null_test_keys"
    NOT_JUDGED = "not_judged"
    """Read, but our rules failed on it: a bug of ours, please report it."""


class Refusal(Struct, frozen=True, gc=False):
    """One record, or the rest of one source, that could not be read."""

    reason: RefusalReason
    detail: str
    field: str | None
    """Path of the offending field inside the measurement, such as ``test_keys.requests[0]``."""
    position: SourcePosition
    test_name: str | None
    measurement_uid: str | None
    raw_head: bytes
    """The first bytes of the record as it stood."""
    raw_sha256: str | None = None
    """Of the whole record; ``None`` where it was never held whole."""
    raw_bytes: int = 0


class Skipped(Struct, frozen=True, gc=False):
    """A measurement by another OONI test."""

    test_name: str
    position: SourcePosition
    measurement_uid: str | None


class RecordRefusedError(Exception):
    """Carries a refusal from the depth of a parser to the reader; never leaves this package."""

    def __init__(self, reason: RefusalReason, detail: str, field: str | None = None) -> None:
        self.reason = reason
        self.detail = detail
        self.field = field
        super().__init__(f"{reason}: {detail}" + (f" ({field})" if field else ""))
