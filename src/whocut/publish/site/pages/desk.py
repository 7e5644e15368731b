"""The desk's pages: a report of one's own case, the named party's reply, a correction.

All are private: nothing of them is kept by a cache, nothing stands in an address. What a form says
is sealed before the answer is drawn, or it is kept nowhere.
"""

from collections.abc import Callable, Mapping
from typing import Final, TypeVar
from urllib.parse import quote

from msgspec import Struct

from whocut.i18n.language import Language
from whocut.i18n.text import text_in
from whocut.publish.desk.appeal import (
    APPEAL_STATE_WORDS,
    HAPPENED_WORDS,
    REASON_WORDS,
    appeal_text,
    period_words,
)
from whocut.publish.desk.desk import Closed, Desk, today
from whocut.publish.desk.exemption import DaysLaw, ReportLaw, law_of_report
from whocut.publish.desk.flood import FormToken
from whocut.publish.desk.form import (
    LIMITS,
    NO_PERSON,
    Body,
    FormFault,
    Report,
    read_correction,
    read_reply,
    read_report,
)
from whocut.publish.desk.ownership import TOKEN_NAME, TOKEN_PATH, make_token
from whocut.publish.desk.parties import service_names
from whocut.publish.edition.ledger_rows import RecordRow
from whocut.publish.site.asking import country_codes
from whocut.publish.site.desk_words import (
    closed_words,
    country_choices,
    fault_words,
    home_choices,
    period_choices,
    region_words,
    sector_choices,
    token_words,
    trap_words,
)
from whocut.publish.site.page import Asked, Page, PageRoute
from whocut.publish.site.places import is_in
from whocut.publish.site.words import word

__all__ = ["ROUTES"]

_TRAP: Final = "website"
"""A field that nobody sees, and that machines fill in."""
_MOST_RECORDS: Final = 10
_TRIAL: Final = Desk(None, None)
"""Where there is no observatory: it shows the forms and takes nothing."""


class _Form(Struct, frozen=True):
    """One form as it is shown: with what was typed, and with what is wrong."""

    name: str
    token: str
    values: Mapping[str, str]
    faults: tuple[tuple[str, str], ...] = ()
    """Field and sentence; without a field it is about the whole form."""
    is_revealing: bool = False
    closed: str = ""


def _desk(asked: Asked) -> Page:
    text = asked.text
    closed = _desk_of(asked).closed()
    return Page(
        "desk.html",
        text.gettext("The desk: report, reply, correct"),
        {"closed": closed_words(text, closed) if closed else ""},
        description=text.gettext(
            "Report a closed account, a refused payment or a label; reply as a named party; "
            "correct a record. Nothing that tells who you are is asked or kept."
        ),
        is_private=True,
    )


def _report(asked: Asked) -> Page:
    def read(form: Mapping[str, str], nonce: str) -> Report | tuple[FormFault, ...]:
        return read_report(form, countries=country_codes(), today=today(), nonce=nonce)

    if asked.form is None:
        given = {name: asked.query.get(name, "") for name in ("service", "country")}
        return _report_form(asked, given)
    met = _met(asked, "report", read, _report_form)
    if isinstance(met, Page):
        return met
    if asked.form.get("do") == "appeal":
        return _report_answer(asked, met, closed=_desk_of(asked).closed(), is_kept=False)
    closed = _desk_of(asked).take(met)
    return _report_answer(asked, met, closed=closed, is_kept=closed is None)


def _report_form(asked: Asked, values: Mapping[str, str], *faults: FormFault | str) -> Page:
    text = asked.text
    regions = region_words(text)
    context = {
        "form": _shown(asked, "report", values, faults),
        "services": service_names(),
        "countries": country_choices(text),
        "regions": regions,
        "periods": period_choices(text, today()),
        "sectors": sector_choices(text),
        "homes": home_choices(text),
        "happened": [(one, text.gettext(name)) for one, name in HAPPENED_WORDS.items()],
        "reasons": [(one, text.gettext(name)) for one, name in REASON_WORDS.items()],
        "appeals": [(one, text.gettext(name)) for one, name in APPEAL_STATE_WORDS.items()],
    }
    title = text.gettext("Report what happened to you")
    return _form_page("desk_report.html", title, context, faults)


