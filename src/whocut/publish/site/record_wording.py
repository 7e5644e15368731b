"""The words by which templates of the ledger's pages call what they have at hand."""

from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from whocut.i18n.catalog import N_
from whocut.i18n.text import Text
from whocut.ledger.edtf import parse_edtf
from whocut.ledger.vocabulary import CarriedOut, DateKind
from whocut.publish.edition.ledger_rows import RecordRow
from whocut.publish.site.claim_sentences import act_words, claim_sentence
from whocut.publish.site.told_days import told_day
from whocut.publish.site.wording import wording

__all__ = ["ledger_wording"]


_LEADING: Final[Mapping[DateKind, str]] = {
    DateKind.EFFECTIVE: N_("to take effect: %(day)s"),
    DateKind.ANNOUNCED: N_("announced: %(day)s"),
    DateKind.FIRST_OBSERVED: N_("first observed: %(day)s"),
    DateKind.DISCLOSED: N_("made known by others: %(day)s"),
    DateKind.ENDED: N_("ended: %(day)s"),
}
"""Which moment stands for a record in a list, as ``whocut.ledger.moments`` chooses it."""


def ledger_wording(text: Text) -> Mapping[str, Any]:
    """Give the functions by which a template words records, days, actors and places."""
    return {
        **wording(text),
        "sentence": partial(claim_sentence, text),
        "act": partial(act_words, text),
        "told": partial(told_day, text),
        "stands_for": partial(_stands_for, text),
        "machine_day": _machine_day,
    }


def _stands_for(text: Text, row: RecordRow) -> str:
    """Give the one day that stands for a record in a list, and which moment it is."""
    told = {kind: days[0] for kind, days in row.claim.dates}
    kind = next((one for one in _LEADING if one in told), None)
    if kind is None:
        return text.gettext("no source gives a date")
    day = told_day(text, told[kind])
    if kind is DateKind.EFFECTIVE and row.carried_out is not CarriedOut.NO:
        return day
    return text.gettext(_LEADING[kind], day=day)


def _machine_day(told: str) -> str:
    """Give a telling as HTML's ``datetime`` takes it; empty where it is less than one date."""
    try:
        when = parse_edtf(told)
    except ValueError:
        return ""
    if when.instant is not None:
        return when.instant.isoformat(timespec="minutes").replace("+00:00", "Z")
    plain = told.rstrip("?~%")
    is_date = all(part.isdigit() for part in plain.split("-")) and "X" not in plain
    is_season = plain[5:7].isdigit() and int(plain[5:7]) > 12
    return plain if is_date and not is_season else ""
