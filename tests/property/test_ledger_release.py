"""Releases: nothing is rewritten unseen, whatever is altered, wherever it is altered."""

import json
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.ledger.export.disk import FIRST_DAY, SECOND_DAY, made_ledger, put, two_releases
from tests.unit.ledger.recording import made_record
from whocut.ledger.document import read_document
from whocut.ledger.load import convert, read_ledger
from whocut.ledger.record import CutRecord
from whocut.ledger.release import (
    Manifest,
    compare,
    manifest_text,
    read_chain,
    record_hash,
    release_ledger,
    seal_of,
    state_of,
    verify_ledger,
)
from whocut.ledger.write import write_record
from whocut.model.errors import InputError, UsageError

PROSE = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1)


@pytest.fixture(scope="module")
def chain(tmp_path_factory) -> Path:
    return two_releases(tmp_path_factory.mktemp("chain"))


@pytest.fixture
def root(chain, tmp_path) -> Path:
    """A copy to be spoilt."""
    shutil.copytree(chain.parent, tmp_path / "copy")
    return tmp_path / "copy" / "ledger"


def manifest_of(root: Path, number: int) -> Manifest:
    return msgspec.json.decode((root / f"releases/{number}.json").read_bytes(), type=Manifest)


def write_resealed(root: Path, manifest: Manifest, **more: Any) -> Manifest:
    """Forge a manifest with care: with the seal that its content asks for."""
    forged = msgspec.structs.replace(manifest, **more)
    forged = msgspec.structs.replace(forged, sha256=seal_of(forged))
    (root / f"releases/{manifest.number}.json").write_bytes(manifest_text(forged))
    return forged


class TestHashes:
    @given(text=PROSE, day=st.dates().map(str))
    def test_a_hash_outlives_writing_and_reading(self, text, day):
        record = made_record(
            dates={"effective": [{"on": day, "from": ["s1"]}]},
            notes=[{"text": text[:2000], "from": ["s1"]}],
        )
        again = convert(read_document(write_record(record), "x"), CutRecord, "x")
        assert record_hash(again) == record_hash(record)

    @given(data=st.data())
    def test_the_order_of_keys_and_a_default_written_out_do_not_count(self, data):
        plain = msgspec.to_builtins(made_record(networks=[{"asn": 64496}]))
        keys = data.draw(st.permutations(list(plain)))
        shuffled = {key: plain[key] for key in keys}
        shuffled["networks"] = [{"role": "actor", "asn": 64496}]
        assert record_hash(convert(shuffled, CutRecord, "x")) == record_hash(
            convert(plain, CutRecord, "x")
        )

    @given(one=PROSE, other=PROSE)
    def test_another_word_is_another_hash(self, one, other):
        hashes = {
            record_hash(made_record(notes=[{"text": text[:2000], "from": ["s1"]}]))
            for text in (one, other)
        }
        assert len(hashes) == len({one[:2000], other[:2000]})


class TestChain:
    def test_what_was_released_is_proved(self, chain):
        found = verify_ledger(chain)
        assert found.is_intact
        assert not found.since
        assert [one.number for one in found.manifests] == [1, 2]
        assert found.manifests[1].previous == seal_of(found.manifests[0])
        assert found.n_records == 4

    def test_the_seal_is_the_hash_of_the_rest_in_canonical_json(self, chain):
        import hashlib

        document = json.loads((chain / "releases/2.json").read_bytes())
        seal = document.pop("sha256")
        # Keys and values here are ASCII and whole numbers: for them this is RFC 8785.
        text = json.dumps(document, sort_keys=True, separators=(",", ":"))
        assert hashlib.sha256(text.encode()).hexdigest() == seal

    @given(data=st.data())
    def test_any_byte_of_any_manifest(self, chain, data):
        number = data.draw(st.sampled_from((1, 2)))
        path = chain / f"releases/{number}.json"
        content = path.read_bytes()
        at = data.draw(st.integers(0, len(content) - 1))
        byte = data.draw(st.integers(0, 255).filter(lambda value: value != content[at]))
        try:
            path.write_bytes(content[:at] + bytes([byte]) + content[at + 1 :])
            faults = read_chain(chain).faults
        finally:
            path.write_bytes(content)
        assert f"releases/{number}.json" in {one.file for one in faults}

    @pytest.mark.parametrize("number", (1, 2))
    @pytest.mark.parametrize(
        "more",
        (
            {"date": date(2020, 1, 1)},
            {"format": 9},
            {"number": 7},
            {"previous": "0" * 64},
        ),
        ids=str,
    )
    def test_a_field_forged_with_its_seal(self, root, number, more):
        write_resealed(root, manifest_of(root, number), **more)
        found = verify_ledger(root)
        assert not found.is_intact
        assert any(
            f"release {number}" in str(one) or f"{number}.json" in str(one) for one in found.faults
        )

    def test_a_hash_forged_in_an_old_release(self, root):
        old = manifest_of(root, 1)
        forged = (msgspec.structs.replace(old.records[0], sha256="0" * 64), *old.records[1:])
        write_resealed(root, old, records=forged)
        found = verify_ledger(root)
        assert [one.file for one in found.faults] == ["releases/1.json"]
        assert "rewritten" in found.faults[0].reason

    def test_a_record_dropped_from_the_newest_release_and_from_the_files(self, root):
        newest = manifest_of(root, 2)
        kept = tuple(one for one in newest.records if one.id != "2022-04-bolt-ir")
        write_resealed(root, newest, records=kept)
        (root / "2022/2022-04-bolt-ir.yaml").unlink()
        found = verify_ledger(root)
        assert ["2022-04-bolt-ir" in one.reason for one in found.faults] == [True]

    def test_a_release_that_is_missing(self, root):
        (root / "releases/1.json").unlink()
        assert [one.file for one in verify_ledger(root).faults] == ["releases/1.json"]

    def test_a_stray_file_among_releases(self, root):
        (root / "releases/02.json").write_text("{}")
        assert [one.file for one in verify_ledger(root).faults] == ["releases/02.json"]

    def test_no_release_proves_nothing(self, tmp_path):
        found = verify_ledger(made_ledger(tmp_path))
        assert not found.is_intact

    def test_a_chain_written_anew_is_found_out_by_a_seal_kept_elsewhere(self, root):
        head = manifest_of(root, 2).sha256
        assert verify_ledger(root, head=head).is_intact
        put(root, made_record("2022-04-bolt-ir", kind="rumour"))
        shutil.rmtree(root / "releases")
        release_ledger(FIRST_DAY, root)
        assert verify_ledger(root).is_intact  # which is why the seal is printed, to be kept
        assert not verify_ledger(root, head=head).is_intact


