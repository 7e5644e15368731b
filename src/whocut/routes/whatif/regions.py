"""Regions of the world, by which reach is told: ``data/taxonomy/regions.toml``."""

import tomllib
from functools import cache

import msgspec
from msgspec import Struct

from whocut.model.errors import DamagedDataError
from whocut.model.shipped import shipped_path

__all__ = ["UNKNOWN_REGION", "Region", "load_regions", "region_numbers"]


class Region(Struct, frozen=True, forbid_unknown_fields=True):
    """One region and its countries."""

    id: str
    title: str
    countries: tuple[str, ...]


class _File(Struct, frozen=True, forbid_unknown_fields=True):
    region: tuple[Region, ...]


UNKNOWN_REGION = Region("unknown", "registered nowhere known", ())
"""Where networks stand whose country is not known."""


@cache
def load_regions() -> tuple[Region, ...]:
    """Read the regions; the unknown one is the last.

    Raises: DamagedDataError if the table is broken or has a country twice.
    """
    path = shipped_path("taxonomy", "regions.toml")
    try:
        regions = msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), _File).region
    except (OSError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise DamagedDataError(str(error), source=str(path)) from error
    seen: set[str] = set()
    for region in regions:
        twice = seen.intersection(region.countries)
        if twice:
            raise DamagedDataError(
                f"{min(twice)} stands in two regions", source=str(path), field=region.id
            )
        seen.update(region.countries)
    return (*regions, UNKNOWN_REGION)


def region_numbers(countries: tuple[str, ...]) -> list[int]:
    """Number the region of each country, as a place in ``load_regions``."""
    regions = load_regions()
    place = {country: i for i, region in enumerate(regions) for country in region.countries}
    return [place.get(country, len(regions) - 1) for country in countries]
