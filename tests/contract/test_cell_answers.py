"""What who, country and network promise where there are cells: answers, rows, formats, codes."""

import csv
import io
import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.contract.test_command_line import FORMATS, on_terminal, program, run
from tests.unit.cli.celled import FIRST, celled_observatory, cells, lay_cells, measured
from tests.unit.store.building import blank, judgement, put
from whocut.store.observatory import Observatory

WHO = ("who", "example.org", "--country", "RU")
OPENED = {
    "verdicts": "measurement_uid",
    "signals": "rule_id",
    "tallies": "example_uid",
    "networks": "bad_days",
    "cells": "answer",
    "spans": "onset_high",
}


@pytest.fixture(scope="module")
def observatory(tmp_path_factory) -> Path:
    return celled_observatory(tmp_path_factory.mktemp("celled") / "observatory")


@pytest.fixture
def answer(observatory, capsys, monkeypatch):
    """Ask in JSON."""
    monkeypatch.setenv("WHOCUT_OBSERVATORY", str(observatory))

    def ask(*command: str) -> dict:
        code, out, _ = run(*command, "--json", capsys=capsys)
        assert code == 0
        return json.loads(out)

    return ask


class TestFormats:
    COMMANDS = (
        WHO,
        (*WHO, "--rows"),
        *((*WHO, "--of", of) for of in OPENED),
        ("country", "RU"),
        ("country", "RU", "--all"),
        ("country", "RU", "--rows", "--of", "cells"),
        ("network", "AS64500"),
        ("network", "64500", "--country", "RU", "--rows"),
        ("network", "64500", "--of", "networks"),
    )

    @pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
    @pytest.mark.parametrize("form", FORMATS)
    def test_every_format_of_every_answer(self, observatory, command, form, capsysbinary, tmp_path):
        place = ("--observatory", str(observatory))
        code, out, err = run(*command, *place, "--format", form, capsys=capsysbinary)
        assert (code, err) == (0, b"")
        if form == "json":
            assert json.loads(out)
        elif form == "jsonl":
            assert all(json.loads(line) for line in out.splitlines())
        elif form == "csv":
            rows = list(csv.reader(io.StringIO(out.decode())))
            assert {len(row) for row in rows} == {len(rows[0])}
            assert len(rows) > 1
        elif form == "parquet":
            assert pq.read_table(io.BytesIO(out)).num_rows > 0
        else:
            assert out.strip()

    def test_the_program_itself(self, observatory):
        environment = {**os.environ, "WHOCUT_OBSERVATORY": str(observatory)}
        done = program(*WHO, env=environment)
        assert (done.returncode, done.stderr) == (0, b"")
        assert b"Interfered with in the path" in done.stdout


