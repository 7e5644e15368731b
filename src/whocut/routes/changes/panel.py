"""Months of relationships side by side: which network carried which, and was seen, in each.

Rows are links between a provider's network and a customer's. Networks are numbered by place in
``asns``; organisations, and networks of which no organisation is known, by unit.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from whocut.model.errors import UsageError
from whocut.routes.relationships import CollectorChange, Relationships, compare_collectors

if TYPE_CHECKING:
    from whocut.ingest.topology import Organisations

__all__ = ["Panel", "all_of", "any_of", "build_panel"]

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Panel:
    """What each month saw; presence tables have a row for each link and a column for each month."""

    months: tuple[date, ...]
    serial: int
    hashes: tuple[str, ...]
    organisations_hash: str
    observed: tuple[tuple[date, date] | None, ...]
    collectors: tuple[CollectorChange, ...]
    """Between each month and the next."""
    asns: NDArray[np.uint32]
    unit: Ints
    """Of each network: its organisation, or a number of its own."""
    country: Ints
    """Of each unit: place in ``countries`` of its registration."""
    countries: tuple[str, ...]
    unit_names: tuple[str, ...]
    """Names of the units that are organisations; those beyond are single networks."""
    first_asn: Ints
    """Of each unit: its lowest network, for a name where none is known."""
    exchange: Bools
    """Of each network: whether it is an exchange's route server, by the files' own lists."""
    alive: Bools
    """Of each network and month: seen in some link."""
    provider: Ints
    customer: Ints
    carried: Bools
    """Of each link and month: the provider sold transit to the customer."""
    otherwise: Bools
    """Of each link and month: the two were seen as peers, or the other way round."""

    @cached_property
    def is_internal(self) -> Bools:
        """Links within one organisation; no change of them is anybody's exit."""
        same: Bools = self.unit[self.provider] == self.unit[self.customer]
        return same

    @cached_property
    def by_network(self) -> tuple[Ints, Bools]:
        """Of each link: its row of (provider's unit, customer network); and whether carried."""
        return _grouped(self.unit[self.provider] * len(self.asns) + self.customer, self.carried)

    @cached_property
    def by_unit(self) -> tuple[Ints, Bools]:
        """Of each link: its row of (provider's unit, customer's unit); and whether carried."""
        return _grouped(self.pair, self.carried)

    @cached_property
    def pair(self) -> Ints:
        """Of each link: a number for (provider's unit, customer's unit)."""
        units: Ints = self.unit[self.provider] * len(self.country) + self.unit[self.customer]
        return units

    @cached_property
    def customer_links(self) -> tuple[Ints, Ints]:
        """Links in order of customer, and where those of each customer begin."""
        order = np.argsort(self.customer, kind="stable")
        starts = np.searchsorted(self.customer[order], np.arange(len(self.asns) + 1))
        return order, starts

    def name_of(self, unit: int) -> str:
        """Name a unit: its organisation, else its network."""
        if unit < len(self.unit_names) and self.unit_names[unit]:
            return self.unit_names[unit]
        return f"AS{self.first_asn[unit]}"


def any_of(table: Bools, rows: Ints, columns: Sequence[int]) -> Bools:
    """Say of some rows whether any of some columns holds."""
    return np.asarray(table[rows][:, np.asarray(columns, np.int64)].any(axis=1))


def all_of(table: Bools, rows: Ints, columns: Sequence[int]) -> Bools:
    """Say of some rows whether each of some columns holds."""
    return np.asarray(table[rows][:, np.asarray(columns, np.int64)].all(axis=1))


