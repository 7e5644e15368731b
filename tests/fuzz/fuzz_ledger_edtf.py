"""Dates of the ledger: read one way, with sound bounds, or refused with a ValueError."""

import re
from datetime import date

import atheris
import harness

with atheris.instrument_imports(include=["whocut.ledger"]):
    from whocut.ledger.edtf import (
        canonical_edtf,
        days_between,
        is_before,
        overlaps,
        parse_edtf,
    )

DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
REFERENCE = parse_edtf("2022-03-04")


def one_text(data):
    text = data.decode("utf-8", "surrogateescape")
    try:
        found = parse_edtf(text)
    except ValueError as refused:
        assert str(refused).startswith("not a date in EDTF: ")
        if DAY.fullmatch(text):
            calendar_refuses(text)
        return
    assert found.text == text
    assert text.isascii()
    if DAY.fullmatch(text):
        assert found.earliest == found.latest == date.fromisoformat(text)
    assert found.earliest is None or found.latest is None or found.earliest <= found.latest
    again = parse_edtf(canonical_edtf(found))
    assert (again.earliest, again.latest) == (found.earliest, found.latest)
    assert again.instant == found.instant
    assert is_before(found, found) is None
    assert overlaps(found, found)
    days_between(found, REFERENCE)
    if is_before(found, REFERENCE) is not None:
        assert not overlaps(found, REFERENCE)


def calendar_refuses(text):
    try:
        date.fromisoformat(text)
    except ValueError:
        return
    raise AssertionError(text)


if __name__ == "__main__":
    harness.fuzz(
        one_text,
        [
            b"2022-03-04",
            b"2022-03-04T17:00Z",
            b"2022-03-04T17:00:00+03:00",
            b"2022-02~",
            b"2022-XX",
            b"202X",
            b"2022-21",
            b"2025-12/2026-01?",
            b"2022-03-04/..",
            b"/2022-03",
            b"[2022-03-04,2022-03-05]",
            "\uff12\uff10\uff12\uff12".encode(),
        ],
        largest_bytes=256,
    )
