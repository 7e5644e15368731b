"""Lags: the order of records is nothing, later ends are no shorter, what is open is never lost."""

import random
from datetime import date, timedelta
from fractions import Fraction
from statistics import median_low

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.ledger.recording import ledger_of, made_record
from whocut.ledger.edtf import Span, parse_edtf
from whocut.ledger.lags import figures_of, lengths_of
from whocut.ledger.lags_median import median_of_spans, survival_median
from whocut.ledger.lags_spells import span_between, spells_of
from whocut.ledger.load import Ledger

FIRST = date(2014, 1, 1)
AS_OF = date(2026, 6, 13)
days = st.integers(0, 4000)
span = st.tuples(st.integers(0, 400), st.booleans())
precision = st.sampled_from((4, 7, 10))


def text(offset: int, length: int = 10) -> str:
    return (FIRST + timedelta(days=offset)).isoformat()[:length]


@st.composite
def cuts(draw, number):
    start, lasts = draw(days), draw(st.none() | st.integers(0, 500))
    dates = {"effective": [{"on": text(start, draw(precision)), "from": ["s1"]}]}
    if lasts is not None:
        dates["ended"] = [{"on": text(start + lasts, draw(precision)), "from": ["s1"]}]
    places = draw(st.lists(st.sampled_from(("RU", "IR", "UA-43", "SY")), min_size=1, unique=True))
    return made_record(
        f"2014-01-cut-{number}", dates=dates, population={"places": places, "from": ["s1"]}
    )


ledgers = st.integers(1, 6).flatmap(lambda n: st.tuples(*(cuts(number) for number in range(n))))


def survival_by_redistribution(spans: list[tuple[int, bool]]) -> int | None:
    """Efron (1967): the weight of what is open goes in equal parts to all that last longer."""
    ordered = sorted(spans)
    weights = [Fraction(1, len(ordered))] * len(ordered)
    gone = Fraction(0)
    for at, (lasts, is_open) in enumerate(ordered):
        if is_open:
            later = len(ordered) - at - 1
            for other in range(at + 1, len(ordered)):
                weights[other] += weights[at] / later
            continue
        gone += weights[at]
        if gone >= Fraction(1, 2):
            return lasts
    return None


@given(st.lists(span, min_size=1, max_size=30))
def test_the_median_is_that_of_another_algorithm(spans):
    assert survival_median(spans) == survival_by_redistribution(spans)


@given(st.lists(st.integers(0, 400), min_size=1, max_size=30))
def test_the_median_of_what_has_ended_is_the_plain_one(lasting):
    assert survival_median((one, False) for one in lasting) == median_low(lasting)


@given(st.lists(span, min_size=1, max_size=20), st.data())
def test_taking_an_end_back_makes_no_median_shorter(spans, data):
    at = data.draw(st.integers(0, len(spans) - 1))
    opened = [(lasts, is_open or at == place) for place, (lasts, is_open) in enumerate(spans)]
    before, after = survival_median(spans), survival_median(opened)
    assert after is None or (before is not None and after >= before)


@given(st.lists(span, min_size=1, max_size=20), st.data())
def test_the_bound_holds_however_the_open_ones_end(spans, data):
    found = median_of_spans([(Span(lasts, lasts), is_open) for lasts, is_open in spans])
    if found.more_than is None:
        return
    more = data.draw(st.lists(days, min_size=len(spans), max_size=len(spans)))
    ended = [
        lasts + later if is_open else lasts
        for (lasts, is_open), later in zip(spans, more, strict=True)
    ]
    assert median_low(ended) >= found.more_than


@given(st.lists(span, max_size=20), st.randoms(use_true_random=False))
def test_the_order_of_spans_is_nothing(spans, chance):
    other = list(spans)
    chance.shuffle(other)
    assert survival_median(spans) == survival_median(other)


@given(ledgers, st.randoms(use_true_random=False))
def test_the_order_of_records_is_nothing(records, chance):
    other = list(records)
    chance.shuffle(other)
    one = lengths_of(ledger_of(*records), {}, AS_OF)
    assert one == lengths_of(ledger_of(*other), {}, AS_OF)
    for by in ("country", "sector", "instrument", "record", "actor_kind"):
        shuffled = list(one.lags)
        chance.shuffle(shuffled)
        assert figures_of(one.lags, by) == figures_of(shuffled, by)


@given(ledgers)
def test_every_place_of_every_record_is_told_of_once(records):
    spells, left_out = spells_of(ledger_of(*records), AS_OF)
    told = [(one.record.id, place) for one in spells for place in one.places]
    told += [(one.record, place) for one in left_out for place in one.places]
    assert sorted(told) == sorted(
        (one.id, place) for one in records for place in one.population.places
    )


@given(ledgers, st.integers(0, 400))
def test_a_later_day_shortens_nothing_and_opens_nothing(records, later):
    then = date(2020, 1, 1)
    before = {
        (one.record.id, place): one
        for one in spells_of(ledger_of(*records), then)[0]
        for place in one.places
    }
    after = {
        (one.record.id, place): one
        for one in spells_of(ledger_of(*records), then + timedelta(days=later))[0]
        for place in one.places
    }
    assert before.keys() <= after.keys()
    for key, one in before.items():
        assert one.is_open or not after[key].is_open
        if one.is_open == after[key].is_open:
            assert after[key].days.least >= one.days.least
            assert after[key].days.most >= one.days.most


@given(days, st.integers(0, 900), st.integers(0, 900), precision, precision)
def test_a_later_end_and_an_earlier_start_are_no_shorter(start, lasts, more, fine, finer):
    base = span_between([parse_edtf(text(start, fine))], [parse_edtf(text(start + lasts, finer))])
    later = span_between(
        [parse_edtf(text(start, fine))], [parse_edtf(text(start + lasts + more, finer))]
    )
    assert (later.least, later.most) >= (base.least, base.most)
    assert later.most >= base.most


@given(days, st.integers(0, 900), precision, precision)
def test_the_true_days_lie_within_the_span(start, lasts, fine, finer):
    found = span_between([parse_edtf(text(start, fine))], [parse_edtf(text(start + lasts, finer))])
    assert found.least <= lasts <= found.most


@given(days, st.integers(0, 900), precision)
def test_another_telling_never_narrows(start, lasts, fine):
    end = [parse_edtf(text(start + lasts))]
    one = [parse_edtf(text(start))]
    both = [*one, parse_edtf(text(start, fine))]
    narrow, wide = span_between(one, end), span_between(both, end)
    assert wide.least <= narrow.least
    assert wide.most >= narrow.most


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_the_shipped_records_is_nothing(seed):
    from whocut.ledger.actors import load_actors
    from whocut.ledger.load import load_ledger

    ledger, actors = load_ledger(), load_actors()
    names = sorted(ledger.records)
    random.Random(seed).shuffle(names)
    other = Ledger(
        {name: ledger.records[name] for name in names}, ledger.shared_sources, ledger.files
    )
    assert lengths_of(other, actors, AS_OF) == lengths_of(ledger, actors, AS_OF)
