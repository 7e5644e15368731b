"""Write the refusal gap of every country over the last 13 weeks of its cells."""

import sqlite3
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
from msgspec.structs import replace

from whocut.access.gap import Gap, find_gap
from whocut.access.pair_answer import LAB
from whocut.access.period import DEFAULT_WEEKS
from whocut.access.standing import CELL_COLUMNS, find_standings
from whocut.access.target_model import Catalog
from whocut.publish.edition.access_rows import GapFound, GapMember
from whocut.publish.edition.progress import Progress
from whocut.publish.edition.reading import pack
from whocut.store.lookup import rows, week_range
from whocut.store.snapshot import Snapshot

__all__ = ["write_gaps"]

_SUNDAY: Final = timedelta(days=6)


def write_gaps(
    connection: sqlite3.Connection, snapshot: Snapshot, catalog: Catalog, progress: Progress
) -> None:
    """Write the gap of each country; countries whose last week is the same are read together."""
    countries = sorted({one.cc for one in snapshot.manifest.sections if one.table == "cell"})
    by_week: dict[date, list[str]] = defaultdict(list)
    for cc in countries:
        if (ends := week_range(snapshot, "cell", cc)) is not None:
            by_week[ends[1]].append(cc)
    for last, own in progress.over("gap", sorted(by_week.items())):
        since = last - timedelta(weeks=DEFAULT_WEEKS - 1)
        cells = _cells(snapshot, countries, catalog, since, last)
        origins = set(cells["origin"].unique().to_pylist())
        origin = LAB if origins == {LAB} else "world"
        standings = find_standings(cells)
        present = {one.country for one in standings}
        for cc in own:
            if cc not in present:
                continue
            found = find_gap(standings, catalog, cc)
            row = GapFound(replace(found, members=()), since, last + _SUNDAY, origin)
            members = tuple(_members(found))
            connection.execute(
                "INSERT INTO access_gap VALUES (?, ?, ?)", (cc, pack(row), pack(members))
            )


def _cells(
    snapshot: Snapshot, countries: Iterable[str], catalog: Catalog, since: date, until: date
) -> pa.Table:
    """Read the cells of the catalogue's targets in all countries: the world's, or the lab's."""
    names = pa.array(sorted({one.domain for one in catalog.targets}))
    columns = [*CELL_COLUMNS, "origin"]
    pieces = []
    for cc in countries:
        piece = rows(snapshot, "cell", cc=cc, since=since, until=until, columns=columns)
        pieces.append(piece.filter(pc.is_in(piece["target"], value_set=names)))
    cells = pa.concat_tables(pieces)
    is_lab = pc.equal(cells["origin"], LAB)
    if pc.all(is_lab).as_py():
        return cells
    return cells.filter(pc.invert(is_lab))


def _members(found: Gap) -> Iterable[GapMember]:
    for one in found.members:
        yield GapMember(
            target=one.target.domain,
            target_class=one.target.class_,
            sector=one.target.sector,
            place=one.place.value,
            stand=one.here.stand if one.here is not None else None,
            served_in=one.served_in,
            is_listed_refused=one.is_listed_refused,
            is_listed_blocked=one.is_listed_blocked,
        )
