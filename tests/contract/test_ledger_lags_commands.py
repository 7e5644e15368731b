"""What ``whocut ledger lags`` and ``scorecard`` promise: bases told, grades apart, no verdict."""

import csv
import io
import json
import re

import pyarrow.parquet as pq
import pytest

from whocut.cli.app import main
from whocut.cli.ledger_lags import COLUMNS as LAG_COLUMNS
from whocut.cli.ledger_scorecard import COLUMNS as CARD_COLUMNS

GRADES = {"documented", "excerpt", "lead"}
VERDICT = re.compile(
    r"illegal|unlawful|violat|guilt|\bcrimes?\b|abus|over-?compl|worst|best|rank|score\b", re.I
)
DAY = ("--as-of", "2026-06-13")


@pytest.fixture
def ask(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "400")  # narrower ones fold cells and sentences

    def run(*arguments):
        code = main(["ledger", *arguments])
        out, err = capsys.readouterr()
        assert code == 0, err
        return out

    return run


def document(ask, *arguments):
    return json.loads(ask(*arguments, "--json"))


class TestLags:
    def test_the_anchors_by_command(self, ask):
        found = document(ask, "lags", "--kind", "exemption", *DAY)
        days = {one["value"]: (one["least"], one["most"]) for one in found["regimes"]}
        assert days["us-crimea"] == (154, 154)
        assert days["us-russia"] == (42, 42)
        found = document(ask, "lags", "--kind", "restoration", "--by", "record", "-c", "SY", *DAY)
        by_record = {one["value"]: one for one in found["figures"]}
        assert by_record["2026-01-google-play-sy-restored"]["least"] == 239
        found = document(ask, "lags", "--kind", "length", "--by", "record", "-c", "IR", *DAY)
        by_record = {one["value"]: one for one in found["figures"]}
        assert by_record["2019-07-github-multi"]["least"] == 530

    def test_the_table_says_what_each_lag_is_counted_from(self, ask):
        out = ask("lags", "--kind", "exemption", "--country", "RU", *DAY)
        assert "no embargo: the measures and the cuts begin" in out
        assert "us-ear-russia, own" in out
        assert "own knowledge" in out
        assert "no proof that the one caused the other" in out

    def test_the_default_day_is_said(self, ask):
        assert "the newest date in the ledger" in ask("lags", "--kind", "length", "-c", "SN")
        assert document(ask, "lags", "--kind", "length")["meta"]["as_of_is_newest"] is True

    @pytest.mark.parametrize("by", ["country", "sector", "instrument", "actor_kind"])
    def test_every_figure_has_n_and_its_records(self, ask, by):
        for one in document(ask, "lags", "--kind", "length", "--by", by, *DAY)["figures"]:
            assert one["grade"] in GRADES
            assert one["n"] >= len(one["records"]) > 0
            assert one["n_open"] >= len(one["open_records"])
            assert (one["n"] == one["n_open"]) == (one["least"] is None)
            assert set(one["open_records"]) <= set(one["records"])

    def test_what_is_left_out_is_told_with_its_records(self, ask):
        left = document(ask, "lags", "--kind", "length", *DAY)["left_out"]["length"]
        assert "2019-10-adobe-ve" in left["not_carried_out"]["documented"]
        assert "announced and not carried out" in ask("lags", "--kind", "length", *DAY)

    def test_a_country_finds_its_parts_under_their_own_names(self, ask):
        found = document(ask, "lags", "--kind", "length", "--country", "UA", *DAY)["figures"]
        values = {one["value"] for one in found}
        assert {"UA", "UA-43"} <= values
        assert all(one == "UA" or one.startswith("UA-") for one in values)

    def test_a_day_before_the_end_opens_it_again(self, ask):
        asked = ("lags", "--kind", "length", "--by", "record", "-c", "IR")
        found = document(ask, *asked, "--as-of", "2020-01-01")["figures"]
        (github,) = [one for one in found if one["value"] == "2019-07-github-multi"]
        assert (github["n_open"], github["end"]) == (1, [])

    @pytest.mark.parametrize("by", ["sector", "record"])
    def test_every_form_has_the_same_columns(self, ask, by):
        asked = ("lags", "--kind", "length", "--by", by, *DAY, "--format")
        rows = [json.loads(line) for line in ask(*asked, "jsonl").splitlines()]
        assert {tuple(row) for row in rows} == {LAG_COLUMNS}
        read = list(csv.DictReader(io.StringIO(ask(*asked, "csv"))))
        assert len(read) == len(rows)
        assert tuple(read[0]) == LAG_COLUMNS

    def test_parquet(self, capsysbinary):
        assert main(["ledger", "lags", "--kind", "exemption", *DAY, "--format", "parquet"]) == 0
        table = pq.read_table(io.BytesIO(capsysbinary.readouterr().out))
        assert tuple(table.column_names) == LAG_COLUMNS
        assert table.num_rows > 20

    @pytest.mark.parametrize(
        "arguments",
        [
            ("--as-of", "2026-13-01"),
            ("--country", "Russia"),
            ("--by", "party"),
            ("--kind", "delay"),
            ("--sector", "fishing"),
        ],
    )
    def test_what_makes_no_sense_is_refused(self, arguments, capsys):
        assert main(["ledger", "lags", *arguments]) == 2
        assert arguments[0].lstrip("-") in capsys.readouterr().err.casefold()


