"""Find in a text what may tell who wrote it: addresses, numbers, names of accounts.

It finds too much rather than too little: the sender is asked, and says whether it is so.
"""

import re
import unicodedata
from typing import Final

__all__ = ["revealing_parts"]

_MOST_SHOWN: Final = 5
_LONGEST_SHOWN: Final = 60
_LONGEST_READ: Final = 10_000
_INVISIBLE: Final = frozenset({"Cf", "Cc"})
_AT_WORDS: Final = r"(?:at|chez|arobase|собака|ат)"
_PATTERNS: Final = (
    # name@example.org, and the ways in which it is hidden from machines
    re.compile(r"[^\s@<>(),;]{1,64}\s?@\s?[^\s@<>(),;]{1,190}\.[^\W\d_]{2,24}"),
    re.compile(
        rf"[\w.+-]{{1,64}}\s?[\[({{]\s?{_AT_WORDS}\s?[\])}}]\s?[\w.-]{{2,190}}", re.IGNORECASE
    ),
    # @handle, and pages of persons at networks that have such
    re.compile(r"(?<![\w.@])@[\w.]{2,40}"),
    re.compile(
        r"\b(?:https?://)?[\w-]{1,40}(?:\.[\w-]{1,40}){1,4}/[\w@~.%?=&#/-]{2,200}", re.IGNORECASE
    ),
    # addresses of machines
    re.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}\b"),
    re.compile(r"\b(?:[0-9a-f]{1,4}:){3,7}[0-9a-f:]{1,20}\b", re.IGNORECASE),
)
_DAY: Final = re.compile(r"\b(?:\d{4}[-./]\d{1,2}[-./]\d{1,2}|\d{1,2}[-./]\d{1,2}[-./]\d{2,4})\b")
_NUMBER: Final = re.compile(r"\+?\d(?:[ \t().\u2010-\u2015-]{0,2}\d){6,29}")
_YEARS: Final = re.compile(r"(?:19|20)\d\d\W{1,3}(?:19|20)\d\d")
"""2021-2022 is a span of years, and no number of anybody."""


def revealing_parts(text: str) -> tuple[str, ...]:
    """Give the parts of a text that look like an address, an account or a number of a person."""
    plain = unicodedata.normalize("NFKC", text[:_LONGEST_READ])
    plain = "".join(
        one if one in "\n\t" or unicodedata.category(one) not in _INVISIBLE else "" for one in plain
    )
    found = [hit[0] for pattern in _PATTERNS for hit in pattern.finditer(plain)]
    without_days = _DAY.sub(" ", plain)
    found += [
        hit[0] for hit in _NUMBER.finditer(without_days) if not _YEARS.fullmatch(hit[0].strip())
    ]
    shown = (one.strip()[:_LONGEST_SHOWN] for one in found)
    return tuple(dict.fromkeys(shown))[:_MOST_SHOWN]
