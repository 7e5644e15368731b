"""How an edition comes about: keyed by what it is made from, whole or not at all, in one step."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.unit.cli.celled import cell, celled_observatory, cells, lay_cells
from whocut.ledger.load import ledger_path
from whocut.model.errors import DamagedDataError, UsageError
from whocut.publish.edition.build import build_edition, edition_path, write_edition
from whocut.publish.edition.inputs import find_inputs
from whocut.publish.edition.ledger_rows import LedgerFilters
from whocut.publish.edition.opening import (
    EditionKeeper,
    current_edition,
    current_key,
    editions_directory,
    open_edition,
)
from whocut.publish.edition.progress import Progress
from whocut.store.observatory import Observatory


@pytest.fixture
def ledger(tmp_path) -> Path:
    """A ledger of a few of the records that ship."""
    root = tmp_path / "ledger"
    for name in ("2022/2022-03-cogent-ru.yaml", "2019/2019-07-github-multi.yaml", "sources.yaml"):
        place = root / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes((ledger_path() / name).read_bytes())
    return root


@pytest.fixture
def observatory(tmp_path) -> Path:
    return celled_observatory(tmp_path / "observatory")


def tables_of(path: Path) -> dict[str, list[tuple]]:
    connection = sqlite3.connect(path)
    names = [
        name
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        if not name.startswith("sqlite_stat")
    ]
    found = {name: connection.execute(f"SELECT * FROM {name}").fetchall() for name in names}
    connection.close()
    return found


class TestTheKey:
    def test_the_same_inputs_give_the_same_edition_byte_for_byte(self, observatory, ledger):
        path = build_edition(observatory, ledger=ledger)
        before = path.read_bytes()
        path.unlink()
        assert build_edition(observatory, ledger=ledger) == path
        assert path.read_bytes() == before

    def test_another_process_writes_the_same_bytes(self, observatory, ledger):
        path = build_edition(observatory, ledger=ledger)
        before = path.read_bytes()
        for seed in ("1", "2"):
            path.unlink()
            command = [sys.executable, "-c", _BUILD, str(observatory), str(ledger)]
            subprocess.run(command, check=True, env={**os.environ, "PYTHONHASHSEED": seed})
            assert path.read_bytes() == before

    def test_another_observatory_with_the_same_content_gives_the_same_tables(
        self, observatory, ledger, tmp_path
    ):
        other = celled_observatory(tmp_path / "other")
        first = tables_of(build_edition(observatory, ledger=ledger))
        second = tables_of(build_edition(other, ledger=ledger))
        assert first == second
        assert first["access_pair"]
        assert first["ledger_record"]

    def test_what_is_taken_over_is_what_would_be_written(self, observatory, ledger, tmp_path):
        build_edition(observatory, ledger=ledger)
        lay_cells(observatory, {"cell": [*cells(), cell("new.example", 8, "interfered")]})
        steps = {}
        path = build_edition(
            observatory, ledger=ledger, progress=lambda *one: steps.update({one[0]: one[1:]})
        )
        assert "taken over" in steps
        assert "law of the day" not in steps
        n_known = steps["findings taken over"][0]
        assert 0 < n_known < len(tables_of(path)["finding"])
        whole = tmp_path / "whole.sqlite"
        with Observatory(observatory).snapshot() as snapshot:
            inputs = find_inputs(snapshot, observatory, ledger)
            write_edition(whole, inputs, snapshot, Progress())
        assert tables_of(path) == tables_of(whole)
        edition = open_edition(path)
        assert edition.ledger.rows(LedgerFilters(q="cogent"))[1] == 1
        assert edition.ledger.rows(LedgerFilters(country="RU"))[1] == 1

    def test_another_ledger_is_not_taken_over(self, observatory, ledger):
        build_edition(observatory, ledger=ledger)
        (ledger / "2019" / "2019-07-github-multi.yaml").unlink()
        steps = []
        build_edition(observatory, ledger=ledger, progress=lambda *one: steps.append(one[0]))
        assert current_edition(observatory).ledger.facts.n_records == 1
        assert "findings taken over" not in steps

    def test_what_is_there_is_not_built_again(self, observatory, ledger):
        build_edition(observatory, ledger=ledger)
        steps = []
        build_edition(observatory, ledger=ledger, progress=lambda *told: steps.append(told))
        assert steps == []

    def test_new_cells_call_for_a_new_edition(self, observatory, ledger):
        first = build_edition(observatory, ledger=ledger)
        lay_cells(observatory, {"cell": [*cells(), cell("new.example", 8, "interfered")]})
        assert edition_path(observatory, ledger=ledger) != first
        second = build_edition(observatory, ledger=ledger)
        assert second != first
        assert current_edition(observatory).access.pair_row("RU", "new.example") is not None
        assert open_edition(first).access.pair_row("RU", "new.example") is None

    def test_a_changed_record_calls_for_a_new_edition(self, observatory, ledger):
        first = edition_path(observatory, ledger=ledger)
        record = ledger / "2022" / "2022-03-cogent-ru.yaml"
        record.write_text(record.read_text("utf-8") + "# reviewed\n", "utf-8")
        assert edition_path(observatory, ledger=ledger) != first

    def test_progress_tells_every_step(self, observatory, ledger):
        steps = []
        build_edition(observatory, ledger=ledger, progress=lambda *told: steps.append(told))
        last = {step: (done, total) for step, done, total in steps}
        for step in ("records", "law of the day", "lags", "countries", "gap", "search"):
            done, total = last[step]
            assert done == total > 0, step


class TestWhatIsNotThere:
    def test_without_an_observatory_the_ledger_is_there(self, ledger, tmp_path):
        place = tmp_path / "nothing"
        build_edition(place, ledger=ledger)
        edition = current_edition(place)
        assert edition.access.countries() == []
        assert edition.access.facts.sequence == 0
        assert edition.ledger.facts.n_records == 2
        # The pages were there first: measurements can still come.
        celled_observatory(place)
        build_edition(place, ledger=ledger)
        assert current_edition(place).access.countries() != []

    def test_nothing_built_is_told(self, tmp_path):
        with pytest.raises(UsageError, match="no edition"):
            current_edition(tmp_path)

    def test_a_file_that_is_none_is_told(self, tmp_path):
        path = tmp_path / "x.sqlite"
        path.write_bytes(b"no database" * 1000)
        with pytest.raises(DamagedDataError, match=r"x\.sqlite"):
            open_edition(path)
        with pytest.raises(DamagedDataError, match="no such edition"):
            open_edition(tmp_path / "y.sqlite")


class TestSwapping:
    def test_a_reader_keeps_its_edition_when_it_is_removed(self, observatory, ledger):
        first = build_edition(observatory, ledger=ledger)
        held = current_edition(observatory)
        for number in range(3):
            lay_cells(observatory, {"cell": [*cells(), cell(f"n{number}.example", 8, "served")]})
            build_edition(observatory, ledger=ledger)
        assert not first.exists()
        assert len(list(editions_directory(observatory).glob("*.sqlite"))) == 3
        assert held.access.pair_row("RU", "example.org").answer == "interfered"
        assert held.access.pair_row("RU", "n0.example") is None
        with ThreadPoolExecutor(1) as another:
            found = another.submit(held.access.pair_row, "RU", "example.org").result()
        assert found == held.access.pair_row("RU", "example.org")

    def test_the_keeper_turns_to_the_new_one(self, observatory, ledger):
        build_edition(observatory, ledger=ledger)
        keeper = EditionKeeper(observatory, every_s=0)
        first = keeper()
        assert keeper() is first
        lay_cells(observatory, {"cell": [*cells(), cell("new.example", 8, "served")]})
        assert keeper() is first
        build_edition(observatory, ledger=ledger)
        assert keeper().key == current_key(observatory) != first.key

    def test_a_killed_build_leaves_nothing_half(self, observatory, ledger):
        build_edition(observatory, ledger=ledger)
        before = current_key(observatory)
        lay_cells(observatory, {"cell": [*cells(), cell("new.example", 8, "served")]})
        process = subprocess.Popen(
            [sys.executable, "-c", _SLOW_BUILD, str(observatory), str(ledger)],
            stdout=subprocess.PIPE,
        )
        assert process.stdout.readline() == b"countries\n"
        assert list(editions_directory(observatory).glob(".*.draft"))
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()
        assert current_key(observatory) == before
        assert current_edition(observatory).access.pair_row("RU", "new.example") is None
        build_edition(observatory, ledger=ledger)
        assert list(editions_directory(observatory).glob(".*.draft")) == []
        assert current_edition(observatory).access.pair_row("RU", "new.example") is not None

    def test_a_pinned_snapshot_is_let_go(self, observatory, ledger):
        build_edition(observatory, ledger=ledger)
        lay_cells(observatory, {"cell": cells()[:3]})
        with Observatory(observatory).writer() as writer:
            writer.collect(keep=1)
        assert len(list((observatory / "manifests").glob("*.json"))) == 1


def test_a_second_opening_takes_a_tenth_of_a_second(observatory, ledger):
    build_edition(observatory, ledger=ledger)
    current_edition(observatory)
    begun = time.thread_time()  # its work: others at work beside it make it wait
    current_edition(observatory).access.countries()
    assert time.thread_time() - begun < 0.1


_BUILD = """
import sys
from pathlib import Path
from whocut.publish.edition.build import build_edition

build_edition(Path(sys.argv[1]), ledger=Path(sys.argv[2]))
"""
_SLOW_BUILD = """
import sys, time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from whocut.publish.edition.build import build_edition

def told(step, done, total):
    if step == "countries":
        print(step, flush=True)
        time.sleep(60)

build_edition(Path(sys.argv[1]), ledger=Path(sys.argv[2]), progress=told)
"""


def test_a_name_that_no_bundle_may_hold_does_not_end_the_build(tmp_path, ledger):
    record = ledger / "2019" / "2019-07-github-multi.yaml"
    text = record.read_text("utf-8")
    assert "\ndomains:\n- {domain: github.com," in text
    record.write_text(text.replace("domain: github.com,", "domain: no domain,"), "utf-8")
    said = []
    path = build_edition(tmp_path / "place", ledger=ledger, progress=lambda *one: said.append(one))
    edition = open_edition(path)
    assert edition.ledger.row(record.stem) is not None
    assert edition.findings.of_record("2022-03-cogent-ru", 10)
    refused = [done for step, done, _ in said if step == "questions that no bundle may hold"]
    assert len(refused) == 1
    assert refused[0] > 0
