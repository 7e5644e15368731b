"""Read a bundle: from JSON to checked structs in a fixed order, or refused with file and field."""

import hashlib
import ipaddress
import re
from collections.abc import Iterable
from enum import StrEnum
from itertools import pairwise
from typing import Any, Final, TypeVar

import msgspec
from msgspec.structs import fields, replace

from whocut.attribution.bundle import (
    BUNDLE_FORMAT,
    EVIDENCE_TYPES,
    AnyEvidence,
    Bundle,
    Cell,
    Claim,
    Context,
    Evidence,
    Measured,
    NotRead,
    Outage,
    Party,
    Question,
    RouteChange,
    Span,
)
from whocut.attribution.stretch import read_stretch
from whocut.attribution.vocabulary import EvidenceKind
from whocut.model.errors import InputError
from whocut.model.taxonomy import CellAnswer

__all__ = [
    "LARGEST_BYTES",
    "bundle_digest",
    "bundle_document",
    "bundle_of",
    "canonical",
    "read_bundle",
]

_T = TypeVar("_T")
LARGEST_BYTES: Final = 16 * 2**20
_MOST_EVIDENCE: Final = 5_000
_TOP: Final = frozenset({"format", "question", "parties", "evidence", "note"})
_CAUSES: Final = frozenset(
    {"served", "refused_service", "refused_edge", "interfered", "target_down", "network_down"}
    | {"bot_check", "measurement_fault", "two", "cut"}
)
_WHENS: Final = (
    *("when", "effective", "ended", "onset", "onset_low", "onset_high"),
    *("end", "end_low", "end_high", "last_week", "last_before", "first_after"),
)
_NO_SPAN: Final = frozenset({CellAnswer.TWO_CAUSES, CellAnswer.INSUFFICIENT})
_ASN: Final = re.compile(r"^(?:AS)?(\d{1,10})$", re.IGNORECASE)
_DOMAIN: Final = re.compile(r"^[^\s/:@]+\.[^\s/:@.]+$|^[^\s/:@.]+$")


def canonical(value: object) -> bytes:
    """Write a value as JSON in one way only: keys sorted, no spaces."""
    return msgspec.json.encode(value, order="sorted")


def read_bundle(data: bytes, source: str) -> Bundle:
    """Read one bundle.

    Raises: InputError naming the source, and the field where one is at fault.
    """
    if len(data) > LARGEST_BYTES:
        raise InputError(f"larger than {LARGEST_BYTES} bytes", source=source)
    try:
        document = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InputError(f"no JSON: {error}", source=source) from error
    return bundle_of(document, source)


def bundle_of(document: object, source: str) -> Bundle:
    """Check a bundle that is a plain document, and put it in order.

    Raises: InputError naming the source, and the field where one is at fault.
    """
    if not isinstance(document, dict):
        raise InputError("a bundle is a JSON object", source=source)
    found = document.get("format")
    if found != BUNDLE_FORMAT:
        shown = str(found)[:60]
        raise InputError(f"is {shown!r}, not {BUNDLE_FORMAT!r}", source=source, field="format")
    for name in document:
        if name not in _TOP:
            raise InputError("unknown field", source=source, field=str(name)[:80])
    question = _convert(document.get("question"), Question, source, "question")
    parties = tuple(
        _convert(item, Party, source, f"parties[{place}]")
        for place, item in enumerate(_items(document, "parties", source))
    )
    read: list[AnyEvidence] = []
    unread: list[NotRead] = []
    for place, item in enumerate(_items(document, "evidence", source)):
        one = _evidence(item, source, f"evidence[{place}]")
        (unread if isinstance(one, NotRead) else read).append(one)  # type: ignore[arg-type]
    bundle = Bundle(
        question=_plain_question(question, source),
        parties=tuple(sorted(parties, key=lambda one: one.id)),
        evidence=tuple(sorted(_distinct(read, document), key=lambda one: one.id)),
        not_read=tuple(sorted(unread, key=lambda one: (one.kind, one.id, one.content))),
    )
    _check(bundle, source)
    return bundle


def _items(document: dict[str, Any], name: str, source: str) -> list[Any]:
    items = document.get(name) or []
    if not isinstance(items, list):
        raise InputError("is no list", source=source, field=name)
    if len(items) > _MOST_EVIDENCE:
        raise InputError(f"more than {_MOST_EVIDENCE} entries", source=source, field=name)
    return items


