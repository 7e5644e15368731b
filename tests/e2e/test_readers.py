"""What readers do: on a phone, with an address that they copied, on paper; no page ends nowhere."""

from __future__ import annotations

import html
import re
import urllib.error
import urllib.request
from typing import TYPE_CHECKING

import pytest

from tests.e2e.site import DOWNLOADS, KINDS, address_of, send

if TYPE_CHECKING:
    from playwright.sync_api import Browser

_PHONE = {"width": 360, "height": 740}
_OFTEN = ("/", "/c/RU", "/c/IR", "/d/docker.com", "/cut/2022-03-cogent-ru", "/findings", "/law")
_LINK = re.compile(r'href="(/[^"#]*)')
_LEFT_OUT = ("/static/", "/ru/", "/fr/", "/ru", "/fr")
_OF_A_SHAPE = 6
"""Links of one shape that are followed: all 200 countries of the map are made alike."""


@pytest.mark.parametrize("language", ["en", "fr", "ru"])
def test_no_page_is_wider_than_a_phone(site: str, browser: Browser, language: str) -> None:
    prefix = "" if language == "en" else f"/{language}"
    context = browser.new_context(viewport=_PHONE)
    page = context.new_page()
    wide = {}
    for kind in sorted(set(KINDS) - DOWNLOADS):
        page.goto(site + prefix + address_of(site, kind), wait_until="load")
        width = page.evaluate("document.documentElement.scrollWidth")
        field = page.locator("header .find button, main .find button").first.bounding_box()
        right = field["x"] + field["width"] if field else 0
        if width > _PHONE["width"] or right > _PHONE["width"]:
            wide[kind] = width, right
    context.close()
    assert wide == {}


def test_an_address_that_was_copied_finds_the_record(site: str, browser: Browser) -> None:
    context = browser.new_context(viewport=_PHONE, java_script_enabled=False)
    page = context.new_page()
    page.goto(site + "/", wait_until="load")
    page.fill("main input[name=q]", "https://hub.docker.com:443/r/library/nginx")
    send(page, "main .find button")
    assert page.url == site + "/d/docker.com"
    assert page.locator('main a[href="/cut/2024-05-dockerhub-ru"]').count()
    assert "docker.io" in page.locator("main").inner_text()
    page.goto(site + "/is-it-me", wait_until="load")
    page.fill("main input[name=service]", "hub.docker.com")
    page.select_option("main select[name=country]", "RU")
    send(page, "main form button")
    words = page.locator("main").inner_text()
    assert "hub.docker.com" in words
    assert page.locator('main a[href="/cut/2024-05-dockerhub-ru"]').count()
    assert page.url == site + "/is-it-me"
    context.close()


def test_on_paper_tables_are_whole_and_nothing_is_left_to_press(
    site: str, browser: Browser
) -> None:
    context = browser.new_context(viewport={"width": 700, "height": 900}, color_scheme="dark")
    page = context.new_page()
    page.emulate_media(media="print")
    for path in ("/c/RU", "/ledger?country=RU", "/whatif/RU?leave=174+3356"):
        page.goto(site + path, wait_until="load")
        assert not page.locator(".site-head nav").is_visible()
        assert not page.locator("header .find").is_visible()
        styles = page.evaluate(
            "[...document.querySelectorAll('.table-wrap')].map(e => getComputedStyle(e).overflowX)"
        )
        assert set(styles) == {"visible"}, path
        background = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert background == "rgb(255, 255, 255)", path
    context.close()


def test_no_link_ends_nowhere(site: str) -> None:
    shapes: dict[str, int] = {}
    links: dict[str, str] = {}
    for start in _OFTEN:
        with urllib.request.urlopen(site + start, timeout=30) as answer:
            found = {html.unescape(one) for one in _LINK.findall(answer.read().decode())}
        for link in sorted(found):
            shape = f"{start} {link.split('/')[1].partition('?')[0]}"
            if link.startswith(_LEFT_OUT) or link in links:
                continue
            shapes[shape] = shapes.get(shape, 0) + 1
            if shapes[shape] <= _OF_A_SHAPE:
                links[link] = start
    links |= {f"/c/{code}": "the map" for code in ("EH", "XK", "TF", "EU")}
    assert len(links) > 60
    dead = {}
    for link, start in links.items():
        try:
            with urllib.request.urlopen(site + link, timeout=30) as answer:
                assert answer.status == 200
        except urllib.error.HTTPError as error:
            dead[link] = start, error.code
    assert dead == {}


def test_what_a_union_had_blocked_is_found_in_its_members(site: str) -> None:
    found = _read(site + "/d/rt.com/DE")
    assert re.search(r'href="/f/eu-rt\.com-[^"]+"', found)
    # Switzerland is no member of the union.
    assert "/f/eu-rt.com-" not in _read(site + "/d/rt.com/CH")


def test_what_holds_an_answer_down_is_a_link_only_where_it_is_a_text_of_law(site: str) -> None:
    found = _read(site + "/cut/2025-09-imgur-gb")
    assert "not held here" in found
    for address in re.findall(r'href="(/law/[^"#]+)', found):
        assert re.fullmatch(r"/law/[a-z0-9.-]+", address), address


def _read(address: str) -> str:
    with urllib.request.urlopen(address) as answer:
        return answer.read().decode()
