"""Which sentences a finding says: names only by the naming rule, or as an account of somebody."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from msgspec import Struct

from whocut.attribution.bundle import Claim, Measured, Question, Report, RouteChange, Slowdown
from whocut.attribution.finding import Account, Act, Lag, Named, Saying
from whocut.attribution.grading import GRADE_ORDER, Graded
from whocut.attribution.items import Item
from whocut.attribution.roles import Cast
from whocut.attribution.vocabulary import (
    ABOVE_NETWORK,
    CUTS,
    ClaimType,
    FindingGrade,
    HypothesisId,
    PartyKind,
    Room,
    Status,
    Tie,
)

__all__ = ["Told", "sayings_of"]

_EVENT_ROOMS: Final = frozenset({Room.MEASUREMENT, Room.ROUTE})
_MOST_ACCOUNTS: Final = 12
_LIMITED: Final = frozenset(
    f"{voice}.{one}.limited"
    for voice in ("words", "reported")
    for one in (HypothesisId.SERVICE_DECIDED.value, HypothesisId.EDGE_DECIDED.value)
)
_ACCUSING: Final = frozenset({ClaimType.ALLEGES.value, ClaimType.REPORTS.value})
_VERBS: Final = (ClaimType.RESTORES, ClaimType.ADMITS, ClaimType.ORDERS, ClaimType.ANNOUNCES)


class Told(Struct, frozen=True):
    """All that sentences are made of."""

    question: Question
    cast: Cast
    items: Mapping[str, Item]
    graded: Mapping[HypothesisId, Graded]
    holds: tuple[HypothesisId, ...]
    named: tuple[Named, ...]
    status: Status
    accounts: tuple[Account, ...]
    acts: tuple[Act, ...]
    lags: tuple[Lag, ...]
    denied: Mapping[str, tuple[str, ...]]
    ends: Mapping[HypothesisId, str]


def sayings_of(told: Told) -> tuple[Saying, ...]:
    """Put the sentences of a finding in their order."""
    says = [*_head(told)]
    for hypothesis in told.holds:
        says += _of_hypothesis(hypothesis, told)
    says += _users(told)
    says += _acts(told)
    says += _quotes(told)
    says += _accounts(told)
    says += _lags(told)
    if told.status in (Status.DISPUTED, Status.INSUFFICIENT):
        says.append(Saying("settles", {}))
    return tuple(_once(says))


def _once(says: Iterable[Saying]) -> Iterator[Saying]:
    """Say each sentence once, save those that speak of the sentence before."""
    said: set[tuple[str, tuple[tuple[str, str | int], ...]]] = set()
    for one in says:
        key = (one.template, tuple(sorted(one.values.items())))
        if one.template == "said_on" or key not in said:
            said.add(key)
            yield one


def _subject(told: Told) -> dict[str, str | int]:
    question = told.question
    if question.target:
        target = question.target
    elif question.network is not None:
        target = f"AS{question.network}"
    else:
        target = _name(question.service, told)
    return {"target": target, "country": question.part or question.country}


def _name(party: str | None, told: Told) -> str:
    if party is None:
        return ""
    return told.cast.parties[party].name or party


def _head(told: Told) -> Iterator[Saying]:
    subject = _subject(told)
    if told.status is Status.DISPUTED:
        yield Saying("disputed", subject)
    elif told.status is Status.INSUFFICIENT:
        has_any = any(item.aside is None for item in told.items.values())
        yield Saying("insufficient" if has_any else "no_evidence", subject)
    contradicted = [x.id for x in told.graded.values() if x.grade is FindingGrade.CONTRADICTED]
    for hypothesis in contradicted:
        yield Saying(f"contradicted.{hypothesis.value}", subject)


def _voice(graded: Graded) -> str:
    """Say on what a hypothesis rests: measured, routes, reports or words."""
    rooms = {one.item.room for one in graded.carrying}
    if Room.MEASUREMENT in rooms:
        is_weak = GRADE_ORDER[graded.grade] < GRADE_ORDER[FindingGrade.STRONG]
        return "measured_weakly" if is_weak else "measured"
    if Room.ROUTE in rooms:
        return "routes"
    return "words" if graded.stands else "reported"


def _of_hypothesis(hypothesis: HypothesisId, told: Told) -> Iterator[Saying]:
    graded, subject = told.graded[hypothesis], _subject(told)
    named = [one for one in told.named if one.hypothesis is hypothesis]
    for one in named:
        if one.why is not Tie.DOCUMENTED:
            yield from _named(one, told)
    voice = _voice(graded)
    if hypothesis in CUTS:
        is_told = any(one.why is Tie.MEASURED_IDENTITY for one in named)
        if not (is_told and voice.startswith("measured")) and not (named and voice == "words"):
            limited = f"{voice}.{hypothesis.value}.limited"
            is_limited = limited in _LIMITED and _is_limited(one.item for one in graded.carrying)
            yield Saying(limited if is_limited else f"{voice}.{hypothesis.value}", subject)
    else:
        yield Saying(f"{voice}.{hypothesis.value}", subject)
    yield from _rests_on(graded)
    for one in named:
        if one.why is Tie.DOCUMENTED:
            yield from _named(one, told)
    if hypothesis in told.ends:
        yield Saying("ended", {**subject, "day": told.ends[hypothesis]})


def _named(one: Named, told: Told) -> Iterator[Saying]:
    subject = {**_subject(told), "party": one.name}
    if one.why in (Tie.OWN_WORDS, Tie.OWN_WORDS_RELAYED):
        spoken = [told.items[name] for name in one.evidence]
        # What was said of accounts or sales is told as that, and lends the cut neither its day.
        limited = [item for item in spoken if _is_limited([item])]
        is_carriage = one.hypothesis is HypothesisId.OPERATOR_WITHDREW
        for words, what in (
            (
                [item for item in spoken if item not in limited],
                "carriage" if is_carriage else "access",
            ),
            (limited, "limited"),
        ):
            if words:
                yield from _said(words, what, one, subject)
    elif one.why in (Tie.ROUTE, Tie.DOCUMENTED):
        yield Saying(f"named.{one.why.value}", subject)
    else:
        yield Saying(f"named.{one.hypothesis.value}", subject)


def _said(
    words: Iterable[Item], what: str, one: Named, subject: dict[str, str | int]
) -> Iterator[Saying]:
    kind, day = _own_words(words)
    voice = "own" if one.why is Tie.OWN_WORDS else "relayed"
    yield Saying(f"{voice}.{kind.value}.{what}", subject)
    if day:
        yield Saying("said_on", {"day": day})


def _is_limited(items: Iterable[Item]) -> bool:
    """Tell whether all of it is above the network: closed accounts are no cut-off of a site."""
    layers = {item.layer for item in items}
    return bool(layers) and layers <= ABOVE_NETWORK


def _own_words(words: Iterable[Item]) -> tuple[ClaimType, str]:
    claims = [
        (_VERBS.index(item.said.type), evidence.when, item.said.type)
        for item in words
        if item.said is not None
        and isinstance(evidence := item.evidence, Claim)
        and item.said.type in _VERBS
    ]
    # The act itself is said; that it is over has a sentence of its own.
    acts = [claim for claim in claims if claim[2] is not ClaimType.RESTORES] or claims
    _, day, kind = min(acts)
    return kind, day


def _rests_on(graded: Graded) -> Iterator[Saying]:
    for one in graded.carrying:
        evidence = one.item.evidence
        if one.item.room not in _EVENT_ROOMS:
            continue
        if isinstance(evidence, Measured | Slowdown) and evidence.n and evidence.n_networks:
            values: dict[str, str | int] = {"n": evidence.n, "networks": evidence.n_networks}
            yield Saying("rests.measurements", values)
            return
        if isinstance(evidence, RouteChange) and evidence.n and evidence.n_lost:
            yield Saying("rests.customers", {"n": evidence.n_lost, "all": evidence.n})
            return


def _users(told: Told) -> Iterator[Saying]:
    """Count what users report, from five on."""
    for item in told.items.values():
        if isinstance(item.evidence, Report) and "report.counted" in item.facts and not item.aside:
            yield Saying(f"users.{item.evidence.what.value}", {"n": item.evidence.n})


def _acts(told: Told) -> Iterator[Saying]:
    for act in told.acts:
        subject = {**_subject(told), "party": act.name, "day": act.day}
        yield Saying(f"act.{act.act}", subject)


def _quotes(told: Told) -> Iterator[Saying]:
    """Give own words that others relay, as their word, where they name nobody by themselves."""
    named = {one.party for one in told.named}
    spoken: set[tuple[str, str, str]] = set()
    for item in told.items.values():
        said, source = item.said, item.evidence.source
        if said is None or said.speaker is None or item.aside is not None:
            continue
        is_relayed = {"claim.own", "claim.own_act", "source.read"} <= item.facts
        is_relayed = is_relayed and item.facts.isdisjoint({"source.primary", "source.weak"})
        teller, kind = source.publisher or source.title, told.cast.parties[said.speaker].kind
        key = (said.speaker, said.type.value, item.group)
        if not is_relayed or not teller or said.speaker in named or kind is PartyKind.PERSON:
            continue
        if key not in spoken and len(spoken) < _MOST_ACCOUNTS:
            spoken.add(key)
            values: dict[str, str | int] = {"speaker": teller, "about": _name(said.speaker, told)}
            template = f"account.quotes.{said.type.value}"
            if _is_limited([item]):
                template = f"{template}.limited"
                values["country"] = _subject(told)["country"]
            yield Saying(template, values)


def _accounts(told: Told) -> Iterator[Saying]:
    """Give what is said of who did it, as the word of whoever says it; copies of a text once."""
    spoken: set[tuple[str, ...]] = set()
    ordered = sorted(told.accounts, key=lambda one: one.type != ClaimType.DENIES.value)
    for one in [one for one in ordered if _may_be_told(one, told)][:_MOST_ACCOUNTS]:
        hypothesis = one.hypothesis.value if one.hypothesis is not None else ""
        key = (one.type, one.group, hypothesis, one.about_name)
        if key in spoken:
            continue
        spoken.add(key)
        yield from _account(one, hypothesis)
        if one.interested and one.type in _ACCUSING:
            yield Saying("account.interested", {"speaker": one.speaker_name})


def _may_be_told(one: Account, told: Told) -> bool:
    """Keep out of sentences what nobody signs, what was not read, and every person."""
    people = {name for name, party in told.cast.parties.items() if party.kind is PartyKind.PERSON}
    facts = told.items[one.evidence].facts
    is_signed = bool(one.speaker_name) and "source.read" in facts and "source.weak" not in facts
    return is_signed and people.isdisjoint({one.speaker, one.about})


def _account(one: Account, hypothesis: str) -> Iterator[Saying]:
    speaker = one.speaker_name
    if one.type == ClaimType.DENIES.value:
        is_own = one.about in (None, one.speaker)
        name = "account.denies" if is_own else "account.denies_other"
        yield Saying(name, {"speaker": speaker, "about": one.about_name})
    elif one.type == ClaimType.REPLIES.value:
        yield Saying("account.replies", {"speaker": speaker})
    elif one.about is not None and one.about != one.speaker and hypothesis:
        values: dict[str, str | int] = {"speaker": speaker, "about": one.about_name}
        yield Saying(f"account.about.{hypothesis}", values)
    elif hypothesis:
        yield Saying(f"account.{hypothesis}", {"speaker": speaker})


def _lags(told: Told) -> Iterator[Saying]:
    for lag in told.lags:
        days: dict[str, str | int]
        days = {"first": lag.announced, "second": lag.observed, "n": abs(lag.days)}
        if lag.days == 0:
            yield Saying("lag.same", days)
        else:
            yield Saying("lag.after" if lag.days > 0 else "lag.before", days)
