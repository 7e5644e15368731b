"""``whocut changes`` on an observatory whose spans were found in its cells."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.unit.access.cell_series import PRIOR, CellRows, monday
from whocut.access.spans import find_spans
from whocut.cli.app import main
from whocut.cli.changes_command import CHANGE_COLUMNS
from whocut.model.taxonomy import Cause
from whocut.store.observatory import Observatory
from whocut.store.parquet_files import Place, write_rows

FORMATS = ("table", "json", "jsonl", "csv", "parquet")
SERVED = {Cause.SERVED: 0.99, Cause.INTERFERED: 0.005, Cause.REFUSED_SERVICE: 0.005}
REFUSED = {Cause.REFUSED_SERVICE: 0.99, Cause.INTERFERED: 0.01}
BLOCKED = {Cause.INTERFERED: 0.99, Cause.REFUSED_SERVICE: 0.01}
SERIES = {
    "restored.example": [SERVED] * 3 + [REFUSED] * 4 + [SERVED] * 5,
    "turned.example": [SERVED] * 2 + [REFUSED] * 4 + [BLOCKED] * 6,
    "always.example": [BLOCKED] * 12,
    "quiet.example": [SERVED] * 12,
    "evil\x1b[2J.example": [SERVED] * 8 + [BLOCKED] * 4,
}


def _put(observatory: Observatory, cells: pa.Table) -> None:
    """Commit cells of one country and quarter, and their spans, as the second pass does."""
    root = Path(observatory.directory)
    with observatory.writer() as writer:
        scratch = root / "staging"
        scratch.mkdir(parents=True, exist_ok=True)
        spans = find_spans(cells, prior=PRIOR)
        files = [
            write_rows(root, scratch, Place("cell", "XA", "2024-01-01"), cells.combine_chunks()),
            write_rows(root, scratch, Place("span", "XA", "0001-01-01"), spans.combine_chunks()),
        ]
        writer.swap_derived(files, [])


def _cells(origin: str) -> pa.Table:
    rows = CellRows()
    for target, weeks in sorted(SERIES.items()):
        for week, p in enumerate(weeks):
            name = "none" if p is SERVED else "tls.reset"
            rows.add(week, p, target=target, mechanism=name, layer="tls", origin=origin)
    return rows.table()


@pytest.fixture(scope="module")
def observatory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("changes") / "observatory"
    _put(Observatory(place), _cells("ooni"))
    return place


@pytest.fixture
def ask(observatory, monkeypatch, capsys):
    monkeypatch.setenv("WHOCUT_OBSERVATORY", str(observatory))

    def run(*arguments: str) -> tuple[int, str, str]:
        code = main(["changes", *arguments])
        out, err = capsys.readouterr()
        return code, out, err

    return run


def _listed(ask, *arguments: str) -> list[dict[str, object]]:
    code, out, _ = ask(*arguments, "--json")
    assert code == 0
    return json.loads(out)["changes"]


def test_newest_first_with_interval_cause_n_and_networks(ask) -> None:
    found = _listed(ask)
    assert [(one["kind"], one["week"], one["target"]) for one in found] == [
        ("onset", str(monday(8)), "evil\x1b[2J.example"),
        ("end", str(monday(7)), "restored.example"),
        ("onset", str(monday(6)), "turned.example"),
        ("end", str(monday(6)), "turned.example"),
        ("onset", str(monday(3)), "restored.example"),
        ("onset", str(monday(2)), "turned.example"),
    ]
    for one in found:
        assert tuple(one) == CHANGE_COLUMNS
        assert one["week_low"] <= one["week"] <= one["week_high"]
        assert one["n"] >= 40
        assert one["networks"] == 3
        assert str(one["week"]) in one["sentence"]


def test_a_restoration_is_told_from_a_change_of_cause(ask) -> None:
    by_target = {one["target"]: one for one in _listed(ask, "--kind", "end")}
    restored, turned = by_target["restored.example"], by_target["turned.example"]
    assert (restored["is_restored"], restored["followed_by"]) == (True, "")
    assert "restored in the week of" in restored["sentence"]
    assert (turned["is_restored"], turned["followed_by"]) == (False, "interfered")
    assert "from then on interfered with in the path" in turned["sentence"]


@pytest.mark.parametrize(
    ("arguments", "count"),
    [
        (("--since", str(monday(7))), 2),
        (("--since", "2024-02-18"), 4),  # the Sunday of week 6: a change in that week counts
        (("--until", str(monday(3))), 2),
        (("--since", "2030-01-01"), 0),
        (("--country", "xa", "--target", "https://turned.example/x"), 3),
        (("--country", "XB"), 0),
        (("--kind", "onset"), 4),
        (("--cause", "refused_service"), 4),
        (("--cause", "refused_edge"), 0),
    ],
)
def test_what_is_asked_for_narrows(ask, arguments: tuple[str, ...], count: int) -> None:
    assert len(_listed(ask, *arguments)) == count


@pytest.mark.parametrize("form", FORMATS)
def test_every_format(observatory, monkeypatch, capsysbinary, form: str) -> None:
    monkeypatch.setenv("WHOCUT_OBSERVATORY", str(observatory))
    if form == "parquet":
        main(["changes", "--format", form])
        table = pq.read_table(io.BytesIO(capsysbinary.readouterr().out))
        assert (table.num_rows, tuple(table.column_names)) == (6, CHANGE_COLUMNS)
        return
    main(["changes", "--format", form])
    out = capsysbinary.readouterr().out.decode()
    if form == "table":
        assert out.startswith("6 changes: 4 began, 2 ended, 1 of these restored.")
        assert "\x1b" not in out
        assert "no sign" not in out
    elif form == "json":
        assert json.loads(out)["meta"]["n"] == 6
    elif form == "jsonl":
        assert len(out.splitlines()) == 6
    else:
        assert len(list(csv.DictReader(io.StringIO(out)))) == 6


def test_the_limit_is_said(ask) -> None:
    _, out, _ = ask("--limit", "1")
    assert "5 more changes: --limit 0 shows them." in out


def test_rows_are_the_cells_around_the_changes(ask) -> None:
    command = ("--target", "restored.example", "--kind", "end", "--format", "jsonl")
    code, out, _ = ask(*command, "--rows")
    assert code == 0
    cells = [json.loads(line) for line in out.splitlines()]
    assert {cell["target"] for cell in cells} == {"restored.example"}
    assert len({cell["week"] for cell in cells}) == len(cells) == 9
    _, out, _ = ask(*command, "--of", "spans")
    assert [json.loads(line)["cause"] for line in out.splitlines()] == ["refused_service"]
    assert ask(*command, "--of", "tallies")[:2] == (0, "")
    assert "week" in ask("--rows")[1]


def test_nothing_found_is_no_sign_of_quiet(ask, tmp_path: Path) -> None:
    assert "no sign of quiet" in ask("--country", "XA", "--since", "2030-01-01")[1]
    assert "whocut cells makes them" in ask("--country", "XB")[1]


def test_the_emulated_internet_is_called_so(tmp_path: Path, capsys) -> None:
    _put(Observatory(tmp_path), _cells("lab"))
    assert main(["changes", "--observatory", str(tmp_path)]) == 0
    assert "emulated internet" in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments",
    [
        ("--since", "yesterday"),
        ("--since", "2024-02-01", "--until", "2024-01-01"),
        ("--country", "Russia"),
        ("--kind", "both"),
        ("--cause", "weather"),
        ("--of", "verdicts"),
        ("--target", "no domain"),
    ],
    ids=" ".join,
)
def test_usage(ask, arguments: tuple[str, ...]) -> None:
    code, out, err = ask(*arguments)
    assert (code, out) == (2, "")
    assert err.startswith("whocut: ")
