"""Where the browser is sent: one address a kind of page, and the cases that were asked for."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from playwright.sync_api import Page

__all__ = [
    "CASES",
    "DOWNLOADS",
    "KINDS",
    "address_of",
    "build_observatory",
    "chromium",
    "followed",
    "send",
    "serve",
]

KINDS = {
    "front": "/",
    "search": "/search?q=git",
    "country": "/c/RU",
    "country_access": "/c/XA/access",
    "country_ledger": "/c/RU/ledger",
    "country_routes": "/c/RU/routes",
    "domain": "/d/github.com",
    "pair": None,
    "is_it_me": "/is-it-me",
    "compare": "/compare?a=RU&b=IR",
    "changes": "/changes",
    "findings": "/findings",
    "finding": None,
    "ledger": "/ledger?country=RU",
    "cut": "/cut/2022-03-cogent-ru",
    "actor": "/who/cogent",
    "lags": "/lags",
    "laws": "/law",
    "instrument": None,
    "statement": "/statement",
    "scorecard": "/statement/RU",
    "network": "/as/174",
    "whatif_countries": "/whatif",
    "whatif": "/whatif/RU?leave=174+3356",
    "desk": "/desk",
    "desk_report": "/desk/report",
    "desk_reply": "/desk/reply",
    "desk_correction": "/desk/correction",
    "methods": "/methods",
    "method": "/methods/whatif",
    "rules": "/rules",
    "rule": None,
    "glossary": "/glossary",
    "data": "/data",
    "about": "/about",
    "privacy": "/privacy",
    "press": "/press",
    "lawyers": "/lawyers",
    "named_party": "/named-party",
}
"""None: its address depends on the data and is found by a link on another page (LINKED)."""
LINKED = {
    "pair": ("/c/XA/access", r'href="(/d/[^"?#/]+/XA)"'),
    "finding": ("/findings", r'href="(/f/[^"?#]+)"'),
    "instrument": ("/law", r'href="(/law/[^"?#]+)"'),
    "rule": ("/rules", r'href="(/rules/[^"?#]+)"'),
}
DOWNLOADS = {"finding_bundle", "ledger_csv", "ledger_json"}
"""Kinds of answers that are files, no pages."""
CASES = {
    "front-en": ("/", ""),
    "front-ru-dark": ("/ru/", ""),
    "country-ru-en": ("/c/RU", ""),
    "country-ru-ru": ("/ru/c/RU", ""),
    "country-ir-fr": ("/fr/c/IR", ""),
    "cogent-ru-finding": ("/cut/2022-03-cogent-ru", "/f/"),
    "cogent-ru-record": ("/cut/2022-03-cogent-ru", ""),
    "cogent-routes": ("/c/RU/routes", ""),
    "lumen-ru-finding": ("/cut/2022-03-lumen-ru", "/f/"),
    "youtube-ru-finding": ("/cut/2024-07-rkn-youtube-throttle", "/f/"),
    "dockerhub-ru-finding": ("/cut/2024-05-dockerhub-ru", "/f/"),
    "dockerhub-ru-record": ("/cut/2024-05-dockerhub-ru", ""),
    "github-ir-finding": ("/cut/2021-01-github-ir-restored", "/f/"),
    "rt-eu-finding": ("/cut/2022-03-eu-rt-sputnik", "/f/"),
    "icann-refusal-finding": ("/cut/2022-03-icann-refusal", "/f/"),
    "whatif-ru": ("/whatif/RU?leave=174+3356", ""),
    "lags": ("/lags", ""),
    "is-it-me": ("/is-it-me", ""),
    "desk-report": ("/desk/report", ""),
    "press": ("/press", ""),
    "lab-country": ("/c/XA/access", ""),
}
"""What pictures are taken of: a page, and the beginning of a link on it that is followed."""
_REPO = Path(__file__).resolve().parents[2]
_SERIES = _REPO / "examples" / "lab" / "series"
_START_S = 600  # guards against hanging only


def whocut(*arguments: str, observatory: Path) -> None:
    """Run one command as a user would."""
    command = [str(Path(sys.executable).with_name("whocut")), *arguments]
    subprocess.run([*command, "--observatory", str(observatory)], check=True, capture_output=True)


def build_observatory(folder: Path) -> Path:
    """Read the laboratory's nine weeks, so that there are measurements beside what ships."""
    captures = sorted(map(str, _SERIES.glob("*.zst")))
    assert captures
    roots, prefixes = (str(_SERIES / name) for name in ("root.pem", "prefix2as.txt"))
    place = folder / "observatory"
    whocut("ingest", *captures, "--extra-root", roots, "--prefixes", prefixes, observatory=place)
    return place


def serve(
    observatory: Path, log: Path, environment: Mapping[str, str] | None = None
) -> tuple[subprocess.Popen[bytes], str]:
    """Start the server on a port of the kernel's choice and wait for its first page."""
    command = [str(Path(sys.executable).with_name("whocut")), "serve", "--port", "0"]
    with log.open("wb") as out:
        process = subprocess.Popen(
            [*command, "--observatory", str(observatory), "--once-built"],
            stdout=out,
            stderr=subprocess.STDOUT,
            env={**os.environ, "NO_COLOR": "1", "COLUMNS": "200", **(environment or {})},
        )
    until = time.monotonic() + _START_S
    while time.monotonic() < until:
        if process.poll() is not None:
            raise AssertionError(log.read_text(errors="replace")[-4000:])
        told = re.search(r"http://127\.0\.0\.1:\d+", log.read_text(errors="replace"))
        try:
            if told:
                with urllib.request.urlopen(told[0] + "/about", timeout=30):
                    return process, told[0]
        except (urllib.error.URLError, OSError):
            pass
        time.sleep(0.2)
    process.kill()
    raise AssertionError(f"no page after {_START_S} s: {log.read_text(errors='replace')[-4000:]}")


def address_of(base: str, kind: str) -> str:
    """Give the address of a page of one kind; follow a link where it depends on the data."""
    path = KINDS[kind]
    if path is not None:
        return path
    start, pattern = LINKED[kind]
    with urllib.request.urlopen(base + start, timeout=30) as answer:
        found = re.search(pattern, answer.read().decode())
    assert found, f"{start} has no link to a page of kind {kind}"
    return found.group(1)


def followed(base: str, path: str, link: str) -> str:
    """Give a page, or the first of the links on it that begin so."""
    if not link:
        return path
    with urllib.request.urlopen(base + path, timeout=30) as answer:
        found = re.search(rf'href="({re.escape(link)}[^"?#]+)"', answer.read().decode())
    assert found, f"{path} has no link to {link}"
    return found.group(1)


def chromium() -> str | None:
    """Find Debian's Chromium."""
    return shutil.which("chromium")


def send(page: Page, button: str) -> None:
    """Press a form's button, and wait for the whole page that answers: a click alone does not."""
    with page.expect_navigation(wait_until="load"):
        page.click(button)
