"""What a country's page is put together from: time, counts by grade, the law in force."""

from datetime import date

import pytest

from tests.unit.publish.site.pages.rows import record_row
from whocut.access.cells import MODEL
from whocut.access.targets import load_targets
from whocut.i18n.language import Language
from whocut.i18n.text import text_in
from whocut.ledger.counts import ByGrade
from whocut.ledger.load import load_ledger
from whocut.ledger.sentences import Voice
from whocut.ledger.vocabulary import Grade, Kind
from whocut.publish.edition.access_rows import CountryWeek
from whocut.publish.edition.ledger_countries import (
    LedgerDays,
    actor_groups,
    by_actor_group,
    by_jurisdiction,
    count_country,
    days_of_records,
)
from whocut.publish.edition.ledger_rows import RecordRow
from whocut.publish.site.cell_sentences import (
    chance,
    shortfall_step,
    shortfall_words,
    target_class_words,
)
from whocut.publish.site.country_time import TimeAxis, time_axis
from whocut.publish.site.law_of_country import Does, law_in_force, union_of
from whocut.publish.site.places import is_in, place_name

ENGLISH = text_in(Language.EN)
TODAY = date(2024, 3, 1)


def axis_of(rows: list[RecordRow], *, year: int = 0) -> TimeAxis | None:
    return time_axis(ENGLISH, days_of_records(rows), (), (), year=year)


class TestTime:
    def test_grades_have_lanes_of_their_own(self, told):
        rows = [record_row(told, "a"), record_row(told, "b", grade=Grade.LEAD)]
        rows.append(record_row(told, "c", grade=Grade.EXCERPT))
        axis = axis_of(rows)
        assert axis is not None
        assert axis.columns == (
            "Documented, by companies",
            "On one excerpt",
            "Leads, not confirmed",
        )
        (row,) = axis.rows
        assert row.cells == ("1", "1", "1")

    def test_states_and_companies_share_one_scale(self, told):
        rows = [record_row(told, str(n)) for n in range(10)]
        rows.append(record_row(told, "state", actor_kinds=("state",)))
        axis = axis_of(rows)
        heights = {row.label: max(bar.height for bar in row.bars) for row in axis.chart.rows}
        assert heights["Documented, by companies"] == pytest.approx(
            10 * heights["Documented, by states and courts"]
        )

    def test_a_week_without_targets_and_a_stretch_without_weeks(self):
        weeks = [CountryWeek(date(2024, 1, 1), 4, {"interfered": 1, "served": 3})]
        axis = time_axis(ENGLISH, LedgerDays(), weeks, [date(2022, 3, 1)])
        cells = {row.stretch.label: row.cells for row in axis.rows}
        assert cells["Q1 24"] == ("1 of 4", "")
        assert cells["Q1 22"] == ("", "1")
        assert "Q1 23" not in cells

    def test_what_is_no_cut_or_retracted_is_in_no_lane_of_cuts(self, told):
        rows = [record_row(told, str(kind), kind=kind) for kind in (Kind.REFUSAL, Kind.RUMOUR)]
        rows.append(record_row(told, "r", is_retracted=True))
        axis = axis_of(rows)
        assert axis.columns == ()
        assert axis.n_undated == 1

    def test_long_ago_is_counted_and_not_drawn(self, told):
        rows = [record_row(told, "a", first_day=date(1998, 1, 1)), record_row(told, "b")]
        axis = axis_of(rows)
        assert axis.n_earlier == 1
        assert axis.rows[0].stretch.label == "2022"

    def test_a_year_has_twelve_months(self, told):
        axis = axis_of([record_row(told, "a")], year=2022)
        assert [row.stretch.label for row in axis.rows] == ["Mar 22"]
        assert axis.rows[0].stretch.last == date(2022, 3, 31)

    def test_nothing_dated_is_no_axis(self, told):
        assert axis_of([record_row(told, "a", first_day=None)]) is None


