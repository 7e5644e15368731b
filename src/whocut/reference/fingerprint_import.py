"""Read others' fingerprint lists from files: OONI's CSV and Censored Planet's JSON Lines.

The lists are their publishers' data and are not part of whocut. A row that cannot be taken is
rejected with file, line and reason, counted, and never stops the rest.
"""

import csv
import ipaddress
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from whocut.model.errors import InputError, why_unread
from whocut.model.taxonomy import ActorKind, Strength
from whocut.reference.fingerprint_model import (
    Fingerprint,
    Meaning,
    PatternType,
    RejectedRow,
    Scope,
    Seen,
    is_where,
)

__all__ = [
    "import_censoredplanet_json",
    "import_ooni_dns_csv",
    "import_ooni_http_csv",
    "import_path",
]

_LONGEST_ROW = 200
_LARGEST_FIELD = 1 << 20
_COUNTRY = re.compile(r"[A-Z]{2}")

_OONI_SCOPES: dict[str, tuple[Meaning, Scope, ActorKind]] = {
    "nat": (Meaning.BLOCK_PAGE, Scope.STATE, ActorKind.STATE),
    "isp": (Meaning.BLOCK_PAGE, Scope.ISP, ActorKind.OPERATOR),
    "prod": (Meaning.BLOCK_PAGE, Scope.PRODUCT, ActorKind.OPERATOR),
    "inst": (Meaning.BLOCK_PAGE, Scope.INSTITUTION, ActorKind.OPERATOR),
    # "Vague blocking wording": a refusal whose author the wording does not give away.
    "vbw": (Meaning.BLOCK_PAGE, Scope.UNKNOWN, ActorKind.UNKNOWN),
    "injb": (Meaning.BLOCK_PAGE, Scope.ISP, ActorKind.OPERATOR),
    # The provider of the service blocks, as a platform that obeys a national register does.
    "prov": (Meaning.LEGAL_EXPLICIT, Scope.ORIGIN, ActorKind.COMPANY),
    "fp": (Meaning.FALSE_POSITIVE, Scope.UNKNOWN, ActorKind.NONE),
}
_CP_PREFIXES: dict[str, tuple[Scope, ActorKind]] = {
    "a_prod": (Scope.PRODUCT, ActorKind.OPERATOR),
    "b_nat": (Scope.STATE, ActorKind.STATE),
    "c_isp": (Scope.ISP, ActorKind.OPERATOR),
    "d_corp": (Scope.INSTITUTION, ActorKind.OPERATOR),
    "e_unk": (Scope.UNKNOWN, ActorKind.UNKNOWN),
    "f_gen": (Scope.UNKNOWN, ActorKind.UNKNOWN),
}
_CP_NO_COUNTRY = frozenset({"ko", "re", "se", "or"})
"""Second words of Censored Planet's names that read like country codes and were not meant so."""

_Imported = Iterator[Fingerprint | RejectedRow]


def import_path(path: Path) -> Iterator[Fingerprint | RejectedRow]:
    """Import one list, told apart by its content; a folder imports its .csv, .json and .jsonl.

    Raises: InputError if the file is missing or is none of the known lists.
    """
    if path.is_dir():
        for inner in sorted(path.iterdir()):
            if inner.suffix in {".csv", ".json", ".jsonl"}:
                yield from import_path(inner)
        return
    yield from _reader_of(path)(path)


def _reader_of(path: Path) -> Callable[[Path], _Imported]:
    try:
        with path.open("rb") as file:
            head = file.readline(65536)
            second = file.readline(65536)
    except OSError as error:
        raise InputError(f"cannot be read: {why_unread(error)}", source=str(path)) from error
    if head.lstrip(b"\xef\xbb\xbf").startswith(b"name,scope,") and b"location_found" in head:
        return import_ooni_dns_csv if b",dns," in second else import_ooni_http_csv
    if head.lstrip().startswith(b"{") and b'"fingerprint"' in head:
        return import_censoredplanet_json
    raise InputError("is no fingerprint list that whocut knows", source=str(path), offset=0)


def import_ooni_http_csv(path: Path) -> Iterator[Fingerprint | RejectedRow]:
    """Import OONI's HTTP fingerprints (ooni/blocking-fingerprints, fingerprints_http.csv)."""
    yield from _import_ooni(path, _ooni_where_http)


def import_ooni_dns_csv(path: Path) -> Iterator[Fingerprint | RejectedRow]:
    """Import OONI's DNS fingerprints (ooni/blocking-fingerprints, fingerprints_dns.csv)."""
    yield from _import_ooni(path, _ooni_where_dns)


def _ooni_where_http(location: str, _pattern: str) -> str:
    where = location.lower()
    if where.startswith("dns") or not is_where(where):
        raise ValueError(f"location_found {location!r} is unknown")
    return where


def _ooni_where_dns(location: str, pattern: str) -> str:
    if location != "dns":
        raise ValueError(f"location_found {location!r} is unknown")
    try:
        ipaddress.ip_address(pattern)
    except ValueError:
        return "dns.cname"
    return "dns.ip"


def _import_ooni(path: Path, where_of: Callable[[str, str], str]) -> _Imported:
    csv.field_size_limit(_LARGEST_FIELD)
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
        rows = csv.DictReader(file, strict=False)
        while True:
            try:
                row = next(rows)
            except StopIteration:
                return
            except csv.Error as error:
                yield RejectedRow(str(path), rows.line_num, f"broken CSV: {error}", "")
                continue
            try:
                yield _ooni_fingerprint(row, where_of)
            except ValueError as error:
                yield _rejected(path, rows.line_num, error, str(row.get("name")))


