"""Whether what is compared meets: the RIBs and updates of one question, in time and in vantages."""

from enum import StrEnum

from msgspec import Struct

from whocut.model.errors import UsageError
from whocut.routes.observed.timing import Limits

__all__ = ["Doubt", "DoubtKind", "Meeting", "Seen"]


class Seen(Struct, frozen=True):
    """What one input covers."""

    n: int
    """Routes."""
    begin_s: float
    end_s: float
    peers: frozenset[tuple[int, str]]
    """AS number and address of every vantage that tells a route."""


class DoubtKind(StrEnum):
    """Why an answer may miss a change."""

    HOLE_BEFORE = "hole_before"
    """Between the RIB before and the first update."""
    HOLE_AFTER = "hole_after"
    """Between the last update and the RIB after."""
    NO_UPDATES_BETWEEN = "no_updates_between"
    """There are updates, and none between the two RIBs."""
    OTHER_VANTAGES_TELL = "other_vantages_tell"
    """No vantage of the RIB before is one of the updates: these come from other collectors."""
    OTHER_VANTAGES_AFTER = "other_vantages_after"
    """No vantage of the RIB before is one of the RIB after."""


class Doubt(Struct, frozen=True):
    """One reason why an answer may miss a change, and the time that it is about."""

    kind: DoubtKind
    begin_s: float
    end_s: float


class Meeting(Struct, frozen=True):
    """The inputs of one question, side by side; what is not given is None."""

    before: Seen
    updates: Seen | None
    after: Seen | None

    def check(self) -> None:
        """Refuse inputs of which nothing can be compared.

        Raises: UsageError that says what does not meet.
        """
        before, updates, after = self.before, self.updates, self.after
        if after is not None:
            if after.end_s < before.begin_s:  # several RIBs of one time need not be of one second
                raise UsageError("the RIB after is older than the RIB before")
            return
        if updates is None or updates.n == 0:
            raise UsageError("the updates hold no routes, and there is no RIB after")
        if updates.end_s < before.end_s:
            raise UsageError(
                "the updates end before the RIB before was written: nothing follows it"
            )
        if not before.peers & updates.peers:
            raise UsageError(
                "no vantage of the RIB before is in the updates: they come from other collectors,"
                " and no change could be seen"
            )

    def doubts(self, limits: Limits) -> tuple[Doubt, ...]:
        """Say what an answer may miss."""
        before, updates, after = self.before, self.updates, self.after
        end_s = after.begin_s if after else updates.end_s if updates else before.end_s
        found = []
        if after is not None and not before.peers & after.peers:
            found.append(DoubtKind.OTHER_VANTAGES_AFTER)
        if updates is not None and updates.n:
            if updates.end_s < before.end_s or updates.begin_s > end_s:
                found.append(DoubtKind.NO_UPDATES_BETWEEN)
            elif not before.peers & updates.peers:
                found.append(DoubtKind.OTHER_VANTAGES_TELL)
            else:
                return (*_whole(found, before.end_s, end_s), *self._holes(end_s, limits))
        return _whole(found, before.end_s, end_s)

    def _holes(self, end_s: float, limits: Limits) -> tuple[Doubt, ...]:
        before, updates = self.before, self.updates
        assert updates is not None  # noqa: S101 - holes are beside updates
        holes = (
            Doubt(DoubtKind.HOLE_BEFORE, before.end_s, updates.begin_s),
            Doubt(DoubtKind.HOLE_AFTER, updates.end_s, end_s),
        )
        return tuple(one for one in holes if one.end_s - one.begin_s >= limits.hole_s)


def _whole(kinds: list[DoubtKind], begin_s: float, end_s: float) -> tuple[Doubt, ...]:
    return tuple(Doubt(kind, begin_s, end_s) for kind in kinds)
