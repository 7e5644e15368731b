"""Pages of a hostile world, in Chromium with scripts on: what strangers wrote is shown, no more."""

from __future__ import annotations

import contextlib
import csv
import http.client
import io
import json
import os
import pty
import re
import subprocess
import sys
from functools import cache
from html.parser import HTMLParser
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote, urlsplit

import pytest

from tests.e2e.hostile_audit import Visitor
from tests.e2e.hostile_world import (
    CUTS,
    DOMAINS,
    INSTRUMENT,
    MARKUP,
    NAMED,
    SHORT,
    TURNED,
    WORDS,
    environment_of,
)
from tests.e2e.site import send
from whocut.ledger.load import ledger_path, record_files

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

    from tests.e2e.hostile_world import World

_ASKED = quote(f"{MARKUP}{TURNED}", safe="")
SHOWING = [
    *("/", "/c/RU", "/c/RU/ledger", "/c/RU/routes", "/c/IR", "/changes"),
    *(f"/cut/{name}" for name in CUTS),
    *(f"/who/{name}" for name in NAMED),
    *("/as/174", "/whatif/RU?leave=174+3356", "/law", f"/law/{INSTRUMENT}", "/findings", "/ledger"),
    *("/search?q=cogent", "/search?q=hostile", f"/search?q={_ASKED}", f"/ledger?q={_ASKED}"),
]
"""Pages on which hostile words must be seen: else nothing was tested."""
OTHERS = [
    *("/c/RU/access", "/c/XA/access", "/c/DE", "/compare?a=RU&b=DE", "/lags", "/statement"),
    *("/statement/RU", "/data", "/desk", "/desk/report", "/rules", "/methods", "/glossary"),
    *(f"/d/{quote(DOMAINS[0])}", f"/d/{quote(DOMAINS[1])}", f"/d/{quote(DOMAINS[2])}/RU"),
    f"/compare?a={_ASKED}&b={_ASKED}",
    f"/changes?country={_ASKED}&kind={_ASKED}&page={_ASKED}",
    f"/ledger?{'&'.join(f'{name}={_ASKED}' for name in ('actor', 'country', 'since', 'sort'))}",
    f"/whatif/RU?leave={_ASKED}&mode={_ASKED}",
    f"/whatif?order={_ASKED}&page={_ASKED}",
    f"/lags?kind={_ASKED}&by={_ASKED}&single={_ASKED}",
    f"/statement?call={_ASKED}",
    f"/rules?kind={_ASKED}&page={_ASKED}",
    f"/findings?status={_ASKED}&page={_ASKED}",
    f"/c/RU?year={_ASKED}",
    f"/c/RU/access?answer={_ASKED}&class={_ASKED}",
    f"/desk/reply?about={_ASKED}",
    f"/desk/report?service={_ASKED}&country={_ASKED}",
    f"/is-it-me?service={_ASKED}&country={_ASKED}",
]
_IN_PATH = quote(f"{SHORT}{TURNED}", safe="")
ABSENT = [
    *(f"/{kind}/{_IN_PATH}" for kind in ("c", "d", "who", "as", "cut", "f", "law", "rules")),
    *(f"/{kind}/{_IN_PATH}" for kind in ("methods", "statement", "whatif", "static", "fr", "ru")),
    *(f"/{_IN_PATH}", f"/d/{DOMAINS[0]}/{_IN_PATH}", f"/c/RU/{_IN_PATH}"),
    *("/d/%3Csvg%20onload=alert(1)%3E", "/d/javascript:alert(1)", "/who/%2e%2e/%2e%2e/etc/passwd"),
]


class Read(NamedTuple):
    """One answer, read without a browser."""

    status: int
    kind: str
    body: bytes
    headers: dict[str, str]


def _read(hostile: World, path: str) -> Read:
    connection = http.client.HTTPConnection(urlsplit(hostile.base).netloc, timeout=30)
    connection.request("GET", path, headers={"accept-encoding": "identity"})
    answer = connection.getresponse()
    headers = {name.lower(): value for name, value in answer.getheaders()}
    kind = headers.get("content-type", "").partition(";")[0]
    found = Read(answer.status, kind, answer.read(), headers)
    connection.close()
    return found


@pytest.fixture(scope="module")
def visitor(hostile: World, browser: Browser) -> Iterator[Visitor]:
    one = Visitor(browser, hostile.base)
    yield one
    one.close()


