"""What every answer of the site keeps to: headers, languages, packing, tags, faults, bounds."""

import gzip
import json
import re
from collections.abc import Mapping
from datetime import date
from typing import Any

import brotli
import pytest
from litestar.testing import TestClient
from markupsafe import Markup

from whocut.i18n.language import Language
from whocut.i18n.text import text_in
from whocut.publish.edition.edition import Edition
from whocut.publish.site.app import make_app
from whocut.publish.site.assets import assets
from whocut.publish.site.kept import KeptPages
from whocut.publish.site.page import Absent, Asked, Page, PageRoute
from whocut.publish.site.pages.registry import page_routes

_NO_PARTS: Any = None
"""The pages of these tests ask nothing of an edition but its key."""


class Trial:
    """A site of a few pages, which notes how often each was made."""

    def __init__(self) -> None:
        self.made: list[str] = []
        self.edition: Edition | None = _edition("a")
        self.kept = KeptPages()
        routes = [
            PageRoute("/trial", self._trial, "trial"),
            PageRoute("/trial/{name:str}", self._named, "named"),
            PageRoute("/slow", self._trial, "slow", is_slow=True),
            PageRoute("/private", self._private, "private", takes_form=True),
            PageRoute("/moved", self._moved, "moved"),
            PageRoute("/absent", self._absent, "absent"),
            PageRoute("/broken", self._broken, "broken"),
            PageRoute("/swapped", self._swapped, "swapped"),
            PageRoute("/swapped/slowly", self._swapped, "swapped_slowly", is_slow=True),
        ]
        app = make_app(lambda: self.edition, routes=routes, kept=self.kept)
        self.client = TestClient(app)

    def get(self, path: str, **headers: str) -> Any:
        sent = {"accept-encoding": "identity"} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        return self.client.get(path, headers=sent, follow_redirects=False)

    def _page(self, asked: Asked, title: str, **more: Any) -> Page:
        self.made.append(asked.path)
        return Page("fault.html", title, {"reason": more.pop("reason", "r")}, **more)

    def _trial(self, asked: Asked) -> Page:
        return self._page(asked, asked.query.get("q", "trial"), reason=asked.query.get("p", ""))

    def _named(self, asked: Asked, name: str) -> Page:
        return self._page(asked, name)

    def _private(self, asked: Asked) -> Page:
        given = asked.query.get("q", "") if asked.form is None else asked.form.get("q", "")
        return self._page(asked, given or "private", is_private=True)

    def _moved(self, _asked: Asked) -> Page:
        return Page("", "", status=303, location="/c/RU")

    def _absent(self, asked: Asked) -> Page:
        raise Absent(asked.text.gettext("No rule has this name."))

    def _swapped(self, asked: Asked) -> Page:
        """A new edition comes while this page is made."""
        self.edition = _edition("b")
        return self._page(asked, asked.edition.key)

    def _broken(self, asked: Asked) -> Page:
        raise RuntimeError(f"secret {asked.query.get('q', '')}")


def _edition(key: str) -> Edition:
    return Edition(
        key=key * 16,
        made_on=date(2026, 3, 1),
        access=_NO_PARTS,
        ledger=_NO_PARTS,
        routes=_NO_PARTS,
        findings=_NO_PARTS,
    )


@pytest.fixture
def trial():
    site = Trial()
    with site.client:
        yield site


_EVERY = (
    *("/trial", "/fr/trial", "/ru/slow", "/private", "/moved", "/absent", "/broken"),
    *(
        "/nothing",
        "/nothing.json",
        "/trial?q=%00",
        "/static/site.css",
        "/static/none",
        "/robots.txt",
    ),
)


@pytest.mark.parametrize("path", _EVERY)
def test_every_answer_loads_nothing_from_elsewhere_and_sets_no_cookie(trial, path):
    headers = trial.get(path).headers
    policy = headers["content-security-policy"]
    assert policy == (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'; script-src 'self'"
    )
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "geolocation=()" in headers["permissions-policy"]
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert "set-cookie" not in headers
    assert headers.get("server") is None


