"""From cells, spans and slowdowns of one target in one country to evidence."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from whocut.attribution.bundle import AnyEvidence, Cell, Identity, LayerText, Slowdown, Source, Span
from whocut.attribution.join.subject import WORLD
from whocut.attribution.vocabulary import IdentityBy, OtherServices, SlowdownAnswer
from whocut.model.taxonomy import ActorKind, CellAnswer, Locus, Outcome, Strength

__all__ = [
    "MeasuredPair",
    "MeasuredSlowdown",
    "MeasuredSpan",
    "MeasuredStatement",
    "MeasuredWeek",
    "evidence_of_pair",
]

_PLATFORM: Final = "ooni"
_MOST_WEEKS: Final = 6
_MOST_SPANS: Final = 8
_MOST_SLOW: Final = 4
_NO_SPAN: Final = frozenset({CellAnswer.TWO_CAUSES.value, CellAnswer.INSUFFICIENT.value})
_CUTS: Final = frozenset(
    {
        *(CellAnswer.REFUSED_SERVICE, CellAnswer.REFUSED_EDGE, CellAnswer.REFUSED),
        *(CellAnswer.INTERFERED, CellAnswer.CUT_UNATTRIBUTED, CellAnswer.TWO_CAUSES),
    }
)
_OONI: Final = Source(title="Measurements of the Open Observatory of Network Interference")
_LAB: Final = Source(title="Captures of the emulated laboratory, where it is known who did what")


class MeasuredWeek(Struct, frozen=True, kw_only=True):
    """One cell."""

    week: date
    answer: CellAnswer
    mechanism: str = ""
    layer: str = "unstated"
    n: int
    n_usable: int
    n_served: int
    n_networks: int
    n_networks_cut: int
    n_countries: int
    n_countries_served: int
    p: dict[str, float] = {}
    lead: str = ""
    second: str = ""
    shortfall: str = ""
    extent: float | None = None


class MeasuredSpan(Struct, frozen=True, kw_only=True):
    """One cause over weeks."""

    cause: str
    mechanism: str
    layer: str
    onset: date | None
    onset_low: date | None
    onset_high: date | None
    end: date | None
    end_low: date | None
    end_high: date | None
    last_week: date
    p: float
    n: int
    n_networks: int
    weeks: int


class MeasuredSlowdown(Struct, frozen=True, kw_only=True):
    """One week in which it was slowed."""

    week: date
    answer: SlowdownAnswer
    mechanism: str
    n: int
    n_networks: int
    n_networks_slow: int
    n_countries: int
    ratio: float | None
    p: float | None = None


class MeasuredStatement(Struct, frozen=True, kw_only=True):
    """What measurements say together, by which an answer shows who gave it."""

    outcome: Outcome
    mechanism: str
    locus: Locus
    actor_kind: ActorKind
    strength: Strength
    n: int
    n_networks: int


class MeasuredPair(Struct, frozen=True, kw_only=True):
    """All that measurements say of one target in one country."""

    country: str
    target: str
    origin: str
    weeks: tuple[MeasuredWeek, ...]
    """Oldest first, at least one."""
    spans: tuple[MeasuredSpan, ...] = ()
    slowdowns: tuple[MeasuredSlowdown, ...] = ()
    statements: tuple[MeasuredStatement, ...] = ()
    model: str = ""

    def within(self, since: date | None, until: date | None) -> "MeasuredPair | None":
        """Keep what was measured, and what was at work, in some days; None where nothing was."""
        first, last = since or date.min, until or date.max
        weeks = tuple(one for one in self.weeks if _sunday(one.week) >= first and one.week <= last)
        if not weeks:
            return None
        spans = tuple(
            one
            for one in self.spans
            if (one.onset_high or date.min) <= last and one.last_week >= first
        )
        slow = tuple(
            one for one in self.slowdowns if first <= _sunday(one.week) and one.week <= last
        )
        return replace(self, weeks=weeks, spans=spans, slowdowns=slow)


def evidence_of_pair(pair: MeasuredPair) -> Iterator[AnyEvidence]:
    """Give the weeks that say most, every cause over its weeks, and what was slow.

    A finding rests on the strongest and the last week of each answer, and the spans; twenty alike
    weeks add nothing that those do not say.
    """
    source = _OONI if pair.origin == WORLD else _LAB
    identity = identities_of(pair.statements)
    spans = [one for one in pair.spans if one.cause not in _NO_SPAN]
    spans = sorted(spans, key=_by_weight)[:_MOST_SPANS]
    weeks = _telling(pair.weeks)
    # Who shows is told once: with the cause over its weeks, else with its strongest week.
    told = {one.cause for one in spans}
    for week in weeks:
        is_best = week is max(
            (one for one in weeks if one.answer == week.answer), key=lambda one: one.n_usable
        )
        shown = () if week.answer in told or not is_best else _fitting(identity, week.answer)
        yield _cell(pair, week, source, shown)
    for span in spans:
        yield _span(pair, span, source, _fitting(identity, span.cause))
    slow = sorted(pair.slowdowns, key=lambda one: (-one.n_networks_slow, -one.n, one.week))
    for one in slow[:_MOST_SLOW]:
        yield _slowdown(pair, one, source)


def _sunday(week: date) -> date:
    return week + timedelta(days=6)


def _fitting(identity: tuple[Identity, ...], cause: str) -> tuple[Identity, ...]:
    """Keep who shows by an answer of a sort: a page of refusal, or a page put in its place."""
    if cause == CellAnswer.INTERFERED:
        return tuple(one for one in identity if one.by not in _REFUSING)
    if cause in {CellAnswer.REFUSED_SERVICE, CellAnswer.REFUSED_EDGE, CellAnswer.REFUSED}:
        return tuple(one for one in identity if one.by in _REFUSING)
    return identity if cause == CellAnswer.TWO_CAUSES else ()


def _telling(weeks: Sequence[MeasuredWeek]) -> list[MeasuredWeek]:
    last: dict[str, MeasuredWeek] = {}
    best: dict[str, MeasuredWeek] = {}
    for one in weeks:
        last[one.answer] = one
        known = best.get(one.answer)
        if known is None or (one.n_networks, one.n_usable) > (known.n_networks, known.n_usable):
            best[one.answer] = one
    answered = [one for one in (*last.values(), *best.values()) if one.answer != "insufficient"]
    answered.sort(key=lambda one: (one.answer not in _CUTS, -one.n_usable, one.week))
    chosen: dict[date, MeasuredWeek] = {}
    for one in answered:
        if len(chosen) < _MOST_WEEKS:
            chosen.setdefault(one.week, one)
    if not chosen:
        chosen[weeks[-1].week] = weeks[-1]
    return [chosen[week] for week in sorted(chosen)]


def _by_weight(span: MeasuredSpan) -> tuple[bool, int, date]:
    return span.cause == "served", -span.weeks, span.last_week


def _cell(
    pair: MeasuredPair, week: MeasuredWeek, source: Source, identity: tuple[Identity, ...]
) -> Cell:
    is_pair = week.answer is CellAnswer.TWO_CAUSES and week.lead and week.second
    answer = week.answer
    if answer is CellAnswer.TWO_CAUSES and not is_pair:
        answer = CellAnswer.CUT_UNATTRIBUTED  # which two is not at hand for this week
    return Cell(
        id=f"cell/{pair.country}/{pair.target}/{week.week}",
        layer=layer_text(week.layer),
        when=_week_text(week.week),
        group=f"{_PLATFORM}-{week.week}",
        platform=_PLATFORM,
        origin=pair.origin,
        source=source,
        answer=answer,
        mechanism=_mechanism(week.mechanism),
        n=week.n,
        n_usable=min(week.n_usable, week.n),
        n_served=week.n_served,
        n_networks=week.n_networks,
        n_networks_cut=week.n_networks_cut,
        n_countries=week.n_countries,
        n_countries_served=week.n_countries_served,
        p={name: min(max(value, 0.0), 1.0) for name, value in sorted(week.p.items())},
        lead=CellAnswer(week.lead) if is_pair else None,
        second=CellAnswer(week.second) if is_pair else None,
        shortfall=week.shortfall,
        extent=week.extent,
        identity=identity,
    )


def _span(
    pair: MeasuredPair, span: MeasuredSpan, source: Source, identity: tuple[Identity, ...]
) -> Span:
    return Span(
        id=f"span/{pair.country}/{pair.target}/{span.cause}/{span.onset_high or span.last_week}",
        layer=layer_text(span.layer),
        group=f"{_PLATFORM}-{span.cause}",
        platform=_PLATFORM,
        origin=pair.origin,
        source=source,
        cause=CellAnswer(span.cause),
        mechanism=_mechanism(span.mechanism),
        onset=_day(span.onset),
        onset_low=_day(span.onset_low),
        onset_high=_day(span.onset_high),
        end=_day(span.end),
        end_low=_day(span.end_low),
        end_high=_day(span.end_high),
        last_week=_day(span.last_week),
        p=min(max(span.p, 0.0), 1.0),
        n=span.n,
        n_networks=span.n_networks,
        weeks=span.weeks,
        identity=identity,
    )


def _slowdown(pair: MeasuredPair, one: MeasuredSlowdown, source: Source) -> Slowdown:
    return Slowdown(
        id=f"slowdown/{pair.country}/{pair.target}/{one.week}",
        layer="http",
        when=_week_text(one.week),
        group=f"{_PLATFORM}-slow-{one.week}",
        platform=_PLATFORM,
        origin=pair.origin,
        source=source,
        answer=one.answer,
        mechanism=_mechanism(one.mechanism),
        p=one.p,
        ratio=one.ratio,
        n=one.n,
        n_networks=max(one.n_networks, one.n_networks_slow),
        n_networks_slow=one.n_networks_slow,
        n_countries=one.n_countries,
        # A throttled or stalled week was held against the same networks' other targets.
        other_services=(
            OtherServices.NORMAL
            if one.answer in {SlowdownAnswer.THROTTLED, SlowdownAnswer.STALLED}
            else OtherServices.UNKNOWN
        ),
    )


_REFUSING: Final = frozenset(
    {IdentityBy.OWN_PAGE, IdentityBy.EDGE_CUSTOMER_RULE, IdentityBy.EDGE_OWN_RULE}
)


def identities_of(statements: Sequence[MeasuredStatement]) -> tuple[Identity, ...]:
    """Say who shows by the answers themselves; a weak or a vague sign shows nobody."""
    found: dict[IdentityBy, Identity] = {}
    for one in statements:
        by = _shown_by(one)
        if by is None:
            continue
        known = found.get(by)
        n, n_networks = one.n, one.n_networks
        if known is not None:
            n += known.n or 0
            n_networks = max(n_networks, known.n_networks or 0)
        found[by] = Identity(by=by, n=n, n_networks=n_networks)
    return tuple(found[by] for by in sorted(found))


_EXPLICIT: Final = (
    *("http.refusal.geo_explicit", "http.refusal.sanctions_explicit"),
    *("http.refusal.licence_explicit", "http.refusal.legal", "http.refusal.notice_200"),
)


def _shown_by(one: MeasuredStatement) -> IdentityBy | None:
    if one.strength is Strength.C:
        return None
    if one.outcome is Outcome.INTERFERED and one.mechanism.startswith(_BLOCK_PAGES):
        return _PAGE_OF.get(one.actor_kind)
    if one.outcome is Outcome.REFUSED and one.actor_kind is ActorKind.CLOUD:
        return IdentityBy.EDGE_OWN_RULE
    is_explicit = one.outcome is Outcome.REFUSED and one.mechanism in _EXPLICIT
    if is_explicit and one.actor_kind is ActorKind.COMPANY:
        return _RULE_OF.get(one.locus)
    return None


_BLOCK_PAGES: Final = ("http.blockpage", "dns.injection.blockpage")
_PAGE_OF: Final = {
    ActorKind.STATE: IdentityBy.BLOCK_PAGE,
    ActorKind.COURT: IdentityBy.BLOCK_PAGE,
    ActorKind.OPERATOR: IdentityBy.OPERATOR_PAGE,
}
_RULE_OF: Final = {
    Locus.ORIGIN: IdentityBy.OWN_PAGE,
    Locus.EDGE: IdentityBy.EDGE_CUSTOMER_RULE,
}


def layer_text(layer: str) -> LayerText:
    """Give a layer as a bundle has it; an empty one is not stated."""
    found: LayerText = layer if layer else "unstated"  # type: ignore[assignment]
    return found


def _mechanism(mechanism: str) -> str:
    return "" if mechanism == "none" else mechanism


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _week_text(week: date) -> str:
    year, number, _ = week.isocalendar()
    return f"{year}-W{number:02d}"
