"""Whether a code is that of a country: an answer on none would read as nothing cut there."""

import re
from typing import TYPE_CHECKING, Final

from whocut.model.errors import UsageError
from whocut.store.lookup import has_rows

if TYPE_CHECKING:
    from whocut.store.snapshot import Snapshot

__all__ = ["UNION", "refuse_no_country", "refuse_unassigned"]

UNION: Final = "EU"
"""No country, and records speak of it."""
_USED: Final = "XK"
"""ISO 3166-1 leaves it to its users, and all of them mean Kosovo."""
_OF_USERS: Final = re.compile("AA|Q[M-Z]|X[A-Z]")
"""Codes that ISO 3166-1 leaves to whoever uses it: the laboratory's countries have such."""
_MEANT: Final = {"UK": "GB", "EL": "GR"}
"""Codes that are used and that ISO 3166-1 does not assign."""


def refuse_unassigned(code: str, option: str = "--country") -> None:
    """Refuse two letters that no country has.

    Raises: UsageError naming the option.
    """
    import pycountry

    if code == _USED or pycountry.countries.get(alpha_2=code) is not None:
        return
    hint = f"; {_MEANT[code]} is meant" if code in _MEANT else ""
    raise UsageError(f"{option} {code}: no country has the code {code}{hint} (ISO 3166-1)")


def refuse_no_country(
    code: str,
    snapshot: "Snapshot | None" = None,
    option: str = "--country",
    *,
    has_union: bool = False,
) -> None:
    """Refuse two letters that no country has, unless something is measured under them.

    Probes that do not know their country, and the laboratory, have codes of their own.
    ``has_union`` says that the question can be asked of a union.
    Raises: UsageError naming the option.
    """
    if _OF_USERS.fullmatch(code):
        return
    if snapshot is not None and any(has_rows(snapshot, of, cc=code) for of in ("verdict", "cell")):
        return
    if code == UNION:
        if has_union:
            return
        raise UsageError(
            f"{option} {code}: a union, in which nothing is measured as such; ask about one of its "
            f"countries, or for what records tell of all: whocut ledger list --country {code}"
        )
    refuse_unassigned(code, option)
