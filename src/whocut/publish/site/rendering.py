"""Draw pages: templates with everything escaped, in the words of one language."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import cache, lru_cache, partial
from pathlib import Path
from types import BuiltinFunctionType, FunctionType, MethodType
from typing import Any, Final

from jinja2 import BytecodeCache, Environment, FileSystemLoader, StrictUndefined
from jinja2.bccache import Bucket
from jinja2.runtime import Context
from markupsafe import Markup, escape

from whocut.i18n.catalog import translations_of
from whocut.i18n.language import Language
from whocut.i18n.text import Text, text_in
from whocut.publish.site.addresses import prefix_of, with_query
from whocut.publish.site.punctuation import Punctuation, signs_of

__all__ = ["TEMPLATES", "draw", "environment_of", "make_ready"]

TEMPLATES: Final = Path(__file__).resolve().parent / "templates"
_OVERRIDES: Final = dict.fromkeys(
    [*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C]
)
_ISOLATED: Final = re.compile("\u2068[^<>\u202a-\u202e\u2066-\u2069]*\u2069")
"""A name as `isolate` writes it: it ends where it began, within one piece of text."""
_UNFIT: Final = "".join(
    [
        "\u202a\u202b\u202c\u202d\u202e",  # embeddings and overrides of direction
        "\u2066\u2067\u2068\u2069",  # isolates that are not ours: they would turn what follows
        "\x00\x07\x08\x0b\x0c\x0e\x0f\x1b\x7f\x9b\x9d",  # what moves the cursor of a terminal
    ]
)
"""Characters that no page of ours holds, wherever they came from."""
_ANY_UNFIT: Final = re.compile(
    f"({_ISOLATED.pattern})|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]"
)
_KEPT: Final = 4096
"""Days kept as written, of each language."""
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_MONTH: Final = re.compile(r"\d{4}-\d{2}")


class _Compiled(BytecodeCache):
    """Templates as they were compiled, for all languages: their code is the same in each."""

    def __init__(self) -> None:
        self._code: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._code:
            bucket.bytecode_from_string(self._code[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._code[bucket.key] = bucket.bytecode_to_string()


class _Calling(Context):
    """What a template knows; plain functions are called without asking what they want of it."""

    def call(__self, __called: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401, N805
        # A page calls a thousand functions, and Jinja looks at each of them anew.
        if type(__called) in _PLAIN and not hasattr(__called, "jinja_pass_arg"):
            kwargs.pop("_block_vars", None)
            kwargs.pop("_loop_vars", None)
            return __called(*args, **kwargs)
        return super().call(__called, *args, **kwargs)


_PLAIN: Final = frozenset({FunctionType, MethodType, BuiltinFunctionType, partial})
_COMPILED: Final = _Compiled()


def make_ready() -> None:
    """Compile every template, so that no reader waits for it."""
    for language in Language:
        environment = environment_of(language)
        for path in sorted(TEMPLATES.glob("*.html")):
            environment.get_template(path.name)


def draw(language: Language, template: str, context: Mapping[str, Any]) -> str:
    """Draw a template in a language; bare addresses get the language before them."""
    drawn = _fit(environment_of(language).get_template(template).render(context))
    prefix = prefix_of(language)
    return _prefixed(drawn, prefix) if prefix else drawn


def _prefixed(drawn: str, prefix: str) -> str:
    """Put a language before addresses, and take it off again where it has no business."""
    # Quotation marks of what is not ours are escaped, so that this is found in our elements alone.
    for name in ("href", "action"):
        drawn = drawn.replace(f' {name}="/', f' {name}="{prefix}/')
        drawn = drawn.replace(f' {name}="{prefix}/static/', f' {name}="/static/')
    for other in Language:
        drawn = drawn.replace(
            f' hreflang="{other}" href="{prefix}/', f' hreflang="{other}" href="/'
        )
    return drawn


def _fit(drawn: str) -> str:
    """Take out what strangers write to turn lines around, or to move a terminal's cursor."""
    # Most pages hold none of it, and to look for single characters takes no time.
    rest = _ISOLATED.sub("", drawn) if "\u2068" in drawn else drawn
    if not any(sign in rest for sign in _UNFIT):
        return drawn
    return _ANY_UNFIT.sub(lambda found: found[1] or "", drawn)


