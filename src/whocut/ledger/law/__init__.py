"""The law of the day: what the text then in force asked for, allowed, exempted or left open."""

from whocut.ledger.law.assess import assess_question, assess_span
from whocut.ledger.law.case import Case, read_case
from whocut.ledger.law.law import Law
from whocut.ledger.law.loading import load_law
from whocut.ledger.law.question import Assessment, Label, LegalQuestion

__all__ = [
    "Assessment",
    "Case",
    "Label",
    "Law",
    "LegalQuestion",
    "assess_question",
    "assess_span",
    "load_law",
    "read_case",
]
