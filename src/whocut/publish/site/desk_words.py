"""What the desk's pages say: choices of its forms, and what is wrong with what was typed."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import cache
from typing import Final

from whocut.i18n.catalog import N_
from whocut.i18n.text import Text
from whocut.ledger.vocabulary import Sector
from whocut.publish.desk.desk import Closed
from whocut.publish.desk.exemption import HOMES
from whocut.publish.desk.flood import TokenFault
from whocut.publish.desk.form import Fault, FormFault
from whocut.publish.site.asking import country_codes
from whocut.publish.site.words import word

__all__ = [
    "closed_words",
    "country_choices",
    "fault_words",
    "home_choices",
    "period_choices",
    "region_words",
    "sector_choices",
    "token_words",
    "trap_words",
]

Choices = list[tuple[str, str]]
_WEEKS: Final = 56
_FIRST_YEAR: Final = 2011
_CLOSED: Final[Mapping[Closed, str]] = {
    Closed.NO_KEY: N_(
        "This server has no key of case workers. Without it a form could only be kept so that "
        "others can read it, and that is not done: what you send here is kept nowhere."
    ),
    Closed.BAD_KEY: N_(
        "The case workers' key on this server cannot be read. Until it is mended nothing is taken: "
        "what you send here is kept nowhere."
    ),
    Closed.NO_PLACE: N_(
        "These pages are shown without a place for sealed forms: what you send here is kept "
        "nowhere."
    ),
    Closed.FAILED: N_(
        "The disk of this server did not take the sealed form: nothing was kept. Please come back "
        "later."
    ),
    Closed.FULL: N_(
        "The folder of sealed forms is full until the case workers have emptied it: what you send "
        "here is kept nowhere. Please come back in a few days."
    ),
}
_TOKEN: Final[Mapping[TokenFault, str]] = {
    TokenFault.YOUNG: N_(
        "The form came back faster than a person fills it in. Nothing was kept. Everything you "
        "typed is still here: please send it again."
    ),
    TokenFault.OLD: N_(
        "The form was open for too long. Nothing was kept. Everything you typed is still here: "
        "please send it again."
    ),
    TokenFault.FOREIGN: N_(
        "The server started anew since this form was opened. Nothing was kept. Everything you "
        "typed is still here: please send it again."
    ),
}
_FIELDS: Final[Mapping[str, str]] = {
    "service": N_("Service or company"),
    "country": N_("Country"),
    "when": N_("Week or quarter"),
    "happened": N_("What happened"),
    "text": N_("In your own words"),
    "reason": N_("Reason given"),
    "reason_text": N_("Words of the reason"),
    "appeal": N_("Objection"),
    "sector": N_("Kind of service"),
    "based_in": N_("Where the company is at home"),
    "about": N_("Record or finding"),
    "party": N_("Who replies"),
    "domain": N_("Domain"),
    "field": N_("Which part"),
    "source": N_("Source"),
}
_FAULTS: Final[Mapping[Fault, str]] = {
    Fault.MISSING: N_("%(field)s: please fill this in or choose."),
    Fault.TOO_LONG: N_("%(field)s: this is too long; please shorten it."),
    Fault.NOT_LISTED: N_("%(field)s: please choose one of the list."),
    Fault.REVEALING: N_(
        "%(field)s: this may tell who you are: %(parts)s. Please take it out. Nothing was kept."
    ),
    Fault.NOT_AN_ID: N_("%(field)s: wanted is the name at the end of the address of its page."),
    Fault.UNKNOWN: N_("%(field)s: there is none of this name."),
    Fault.NOT_A_DOMAIN: N_("%(field)s: not a domain, as in example.org."),
    Fault.NOT_AN_ADDRESS: N_("%(field)s: not an address of the Web (https://...)."),
}
_REGIONS: Final[Mapping[str, str]] = {
    "UA-43": N_("Ukraine: Crimea"),
    "UA-40": N_("Ukraine: Sevastopol"),
    "UA-14": N_("Ukraine: Donetsk region"),
    "UA-09": N_("Ukraine: Luhansk region"),
    "UA-23": N_("Ukraine: Zaporizhzhia region"),
    "UA-65": N_("Ukraine: Kherson region"),
}


def closed_words(text: Text, closed: Closed) -> str:
    """Say why nothing is taken."""
    return text.gettext(_CLOSED[closed])


def token_words(text: Text, fault: TokenFault) -> str:
    """Say why a form is asked for again."""
    return text.gettext(_TOKEN[fault])


def trap_words(text: Text) -> str:
    """Say that the field for machines was filled in, by one or by a browser that meant well."""
    return text.gettext(
        "A field that is to stay empty was filled in, as machines do, and some browsers. Nothing "
        "was kept. Everything else you typed is still here: please send it again."
    )


def fault_words(text: Text, one: FormFault) -> str:
    """Say what is wrong with a field, in a sentence that stands by itself."""
    field = text.gettext(_FIELDS.get(one.field, one.field))
    return text.gettext(_FAULTS[one.fault], field=field, parts=text.listed(one.parts))


def region_words(text: Text) -> dict[str, str]:
    """Name the parts of countries for which the law has an answer of its own."""
    return {code: text.gettext(name) for code, name in _REGIONS.items()}


def country_choices(text: Text) -> Choices:
    """List countries by name."""
    return _countries(text)


@cache
def _countries(text: Text) -> Choices:
    named = [(code, text.country(code)) for code in country_codes()]
    return sorted(named, key=lambda one: one[1].casefold())


def home_choices(text: Text) -> Choices:
    """List the states and unions whose law is held for companies."""
    return [
        (code, text.gettext("European Union") if code == "EU" else text.country(code))
        for code in HOMES
    ]


def sector_choices(text: Text) -> Choices:
    """List kinds of service by name."""
    named = [(one.value, word(text, "sector", one.value)) for one in Sector]
    return sorted(named, key=lambda one: one[1].casefold())


def period_choices(text: Text, today: date) -> list[tuple[str, Choices]]:
    """List the weeks of the last year and the quarters before: value and words, in two groups."""
    return [
        (text.gettext("Week that begins on Monday"), list(_weeks(text, today))),
        (text.gettext("Quarter, for what is longer ago"), list(_quarters(text, today))),
    ]


def _weeks(text: Text, today: date) -> Iterator[tuple[str, str]]:
    monday = today - timedelta(days=today.weekday())
    for number in range(_WEEKS):
        day = monday - timedelta(weeks=number)
        year, week, _ = day.isocalendar()
        yield f"{year}-W{week:02}", text.day(day)


def _quarters(text: Text, today: date) -> Iterator[tuple[str, str]]:
    year, quarter = today.year, (today.month + 2) // 3
    while year >= _FIRST_YEAR:
        first = date(year, 3 * quarter - 2, 1)
        last = date(year, 3 * quarter, 1)
        yield (
            f"{year}-Q{quarter}",
            text.gettext("%(first)s to %(last)s", first=text.month(first), last=text.month(last)),
        )
        year, quarter = (year, quarter - 1) if quarter > 1 else (year - 1, 4)
