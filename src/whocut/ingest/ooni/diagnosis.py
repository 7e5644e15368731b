"""The slow way through a record that the fast way refused: say why, or read it all the same."""

import json
import re
from typing import Any

import msgspec
from msgspec import Struct

from whocut.ingest.ooni.limits import ReadLimits
from whocut.ingest.ooni.refusal import RecordRefusedError, RefusalReason
from whocut.ingest.ooni.wire import WireMeasurement

__all__ = ["Document", "open_document", "repair", "test_name", "utf8_damage"]

_ENVELOPE_KEYS = ("raw", "content", "raw_measurement")
_MOST_ENVELOPES = 3
_LONGEST_TEST_NAME = 64

_OPTIONAL_FIELDS = re.compile(
    r"(annotations|probe_network_name|resolver_asn|resolver_ip|report_id|software_name"
    r"|software_version|test_version|test_runtime|test_start_time|start_time|measurement_uid"
    r"|test_keys\.client_resolver"
    r"|test_keys\.network_events"
    r"|test_keys\.(?:queries|tcp_connect|tls_handshakes|requests)\[\d+\]\.(?:t0?|transaction_id)"
    r"|test_keys\.queries\[\d+\]\.(?:resolver_address|answers\[\d+\]\.asn)"
    r"|test_keys\.tls_handshakes\[\d+\]\.(?:tls_version|address)"
    r"|test_keys\.requests\[\d+\]\.(?:address|request\.method|response\.body_is_truncated)"
    r"|test_keys\.control\.(?:ip_info|http_request\.(?:title|headers|body_length)))(?![a-z_])"
)
"""Fields that may be left out where their value is odd: no failure, status, address, body or
certificate is among them, so that leaving one out never turns one observation into another."""

_STEP = re.compile(r"\.?([A-Za-z_][A-Za-z0-9_]*)|\[(\d+)\]")
_ERROR_PATH = re.compile(r"^(?P<text>.*?)(?: - at `(?:key in )?\$(?P<path>[^`]*)`)?$", re.DOTALL)
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


class Document(Struct):
    """A record as plain JSON, out of its envelope."""

    measurement: dict[str, Any]
    test_name: str | None
    measurement_uid: str | None
    own_bytes: bytes | None
    """``None`` where they are still inside the record."""


def test_name(value: object) -> str | None:
    """Spell a test's name as OONI's newer files do."""
    if not isinstance(value, str) or not value:
        return None
    name = value.strip().lower().replace(" ", "_").replace("-", "_")[:_LONGEST_TEST_NAME]
    return "web_connectivity" if name == "webconnectivity" else name


def utf8_damage(data: bytes) -> str:
    """Say where UTF-8 breaks."""
    try:
        data.decode()
    except UnicodeDecodeError as error:
        return f"byte 0x{data[error.start]:02x} at {error.start} of the record: {error.reason}"
    return "no UTF-8"


def open_document(data: bytes, explanation: str) -> Document:
    """Decode a record without types and take it out of its envelope.

    ``explanation`` is what the typed decoder said of it.
    Raises: RecordRefusedError if it is no whole JSON or no measurement.
    """
    try:
        content = _decode_untyped(data)
    except RecordRefusedError as error:
        if error.reason is RefusalReason.INTEGER_OVERFLOW:
            # Only the typed decoder said where.
            _, _, path = _explain(explanation)
            error.field = re.sub(r"^(raw|content)\.", "", path) or None
        raise
    uid: str | None = None
    own: bytes | None = data
    for _ in range(_MOST_ENVELOPES):
        if not isinstance(content, dict):
            break
        uid = uid or _uid(content)
        inner = _inner(content)
        if inner is None:
            return Document(content, test_name(content.get("test_name")), uid, own)
        content, own = inner, None
        if isinstance(inner, str):
            own = inner.encode("utf-8", "surrogatepass")
            content = _decode_untyped(own)
    what = "an envelope" if isinstance(content, dict) else _kind(content)
    raise RecordRefusedError(
        RefusalReason.NOT_A_MEASUREMENT, f"{what} where a measurement should stand"
    )


def _inner(content: dict[str, Any]) -> object:
    if content.get("test_keys") is not None:
        return None
    for key in _ENVELOPE_KEYS:
        if content.get(key):
            return content[key]
    return None


