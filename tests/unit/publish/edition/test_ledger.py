"""What the ledger's pages read: the same records, counts, law, lags and cards as the commands."""

from datetime import date
from pathlib import Path

import pytest

from tests.unit.publish.edition.writing import write_shipped_ledger, written
from whocut.ledger.counts import AXES, count_by
from whocut.ledger.filters import Filters, matching
from whocut.ledger.grade import grade_of_record
from whocut.ledger.harms import load_harms
from whocut.ledger.lags import figures_of, lengths_of
from whocut.ledger.law.assess import assess_span
from whocut.ledger.law.record_question import life_of, question_of
from whocut.ledger.record import OWN
from whocut.ledger.scorecard import GROUPS, Material, Standing, scorecard_of
from whocut.ledger.vocabulary import Action, Grade, GroundCategory, Kind, LedgerLayer, Sector
from whocut.publish.edition.ledger import ORDERS, LedgerPages
from whocut.publish.edition.ledger_rows import LedgerFilters
from whocut.publish.edition.ledger_source import LedgerSource, read_source
from whocut.publish.edition.ledger_tables import write_ledger
from whocut.publish.edition.progress import Progress
from whocut.publish.edition.reading import Reading


@pytest.fixture(scope="module")
def source() -> LedgerSource:
    return read_source()


@pytest.fixture(scope="module")
def pages(tmp_path_factory) -> LedgerPages:
    place = tmp_path_factory.mktemp("edition")
    return LedgerPages(Reading(written(place, write_shipped_ledger)))


ASKED = [
    ({}, {}),
    ({"country": "RU"}, {"country": "RU"}),
    ({"country": "UA"}, {"country": "UA"}),
    ({"country": "UA-43"}, {"country": "UA-43"}),
    ({"country": "WORLD"}, {"country": "WORLD"}),
    ({"actor": "cogent"}, {"actor": "cogent"}),
    ({"actor": "microsoft"}, {"actor": "microsoft"}),
    ({"actor": "Google"}, {"actor": "Google"}),
    ({"sector": "payment"}, {"sector": Sector.PAYMENT}),
    ({"layer": "account"}, {"layer": LedgerLayer.ACCOUNT}),
    ({"action": "geoblock"}, {"action": Action.GEOBLOCK}),
    ({"kind": "refusal"}, {"kind": Kind.REFUSAL}),
    ({"grade": "documented"}, {"grade": Grade.DOCUMENTED}),
    ({"ground": "sanctions_law"}, {"ground": GroundCategory.SANCTIONS_LAW}),
    ({"since": "2022-02", "until": "2022-03"}, {"since": "2022-02", "until": "2022-03"}),
    ({"since": "2024"}, {"since": "2024"}),
    ({"until": "2014-12-31"}, {"until": "2014-12-31"}),
    (
        {"country": "RU", "sector": "saas", "grade": "excerpt", "since": "2022"},
        {"country": "RU", "sector": Sector.SAAS, "grade": Grade.EXCERPT, "since": "2022"},
    ),
]


