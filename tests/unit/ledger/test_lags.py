"""Lags: the anchors as computed from what ships, spells of made-up records, the median, the law."""

import random
from datetime import date

import msgspec
import pytest

from tests.unit.ledger.recording import ledger_of, made_record, source
from whocut.ledger.actors import Actor, load_actors
from whocut.ledger.edtf import Span, parse_edtf
from whocut.ledger.lags import LagKind, figures_of, lengths_of
from whocut.ledger.lags_exemption import Case, Days, Exempted, exemption_lags, restoration_lags
from whocut.ledger.lags_median import MedianDays, median_of_spans, survival_median
from whocut.ledger.lags_regimes import BaseKind, Breadth, lags_by_regime, load_regimes
from whocut.ledger.lags_spells import Why, covers_place, newest_day, span_between, spells_of
from whocut.ledger.law import Label, Law, assess_span, load_law
from whocut.ledger.law.record_question import question_of
from whocut.ledger.load import load_ledger
from whocut.ledger.vocabulary import Grade
from whocut.model.errors import DamagedDataError

AS_OF = date(2026, 6, 13)
SEED = 20220307


@pytest.fixture(scope="module")
def shipped():
    return load_ledger(), load_actors(), load_law()


@pytest.fixture(scope="module")
def regimes(shipped):
    return {
        one.regime.id: one for one in lags_by_regime(load_regimes(), shipped[2].versions, AS_OF)
    }


@pytest.fixture(scope="module")
def returns(shipped):
    ledger, actors, law = shipped
    return restoration_lags(
        ledger, actors, Days(law), lambda one: question_of(one, actors, law), AS_OF
    )


@pytest.fixture(scope="module")
def exemptions(shipped):
    ledger, actors, law = shipped
    return exemption_lags(
        ledger, actors, Days(law), lambda one: question_of(one, actors, law), AS_OF
    )


def dated(name="2022-03-acme-ru", places=("RU",), **dates):
    """Make a record whose dates are given as lists of texts."""
    told = {
        kind: [
            {"on": one, "from": ["s1"]} for one in ([texts] if isinstance(texts, str) else texts)
        ]
        for kind, texts in dates.items()
    }
    return made_record(name, dates=told, population={"places": list(places), "from": ["s1"]})


def restoring(cut, day, places, name="2023-05-acme-back", **more):
    return made_record(
        name,
        kind="restoration",
        action={"value": "restoration", "from": ["s1"]},
        dates={"effective": [{"on": day, "from": ["s1"]}]},
        population={"places": list(places), "from": ["s1"]},
        edges=[{"kind": "restores", "to": cut, "from": ["s1"]}],
        **more,
    )


