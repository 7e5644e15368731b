"""The ledger's YAML: text as every reader of plain text has it, or refused with file and reason."""

import atheris
import harness
import yaml

with atheris.instrument_imports(include=["whocut.ledger"]):
    from whocut.ledger.document import line_of, read_document
    from whocut.ledger.load import convert
    from whocut.ledger.record import CutRecord

from whocut.ledger.load import ledger_path, record_files
from whocut.model.errors import InputError


def one_document(data):
    text = data.decode("utf-8", "ignore")
    try:
        found = read_document(text, "a.yaml")
    except InputError as refused:
        assert refused.source == "a.yaml"
        assert refused.reason
        return
    # PyYAML's own reader of text only: it knows no null, and lets a key stand twice.
    assert same(found, yaml.load(text, Loader=yaml.CBaseLoader))
    assert line_of(text, "") is not None
    try:
        record = convert(found, CutRecord, "a.yaml")
    except InputError as refused:
        assert refused.source == "a.yaml"
        assert refused.field is None or line_of(text, refused.field) is not None
        return
    assert record.id == found["id"]


def same(ours, theirs):
    if ours is None:
        return theirs in ("", "~", "null")
    if isinstance(ours, dict):
        # Both in order: the same keys, the same values.
        return list(ours) == list(theirs) and all(same(ours[key], theirs[key]) for key in ours)
    if isinstance(ours, list):
        return len(ours) == len(theirs) and all(map(same, ours, theirs))
    return ours == theirs


if __name__ == "__main__":
    seeds = [path.read_bytes() for path in sorted(record_files(ledger_path()))[::40]]
    seeds += [b"a: &x 1\nb: *x\n", b"- !!int 1\n", b"a: {b: [c, ~]}\n", b"? [a]\n: b\n", b"--- a\n"]
    harness.fuzz(one_document, seeds, largest_bytes=8192)
