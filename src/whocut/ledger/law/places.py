"""Places of the law: ISO 3166-1, ISO 3166-2, the EU, and everybody."""

import json
from functools import cache
from pathlib import Path
from typing import Final

from whocut.ledger.law.phrases import folded

__all__ = ["ANYWHERE", "EVERYBODY", "country_named", "is_place"]

EVERYBODY: Final = "WORLD"
ANYWHERE: Final = "ANY"
"""In rules: wherever it is."""


@cache
def _countries() -> frozenset[str]:
    return frozenset(entry["alpha_2"] for entry in _database("iso3166-1", "3166-1"))


@cache
def _parts() -> frozenset[str]:
    return frozenset(entry["code"] for entry in _database("iso3166-2", "3166-2"))


def _database(name: str, key: str) -> list[dict[str, str]]:
    # The package's own objects cost 70 ms to build; its tables are plain JSON.
    import pycountry

    path = Path(pycountry.DATABASE_DIR) / f"{name}.json"
    entries: list[dict[str, str]] = json.loads(path.read_text("utf-8"))[key]
    return entries


def is_place(code: str) -> bool:
    """Say whether a code is a country, a part of one, the EU, or everybody."""
    if code in {"EU", EVERYBODY}:
        return True
    return code in (_parts() if "-" in code else _countries())


@cache
def _names() -> dict[str, str]:
    found: dict[str, str] = {}
    for entry in _database("iso3166-1", "3166-1"):
        for field in ("name", "common_name", "official_name", "alpha_2", "alpha_3"):
            if field in entry:
                found.setdefault(folded(entry[field]), entry["alpha_2"])
    return found


def country_named(text: str) -> str | None:
    """Find the country of a code or of a name in English."""
    return _names().get(folded(text))
