"""Grades are computed from the sources: how much was read, and of how many origins."""

import itertools

import pytest

from tests.unit.ledger.recording import ledger_of, made_record, source
from whocut.ledger.grade import (
    grade_of_record,
    grade_of_sources,
    grade_of_value,
    is_read,
    weakest,
)
from whocut.ledger.load import OWN_KNOWLEDGE, convert
from whocut.ledger.record import Note, Source
from whocut.ledger.vocabulary import Grade, ReadLevel, Stance

LEAD, EXCERPT, DOCUMENTED = Grade.LEAD, Grade.EXCERPT, Grade.DOCUMENTED


def one(**more):
    return convert(source(**more), Source, "test")


PRESS = one()
COPY = one(url="https://copy.example/", publisher="Copy Example")
OTHER = one(url="https://other.example/", group="other")
LINK = one(read="linked", group="link")
CROWD = one(stance="crowd_list", group="crowd")
PRIMARY = one(stance="primary", group="acme")
PRIMARY_LINK = one(stance="primary", group="acme", read="linked")
REPOSITORY = one(read="repository", group="repository")


@pytest.mark.parametrize(
    ("sources", "grade"),
    [
        ((), LEAD),
        ((PRESS,), EXCERPT),
        ((REPOSITORY,), EXCERPT),
        ((PRESS, COPY), EXCERPT),
        ((PRESS, OTHER), DOCUMENTED),
        ((PRESS, REPOSITORY), DOCUMENTED),
        ((PRIMARY,), DOCUMENTED),
        ((PRIMARY_LINK,), LEAD),
        ((LINK,), LEAD),
        ((CROWD,), LEAD),
        ((CROWD, LINK, OWN_KNOWLEDGE), LEAD),
        ((PRESS, LINK), EXCERPT),
        ((PRESS, CROWD), EXCERPT),
        ((PRESS, OWN_KNOWLEDGE), EXCERPT),
        ((OWN_KNOWLEDGE,), LEAD),
    ],
)
def test_the_grade_of_sources_in_any_order(sources, grade):
    for order in itertools.permutations(sources):
        assert grade_of_sources(order) is grade


@pytest.mark.parametrize("read", ReadLevel)
@pytest.mark.parametrize("stance", Stance)
def test_what_counts_as_read(read, stance):
    counts = read in {"full", "excerpt", "repository"} and stance != "crowd_list"
    assert is_read(one(read=read.value, stance=stance.value)) is counts


@pytest.mark.parametrize("more", [PRESS, COPY, OTHER, LINK, CROWD, PRIMARY, OWN_KNOWLEDGE])
@pytest.mark.parametrize("sources", [(), (LINK,), (PRESS,), (PRESS, OTHER), (PRIMARY,)])
def test_one_more_source_never_lowers_a_grade(sources, more):
    order = [LEAD, EXCERPT, DOCUMENTED]
    grades = grade_of_sources(sources), grade_of_sources((*sources, more))
    assert order.index(grades[1]) >= order.index(grades[0])


def test_what_gives_the_context_alone_does_not_raise_the_record():
    sources = {"s1": source(), "s2": source(url="https://other.example/", group="other")}
    assert grade_of_record(made_record(sources=sources)) is DOCUMENTED
    sources["s2"]["carries"] = "context"
    assert grade_of_record(made_record(sources=sources)) is EXCERPT


SOURCES = {
    "s1": source(),
    "s2": source(url="https://other.example/", group="other"),
    "s3": source(url="https://link.example/", group="link", read="linked"),
    "s4": source(url="https://acme.example/", group="acme", stance="primary"),
}


@pytest.mark.parametrize(
    ("from_", "among", "grade"),
    [
        (("s1",), (), EXCERPT),
        (("s1", "s2"), (), DOCUMENTED),
        (("s4",), (), DOCUMENTED),
        (("s1", "s3"), (), EXCERPT),
        (("own",), (), LEAD),
        (("shared",), (), EXCERPT),
        # One of them carries it: two are not two witnesses, and it may be the weakest.
        ((), ("s1", "s2"), EXCERPT),
        ((), ("s1", "s4"), EXCERPT),
        ((), ("s4",), EXCERPT),
        ((), ("s1", "s3"), LEAD),
        ((), ("s1", "own"), LEAD),
        ((), (), LEAD),
        (("s9",), (), LEAD),
    ],
)
def test_the_grade_of_a_value(from_, among, grade):
    record = made_record(sources=SOURCES)
    ledger = ledger_of(record, shared={"shared": one(group="shared")})
    value = Note(text="A note.", from_=from_, among=among)
    assert grade_of_value(ledger, record, value) is grade


def test_the_weakest():
    assert weakest([]) is LEAD
    assert weakest([DOCUMENTED]) is DOCUMENTED
    assert weakest([DOCUMENTED, EXCERPT]) is EXCERPT
    assert weakest([EXCERPT, LEAD, DOCUMENTED]) is LEAD


def test_a_decider_named_by_own_knowledge_alone_makes_a_lead():
    parties = {"decider": [{"actor": "acme", "from": ["own"]}]}
    assert grade_of_record(made_record(parties=parties)) is LEAD
    parties = {"decider": [{"actor": "acme", "from": ["own"]}, {"actor": "bolt", "from": ["s1"]}]}
    assert grade_of_record(made_record(parties=parties)) is EXCERPT
