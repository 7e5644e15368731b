"""Ten ordinary minutes of a real collector: adjacencies waver, and none of it is a break."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from tests.lab.bgp_text import Line, as_batch, read_lines
from whocut.routes.observed.breaks import find_breaks
from whocut.routes.observed.feed import Tables
from whocut.routes.observed.finding import BREAKS, Reason
from whocut.routes.observed.log import observe

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

pytestmark = pytest.mark.shared
_N_BACKBONES = 40
_Table = dict[tuple[int, str, str], tuple[int, ...]]


def _after(table: _Table, lines: Iterable[Line]) -> _Table:
    table = dict(table)
    for line in lines:
        table[line.asn, line.address, line.prefix] = line.path
    return {key: path for key, path in table.items() if path}


def _rib(table: _Table, time_s: float) -> list[Line]:
    return [Line(time_s, *key, path) for key, path in table.items()]


def test_an_ordinary_quarter_of_an_hour_holds_no_break(shared_dir: Path) -> None:
    """RIS rrc15, 27 February 2010: what is known at 16:10 beside the updates of ten minutes."""
    folder = shared_dir / "routes" / "mrt" / "bgpkit-fixtures"
    files = sorted(folder.glob("ripe_rrc15_2010.02_updates.20100227.16?0.gz"))
    assert len(files) == 2
    (first, _), (then, _) = (read_lines([file]) for file in files)
    known = _after({}, first)
    ended = _after(known, then)
    begin_s, end_s = then[0].time_s, then[-1].time_s
    carriers = Counter(asn for path in known.values() for asn in set(path[1:-1]) if asn)
    reasons: Counter[Reason] = Counter()
    tables = Tables()
    before, updates, after = (
        [as_batch(lines, tables)] for lines in (_rib(known, begin_s), then, _rib(ended, end_s))
    )
    for backbone, _ in carriers.most_common(_N_BACKBONES):
        found = find_breaks(observe(backbone, before, updates, after, tables))
        assert found.vantage_losses == ()
        assert [one for one in found.pairs if one.reason in BREAKS] == []
        reasons.update(one.reason for one in found.pairs)
    print(dict(reasons))
    assert reasons.total() > 3_000
    assert reasons[Reason.NONE] > 0.98 * reasons.total()
