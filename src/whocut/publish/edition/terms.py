"""Gather what a reader may look for: domains, countries, actors, networks."""

import sqlite3
from collections import Counter
from collections.abc import Iterator
from typing import Final

import pycountry

from whocut.i18n.language import Language
from whocut.i18n.text import text_in
from whocut.model.shipped import shipped_path
from whocut.publish.edition.access_rows import Found
from whocut.publish.edition.ledger_source import LedgerSource
from whocut.publish.edition.progress import Progress
from whocut.publish.edition.search import write_terms
from whocut.reference.country_names import further_names
from whocut.routes.results import NETWORK_COLUMNS
from whocut.routes.results_file import read_rows

__all__ = ["write_search"]

_FORMERLY: Final = ("common_name", "official_name", "name", "alpha_3")


def write_search(connection: sqlite3.Connection, source: LedgerSource, progress: Progress) -> None:
    """Write the terms of the search; the other parts of the edition are there already."""
    progress.say("search", 0, 1)
    terms = [
        *_domains(connection, source),
        *_countries(connection),
        *_actors(connection, source),
        *_networks(connection),
    ]
    write_terms(connection, terms)
    progress.say("search", 1, 1)


def _domains(connection: sqlite3.Connection, source: LedgerSource) -> Iterator[Found]:
    weights = Counter[str](
        dict(connection.execute("SELECT target, COUNT(*) FROM access_pair GROUP BY target"))
    )
    named = connection.execute(
        "SELECT value, COUNT(*) FROM ledger_of WHERE axis = 'domain' GROUP BY value"
    )
    for domain, n in named:
        weights[domain] += n
    for actor in source.actors.values():
        for domain in actor.domains:
            weights.setdefault(domain, 0)
    for domain, weight in sorted(weights.items()):
        yield Found("domain", domain, domain, weight)


def _countries(connection: sqlite3.Connection) -> Iterator[Found]:
    weights = Counter[str](
        dict(connection.execute("SELECT cc, COUNT(*) FROM access_pair GROUP BY cc"))
    )
    named = connection.execute(
        "SELECT value, COUNT(*) FROM ledger_of WHERE axis = 'country' GROUP BY value"
    )
    for code, n in named:
        weights[code] += n
    parts = Counter[str](
        dict(
            connection.execute(
                "SELECT value, COUNT(*) FROM ledger_of WHERE axis = 'subdivision' GROUP BY value"
            )
        )
    )
    further = {one.code: one.words for one in further_names()}
    known = {one.alpha_2: one for one in pycountry.countries}
    for code in sorted({*known, *(one for one in weights if len(one) == 2)}):
        names = [text_in(language).country(code) for language in Language]
        names += [getattr(known.get(code), name, "") for name in _FORMERLY]
        names += further.pop(code, ())
        for name in dict.fromkeys(one for one in names if one):
            yield Found("country", code, name, weights[code])
    for part, called in further.items():
        for name in called:
            yield Found("country", part, name, parts[part])


def _actors(connection: sqlite3.Connection, source: LedgerSource) -> Iterator[Found]:
    weights = dict(
        connection.execute(
            "SELECT value, COUNT(*) FROM ledger_of WHERE axis = 'actor' GROUP BY value"
        )
    )
    for id_, actor in sorted(source.actors.items()):
        for name in dict.fromkeys([*(one.name for one in actor.names), *actor.aliases]):
            yield Found("actor", id_, name, weights.get(id_, 0))


def _networks(connection: sqlite3.Connection) -> Iterator[Found]:
    weights = Counter[int](
        dict(connection.execute("SELECT asn, COUNT(*) FROM access_network GROUP BY asn"))
    )
    named = connection.execute(
        "SELECT value, COUNT(*) FROM ledger_of WHERE axis = 'asn' GROUP BY value"
    )
    for asn, n in named:
        weights[int(asn)] += n
    path = shipped_path("results", "routes", "networks.csv")
    names = {int(row["asn"]): row["name"] for row in read_rows(path, NETWORK_COLUMNS)}
    for asn in sorted({*weights, *names}):
        yield Found("network", str(asn), f"AS{asn}", weights[asn])
        if names.get(asn):
            yield Found("network", str(asn), names[asn], weights[asn])
