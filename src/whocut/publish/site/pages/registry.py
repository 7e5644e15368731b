"""Every kind of page, and the modules that make them."""

import importlib
import importlib.util
from collections.abc import Iterable
from typing import Final

from whocut.publish.site.page import PageRoute

__all__ = ["MODULES", "page_routes"]

MODULES: Final = (
    "front",
    "search",
    "country",
    "country_routes",
    "domain",
    "pair",
    "is_it_me",
    "compare",
    "changes",
    "findings",
    "ledger",
    "cut",
    "actor",
    "lags",
    "law",
    "statement",
    "network",
    "whatif",
    "desk",
    "methods",
    "rules",
    "glossary",
    "statics",
)
_PACKAGE: Final = "whocut.publish.site.pages"


def page_routes(modules: Iterable[str] = MODULES) -> tuple[PageRoute, ...]:
    """List the routes of the modules that exist."""
    found: list[PageRoute] = []
    for module in modules:
        name = f"{_PACKAGE}.{module}"
        if importlib.util.find_spec(name) is not None:
            found.extend(importlib.import_module(name).ROUTES)
    return tuple(found)
