"""Findings of an edition on the laboratory's captures: each outcome, the pages, made again."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from litestar.testing import TestClient

from whocut.attribution.attribute import attribute
from whocut.attribution.rules import load_ruleset
from whocut.attribution.vocabulary import HypothesisId, Status
from whocut.cli.app import main
from whocut.publish.edition.build import build_edition
from whocut.publish.edition.edition import Edition
from whocut.publish.edition.finding_rows import FindingRow
from whocut.publish.edition.opening import open_edition
from whocut.publish.site.app import make_app

SERIES = Path(__file__).resolve().parents[2] / "examples" / "lab" / "series"
SERVICE, EDGE, STATE, OUTAGE, BOT, NO_CUT = (
    HypothesisId.SERVICE_DECIDED,
    HypothesisId.EDGE_DECIDED,
    HypothesisId.STATE_INTERFERES,
    HypothesisId.OUTAGE,
    HypothesisId.BOT_CHECK,
    HypothesisId.NO_CUT,
)
HOLDS = {
    "origin-403-country": {SERVICE},
    "origin-451": {SERVICE},
    "dns-bogon": {STATE},
    "http-blockpage-clear": {STATE},
    "two-causes": {SERVICE, STATE},
    "server-down": {OUTAGE},
    "vantage-offline": {OUTAGE},
    "bot-challenge": {BOT},
    "healthy": {NO_CUT},
    "rotating-cdn": {NO_CUT},
    # Cut off by whom is not shown, and nothing is said.
    "origin-403-bare": set(),
    "rst-on-sni": set(),
    "server-tcp-drop": set(),
    "one-isp-blocks": set(),
}
"""What the finding of the time in which it was cut off holds; of the edge see below."""


def truth() -> dict[str, str]:
    with (SERIES / "truth.csv").open() as file:
        return {row["scenario"]: row["host"].removeprefix("www.") for row in csv.DictReader(file)}


@pytest.fixture(scope="module")
def observatory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("findings") / "observatory"
    captures = sorted(map(str, SERIES.glob("*.zst")))
    options = [
        "--extra-root",
        str(SERIES / "root.pem"),
        "--prefixes",
        str(SERIES / "prefix2as.txt"),
    ]
    assert main(["ingest", *captures, *options, "--observatory", str(place), "-q"]) == 0
    return place


@pytest.fixture(scope="module")
def edition(observatory: Path) -> Edition:
    return open_edition(build_edition(observatory))


@pytest.fixture(scope="module")
def site(edition: Edition):
    with TestClient(make_app(lambda: edition, modules=("findings",))) as client:
        yield client


def when_cut(edition: Edition, target: str) -> FindingRow:
    """Give the finding of the time in which it was cut off: the first of a target."""
    rows = edition.findings.of_pair("XA", target)
    assert rows, target
    return min(rows, key=lambda row: row.since)


@pytest.mark.parametrize("scenario", sorted(HOLDS))
def test_each_outcome_of_the_laboratory(edition: Edition, scenario: str) -> None:
    row = when_cut(edition, truth()[scenario])
    assert set(row.holds) == HOLDS[scenario]
    assert row.is_lab
    assert row.named == ()
    assert row.n_claims == row.n_routes == 0
    if row.holds and not {OUTAGE, BOT, NO_CUT} & set(row.holds):
        assert row.status is Status.RESTORED
    if not row.holds:
        assert row.status is Status.INSUFFICIENT


def test_a_page_of_the_edge_is_never_the_states(edition: Edition) -> None:
    row = when_cut(edition, truth()["edge-country-page"])
    assert EDGE in row.holds
    assert STATE not in row.holds


def test_after_the_end_it_is_served(edition: Edition) -> None:
    rows = edition.findings.of_pair("XA", truth()["origin-451"])
    assert [
        set(row.holds) for row in rows if row.since > when_cut(edition, rows[0].target).since
    ] == [{NO_CUT}]


def test_every_finding_is_made_again_from_its_bundle(edition: Edition) -> None:
    rows, total = edition.findings.rows(1, 5000)
    assert len(rows) == total == edition.findings.facts.n > 550
    for row in rows[:: max(total // 60, 1)]:
        whole = edition.findings.finding(row.frozen_id)
        assert whole is not None
        assert attribute(whole.bundle, load_ruleset()) == whole.finding
        assert whole.row == row


def test_lists_are_of_what_they_say(edition: Edition) -> None:
    pages = edition.findings
    assert {row.country for row in pages.of_country("RU", 500)} == {"RU"}
    assert "EU" in {row.country for row in pages.of_country("DE", 500)}
    assert [row.network for row in pages.of_asn(174)] == [174]
    assert {row.target for row in pages.of_target("github.com")} == {"github.com"}
    assert any(row.record == "2022-03-cogent-ru" for row in pages.of_actor("cogent"))
    assert pages.of_record("2021-01-github-ir-restored")
    held, n = pages.rows(1, 5000, status="disputed")
    assert {row.status for row in held} == {Status.DISPUTED}
    assert n == len(held)
    assert "youtube.com" in {row.target for row in held}
    assert not any(row.is_lab for row in pages.latest(5))
    assert pages.finding("ru-nothing-2022-03-00000000") is None
    assert pages.finding(f"{held[0].id}@other") is None


class TestPages:
    @pytest.mark.parametrize("prefix", ["", "/fr", "/ru"])
    def test_each_case_is_shown(self, site: TestClient, edition: Edition, prefix: str) -> None:
        wanted = (
            *edition.findings.of_asn(174),
            *edition.findings.of_pair("RU", "youtube.com"),
            *edition.findings.of_record("2022-03-icann-refusal"),
            *edition.findings.of_pair("UA", "github.com"),
            *edition.findings.of_country("XA", 40),
        )
        for row in wanted:
            page = site.get(f"{prefix}/f/{row.id}")
            assert page.status_code == 200, row.id
            assert row.frozen_id in page.text
            assert (page.text.count("badge-lab") > 0) == row.is_lab, row.id
            assert page.text.count("<h1>") == 1

    def test_a_dispute_shows_both_accounts_and_what_would_settle_it(self, site, edition) -> None:
        (row, *_) = edition.findings.of_pair("RU", "youtube.com")
        page = site.get(f"/f/{row.id}").text
        assert "nobody: the evidence does not carry a name" in page
        assert "Roskomnadzor" in page
        assert "interested party" in page
        assert "What would settle it:" in page

    def test_announced_stands_beside_observed(self, site, edition) -> None:
        (row,) = [one for one in edition.findings.of_asn(3356) if one.country == "RU"]
        page = site.get(f"/f/{row.id}").text
        assert "<svg" in page
        assert 'datetime="2022-03-08"' in page
        assert "16 of 25 customers kept their links" in page
        assert "is no evidence of who did it" in page

    def test_bundle_and_finding_are_given_away(self, site, edition, tmp_path, capsys) -> None:
        (row,) = edition.findings.of_asn(174)
        bundle = site.get(f"/f/{row.id}/bundle.json")
        assert bundle.headers["content-type"].startswith("application/json")
        path = tmp_path / "bundle.json"
        path.write_bytes(bundle.content)
        assert main(["attribute", str(path), "--json"]) == 0
        made = json.loads(capsys.readouterr().out)
        assert made["frozen_id"] == row.frozen_id
        frozen = site.get(f"/f/{row.id}.json").json()
        assert frozen["id"] == row.frozen_id
        assert frozen["finding"]["status"] == "held"

    def test_what_is_not_there_is_told(self, site, edition) -> None:
        assert site.get("/f/ru-nothing-2022-03-00000000").status_code == 404
        (row,) = edition.findings.of_asn(174)
        other = site.get(f"/f/{row.id}@2001.1+000000000000")
        assert other.status_code == 404
        assert "other rules" in other.text
        assert site.get(f"/f/{row.frozen_id}").status_code == 200

    def test_the_list_has_pages_and_a_filter(self, site) -> None:
        page = site.get("/findings").text
        assert 'rel="next"' in page
        assert "disputed" in site.get("/findings?status=disputed").text
        assert site.get("/findings?status=nonsense&page=9999999").status_code == 200


class TestCommand:
    def test_the_command_gives_what_the_edition_has(self, observatory, edition, capsys) -> None:
        target = truth()["bot-challenge"]
        stored = when_cut(edition, target)
        days = ["--since", str(stored.since), "--until", str(stored.until)]
        place = ["--observatory", str(observatory)]
        assert main(["finding", target, "--country", "XA", *days, *place, "--json"]) == 0
        made = json.loads(capsys.readouterr().out)
        assert made["id"] == stored.id

    def test_a_stored_finding_is_made_again(self, observatory, edition, capsys, tmp_path) -> None:
        (row,) = edition.findings.of_asn(174)
        place = ["--observatory", str(observatory)]
        bundle = tmp_path / "bundle.json"
        assert main(["finding", row.frozen_id, *place, "--bundle", str(bundle), "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["is_same"] is True
        assert bundle.exists()
        assert main(["finding", f"{row.id}@other", *place]) == 2
        assert main(["finding", "ru-none-2022-03-00000000", *place]) == 2

    @pytest.mark.parametrize(
        "given",
        [
            ["nobody-such", "--country", "RU"],
            ["AS0", "--country", "RU"],
            ["AS4294967295", "--country", "RU"],
            ["example.org"],
            ["example.org", "--country", "Russia"],
            ["cogent", "--country", "RU", "--since", "yesterday"],
        ],
    )
    def test_what_cannot_be_asked_is_told(self, given, capsys, tmp_path) -> None:
        assert main(["finding", *given, "--observatory", str(tmp_path)]) == 2
        assert capsys.readouterr().err.startswith("whocut: ")

    def test_the_screen_tells_who_may_be_named(self, capsys, tmp_path, monkeypatch) -> None:
        monkeypatch.setenv("COLUMNS", "120")
        place = ["--observatory", str(tmp_path)]
        assert main(["finding", "cogent", "--country", "RU", "--since", "2022-03-01", *place]) == 0
        shown = capsys.readouterr().out
        assert "operator_withdrew" in shown
        assert "Announced and observed:" in shown
