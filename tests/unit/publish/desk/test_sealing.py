"""What is sealed opens with the key alone, and its size tells next to nothing."""

from datetime import date

import pytest
from nacl.public import PrivateKey, SealedBox

from tests.unit.publish.desk.at_the_desk import REPLY, REPORT
from whocut.model.errors import InputError
from whocut.publish.desk.form import LIMITS, PartyReply, Report, read_report
from whocut.publish.desk.sealing import SEALED_SIZES, seal, unseal

TODAY = date(2026, 11, 26)
WIDEST = "\U0001d538"
"""A letter of four bytes."""


@pytest.fixture(scope="module")
def key():
    return PrivateKey(bytes(range(32)))


def a_report(**changes) -> Report:
    found = read_report({**REPORT, **changes}, countries=frozenset({"IR"}), today=TODAY)
    assert isinstance(found, Report)
    return found


def a_reply(text: str) -> PartyReply:
    told = {name: REPLY[name] for name in ("about", "party", "domain")}
    return PartyReply(**told, text=text, token="whocut-reply-" + "b" * 32, received=TODAY)


def test_it_opens_with_the_key(key):
    body = a_report()
    assert unseal(seal(body, key.public_key), [key], source="it") == body


def test_it_opens_with_the_older_of_two_keys(key):
    sealed = seal(a_report(), key.public_key)
    assert unseal(sealed, [PrivateKey.generate(), key], source="it") == a_report()


def test_it_does_not_open_with_another_key_nor_when_a_bit_is_turned(key):
    sealed = seal(a_report(), key.public_key)
    with pytest.raises(InputError, match="another key, or damaged"):
        unseal(sealed, [PrivateKey.generate()], source="it")
    for at in (0, 40, len(sealed) - 1):
        turned = bytearray(sealed)
        turned[at] ^= 1
        with pytest.raises(InputError, match="another key, or damaged"):
            unseal(bytes(turned), [key], source="it")


def test_the_same_form_sealed_twice_is_two_texts(key):
    assert seal(a_report(), key.public_key) != seal(a_report(), key.public_key)


def test_every_report_has_one_size_in_every_script(key):
    longest = {
        "service": WIDEST * LIMITS["service"],
        "text": WIDEST * LIMITS["text"],
        "reason_text": WIDEST * LIMITS["reason_text"],
        "nothing_personal": "yes",
    }
    sizes = {len(seal(a_report(**one), key.public_key)) for one in ({}, {"text": ""}, longest)}
    assert sizes == {SEALED_SIZES[0]}


def test_a_short_reply_has_the_size_of_a_report_and_the_longest_has_its_own(key):
    assert len(seal(a_reply("short"), key.public_key)) == SEALED_SIZES[0]
    assert len(seal(a_reply(WIDEST * LIMITS["reply"]), key.public_key)) == SEALED_SIZES[1]


@pytest.mark.parametrize("plain", [b"", b"\x80", b"\x00" * 8192, b"\xc1" * 8191 + b"\x80"])
def test_what_opens_and_is_no_form_is_refused_by_name(key, plain):
    sealed = SealedBox(key.public_key).encrypt(plain.ljust(8192, b"\x00"))
    with pytest.raises(InputError, match="opened, and n"):
        unseal(bytes(sealed), [key], source="it")


@pytest.mark.parametrize("size", [0, 1, 47, 48, 8191, 8241, 100_000])
def test_other_sizes_are_not_even_tried(key, size):
    with pytest.raises(InputError, match="not the size of a sealed form"):
        unseal(b"x" * size, [key], source="it")
