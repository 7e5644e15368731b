"""Whatever text a record holds, what is written reads back as the same record."""

import json

import msgspec
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.ledger.recording import made_record, source
from whocut.ledger.document import read_document
from whocut.ledger.load import convert
from whocut.ledger.record import CutRecord, Source
from whocut.ledger.write import write_record, write_sources

MISREAD = (
    "no", "NO", "y", "Off", "null", "~", "1e3", "0x1F", "0o17", "017", "1_000", "12:30:45", ".5",
    "2022-03-04", "2022-03-04T17:00Z", "2022-03/..", "2022", "-", "---", "...", "=", "<<", ".inf",
    "a: b", "a #b", "#a", "*a", "&a", "!a", "%a", "@a", "`a", "'a", '"a', "[a", "{a", "a,b", " a",
    "a ", "a\nb", "a\n\n b\n", "\ttab", "?", "? a", ": a", "\u00e9\u0627\u200f", "\x85", "\u2028",
    "\ufeff", "\x00", "\x1b[31m", "\U0001f600", "Да", "Yes", "1.", "+1", "nan",
)  # fmt: skip
texts = st.one_of(
    st.sampled_from(MISREAD),
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=300),
    st.lists(st.sampled_from([*MISREAD, "word"]), min_size=1, max_size=40).map(" ".join),
)


def read_back(text: str) -> CutRecord:
    return convert(read_document(text, "x.yaml"), CutRecord, "x.yaml")


@given(texts, texts, st.sampled_from(["NO", "UA-43", "WORLD"]), st.sampled_from(["s1", "y", "no"]))
def test_a_record_reads_back(prose, title, place, key):
    record = made_record(
        how={"text": prose, "from": [key]},
        population={"places": ["RU", place], "excepted": [title, prose], "among": [key]},
        scope={"text": title, "users": [prose], "rights": ["read"], "from": [key]},
        networks=[{"asn": "174", "from": ["own"]}],
        remedies={"notice_days": {"value": "30", "from": [key]}},
        sources={key: source(title=title, note=prose), "1": source(publisher=prose)},
    )
    text = write_record(record)
    assert read_back(text) == record
    assert write_record(read_back(text)) == text


@given(texts)
@pytest.mark.parametrize("loader", [yaml.CSafeLoader, yaml.SafeLoader])
def test_a_reader_that_guesses_takes_every_text_for_text(loader, prose):
    record = made_record(how={"text": prose, "from": ["s1"]}, sources={"s1": source(title=prose)})
    assert yaml.load(write_record(record), loader) == json.loads(msgspec.json.encode(record))


@pytest.mark.parametrize(
    "text",
    ["no", "y", "Off", "1e3", "0o17", "017", "1_000", "12:30:45", "2022-03", "2022", "=", "nan"],
)
def test_what_any_reader_could_misread_is_quoted(text):
    written = write_record(made_record(how={"text": text, "from": ["s1"]}))
    assert f"how: {{text: '{text}', from: [s1]}}" in written


def test_shared_sources_read_back_in_the_order_of_their_keys():
    sources = {key: convert(source(title=key), Source, key) for key in ("b", "a", "no")}
    text = write_sources(sources)
    read = convert(read_document(text, "x"), dict[str, Source], "x")
    assert read == sources
    assert list(read) == ["a", "b", "no"]


def test_keys_stand_in_the_order_of_the_model_and_sources_after_values():
    text = write_record(made_record())
    assert text.startswith("id: 2022-03-acme-ru\nkind: cut\nparties:\n")
    assert "{value: backbone, from: [s1]}" in text
    assert "'on': '2022-03-04'" in text
