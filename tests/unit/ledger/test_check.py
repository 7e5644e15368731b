"""The check of the ledger: every seeded fault is named by rule, file, line and field."""

import tomllib
from collections import Counter

import msgspec
import pytest
from jsonschema import Draft202012Validator

from tests.unit.ledger.good_ledger import CUT, FILES, RESTORED, checked, write_ledger
from tests.unit.ledger.seeded_doubts import WARNINGS as DOUBTS
from tests.unit.ledger.seeded_faults import FAULTS as SEEDED
from tests.unit.ledger.seeded_misses import MISSED_DOUBTS, MISSED_FAULTS
from whocut.cli.ledger_check import FAULTY, check, report_of
from whocut.cli.output import Output
from whocut.ledger.check import rules
from whocut.ledger.check.judgement import load_judgement
from whocut.ledger.document import read_document_file
from whocut.ledger.load import convert, ledger_path, record_files
from whocut.ledger.record import CutRecord, schema
from whocut.model.errors import UsageError
from whocut.model.shipped import shipped_path

FAULTS = {**SEEDED, **MISSED_FAULTS}
WARNINGS = {**DOUBTS, **MISSED_DOUBTS}


def damaged(seed, root):
    file, old, new, rule, field, says, *elsewhere = seed
    assert FILES[file].count(old) >= 1, f"{old!r} is not in {file}"
    write_ledger(root, {**FILES, file: FILES[file].replace(old, new, 1)})
    return elsewhere[0] if elsewhere else file, f"ledger.check.{rule}", field, says


def test_the_good_ledger_has_neither_fault_nor_warning(tmp_path):
    report = checked(write_ledger(tmp_path))
    assert [str(one) for one in (*report.faults, *report.warnings)] == []
    assert report.is_clean
    assert report.counts == {
        "files": 3,
        "records": 3,
        "sources": 4,
        "shared_sources": 1,
        "values": 38,
    }


@pytest.mark.parametrize("name", FAULTS)
def test_a_seeded_fault_is_named_by_file_and_field(name, tmp_path):
    file, rule, field, says = damaged(FAULTS[name], tmp_path)
    report = checked(tmp_path)
    found = [one for one in report.faults if (one.file, one.rule, one.field) == (file, rule, field)]
    assert found, [(one.rule, str(one)) for one in report.faults]
    assert any(says in one.reason for one in found), found
    assert field == "" or found[0].line, found
    assert not report.is_clean


@pytest.mark.parametrize("name", WARNINGS)
def test_a_seeded_doubt_is_a_warning_and_no_fault(name, tmp_path):
    file, rule, field, says = damaged(WARNINGS[name], tmp_path)
    report = checked(tmp_path)
    found = [
        one for one in report.warnings if (one.file, one.rule, one.field) == (file, rule, field)
    ]
    assert found and says in found[0].reason, [(one.rule, str(one)) for one in report.warnings]
    assert [str(one) for one in report.faults] == []


def test_a_fault_names_the_line_of_its_field(tmp_path):
    damaged(FAULTS["no such language"], tmp_path)
    (fault,) = checked(tmp_path).faults
    assert FILES[CUT].splitlines()[fault.line - 1].strip() == "lang: ru"
    assert str(fault).startswith(f"{CUT}:{fault.line}: ")


@pytest.mark.parametrize(
    "text",
    [
        "The High Court ruled the order unlawful.",
        "Found illegal by the Council of State on 1 April 2025",
        "The International Criminal Court lost its mail; the criminal code was cited.",
        "From 2022-03-04 on, AS12389, 10.0.0.0/8, 8,000-9,000 towers, +80% of loss, 1-800 users",
    ],
)
def test_what_judges_nobody_and_is_nobodys_number_passes(text, tmp_path):
    files = {**FILES, CUT: FILES[CUT].replace("All of its customers.", f'"{text}"')}
    assert checked(write_ledger(tmp_path, files)).faults == ()


def test_what_was_called_off_may_end_before_its_day(tmp_path):
    _, old, new, *_ = FAULTS["an end before the beginning"]
    text = (
        FILES[CUT]
        .replace(old, new)
        .replace("scope:", "carried_out: {value: no, from: [s2]}\nscope:")
    )
    assert checked(write_ledger(tmp_path, {**FILES, CUT: text})).faults == ()