@pytest.mark.parametrize("path", SHOWING)
def test_hostile_words_are_shown_as_words(visitor: Visitor, path: str) -> None:
    answer = visitor.open(path)
    assert answer.status == 200
    assert visitor.faults() == []
    assert "window.__hit" in visitor.words()


@pytest.mark.parametrize("path", OTHERS)
def test_hostile_questions_are_answered_without_harm(visitor: Visitor, path: str) -> None:
    answer = visitor.open(path)
    assert answer.status == 200
    assert visitor.faults() == []


@pytest.mark.parametrize("path", ABSENT)
def test_hostile_addresses_have_no_page(visitor: Visitor, path: str) -> None:
    answer = visitor.open(path)
    assert answer.status == 404
    missing = "Failed to load resource: the server responded with a status of 404"
    assert [one for one in visitor.faults() if missing not in one] == []


def test_findings_made_of_hostile_words(hostile: World, visitor: Visitor) -> None:
    visitor.open("/findings")
    links = visitor.page.locator("main a[href^='/f/']").evaluate_all(
        "nodes => nodes.map((node) => node.getAttribute('href'))"
    )
    shown = 0
    for path in dict.fromkeys(links):
        answer = visitor.open(path)
        assert answer.status == 200
        assert visitor.faults() == []
        shown += "window.__hit" in visitor.words()
        bundle = _read(hostile, f"{path}/bundle.json")
        assert bundle.status == 200
        assert bundle.kind == "application/json"
        assert json.loads(bundle.body)["question"]
    assert shown > 0  # as words, and harmless: else nothing hostile came this far


class Sent(NamedTuple):
    """What came back when a report was sent."""

    faults: list[str]
    words: str
    appeal: str


@pytest.fixture(scope="module")
def sent(visitor: Visitor) -> Sent:
    page = visitor.page
    visitor.open("/desk/report")
    page.fill("#f-service", WORDS[:100])
    page.fill("#f-text", WORDS)
    page.fill("#f-reason_text", WORDS)
    page.select_option("#f-country", "RU")
    for field in ("#f-when", "#f-happened", "#f-reason", "#f-appeal"):
        page.select_option(field, index=3)
    page.wait_for_timeout(3100)  # faster than anybody types, a form is taken for a machine's
    send(page, "button[value=report]")
    return Sent(visitor.faults(), visitor.words(), page.locator("#appeal").input_value())


def test_a_report_of_hostile_words_comes_back_as_words(sent: Sent) -> None:
    assert sent.faults == []
    assert "Your report is sealed" in sent.words
    assert "window.__hit" in sent.appeal


@pytest.mark.usefixtures("sent")
def test_a_keeper_opens_it_on_a_terminal_that_stays_as_it_is(hostile: World) -> None:
    folder = hostile.observatory / "desk"
    (sealed,) = folder.glob("*.sealed")
    assert b"__hit" not in sealed.read_bytes()
    (id_,) = _ids(hostile, folder)
    for words in (["list"], ["open", id_]):
        shown = _on_a_terminal(hostile, ["desk", *words], folder)
        assert "window.__hit" in shown
        # Bold, and its end, are our own.
        assert not _MOVING.search(re.sub("\x1b\\[[01]m", "", shown))
    assert "\\u202e" in shown


_MOVING = re.compile("[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def _desk(hostile: World, folder: Path) -> list[str]:
    return ["--queue", str(folder), "--key", str(hostile.path / "keys" / "desk.key")]


def _ids(hostile: World, folder: Path) -> list[str]:
    command = [
        sys.executable,
        "-m",
        "whocut.cli",
        "desk",
        "list",
        "--json",
        *_desk(hostile, folder),
    ]
    run = subprocess.run(command, env=environment_of(hostile.path), capture_output=True, check=True)
    return [one["id"] for one in json.loads(run.stdout)]


def _on_a_terminal(hostile: World, words: list[str], folder: Path) -> str:
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "whocut.cli", *words, *_desk(hostile, folder)],
        env=environment_of(hostile.path),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    shown = b""
    with contextlib.suppress(OSError):  # so a terminal ends
        while part := os.read(ours, 65536):
            shown += part
    os.close(ours)
    assert process.wait(timeout=30) == 0
    return shown.decode()