def _uid(content: dict[str, Any]) -> str | None:
    uid = content.get("measurement_uid")
    return uid if isinstance(uid, str) and uid else None


def _kind(value: object) -> str:
    names = {dict: "object", list: "array", str: "text", bool: "flag", type(None): "null"}
    return names.get(type(value), "number")


def _decode_untyped(data: bytes) -> object:
    try:
        return msgspec.json.decode(data)
    except RecursionError:
        raise RecordRefusedError(
            RefusalReason.TOO_DEEP, "values within values beyond any use"
        ) from None
    except (msgspec.MsgspecError, UnicodeError) as error:
        raise _malformed(data, str(error)) from None


def _malformed(data: bytes, detail: str) -> RecordRefusedError:
    """Tell half a surrogate pair, which is whole JSON otherwise, from JSON that is broken."""
    try:
        text = json.dumps(json.loads(data), ensure_ascii=False)
    except RecursionError:
        return RecordRefusedError(RefusalReason.TOO_DEEP, "values within values beyond any use")
    except ValueError:
        return RecordRefusedError(RefusalReason.MALFORMED_JSON, detail)
    if "out of range" in detail:
        return RecordRefusedError(RefusalReason.INTEGER_OVERFLOW, detail)
    if _LONE_SURROGATE.search(text):
        return RecordRefusedError(RefusalReason.BROKEN_UTF8, "an escape is half a surrogate pair")
    return RecordRefusedError(RefusalReason.MALFORMED_JSON, detail)


def repair(document: Document, limits: ReadLimits) -> WireMeasurement:
    """Convert plain JSON to typed structs, leaving out odd fields that no rule needs.

    Numbers and flags written as text are read as what they say.
    Raises: RecordRefusedError naming the first field that matters and cannot be read.
    """
    measurement = document.measurement
    _check_head(measurement)
    for _ in range(limits.max_repairs + 1):
        try:
            return msgspec.convert(measurement, WireMeasurement, strict=False)
        except RecursionError:
            raise RecordRefusedError(
                RefusalReason.TOO_DEEP, "values within values beyond any use"
            ) from None
        except msgspec.ValidationError as error:
            reason, detail, path = _explain(str(error))
            droppable = _OPTIONAL_FIELDS.match(path)
            if droppable is None or reason is RefusalReason.INTEGER_OVERFLOW:
                raise RecordRefusedError(reason, detail, path or None) from None
            _leave_out(measurement, droppable.group())
    raise RecordRefusedError(RefusalReason.WRONG_TYPE, "too many odd fields to be trusted")


def _check_head(measurement: dict[str, Any]) -> None:
    name = measurement.get("test_name")
    if "test_keys" not in measurement:
        if name is None:
            raise RecordRefusedError(
                RefusalReason.NOT_A_MEASUREMENT, "neither test_name nor test_keys"
            )
        raise RecordRefusedError(RefusalReason.MISSING_FIELD, "no test keys", "test_keys")
    if name is None or name == "":
        raise RecordRefusedError(RefusalReason.MISSING_FIELD, "no test name", "test_name")
    if not isinstance(name, str):
        raise RecordRefusedError(RefusalReason.WRONG_TYPE, "the name is no text", "test_name")
    if measurement["test_keys"] is None:
        raise RecordRefusedError(RefusalReason.NULL_TEST_KEYS, "test_keys is null", "test_keys")


def _explain(message: str) -> tuple[RefusalReason, str, str]:
    """Sort a decoder's message into reason, detail and the field's path."""
    found = _ERROR_PATH.match(message)
    text, path = (found["text"], found["path"] or "") if found else (message, "")
    if "base64" in text:
        reason = RefusalReason.BAD_BASE64
    elif "out of range" in text or ">= -9223372036854775808" in text or "<= 92233" in text:
        reason = RefusalReason.INTEGER_OVERFLOW
    elif "missing required" in text:
        reason = RefusalReason.MISSING_FIELD
    else:
        reason = RefusalReason.WRONG_TYPE
    return reason, text, path.removeprefix(".")


def _leave_out(measurement: dict[str, Any], path: str) -> None:
    """Set one field to null."""
    steps: list[str | int] = [int(index) if index else name for name, index in _STEP.findall(path)]
    holder: Any = measurement
    for step in steps[:-1]:
        holder = holder[step]
    holder[steps[-1]] = None
