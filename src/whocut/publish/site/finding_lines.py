"""Findings as lines of a list: the first sentence of each, in the reader's language."""

from collections.abc import Iterable

from msgspec import Struct

from whocut.attribution.sentences import write_saying
from whocut.i18n.text import Text
from whocut.publish.edition.finding_rows import FindingRow

__all__ = ["FindingLine", "finding_lines"]


class FindingLine(Struct, frozen=True):
    """One finding."""

    row: FindingRow
    sentence: str


def finding_lines(text: Text, rows: Iterable[FindingRow]) -> list[FindingLine]:
    """Write the first sentence of each finding."""
    return [
        FindingLine(one, write_saying(one.says[0], text) if one.says else one.id) for one in rows
    ]
