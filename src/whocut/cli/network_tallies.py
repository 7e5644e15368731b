"""What the tallies say of one network, beside the other networks of its country."""

from collections import Counter
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from whocut.access.period import DEFAULT_WEEKS, Period, Question, period_of
from whocut.cli.cell_wording import percent
from whocut.cli.period import period_words
from whocut.cli.question import only_world
from whocut.cli.wording import count_of
from whocut.model.taxonomy import CUT_OUTCOMES, Outcome
from whocut.store.lookup import rows
from whocut.store.snapshot import Snapshot

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["TARGET_COLUMNS", "NetworkFound", "network_found"]

TARGET_COLUMNS: Final = (
    *("target", "kind", "mechanism", "n", "n_cut", "n_served", "n_bad_day"),
    *("others_n", "others_cut", "others_served", "others_networks", "first_day", "last_day"),
)
_TALLIED: Final = (
    *("origin", "target", "probe_asn", "outcome", "mechanism", "n", "n_bad_day", "first", "last"),
)
_LOSSY: Final = 0.5
"""Probability from which a network is said to lose exchanges at random."""
_MOST_DAYS: Final = 6
_KIND_ORDER: Final = ("only_here", "unknown_elsewhere", "both", "only_elsewhere")


class NetworkFound(Struct, frozen=True):
    """One network of one country, week by week and target by target."""

    asn: int
    country: str
    countries: dict[str, int]
    """Measurements on it by country of the probes, in the same weeks."""
    period: Period
    weeks: list[dict[str, Any]]
    targets: list[dict[str, Any]]
    outcomes: dict[str, int]
    others: int
    """Other networks of the country that were measured."""
    note: str

    @property
    def is_cut(self) -> bool:
        """Say whether a cut was seen there."""
        return any(row["n_cut"] for row in self.targets)

    def document(self, sequence: int, stale: str) -> dict[str, Any]:
        """Give the whole answer, as JSON has it."""
        n = sum(row["n"] for row in self.weeks)
        n_cut = sum(row["n_cut"] for row in self.weeks)
        n_targets = max(row["targets"] for row in self.weeks)
        kinds = Counter(row["kind"] for row in self.targets)
        words = period_words(self.period)
        answer = (
            f"AS{self.asn} in {self.country}: {count_of(n, 'measurement')} of up to "
            f"{count_of(n_targets, 'target')} a week, {n_cut:,} of them cut; "
            f"{count_of(self.others, 'other network')} of {self.country} beside it; {words}."
        )
        steps = [f"whocut who TARGET --country {self.country}"]
        if stale:
            steps.append(stale)
        elsewhere = {cc: n for cc, n in self.countries.items() if cc != self.country}
        return {
            "question": {
                "network": self.asn,
                "country": self.country,
                "since": self.period.since,
                "until": self.period.until,
            },
            "answer": answer,
            "health": self.health(),
            "outcomes": self.outcomes,
            "kinds": dict(kinds),
            "targets": self.targets,
            "weeks": self.weeks,
            "elsewhere": elsewhere,
            "next_steps": steps,
            "meta": {"n": n, "snapshot": sequence, "note": self.note, "period": words},
        }

    def health(self) -> list[str]:
        """Say how the network fares on targets that it reaches as a rule."""
        reachable = sum(row["reachable"] for row in self.weeks)
        failed = sum(row["reachable_failed"] for row in self.weeks)
        lossy = [row for row in self.weeks if row["lossy"] >= _LOSSY]
        days = sorted({day for row in self.weeks for day in row["bad_days"]})
        lines = []
        if reachable:
            share = percent(failed / reachable)
            lines.append(
                f"On targets that it reaches as a rule, {failed:,} of {reachable:,} exchanges "
                f"failed ({share})."
            )
        if lossy:
            lines.append(
                f"It likely lost exchanges at random in {len(lossy)} of "
                f"{count_of(len(self.weeks), 'week')}, as in that of {lossy[-1]['week']}: "
                "single failures there say little."
            )
        if days:
            listed = ", ".join(map(str, days[-_MOST_DAYS:]))
            lines.append(
                f"Unrelated targets failed together on {count_of(len(days), 'day')}: {listed}."
            )
        if self.countries and len(self.countries) > 1:
            others = ", ".join(f"{cc} (n = {n:,})" for cc, n in self.countries.items())
            lines.append(f"Measured in {others}; this is {self.country}.")
        return lines


