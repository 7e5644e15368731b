"""Read a page as somebody does who cannot see it: its words, headings, tables and links."""

import itertools
from html.parser import HTMLParser

import brotli
from litestar.testing import TestClient

__all__ = ["Read", "Site"]

_VOID = {"br", "col", "hr", "img", "input", "link", "meta"}


class Read(HTMLParser):
    """The words of a page in order, its headings, and where its links go."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.html = html
        self.headings: list[tuple[int, str]] = []
        self.links: dict[str, str] = {}
        self.rows: list[list[str]] = []
        self.unclosed: list[str] = []
        self._open: list[str] = []
        self._words: list[str] = []
        self._heading = ""
        self._link = ""
        self.feed(html)
        self.unclosed = self._open

    def handle_starttag(self, tag, attrs):
        if tag not in _VOID:
            self._open.append(tag)
        if tag == "a":
            self._link = dict(attrs).get("href", "")
            self.links.setdefault(self._link, "")
        if tag == "tr":
            self.rows.append([])
        if tag in {"th", "td"}:
            self.rows[-1].append("")

    def handle_startendtag(self, tag, attrs):
        if tag not in _VOID and "svg" not in self._open:
            raise AssertionError(f"<{tag}/> closes itself")

    def handle_endtag(self, tag):
        assert self._open, f"</{tag}> closes nothing"
        assert self._open[-1] == tag, f"</{tag}> closes <{self._open[-1]}>"
        self._open.pop()
        if tag == "a":
            self._link = ""

    def handle_data(self, data):
        if "script" in self._open or "style" in self._open:
            return
        words = " ".join(data.split())
        if not words:
            return
        self._words.append(words)
        for level in (1, 2, 3, 4):
            if f"h{level}" in self._open:
                self.headings.append((level, words))
        if self._link:
            self.links[self._link] += words
        if self.rows and ("th" in self._open or "td" in self._open):
            self.rows[-1][-1] = f"{self.rows[-1][-1]} {words}".strip()

    @property
    def words(self) -> str:
        return " ".join(self._words)

    def row(self, begin: str) -> list[str]:
        """Find the row of a table whose heading begins so."""
        found = [row for row in self.rows if row and row[0].startswith(begin)]
        assert found, f"no row {begin!r} among {[row[0] for row in self.rows if row]}"
        return found[0]


class Site:
    """Asks the site, and holds what every page of it must keep."""

    def __init__(self, client: TestClient) -> None:
        self.client = client

    def get(self, address: str, status: int = 200) -> Read:
        answer = self.client.get(address, follow_redirects=False)
        assert answer.status_code == status, answer.text[:500]
        return self._read(answer)

    def ask(self, service: str, country: str, prefix: str = "") -> Read:
        self.answer = self.client.post(
            f"{prefix}/is-it-me", data={"service": service, "country": country}
        )
        assert self.answer.status_code == 200
        return self._read(self.answer)

    def location(self, address: str) -> str:
        answer = self.client.get(address, follow_redirects=False)
        assert answer.status_code == 308
        return answer.headers["location"]

    def _read(self, answer) -> Read:
        read = Read(answer.text)
        assert not read.unclosed
        levels = [level for level, _ in read.headings]
        assert levels.count(1) == 1, read.headings
        steps = itertools.pairwise(levels)
        assert all(after - before <= 1 for before, after in steps), read.headings
        assert " style=" not in answer.text
        assert "<script>" not in answer.text
        assert len(brotli.compress(answer.content, quality=5)) < 30_000
        return read
