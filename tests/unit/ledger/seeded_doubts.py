"""Small changes to the good ledger that deserve a look and are no fault."""

from tests.unit.ledger.good_ledger import CUT, REFUSAL, RESTORED, SHARED

__all__ = ["WARNINGS"]

WARNINGS = {
    "one source among one": (
        CUT,
        "{value: route, from: [s1]}",
        "{value: route, among: [s1]}",
        "source.alone",
        "layer.among",
        "alone",
    ),
    "one publisher of two groups": (
        CUT,
        "publisher: Daily Paper",
        "publisher: acme",
        "source.groups",
        "sources.s2.group",
        "two origins",
    ),
    "high confidence in a lead": (
        RESTORED,
        "sources:\n",
        "confidence: high\nsources:\n",
        "confidence",
        "confidence",
        "lead",
    ),
    "an unread link that carries nothing": (
        CUT,
        "  s2:\n",
        "  s3: {url: 'https://x-y.org/', title: T, publisher: P, read: linked, "
        "stance: press, group: p}\n  s2:\n",
        "source.idle",
        "sources.s3",
        "no value names",
    ),
    "no date": (
        REFUSAL,
        "dates:\n  announced:\n  - {on: 2022-03, from: [s1]}\n",
        "dates: {}\n",
        "date.none",
        "dates",
        "no moment",
    ),
    "a restoration that a note explains": (
        RESTORED,
        "edges:\n- {kind: restores, to: 2022-03-acme-ru, from: [s1]}\n",
        "notes:\n- {text: The cut has no record., from: [own]}\nedges:\n",
        "kind.restored_unknown",
        "edges",
        "do the notes say why",
    ),
    "an answer before the question": (
        REFUSAL,
        "edges:\n",
        "edges:\n- {kind: retaliates, to: 2023-05-acme-ru-restored, from: [s1]}\n",
        "edge.order",
        "edges[0].to",
        "begins later",
    ),
    "a host below": (
        CUT,
        "acme-net.org, from",
        "api.acme-net.org, from",
        "domain.host",
        "domains[0].domain",
        "below acme-net.org",
    ),
    "a tracking address": (
        CUT,
        "letter?id=7",
        "letter?id=7&utm_source=x",
        "url.tracking",
        "sources.s1.url",
        "utm_source",
    ),
    "a shared source that nobody names": (
        SHARED,
        "pact:\n",
        "other: {title: T, publisher: P, read: own, stance: reference, group: p}\npact:\n",
        "source.shared_unused",
        "other",
        "no record",
    ),
}
