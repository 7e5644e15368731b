"""Where pages stand: the language before the path, the same page in another language."""

import re
from collections.abc import Iterable, Mapping
from typing import Final
from urllib.parse import quote, urlencode

from msgspec import Struct

from whocut.i18n.language import LANGUAGE_NAMES, Language

__all__ = ["LanguageLink", "language_links", "prefix_of", "split_language", "with_query"]

_PREFIXED: Final = tuple(language for language in Language if language is not Language.EN)
_PLAIN: Final = "/:@!$&'()*+,;=-._~"
_IS_PLAIN: Final = re.compile(f"[A-Za-z0-9{re.escape(_PLAIN)}]*")


class LanguageLink(Struct, frozen=True):
    """The same page in a language."""

    language: str
    name: str
    address: str
    is_current: bool


def prefix_of(language: Language) -> str:
    """Give what stands before the path in a language; English has nothing."""
    return "" if language is Language.EN else f"/{language}"


def split_language(path: str) -> tuple[Language, str]:
    """Take the language off a path: ``/fr/c/RU`` is French and ``/c/RU``."""
    for language in _PREFIXED:
        prefix = prefix_of(language)
        if path == prefix or path.startswith(f"{prefix}/"):
            return language, _plain(path[len(prefix) :])
    return Language.EN, _plain(path)


def _plain(path: str) -> str:
    return "/" + "/".join(part for part in path.split("/") if part)


def with_query(path: str, values: Mapping[str, str] | Iterable[tuple[str, str]] = ()) -> str:
    """Write an address from a path and a query, both as they are read."""
    pairs = list(values.items() if isinstance(values, Mapping) else values)
    # Nearly all are plain, and to find so takes a tenth of the time of writing them out.
    written = path if _IS_PLAIN.fullmatch(path) else quote(path, safe=_PLAIN)
    return f"{written}?{urlencode(pairs)}" if pairs else written


def language_links(path: str, query: Mapping[str, str], current: Language) -> list[LanguageLink]:
    """List the same page in every language."""
    return [
        LanguageLink(
            language=str(language),
            name=name,
            address=with_query(f"{prefix_of(language)}{path}", query),
            is_current=language is current,
        )
        for language, name in LANGUAGE_NAMES.items()
    ]
