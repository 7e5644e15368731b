"""What a country's page counts of the ledger: each grade by itself, never added up."""

from typing import Final

from msgspec import Struct

from whocut.ledger.counts import ByGrade
from whocut.ledger.vocabulary import Sector
from whocut.publish.edition.ledger_countries import acts, grades_of
from whocut.publish.edition.ledger_rows import CardFound

__all__ = [
    "SPOKEN_CLASSES",
    "SPOKEN_SECTORS",
    "CallLine",
    "StandingCount",
    "acts",
    "call_lines",
    "grades_of",
]

SPOKEN_SECTORS: Final = (Sector.NEWS_MEDIA, Sector.MESSAGING, Sector.SOCIAL_NETWORK)
"""By which people hear of each other and of the world."""
SPOKEN_CLASSES: Final = (
    *("messenger", "independent_media", "public_media", "state_media", "other_media"),
)
"""The same in the catalogue of targets."""


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
