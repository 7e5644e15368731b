"""Findings: ``/findings`` lists them, ``/f/{id}`` opens one down to rows, rules and sources."""

from collections.abc import Sequence
from typing import Any, Final

from msgspec import Struct

from whocut.attribution.finding import Finding, Hypothesis
from whocut.attribution.freezing import FROZEN_FORMAT, finding_document
from whocut.attribution.join.subject import ACCESS
from whocut.attribution.join.timeline import Moment, MomentKind, timeline_of
from whocut.attribution.reading import bundle_document, canonical
from whocut.attribution.sentences import sentences, settling_sentences
from whocut.attribution.vocabulary import FindingGrade, Status
from whocut.i18n.catalog import N_
from whocut.i18n.text import Text
from whocut.publish.edition.finding_rows import FindingRow, FindingWhole
from whocut.publish.site.charts.finding_moments import (
    FindingChart,
    ShownMoment,
    finding_chart,
)
from whocut.publish.site.finding_evidence import (
    EvidenceLine,
    WeighedLine,
    evidence_lines,
    home_of,
    weighed,
)
from whocut.publish.site.page import PAGE_ROWS, Absent, Asked, Page, PageRoute
from whocut.publish.site.places import place_name
from whocut.publish.site.wording import wording

__all__ = ["ROUTES", "subject_name"]

_MOST_MOMENTS: Final = 14
_MOMENTS: Final = {
    MomentKind.ANNOUNCED: N_("announced"),
    MomentKind.EFFECTIVE: N_("to hold from this day, as told"),
    MomentKind.REPORTED: N_("reported"),
    MomentKind.REFUSED_TO_CUT: N_("refused to cut off"),
    MomentKind.RESTORED: N_("given back, as told"),
    MomentKind.ENDED: N_("ended, as told"),
    MomentKind.SEEN_BEFORE: N_("links still there"),
    MomentKind.SEEN_GONE: N_("first table of routes without the links"),
    MomentKind.SEEN_STAYED: N_("links stayed"),
    MomentKind.SEEN_GAINED: N_("links are back"),
    MomentKind.SEEN_BEGUN: N_("measurements first show it"),
    MomentKind.SEEN_ENDED: N_("measurements show its end"),
    MomentKind.SEEN_CUT: N_("measured: cut off"),
    MomentKind.SEEN_SERVED: N_("measured: served"),
}
_STRENGTHS: Final = {
    "proof": N_("proof"),
    "strong": N_("strong"),
    "suggestive": N_("suggestive"),
    "hint": N_("hint"),
}
_TIES: Final = {
    "own_words": N_("by its own words"),
    "own_words_relayed": N_("by its own words, as sources relay them"),
    "measured_identity": N_("by what its answers show"),
    "route": N_("by its routes"),
    "documented": N_("by documents"),
}
_ASIDES: Final = {
    "other_origin": N_("of another origin"),
    "other_country": N_("of another country"),
    "other_target": N_("of another target"),
    "other_time": N_("of another time"),
}
_ORDER: Final = (
    *(FindingGrade.PROOF, FindingGrade.STRONG, FindingGrade.SUGGESTIVE),
    *(FindingGrade.CONTRADICTED, FindingGrade.INSUFFICIENT),
)
_LOOKS: Final = {
    Status.HELD: "status-cut",
    Status.RESTORED: "status-served",
    Status.NO_CUT: "status-served",
    Status.REFUSED_TO_CUT: "status-served",
    Status.DISPUTED: "status-disputed",
    Status.INSUFFICIENT: "status-unknown",
}


class _Opened(Struct, frozen=True):
    """One hypothesis with its lines."""

    hypothesis: Hypothesis
    speaks: tuple[WeighedLine, ...]
    against: tuple[WeighedLine, ...]
    settles: tuple[str, ...]

    @property
    def n_for(self) -> int:
        """Lines that count for it."""
        return sum(one.counted for one in self.speaks)

    @property
    def n_against(self) -> int:
        """Lines that count against it."""
        return sum(one.counted for one in self.against)


class _MomentRow(Struct, frozen=True):
    """One moment in the table."""

    moment: Moment
    word: str
    who: str
    href: str


def finding(asked: Asked, name: str) -> Page:
    """Show one finding; with ``.json`` after its id, the finding with its bundle as they are."""
    if name.endswith(".json"):
        return _frozen(_found(asked, name.removesuffix(".json")))
    found = _found(asked, name)
    text, row = asked.text, found.row
    lines = evidence_lines(found.bundle, text)
    moments = timeline_of(found.bundle)[:_MOST_MOMENTS]
    names = {one.id: one.name or one.id for one in found.bundle.parties}
    said = sentences(found.finding, text)
    return Page(
        "finding.html",
        text.gettext(
            "%(target)s and %(place)s: who cut off whom?",
            target=subject_name(text, row),
            place=place_name(text, row.part or row.country),
        ),
        {
            **wording(text),
            "row": row,
            "finding": found.finding,
            "subject": subject_name(text, row),
            "look": _LOOKS[row.status],
            "said": said,
            "opened": _opened(found.finding, lines, text),
            "unweighed": _unweighed(found.finding, lines),
            "law": [one for one in lines.values() if one.kind == "law"],
            "records": _records(asked, found),
            "moments": [_moment_row(text, one, names, row.country) for one in moments],
            "chart": _chart(text, moments, names),
            "accounts": found.finding.accounts,
            "strengths": _STRENGTHS,
            "ties": _TIES,
            "asides": _ASIDES,
            "lines": lines,
            "aside": found.finding.set_aside,
            "n_evidence": len(found.bundle.evidence),
        },
        description=said[0] if said else "",
    )