@pytest.mark.parametrize("form", ["reply", "correction"])
def test_letters_of_hostile_words_come_back_as_words(visitor: Visitor, form: str) -> None:
    page = visitor.page
    visitor.open(f"/desk/{form}?about={_ASKED}")
    for field in page.locator("form.desk-form input[type=text], form.desk-form textarea").all():
        field.fill(WORDS[:90])
    send(page, "form.desk-form button")
    wrong = "Failed to load resource: the server responded with a status of 422"
    assert [one for one in visitor.faults() if wrong not in one] == []
    assert "window.__hit" in page.locator("#f-text").input_value()


def test_is_it_me_of_hostile_words(visitor: Visitor) -> None:
    page = visitor.page
    for words in (WORDS, DOMAINS[1], f"https://{DOMAINS[2]}/{MARKUP}"):
        visitor.open("/is-it-me")
        page.fill("#service", words)
        page.select_option("#country", "RU")
        send(page, "main button")
        wrong = "Failed to load resource: the server responded with a status of 4"
        assert [one for one in visitor.faults() if wrong not in one] == []
        assert page.url.endswith("/is-it-me")


_MEASURE = """
(nodes) => nodes.flatMap((name) => {
  const block = name.closest("li, td, th, p, h1, dd, dt") || document.body;
  const walk = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
  let after = null;
  while (walk.nextNode()) {
    const node = walk.currentNode;
    if (name.compareDocumentPosition(node) & Node.DOCUMENT_POSITION_FOLLOWING &&
        !name.contains(node) && node.data.trim()) { after = node; break; }
  }
  if (after === null) { return []; }
  const box = (from) => {
    const range = document.createRange();
    range.selectNodeContents(from);
    return range.getClientRects();
  };
  const [own, next] = [box(name), box(after)];
  if (!own.length || !next.length) { return []; }
  const [last, first] = [own[own.length - 1], next[0]];
  // On another line the text after a name begins at the left edge, and lies below.
  const isSameLine = Math.abs(last.top - first.top) < last.height / 2;
  const isInPlace = isSameLine ? first.left >= last.right - 1 : first.top > last.top;
  return [[name.textContent.slice(0, 40), isSameLine, isInPlace]];
})
"""


def test_what_follows_a_name_that_turns_lines_stands_where_it_should(visitor: Visitor) -> None:
    page = visitor.page
    page.set_viewport_size({"width": 4000, "height": 900})
    turned = "<span>a\u202eb \u05d0</span> 12 c"
    page.goto("about:blank")
    page.set_content(f"<p>{turned}</p><p><bdi>a \u05d0</bdi> 12 c</p>")
    without, with_ = (page.eval_on_selector_all(one, _MEASURE) for one in ("span", "bdi"))
    assert [one[1:] for one in without] == [[True, False]], "the measure sees nothing"
    assert [one[1:] for one in with_] == [[True, True]]
    n = 0
    for path in ("/c/RU/routes", "/who/cogent", "/as/174", f"/cut/{CUTS[0]}", "/search?q=cogent"):
        visitor.open(path)
        found = page.eval_on_selector_all("main bdi", _MEASURE)
        hostile = [one for one in found if "\u05d0" in one[0] or "'>" in one[0]]
        assert [one for one in hostile if not one[2]] == [], path
        n += sum(one[1] for one in hostile)
    assert n >= 20
    page.set_viewport_size({"width": 1280, "height": 720})


