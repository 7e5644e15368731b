"""Questions that are asked without anybody asking: of records, of routes, of what is measured."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Final

from whocut.attribution.join.bundles import OF_NETWORKS
from whocut.attribution.join.index import LedgerIndex, covers, life_of
from whocut.attribution.join.measured import MeasuredPair, MeasuredSpan
from whocut.attribution.join.subject import ACCESS, LAB, Subject
from whocut.ledger.record import CutRecord
from whocut.ledger.vocabulary import Action, EdgeKind, LedgerActorKind
from whocut.model.taxonomy import CellAnswer
from whocut.reference.suffixes import registrable_domain
from whocut.routes.change_results import ChangeResults, RouteChange

__all__ = ["subjects_of_changes", "subjects_of_pair", "subjects_of_record"]

_EVERYBODY: Final = "WORLD"
_ALL_ACCESS: Final = frozenset({Action.SHUTDOWN, Action.JAMMING})
_STATES: Final = frozenset(
    {LedgerActorKind.STATE, LedgerActorKind.COURT, LedgerActorKind.ARMED_GROUP}
)
_AFTER: Final = timedelta(days=31)
"""After an end, in which measurements may still show it."""
_WEEK: Final = timedelta(days=6)
_CUTS: Final = frozenset(
    {
        *(CellAnswer.REFUSED_SERVICE, CellAnswer.REFUSED_EDGE, CellAnswer.REFUSED),
        *(CellAnswer.INTERFERED, CellAnswer.CUT_UNATTRIBUTED),
    }
)
_CUT_ANSWERS: Final = _CUTS | {CellAnswer.TWO_CAUSES}
_OTHERS: Final = frozenset({CellAnswer.BOT_CHECK, CellAnswer.TARGET_DOWN, CellAnswer.NETWORK_DOWN})
"""Of the laboratory, where each outcome is worth a finding."""
_NO_ACTOR: Final = frozenset({"undetermined", "nobody"})


def subjects_of_record(index: LedgerIndex, record: CutRecord) -> Iterator[Subject]:
    """Ask about a record in each of its countries: its domains, else its network, else its service.

    Of everybody (``WORLD``) no country is asked.
    """
    since, until = _window(index, record)
    for place in record.population.places:
        if place == _EVERYBODY:
            continue
        part = place if "-" in place else ""
        asked = {
            **{"country": place.partition("-")[0], "part": part, "record": record.id},
            **{"since": since, "until": until},
        }
        domains = dict.fromkeys(registrable_domain(one.domain) for one in record.domains)
        networks = _networks(index, record)
        if domains:
            for domain in domains:
                yield Subject(**asked, domain=domain)  # type: ignore[arg-type]
        elif networks:
            yield Subject(**asked, network=networks[0])  # type: ignore[arg-type]
        else:
            for service in _services(index, record):
                yield Subject(**asked, service=service)  # type: ignore[arg-type]


def _networks(index: LedgerIndex, record: CutRecord) -> list[int]:
    """Give a network of who ended routes: the record's own, else one of who decided."""
    if record.layer.value.value not in OF_NETWORKS:
        return []
    own = [one.asn for one in record.networks if one.role == "actor"]
    if own or record.layer.value.value != "route" or record.action.value in _ALL_ACCESS:
        return own[:1]
    deciders = (index.actors.get(one.actor) for one in record.parties.decider)
    return [asn for one in deciders if one is not None for asn in one.all_asns[:1]][:1]


def _services(index: LedgerIndex, record: CutRecord) -> list[str]:
    """Give whose service was cut off; a shutdown ends access as such."""
    if record.action.value in _ALL_ACCESS:
        return [ACCESS]
    known = [
        one.actor
        for one in (*record.parties.decider, *record.parties.executor)
        if one.actor in index.actors
        and one.actor not in _NO_ACTOR
        and not index.actors[one.actor].is_unnamed
    ]
    companies = [one for one in known if index.actors[one].kind not in _STATES]
    return list(dict.fromkeys(companies or known))[:8] or [ACCESS]


