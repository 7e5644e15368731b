"""Join cells, routes, records and the law of the day into bundles of evidence."""

from whocut.attribution.join.bundles import Material, join, records_of
from whocut.attribution.join.index import LedgerIndex, index_ledger
from whocut.attribution.join.measured import (
    MeasuredPair,
    MeasuredSlowdown,
    MeasuredSpan,
    MeasuredStatement,
    MeasuredWeek,
)
from whocut.attribution.join.questions import (
    subjects_of_changes,
    subjects_of_pair,
    subjects_of_record,
)
from whocut.attribution.join.subject import ACCESS, LAB, WORLD, Subject

__all__ = [
    "ACCESS",
    "LAB",
    "WORLD",
    "LedgerIndex",
    "Material",
    "MeasuredPair",
    "MeasuredSlowdown",
    "MeasuredSpan",
    "MeasuredStatement",
    "MeasuredWeek",
    "Subject",
    "index_ledger",
    "join",
    "records_of",
    "subjects_of_changes",
    "subjects_of_pair",
    "subjects_of_record",
]