class _Tags(HTMLParser):
    """The addresses of a page, and what it holds that none of ours does."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in {"iframe", "img", "object", "embed", "base", "style", "x-hit", "template"}:
            self.faults.append(f"{tag} {given}")
        if tag == "script" and not (given.get("src") or "").startswith("/static/site.js"):
            self.faults.append(f"{tag} {given}")
        self.faults += [f"{tag} {name}" for name in given if name.startswith("on")]
        self.faults += [f"{tag} {name}" for name in given if name in {"style", "data-hit"}]
        address = given.get("href") or given.get("action") or ""
        is_ours = address.startswith("/") and not address.startswith("//")
        if is_ours and tag in {"a", "form"}:
            self.links.append(address.partition("#")[0])
        elif address and not is_ours and not address.startswith(("https://", "http://", "#")):
            self.faults.append(f"{tag} {address[:100]}")


_MOST_OF_A_SHAPE = 6


def _shape(path: str) -> str:
    """Name what pages are of one kind: their path without the names in it."""
    parts = urlsplit(path)
    names = [part for part in parts.path.split("/") if part]
    language = names.pop(0) if names and names[0] in ("fr", "ru") else "en"
    kinds = [name if place % 2 == 0 else "*" for place, name in enumerate(names)]
    return f"{language}/{'/'.join(kinds)}?{'&'.join(re.findall('[a-z]+(?==)', parts.query))}"


def test_what_the_schema_does_not_take_is_left_out_and_told(hostile: World) -> None:
    names = [f"2022-03-hostile-url-{place}" for place in range(7)] + ["2022-03-hostile-undated"]
    told = _read(hostile, "/data").body.decode()
    assert "8 files of the ledger could not be read and are left out." in told
    for name in names:
        assert _read(hostile, f"/cut/{name}").status == 404
        assert f"{name}.yaml" in told


@cache
def _taken_out() -> frozenset[str]:
    """List the records that ship and that this world does not have: routes still name them."""
    return frozenset(one.stem for one in record_files(ledger_path())) - {*CUTS}


def test_every_link_of_a_hostile_world_leads_to_a_whole_page(hostile: World) -> None:
    waiting, seen, shapes = ["/"], {"/"}, dict[str, int]()
    while waiting:
        path = waiting.pop()
        found = _read(hostile, path)
        # A record may name a domain or a mechanism that is none; its review would not let it.
        if "__hit" in path or path.rpartition("/cut/")[2] in _taken_out():
            assert found.status == 404
            continue
        assert found.status in (200, 303, 308), path
        assert "set-cookie" not in found.headers
        if found.kind != "text/html":
            continue
        tags = _Tags()
        tags.feed(found.body.decode())
        assert tags.faults == [], path
        for link in tags.links:
            shape = _shape(link)
            if link not in seen and shapes.get(shape, 0) < _MOST_OF_A_SHAPE:
                seen.add(link)
                shapes[shape] = shapes.get(shape, 0) + 1
                waiting.append(link)
    assert len(seen) > 200
    assert len(shapes) > 60


_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def test_no_cell_of_a_table_is_a_formula(hostile: World) -> None:
    found = _read(hostile, "/ledger.csv")
    assert (found.status, found.kind) == (200, "text/csv")
    assert found.headers["content-disposition"] == 'inline; filename="whocut-ledger.csv"'
    assert found.headers["x-content-type-options"] == "nosniff"
    rows = list(csv.reader(io.StringIO(found.body.decode(), newline="")))
    assert len({len(row) for row in rows}) == 1
    assert {row[0] for row in rows[1:]} == set(CUTS)
    cells = [cell for row in rows for cell in row]
    assert [cell for cell in cells if cell.lstrip(" \xa0").startswith(_FORMULA)] == []
    guarded = [cell for cell in cells if cell.startswith("'") and "__hit" in cell]
    assert {cell.lstrip("' ")[0] for cell in guarded} >= {"=", "+", "-", "@", "\t", "\uff1d"}


def test_records_as_json_are_json_and_nothing_else(hostile: World) -> None:
    for path, key in (("/ledger.json", "records"), (f"/ledger.json?q={_ASKED}", "records")):
        found = _read(hostile, path)
        assert (found.status, found.kind) == (200, "application/json")
        assert found.headers["x-content-type-options"] == "nosniff"
        assert not re.search(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", found.body)
        document = json.loads(found.body)
        assert isinstance(document[key], list)
    asked = json.loads(_read(hostile, f"/ledger.json?country={_ASKED}").body)["meta"]["asked"]
    assert set(asked) <= {"country"}


def test_an_entry_of_bibtex_ends_where_it_should(visitor: Visitor) -> None:
    n = 0
    for name in CUTS:
        visitor.open(f"/cut/{name}")
        for text in visitor.page.locator("pre").all_text_contents():
            if not text.lstrip().startswith("@misc{"):
                continue
            n += 1
            assert text.count("{") == text.count("}")
            depth, ends = 0, []
            for place, sign in enumerate(text.strip()):
                depth += (sign == "{") - (sign == "}")
                if sign == "}" and depth == 0:
                    ends.append(place)
            assert ends == [len(text.strip()) - 1]
    assert n == len(CUTS)


def test_the_server_told_of_no_fault(hostile: World) -> None:
    assert hostile.faults_told() == []
