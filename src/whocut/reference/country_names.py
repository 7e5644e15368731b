"""Further names by which people look for a place (data/reference/country_names.toml)."""

import re
import tomllib
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Final

import msgspec
import pycountry
from msgspec import Struct

from whocut.model.errors import DamagedDataError
from whocut.model.shipped import shipped_path

__all__ = ["PlaceNames", "further_names", "read_names", "three_letters"]

_CODE: Final = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?")


class PlaceNames(Struct, frozen=True, forbid_unknown_fields=True):
    """One place and what it is called besides."""

    code: str
    """ISO 3166-1, or 3166-2 for a part of a country."""
    words: tuple[str, ...]


class _Table(Struct, forbid_unknown_fields=True):
    name: tuple[PlaceNames, ...]


@cache
def further_names() -> tuple[PlaceNames, ...]:
    """Give the shipped table.

    Raises: DamagedDataError if it is broken.
    """
    return read_names(shipped_path("reference", "country_names.toml"))


def read_names(path: Path) -> tuple[PlaceNames, ...]:
    """Read a table of names: each code once, each name of one place alone.

    Raises: DamagedDataError naming the file and the field that is wrong.
    """
    try:
        rows = msgspec.convert(tomllib.loads(path.read_text("utf-8")), _Table).name
    except (OSError, ValueError, msgspec.ValidationError) as error:
        raise DamagedDataError(str(error), source=str(path)) from error
    for row in rows:
        if not _CODE.fullmatch(row.code):
            raise DamagedDataError(
                f"no code of a place: {row.code}", source=str(path), field="code"
            )
    for field, values in (
        ("code", [row.code for row in rows]),
        ("words", [word.casefold() for row in rows for word in row.words]),
    ):
        value, times = max(Counter(values).items(), key=lambda one: one[1], default=("", 0))
        if times > 1:
            raise DamagedDataError(f"stands twice: {value}", source=str(path), field=field)
    return rows


@cache
def three_letters() -> dict[str, str]:
    """Give the code of two letters for each of ISO 3166-1's three, in capitals."""
    return {one.alpha_3: one.alpha_2 for one in pycountry.countries}