def _report_answer(asked: Asked, report: Report, *, closed: Closed | None, is_kept: bool) -> Page:
    text = asked.text
    law = law_of_report(report)
    country = region_words(text).get(report.country) or text.country(report.country)
    appeal = appeal_text(text, report, law, country)
    english = text_in(Language.EN)
    country_english = region_words(english).get(report.country) or english.country(report.country)
    is_english = text.language is Language.EN
    appeal_english = "" if is_english else appeal_text(english, report, law, country_english)
    here, elsewhere = _records(asked, law, report.country)
    context = {
        "is_kept": is_kept,
        "closed": closed_words(text, closed) if closed else "",
        "report": report,
        "when": period_words(text, report.when),
        "country": country,
        "country_code": report.country.partition("-")[0],
        "law": law,
        "answers": [
            (
                one,
                word(text, "label", one.assessment.label),
                word(text, "certainty", one.assessment.confidence),
            )
            for one in _joined(law.answers)
        ],
        "homes": dict(home_choices(text)),
        "appeal": appeal,
        "appeal_english": appeal_english,
        "saved": f"data:text/plain;charset=utf-8,{quote(appeal)}",
        "saved_english": f"data:text/plain;charset=utf-8,{quote(appeal_english)}",
        "here": here,
        "elsewhere": elsewhere,
    }
    title = text.gettext("What the law said, and the text of an appeal")
    return Page("desk_answer.html", title, context, is_private=True)


def _joined(answers: tuple[DaysLaw, ...]) -> list[DaysLaw]:
    """Join days whose answer and exemptions are the same; what was weighed beside may differ."""
    joined: list[DaysLaw] = []
    for one in answers:
        last = joined[-1] if joined else None
        if (
            last is not None
            and last.home == one.home
            and last.assessment.label is one.assessment.label
            and last.exemptions == one.exemptions
        ):
            joined[-1] = DaysLaw(last.home, last.start, one.end, one.assessment, one.exemptions)
        else:
            joined.append(one)
    return joined


def _records(asked: Asked, law: ReportLaw, country: str) -> tuple[list[RecordRow], list[RecordRow]]:
    """Give the records of the company: those of the country, and others."""
    if law.actor is None:
        return [], []
    rows = asked.edition.ledger.of_actor(law.actor.id)
    code = country.partition("-")[0]
    here = [row for row in rows if any(is_in(place, code) for place in row.places)]
    elsewhere = [row for row in rows if row not in here]
    return here[:_MOST_RECORDS], elsewhere[:_MOST_RECORDS]


def _reply(asked: Asked) -> Page:
    token = make_token()

    def read(form: Mapping[str, str], nonce: str) -> Body | tuple[FormFault, ...]:
        is_known = _knows(asked)
        return read_reply(form, is_known=is_known, token=token, today=today(), nonce=nonce)

    return _letter(asked, "reply", read, _reply_form, token)


def _reply_form(asked: Asked, values: Mapping[str, str], *faults: FormFault | str) -> Page:
    context = {"form": _shown(asked, "reply", values, faults)}
    title = asked.text.gettext("Reply as the named party")
    return _form_page("desk_reply.html", title, context, faults)


def _correction(asked: Asked) -> Page:
    def read(form: Mapping[str, str], nonce: str) -> Body | tuple[FormFault, ...]:
        return read_correction(form, is_known=_knows(asked), today=today(), nonce=nonce)

    return _letter(asked, "correction", read, _correction_form, "")


def _correction_form(asked: Asked, values: Mapping[str, str], *faults: FormFault | str) -> Page:
    context = {"form": _shown(asked, "correction", values, faults)}
    title = asked.text.gettext("Correct a record")
    return _form_page("desk_correction.html", title, context, faults)


