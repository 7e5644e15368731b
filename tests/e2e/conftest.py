"""One observatory, one server and one browser for all tests of pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import sync_playwright

from tests.e2e.hostile_world import World, environment_of, make_world
from tests.e2e.site import build_observatory, chromium, serve

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep these tests in one process: they share a server and a browser."""
    for item in items:
        if "/e2e/" in str(item.path) and not item.get_closest_marker("xdist_group"):
            item.add_marker(pytest.mark.xdist_group("pages"))


@pytest.fixture(scope="session")
def observatory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_observatory(tmp_path_factory.mktemp("pages"))


@pytest.fixture(scope="session")
def site(observatory: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    log = tmp_path_factory.mktemp("server") / "log"
    process, base = serve(observatory, log)
    yield base
    process.terminate()
    process.wait(timeout=30)


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    place = tmp_path_factory.mktemp("hostile") / "world"
    place.mkdir()
    observatory, log = make_world(place), place / "log"
    process, base = serve(observatory, log, environment_of(place))
    yield World(place, base, log, process.pid)
    process.terminate()
    process.wait(timeout=30)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    program = chromium()
    if program is None:
        pytest.skip("no Chromium: apt install chromium")
    with sync_playwright() as playwright:
        # Root has no sandbox to give; nothing but this machine's own pages is opened.
        opened = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield opened
        opened.close()
