"""What changed, field by field, from git and from folders."""

import shutil
from datetime import date
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.ledger.export.disk import (
    FIRST_DAY,
    commit,
    git,
    made_ledger,
    put,
    two_releases,
)
from tests.unit.ledger.recording import made_record, source
from whocut.ledger.checkout import find_checkout
from whocut.ledger.history import (
    NO_HISTORY,
    changes_against,
    changes_between,
    changes_since,
    history_of,
    rewritten_manifests,
)
from whocut.ledger.record import CutRecord
from whocut.ledger.release import release_ledger
from whocut.ledger.revisions import FieldChange, changes, compare_versions, version_of
from whocut.model.errors import UsageError

ACME = "2022-03-acme-ru"


def plain(record: CutRecord) -> dict:
    return msgspec.to_builtins(record)


def told(old: CutRecord, new: CutRecord) -> list[FieldChange]:
    return list(changes(plain(old), plain(new)))


class TestFields:
    def test_a_value_with_its_sources(self):
        new = made_record(
            layer={"value": "http", "from": ["s2"]}, sources={"s1": source(), "s2": source()}
        )
        old = made_record(sources={"s1": source(), "s2": source()})
        assert told(old, new) == [
            FieldChange("layer.from", "s1", "s2", ("s1",), ("s2",)),
            FieldChange("layer.value", "route", "http", ("s1",), ("s2",)),
        ]

    def test_an_item_put_in_front_changes_no_other(self):
        first = {"text": "first", "from": ["s1"]}
        second = {"text": "second", "from": ["s1"]}
        found = told(made_record(notes=[second]), made_record(notes=[first, second]))
        assert {one.field for one in found} == {"notes[0].text", "notes[0].from"}
        assert all(one.old is None for one in found)

    def test_what_is_gone_stands_where_it_was(self):
        notes = [{"text": text, "from": ["s1"]} for text in ("a", "b")]
        found = told(made_record(notes=notes), made_record(notes=notes[:1]))
        assert [one for one in found if one.field.endswith("text")] == [
            FieldChange("notes[1].text", "b", None, ("s1",), ())
        ]

    def test_a_plain_list_is_one_value(self):
        old = made_record()
        new = made_record(population={"places": ["RU", "BY"], "from": ["s1"]})
        assert told(old, new) == [
            FieldChange("population.places", "RU", "RU, BY", ("s1",), ("s1",))
        ]

    def test_a_source_that_was_read_after_all(self):
        old = made_record(sources={"s1": source(read="linked")})
        assert told(old, made_record()) == [FieldChange("sources.s1.read", "linked", "excerpt")]

    @given(st.dictionaries(st.text(), st.text() | st.lists(st.text())), st.text())
    def test_the_same_is_the_same_and_another_is_not(self, version, more):
        assert compare_versions("a", version, dict(version)) is None
        found = compare_versions("a", version, {**version, "new key": f"new {more}"})
        assert found is not None
        assert "new key" in {one.field for one in found.fields or ()}

    def test_a_retraction_is_told_as_one(self):
        retracted = made_record(retracted={"on": "2022-05", "reason": "a parody"})
        found = compare_versions(ACME, plain(made_record()), plain(retracted))
        assert found is not None
        assert found.kind == "retracted"

    def test_a_version_that_the_model_no_longer_reads(self):
        assert version_of("id: x\nold_field: y\n", "x") == {"id": "x", "old_field": "y"}
        assert version_of("id: [", "x") is None


@pytest.fixture
def checkout(tmp_path) -> Path:
    """Three commits: two releases with a revision between them, then a move and a removal."""
    root = made_ledger(tmp_path)
    git(tmp_path, "init", "-q", "-b", "main")
    release_ledger(FIRST_DAY, root)
    commit(tmp_path, "2026-01-01")
    put(root, made_record(layer={"value": "http", "from": ["s1"]}))
    commit(tmp_path, "2026-02-01")
    (root / "2021").mkdir()
    (root / f"2022/{ACME}.yaml").rename(root / f"2021/{ACME}.yaml")
    (root / "2022/2022-04-bolt-ir.yaml").unlink()
    commit(tmp_path, "2026-03-01")
    return root


