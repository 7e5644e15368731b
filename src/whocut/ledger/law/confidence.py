"""How sure an answer is: never surer than the weakest provision that decides it."""

from collections.abc import Iterable
from datetime import date
from typing import Final

from whocut.ledger.law.instrument import Basis, Certainty, Read
from whocut.ledger.law.law import Law
from whocut.ledger.law.question import Label, LegalQuestion, UsedProvision

__all__ = ["CAP_BY_READ", "cap_of", "confidence_of", "lowest"]

_ORDER: Final = (Certainty.LOW, Certainty.MEDIUM, Certainty.HIGH)
CAP_BY_READ: Final = {
    Read.EXCERPT: Certainty.HIGH,
    Read.OPENING: Certainty.MEDIUM,
    Read.SUMMARY: Certainty.MEDIUM,
    Read.SECONDARY: Certainty.MEDIUM,
    Read.NONE: Certainty.LOW,
}
"""What a provision can carry at most by how it was read; provisional, as issue 4 sets it."""


def lowest(values: Iterable[Certainty]) -> Certainty:
    """Give the least sure of some."""
    return min(values, key=_ORDER.index, default=Certainty.HIGH)


def cap_of(one: UsedProvision) -> Certainty:
    """Say how sure an answer that rests on a provision can be."""
    if one.basis is Basis.OWN:
        return Certainty.LOW
    return lowest((CAP_BY_READ[Read(one.read)], one.confidence))


def confidence_of(
    law: Law,
    question: LegalQuestion,
    label: Label,
    used: Iterable[UsedProvision],
    day: date,
) -> tuple[Certainty, str | None]:
    """Give the confidence of an answer, and what capped it."""
    caps = [(_cap(one), one.id) for one in used]
    if label is Label.UNCLEAR:
        caps.append((Certainty.MEDIUM, "an open question"))
    if question.claimed_law and label is Label.UNCLEAR:
        caps.append((Certainty.LOW, f"not held here: {question.claimed_law}"))
    if label is Label.UNCLEAR and not any(one.decides for one in used):
        own = law.jurisdictions(question.actor_jurisdictions, day)
        if not own & law.held_codes:
            caps.append((Certainty.LOW, "no law of this jurisdiction is held"))
    if question.unread_words:
        caps.append((Certainty.LOW, f"words not read: {', '.join(question.unread_words)}"))
    if not any(one.decides for one in used) and label is not Label.UNCLEAR:
        caps.append(_without_provisions(law, question, label, day))
    weakest = min(caps, key=lambda one: _ORDER.index(one[0]))
    return weakest[0], None if weakest[0] is Certainty.HIGH else weakest[1]


def _cap(one: UsedProvision) -> Certainty:
    # What was weighed and carries nothing bars the highest answer, and no more.
    cap = cap_of(one)
    return cap if one.decides or cap is Certainty.HIGH else Certainty.MEDIUM


def _without_provisions(
    law: Law, question: LegalQuestion, label: Label, day: date
) -> tuple[Certainty, str]:
    # That a table names nothing shows less than a text that was read.
    own = law.jurisdictions(question.actor_jurisdictions, day)
    if label is Label.OWN_CHOICE:
        return Certainty.MEDIUM, "no law of this state that fits is held"
    if own & law.held_codes:
        return Certainty.MEDIUM, "no provision held reaches this"
    return Certainty.LOW, "no law of this jurisdiction is held"
