"""What the command line promises: exit codes, what goes where, formats, documentation."""

import csv
import io
import json
import os
import pty
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.unit.store.building import DAY, judgement, put
from whocut.cli.app import COMMANDS, EXIT_CODES, build_app, main
from whocut.cli.docs import stale_pages
from whocut.model.taxonomy import ActorKind, Layer, Locus, Outcome, Strength
from whocut.publish.explained import entries, entries_named, failure_entry
from whocut.store.observatory import Observatory

FORMATS = ("table", "json", "jsonl", "csv", "parquet")
HOSTILE = "https://www.example.org/\x1b[2J\x1b]0;owned\x07\u202egnp"
SERVED = {
    "outcome": Outcome.SERVED,
    "layer": Layer.NONE,
    "mechanism": "none",
    "locus": Locus.UNKNOWN,
    "actor_kind": ActorKind.NONE,
    "cut_layers": (),
    "fingerprints": (),
}


@pytest.fixture(scope="module")
def observatory(tmp_path_factory) -> Path:
    """Refused in RU on two networks, served in IR, and one target with a hostile URL."""
    place = tmp_path_factory.mktemp("contract") / "observatory"
    refused = [judgement(n, measurement_start_time=DAY + timedelta(days=n % 3)) for n in range(12)]
    served = [judgement(100 + n, probe_cc="IR", **SERVED) for n in range(3)]
    bad = {"probe_cc": "BY", "input": HOSTILE, "doubt": "\x1b]0;x\x07", "next_step": "\u202e\x9b2J"}
    hostile = [
        judgement(200, target="evil\x1b[31m\u202e.example", **bad),
        judgement(201, target="hostile.example", hostname="\x1b[31mhostile.example", **bad),
    ]
    put(Observatory(place), a=refused + served + hostile)
    return place


def run(*arguments: str, capsys) -> tuple[int, str, str]:
    code = main(arguments)
    out, err = capsys.readouterr()
    return code, out, err


def program(*arguments: str, **more) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "whocut.cli", *arguments]
    return subprocess.run(command, capture_output=True, timeout=300, check=False, **more)


class TestFormats:
    COMMANDS = (
        ("who", "example.org", "--country", "RU"),
        ("who", "example.org", "--country", "RU", "--rows"),
        ("country", "RU"),
        ("sources",),
        ("explain", "refused"),
    )

    @pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
    @pytest.mark.parametrize("form", FORMATS)
    def test_every_format_of_every_answer(self, observatory, command, form):
        environment = {**os.environ, "WHOCUT_OBSERVATORY": str(observatory)}
        done = program(*command, "--format", form, env=environment)
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

    def test_json_is_short_for_format_json(self, observatory, capsys):
        command = ("country", "RU", "--observatory", str(observatory))
        assert run(*command, "--json", capsys=capsys) == run(
            *command, "--format", "json", capsys=capsys
        )

    def test_the_same_numbers_in_every_format(self, observatory, capsys):
        command = ("who", "example.org", "-c", "RU", "--observatory", str(observatory))
        document = json.loads(run(*command, "--json", capsys=capsys)[1])
        lines = run(*command, "--format", "jsonl", capsys=capsys)[1].splitlines()
        assert document["networks"] == [json.loads(line) for line in lines]
        assert sum(row["n"] for row in document["networks"]) == document["meta"]["n"] == 12
        rows = run(*command, "--rows", "--format", "jsonl", capsys=capsys)[1].splitlines()
        assert len(rows) == 12


