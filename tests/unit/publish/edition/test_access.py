"""What the measurements' pages read: the answers of the command line from the same snapshot."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.unit.cli.celled import (
    FIRST,
    cell,
    celled_observatory,
    cells,
    lay_cells,
    measured,
    networks,
    spans,
    tallies_of,
)
from tests.unit.publish.edition.writing import written
from tests.unit.store.building import blank, put
from whocut.access.period import Question
from whocut.cli.country_cells import country_cells
from whocut.cli.network_tallies import network_found
from whocut.cli.who_cells import cells_of
from whocut.publish.edition.access import AccessPages
from whocut.publish.edition.access_tables import write_access
from whocut.publish.edition.progress import Progress
from whocut.publish.edition.reading import Reading
from whocut.store.observatory import Observatory

RUN_LENGTH = timedelta(weeks=20)


def pages_of(observatory: Path, place: Path) -> AccessPages:
    with Observatory(observatory).snapshot() as snapshot:
        path = written(place, lambda to: write_access(to, snapshot, Progress()))
    return AccessPages(Reading(path))


@pytest.fixture(scope="module")
def observatory(tmp_path_factory) -> Path:
    return celled_observatory(tmp_path_factory.mktemp("celled") / "observatory")


@pytest.fixture(scope="module")
def pages(observatory, tmp_path_factory) -> AccessPages:
    return pages_of(observatory, tmp_path_factory.mktemp("edition"))


PAIRS = sorted({(row["probe_cc"], row["target"]) for row in cells()})


class TestTheSameAsWho:
    @pytest.mark.parametrize(("country", "target"), PAIRS)
    def test_answer_weeks_and_evidence(self, observatory, pages, country, target):
        with Observatory(observatory).snapshot() as snapshot:
            said = cells_of(snapshot, Question(country, target))
        shown = pages.pair(country, target)
        assert said is not None
        assert shown is not None
        for name in ("answer", "week", "n", "shortfall", "mechanism", "p_cut", "n_networks"):
            assert getattr(shown.row, name) == said.cell[name], name
        assert (shown.since, shown.until) == (said.period.since, said.period.until)
        assert (shown.later, shown.n_before) == (said.later, said.n_before)
        assert [one.week for one in shown.history][-len(said.history) :] == [
            row["week"] for row in said.history
        ]
        assert [(one.cause, one.onset, one.end) for one in shown.spans] == [
            (row["cause"], row["onset"], row["end"]) for row in said.spans
        ]
        assert [
            (one.asn, one.outcome, one.mechanism, one.n, one.first_day) for one in shown.networks
        ] == [
            (row["probe_asn"], row["outcome"], row["mechanism"], row["n"], row["first_day"])
            for row in said.networks()
        ]

    @pytest.mark.parametrize(("country", "target"), PAIRS)
    def test_statements_rest_on_the_same_rules_and_measurements(
        self, observatory, pages, country, target
    ):
        with Observatory(observatory).snapshot() as snapshot:
            said = cells_of(snapshot, Question(country, target))
        shown = pages.pair(country, target)
        assert [(one.outcome, one.mechanism, one.n) for one in shown.statements] == [
            (one.statement.outcome, one.statement.mechanism, one.statement.n) for one in said.points
        ]
        for one, point in zip(shown.statements, said.points, strict=True):
            if one.rules:
                assert (one.rules, one.doubt) == (point.rules, point.doubt)
                assert one.measurements == point.measurements

    def test_a_cut_tells_its_rule_and_doubt(self, pages):
        statement = pages.pair("RU", "example.org").statements[0]
        assert statement.rules == ("tls.reset.sni",)
        assert statement.doubt == "A reset shows no sender."
        assert statement.measurements

    def test_a_listed_row_is_the_row_of_its_page(self, pages):
        for country, target in PAIRS:
            assert pages.pair_row(country, target) == pages.pair(country, target).row

    def test_country_stands_as_in_the_command(self, observatory, pages):
        with Observatory(observatory).snapshot() as snapshot:
            said = country_cells(snapshot, Question("RU"))
        summary = pages.summary("RU")
        assert summary.answers == said.answers
        assert summary.n_networks == said.networks
        assert pages.country("RU").outcomes == said.outcomes
        listed, total = pages.targets("RU")
        assert total == len(said.standings)
        assert [one.target for one in listed] == [one.cell["target"] for one in said.standings]

    def test_network_stands_as_in_the_command(self, observatory, pages):
        for asn in (64500, 64501, 64502):
            with Observatory(observatory).snapshot() as snapshot:
                said = network_found(snapshot, asn, "RU", None, None)
            (shown,) = [one for one in pages.network(asn).countries if one.country == "RU"]
            assert shown.outcomes == said.outcomes
            assert shown.others == said.others
            assert [
                (one.target, one.kind, one.n, one.n_cut, one.others_cut, one.others_networks)
                for one in shown.targets
            ] == [
                tuple(
                    row[name]
                    for name in ("target", "kind", "n", "n_cut", "others_cut", "others_networks")
                )
                for row in said.targets
            ]


class TestLists:
    def test_lists_are_paged_and_filtered(self, pages):
        first, total = pages.targets("RU", page=1, rows=2)
        second, again = pages.targets("RU", page=2, rows=2)
        assert total == again == 4
        assert len(first) == len(second) == 2
        assert {one.target for one in first}.isdisjoint(one.target for one in second)
        cut, n = pages.targets("RU", answer="cut")
        assert n == len(cut) == sum(one.is_cut for one in first + second) == 2
        served, _ = pages.targets("RU", answer="served")
        assert {one.answer for one in served} == {"served"}

    def test_a_target_in_every_country(self, pages):
        found = pages.target("example.org")
        assert [(one.country, one.answer) for one in found] == [
            ("IR", "served"),
            ("KZ", "refused_service"),
            ("RU", "interfered"),
        ]
        assert pages.target("nowhere.example") == []

    def test_nothing_is_told_of_what_was_not_measured(self, pages):
        assert pages.pair("RU", "nowhere.example") is None
        assert pages.pair("XX", "example.org") is None
        assert pages.country("XX") is None
        assert pages.network(1) is None
        assert pages.gap("XX") is None
        assert pages.gap_members("XX") == []
        assert pages.targets("XX") == ([], 0)

    def test_changes_come_newest_first(self, pages):
        (only,) = pages.recent(10)
        assert (only.country, only.target, only.kind) == ("RU", "example.org", "onset")
        assert only.week == FIRST + timedelta(weeks=4)
        assert pages.recent(10, "IR") == []
        assert pages.changes("RU", kind="onset") == ([only], 1)
        assert pages.changes("RU", kind="end") == ([], 0)

    def test_what_settles_it_names_networks_that_measure(self, pages):
        assert set(pages.pair("RU", "lone.example").other_networks) == {
            64500,
            64501,
            64502,
            64510,
        } - {one.asn for one in pages.pair("RU", "lone.example").networks}

    def test_facts_tell_the_snapshot(self, observatory, pages):
        with Observatory(observatory).snapshot() as snapshot:
            assert pages.facts.sequence == snapshot.manifest.sequence
            assert pages.facts.content == snapshot.manifest.content
        assert pages.facts.last_week == FIRST + timedelta(weeks=8)
        assert pages.pair("RU", "example.org").snapshot == pages.facts.sequence


class TestWorldAndLaboratory:
    def test_the_laboratory_stays_apart(self, tmp_path):
        made = measured()
        put(Observatory(tmp_path / "o"), a=made)
        lab = [
            cell("example.org", 8, "refused_service", origin="lab"),
            cell("only.lab", 8, "interfered", origin="lab"),
            cell("example.org", 8, "interfered", origin="lab", probe_cc="XA"),
        ]
        tables = {"cell": cells() + lab, "tally": tallies_of(made), "span": spans()}
        lay_cells(tmp_path / "o", tables | {"network_week": networks()})
        pages = pages_of(tmp_path / "o", tmp_path)
        pair = pages.pair("RU", "example.org")
        assert (pair.row.answer, pair.row.origin) == ("interfered", "ooni")
        assert pair.lab_weeks_left_out == 1
        assert pages.pair_row("RU", "only.lab").is_lab
        assert pages.summary("XA").is_lab
        assert not pages.summary("RU").is_lab
        assert pages.summary("RU").n_targets == 4
        assert "only.lab" not in [one.target for one in pages.targets("RU")[0]]
        assert pages.targets("RU", answer="cut")[1] == pages.summary("RU").n_cut

    def test_targets_not_measured_lately_are_told_apart(self, tmp_path):
        old = [cell("old.example", week, "interfered") for week in range(2)]
        new = [cell("new.example", week, "served") for week in range(18, 20)]
        lay_cells(tmp_path / "o", {"cell": old + new})
        pages = pages_of(tmp_path / "o", tmp_path)
        listed, _ = pages.targets("RU")
        assert [(one.target, one.is_older) for one in listed] == [
            ("new.example", False),
            ("old.example", True),
        ]
        assert pages.summary("RU").n_targets == 1
        assert pages.summary("RU").n_older == 1

    def test_an_observatory_without_cells_has_pages_without_measurements(self, tmp_path):
        put(Observatory(tmp_path / "o"), a=measured())
        pages = pages_of(tmp_path / "o", tmp_path)
        assert pages.countries() == []
        assert pages.facts.n_verdicts > 0
        assert pages.recent(5) == []


class TestSlowdowns:
    def test_slow_weeks_stand_with_the_pair(self, tmp_path):
        slow = [
            blank(
                "slowdown",
                probe_cc="RU",
                target="example.org",
                week=FIRST + timedelta(weeks=week),
                answer=answer,
                n=9,
            )
            for week, answer in enumerate(("none", "throttled", "insufficient", "stalled"))
        ]
        lay_cells(tmp_path / "o", {"cell": cells(), "slowdown": slow})
        pair = pages_of(tmp_path / "o", tmp_path).pair("RU", "example.org")
        assert [one.answer for one in pair.slowdowns] == ["throttled", "stalled"]
        assert isinstance(pair.slowdowns[0].week, date)
