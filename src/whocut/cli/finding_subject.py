"""What a question on the command line is about, and what documents and routes hold on it."""

import re
from datetime import UTC, date, datetime
from typing import Any, Final

from whocut.attribution.join import ACCESS, LedgerIndex, Material, Subject, index_ledger
from whocut.cli.question import asked_domain
from whocut.ledger.actors import known_as, load_actors
from whocut.ledger.law.loading import load_law
from whocut.ledger.load import load_ledger
from whocut.model.errors import UsageError
from whocut.reference.suffixes import registrable_domain
from whocut.routes.change_results import load_change_results

__all__ = ["asked_subject", "load_material"]

_ASN: Final = re.compile(r"(?:AS)?([0-9]{1,10})", re.IGNORECASE)
_LEAST_WORD: Final = 4
"""Letters, below which too many names are near."""
_MOST_ASN: Final = 2**32 - 2


def load_material() -> Material:
    """Load what ships: the ledger, the changes of routes, and the law of the day."""
    law = load_law()
    index = index_ledger(load_ledger(), load_actors(is_checked=False), law.unions)
    return Material(index, load_change_results(), _law_of(index, law))


def asked_subject(
    text: str, country: str, days: tuple[date | None, date | None], index: LedgerIndex
) -> Subject:
    """Read what is asked: a network by its number, an actor by its id or name, else a domain.

    Raises: UsageError if it is none of them.
    """
    asked: dict[str, Any] = {"country": country, "since": days[0], "until": days[1]}
    if number := _ASN.fullmatch(text):
        if not 0 < int(number[1]) <= _MOST_ASN:
            raise UsageError(f"{text}: no number of a network")
        return Subject(**asked, network=int(number[1]))
    if text == ACCESS:
        return Subject(**asked, service=ACCESS)
    actor = known_as(index.actors, text)
    if actor is not None:
        return Subject(**asked, service=actor.id)
    if "." not in text and ":" not in text:
        from whocut.ledger.filters import near_names

        ids = (one.id for one in index.actors.values() if not one.is_unnamed)
        near = near_names(text, ids) if len(text) >= _LEAST_WORD else ""
        raise UsageError(f"{text}: no domain, no AS number, and no actor of the ledger{near}")
    return Subject(**asked, domain=registrable_domain(asked_domain(text)))


def _law_of(index: LedgerIndex, law: Any) -> Any:  # noqa: ANN401 - whocut.attribution.join.law
    from whocut.ledger.law.record_question import assess, life_of

    today = datetime.now(UTC).date()

    def of(record: Any) -> Any:  # noqa: ANN401 - a record of the ledger
        life = life_of(record, today)
        return assess(record, life[0], index.actors, law) if life else None

    return of
