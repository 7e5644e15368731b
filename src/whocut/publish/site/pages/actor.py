"""A company or state body: ``/who/{actor}``, what it did and did not do, and who says so."""

from collections import Counter
from typing import Final

from whocut.i18n.text import Text
from whocut.ledger.actors import Actor
from whocut.ledger.record import OWN
from whocut.publish.edition.actor_records import ActorRecords, SameLaw
from whocut.publish.edition.ledger import LedgerPages
from whocut.publish.site.finding_lines import finding_lines
from whocut.publish.site.page import Absent, Asked, Page, PageRoute
from whocut.publish.site.record_wording import ledger_wording
from whocut.publish.site.report_lines import report_lines

__all__ = ["ROUTES"]

_SHOWN: Final = 15
"""Records of one list on the page; the ledger has the rest."""
_READ: Final = 200
"""Records looked at for each part."""
_LAWS: Final = 4
_OTHERS: Final = 8
_READINGS: Final = 12
_FINDINGS: Final = 12
_NETWORKS: Final = 40


def actor(asked: Asked, actor: str) -> Page:
    """Show a company or state body."""
    text, pages = asked.text, asked.edition.ledger
    found = pages.actor(actor)
    if found is None:
        raise Absent(text.gettext("No company or state body of the ledger has this id."))
    records = pages.lists_of_actors(_READ, _SHOWN).records(actor)
    name = _name(text, found.actor)
    networks = [*(one.asn for one in found.actor.asns), *found.actor.siblings]
    return Page(
        "actor.html",
        name,
        {
            **ledger_wording(text),
            "found": found,
            "actor": found.actor,
            "records": records,
            "readings": pages.other_readings(actor, _READINGS),
            "laws": _laws(pages, actor, records),
            "basis": _basis(found.actor),
            "networks": asked.edition.routes.names(networks[:_NETWORKS]),
            "more_networks": max(len(networks) - _NETWORKS, 0),
            "reports": report_lines(text, asked.edition.reports.of_subjects([actor])),
            "findings": finding_lines(text, asked.edition.findings.of_actor(actor, _FINDINGS)),
        },
        description=text.gettext(
            "%(name)s: what it cut off, refused to cut off and restored, by its own word and by "
            "that of others, and what it replies.",
            name=name,
        ),
    )


def _name(text: Text, actor: Actor) -> str:
    by_language = {one.lang: one.name for one in reversed(actor.names)}
    return by_language.get(str(text.language)) or by_language.get("en") or actor.name


def _laws(pages: LedgerPages, actor: str, records: ActorRecords) -> list[SameLaw]:
    """Give the instruments that speak of most of its acts, with what others did under them."""
    own = (*records.did.rows, *records.refused.rows, *records.restored.rows)
    counted: Counter[str] = Counter()
    for row in own[:_SHOWN]:
        counted.update(pages.deciding_families(row.id))
    lists = pages.lists_of_actors(_READ, _OTHERS)
    found = []
    for id_, _ in sorted(counted.items(), key=lambda one: (-one[1], one[0]))[:_LAWS]:
        one = lists.same_law(actor, id_, pages.instrument_title(id_))
        if one.cut.n or one.kept.n:
            found.append(one)
    return found


def _basis(actor: Actor) -> dict[str, str]:
    """Give the record that each fact rests on; nothing where it is own knowledge."""
    return {field: "" if basis == OWN else basis for field, basis in actor.from_.items()}


ROUTES: Final = (PageRoute("/who/{actor:str}", actor, "actor"),)