class TestAnchors:
    @pytest.mark.parametrize(
        ("regime", "days"),
        [
            ("us-crimea", 154),
            ("us-russia", 42),
            ("us-syria", 0),
            ("us-venezuela", 0),
            ("us-dnr-lnr", 0),
        ],
    )
    def test_exemption_lag_by_regime(self, regimes, regime, days):
        assert regimes[regime].days == Span(days, days)

    @pytest.mark.parametrize("regime", ["us-iran", "us-sudan", "us-cuba"])
    def test_years_to_march_2010(self, regimes, regime):
        assert regimes[regime].exemption.on == "2010-03-10"
        assert regimes[regime].days.least > 12 * 365

    def test_russia_has_no_embargo_and_says_whose_word_its_day_is(self, regimes):
        russia = regimes["us-russia"]
        assert russia.regime.base_kind is BaseKind.MEASURES_BEGIN
        assert russia.base.on == "2022-02-24"
        assert russia.is_by_own_knowledge
        assert not regimes["us-crimea"].is_by_own_knowledge

    def test_where_a_day_is_not_known_the_lag_is_not(self, regimes):
        unknown = {name for name, one in regimes.items() if one.days is None}
        assert {"us-north-korea", "eu-freeze", "gb-freeze", "im-freeze"} <= unknown

    def test_syria_to_the_play_store(self, returns):
        (found,) = [one for one in returns.lags if one.record == "2026-01-google-play-sy-restored"]
        assert (found.days, found.start, found.end) == (Span(239, 239), ("2025-05-23",), found.end)
        assert found.instruments == ("us-syria-gl25",)
        assert (found.case, found.breadth) == (Case.CITED, Breadth.GENERAL)

    def test_github_for_iran(self, shipped):
        ledger, actors, _ = shipped
        found = lengths_of(ledger, actors, AS_OF)
        (cut,) = [one for one in found.lags if one.record == "2019-07-github-multi" and one.end]
        assert (cut.places, cut.days) == (("IR",), Span(530, 530))
        assert cut.told_in == "2021-01-github-ir-restored"

    def test_the_licence_of_one_company_is_no_general_one(self, exemptions):
        (found,) = [
            one
            for one in exemptions.lags
            if one.record == "2019-07-github-multi" and one.places == ("IR",)
        ]
        assert found.breadth is Breadth.SPECIFIC
        assert found.instruments == ("us-iran-github-licence-2021",)

    def test_the_operators_letter_and_the_statement_stay_two_days(self, exemptions):
        (found,) = [one for one in exemptions.lags if one.record == "2022-03-cogent-ru"]
        assert found.days == Span(33, 34)
        assert {"2022-03-04T17:00Z", "2022-03-05"} <= set(found.start)

    def test_what_waits_stands_with_what_was_exempted(self, exemptions):
        assert all(one.breadth is Breadth.GENERAL for one in exemptions.lags if one.is_open)
        figures = figures_of(exemptions.lags, "country")
        assert any(0 < one.n_open < one.n for one in figures)

    def test_what_was_exempted_all_along_has_no_lag(self, exemptions):
        already = [one for one in exemptions.lags if one.case is Case.BEFORE]
        assert already
        assert {one.days for one in already} == {Span(0, 0)}

    def test_what_was_never_carried_out_is_left_out(self, shipped):
        found = lengths_of(*shipped[:2], AS_OF)
        why = {one.record: one.why for one in found.left_out}
        assert why["2019-10-adobe-ve"] is Why.NOT_CARRIED_OUT
        assert why["2022-03-icann-refusal"] is Why.REFUSAL

    @pytest.mark.parametrize("kind", list(LagKind))
    def test_no_record_is_dropped_silently(self, shipped, exemptions, returns, kind):
        found = {
            LagKind.EXEMPTION: exemptions,
            LagKind.RESTORATION: returns,
            LagKind.LENGTH: lengths_of(*shipped[:2], AS_OF),
        }[kind]
        told = {(one.record, place) for one in found.lags for place in one.places}
        left = {(one.record, place) for one in found.left_out for place in one.places}
        records = shipped[0].records.values()
        assert told | left == {
            (one.id, place) for one in records for place in one.population.places
        }
        assert not told & left