def test_an_uncertain_order_is_no_fault(tmp_path):
    files = {**FILES, CUT: FILES[CUT].replace("on: 2023-05", "on: 2022-03~")}
    assert checked(write_ledger(tmp_path, files)).faults == ()


def test_an_undated_source_may_be_newer_than_any_date(tmp_path):
    text = FILES[CUT].replace("on: '2022-03-03', from: [s1]", "on: '2032-03-03', from: [s1]")
    text = text.replace("    date: '2022-03-03'\n", "")
    assert checked(write_ledger(tmp_path, {**FILES, CUT: text})).faults == ()


def other_cut(name, edges="", more=()):
    text = FILES[CUT].replace("id: 2022-03-acme-ru", f"id: {name}")
    for old, new in more:
        text = text.replace(old, new)
    return text.replace("notes:\n", f"{edges}notes:\n")


def test_two_records_of_one_cut_are_duplicates_until_an_edge_ties_them(tmp_path):
    name = "2022-03-acme-ru-again"
    twin = {f"2022/{name}.yaml": other_cut(name)}
    (fault,) = checked(write_ledger(tmp_path / "a", {**FILES, **twin})).faults
    assert (fault.rule, fault.file) == ("ledger.check.duplicate", f"2022/{name}.yaml")
    assert "as 2022-03-acme-ru:" in fault.reason and fault.line == 5
    tied = other_cut(name, "edges:\n- {kind: part_of, to: 2022-03-acme-ru, from: [own]}\n")
    report = checked(write_ledger(tmp_path / "b", {**FILES, f"2022/{name}.yaml": tied}))
    assert report.faults == ()


@pytest.mark.parametrize(
    ("field", "more"),
    [
        ("place", [("[RU, UA-43]", "[BY]")]),
        ("day", [("2022-03-04T17:00Z", "2022-03-04")]),
        ("sector", [("value: backbone", "value: cloud")]),
        ("decider", [("- {actor: acme, from: [s1, s2]}", "- {actor: regulator, from: [s1, s2]}")]),
        (
            "retracted",
            [("confidence:", "retracted: {on: '2023-07-01', reason: Wrong.}\nconfidence:")],
        ),
    ],
)
def test_what_differs_is_no_duplicate(field, more, tmp_path):
    name = "2022-03-acme-ru-again"
    files = {**FILES, f"2022/{name}.yaml": other_cut(name, more=more)}
    assert checked(write_ledger(tmp_path, files)).faults == ()


def test_an_id_in_two_folders(tmp_path):
    files = {**FILES, "2023/2022-03-acme-ru.yaml": FILES[CUT]}
    (fault,) = checked(write_ledger(tmp_path, files)).faults
    assert (fault.file, fault.field) == ("2023/2022-03-acme-ru.yaml", "id")
    assert CUT in fault.reason


@pytest.mark.parametrize("kind", ["supersedes", "restores", "part_of"])
@pytest.mark.parametrize("length", [2, 3, 5])
def test_a_circle_of_edges(kind, length, tmp_path):
    def edge(number):
        return f"edges:\n- {{kind: {kind}, to: {names[number % length]}, from: [own]}}\n"

    names = [f"2022-03-acme-ru-{number}" for number in range(length)]
    files = {
        **FILES,
        **{
            f"2022/{name}.yaml": other_cut(name, edge(place + 1))
            for place, name in enumerate(names)
        },
        # It leads into the circle and is not of it.
        "2022/2022-03-acme-ru-tail.yaml": other_cut("2022-03-acme-ru-tail", edge(0)),
    }
    found = [
        one
        for one in checked(write_ledger(tmp_path, files)).faults
        if one.rule == "ledger.check.edge.cycle"
    ]
    assert [one.file for one in found] == [f"2022/{name}.yaml" for name in sorted(names)]
    assert {one.field for one in found} == {"edges[0].to"}


@pytest.mark.parametrize(
    "name",
    [
        "2022/2022-03-acme-by.yml",
        "2022/2022-03-acme-by.YAML",
        "2022/more/2022-03-acme-by.yaml",
        "2022-03-acme-by.yaml",
        "2022-03-acme-by.json",
    ],
)
def test_a_file_that_nobody_reads(name, tmp_path):
    (fault,) = checked(write_ledger(tmp_path, {**FILES, name: "kind: cut\n"})).faults
    assert (fault.file, fault.rule) == (name, "ledger.check.file.stray")