def _window(index: LedgerIndex, record: CutRecord) -> tuple[date | None, date | None]:
    """Give the days asked about: those of the record, and a month after its end."""
    first, last = life_of(record)
    tied = (index.ledger.records[one] for one in index.tied.get(record.id, ()))
    for other in tied:
        if any(edge.kind is EdgeKind.RESTORES and edge.to == record.id for edge in other.edges):
            last = None
        if any(edge.kind is EdgeKind.RESTORES and edge.to == other.id for edge in record.edges):
            begun = life_of(other)[0]
            first = min(first, begun) if first and begun else first
    return first, last + _AFTER if last is not None and last < date.max - _AFTER else None


def subjects_of_changes(
    results: ChangeResults, index: LedgerIndex, asked: Iterable[Subject]
) -> Iterator[Subject]:
    """Ask about every alarm of routes that no record's question holds already."""
    known = {(one.country, asn) for one in asked for asn in _asns(index, one)}
    for change in results.changes:
        if change.kind != "alarm" or any((change.country, asn) in known for asn in change.asns):
            continue
        yield Subject(
            country=change.country,
            network=change.asns[0],
            since=_month(change.last_before),
            until=_month_end(change),
        )


def _asns(index: LedgerIndex, subject: Subject) -> tuple[int, ...]:
    if subject.network is None:
        return ()
    own = index.runner_of(subject.network)
    return (subject.network, *(asn for one in own[:1] for asn in one.all_asns))


def _month(text: str) -> date:
    return date.fromisoformat(f"{text}-01")


def _month_end(change: RouteChange) -> date:
    last = _month(max(change.months_after, default=change.first_after))
    return (last.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def subjects_of_pair(index: LedgerIndex, pair: MeasuredPair) -> Iterator[Subject]:
    """Ask about every cut that was measured, and about a target that records call cut off.

    Causes at work at one time are one question; what was served before and after is another, so
    that a service that is back does not pass for one that was never away.
    """
    asked = {"country": pair.country, "domain": pair.target, "origin": pair.origin}
    first, last = pair.weeks[0].week, pair.weeks[-1].week + _WEEK
    wanted = _CUTS if pair.origin != LAB else _CUTS | _OTHERS
    stretches = _stretches([one for one in pair.spans if one.cause in wanted])
    for since, until in stretches:
        subject = Subject(**asked, since=max(since, first), until=min(until, last))  # type: ignore[arg-type]
        if pair.within(subject.since, subject.until) is not None:
            yield subject
    if stretches and stretches[-1][1] >= pair.weeks[-1].week:
        return
    begun = stretches[-1][1] + timedelta(days=1) if stretches else first
    rest = Subject(**asked, since=begun, until=last)  # type: ignore[arg-type]
    kept = pair.within(begun, last)
    if kept is None:
        return
    is_cut = any(one.answer in _CUT_ANSWERS for one in kept.weeks)
    is_claimed = any(_is_of(index, one, rest) for one in index.of_domain(pair.target))
    if is_cut or is_claimed or pair.origin == LAB:
        yield rest


def _stretches(spans: Iterable[MeasuredSpan]) -> list[tuple[date, date]]:
    """Give the days in which cuts were at work, those of one time together."""
    found: list[tuple[date, date]] = []
    ordered = sorted(spans, key=lambda one: one.onset_low or one.onset or date.min)
    for one in ordered:
        since = one.onset_low or one.onset or date.min
        # An end is a restoration where it is known who acted; else the week is not looked at.
        is_known = one.cause not in {CellAnswer.CUT_UNATTRIBUTED, CellAnswer.REFUSED}
        ended = one.end or one.end_low
        until = date.max
        if ended is not None:
            until = ended + _WEEK if is_known else ended - timedelta(days=1)
        if found and since <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], until))
        else:
            found.append((since, until))
    return found


def _is_of(index: LedgerIndex, record: CutRecord, subject: Subject) -> bool:
    first, last = life_of(record)
    is_then = not (first and subject.until and first > subject.until)
    is_then = is_then and not (last and subject.since and last < subject.since)
    return is_then and covers(record, subject.country, index.unions)