class TestSpells:
    def test_an_open_cut_counts_up_to_the_stated_day(self):
        (one,), _ = spells_of(ledger_of(dated(effective="2022-03-04")), date(2022, 3, 14))
        assert one.is_open
        assert one.days == Span(10, 10)

    def test_an_end_after_the_stated_day_is_not_known_yet(self):
        ledger = ledger_of(dated(effective="2022-03-04", ended="2022-04-04"))
        (one,), _ = spells_of(ledger, date(2022, 3, 14))
        assert one.is_open
        (one,), _ = spells_of(ledger, date(2022, 4, 4))
        assert one.days == Span(31, 31)

    def test_imprecise_dates_give_a_span(self):
        (one,), _ = spells_of(ledger_of(dated(effective="2022-03", ended="2022-04")), AS_OF)
        assert one.days == Span(1, 60)

    def test_two_tellings_of_one_moment_give_a_span(self):
        ledger = ledger_of(dated(effective=["2022-03-04T17:00Z", "2022-03-05"], ended="2022-03-10"))
        (one,), _ = spells_of(ledger, AS_OF)
        assert one.days == Span(5, 6)

    def test_an_approximate_date_makes_it_about(self):
        (one,), _ = spells_of(ledger_of(dated(effective="2022-03~", ended="2022-05-01")), AS_OF)
        assert one.days.is_qualified

    def test_a_restoration_ends_its_places_and_leaves_the_others_open(self):
        cut = dated(places=("IR", "SY"), effective="2019-07-25")
        ledger = ledger_of(cut, restoring(cut.id, "2021-01-05", ["IR"]))
        spells, _ = spells_of(ledger, AS_OF)
        assert {one.places: one.days for one in spells} == {
            ("IR",): Span(530, 530),
            ("SY",): Span(2515, 2515),
        }
        assert [one.end.told_in for one in spells if one.end] == ["2023-05-acme-back"]

    def test_an_end_of_all_places_is_in_doubt_where_some_were_restored_that_day(self):
        cut = dated(places=("IR", "SY"), effective="2019-07-25", ended="2021-01-05")
        ledger = ledger_of(cut, restoring(cut.id, "2021-01-05", ["IR"]))
        spells, left_out = spells_of(ledger, AS_OF)
        assert [one.places for one in spells] == [("IR",)]
        assert [(one.places, one.why) for one in left_out if one.record == cut.id] == [
            (("SY",), Why.END_OF_WHICH_PLACES)
        ]

    def test_a_restoration_by_some_of_those_who_cut_ends_nothing(self):
        cut = made_record(
            parties={"decider": [{"actor": one, "from": ["s1"]} for one in ("acme", "other")]},
            dates={"effective": [{"on": "2022-03-04", "from": ["s1"]}]},
        )
        spells, left_out = spells_of(ledger_of(cut, restoring(cut.id, "2023-05-20", ["RU"])), AS_OF)
        assert not spells
        assert Why.RESTORED_IN_PART in {one.why for one in left_out}

    @pytest.mark.parametrize(
        ("more", "why"),
        [
            ({"kind": "rumour"}, Why.RUMOUR),
            ({"kind": "series"}, Why.SERIES),
            ({"kind": "refusal"}, Why.REFUSAL),
            ({"carried_out": {"value": "no", "from": ["s1"]}}, Why.NOT_CARRIED_OUT),
            ({"carried_out": {"value": "unknown", "from": ["s1"]}}, Why.CARRIED_OUT_UNKNOWN),
            ({"retracted": {"on": "2023-01-01", "reason": "A mistake."}}, Why.RETRACTED),
            (
                {"dates": {"announced": [{"on": "2022-03-04", "from": ["s1"]}]}},
                Why.NO_DAY_OF_EFFECT,
            ),
            ({"dates": {"effective": [{"on": "../2022", "from": ["s1"]}]}}, Why.UNBOUNDED_DATE),
            ({"dates": {"effective": [{"on": "2027", "from": ["s1"]}]}}, Why.LATER),
            (
                {
                    "dates": {
                        "effective": [{"on": "2022-03-04", "from": ["s1"]}],
                        "ended": [{"on": "2022-03-01", "from": ["s1"]}],
                    }
                },
                Why.BACKWARDS,
            ),
        ],
    )
    def test_what_is_left_out_says_why(self, more, why):
        record = made_record(
            **{"dates": {"effective": [{"on": "2022-03-04", "from": ["s1"]}]}, **more}
        )
        spells, left_out = spells_of(ledger_of(record), AS_OF)
        assert not spells
        assert [one.why for one in left_out] == [why]

    def test_a_lag_is_no_better_witnessed_than_its_dates(self):
        two = {"s1": source(), "s2": source(group="other-paper")}
        record = made_record(
            sources=two,
            dates={
                "effective": [{"on": "2022-03-04", "from": ["s1", "s2"]}],
                "ended": [{"on": "2022-03-10", "among": ["s1", "s2"]}],
            },
        )
        (one,), _ = spells_of(ledger_of(record), AS_OF)
        assert (one.start_grade, one.grade) == (Grade.DOCUMENTED, Grade.EXCERPT)

    def test_a_plan_gives_no_newest_day(self):
        plan = made_record(
            "2026-09-plan",
            carried_out={"value": "unknown", "from": ["s1"]},
            dates={"effective": [{"on": "2026-09-04", "from": ["s1"]}]},
        )
        assert newest_day(ledger_of(plan, dated(effective="2022-03-04"))) == date(2022, 3, 4)

    @pytest.mark.parametrize(
        ("named", "place", "is_covered"),
        [
            (["UA"], "UA-43", True),
            (["UA-43"], "UA", False),
            (["WORLD"], "RU", True),
            (["EU"], "DE", False),
        ],
    )
    def test_which_places_a_return_takes_in(self, named, place, is_covered):
        assert covers_place(named, place) is is_covered

    def test_days_without_a_bound_are_not_made_up(self):
        assert span_between([parse_edtf("../2022")], [parse_edtf("2023")]) is None


class TestMedian:
    def test_by_hand(self):
        # 6, 6, 6 end, 6 open, 7 ends, 9 open, 10 ends: the 6-MP arm of Freireich et al. (1963),
        # cut short; the shares that last longer are 4/7, 4/7 * 2/3, and then nothing.
        spans = [(6, False)] * 3 + [(6, True), (7, False), (9, True), (10, False)]
        assert survival_median(spans) == 7

    def test_none_where_too_few_ended(self):
        assert survival_median([(5, False), (9, True), (9, True)]) is None

    def test_a_bound_where_there_is_none(self):
        spans = [(Span(5, 5), False), (Span(9, 9), True), (Span(30, 40), True)]
        assert median_of_spans(spans) == MedianDays(more_than=9)

    def test_the_fewest_and_the_most_days(self):
        assert median_of_spans([(Span(1, 60), False)]) == MedianDays(least=1, most=60)

    def test_nothing_of_nothing(self):
        assert median_of_spans([]) is None