def network_found(
    snapshot: Snapshot,
    asn: int,
    country: str | None,
    since: date | None,
    until: date | None,
) -> NetworkFound | None:
    """Find what is known of a network; ``None`` where nothing was measured on it."""
    import pyarrow.compute as pc

    own, note = _weeks_of(snapshot, asn, country, since, until)
    if not own:
        return None
    own.sort(key=lambda row: row["week"])
    question = Question(country or "", None, since, until)
    period = period_of(question, own[0]["week"], own[-1]["week"])
    own = [row for row in own if row["week"] >= period.since]
    countries: Counter[str] = Counter()
    for row in own:
        countries[row["probe_cc"]] += row["n"]
    code = country or countries.most_common(1)[0][0]
    weeks = [row for row in own if row["probe_cc"] == code]
    tallies = rows(
        *(snapshot, "tally"),
        cc=code,
        since=period.since,
        until=period.until,
        columns=_TALLIED,
    )
    tallies = tallies.filter(pc.equal(tallies["origin"], weeks[0]["origin"]))
    here = pc.equal(tallies["probe_asn"], asn)
    mine = tallies.filter(here)
    beside = tallies.filter(pc.invert(here))
    return NetworkFound(
        asn=asn,
        country=code,
        countries=dict(countries.most_common()),
        period=period,
        weeks=weeks,
        targets=_targets(mine, beside),
        outcomes=_outcomes(mine),
        others=len(beside["probe_asn"].unique()),
        note=note,
    )


def _weeks_of(
    snapshot: Snapshot,
    asn: int,
    country: str | None,
    since: date | None,
    until: date | None,
) -> tuple[list[dict[str, Any]], str]:
    """Find a network's weeks: the last ones where no days are asked for, if it has any there."""
    import pyarrow.compute as pc

    days = [entry.day for entry in snapshot.files("network_week", cc=country)]
    begins: list[date | None] = [since]
    if since is None and until is None and days:
        begins.insert(0, date.fromisoformat(max(days)) - timedelta(weeks=DEFAULT_WEEKS))
    for begin in begins:
        every = rows(snapshot, "network_week", cc=country, since=begin, until=until)
        own = every.filter(pc.equal(every["probe_asn"], asn)).to_pylist()
        if own:
            return only_world(own, "weeks")
    return [], ""


def _outcomes(tallies: "pa.Table") -> dict[str, int]:
    grouped = tallies.group_by("outcome").aggregate([("n", "sum")]).to_pylist()
    return dict(Counter({row["outcome"]: row["n_sum"] for row in grouped}).most_common())


def _targets(mine: "pa.Table", beside: "pa.Table") -> list[dict[str, Any]]:
    """Set each target beside the other networks, where it was cut on either side."""
    import pyarrow as pa
    import pyarrow.compute as pc

    cut = pa.array([outcome.value for outcome in CUT_OUTCOMES])
    seen = [
        side["target"].filter(pc.is_in(side["outcome"], value_set=cut)).unique()
        for side in (mine, beside)
    ]
    # Most targets are cut on neither side; they need not be looked at one by one.
    either = pa.chunked_array(seen)
    others = _counted(beside.filter(pc.is_in(beside["target"], value_set=either)))
    found = []
    for target, own in _counted(mine.filter(pc.is_in(mine["target"], value_set=either))).items():
        kind = _kind(own, others.get(target))
        if kind is None:
            continue
        other = others.get(target) or _Counted()
        found.append(
            {
                "target": target,
                "kind": kind,
                "mechanism": own.mechanism() if own.cut else other.mechanism(),
                "n": own.n,
                "n_cut": own.cut,
                "n_served": own.served,
                "n_bad_day": own.bad_day,
                "others_n": other.n,
                "others_cut": other.cut,
                "others_served": other.served,
                "others_networks": len(other.networks),
                "first_day": own.first,
                "last_day": own.last,
            }
        )
    return sorted(
        found,
        key=lambda row: (_KIND_ORDER.index(row["kind"]), -row["n_cut"], row["target"]),
    )


class _Counted:
    """Measurements of one target on one side."""

    def __init__(self) -> None:
        self.n = self.cut = self.served = self.bad_day = 0
        self.mechanisms: Counter[str] = Counter()
        self.networks: set[int] = set()
        self.first: date | None = None
        self.last: date | None = None

    def add(self, row: dict[str, Any]) -> None:
        """Count one tally."""
        self.n += row["n"]
        self.bad_day += row["n_bad_day"]
        self.networks.add(row["probe_asn"])
        first, last = row["first"].date(), row["last"].date()
        self.first = min(self.first or first, first)
        self.last = max(self.last or last, last)
        if row["outcome"] == Outcome.SERVED.value:
            self.served += row["n"]
        elif row["outcome"] in CUT_OUTCOMES:
            self.cut += row["n"]
            self.mechanisms[row["mechanism"]] += row["n"]

    def mechanism(self) -> str:
        """Name the most frequent mechanism of a cut."""
        ranked = sorted(self.mechanisms, key=lambda name: (-self.mechanisms[name], name))
        return ranked[0] if ranked else "none"


def _counted(tallies: "pa.Table") -> dict[str, _Counted]:
    found: dict[str, _Counted] = {}
    for row in tallies.to_pylist():
        found.setdefault(row["target"], _Counted()).add(row)
    return found


def _kind(own: _Counted, other: _Counted | None) -> str | None:
    """Say how a network differs from its neighbours on one target; ``None``: no cut at all."""
    if own.cut:
        if other is None or not other.cut + other.served:
            return "unknown_elsewhere"
        return "both" if other.cut else "only_here"
    return "only_elsewhere" if other is not None and other.cut and own.served else None
