"""Words for the values of closed sets, in the reader's language: ``word(text, "kind", "cut")``.

One table a group, each value with a message that a catalog translates. The same English stands in
two groups only where it means the same, as a catalog holds it once.
"""

from collections.abc import Mapping
from typing import Final

from whocut.i18n.text import Text
from whocut.publish.site.words.access import ACCESS_WORDS
from whocut.publish.site.words.finding import FINDING_WORDS
from whocut.publish.site.words.lags import LAG_WORDS
from whocut.publish.site.words.law import LAW_WORDS
from whocut.publish.site.words.ledger import LEDGER_WORDS

__all__ = ["GROUPS", "mechanism_family", "word"]

GROUPS: Final[Mapping[str, Mapping[str, str]]] = {
    **LEDGER_WORDS,
    **LAW_WORDS,
    **LAG_WORDS,
    **ACCESS_WORDS,
    **FINDING_WORDS,
}
"""The words of each group, in English: what a catalog translates."""


def word(text: Text, group: str, value: str) -> str:
    """Name a value of a closed set; one that is not in the table yet stands for itself."""
    found = GROUPS[group].get(value)
    return value.replace("_", " ") if found is None else text.gettext(found)


def mechanism_family(text: Text, mechanism: str) -> str:
    """Name the family of a mechanism, the deepest that has a name: ``http.bot`` before ``http``."""
    node = mechanism
    while node and node not in GROUPS["mechanism"]:
        node = node.rpartition(".")[0]
    return word(text, "mechanism", node or mechanism)