_Read = Callable[[Mapping[str, str], str], Body | tuple[FormFault, ...]]
_Show = Callable[..., Page]
_B = TypeVar("_B", bound=Body)


def _letter(asked: Asked, name: str, read: _Read, show: _Show, token: str) -> Page:
    """Take a reply or a correction: without a desk to take it there is nothing to give back."""
    if asked.form is None:
        return show(asked, {"about": asked.query.get("about", "")})
    closed = _desk_of(asked).closed()
    if closed is not None:
        return show(asked, asked.form, closed_words(asked.text, closed))
    met = _met(asked, name, read, show)
    if isinstance(met, Page):
        return met
    closed = _desk_of(asked).take(met)
    if closed is not None:
        return show(asked, asked.form, closed_words(asked.text, closed))
    context = {
        "kind": name,
        "token": token,
        "domain": getattr(met, "domain", ""),
        "token_path": TOKEN_PATH,
        "token_name": TOKEN_NAME,
    }
    return Page("desk_taken.html", asked.text.gettext("It is sealed"), context, is_private=True)


def _met(
    asked: Asked,
    name: str,
    read: Callable[[Mapping[str, str], str], _B | tuple[FormFault, ...]],
    show: _Show,
) -> _B | Page:
    """Meet one form: what it says, or the page that asks for it again with everything in place."""
    form = asked.form or {}
    desk = _desk_of(asked)
    if not desk.limits.admits(asked.sender):
        return _busy(asked)
    if form.get(_TRAP):
        return show(asked, form, trap_words(asked.text))
    token = desk.tokens.check(name, form.get("token", ""))
    if not isinstance(token, FormToken):
        return show(asked, form, token_words(asked.text, token))
    found = read(form, token.nonce)
    return show(asked, form, *found) if isinstance(found, tuple) else found


def _busy(asked: Asked) -> Page:
    return Page(
        "desk_busy.html",
        asked.text.gettext("Too many forms at once"),
        status=429,
        is_private=True,
    )


def _desk_of(asked: Asked) -> Desk:
    return asked.desk or _TRIAL


def _knows(asked: Asked) -> Callable[[str], bool]:
    def is_known(about: str) -> bool:
        id_ = about.partition("@")[0]
        ledger = asked.edition.ledger
        return (
            ledger.row(id_) is not None
            or asked.edition.findings.finding(id_) is not None
            or ledger.actor(id_) is not None
            or ledger.instrument(id_) is not None
        )

    return is_known


def _shown(
    asked: Asked, name: str, values: Mapping[str, str], faults: tuple[FormFault | str, ...]
) -> _Form:
    desk, text = _desk_of(asked), asked.text
    closed = desk.closed()
    told = tuple(
        ("", one) if isinstance(one, str) else (one.field, fault_words(text, one)) for one in faults
    )
    fields = (*LIMITS, "country", "when", "happened", "reason", "appeal", "sector", "based_in")
    return _Form(
        name=name,
        token=desk.tokens.make(name),
        values={field: values.get(field, "") for field in fields},
        faults=told,
        is_revealing=any(not isinstance(one, str) and one.parts for one in faults),
        closed=closed_words(text, closed) if closed else "",
    )


def _form_page(
    template: str, title: str, context: Mapping[str, object], faults: tuple[object, ...]
) -> Page:
    shared = {"limits": LIMITS, "trap": _TRAP, "no_person": NO_PERSON}
    status = 422 if faults else 200
    return Page(template, title, {**shared, **context}, status=status, is_private=True)


def _route(path: str, view: Callable[..., Page], name: str, *, takes_form: bool) -> PageRoute:
    # Sealing waits for the disk, and the first report for the law to be read.
    return PageRoute(path, view, name, is_slow=takes_form, takes_form=takes_form)


ROUTES: Final = (
    _route("/desk", _desk, "desk", takes_form=False),
    _route("/desk/report", _report, "desk_report", takes_form=True),
    _route("/desk/reply", _reply, "desk_reply", takes_form=True),
    _route("/desk/correction", _correction, "desk_correction", takes_form=True),
)
