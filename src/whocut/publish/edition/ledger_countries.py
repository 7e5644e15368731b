"""What the records of one country count up to, each grade by itself: counted once, at the build."""

import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

from msgspec import Struct

from whocut.ledger.counts import ByGrade
from whocut.ledger.scorecard import GROUPS, NOT_ESTABLISHED
from whocut.ledger.sentences import Voice
from whocut.ledger.vocabulary import Grade, Kind
from whocut.publish.edition.given_back import as_told_of
from whocut.publish.edition.ledger_rows import RecordRow
from whocut.publish.edition.reading import pack, unpack

__all__ = [
    "COUNTED",
    "LANES",
    "CountryLedger",
    "GroupCount",
    "LedgerDays",
    "actor_groups",
    "acts",
    "by_actor_group",
    "by_jurisdiction",
    "count_country",
    "days_of_records",
    "grades_of",
    "write_countries",
]

COUNTED: Final = 1000
"""Records that a country's page counts, the newest; a country with more says so."""
LANES: Final = ("state", "company", "other", NOT_ESTABLISHED, "excerpt", "lead", "restored")
"""Lanes of the axis of time: documented cuts by who acted, cuts of the other grades, what was given
back."""
_ACTS: Final = frozenset({Kind.CUT, Kind.PARTIAL, Kind.SERIES})
_NO_CUT: Final = frozenset({Kind.RESTORATION, Kind.REFUSAL, Kind.RUMOUR})
_GROUPS: Final = {
    **dict.fromkeys(("state", "court"), "state"),
    **dict.fromkeys(("company", "operator", "payment_network", "certificate_authority"), "company"),
}
"""By whom an act was, as data/taxonomy/harms.toml groups the kinds of actors."""
_OPEN_VOICES: Final = frozenset({Voice.DISPUTED, Voice.OPEN, Voice.MEASURED, Voice.DENIED})


class GroupCount(Struct, frozen=True, array_like=True):
    """How many records of each grade stand under one heading."""

    name: str
    count: ByGrade


class LedgerDays(Struct, frozen=True, array_like=True):
    """The days of records, by what they tell; as ordinals, in order."""

    days: tuple[int, ...] = ()
    """Of every record that has one and is not retracted."""
    lanes: dict[str, tuple[int, ...]] = {}
    """The same by the ``LANES``; what is no cut and no return has none, two groups have it twice.
    """
    n_undated: int = 0
    """Records without a day, or retracted."""


class CountryLedger(Struct, frozen=True, array_like=True, kw_only=True):
    """The newest records of one country and its parts, counted."""

    n: int = 0
    """Records that are counted, of every kind."""
    cuts: ByGrade = ByGrade()
    """Cuts; refusals to cut, restorations, rumours and what is retracted are none."""
    in_force: ByGrade = ByGrade()
    """Cuts of which no end is told in this country."""
    newest: date | None = None
    groups: tuple[GroupCount, ...] = ()
    """Cuts by who acted."""
    jurisdictions: tuple[GroupCount, ...] = ()
    """Cuts by the jurisdiction of who decided; empty where it is not known."""
    sectors: dict[str, ByGrade] = {}
    """Cuts by sector."""
    refusals: ByGrade = ByGrade()
    restorations: ByGrade = ByGrade()
    days: LedgerDays = LedgerDays()

    @property
    def is_cut_short(self) -> bool:
        """Say whether the country may have more records than are counted."""
        return self.n == COUNTED


def acts(rows: Iterable[RecordRow]) -> list[RecordRow]:
    """Keep the cuts: refusals to cut, restorations and rumours are no cut."""
    return [one for one in rows if one.kind in _ACTS and not one.is_retracted]


def grades_of(rows: Iterable[RecordRow]) -> ByGrade:
    """Count records of each grade."""
    counted = Counter(one.grade for one in rows)
    return ByGrade(**{grade.value: counted[grade] for grade in Grade})