class TestFilters:
    @pytest.mark.parametrize(("shown", "asked"), ASKED, ids=lambda one: str(one)[:40])
    def test_the_same_records_as_the_command(self, source, pages, shown, asked):
        wanted = {one.id for one in matching(source.ledger, source.actors, Filters(**asked))}
        found, total = pages.rows(LedgerFilters(**shown), rows=10_000)
        assert {one.id for one in found} == wanted
        assert total == len(wanted)

    def test_words_all_stand_in_the_record_from_their_beginning(self, source, pages):
        for words in ("cogent backbone", "GITHUB iran", "sberb"):
            found, _ = pages.rows(LedgerFilters(q=words), rows=10_000)
            within = {one.id for one in matching(source.ledger, source.actors, Filters(text=words))}
            assert found
            assert {one.id for one in found} <= within

    @pytest.mark.parametrize(
        "asked",
        [
            {"country": "no such"},
            {"sector": "x' OR 1=1 --"},
            {"actor": "nobody is called so"},
            {"since": "no date"},
            {"since": "2024", "until": "2020"},
            {"q": '"'},
            {"q": "zzzzqqqq"},
        ],
        ids=str,
    )
    def test_what_is_no_value_finds_nothing(self, pages, asked):
        assert pages.rows(LedgerFilters(**asked)) == ([], 0)

    def test_words_of_the_index_itself_are_words(self, pages):
        for words in ("AND OR NOT", 'NEAR("a b")', "words: rowid", "cogent*", "^cogent"):
            pages.rows(LedgerFilters(q=words))

    def test_pages_part_the_list_without_loss(self, pages):
        whole, total = pages.rows(rows=10_000)
        parted = [one for page in range(1, 9) for one in pages.rows(page=page)[0]]
        assert total == len(whole)
        assert parted == whole

    def test_the_newest_come_first_and_the_undated_last(self, pages):
        days = [one.first_day for one in pages.rows(rows=10_000)[0]]
        dated = [day for day in days if day is not None]
        assert days[: len(dated)] == dated
        assert dated[0] == max(dated)

    @pytest.mark.parametrize("country", ["", "RU"])
    def test_every_order_has_all_of_them_in_that_order(self, pages, country):
        asked = LedgerFilters(country=country)
        listed = {order: _all_of(pages, asked, order) for order in ORDERS}
        newest = listed["newest"]
        assert newest
        assert all(sorted(one) == sorted(newest) for one in listed.values())
        assert listed["id"] == sorted(newest)
        rows = {one.id: one for one in pages.rows(asked, 1, 1000)[0]}
        grades = [rows[id_].grade for id_ in listed["grade"]]
        assert grades == sorted(grades, key=list(Grade).index)
        for grade in Grade:
            own = [id_ for id_ in listed["grade"] if rows[id_].grade is grade]
            assert own == [id_ for id_ in newest if rows[id_].grade is grade]
        dated = [id_ for id_ in newest if rows[id_].first_day is not None]
        undated = [id_ for id_ in newest if rows[id_].first_day is None]
        assert listed["oldest"] == [*dated[::-1], *undated[::-1]]


