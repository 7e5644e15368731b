"""What a country's page counts of the ledger: each grade by itself, never added up."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from msgspec import Struct

from whocut.ledger.counts import ByGrade
from whocut.ledger.scorecard import GROUPS
from whocut.ledger.vocabulary import Grade, Kind, Sector
from whocut.publish.edition.ledger_rows import CardFound, RecordRow
from whocut.publish.site.country_time import actor_groups

__all__ = [
    "SPOKEN_CLASSES",
    "SPOKEN_SECTORS",
    "CallLine",
    "GroupCount",
    "StandingCount",
    "acts",
    "by_actor_group",
    "by_jurisdiction",
    "call_lines",
    "grades_of",
]

SPOKEN_SECTORS: Final = (Sector.NEWS_MEDIA, Sector.MESSAGING, Sector.SOCIAL_NETWORK)
"""By which people hear of each other and of the world."""
SPOKEN_CLASSES: Final = (
    *("messenger", "independent_media", "public_media", "state_media", "other_media"),
)
"""The same in the catalogue of targets."""
_ACTS: Final = frozenset({Kind.CUT, Kind.PARTIAL, Kind.SERIES})


class GroupCount(Struct, frozen=True):
    """How many records of each grade stand under one heading."""

    name: str
    count: ByGrade


class StandingCount(Struct, frozen=True):
    """How many records stand so on the day of the card, by one group of actors."""

    standing: str
    group: str
    count: ByGrade


class CallLine(Struct, frozen=True):
    """One of the five calls and what stands under it."""

    number: int
    title: str
    words: str
    counts: tuple[StandingCount, ...]


def acts(rows: Iterable[RecordRow]) -> list[RecordRow]:
    """Keep the cuts: refusals to cut, restorations and rumours are no cut."""
    return [one for one in rows if one.kind in _ACTS and not one.is_retracted]


def grades_of(rows: Iterable[RecordRow]) -> ByGrade:
    """Count records of each grade."""
    counted = Counter(one.grade for one in rows)
    return ByGrade(**{grade.value: counted[grade] for grade in Grade})


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


def call_lines(card: CardFound) -> tuple[CallLine, ...]:
    """Read a scorecard: there is no figure over the calls, and none over grades."""
    return tuple(
        CallLine(
            one.number,
            one.title,
            one.words,
            tuple(
                StandingCount(count.standing.value, count.group, count.count)
                for count in one.counts
            ),
        )
        for one in card.calls
    )
