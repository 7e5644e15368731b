"""Every kind of page in a browser: whole without scripts, accessible, light, at home."""

from __future__ import annotations

import re
import urllib.request
from typing import TYPE_CHECKING

import brotli
import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.e2e.site import DOWNLOADS, KINDS, address_of
from whocut.publish.site.pages.registry import page_routes

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

MOST_BYTES = 40_000
"""HTML and CSS of a page, brotli, besides the map (the issue's bound)."""
MOST_SCRIPT_BYTES = 60_000
WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
ENHANCED = {"Copy", "Copied", "Only", "rows", "with"}
"""Words of what a script adds: a button that copies, a filter of a long table."""
_MAP = re.compile(rb'<svg[^>]*class="[^"]*\bmap\b.*?</svg>', re.DOTALL)


def _read(address: str) -> tuple[int, bytes, dict[str, str]]:
    request = urllib.request.Request(address, headers={"Accept-Encoding": "identity"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return answer.status, answer.read(), {k.lower(): v for k, v in answer.headers.items()}


def _faults(page: Page) -> list[str]:
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": list(WCAG)}})
    return [
        f"{one['id']}: {node['html'][:200]} ({node.get('failureSummary')})"
        for one in found.response["violations"]
        for node in one["nodes"][:1]
    ]


def _words(page: Page) -> list[str]:
    return page.locator("main").inner_text().split()


def test_every_route_has_its_address_here() -> None:
    assert {route.name for route in page_routes()} == set(KINDS) | DOWNLOADS


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_page_is_accessible_at_home_and_whole_without_scripts(
    site: str, browser: Browser, kind: str, language: str
) -> None:
    prefix = "" if language == "en" else f"/{language}"
    address = site + prefix + address_of(site, kind)
    context = browser.new_context(color_scheme="light")
    page = context.new_page()
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(address, wait_until="load")
    assert page.locator("html").get_attribute("lang") == language
    assert page.locator("h1").count() == 1
    with_scripts = _words(page)
    faults = _faults(page)
    page.emulate_media(color_scheme="dark")
    faults += [f"dark: {fault}" for fault in _faults(page)]
    assert not faults, f"{address}:\n" + "\n".join(faults)
    assert all(url.startswith((site + "/", "data:")) for url in asked), asked
    assert complaints == []  # a breach of the policy of contents is told here
    assert context.cookies() == []
    context.close()
    if language == "en":
        plain = browser.new_context(java_script_enabled=False)
        page = plain.new_page()
        page.goto(address, wait_until="load")
        without = _words(page)
        plain.close()
        assert len(without) > 20
        assert set(with_scripts) - set(without) <= ENHANCED


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_page_is_light(site: str, kind: str, language: str) -> None:
    prefix = "" if language == "en" else f"/{language}"
    status, body, headers = _read(site + prefix + address_of(site, kind))
    assert status == 200
    assert "set-cookie" not in headers
    sheets = re.findall(rb'<link[^>]+href="([^"]+\.css[^"]*)"', body)
    scripts = re.findall(rb'<script[^>]+src="([^"]+)"', body)
    css = b"".join(_read(site + sheet.decode())[1] for sheet in dict.fromkeys(sheets))
    js = b"".join(_read(site + script.decode())[1] for script in dict.fromkeys(scripts))
    assert css, "no style sheet was found"
    packed = len(brotli.compress(_MAP.sub(b"", body), quality=5)) + len(brotli.compress(css))
    assert packed <= MOST_BYTES
    assert len(js) <= MOST_SCRIPT_BYTES
