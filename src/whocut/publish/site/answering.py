"""From a request to an answer: the edition of this moment, the page, packed as the reader takes it.

A request holds one edition from its beginning to its end. Nothing of who asks is looked at beyond
what the answer needs: the method, the address, the tag, the packing, and the form.
"""

import asyncio
import gzip
from collections.abc import Callable, Mapping
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final

import brotli  # type: ignore[import-untyped]
from litestar import Request
from litestar.exceptions import InternalServerException
from litestar.response.base import ASGIResponse

from whocut.i18n.language import Language
from whocut.i18n.text import text_in
from whocut.publish.desk.desk import Desk
from whocut.publish.desk.flood import SenderMarks
from whocut.publish.edition.edition import Edition
from whocut.publish.site.addresses import language_links, prefix_of, split_language
from whocut.publish.site.assets import asset_address, assets, build_key
from whocut.publish.site.bounds import (
    MOST_FORM_BYTES,
    HeardQuery,
    RefusedRequest,
    check_path,
    read_form,
    read_query,
)
from whocut.publish.site.connections import BUSY
from whocut.publish.site.faults import fault_page, problem
from whocut.publish.site.headers import KEPT_FOR_EVER, KEPT_SHORTLY, NEVER_KEPT
from whocut.publish.site.kept import KeptPage, KeptPages
from whocut.publish.site.page import Absent, Asked, Page, PageRoute
from whocut.publish.site.rendering import draw

__all__ = ["Answering", "Editions"]

Editions = Callable[[], Edition | None]
"""Gives the edition of this moment; None while the first is being built."""
_Request = Request[Any, Any, Any]
_QUALITY: Final = 5
"""Of brotli, for a page that is packed while somebody waits: 2 ms for 60 kB."""
_SLOW_AT_ONCE: Final = 2


class Answering:
    """Answers requests from the editions of one observatory."""

    def __init__(
        self,
        editions: Editions,
        *,
        kept: KeptPages | None = None,
        observatory: Path | None = None,
        desk: Desk | None = None,
    ) -> None:
        self._editions = editions
        self._kept = KeptPages() if kept is None else kept
        self._observatory = observatory
        self._desk = desk
        self._marks = SenderMarks()
        self._heard: dict[str, frozenset[str]] = {}
        self._slow = asyncio.Semaphore(_SLOW_AT_ONCE)

    async def page(self, route: PageRoute, request: _Request) -> ASGIResponse:
        """Answer with a page of one kind."""
        if BUSY in (request.scope.get("extensions") or ()):
            return self.fault(request, 503)
        try:
            return await self._page(route, request)
        except RefusedRequest as refused:
            return self.fault(request, refused.status)
        except Absent as absent:
            return self.fault(request, 404, absent.reason)

    async def _page(self, route: PageRoute, request: _Request) -> ASGIResponse:
        language, path = split_language(request.scope["path"])
        check_path(path)
        query = read_query(request.scope.get("query_string", b""))
        form = await _form(request) if request.scope["method"] == "POST" else None
        edition = self._editions()
        if edition is None:
            return self.fault(request, 503)
        self._kept.turn_to(edition.key)
        if form is None:
            kept = self._find(route, edition, language, path, query)
            if kept is not None:
                return _kept_answer(request, kept)
            if self._is_known(request, route, edition, language, path, query):
                return _unchanged(self._tag(route, edition, language, path, query))
        heard = HeardQuery(query)
        asked = Asked(
            text=text_in(language),
            edition=edition,
            path=path,
            query=heard,
            form=form,
            observatory=self._observatory,
            desk=self._desk,
            sender=None if form is None else self._marks.mark(_sender(request)),
        )
        page, drawn = await self._drawn(route, asked, request.path_params, heard)
        if page.location or page.media_type:
            return _undrawn(request, language, page)
        packed = brotli.compress(drawn, quality=_QUALITY)
        if form is not None or page.is_private or page.status != 200:
            return _answer(request, page.status, drawn, {}, packed=packed)
        self._heard[route.name] = self._heard.get(route.name, frozenset()) | heard.heard
        keep = KeptPage(packed, self._tag(route, edition, language, path, query))
        self._kept.keep(self._key(route, edition, language, path, query), keep)
        return _kept_answer(request, keep)

    async def _drawn(
        self, route: PageRoute, asked: Asked, values: Mapping[str, Any], heard: HeardQuery
    ) -> tuple[Page, bytes]:
        """Make and draw a page; what is slow does so in a thread, so that others need not wait."""

        def made() -> tuple[Page, bytes]:
            page = route.view(asked, **values)
            if page.location or page.media_type:
                return page, page.body
            told = {} if page.is_private else {n: v for n, v in asked_for(heard).items() if v}
            return page, _html(asked, page, route.name, told)

        if not route.is_slow:
            return made()
        async with self._slow:
            return await asyncio.to_thread(made)

    def _find(self, *about: Any) -> KeptPage | None:  # noqa: ANN401 - as `_key` has them
        return self._kept.find(self._key(*about))

    def _key(
        self,
        route: PageRoute,
        edition: Edition,
        language: Language,
        path: str,
        query: Mapping[str, str],
    ) -> tuple[object, ...]:
        heard = self._heard.get(route.name, frozenset())
        told = tuple(sorted((name, query[name]) for name in heard if name in query))
        return (edition.key, str(language), path, told)

    def _tag(self, *about: Any) -> str:  # noqa: ANN401 - as `_key` has them
        words = repr((build_key(), self._key(*about)))
        return f'W/"{blake2b(words.encode(), digest_size=12).hexdigest()}"'

    def _is_known(self, request: _Request, *about: Any) -> bool:  # noqa: ANN401 - as `_key`
        """Tell whether the reader has this page; a tag is given with a page alone."""
        tags = request.headers.get("if-none-match", "")
        return bool(tags) and self._tag(*about) in tags

    def fault(self, request: _Request, status: int, reason: str = "") -> ASGIResponse:
        """Answer that there is no page, and why."""
        language, path = split_language(request.scope["path"])
        text = text_in(language)
        extra = {"retry-after": "60"} if status in {429, 503} else {}
        if path.endswith(".json"):
            body = problem(text, status, reason)
            return _answer(request, status, body, extra, media_type="application/problem+json")
        title, sentence = fault_page(text, status, reason)
        page = Page("fault.html", title, {"reason": sentence}, status=status)
        asked = Asked(text=text, edition=None, path="/", query={})  # type: ignore[arg-type]
        return _answer(request, status, _html(asked, page, "fault", {}), extra)

    def asset(self, request: _Request, name: str) -> ASGIResponse:
        """Answer with a file that does not change while the server runs."""
        found = assets().get(name)
        if found is None:
            return self.fault(request, 404)
        tag = f'W/"{found.version}"'
        if tag in request.headers.get("if-none-match", ""):
            return _unchanged(tag, KEPT_FOR_EVER)
        is_dated = found.version in request.scope.get("query_string", b"").decode("latin-1")
        extra = {"cache-control": KEPT_FOR_EVER if is_dated else KEPT_SHORTLY, "etag": tag}
        return _answer(
            request, 200, found.plain, extra, packed=found.packed, media_type=found.media_type
        )