def _found(asked: Asked, name: str) -> FindingWhole:
    """Find a finding, also under the rules of this edition.

    Raises: Absent if there is none.
    """
    found = asked.edition.findings.finding(name)
    if found is not None:
        return found
    bare = asked.edition.findings.finding(name.partition("@")[0])
    if bare is not None:
        raise Absent(
            asked.text.gettext(
                "This edition has the finding under other rules: %(id)s. The one that is asked for "
                "can be made again from its bundle under its own rules.",
                id=bare.row.frozen_id,
            )
        )
    raise Absent(
        asked.text.gettext(
            "There is no such finding in this edition. A finding has another name when its "
            "evidence changes."
        )
    )


def _frozen(found: FindingWhole) -> Page:
    body = canonical(
        {
            "format": FROZEN_FORMAT,
            "id": found.row.frozen_id,
            "finding": finding_document(found.finding),
            "bundle": bundle_document(found.bundle),
        }
    )
    return Page("", "", body=body, media_type="application/json")


def bundle(asked: Asked, name: str) -> Page:
    """Give the bundle of a finding: what recomputes it."""
    body = canonical(bundle_document(_found(asked, name).bundle))
    return Page("", "", body=body, media_type="application/json")


def subject_name(text: Text, row: FindingRow) -> str:
    """Name what a finding is about: a domain, a network, a service, access as such."""
    if row.target:
        return row.target
    if row.network is not None:
        return f"AS{row.network}"
    if row.service == ACCESS:
        return text.gettext("the Internet as such")
    return row.service_name or row.service


def _opened(found: Finding, lines: dict[str, EvidenceLine], text: Text) -> list[_Opened]:
    """Open every hypothesis, those that the evidence carries first."""
    seen: set[str] = set()
    ranked = sorted(found.hypotheses, key=lambda one: (_ORDER.index(one.grade), -one.score))
    return [
        _Opened(
            one,
            tuple(weighed(one.for_, lines, seen, text)),
            tuple(weighed(one.against, lines, seen, text)),
            settling_sentences(found, one.id, text),
        )
        for one in ranked
    ]


def _unweighed(found: Finding, lines: dict[str, EvidenceLine]) -> list[EvidenceLine]:
    """List what no rule fired on: recorded, and shown."""
    fired = {weight.evidence for one in found.hypotheses for weight in (*one.for_, *one.against)}
    aside = {one.evidence for one in found.set_aside}
    return [
        one
        for name, one in lines.items()
        if name not in fired and name not in aside and one.kind != "law"
    ]


def _records(asked: Asked, found: FindingWhole) -> list[Any]:
    """Give the records that the claims are of, with their rows."""
    ids = (one.id.split("/") for one in found.bundle.evidence)
    named = dict.fromkeys(parts[1] for parts in ids if parts[0] == "claim" and len(parts) > 1)
    rows = (asked.edition.ledger.row(one) for one in named)
    return [one for one in rows if one is not None]


def _moment_row(text: Text, one: Moment, names: dict[str, str], country: str) -> _MomentRow:
    return _MomentRow(
        one,
        text.gettext(_MOMENTS[one.kind]),
        names.get(one.who, one.who) or one.source,
        home_of(one.evidence, country),
    )


def _chart(text: Text, moments: Sequence[Moment], names: dict[str, str]) -> FindingChart | None:
    """Draw the moments where there are two or more to set side by side."""
    known = [day for one in moments for day in (one.first, one.last) if day is not None]
    if len(moments) < 2 or not known:
        return None
    shown = [
        ShownMoment(one.first, one.last, _moment_label(text, one, names), one.is_seen)
        for one in moments
    ]
    low, high = min(known), max(known)
    ticks = dict.fromkeys((low, low + (high - low) / 2, high))
    return finding_chart(
        text.gettext("What was announced, and what was observed, on one axis of time"),
        shown,
        [(day, text.day(day, "medium")) for day in ticks],
    )


def _moment_label(text: Text, one: Moment, names: dict[str, str]) -> str:
    told = text.gettext(_MOMENTS[one.kind])
    who = names.get(one.who, one.who)
    return f"{told} ({who})" if who else told


def findings(asked: Asked) -> Page:
    """List all findings, or those of one status."""
    text, pages = asked.text, asked.edition.findings
    status = asked.query.get("status", "")
    status = status if status in set(Status) else ""
    page = asked.number("page", most=100_000)
    rows, total = pages.rows(page, PAGE_ROWS, status=status)
    return Page(
        "findings.html",
        text.gettext("Findings: who cut off whom"),
        {
            **wording(text),
            "rows": rows,
            "total": total,
            "at": page,
            "page_rows": PAGE_ROWS,
            "chosen": status,
            "statuses": [one.value for one in Status if one.value in pages.facts.by_status],
            "facts": pages.facts,
            "subject_of": lambda row: subject_name(text, row),
            "looks": {one.value: look for one, look in _LOOKS.items()},
        },
        description=text.gettext(
            "Every question that this edition asks by itself: hypotheses weighed by measurements, "
            "routes and documents, and who may be named for it."
        ),
    )


ROUTES: Final = (
    PageRoute("/findings", findings, "findings"),
    PageRoute("/f/{name:str}", finding, "finding"),
    PageRoute("/f/{name:str}/bundle.json", bundle, "finding_bundle"),
)
