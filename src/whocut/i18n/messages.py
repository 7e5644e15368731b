"""Keep the catalogs in step with the sources: ``python -m whocut.i18n.messages`` (make messages).

Each catalog keeps the translations that it has; a message that is new stands there untranslated,
and one that is gone is taken out. Nothing is guessed: no translation is taken over from a message
that only looks alike.
"""

import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from whocut.i18n.catalog import DOMAIN, catalog_path
from whocut.i18n.language import Language

__all__ = ["extract_messages", "main", "written_catalog"]

_PACKAGE: Final = Path(__file__).resolve().parents[1]
_METHODS: Final = [
    ("**/templates/**", "jinja2"),
    ("**.py", "python"),
]
_OPTIONS: Final = {"**/templates/**": {"trimmed": "true", "silent": "false"}}
_KEYWORDS: Final = {
    "_": None,
    "N_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
_WIDTH: Final = 0
"""Never wrapped: one message is one line, and a change of a word is a change of one line."""


def extract_messages(package: Path = _PACKAGE) -> Catalog:
    """Collect every message of the sources."""
    found = Catalog(domain=DOMAIN)
    extracted = extract_from_dir(
        str(package), method_map=_METHODS, options_map=_OPTIONS, keywords=_KEYWORDS
    )
    for _, _, message, _, context in extracted:
        found.add(message, context=context)
    return found


def written_catalog(language: Language, template: Catalog) -> bytes:
    """Write the catalog of a language, in step with the sources."""
    path = catalog_path(language)
    known = Catalog(locale=str(language), domain=DOMAIN)
    if path.exists():
        with path.open("rb") as file:
            known = read_po(file, locale=str(language), domain=DOMAIN)
    fresh = Catalog(locale=str(language), domain=DOMAIN)
    for message in _sorted(template):
        had = known.get(message.id, message.context)
        kept = had.string if had is not None and not had.fuzzy else ""
        if isinstance(message.id, tuple) and not isinstance(kept, tuple):
            kept = ("",) * fresh.num_plurals
        fresh.add(message.id, kept, context=message.context)
    out = BytesIO()
    write_po(out, fresh, width=_WIDTH, omit_header=True)
    head = (
        'msgid ""\nmsgstr ""\n'
        f'"Language: {language}\\n"\n'
        '"MIME-Version: 1.0\\n"\n'
        '"Content-Type: text/plain; charset=utf-8\\n"\n'
        '"Content-Transfer-Encoding: 8bit\\n"\n'
        f'"Plural-Forms: {fresh.plural_forms}\\n"\n\n'
    )
    return head.encode() + out.getvalue()


def _sorted(catalog: Catalog) -> Iterator[Message]:
    def key(message: Message) -> tuple[str, str]:
        first = message.id[0] if isinstance(message.id, tuple) else message.id
        return (str(first), message.context or "")

    return iter(sorted((one for one in catalog if one.id), key=key))


def main() -> int:
    """Bring every catalog in step, and say what each lacks."""
    template = extract_messages()
    for language in Language:
        if language is Language.EN:
            continue
        path = catalog_path(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(written_catalog(language, template))
        with path.open("rb") as file:
            catalog = read_po(file, locale=str(language), domain=DOMAIN)
        lacking = sum(1 for one in catalog if one.id and not _is_whole(one.string))
        print(f"{language}: {len(catalog)} messages, {lacking} not translated")
    return 0


def _is_whole(string: object) -> bool:
    return all(string) if isinstance(string, tuple) else bool(string)


if __name__ == "__main__":
    sys.exit(main())
