"""Scorecards: how a record stands on a day, by whom, by grade; two states swapped change names."""

from datetime import date

import pytest
from msgspec.structs import replace

from tests.unit.ledger.recording import ledger_of, made_record, source
from tests.unit.ledger.test_lags import dated, restoring, swap, swapped
from whocut.ledger.actors import load_actors
from whocut.ledger.harms import load_harms
from whocut.ledger.law import load_law
from whocut.ledger.load import load_ledger
from whocut.ledger.scorecard import (
    GROUPS,
    NOT_ESTABLISHED,
    Material,
    Standing,
    cards_of_all,
    scorecard_of,
    wide_places,
)
from whocut.ledger.vocabulary import Grade

DAY = date(2026, 6, 13)


def material(*records, actors=None):
    return Material(
        ledger=ledger_of(*records),
        actors=load_actors() if actors is None else actors,
        harms=load_harms(),
        versions=load_law().versions,
    )


def standing(*records, country="RU", day=DAY, of=None):
    card = scorecard_of(material(*records), country, day)
    wanted = of or records[0].id
    found = {
        entry.standing for one in card.calls for entry in one.entries if entry.record == wanted
    }
    assert len(found) <= 1
    return found.pop() if found else None


def shipped():
    return Material(
        ledger=load_ledger(),
        actors=load_actors(),
        harms=load_harms(),
        versions=load_law().versions,
    )


class TestStanding:
    def test_in_force_ended_and_not_begun(self):
        cut = dated(effective="2022-03-04", ended="2022-03-10")
        assert standing(cut, day=date(2022, 3, 5)) is Standing.IN_FORCE
        assert standing(cut) is Standing.ENDED
        assert standing(cut, day=date(2022, 3, 3)) is None

    def test_an_imprecise_end_leaves_it_unsure(self):
        cut = dated(effective="2022-03-04", ended="2022")
        assert standing(cut, day=date(2022, 6, 1)) is Standing.UNSURE

    def test_announced_and_not_told_to_have_taken_effect(self):
        assert standing(dated(announced="2022-03-04")) is Standing.UNSURE

    def test_announced_for_a_later_day(self):
        cut = dated(announced="2022-03-04", effective="2022-04-01")
        assert standing(cut, day=date(2022, 3, 10)) is None

    def test_restored_here_and_not_there(self):
        cut = dated(places=("IR", "SY"), effective="2019-07-25")
        back = restoring(cut.id, "2021-01-05", ["IR"])
        assert standing(cut, back, country="IR") is Standing.RESTORED
        assert standing(cut, back, country="SY") is Standing.IN_FORCE
        assert standing(cut, back, country="IR", day=date(2020, 1, 1)) is Standing.IN_FORCE
        assert standing(cut, back, country="IR", of=back.id) is None

    def test_an_end_that_may_be_of_other_places_is_unsure_here(self):
        cut = dated(places=("IR", "SY"), effective="2019-07-25", ended="2021-01-05")
        back = restoring(cut.id, "2021-01-05", ["IR"])
        assert standing(cut, back, country="SY") is Standing.UNSURE

    def test_restored_by_one_of_two_is_unsure_and_the_return_is_counted(self):
        deciders = [{"actor": one, "from": ["s1"]} for one in ("acme", "other")]
        cut = made_record(
            parties={"decider": deciders},
            dates={"effective": [{"on": "2022-03-04", "from": ["s1"]}]},
        )
        back = restoring(cut.id, "2023-05-20", ["RU"])
        assert standing(cut, back) is Standing.UNSURE
        assert standing(cut, back, of=back.id) is Standing.RESTORED

    @pytest.mark.parametrize(
        "more",
        [
            {"kind": "rumour"},
            {"retracted": {"on": "2023-01-01", "reason": "A mistake."}},
            {"carried_out": {"value": "no", "from": ["s1"]}},
        ],
    )
    def test_what_is_not_counted_is_listed(self, more):
        card = scorecard_of(material(made_record(**more)), "RU", DAY)
        assert card.not_counted == ("2022-03-acme-ru",)
        assert not any(one.entries for one in card.calls)

    def test_a_refusal(self):
        action = {"value": "refusal_to_cut", "from": ["s1"]}
        assert standing(made_record(kind="refusal", action=action)) is Standing.REFUSED


class TestWho:
    def test_what_is_disputed_is_nobodys(self):
        hypotheses = [
            {"actor": "acme", "claim": "It did.", "claimant": "sources", "from": ["s1"]},
            {"actor": "nobody", "claim": "A fault.", "claimant": "acme", "from": ["s1"]},
        ]
        record = made_record(
            attribution={"status": "disputed", "hypotheses": hypotheses, "from": ["s1"]}
        )
        (entry,) = scorecard_of(material(record), "RU", DAY).calls[0].entries
        assert entry.groups == (NOT_ESTABLISHED,)

    def test_youtube_2024_is_on_the_card_of_nobody(self):
        card = scorecard_of(shipped(), "RU", DAY)
        entries = [one for one in card.calls[0].entries if one.record.startswith("2024-07-rkn-you")]
        assert [one.groups for one in entries] == [(NOT_ESTABLISHED,)]

    def test_grades_are_never_added(self):
        lead = made_record("2022-03-lead-ru", sources={"s1": source(read="linked")})
        card = scorecard_of(material(made_record(), lead), "RU", DAY)
        one = card.calls[0]
        assert [one.count(Standing.UNSURE, "other", grade) for grade in Grade] == [0, 1, 1]

    def test_provisions_are_those_in_force_that_day(self):
        before = scorecard_of(material(made_record()), "RU", date(2025, 12, 16)).calls[0]
        after = scorecard_of(material(made_record()), "RU", date(2025, 12, 17)).calls[0]
        assert "unga-wsis20-2025" not in before.provisions["state"]
        assert "unga-wsis20-2025" in after.provisions["state"]
        assert set(after.provisions) == {one for one in GROUPS if one != NOT_ESTABLISHED}


class TestAll:
    def test_each_card_is_that_of_its_country(self):
        one = shipped()
        cards = {card.country: card for card in cards_of_all(one, DAY)}
        assert list(cards) == sorted(cards)
        for country in ("RU", "UA", "IR", "US", "EU"):
            assert cards[country] == scorecard_of(one, country, DAY)

    def test_every_record_stands_on_a_card_or_is_listed(self):
        one = shipped()
        told = set()
        for card in cards_of_all(one, DAY):
            told |= {entry.record for call in card.calls for entry in call.entries}
            told |= {*card.not_counted, *card.without_call}
        missing = set(one.ledger.records) - told
        assert {one.ledger.records[name].kind.value for name in missing} <= {"restoration"}

    def test_what_names_everybody_is_on_no_countrys_card(self):
        wide = made_record(population={"places": ["WORLD"], "from": ["s1"]})
        assert not scorecard_of(material(wide), "RU", DAY).calls[0].entries
        assert wide_places(ledger_of(wide))["WORLD"] == [wide]

    def test_swapped_states_swap_names_and_nothing_else(self):
        one = shipped()
        other = replace(
            one,
            ledger=ledger_of(
                *(swapped(record) for record in one.ledger.records.values()),
                shared=dict(one.ledger.shared_sources),
            ),
            actors={name: swapped(actor) for name, actor in one.actors.items()},
        )
        before = {card.country: card.calls for card in cards_of_all(one, DAY)}
        after = {card.country: card.calls for card in cards_of_all(other, DAY)}
        assert {swap(country): calls for country, calls in before.items()} == after
        assert before["RU"] != before["SY"]
