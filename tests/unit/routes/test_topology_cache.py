"""A kept topology is the topology, and is found only by what went in."""

from __future__ import annotations

import bz2
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

from whocut.model.errors import UsageError
from whocut.routes.topology import Topology
from whocut.routes.topology_cache import TOPOLOGY_FOLDER, load_topology

LINKS = "1|10|-1\n1|11|-1\n1|2|0\n2|12|-1\n10|1|-1\n"
FEWER = "1|10|-1\n1|2|0\n2|12|-1\n"


@pytest.fixture
def month(tmp_path: Path) -> Path:
    path = tmp_path / "20220301.as-rel.txt.bz2"
    path.write_bytes(bz2.compress(LINKS.replace("10|1|-1\n", "3|1|-1\n1|4|-1\n4|3|-1\n").encode()))
    return path


def _same(one: Topology, other: Topology) -> bool:
    pairs = [(getattr(one, each.name), getattr(other, each.name)) for each in fields(Topology)]
    return all(
        a.dtype == b.dtype and np.array_equal(a, b) if isinstance(a, np.ndarray) else a == b
        for a, b in pairs
    )


def _kept(cache: Path) -> list[Path]:
    return sorted((cache / TOPOLOGY_FOLDER).iterdir())


def test_what_is_kept_is_what_was_built(month: Path, tmp_path: Path) -> None:
    plain = load_topology([month])
    assert len(plain.broken) == 1  # so that these are kept, too
    first = load_topology([month], cache_dir=tmp_path / "cache")
    again = load_topology([month], cache_dir=tmp_path / "cache")
    assert _same(plain, first)
    assert _same(plain, again)
    assert isinstance(again.up.base, np.ndarray)  # a view of the file
    assert not again.up.flags.writeable
    assert len(_kept(tmp_path / "cache")) == 1


def test_other_inputs_are_kept_apart(month: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    later = tmp_path / "20220401.as-rel.txt"
    later.write_text(FEWER)
    load_topology([month], cache_dir=cache)
    both = load_topology([later, month], cache_dir=cache)
    load_topology([month], apart=[11], cache_dir=cache)
    assert len(_kept(cache)) == 3
    assert len(both.months) == 2
    assert _same(both, load_topology([month, later], cache_dir=cache))
    assert len(_kept(cache)) == 3
    month.write_bytes(bz2.compress(FEWER.encode()))
    assert len(load_topology([month], cache_dir=cache).asns) == 4


@pytest.mark.parametrize("cut", [0, 5, 300, -1])
def test_a_damaged_file_is_built_anew(month: Path, tmp_path: Path, cut: int) -> None:
    cache = tmp_path / "cache"
    plain = load_topology([month], cache_dir=cache)
    (kept,) = _kept(cache)
    whole = kept.read_bytes()
    kept.write_bytes(whole[:cut])
    assert _same(plain, load_topology([month], cache_dir=cache))
    assert kept.read_bytes() == whole
    kept.write_bytes(b"x" * len(whole))
    assert _same(plain, load_topology([month], cache_dir=cache))


def test_a_cache_that_cannot_be_written_costs_no_answer(month: Path, tmp_path: Path) -> None:
    blocked = tmp_path / "cache"
    blocked.write_text("no folder")
    assert _same(load_topology([month]), load_topology([month], cache_dir=blocked))


def test_no_month_is_refused() -> None:
    with pytest.raises(UsageError, match="at least one month"):
        load_topology([])
