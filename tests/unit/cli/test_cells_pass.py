"""The flow of the second pass: what is stale, what is made anew, what a reader sees meanwhile."""

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import msgspec
import pyarrow.parquet as pq
import pytest

from tests.unit.store.building import DAY, judgement, put, rows, tree
from tests.unit.store.tiny_model import TINY, fit
from whocut.cli.cells_pass import Brought, bring_up_to_date
from whocut.scale.executor import InProcessExecutor, open_executor
from whocut.store import second_pass
from whocut.store.derived import quarter_of, stale_quarters
from whocut.store.observatory import Observatory


@dataclass
class Heard:
    steps: list[tuple[str, int]] = field(default_factory=list)
    done: int = 0

    def begin(self, title: str, tasks: int) -> None:
        self.steps.append((title, tasks))

    def advance(self) -> None:
        self.done += 1


def derive(observatory: Observatory, *, workers: int = 1, model=TINY, is_all=False) -> Brought:
    with open_executor(workers) as executor, observatory.writer() as writer:
        brought = bring_up_to_date(writer, model, executor, Heard(), is_all=is_all)
        writer.collect()
    return brought


def some(first: int, count: int, cc: str = "RU", *, day: int = 0, targets: int = 5):
    """Judgements with their own ids, a few minutes apart, from a day on."""
    return [
        judgement(
            number,
            signals=0,
            probe_cc=cc,
            target=f"site{number % targets}.example",
            measurement_start_time=DAY + timedelta(days=day + number % 20, minutes=number),
        )
        for number in range(first, first + count)
    ]


def all_rows(observatory: Observatory, table: str) -> list[dict]:
    with observatory.snapshot() as snapshot:
        paths = [observatory.directory / entry.path for entry in snapshot.files(table)]
        return [row for path in paths for row in pq.ParquetFile(path).read().to_pylist()]


def content(observatory: Observatory) -> str:
    with observatory.snapshot() as snapshot:
        return snapshot.manifest.content


def derived_tree(observatory: Observatory) -> dict[str, bytes]:
    heads = ("tally/", "network_week/", "cell/", "span/")
    return {path: data for path, data in tree(observatory).items() if path.startswith(heads)}


@pytest.mark.parametrize(
    ("day", "quarter"),
    [
        ("2024-01-01", "2024-01-01"),  # a Monday
        ("2023-12-31", "2023-10-01"),
        ("2024-04-01", "2024-04-01"),
        ("2024-03-31", "2024-01-01"),
        ("2024-07-01", "2024-07-01"),
        ("2025-01-01", "2024-10-01"),  # its Monday lies in December
        ("2025-01-05", "2024-10-01"),
        ("2025-01-06", "2025-01-01"),
    ],
)
def test_a_day_belongs_to_the_quarter_of_its_monday(day: str, quarter: str) -> None:
    assert quarter_of(day) == quarter


def test_all_tables_hold_what_the_verdicts_hold(tmp_path: Path) -> None:
    observatory = Observatory(tmp_path / "o")
    put(observatory, a=[*some(0, 60), *some(60, 40, "IR"), *some(100, 30, "RU", day=100)])
    brought = derive(observatory)
    assert (brought.tallied, brought.fitted, brought.spanned) == (3, 2, 2)
    for table in ("tally", "cell", "span", "network_week"):
        (found,) = rows(observatory, f"SELECT sum(n) FROM {table}")
        assert found == (130,), table
    counted = rows(observatory, "SELECT count(*) FROM cell WHERE n_countries = 1")
    assert counted[0][0] > 0
    for path in derived_tree(observatory):
        day = path.split("day=")[1][:10]
        assert day == "0001-01-01" if path.startswith("span/") else day[5:] in ("01-01", "04-01")


def test_a_second_run_does_nothing(tmp_path: Path) -> None:
    observatory = Observatory(tmp_path / "o")
    put(observatory, a=some(0, 50))
    assert derive(observatory).is_changed
    before = tree(observatory)
    again = derive(observatory)
    assert not again.is_changed
    assert (again.tallied, again.fitted, again.spanned) == (0, 0, 0)
    assert tree(observatory) == before


def test_everything_anew_gives_the_same_bytes(tmp_path: Path) -> None:
    observatory = Observatory(tmp_path / "o")
    put(observatory, a=[*some(0, 50), *some(50, 20, "IR")])
    derive(observatory)
    before = tree(observatory)
    again = derive(observatory, is_all=True)
    assert (again.tallied, again.fitted, again.spanned) == (2, 1, 2)
    assert not again.is_changed
    assert tree(observatory) == before


def test_only_touched_parts_are_made_anew_and_come_out_as_a_full_run(tmp_path: Path) -> None:
    first = [*some(0, 60), *some(60, 40, "IR"), *some(100, 30, "RU", day=100)]
    late = some(200, 25, "IR", day=100)
    grown = Observatory(tmp_path / "grown")
    put(grown, a=first)
    derive(grown)
    put(grown, b=late)
    brought = derive(grown)
    # IR has a new quarter; the cells of that quarter know IR now, in RU too.
    assert (brought.tallied, brought.fitted, brought.spanned) == (1, 1, 2)
    whole = Observatory(tmp_path / "whole")
    put(whole, a=first, b=late)
    derive(whole)
    with grown.writer() as writer:
        writer.collect(keep=1)
    assert derived_tree(grown) == derived_tree(whole)
    assert content(grown) == content(whole)


def test_the_same_measurements_again_leave_everything_current(tmp_path: Path) -> None:
    observatory = Observatory(tmp_path / "o")
    put(observatory, a=some(0, 50))
    derive(observatory)
    put(observatory, b=some(0, 50))  # a second source, no new verdict
    with observatory.snapshot() as snapshot:
        assert stale_quarters(snapshot.manifest, TINY.version) == ()
    assert derive(observatory).tallied == 0


