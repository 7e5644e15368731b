"""What ``whocut ledger`` promises: grades apart, every telling shown, nothing written by halves."""

import csv
import io
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.unit.ledger.recording import made_record, source
from whocut.cli.app import main
from whocut.cli.ledger_command import SUB_COMMANDS, ledger
from whocut.ledger.counts import AXES
from whocut.ledger.document import read_document_file
from whocut.ledger.load import convert, ledger_path, load_ledger
from whocut.ledger.record import CutRecord
from whocut.ledger.write import write_record

COGENT = "2022-03-cogent-ru"
ANSWERS = """\
2021-01-acme-ru
News Example
https://news-example.org/a
Cogent is said to leave
2021-01-02
en
excerpt
press
news-example
event
n
cut
cogent
s1



alleged
s1
backbone
s1
network_disconnection
s1
route
s1

Ports were closed.
s1


NO, RU
network


s1

2021-01-03
stated
s1





sanctions_law
The law asks for it.
cogent
s1


174
s1



y
"""


def run(*arguments: str, capsys) -> tuple[int, str, str]:
    code = main(["ledger", *arguments])
    out, err = capsys.readouterr()
    return code, out, err


def program(*arguments: str, **more) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "whocut.cli", "ledger", *arguments]
    return subprocess.run(command, capture_output=True, timeout=300, check=False, **more)


@pytest.fixture
def ledger_dir(tmp_path) -> Path:
    """A ledger of one record, and the sources that are shared."""
    (tmp_path / "2022").mkdir()
    shared = (ledger_path() / "sources.yaml").read_text()
    (tmp_path / "sources.yaml").write_text(shared)
    record = write_record(made_record("2022-03-acme-ru"))
    (tmp_path / "2022/2022-03-acme-ru.yaml").write_text(record)
    return tmp_path


class TestGroup:
    def test_a_missing_part_does_not_break_the_others(self, capsys, monkeypatch):
        ledger.command("whocut.cli.no_such_module:nothing", name="nothing")
        try:
            assert run("list", "--limit", "1", capsys=capsys)[0] == 0
        finally:
            del ledger["nothing"]

    def test_help_lists_every_part_and_what_it_does(self):
        out = program("--help").stdout.decode()
        there = [name for name in SUB_COMMANDS if name in ledger.resolved_commands()]
        assert len(there) > 8
        for name in there:
            assert re.search(rf"(?m)^\S\s{name}\s+[A-Z]", out), f"{name}: without what it does"

    def test_the_group_loads_nothing_heavy(self):
        script = (
            "import sys; from whocut.cli.app import main; main(['ledger', 'list', '--limit', '1']);"
            "print(*sorted({'pyarrow', 'numpy', 'duckdb'} & set(sys.modules)), file=sys.stderr)"
        )
        done = subprocess.run(
            [sys.executable, "-c", script], capture_output=True, timeout=300, check=True
        )
        assert done.stderr.strip() == b""


class TestFormats:
    COMMANDS = (
        ("list", "--country", "IR"),
        ("show", COGENT),
        ("stats",),
        ("stats", "--statement"),
        ("timeline", "--country", "IR"),
    )

    @pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
    @pytest.mark.parametrize("form", ["table", "json", "jsonl", "csv", "parquet"])
    def test_every_format_of_every_answer(self, command, form):
        done = program(*command, "--format", form)
        assert (done.returncode, done.stderr) == (0, b"")
        if form == "json":
            assert json.loads(done.stdout)
        elif form == "jsonl":
            assert all(json.loads(line) for line in done.stdout.splitlines())
        elif form == "csv":
            rows = list(csv.reader(io.StringIO(done.stdout.decode())))
            assert {len(row) for row in rows} == {len(rows[0])}
            assert len(rows) > 1
        elif form == "parquet":
            assert pq.read_table(io.BytesIO(done.stdout)).num_rows > 0
        else:
            assert done.stdout.strip()

    @pytest.mark.parametrize(
        "command",
        [
            ("list", "--country", "Russia"),
            ("list", "--grade", "sure"),
            ("list", "--since", "yesterday"),
            ("list", "--in-force", "2022"),
            ("list", "--actor", "nobody at all"),
            ("show", "2022-03-cogent"),
            ("show",),
            ("stats", "--by", "weather"),
        ],
        ids=" ".join,
    )
    def test_usage(self, command, capsys):
        code, out, err = run(*command, capsys=capsys)
        assert (code, out) == (2, "")
        assert err.startswith("whocut: ")

    def test_an_unknown_id_says_what_is_near(self, capsys):
        assert f"near: {COGENT}" in run("show", "2022-03-cogen-ru", capsys=capsys)[2]


