"""Names that are nearly what was typed: in another script, by sound, or with one letter wrong.

Each name stands in a table under the keys of its words: its letters in Latin script, the same
without one of them, and its sound, which is its consonants in a rough spelling. Two names with one
letter wrong, missing, doubled or exchanged between them share a key; what does not bear it out
when the two are compared is left out again.
"""

import re
import sqlite3
import unicodedata
from collections.abc import Iterable
from typing import Final

from whocut.publish.edition.access_rows import Found
from whocut.publish.edition.reading import Reading
from whocut.reference.suffixes import registrable_domain

__all__ = ["NEAR_SCHEMA", "find_near", "latin_of", "sound_of", "write_near"]

NEAR_SCHEMA: Final = """
CREATE TABLE search_near (
  near TEXT NOT NULL, kind TEXT NOT NULL, key TEXT NOT NULL, word TEXT NOT NULL,
  name TEXT NOT NULL, weight INTEGER NOT NULL, PRIMARY KEY (near, kind, key, word)
) WITHOUT ROWID;
"""
_LEAST: Final = 4
"""Letters of a word that is compared; shorter ones are like too many others. provisional"""
_LEAST_SOUND: Final = 3
"""Consonants of a sound that is compared. provisional"""
_MOST: Final = 24
"""Letters of a word that is compared."""
_DOMAINS: Final = 2000
"""Domains that are compared, those with most rows first. provisional"""
_ROWS: Final = 200
_LATIN: Final = "a b v g d e zh z i k l m n o p r s t u f h ts ch sh sch - y - e iu ia i e g"
_CYRILLIC: Final = {
    letter: latin.strip("-")
    for letter, latin in zip("абвгдежзиклмнопрстуфхцчшщъыьэюяієґ", _LATIN.split(), strict=True)
}
"""Letters as they are mostly written in names; those with marks lose them first."""
_SOUNDS: Final = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        ("dzh|dj|j", "g"),
        ("zh", "g"),
        ("sch|sh|ch|tch", "s"),
        ("ph", "f"),
        ("ck|q|kh", "k"),
        ("ts|z", "s"),
        ("c(?=[eiy])", "s"),
        ("c", "k"),
        ("x", "ks"),
        ("w", "v"),
        ("^[aeiouy]+", "a"),
        ("(?<!^)[aeiouyh]", ""),
        (r"(.)\1+", r"\1"),
    )
)
_SPLIT: Final = re.compile(r"[\W_]+")


def latin_of(text: str) -> str:
    """Write a name in the letters a to z and digits, without marks and spaces."""
    folded = unicodedata.normalize("NFKD", text.casefold())
    kept = (_CYRILLIC.get(one, one) for one in folded if not unicodedata.combining(one))
    latin = "".join(one for one in "".join(kept) if one.isascii() and one.isalnum())
    return latin.replace("oo", "u")


def sound_of(latin: str) -> str:
    """Write the sound of a name: consonants alike in a rough spelling, vowels only to begin."""
    for pattern, sound in _SOUNDS:
        latin = pattern.sub(sound, latin)
    return latin


def write_near(connection: sqlite3.Connection, terms: Iterable[Found]) -> None:
    """Write the keys of countries, actors and the weightiest domains."""
    connection.executescript(NEAR_SCHEMA)
    terms = list(terms)
    domains = sorted(
        (one for one in terms if one.kind == "domain"), key=lambda one: (-one.weight, one.key)
    )
    named = (one for one in terms if one.kind in ("country", "actor"))
    rows = (
        (near, one.kind, one.key, word, one.name, one.weight)
        for one in (*named, *domains[:_DOMAINS])
        for word in _words(one.name)
        for near in _keys(word)
    )
    connection.executemany("INSERT OR IGNORE INTO search_near VALUES (?, ?, ?, ?, ?, ?)", rows)


def find_near(reading: Reading, typed: str, limit: int) -> list[Found]:
    """Find what is called nearly so: the nearest first, then the weightiest."""
    best: dict[tuple[str, str], tuple[int, int, Found]] = {}
    for word in _words(typed):
        keys = _keys(word)
        marks = ",".join("?" * len(keys))
        sql = (
            "SELECT word, kind, key, name, weight FROM search_near "  # noqa: S608 - ours
            f"WHERE near IN ({marks}) ORDER BY weight DESC, kind, key LIMIT ?"
        )
        for known, *columns in reading.rows(sql, *keys, _ROWS):
            found = Found(*columns)
            distance = _distance(word, known)
            rank = (distance, -found.weight, found)
            place = (found.kind, found.key)
            if distance < _FAR and (place not in best or rank[:2] < best[place][:2]):
                best[place] = rank
    ordered = sorted(best.items(), key=lambda one: (*one[1][:2], one[0]))
    return [rank[2] for _, rank in ordered[:limit]]


def _words(name: str) -> list[str]:
    """Give what of a name is compared: of a domain what was registered, else all and each word."""
    if "." in name and " " not in name.strip():
        parts = [_unicode(registrable_domain(name).partition(".")[0])]
    else:
        parts = [name, *_SPLIT.split(name)]
    found = (latin_of(one) for one in parts)
    return list(dict.fromkeys(one[:_MOST] for one in found if len(one) >= _LEAST))[:6]


def _unicode(label: str) -> str:
    try:
        return label.encode("ascii").decode("idna") if label.startswith("xn--") else label
    except UnicodeError:
        return label


def _keys(word: str) -> list[str]:
    sound = sound_of(word)
    keys = [word, *(word[:place] + word[place + 1 :] for place in range(len(word)))]
    if len(sound) >= _LEAST_SOUND:
        keys.append(f"~{sound}")
    return list(dict.fromkeys(keys))


_FAR: Final = 9


def _distance(one: str, other: str) -> int:
    """Rank how near two words are: the same, one letter apart, the same sound, or far."""
    if one == other:
        return 0
    if _is_one_apart(one, other):
        return 1
    sound = sound_of(one)
    is_alike = len(sound) >= _LEAST_SOUND and sound == sound_of(other)
    # Of one sound and of very different lengths are "rt" and "Ararat".
    return 2 if is_alike and abs(len(one) - len(other)) <= 2 else _FAR


def _is_one_apart(one: str, other: str) -> bool:
    """Say whether one letter is wrong, missing, or two neighbours are exchanged."""
    short, long = sorted((one, other), key=len)
    start = next((place for place, letter in enumerate(short) if letter != long[place]), len(short))
    rest, more = short[start:], long[start:]
    if len(more) - len(rest) == 1:
        return rest == more[1:]
    if len(more) != len(rest):
        return False
    return rest[1:] == more[1:] or (rest[:2] == more[1::-1] and rest[2:] == more[2:])
