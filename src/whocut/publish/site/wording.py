"""The words that templates of access pages call by the values they have at hand."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from whocut.attribution.sentences import write_saying
from whocut.i18n.text import Text
from whocut.publish.edition.finding_rows import FindingRow
from whocut.publish.site.asking import shown_name
from whocut.publish.site.cell_sentences import (
    chance,
    shortfall_numbers,
    shortfall_step,
    shortfall_words,
    slowdown_words,
    status_class,
    target_class_words,
)
from whocut.publish.site.claim_sentences import claim_sentence
from whocut.publish.site.naming import called_in, naming_of
from whocut.publish.site.places import is_lab_code, place_name
from whocut.publish.site.told_days import told_day
from whocut.publish.site.words import mechanism_family, word

__all__ = ["wording"]


def wording(text: Text) -> Mapping[str, Any]:
    """Give the functions by which a template words values: ``say("answer", row.answer)``."""
    return {
        "say": partial(word, text),
        "family": partial(mechanism_family, text),
        "chance": partial(chance, text),
        "place": partial(place_name, text),
        "shortfall": partial(shortfall_words, text),
        "shortfall_numbers": partial(shortfall_numbers, text),
        "shortfall_step": partial(shortfall_step, text),
        "told": partial(told_day, text),
        "target_class": partial(target_class_words, text),
        "claim": partial(claim_sentence, text),
        "says": partial(_says, text),
        "slowed": partial(slowdown_words, text),
        "naming": naming_of,
        "called": partial(called_in, text),
        "status": status_class,
        "is_lab_code": is_lab_code,
        "name_shown": shown_name,
    }


def _says(text: Text, finding: FindingRow, most: int = 2) -> list[str]:
    """Write the first sentences of a finding."""
    return [write_saying(one, text) for one in finding.says[:most]]
