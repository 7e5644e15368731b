"""The desk's forms in a browser: filled in without a script, answered, accessible in each state."""

from __future__ import annotations

import socket
import threading
import time
from typing import TYPE_CHECKING

import brotli
import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe

from tests.e2e.site import send
from tests.unit.publish.desk.at_the_desk import ledger_edition
from whocut.publish.desk import flood
from whocut.publish.desk.keys import load_secret, make_keys
from whocut.publish.desk.queue import open_all
from whocut.publish.site.app import make_app

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

MOST_BYTES = 40_000
WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")


class Desk:
    """A server of the desk with a key, and what the keepers find in its folder."""

    def __init__(self, place: Path) -> None:
        self.secret, public = make_keys(place / "keepers")
        self.observatory = place / "observatory"
        self.observatory.mkdir()
        (self.observatory / "desk.pub").write_bytes(public.read_bytes())
        edition = ledger_edition(place / "edition")
        app = make_app(lambda: edition, modules=("desk",), observatory=self.observatory)
        listener = socket.create_server(("127.0.0.1", 0))
        self.base = f"http://127.0.0.1:{listener.getsockname()[1]}"
        config = uvicorn.Config(app, log_config=None, access_log=False, lifespan="off")
        self.server = uvicorn.Server(config)
        self.thread = threading.Thread(target=self.server.run, args=([listener],), daemon=True)
        self.thread.start()
        while not self.server.started:
            assert self.thread.is_alive()
            time.sleep(0.05)

    def kept(self) -> list[object]:
        folder = self.observatory / "desk"
        keys = [load_secret(self.secret, lambda _: "")]
        return [one.body for one in open_all(folder, keys, {})] if folder.is_dir() else []

    def stop(self) -> None:
        self.server.should_exit = True
        self.thread.join(10)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    least = flood._LEAST_AGE_S
    flood._LEAST_AGE_S = 0
    desk = Desk(tmp_path_factory.mktemp("desk"))
    yield desk
    desk.stop()
    flood._LEAST_AGE_S = least


def _opened(browser: Browser, address: str, *, scripts: bool = False) -> Page:
    page = browser.new_context(java_script_enabled=scripts).new_page()
    page.goto(address, wait_until="load")
    return page


def _fill_report(page: Page, words: str) -> None:
    page.fill("#f-service", "GitHub")
    page.select_option("#f-country", "IR")
    page.select_option("#f-when", "2020-Q1")
    page.select_option("#f-happened", "account_deactivation")
    page.fill("#f-text", words)
    page.select_option("#f-reason", "sanctions_law")
    page.select_option("#f-appeal", "no_answer")


def _faults(page: Page) -> list[str]:
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": list(WCAG)}})
    return [
        f"{one['id']}: {node['html'][:200]}"
        for one in found.response["violations"]
        for node in one["nodes"][:1]
    ]


def test_a_report_is_sent_without_a_script_and_answered_at_once(
    desk: Desk, browser: Browser
) -> None:
    before = len(desk.kept())
    page = _opened(browser, f"{desk.base}/desk/report")
    _fill_report(page, "It was gone in the morning.")
    send(page, "button[value=report]")
    words = page.locator("main").inner_text()
    assert "Your report is sealed" in words
    assert "I ask you:" in page.locator("#appeal").input_value()
    assert len(desk.kept()) == before + 1
    assert page.context.cookies() == []
    assert page.url == f"{desk.base}/desk/report", "nothing of it stands in the address"
    with page.expect_download() as download:
        page.click("text=Save as a text file")
    saved = download.value.path().read_text("utf-8")
    assert "I ask you:" in saved
    page.context.close()


def test_an_address_that_was_typed_is_asked_about_and_then_the_form_goes(
    desk: Desk, browser: Browser
) -> None:
    before = len(desk.kept())
    page = _opened(browser, f"{desk.base}/desk/report")
    _fill_report(page, "Write to someone@example.org")
    send(page, "button[value=report]")
    assert "this may tell who you are" in page.locator("[role=alert]").inner_text()
    assert page.locator("#f-text").input_value() == "Write to someone@example.org"
    assert page.locator("#f-country").input_value() == "IR"
    assert len(desk.kept()) == before
    page.fill("#f-text", "Write to nobody.")
    send(page, "button[value=report]")
    assert "Your report is sealed" in page.locator("main").inner_text()
    assert len(desk.kept()) == before + 1
    page.context.close()


def test_the_field_for_machines_is_met_by_nobody(desk: Desk, browser: Browser) -> None:
    page = _opened(browser, f"{desk.base}/desk/report", scripts=True)
    met = set()
    for _ in range(40):
        page.keyboard.press("Tab")
        met.add(page.evaluate("document.activeElement.name || ''"))
    assert {"service", "country", "appeal"} <= met
    assert "website" not in met
    page.context.close()


@pytest.mark.parametrize("language", ["en", "ru"])
def test_every_state_of_the_forms_is_accessible_and_light(
    desk: Desk, browser: Browser, language: str
) -> None:
    base = desk.base if language == "en" else f"{desk.base}/{language}"
    page = _opened(browser, f"{base}/desk/report", scripts=True)
    _fill_report(page, "Write to someone@example.org")
    states = []

    def look(name: str) -> None:
        html = page.content().encode()
        states.append((name, len(brotli.compress(html, quality=5)), _faults(page)))

    send(page, "button[value=report]")
    look("asked again")
    page.check("#f-nothing_personal")
    send(page, "button[value=appeal]")
    look("answer")
    page.goto(f"{base}/desk/reply")
    page.fill("#f-about", "2022-03-cogent-ru")
    page.fill("#f-party", "Cogent")
    page.fill("#f-domain", "cogentco.com")
    page.fill("#f-text", "Our answer.")
    send(page, "form.desk-form button")
    look("token")
    assert all(faults == [] for _, _, faults in states), states
    assert all(size < MOST_BYTES // 2 for _, size, _ in states), states
    page.context.close()
