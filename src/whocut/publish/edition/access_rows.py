"""What pages read of the measurements: rows of countries, pairs, networks, changes."""

from datetime import date, datetime
from typing import Final

from msgspec import Struct

from whocut.access.gap import Gap
from whocut.access.standing import Stand
from whocut.model.taxonomy import CUT_CAUSES, CellAnswer

__all__ = [
    "CUT_ANSWERS",
    "Change",
    "Country",
    "CountryNetwork",
    "CountrySummary",
    "CountryWeek",
    "Found",
    "GapFound",
    "GapMember",
    "Network",
    "NetworkCount",
    "NetworkInCountry",
    "NetworkTarget",
    "NetworkWeek",
    "Pair",
    "PairRow",
    "PairStatement",
    "PairWeek",
    "SlowWeek",
    "SnapshotFacts",
    "SpanRow",
]

CUT_ANSWERS: Final = frozenset(
    {
        *(cause.value for cause in CUT_CAUSES),
        *(CellAnswer.REFUSED.value, CellAnswer.TWO_CAUSES.value, CellAnswer.CUT_UNATTRIBUTED.value),
    }
)
"""Answers under which a cut stands."""
LAB: Final = "lab"


class SnapshotFacts(Struct, frozen=True, array_like=True):
    """Of what state of the observatory the measurements are."""

    sequence: int = 0
    """0: there is no observatory."""
    content: str = ""
    n_cells: int = 0
    n_verdicts: int = 0
    n_sources: int = 0
    models: tuple[str, ...] = ()
    rulesets: tuple[str, ...] = ()
    reference_snapshots: tuple[str, ...] = ()
    first_week: date | None = None
    last_week: date | None = None


class CountrySummary(Struct, frozen=True, array_like=True):
    """One country of the probes: its targets by what was found, in its last weeks."""

    country: str
    origin: str
    """``lab``: measurements of the emulated internet, which say nothing of a real country."""
    n: int
    """Measurements in the period."""
    n_targets: int
    """Targets with an answer, or insufficient, in the period."""
    answers: dict[str, int]
    """Targets by answer."""
    n_cut: int
    """Targets under whose answer a cut stands."""
    n_insufficient: int
    n_older: int
    """Targets that were measured before the period only; they are in no count."""
    n_networks: int
    since: date
    """First week of the period: the last 13 that were measured."""
    first_week: date
    """First week ever measured."""
    last_week: date

    @property
    def is_lab(self) -> bool:
        """Say whether this is the emulated laboratory."""
        return self.origin == LAB

    @property
    def cuts(self) -> dict[str, int]:
        """Give the targets by cause, of those that are cut, the most frequent first."""
        found = {name: n for name, n in self.answers.items() if name in CUT_ANSWERS}
        return dict(sorted(found.items(), key=lambda pair: (-pair[1], pair[0])))


class CountryWeek(Struct, frozen=True, array_like=True):
    """One week of a country: its targets by answer."""

    week: date
    targets: int
    answers: dict[str, int]


class CountryNetwork(Struct, frozen=True, array_like=True):
    """One network of a country in its last weeks."""

    asn: int
    n: int
    n_cut: int
    lossy_weeks: int
    """Weeks in which it likely lost exchanges at random."""


class Country(Struct, frozen=True, array_like=True):
    """A country of the probes, whole."""

    summary: CountrySummary
    weeks: tuple[CountryWeek, ...]
    """Every week that was measured, oldest first."""
    outcomes: dict[str, int]
    """Measurements of the period by outcome."""
    shortfalls: dict[str, int]
    """Insufficient targets by what they are short of."""
    networks: tuple[CountryNetwork, ...]
    """The most measured first, a hundred at most."""
    model: str


