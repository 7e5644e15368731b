"""What the forms of the desk carry, and how each is read: every field bounded, nothing guessed.

A report needs no name, address or account. What a form says is one of three bodies, which are
sealed as msgpack; their keys and the values of their closed sets are public promises.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated, Final
from urllib.parse import urlsplit

from msgspec import Meta, Struct

from whocut.ledger.vocabulary import Sector
from whocut.publish.desk.revealing import revealing_parts

__all__ = [
    "LIMITS",
    "NO_PERSON",
    "REGIONS",
    "AppealState",
    "Body",
    "Correction",
    "Fault",
    "FormFault",
    "Happened",
    "PartyReply",
    "Reason",
    "Report",
    "days_of",
    "read_correction",
    "read_reply",
    "read_report",
]


class Happened(StrEnum):
    """What happened to somebody; the values are the ledger's actions, save the last."""

    ACCOUNT_CLOSED = "account_deactivation"
    ACCOUNT_SUSPENDED = "account_suspension"
    SIGN_UP_REFUSED = "registration_block"
    PAYMENT_REFUSED = "payment_refusal"
    ACCESS_REFUSED = "geoblock"
    SERVICE_ENDED = "service_suspension"
    APP_REMOVED = "app_removal"
    CONTENT_LABELLED = "content_label"
    CONTENT_REMOVED = "content_removal"
    OTHER = "other"


class Reason(StrEnum):
    """What reason was given to those cut off."""

    NONE_GIVEN = "none_stated"
    SANCTIONS = "sanctions_law"
    EXPORT_CONTROL = "export_control"
    STANCE = "company_stance"
    PAYMENT = "payment_impossible"
    LOCAL_LAW = "state_demand"
    TERMS = "terms"
    SECURITY = "security"
    OTHER = "other"


class AppealState(StrEnum):
    """Whether somebody could object, and what came of it."""

    NOT_OFFERED = "not_offered"
    NOT_TRIED = "not_tried"
    NO_ANSWER = "no_answer"
    REFUSED = "refused"
    RESTORED = "restored"
    NOT_SAID = "not_said"


class Fault(StrEnum):
    """What is wrong with a field."""

    MISSING = "missing"
    TOO_LONG = "too_long"
    NOT_LISTED = "not_listed"
    REVEALING = "revealing"
    NOT_AN_ID = "not_an_id"
    UNKNOWN = "unknown"
    NOT_A_DOMAIN = "not_a_domain"
    NOT_AN_ADDRESS = "not_an_address"


class FormFault(Struct, frozen=True):
    """One fault of one field, and the parts of the text that it is about."""

    field: str
    fault: Fault
    parts: tuple[str, ...] = ()


LIMITS: Final[Mapping[str, int]] = {
    "service": 100,
    "text": 1000,
    "reason_text": 300,
    "about": 120,
    "party": 100,
    "domain": 253,
    "reply": 4000,
    "field": 100,
    "wrong": 2000,
    "source": 500,
}
"""Characters of each field. Those of a report fit the smallest class of size in every script."""
REGIONS: Final = ("UA-43", "UA-40", "UA-14", "UA-09", "UA-23", "UA-65")
"""Parts of a country for which the law of the day has an answer of its own."""
NO_PERSON: Final = "nothing_personal"
"""The field by which somebody says that what looks like a name or a number is none."""
_PERIOD: Final = re.compile(r"(?P<year>\d{4})-(?:W(?P<week>\d{2})|Q(?P<quarter>[1-4]))", re.ASCII)
_FIRST_YEAR: Final = 2000
_ID: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*(?:@[A-Za-z0-9._-]{1,40})?", re.ASCII)
_DOMAIN: Final = re.compile(
    r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])", re.ASCII
)
_COUNTRY: Final = r"^[A-Z]{2}(-[A-Z0-9]{1,3})?$"
_PERIOD_TEXT: Final = r"^[0-9]{4}-(W[0-9]{2}|Q[1-4])$"
_NONCE: Final = r"^[A-Za-z0-9_-]{0,64}$"


def _text(longest: int) -> Meta:
    return Meta(max_length=longest)