class TestGradesStayApart:
    """No figure over grades is printed or written, by any command that counts."""

    @pytest.mark.parametrize("options", [(), ("--statement",), ("--country", "RU")], ids=" ".join)
    def test_json_holds_figures_under_grades_only(self, options, capsys):
        document = json.loads(run("stats", *options, "--json", capsys=capsys)[1])
        figures = list(numbers(document))
        assert figures
        assert {name for name, _ in figures} == {"documented", "excerpt", "lead"}

    @pytest.mark.parametrize("command", ["stats", "list", "timeline"])
    @pytest.mark.parametrize("options", [(), ("--country", "RU")], ids=" ".join)
    def test_no_sum_is_printed(self, command, options, capsys):
        counts = json.loads(run("stats", *options, "--json", capsys=capsys)[1])
        printed = run(command, *options, capsys=capsys)[1]
        head = printed.partition("\n\n")[0]
        total = sum(counts["grades"].values())
        shown = {int(number) for number in re.findall(r"\b\d+\b", head)}
        assert total not in shown
        assert set(counts["grades"].values()) <= shown

    def test_every_row_of_the_table_holds_three_figures_that_are_its_grades(self, capsys):
        counts = json.loads(run("stats", "--json", capsys=capsys)[1])["by"]
        for axis in AXES:
            printed = run("stats", "--by", axis, capsys=capsys)[1]
            for value, figures in counts[axis].items():
                name = value if axis in ("country", "subdivision") else value.replace("_", " ")
                cells = [f"{n:,}" if n else "-" for n in figures.values()]
                row = r"\s+".join(map(re.escape, cells))
                assert re.search(rf"(?m)^{re.escape(name)}\s+{row}\s*$", printed), (axis, value)

    def test_it_says_why_columns_do_not_add_up(self, capsys):
        assert "With several places: " in run("stats", capsys=capsys)[1]

    def test_refusals_and_restorations_are_told_apart(self, capsys):
        words = " ".join(run("stats", capsys=capsys)[1].split())
        assert "Among them, and no cut, each refusal: " in words
        assert "Among them, and no cut, each restoration: " in words


def numbers(value: object, name: str = "") -> list[tuple[str, int]]:
    if isinstance(value, dict):
        return [found for key, inner in value.items() for found in numbers(inner, key)]
    if isinstance(value, list):
        return [found for inner in value for found in numbers(inner, name)]
    return [(name, value)] if isinstance(value, int) else []


