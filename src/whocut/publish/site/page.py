"""What a page is made of, and how a module of pages says where they stand."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from whocut.i18n.text import Text
from whocut.publish.edition.edition import Edition

if TYPE_CHECKING:
    from whocut.publish.desk.desk import Desk

__all__ = ["PAGE_ROWS", "Absent", "Asked", "Page", "PageRoute"]

PAGE_ROWS: Final = 50
"""Rows of a long list on one page."""


class Asked(Struct, frozen=True):
    """One request of a reader, without anything that tells who it is."""

    text: Text
    """The reader's language: ``asked.text.gettext(...)``, days, numbers, countries."""
    edition: Edition
    path: str
    """Without the prefix of the language."""
    query: Mapping[str, str]
    """Bounded in number and length; the first of several values. What a view reads of it is part of
    what the page is kept under; the rest of it is not."""
    form: Mapping[str, str] | None = None
    """The fields of a form that was sent; None where the page is only read."""
    observatory: Path | None = None
    """Where the observatory stands, for what is received (the desk); None in a trial."""
    desk: "Desk | None" = None
    """What takes forms for the case workers; None in a trial."""
    sender: int | None = None
    """Of who sends a form, for limits alone: a mark of the network under a salt of this hour."""

    def number(self, name: str, *, least: int = 1, most: int = 1_000_000, default: int = 1) -> int:
        """Read a number of the query; what is none, or out of bounds, is the default."""
        given = self.query.get(name, "")
        if not (given.isascii() and given.isdigit() and len(given) < 9):
            return default
        return int(given) if least <= int(given) <= most else default


class Page(Struct, frozen=True):
    """What a template needs to draw a page.

    Addresses in templates and in ``location`` are written without a language (``/c/RU``): the shell
    puts the reader's language before them.
    """

    template: str
    title: str
    context: Mapping[str, Any] = {}
    status: int = 200
    description: str = ""
    is_private: bool = False
    """Never kept by anybody, and the query never shown: questions of people at risk."""
    location: str = ""
    """The address of the page that has the answer, with status 303 or 308; nothing is drawn."""
    body: bytes = b""
    media_type: str = ""
    """Of ``body``, which is given away as it is (rows as CSV, JSON); nothing is drawn."""
    headers: Mapping[str, str] = {}
    """Of such a body: where the next rows are, the name of the file."""


class Absent(Exception):  # noqa: N818 - it is an answer, no error
    """There is nothing at this address; the reason is shown, with status 404."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class PageRoute(Struct, frozen=True):
    """Where pages of one kind stand: ``/c/{country:str}``, and the function that makes them."""

    path: str
    view: Callable[..., Page]
    """Called as ``view(asked, **values_of_the_path)``; quick (10 ms) and without side effects."""
    name: str
    """Of the template context ``page_kind`` and of tests: country, domain, cut, ..."""
    is_slow: bool = False
    """Takes more than 20 ms; runs in a thread, a few at a time."""
    takes_form: bool = False
    """Answers POST too, with ``asked.form`` (urlencoded, at most 64 kB); the answer is private."""
