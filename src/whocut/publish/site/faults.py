"""Pages that say why there is no page, in the reader's language, each of the same shape."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

import msgspec

from whocut.i18n.catalog import N_
from whocut.i18n.text import Text

__all__ = ["FAULTS", "fault_page", "problem"]

FAULTS: Final[Mapping[int, tuple[str, str]]] = {
    400: (
        N_("This address cannot be read"),
        N_("It holds characters that no address of ours has, or more than any of them."),
    ),
    403: (
        N_("This form came from another site"),
        N_("Forms are only taken from our own pages. Open the form here and send it again."),
    ),
    404: (N_("There is no such page"), N_("Nothing stands at this address, or not any more.")),
    405: (N_("This page is only read"), N_("Nothing can be sent to this address.")),
    408: (N_("This took too long"), N_("The request did not arrive in time. Please try again.")),
    413: (N_("This is too much"), N_("What was sent is larger than any form of ours takes.")),
    414: (N_("This address is too long"), N_("No address of ours has more than 8,000 characters.")),
    415: (N_("This form cannot be read"), N_("Only forms of our own pages are read.")),
    429: (N_("Too many requests"), N_("Please wait a minute and try again.")),
    500: (
        N_("Something broke here"),
        N_("The fault is ours, not yours, and says nothing about the country you asked about."),
    ),
    503: (
        N_("The pages are not ready"),
        N_(
            "They are built from the data at hand, or many read them. Please come back in a minute."
        ),
    ),
}
"""Title and sentence by status."""


def fault_page(text: Text, status: int, reason: str = "") -> tuple[str, str]:
    """Give the title and the sentence of a fault; a reason that a page gave stands instead."""
    title, sentence = FAULTS.get(status, FAULTS[500 if status >= 500 else 400])
    return text.gettext(title), reason or text.gettext(sentence)


def problem(text: Text, status: int, reason: str = "") -> bytes:
    """Write a fault for a program (RFC 9457)."""
    title, sentence = fault_page(text, status, reason)
    try:
        phrase = HTTPStatus(status).phrase
    except ValueError:
        phrase = ""
    stated = {
        "type": "about:blank",
        "title": phrase or title,
        "status": status,
        "detail": f"{title}. {sentence}",
    }
    return msgspec.json.encode(stated)
