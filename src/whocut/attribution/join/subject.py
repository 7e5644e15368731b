"""What is asked: a country, and a domain, a network or somebody's service, in a span of time."""

from datetime import date
from typing import Final

from msgspec import Struct

from whocut.attribution.bundle import Question

__all__ = ["ACCESS", "ACCESS_NAME", "LAB", "WORLD", "Subject", "question_of"]

ACCESS: Final = "internet-access"
"""The service that a shutdown ends: access to the Internet as such."""
ACCESS_NAME: Final = "Internet access"
WORLD: Final = "world"
LAB: Final = "lab"


class Subject(Struct, frozen=True, kw_only=True):
    """What a finding is about; one of domain, network and service is given."""

    country: str
    domain: str = ""
    """Registrable, as measurements have it."""
    network: int | None = None
    service: str = ""
    """An actor, or ``internet-access``."""
    record: str = ""
    """The record that is asked about, where the question comes from one."""
    since: date | None = None
    until: date | None = None
    origin: str = WORLD
    part: str = ""
    """ISO 3166-2, where only a part of the country is asked about."""

    @property
    def is_lab(self) -> bool:
        """Say whether it is about the emulated laboratory."""
        return self.origin != WORLD


def question_of(subject: Subject) -> Question:
    """Write a subject as the question of a bundle."""
    return Question(
        country=subject.country,
        target=subject.domain,
        network=subject.network,
        service=subject.service or None,
        since=subject.since.isoformat() if subject.since else "",
        until=subject.until.isoformat() if subject.until else "",
        origin=subject.origin,
        part=subject.part,
    )
