"""A file that is not there is named, in words, with one exit code for all commands."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from whocut.cli.app import EXIT_CODES, main

COMMANDS = (
    ("attribute", "{missing}"),
    ("ingest", "{missing}"),
    ("ingest", "x.jsonl", "--extra-root", "{missing}"),
    ("ingest", "x.jsonl", "--fingerprints", "{missing}"),
    ("evaluate", "{missing}"),
    ("evaluate", "x.jsonl", "--labels", "{missing}"),
    ("ledger", "assess", "--case", "{missing}"),
    ("ledger", "add", "--from", "{missing}"),
    ("serve", "--desk-key", "{missing}"),
    ("desk", "list", "--key", "{missing}"),
    ("desk", "open", "abc", "--key", "{missing}"),
    ("desk", "decide", "abc", "--accept", "--by", "anna", "--key", "{missing}"),
    ("desk", "count", "--to", "counts.json", "--key", "{missing}"),
)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_it_is_named_with_the_documented_code(command, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("x.jsonl").touch()
    missing = str(tmp_path / "not-here.json")
    code = main([part.format(missing=missing) for part in command])
    out, err = capsys.readouterr()
    assert (code, out) == (1, "")
    assert err.startswith(f"whocut: {missing}: ")
    assert "no such file" in err
    assert "Errno" not in err
    assert err.count("not-here.json") == 1


def test_the_code_says_so():
    assert EXIT_CODES[1].startswith("a file that is missing or cannot be read")


def test_a_folder_is_no_file(tmp_path, capsys):
    assert main(["attribute", str(tmp_path)]) == 1
    assert capsys.readouterr().err == f"whocut: {tmp_path}: a folder, and no file\n"


def test_of_several_bundles_each_missing_one_is_told_in_words(tmp_path, capsys):
    names = [str(tmp_path / f"{number}.json") for number in range(2)]
    assert main(["attribute", *names]) == 3
    err = capsys.readouterr().err
    assert err == "".join(f"whocut: {name}: no such file or folder\n" for name in names)


def test_a_folder_that_cannot_be_made_is_a_usage_error(tmp_path, repo_dir, capsys):
    bundle = next((repo_dir / "tests/golden/findings").rglob("bundle.json"))
    (tmp_path / "file").touch()
    where = tmp_path / "file" / "below"
    assert main(["attribute", str(bundle), "--frozen", str(where)]) == 2
    assert f"--frozen {where}: " in capsys.readouterr().err


def test_a_key_that_is_missing_says_where_one_comes_from(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["desk", "list"]) == 1
    err = capsys.readouterr().err
    assert err.startswith("whocut: desk.key: no such file")
    assert "whocut desk keys" in err


@pytest.mark.parametrize("command", ["finding youtube.com --country RU", "ledger list --limit 0"])
def test_a_table_that_nobody_reads_to_its_end_is_no_error(command, tmp_path):
    script = f"{sys.executable} -m whocut.cli {command}; echo $? > code"
    shell = f"( {script} ) | head -1"
    done = subprocess.run(
        ["/bin/sh", "-c", shell], capture_output=True, cwd=tmp_path, check=True, timeout=100
    )
    assert done.stdout
    assert done.stderr == b""
    assert (tmp_path / "code").read_text() == "0\n"


class TestNamesThatNobodyExplains:
    @pytest.mark.parametrize(
        ("name", "said"),
        [
            ("nope", "; close: none\n"),
            ("layer.route", "; close: route\n"),
            ("refussed", "; close: refused, tcp.refused, dns.refused\n"),
            ("blockpage", "; close: http.blockpage"),
            ("REFUSED", "; close: refused, "),
            ("zzzzzz", "nothing is called zzzzzz\n"),
            ("2022-03-cogent-ru", "whocut ledger show 2022-03-cogent-ru"),
            ("ru-as174-2022-03-977c2759", "whocut finding ru-as174-2022-03-977c2759"),
            ("AS174", "whocut network AS174"),
        ],
    )
    def test_near_names_are_told_once_each(self, name, said, tmp_path, capsys):
        code = main(["explain", name, "--observatory", str(tmp_path)])
        out, err = capsys.readouterr()
        assert (code, out) == (2, "")
        assert said in err
        near = err.partition("; close: ")[2].strip().split(", ")
        assert len(set(near)) == len(near)

    def test_what_is_offered_can_be_explained(self, tmp_path, capsys):
        main(["explain", "refussed", "--observatory", str(tmp_path)])
        offered = capsys.readouterr().err.partition("; close: ")[2].strip().split(", ")
        assert offered
        for name in offered:
            assert main(["explain", name, "--json"]) == 0
            assert json.loads(capsys.readouterr().out)[0]["id"] == name
