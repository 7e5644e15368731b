"""The text of an appeal: what happened, what the law of those days said, what is asked.

Built from whole sentences in the reader's language; the words of the sender stand as they are.
It is no legal advice, and it claims no more than the ledger's answer carries.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from whocut.i18n.catalog import N_
from whocut.i18n.text import Text
from whocut.ledger.law.loading import load_law
from whocut.ledger.law.question import Label
from whocut.publish.desk.exemption import Cited, DaysLaw, ReportLaw
from whocut.publish.desk.form import AppealState, Happened, Reason, Report, days_of

__all__ = ["APPEAL_STATE_WORDS", "HAPPENED_WORDS", "REASON_WORDS", "appeal_text", "period_words"]

HAPPENED_WORDS: Final[Mapping[str, str]] = {
    Happened.ACCOUNT_CLOSED: N_("My account was closed"),
    Happened.ACCOUNT_SUSPENDED: N_("My account was suspended or limited"),
    Happened.SIGN_UP_REFUSED: N_("I could not open an account"),
    Happened.PAYMENT_REFUSED: N_("My payment, or a payment to me, was refused"),
    Happened.ACCESS_REFUSED: N_("The site or app refused me because of where I am"),
    Happened.SERVICE_ENDED: N_("A subscription or service was ended"),
    Happened.APP_REMOVED: N_("An app was removed, or cannot be installed or updated"),
    Happened.CONTENT_LABELLED: N_("What I published got a label because of my country"),
    Happened.CONTENT_REMOVED: N_("What I published was removed or hidden"),
    Happened.OTHER: N_("Something else"),
}
REASON_WORDS: Final[Mapping[str, str]] = {
    Reason.NONE_GIVEN: N_("No reason was given"),
    Reason.SANCTIONS: N_("Sanctions law"),
    Reason.EXPORT_CONTROL: N_("Export control"),
    Reason.STANCE: N_("The company's own stance"),
    Reason.PAYMENT: N_("Payments are not possible"),
    Reason.LOCAL_LAW: N_("A law or an order of my own state"),
    Reason.TERMS: N_("A breach of its terms, without more"),
    Reason.SECURITY: N_("Security, or suspicious activity"),
    Reason.OTHER: N_("Another reason"),
}
APPEAL_STATE_WORDS: Final[Mapping[str, str]] = {
    AppealState.NOT_OFFERED: N_("There was no way to object"),
    AppealState.NOT_TRIED: N_("I have not objected yet"),
    AppealState.NO_ANSWER: N_("I objected and got no answer"),
    AppealState.REFUSED: N_("I objected and it was refused"),
    AppealState.RESTORED: N_("I objected and it was restored"),
    AppealState.NOT_SAID: N_("I would rather not say"),
}
_ACCOUNT: Final = frozenset(
    {Happened.ACCOUNT_CLOSED, Happened.ACCOUNT_SUSPENDED, Happened.SERVICE_ENDED, Happened.OTHER}
)
_PAID: Final = _ACCOUNT | {Happened.PAYMENT_REFUSED, Happened.APP_REMOVED}
_CONTENT: Final = frozenset({Happened.CONTENT_LABELLED, Happened.CONTENT_REMOVED})


def period_words(text: Text, when: str) -> str:
    """Name a week or a quarter."""
    first, _ = days_of(when)
    if "W" in when:
        return text.gettext("the week of %(day)s", day=text.day(first))
    return text.gettext(
        "quarter %(quarter)s of %(year)s", quarter=when.partition("Q")[2], year=str(first.year)
    )


def appeal_text(text: Text, report: Report, law: ReportLaw, country: str) -> str:
    """Write an appeal to a company, to be copied and changed; ``country`` is the country's name."""
    company = law.actor.name if law.actor is not None else report.service
    lines = [
        text.gettext("To: %(company)s", company=company),
        text.gettext(
            "Subject: request to review a decision about users in %(country)s", country=country
        ),
        "",
        text.gettext("What happened: %(what)s", what=text.gettext(HAPPENED_WORDS[report.happened])),
        text.gettext("When: %(when)s", when=period_words(text, report.when)),
        text.gettext("Country: %(country)s", country=country),
        _reason(text, report),
    ]
    if report.text:
        lines += ["", text.gettext("In my own words:"), report.text]
    lines += ["", *_law(text, law, country), "", text.gettext("I ask you:")]
    lines += [f"{number}. {one}" for number, one in enumerate(_asked(text, report), 1)]
    lines += [
        "",
        text.gettext(
            "The United Nations Guiding Principles on Business and Human Rights ask companies to "
            "give those affected an effective way to complain (29), and say what such a way needs "
            "to be (31)."
        ),
    ]
    return "\n".join(lines) + "\n"


