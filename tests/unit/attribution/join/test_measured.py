"""From cells and spans to evidence: the telling weeks, who shows, and questions that stay apart."""

from __future__ import annotations

from datetime import date, timedelta

from whocut.attribution.bundle import Cell, Claim, Span
from whocut.attribution.join import (
    LAB,
    WORLD,
    Material,
    MeasuredPair,
    MeasuredSpan,
    MeasuredStatement,
    MeasuredWeek,
    Subject,
    index_ledger,
    join,
    subjects_of_pair,
)
from whocut.attribution.join.measured import evidence_of_pair
from whocut.attribution.vocabulary import IdentityBy
from whocut.ledger.actors import load_actors
from whocut.ledger.law.loading import load_law
from whocut.ledger.load import load_ledger
from whocut.model.taxonomy import ActorKind, CellAnswer, Locus, Outcome, Strength

MONDAY = date(2024, 5, 6)
INDEX = index_ledger(load_ledger(), load_actors(is_checked=False), load_law().unions)


def week(place: int, answer: CellAnswer, n: int = 40) -> MeasuredWeek:
    return MeasuredWeek(
        week=MONDAY + timedelta(weeks=place),
        answer=answer,
        mechanism="http.refusal.geo_explicit" if answer is not CellAnswer.SERVED else "none",
        layer="http",
        n=n,
        n_usable=n,
        n_served=n if answer is CellAnswer.SERVED else 0,
        n_networks=5,
        n_networks_cut=0 if answer is CellAnswer.SERVED else 5,
        n_countries=6,
        n_countries_served=6,
        p={answer.value: 0.99} if answer is not CellAnswer.CUT_UNATTRIBUTED else {"cut": 0.99},
    )


def span(cause: CellAnswer, onset: int, end: int | None) -> MeasuredSpan:
    begun = MONDAY + timedelta(weeks=onset)
    over = MONDAY + timedelta(weeks=end) if end is not None else None
    return MeasuredSpan(
        cause=cause.value,
        mechanism="http.refusal.geo_explicit",
        layer="http",
        onset=begun,
        onset_low=begun,
        onset_high=begun,
        end=over,
        end_low=over,
        end_high=over,
        last_week=over - timedelta(weeks=1) if over else MONDAY + timedelta(weeks=9),
        p=0.99,
        n=200,
        n_networks=5,
        weeks=4,
    )


def pair(
    *weeks: MeasuredWeek,
    spans: tuple[MeasuredSpan, ...] = (),
    origin: str = WORLD,
    target: str = "docker.io",
    country: str = "RU",
    statements: tuple[MeasuredStatement, ...] = (),
) -> MeasuredPair:
    return MeasuredPair(
        country=country,
        target=target,
        origin=origin,
        weeks=weeks,
        spans=spans,
        statements=statements,
    )


REFUSED, SERVED = CellAnswer.REFUSED_SERVICE, CellAnswer.SERVED
OWN_PAGE = MeasuredStatement(
    outcome=Outcome.REFUSED,
    mechanism="http.refusal.geo_explicit",
    locus=Locus.ORIGIN,
    actor_kind=ActorKind.COMPANY,
    strength=Strength.A,
    n=100,
    n_networks=5,
)


def test_twenty_weeks_are_told_by_a_few() -> None:
    weeks = [week(place, REFUSED, 20 + place) for place in range(20)]
    found = [one for one in evidence_of_pair(pair(*weeks)) if isinstance(one, Cell)]
    assert [one.when for one in found] == ["2024-W38"]  # strongest and last are one week here


def test_who_shows_is_told_once_and_only_with_what_it_fits() -> None:
    given = pair(
        *(week(0, REFUSED), week(1, REFUSED), week(2, SERVED)),
        spans=(span(REFUSED, 0, 2),),
        statements=(OWN_PAGE,),
    )
    shown = [(one, one.identity) for one in evidence_of_pair(given) if one.identity]
    assert [type(one) for one, _ in shown] == [Span]
    assert [one.by for _, found in shown for one in found] == [IdentityBy.OWN_PAGE]
    bare = pair(week(0, REFUSED), week(1, SERVED), statements=(OWN_PAGE,))
    cells = {one.answer: one.identity for one in evidence_of_pair(bare)}
    assert len(cells[REFUSED]) == 1
    assert cells[SERVED] == ()


def test_a_weak_or_vague_sign_shows_nobody() -> None:
    from msgspec.structs import replace

    for changed in (
        replace(OWN_PAGE, strength=Strength.C),
        replace(OWN_PAGE, mechanism="http.refusal.vague"),
        replace(OWN_PAGE, actor_kind=ActorKind.UNKNOWN),
        replace(OWN_PAGE, locus=Locus.UNKNOWN),
    ):
        given = pair(week(0, REFUSED), statements=(changed,))
        assert [one.identity for one in evidence_of_pair(given)] == [()], changed


def test_a_cut_that_ended_and_what_is_served_now_are_two_questions() -> None:
    given = pair(
        *(week(place, REFUSED) for place in range(4)),
        *(week(place, SERVED) for place in range(4, 9)),
        spans=(span(REFUSED, 0, 4),),
        target="unheard-of.example",
    )
    asked = list(subjects_of_pair(INDEX, given))
    assert [(one.since, one.until) for one in asked] == [
        (MONDAY, MONDAY + timedelta(weeks=4, days=6))
    ]  # of what is served, and claimed by nobody, nothing is asked


def test_of_a_cut_by_unknown_hands_what_was_served_after_is_no_part() -> None:
    given = pair(
        *(week(place, CellAnswer.CUT_UNATTRIBUTED) for place in range(3)),
        *(week(place, SERVED) for place in range(3, 6)),
        spans=(span(CellAnswer.CUT_UNATTRIBUTED, 0, 3),),
        target="unheard-of.example",
    )
    (subject,) = subjects_of_pair(INDEX, given)
    bundle = join(subject, Material(INDEX), given)
    answers = {one.answer for one in bundle.evidence if isinstance(one, Cell)}
    assert answers == {CellAnswer.CUT_UNATTRIBUTED}


def test_two_causes_at_one_time_are_one_question() -> None:
    given = pair(
        *(week(place, REFUSED) for place in range(6)),
        spans=(span(REFUSED, 0, None), span(CellAnswer.INTERFERED, 2, None)),
    )
    assert len(list(subjects_of_pair(INDEX, given))) == 1


def test_what_a_record_says_is_asked_of_what_is_served() -> None:
    served = [week(place, SERVED) for place in range(6)]
    claimed = pair(*served, target="rt.com", country="DE")
    assert list(subjects_of_pair(INDEX, claimed))
    assert not list(subjects_of_pair(INDEX, pair(*served, target="unheard-of.example")))


def test_the_laboratory_meets_no_record_of_the_world() -> None:
    given = pair(week(0, REFUSED), target="rt.com", country="DE", origin=LAB)
    for subject in subjects_of_pair(INDEX, given):
        bundle = join(subject, Material(INDEX), given)
        assert not [one for one in bundle.evidence if isinstance(one, Claim)]
        assert bundle.question.origin == LAB
    world = Subject(country="DE", domain="rt.com", since=MONDAY)
    bundle = join(world, Material(INDEX), given)
    assert not [one for one in bundle.evidence if isinstance(one, Cell)]
    assert [one for one in bundle.evidence if isinstance(one, Claim)]
