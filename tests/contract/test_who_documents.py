"""``whocut who`` where nothing is measured: the ledger's records, and never as measurements."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.unit.cli.celled import cell, lay_cells
from tests.unit.store.building import judgement, put
from whocut.cli.app import main
from whocut.store.observatory import Observatory

FORMATS = ("table", "json", "jsonl", "csv", "parquet")
ASKED = {
    ("AS174", "RU"): ("2022-03-cogent-ru", "whocut finding AS174 --country RU"),
    ("cogent", "RU"): ("2022-03-cogent-ru", "whocut finding cogent --country RU"),
    ("youtube.com", "RU"): (
        "2024-07-rkn-youtube-throttle",
        "whocut finding youtube.com --country RU",
    ),
    ("github.com", "IR"): (
        "2021-01-github-ir-restored",
        "whocut finding github.com --country IR",
    ),
    ("rt.com", "DE"): ("2022-03-eu-rt-sputnik", "whocut finding rt.com --country DE"),
    ("icann.org", "RU"): ("2022-03-icann-refusal", "whocut finding icann"),
    ("docker.com", "RU"): ("2024-05-dockerhub-ru", "whocut finding docker"),
    ("hub.docker.com", "RU"): ("2024-05-dockerhub-ru", "whocut finding docker"),
}
"""What issue 6 asks of this command: the record that must be named, and the command it gives."""


@pytest.fixture(scope="module")
def observatory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Nothing of what is asked about is measured here; one cell of youtube.com in BY is short."""
    place = tmp_path_factory.mktemp("documents") / "observatory"
    other = {"target": "example.org", "hostname": "example.org", "probe_cc": "ZZ"}
    put(Observatory(place), a=[judgement(1), judgement(2, **other)])
    short = {"shortfall": "few_measurements", "n": 2, "n_usable": 2, "lead": "served"}
    cells = [
        cell(target, 1, "insufficient", 0.1, **short)
        for target in ("youtube.com", "unwritten.example")
    ]
    cells.append(cell("github.com", 1, "served"))
    lay_cells(place, {"cell": cells})
    return place


