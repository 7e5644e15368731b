"""The one search: domains, countries in every language, actors by name and alias, networks.

A term is found by the beginning of any of its words. Each word of a term stands in the table with
what follows it, so that one range of an index answers; for the shortest beginnings, which match
half of everything, the weightiest are chosen at the build.
"""

import re
import sqlite3
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Final

from whocut.publish.edition.access_rows import Found
from whocut.publish.edition.near import write_near
from whocut.publish.edition.reading import Reading

__all__ = ["SEARCH_SCHEMA", "find_terms", "folded", "write_terms"]

SEARCH_SCHEMA: Final = """
CREATE TABLE search_term (
  text TEXT NOT NULL, kind TEXT NOT NULL, key TEXT NOT NULL, name TEXT NOT NULL,
  weight INTEGER NOT NULL, PRIMARY KEY (text, kind, key)
) WITHOUT ROWID;
CREATE TABLE search_short (
  prefix TEXT NOT NULL, place INTEGER NOT NULL, kind TEXT NOT NULL, key TEXT NOT NULL,
  name TEXT NOT NULL, weight INTEGER NOT NULL, PRIMARY KEY (prefix, place)
) WITHOUT ROWID;
"""
_KINDS: Final = {"country": 0, "actor": 1, "domain": 2, "network": 3}
_SHORT: Final = 3
"""Beginnings up to this long are chosen at the build."""
_CHOSEN: Final = 20
_READ: Final = 400
"""Terms looked at for one question."""
_LONGEST: Final = 80
_LAST: Final = "\U0010ffff"
_ACCENT: Final = re.compile("[\u0300-\u036f]")
"""Marks on Latin, Greek and Cyrillic letters: people leave them out, and keyboards lack them."""
_QUOTES: Final = {ord("\u2019"): "'", ord("\u2018"): "'"}
_WORD: Final = re.compile(r"(?:^|[\s.\-_/(,«\"'])(?=\w)")


def folded(text: str) -> str:
    """Write a term as it is looked up: any case, one form, without accents, single spaces."""
    plain = unicodedata.normalize("NFKC", text).casefold().translate(_QUOTES)
    bare = _ACCENT.sub("", unicodedata.normalize("NFKD", plain))
    return " ".join(unicodedata.normalize("NFKC", bare).split())


def find_terms(reading: Reading, prefix: str, limit: int) -> list[Found]:
    """Find terms of which a word begins so: the exact ones first, then the weightiest."""
    text = folded(prefix)[:_LONGEST]
    if not text or "\x00" in text:
        return []
    columns = "kind, key, name, weight"
    if len(text) <= _SHORT:
        sql = f"SELECT {columns} FROM search_short WHERE prefix = ? ORDER BY place LIMIT ?"  # noqa: S608 - ours
        return [Found(*row) for row in reading.rows(sql, text, limit)]
    sql = f"SELECT text, {columns} FROM search_term WHERE text >= ? AND text < ? LIMIT ?"  # noqa: S608 - ours
    rows = reading.rows(sql, text, text + _LAST, _READ)
    return _ranked(((row[0] == text, Found(*row[1:])) for row in rows), limit)


def _ranked(found: Iterable[tuple[bool, Found]], limit: int) -> list[Found]:
    best: dict[tuple[str, str], tuple[bool, int, Found]] = {}
    for is_exact, one in found:
        key = (one.kind, one.key)
        rank = (is_exact, one.weight, one)
        if key not in best or rank[:2] > best[key][:2]:
            best[key] = rank
    ordered = sorted(
        best.values(), key=lambda rank: (not rank[0], _KINDS[rank[2].kind], -rank[1], rank[2].key)
    )
    return [rank[2] for rank in ordered[:limit]]


def write_terms(connection: sqlite3.Connection, terms: Iterable[Found]) -> None:
    """Write the terms of a search; of equal ones under one key the first stands."""
    connection.executescript(SEARCH_SCHEMA)
    terms = list(terms)
    write_near(connection, terms)
    rows = (
        (text, one.kind, one.key, one.name, one.weight) for one in terms for text in _tails(one)
    )
    connection.executemany("INSERT OR IGNORE INTO search_term VALUES (?, ?, ?, ?, ?)", rows)
    connection.executemany(
        "INSERT INTO search_short VALUES (?, ?, ?, ?, ?, ?)", _short_rows(connection)
    )


def _tails(one: Found) -> Iterator[str]:
    """Give a term from each of its words on."""
    whole = folded(one.name)
    for begin in dict.fromkeys([0, *(match.end() for match in _WORD.finditer(whole))]):
        yield whole[begin : begin + _LONGEST]
    if one.kind == "network":
        yield one.key
    if one.kind == "country":
        yield folded(one.key)


def _short_rows(
    connection: sqlite3.Connection,
) -> Iterator[tuple[str, int, str, str, str, int]]:
    """Choose the weightiest terms of every short beginning, streaming in the order of texts."""
    sql = "SELECT text, kind, key, name, weight FROM search_term ORDER BY text, kind, key"
    open_: dict[str, list[tuple[bool, Found]]] = {}
    for text, *columns in connection.execute(sql).fetchall():
        found = Found(*columns)
        begins = [text[:length] for length in range(1, min(_SHORT, len(text)) + 1)]
        for ended in [prefix for prefix in open_ if prefix not in begins]:
            yield from _short_of(ended, open_.pop(ended))
        for prefix in begins:
            open_.setdefault(prefix, []).append((text == prefix, found))
    for prefix, group in open_.items():
        yield from _short_of(prefix, group)


def _short_of(
    prefix: str, group: list[tuple[bool, Found]]
) -> Iterator[tuple[str, int, str, str, str, int]]:
    for place, one in enumerate(_ranked(group, _CHOSEN)):
        yield prefix, place, one.kind, one.key, one.name, one.weight
