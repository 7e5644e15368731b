"""Documents of the project as pages: our Markdown, with nothing in it that a page must not have.

HTML in a document is shown as text; pictures and styles are left out; addresses between documents
become addresses of pages, and those of documents that are no page lead to the project's source.
"""

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup, escape
from msgspec import Struct

from whocut.model.shipped import shipped_path

__all__ = ["Document", "document", "glossary_terms", "method_names"]

_SOURCE: Final = "https://github.com/whocut/whocut/blob/main/docs/"
_PAGES: Final = {"glossary.md": "/glossary", "rules.md": "/rules", "licences.md": "/data"}
_TERM: Final = re.compile(r"\*\*(.+?)\*\* - (.+)", re.DOTALL)
_NO_WORD: Final = re.compile(r"[^\w]+")


class Document(Struct, frozen=True):
    """One document, ready to show."""

    name: str
    title: str
    lead: str
    """Its first sentence, as plain text."""
    body: Markup
    """Without the title."""


def _folder() -> Path:
    """Locate the documents: beside the data in a wheel, beside the sources in a checkout."""
    shipped = shipped_path("docs")
    return shipped if shipped.is_dir() else shipped_path().parent / "docs"


@cache
def method_names() -> tuple[str, ...]:
    """List the documents on methods."""
    return tuple(sorted(path.stem for path in (_folder() / "methods").glob("*.md")))


@cache
def document(name: str) -> Document | None:
    """Read a document by its name: ``methods/law``, ``licences``; None where there is none."""
    known = {f"methods/{method}" for method in method_names()} | {"glossary", "licences"}
    path = _folder() / f"{name}.md"
    if name not in known or not path.is_file():
        return None
    parser = _parser()
    tokens = parser.parse(path.read_text("utf-8"))
    title, tokens = _without_title(tokens, name)
    lead = next((_plain(token) for token in tokens if token.type == "inline"), "")
    _tidy(tokens, name)
    body = str(parser.renderer.render(tokens, parser.options, {}))
    return Document(name, title, lead, Markup(body))  # noqa: S704 - HTML in it was escaped


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
    parser.add_render_rule("table_open", _open_table)
    parser.add_render_rule("table_close", _close_table)
    parser.add_render_rule("fence", _code)
    parser.add_render_rule("code_block", _code)
    return parser


def _open_table(_renderer: object, tokens: Sequence[Token], place: int, *_: object) -> str:
    label = escape(tokens[place].meta.get("label", ""))
    return f'<div class="table-wrap" tabindex="0" role="region" aria-label="{label}">\n<table>\n'


def _close_table(*_: object) -> str:
    return "</table>\n</div>\n"


def _code(_renderer: object, tokens: Sequence[Token], place: int, *_: object) -> str:
    # What scrolls has to be reached by the keyboard.
    return f'<pre tabindex="0"><code>{escape(tokens[place].content)}</code></pre>\n'


def _without_title(tokens: list[Token], name: str) -> tuple[str, list[Token]]:
    if tokens and tokens[0].type == "heading_open" and tokens[0].tag == "h1":
        return _plain(tokens[1]), tokens[3:]
    return name, tokens


def _plain(inline: Token) -> str:
    return "".join(
        child.content if child.type in ("text", "code_inline") else " "
        for child in inline.children or ()
        if child.type in ("text", "code_inline", "softbreak", "hardbreak")
    )


def _tidy(tokens: Sequence[Token], name: str) -> None:
    """Give headings their anchors, tables their frame, and addresses their pages."""
    n_tables = 0
    for place, token in enumerate(tokens):
        if token.type == "heading_open":
            token.attrSet("id", _anchor(_plain(tokens[place + 1])))
        elif token.type == "table_open":
            n_tables += 1
            token.meta["label"] = f"Table {n_tables}: {_heads(tokens[place:])}"
        elif token.type in ("th_open", "td_open"):
            _tidy_cell(tokens, place)
        for child in token.children or ():
            if child.type == "link_open":
                child.attrSet("href", _address(str(child.attrGet("href") or ""), name))


def _tidy_cell(tokens: Sequence[Token], place: int) -> None:
    """Say by a class how a cell stands; one that heads nothing is no head."""
    token = tokens[place]
    if "right" in str(token.attrs.pop("style", "")):
        token.attrSet("class", "num")
    if token.type != "th_open":
        return
    if tokens[place + 1].content:
        token.attrSet("scope", "col")
    else:
        token.tag = tokens[place + 2].tag = "td"


def _heads(tokens: Sequence[Token]) -> str:
    """List the heads of a table, which name it."""
    found = []
    for place, token in enumerate(tokens):
        if token.type == "thead_close":
            break
        if token.type == "th_open" and tokens[place + 1].content:
            found.append(_plain(tokens[place + 1]))
    return ", ".join(found)


def _anchor(heading: str) -> str:
    return _NO_WORD.sub("-", heading.lower()).strip("-")


def _address(given: str, name: str) -> str:
    parts = urlsplit(given)
    if parts.scheme in ("http", "https") or not parts.path:
        return given
    here = Path(name).parent
    path = Path(*_resolved([*here.parts, *Path(parts.path).parts]))
    fragment = f"#{parts.fragment}" if parts.fragment else ""
    if path.parent == Path("methods") and path.stem in method_names():
        return f"/methods/{path.stem}{fragment}"
    page = _PAGES.get(str(path))
    return f"{page}{fragment}" if page else f"{_SOURCE}{path}{fragment}"


def _resolved(parts: Sequence[str]) -> list[str]:
    found: list[str] = []
    for part in parts:
        if part == "..":
            del found[-1:]
        elif part != ".":
            found.append(part)
    return found


@cache
def glossary_terms() -> tuple[tuple[str, str, Markup], ...]:
    """List the terms of the glossary: anchor, term, meaning."""
    text = (_folder() / "glossary.md").read_text("utf-8")
    parser = _parser()
    found = []
    for block in text.split("\n\n"):
        match = _TERM.fullmatch(block.strip())
        if match:
            meaning = str(parser.renderInline(match[2], {}))
            found.append((_anchor(match[1]), match[1], Markup(meaning)))  # noqa: S704 - as above
    return tuple(found)
