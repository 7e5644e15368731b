"""Write the part of an edition that tells of routes, from the results that ship."""

import sqlite3
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Final

from whocut.model.shipped import shipped_path
from whocut.publish.edition.progress import Progress
from whocut.publish.edition.reading import pack
from whocut.publish.edition.routes_rows import (
    Carried,
    CountryRoutes,
    NamedNetwork,
    RoutesFacts,
    RouteSummary,
)
from whocut.routes.cascades import (
    LETTERS,
    Cascade,
    CascadeCountry,
    read_cascade_countries,
    read_cascades,
)
from whocut.routes.change_results import ChangeResults, RouteChange, load_change_results
from whocut.routes.changes.answer import Verdict
from whocut.routes.dependency.answer import Band
from whocut.routes.minimum_sets import ShippedMinimum, read_minimum_sets
from whocut.routes.results import CountryResult, Results, load_results, read_networks
from whocut.routes.states import StateShare, read_states

__all__ = ["ROUTES_SCHEMA", "write_routes"]

ROUTES_SCHEMA: Final = """
CREATE TABLE routes_facts (facts BLOB NOT NULL);
CREATE TABLE routes_country (
  cc TEXT PRIMARY KEY, summary BLOB NOT NULL, whole BLOB NOT NULL, leavers BLOB
) WITHOUT ROWID;
CREATE TABLE routes_network (
  asn INTEGER PRIMARY KEY, name TEXT NOT NULL, registered_in TEXT NOT NULL
);
CREATE TABLE routes_carried (
  asn INTEGER NOT NULL, role TEXT NOT NULL, n INTEGER NOT NULL, row BLOB NOT NULL,
  PRIMARY KEY (asn, role, n)
) WITHOUT ROWID;
CREATE TABLE routes_cascade (
  cc TEXT NOT NULL, leaving TEXT NOT NULL, modes BLOB NOT NULL, PRIMARY KEY (cc, leaving)
) WITHOUT ROWID;
CREATE TABLE routes_change (n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, cc TEXT NOT NULL,
  stands_out INTEGER NOT NULL, is_told INTEGER NOT NULL, whole BLOB NOT NULL);
CREATE INDEX routes_change_cc ON routes_change (cc, n);
CREATE TABLE routes_change_of (
  asn INTEGER NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (asn, n)
) WITHOUT ROWID;
CREATE TABLE routes_count (
  cc TEXT NOT NULL, actor TEXT NOT NULL, months BLOB NOT NULL, PRIMARY KEY (cc, actor)
) WITHOUT ROWID;
"""
_ROLES: Final = ("hands_over", "takes_over")
_HALF: Final = 0.5
_Alone = dict[tuple[str, str], tuple[Cascade, ...]]


def write_routes(connection: sqlite3.Connection, folder: Path | None, progress: Progress) -> None:
    """Write the tables of routes, of the results in a folder, or of those that ship."""
    for statement in ROUTES_SCHEMA.split(";"):  # a script would end the transaction of the build
        connection.execute(statement)
    folder = folder or shipped_path("results", "routes")
    results = load_results(folder)
    changes = load_change_results(folder)
    connection.execute("INSERT INTO routes_facts VALUES (?)", (pack(_facts(results, changes)),))
    networks = {one.asn: one for one in _networks(folder)}
    connection.executemany(
        "INSERT INTO routes_network VALUES (?, ?, ?)",
        [(one.asn, one.name, one.registered_in) for one in networks.values()],
    )
    alone = _write_cascades(connection, folder, progress)
    leavers = {one.country: one for one in read_cascade_countries(folder)}
    _write_countries(connection, folder, results, leavers)
    _write_carried(connection, results, leavers, alone)
    _write_changes(connection, changes)
    progress.say("routes", 1, 1)


def _facts(results: Results, changes: ChangeResults) -> RoutesFacts:
    months = sorted({one.last_before for one in changes.changes})
    counted = sorted({f"{one.month:%Y-%m}" for one in changes.counts})
    every = sorted({*months, *counted})
    return RoutesFacts(
        dates=results.dates,
        n_countries=len({one.country for one in results.countries}),
        n_changes=len(changes.changes),
        changes_from=every[0] if every else "",
        changes_until=every[-1] if every else "",
    )


def _networks(folder: Path) -> list[NamedNetwork]:
    found: dict[int, NamedNetwork] = {}
    for name in ("whatif_networks.csv", "networks.csv"):
        for asn, (holder, place) in read_networks(folder / name).items():
            found[asn] = NamedNetwork(asn, holder, place)
    return [found[asn] for asn in sorted(found)]


def _write_cascades(connection: sqlite3.Connection, folder: Path, progress: Progress) -> _Alone:
    """Write every set, and keep those of one carrier."""
    alone: _Alone = {}
    modes: list[Cascade] = []
    for done, one in enumerate(read_cascades(folder)):
        if modes and (modes[0].country, modes[0].leaving) != (one.country, one.leaving):
            _write_cascade(connection, modes, alone)
            modes = []
            if done % 3000 < len(LETTERS):
                progress.say("what-ifs", done, 0)
        modes.append(one)
    if modes:
        _write_cascade(connection, modes, alone)
    return alone