class TestWho:
    def test_the_last_week_that_carries_an_answer_answers(self, answer):
        found = answer(*WHO)
        assert found["cell"]["week"] == "2024-02-19"
        assert found["cell"]["answer"] == "interfered"
        assert found["answer"].startswith("Interfered with in the path; probability 99 %")
        assert found["meta"]["later_insufficient_weeks"] == 1
        assert [row["week"] for row in found["weeks"]] == sorted(r["week"] for r in found["weeks"])
        assert len(found["weeks"]) == 9

    def test_the_week_asked_for(self, answer):
        for week in ("2024-W02", "2024-01-10"):
            found = answer(*WHO, "--week", week)
            assert (found["cell"]["week"], found["cell"]["answer"]) == ("2024-01-08", "served")
            assert found["meta"]["n"] == 12
        assert answer(*WHO, "--until", "2024-01-17")["cell"]["week"] == "2024-01-15"
        assert len(answer(*WHO, "--since", "2024-02-08")["weeks"]) == 4

    def test_onset_and_contrast(self, answer):
        found = answer(*WHO)
        (span,) = found["spans"]
        assert (span["onset_low"], span["onset"], span["end"]) == ("2024-01-22", "2024-01-29", None)
        assert {row["probe_cc"]: row["answer"] for row in found["elsewhere"]} == {
            "IR": "served",
            "KZ": "refused_service",
        }

    def test_statements_have_rule_doubt_and_measurements_from_the_examples(self, answer, capsys):
        found = answer(*WHO)
        cut, served = found["statements"]
        assert cut["rules"] == ["tls.reset.sni"]
        assert cut["doubt"] == "A reset shows no sender."
        assert (cut["statement"]["n"], served["statement"]["n"]) == (48, 50)
        assert len(cut["measurements"]) == 2
        code, out, _ = run("explain", cut["measurements"][0], capsys=capsys)
        assert code == 0
        assert "tls.reset.sni" in out

    def test_weeks_in_which_it_was_slowed(self, tmp_path, capsys, monkeypatch):
        place = tmp_path / "slowed"
        put(Observatory(place), a=measured())
        given = {"probe_cc": "RU", "target": "example.org", "n": 24, "n_networks": 3}
        ratios = {"rate_ratio": 0.1, "rate_ratio_low": 0.08, "rate_ratio_high": 0.13}
        weeks = [FIRST + timedelta(weeks=week) for week in (5, 6)]
        slowed = [
            blank("slowdown", **given, **ratios, week=week, answer=answer, mechanism=mechanism)
            for week, answer, mechanism in (
                (weeks[0], "throttled", "http.throttle"),
                (weeks[1], "none", "none"),
            )
        ]
        lay_cells(place, {"cell": cells(), "slowdown": slowed})
        _, out, _ = run(*WHO, "--observatory", str(place), capsys=capsys)
        words = " ".join(out.split())
        assert f"Week of {weeks[0]}: Held back here and not elsewhere" in words
        assert "0.1 times" in words
        monkeypatch.setenv("WHOCUT_OBSERVATORY", str(place))
        _, out, _ = run(*WHO, "--json", capsys=capsys)
        assert [row["week"] for row in json.loads(out)["slowdowns"]] == [str(weeks[0])]

    def test_what_a_person_reads(self, observatory, capsys):
        _, out, _ = run(*WHO, "--observatory", str(observatory), capsys=capsys)
        words = " ".join(out.split())
        for text in (
            "since the week of 2024-01-29 (between 2024-01-22 and 2024-01-29)",
            "still at work in the last week measured (2024-02-19)",
            "on 90 % of the networks of RU (90 % interval 60 % to 98 %)",
            "1 later week with measurements, too few for an answer",
            "That week 2 other countries measured it; mostly served in 1. Cut also in KZ",
            "Measurements of 9 weeks from 2024-01-01 to 2024-03-03, all that were measured",
            "tls.reset.sni B 16",
        ):
            assert text in words

    def test_what_an_insufficient_cell_lacks_is_said_of_these_networks(self, answer):
        found = answer("who", "lone.example", "--country", "RU")
        assert found["cell"]["shortfall"] == "one_network"
        steps = " ".join(found["next_steps"])
        assert "Only AS64502 was measured" in steps
        assert "AS64510" in steps and "AS64500" in steps
        assert "whocut fetch ooni --country RU --since 2024-02-12 --until 2024-02-18" in steps

    def test_a_host_name_is_answered_by_its_verdicts(self, answer):
        found = answer("who", "www.example.org", "--country", "RU")
        assert found["cell"] is None
        assert found["meta"]["n"] > 0
        assert "whocut who example.org --country RU" in found["next_steps"][-1]

    def test_measured_and_not_yet_in_cells(self, tmp_path, capsys):
        put(Observatory(tmp_path), a=[judgement(1)])
        command = (*WHO, "--observatory", str(tmp_path))
        assert "whocut cells makes them" in run(*command, capsys=capsys)[1].replace("\n  ", " ")
        assert run(*command, "--fail-on", "cut", capsys=capsys)[0] == 4
        code, _, err = run(*command, "--of", "cells", capsys=capsys)
        assert code == 0
        assert "whocut cells makes them" in err


