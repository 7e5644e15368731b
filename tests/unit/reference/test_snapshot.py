"""One id names all reference data: equal ids, equal data."""

import gzip
from dataclasses import replace

import pytest

from tests.unit.reference.authority import ROOT, issue, pem, write_stores
from whocut.model.errors import InputError
from whocut.reference.snapshot import load_reference


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cache")
    (folder / "roots").mkdir()
    write_stores(folder / "roots", {"2024-02-02": [issue(ROOT)]})
    return folder


def test_the_id_follows_what_was_loaded(cache, tmp_path):
    first = load_reference(cache)
    assert first.prefixes is None
    assert load_reference(cache).snapshot_id == first.snapshot_id
    assert len(first.snapshot_id) == 12
    extra = tmp_path / "lab.pem"
    extra.write_bytes(pem(issue(replace(ROOT, name="Lab"))))
    table = tmp_path / "table.pfx2as"
    table.write_text("192.0.2.0\t24\t64500\n")
    ids = {
        first.snapshot_id,
        load_reference(cache, [extra]).snapshot_id,
        load_reference(cache, prefixes=table).snapshot_id,
        load_reference(cache, [extra], prefixes=table).snapshot_id,
    }
    assert len(ids) == 4


def test_prefixes_of_the_cache_are_found(cache):
    folder = cache / "pfx2as"
    folder.mkdir()
    name = "routeviews-rv2-20240201-1200.pfx2as.gz"
    (folder / name).write_bytes(gzip.compress(b"192.0.2.0\t24\t64500\n"))
    reference = load_reference(cache)
    assert reference.prefixes is not None
    assert reference.prefixes.asn("192.0.2.9") == 64500


def test_what_was_asked_for_must_be_there(cache, tmp_path):
    with pytest.raises(InputError, match=r"absent\.pem"):
        load_reference(cache, [tmp_path / "absent.pem"])
    with pytest.raises(InputError, match="absent"):
        load_reference(cache, prefixes=tmp_path / "absent")
