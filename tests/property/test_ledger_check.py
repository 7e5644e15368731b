"""The check over damaged records: a lost source is always found, and no bytes end in a crash."""

import random
import re
import tempfile
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.unit.ledger.good_ledger import CUT, FILES, checked, write_ledger
from whocut.ledger.check import check_ledger
from whocut.ledger.load import ledger_path, record_files

# Where a value names its sources, as they stand in a file of the ledger.
NAMED = re.compile(r"(?:, |\n *(?:- )?|\{)(?:from|among): \[[^\]]+\]")
KEY = re.compile(r"(?<=from: \[|mong: \[)[^\]]+")
SHIPPED = sorted(record_files(ledger_path()))


def faults_of(text, known=None):
    """Check the good ledger with one file put in its place."""
    with tempfile.TemporaryDirectory() as folder:
        root = write_ledger(Path(folder), FILES)
        if isinstance(text, bytes):
            (root / CUT).write_bytes(text)
        else:
            (root / CUT).write_text(text, "utf-8")
        return checked(root).faults


def alone(path, text):
    """Check one shipped record, as it stands or changed; what lies outside it is not looked at."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / path.parent.name).mkdir()
        (root / path.parent.name / path.name).write_text(text, "utf-8")
        (root / "sources.yaml").write_text((ledger_path() / "sources.yaml").read_text("utf-8"))
        report = check_ledger(root, actors=(), instruments=(), mechanisms=())
    return {
        (one.rule, one.field) for one in report.faults if not one.rule.endswith(("known", "target"))
    }


@pytest.mark.parametrize("at", range(len(NAMED.findall(FILES[CUT]))))
def test_every_lost_from_is_found(at):
    found = list(NAMED.finditer(FILES[CUT]))[at]
    text = FILES[CUT][: found.start()] + FILES[CUT][found.end() :]
    faults = faults_of(re.sub(r"\{, ", "{", text))
    assert any(one.rule == "ledger.check.source.witness" and one.line for one in faults), text


@given(st.data())
def test_every_replaced_source_key_is_found(data):
    text = FILES[CUT]
    found = data.draw(st.sampled_from(list(KEY.finditer(text))))
    keys = found[0].split(", ")
    place = data.draw(st.integers(0, len(keys) - 1))
    keys[place] = data.draw(st.from_regex(r"s[3-9][0-9]{0,2}|no-[a-z]{1,8}", fullmatch=True))
    faults = faults_of(text[: found.start()] + ", ".join(keys) + text[found.end() :])
    hits = [one for one in faults if one.rule == "ledger.check.source.key"]
    assert hits and f"'{keys[place]}'" in hits[0].reason and hits[0].line


@given(st.sampled_from(SHIPPED), st.data())
def test_a_lost_source_is_found_in_any_shipped_record(path, data):
    text = path.read_text("utf-8")
    found = data.draw(st.sampled_from(list(KEY.finditer(text))))
    damaged = text[: found.start()] + "s999" + text[found.end() :]
    gone = alone(path, damaged) - alone(path, text)
    assert any(rule == "ledger.check.source.key" for rule, _ in gone)


PIECES = st.sampled_from(
    [
        *(b"&a", b"*a", b"!!int", b"---\n", b"...", b"{", b"}", b"[", b"]", b": ", b"- ", b"\n"),
        *(
            b"\t",
            b"\x00",
            b"\xff\xfe",
            "\u2028".encode(),
            b"'",
            b'"\\uD800"',
            b"|2",
            b">",
            b"%YAML 9",
        ),
        *(b"null", b"~", b"9" * 400, b"1e999", b"nan", b"-1", b"from: []", b"\xf0\x9f\x92\xa9"),
    ]
)


@given(
    st.lists(
        st.tuples(
            st.integers(0, len(FILES[CUT])), st.integers(0, 40), PIECES | st.binary(max_size=8)
        ),
        min_size=1,
        max_size=4,
    )
)
@example([(0, 5000, b"")])
@example([(0, 5000, b"- a\n")])
@example([(0, 5000, b"a: 1")])
def test_any_mutation_is_read_or_refused(cuts):
    raw = FILES[CUT].encode()
    for start, length, put in cuts:
        raw = raw[:start] + put + raw[start + length :]
    for fault in faults_of(raw):
        assert fault.file and fault.reason and fault.rule


@given(st.binary(max_size=400))
def test_any_bytes_are_refused_by_name(raw):
    assert any(one.file == CUT for one in faults_of(raw))


def test_the_order_of_files_on_disk_changes_nothing(tmp_path):
    seed = random.SystemRandom().randrange(2**32)
    print(f"seed {seed}")
    names = list(FILES)
    random.Random(seed).shuffle(names)
    broken = {name: FILES[name].replace("lang: ru", "lang: xx") for name in FILES}
    first = checked(write_ledger(tmp_path / "a", broken))
    second = checked(write_ledger(tmp_path / "b", {name: broken[name] for name in names}))
    assert first == second and first.faults
