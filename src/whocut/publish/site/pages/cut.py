"""One record of the ledger, whole: ``/cut/{record}``."""

from collections.abc import Iterator, Sequence
from typing import Final

from msgspec import Struct

from whocut.i18n.text import Text
from whocut.ledger.claims import UNKNOWN_DOER
from whocut.ledger.edtf import Edtf, parse_edtf
from whocut.ledger.record import Conflict, CutRecord, Dated
from whocut.ledger.vocabulary import CarriedOut, DateKind
from whocut.publish.edition.access_rows import PairRow
from whocut.publish.edition.edition import Edition
from whocut.publish.edition.ledger_rows import LawFound, LawSpan, RecordRow, Tie
from whocut.publish.site.charts.moments import MomentChart, Telling, moment_chart
from whocut.publish.site.cited import CitedSources
from whocut.publish.site.claim_sentences import act_words
from whocut.publish.site.finding_lines import finding_lines
from whocut.publish.site.lag_words import days_words
from whocut.publish.site.page import Absent, Asked, Page, PageRoute
from whocut.publish.site.places import place_name
from whocut.publish.site.record_wording import ledger_wording
from whocut.publish.site.told_days import told_day
from whocut.publish.site.words import word

__all__ = ["ROUTES", "LawDays", "MomentLines", "Tied"]

_SECTIONS: Final = {
    "dates": "when",
    "parties": "who",
    "attribution": "who",
    "grounds": "grounds",
    "population": "whom",
    "scope": "whom",
    "remedies": "given",
    "networks": "joins",
    "domains": "joins",
}
"""Beside which part of a record a conflict stands; all others stand beside what was done."""
_JSON: Final = ".json"
_MOST_TIES: Final = 60
_MOST_MEASURED: Final = 12
_MOST_PLACES: Final = 4
_MOST_NETWORKS: Final = 60
_MOST_FINDINGS: Final = 10


class MomentLines(Struct, frozen=True):
    """One moment with its tellings, the preferred one first."""

    kind: DateKind
    label: str
    tellings: tuple[Dated, ...]


class Tied(Struct, frozen=True):
    """Another record, and how it stands to this one."""

    tie: Tie
    row: RecordRow | None


class LawDays(Struct, frozen=True):
    """Days with one answer of the law."""

    first: LawSpan
    until: str
    """ISO; the last of them."""


def cut(asked: Asked, record: str) -> Page:
    """Show one record with all that it rests on, or with ``.json`` give it away."""
    text, pages = asked.text, asked.edition.ledger
    if record.endswith(_JSON) and (line := pages.line(record.removesuffix(_JSON))) is not None:
        return Page("", "", body=f"{line}\n".encode(), media_type="application/json")
    whole = pages.whole(record)
    if whole is None:
        raise Absent(text.gettext("No record of the ledger has this id."))
    told = whole.record
    cited = CitedSources(whole)
    moments = list(_moments(text, told))
    law = pages.law(record)
    words = ledger_wording(text)
    return Page(
        "cut.html",
        _title(text, whole.row),
        {
            **words,
            "record": told,
            "row": whole.row,
            "actors": whole.actors,
            "cited": cited,
            "mark": cited.mark,
            "is_open": whole.row.voice in UNKNOWN_DOER,
            "reach": _reach(text, told),
            "moments": moments,
            "chart": _chart(text, moments),
            "conflicts": _conflicts(told.conflicts),
            "law": law,
            "law_days": _law_days(law),
            "law_titles": _law_titles(law),
            "ties": _ties(asked.edition, whole.ties),
            "n_ties": len(whole.ties),
            "measured": _measured(asked.edition, told),
            "networks": asked.edition.routes.names(
                [one.asn for one in told.networks[:_MOST_NETWORKS]]
            ),
            "lags": [
                (one, days_words(text, one.days, is_open=one.is_open))
                for one in pages.lags_of(record).lags
            ],
            "findings": finding_lines(
                text, asked.edition.findings.of_record(record, _MOST_FINDINGS)
            ),
            "citing": pages.citing(record),
        },
        description=words["sentence"](whole.row.claim)[:300],
    )


