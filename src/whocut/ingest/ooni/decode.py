"""Turn the bytes of one record into a measurement, a refusal, or a skip.

The fast way decodes straight into typed structs. Whatever it refuses goes a second, slower way that
finds out why, leaves out odd fields that no rule needs, and names the field otherwise.
"""

import hashlib
from array import array
from typing import Any

import msgspec
import pyarrow as pa
from msgspec import Raw, Struct

from whocut.ingest.ooni import diagnosis
from whocut.ingest.ooni.limits import ReadLimits
from whocut.ingest.ooni.measurement import build_measurement
from whocut.ingest.ooni.refusal import (
    RecordRefusedError,
    Refusal,
    RefusalReason,
    Skipped,
)
from whocut.ingest.ooni.wire import WireLine, WireMeasurement
from whocut.model.observation import Measurement, SourcePosition

__all__ = ["WEB_CONNECTIVITY", "RecordDecoder", "refuse"]

WEB_CONNECTIVITY = "web_connectivity"

_UID_PREFIX = "derived-"
_UID_HEX_DIGITS = 32
_LONGEST_UID = 128
_MOST_ENVELOPES = 3
_MANY_VALUES_FLOOR = 1024 * 1024
"""Shorter records cannot hold enough values to matter."""


class _Inner(Struct):
    """The undecoded bytes inside an envelope."""

    raw: Raw = Raw(b"null")
    content: Raw = Raw(b"null")
    raw_measurement: Raw = Raw(b"null")


class _Unwrapped(Struct):
    """A measurement's struct, and where its own bytes are to be had."""

    wire: WireMeasurement
    uid: str | None
    own_bytes: bytes | None
    """``None`` where they are still inside the record."""

    @property
    def is_readable(self) -> bool:
        """Another test, or Web Connectivity with test keys; else the slow way says what it is."""
        name = self.wire.test_name
        return bool(name) and (
            self.wire.test_keys is not None or diagnosis.test_name(name) != WEB_CONNECTIVITY
        )


def refuse(
    error: RecordRefusedError,
    data: bytes,
    position: SourcePosition,
    limits: ReadLimits,
    *,
    test_name: str | None = None,
    measurement_uid: str | None = None,
) -> Refusal:
    """Make a refusal of a whole record."""
    return Refusal(
        reason=error.reason,
        detail=error.detail,
        field=error.field,
        position=position,
        test_name=test_name,
        measurement_uid=measurement_uid,
        raw_head=data[: limits.raw_head_bytes],
        raw_sha256=hashlib.sha256(data).hexdigest(),
        raw_bytes=len(data),
    )


