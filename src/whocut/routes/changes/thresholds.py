"""Thresholds of changes, read from ``data/routes/changes.toml``, where each has its reason."""

import hashlib
import tomllib
from functools import cache

import msgspec

from whocut.model.errors import DamagedDataError
from whocut.model.shipped import shipped_path

__all__ = ["Thresholds", "load_thresholds"]


class Thresholds(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What changes are judged by; the file says what each means."""

    months_before: int
    months_after: int
    provider_weight: float
    country_weight: float
    least_elsewhere: int
    least_n: int
    concentration: float
    concentration_gains: float
    lasting_months: int
    everywhere_share: float
    least_block: int
    block_share: float
    block_lift: float
    world_share: float
    least_lost: int
    least_effect: float
    single_p: float
    several_p: float
    several_each: float
    several_most: int
    country_wide_share: float
    country_excess: float
    other_lost_share: float
    moved_share: float
    version: str = ""
    """Hash of the file."""


@cache
def load_thresholds() -> Thresholds:
    """Read the shipped thresholds.

    Raises: DamagedDataError if one is missing, unknown or of another kind.
    """
    path = shipped_path("routes", "changes.toml")
    try:
        text = path.read_bytes()
        tables = tomllib.loads(text.decode())
        values = {name: value for table in tables.values() for name, value in table.items()}
        values["version"] = hashlib.sha256(text).hexdigest()[:12]
        return msgspec.convert(values, Thresholds, strict=False)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, AttributeError) as error:
        raise DamagedDataError(str(error), source=str(path)) from error
    except msgspec.ValidationError as error:
        raise DamagedDataError(str(error), source=str(path)) from error