@cache
def environment_of(language: Language) -> Environment:
    """Make the templates of a language; once in the life of a process."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n", Punctuation],
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        bytecode_cache=_COMPILED,
        cache_size=-1,
    )
    environment.context_class = _Calling
    text = text_in(language)
    _install_words(environment, text)
    environment.filters |= _filters(text)
    environment.globals |= {"href": _href, "text": text, **signs_of(language)}
    return environment


def _filters(text: Text) -> dict[str, Callable[..., Any]]:
    def day(value: date | datetime | str, form: str = "long") -> str:
        return _day(text, value, form)

    @lru_cache(_KEPT)
    def written(stated: str, form: str) -> Markup:
        told = _day(text, stated, form)
        return Markup(f'<time datetime="{escape(stated)}">{escape(told)}</time>')  # noqa: S704

    def time(value: date | datetime | str, form: str = "long") -> Markup:
        return written(value if isinstance(value, str) else value.isoformat(), form)

    def month(value: date | datetime | str) -> str:
        return _day(text, value, "month")

    return {
        "day": day,
        "time": time,
        "month": month,
        "number": text.number,
        "share": text.share,
        "country": text.country,
        "listed": text.listed,
        "bdi": bdi,
    }


def bdi(name: object) -> Markup:
    """Isolate a name by an element, and take from it what would turn the direction of a line."""
    plain = str(name)
    kept = plain if plain.isascii() else plain.translate(_OVERRIDES)
    return Markup(f"<bdi>{escape(kept)}</bdi>")  # noqa: S704 - escaped


def _href(path: str, **query: object) -> str:
    given = {name: str(value) for name, value in query.items() if value not in (None, "")}
    return with_query(path, given)


def _day(text: Text, value: date | datetime | str, form: str) -> str:
    """Write a day, or as much of one as is known: 2022-03 is a month, and 2022 stays a year."""
    if isinstance(value, str):
        if _MONTH.fullmatch(value):
            return text.month(date.fromisoformat(f"{value}-01"))
        if not _DAY.fullmatch(value[:10]):
            return value
        known = date.fromisoformat(value[:10])
    else:
        known = value
    return text.month(known) if form == "month" else text.day(known, form)


def _install_words(environment: Environment, text: Text) -> None:
    """Give templates the words of a language; what is filled in is escaped, and n is written out.

    Jinja's own functions would hand the filled-in values to `Text` before they are escaped.
    """
    words = translations_of(text.language)

    def gettext(message: str, /, **values: object) -> Markup:
        return _filled(words.gettext(message) if message else "", values)

    def ngettext(one: str, many: str, n: int, /, **values: object) -> Markup:
        return _filled(words.ngettext(one, many, n), {**values, "n": text.number(n)})

    def pgettext(context: str, message: str, /, **values: object) -> Markup:
        return _filled(str(words.pgettext(context, message)), values)

    def npgettext(context: str, one: str, many: str, n: int, /, **values: object) -> Markup:
        return _filled(str(words.npgettext(context, one, many, n)), {**values, "n": text.number(n)})

    environment.newstyle_gettext = True  # type: ignore[attr-defined]
    environment.globals |= {
        "_": gettext,
        "gettext": gettext,
        "ngettext": ngettext,
        "pgettext": pgettext,
        "npgettext": npgettext,
    }


def _filled(found: str, values: Mapping[str, object]) -> Markup:
    # A sentence is ours or a translator's, and may hold elements; what goes into it is escaped.
    if not values:
        # What {% trans %} doubles and a plain call does not.
        return Markup(found.replace("%%", "%"))  # noqa: S704
    return Markup(found % {name: escape(value) for name, value in values.items()})  # noqa: S704