class TestAnswers:
    def test_who_says_n_networks_and_dates(self, observatory, capsys):
        code, out, _ = run(
            "who", "example.org", "-c", "ru", "--observatory", str(observatory), capsys=capsys
        )
        assert code == 0
        words = " ".join(out.split())
        assert "the edge that the service uses answered and refused" in words
        assert "12 of 12 measurements, 3 networks" in words
        assert "2024-01-01 to 2024-01-03" in words
        assert "Doubt: One measurement cannot show" in words
        assert "Next:" in words

    def test_days_narrow_the_answer(self, observatory, capsys):
        command = ("who", "example.org", "-c", "RU", "--observatory", str(observatory), "--json")
        document = json.loads(
            run(*command, "--since", "2024-01-02", "--until", "2024-01-02", capsys=capsys)[1]
        )
        assert document["meta"]["n"] == 4

    @pytest.mark.parametrize("form", FORMATS[:-1])
    def test_no_data_is_no_zero_and_says_what_next(self, observatory, capsys, form):
        code, out, err = run(
            "who", "example.org", "-c", "KZ", "--format", form,
            "--observatory", str(observatory), capsys=capsys,
        )  # fmt: skip
        assert code == 0
        assert "No data" in out + err
        if form == "table":
            assert "RU (n = 12)" in out
            assert "whocut fetch ooni --country KZ" in out
        if form == "json":
            document = json.loads(out)
            assert document["meta"]["n"] == 0
            assert document["next_steps"]
            assert {"probe_cc": "RU", "n": 12} in document["elsewhere"]

    def test_no_observatory_says_how_to_make_one(self, tmp_path, capsys):
        code, out, err = run(
            "who", "example.org", "-c", "RU", "--observatory", str(tmp_path / "none"), capsys=capsys
        )
        assert (code, out) == (2, "")
        assert "whocut ingest FILES" in err

    def test_the_labs_measurements_are_called_so(self, tmp_path, capsys):
        put(Observatory(tmp_path), a=[judgement(1, origin="lab")])
        command = ("who", "example.org", "-c", "RU", "--observatory", str(tmp_path))
        assert "emulated internet" in run(*command, capsys=capsys)[1]
        put(Observatory(tmp_path), b=[judgement(2, **SERVED)])
        document = json.loads(run(*command, "--json", capsys=capsys)[1])
        assert document["meta"]["n"] == 1
        assert document["answer"] == "Served in 1 of 1 measurement; no cut was seen."

    def test_a_verdict_is_explained_with_its_rules(self, observatory, capsys):
        code, out, _ = run(
            "explain", "uid-000001", "--observatory", str(observatory), capsys=capsys
        )
        assert code == 0
        assert "status 403 from 192.0.2.1:443" in out
        assert "facts: authenticated explicit" in out


class TestExitCodes:
    def test_a_cut_fails_only_when_asked(self, observatory, capsys):
        place = ("--observatory", str(observatory))
        for command in (("who", "example.org", "-c", "RU"), ("country", "RU")):
            assert run(*command, *place, capsys=capsys)[0] == 0
            assert run(*command, *place, "--fail-on", "cut", capsys=capsys)[0] == 4
        served = ("who", "example.org", "-c", "IR", *place, "--fail-on", "cut")
        assert run(*served, capsys=capsys)[0] == 0

    @pytest.mark.parametrize(
        "command",
        [
            ("who",),
            ("who", "example.org"),
            ("who", "example.org", "--country", "Russia"),
            ("who", "example.org", "--country", "RU", "--since", "yesterday"),
            ("who", "example.org", "--country", "RU", "--format", "yaml"),
            ("country", "RU", "--fail-on", "everything"),
            ("nonsense",),
            ("explain", "no.such.thing"),
            ("ingest",),
            ("ingest", "x", "--workers", "0"),
            ("ingest", "x", "--nonsense"),
        ],
        ids=" ".join,
    )
    def test_usage(self, observatory, capsys, command, monkeypatch):
        monkeypatch.setenv("WHOCUT_OBSERVATORY", str(observatory))
        code, out, err = run(*command, capsys=capsys)
        assert (code, out) == (2, "")
        assert err.startswith("whocut: ")

    def test_our_error(self, tmp_path, capsys):
        put(Observatory(tmp_path), a=[judgement(1)])
        (manifest,) = (tmp_path / "manifests").glob("*.json")
        manifest.write_text("{")
        code, out, err = run("country", "RU", "--observatory", str(tmp_path), capsys=capsys)
        assert (code, out) == (1, "")
        assert str(manifest) in err

    def test_they_are_documented(self, repo_dir):
        page = (repo_dir / "docs/manual/cli.md").read_text()
        for code, meaning in EXIT_CODES.items():
            assert f"| {code} | {meaning} |" in page