def test_a_record_is_no_link(tmp_path):
    root = write_ledger(tmp_path / "ledger")
    (tmp_path / "outside.yaml").write_text(other_cut("2022-04-acme-ru"), "utf-8")
    (root / "2022" / "2022-04-acme-ru.yaml").symlink_to(tmp_path / "outside.yaml")
    found = {(one.file, one.rule) for one in checked(root).faults}
    assert ("2022/2022-04-acme-ru.yaml", "ledger.check.file.stray") in found


def test_a_release_is_no_stray_file(tmp_path):
    root = write_ledger(tmp_path, {**FILES, "releases/1.json": "{}"})
    assert checked(root).faults == ()


def test_a_folder_without_a_record_does_not_pass(tmp_path):
    (fault,) = checked(write_ledger(tmp_path, {})).faults
    assert fault.rule == "ledger.check.file.none"


@pytest.mark.parametrize(
    "text",
    [
        "می‌شود, as in Persian, and ශ්‍රී",
        "Under the sanctions regime of 2014, and a licensing regime",
        "More than 3 < 5 of them; e-mail (at that time) was up; AS12389 [a network]",
        "From 0044 of them, 001, and 00:30 on",
    ],
)
def test_what_looks_odd_and_is_plain_passes(text, tmp_path):
    files = {**FILES, CUT: FILES[CUT].replace("All of its customers.", f'"{text}"')}
    report = checked(write_ledger(tmp_path, files))
    assert (report.faults, report.warnings) == ((), ())


def test_a_registry_of_packages_is_no_source(tmp_path, monkeypatch):
    import hashlib

    from whocut.ledger.check import texts

    known = load_judgement()
    assert all(len(one) == 64 for one in known.url.registries)
    digest = hashlib.sha256(b"daily-paper.org").hexdigest()
    url = msgspec.structs.replace(known.url, registries=frozenset({digest}))
    monkeypatch.setattr(texts, "load_judgement", lambda: msgspec.structs.replace(known, url=url))
    found = checked(write_ledger(tmp_path)).faults
    assert [(one.file, one.field) for one in found] == [
        (CUT, "sources.s2.url"),
        (RESTORED, "sources.s1.url"),
    ]


def test_findings_are_sorted_and_every_run_gives_the_same(tmp_path):
    text = FILES[CUT].replace("from: [s1]", "from: [s9]").replace("lang: ru", "lang: xx")
    write_ledger(tmp_path, {**FILES, CUT: text})
    first, second = checked(tmp_path), checked(tmp_path)
    assert first == second
    lines = [one.line for one in first.faults if one.file == CUT]
    assert len(lines) > 5 and lines == sorted(lines)


def test_the_shipped_ledger_has_no_fault():
    report = report_of(None)
    assert [str(one) for one in report.faults] == []
    assert report.counts["records"] >= 337


class TestRules:
    def test_each_has_an_id_of_its_own_and_one_sentence(self):
        ids = [one for one, _, _ in rules()]
        assert len(ids) == len(set(ids))
        for id_, says, _ in rules():
            assert id_.startswith("ledger.check.")
            assert says.endswith(".") and says.count(". ") == 0 and len(says) < 120, id_

    def test_each_is_shown_to_find_something(self):
        seeded = {f"ledger.check.{seed[3]}" for seed in (*FAULTS.values(), *WARNINGS.values())}
        others = {"file.stray", "file.none", "edge.cycle", "duplicate"}
        assert {one for one, _, _ in rules()} == seeded | {f"ledger.check.{one}" for one in others}
        assert len(FAULTS) == len(SEEDED) + len(MISSED_FAULTS)
        assert len(FAULTS) >= 30

    def test_warnings_are_those_that_say_so(self):
        assert {f"ledger.check.{seed[3]}" for seed in WARNINGS.values()} == {
            one for one, _, is_warning in rules() if is_warning
        }


