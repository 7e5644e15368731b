"""Every rule, fact, mechanism and word that a verdict, a cell or a finding names."""

import difflib
from collections import Counter
from functools import cache
from urllib.parse import quote

from whocut.publish.explained import Entry, entries, entries_named
from whocut.publish.site.page import Absent, Asked, Page, PageRoute

__all__ = ["ROUTES"]

_FIRST_KIND = "rule"


@cache
def _entries() -> tuple[Entry, ...]:
    return tuple(entries())


def _rules(asked: Asked) -> Page:
    text = asked.text
    counted = Counter(entry.kind for entry in _entries())
    kind = asked.query.get("kind", _FIRST_KIND)
    if kind not in counted:
        kind = _FIRST_KIND
    return Page(
        "rules.html",
        text.gettext("Rules: why a verdict says what it says"),
        {
            "kinds": sorted(counted.items()),
            "kind": kind,
            "entries": [entry for entry in _entries() if entry.kind == kind],
            "address_of": _address_of,
        },
    )


def _rule(asked: Asked, id_: str) -> Page:
    found = entries_named(id_)
    if not found:
        close = difflib.get_close_matches(id_, [entry.id for entry in _entries()], n=3)
        reason = asked.text.gettext("No rule has this name.")
        if close:
            reason += " " + asked.text.gettext("Close: %(names)s.", names=", ".join(close))
        raise Absent(reason)
    known = {entry.id for entry in _entries()}
    return Page("rule.html", id_, {"entries": found, "known": known, "address_of": _address_of})


def _address_of(id_: str) -> str:
    return f"/rules/{quote(id_, safe='')}"


ROUTES = (
    PageRoute("/rules", _rules, "rules"),
    # A fingerprint's name is looked up in files that take a moment to read the first time.
    PageRoute("/rules/{id_:str}", _rule, "rule", is_slow=True),
)
