"""What strangers write never reaches a terminal raw, and machines still get it whole."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whocut.cli.terminal import clean, escape_json

HOSTILE = [
    "\x1b[2J\x1b]0;title\x07",
    "a\u202egnp.exe",
    "\u2066isolate\u2069",
    "line\nbreak\r\ttab",
    "\x9b31m",
    "zero\u200bwidth\ufeff",
    "\ud800lone",
    "tag\U000e0041",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_characters_are_shown_as_escapes(text):
    shown = clean(text)
    assert shown.isprintable()
    assert shown != text
    assert clean(shown) == shown


def test_the_worlds_letters_stay():
    text = "пример.рф 例え.テスト مثال.إختبار http://example.org/?a=b&c=é"
    assert clean(text) == text


@given(st.text())
def test_nothing_unprintable_but_spaces_gets_through(text):
    shown = clean(text)
    assert "\x1b" not in shown
    assert not any(ord(char) < 32 or 0x7F <= ord(char) < 0xA0 for char in shown)
    shown.encode()


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_escaped_json_means_the_same(text):
    plain = json.dumps({"value": text}, ensure_ascii=False)
    assert json.loads(escape_json(plain)) == {"value": text}
