"""Pages on routes, of every country: whole, light, plain, and never one figure for another."""

from __future__ import annotations

import re
import sqlite3
from datetime import date
from typing import Any

import brotli
import pytest

from whocut.i18n.language import Language
from whocut.i18n.text import text_in
from whocut.publish.edition.access import ACCESS_SCHEMA, AccessPages
from whocut.publish.edition.edition import Edition
from whocut.publish.edition.findings import FINDING_SCHEMA, FindingPages
from whocut.publish.edition.ledger import LEDGER_SCHEMA, LedgerPages
from whocut.publish.edition.progress import Progress
from whocut.publish.edition.reading import Reading
from whocut.publish.edition.routes import RoutePages, write_routes
from whocut.publish.site.page import Absent, Asked, Page
from whocut.publish.site.pages import country_routes, network, whatif
from whocut.publish.site.rendering import draw
from whocut.publish.site.route_sentences import precise

_MOST_BYTES = 30_000
"""HTML of a page, brotli; the style sheet has the rest of the 40,000."""
_ENGLISH = text_in(Language.EN)
_HREF = re.compile(r'href="([^"]+)"')


@pytest.fixture(scope="module")
def edition(tmp_path_factory: pytest.TempPathFactory) -> Edition:
    """Hold what ships on routes, and nothing else."""
    path = tmp_path_factory.mktemp("edition") / "edition.sqlite"
    connection = sqlite3.connect(path)
    for schema in (ACCESS_SCHEMA, LEDGER_SCHEMA, FINDING_SCHEMA):
        connection.executescript(schema)
    write_routes(connection, None, Progress())
    connection.commit()
    connection.close()
    reading = Reading(path)
    return Edition(
        key="0123456789abcdef",
        made_on=date(2026, 1, 1),
        access=AccessPages(reading),
        ledger=LedgerPages(reading),
        routes=RoutePages(reading),
        findings=FindingPages(reading),
    )


def asked(edition: Edition, path: str, language: Language = Language.EN, **query: str) -> Asked:
    return Asked(text=text_in(language), edition=edition, path=path, query=query)


def drawn(page: Page, edition: Edition, language: Language = Language.EN) -> str:
    context: dict[str, Any] = {
        **page.context,
        "page": page,
        "page_kind": "routes",
        "edition": edition,
        "path": "/",
        "languages": [],
        "sheet": "/static/site.css",
        "script": "/static/site.js",
        "icon": "/static/icon.svg",
    }
    return draw(language, page.template, context)


def check(html: str) -> None:
    assert html.count("<h1") == 1
    assert " style=" not in html
    assert "<script>" not in html
    assert "not capacity" in html
    assert html.count("<table") == html.count("<caption")
    assert len(brotli.compress(html.encode(), quality=5)) < _MOST_BYTES
    assert "None" not in re.sub("<[^>]+>", " ", html)
    ids = re.findall(r' id="([^"]+)"', html)
    assert len(set(ids)) == len(ids)


def test_every_country_has_its_pages(edition: Edition) -> None:
    rows = edition.routes.countries()
    assert len(rows) > 200
    for row in rows:
        page = country_routes.country_routes(asked(edition, ""), row.country)
        html = drawn(page, edition)
        check(html)
        assert "Simulated, not observed" in html
        assert "Observed, not simulated" in html
        check(drawn(whatif.whatif(asked(edition, ""), row.country), edition))


def test_simulated_and_observed_figures_stand_apart(edition: Edition) -> None:
    html = drawn(country_routes.country_routes(asked(edition, ""), "RU"), edition)
    simulated, observed = html.split("Observed, not simulated", 1)
    assert "customers lost" not in simulated
    assert "hands over" not in observed.split("What is this made of?")[0]
    assert "The CAIDA AS Relationships Dataset" in observed
    assert "doi.org/10.1007/978-3-030-98785-5_29" in observed


def test_links_of_one_page_lead_to_every_set_in_every_mode(edition: Edition) -> None:
    about = edition.routes.leavers("TM")
    assert about is not None
    seen: set[tuple[str, str]] = set()
    waiting = [("", "")]
    while waiting:
        leave, mode = waiting.pop()
        if (leave, mode) in seen:
            continue
        seen.add((leave, mode))
        page = whatif.whatif(asked(edition, "", leave=leave, mode=mode), "TM")
        html = drawn(page, edition)
        check(html)
        assert bool(page.context["found"]) == bool(leave), leave
        for address in _HREF.findall(html):
            if address.startswith("/whatif/TM"):
                query = dict(re.findall(r"(\w+)=([^&#]*)", address.partition("?")[2]))
                waiting.append((query.get("leave", "").replace("+", " "), query.get("mode", "")))
    sets = {leave for leave, _ in seen}
    groups = len(about.states) + 1
    assert len(sets) == 2 ** len(about.carriers) + groups
    assert len(seen) >= 3 * len(sets)


