"""A panel kept in a file answers as the one read; damage or other inputs make it anew."""

from pathlib import Path

import pytest

from tests.unit.routes.changes.planted import MONTHS, make_world, write_world
from whocut.routes.changes.panel_file import load_panel


def test_a_kept_panel_is_the_one_read(seed: int, tmp_path: Path) -> None:
    paths, organisations = write_world(make_world(seed), tmp_path)
    read: list[int] = []
    first = load_panel(paths, organisations, tmp_path / "kept", advance=read.append)
    assert read == list(range(1, len(MONTHS) + 1))
    second = load_panel(paths, organisations, tmp_path / "kept", advance=read.append)
    assert len(read) == len(MONTHS)
    assert (first.carried == second.carried).all()
    assert (first.months, first.collectors) == (second.months, second.collectors)
    assert (first.observed, first.unit_names) == (second.observed, second.unit_names)


@pytest.mark.parametrize("keep", [0, 1000])
def test_damage_is_read_anew(keep: int, seed: int, tmp_path: Path) -> None:
    paths, organisations = write_world(make_world(seed), tmp_path)
    load_panel(paths, organisations, tmp_path / "kept")
    (kept,) = (tmp_path / "kept").iterdir()
    kept.write_bytes(kept.read_bytes()[:keep])
    read: list[int] = []
    load_panel(paths, organisations, tmp_path / "kept", advance=read.append)
    assert read


def test_other_inputs_make_another(seed: int, tmp_path: Path) -> None:
    paths, organisations = write_world(make_world(seed), tmp_path)
    load_panel(paths, organisations, tmp_path / "kept")
    paths[0].write_text(paths[0].read_text() + "100|10999|-1\n")
    load_panel(paths, organisations, tmp_path / "kept")
    assert len(list((tmp_path / "kept").iterdir())) == 2