class TestShow:
    def test_every_telling_of_a_date_stands_with_its_sources(self, capsys):
        out = run("show", COGENT, capsys=capsys)[1]
        when = out.partition("\nWhen\n")[2].partition("\n\n")[0]
        assert "ways that are not merged" in when
        first, second = (
            re.search(rf"{day} \[([^;]+);", when)[1] for day in ("2022-03-04T17:00Z", "2022-03-05")
        )
        assert first != second

    @pytest.mark.parametrize("record_id", sorted(load_ledger().records)[::12])
    def test_every_value_is_followed_by_its_sources_and_grade(self, record_id, capsys):
        out = run("show", record_id, "--no-revisions", capsys=capsys)[1]
        rows = run("show", record_id, "--format", "jsonl", capsys=capsys)[1].splitlines()
        marks = re.findall(r"\[[0-9][^\]]*;\s(documented|excerpt|lead)\]", " ".join(out.split()))
        marks += re.findall(r"\[one of [^\]]*;\s(documented|excerpt|lead)\]", " ".join(out.split()))
        assert len(marks) >= len(rows) - 2
        record = load_ledger().records[record_id]
        for one in record.sources.values():
            if one.url is not None:
                assert one.url in out
        assert f"whocut ledger assess {record_id}" in out

    def test_a_disputed_doer_is_not_said_to_have_decided(self, capsys):
        out = run("show", "2024-07-rkn-youtube-throttle", "--no-revisions", capsys=capsys)[1]
        assert "Said to have decided, not settled: " in out
        assert "\n  Decided: " not in out
        assert " (actor) [" not in out
        words = " ".join(out.split())
        assert "On Google, an account of Federal authorities of Russia" in words
        assert "On Roskomnadzor, an account of Google" in words

    def test_json_holds_the_record_as_it_stands(self, capsys):
        document = json.loads(run("show", COGENT, "--json", capsys=capsys)[1])
        assert convert(document["record"], CutRecord, COGENT) == load_ledger().records[COGENT]
        assert [one["number"] for one in document["sources"].values()] == list(
            range(1, len(document["sources"]) + 1)
        )


class TestTimeline:
    def test_marks_and_spans_are_plain_where_nobody_looks(self, capsys):
        out = run("timeline", "--country", "IR", "--limit", "0", capsys=capsys)[1]
        chart = re.findall(r"(?m)^.*\|(.*)\|$", out)
        assert chart
        assert {len(line) for line in chart} == {len(chart[0])}
        assert set("".join(chart)) <= set("AEPODXRN?~= ")
        assert "R" in "".join(chart)

    def test_only_what_happened_within_is_drawn(self, capsys):
        command = ("timeline", "--country", "RU", "--since", "2022-03", "--until", "2022-03")
        rows = run(*command, "--format", "jsonl", capsys=capsys)[1].splitlines()
        for row in map(json.loads, rows):
            assert row["earliest"] is None or row["earliest"] <= "2022-03-31"
            assert row["latest"] is None or row["latest"] >= "2022-03-01"