@pytest.mark.parametrize("path", ["/trial", "/ru/trial", "/absent"])
def test_a_page_holds_nothing_that_its_policy_forbids(trial, path):
    html = trial.get(path).text
    assert " style=" not in html
    assert not re.search(r"<script(?![^>]* src=\"/static/)", html)
    assert not re.search(r" on[a-z]+=", html)
    assert set(re.findall(r'(?:src|href)="(https?://[^"/]*)', html)) <= set()
    assert html.count("<h1") == 1
    assert '<a class="skip" href="#main">' in html


@pytest.mark.parametrize("language", list(Language))
def test_each_language_has_its_address_and_its_links(trial, language):
    prefix = "" if language is Language.EN else f"/{language}"
    html = trial.get(f"{prefix}/trial?q=a%26b", accept_language="ru,fr;q=0.5").text
    assert f'<html lang="{language}" dir="ltr">' in html
    assert f'action="{prefix}/search"' in html
    for other in Language:
        there = "" if other is Language.EN else f"/{other}"
        assert f'hreflang="{other}" href="{there}/trial?q=a%26b"' in html


def test_what_a_browser_prefers_redirects_nobody(trial):
    answer = trial.get("/trial", accept_language="fr")
    assert answer.status_code == 200
    assert '<html lang="en"' in answer.text
    assert "accept-language" not in answer.headers["vary"]


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("br, gzip", "br"),
        ("gzip, br;q=0", "gzip"),
        ("gzip", "gzip"),
        ("BR", "br"),
        ("identity", None),
        ("", None),
        ("deflate;q=1, br;q=0.0", None),
    ],
)
def test_a_page_is_packed_as_the_reader_takes_it(trial, accepted, coding):
    plain = trial.get("/trial").content
    with trial.client.stream("GET", "/trial", headers={"accept-encoding": accepted}) as answer:
        packed = b"".join(answer.iter_raw())
    assert answer.headers.get("content-encoding") == coding
    assert answer.headers["vary"] == "accept-encoding"
    unpack = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}[coding]
    assert unpack(packed) == plain


def test_a_page_that_the_reader_has_is_not_sent_again(trial):
    first = trial.get("/trial?q=x")
    again = trial.get("/trial?q=x", if_none_match=first.headers["etag"])
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    others = ["/trial?q=y", "/fr/trial?q=x", "/trial", "/slow?q=x"]
    tags = {trial.get(path).headers["etag"] for path in others}
    assert len(tags) == len(others)
    assert first.headers["etag"] not in tags
    trial.edition = _edition("b")
    assert trial.get("/trial?q=x", if_none_match=first.headers["etag"]).status_code == 200


def test_parameters_that_nobody_reads_make_no_new_page(trial):
    for n in range(20):
        assert trial.get(f"/trial?utm={n}").status_code == 200
    assert trial.made == ["/trial"]
    trial.get("/trial?q=x&utm=1")
    trial.get("/trial?utm=2&q=x")
    trial.get("/trial?q=y")
    assert len(trial.made) == 3
    assert "utm" not in trial.get("/trial?utm=1").text


def test_a_new_edition_is_taken_up_between_requests(trial):
    assert "aaaaaaaaaaaa" in trial.get("/trial").text
    trial.edition = _edition("b")
    html = trial.get("/trial").text
    assert "bbbbbbbbbbbb" in html
    assert "aaaaaaaaaaaa" not in html
    assert len(trial.kept) == 1


@pytest.mark.parametrize("path", ["/swapped", "/swapped/slowly"])
def test_a_page_that_was_begun_is_ended_from_the_same_edition(trial, path):
    first = trial.get(path)
    assert first.text.count("aaaaaaaaaaaa") >= 2
    assert "bbbbbbbbbbbb" not in first.text
    second = trial.get(path, if_none_match=first.headers["etag"])
    assert second.status_code == 200
    assert "aaaaaaaaaaaa" not in second.text