def _without_nulls(value: Any) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(value, dict):
        return {key: _without_nulls(one) for key, one in value.items() if one is not None}
    if isinstance(value, list):
        return [_without_nulls(one) for one in value if one is not None]
    return value


def _loose(item: dict[str, Any]) -> dict[str, Any]:
    """Let a text stand where an object may: a source is its title, a ground its words."""
    loose = dict(item)
    if isinstance(item.get("source"), str):
        loose["source"] = {"title": item["source"]}
    if isinstance(item.get("ground"), str):
        loose["ground"] = {"text": item["ground"]}
    for name in ("doubts", "interests"):
        if isinstance(item.get(name), str):
            loose[name] = [item[name]]
    for name in ("network", "provider_asn", "asn"):
        found = _ASN.match(item[name]) if isinstance(item.get(name), str) else None
        if found is not None:
            loose[name] = int(found[1])
    return loose


def _convert(item: object, kind: type[_T], source: str, place: str) -> _T:
    if not isinstance(item, dict):
        raise InputError("is missing, or no object", source=source, field=place)
    try:
        return msgspec.convert(_loose(_without_nulls(item)), kind)
    except msgspec.ValidationError as error:
        text, _, path = str(error).partition(" - at `$")
        path = path.rstrip("`")
        if "unknown field" in text:
            path += "." + text.rpartition("field ")[2].strip("`")
            text = "unknown field"
        if "enum value" in text:
            text += f"; one of {', '.join(_allowed(kind, path))}"
        raise InputError(text, source=source, field=f"{place}{path}") from error
    except RecursionError as error:
        raise InputError("is nested too deeply", source=source, field=place) from error


def _allowed(kind: type, path: str) -> list[str]:
    """Find the values of the closed list that a field is of."""
    name = re.sub(r"\[.*", "", path.rpartition(".")[2])
    stack: list[Any] = [kind]
    seen: set[Any] = set()
    while stack:
        one = stack.pop()
        if one in seen:
            continue
        seen.add(one)
        if not (isinstance(one, type) and issubclass(one, msgspec.Struct)):
            continue
        for known in fields(one):
            inner = [known.type, *_arguments(known.type)]
            values = [v for part in inner for v in _values(part)]
            if known.encode_name == name and values:
                return values
            stack.extend(part for part in inner if isinstance(part, type))
    return ["those of docs/methods/findings.md"]


def _arguments(kind: object) -> list[Any]:
    found: list[Any] = []
    for part in getattr(kind, "__args__", ()):
        found += [part, *_arguments(part)]
    return found


def _values(kind: object) -> list[str]:
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return [member.value for member in kind]
    return [kind] if isinstance(kind, str) else []


def _evidence(item: object, source: str, place: str) -> AnyEvidence | NotRead:
    if not isinstance(item, dict):
        raise InputError("is no object", source=source, field=place)
    kind = item.get("kind")
    if not isinstance(kind, str) or not kind:
        raise InputError("is missing", source=source, field=f"{place}.kind")
    plain = _without_nulls(item)
    content = canonical(plain)
    name = f"{kind}-{hashlib.sha256(content).hexdigest()[:8]}"
    if kind not in {one.value for one in EvidenceKind}:
        given = item.get("id")
        return NotRead(
            id=given if isinstance(given, str) else name, kind=kind, content=content.decode()
        )
    named = {"id": name, **plain} if isinstance(plain, dict) else {}
    one = _convert(named, EVIDENCE_TYPES[EvidenceKind(kind)], source, place)
    _check_stretches(one, source, place)
    _check_values(one, source, place)
    return _plain_evidence(one, source, place)  # type: ignore[return-value]


def _distinct(read: Iterable[AnyEvidence], document: dict[str, Any]) -> list[AnyEvidence]:
    """Drop what stands twice without an id of its own: the same words are the same evidence."""
    given = {item.get("id") for item in document.get("evidence") or () if isinstance(item, dict)}
    kept: list[AnyEvidence] = []
    derived: set[str] = set()
    for one in read:
        if one.id not in given:
            if one.id in derived:
                continue
            derived.add(one.id)
        kept.append(one)
    return kept


def _check_stretches(one: Evidence, source: str, place: str) -> None:
    for name in _WHENS:
        text = getattr(one, name, "")
        try:
            read_stretch(text)
        except ValueError as error:
            raise InputError(str(error), source=source, field=f"{place}.{name}") from error


