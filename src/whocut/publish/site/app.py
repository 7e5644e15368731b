"""The site as an application: which address is answered by which page, in every language."""

import logging
import traceback
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from litestar import Litestar, Request
from litestar.exceptions import HTTPException
from litestar.handlers import HTTPRouteHandler
from litestar.response.base import ASGIResponse

from whocut.i18n.language import Language
from whocut.publish.desk.desk import open_desk
from whocut.publish.site.addresses import prefix_of
from whocut.publish.site.answering import Answering, Editions
from whocut.publish.site.bounds import MOST_FORM_BYTES
from whocut.publish.site.headers import SECURITY_HEADERS
from whocut.publish.site.kept import KeptPages
from whocut.publish.site.page import PageRoute
from whocut.publish.site.pages.registry import MODULES, page_routes

__all__ = ["make_app"]

_LOG: Final = logging.getLogger("whocut.site")
_HEADERS: Final = tuple((name.encode(), value.encode()) for name, value in SECURITY_HEADERS)


def make_app(
    source: Path | Editions,
    *,
    modules: Iterable[str] = MODULES,
    routes: Iterable[PageRoute] | None = None,
    kept: KeptPages | None = None,
    observatory: Path | None = None,
    desk_key: Path | None = None,
) -> Litestar:
    """Make the site from an observatory, or from a function that gives the edition of the moment.

    The pages are those of ``modules``, or exactly ``routes``. ``observatory`` is where what readers
    send is put; without it nothing is received.
    ``desk_key`` is the case workers' public key, where it is not the ``desk.pub`` that lies there.
    """
    if isinstance(source, Path):
        observatory = source
    editions = _editions_of(source) if isinstance(source, Path) else source
    pages = page_routes(modules) if routes is None else tuple(routes)
    desk = open_desk(observatory, desk_key)
    answering = Answering(editions, kept=kept, observatory=observatory, desk=desk)
    return Litestar(
        route_handlers=[*_handlers(answering, pages), *_files(answering)],
        openapi_config=None,
        logging_config=None,
        request_max_body_size=MOST_FORM_BYTES,
        exception_handlers={
            HTTPException: lambda request, error: _fault(answering, request, error),
            Exception: lambda request, error: _fault(answering, request, error),
        },
        before_send=[_add_headers],
    )


def _editions_of(observatory: Path) -> Editions:
    """Read the edition that is current when the site starts, and keep it."""
    from whocut.publish.edition.opening import current_edition

    edition = current_edition(observatory)
    return lambda: edition


def _handlers(answering: Answering, routes: Iterable[PageRoute]) -> list[HTTPRouteHandler]:
    return [
        _handler(answering, route, prefix_of(language)) for route in routes for language in Language
    ]


def _handler(answering: Answering, route: PageRoute, prefix: str) -> HTTPRouteHandler:
    async def answer(request: Request[Any, Any, Any]) -> ASGIResponse:
        return await answering.page(route, request)

    methods: list[Any] = ["GET", "HEAD", *(["POST"] if route.takes_form else [])]
    return HTTPRouteHandler(f"{prefix}{route.path}", http_method=methods)(answer)


def _files(answering: Answering) -> list[HTTPRouteHandler]:
    async def asset(request: Request[Any, Any, Any]) -> ASGIResponse:
        return answering.asset(request, request.path_params["name"])

    async def robots(request: Request[Any, Any, Any]) -> ASGIResponse:
        return answering.asset(request, "robots.txt")

    return [
        HTTPRouteHandler("/static/{name:str}", http_method=["GET", "HEAD"])(asset),
        HTTPRouteHandler("/robots.txt", http_method=["GET", "HEAD"])(robots),
    ]


def _fault(answering: Answering, request: Request[Any, Any, Any], error: Exception) -> Any:  # noqa: ANN401
    """Turn what went wrong into a page; a log tells of the kind of page, never of the address."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    if status >= 500:
        _LOG.error("%s failed: %s", request.scope.get("path_template", ""), _where(error))
    response = answering.fault(request, status)
    if status == 405 and isinstance(error, HTTPException) and error.headers:
        response.headers.add("allow", error.headers.get("allow", ""))
    return _Ready(response)


def _where(error: Exception) -> str:
    """Name a fault and its place in the code; its words may hold what a reader asked for."""
    places = [
        f"{Path(f.filename).name}:{f.lineno}" for f in traceback.extract_tb(error.__traceback__)
    ]
    return f"{type(error).__name__} at {' '.join(places[-6:])}"


class _Ready:
    """A response that is made already, for a place where Litestar wants to make it."""

    def __init__(self, response: ASGIResponse) -> None:
        self._response = response

    def to_asgi_response(self, **_: object) -> ASGIResponse:
        return self._response


async def _add_headers(message: Any, _scope: Any) -> None:  # noqa: ANN401 - ASGI's own
    if message["type"] == "http.response.start":
        message["headers"] = [*message["headers"], *_HEADERS]