def test_steps_end_in_the_set_that_was_asked_for(edition: Edition) -> None:
    page = whatif.whatif(asked(edition, "", leave="174 3356", mode="carry_nothing"), "RU")
    steps = page.context["steps"]
    assert [step.asn for step in steps] == [3356, 174]
    found = edition.routes.whatif("RU", "ad")
    assert found is not None
    assert steps[-1].cascade == found.modes[-1]
    left = [step.cascade.pairs for step in steps]
    assert left == sorted(left, reverse=True)
    html = drawn(page, edition)
    assert precise(_ENGLISH, found.modes[-1].pairs) in html
    assert "whocut routes whatif RU --stop 3356,174 --mode carry_nothing" in html


def test_networks_cut_off_before_are_not_laid_on_those_who_leave(edition: Edition) -> None:
    about = edition.routes.leavers("IR")
    assert about is not None
    assert about.isolated > 0
    html = drawn(whatif.whatif(asked(edition, "", leave="174"), "IR"), edition)
    found = edition.routes.whatif("IR", "a")
    assert found is not None
    assert found.modes[0].networks == about.isolated
    html = drawn(whatif.whatif(asked(edition, "", leave=str(about.carriers[0])), "IR"), edition)
    assert "No network of it would be cut off that is not so already." in html
    assert "would reach no foreign address," not in html


def test_a_set_that_was_not_carried_through_gives_the_nearest(edition: Edition) -> None:
    page = whatif.whatif(asked(edition, "", leave="174 5555"), "RU")
    html = drawn(page, edition)
    check(html)
    assert "This set was not carried through" in html
    assert "whocut routes whatif RU --stop 174,5555 --mode stop_customers" in html
    assert 'href="/whatif/RU?leave=174"' in html
    nobody = drawn(whatif.whatif(asked(edition, "", leave="5555"), "RU"), edition)
    assert "None of those named is among the strongest carriers" in nobody


def test_hostile_queries_change_nothing(edition: Edition) -> None:
    plain = drawn(whatif.whatif(asked(edition, ""), "RU"), edition)
    hostile = "\u202e<img src=x onerror=alert()>" * 50
    html = drawn(whatif.whatif(asked(edition, "", leave=hostile, mode=hostile), "RU"), edition)
    assert html == plain
    table = drawn(
        whatif.whatif_countries(asked(edition, "", order=hostile, page="-1' OR 1")), edition
    )
    assert "onerror" not in table


@pytest.mark.parametrize("order", ["", "left", "hhi", "states", "networks"])
def test_the_table_of_all_countries_holds_each_once(edition: Edition, order: str) -> None:
    total = len(edition.routes.countries())
    listed: list[str] = []
    for number in range(1, total // 50 + 2):
        page = whatif.whatif_countries(asked(edition, "", order=order, page=str(number)))
        listed += [row.country for row, _ in page.context["rows"]]
        if number == 1:
            check(drawn(page, edition))
    assert sorted(listed) == [row.country for row in edition.routes.countries()]


def test_addresses_have_one_form(edition: Edition) -> None:
    for page, location in (
        (country_routes.country_routes(asked(edition, ""), "ru"), "/c/RU/routes"),
        (whatif.whatif(asked(edition, ""), "ru"), "/whatif/RU"),
        (network.network(asked(edition, ""), "AS174"), "/as/174"),
        (network.network(asked(edition, ""), "0174"), "/as/174"),
    ):
        assert (page.status, page.location) == (308, location)
    for view, value in (
        (country_routes.country_routes, "XX"),
        (country_routes.country_routes, "Russia"),
        (country_routes.country_routes, "AQ"),
        (whatif.whatif, "AQ"),
        (whatif.whatif, "<b>"),
        (network.network, "cogent"),
        (network.network, "4294967296"),
        (network.network, "-1"),
    ):
        with pytest.raises(Absent) as caught:
            view(asked(edition, ""), value)
        assert caught.value.reason


def test_a_network_is_told_at_three_dates_and_alone(edition: Edition) -> None:
    page = network.network(asked(edition, ""), "174")
    html = drawn(page, edition)
    check(html)
    assert page.title == "AS174 Cogent Communications"
    assert "Registered in United States." in html
    assert "neither where its cables lie" in html
    for month in ("May 2020", "February 2022", "May 2022"):
        assert month in html
    assert 'href="/whatif/RU?leave=174"' in "".join(
        drawn(network.network(asked(edition, "", page=str(number)), "174"), edition)
        for number in (1, 2, 3, 4)
    )


def test_an_unknown_network_gets_an_honest_page(edition: Edition) -> None:
    page = network.network(asked(edition, ""), "64512")
    html = drawn(page, edition)
    assert page.status == 404
    assert "Nothing here speaks of this network" in html
    assert "RFC 6996" in html
    assert "whocut routes as 64512" in html
    assert "<script>" not in html


def test_little_is_not_nothing_and_nearly_all_is_not_all() -> None:
    assert precise(_ENGLISH, 0.0) == "0.0%"
    assert precise(_ENGLISH, 0.0001) == "0.01%"
    assert precise(_ENGLISH, 0.9998) == "99.98%"
    assert precise(_ENGLISH, 1.0) == "100.0%"
    assert precise(_ENGLISH, 0.1234) == "12.3%"