class PairRow(Struct, frozen=True, array_like=True):
    """One target in one country: the cell that answers, as ``whocut who`` chooses it."""

    country: str
    target: str
    origin: str
    answer: str
    probability: float
    """Of what it answers; of a cut, where it answers nothing."""
    week: date
    """Monday of the week that answers."""
    n: int
    """Measurements in that week."""
    n_usable: int
    n_period: int
    """Measurements in the weeks looked at, ``weeks`` of them with measurements."""
    weeks: int
    n_networks: int
    n_networks_cut: int
    n_countries: int
    """Other countries that measured it in that week."""
    n_countries_served: int
    mechanism: str
    layer: str
    lead: str
    second: str
    shortfall: str
    p_cut: float
    since: date | None = None
    """Likeliest week of onset of the span that the answer lies in."""
    since_low: date | None = None
    since_high: date | None = None
    """With ``since`` none: it was at work by this week, when measuring began."""
    end: date | None = None
    last_week: date | None = None
    """Last week with measurements, answered or not."""
    is_older: bool = False
    """Measured before the last 13 weeks of its country only."""
    target_class: str = ""
    """Of the catalogue of targets: service, media, messenger, ...; empty where it is in none."""
    sector: str = ""

    @property
    def is_cut(self) -> bool:
        """Say whether a cut stands."""
        return self.answer in CUT_ANSWERS

    @property
    def is_lab(self) -> bool:
        """Say whether this is the emulated laboratory."""
        return self.origin == LAB


class PairWeek(Struct, frozen=True, array_like=True):
    """One week of a pair."""

    week: date
    answer: str
    shortfall: str
    n: int
    n_usable: int
    n_networks: int
    p_cut: float
    p_served: float
    p_refused_service: float
    p_refused_edge: float
    p_interfered: float


class SpanRow(Struct, frozen=True, array_like=True):
    """One cause at work, from its onset to its end, each with a 90 % interval."""

    cause: str
    mechanism: str
    layer: str
    onset: date | None
    """None: it was at work when measuring began, by ``onset_high``."""
    onset_low: date | None
    onset_high: date
    end: date | None
    """None: at work in the last week measured."""
    end_low: date | None
    end_high: date | None
    last_week: date
    p: float
    n: int
    n_networks: int
    weeks: int


class SlowWeek(Struct, frozen=True, array_like=True):
    """A week in which it was slower than line, service and its own past explain."""

    week: date
    answer: str
    mechanism: str
    shortfall: str
    n: int
    n_networks: int
    n_networks_slow: int
    n_countries: int
    rate_ratio: float | None
    rate_ratio_low: float | None
    rate_ratio_high: float | None
    cap: float | None
    stalled_share: float | None
    stalled_at: float | None


class NetworkCount(Struct, frozen=True, array_like=True):
    """Measurements of one kind from one network, in the period."""

    asn: int
    outcome: str
    layer: str
    mechanism: str
    strength: str
    n: int
    first_day: date
    last_day: date
    example_uid: str
    """A measurement to look at: ``whocut explain UID``."""


class PairStatement(Struct, frozen=True, array_like=True):
    """One thing that the measurements of the period say together."""

    outcome: str
    layer: str
    mechanism: str
    locus: str
    actor_kind: str
    strength: str
    n: int
    networks: tuple[int, ...]
    first: datetime
    last: datetime
    is_by_agreement: bool
    rules: tuple[str, ...] = ()
    """Rules that decided in the measurements looked up, the most frequent first."""
    fingerprints: tuple[str, ...] = ()
    doubt: str = ""
    """English, as the rule says it."""
    next_step: str = ""
    measurements: tuple[str, ...] = ()
    """A few ids to look at."""