def build_panel(
    months: Sequence[Relationships],
    organisations: "Organisations",
    *,
    advance: Callable[[int], None] = lambda _: None,
) -> Panel:
    """Lay months side by side, in order of time.

    Raises: UsageError without months, with one twice, or with serial-1 beside serial-2.
    """
    ordered = sorted(months, key=lambda each: each.day)
    _check_months(ordered)
    asns = np.unique(np.concatenate([_networks(each) for each in ordered]))
    keys = [
        _place(asns, each.provider) * len(asns) + _place(asns, each.customer) for each in ordered
    ]
    links = np.unique(np.concatenate(keys))
    shape = len(links), len(ordered)
    carried, otherwise = np.zeros(shape, np.bool_), np.zeros(shape, np.bool_)
    alive = np.zeros((len(asns), len(ordered)), np.bool_)
    for column, (each, key) in enumerate(zip(ordered, keys, strict=True)):
        carried[np.searchsorted(links, key), column] = True
        alive[_place(asns, _networks(each)), column] = True
        otherwise[:, column] = _seen_otherwise(links, asns, each, key)
        advance(column + 1)
    unit, country, countries, names, first_asn = _units(asns, organisations)
    exchanges = np.unique(np.concatenate([np.asarray(e.exchanges, np.uint32) for e in ordered]))
    return Panel(
        months=tuple(each.day for each in ordered),
        serial=ordered[0].serial,
        hashes=tuple(each.sha256 for each in ordered),
        organisations_hash=organisations.sha256,
        observed=tuple(each.observed for each in ordered),
        collectors=tuple(map(compare_collectors, ordered[:-1], ordered[1:])),
        asns=asns,
        unit=unit,
        country=country,
        countries=countries,
        unit_names=names,
        first_asn=first_asn,
        exchange=np.isin(asns, exchanges),
        alive=alive,
        provider=links // len(asns),
        customer=links % len(asns),
        carried=carried,
        otherwise=otherwise,
    )


def _check_months(ordered: Sequence[Relationships]) -> None:
    if not ordered:
        raise UsageError("changes need months of AS relationships")
    days = [each.day for each in ordered]
    twice = next((day for day in days if days.count(day) > 1), None)
    if twice:
        raise UsageError(f"{twice:%Y-%m} is there twice; changes take each month once")
    if len({each.serial for each in ordered}) > 1:
        raise UsageError("serial-1 and serial-2 see different links; give months of one of them")


def _networks(month: Relationships) -> NDArray[np.uint32]:
    found: NDArray[np.uint32] = np.unique(
        np.concatenate([month.provider, month.customer, month.peer_a, month.peer_b])
    )
    return found


def _place(asns: NDArray[np.uint32], wanted: NDArray[np.uint32]) -> Ints:
    return np.searchsorted(asns, wanted).astype(np.int64)


def _seen_otherwise(
    links: Ints, asns: NDArray[np.uint32], month: Relationships, sold: Ints
) -> Bools:
    """Say of each link whether the two were peers that month, or the customer the provider."""
    size = len(asns)
    peers = _place(asns, month.peer_a) * size + _place(asns, month.peer_b)
    reverse = links % size * size + links // size
    found: Bools = _is_in(links, peers) | _is_in(reverse, peers) | _is_in(reverse, sold)
    return found


def _is_in(keys: Ints, ordered: Ints) -> Bools:
    """Say which keys stand in a list that is in order, as those of a file are."""
    if not len(ordered):
        return np.zeros(len(keys), np.bool_)
    place = np.minimum(np.searchsorted(ordered, keys), len(ordered) - 1)
    found: Bools = ordered[place] == keys
    return found


def _grouped(key: Ints, carried: Bools) -> tuple[Ints, Bools]:
    found, row = np.unique(key, return_inverse=True)
    table = np.zeros((len(found), carried.shape[1]), np.bool_)
    for column in range(carried.shape[1]):
        table[row[carried[:, column]], column] = True
    return row.astype(np.int64), table


def _units(
    asns: NDArray[np.uint32], organisations: "Organisations"
) -> tuple[Ints, Ints, tuple[str, ...], tuple[str, ...], Ints]:
    place = np.minimum(np.searchsorted(organisations.asn, asns), len(organisations.asn) - 1)
    is_known = organisations.asn[place] == asns
    org = np.where(is_known, organisations.org[place].astype(np.int64), -1)
    known = len(organisations.org_id)
    is_single = org < 0
    unit = org.copy()
    unit[is_single] = known + np.arange(np.count_nonzero(is_single))
    countries = tuple(sorted({"", *organisations.org_country}))
    number = {code: index for index, code in enumerate(countries)}
    of_org = [number[code] for code in organisations.org_country]
    country = np.array([*of_org, *[number[""]] * int(is_single.sum())], np.int64)
    first = np.zeros(len(country), np.int64)
    first[unit[::-1]] = asns[::-1]
    return unit, country, countries, tuple(organisations.org_name), first
