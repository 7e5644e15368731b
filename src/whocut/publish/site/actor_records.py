"""The records of one company or state body, in lists that are never mixed.

What it says itself stands apart from what others say of it; what it refused, restored, replied, or
announced and did not do, apart from what it did. No list adds up with another.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from msgspec import Struct

from whocut.ledger.claims import Voice
from whocut.ledger.counts import ByGrade
from whocut.ledger.vocabulary import CarriedOut, Grade, Kind
from whocut.publish.edition.ledger_rows import RecordRow

__all__ = ["ActorRecords", "SameLaw", "parted", "same_law", "tally"]

_NOT_DONE: Final = frozenset({CarriedOut.NO, CarriedOut.UNKNOWN})
_KEPT: Final = frozenset({Kind.REFUSAL, Kind.RESTORATION})


class ActorRecords(Struct, frozen=True, kw_only=True):
    """Records by what they say of the actor; each stands in one list of the first six alone."""

    did: tuple[RecordRow, ...]
    """By its own word."""
    refused: tuple[RecordRow, ...]
    restored: tuple[RecordRow, ...]
    not_done: tuple[RecordRow, ...]
    """Announced and not carried out, or not known to have been."""
    accused: tuple[RecordRow, ...]
    """Others say so, and it has not; or it is reported, denied, disputed or only measured."""
    retracted: tuple[RecordRow, ...]
    replied: tuple[RecordRow, ...]
    executed: tuple[RecordRow, ...]
    """It carried out what others decided."""
    behind: tuple[RecordRow, ...]
    """Others acted on its rule, order, request or refusal, as the sources tell."""


class SameLaw(Struct, frozen=True):
    """One instrument, and what others did of whose acts it speaks."""

    id: str
    title: str
    cut: tuple[RecordRow, ...]
    kept: tuple[RecordRow, ...]
    """Refused to cut, or restored."""


def parted(
    actor: str,
    rows: Iterable[RecordRow],
    *,
    replied: Sequence[RecordRow],
    executed: Sequence[RecordRow],
    behind: Sequence[RecordRow],
) -> ActorRecords:
    """Part the records in which an actor decides, or is named by an account."""
    lists: dict[str, list[RecordRow]] = {name: [] for name in _PARTED}
    for row in rows:
        if (name := _list_of(actor, row)) is not None:
            lists[name].append(row)
    others = {one.id for group in lists.values() for one in group}
    return ActorRecords(
        **{name: tuple(found) for name, found in lists.items()},
        replied=tuple(replied),
        executed=tuple(one for one in executed if one.id not in others),
        behind=tuple(one for one in behind if one.id not in others),
    )


_PARTED: Final = ("did", "refused", "restored", "not_done", "accused", "retracted")


def _list_of(actor: str, row: RecordRow) -> str | None:
    """Say in which list a record stands; None where the actor neither decides nor is accused."""
    is_decider = any(one.id == actor for one in row.deciders)
    is_named = any(one.named is not None and one.named.id == actor for one in row.claim.accounts)
    if not (is_decider or is_named):
        return None
    if row.is_retracted:
        return "retracted"
    if row.voice is not Voice.ANNOUNCED or not is_decider or row.kind is Kind.RUMOUR:
        return "accused"
    if row.kind is Kind.REFUSAL:
        return "refused"
    if row.kind is Kind.RESTORATION:
        return "restored"
    return "not_done" if row.carried_out in _NOT_DONE else "did"


def same_law(actor: str, id_: str, title: str, rows: Iterable[RecordRow]) -> SameLaw:
    """Say what others did under one instrument: who cut, and who did not."""
    others = [
        one
        for one in rows
        if not one.is_retracted
        and one.kind is not Kind.RUMOUR
        and one.voice is Voice.ANNOUNCED
        and all(party.id != actor for party in one.deciders)
    ]
    return SameLaw(
        id_,
        title,
        tuple(one for one in others if one.kind not in _KEPT and one.carried_out not in _NOT_DONE),
        tuple(one for one in others if one.kind in _KEPT),
    )


def tally(rows: Iterable[RecordRow]) -> ByGrade:
    """Count records, each grade by itself."""
    grades = [one.grade for one in rows]
    return ByGrade(
        documented=grades.count(Grade.DOCUMENTED),
        excerpt=grades.count(Grade.EXCERPT),
        lead=grades.count(Grade.LEAD),
    )