@pytest.fixture(scope="module")
def unmeasured(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("unmeasured") / "observatory"
    put(Observatory(place), a=[judgement(1), judgement(2, probe_cc="IR")])
    return place


def run(capsys: pytest.CaptureFixture[str], place: Path, *arguments: str) -> tuple[int, str, str]:
    code = main([*arguments, "--observatory", str(place)])
    said = capsys.readouterr()
    return code, said.out, said.err


@pytest.mark.parametrize("form", FORMATS[:-1])
@pytest.mark.parametrize("asked", ASKED, ids=" ".join)
def test_the_records_are_named_in_every_format(unmeasured, capsys, asked, form):
    subject, country = asked
    record, command = ASKED[asked]
    code, out, err = run(capsys, unmeasured, "who", subject, "--country", country, "--format", form)
    assert code == 0
    said = " ".join((out + err).split())
    assert record in said
    assert command in said
    if form == "json":
        document = json.loads(out)
        assert (document["meta"]["n"], document["networks"], document["statements"]) == (0, [], [])
        assert record in [one["id"] for one in document["documents"]["records"]]
        assert command in document["next_steps"][0]
    elif form == "csv":
        assert list(csv.reader(io.StringIO(out))) == [
            ["probe_asn", "outcome", "layer", "mechanism", "n"]
        ]
    elif form == "jsonl":
        assert out == ""


def test_parquet_holds_no_row_of_what_nobody_measured(unmeasured, capsysbinary):
    command = ["who", "youtube.com", "-c", "RU", "--format", "parquet"]
    assert main([*command, "--observatory", str(unmeasured)]) == 0
    said = capsysbinary.readouterr()
    assert pq.read_table(io.BytesIO(said.out)).num_rows == 0
    assert b"2024-07-rkn-youtube-throttle" in said.err


@pytest.mark.parametrize("asked", ASKED, ids=" ".join)
def test_it_says_what_the_finding_says(unmeasured, capsys, asked):
    subject, country = asked
    _, out, _ = run(capsys, unmeasured, "who", subject, "-c", country, "--json")
    document = json.loads(out)
    command = document["next_steps"][0].partition("   ")[0].split()
    code, out, _ = run(capsys, unmeasured, *command[1:], "--json")
    finding = json.loads(out)
    said = document["documents"]["finding"]
    assert code == 0
    if said is None:  # what an actor did is not told of each of its domains
        assert document["documents"]["subject"] in {"docker", "icann"}
        assert finding["status"] in {"insufficient", "refused_to_cut"}
        return
    assert said["status"] == finding["status"]
    assert [one["party"] for one in said["named"]] == [one["party"] for one in finding["named"]]
    assert said["id"] == f"{finding['id']}@{finding['ruleset']}"


def test_what_a_company_did_is_not_told_of_each_of_its_domains(unmeasured, capsys):
    """Google ended sales of advertisements in Russia; that is no word on its mail."""
    document = json.loads(run(capsys, unmeasured, "who", "google.com", "-c", "RU", "--json")[1])
    documents = document["documents"]
    assert documents["finding"] is None
    assert "2022-03-google-ads-play-ru" in [one["id"] for one in documents["records"]]
    assert {one["about"] for one in documents["records"]} == {"google"}
    assert document["next_steps"][0].startswith("whocut finding google --country RU")
    _, out, _ = run(capsys, unmeasured, "who", "google.com", "-c", "RU")
    said = " ".join(out.split())
    assert "No record of the ledger speaks of google.com itself in RU; of google" in said
    assert "Records of the ledger on google, whose domain it is:" in said
    assert "cut off access" not in said


def test_claims_fail_no_run_that_asks_for_measured_cuts(unmeasured, capsys):
    for subject in ("AS174", "youtube.com"):
        command = ("who", subject, "-c", "RU", "--fail-on", "cut")
        assert run(capsys, unmeasured, *command)[0] == 0


def test_the_heading_says_that_nothing_of_it_is_measured(unmeasured, capsys):
    _, out, _ = run(capsys, unmeasured, "who", "youtube.com", "-c", "RU")
    before, _, after = out.partition("nothing of it is measured by probes here")
    assert "No data: no measurement of youtube.com from RU here." in before
    assert "It is disputed who cut off access" in after
    assert "Named: nobody." in after


def test_what_the_ledger_does_not_know_is_no_proof_of_quiet(unmeasured, capsys):
    code, out, _ = run(capsys, unmeasured, "who", "unwritten.example", "-c", "KZ", "--json")
    document = json.loads(out)
    assert code == 0
    assert (document["documents"]["finding"], document["documents"]["records"]) == (None, [])
    assert not any("whocut finding" in step for step in document["next_steps"])
    _, out, _ = run(capsys, unmeasured, "who", "unwritten.example", "-c", "KZ")
    assert "that is no proof that nothing was cut" in " ".join(out.split())


def test_days_go_into_the_question_and_into_the_next_command(unmeasured, capsys):
    command = ("who", "github.com", "-c", "IR", "--since", "2023-01-01", "--json")
    document = json.loads(run(capsys, unmeasured, *command)[1])
    steps = [step for step in document["next_steps"] if step.startswith("whocut finding")]
    assert all("--since 2023-01-01" in step for step in steps)
    command = ("who", "github.com", "-c", "IR", "--until", "2018-01-01", "--json")
    document = json.loads(run(capsys, unmeasured, *command)[1])
    assert document["documents"]["records"] == []


@pytest.mark.parametrize("word", ["nope", "AS0", "AS99999999999", "two words"])
def test_what_is_no_domain_no_network_and_no_actor_is_refused(unmeasured, capsys, word):
    code, out, err = run(capsys, unmeasured, "who", word, "-c", "RU")
    assert (code, out) == (2, "")
    assert err.startswith(f"whocut: {word}: no")


def test_a_network_is_pointed_to_what_is_measured_on_it(unmeasured, capsys):
    code, out, _ = run(capsys, unmeasured, "who", "AS64500", "-c", "RU", "--json")
    assert code == 0
    steps = json.loads(out)["next_steps"]
    assert any(step.startswith("whocut network AS64500 --country RU") for step in steps)


def test_an_answer_that_names_nobody_points_to_the_records(observatory, capsys):
    told = {}
    for target in ("youtube.com", "unwritten.example", "github.com"):
        document = json.loads(run(capsys, observatory, "who", target, "-c", "RU", "--json")[1])
        assert document["cell"] is not None
        steps = document["next_steps"]
        told[target] = [step for step in steps if step.startswith("whocut finding")]
    assert told["unwritten.example"] == told["github.com"] == []
    (step,) = told["youtube.com"]
    assert step.startswith(
        "whocut finding youtube.com --country RU   (1 record of the ledger on it"
    )
    assert step.endswith("no measurement)")


def test_without_an_observatory_the_records_are_named_all_the_same(tmp_path, capsys):
    code, out, err = run(capsys, tmp_path / "none", "who", "rt.com", "-c", "DE")
    assert (code, out) == (2, "")
    assert "whocut ingest FILES" in err
    assert "whocut finding rt.com --country DE" in err
    assert run(capsys, tmp_path / "none", "who", "AS174", "-c", "RU")[0] == 0


class TestCountries:
    COMMANDS = (
        ("who", "youtube.com", "--country"),
        ("who", "AS174", "--country"),
        ("finding", "youtube.com", "--country"),
        ("changes", "--country"),
        ("country",),
        ("gap",),
        ("network", "AS64500", "--country"),
        ("gap", "RU", "--against"),
    )

    @pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
    @pytest.mark.parametrize("code", ["ZZ", "UK", "JX"])
    def test_a_code_of_no_country_is_refused(self, unmeasured, capsys, command, code):
        given = "ZZ,DE,FR,KZ,IR" if command[-1] == "--against" else code
        exit_code, out, err = run(capsys, unmeasured, *command, given)
        assert (exit_code, out) == (2, "")
        wanted = given[:2]
        assert f"{wanted}: no country has the code {wanted}" in err
        assert ("GB is meant" in err) == (given == "UK")

    def test_what_is_measured_under_a_code_of_none_is_told(self, observatory, capsys):
        for command in (("who", "example.org", "-c", "ZZ"), ("country", "ZZ")):
            code, out, _ = run(capsys, observatory, *command)
            assert code == 0
            assert "1 of 1 measurement" in " ".join(out.split()) or "example.org" in out

    def test_codes_of_the_laboratory_can_be_asked_about(self, unmeasured, capsys):
        for command in (("who", "example.org", "-c", "XA"), ("changes", "-c", "XB")):
            assert run(capsys, unmeasured, *command)[0] == 0

    def test_kosovo_and_the_union_can_be_asked_about(self, unmeasured, capsys):
        assert run(capsys, unmeasured, "who", "rt.com", "-c", "XK")[0] == 0
        code, out, _ = run(capsys, unmeasured, "who", "rt.com", "-c", "EU", "--json")
        document = json.loads(out)
        assert code == 0
        assert document["documents"]["records"][0]["id"] == "2022-03-eu-rt-sputnik"
        assert not any("OONI Probe" in step for step in document["next_steps"])
        assert run(capsys, unmeasured, "finding", "rt.com", "-c", "EU")[0] == 0

    @pytest.mark.parametrize("command", [("changes", "--country"), ("country",), ("gap",)])
    def test_a_union_has_no_probes(self, unmeasured, capsys, command):
        code, out, err = run(capsys, unmeasured, *command, "EU")
        assert (code, out) == (2, "")
        assert "whocut ledger list --country EU" in err


@pytest.mark.parametrize(
    "command",
    [
        ("who", "example.org", "-c", "RU"),
        ("who", "AS174", "-c", "RU"),
        ("country", "RU"),
        ("network", "AS64500"),
        ("changes",),
        ("finding", "example.org", "-c", "RU"),
    ],
    ids=" ".join,
)
def test_days_in_the_wrong_order_are_refused(unmeasured, capsys, command):
    days = ("--since", "2024-02-01", "--until", "2024-01-01")
    code, out, err = run(capsys, unmeasured, *command, *days)
    assert (code, out) == (2, "")
    assert err == "whocut: --since 2024-02-01 is after --until 2024-01-01\n"


def test_an_address_stands_in_one_pair_of_brackets(unmeasured, capsys):
    for given in ("2606:4700::1111", "[2606:4700::1111]", "https://[2606:4700::1111]/"):
        document = json.loads(run(capsys, unmeasured, "who", given, "-c", "RU", "--json")[1])
        assert "https://[2606:4700::1111]/" in document["next_steps"][-1]
