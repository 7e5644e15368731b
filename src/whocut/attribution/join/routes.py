"""From changes of routes to evidence: what a provider's customers in a country did."""

from collections.abc import Iterable, Iterator, Sequence

from whocut.attribution.bundle import RouteChange, Source
from whocut.attribution.join.subject import Subject
from whocut.attribution.vocabulary import Change
from whocut.routes import change_results
from whocut.routes.change_results import ChangeResults

__all__ = ["changes_of", "counts_text", "evidence_of_change", "stayed_share"]

Shipped = change_results.RouteChange
_SOURCE = Source(
    title="Links between networks, inferred by CAIDA from observed paths (AS Relationships)",
    url="https://www.caida.org/catalog/datasets/as-relationships/",
    publisher="CAIDA",
)
_LEAST_STAYED = 3
"""Customers, without which nothing is shown by their staying."""


def changes_of(results: ChangeResults, subject: Subject, records: Iterable[str]) -> list[Shipped]:
    """Choose the changes that speak of a network in a country.

    What was compared around a record's days stands for its months; other months come in where they
    stand out.
    """
    wanted = set(records)
    found: dict[str, Shipped] = {}
    for one in results.of_country(subject.country):
        is_own = subject.network in one.asns or wanted & set(one.records)
        if is_own and (one.around in wanted if one.around else one.kind == "alarm"):
            found[one.id] = one
    around = [one for one in found.values() if one.around]
    return [one for one in found.values() if one.around or not _is_within(one, around)]


def _is_within(alarm: Shipped, around: Sequence[Shipped]) -> bool:
    """Say whether an alarm tells again what was compared around a record's days."""
    return any(
        set(one.asns) & set(alarm.asns)
        and one.sign == alarm.sign
        and one.last_before <= alarm.last_before
        and alarm.first_after <= one.first_after
        for one in around
    )


def evidence_of_change(
    one: Shipped, provider: str | None, results: ChangeResults
) -> Iterator[RouteChange]:
    """Tell what links did; where none were lost though a record says so, that they stayed."""
    is_lost = one.sign == "lost"
    stayed = is_lost and one.n_lost == 0 and one.n >= _LEAST_STAYED and bool(one.around)
    change = Change.STAYED if stayed else Change.LOST if is_lost else Change.GAINED
    told = counts_text(one, results)
    yield RouteChange(
        id=f"route/{one.id}",
        layer="route",
        group=f"caida-{one.last_before}-{one.first_after}-as{one.asns[0]}",
        platform="caida",
        source=_SOURCE,
        doubts=(*one.doubts, *one.notes),
        note=told,
        change=change,
        provider=provider,
        provider_asn=one.asns[0],
        n=one.n,
        n_lost=one.n_lost,
        verdict=one.verdict,
        grade=one.grade,  # type: ignore[arg-type]
        hypotheses={each.name: each.standing for each in one.hypotheses},
        last_before=one.last_before,
        first_after=one.first_after,
        expected=one.expected,
        effect=one.effect,
        p=one.p,
    )


def stayed_share(one: Shipped) -> float:
    """Give the share of customers at risk that kept their link."""
    return 1 - one.share


def counts_text(one: Shipped, results: ChangeResults) -> str:
    """Tell, for readers, how many customers were seen before, after, and last."""
    counts = results.counts_of(one.country, one.actor)
    months = {f"{each.month:%Y-%m}": each.n for each in counts}
    if one.last_before not in months or one.first_after not in months:
        return ""
    last = max(months)
    return (
        f"Customers seen in {one.country}: {months[one.last_before]} in {one.last_before}, "
        f"{months[one.first_after]} in {one.first_after}, {months[last]} in {last}."
    )
