"""What may tell who wrote it is found; what tells nobody is left alone."""

import time

import pytest

from whocut.publish.desk.revealing import revealing_parts


@pytest.mark.parametrize(
    "text",
    [
        "mail me at someone@example.org",
        "someone @ example.org",
        "someone[at]example.org",
        "someone (собака) example.ru",
        "".join(chr(ord(one) + 0xFEE0) for one in "someone@example.org"),
        "some\u200bone@exam\u200bple.org",
        "my handle is @some_one",
        "https://social.example/some.one",
        "t.me/some_one",
        "+7 (912) 345-67-89",
        "call 0912 345 6789",
        "card 4111 1111 1111 1111",
        "passport 4509123456",
        "from 203.0.113.77",
        "from 2001:db8:0:1:2:3:4:5",
        "٠٩١٢٣٤٥٦٧٨٩",
    ],
)
def test_found(text):
    assert revealing_parts(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "GitHub",
        "example.org",
        "They closed it on 4 March 2022.",
        "On 2022-03-04 and on 04.03.2022 it was gone.",
        "Between 2021-2022 nothing worked.",
        "I paid 15 000 roubles for 12 months.",
        "GL 25A, 31 CFR 560.540, version 2.0.1",
        "They wrote: your account is limited (error 403).",
    ],
)
def test_left_alone(text):
    assert revealing_parts(text) == ()


def test_no_text_takes_long():
    start = time.process_time()
    for text in (
        "@" * 10_000,
        "1 " * 5_000,
        "a." * 5_000,
        "x@" * 5_000,
        "[at]" * 2_500,
        "a:" * 5_000,
    ):
        revealing_parts(text)
    assert time.process_time() - start < 2