class Report(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="report"):
    """What happened to somebody, without anything that tells who."""

    service: Annotated[str, Meta(min_length=1, max_length=LIMITS["service"])]
    """As it was typed: a name or a domain."""
    sector: Sector | None = None
    based_in: Annotated[str, Meta(max_length=8)] = ""
    """Where the company is at home, as far as the sender knows."""
    country: Annotated[str, Meta(pattern=_COUNTRY)]
    when: Annotated[str, Meta(pattern=_PERIOD_TEXT)]
    """A week (2025-W10) or a quarter (2019-Q2)."""
    happened: Happened
    text: Annotated[str, _text(LIMITS["text"])] = ""
    reason: Reason
    reason_text: Annotated[str, _text(LIMITS["reason_text"])] = ""
    appeal: AppealState
    received: date
    nonce: Annotated[str, Meta(pattern=_NONCE)] = ""
    """Of the form that was sent: one form sent twice is one report."""


class PartyReply(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="reply"):
    """What a named party answers to a record or a finding."""

    about: Annotated[str, Meta(min_length=1, max_length=LIMITS["about"])]
    party: Annotated[str, Meta(min_length=1, max_length=LIMITS["party"])]
    domain: Annotated[str, Meta(min_length=1, max_length=LIMITS["domain"])]
    text: Annotated[str, Meta(min_length=1, max_length=LIMITS["reply"])]
    token: Annotated[str, Meta(pattern="^whocut-reply-[A-Za-z0-9_-]{20,60}$")]
    received: date
    nonce: Annotated[str, Meta(pattern=_NONCE)] = ""


class Correction(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="correction"):
    """What somebody says is wrong in a record or on a page."""

    about: Annotated[str, Meta(min_length=1, max_length=LIMITS["about"])]
    field: Annotated[str, _text(LIMITS["field"])] = ""
    text: Annotated[str, Meta(min_length=1, max_length=LIMITS["wrong"])]
    source: Annotated[str, _text(LIMITS["source"])] = ""
    """An address; it is never fetched."""
    received: date
    nonce: Annotated[str, Meta(pattern=_NONCE)] = ""


Body = Report | PartyReply | Correction
"""What is sealed."""


def days_of(when: str) -> tuple[date, date]:
    """Give the first and the last day of a week or a quarter.

    Raises: ValueError if it is neither.
    """
    found = _PERIOD.fullmatch(when)
    if found is None or int(found["year"]) < _FIRST_YEAR:
        raise ValueError(f"{when!r} is no week (2025-W10) and no quarter (2019-Q2)")
    year = int(found["year"])
    if found["week"]:
        monday = date.fromisocalendar(year, int(found["week"]), 1)
        return monday, monday + timedelta(days=6)
    month = 3 * int(found["quarter"]) - 2
    after = date(year + (month == 10), (month + 3) % 12 or 12, 1)
    return date(year, month, 1), after - timedelta(days=1)


class _Reader:
    """The fields of one form, and what is wrong with them."""

    def __init__(self, form: Mapping[str, str]) -> None:
        self._form = form
        self.faults: list[FormFault] = []

    def note(self, field: str, fault: Fault, parts: tuple[str, ...] = ()) -> None:
        self.faults.append(FormFault(field, fault, parts))

    def line(self, name: str, longest: int, *, is_needed: bool = False) -> str:
        return self._bounded(name, " ".join(self._form.get(name, "").split()), longest, is_needed)

    def prose(self, name: str, longest: int, *, is_needed: bool = False) -> str:
        # A browser sends lines with CR LF, and counts them as one character.
        given = self._form.get(name, "").replace("\r\n", "\n").replace("\r", "\n").strip()
        return self._bounded(name, given, longest, is_needed)

    def choice(self, name: str, known: type[StrEnum]) -> str:
        given = self._form.get(name, "")
        if given in set(known):
            return given
        self.note(name, Fault.NOT_LISTED if given else Fault.MISSING)
        return ""

    def unrevealing(self, **texts: str) -> None:
        if self._form.get(NO_PERSON) == "yes":
            return
        for name, text in texts.items():
            parts = revealing_parts(text)
            if parts:
                self.note(name, Fault.REVEALING, parts)

    def _bounded(self, name: str, given: str, longest: int, is_needed: bool) -> str:
        if is_needed and not given:
            self.note(name, Fault.MISSING)
        if len(given) > longest:
            self.note(name, Fault.TOO_LONG)
        return given