def _reason(text: Text, report: Report) -> str:
    if report.reason is Reason.NONE_GIVEN and not report.reason_text:
        return text.gettext("No reason was given to me.")
    reason = text.gettext(REASON_WORDS[report.reason])
    if report.reason_text:
        return text.gettext(
            "The reason that I was given: %(reason)s (%(words)s)",
            reason=reason,
            words=report.reason_text,
        )
    return text.gettext("The reason that I was given: %(reason)s", reason=reason)


def _law(text: Text, law: ReportLaw, country: str) -> Iterator[str]:
    if not law.answers:
        yield text.gettext(
            "If you rely on a law, please name the provision that required this on that day."
        )
        return
    for home in dict.fromkeys(one.home for one in law.answers):
        answers = [one for one in law.answers if one.home == home]
        if home:
            yield text.gettext(
                "If you are bound by the law of this state or union: %(home)s",
                home=_home_name(text, home),
            )
        yield from _answer(text, answers, country)


def _answer(text: Text, answers: list[DaysLaw], country: str) -> Iterator[str]:
    label = _label_of_all({one.assessment.label for one in answers})
    yield _sentence(text, label, country)
    exempted = _exempted_parts(answers) if label is Label.UNCLEAR else []
    if exempted:
        yield text.gettext(
            "For this part of what you offer, an exemption in force at that time plainly covers "
            "ordinary users: %(services)s",
            services=", ".join(exempted),
        )
    cited = _cited(answers) if label is not Label.REQUIRED else []
    if cited and label is Label.UNCLEAR:
        yield text.gettext("These exemptions were in force, and may cover it:")
    elif cited and label is Label.PERMITTED_NOT_REQUIRED:
        yield text.gettext("Beside that, these were in force and cover this kind of service:")
    yield from (f"- {_citation(text, one)}" for one in cited)


def _exempted_parts(answers: list[DaysLaw]) -> list[str]:
    """Name the services that are exempted on every day of the period, where others are not."""
    law = load_law()
    found = [
        {part.service for part in one.assessment.parts if part.label is Label.EXPRESSLY_EXEMPTED}
        for one in answers
    ]
    return [law.services_by_id[id_].name for id_ in sorted(set.intersection(*found))]


def _label_of_all(labels: set[Label]) -> Label:
    """Take the weakest answer that holds on every day of a period; a text must not claim more."""
    if len(labels) == 1:
        return labels.pop()
    is_free = labels <= {Label.EXPRESSLY_EXEMPTED, Label.PERMITTED_NOT_REQUIRED}
    return Label.PERMITTED_NOT_REQUIRED if is_free else Label.UNCLEAR


def _sentence(text: Text, label: Label, country: str) -> str:
    if label is Label.EXPRESSLY_EXEMPTED:
        return text.gettext(
            "As I read the public texts, an exemption in force at that time covers this kind of "
            "service for ordinary users in %(country)s, so that the ban it lifts did not require "
            "this:",
            country=country,
        )
    if label is Label.PERMITTED_NOT_REQUIRED:
        return text.gettext(
            "As I read the public texts, the law in force at that time did not require this for "
            "ordinary users in %(country)s.",
            country=country,
        )
    if label is Label.REQUIRED:
        return text.gettext(
            "If a ban required this, please name the provision, and say whether an exemption or a "
            "licence was considered."
        )
    return text.gettext(
        "If you rely on a law, please name the provision: the public texts do not make clear that "
        "the law of that day required this for ordinary users in %(country)s.",
        country=country,
    )


def _home_name(text: Text, home: str) -> str:
    return text.gettext("the European Union") if home == "EU" else text.country(home)


def _cited(answers: list[DaysLaw]) -> list[Cited]:
    found = {cited.id: cited for one in answers for cited in one.exemptions}
    return list(found.values())


def _citation(text: Text, one: Cited) -> str:
    if one.in_force_from and one.in_force_to:
        return text.gettext(
            "%(title)s (%(citation)s), in force from %(start)s until before %(end)s",
            title=one.title,
            citation=one.citation,
            start=one.in_force_from,
            end=one.in_force_to,
        )
    if one.in_force_from:
        return text.gettext(
            "%(title)s (%(citation)s), in force since %(start)s",
            title=one.title,
            citation=one.citation,
            start=one.in_force_from,
        )
    return f"{one.title} ({one.citation})"


def _asked(text: Text, report: Report) -> Iterator[str]:
    yield text.gettext(
        "to tell me the reason, and the provision of law or the rule of yours that it rests on;"
    )
    if report.happened in _CONTENT:
        yield text.gettext("to have a person review the decision, and to take it back if it errs;")
    else:
        yield text.gettext(
            "to have a person review the decision, and to restore the service if nothing requires "
            "that it stays cut off;"
        )
    if report.happened in _ACCOUNT | _CONTENT:
        yield text.gettext("to let me export my data, and to keep it until I have done so;")
    if report.happened in _PAID:
        yield text.gettext("to pay back what I paid for and could not use;")
    yield text.gettext("to answer me in writing, and to say how I can object to your answer.")