class TestCheckout:
    def test_revisions_oldest_first_across_folders(self, checkout):
        history = history_of(ACME, checkout)
        assert history.gap is None
        assert [(one.day, one.change.kind) for one in history.revisions] == [
            ("2026-01-01", "added"),
            ("2026-02-01", "changed"),
        ]
        assert [one.field for one in history.revisions[1].change.fields or ()] == ["layer.value"]

    def test_what_is_not_committed_is_the_last_revision(self, checkout):
        path = checkout / f"2021/{ACME}.yaml"
        path.write_text(path.read_text().replace("value: http", "value: dns"))
        last = history_of(ACME, checkout).revisions[-1]
        assert (last.hash, last.change.kind) == (None, "changed")

    def test_a_removal_is_a_revision(self, checkout):
        kinds = [one.change.kind for one in history_of("2022-04-bolt-ir", checkout).revisions]
        assert kinds == ["added", "removed"]

    def test_between_two_commits(self, checkout):
        found = changes_between(ACME, "HEAD~2", "HEAD~1", checkout)
        assert found is not None
        assert found.fields == (FieldChange("layer.value", "route", "http", ("s1",), ("s1",)),)
        assert changes_between(ACME, "HEAD~1", "HEAD", checkout) is None
        assert changes_between(ACME, "HEAD~1", None, checkout) is None

    def test_since_a_day(self, checkout):
        found = changes_since(date(2026, 1, 15), checkout)
        assert [(one.id, one.kind) for one in found] == [
            (ACME, "changed"),
            ("2022-04-bolt-ir", "removed"),
        ]
        assert len(changes_since(date(2025, 1, 1), checkout)) == 2  # all that there is, as new

    def test_since_a_release(self, checkout):
        put(checkout, made_record("2026-05-new-cu"))
        found = {one.id: one for one in changes_since(1, checkout)}
        assert {id_: one.kind for id_, one in found.items()} == {
            ACME: "changed",
            "2022-04-bolt-ir": "removed",
            "2026-05-new-cu": "added",
        }
        assert found[ACME].fields == (
            FieldChange("layer.value", "route", "http", ("s1",), ("s1",)),
        )

    def test_a_release_that_there_is_not(self, checkout):
        with pytest.raises(UsageError, match="no such release; there are: 1"):
            changes_since(7, checkout)

    @pytest.mark.parametrize(
        "revision", ("--output=x", "-h", "HEAD; id", "no-such-branch", "", "HEAD:x", "a\nb")
    )
    def test_what_is_no_revision_is_refused(self, checkout, revision):
        with pytest.raises(UsageError):
            changes_between(ACME, revision, None, checkout)
        assert not (checkout / "x").exists()

    def test_a_manifest_that_is_not_as_it_was_committed(self, checkout):
        assert rewritten_manifests(checkout) == []
        path = checkout / "releases/1.json"
        path.write_text(path.read_text().replace("2026-01-01", "2026-01-02"))
        # A later commit of the altered one does not make it right.
        commit(checkout.parent, "2026-04-01")
        assert [one.file for one in rewritten_manifests(checkout)] == ["releases/1.json"]
        path.unlink()
        assert ["removed" in one.reason for one in rewritten_manifests(checkout)] == [True]

    def test_files_that_git_does_not_keep_have_no_history(self, checkout):
        installed = checkout.parent / "installed" / "ledger"
        shutil.copytree(checkout, installed)
        (checkout.parent / ".gitignore").write_text("installed/\n")
        assert find_checkout(installed) is None
        assert history_of(ACME, installed).gap == NO_HISTORY
        with pytest.raises(UsageError, match="no history at hand"):
            changes_between(ACME, "HEAD", None, installed)
        with pytest.raises(UsageError, match="no history at hand"):
            changes_since(date(2026, 1, 1), installed)

    def test_a_shallow_checkout_says_so(self, checkout, tmp_path):
        clone = tmp_path / "clone"
        git(tmp_path, "clone", "-q", "--depth", "1", f"file://{tmp_path}", str(clone))
        history = history_of(ACME, clone / "ledger")
        assert history.gap is not None
        assert "shallow" in history.gap
        assert len(history.revisions) == 1

    def test_what_a_checkout_would_have_git_run_is_not_run(self, checkout, tmp_path):
        ran = tmp_path / "ran"
        for key in ("core.fsmonitor", "diff.external", "core.pager"):
            git(tmp_path, "config", key, f"touch {ran}")
        put(checkout, made_record("2026-05-new-cu"))
        history_of(ACME, checkout)
        changes_since(date(2026, 1, 15), checkout)
        assert not ran.exists()


class TestFolders:
    def test_without_git_a_release_tells_which_and_two_folders_tell_how(self, tmp_path):
        older = made_ledger(tmp_path / "older")
        release_ledger(FIRST_DAY, older)
        newer = two_releases(tmp_path / "newer")
        found = {one.id: one for one in changes_since(1, newer)}
        assert {id_: one.kind for id_, one in found.items()} == {
            ACME: "changed",
            "2024-01-dove-sy": "added",
        }
        assert found[ACME].fields is None
        changed, faults = changes_against(older, newer, release=1)
        assert faults == []
        assert [one.id for one in changed] == [ACME, "2024-01-dove-sy"]
        assert changed[0].fields == (FieldChange("layer.value", "route", "http", ("s1",), ("s1",)),)

    def test_an_older_copy_that_is_not_the_release(self, tmp_path):
        older = made_ledger(tmp_path / "older")
        put(older, made_record("2022-04-bolt-ir", kind="rumour"))
        _, faults = changes_against(older, two_releases(tmp_path / "newer"), release=1)
        assert [(one.field, one.reason) for one in faults] == [
            ("2022-04-bolt-ir", "changed: the older copy is not release 1")
        ]

    def test_no_folder(self, tmp_path):
        with pytest.raises(UsageError, match="no folder"):
            changes_against(tmp_path / "none", made_ledger(tmp_path))
