"""What the ledger gives away: the shipped records in every form, releases, revisions."""

import csv
import io
import json
import os
import pty
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import rfc8785

from tests.unit.ledger.export.disk import commit, git, made_ledger, put, two_releases
from tests.unit.ledger.export.test_documents import parse_bibtex
from tests.unit.ledger.recording import made_record
from whocut.cli.app import main
from whocut.ledger.actors import load_actors
from whocut.ledger.export.forms import FORMS, exported
from whocut.ledger.export.rows import TABLE_OF
from whocut.ledger.grade import grade_of_record
from whocut.ledger.load import ledger_path, load_ledger
from whocut.ledger.release import verify_ledger
from whocut.ledger.vocabulary import Grade, ReadLevel

FORMULA = tuple("=+-@\t\r\n")


@pytest.fixture(scope="module")
def ledger():
    return load_ledger()


@pytest.fixture(scope="module")
def records(ledger):
    return list(ledger.records.values())


@pytest.fixture(scope="module")
def written(ledger, records) -> dict[tuple[str, str], bytes]:
    """Every form in every layout."""
    return {
        (form, by): exported(form, ledger, load_actors(), records, by=by)
        for form, layouts in FORMS.items()
        for by in layouts
    }


def run(*arguments: str, capsys) -> tuple[int, str, str]:
    code = main(("ledger", *arguments))
    out, err = capsys.readouterr()
    return code, out, err


class TestGrades:
    """Nothing is documented in one form that is not so by its sources."""

    def test_lines(self, ledger, written):
        lines = [json.loads(line) for line in written["jsonl", "record"].splitlines()]
        assert {one["id"]: one["grade"] for one in lines} == {
            id_: grade_of_record(record).value for id_, record in ledger.records.items()
        }
        for one in lines:
            read = [s for s in one["sources"] if s["is_read"] and s["carries"] == "event"]
            is_primary = any(s["stance"] == "primary" for s in read)
            # Pages whose origin nobody knows may be copies of one text.
            groups = {re.sub("^unknown-.*", "unknown", s["group"]) for s in read}
            # Where no source names who decided, nothing makes more than a lead of it.
            parties = one["record"]["parties"]["decider"]
            is_named = any({*p.get("from", ()), *p.get("among", ())} != {"own"} for p in parties)
            is_documented = is_named and (is_primary or len(groups) > 1)
            assert (one["grade"] == "documented") == is_documented, one["id"]
            assert (one["grade"] == "lead") == (not read or not is_named), one["id"]

    def test_no_value_is_better_than_what_carries_it(self, written):
        for line in map(json.loads, written["jsonl", "record"].splitlines()):
            unread = {one["key"] for one in line["sources"] if not one["is_read"]}
            for field, grade in line["grades"].items():
                keys = _cited(line["record"], field)
                assert grade == "lead" or set(keys) - unread, (line["id"], field)

    @pytest.mark.parametrize("by", ("record", "asn", "domain"))
    def test_tables(self, ledger, written, by):
        rows = _csv(written["csv", by])
        assert rows
        for row in rows:
            assert row["grade"] == grade_of_record(ledger.records[row["id"]]).value
            if row["grade"] == "lead":
                assert row["sentence"].removeprefix("Retracted").startswith("A lead, not confirmed")
                deciders = ledger.records[row["id"]].parties.decider
                if any({*one.from_, *one.among} != {"own"} for one in deciders):
                    assert row["sources_documented"] == row["sources_excerpt"] == "0"

    def test_claims(self, ledger, written):
        graph = json.loads(written["claimreview", "record"])["@graph"]
        events = [one for one in graph if one["@id"].endswith("#event")]
        assert len(events) == len(ledger.records)
        for one in events:
            grade = grade_of_record(ledger.records[one["url"].removeprefix("/cut/")])
            assert f"grade: {grade}; attribution" in one["reviewRating"]["alternateName"]
        assert all("ratingValue" not in one["reviewRating"] for one in graph)

    def test_sources(self, ledger, written):
        entries = parse_bibtex(written["bibtex", "source"].decode())
        for id_, record in ledger.records.items():
            told = [one["annote"] for one in entries.values() if id_ in one["keywords"].split(", ")]
            assert told or all(one.read is ReadLevel.OWN for one in record.sources.values())
            assert all(f"{id_} ({grade_of_record(record)}" in one for one in told)


def _cited(record, field) -> list[str]:
    value = record
    for part in field.replace("[", ".").replace("]", "").split("."):
        value = value[int(part)] if part.isdigit() else value[part]
    return [*value.get("from", ()), *value.get("among", ())]


def _csv(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode(), newline="")))


