"""Pages that tell what this is: the data, readers' privacy, quoting, for lawyers, replies."""

from typing import Final

from whocut.i18n.catalog import N_
from whocut.publish.site.documents import document
from whocut.publish.site.page import Asked, Page, PageRoute
from whocut.publish.site.words import word

__all__ = ["ROUTES"]

_LABELS: Final = (
    "required",
    "expressly_exempted",
    "permitted_not_required",
    "own_choice",
    "unclear",
)
_GRADES: Final = (
    ("proof", N_("Independent evidence leaves no other explanation. It may be stated as a fact.")),
    ("strong", N_("Other explanations were tested and failed. State it with its source.")),
    ("suggestive", N_("It points that way, and something else may explain it. Say so.")),
    ("insufficient", N_("There is too little to tell. Nobody may be named on this ground.")),
    ("contradicted", N_("The evidence speaks against it.")),
)


def _about(asked: Asked) -> Page:
    return Page("about.html", asked.text.gettext("About whocut"))


def _data(asked: Asked) -> Page:
    edition = asked.edition
    return Page(
        "data.html",
        asked.text.gettext("Data and licences"),
        {
            "licences": document("licences"),
            "facts": edition.access.facts,
            "ledger": edition.ledger.facts,
            "has_lab": any(one.is_lab for one in edition.access.countries()),
        },
    )


def _privacy(asked: Asked) -> Page:
    return Page("privacy.html", asked.text.gettext("Privacy: what is known of you here"))


def _press(asked: Asked) -> Page:
    text = asked.text
    grades = [(word(text, "finding_grade", grade), text.gettext(told)) for grade, told in _GRADES]
    return Page("press.html", text.gettext("For the press: how to quote this"), {"grades": grades})


def _lawyers(asked: Asked) -> Page:
    text = asked.text
    labels = [(word(text, "label", label), word(text, "label_meaning", label)) for label in _LABELS]
    return Page("lawyers.html", text.gettext("For lawyers: the law of the day"), {"labels": labels})


def _named_party(asked: Asked) -> Page:
    return Page("named_party.html", asked.text.gettext("If you are named here"))


ROUTES = (
    PageRoute("/about", _about, "about"),
    PageRoute("/data", _data, "data"),
    PageRoute("/privacy", _privacy, "privacy"),
    PageRoute("/press", _press, "press"),
    PageRoute("/lawyers", _lawyers, "lawyers"),
    PageRoute("/named-party", _named_party, "named_party"),
)
