"""Certificate authorities of one country that no browser's store holds, by their names."""

import tomllib
from enum import StrEnum
from functools import cache

import msgspec
from msgspec import Struct

from whocut.model.errors import DamagedDataError
from whocut.model.shipped import shipped_path
from whocut.reference.certificates import name_attributes

__all__ = [
    "DomesticAuthority",
    "DomesticMeaning",
    "find_domestic_authority",
    "load_domestic_authorities",
]


class DomesticMeaning(StrEnum):
    """What a chain that ends at such an authority says; the two must never be confused."""

    DOMESTIC_ISSUANCE = "domestic_issuance"
    """Services have certificates issued there, often because others refused: no interception."""
    INTERCEPTION = "interception"
    """The authority exists so that traffic can be opened on its way."""


class DomesticAuthority(Struct, frozen=True, forbid_unknown_fields=True):
    """One authority, found by its subject's common name, organisation or both."""

    id: str
    country: str
    meaning: DomesticMeaning
    note: str
    source: str
    common_name: str | None = None
    organisation: str | None = None


class _Table(Struct, forbid_unknown_fields=True):
    authority: list[DomesticAuthority]


@cache
def load_domestic_authorities() -> tuple[DomesticAuthority, ...]:
    """Load the shipped table.

    Raises: DamagedDataError if it is broken or an entry names neither name nor organisation.
    """
    path = shipped_path("reference", "domestic_cas.toml")
    try:
        table = msgspec.convert(tomllib.loads(path.read_text("utf-8")), _Table)
    except (OSError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise DamagedDataError(str(error), source=str(path)) from error
    for entry in table.authority:
        if entry.common_name is None and entry.organisation is None:
            raise DamagedDataError(
                f"{entry.id} names no authority", source=str(path), field="common_name"
            )
    return tuple(table.authority)


def find_domestic_authority(name: bytes) -> DomesticAuthority | None:
    """Find the authority that a DER name belongs to, whatever the case of its letters."""
    attributes = {(label, value.casefold().strip()) for label, value in name_attributes(name)}
    for entry in load_domestic_authorities():
        wanted = {
            (label, value.casefold())
            for label, value in (("CN", entry.common_name), ("O", entry.organisation))
            if value is not None
        }
        if wanted <= attributes:
            return entry
    return None