class TestWhole:
    def test_every_record_is_in_every_form_by_record(self, ledger, written):
        ids = set(ledger.records)
        lines = written["jsonl", "record"].splitlines()
        assert {json.loads(line)["id"] for line in lines} == ids
        assert {row["id"] for row in _csv(written["csv", "record"])} == ids
        assert {row["id"] for row in _csv(written["csv", "source"])} == ids

    def test_every_tie_is_there(self, ledger, records, written):
        networks = {(str(one.asn), record.id) for record in records for one in record.networks}
        domains = {(one.domain, record.id) for record in records for one in record.domains}
        assert {(row["asn"], row["id"]) for row in _csv(written["csv", "asn"])} == networks
        assert {(row["domain"], row["id"]) for row in _csv(written["csv", "domain"])} == domains

    def test_lines_are_canonical(self, written):
        for line in written["jsonl", "record"].splitlines():
            assert rfc8785.dumps(json.loads(line)) == line

    @pytest.mark.parametrize("by", TABLE_OF)
    def test_csv_is_rfc_4180_and_no_cell_is_run(self, written, by):
        content = written["csv", by]
        assert content.endswith(b"\r\n")
        rows = list(csv.reader(io.StringIO(content.decode(), newline=""), strict=True))
        assert {len(row) for row in rows} == {len(TABLE_OF[by].columns)}
        assert not [cell for row in rows for cell in row if cell.startswith(FORMULA)]

    @pytest.mark.parametrize("by", TABLE_OF)
    def test_parquet_has_the_rows_of_csv(self, written, by):
        table = pq.read_table(io.BytesIO(written["parquet", by]))
        assert table.num_rows == len(_csv(written["csv", by]))

    def test_the_forms_are_the_same_twice(self, ledger, records, written):
        for (form, by), content in written.items():
            again = exported(form, ledger, load_actors(), records[::-1], by=by)
            assert again == content, (form, by)

    def test_retracted_records_stay_with_the_reason(self, ledger, records):
        retracted = {"on": "2026-01", "reason": "The page was a parody."}
        record = made_record(records[0].id, retracted=retracted)
        for form in FORMS:
            content = exported(form, ledger, load_actors(), [record])
            if form == "parquet":
                content = str(pq.read_table(io.BytesIO(content)).to_pylist()).encode()
            assert b"The page was a parody." in content, form


class TestCommand:
    @pytest.mark.parametrize("form", FORMS)
    def test_a_file_and_a_pipe_hold_the_same_bytes(self, form, tmp_path):
        command = [sys.executable, "-m", "whocut.cli", "ledger", "export", "--form", form]
        command += ["--country", "SY"]
        path = tmp_path / "file"
        done = subprocess.run(command, capture_output=True, timeout=300, check=True)
        subprocess.run([*command, "--to", str(path), "-q"], timeout=300, check=True)
        assert done.stdout == path.read_bytes()
        assert b"documented" in done.stderr

    def test_filters_choose(self, ledger, capsys):
        code, out, err = run("export", "--grade", "lead", "--form", "csv", capsys=capsys)
        leads = {id_ for id_, one in ledger.records.items() if grade_of_record(one) is Grade.LEAD}
        assert code == 0
        assert {row["id"] for row in _csv(out.encode())} == leads
        assert "0 documented" in err

    @pytest.mark.parametrize(
        "arguments",
        (
            ("--form", "xlsx"),
            ("--form", "jsonl", "--by", "asn"),
            ("--format", "csv"),
            ("--form", "claimreview", "--base", "javascript:x"),
            ("--actor", "nobody-is-called-so"),
        ),
        ids=" ".join,
    )
    def test_what_cannot_be_done_is_said(self, arguments, capsys):
        code, out, err = run("export", *arguments, capsys=capsys)
        assert (code, out) == (2, "")
        assert err.startswith("whocut: ")

    def test_parquet_does_not_go_to_a_terminal(self):
        parent, child = pty.openpty()
        command = [sys.executable, "-m", "whocut.cli", "ledger", "export", "--form", "parquet"]
        done = subprocess.run(
            command, stdout=child, stderr=subprocess.PIPE, timeout=300, check=False
        )
        os.close(child)
        os.close(parent)
        assert done.returncode == 2
        assert b"not for terminals" in done.stderr