def _ooni_fingerprint(
    row: dict[str | Any, str | Any], where_of: Callable[[str, str], str]
) -> Fingerprint:
    if None in row or None in row.values():
        raise ValueError("the row has more or fewer fields than the header")
    name, pattern = row["name"].strip(), row["pattern"]
    if not name or not pattern:
        raise ValueError("name or pattern is empty")
    try:
        (name + pattern).encode()
    except UnicodeEncodeError:
        raise ValueError("the row is not UTF-8") from None
    if row["scope"] not in _OONI_SCOPES:
        raise ValueError(f"scope {row['scope']!r} is unknown")
    meaning, scope, actor_kind = _OONI_SCOPES[row["scope"]]
    pattern_type = _pattern_type(row["pattern_type"], pattern)
    return Fingerprint(
        id=name,
        pattern=pattern,
        pattern_type=pattern_type,
        where=where_of(row["location_found"], pattern),
        meaning=meaning,
        actor_kind=actor_kind,
        scope=scope,
        provider="",
        expected_countries=_countries(row["expected_countries"]),
        strength=Strength.C if scope is Scope.UNKNOWN else Strength.B,
        source="ooni/blocking-fingerprints",
        seen=Seen.WILD,
        note=row["notes"],
    )


def _pattern_type(name: str, pattern: str) -> PatternType:
    try:
        pattern_type = PatternType(name)
    except ValueError:
        raise ValueError(f"pattern_type {name!r} is unknown") from None
    if pattern_type is PatternType.REGEXP:
        _check_regexp(pattern)
    return pattern_type


def _check_regexp(pattern: str) -> None:
    try:
        compiled = re.compile(pattern)
    except re.error as error:
        raise ValueError(f"the pattern is no regular expression: {error}") from None
    if compiled.match(""):
        raise ValueError("the pattern matches everything")


def _countries(field: str) -> tuple[str, ...]:
    countries = tuple(part.strip() for part in field.split(",") if part.strip())
    for country in countries:
        if not _COUNTRY.fullmatch(country):
            raise ValueError(f"expected country {country!r} is no ISO 3166-1 alpha-2 code")
    return () if countries == ("ZZ",) else countries


def import_censoredplanet_json(path: Path) -> Iterator[Fingerprint | RejectedRow]:
    """Import Censored Planet's signatures (one object a line: ``fingerprint``, ``pattern``).

    A file whose name says ``false_positive`` lists pages that are no block pages.
    """
    is_false_positive = "false_positive" in path.name
    with path.open("rb") as file:
        for line_number, line in enumerate(file, start=1):
            if not line.strip():
                continue
            try:
                yield _cp_fingerprint(line, is_false_positive=is_false_positive)
            except (ValueError, msgspec.MsgspecError) as error:
                shown = line[:_LONGEST_ROW].decode("utf-8", "replace").rstrip()
                yield _rejected(path, line_number, error, shown)


class _CpRow(msgspec.Struct, gc=False):
    fingerprint: str
    pattern: str


def _cp_fingerprint(line: bytes, *, is_false_positive: bool) -> Fingerprint:
    row = msgspec.json.decode(line, type=_CpRow)
    if not row.fingerprint or not row.pattern:
        raise ValueError("fingerprint or pattern is empty")
    _check_regexp(row.pattern)
    words = row.fingerprint.split("_")
    if is_false_positive:
        meaning, scope, actor_kind = Meaning.FALSE_POSITIVE, Scope.UNKNOWN, ActorKind.NONE
    else:
        meaning = Meaning.BLOCK_PAGE
        prefix = "_".join(words[:2])
        scope, actor_kind = _CP_PREFIXES.get(prefix, (Scope.UNKNOWN, ActorKind.UNKNOWN))
    literal = _literal_of(row.pattern)
    return Fingerprint(
        id=f"censoredplanet.{row.fingerprint}",
        pattern=row.pattern if literal is None else literal,
        pattern_type=PatternType.REGEXP if literal is None else PatternType.CONTAINS,
        where="response",
        meaning=meaning,
        actor_kind=actor_kind,
        scope=scope,
        provider="",
        expected_countries=_cp_countries(words),
        strength=Strength.C if scope is Scope.UNKNOWN else Strength.B,
        source="censoredplanet/censoredplanet-analysis",
        seen=Seen.WILD,
        note="",
    )


def _cp_countries(words: list[str]) -> tuple[str, ...]:
    if len(words) < 3 or words[:2] not in (["b", "nat"], ["c", "isp"]):
        return ()
    word = words[2]
    return (word.upper(),) if len(word) == 2 and word not in _CP_NO_COUNTRY else ()


def _literal_of(pattern: str) -> str | None:
    r"""Undo the escapes of a pattern that is a plain string, as in ``www\.example\.com``."""
    literal = re.sub(r"\\([^A-Za-z0-9])", r"\1", pattern)
    is_plain = not re.search(r"\\[A-Za-z0-9]", pattern) and not re.search(
        r"(?<!\\)(?:\\\\)*[.*+?\[\](){}|^$]", pattern
    )
    return literal if is_plain else None


def _rejected(path: Path, line: int, error: Exception, row: str) -> RejectedRow:
    return RejectedRow(str(path), line, str(error), row[:_LONGEST_ROW])
