"""The records of one company or state body, in lists that are never mixed.

What it says itself stands apart from what others say of it; what it refused, restored, replied, or
announced and did not do, apart from what it did. No list adds up with another. The lists are sets
of places in the ledger, so that only the rows that are shown are read.
"""

from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from whocut.ledger.claims import Voice
from whocut.ledger.counts import ByGrade
from whocut.ledger.vocabulary import CarriedOut, Kind
from whocut.publish.edition.ledger_rows import RecordRow
from whocut.publish.edition.ledger_sets import RecordSets, bits_of, first_of
from whocut.publish.edition.reading import Reading

__all__ = ["TOLD", "ActorLists", "ActorRecords", "Part", "SameLaw", "told_of"]

_NOT_DONE: Final = frozenset({CarriedOut.NO, CarriedOut.UNKNOWN})
TOLD: Final = ("did", "refused", "restored", "not_done", "accused", "retracted")
"""What a record tells of who decided, each in one list alone."""


class Part(Struct, frozen=True):
    """One list: how many there are, and the first of them."""

    n: int
    count: ByGrade
    rows: tuple[RecordRow, ...]
    """The newest first, as many as are shown."""


class ActorRecords(Struct, frozen=True, kw_only=True):
    """Records by what they say of the actor; each stands in one list of the first six alone."""

    did: Part
    """By its own word."""
    refused: Part
    restored: Part
    not_done: Part
    """Announced and not carried out, or not known to have been."""
    accused: Part
    """Others say so, and it has not; or it is reported, denied, disputed or only measured."""
    retracted: Part
    replied: Part
    executed: Part
    """It carried out what others decided."""
    behind: Part
    """Others acted on its rule, order, request or refusal, as the sources tell."""
    is_more: bool
    """It has more records than were looked at."""


class SameLaw(Struct, frozen=True):
    """One instrument, and what others did of whose acts it speaks."""

    id: str
    title: str
    cut: Part
    kept: Part
    """Refused to cut, or restored."""


def told_of(row: RecordRow) -> str:
    """Say what a record tells of who decided it: one of ``TOLD``."""
    if row.is_retracted:
        return "retracted"
    if row.voice is not Voice.ANNOUNCED or row.kind is Kind.RUMOUR:
        return "accused"
    if row.kind is Kind.REFUSAL:
        return "refused"
    if row.kind is Kind.RESTORATION:
        return "restored"
    return "not_done" if row.carried_out in _NOT_DONE else "did"


class ActorLists:
    """Parts the records of actors."""

    def __init__(self, reading: Reading, sets: RecordSets, read: int, shown: int) -> None:
        self._reading = reading
        self._sets = sets
        self._read = read
        """Records that are looked at for each list, the newest."""
        self._shown = shown

    def records(self, actor: str) -> ActorRecords:
        """Part the records in which an actor decides, is named by an account, or has a part."""
        numbers = self._numbers("actor", actor, self._read + 1)
        looked_at = bits_of(numbers[: self._read])
        lists = self._parted(actor, looked_at)
        others = 0
        for bits in lists.values():
            others |= bits
        return ActorRecords(
            **{name: self._part(bits) for name, bits in lists.items()},
            replied=self._part(self._newest("replier", actor)),
            executed=self._part(self._newest("executor", actor) & ~others),
            behind=self._part(self._newest("upstream", actor) & ~others),
            is_more=len(numbers) > self._read,
        )

    def _parted(self, actor: str, looked_at: int) -> Mapping[str, int]:
        """Part records by ``TOLD``; where others name it and it is no decider, it is accused."""
        decides = looked_at & bits_of(self._numbers("decider", actor))
        named = looked_at & bits_of(self._numbers("named", actor)) & ~decides
        lists = {name: decides & self._told(name) for name in TOLD}
        lists["accused"] |= named & ~self._told("retracted")
        lists["retracted"] |= named & self._told("retracted")
        return lists

    def same_law(self, actor: str, id_: str, title: str) -> SameLaw:
        """Say what others did under one instrument: who cut, and who did not."""
        others = self._newest("instrument", id_) & ~bits_of(self._numbers("decider", actor))
        kept = self._told("refused") | self._told("restored")
        cut, kept = others & self._told("did"), others & kept
        return SameLaw(id_, title, self._part(cut), self._part(kept))

    def _told(self, name: str) -> int:
        return self._sets.of_value("told", name)

    def _newest(self, axis: str, value: str) -> int:
        return bits_of(self._numbers(axis, value, self._read))

    def _numbers(self, axis: str, value: str, most: int = -1) -> list[int]:
        sql = "SELECT n FROM ledger_of WHERE axis = ? AND value = ? ORDER BY n LIMIT ?"
        return [n for (n,) in self._reading.rows(sql, axis, value, most)]

    def _part(self, bits: int) -> Part:
        rows = tuple(self._sets.rows(first_of(bits, self._shown)))
        return Part(bits.bit_count(), self._sets.graded(bits), rows)
