"""Columns of paths against the same questions asked of plain lists."""

from __future__ import annotations

from itertools import groupby

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests.lab.bgp_text import Line, as_batch
from whocut.routes.observed.feed import Tables, concatenate
from whocut.routes.observed.paths import PathBook, below, passes, unprepended
from whocut.routes.observed.spells import longest_gap, united
from whocut.routes.observed.weights import own_addresses

paths = st.lists(st.lists(st.integers(1, 6), max_size=6).map(tuple), max_size=8)


def _lines(found: list[tuple[int, ...]]) -> list[Line]:
    return [Line(0.0, 1, "192.0.2.1", "198.51.100.0/24", path) for path in found]


def _short(path: tuple[int, ...]) -> list[int]:
    return [asn for asn, _ in groupby(path)]


@given(paths)
def test_columns_say_what_lists_say(found: list[tuple[int, ...]]) -> None:
    batch = as_batch(_lines(found), Tables())
    flat = unprepended(batch)
    for asn in range(1, 7):
        assert passes(batch, asn).tolist() == [asn in path for path in found]
        told = below(flat, asn).tolist()
        for path, next_asn in zip(found, told, strict=True):
            short = _short(path)
            at = len(short) - 1 - short[::-1].index(asn) if asn in short else None
            wanted = -1 if at is None else [*short, 0][at + 1]
            assert next_asn == wanted
    for row, path in enumerate(found):
        assert flat.hops[flat.start[row] : flat.start[row + 1]].tolist() == _short(path)


@given(paths)
def test_equal_paths_have_one_number(found: list[tuple[int, ...]]) -> None:
    book = PathBook.of(as_batch(_lines(found), Tables()))
    assert len(set(book.paths)) == len(book.paths)
    told = [book.paths[number] if number >= 0 else () for number in book.row.tolist()]
    assert told == found


@given(paths, st.data())
def test_rows_picked_and_put_together(found: list[tuple[int, ...]], data: st.DataObject) -> None:
    tables = Tables()
    batch = as_batch(_lines(found), tables)
    picks = data.draw(st.lists(st.booleans(), min_size=len(found), max_size=len(found)))
    picked = np.array(picks, np.bool_)
    again = concatenate([batch.rows(picked), batch.rows(~picked)])
    hops = [
        tuple(again.hops[a:b].tolist()) for a, b in zip(again.start, again.start[1:], strict=False)
    ]
    wanted = [p for p, is_in in zip(found, picks, strict=True) if is_in]
    wanted += [p for p, is_in in zip(found, picks, strict=True) if not is_in]
    assert hops == wanted


prefix = st.tuples(st.integers(0, 31), st.integers(27, 32)).map(
    lambda drawn: f"192.0.2.{drawn[0] >> (32 - drawn[1]) << (32 - drawn[1])}/{drawn[1]}"
)


@given(st.lists(prefix, unique=True, max_size=12))
def test_every_address_belongs_to_its_longest_prefix(prefixes: list[str]) -> None:
    wanted = dict.fromkeys(prefixes, 0)
    for address in range(32):
        holding = [p for p in prefixes if _holds(p, address)]
        if holding:
            wanted[max(holding, key=lambda p: int(p.partition("/")[2]))] += 1
    assert own_addresses(prefixes).tolist() == list(wanted.values())


def _holds(text: str, address: int) -> bool:
    first, _, length = text.rpartition(".")[2].partition("/")
    return int(first) <= address < int(first) + (1 << (32 - int(length)))


def test_ipv6_has_no_ipv4_addresses() -> None:
    assert own_addresses(["2001:db8::/32", "192.0.2.0/24"]).tolist() == [0.0, 256.0]


def test_gaps_are_told_when_enough_prefixes_are_gone_together() -> None:
    inf = np.inf
    prefixes = np.array([0, 0, 1, 1, 2, 2], np.int32)
    start = np.array([-inf, 20.0, -inf, 18.0, -inf, 5.0])
    end = np.array([10.0, inf, 12.0, inf, 5.0, inf])
    spells = united(prefixes, start, end)
    assert spells == {0: [(-inf, 10), (20, inf)], 1: [(-inf, 12), (18, inf)], 2: [(-inf, inf)]}
    assert longest_gap(spells, 0.5) == (12.0, 18.0, 2)
    assert longest_gap(spells, 0.3) == (10.0, 20.0, 2)
    assert longest_gap(spells, 1.0) is None