class TestReleases:
    def test_intact_and_revised(self, tmp_path, capsys):
        root = two_releases(tmp_path)
        code, out, _ = run("verify", "--root", str(root), "--as-released", capsys=capsys)
        assert code == 0
        assert "nothing was rewritten unseen" in out
        head = verify_ledger(root).manifests[-1].sha256
        assert head in out
        put(root, made_record("2022-04-bolt-ir", kind="rumour"))
        code, out, _ = run("verify", "--root", str(root), "--head", head, capsys=capsys)
        assert code == 0
        assert "changed (1): 2022-04-bolt-ir" in " ".join(out.split())
        assert run("verify", "--root", str(root), "--as-released", capsys=capsys)[0] == 1

    def test_a_rewritten_release_fails_and_is_named(self, tmp_path, capsys):
        root = two_releases(tmp_path)
        path = root / "releases/1.json"
        path.write_text(path.read_text().replace("2026-01-01", "2026-01-02"))
        code, out, _ = run("verify", "--root", str(root), "--json", capsys=capsys)
        found = json.loads(out)
        assert code == 1
        assert not found["is_intact"]
        assert {one["file"] for one in found["faults"]} == {"releases/1.json"}

    def test_git_finds_what_the_chain_alone_cannot(self, tmp_path, capsys):
        root = two_releases(tmp_path)
        git(tmp_path, "init", "-q")
        commit(tmp_path, "2026-02-01")
        assert run("verify", "--root", str(root), capsys=capsys)[0] == 0
        other = two_releases(tmp_path / "other")
        put(other, made_record("2022-04-bolt-ir", kind="rumour"))
        shutil.rmtree(other / "releases")
        # The whole chain anew, with every seal right.
        from whocut.ledger.release import release_ledger

        release_ledger(verify_ledger(root).manifests[0].date, other)
        shutil.rmtree(root / "releases")
        shutil.copytree(other / "releases", root / "releases")
        put(root, made_record("2022-04-bolt-ir", kind="rumour"))
        code, out, _ = run("verify", "--root", str(root), capsys=capsys)
        assert code == 1
        assert "releases/1.json: altered since it was committed" in " ".join(out.split())

    @pytest.mark.parametrize("head", ("abc", "0" * 63, "G" * 64))
    def test_what_is_no_seal(self, head, capsys):
        assert run("verify", "--head", head, capsys=capsys)[0] == 2

    def test_the_check_stands_before_a_release(self, tmp_path, capsys):
        root = made_ledger(tmp_path)  # its actors are made up, which the check refuses
        code, _, err = run("release", "--date", "2026-01-01", "--root", str(root), capsys=capsys)
        assert code == 2
        assert "the check finds faults" in err
        assert not (root / "releases").exists()

    def test_the_shipped_ledger_can_be_released(self, tmp_path, capsys):
        root = tmp_path / "ledger"
        shutil.copytree(ledger_path(), root)
        shutil.rmtree(root / "releases", ignore_errors=True)
        arguments = ("release", "--date", "2026-12-01", "--root", str(root), "--json")
        code, out, err = run(*arguments, capsys=capsys)
        assert code == 0, err
        assert json.loads(out)["number"] == 1
        assert run("verify", "--root", str(root), capsys=capsys)[0] == 0
        code, _, err = run(*arguments, capsys=capsys)
        assert code == 2
        assert "nothing changed since release 1" in err


class TestDiff:
    @pytest.fixture
    def root(self, tmp_path) -> Path:
        root = made_ledger(tmp_path)
        git(tmp_path, "init", "-q")
        commit(tmp_path, "2026-01-01")
        put(root, made_record(layer={"value": "http", "from": ["s1"]}))
        return root

    def test_a_record(self, root, capsys):
        code, out, _ = run("diff", "2022-03-acme-ru", "--root", str(root), capsys=capsys)
        assert code == 0
        words = " ".join(out.split())
        assert "2022-03-acme-ru: added, 2026-01-01" in words
        assert "layer.value: - route [s1, News Example] + http [s1, News Example]" in words

    def test_rows_for_programs(self, root, capsys):
        arguments = ("diff", "2022-03-acme-ru", "--from", "HEAD", "--root", str(root))
        code, out, _ = run(*arguments, "--format", "jsonl", capsys=capsys)
        assert code == 0
        (row,) = map(json.loads, out.splitlines())
        assert (row["field"], row["old"], row["new"]) == ("layer.value", "route", "http")
        assert (row["old_sources"], row["new_sources"]) == (["s1"], ["s1"])

    def test_since_a_day(self, root, capsys):
        code, out, _ = run("diff", "--since", "2026-01-02", "--root", str(root), capsys=capsys)
        assert code == 0
        assert out.startswith("2022-03-acme-ru: changed (1 field)")

    def test_an_installed_package_has_no_history(self, tmp_path, capsys):
        root = made_ledger(tmp_path)
        code, _, err = run("diff", "2022-03-acme-ru", "--root", str(root), capsys=capsys)
        assert code == 2
        assert "an installed package holds none" in err
        assert "--against" in err

    def test_two_folders(self, tmp_path, capsys):
        older = made_ledger(tmp_path / "older")
        newer = two_releases(tmp_path / "newer")
        arguments = ("diff", "--against", str(older), "--root", str(newer), "--json")
        code, out, _ = run(*arguments, capsys=capsys)
        assert code == 0
        changes = [one["change"] for one in json.loads(out)["revisions"]]
        assert [one["kind"] for one in changes] == ["changed", "added"]

    @pytest.mark.parametrize(
        "arguments",
        (
            (),
            ("../../etc/passwd",),
            ("2022-03-acme-ru", "--to", "HEAD"),
            ("--since", "yesterday"),
            ("--from", "HEAD"),
            ("no-such-record",),
            ("2022-03-acme-ru", "--from=--output=x"),
        ),
        ids=" ".join,
    )
    def test_what_cannot_be_asked(self, root, arguments, capsys):
        code, out, err = run("diff", *arguments, "--root", str(root), capsys=capsys)
        assert (code, out) == (2, "")
        assert err.startswith("whocut: ")
