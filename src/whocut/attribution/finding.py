"""What a finding holds: seven hypotheses with their evidence, who may be named, how it stands."""

from typing import Final

from msgspec import Struct

from whocut.attribution.bundle import NotRead, Question
from whocut.attribution.vocabulary import (
    Direction,
    FindingGrade,
    HypothesisId,
    Role,
    Room,
    RuleStrength,
    Status,
    Tie,
)

__all__ = [
    "FINDING_FORMAT",
    "Account",
    "Act",
    "Counted",
    "Finding",
    "Hypothesis",
    "Lag",
    "Named",
    "Saying",
    "SetAside",
    "Weight",
]

FINDING_FORMAT: Final = "whocut-finding/1"


class Weight(Struct, frozen=True, omit_defaults=True):
    """One rule that fired on one piece of evidence."""

    evidence: str
    rule: str
    direction: Direction
    nats: float
    strength: RuleStrength
    group: str
    witness: str
    room: Room
    counted: bool = True
    why_not: str = ""
    """weaker_in_group, explained, voided, partly, met, elsewhere, or nothing."""
    by: tuple[str, ...] = ()
    """Evidence that it gives way to."""
    is_own: bool = False
    """The party's own words."""
    is_identity: bool = False
    """Identity measured on many networks."""


class Hypothesis(Struct, frozen=True):
    """One answer with all that speaks for and against it."""

    id: HypothesisId
    grade: FindingGrade
    score: float
    """Nats for, less nats against, of what counts. No probability: no weight is calibrated yet."""
    for_: tuple[Weight, ...]
    against: tuple[Weight, ...]
    settles: tuple[str, ...]
    """What would settle it: codes that ``whocut.attribution.steps`` knows."""
    because: str = ""
    """Why it does not hold in spite of its weight: excluded, outsiders, contradicted; or empty."""


class Named(Struct, frozen=True):
    """A party that may be named as a doer."""

    party: str
    name: str
    hypothesis: HypothesisId
    grade: FindingGrade
    why: Tie
    evidence: tuple[str, ...]


class Account(Struct, frozen=True):
    """What somebody says of who did it; recorded, whoever it is."""

    evidence: str
    type: str
    speaker: str | None
    speaker_name: str
    about: str | None
    about_name: str
    hypothesis: HypothesisId | None
    interested: bool
    group: str
    """Copies of one text share it."""


class Act(Struct, frozen=True):
    """A refusal to cut or a restoration, in the party's own words."""

    party: str
    name: str
    act: str
    """refused_to_cut or restored."""
    evidence: str
    day: str


class Lag(Struct, frozen=True):
    """Announced, and first seen."""

    hypothesis: HypothesisId
    announced: str
    observed: str
    days: int
    evidence: tuple[str, ...]


class Counted(Struct, frozen=True):
    """What a measurement rests on; for sentences."""

    evidence: str
    n: int | None
    n_networks: int | None
    n_countries_served: int | None
    first: str
    last: str


class SetAside(Struct, frozen=True):
    """Evidence that is not weighed, and why."""

    evidence: str
    why: str


class Saying(Struct, frozen=True):
    """One sentence: the name of its template, and what goes into it."""

    template: str
    values: dict[str, str | int]


class Finding(Struct, frozen=True):
    """The answer to one question under one set of rules."""

    format: str
    id: str
    ruleset: str
    question: Question
    status: Status
    holds: tuple[HypothesisId, ...]
    named: tuple[Named, ...]
    hypotheses: tuple[Hypothesis, ...]
    accounts: tuple[Account, ...]
    acts: tuple[Act, ...]
    lags: tuple[Lag, ...]
    counter: tuple[str, ...]
    """Evidence against what holds, denials and counter-accounts."""
    context: tuple[str, ...]
    set_aside: tuple[SetAside, ...]
    not_read: tuple[NotRead, ...]
    roles: dict[str, Role]
    says: tuple[Saying, ...]
    """Its sentences; ``whocut.attribution.sentences`` writes them in a language."""

    @property
    def frozen_id(self) -> str:
        """Its id under its rules: ``<id>@<ruleset>``."""
        return f"{self.id}@{self.ruleset}"
