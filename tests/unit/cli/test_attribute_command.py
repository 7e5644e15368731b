"""``whocut attribute``: forms, languages, exit codes, refusals by file and field."""

from __future__ import annotations

import io
import json
import sys

import pytest

from whocut.attribution.reading import LARGEST_BYTES
from whocut.cli.app import main


@pytest.fixture(autouse=True)
def wide(monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")


@pytest.fixture
def bundle(repo_dir):
    return repo_dir / "tests/golden/findings/docker-own-page/bundle.json"


@pytest.fixture
def served(repo_dir):
    return repo_dir / "tests/golden/findings/neighbour/bundle.json"


def test_a_table_says_status_sentences_and_names(bundle, capsys):
    assert main(["attribute", str(bundle)]) == 0
    out = capsys.readouterr().out
    assert ": held" in out
    assert "Measurements show that Docker refuses access from Russia to docker.com." in out
    assert "named: docker (service_decided, strong, by measured_identity)" in out


def test_json_is_one_object_and_a_list_of_several(bundle, served, capsys):
    assert main(["attribute", str(bundle), "--json"]) == 0
    one = json.loads(capsys.readouterr().out)
    assert one["status"] == "held"
    assert [x["party"] for x in one["named"]] == ["docker"]
    assert one["holds"] == ["service_decided"]
    assert one["sentences"]
    assert main(["attribute", str(bundle), str(served), "--format", "json"]) == 0
    assert [x["status"] for x in json.loads(capsys.readouterr().out)] == ["held", "no_cut"]


def test_json_lines_and_csv(bundle, served, capsys):
    assert main(["attribute", str(bundle), str(served), "--format", "jsonl"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [json.loads(line)["source"] for line in lines] == [str(bundle), str(served)]
    assert main(["attribute", str(bundle), "--format", "csv"]) == 0
    head, row = capsys.readouterr().out.splitlines()
    assert head.startswith("source,id,ruleset,country,target,status,holds,named")
    assert ",held,service_decided,docker," in row


def test_standard_input(bundle, capsys, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(bundle.read_bytes())))
    assert main(["attribute", "-", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["source"] == "-"


def test_explain_goes_down_to_rules_and_what_would_settle_it(bundle, capsys):
    assert main(["attribute", str(bundle), "--explain"]) == 0
    out = capsys.readouterr().out
    assert "finding.identity.own_page.many (strong)" in out
    assert "weaker_in_group by m1" in " ".join(out.split())
    assert "would settle it: " in out


@pytest.mark.parametrize("language", ["en", "fr", "ru"])
def test_languages(bundle, capsys, language):
    assert main(["attribute", str(bundle), "--lang", language]) == 0
    assert "Docker" in capsys.readouterr().out


def test_a_bad_bundle_is_refused_by_file_and_field(tmp_path, capsys):
    bad = tmp_path / "bad.json"
    bad.write_text('{"format": "whocut-bundle/1", "question": {"country": "RU", "moon": 1}}')
    assert main(["attribute", str(bad)]) == 1
    assert "bad.json: unknown field (field question.moon)" in capsys.readouterr().err


def test_of_several_the_good_ones_are_answered(bundle, tmp_path, capsys):
    bad = tmp_path / "bad.json"
    bad.write_bytes(b" " * (LARGEST_BYTES + 1))
    missing = tmp_path / "missing.json"
    assert main(["attribute", str(bad), str(bundle), str(missing), "--format", "jsonl"]) == 3
    captured = capsys.readouterr()
    assert len(captured.out.splitlines()) == 1
    assert "bad.json" in captured.err
    assert "missing.json" in captured.err


def test_fail_on_cut(bundle, served):
    assert main(["attribute", str(bundle), "--fail-on", "cut"]) == 4
    assert main(["attribute", str(served), "--fail-on", "cut"]) == 0
    assert main(["attribute"]) == 2
    assert main(["attribute", str(bundle), "--jsn"]) == 2


def test_frozen_findings_are_written_with_their_bundle(bundle, tmp_path):
    assert main(["attribute", str(bundle), "--frozen", str(tmp_path)]) == 0
    (file,) = tmp_path.iterdir()
    whole = json.loads(file.read_bytes())
    assert file.name == f"{whole['id']}.json"
    assert whole["bundle"]["question"]["target"] == "docker.com"


def test_a_rule_is_explained(capsys):
    assert main(["explain", "finding.interfered.solid"]) == 0
    out = capsys.readouterr().out
    assert "for state_interferes" in out
    assert main(["explain", "disputed"]) == 0
