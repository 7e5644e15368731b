"""``whocut gap`` and ``whocut targets`` on an observatory of real files."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.unit.access.gap_cells import monday, put_cells, weeks
from whocut.cli.app import main
from whocut.store.observatory import Observatory

FORMATS = ("table", "json", "jsonl", "csv", "parquet")
REFUSING = ("canva.com", "netflix.com", "spotify.com", "notion.so")
INSIDE = {
    **dict.fromkeys(REFUSING, "refused_service"),
    "digitalocean.com": "interfered",
    "linkedin.com": "two_causes",
    "soundcloud.com": "cut_unattributed",
    "wikipedia.org": "served",
    "debian.org": "served",
    "gandi.net": "served",
    "steampowered.com": "insufficient",
    "meduza.io": "interfered",
    "signal.org": "interfered",
    "gosuslugi.ru": "served",
}


@pytest.fixture(scope="module")
def observatory(tmp_path_factory) -> Path:
    """RU over 20 weeks, of which the first 7 served everything; three countries without cuts."""
    place = tmp_path_factory.mktemp("gap") / "observatory"
    rows = []
    for name, answer in INSIDE.items():
        rows += weeks("RU", name, ["served"] * 7 + [answer] * 13)
        for cc in ("DE", "FR", "PL"):
            answer_there = "refused_edge" if name == "gosuslugi.ru" else "served"
            rows += weeks(cc, name, [answer_there] * 20)
    rows += weeks("RU", "not-a-target.example", ["refused_service"] * 20)
    rows += weeks("ZW", "canva.com", ["served"] * 3, origin="lab")
    put_cells(Observatory(place), rows)
    return place


@pytest.fixture
def ask(observatory, monkeypatch, capsys):
    monkeypatch.setenv("WHOCUT_OBSERVATORY", str(observatory))
    monkeypatch.setenv("COLUMNS", "120")  # narrower ones fold names

    def run(*arguments: str) -> tuple[int, str, str]:
        code = main(arguments)
        out, err = capsys.readouterr()
        return code, out, err

    return run


class TestGap:
    def test_the_sentence(self, ask):
        code, out, _ = ask("gap", "RU")
        assert code == 0
        text = " ".join(out.split())
        assert "RU: of 10 services on our list, tested from there and served elsewhere, 5" in text
        assert "biased upwards" in text
        assert "50.0%, 90 % interval" in text
        assert f"Weeks of {monday(7)} to {monday(19)}" in text
        assert "gosuslugi.ru" in text
        assert "not-a-target" not in text

    def test_json_is_complete(self, ask):
        _, out, _ = ask("gap", "ru", "--json")
        found = json.loads(out)
        gap = found["gap"]
        assert found["question"]["since"] == str(monday(7))
        assert gap["against"] == ["DE", "FR", "PL"]
        assert gap["services"]["refused"]["k"] == 5
        assert gap["services"]["interfered"]["k"] == 2
        assert gap["services"]["both"]["k"] == 1
        assert gap["services"]["unattributed"]["k"] == 1
        assert gap["services"]["unanswered"] == 1
        # linkedin.com is on a list of blocks, and on none of refusals.
        assert (gap["unlisted"]["refused"]["k"], gap["unlisted"]["n"]) == (1, 6)
        assert gap["services"]["refused"]["low"] < 0.5 < gap["services"]["refused"]["high"]
        by_class = {row["group"]: row for row in gap["by_class"]}
        assert by_class["independent_media"]["interfered"]["k"] == 1
        assert by_class["messenger"]["interfered"]["k"] == 1
        own = {one["target"]["domain"]: one for one in gap["own"]}
        assert own["gosuslugi.ru"]["refused"] == ["DE", "FR", "PL"]
        assert found["meta"]["model"] == ["by-hand-1"]

    def test_an_earlier_period(self, ask):
        _, out, _ = ask("gap", "RU", "--until", str(monday(6)), "--json")
        services = json.loads(out)["gap"]["services"]
        assert (services["refused"]["k"], services["n"]) == (0, 11)
        assert services["refused"]["low"] == 0
        assert services["refused"]["high"] > 0

    def test_a_change_is_said(self, ask):
        _, out, _ = ask("gap", "RU", "--since", str(monday(0)), "--json")
        assert json.loads(out)["gap"]["services"]["changed"] == 7

    def test_named_countries(self, ask):
        _, out, _ = ask("gap", "RU", "--against", "de,fr", "--json")
        assert json.loads(out)["gap"]["against"] == ["DE", "FR"]
        _, out, _ = ask("gap", "RU", "--against", "DE,US", "--json")
        found = json.loads(out)["gap"]
        assert (found["services"]["n"], found["services"]["refused"]["share"]) == (0, None)

    def test_rows_behind(self, ask):
        _, out, _ = ask("gap", "RU", "--rows", "--json")
        rows = json.loads(out)["rows"]
        assert len(rows) == 13 * len(INSIDE)
        canva = next(row for row in rows if row["target"] == "canva.com")
        assert (canva["place"], canva["stand"]) == ("counted", "refused")
        assert canva["served_in"] == ["DE", "FR", "PL"]

    def test_no_data_is_no_zero(self, ask):
        code, out, _ = ask("gap", "BR")
        assert code == 0
        assert "No answer" in out
        assert "0.0%" not in out
        _, out, _ = ask("gap", "BR", "--json")
        assert json.loads(out)["gap"]["services"]["refused"]["share"] is None

    def test_the_lab_is_left_out_or_alone(self, ask):
        _, out, _ = ask("gap", "RU", "--since", str(monday(0)), "--json")
        found = json.loads(out)
        assert "ZW" not in found["gap"]["against"]
        assert "left out" in found["meta"]["note"]

    @pytest.mark.parametrize("by", ["sector", "actor_kind", "class"])
    def test_groups(self, ask, by):
        _, out, _ = ask("gap", "RU", "--by", by, "--format", "csv")
        rows = list(csv.DictReader(io.StringIO(out)))
        n = sum(int(row["n"]) for row in rows if row["group"] not in _OTHER_CLASSES)
        assert n == 10
        empty = [row for row in rows if row["n"] == "0"]
        assert all(row["refused_share"] == "" for row in empty)

    @pytest.mark.parametrize(
        "arguments",
        [
            ("gap", "RUS"),
            ("gap", "RU", "--since", "soon"),
            ("gap", "RU", "--since", "2024-05-01", "--until", "2024-04-01"),
            ("gap", "RU", "--against", "RU,DE"),
            ("gap", "RU", "--against", "DE"),
            ("gap", "RU", "--against", "DE,Poland"),
            ("gap", "RU", "--by", "mood"),
            ("targets", "--class", "nonsense"),
            ("targets", "--sector", "nonsense"),
            ("targets", "--list", "Cuba"),
            ("targets", "--domain", "nobody.example"),
        ],
        ids=" ".join,
    )
    def test_asked_wrongly(self, ask, arguments):
        code, out, err = ask(*arguments)
        assert (code, out) == (2, "")
        assert err.startswith("whocut: ")

    @pytest.mark.parametrize(
        "command",
        [
            ("gap", "RU"),
            ("gap", "BR"),
            ("gap", "RU", "--rows"),
            ("gap", "BR", "--rows"),
            ("targets",),
            ("targets", "--domain", "canva.com"),
            ("targets", "--domain", "debian.org"),
            ("targets", "--class", "messenger", "--sector", "gaming"),
        ],
        ids=" ".join,
    )
    @pytest.mark.parametrize("form", FORMATS)
    def test_every_format(self, observatory, monkeypatch, command, form, capfdbinary):
        monkeypatch.setenv("WHOCUT_OBSERVATORY", str(observatory))
        code = main([*command, "--format", form])
        out, err = capfdbinary.readouterr()
        assert (code, err) == (0, b"")
        if form == "json":
            assert json.loads(out)
        elif form == "jsonl":
            assert all(json.loads(line) for line in out.splitlines())
        elif form == "parquet":
            assert pq.read_table(io.BytesIO(out)).num_columns
        else:
            assert out


_OTHER_CLASSES = (
    *("independent_media", "public_media", "state_media", "other_media", "messenger"),
    *("state_service", "civil_society"),
)


class TestTargets:
    def test_counts(self, ask):
        _, out, _ = ask("targets", "--sector", "registrar", "--json")
        found = json.loads(out)
        assert found["meta"]["n"] == len(found["targets"]) >= 10
        assert found["counts"]["sector"] == {"registrar": found["meta"]["n"]}

    def test_a_list_of_a_country(self, ask):
        _, out, _ = ask("targets", "--list", "cu", "--json")
        found = json.loads(out)["targets"]
        assert len(found) > 100
        assert all("CU" in one["refused_by_lists_of"] for one in found)

    def test_an_operator_by_a_part_of_its_name(self, ask):
        _, out, _ = ask("targets", "--operator", "hashi", "--json")
        assert {"hashicorp.com", "terraform.io"} <= {
            one["domain"] for one in json.loads(out)["targets"]
        }

    def test_one_target_names_every_source(self, ask):
        _, out, _ = ask("targets", "--domain", "https://www.notion.so/", "--json")
        found = json.loads(out)
        ids = {one["id"] for one in found["sources"]}
        assert {one["source"].partition(":")[0] for one in found["listings"]} <= ids
        assert found["target"]["operator"] == "Notion"
        dated = [one for one in found["listings"] if one["source"] == "no-russia-hosts"]
        assert dated[0]["first_seen"] == "2024-12-10"

    def test_explain_knows_a_target(self, ask):
        _, out, _ = ask("explain", "meduza.io", "--json")
        (entry,) = json.loads(out)
        assert entry["kind"] == "target"
        assert "RU blocked (ledger:2022-03-rkn-foreign-media)" in entry["details"]["lists"]