class TestFiles:
    def test_a_revision_shows_and_is_no_fault(self, root):
        put(root, made_record("2022-04-bolt-ir", kind="rumour"))
        found = verify_ledger(root)
        assert found.is_intact
        assert found.since.changed == ("2022-04-bolt-ir",)

    def test_a_comment_is_no_revision(self, root):
        path = root / "2022/2022-04-bolt-ir.yaml"
        path.write_text(f"# seen again\n{path.read_text()}")
        assert not verify_ledger(root).since

    def test_a_record_that_is_gone_is_a_fault(self, root):
        (root / "2022/2022-04-bolt-ir.yaml").unlink()
        found = verify_ledger(root)
        assert [one.file for one in found.faults] == ["2022-04-bolt-ir"]
        assert found.since.removed == ("2022-04-bolt-ir",)

    def test_a_record_that_cannot_be_read_is_one_fault(self, root):
        (root / "2022/2022-04-bolt-ir.yaml").write_text("id: [")
        found = verify_ledger(root)
        assert [one.file for one in found.faults] == ["2022/2022-04-bolt-ir.yaml"]

    def test_a_record_that_moves_to_another_year_is_the_same(self, root):
        (root / "2025").mkdir()
        (root / "2022/2022-04-bolt-ir.yaml").rename(root / "2025/2022-04-bolt-ir.yaml")
        assert not verify_ledger(root).since

    def test_files_that_records_lean_on(self, root):
        (root.parent / "actors/companies.yaml").write_text("acme: {kind: state}\n")
        (root / "sources.yaml").unlink()
        since = verify_ledger(root).since
        assert since.files_changed == ("actors/companies.yaml",)
        assert since.files_removed == ("ledger/sources.yaml",)

    @given(
        removed=st.sets(st.sampled_from(range(4))),
        changed=st.sets(st.sampled_from(range(4))),
        added=st.integers(0, 3),
    )
    def test_what_differs_is_what_was_done(self, chain, removed, changed, added):
        manifest = manifest_of(chain, 2)
        ids = [one.id for one in manifest.records]
        ledger, _ = read_ledger(chain)
        state = state_of(ledger, chain)
        records = dict(state.records)
        for n in changed - removed:
            records[ids[n]] = "0" * 64
        for n in removed:
            del records[ids[n]]
        records |= {f"2030-new-{n}": "1" * 64 for n in range(added)}
        since = compare(manifest, msgspec.structs.replace(state, records=records))
        assert since.changed == tuple(ids[n] for n in sorted(changed - removed))
        assert since.removed == tuple(ids[n] for n in sorted(removed))
        assert len(since.added) == added


class TestReleasing:
    def test_nothing_changed(self, root):
        with pytest.raises(UsageError, match="nothing changed since release 2"):
            release_ledger(SECOND_DAY, root)

    def test_the_same_files_give_the_same_manifest(self, chain, tmp_path):
        again = two_releases(tmp_path)
        for number in (1, 2):
            name = f"releases/{number}.json"
            assert (again / name).read_bytes() == (chain / name).read_bytes()

    def test_a_removal_is_refused(self, root):
        (root / "2022/2022-04-bolt-ir.yaml").unlink()
        with pytest.raises(UsageError, match="2022-04-bolt-ir: removed"):
            release_ledger(SECOND_DAY, root)

    def test_a_day_before_the_last_is_refused(self, root):
        put(root, made_record("2025-01-new-ru"))
        with pytest.raises(UsageError, match="release 2 is of"):
            release_ledger(FIRST_DAY, root)

    def test_a_broken_chain_is_not_built_upon(self, root):
        put(root, made_record("2025-01-new-ru"))
        write_resealed(root, manifest_of(root, 1), date=date(2025, 1, 1))
        with pytest.raises(InputError, match="rewritten"):
            release_ledger(SECOND_DAY, root)

    def test_an_empty_folder(self, tmp_path):
        with pytest.raises(UsageError, match="no record"):
            release_ledger(SECOND_DAY, tmp_path)
        with pytest.raises(UsageError, match="no folder"):
            release_ledger(SECOND_DAY, tmp_path / "none")
