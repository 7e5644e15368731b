"""Links between networks: whose they are, and whether customers moved rather than lost them."""

from collections.abc import Sequence
from datetime import date, timedelta

from whocut.attribution.bundle import RouteChange
from whocut.attribution.roles import Cast
from whocut.attribution.stretch import Stretch, read_stretch
from whocut.attribution.tables import Tables
from whocut.attribution.vocabulary import HypothesisId

__all__ = ["is_of_another_number", "may_be_one", "moved_by", "provider_of"]


def provider_of(one: RouteChange, cast: Cast) -> str | None:
    """Say whose links a change tells of; None where it may be anybody's.

    A number that is of no party is a provider by itself, where all that carry tell their numbers.
    """
    if one.provider is not None or one.provider_asn is None:
        return one.provider
    owners = [name for name, party in cast.parties.items() if one.provider_asn in party.asns]
    if len(owners) == 1:
        return owners[0]
    carriers = cast.with_role_for(HypothesisId.OPERATOR_WITHDREW)
    if owners or not all(cast.parties[name].asns for name in carriers):
        return None
    # With a space in it, which no party's id has.
    return f"AS {one.provider_asn}"


def is_of_another_number(one: RouteChange, asns: Sequence[int]) -> bool:
    """Tell whether a change whose party is not known is none of a network with these numbers."""
    if one.provider is not None or one.provider_asn is None or not asns:
        return False
    return one.provider_asn not in asns


def may_be_one(provider: str | None, other: str | None) -> bool:
    """Tell whether two pieces of evidence can speak of one provider."""
    return provider is None or other is None or provider == other


def _window(one: RouteChange) -> Stretch:
    """Give the days on which it can have happened: after the last month before it."""
    before, after = read_stretch(one.last_before), read_stretch(one.first_after)
    begin = before.last + timedelta(days=1) if before.last is not None else after.first
    if begin is None:
        return read_stretch(one.when)
    return Stretch(begin, max(begin, after.last or begin))


def _later(day: date | None, days: int) -> date | None:
    return day + timedelta(days=days) if day is not None else None


def _is_timely(lost: RouteChange, gained: RouteChange, days: int) -> bool:
    """Tell whether links began when the others ended, or at another number shortly before."""
    window = _window(gained)
    numbers = {lost.provider_asn, gained.provider_asn}
    if len(numbers) > 1 and None not in numbers:
        window = Stretch(window.first, _later(window.last, days))
    return _window(lost).meets(window)


def moved_by(
    lost: RouteChange, gained: Sequence[tuple[str, RouteChange]], tables: Tables
) -> tuple[str, ...]:
    """Give the links of the same provider that began instead; none where too few did.

    Of each number the most counts, so that one change told twice is one.
    """
    timely = [
        (name, one) for name, one in gained if _is_timely(lost, one, tables.routes.moved_days)
    ]
    most: dict[int | None, int] = {}
    for _, one in timely:
        most[one.provider_asn] = max(most.get(one.provider_asn, 0), one.n_lost or 0)
    least = max(tables.routes.moved_share * (lost.n_lost or 0), 1)
    return tuple(sorted(name for name, _ in timely)) if sum(most.values()) >= least else ()