class TestAdd:
    def test_answers_from_a_pipe_make_a_record(self, ledger_dir):
        done = program("add", "--root", str(ledger_dir), input=ANSWERS.encode())
        assert done.returncode == 0, done.stderr.decode()
        path = ledger_dir / "2021/2021-01-acme-ru.yaml"
        record = convert(read_document_file(path), CutRecord, str(path))
        assert record.population.places == ("NO", "RU")
        assert record.dates.announced[0].on == "2021-01-03"
        assert record.grounds[0].claimant == "cogent"
        assert [one.asn for one in record.networks] == [174]
        assert write_record(record) == path.read_text()
        out = " ".join(done.stdout.decode().split())
        assert "It is said, in press reports, that Cogent Communications disconnected" in out
        assert "Grade: excerpt, computed from the sources." in out

    def test_a_wrong_answer_is_asked_again_with_the_reason(self, ledger_dir):
        wrong = ANSWERS.replace("2021-01-03\n", "2021-13-03\n2021-01-03\n", 1)
        wrong = wrong.replace("2021-01-acme-ru\n", "2022-03-acme-ru\n2021-01-acme-ru\n", 1)
        wrong = wrong.replace("\npress\n", "\ngossip\npress\n", 1)
        wrong = wrong.replace("\ncogent\ns1\n", "\nno such company\ncogent\ns9\ns1\n", 1)
        done = program("add", "--root", str(ledger_dir), input=wrong.encode())
        talk = done.stderr.decode()
        assert done.returncode == 0, talk
        for reason in (
            "2022-03-acme-ru: such a record is there already",
            "there is no month 13",
            "gossip: not one of primary",
            "no such company: no such actor",
            "s9: no source of this record",
        ):
            assert reason in talk
        assert (ledger_dir / "2021/2021-01-acme-ru.yaml").is_file()

    @pytest.mark.parametrize("part", [0.1, 0.5, 0.97])
    def test_answers_that_end_early_write_nothing(self, ledger_dir, part):
        lines = ANSWERS.splitlines(keepends=True)
        some = "".join(lines[: int(len(lines) * part)])
        done = program("add", "--root", str(ledger_dir), input=some.encode())
        assert done.returncode == 2
        assert b"nothing is written" in done.stderr
        assert not (ledger_dir / "2021").exists()

    def test_no_writes_nothing(self, ledger_dir):
        answers = ANSWERS.removesuffix("y\n") + "n\n"
        done = program("add", "--root", str(ledger_dir), input=answers.encode())
        assert (done.returncode, (ledger_dir / "2021").exists()) == (0, False)

    def test_an_interrupt_writes_nothing(self, ledger_dir):
        command = [sys.executable, "-m", "whocut.cli", "ledger", "add", "--root", str(ledger_dir)]
        started = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        started.stdin.write(ANSWERS.removesuffix("y\n").encode())
        started.stdin.flush()
        seen = b""
        until = time.monotonic() + 300
        while b"Write it?" not in seen and time.monotonic() < until:
            seen += os.read(started.stderr.fileno(), 4096)
        started.send_signal(signal.SIGINT)
        started.communicate(timeout=300)
        assert started.returncode == 130
        assert not (ledger_dir / "2021").exists()

    def test_a_filled_form_is_taken_and_an_id_that_exists_is_not(
        self, ledger_dir, tmp_path, capsys
    ):
        form = tmp_path / "form.yaml"
        form.write_text(write_record(made_record("2032-01-acme-ru", sources={"s1": source()})))
        command = ("add", "--from", str(form), "--root", str(ledger_dir))
        code, out, _ = run(*command, "--dry-run", capsys=capsys)
        assert (code, (ledger_dir / "2032").exists()) == (0, False)
        assert form.read_text() in out
        # The actor is made up, which the check tells after the record is written.
        code, out, _ = run(*command, capsys=capsys)
        assert code == 5
        assert "acme" in out.partition("Fault: ")[2]
        assert (ledger_dir / "2032/2032-01-acme-ru.yaml").read_text() == form.read_text()
        code, _, err = run(*command, capsys=capsys)
        assert (code, "is there already" in err or "there already" in err) == (2, True)

    def test_a_form_that_names_a_field_wrongly_is_refused_by_field(
        self, ledger_dir, tmp_path, capsys
    ):
        form = tmp_path / "form.yaml"
        text = write_record(made_record("2032-01-acme-ru"))
        form.write_text(text.replace("value: backbone", "value: bakcbone"))
        code, _, err = run("add", "--from", str(form), "--root", str(ledger_dir), capsys=capsys)
        assert code == 1
        assert "sector.value" in err
        assert "bakcbone" in err


class TestWhatIsAsked:
    @pytest.mark.parametrize(
        ("asked", "says"),
        [
            (("--country", "UK"), "GB is meant"),
            (("--country", "XX"), "no country has the code XX"),
            (("--country", "UA-99"), "no part of UA has this code"),
            (("--actor", ""), "--actor: nothing is asked for"),
            (("--text", " "), "--text: nothing is asked for"),
        ],
    )
    def test_a_code_of_nobody_is_no_empty_answer(self, asked, says):
        done = program("list", *asked)
        assert done.returncode == 2
        assert says in done.stderr.decode()

    @pytest.mark.parametrize("place", ["NO", "ua-43", "EU", "WORLD"])
    def test_a_place_without_a_record_may_be_asked_for(self, place):
        assert program("list", "--country", place).returncode == 0

    def test_an_answer_without_end_does_not_flood_the_screen(self, ledger_dir):
        done = program("add", "--root", str(ledger_dir), input=b"A" * 300_000)
        assert done.returncode == 2
        assert len(done.stderr) < 5_000