def test_without_an_edition_the_pages_say_that_they_are_not_ready(trial):
    trial.edition = None
    answer = trial.get("/ru/trial")
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "60"
    assert answer.headers["cache-control"] == "no-store"


def test_what_is_private_is_kept_by_nobody_and_stands_in_no_address(trial):
    for answer in (
        trial.get("/private?q=example.org"),
        trial.client.post("/private", data={"q": "example.org"}),
    ):
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "no-store"
        assert "etag" not in answer.headers
        assert "?q=" not in answer.text
        assert 'name="robots" content="noindex"' in answer.text
    assert len(trial.kept) == 0
    assert len(trial.made) == 2


def test_faults_are_never_kept(trial):
    for path in ("/absent", "/broken", "/nothing", "/trial?q=%00"):
        answer = trial.get(path)
        assert answer.headers["cache-control"] == "no-store"
        assert "etag" not in answer.headers
    assert len(trial.kept) == 0


@pytest.mark.parametrize(
    ("method", "path", "sent", "status"),
    [
        ("GET", "/nothing", {}, 404),
        ("GET", "/absent", {}, 404),
        ("GET", "/trial?q=%00", {}, 400),
        ("GET", "/trial/%00", {}, 400),
        ("GET", "/trial/%FF", {}, 400),
        ("GET", "/trial?" + "a" * 9000, {}, 414),
        ("GET", "/trial/" + "a" * 2000, {}, 414),
        ("POST", "/trial", {}, 405),
        ("DELETE", "/private", {}, 405),
        ("POST", "/private", {"content": b"{}", "headers": {"content-type": "text/json"}}, 415),
        ("POST", "/private", {"data": {"q": "a" * 70_000}}, 413),
        ("POST", "/private", {"data": {"q": "\x00"}}, 400),
        (
            "POST",
            "/private",
            {"data": {"q": "a"}, "headers": {"sec-fetch-site": "cross-site"}},
            403,
        ),
        ("GET", "/broken", {}, 500),
    ],
)
@pytest.mark.parametrize("language", ["", "/fr", "/ru"])
def test_faults_have_one_shape_in_the_language_of_the_address(
    trial, method, path, sent, status, language
):
    answer = trial.client.request(method, f"{language}{path}", **sent)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert f'<html lang="{language[1:] or "en"}"' in answer.text
    assert f"{status}" in answer.text
    assert answer.text.count("<h1") == 1
    if status == 405:
        assert "GET" in answer.headers["allow"]


def test_programs_get_faults_they_can_read(trial):
    answer = trial.get("/fr/c/none.json")
    assert answer.headers["content-type"] == "application/problem+json"
    problem = json.loads(answer.content)
    assert problem["status"] == 404
    assert problem["title"] == "Not Found"
    assert set(problem) == {"type", "title", "status", "detail"}


def test_a_fault_tells_neither_reader_nor_log_what_was_asked(trial, caplog):
    answer = trial.get("/broken?q=example.org")
    assert "secret" not in answer.text
    assert "RuntimeError" not in answer.text
    assert "RuntimeError at" in caplog.text
    assert "secret" not in caplog.text
    assert "example.org" not in caplog.text
    assert "testclient" not in caplog.text


_HOSTILE: Mapping[str, str] = {
    "script": "<script>alert(1)</script>",
    "attribute": '" autofocus onfocus="alert(1)',
    "entity": "&lt;img src=x&gt;<img src=x onerror=alert(1)>",
    "template": "{{ 7*7 }}{% raw %}",
    "percent": "%(x)s %s %",
    "override": "a\u202ecod.exe",
    "bidi": "\u2066\u2067\u200f\u061c",
    "cdata": "]]><svg onload=alert(1)>",
}


