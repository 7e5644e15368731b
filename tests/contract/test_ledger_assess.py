"""``whocut ledger assess``: a record over its life, cases from a file, and no advice."""

import csv
import io
import json
import re
from pathlib import Path

import pytest

from tests.unit.ledger.law.asking import OWN_CASES
from whocut.cli.app import main

COGENT = "2022-03-cogent-ru"
CASE = """\
- case: A network ends transit
  actor_kind: company
  actor_jurisdiction: US
  population: RU, customers not blocked
  service_category: IP transit
  day: '2022-03-04'
  expected: permitted_not_required
  provisions: [us-eo-14024]
- case: The same, and another answer expected
  actor_kind: company
  actor_jurisdiction: US
  population: RU, customers not blocked
  service_category: IP transit
  day: '2022-03-04'
  expected: required
- case: Nobody knows this service
  actor_kind: company
  actor_jurisdiction: US
  population: RU
  service_category: zzyzx
  day: '2022-03-04'
"""


@pytest.fixture
def cases(tmp_path) -> Path:
    path = tmp_path / "cases.yaml"
    path.write_text(CASE, "utf-8")
    return path


def ran(capsys, *arguments):
    code = main(["ledger", "assess", *map(str, arguments)])
    out, err = capsys.readouterr()
    return code, out, err


def plain(text):
    return " ".join(text.split())


def test_a_record_is_answered_over_its_life(capsys):
    code, out, _ = ran(capsys, COGENT)
    assert code == 0
    rows = re.findall(r"^(2022-0\d-\d\d) +(20\d\d-\d\d-\d\d) +(\w+ \w+)", out, re.MULTILINE)
    assert rows[:2] == [
        ("2022-03-04", "2022-04-06", "permitted not"),
        ("2022-04-07", "2022-05-07", "expressly exempted"),
    ]
    assert "us-russia-gl25a" in out
    assert "This is no legal advice." in out


def test_a_record_on_one_day(capsys):
    code, out, _ = ran(capsys, COGENT, "--on", "2022-03-04")
    assert code == 0
    assert "permitted not required (confidence high)" in out
    assert "Not yet in force that day: us-russia-gl25," in plain(out)


def test_a_record_as_json(capsys):
    code, out, _ = ran(capsys, COGENT, "--json")
    document = json.loads(out)
    assert code == 0
    assert document["record"] == COGENT
    assert document["disclaimer"] == "This is no legal advice."
    first = document["answers"][0]
    assert (first["from"], first["to"]) == ("2022-03-04", "2022-04-06")
    assert first["assessment"]["label"] == "permitted_not_required"
    used = first["assessment"]["provisions"][0]
    assert used["id"] == "us-eo-14024"
    assert used["in_force_from"] == "2021-04-15"
    assert used["url"].startswith("https://")


def test_a_record_as_csv(capsys):
    code, out, _ = ran(capsys, COGENT, "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert code == 0
    assert {row["record"] for row in rows} == {COGENT}
    assert all(row["disclaimer"] == "This is no legal advice." for row in rows)


def test_cases_say_whether_they_agree(capsys, cases):
    code, out, _ = ran(capsys, "--case", cases)
    assert code == 0
    told = plain(out)
    assert "As expected." in told
    assert "Expected required." in told
    assert "service_category 'zzyzx'" in told
    assert "3 cases. Of 2 with an expected answer 1 agree." in told


def test_cases_as_json(capsys, cases):
    code, out, _ = ran(capsys, "--case", cases, "--json")
    document = json.loads(out)
    assert code == 0
    assert document["meta"] == {"n": 3, "compared": 2, "agree": 1}
    assert [one["agrees"] for one in document["cases"]] == [True, False, None]
    assert all(one["disclaimer"] == "This is no legal advice." for one in document["cases"])


def test_our_own_cases_all_agree(capsys):
    _, out, _ = ran(capsys, "--case", OWN_CASES, "--json")
    meta = json.loads(out)["meta"]
    assert meta["agree"] == meta["compared"] == meta["n"]


@pytest.mark.shared
def test_the_cases_of_the_research_all_agree(capsys, shared_dir):
    path = shared_dir / "ledger" / "assess-cases.yaml"
    _, out, _ = ran(capsys, "--case", path, "--json")
    assert json.loads(out)["meta"] == {"n": 16, "compared": 16, "agree": 16}


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "--case FILE"),
        ((COGENT, "--on", "yesterday"), "--on yesterday"),
        (("2022-03-cogent",), "2022-03-cogent-ru"),
    ],
)
def test_what_cannot_be_asked_is_named(capsys, arguments, told):
    code, _, err = ran(capsys, *arguments)
    assert code == 2
    assert told in err


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("just words", "wanted a list of cases"),
        ("- just words", "case 1: not a mapping"),
        ("- {actor_kind: company}", "field actor_jurisdiction"),
        (CASE.replace("'2022-03-04'", "'2022-03-99'", 1), "field day"),
        ("- {a: 1, a: 2}", "stands twice"),
    ],
)
def test_a_faulty_file_is_named_with_its_field(capsys, tmp_path, text, told):
    path = tmp_path / "faulty.yaml"
    path.write_text(text, "utf-8")
    code, _, err = ran(capsys, "--case", path)
    assert code != 0
    assert "faulty.yaml" in err
    assert told in err


def test_no_form_of_output_passes_judgment(capsys, cases):
    for form in ("table", "json", "csv", "jsonl"):
        for arguments in ((COGENT,), ("--case", cases), ("--case", OWN_CASES)):
            _, out, _ = ran(capsys, *arguments, "--format", form)
            assert not re.search(r"illegal|unlawful", out, re.IGNORECASE)