class TestRows:
    @pytest.mark.parametrize("of", OPENED)
    def test_an_answer_opens_down_to(self, observatory, of, capsys):
        place = ("--observatory", str(observatory), "--format", "jsonl")
        code, out, _ = run(*WHO, "--of", of, *place, capsys=capsys)
        assert code == 0
        rows = [json.loads(line) for line in out.splitlines()]
        assert rows
        assert all(OPENED[of] in row and row["probe_cc"] == "RU" for row in rows)

    def test_as_many_as_the_answer_counts(self, answer, observatory, capsys):
        found = answer(*WHO, "--since", "2024-02-08")
        place = ("--observatory", str(observatory), "--format", "jsonl", "--since", "2024-02-08")
        tallies = run(*WHO, *place, "--of", "tallies", capsys=capsys)[1].splitlines()
        verdicts = run(*WHO, *place, "--rows", capsys=capsys)[1].splitlines()
        counted = sum(json.loads(line)["n"] for line in tallies)
        assert found["meta"]["n"] == counted == len(verdicts) == 38

    def test_only_rows_that_there_are(self, observatory, capsys):
        place = ("--observatory", str(observatory))
        code, out, err = run("network", "64500", "--of", "cells", *place, capsys=capsys)
        assert (code, out) == (2, "")
        assert "opens down to" in err

    def test_of_a_network(self, observatory, capsys):
        command = ("network", "AS64501", "--observatory", str(observatory), "--format", "jsonl")
        for of in ("verdicts", "tallies", "networks"):
            out = run(*command, "--of", of, capsys=capsys)[1]
            assert {json.loads(line)["probe_asn"] for line in out.splitlines()} == {64501}


class TestCountry:
    def test_targets_by_answer(self, answer):
        found = answer("country", "RU")
        assert found["answers"] == {
            "interfered": 1,
            "cut_unattributed": 1,
            "insufficient": 1,
            "served": 1,
        }
        assert found["shortfalls"] == {"one_network": 1}
        assert found["outcomes"] == {"served": 60, "interfered": 51}
        first, second = found["targets"]
        assert (first["target"], first["since_week"]) == ("example.org", "2024-01-29")
        assert (first["n"], first["n_usable"], first["networks"]) == (48, 98, 3)
        assert second["target"] == "local.example"
        assert {row["target"] for row in answer("country", "RU", "--all")["targets"]} == {
            "example.org",
            "local.example",
            "lone.example",
            "quiet.example",
        }

    def test_without_cells_the_keys_are_the_same(self, answer, tmp_path, monkeypatch):
        whole = answer("country", "RU")
        put(Observatory(tmp_path), a=[judgement(1)])
        monkeypatch.setenv("WHOCUT_OBSERVATORY", str(tmp_path))
        bare = answer("country", "RU")
        assert set(bare) <= set(whole)
        assert set(bare["meta"]) <= set(whole["meta"])
        assert set(bare["targets"][0]) <= set(whole["targets"][0])

    def test_the_course_by_week(self, answer):
        weeks = {row["week"]: row for row in answer("country", "RU")["weeks"]}
        assert weeks["2024-02-19"] == {
            "week": "2024-02-19",
            "targets": 3,
            "answers": {"cut_unattributed": 1, "interfered": 1, "served": 1},
        }
        assert answer("country", "RU", "--until", "2024-01-20")["answers"] == {"served": 1}


class TestNetwork:
    def test_beside_the_others(self, answer):
        found = answer("network", "AS64500")
        kinds = {row["target"]: row["kind"] for row in found["targets"]}
        assert kinds == {"local.example": "only_here", "example.org": "both"}
        other = {row["target"]: row["kind"] for row in answer("network", "64501")["targets"]}
        assert other["local.example"] == "only_elsewhere"

    def test_a_network_that_is_unwell_is_called_so(self, answer):
        health = " ".join(answer("network", "64502")["health"])
        assert "162 of 324 exchanges failed (50 %)" in health
        assert "2024-02-21" in health
        assert "at random in 9 of 9 weeks" in health
        assert "at random" not in " ".join(answer("network", "64501")["health"])

    def test_nothing_measured_is_said(self, observatory, capsys):
        place = ("--observatory", str(observatory))
        for command in (("network", "65000"), ("network", "64500", "-c", "KZ")):
            code, out, _ = run(*command, *place, capsys=capsys)
            assert code == 0
            assert "No data" in out


