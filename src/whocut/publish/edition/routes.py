"""Who carries a country, and what a withdrawal leaves, ready for pages."""

from collections.abc import Iterable, Sequence
from functools import cached_property

from whocut.publish.edition.reading import Reading, unpack
from whocut.publish.edition.routes_rows import (
    Carried,
    CountryRoutes,
    NamedNetwork,
    NetworkRoutes,
    RoutesFacts,
    RouteSummary,
    WhatIf,
)
from whocut.publish.edition.routes_tables import ROUTES_SCHEMA, write_routes
from whocut.routes.cascades import (
    CLIQUE,
    LETTERS,
    Cascade,
    CascadeCountry,
    letters_of,
    state_set,
)
from whocut.routes.change_results import MonthCount, RouteChange
from whocut.routes.dependency.answer import Band
from whocut.routes.minimum_sets import ShippedMinimum
from whocut.routes.results import SharedCarrier
from whocut.routes.whatif.scenario import Mode

__all__ = ["ROUTES_SCHEMA", "RoutePages", "write_routes"]

_MOST_NUMBER = 2**32


class RoutePages:
    """Who carries a country, and what a withdrawal leaves, ready for pages."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading

    @cached_property
    def facts(self) -> RoutesFacts:
        """Say what the figures rest on."""
        return self._reading.blob(RoutesFacts, "SELECT facts FROM routes_facts") or RoutesFacts()

    def countries(self) -> list[RouteSummary]:
        """List the countries that have results, in the order of their codes."""
        return self._reading.blobs(RouteSummary, "SELECT summary FROM routes_country ORDER BY cc")

    def summary(self, country: str) -> RouteSummary | None:
        """Give the figures of one country at the last date; None where it has none."""
        sql = "SELECT summary FROM routes_country WHERE cc = ?"
        return self._reading.blob(RouteSummary, sql, country)

    def country(self, country: str) -> CountryRoutes | None:
        """Give one country at every date; None where it has no results."""
        sql = "SELECT whole FROM routes_country WHERE cc = ?"
        return self._reading.blob(CountryRoutes, sql, country)

    def carriers(self, country: str) -> list[tuple[SharedCarrier, tuple[Band | None, ...]]]:
        """List who hands over to a country, with the share at each date; the last date leads."""
        found = self.country(country)
        if found is None:
            return []
        names: dict[int, SharedCarrier] = {}
        shares: dict[int, dict[object, Band]] = {}
        for result in reversed(found.results):
            for one in result.hands_over:
                names.setdefault(one.asn, one)
                shares.setdefault(one.asn, {})[result.day] = one.share
        days = [each.day for each in self.facts.dates]
        return [(one, tuple(shares[asn].get(day) for day in days)) for asn, one in names.items()]

    def named(self, asn: int) -> NamedNetwork:
        """Name a network; the name is empty where no file of ours holds it."""
        sql = "SELECT asn, name, registered_in FROM routes_network WHERE asn = ?"
        found = self._reading.row(sql, asn) if 0 < asn < _MOST_NUMBER else None
        return NamedNetwork(*found) if found else NamedNetwork(asn, "", "")

    def names(self, asns: Iterable[int]) -> dict[int, NamedNetwork]:
        """Name several networks."""
        return {asn: self.named(asn) for asn in asns}

    def network(self, asn: int) -> NetworkRoutes | None:
        """Say for how many countries a network is listed; None where no file of ours names it."""
        network = self.named(asn)
        if not network.name and not network.registered_in:
            return None
        sql = "SELECT COUNT(*) FROM routes_carried WHERE asn = ? AND role = ?"
        counts = [int(self._reading.value(sql, asn, role)) for role in ("hands_over", "takes_over")]
        return NetworkRoutes(network, *counts)

    def network_countries(
        self, asn: int, role: str, *, page: int = 1, rows: int = 50
    ) -> list[Carried]:
        """List the countries that a network hands over to, or takes over for, the most first."""
        sql = (
            "SELECT row FROM routes_carried WHERE asn = ? AND role = ? ORDER BY n LIMIT ? OFFSET ?"
        )
        return self._reading.blobs(Carried, sql, asn, role, rows, (max(page, 1) - 1) * rows)

    def find(self, prefix: str, limit: int) -> list[NamedNetwork]:
        """Find networks by the beginning of their holder's name, or of their number."""
        like = prefix.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        sql = (
            "SELECT asn, name, registered_in FROM routes_network WHERE name LIKE ? ESCAPE '\\' "
            "OR CAST(asn AS TEXT) LIKE ? ESCAPE '\\' ORDER BY asn LIMIT ?"
        )
        return [NamedNetwork(*row) for row in self._reading.rows(sql, like, like, limit)]

    def changes(
        self,
        country: str = "",
        *,
        page: int = 1,
        rows: int = 50,
        alarms: bool = False,
        ordinary: bool = False,
    ) -> tuple[list[RouteChange], int]:
        """List changes of a country, or of all; the newest first, and how many there are.

        Those that stand out, and those around the days that a record tells of. ``alarms`` leaves
        the latter out; ``ordinary`` adds months in which networks that a record names did as usual.
        """
        where, values = ["1"], []
        if country:
            where, values = [*where, "cc = ?"], [country]
        if alarms:
            where.append("stands_out = 1")
        elif not ordinary:
            where.append("is_told = 1")
        clause = " AND ".join(where)
        total = int(
            self._reading.value(f"SELECT COUNT(*) FROM routes_change WHERE {clause}", *values)  # noqa: S608 - ours
        )
        sql = f"SELECT whole FROM routes_change WHERE {clause} ORDER BY n LIMIT ? OFFSET ?"  # noqa: S608 - ours
        offset = (max(page, 1) - 1) * rows
        return self._reading.blobs(RouteChange, sql, *values, rows, offset), total

    def change(self, id_: str) -> RouteChange | None:
        """Give one change; None where there is none."""
        return self._reading.blob(RouteChange, "SELECT whole FROM routes_change WHERE id = ?", id_)

    def changes_of_network(
        self, asn: int, *, limit: int = 50, ordinary: bool = False
    ) -> list[RouteChange]:
        """List changes of a network's organisation, the newest first; ``ordinary`` as above."""
        told = "" if ordinary else "AND is_told = 1 "
        sql = (
            "SELECT whole FROM routes_change WHERE n IN "  # noqa: S608 - ours
            f"(SELECT n FROM routes_change_of WHERE asn = ?) {told}ORDER BY n LIMIT ?"
        )
        return self._reading.blobs(RouteChange, sql, asn, limit)

    def counts(self, country: str) -> list[tuple[MonthCount, ...]]:
        """Give customers by month of the actors that a record names in a country."""
        sql = "SELECT months FROM routes_count WHERE cc = ? ORDER BY actor"
        return [
            unpack(blob, tuple[MonthCount, ...]) for (blob,) in self._reading.rows(sql, country)
        ]

    def mincut(self, country: str) -> tuple[ShippedMinimum, ...]:
        """Say how many must agree to cut a country off; nothing where that was not asked."""
        found = self.country(country)
        return found.minimums if found else ()

    def leavers(self, country: str) -> CascadeCountry | None:
        """Say who may leave a country; None where no what-if was carried through for it."""
        sql = "SELECT leavers FROM routes_country WHERE cc = ? AND leavers IS NOT NULL"
        return self._reading.blob(CascadeCountry, sql, country)

    def whatif(self, country: str, leaving: str) -> WhatIf | None:
        """Give the cascades of a set, in every mode; None where it was not carried through.

        ``leaving`` is written as in the table: letters of carriers, ``@clique``, ``@US``.
        """
        about = self.leavers(country)
        if about is None:
            return None
        sql = "SELECT modes FROM routes_cascade WHERE cc = ? AND leaving = ?"
        modes = self._reading.blob(tuple[Cascade, ...], sql, country, leaving)
        return None if modes is None else WhatIf(about, modes)

    def whatif_neighbours(
        self, country: str, leave: Sequence[int], mode: Mode
    ) -> list[tuple[tuple[int, ...], Cascade]]:
        """Give the nearest sets that were carried through: of those asked for, all that were.

        The greatest part of the set first, then each of its networks alone.
        """
        about = self.leavers(country)
        known = [asn for asn in about.carriers if asn in set(leave)] if about else []
        if about is None or not known:
            return []
        sets = [tuple(known), *((asn,) for asn in known if len(known) > 1)]
        found = []
        for each in sets:
            one = self.whatif(country, letters_of(about.carriers, each))
            if one is not None:
                found.append((each, next(row for row in one.modes if row.mode is mode)))
        return found

    def whatif_singles(self, country: str, mode: Mode) -> dict[str, Cascade]:
        """Give what is left if each carrier leaves alone, each state's networks, or the top."""
        about = self.leavers(country)
        if about is None:
            return {}
        names = [*LETTERS[: len(about.carriers)], CLIQUE, *map(state_set, about.states)]
        marks = ", ".join("?" * len(names))
        sql = f"SELECT modes FROM routes_cascade WHERE cc = ? AND leaving IN ({marks})"  # noqa: S608 - marks alone
        return {
            one.leaving: one
            for modes in self._reading.blobs(tuple[Cascade, ...], sql, country, *names)
            for one in modes
            if one.mode is mode
        }
