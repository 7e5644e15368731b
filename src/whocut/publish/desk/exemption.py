"""What the law of those days said of what somebody reports: at once, and no legal advice."""

from datetime import date
from typing import Final

from msgspec import Struct

from whocut.ledger.actors import Actor
from whocut.ledger.law.assess import assess_span
from whocut.ledger.law.instrument import Certainty
from whocut.ledger.law.law import Law
from whocut.ledger.law.loading import load_law
from whocut.ledger.law.question import (
    ActorKind,
    AskedService,
    Assessment,
    Label,
    LegalQuestion,
    People,
    Role,
)
from whocut.ledger.law.record_question import law_kind_of, services_for
from whocut.ledger.vocabulary import Sector
from whocut.publish.desk.form import Happened, Report, days_of
from whocut.publish.desk.parties import named_party

__all__ = ["HOMES", "Cited", "DaysLaw", "ReportLaw", "law_of_report"]

HOMES: Final = ("US", "EU", "GB", "UA", "RU")
"""States and unions whose law is held for companies at large, and that the form offers."""
_ASSUMED: Final = ("US", "EU", "GB")
"""Asked one by one where nobody knows where the company is at home."""
_EXISTING: Final = frozenset(
    {Happened.ACCOUNT_CLOSED, Happened.ACCOUNT_SUSPENDED, Happened.SERVICE_ENDED}
)


class Cited(Struct, frozen=True):
    """A provision as it is cited to a company."""

    id: str
    family: str
    title: str
    citation: str
    in_force_from: str | None
    in_force_to: str | None
    url: str | None


class DaysLaw(Struct, frozen=True):
    """What the law said, all the same from one day to another."""

    home: str
    """Of which state or union the company was taken to be; empty: as it is known."""
    start: date
    end: date
    assessment: Assessment
    exemptions: tuple[Cited, ...]
    """In force on those days, and covering the service."""


class ReportLaw(Struct, frozen=True):
    """The law of one report."""

    actor: Actor | None
    sector: Sector | None
    services: tuple[str, ...]
    """In English, as the law of the day names them."""
    answers: tuple[DaysLaw, ...]
    """None of them: the kind of service is not known."""


def law_of_report(report: Report, law: Law | None = None) -> ReportLaw:
    """Ask the law of the day about one report.

    A company whose home nobody knows is asked as one of the United States, of the European Union
    and of the United Kingdom, and each answer says so.
    """
    law = law or load_law()
    actor = named_party(report.service)
    sector = report.sector or _sector_of(actor)
    ids = _services(report, actor, sector)
    start, end = days_of(report.when)
    answers: list[DaysLaw] = []
    for home, codes in _homes(report, actor) if ids else ():
        question = _question(report, actor, codes, ids)
        answers += [
            DaysLaw(home, first, last, found, _exemptions(law, found))
            for first, last, found in assess_span(law, question, start, end)
        ]
    names = tuple(law.services_by_id[one].name for one in ids)
    return ReportLaw(actor, sector, names, tuple(answers))


def _sector_of(actor: Actor | None) -> Sector | None:
    known = actor.sector if actor is not None else None
    return Sector(known) if known in set(Sector) else None


def _services(report: Report, actor: Actor | None, sector: Sector | None) -> tuple[str, ...]:
    if sector is None:
        return ()
    action = "" if report.happened is Happened.OTHER else report.happened.value
    return services_for(sector.value, action=action, actor=actor.id if actor is not None else "")


def _homes(report: Report, actor: Actor | None) -> list[tuple[str, tuple[str, ...]]]:
    if actor is not None and actor.jurisdictions:
        return [("", actor.jurisdictions)]
    if report.based_in in HOMES:
        return [(report.based_in, (report.based_in,))]
    return [(home, (home,)) for home in _ASSUMED]


def _question(
    report: Report, actor: Actor | None, codes: tuple[str, ...], services: tuple[str, ...]
) -> LegalQuestion:
    kind = law_kind_of(actor) if actor is not None else ActorKind.COMPANY
    contracts = "existing" if report.happened in _EXISTING else ""
    return LegalQuestion(
        actor_kind=kind,
        actor_jurisdictions=codes,
        places=(report.country,),
        people=People(person="natural"),
        services=tuple(AskedService(id=one) for one in services),
        contracts="new" if report.happened is Happened.SIGN_UP_REFUSED else contracts,
    )


def _exemptions(law: Law, found: Assessment) -> tuple[Cited, ...]:
    """Give what may be held out to a company: what lifts a ban, and is not doubtful itself."""
    if found.label is Label.REQUIRED:
        return ()
    return tuple(
        Cited(
            id=one.id,
            family=one.family,
            title=one.title,
            citation=law.version(one.id).citation,
            in_force_from=one.in_force_from,
            in_force_to=one.in_force_to,
            url=one.url,
        )
        for one in found.provisions
        if one.role is Role.EXEMPTION and one.confidence is not Certainty.LOW
    )