class TestFigures:
    def test_grades_stand_apart_and_open_ones_are_counted(self):
        lead = made_record(
            "2022-03-lead-ru",
            sources={"s1": source(read="linked")},
            dates={"effective": [{"on": "2022-03-04", "from": ["s1"]}]},
        )
        ledger = ledger_of(lead, dated(effective="2022-03-04", ended="2022-03-06"))
        figures = figures_of(lengths_of(ledger, {}, AS_OF).lags, "country")
        assert [(one.grade, one.n, one.n_open) for one in figures] == [
            (Grade.EXCERPT, 1, 0),
            (Grade.LEAD, 1, 1),
        ]
        assert figures[1].open_records == ("2022-03-lead-ru",)

    def test_a_part_of_a_country_is_not_the_country(self):
        ledger = ledger_of(dated(places=("UA", "UA-43"), effective="2022-03-04"))
        figures = figures_of(lengths_of(ledger, {}, AS_OF).lags, "country")
        assert [one.value for one in figures] == ["UA", "UA-43"]
        (sector,) = figures_of(lengths_of(ledger, {}, AS_OF).lags, "sector")
        assert sector.n == 1


class TestLaw:
    def test_a_place_is_asked_with_less_and_answered_the_same(self, shipped):
        ledger, actors, law = shipped
        days = Days(law)
        companies = sorted(
            name
            for name, one in ledger.records.items()
            if any(actors[party.actor].kind.value == "company" for party in one.parties.decider)
        )
        print("seed", SEED)
        for name in random.Random(SEED).sample(companies, 25):
            record = ledger.records[name]
            place = record.population.places[0]
            question = msgspec.structs.replace(question_of(record, actors, law), places=(place,))
            spans = assess_span(law, question, date(2014, 1, 1), AS_OF)
            first = next(
                (at for at, _, one in spans if one.label is Label.EXPRESSLY_EXEMPTED), None
            )
            found = days.exempted_when(question, place, date(2014, 1, 1), AS_OF)
            if isinstance(found, Exempted):
                assert found.on == first, name
            else:
                assert first is None, name

    def test_swapped_states_swap_names_and_nothing_else(self, shipped):
        ledger, actors, law = shipped
        records = [
            one
            for one in ledger.records.values()
            if not {"RU", "SY"}.isdisjoint(one.population.places)
        ]
        before = _figures(records, actors, law)
        other = [swapped(one) for one in records]
        others = {name: swapped(one) for name, one in actors.items()}
        after = _figures(other, others, swapped(law))
        assert {one[0] for one in before} >= {"RU", "SY"}
        assert sorted((swap(one[0]), *one[1:]) for one in before) == sorted(after)


def _figures(records, actors: dict[str, Actor], law: Law):
    ledger = ledger_of(*records)
    days = Days(law)

    def ask(record):
        return question_of(record, actors, law)

    found = [
        *exemption_lags(ledger, actors, days, ask, AS_OF).lags,
        *restoration_lags(ledger, actors, days, ask, AS_OF).lags,
        *lengths_of(ledger, actors, AS_OF).lags,
    ]
    return [
        (one.value, one.kind, one.case, str(one.breadth), one.grade, one.n, one.n_open, one.records)
        for one in figures_of(found, "country")
    ]


def swap(text):
    head, dash, tail = text.partition("-")
    return {"RU": "SY", "SY": "RU"}.get(head, head) + dash + tail


def swapped(value):
    """Swap the codes of two states wherever a text is such a code."""

    def walk(one):
        if isinstance(one, str):
            return swap(one)
        if isinstance(one, dict):
            return {key: walk(each) for key, each in one.items()}
        if isinstance(one, list | tuple):
            return [walk(each) for each in one]
        return one

    return msgspec.convert(walk(msgspec.to_builtins(value)), type(value))


class TestTable:
    def test_a_provision_that_no_instrument_has_is_named(self, shipped, tmp_path):
        path = tmp_path / "lags.yaml"
        path.write_text(
            "regimes:\n- {id: a, name: A, places: [RU], base: no-such, base_kind: embargo, "
            "order: first, breadth: general, covers: c, why: w}\n"
        )
        with pytest.raises(DamagedDataError, match="no such provision: no-such"):
            lags_by_regime(load_regimes(path), shipped[2].versions, AS_OF)

    def test_an_unknown_word_names_its_field(self, tmp_path):
        path = tmp_path / "lags.yaml"
        path.write_text("regimes:\n- {id: a, base_kind: siege}\n")
        with pytest.raises(DamagedDataError) as caught:
            load_regimes(path)
        assert "base_kind" in str(caught.value)

    def test_every_place_is_one_of_the_base_provision(self, shipped, regimes):
        versions = shipped[2].versions
        for one in regimes.values():
            for day in (one.base, one.exemption):
                if day is not None and versions[day.provision][0].territory:
                    assert set(one.regime.places) <= set(versions[day.provision][0].territory)