def _write_cascade(connection: sqlite3.Connection, modes: Sequence[Cascade], alone: _Alone) -> None:
    country, leaving = modes[0].country, modes[0].leaving
    if len(leaving) == 1:
        alone[country, leaving] = tuple(modes)
    connection.execute(
        "INSERT INTO routes_cascade VALUES (?, ?, ?)", (country, leaving, pack(tuple(modes)))
    )


def _write_countries(
    connection: sqlite3.Connection,
    folder: Path,
    results: Results,
    leavers: Mapping[str, CascadeCountry],
) -> None:
    states: dict[str, list[StateShare]] = {}
    for share in read_states(folder):
        states.setdefault(share.country, []).append(share)
    minimums: dict[str, list[ShippedMinimum]] = {}
    for minimum in read_minimum_sets(folder):
        minimums.setdefault(minimum.country, []).append(minimum)
    by_country: dict[str, list[CountryResult]] = {}
    for one in sorted(results.countries, key=lambda one: one.day):
        by_country.setdefault(one.country, []).append(one)
    for code in sorted(by_country):
        found = tuple(by_country[code])
        least = tuple(minimums.get(code, ()))
        whole = CountryRoutes(code, found, tuple(states.get(code, ())), least)
        about = leavers.get(code)
        connection.execute(
            "INSERT INTO routes_country VALUES (?, ?, ?, ?)",
            (
                code,
                pack(_summary(found[-1], least)),
                pack(whole),
                None if about is None else pack(about),
            ),
        )


def _summary(last: CountryResult, minimums: Sequence[ShippedMinimum]) -> RouteSummary:
    first = last.hands_over[0] if last.hands_over else None
    return RouteSummary(
        country=last.country,
        day=last.day,
        slash24=last.slash24,
        networks=last.ases,
        foreign_providers=last.foreign_providers,
        hhi=last.hhi,
        control_points=last.control_points,
        top=NamedNetwork(first.asn, first.name, first.registered_in) if first else None,
        top_share=first.share.value if first else 0.0,
        pairs_now=last.pairs_now,
        pairs_stop_customers=last.pairs_stop_customers,
        pairs_cut_links=last.pairs_cut_links,
        pairs_carry_nothing=last.pairs_carry_nothing,
        minimums=tuple(one for one in minimums if (one.left, one.share) == ("nothing", _HALF)),
    )


def _write_carried(
    connection: sqlite3.Connection,
    results: Results,
    leavers: Mapping[str, CascadeCountry],
    alone: _Alone,
) -> None:
    """Turn the lists of the countries around: what each network carries, the most first."""
    days = [each.day for each in results.dates]
    shares: dict[tuple[int, str, str], dict[date, Band]] = {}
    now: dict[str, float] = {}
    for one in results.countries:
        now[one.country] = one.pairs_now  # the last date stays
        for role in _ROLES:
            for carrier in getattr(one, role):
                place = shares.setdefault((carrier.asn, role, one.country), {})
                place[one.day] = carrier.share
    rows: dict[tuple[int, str], list[Carried]] = {}
    for (asn, role, country), bands in shares.items():
        about = leavers.get(country)
        carriers = about.carriers if about and role == "hands_over" else ()
        letter = LETTERS[carriers.index(asn)] if asn in carriers else ""
        row = Carried(
            country,
            role,
            tuple(bands.get(day) for day in days),
            alone.get((country, letter), ()) if letter else (),
            now[country],
        )
        rows.setdefault((asn, role), []).append(row)
    for (asn, role), listed in rows.items():
        listed.sort(key=lambda row: (_sizes(row), row.country))
        connection.executemany(
            "INSERT INTO routes_carried VALUES (?, ?, ?, ?)",
            [(asn, role, n, pack(row)) for n, row in enumerate(listed)],
        )


def _sizes(row: Carried) -> tuple[float, ...]:
    """Order by the last date first, the greatest share first."""
    return tuple(-band.value if band else 0.0 for band in reversed(row.shares))


def _write_changes(connection: sqlite3.Connection, changes: ChangeResults) -> None:
    """Write changes, the newest first; of one month those that stand out first."""
    listed = sorted(
        changes.changes,
        key=lambda one: (not _is_odd(one), one.country, one.provider, bool(one.around), one.id),
    )
    listed.sort(key=lambda one: one.first_after, reverse=True)
    told: set[tuple[str, ...]] = set()
    for n, one in enumerate(listed):
        # What stands out is often what a record speaks of: the same two months are told once.
        place = (one.country, one.sign, one.provider, one.last_before, one.first_after)
        is_told = (_is_odd(one) or bool(one.around)) and place not in told
        stands_out = is_told and _is_odd(one) and not one.around
        if is_told:
            told.add(place)
        connection.execute(
            "INSERT INTO routes_change VALUES (?, ?, ?, ?, ?, ?)",
            (n, one.id, one.country, stands_out, is_told, pack(one)),
        )
        connection.executemany(
            "INSERT INTO routes_change_of VALUES (?, ?)", [(asn, n) for asn in sorted({*one.asns})]
        )
    places = sorted({(one.country, one.actor) for one in changes.counts})
    connection.executemany(
        "INSERT INTO routes_count VALUES (?, ?, ?)",
        [(cc, actor, pack(changes.counts_of(cc, actor))) for cc, actor in places],
    )


def _is_odd(one: RouteChange) -> bool:
    """Say whether the test finds it odd, whether a record speaks of it or not."""
    return one.verdict in {Verdict.SINGLE, Verdict.SEVERAL}
