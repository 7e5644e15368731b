"""How it is done: the documents on methods, one page each."""

from whocut.publish.site.documents import document, method_names
from whocut.publish.site.page import Absent, Asked, Page, PageRoute

__all__ = ["ROUTES"]


def _methods(asked: Asked) -> Page:
    text = asked.text
    found = [one for name in method_names() if (one := document(f"methods/{name}")) is not None]
    return Page(
        "methods.html",
        text.gettext("Methods: how each figure is made"),
        {"documents": found},
        description=text.gettext("Every figure here has a method that can be read and repeated."),
    )


def _method(asked: Asked, name: str) -> Page:
    found = document(f"methods/{name}")
    if found is None:
        raise Absent(asked.text.gettext("No method has this name."))
    return Page("document.html", found.title, {"document": found})


ROUTES = (
    PageRoute("/methods", _methods, "methods"),
    PageRoute("/methods/{name:str}", _method, "method"),
)