class TestMechanisms:
    def test_each_id_stands_once_with_a_word_for_ooni(self):
        table = tomllib.loads(shipped_path("taxonomy", "mechanisms.toml").read_text("utf-8"))
        ids = Counter(one["id"] for one in table["mechanism"])
        assert set(ids.values()) == {1}
        for one in table["mechanism"]:
            assert one.keys() == {"id", "meaning", "ooni"} and one["meaning"].endswith("."), one

    def test_inner_nodes_of_the_ledger_exist(self):
        table = tomllib.loads(shipped_path("taxonomy", "mechanisms.toml").read_text("utf-8"))
        ids = {one["id"] for one in table["mechanism"]}
        for one in ids:
            if not one.startswith(("target.", "measurement.")):
                assert "." not in one or one.rpartition(".")[0] in ids, one

    @pytest.mark.parametrize(
        "id_",
        [
            *(
                "none",
                "http.refusal.geo_explicit",
                "http.throttle",
                "tls.reset.sni",
                "dns.injection",
            ),
            *("route.depeering", "route.transit_ended", "route.shutdown.national", "route.hijack"),
            *("account.closed", "account.suspended", "sale.ended", "payment.refused"),
            *("app_store.removed", "device_update.refused", "content.label", "content.injection"),
            *("certificate.revoked", "registry.domain_seized", "registry.delegation_revoked"),
        ],
    )
    def test_a_published_id_stays(self, id_):
        text = shipped_path("taxonomy", "mechanisms.toml").read_text("utf-8")
        assert f'\nid = "{id_}"\n' in text


class TestSchema:
    def test_it_is_a_schema(self):
        Draft202012Validator.check_schema(schema())

    def test_the_shipped_file_is_the_models(self):
        """Write it anew: whocut ledger check --schema > data/ledger/record.schema.json."""
        shipped = (ledger_path() / "record.schema.json").read_bytes()
        assert msgspec.json.decode(shipped) == msgspec.json.decode(msgspec.json.encode(schema()))

    def test_every_shipped_record_is_valid(self):
        validator = Draft202012Validator(schema())
        files = list(record_files(ledger_path()))
        assert len(files) >= 300
        for path in files:
            record = convert(read_document_file(path), CutRecord, str(path))
            faults = [
                error.message
                for error in validator.iter_errors(msgspec.json.decode(msgspec.json.encode(record)))
            ]
            assert faults == [], path

    @pytest.mark.parametrize(
        "name",
        [
            "an unknown key",
            "no kind",
            "an unknown kind",
            "an unknown sector",
            "a place that is a word",
            "a number that is a word",
            "a confidence of our own",
            "an address that is none",
            "no source at all",
            "a read level of our own",
        ],
    )
    def test_it_refuses_what_the_model_refuses(self, name, tmp_path):
        file, *_ = damaged(FAULTS[name], tmp_path)
        document = read_document_file(tmp_path / file)
        for network in document.get("networks", ()):
            if network["asn"].isdigit():
                network["asn"] = int(network["asn"])
        assert list(Draft202012Validator(schema()).iter_errors(document))


class TestCommand:
    def test_a_faulty_ledger(self, tmp_path, capsys):
        damaged(FAULTS["no such language"], tmp_path)
        assert check(root=tmp_path, output=Output(format="json")) == FAULTY
        answer = msgspec.json.decode(capsys.readouterr().out)
        assert not answer["is_clean"]
        assert {"file", "field", "line", "reason", "rule"} <= answer["faults"][0].keys()
        languages = [one for one in answer["faults"] if one["field"] == "sources.s2.lang"]
        assert [one["rule"] for one in languages] == ["ledger.check.source.language"]

    def test_rows(self, tmp_path, capsys):
        damaged(FAULTS["no such language"], tmp_path)
        assert check(root=tmp_path, output=Output(format="csv")) == FAULTY
        head, *rows = capsys.readouterr().out.splitlines()
        assert head == "level,file,line,field,rule,reason"
        assert any("ledger.check.source.language" in row for row in rows)

    def test_a_table_names_file_and_field(self, tmp_path, capsys):
        damaged(FAULTS["no such language"], tmp_path)
        assert check(root=tmp_path) == FAULTY
        out = capsys.readouterr().out
        assert f"{CUT}:" in out and "sources.s2.lang" in out

    def test_the_schema(self, capsys):
        assert check(schema=True) == 0
        assert msgspec.json.decode(capsys.readouterr().out) == msgspec.json.decode(
            msgspec.json.encode(schema())
        )

    @pytest.mark.parametrize("form", ["table", "json", "csv"])
    def test_the_rules(self, form, capsys):
        assert check(rules=True, output=Output(format=form)) == 0
        out = capsys.readouterr().out
        assert all(one in out for one, _, _ in rules())

    def test_no_such_folder(self, tmp_path):
        with pytest.raises(UsageError, match="no such folder"):
            check(root=tmp_path / "none")
