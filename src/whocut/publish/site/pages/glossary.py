"""What each word means here."""

from whocut.publish.site.documents import glossary_terms
from whocut.publish.site.page import Asked, Page, PageRoute

__all__ = ["ROUTES"]


def _glossary(asked: Asked) -> Page:
    return Page("glossary.html", asked.text.gettext("Glossary"), {"terms": glossary_terms()})


ROUTES = (PageRoute("/glossary", _glossary, "glossary"),)