def _all_of(pages: LedgerPages, asked: LedgerFilters, order: str) -> list[str]:
    """Walk the list by pages of seven."""
    found: list[str] = []
    while own := pages.rows(asked, -(-len(found) // 7) + 1, 7, order=order)[0]:
        found += [one.id for one in own]
    return found


class TestRecords:
    def test_every_record_is_there_whole(self, source, pages):
        for id_, record in source.ledger.records.items():
            assert pages.record(id_) == record
            row = pages.row(id_)
            assert row.grade is grade_of_record(record)
            assert pages.whole(id_).row == row

    def test_every_source_that_a_record_names_is_there(self, source, pages):
        for id_, record in source.ledger.records.items():
            found = pages.sources(id_)
            assert {*record.sources} <= {*found}
            for one in (record.sector, record.action, record.layer):
                for key in (*one.from_, *one.among):
                    assert found[key] == source.ledger.source(record, key), (id_, key)
        assert any(OWN in pages.sources(id_) for id_ in source.ledger.records)

    def test_ties_are_seen_from_both_ends(self, source, pages):
        ties = [
            (record.id, edge.kind, edge.to)
            for record in source.ledger.records.values()
            for edge in record.edges
            if edge.to in source.ledger.records
        ]
        assert ties
        for id_, kind, other in ties:
            seen = [(one.kind, one.other, one.is_incoming) for one in pages.ties(other)]
            assert (kind, id_, True) in seen

    def test_lists_of_a_country_an_actor_a_domain_and_a_network(self, source, pages):
        cogent = pages.row("2022-03-cogent-ru")
        assert cogent in pages.of_country("RU")
        assert cogent in pages.of_actor("cogent")
        assert cogent in pages.of_asn(174)
        record = next(one for one in source.ledger.records.values() if one.domains)
        assert pages.row(record.id) in pages.of_domain(record.domains[0].domain)
        assert pages.record("no-such") is None
        assert pages.of_actor("no-such") == []

    def test_who_holds_a_domain_or_a_network(self, pages):
        assert "github" in [one.id for one in pages.actor_of_domain("gist.github.com")]
        assert "cogent" in [one.id for one in pages.actor_of_network(174)]
        assert pages.actor_of_network(1) == []


class TestCounts:
    @pytest.mark.parametrize("axis", AXES)
    def test_counts_are_those_of_the_command(self, source, pages, axis):
        records = list(source.ledger.records.values())
        assert dict(pages.counts(axis)) == count_by(axis, records, source.actors)

    def test_counts_within_a_filter(self, source, pages):
        some = matching(source.ledger, source.actors, Filters(country="RU", since="2022"))
        asked = LedgerFilters(country="RU", since="2022")
        counted = count_by("sector", some, source.actors)
        assert pages.counts("sector", asked) == list(counted.items())


class TestLawAndLags:
    def test_the_law_of_every_day_is_that_of_the_command(self, source, pages):
        newest = pages.facts.newest
        for id_ in ("2022-03-cogent-ru", "2019-07-github-multi", "2022-03-rt-sputnik-eu"):
            record = source.ledger.records.get(id_)
            if record is None:
                continue
            question = question_of(record, source.actors, source.law)
            wanted = assess_span(source.law, question, *life_of(record, newest))
            found = pages.law(id_)
            assert [(one.start, one.end, one.assessment) for one in found.spans] == wanted
        assert pages.law("2022-03-cogent-ru").spans
        assert pages.law("no-such") is None

    def test_an_instrument_lists_the_records_it_decides(self, source, pages):
        for row in pages.instruments():
            page = pages.instrument(row.id)
            assert page.family.id == row.id
            assert len(pages.of_instrument(row.id, 10_000)) == row.n_records
            for version in page.family.versions:
                assert pages.instrument(version.id) == page
        assert pages.instrument("no-such") is None

    def test_lags_are_those_of_the_command(self, source, pages):
        lags = lengths_of(source.ledger, source.actors, pages.facts.newest)
        wanted = [(one.value, one.grade, one.n) for one in figures_of(lags.lags, "country")]
        found = pages.lags("country").figures["length"]
        assert [(one.value, one.grade, one.n) for one in found] == wanted
        assert pages.lag_rows("length", rows=1)[1] == len(lags.lags)
        assert pages.lags("colour") is None

    def test_cards_are_those_of_the_command(self, source, pages):
        material = Material(
            ledger=source.ledger,
            actors=source.actors,
            harms=load_harms(),
            versions=source.law.versions,
        )
        for country in ("RU", "IR", "UA"):
            wanted = scorecard_of(material, country, pages.facts.newest)
            found = pages.scorecard(country)
            for call, card in zip(found.calls, wanted.calls, strict=True):
                counted = {
                    (one.standing, one.group, grade): getattr(one.count, grade.value)
                    for one in call.counts
                    for grade in Grade
                }
                for standing in Standing:
                    for group in GROUPS:
                        for grade in Grade:
                            n = card.count(standing, group, grade)
                            assert counted.get((standing, group, grade), 0) == n
                assert call.provisions == card.provisions
        assert pages.scorecard("QQ") is None


class TestBadFiles:
    def test_a_broken_file_is_a_fault_and_the_rest_is_there(self, source, tmp_path):
        root = tmp_path / "ledger"
        for id_ in ("2022-03-cogent-ru", "2019-07-github-multi"):
            _copy(source.ledger.files[id_], root)
        broken = root / "2022" / "2022-broken.yaml"
        broken.write_text("id: [", "utf-8")
        undated = (root / "2022" / "2022-03-cogent-ru.yaml").read_text("utf-8")
        path = root / "2022" / "2022-undated.yaml"
        path.write_text(
            undated.replace("id: 2022-03-cogent-ru", "id: 2022-undated").replace(
                "2022-03-04", "2022-13-44"
            ),
            "utf-8",
        )
        retracted = undated.replace("id: 2022-03-cogent-ru", "id: 2022-retracted")
        path = root / "2022" / "2022-retracted.yaml"
        path.write_text(f"{retracted}retracted: {{'on': 'some day', reason: Wrong.}}\n", "utf-8")
        read = read_source(root)
        pages = LedgerPages(
            Reading(written(tmp_path, lambda to: write_ledger(to, read, Progress())))
        )
        assert pages.facts.n_records == 2
        assert {one.file for one in pages.facts.faults} == {
            "2022/2022-broken.yaml",
            "2022/2022-retracted.yaml",
            "2022/2022-undated.yaml",
        }
        assert all(one.reason for one in pages.facts.faults)

    def test_an_empty_ledger_has_empty_pages(self, tmp_path):
        (tmp_path / "ledger").mkdir()
        read = read_source(tmp_path / "ledger")
        pages = LedgerPages(
            Reading(written(tmp_path, lambda to: write_ledger(to, read, Progress())))
        )
        assert pages.rows() == ([], 0)
        assert pages.facts.newest == date.min
        assert pages.counts("country") == []


def _copy(path: Path, root: Path) -> None:
    to = root / path.parent.name / path.name
    to.parent.mkdir(parents=True, exist_ok=True)
    to.write_bytes(path.read_bytes())
