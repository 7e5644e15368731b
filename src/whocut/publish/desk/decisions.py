"""What keepers decide: one small file a decision, never changed, never overwritten.

Two keepers can work apart: to join their work, the files of both are copied into one folder. A
decision names those that it replaces; what nobody has replaced stands. Where two stand that differ,
both are shown and neither counts, until somebody decides again.
"""

import os
import re
import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

import msgspec
from msgspec import Meta, Struct

from whocut.ledger.vocabulary import Verification
from whocut.model.errors import InputError, UsageError

__all__ = [
    "Decided",
    "Decision",
    "Outcome",
    "Standing",
    "decide",
    "load_decisions",
    "standing_of",
]

_SUFFIX: Final = ".decision.json"
_MOST_BYTES: Final = 8192
_KEEPER: Final = re.compile("[a-z0-9]+(-[a-z0-9]+)*")
_REPORT: Final = "^[0-9a-f]{32}$"


class Outcome(StrEnum):
    """What was decided of a form."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    SPAM = "spam"
    DUPLICATE = "duplicate"
    VERIFIED = "verified"
    """The token of a reply was seen at the domain; whether it is taken is another decision."""


class Decision(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One decision of one keeper."""

    about: Annotated[str, Meta(pattern=_REPORT)]
    outcome: Outcome
    by: Annotated[str, Meta(pattern="^[a-z0-9]+(-[a-z0-9]+)*$", max_length=40)]
    on: date
    note: Annotated[str, Meta(max_length=1000)] = ""
    subject: Annotated[str, Meta(pattern="^[a-z0-9.-]*$", max_length=253)] = ""
    """What the report is counted under, where the keeper says it: an actor's id, or a domain."""
    verified_by: Verification | None = None
    domain: Annotated[str, Meta(max_length=253)] = ""
    replaces: tuple[str, ...] = ()
    """Names of the decisions that this one replaces."""


class Decided(Struct, frozen=True):
    """A decision with the name of its file."""

    name: str
    decision: Decision


class Standing(Struct, frozen=True):
    """What stands of one form."""

    standing: tuple[Decided, ...] = ()
    """Decisions that none has replaced, apart from verifications."""
    verified: Decided | None = None

    @property
    def outcome(self) -> Outcome | None:
        """What was decided; None while it is open, or where keepers differ."""
        outcomes = {one.decision.outcome for one in self.standing}
        return outcomes.pop() if len(outcomes) == 1 else None

    @property
    def is_disputed(self) -> bool:
        """Whether keepers differ."""
        return len({(one.decision.outcome, one.decision.subject) for one in self.standing}) > 1

    @property
    def subject(self) -> str:
        """What the keepers say it is counted under."""
        return next((one.decision.subject for one in self.standing if one.decision.subject), "")

    @property
    def words(self) -> str:
        """The state in one word or two."""
        if self.is_disputed:
            return "keepers differ"
        if self.outcome is not None:
            return self.outcome.value
        return "verified" if self.verified is not None else "open"


def decide(folder: Path, decision: Decision) -> Path:
    """Write a decision as a file of its own, durably.

    Raises: UsageError for a name that is no keeper's.
    """
    if not _KEEPER.fullmatch(decision.by):
        raise UsageError(f"--by {decision.by}: lower-case letters, digits and single hyphens only")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    name = f"{decision.about}.{decision.by}.{secrets.token_hex(6)}{_SUFFIX}"
    content = msgspec.json.format(msgspec.json.encode(decision)) + b"\n"
    unfinished = folder / f".{name}"
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    path = folder / name
    # A link fails where the name is taken; a rename would lose what is there.
    os.link(unfinished, path)
    unfinished.unlink()
    return path


def load_decisions(folder: Path) -> dict[str, list[Decided]]:
    """Read all decisions, by the form they are about.

    Raises: InputError naming the file and the field of one that cannot be read: it is not passed
        over, since it may be the one that counts.
    """
    found: dict[str, list[Decided]] = {}
    for path in sorted(folder.glob(f"*{_SUFFIX}")) if folder.is_dir() else ():
        content = path.read_bytes()
        if len(content) > _MOST_BYTES:
            raise InputError("far too large for a decision", source=str(path))
        try:
            decision = msgspec.json.decode(content, type=Decision)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise InputError(f"no decision: {error}", source=str(path)) from error
        found.setdefault(decision.about, []).append(Decided(path.name, decision))
    return found


def standing_of(decisions: Mapping[str, Sequence[Decided]], about: str) -> Standing:
    """Say what stands of one form."""
    all_of_it = decisions.get(about, ())
    verified = [one for one in all_of_it if one.decision.outcome is Outcome.VERIFIED]
    others = [one for one in all_of_it if one.decision.outcome is not Outcome.VERIFIED]
    replaced = _replaced(others)
    standing = tuple(one for one in others if one.name not in replaced)
    return Standing(standing, max(verified, key=_order, default=None))


def _replaced(decisions: Iterable[Decided]) -> frozenset[str]:
    return frozenset(name for one in decisions for name in one.decision.replaces)


def _order(one: Decided) -> tuple[date, str]:
    return one.decision.on, one.name
