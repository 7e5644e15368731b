"""Read gettext catalogs, as text."""

from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

from whocut.i18n.language import Language

__all__ = ["DOMAIN", "N_", "catalog_path", "read_catalog", "translations_of"]

DOMAIN: Final = "whocut"
_CATALOGS: Final = Path(__file__).resolve().parent / "catalogs"


def N_(message: str) -> str:  # noqa: N802 - gettext's own name for it
    """Mark a message that is looked up later."""
    return message


def catalog_path(language: Language) -> Path:
    """Locate the catalog of a language; English has none."""
    return _CATALOGS / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def read_catalog(language: Language) -> Catalog:
    """Read the catalog of a language.

    Raises: FileNotFoundError where there is none.
    """
    with catalog_path(language).open("rb") as file:
        return read_po(file, locale=str(language), domain=DOMAIN)


@cache
def translations_of(language: Language) -> NullTranslations:
    """Load the translations of a language; English is its own."""
    if language is Language.EN or not catalog_path(language).exists():
        return NullTranslations()
    packed = BytesIO()
    write_mo(packed, read_catalog(language))
    packed.seek(0)
    return Translations(packed, domain=DOMAIN)