def actor_groups(row: RecordRow) -> tuple[str, ...]:
    """Say by whom an act was: state, company, other; or that it is not established."""
    if row.voice in _OPEN_VOICES or not row.actor_kinds:
        return (NOT_ESTABLISHED,)
    return tuple(dict.fromkeys(_GROUPS.get(kind, "other") for kind in row.actor_kinds))


def by_actor_group(rows: Sequence[RecordRow]) -> tuple[GroupCount, ...]:
    """Count cuts by who acted: states, companies, others, or not established."""
    kept = acts(rows)
    found = ((group, [one for one in kept if group in actor_groups(one)]) for group in GROUPS)
    return tuple(GroupCount(group, grades_of(own)) for group, own in found if own)


def by_jurisdiction(rows: Sequence[RecordRow]) -> tuple[GroupCount, ...]:
    """Count cuts by the jurisdiction of who decided, the most documented first."""
    found: dict[str, list[RecordRow]] = {}
    for one in acts(rows):
        for jurisdiction in one.jurisdictions or ("",):
            found.setdefault(jurisdiction, []).append(one)
    counted = [GroupCount(name, grades_of(own)) for name, own in found.items()]
    return tuple(sorted(counted, key=_most_documented))


def _most_documented(one: GroupCount) -> tuple[int, int, int, str]:
    return -one.count.documented, -one.count.excerpt, -one.count.lead, one.name


def days_of_records(rows: Sequence[RecordRow]) -> LedgerDays:
    """Sort the days of records by what they tell."""
    dated = [
        (one, one.first_day.toordinal())
        for one in rows
        if one.first_day is not None and not one.is_retracted
    ]
    lanes: dict[str, list[int]] = {name: [] for name in LANES}
    for one, day in dated:
        for lane in _lanes_of(one):
            lanes[lane].append(day)
    return LedgerDays(
        days=tuple(sorted(day for _, day in dated)),
        lanes={name: tuple(sorted(days)) for name, days in lanes.items() if days},
        n_undated=len(rows) - len(dated),
    )


def _lanes_of(row: RecordRow) -> tuple[str, ...]:
    """Name the lanes of one record; grades are never in one lane."""
    if row.kind in _NO_CUT:
        is_back = row.kind is Kind.RESTORATION and row.grade is Grade.DOCUMENTED
        return ("restored",) if is_back else ()
    return actor_groups(row) if row.grade is Grade.DOCUMENTED else (row.grade.value,)


def count_country(rows: Sequence[RecordRow]) -> CountryLedger:
    """Count the records of a country."""
    cuts = acts(rows)
    sectors: dict[str, list[RecordRow]] = {}
    for one in cuts:
        sectors.setdefault(one.sector.value, []).append(one)
    return CountryLedger(
        n=len(rows),
        cuts=grades_of(cuts),
        in_force=grades_of(one for one in cuts if not one.ended),
        newest=max((one.first_day for one in cuts if one.first_day), default=None),
        groups=by_actor_group(rows),
        jurisdictions=by_jurisdiction(rows),
        sectors={name: grades_of(own) for name, own in sorted(sectors.items())},
        refusals=grades_of(one for one in rows if one.kind is Kind.REFUSAL),
        restorations=grades_of(one for one in rows if one.kind is Kind.RESTORATION),
        days=days_of_records(rows),
    )


def write_countries(connection: sqlite3.Connection) -> None:
    """Write what each country's records count up to; the records are written already."""
    connection.execute("CREATE TABLE ledger_country (cc TEXT PRIMARY KEY, counted BLOB NOT NULL)")
    named = connection.execute("SELECT DISTINCT value FROM ledger_of WHERE axis = 'country'")
    for (cc,) in sorted(named.fetchall()):
        rows = connection.execute(_NEWEST, (cc, COUNTED))
        found = [unpack(row, RecordRow) for (row,) in rows]
        counted = count_country(as_told_of(cc, found))
        connection.execute("INSERT INTO ledger_country VALUES (?, ?)", (cc, pack(counted)))


_NEWEST: Final = (
    "SELECT r.row FROM ledger_of o JOIN ledger_record r ON r.n = o.n "
    "WHERE o.axis = 'country' AND o.value = ? ORDER BY o.n LIMIT ?"
)