class RecordDecoder:
    """Decodes records one by one; holds nothing of any of them."""

    def __init__(self, limits: ReadLimits) -> None:
        self._limits = limits
        self._decode_line = msgspec.json.Decoder(WireLine).decode
        self._decode_inner = msgspec.json.Decoder(_Inner).decode

    def decode(
        self, data: bytes, position: SourcePosition, uid_hint: str | None = None
    ) -> Measurement | Refusal | Skipped:
        """Decode one record.

        ``uid_hint`` is the uid that the name of an archive's member carries; the record's own
        comes first.
        """
        try:
            self._check(data)
            unwrapped = self._unwrap(data, 0)
        except RecordRefusedError as error:
            return refuse(error, data, position, self._limits, measurement_uid=uid_hint)
        except RecursionError:
            return refuse(_too_deep(), data, position, self._limits, measurement_uid=uid_hint)
        except (msgspec.MsgspecError, UnicodeError) as error:
            explanation = str(error)
        else:
            if unwrapped.is_readable:
                return self._finish(unwrapped, data, position, uid_hint)
            del unwrapped
            explanation = ""
        return self._diagnose(explanation, data, position, uid_hint)

    def _check(self, data: bytes) -> None:
        limits = self._limits
        if len(data) > limits.max_record_bytes:
            raise RecordRefusedError(
                RefusalReason.RECORD_TOO_LARGE,
                f"{len(data)} bytes; the limit is {limits.max_record_bytes}",
            )
        if not data.isascii() and not _is_utf8(data):
            raise RecordRefusedError(RefusalReason.BROKEN_UTF8, diagnosis.utf8_damage(data))
        if len(data) > _MANY_VALUES_FLOOR and data.count(b",") > limits.max_record_values:
            raise RecordRefusedError(
                RefusalReason.TOO_MANY_VALUES,
                f"more than {limits.max_record_values} commas in {len(data)} bytes",
            )

    def _unwrap(self, data: bytes, depth: int) -> _Unwrapped:
        """Decode a record and take the measurement out of the envelope it may be in."""
        line = self._decode_line(data)
        inner = line.raw or line.content or line.raw_measurement
        if line.test_keys is not None or inner is None:
            return _Unwrapped(line, line.measurement_uid, data)
        if isinstance(inner, str):
            if depth >= _MOST_ENVELOPES:
                raise RecordRefusedError(RefusalReason.TOO_DEEP, "envelopes within envelopes")
            unwrapped = self._unwrap(inner.encode(), depth + 1)
        else:
            unwrapped = _Unwrapped(inner, inner.measurement_uid, None)
        if line.measurement_uid:
            unwrapped.uid = line.measurement_uid
        return unwrapped

    def _finish(
        self,
        unwrapped: _Unwrapped,
        data: bytes,
        position: SourcePosition,
        uid_hint: str | None,
    ) -> Measurement | Refusal | Skipped:
        wire = unwrapped.wire
        uid = _usable_uid(unwrapped.uid) or uid_hint
        name = diagnosis.test_name(wire.test_name) or ""
        test_keys = wire.test_keys
        if name != WEB_CONNECTIVITY or test_keys is None:
            return Skipped(name, position, uid)
        try:
            return build_measurement(
                wire,
                test_keys,
                uid=uid or _derive_uid(unwrapped.own_bytes or self._own_bytes(data)),
                is_uid_derived=not uid,
                position=position,
                limits=self._limits,
            )
        except RecordRefusedError as error:
            return refuse(error, data, position, self._limits, test_name=name, measurement_uid=uid)

    def _own_bytes(self, data: bytes) -> bytes:
        """Cut the measurement's own bytes out of its envelope."""
        inner = self._decode_inner(data)
        for raw in (inner.raw, inner.content, inner.raw_measurement):
            own = bytes(raw)
            if own != b"null":
                return own
        return data

    def _diagnose(
        self, explanation: str, data: bytes, position: SourcePosition, uid_hint: str | None
    ) -> Measurement | Refusal | Skipped:
        """Find out what is wrong with a record, and read it after all where that is clear."""
        name: str | None = None
        uid = uid_hint
        try:
            document = diagnosis.open_document(data, explanation)
            name, uid = document.test_name, _usable_uid(document.measurement_uid) or uid_hint
            if name is not None and name != WEB_CONNECTIVITY:
                return Skipped(name, position, uid)
            wire = diagnosis.repair(document, self._limits)
            own = document.own_bytes if document.own_bytes is not None else self._own_bytes(data)
            return self._finish(_Unwrapped(wire, uid, own), data, position, uid_hint)
        except RecordRefusedError as error:
            return refuse(error, data, position, self._limits, test_name=name, measurement_uid=uid)


def _usable_uid(uid: str | None) -> str | None:
    return uid if uid and len(uid) <= _LONGEST_UID else None


def _too_deep() -> RecordRefusedError:
    return RecordRefusedError(RefusalReason.TOO_DEEP, "values within values beyond any use")


def _derive_uid(data: bytes) -> str:
    return _UID_PREFIX + hashlib.sha256(data.strip()).hexdigest()[:_UID_HEX_DIGITS]


def _is_utf8(data: bytes) -> bool:
    """Validate without building the text, three times as fast as decoding."""
    offsets = pa.py_buffer(array("q", (0, len(data))))
    text: Any = pa.Array.from_buffers(pa.large_utf8(), 1, [None, offsets, pa.py_buffer(data)])
    try:
        text.validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True