def _check_values(one: Evidence, source: str, place: str) -> None:
    if isinstance(one, Cell):
        for name in one.p:
            if name not in _CAUSES:
                reason = f"unknown cause {name[:40]!r}; one of {', '.join(sorted(_CAUSES))}"
                raise InputError(reason, source=source, field=f"{place}.p")
        if one.answer is CellAnswer.TWO_CAUSES and (one.lead is None or one.second is None):
            raise InputError("two_causes names both", source=source, field=f"{place}.lead")
    if isinstance(one, Span) and one.cause in _NO_SPAN:
        raise InputError(f"a span has no {one.cause}", source=source, field=f"{place}.cause")
    pairs = (
        *(("n_usable", "n"), ("n_served", "n"), ("n_networks_cut", "n_networks")),
        *(("n_countries_served", "n_countries"), ("n_networks_slow", "n_networks")),
        *(("n_countries_normal", "n_countries"), ("n_lost", "n")),
    )
    for part, whole in pairs:
        few, many = getattr(one, part, None), getattr(one, whole, None)
        if few is not None and many is not None and few > many:
            raise InputError(f"more than {whole}", source=source, field=f"{place}.{part}")


def _plain_domain(text: str, source: str, place: str) -> str:
    plain = text.strip().rstrip(".").lower()
    if plain and not (_DOMAIN.match(plain) or _is_address(plain)):
        raise InputError(f"{text[:60]!r} is no domain", source=source, field=place)
    return plain


def _is_address(text: str) -> bool:
    """Say whether it is an address: sites without a name are measured too."""
    try:
        ipaddress.IPv6Address(text)
    except ValueError:
        return False
    return "%" not in text


def _plain_question(question: Question, source: str) -> Question:
    if not question.target and question.network is None and question.service is None:
        reason = "asks for none of target, network and service"
        raise InputError(reason, source=source, field="question")
    for name in ("since", "until"):
        try:
            read_stretch(getattr(question, name))
        except ValueError as error:
            raise InputError(str(error), source=source, field=f"question.{name}") from error
    first, last = read_stretch(question.since).first, read_stretch(question.until).last
    if first is not None and last is not None and last < first:
        raise InputError("is before since", source=source, field="question.until")
    return replace(question, target=_plain_domain(question.target, source, "question.target"))


def _plain_evidence(one: Evidence, source: str, place: str) -> Evidence:
    if not one.target:
        return one
    return replace(one, target=_plain_domain(one.target, source, f"{place}.target"))


def _check(bundle: Bundle, source: str) -> None:
    parties = [party.id for party in bundle.parties]
    for name, ids in (("parties", parties), ("evidence", [one.id for one in bundle.evidence])):
        for name_of, other in pairwise(ids):
            if name_of == other:
                raise InputError(f"the id {other!r} is used twice", source=source, field=name)
    known = frozenset(parties)

    def ask(party: str | None, field: str) -> None:
        if party is not None and party not in known:
            reason = f"{party!r} is not in parties: add it there, press and observers too"
            raise InputError(reason, source=source, field=field)

    ask(bundle.question.service, "question.service")
    for one in bundle.evidence:
        if isinstance(one, Claim):
            ask(one.speaker, f"evidence {one.id}: speaker")
            ask(one.about, f"evidence {one.id}: about")
        if isinstance(one, RouteChange):
            ask(one.provider, f"evidence {one.id}: provider")
        if isinstance(one, Outage):
            ask(one.told_by, f"evidence {one.id}: told_by")
        if isinstance(one, Context):
            ask(one.party, f"evidence {one.id}: party")
        if isinstance(one, Measured):
            for shown in one.identity:
                ask(shown.party, f"evidence {one.id}: identity.party")


def bundle_document(bundle: Bundle) -> dict[str, Any]:
    """Give a bundle as the plain document that reads as it."""
    evidence = [msgspec.to_builtins(one) for one in bundle.evidence]
    evidence += [msgspec.json.decode(one.content) for one in bundle.not_read]
    return {
        "format": BUNDLE_FORMAT,
        "question": msgspec.to_builtins(bundle.question),
        "parties": [msgspec.to_builtins(one) for one in bundle.parties],
        "evidence": evidence,
    }


def bundle_digest(bundle: Bundle) -> str:
    """Hash a bundle, whatever the order and spacing of the file that it came from."""
    return hashlib.sha256(canonical(bundle_document(bundle))).hexdigest()