def read_report(
    form: Mapping[str, str], *, countries: frozenset[str], today: date, nonce: str = ""
) -> Report | tuple[FormFault, ...]:
    """Read a report, or say what is wrong with it; the whole of it at once."""
    reader = _Reader(form)
    service = reader.line("service", LIMITS["service"], is_needed=True)
    country = reader.line("country", 100, is_needed=True)
    if country and country not in countries and country not in REGIONS:
        reader.note("country", Fault.NOT_LISTED)
    when = reader.line("when", 100, is_needed=True)
    if when and not _is_past(when, today):
        reader.note("when", Fault.NOT_LISTED)
    happened = reader.choice("happened", Happened)
    reason = reader.choice("reason", Reason)
    appeal = reader.choice("appeal", AppealState)
    sector = reader.choice("sector", Sector) if form.get("sector") else ""
    based_in = reader.line("based_in", 8)
    text = reader.prose("text", LIMITS["text"])
    reason_text = reader.prose("reason_text", LIMITS["reason_text"])
    reader.unrevealing(service=service, text=text, reason_text=reason_text)
    if reader.faults:
        return tuple(reader.faults)
    return Report(
        service=service,
        sector=Sector(sector) if sector else None,
        based_in=based_in,
        country=country,
        when=when,
        happened=Happened(happened),
        text=text,
        reason=Reason(reason),
        reason_text=reason_text,
        appeal=AppealState(appeal),
        received=today,
        nonce=nonce,
    )


def _is_past(when: str, today: date) -> bool:
    try:
        first, _ = days_of(when)
    except ValueError:
        return False
    # A day of grace: it is tomorrow already in half of the world.
    return first <= today + timedelta(days=1)


def read_reply(
    form: Mapping[str, str],
    *,
    is_known: Callable[[str], bool],
    token: str,
    today: date,
    nonce: str = "",
) -> PartyReply | tuple[FormFault, ...]:
    """Read a reply, or say what is wrong with it; ``is_known`` knows records and findings."""
    reader = _Reader(form)
    about = _read_about(reader, is_known)
    party = reader.line("party", LIMITS["party"], is_needed=True)
    domain = reader.line("domain", LIMITS["domain"], is_needed=True).lower().rstrip(".")
    if domain and not _DOMAIN.fullmatch(_as_ascii(domain)):
        reader.note("domain", Fault.NOT_A_DOMAIN)
    text = reader.prose("text", LIMITS["reply"], is_needed=True)
    if reader.faults:
        return tuple(reader.faults)
    return PartyReply(
        about=about,
        party=party,
        domain=_as_ascii(domain),
        text=text,
        token=token,
        received=today,
        nonce=nonce,
    )


def read_correction(
    form: Mapping[str, str], *, is_known: Callable[[str], bool], today: date, nonce: str = ""
) -> Correction | tuple[FormFault, ...]:
    """Read a correction, or say what is wrong with it."""
    reader = _Reader(form)
    about = _read_about(reader, is_known)
    field = reader.line("field", LIMITS["field"])
    text = reader.prose("text", LIMITS["wrong"], is_needed=True)
    source = reader.line("source", LIMITS["source"])
    if source and not _is_web_address(source):
        reader.note("source", Fault.NOT_AN_ADDRESS)
    reader.unrevealing(text=text)
    if reader.faults:
        return tuple(reader.faults)
    return Correction(
        about=about, field=field, text=text, source=source, received=today, nonce=nonce
    )


def _read_about(reader: _Reader, is_known: Callable[[str], bool]) -> str:
    """Take an id as it is copied: with the address of its page before it, or without."""
    given = reader.line("about", LIMITS["about"] + 200, is_needed=True)
    about = given.rpartition("/")[2].partition("?")[0].partition("#")[0]
    if given and not (_ID.fullmatch(about) and len(about) <= LIMITS["about"]):
        reader.note("about", Fault.NOT_AN_ID)
    elif given and not is_known(about):
        reader.note("about", Fault.UNKNOWN)
    return about


def _as_ascii(domain: str) -> str:
    if domain.isascii():
        return domain
    try:
        return domain.encode("idna").decode("ascii")
    except UnicodeError:
        return ""


def _is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and " " not in text