class Pair(Struct, frozen=True, array_like=True):
    """One target in one country, whole."""

    row: PairRow
    since: date
    """First and last day of the period: the last 13 weeks that were measured."""
    until: date
    is_all: bool
    """Nothing was measured before the period."""
    history: tuple[PairWeek, ...]
    """Every week that was measured, oldest first; the period is its end."""
    later: int
    """Weeks after the one that answers, all insufficient."""
    causes: dict[str, float]
    """Probability of each cause in the week that answers, and of ``two``."""
    extent: float
    """Share of the country's networks on which the leading cause acts, with a 90 % interval."""
    extent_low: float
    extent_high: float
    spans: tuple[SpanRow, ...]
    slowdowns: tuple[SlowWeek, ...]
    networks: tuple[NetworkCount, ...]
    statements: tuple[PairStatement, ...]
    n: int
    """Measurements in the period; ``n_usable`` of them say something of the target."""
    n_usable: int
    n_before: int
    other_networks: tuple[int, ...]
    """Networks of the country that measured other targets in the weeks about it."""
    lab_weeks_left_out: int
    snapshot: int
    model: str

    @property
    def examples(self) -> tuple[str, ...]:
        """Give ids of measurements to look at, the weightiest first."""
        found = [uid for one in self.statements for uid in one.measurements]
        found += [one.example_uid for one in self.networks]
        return tuple(dict.fromkeys(found))[:6]


class NetworkWeek(Struct, frozen=True, array_like=True):
    """One week of a network, over all its targets."""

    week: date
    n: int
    targets: int
    n_served: int
    n_cut: int
    n_unusable: int
    reachable: int
    """Measurements of targets that it reaches as a rule; ``reachable_failed`` of them failed."""
    reachable_failed: int
    lossy: float
    """Probability that it loses exchanges at random that week."""
    bad_days: tuple[date, ...]
    """Days on which unrelated targets failed together."""


class NetworkTarget(Struct, frozen=True, array_like=True):
    """A target that is cut on a network, or beside it, in the period."""

    target: str
    kind: str
    """only_here, both, only_elsewhere, or unknown_elsewhere: not measured on another."""
    mechanism: str
    n: int
    n_cut: int
    n_served: int
    n_bad_day: int
    others_n: int
    others_cut: int
    others_served: int
    others_networks: int
    first_day: date
    last_day: date


class NetworkInCountry(Struct, frozen=True, array_like=True):
    """A network as seen from probes of one country."""

    country: str
    origin: str
    n: int
    n_cut: int
    weeks: tuple[NetworkWeek, ...]
    outcomes: dict[str, int]
    others: int
    """Other networks of the country in the period."""
    targets: tuple[NetworkTarget, ...]
    """The first two hundred; ``n_targets`` are cut on either side."""
    n_targets: int
    since: date
    until: date


class Network(Struct, frozen=True, array_like=True):
    """A network: the country with most measurements on it first."""

    asn: int
    countries: tuple[NetworkInCountry, ...]


class Change(Struct, frozen=True, array_like=True):
    """What began to be cut off, or ended, dated to a week with a 90 % interval."""

    kind: str
    """onset or end."""
    week: date
    week_low: date
    week_high: date
    country: str
    target: str
    origin: str
    cause: str
    mechanism: str
    layer: str
    is_restored: bool
    """It ended, and nothing else is at work there."""
    followed_by: tuple[str, ...]
    """Causes that go on where this one ended."""
    p: float
    n: int
    n_networks: int
    weeks: int
    last_week: date


class Found(Struct, frozen=True, array_like=True):
    """Something that a search has found."""

    kind: str
    """domain, country, actor, network."""
    key: str
    """As in its address: a domain, a code, an actor's id, a number."""
    name: str
    """The string that was found."""
    weight: int
    """Countries that measured it, or records that name it."""


class GapMember(Struct, frozen=True, array_like=True):
    """One target in the count of the refusal gap."""

    target: str
    target_class: str
    sector: str
    place: str
    """counted, not_compared, unanswered, not_measured."""
    stand: Stand | None
    served_in: tuple[str, ...]
    is_listed_refused: bool
    is_listed_blocked: bool


class GapFound(Struct, frozen=True, array_like=True):
    """The refusal gap of a country over the last 13 weeks of its cells."""

    gap: Gap
    """Its ``members`` stand in ``AccessPages.gap_members``."""
    since: date
    until: date
    origin: str
