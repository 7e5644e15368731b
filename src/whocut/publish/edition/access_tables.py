"""Write the measurements' part of an edition, country by country: no more is held at once."""

import sqlite3
from typing import Any, Final

import pyarrow as pa

from whocut.access.changes import changes_of
from whocut.access.target_model import Target
from whocut.access.targets import load_targets
from whocut.model.schema import TABLES, arrow_schema
from whocut.publish.edition.access_country import CountryRead, read_country
from whocut.publish.edition.access_gap import write_gaps
from whocut.publish.edition.access_networks import networks_of
from whocut.publish.edition.access_pairs import pairs_of
from whocut.publish.edition.access_rows import Change, SnapshotFacts
from whocut.publish.edition.access_summary import country_of
from whocut.publish.edition.progress import Progress
from whocut.publish.edition.reading import pack
from whocut.store.lookup import rows
from whocut.store.snapshot import Snapshot

__all__ = ["ACCESS_SCHEMA", "write_access"]

ACCESS_SCHEMA: Final = """
CREATE TABLE access_facts (facts BLOB NOT NULL);
CREATE TABLE access_country (cc TEXT PRIMARY KEY, summary BLOB NOT NULL, whole BLOB NOT NULL);
CREATE TABLE access_pair (
  id INTEGER PRIMARY KEY, cc TEXT NOT NULL, target TEXT NOT NULL, answer TEXT NOT NULL,
  is_cut INTEGER NOT NULL, target_class TEXT NOT NULL, is_beside INTEGER NOT NULL,
  row BLOB NOT NULL
);
CREATE TABLE access_pair_whole (id INTEGER PRIMARY KEY, whole BLOB NOT NULL);
CREATE TABLE access_change (
  id INTEGER PRIMARY KEY, cc TEXT NOT NULL, target TEXT NOT NULL, kind TEXT NOT NULL,
  row BLOB NOT NULL
);
CREATE TABLE access_network (
  asn INTEGER NOT NULL, cc TEXT NOT NULL, n INTEGER NOT NULL, whole BLOB NOT NULL
);
CREATE TABLE access_gap (cc TEXT PRIMARY KEY, gap BLOB NOT NULL, members BLOB NOT NULL);
"""
_INDEXES: Final = """
CREATE INDEX access_pair_target ON access_pair (target, cc);
CREATE INDEX access_pair_country ON access_pair (cc, is_beside, id);
CREATE INDEX access_pair_cut ON access_pair (cc, is_beside, is_cut, id);
CREATE INDEX access_pair_answer ON access_pair (cc, is_beside, answer, id);
CREATE INDEX access_pair_class ON access_pair (cc, is_beside, target_class, id);
CREATE INDEX access_change_country ON access_change (cc, id);
CREATE INDEX access_change_target ON access_change (target, id);
CREATE INDEX access_change_kind ON access_change (kind, id);
CREATE INDEX access_network_asn ON access_network (asn, n DESC, cc);
"""
_SPANS: Final = (
    *("origin", "probe_cc", "target", "cause", "mechanism", "layer", "onset", "onset_low"),
    *("onset_high", "end", "end_low", "end_high", "last_week", "p", "n", "n_networks", "weeks"),
    "model",
)


def write_access(
    connection: sqlite3.Connection, snapshot: Snapshot | None, progress: Progress
) -> None:
    """Write the tables of the measurements; without an observatory they are empty."""
    connection.executescript(ACCESS_SCHEMA)
    if snapshot is not None:
        facts = _write_countries(connection, snapshot, progress)
        connection.execute("INSERT INTO access_facts VALUES (?)", (pack(facts),))
        _write_changes(connection, snapshot, progress)
        write_gaps(connection, snapshot, load_targets(), progress)
    progress.say("indexes", 0, 1)
    connection.executescript(_INDEXES)
    progress.say("indexes", 1, 1)


def _write_countries(
    connection: sqlite3.Connection, snapshot: Snapshot, progress: Progress
) -> SnapshotFacts:
    catalog = {one.domain: one for one in load_targets().targets}
    parts = {part.cc for part in snapshot.manifest.sections if part.table == "cell" and part.rows}
    number, models, weeks = 0, set[str](), []
    for cc in progress.over("countries", sorted(parts)):
        read = read_country(snapshot, cc)
        if read is None:
            continue
        number = _write_country(connection, read, catalog, number)
        models.update(read.models)
        weeks += [read.first_week, read.last_week]
    sources = snapshot.manifest.sources
    return SnapshotFacts(
        sequence=snapshot.manifest.sequence,
        content=snapshot.manifest.content,
        n_cells=snapshot.manifest.rows_of("cell"),
        n_verdicts=snapshot.manifest.rows_of("verdict"),
        n_sources=len(sources),
        models=tuple(sorted(models)),
        rulesets=tuple(sorted({one.ruleset for one in sources})),
        reference_snapshots=tuple(sorted({one.reference_snapshot for one in sources})),
        first_week=min(weeks, default=None),
        last_week=max(weeks, default=None),
    )


def _write_country(
    connection: sqlite3.Connection,
    read: CountryRead,
    catalog: dict[str, Target],
    first: int,
) -> int:
    """Write one country from a number of pairs on; give the next number."""
    found = pairs_of(read, catalog)
    for place, one in enumerate(found, first):
        row = one.row
        told = (row.country, row.target, row.answer, row.is_cut, row.target_class)
        connection.execute(
            "INSERT INTO access_pair VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (place, *told, row.is_lab and not read.is_lab, pack(row)),
        )
        connection.execute("INSERT INTO access_pair_whole VALUES (?, ?)", (place, pack(one)))
    own = [one.row for one in found if one.row.is_lab == read.is_lab]
    country = country_of(read, own)
    connection.execute(
        "INSERT INTO access_country VALUES (?, ?, ?)",
        (read.country, pack(country.summary), pack(country)),
    )
    connection.executemany(
        "INSERT INTO access_network VALUES (?, ?, ?, ?)",
        ((asn, read.country, one.n, pack(one)) for asn, one in networks_of(read)),
    )
    return first + len(found)


def _write_changes(connection: sqlite3.Connection, snapshot: Snapshot, progress: Progress) -> None:
    """Write what began and ended, the newest first over all countries."""
    progress.say("changes", 0, 1)
    schema = arrow_schema(TABLES["span"])
    fields = pa.schema([schema.field(name) for name in _SPANS])
    countries = sorted({one.cc for one in snapshot.manifest.sections if one.table == "span"})
    found: list[Change] = []
    for cc in countries:
        spans = rows(snapshot, "span", cc=cc, columns=fields.names).to_pylist()
        world = [row for row in spans if row["origin"] != "lab"]
        found.extend(_change(one) for one in changes_of(world or spans))
    found.sort(key=lambda one: (one.country, one.target, one.cause, one.kind))
    found.sort(key=lambda one: one.week, reverse=True)
    connection.executemany(
        "INSERT INTO access_change VALUES (?, ?, ?, ?, ?)",
        (
            (number, one.country, one.target, one.kind, pack(one))
            for number, one in enumerate(found)
        ),
    )
    progress.say("changes", 1, 1)


def _change(one: dict[str, Any]) -> Change:
    given: dict[str, Any] = {
        **{name: one[name] for name in ("kind", "week", "week_low", "week_high", "target")},
        **{name: one[name] for name in ("origin", "cause", "mechanism", "layer", "is_restored")},
        **{name: one[name] for name in ("p", "n", "weeks", "last_week")},
        "country": one["probe_cc"],
        "followed_by": tuple(one["followed_by"].split()),
        "n_networks": one["networks"],
    }
    return Change(**given)
