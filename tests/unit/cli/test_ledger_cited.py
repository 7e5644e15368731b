"""Every value is followed by the numbers of its sources, and by a grade of its own."""

import pytest

from tests.unit.ledger.recording import ledger_of, made_record, source
from whocut.cli.ledger_cited import cited, source_line, value_rows
from whocut.ledger.load import convert
from whocut.ledger.record import Source

SOURCES = {f"s{n}": source(group=f"group-{n}") for n in range(1, 8)}


def mark(**witnesses):
    how = {"text": "Ports were closed.", **witnesses}
    record = made_record(how=how, sources=SOURCES)
    shared = {"shared": convert(source(group="shared"), Source, "shared")}
    one = cited(ledger_of(record, shared=shared), {}, record)
    return one.mark(record.how)


@pytest.mark.parametrize(
    ("witnesses", "words"),
    [
        ({"from": ["s1"]}, "[1; excerpt]"),
        ({"from": ["s1", "s2"]}, "[1, 2; documented]"),
        ({"from": ["s2", "s3", "s4", "s7"]}, "[2-4, 7; documented]"),
        ({"among": ["s1", "s2", "s3"]}, "[one of 1-3; excerpt]"),
        ({"among": ["s1"]}, "[1; excerpt]"),
        ({"from": ["own"]}, "[8; lead]"),
        ({"from": ["shared"]}, "[8; excerpt]"),
        ({"from": ["nowhere"]}, "[no source; lead]"),
        ({}, "[no source; lead]"),
    ],
)
def test_marks(witnesses, words):
    assert mark(**witnesses) == words


def test_own_knowledge_is_numbered_last():
    record = made_record(
        how={"text": "x", "from": ["own"]},
        scope={"text": "x", "from": ["shared"]},
        sources=SOURCES,
    )
    shared = {"shared": convert(source(), Source, "shared")}
    one = cited(ledger_of(record, shared=shared), {}, record)
    assert list(one.numbers)[-2:] == ["shared", "own"]
    assert list(one.numbers.values()) == list(range(1, 10))


def test_a_source_says_how_it_was_read_and_whose_words_it_holds():
    line = source_line(convert(source(read="linked", carries="context", lang="de"), Source, "s"))
    assert "seen as a link, not read" in line
    assert "words of the group news-example" in line
    assert "does not count for the event" in line
    assert "undated, in de" in line


def test_rows_hold_every_value_with_its_sources():
    record = made_record(dates={"effective": [{"on": "2022-03", "from": ["s1"], "note": "n"}]})
    rows = {row["field"]: row for row in value_rows(cited(ledger_of(record), {}, record))}
    assert rows["population"]["value"] == "RU"
    assert rows["sector"] == {
        "field": "sector",
        "value": "backbone",
        "sources": ["s1"],
        "carried_by": "each",
        "grade": "excerpt",
        "note": None,
    }
    assert rows["dates.effective[0]"]["note"] == "n"