class TestWho:
    @pytest.mark.parametrize("voice", [Voice.DISPUTED, Voice.OPEN, Voice.MEASURED, Voice.DENIED])
    def test_what_is_not_settled_is_nobodys(self, told, voice):
        assert actor_groups(record_row(told, "a", voice=voice)) == ("not_established",)

    def test_counts_are_by_grade(self, told):
        rows = [record_row(told, "a"), record_row(told, "b", grade=Grade.LEAD)]
        rows.append(record_row(told, "c", kind=Kind.RESTORATION))
        (group,) = by_actor_group(rows)
        assert (group.name, group.count) == ("company", ByGrade(documented=1, lead=1))

    def test_a_country_is_counted_by_kind_and_grade(self, told):
        rows = [
            record_row(told, "a"),
            record_row(told, "b", grade=Grade.LEAD, ended="2023", first_day=date(2023, 5, 1)),
            record_row(told, "c", kind=Kind.REFUSAL),
            record_row(told, "d", kind=Kind.RESTORATION),
            record_row(told, "e", is_retracted=True),
        ]
        found = count_country(rows)
        assert (found.n, found.is_cut_short) == (5, False)
        assert found.cuts == ByGrade(documented=1, lead=1)
        assert found.in_force == ByGrade(documented=1)
        assert found.newest == date(2023, 5, 1)
        assert (found.refusals, found.restorations) == (ByGrade(documented=1),) * 2
        assert found.sectors == {"developer_platform": ByGrade(documented=1, lead=1)}

    def test_two_deciders_count_for_both_jurisdictions(self, told):
        rows = [record_row(told, "a", jurisdictions=("US", "DE"))]
        assert [one.name for one in by_jurisdiction(rows)] == ["DE", "US"]


class TestLaw:
    def test_in_force_that_day(self):
        found = {one.version.id for one in law_in_force("RU", date(2022, 4, 8))}
        assert "us-russia-gl25" in found
        assert "us-russia-gl25" not in {
            one.version.id for one in law_in_force("RU", date(2022, 4, 6))
        }

    def test_its_own_law_is_its_own_whoever_it_is(self):
        for country, own in (
            ("RU", "ru-272-fz"),
            ("UA", "ua-sanctions-law"),
            ("GB", "uk-osa-2023"),
        ):
            does = {one.version.id: one.does for one in law_in_force(country, TODAY)}
            assert does[own] is Does.OWN_LAW

    def test_a_part_of_a_country_is_named(self):
        (found,) = (one for one in law_in_force("UA", TODAY) if one.version.id == "us-eo-13685")
        assert found.places == ("UA-43", "UA-40")

    def test_unions_by_day(self):
        assert union_of("DE", TODAY) == ("EU",)
        assert union_of("RU", TODAY) == ()
        assert union_of("GB", date(2019, 1, 1)) == ("EU",)
        assert union_of("GB", TODAY) == ()


class TestWords:
    def test_every_shortfall_of_the_model_has_words_and_a_step(self):
        for one in MODEL.shortfall:
            assert shortfall_words(ENGLISH, one.id) != one.id
            assert shortfall_step(ENGLISH, one.id)

    def test_every_class_of_targets_has_a_name(self):
        for one in load_targets().classes:
            assert target_class_words(ENGLISH, one.id) != one.id

    @pytest.mark.parametrize(
        ("p", "words"), [(0.0, "under 1%"), (1.0, "over 99%"), (0.5, "50%"), (0.004, "under 1%")]
    )
    def test_nothing_is_certain(self, p, words):
        assert chance(ENGLISH, p) == words

    def test_places(self):
        assert place_name(ENGLISH, "UA-43") == "Ukraine (UA-43)"
        assert place_name(ENGLISH, "WORLD") == "the whole world"
        assert place_name(ENGLISH, "XA") == "emulated country XA"
        assert place_name(ENGLISH, "XK") == "Kosovo"
        assert is_in("UA-43", "UA")
        assert not is_in("UAE", "UA")

    def test_every_place_of_the_ledger_has_a_name(self):
        places = {p for one in load_ledger().records.values() for p in one.population.places}
        assert all(place_name(ENGLISH, place) != place for place in places)
