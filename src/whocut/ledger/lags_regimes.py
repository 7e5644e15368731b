"""The exemption lag by regime: from an embargo, or the day it began, to the first exemption.

``data/law/lags.yaml`` pairs provisions; their days stand in ``data/instruments``. Where one of the
two days is not known, the lag is not known.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from pathlib import Path

from msgspec import Struct

from whocut.ledger.document import read_document_file
from whocut.ledger.edtf import Span, parse_edtf
from whocut.ledger.lags_spells import span_between
from whocut.ledger.law.instrument import Basis, Family, Version
from whocut.ledger.load import convert
from whocut.model.errors import DamagedDataError, InputError
from whocut.model.shipped import shipped_path

__all__ = [
    "BaseKind",
    "Breadth",
    "FirstDay",
    "Order",
    "Regime",
    "RegimeLag",
    "first_day",
    "lags_by_regime",
    "load_regimes",
    "versions_by_id",
]


class BaseKind(StrEnum):
    """What the event is that a lag is counted from."""

    EMBARGO = "embargo"
    GOVERNMENT_BLOCKED = "government_blocked"
    SERVICES_BAN = "services_ban"
    FREEZE = "freeze"
    MEASURES_BEGIN = "measures_begin"
    """No embargo: the day that the measures and the cuts begin."""


class Breadth(StrEnum):
    """For whom an exemption is."""

    GENERAL = "general"
    """Every provider that the ban binds."""
    SPECIFIC = "specific"
    """One, by a licence of its own."""


class Order(StrEnum):
    """Whether an exemption is the first for communications, or a wider one."""

    FIRST = "first"
    LATER = "later"


class Regime(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One pair of a base event and an exemption."""

    id: str
    name: str
    places: tuple[str, ...]
    base: str | None = None
    base_kind: BaseKind
    exemption: str | None = None
    order: Order
    breadth: Breadth
    covers: str
    why: str


class _File(Struct, frozen=True, forbid_unknown_fields=True):
    regimes: tuple[Regime, ...]


class FirstDay(Struct, frozen=True):
    """The first day of a provision, and who says so."""

    provision: str
    on: str
    basis: Basis
    is_at_latest: bool
    """No source gives its first day: on this one it is seen at work."""


class RegimeLag(Struct, frozen=True):
    """What can be said of one regime as of a day."""

    regime: Regime
    base: FirstDay | None
    exemption: FirstDay | None
    days: Span | None
    """None where a day is not known, and where the exemption came after the stated day."""

    @property
    def is_by_own_knowledge(self) -> bool:
        """Say whether a day that it rests on is nobody's but ours."""
        return any(
            one is not None and one.basis is Basis.OWN for one in (self.base, self.exemption)
        )


def load_regimes(path: Path | None = None) -> tuple[Regime, ...]:
    """Load the table of regimes.

    Raises: DamagedDataError, which names file and field, for a table that cannot be read.
    """
    path = path or shipped_path("law", "lags.yaml")
    try:
        regimes = convert(read_document_file(path), _File, str(path)).regimes
    except InputError as error:
        raise DamagedDataError(error.reason, source=str(path), field=error.field) from error
    seen: set[str] = set()
    for number, one in enumerate(regimes):
        if one.id in seen:
            raise DamagedDataError(
                f"{one.id} stands twice", source=str(path), field=f"regimes[{number}].id"
            )
        seen.add(one.id)
    return regimes


def versions_by_id(families: Iterable[Family]) -> dict[str, tuple[Family, Version]]:
    """Give every version with its family, by the version's id."""
    return {one.id: (family, one) for family in families for one in family.versions}


def first_day(version: Version) -> FirstDay | None:
    """Give the first day of a version: a source's, else our own, else the day that attests it."""
    if version.from_ is not None:
        return FirstDay(version.id, version.from_, version.basis, is_at_latest=False)
    if version.own_from is not None:
        return FirstDay(version.id, version.own_from, Basis.OWN, is_at_latest=False)
    if version.attested is not None:
        return FirstDay(version.id, version.attested, version.basis, is_at_latest=True)
    return None


def lags_by_regime(
    regimes: Iterable[Regime], versions: Mapping[str, tuple[Family, Version]], as_of: date
) -> list[RegimeLag]:
    """Compute the exemption lag of each regime.

    Raises: DamagedDataError for a provision that no instrument has.
    """
    return [_lag(regime, versions, as_of) for regime in regimes]


def _lag(regime: Regime, versions: Mapping[str, tuple[Family, Version]], as_of: date) -> RegimeLag:
    base = _day(regime, "base", regime.base, versions)
    exemption = _day(regime, "exemption", regime.exemption, versions)
    days = None
    if base is not None and exemption is not None:
        end = parse_edtf(exemption.on)
        if end.earliest is not None and end.earliest <= as_of:
            days = span_between([parse_edtf(base.on)], [end])
    return RegimeLag(regime, base, exemption, days)


def _day(
    regime: Regime,
    field: str,
    provision: str | None,
    versions: Mapping[str, tuple[Family, Version]],
) -> FirstDay | None:
    if provision is None:
        return None
    if provision not in versions:
        raise DamagedDataError(
            f"{regime.id}: no such provision: {provision}", source="lags.yaml", field=field
        )
    return first_day(versions[provision][1])