@pytest.mark.parametrize("words", _HOSTILE.values(), ids=_HOSTILE.keys())
def test_hostile_words_stay_words(trial, words):
    for answer in (
        trial.client.get("/trial", params={"q": words, "p": words}),
        trial.client.get("/ru/trial", params={"q": words}),
        trial.client.post("/private", data={"q": words}),
    ):
        html = answer.text
        assert answer.status_code == 200
        assert not re.search(r"<(?:img|svg onload)", html)
        assert "<script>" not in html
        assert not re.search(r"<[^>]*\son[a-z]+=", html)
        assert not re.search("[\u202a-\u202e]", html)
        assert "49" not in re.findall(r"<h1>(.*?)</h1>", html, re.DOTALL)[0]
    # Not even in the links to other languages, which hold the query.
    links = re.findall(
        r'hreflang="[a-z]{2}" href="([^"]*)"', trial.client.get("/trial", params={"q": words}).text
    )
    assert links
    assert all(re.fullmatch(r"[!-~]*", link) for link in links)


def test_a_form_of_another_site_is_not_taken(trial):
    sent = {"sec-fetch-site": "cross-site"}
    assert trial.client.post("/private", data={"q": "a"}, headers=sent).status_code == 403
    assert not trial.made


def test_an_answer_elsewhere_keeps_the_language(trial):
    answer = trial.get("/ru/moved")
    assert (answer.status_code, answer.headers["location"]) == (303, "/ru/c/RU")


def test_head_gives_the_same_without_the_page(trial):
    whole = trial.get("/trial")
    head = trial.client.head("/trial", headers={"accept-encoding": "identity"})
    assert head.content == b""
    assert head.headers["content-length"] == str(len(whole.content))
    assert head.headers["content-type"] == whole.headers["content-type"]
    assert head.headers["etag"] == whole.headers["etag"]


def test_files_that_have_a_version_are_kept_for_ever():
    site = Trial()
    with site.client:
        html = site.get("/trial").text
        for address in re.findall(r'(?:src|href)="(/static/[^"]*)"', html):
            answer = site.get(address)
            assert answer.status_code == 200
            assert "immutable" in answer.headers["cache-control"]
            again = site.get(address, if_none_match=answer.headers["etag"])
            assert again.status_code == 304
            assert "immutable" not in site.get(address.partition("?")[0]).headers["cache-control"]


def test_style_and_script_are_light():
    found = assets()
    assert len(found["site.css"].packed) <= 12_000
    assert len(found["site.js"].packed) <= 4_000
    assert not re.search(rb"url\((?!#)", found["site.css"].plain)
    assert b"@import" not in found["site.css"].plain


def test_the_schema_of_a_framework_and_its_pages_are_not_there(trial):
    for path in ("/schema", "/schema/openapi.json", "/docs", "/redoc", "/swagger"):
        assert trial.get(path).status_code == 404


def test_titles_of_markup_are_escaped_too(trial):
    assert text_in(Language.EN).gettext("<b>") == "<b>"
    assert "&lt;b&gt;" in trial.client.get("/trial", params={"q": str(Markup("<b>"))}).text


def test_every_kind_of_page_that_is_promised_has_its_address():
    routes = page_routes()
    paths = [re.sub(r"\{[^}]*\}", "*", route.path) for route in routes]
    assert len(set(paths)) == len(paths)
    assert len({route.name for route in routes}) == len(routes)
    promised = (
        *("/", "/search", "/c/*", "/c/*/access", "/c/*/ledger", "/c/*/routes", "/d/*", "/d/*/*"),
        *("/who/*", "/as/*", "/cut/*", "/f/*", "/findings", "/ledger", "/lags", "/law", "/law/*"),
        *("/statement", "/whatif/*", "/compare", "/changes", "/is-it-me", "/desk", "/desk/report"),
        *("/desk/reply", "/desk/correction", "/methods", "/methods/*", "/rules", "/rules/*"),
        *("/glossary", "/data", "/about", "/privacy", "/press", "/lawyers", "/named-party"),
    )
    assert set(promised) <= set(paths)
    assert {route.path for route in routes if route.takes_form} == {
        *("/is-it-me", "/desk/report", "/desk/reply", "/desk/correction")
    }