class TestExitCodes:
    def test_a_cut_that_stands(self, observatory, capsys):
        place = ("--observatory", str(observatory), "--fail-on", "cut")
        for command, expected in (
            (WHO, 4),
            ((*WHO, "--week", "2024-W02"), 0),
            (("who", "local.example", "-c", "RU"), 4),
            (("who", "lone.example", "-c", "RU"), 0),  # insufficient is no cut
            (("country", "RU"), 4),
            (("country", "RU", "--rows"), 4),
            (("country", "IR", "--rows"), 0),
            (("country", "RU", "--until", "2024-01-20"), 0),
            (("country", "IR"), 0),
            (("network", "64500"), 4),
        ):
            assert run(*command, *place, capsys=capsys)[0] == expected, command

    @pytest.mark.parametrize(
        "command",
        [
            (*WHO, "--week", "soon"),
            (*WHO, "--week", "2024-W02", "--since", "2024-01-01"),
            (*WHO, "--of", "everything"),
            ("network", "ASX"),
            ("network", "AS99999999999"),
            ("network",),
        ],
        ids=" ".join,
    )
    def test_usage(self, observatory, command, capsys, monkeypatch):
        monkeypatch.setenv("WHOCUT_OBSERVATORY", str(observatory))
        code, out, err = run(*command, capsys=capsys)
        assert (code, out) == (2, "")
        assert err.startswith("whocut: ")


class TestProgram:
    """A question ends its process itself: codes, whole output, closed pipes."""

    @pytest.mark.parametrize(
        ("command", "code"),
        [
            ((*WHO, "--fail-on", "cut"), 4),
            ((*WHO, "--week", "soon"), 2),
            (("country", "RU", "--rows", "--format", "csv"), 0),
            (("network", "64500", "--json"), 0),
        ],
        ids=str,
    )
    def test_codes_and_whole_output(self, observatory, command, code, capsysbinary):
        environment = {**os.environ, "WHOCUT_OBSERVATORY": str(observatory)}
        done = program(*command, env=environment)
        assert done.returncode == code
        place = ("--observatory", str(observatory))
        _, out, err = run(*command, *place, capsys=capsysbinary)
        assert (done.stdout, done.stderr) == (out, err)

    def test_a_reader_that_has_seen_enough(self, observatory):
        command = f"{sys.executable} -m whocut.cli country RU --rows --format csv | head -1"
        environment = {**os.environ, "WHOCUT_OBSERVATORY": str(observatory)}
        done = subprocess.run(
            ["/bin/sh", "-c", command], capture_output=True, env=environment, check=True
        )
        assert done.stdout.startswith(b"measurement_uid,")
        assert done.stderr == b""


class TestPlots:
    def test_drawn_on_a_terminal_and_not_in_a_pipe(self, observatory, capsys):
        assert "100 %┤" in on_terminal([*WHO, "--plot"], observatory)
        assert "100 %┤" not in on_terminal(list(WHO), observatory)
        assert "0 %┤" in on_terminal(["country", "RU"], observatory)
        assert "0 %┤" not in on_terminal(["country", "RU", "--no-plot"], observatory)
        place = ("--observatory", str(observatory))
        assert "┤" not in run(*WHO, *place, capsys=capsys)[1]
        for command in (WHO, ("country", "RU"), ("network", "64500")):
            assert "0 %┤" in run(*command, *place, "--plot", capsys=capsys)[1]

    def test_no_colours_in_it(self, observatory):
        shown = on_terminal([*WHO, "--plot"], observatory, NO_COLOR="1")
        assert "\x1b[3" not in shown
        assert "I interfered" in shown.replace("I = ", "I ")

    def test_plain_letters_where_the_terminal_has_no_more(self, observatory):
        shown = on_terminal([*WHO, "--plot"], observatory, PYTHONIOENCODING="ascii:replace")
        assert "100 %+" in shown

    def test_as_wide_as_the_terminal(self, observatory):
        for width in (60, 90):
            shown = on_terminal([*WHO, "--plot"], observatory, COLUMNS=str(width))
            lines = [line for line in shown.splitlines() if "┤" in line or "└┬" in line]
            assert lines
            assert max(len(line.rstrip()) for line in lines) <= width
