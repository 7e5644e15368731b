"""Set every network of one country beside the others, target by target, in the last weeks."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any, Final

from whocut.access.pair_answer import LAB
from whocut.model.taxonomy import CUT_OUTCOMES, Outcome
from whocut.publish.edition.access_country import CountryRead
from whocut.publish.edition.access_rows import NetworkInCountry, NetworkTarget, NetworkWeek
from whocut.publish.edition.arrow_rows import dicts_of

__all__ = ["networks_of"]

_MOST_TARGETS: Final = 200
_ORDER: Final = ("only_here", "unknown_elsewhere", "both", "only_elsewhere")
_CUT: Final = frozenset(outcome.value for outcome in CUT_OUTCOMES)
_TOLD: Final = NetworkWeek.__struct_fields__


class _Counted:
    """Measurements of one target on one network, or on all of them."""

    def __init__(self) -> None:
        self.n = self.cut = self.served = self.bad_day = self.networks = 0
        self.mechanisms: Counter[str] = Counter()
        self.first = date.max
        self.last = date.min

    def add(self, row: dict[str, Any]) -> None:
        """Count one group of tallies."""
        n, outcome = row["n_sum"], row["outcome"]
        self.n += n
        self.bad_day += row["n_bad_day_sum"]
        self.first = min(self.first, row["first_min"].date())
        self.last = max(self.last, row["last_max"].date())
        if outcome == Outcome.SERVED.value:
            self.served += n
        elif outcome in _CUT:
            self.cut += n
            self.mechanisms[row["mechanism"]] += n


def networks_of(read: CountryRead) -> Iterator[tuple[int, NetworkInCountry]]:
    """Give each network that was measured in the country's last weeks, in order."""
    by_pair, by_target, outcomes = _counted(read)
    weeks: dict[int, list[dict[str, Any]]] = {}
    for row in read.networks:
        if row["week"] >= read.period.since:
            weeks.setdefault(row["probe_asn"], []).append(row)
    of_network: dict[int, dict[str, _Counted]] = {}
    for (asn, target), one in by_pair.items():
        if by_target[target].cut:
            of_network.setdefault(asn, {})[target] = one
    origin = LAB if read.is_lab else "world"
    measured = {asn for asn, _ in by_pair} | set(outcomes)
    for asn in sorted(weeks):
        own = sorted(weeks[asn], key=lambda row: row["week"])
        targets = sorted(
            _targets(of_network.get(asn, {}), by_target),
            key=lambda one: (_ORDER.index(one.kind), -one.n_cut, one.target),
        )
        counted = outcomes.get(asn, Counter())
        yield (
            asn,
            NetworkInCountry(
                country=read.country,
                origin=origin,
                n=sum(row["n"] for row in own),
                n_cut=sum(row["n_cut"] for row in own),
                weeks=tuple(_week(row) for row in own),
                outcomes=dict(sorted(counted.items(), key=lambda one: (-one[1], one[0]))),
                others=len(measured - {asn}),
                targets=tuple(targets[:_MOST_TARGETS]),
                n_targets=len(targets),
                since=read.period.since,
                until=read.period.until,
            ),
        )


def _counted(
    read: CountryRead,
) -> tuple[dict[tuple[int, str], _Counted], dict[str, _Counted], dict[int, Counter[str]]]:
    """Count the tallies of the period by network and target, by target, and by network."""
    keys = ["probe_asn", "target", "outcome", "mechanism"]
    sums = [("n", "sum"), ("n_bad_day", "sum"), ("first", "min"), ("last", "max")]
    tallies = read.tallies_of_period.group_by(keys, use_threads=False).aggregate(sums)
    by_pair: dict[tuple[int, str], _Counted] = {}
    by_target: dict[str, _Counted] = {}
    outcomes: dict[int, Counter[str]] = {}
    for row in dicts_of(tallies):
        asn, target = row["probe_asn"], row["target"]
        by_pair.setdefault((asn, target), _Counted()).add(row)
        by_target.setdefault(target, _Counted()).add(row)
        outcomes.setdefault(asn, Counter())[row["outcome"]] += row["n_sum"]
    for _, target in by_pair:
        by_target[target].networks += 1
    return by_pair, by_target, outcomes


def _targets(own: dict[str, _Counted], all_: dict[str, _Counted]) -> Iterator[NetworkTarget]:
    """Set each target beside the other networks, where it was cut on either side."""
    for target, here in own.items():
        whole = all_[target]
        kind = _kind(here, whole)
        if kind is None:
            continue
        mechanisms = here.mechanisms or whole.mechanisms
        yield NetworkTarget(
            target=target,
            kind=kind,
            mechanism=min(mechanisms, key=lambda name: (-mechanisms[name], name), default="none"),
            n=here.n,
            n_cut=here.cut,
            n_served=here.served,
            n_bad_day=here.bad_day,
            others_n=whole.n - here.n,
            others_cut=whole.cut - here.cut,
            others_served=whole.served - here.served,
            others_networks=whole.networks - 1,
            first_day=here.first,
            last_day=here.last,
        )


def _kind(here: _Counted, whole: _Counted) -> str | None:
    """Say how a network differs from its neighbours on one target; ``None``: no cut to tell."""
    others_cut, others_served = whole.cut - here.cut, whole.served - here.served
    if here.cut:
        if not others_cut + others_served:
            return "unknown_elsewhere"
        return "both" if others_cut else "only_here"
    return "only_elsewhere" if others_cut and here.served else None


def _week(row: dict[str, Any]) -> NetworkWeek:
    values = {name: row[name] for name in _TOLD}
    return NetworkWeek(
        **values | {"bad_days": tuple(row["bad_days"]), "lossy": round(row["lossy"], 4)}
    )