def asked_for(heard: HeardQuery) -> dict[str, str]:
    """List the parameters that the view asked for: what its address is made of."""
    wanted = frozenset(heard.heard)
    return {name: heard[name] for name in sorted(wanted) if name in heard}


def _html(asked: Asked, page: Page, kind: str, told: Mapping[str, str]) -> bytes:
    context = {
        **page.context,
        "page": page,
        "page_kind": kind,
        "edition": asked.edition,
        "path": asked.path,
        "languages": language_links(asked.path, told, asked.text.language),
        "sheet": asset_address("site.css"),
        "script": asset_address("site.js"),
        "icon": asset_address("icon.svg"),
    }
    return draw(asked.text.language, page.template, context).encode()


def _sender(request: _Request) -> str | None:
    client = request.scope.get("client")
    return client[0] if client else None


async def _form(request: _Request) -> dict[str, str]:
    """Read the form of a request; from another site it is not taken.

    Raises: RefusedRequest.
    """
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        raise RefusedRequest(403)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise RefusedRequest(415)
    body = bytearray()
    try:
        async for part in request.stream():
            body += part
            if len(body) > MOST_FORM_BYTES:
                raise RefusedRequest(413)
    except InternalServerException as gone:
        # So Litestar calls a client that left: it is no fault of ours, and no log may fill with it.
        raise RefusedRequest(408) from gone
    return read_form(bytes(body))


def _kept_answer(request: _Request, kept: KeptPage) -> ASGIResponse:
    if kept.tag in request.headers.get("if-none-match", ""):
        return _unchanged(kept.tag)
    extra = {"cache-control": KEPT_SHORTLY, "etag": kept.tag}
    return _answer(request, 200, None, extra, packed=kept.packed)


def _undrawn(request: _Request, language: Language, page: Page) -> ASGIResponse:
    """Answer with another address, or with a file."""
    if page.location:
        location = prefix_of(language) + page.location
        return _answer(request, page.status, b"", {"location": location}, packed=None)
    extra = {"cache-control": KEPT_SHORTLY, **page.headers}
    return _answer(request, page.status, page.body, extra, media_type=page.media_type)


def _unchanged(tag: str, kept: str = KEPT_SHORTLY) -> ASGIResponse:
    headers = {"cache-control": kept, "etag": tag, "vary": "accept-encoding"}
    return ASGIResponse(status_code=304, headers=headers)


def _answer(
    request: _Request,
    status: int,
    body: bytes | None,
    extra: Mapping[str, str],
    *,
    packed: bytes | None = None,
    media_type: str = "text/html",
) -> ASGIResponse:
    """Send a body as the reader takes it: by brotli, by gzip, or plain.

    Without ``body`` there is only ``packed``; it is unpacked for the few who do not take brotli.
    """
    headers = {"cache-control": NEVER_KEPT, "vary": "accept-encoding", **extra}
    taken = request.headers.get("accept-encoding", "")
    if packed is not None and _takes(taken, "br"):
        body = packed
        headers["content-encoding"] = "br"
    else:
        body = brotli.decompress(packed or b"") if body is None else body
        if len(body) > 500 and _takes(taken, "gzip"):
            body = gzip.compress(body, compresslevel=5, mtime=0)
            headers["content-encoding"] = "gzip"
    is_head = request.scope["method"] == "HEAD"
    if is_head:
        charset = "; charset=utf-8" if media_type.startswith("text/") else ""
        headers |= {"content-length": str(len(body)), "content-type": media_type + charset}
    return ASGIResponse(
        status_code=status,
        body=b"" if is_head else body,
        headers=headers,
        is_head_response=is_head,
        media_type=media_type,
    )


def _takes(accepted: str, coding: str) -> bool:
    """Tell whether a reader takes a coding; a weight of nought is a refusal."""
    for part in accepted.lower().split(","):
        name, _, weight = part.partition(";")
        if name.strip() == coding:
            return weight.replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}
    return False
