"""Which sentences a finding says: names only by the naming rule, or as an account of somebody."""

from collections.abc import Iterator, Mapping
from typing import Final

from msgspec import Struct

from whocut.attribution.bundle import Claim, Measured, Question, RouteChange, Slowdown
from whocut.attribution.finding import Account, Act, Lag, Named, Saying
from whocut.attribution.grading import GRADE_ORDER, Graded
from whocut.attribution.items import Item
from whocut.attribution.roles import Cast
from whocut.attribution.vocabulary import (
    CUTS,
    ClaimType,
    FindingGrade,
    HypothesisId,
    Room,
    Status,
    Tie,
)

__all__ = ["Told", "sayings_of"]

_EVENT_ROOMS: Final = frozenset({Room.MEASUREMENT, Room.ROUTE})
_MOST_ACCOUNTS: Final = 12
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
    says += _acts(told)
    says += _accounts(told)
    says += _lags(told)
    if told.status in (Status.DISPUTED, Status.INSUFFICIENT):
        says.append(Saying("settles", {}))
    return tuple(says)


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
        yield from _named(one, told)
    voice = _voice(graded)
    if hypothesis in CUTS:
        is_told = any(one.why in (Tie.MEASURED_IDENTITY, Tie.DOCUMENTED) for one in named)
        if not (is_told and voice.startswith("measured")) and not (named and voice == "words"):
            yield Saying(f"{voice}.{hypothesis.value}", subject)
    else:
        yield Saying(f"{voice}.{hypothesis.value}", subject)
    yield from _rests_on(graded)
    if hypothesis in told.ends:
        yield Saying("ended", {**subject, "day": told.ends[hypothesis]})


def _named(one: Named, told: Told) -> Iterator[Saying]:
    subject = {**_subject(told), "party": one.name}
    if one.why in (Tie.OWN_WORDS, Tie.OWN_WORDS_RELAYED):
        kind, day = _own_words(one, told)
        relayed = "" if one.why is Tie.OWN_WORDS else ".relayed"
        yield Saying(f"own.{kind.value}{relayed}", {**subject, "day": day})
    elif one.why is Tie.ROUTE:
        yield Saying("named.route", subject)
    else:
        yield Saying(f"named.{one.hypothesis.value}", subject)
    if one.party in told.denied:
        yield Saying("account.denies_it", {"speaker": one.name})


def _own_words(one: Named, told: Told) -> tuple[ClaimType, str]:
    claims = [
        (_VERBS.index(item.said.type), evidence.when, item.said.type)
        for name in one.evidence
        if (item := told.items[name]).said is not None
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


def _acts(told: Told) -> Iterator[Saying]:
    for act in told.acts:
        subject = {**_subject(told), "party": act.name, "day": act.day}
        yield Saying(f"act.{act.act}", subject)


def _accounts(told: Told) -> Iterator[Saying]:
    """Give what is said of who did it, as the word of whoever says it."""
    spoken: set[tuple[str, str, str]] = set()
    for one in told.accounts[:_MOST_ACCOUNTS]:
        speaker = one.speaker_name
        hypothesis = one.hypothesis.value if one.hypothesis is not None else ""
        key = (one.type, speaker, f"{hypothesis} {one.about_name}")
        if key in spoken:
            continue
        spoken.add(key)
        if one.type == ClaimType.DENIES.value:
            mine = one.about in (None, one.speaker)
            name = "account.denies" if mine else "account.denies_other"
            yield Saying(name, {"speaker": speaker, "about": one.about_name})
        elif one.type == ClaimType.REPLIES.value:
            yield Saying("account.replies", {"speaker": speaker})
        elif one.about is not None and one.about != one.speaker and hypothesis:
            name = f"account.about.{hypothesis}"
            yield Saying(name, {"speaker": speaker, "about": one.about_name})
        elif hypothesis:
            yield Saying(f"account.{hypothesis}", {"speaker": speaker})
        if one.interested and one.type in (ClaimType.ALLEGES.value, ClaimType.REPORTS.value):
            yield Saying("account.interested", {"speaker": speaker})


def _lags(told: Told) -> Iterator[Saying]:
    for lag in told.lags:
        days: dict[str, str | int]
        days = {"first": lag.announced, "second": lag.observed, "n": abs(lag.days)}
        if lag.days == 0:
            yield Saying("lag.same", days)
        else:
            yield Saying("lag.after" if lag.days > 0 else "lag.before", days)
