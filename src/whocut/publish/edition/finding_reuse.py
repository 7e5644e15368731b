"""Findings of the edition before: what is asked and measured as it was has the same answer.

An answer follows from the question, from what is measured of the pair, and from ledger, law,
routes, reports and code. Where the latter are the same, a finding is known by a hash over the
former.
"""

import sqlite3
from hashlib import blake2b
from pathlib import Path
from urllib.parse import quote

import msgspec

from whocut.attribution.join import MeasuredPair, Subject
from whocut.publish.edition.finding_rows import AnsweredFinding, FindingRow
from whocut.publish.edition.inputs import Inputs
from whocut.publish.edition.reading import unpack

__all__ = ["FindingsBefore", "asked_of"]


def asked_of(subject: Subject, measured: MeasuredPair | None) -> bytes:
    """Give the hash of a question and of what was measured."""
    plain = msgspec.msgpack.encode((subject, measured))
    return blake2b(plain, digest_size=16).digest()


class FindingsBefore:
    """The findings of an edition, where they rest on the same as those that are wanted."""

    def __init__(self, before: Path | None = None, inputs: Inputs | None = None) -> None:
        self._connection: sqlite3.Connection | None = None
        self._places: dict[bytes, int] = {}
        if before is None or inputs is None or not before.is_file():
            return
        address = f"file:{quote(str(before.resolve()))}?mode=ro&immutable=1"
        try:
            connection = sqlite3.connect(address, uri=True)
            meta = dict(connection.execute("SELECT name, value FROM edition_meta"))
            if (meta.get("rest"), meta.get("reports")) == (inputs.rest, inputs.reports):
                self._places = dict(connection.execute("SELECT asked, n FROM finding_whole"))
                self._connection = connection
            else:
                connection.close()
        except sqlite3.DatabaseError:
            # Of other code, or damaged: then everything is answered anew.
            self._places = {}

    def find(self, asked: bytes) -> AnsweredFinding | None:
        """Give the answer to the same question, if there was one."""
        n = self._places.get(asked)
        if n is None or self._connection is None:
            return None
        ask = self._connection.execute
        (row,) = ask("SELECT row FROM finding WHERE n = ?", (n,)).fetchone()
        sql = "SELECT finding, bundle FROM finding_whole WHERE n = ?"
        finding, bundle = ask(sql, (n,)).fetchone()
        axes = ask("SELECT axis, value FROM finding_of WHERE n = ?", (n,)).fetchall()
        return AnsweredFinding(asked, unpack(row, FindingRow), finding, bundle, tuple(axes))

    def close(self) -> None:
        """Let the file go."""
        if self._connection is not None:
            self._connection.close()
