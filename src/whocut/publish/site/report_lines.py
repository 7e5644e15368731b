"""What users report, in words: so many at least, of what, where and when."""

from collections.abc import Iterable

from msgspec import Struct

from whocut.i18n.text import Text
from whocut.publish.desk.appeal import period_words
from whocut.publish.desk.counts import CountRow
from whocut.publish.desk.parties import known_actors
from whocut.publish.site.places import place_name
from whocut.publish.site.words import word

__all__ = ["ReportLine", "report_lines"]


class ReportLine(Struct, frozen=True):
    """One row of what users report."""

    name: str
    address: str
    country: str
    country_address: str
    when: str
    what: str
    at_least: int


def report_lines(text: Text, rows: Iterable[CountRow]) -> list[ReportLine]:
    """Put rows into words."""
    return [_line(text, row) for row in rows]


def _line(text: Text, row: CountRow) -> ReportLine:
    actor = known_actors().get(row.subject)
    return ReportLine(
        name=actor.name if actor is not None else row.subject,
        address=f"/who/{actor.id}" if actor is not None else f"/d/{row.subject}",
        country=place_name(text, row.country),
        country_address=f"/c/{row.country.partition('-')[0]}",
        when=period_words(text, row.period),
        what=word(text, "action", row.kind.value),
        at_least=row.at_least,
    )
