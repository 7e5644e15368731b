"""Any bytes are matched without a crash, and padding or case does not hide what is there."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whocut.reference.fingerprint_literals import WORD_START, required_literals
from whocut.reference.fingerprint_text import normalise, read_page
from whocut.reference.fingerprint_wording import Veto, WordingMatcher
from whocut.reference.fingerprints import FingerprintSet

REFUSALS = (
    "This site is not available in your country",
    "Access from your region is blocked",
    "error code: 1009",
    "Сервис недоступен в вашей стране",
    "您所在的国家或地区不支持此服务",
    "Please verify that you are a human",
)
QUIET = st.text(alphabet="abcdefgh <>/=\"'\n&;", max_size=400)
"""Padding that says nothing by itself and cannot open a comment, a script or a pick list."""
HEADERS = st.lists(st.tuples(st.text(max_size=20), st.text(max_size=80)), max_size=6)


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> FingerprintSet:
    return FingerprintSet.load((), cache_dir=tmp_path_factory.mktemp("cache"))


@given(
    status=st.none() | st.integers(0, 999),
    headers=HEADERS,
    body=st.none() | st.binary(max_size=3000),
)
def test_any_bytes(
    shipped: FingerprintSet,
    status: int | None,
    headers: list[tuple[str, str]],
    body: bytes | None,
) -> None:
    matches = shipped.match_response(status, tuple(headers), body)
    assert all(match.id in shipped.by_id for match in matches)
    assert matches == shipped.match_response(status, tuple(headers), body)


@given(
    parts=st.lists(
        st.sampled_from(
            [
                "<",
                ">",
                "<!--",
                "-->",
                "<script",
                "</script>",
                "<title>",
                "</title>",
                "&#",
                "&#x110000;",
                "<h1",
                "</h1",
                "\x00",
                "\ufeff",
                "<select>",
                "{",
                "[",
                '"',
                "your country",
                "blocked",
            ]
        )
        | st.text(max_size=10),
        max_size=60,
    ),
    charset=st.sampled_from(["utf-8", "utf-16", "gb18030", "windows-1251"]),
)
def test_broken_markup(shipped: FingerprintSet, parts: list[str], charset: str) -> None:
    body = "".join(parts).encode(charset, "replace")
    shipped.match_response(200, (("content-type", f"text/html; charset={charset}"),), body)
    shipped.match_response(403, (), body)


@given(refusal=st.sampled_from(REFUSALS), before=QUIET, after=QUIET)
def test_padding_does_not_hide_a_refusal(
    shipped: FingerprintSet, refusal: str, before: str, after: str
) -> None:
    plain = {m.meaning for m in shipped.match_response(403, (), f"<p>{refusal}.</p>".encode())}
    body = (
        f"<html><body><div>{normalised(before)}.</div><p>{refusal}.</p><i>{normalised(after)}</i>"
    )
    padded = {m.meaning for m in shipped.match_response(403, (), body.encode())}
    assert plain <= padded


def normalised(padding: str) -> str:
    return padding.replace("<", " ").replace(">", " ").replace("&", " ")


@given(data=st.data(), refusal=st.sampled_from(REFUSALS))
def test_case_does_not_hide_a_refusal(
    shipped: FingerprintSet, data: st.DataObject, refusal: str
) -> None:
    flips = data.draw(st.lists(st.booleans(), min_size=len(refusal), max_size=len(refusal)))
    mixed = "".join(
        letter.upper() if flip else letter.lower()
        for letter, flip in zip(refusal, flips, strict=True)
    )
    wanted = {m.id for m in shipped.match_response(403, (), refusal.encode())}
    found = {m.id for m in shipped.match_response(403, (), mixed.encode())}
    assert wanted == found


@given(text=st.text(max_size=500))
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once


@given(body=st.binary(max_size=4000), longest=st.integers(1, 500))
def test_reading_never_gives_more_than_asked(body: bytes, longest: int) -> None:
    page = read_page(body, "text/html", longest=longest)
    assert page is not None
    assert len(page.text) <= 3 * (longest + 4)


@given(
    words=st.lists(st.text(alphabet="abcdé ", min_size=1, max_size=6), min_size=1, max_size=4),
    extra=st.text(alphabet="xyz ", max_size=5),
)
def test_needs_are_needed(words: list[str], extra: str) -> None:
    """A text that a pattern matches holds one literal of each set that the pattern needs."""
    pattern = "(?:" + "|".join(words) + ")" + extra.replace(" ", "(?: )?")
    for word in words:
        text = word + extra
        for need in required_literals(pattern):
            assert any(literal.removeprefix(WORD_START) in text for literal in need)


@given(
    branches=st.lists(st.text(alphabet="abc", min_size=1, max_size=3), min_size=1, max_size=4),
    text=st.text(alphabet="abc ", max_size=40),
)
def test_starts_miss_no_match(branches: list[str], text: str) -> None:
    pattern = rf"\b(?:{'|'.join(branches)})(?: |$)"
    matcher = WordingMatcher([(1, pattern, False)], Veto())
    assert bool(matcher.search(text)) == bool(re.search(pattern, text, re.MULTILINE))
