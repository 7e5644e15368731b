"""Freeze a finding with what it was made of, and make it again: the same bytes, or it is told."""

from typing import Any, Final

import msgspec
from msgspec import Struct

from whocut.attribution.attribute import attribute
from whocut.attribution.bundle import Bundle
from whocut.attribution.finding import Finding
from whocut.attribution.reading import bundle_document, bundle_of, canonical
from whocut.attribution.rules import Ruleset
from whocut.model.errors import InputError

__all__ = ["FROZEN_FORMAT", "Recomputed", "finding_document", "freeze", "recompute"]

FROZEN_FORMAT: Final = "whocut-frozen-finding/1"


class Recomputed(Struct, frozen=True):
    """What became of a frozen finding when it was made again."""

    finding: Finding
    is_same: bool
    """The same bytes."""
    ruleset_then: str
    ruleset_now: str


def finding_document(finding: Finding) -> dict[str, Any]:
    """Give a finding as a plain document; ``for`` is called so there."""
    document: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(finding))
    for one in document["hypotheses"]:
        one["for"] = one.pop("for_")
    return {"frozen_id": finding.frozen_id, **document}


def freeze(bundle: Bundle, ruleset: Ruleset) -> bytes:
    """Write a finding and its bundle as one canonical JSON document."""
    finding = attribute(bundle, ruleset)
    return canonical(
        {
            "format": FROZEN_FORMAT,
            "id": finding.frozen_id,
            "finding": finding_document(finding),
            "bundle": bundle_document(bundle),
        }
    )


def recompute(data: bytes, ruleset: Ruleset, source: str) -> Recomputed:
    """Make a frozen finding again from the bundle in it.

    Raises: InputError if it is no frozen finding, or its bundle cannot be read.
    """
    try:
        document = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InputError(f"no JSON: {error}", source=source) from error
    if not isinstance(document, dict) or document.get("format") != FROZEN_FORMAT:
        raise InputError(f"is no {FROZEN_FORMAT}", source=source, field="format")
    found = document.get("finding")
    if not isinstance(found, dict):
        raise InputError("is missing", source=source, field="finding")
    finding = attribute(bundle_of(document.get("bundle"), source), ruleset)
    return Recomputed(
        finding=finding,
        is_same=canonical(finding_document(finding)) == canonical(found),
        ruleset_then=str(found.get("ruleset")),
        ruleset_now=ruleset.version,
    )
