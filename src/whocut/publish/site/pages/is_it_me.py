"""Is it me? ``/is-it-me``: a form, and an answer that stands in no address, title or log."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

from whocut.access.targets import load_targets
from whocut.i18n.text import Text
from whocut.publish.edition.access_rows import PairRow
from whocut.publish.edition.edition import Edition
from whocut.publish.edition.ledger_rows import RecordRow
from whocut.publish.site.asking import (
    AskedName,
    asked_country,
    asked_name,
    country_codes,
    shown_name,
)
from whocut.publish.site.country_facts import acts
from whocut.publish.site.law_of_country import Does, law_in_force
from whocut.publish.site.page import Asked, Page, PageRoute
from whocut.publish.site.pages.domain import PATH_SIDE, SERVICE_SIDE
from whocut.publish.site.pages.pair import findings_of, records_here
from whocut.publish.site.places import is_lab_code, place_name
from whocut.publish.site.plain_answer import (
    Said,
    TellsOf,
    certainty,
    headline,
    is_old,
    meaning,
    said_by_findings,
    steps,
)
from whocut.publish.site.same_service import (
    Named,
    domains_meant,
    is_known,
    measured_here,
    named,
    service_records,
)
from whocut.publish.site.wording import wording

__all__ = ["ROUTES"]

_ELSEWHERE: Final = 8
_ALIKE: Final = 8
_MOST_ALIKE: Final = 60
"""Targets of one sector that are looked up."""
_RECORDS: Final = 8
_TWINS: Final = 8
_BEYOND_PROBES: Final = frozenset({"account", "payment", "app_store", "device_update"})
_SERVICE_SIDE: Final = (Said.THEM, Said.EDGE, Said.THEM_OR_EDGE, Said.BOTH)


def is_it_me(asked: Asked) -> Page:
    """Show the form, or answer what was asked with it."""
    if asked.form is None:
        return _form(asked)
    name = asked_name(asked.form.get("service", ""))
    country = _country(asked.edition, asked.form.get("country", ""))
    if name is None or country is None:
        return _form(asked, is_name_wrong=name is None, is_country_wrong=country is None)
    return _answer(asked, name, country)


def _country(edition: Edition, text: str) -> str | None:
    code = asked_country(text)
    if code is not None:
        return code
    given = text.strip().upper()
    is_here = is_lab_code(given) and edition.access.summary(given) is not None
    return given if is_here else None


def _form(asked: Asked, *, is_name_wrong: bool = False, is_country_wrong: bool = False) -> Page:
    """Show the form; what was typed stands in it again where it could not be read."""
    given = asked.form or {}
    laboratory = [one.country for one in asked.edition.access.countries() if one.is_lab]
    return Page(
        "is_it_me.html",
        asked.text.gettext("Is it me?"),
        {
            "name_shown": shown_name,
            "countries": _countries(asked.text),
            "laboratory": [
                (code, place_name(asked.text, code)) for code in laboratory if is_lab_code(code)
            ],
            "meant": domains_meant(asked.edition, given.get("service", ""))
            if is_name_wrong
            else (),
            "given_service": given.get("service", "")[:200],
            "given_country": given.get("country", ""),
            "is_name_wrong": is_name_wrong,
            "is_country_wrong": is_country_wrong,
        },
        description=asked.text.gettext(
            "A service does not open. Is it you, the service, the state, or a fault? Ask here."
        ),
        is_private=asked.form is not None,
    )


@lru_cache(maxsize=8)
def _countries(text: Text) -> tuple[tuple[str, str], ...]:
    named = ((code, text.country(code)) for code in country_codes())
    return tuple(sorted(named, key=lambda one: one[1].casefold()))


def _answer(asked: Asked, name: AskedName, country: str) -> Page:
    edition, text = asked.edition, asked.text
    row = measured_here(edition, name.target, country)
    known = named(edition, name.target)
    findings = findings_of(edition, name.target, known.twins, country)
    said = said_by_findings(findings, row)
    lifted = [one for one in law_in_force(country, edition.made_on) if one.does is Does.LIFTS]
    is_service_side = said in _SERVICE_SIDE
    own = service_records(edition, name.target)
    below = [one for _, one in edition.ledger.below_domain(name.target)]
    records = records_here(_each_once([*own, *below]), country, edition.made_on)
    by_operator = records_here(
        _of_operator(edition, name.target, records), country, edition.made_on
    )
    return Page(
        "is_it_me_answer.html",
        text.gettext("Is it me? The answer"),
        {
            **wording(text),
            "target": name.target,
            "host": name.host,
            "meant": () if is_known(edition, name.target) else domains_meant(edition, name.target),
            "measured_as": row.target if row else known.measured,
            "twins": known.twins[:_TWINS],
            "country": country,
            "said": said.value,
            "headline": headline(text, said),
            "meaning": meaning(text, said),
            "certainty": certainty(text, said, findings, row),
            "steps": steps(
                text, said, has_exemption=bool(lifted), told_by=_told_by([*records, *by_operator])
            ),
            "row": row,
            "is_old": row is not None and is_old(row.week, edition.made_on),
            "findings": findings[:3],
            "exempting": lifted if is_service_side or said is Said.NOTHING else [],
            "today": edition.made_on,
            "records": records[:_RECORDS],
            "operator_records": by_operator[:_RECORDS],
            "is_beyond_probes": any(
                one.layer in _BEYOND_PROBES for one in (*records, *by_operator)
            ),
            **_neighbours(edition, known, country),
        },
        is_private=True,
    )


def _each_once(records: Sequence[RecordRow]) -> list[RecordRow]:
    return list({one.id: one for one in records}.values())


def _of_operator(edition: Edition, target: str, told: Sequence[RecordRow]) -> list[RecordRow]:
    """List what the operator of a domain did with other services of its, or with none named."""
    known = {one.id for one in told}
    holders = edition.ledger.actor_of_domain(target)[:2]
    found = [one for holder in holders for one in edition.ledger.of_actor(holder.id, limit=60)]
    return [one for one in _each_once(found) if one.id not in known]


def _told_by(records: Sequence[RecordRow]) -> frozenset[TellsOf]:
    """Say whose cut-offs documents tell of: those without an end, and those that no probe sees.

    Of an account the end that is told may not be this reader's.
    """
    told = [one for one in acts(records) if not one.ended or one.layer in _BEYOND_PROBES]
    kinds = {kind for one in told for kind in one.actor_kinds}
    sides = {TellsOf.SERVICE: SERVICE_SIDE, TellsOf.WAY: PATH_SIDE}
    return frozenset(side for side, of in sides.items() if not of.isdisjoint(kinds))


def _neighbours(edition: Edition, known: Named, country: str) -> Mapping[str, Any]:
    """Find how the same service fares elsewhere, and how services like it fare here."""
    elsewhere = [
        one for one in known.rows if one.country != country and not one.is_lab and not one.is_older
    ]
    alike = edition.access.targets_among(_alike(known.target), country)
    kept = [one for one in alike if not one.is_older]
    return {
        "elsewhere": sorted(elsewhere, key=_cut_first)[:_ELSEWHERE],
        "n_elsewhere": len(elsewhere),
        "n_served_elsewhere": sum(one.answer == "served" for one in elsewhere),
        "alike": sorted(kept, key=_cut_first)[:_ALIKE],
    }


def _cut_first(row: PairRow) -> tuple[bool, int, str, str]:
    return not row.is_cut, -row.n, row.country, row.target


@lru_cache(maxsize=256)
def _alike(target: str) -> Sequence[str]:
    """List other services of the same sector, of the catalogue of targets."""
    catalog = load_targets()
    sector = next((one.sector for one in catalog.targets if one.domain == target), None)
    found = (
        one.domain
        for one in catalog.targets
        if one.sector == sector and one.domain != target and one.same_as is None
    )
    return tuple(found)[:_MOST_ALIKE] if sector else ()


ROUTES: Final = (PageRoute("/is-it-me", is_it_me, "is_it_me", takes_form=True),)