class TestScorecard:
    def test_a_country(self, ask):
        out = ask("scorecard", "RU", "--on", "2026-06-13")
        assert out.startswith("RU on 2026-06-13.")
        for number in range(1, 6):
            assert f"Call {number} (" in out
        assert "Not known:" in out
        assert "no end of it is told" in " ".join(out.split())

    def test_the_default_day_is_said(self, ask):
        assert "(the newest date in the ledger)" in ask("scorecard", "RU", "--call", "2")

    def test_the_covenant_stands_beside_states_and_the_principles_beside_companies(self, ask):
        rows = [json.loads(line) for line in ask("scorecard", "--format", "jsonl").splitlines()]
        assert {"state", "company", "other", "not_established"} == {one["actor"] for one in rows}
        for one in rows:
            said = " ".join(one["provisions"])
            assert ("ungp-" in said) == (one["actor"] == "company")
            assert ("iccpr-" in said) == (one["actor"] == "state")
            assert one["grade"] in GRADES
            for standing in ("in_force", "unsure", "ended", "restored", "refused_to_cut"):
                assert one[standing] == len(one[f"{standing}_records"])

    def test_there_is_no_sum_and_no_rank(self, ask):
        found = document(ask, "scorecard", "RU")
        (card,) = found["cards"]
        assert set(card) == {
            *("country", "calls", "counts", "not_known", "not_counted", "without_call"),
        }
        assert set(card["counts"][0]) == set(CARD_COLUMNS)
        for counts in card["not_known"].values():
            assert set(counts) == GRADES

    def test_all_countries_stand_in_the_order_of_their_codes(self, ask):
        cards = document(ask, "scorecard")["cards"]
        codes = [one["country"] for one in cards]
        assert codes == sorted(codes)
        assert len(codes) > 60
        assert "each cell: documented / on one excerpt / lead" in ask("scorecard")

    def test_every_record_says_which_rules_bring_it_there(self, ask):
        (card,) = document(ask, "scorecard", "SY", "--call", "1")["cards"]
        (call,) = card["calls"]
        counted = {
            name
            for row in card["counts"]
            for key in row
            if key.endswith("_records")
            for name in row[key]
        }
        assert counted == set(call["rules"])
        assert all(one[0].startswith("h1-") for one in call["rules"].values())

    def test_a_country_that_no_record_names(self, ask):
        assert "No record is no proof" in ask("scorecard", "LI")

    @pytest.mark.parametrize("arguments", [("--call", "6"), ("--on", "yesterday"), ("Russia",)])
    def test_what_makes_no_sense_is_refused(self, arguments, capsys):
        assert main(["ledger", "scorecard", *arguments]) == 2
        assert arguments[-1].casefold() in capsys.readouterr().err.casefold()

    @pytest.mark.parametrize(
        "arguments",
        [
            ("scorecard",),
            ("scorecard", "RU"),
            ("scorecard", "US", "--json"),
            ("lags", "--limit", "0", *DAY),
            ("lags", "--kind", "exemption", "--json", *DAY),
        ],
    )
    def test_no_word_passes_judgement(self, ask, arguments):
        # Ids of records are names, and may hold any word.
        said = re.sub(r"\d{4}(-\d\d)?-[a-z0-9-]+", "", ask(*arguments))
        assert not VERDICT.search(said)
