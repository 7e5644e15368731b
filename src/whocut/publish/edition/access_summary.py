"""Sum up one country: its targets by answer, its weeks, its networks."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Final

from whocut.access.pair_answer import LAB
from whocut.model.taxonomy import CellAnswer
from whocut.publish.edition.access_country import CountryRead
from whocut.publish.edition.access_rows import (
    Country,
    CountryNetwork,
    CountrySummary,
    CountryWeek,
    PairRow,
)

__all__ = ["LOSSY", "country_of"]

LOSSY: Final = 0.5
"""Probability from which a network is said to lose exchanges at random."""
_MOST_NETWORKS: Final = 100


def country_of(read: CountryRead, pairs: Sequence[PairRow]) -> Country:
    """Sum up a country from its pairs and the rows of its period."""
    recent = [one for one in pairs if not one.is_older]
    answers = Counter(one.answer for one in recent)
    short = Counter(one.shortfall for one in recent if one.answer == CellAnswer.INSUFFICIENT.value)
    tallies = read.tallies_of_period
    outcomes: dict[str, int] = {
        row["outcome"]: row["n_sum"]
        for row in tallies.group_by("outcome").aggregate([("n", "sum")]).to_pylist()
    }
    summary = CountrySummary(
        country=read.country,
        origin=LAB if read.is_lab else "world",
        n=sum(outcomes.values()),
        n_targets=len(recent),
        answers=dict(answers.most_common()),
        n_cut=sum(one.is_cut for one in recent),
        n_insufficient=answers[CellAnswer.INSUFFICIENT.value],
        n_older=len(pairs) - len(recent),
        n_networks=len(tallies["probe_asn"].unique()),
        since=read.period.since,
        first_week=read.first_week,
        last_week=read.last_week,
    )
    return Country(
        summary=summary,
        weeks=_weeks(read),
        outcomes=dict(sorted(outcomes.items(), key=lambda one: (-one[1], one[0]))),
        shortfalls=dict(short.most_common()),
        networks=_networks(read),
        model=read.models[-1],
    )


def _weeks(read: CountryRead) -> tuple[CountryWeek, ...]:
    counted = read.cells.group_by(["week", "answer"]).aggregate([("answer", "count")]).to_pylist()
    weeks: dict[date, dict[str, int]] = {}
    for row in counted:
        weeks.setdefault(row["week"], {})[row["answer"]] = row["answer_count"]
    return tuple(
        CountryWeek(week, sum(own.values()), dict(sorted(own.items())))
        for week, own in sorted(weeks.items())
    )


def _networks(read: CountryRead) -> tuple[CountryNetwork, ...]:
    n, cut, lossy = Counter[int](), Counter[int](), Counter[int]()
    for row in read.networks:
        if row["week"] >= read.period.since:
            asn = row["probe_asn"]
            n[asn] += row["n"]
            cut[asn] += row["n_cut"]
            lossy[asn] += row["lossy"] >= LOSSY
    busiest = sorted(n, key=lambda asn: (-n[asn], asn))[:_MOST_NETWORKS]
    return tuple(CountryNetwork(asn, n[asn], cut[asn], lossy[asn]) for asn in busiest)