def test_new_verdicts_leave_no_claim_that_cells_are_current(tmp_path: Path) -> None:
    observatory = Observatory(tmp_path / "o")
    put(observatory, a=[*some(0, 50), *some(50, 30, day=100)])
    derive(observatory)
    before = derived_tree(observatory)
    put(observatory, b=some(100, 5, "IR"))
    with observatory.snapshot() as snapshot:
        assert stale_quarters(snapshot.manifest, TINY.version) == ("2024-01-01",)
        notes = {(note.table, note.cc, note.day) for note in snapshot.manifest.derived}
    # The old files can be read, and what was not touched is current.
    assert derived_tree(observatory) == before
    assert ("cell", "", "2024-01-01") not in notes
    assert ("cell", "", "2024-04-01") in notes
    derive(observatory)
    with observatory.snapshot() as snapshot:
        assert stale_quarters(snapshot.manifest, TINY.version) == ()


def test_another_model_makes_everything_anew(tmp_path: Path) -> None:
    observatory = Observatory(tmp_path / "o")
    put(observatory, a=some(0, 50))
    derive(observatory)
    with observatory.snapshot() as snapshot:
        assert stale_quarters(snapshot.manifest, "tiny-2") == ("2024-01-01",)
    brought = derive(observatory, model=msgspec.structs.replace(TINY, version="tiny-2"))
    assert (brought.tallied, brought.fitted, brought.spanned) == (1, 1, 1)


def test_workers_change_no_byte(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(second_pass, "BUCKET_ROWS", 16)
    trees = []
    for workers in (1, 3):
        observatory = Observatory(tmp_path / f"o{workers}")
        put(
            observatory,
            a=[one for n, cc in enumerate(("RU", "IR", "TR")) for one in some(n * 99, 99, cc)],
        )
        derive(observatory, workers=workers)
        trees.append(tree(observatory))
    assert trees[0] == trees[1]


def test_buckets_files_and_ranges_change_no_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = [*some(0, 300, targets=40), *some(300, 200, "IR", targets=40)]
    answers = []
    for bound in (1 << 18, 16):
        for name in ("FILE_ROWS", "BUCKET_ROWS", "SPAN_ROWS"):
            monkeypatch.setattr(second_pass, name, bound)
        observatory = Observatory(tmp_path / f"o{bound}")
        put(observatory, a=data)
        derive(observatory)
        answers.append(
            [
                sorted(all_rows(observatory, table), key=repr)
                for table in ("tally", "network_week", "cell", "span")
            ]
        )
    assert len(list((tmp_path / "o16").glob("cell/cc=RU/*/*.parquet"))) > 1
    assert answers[0] == answers[1]


def broken_fit(tallies):
    raise RuntimeError("the light went out")


def test_an_interruption_leaves_the_old_state_and_is_taken_up(tmp_path: Path) -> None:
    observatory = Observatory(tmp_path / "o")
    put(observatory, a=some(0, 50))
    derive(observatory)
    before = content(observatory)
    put(observatory, b=[*some(100, 50), *some(200, 40, "IR")])
    middle = content(observatory)
    answer = rows(observatory, "SELECT sum(n) FROM cell")
    with pytest.raises(RuntimeError, match="the light went out"):
        derive(observatory, model=msgspec.structs.replace(TINY, fit=broken_fit))
    assert before != content(observatory) == middle
    assert rows(observatory, "SELECT sum(n) FROM cell") == answer == [(50,)]
    heard = Heard()
    with observatory.writer() as writer:
        brought = bring_up_to_date(writer, TINY, InProcessExecutor(), heard)
    assert brought.tallied == 0  # the verdicts were counted before the light went out
    assert (brought.fitted, brought.spanned) == (1, 2)
    assert rows(observatory, "SELECT sum(n) FROM cell") == [(140,)]
    whole = Observatory(tmp_path / "whole")
    put(whole, a=some(0, 50), b=[*some(100, 50), *some(200, 40, "IR")])
    derive(whole)
    assert content(whole) == content(observatory)


def test_what_was_collected_in_between_is_made_again(tmp_path: Path) -> None:
    observatory = Observatory(tmp_path / "o")
    put(observatory, a=some(0, 50))
    with pytest.raises(RuntimeError):
        derive(observatory, model=msgspec.structs.replace(TINY, fit=broken_fit))
    with observatory.writer() as writer:
        assert writer.collect() > 0  # the tallies are named by no state
    assert derive(observatory).tallied == 1
    assert rows(observatory, "SELECT sum(n) FROM cell") == [(50,)]


def test_a_reader_of_the_old_state_keeps_its_files(tmp_path: Path) -> None:
    observatory = Observatory(tmp_path / "o")
    put(observatory, a=some(0, 50))
    derive(observatory)
    with observatory.snapshot() as snapshot:
        for number in range(5):
            put(observatory, b=some(100 + 50 * number, 10))
            derive(observatory)
        with snapshot.connect() as connection:
            assert connection.sql("SELECT sum(n) FROM cell").fetchall() == [(50,)]
    assert rows(observatory, "SELECT sum(n) FROM cell") == [(100,)]


def test_steps_are_told(tmp_path: Path) -> None:
    observatory = Observatory(tmp_path / "o")
    put(observatory, a=[*some(0, 50), *some(50, 20, "IR")])
    heard = Heard()
    with observatory.writer() as writer:
        bring_up_to_date(writer, TINY, InProcessExecutor(), heard)
    assert [tasks for _, tasks in heard.steps] == [2, 2, 1, 2, 2]
    assert heard.done == 9


def test_tests_stand_in_is_a_function_of_a_module() -> None:
    assert TINY.fit is fit
