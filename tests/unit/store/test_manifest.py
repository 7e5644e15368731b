"""The manifest: lists loaded as needed, checked as read, and those of format 1 as before."""

import hashlib
import json

import msgspec
import pytest

from tests.unit.store.building import DAY, judgement, put, rows
from whocut.model.errors import DamagedDataError, StoreError
from whocut.store.manifest import (
    Derivation,
    FileEntry,
    load_manifest,
    manifest_path,
    save_manifest,
    sealed,
    section_path,
)
from whocut.store.observatory import Observatory


def file(table: str, cc: str, day: str, rows: int = 1) -> FileEntry:
    digest = hashlib.sha256(f"{table}{cc}{day}".encode()).hexdigest()
    return FileEntry(table, cc, day, f"{table}/{cc}/{day}", rows, 9, digest)


FILES = [
    file(table, cc, day, rows)
    for rows, day in enumerate(("2024-01-01", "2024-01-02", "2024-01-03"))
    for table in ("verdict", "signal", "cell")
    for cc in ("IR", "RU")
]
NOTES = [Derivation("cell", "", "2024-01-01", "aa", "m"), Derivation("span", "RU", "x", "bb", "m")]


@pytest.fixture
def saved(tmp_path):
    save_manifest(tmp_path, sealed(3, reversed(FILES), (), reversed(NOTES)))
    return tmp_path


def test_what_was_saved_is_loaded(saved):
    manifest = load_manifest(manifest_path(saved, 3))
    assert manifest.sequence == 3
    assert manifest.files == tuple(sorted(FILES))
    assert manifest.derived == tuple(sorted(NOTES))
    assert manifest.sources == ()
    assert manifest.content == sealed(9, FILES, (), NOTES).content
    assert manifest.content != sealed(3, FILES, (), NOTES[:1]).content
    assert manifest.rows_of("verdict") == 6
    assert manifest.rows_of("verdict", "RU") == 3


def test_a_reader_loads_what_it_asks_for_alone(saved):
    for section in load_manifest(manifest_path(saved, 3)).sections:
        if (section.table, section.cc) != ("cell", "RU"):
            section_path(saved, section).unlink()
    manifest = load_manifest(manifest_path(saved, 3))
    assert [entry.day for entry in manifest.files_of("cell", "RU")] == [
        "2024-01-01",
        "2024-01-02",
        "2024-01-03",
    ]
    with pytest.raises(DamagedDataError, match="gone"):
        manifest.files_of("cell")


def test_a_commit_writes_the_lists_that_changed(saved):
    before = {path.name for path in (saved / "manifests" / "sections").iterdir()}
    save_manifest(saved, sealed(4, [*FILES, file("cell", "RU", "2024-04-01")], (), NOTES))
    after = {path.name for path in (saved / "manifests" / "sections").iterdir()}
    assert len(after - before) == 1


@pytest.mark.parametrize("place", ["manifest", "section"])
def test_another_number_is_noticed(saved, place):
    path = manifest_path(saved, 3)
    if place == "section":
        sections = load_manifest(path).sections
        path = section_path(saved, next(one for one in sections if one.table == "cell"))
    text = path.read_text()
    changed = text.replace('"rows": 2', '"rows": 7', 1).replace('"rows": 3', '"rows": 7', 1)
    assert changed != text
    path.write_text(changed)
    with pytest.raises(DamagedDataError, match="content hash differs") as caught:
        _ = load_manifest(manifest_path(saved, 3)).files
    assert str(path) in str(caught.value)


def test_a_newer_format_is_refused(saved):
    path = manifest_path(saved, 3)
    path.write_text(json.dumps(json.loads(path.read_text()) | {"format": 99}))
    with pytest.raises(StoreError, match="newer whocut"):
        load_manifest(path)


def as_format_1(observatory: Observatory) -> None:
    """Write the manifest in force as a whocut before this one would have."""
    with observatory.snapshot() as snapshot:
        manifest = snapshot.manifest
        files, sources, sequence = manifest.files, manifest.sources, manifest.sequence
    listed = (1, files, sources)
    old = {
        "format": 1,
        "sequence": sequence,
        "content": hashlib.sha256(msgspec.json.encode(listed)).hexdigest(),
        "files": files,
        "sources": sources,
    }
    manifest_path(observatory.directory, sequence).write_bytes(msgspec.json.encode(old))


def test_an_observatory_of_format_1_is_read_and_grown(tmp_path):
    observatory = Observatory(tmp_path / "o")
    put(observatory, a=[judgement(1)])
    with observatory.snapshot() as snapshot:
        content = snapshot.manifest.content
    as_format_1(observatory)
    assert rows(observatory, "SELECT count(*) FROM verdict") == [(1,)]
    with observatory.snapshot() as snapshot:
        assert snapshot.manifest.content == content
    assert not put(observatory, a=[judgement(1)]).is_changed
    assert put(observatory, b=[judgement(2)]).is_changed
    assert rows(observatory, "SELECT count(*) FROM verdict") == [(2,)]
    with observatory.writer() as writer:
        writer.collect(keep=1)
    assert rows(observatory, f"SELECT count(*) FROM verdict WHERE probe_cc = 'RU' AND "
                f"measurement_start_time >= '{DAY:%Y-%m-%d}'") == [(2,)]  # fmt: skip


def test_a_damaged_manifest_of_format_1_is_noticed(tmp_path):
    observatory = Observatory(tmp_path / "o")
    put(observatory, a=[judgement(1)])
    as_format_1(observatory)
    path = manifest_path(observatory.directory, 1)
    path.write_text(path.read_text().replace('"rows":1', '"rows":2', 1))
    with pytest.raises(DamagedDataError, match="content hash differs"):
        load_manifest(path)
