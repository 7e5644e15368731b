"""What sort of claim each account of a record is: a reviewed table (``data/findings``)."""

import tomllib
from collections.abc import Mapping
from functools import cache
from typing import Final

import msgspec
from msgspec import Struct

from whocut.attribution.vocabulary import ClaimType, HypothesisId
from whocut.model.errors import DamagedDataError
from whocut.model.shipped import shipped_path

__all__ = ["AccountKind", "accounts_of", "load_accounts"]

_FILE: Final = "accounts.toml"


class AccountKind(Struct, frozen=True, forbid_unknown_fields=True):
    """What sort of claim one account of a record is."""

    record: str
    number: int
    """Its place among the accounts of the record, from 0."""
    type: ClaimType
    hypothesis: HypothesisId | None = None
    """Where it is not that of the role of whom it names."""
    is_weak: bool = False
    """The record does not tell whose account it is."""


class _File(Struct, frozen=True, forbid_unknown_fields=True):
    account: tuple[AccountKind, ...]


@cache
def load_accounts() -> Mapping[str, tuple[AccountKind, ...]]:
    """Read the table, by record.

    Raises: DamagedDataError naming the file.
    """
    path = shipped_path("findings", _FILE)
    try:
        rows = msgspec.convert(tomllib.loads(path.read_text("utf-8")), _File).account
    except (OSError, ValueError, msgspec.ValidationError) as error:
        raise DamagedDataError(str(error), source=str(path)) from error
    found: dict[str, tuple[AccountKind, ...]] = {}
    for row in rows:
        found[row.record] = (*found.get(row.record, ()), row)
    return found


def accounts_of(record: str, n: int) -> tuple[AccountKind, ...]:
    """Give the kinds of a record's accounts; one that nobody has looked at is recorded only."""
    known = load_accounts().get(record, ())
    seen = {one.number for one in known}
    unseen = (
        AccountKind(record, number, ClaimType.REPLIES) for number in range(n) if number not in seen
    )
    return (*(one for one in known if one.number < n), *unseen)
