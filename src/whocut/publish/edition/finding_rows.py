"""What pages read of findings: a row of a list, and a finding whole with its bundle."""

from datetime import date
from typing import Final

from msgspec import Struct

from whocut.attribution.bundle import Bundle
from whocut.attribution.finding import Finding, Named, Saying
from whocut.attribution.vocabulary import FindingGrade, HypothesisId, Status

__all__ = ["AnsweredFinding", "FindingRow", "FindingWhole", "Found"]

_LAB: Final = "lab"


class FindingRow(Struct, frozen=True, array_like=True):
    """One finding in a list."""

    id: str
    ruleset: str
    country: str
    """ISO 3166-1, EU, or a country of the laboratory."""
    part: str
    """ISO 3166-2, where it is about a part of the country only."""
    target: str
    network: int | None
    service: str
    """Id of the actor whose service it is about; ``internet-access`` for access as such."""
    service_name: str
    record: str
    """The record that asked the question; empty where what is measured did."""
    since: date | None
    until: date | None
    origin: str
    status: Status
    holds: tuple[HypothesisId, ...]
    grade: FindingGrade
    """The best grade of what holds."""
    named: tuple[Named, ...]
    says: tuple[Saying, ...]
    """Its sentences, to be written in the reader's language."""
    n_claims: int
    n_measured: int
    n_routes: int

    @property
    def is_lab(self) -> bool:
        """Say whether this is the emulated laboratory."""
        return self.origin == _LAB

    @property
    def frozen_id(self) -> str:
        """Its id under its rules."""
        return f"{self.id}@{self.ruleset}"


class FindingWhole(Struct, frozen=True):
    """A finding with the bundle that it is computed from."""

    row: FindingRow
    finding: Finding
    bundle: Bundle


class Found(Struct, frozen=True):
    """How many findings there are, by status."""

    n: int
    by_status: dict[str, int]
    ruleset: str


class AnsweredFinding(Struct, frozen=True):
    """A finding that is ready to be kept; bundle and finding are packed already."""

    asked: bytes
    """Hash of the question and of what was measured."""
    row: FindingRow
    finding: bytes
    bundle: bytes
    axes: tuple[tuple[str, str], ...]

    @property
    def order(self) -> tuple[bool, int, str]:
        """The world before the laboratory, the newest first."""
        day = self.row.since or date.min
        return self.row.is_lab, -day.toordinal(), self.row.id