class TestStreams:
    def test_a_closed_pipe_is_no_error(self, observatory):
        command = (
            f"{sys.executable} -m whocut.cli who example.org -c RU --rows --format csv | head -1"
        )
        environment = {**os.environ, "WHOCUT_OBSERVATORY": str(observatory)}
        done = subprocess.run(
            ["/bin/sh", "-c", command], capture_output=True, env=environment, check=True
        )
        assert done.stdout.startswith(b"measurement_uid,")
        assert done.stderr == b""

    @pytest.mark.parametrize("form", FORMATS[:-1])
    def test_nothing_hostile_reaches_a_terminal(self, observatory, form):
        for command in (
            ["who", "hostile.example", "-c", "BY"],
            ["who", "hostile.example", "-c", "BY", "--rows"],
            ["country", "BY"],
            ["explain", "uid-000201"],
        ):
            shown = on_terminal([*command, "--format", form], observatory)
            assert "http.refusal" in shown
            for char in ("\x1b]", "\x1b[2J", "\x1b[31m", "\x9b", "\u202e", "\x07"):
                assert char not in shown

    def test_parquet_is_kept_from_a_terminal(self, observatory):
        shown = on_terminal(["country", "RU", "--format", "parquet", "-v"], observatory)
        assert "Parquet is not for terminals" in shown

    def test_no_color(self, observatory):
        colours = on_terminal(["country", "RU"], observatory)
        plain = on_terminal(["country", "RU"], observatory, NO_COLOR="1", TERM="xterm")
        assert "\x1b[1m" in colours
        assert "\x1b[3" not in plain

    def test_quiet_says_nothing(self, observatory, capsys):
        code, _, err = run(
            "who", "example.org", "-c", "KZ", "--format", "csv", "-q",
            "--observatory", str(observatory), capsys=capsys,
        )  # fmt: skip
        assert (code, err) == (0, "")

    def test_version_is_at_hand_at_once(self):
        times = []
        for _ in range(3):
            begin = os.times()
            done = program("--version")
            end = os.times()
            # Its work, in processor time: others at work beside it make it wait.
            times.append(sum(end[2:4]) - sum(begin[2:4]))
            assert done.stdout.strip().count(b".") == 2
        assert min(times) < 0.3


def on_terminal(arguments: list[str], observatory: Path | None = None, **environment: str) -> str:
    """Run on a pseudo-terminal, as a person would; give what it was sent."""
    ours, theirs = pty.openpty()
    known = {**os.environ, "TERM": "xterm", "COLUMNS": "120", **environment}
    if observatory is not None:
        known["WHOCUT_OBSERVATORY"] = str(observatory)
    process = subprocess.Popen(
        [sys.executable, "-m", "whocut.cli", *arguments],
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=theirs,
        env=known,
    )
    os.close(theirs)
    shown = b""
    while True:
        try:
            block = os.read(ours, 65536)
        except OSError:  # the other end is closed: Linux says EIO
            break
        if not block:
            break
        shown += block
    process.wait(60)
    os.close(ours)
    return shown.decode("utf-8", "replace")


class TestDocumentation:
    def test_generated_pages_are_up_to_date(self, repo_dir):
        assert stale_pages(repo_dir / "docs") == []

    @pytest.mark.parametrize("name", COMMANDS)
    def test_every_command_and_parameter_says_what_it_is(self, name):
        app = build_app(is_whole=True)[name]
        inner = [app[n] for n in app.resolved_commands() if not n.startswith("-")]
        for command in inner or [app]:
            assert len(command.help) > 20
            for argument in command.assemble_argument_collection():
                if argument.show:
                    assert argument.parameter.help, (name, argument.name)

    def test_every_name_can_be_explained(self):
        known = list(entries())
        kinds = {entry.kind for entry in known}
        assert {"rule", "fact", "mechanism", "outcome", "refusal reason", "chain grade"} <= kinds
        for entry in known:
            assert entry.meaning.strip(), entry.id
        for enumeration in (Outcome, Layer, Locus, ActorKind, Strength):
            names = {entry.id for entry in known}
            assert {member.value for member in enumeration} <= names

    def test_what_stands_in_a_verdict_can_be_explained(self, observatory, capsys):
        place = ("--observatory", str(observatory))
        for name in ("http.refusal.geo_explicit", "generic_timeout_error", "bad_base64", "edge"):
            assert run("explain", name, *place, capsys=capsys)[0] == 0
        assert failure_entry("connection_reset").kind == "failure"
        assert {entry.kind for entry in entries_named("none")} >= {"layer", "mechanism"}

    def test_near_names_are_offered(self, observatory, capsys):
        place = ("--observatory", str(observatory))
        _, _, err = run("explain", "refusd", *place, capsys=capsys)
        assert "refused" in err

    @pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
    def test_completion(self, shell, capsys):
        code, out, _ = run("completion", shell, capsys=capsys)
        assert code == 0
        for name in COMMANDS:
            assert name in out