def _title(text: Text, row: RecordRow) -> str:
    places = [place_name(text, one) for one in row.places[:3]]
    if more := len(row.places) - len(places):
        places.append(text.ngettext("%(n)s more place", "%(n)s more places", more))
    act = act_words(text, row.claim)
    return text.gettext(
        "%(act)s: %(places)s", act=f"{act[0].upper()}{act[1:]}", places=text.listed(places)
    )


def _reach(text: Text, record: CutRecord) -> list[str]:
    """Name the users, accounts, plans and rights that the scope tells of."""
    scope = record.scope
    if scope is None:
        return []
    return [
        word(text, group, one)
        for group in ("users", "accounts", "plans", "rights")
        for one in getattr(scope, group)
    ]


def _moments(text: Text, record: CutRecord) -> Iterator[MomentLines]:
    carried_out = None if record.carried_out is None else record.carried_out.value
    for kind in DateKind:
        tellings: tuple[Dated, ...] = getattr(record.dates, kind.value)
        if not tellings:
            continue
        label = word(text, "moment", kind)
        if kind is DateKind.EFFECTIVE and carried_out is CarriedOut.NO:
            label = text.gettext("Was to take effect, and did not")
        elif kind is DateKind.EFFECTIVE and carried_out is CarriedOut.UNKNOWN:
            label = text.gettext("Was to take effect; whether it did is not known")
        elif kind is DateKind.ENDED and carried_out is CarriedOut.NO:
            label = text.gettext("Withdrawn")
        yield MomentLines(kind, label, tellings)


def _chart(text: Text, moments: Sequence[MomentLines]) -> MomentChart | None:
    drawn: list[tuple[str, list[Telling]]] = []
    known: list[Edtf] = []
    for one in moments:
        tellings = []
        for number, telling in enumerate(one.tellings):
            when = parse_edtf(telling.on)
            last = when.earliest if when.end_is_open else when.latest
            tellings.append(Telling(when.earliest, last, number == 0))
            known.append(when)
        drawn.append((one.label, tellings))
    days = [day for when in known for day in (when.earliest, when.latest) if day is not None]
    if not days:
        return None
    ends = told_day(text, min(days).isoformat()), told_day(text, max(days).isoformat())
    return moment_chart(text.gettext("The moments of this record in time"), drawn, ends)


def _conflicts(conflicts: Sequence[Conflict]) -> dict[str, list[Conflict]]:
    found: dict[str, list[Conflict]] = {}
    for one in conflicts:
        section = _SECTIONS.get(one.field.partition(".")[0].partition("[")[0], "what")
        found.setdefault(section, []).append(one)
    return found


def _law_days(law: LawFound | None) -> list[LawDays]:
    """Join spans of one answer and confidence by the same provisions, in the order of time."""
    joined: list[LawDays] = []
    for span in law.spans if law is not None else ():
        if joined and _answer(joined[-1].first) == _answer(span):
            joined[-1] = LawDays(joined[-1].first, span.end.isoformat())
        else:
            joined.append(LawDays(span, span.end.isoformat()))
    return joined


def _law_titles(law: LawFound | None) -> dict[str, str]:
    spans = law.spans if law is not None else ()
    return {one.id: one.title for span in spans for one in span.assessment.provisions}


def _answer(span: LawSpan) -> tuple[object, ...]:
    found = span.assessment
    deciding = tuple(one.id for one in found.provisions if one.decides)
    return found.label, found.leaning, found.confidence, deciding


def _ties(edition: Edition, ties: Sequence[Tie]) -> list[Tied]:
    return [Tied(one, edition.ledger.row(one.other)) for one in ties[:_MOST_TIES]]


def _measured(edition: Edition, record: CutRecord) -> list[PairRow]:
    """Give what was measured of the services that were cut, in the countries of the record."""
    domains = [one.domain for one in record.domains if one.role == "service"]
    countries = [one for one in record.population.places if len(one) == 2 and one != "EU"]
    found: list[PairRow] = []
    for country in countries[:_MOST_PLACES]:
        found += edition.access.targets_among(domains, country)
    return found[:_MOST_MEASURED]


ROUTES: Final = (PageRoute("/cut/{record:str}", cut, "cut"),)
