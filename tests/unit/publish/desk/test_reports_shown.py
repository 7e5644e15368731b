"""What users report stands on the pages of company, service and country, and names nobody."""

import re
import sqlite3
from datetime import date

import pytest
from litestar.testing import TestClient

from tests.unit.publish.desk.at_the_desk import ledger_edition
from tests.unit.publish.desk.filling import TODAY
from whocut.attribution.attribute import attribute
from whocut.attribution.bundle import Report
from whocut.attribution.join import Material, Subject, index_ledger, join
from whocut.attribution.rules import load_ruleset
from whocut.ledger.law.loading import load_law
from whocut.publish.desk.counts import CountRow, Counts, Grain, write_counts
from whocut.publish.desk.form import Happened
from whocut.publish.desk.report_evidence import evidence_of
from whocut.publish.edition.inputs import find_inputs
from whocut.publish.edition.ledger_source import read_source
from whocut.publish.edition.reading import Reading
from whocut.publish.edition.reports import ReportPages, published_counts, write_reports
from whocut.publish.site.app import make_app


def row(subject="github", country="IR", period="2020-Q1", **more) -> CountRow:
    told = {"kind": Happened.ACCOUNT_CLOSED, "at_least": 10}
    return CountRow(subject=subject, country=country, period=period, **{**told, **more})


ROWS = (
    row(),
    row(period="2021-Q2", at_least=5),
    row("some-shop.example", "UA-43", kind=Happened.PAYMENT_REFUSED),
)


@pytest.fixture
def pages(tmp_path):
    path = tmp_path / "reports.sqlite"
    connection = sqlite3.connect(path)
    write_reports(connection, ROWS)
    connection.commit()
    connection.close()
    return ReportPages(Reading(path))


def test_they_are_found_by_subject_and_by_country_the_newest_first(pages):
    assert [one.period for one in pages.of_subjects(["github", "none"])] == ["2021-Q2", "2020-Q1"]
    assert [one.subject for one in pages.of_country("UA")] == ["some-shop.example"]
    assert pages.of_country("RU") == []
    assert pages.of_subjects([]) == []


def test_new_counts_make_a_new_edition_and_a_broken_file_stops_none(tmp_path):
    def key():
        return find_inputs(None, tmp_path, None).key

    without = key()
    path = tmp_path / "desk-counts.json"
    write_counts(path, Counts(made=TODAY, grain=Grain.QUARTER, rows=ROWS))
    published = key()
    assert published != without
    assert published_counts(find_inputs(None, tmp_path, None).counts) == ROWS
    path.write_text("{broken")
    assert key() not in (without, published)
    assert published_counts(path) == ()


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    return ledger_edition(tmp_path_factory.mktemp("reports"), ROWS)


@pytest.mark.parametrize(
    ("address", "is_there"),
    [("/who/github", True), ("/d/github.com", True), ("/c/IR", True), ("/who/cogent", False)],
)
def test_pages_show_them_where_there_are_any(shown, address, is_there):
    app = make_app(lambda: shown, modules=("actor", "domain", "country"))
    with TestClient(app) as client:
        response = client.get(address)
        assert response.status_code == 200
        words = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.text))
        assert ("What users report" in words) is is_there
        assert ("&ge; 10" in words) is is_there


def test_reports_alone_are_evidence_and_name_nobody():
    source = read_source()
    index = index_ledger(source.ledger, source.actors, load_law().unions)
    reports = evidence_of([row("some-shop.example", "RU", at_least=100)])
    material = Material(index, reports=lambda _: reports)
    subject = Subject(country="RU", domain="some-shop.example")
    bundle = join(subject, material)
    (found,) = (one for one in bundle.evidence if isinstance(one, Report))
    assert found.n == 100
    finding = attribute(bundle, load_ruleset())
    assert finding.named == ()


def test_no_report_of_the_world_is_evidence_in_the_laboratory():
    source = read_source()
    index = index_ledger(source.ledger, source.actors, load_law().unions)
    material = Material(index, reports=lambda _: evidence_of([row()]))
    subject = Subject(country="XA", domain="a.example", origin="lab", since=date(2026, 1, 1))
    assert not any(isinstance(one, Report) for one in join(subject, material).evidence)
