"""Signs that templates set after what they fill in, spaced as a language does."""

import re
from typing import Final

from jinja2.ext import Extension
from markupsafe import Markup

from whocut.i18n.language import Language

__all__ = ["Punctuation", "signs_of"]

_TRANSLATED: Final = re.compile(r"(\{%-? *trans\b.*?\{%-? *endtrans *-?%\})", re.DOTALL)
"""Whole sentences, which have their signs from their translators."""
_SIGN: Final = re.compile(r"(\}\}|%\}|</\w+>)([:;])(?=[\s<{]|$)")
_NAMES: Final = {":": "colon", ";": "semicolon"}
_THIN: Final = "\u202f"


def signs_of(language: Language) -> dict[str, Markup]:
    """Give the signs of a language: French sets them off by a narrow space."""
    before = _THIN if language is Language.FR else ""
    return {name: Markup(before + sign) for sign, name in _NAMES.items()}  # noqa: S704 - ours


class Punctuation(Extension):
    """Take signs between what is filled in from the language, in every template."""

    def preprocess(
        self,
        source: str,
        name: str | None,  # noqa: ARG002 - Jinja gives it
        filename: str | None = None,  # noqa: ARG002
    ) -> str:
        """Put the names of signs in their place."""
        parts = _TRANSLATED.split(source)
        parts[::2] = [_SIGN.sub(_named, part) for part in parts[::2]]
        return "".join(parts)


def _named(found: re.Match[str]) -> str:
    return f"{found[1]}{{{{ {_NAMES[found[2]]} }}}}"
