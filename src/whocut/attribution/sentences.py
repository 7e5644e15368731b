"""Sentences of findings, from whole-sentence templates only, written in a language."""

import re
from collections.abc import Callable, Mapping
from typing import Final

from whocut.attribution.finding import Finding, Saying
from whocut.attribution.join.subject import ACCESS_NAME
from whocut.attribution.steps import STEPS
from whocut.attribution.stretch import read_stretch
from whocut.attribution.vocabulary import HypothesisId
from whocut.i18n.catalog import N_
from whocut.i18n.text import Text, isolate
from whocut.ledger.actor_names import called_in

__all__ = ["TEMPLATES", "is_account", "sentences", "settling_sentences", "write_saying"]

TEMPLATES: Final[Mapping[str, str]] = {
    "disputed": N_("It is disputed who cut off access from %(country)s to %(target)s."),
    "insufficient": N_(
        "The evidence does not carry an answer to who cut off access from %(country)s to "
        "%(target)s, or whether anybody did."
    ),
    "no_evidence": N_("There is no evidence on access from %(country)s to %(target)s."),
    "measured.service_decided": N_(
        "Measurements show that the service itself refuses access from %(country)s to %(target)s."
    ),
    "measured_weakly.service_decided": N_(
        "Measurements suggest that the service itself refuses access from %(country)s to "
        "%(target)s; one witness is not enough to be sure."
    ),
    "measured.edge_decided": N_(
        "Measurements show that a provider that the service relies on refuses access from "
        "%(country)s to %(target)s."
    ),
    "measured_weakly.edge_decided": N_(
        "Measurements suggest that a provider that the service relies on refuses access from "
        "%(country)s to %(target)s; one witness is not enough to be sure."
    ),
    "measured.state_interferes": N_(
        "Measurements show that somebody between the networks of %(country)s and %(target)s "
        "interferes."
    ),
    "measured_weakly.state_interferes": N_(
        "Measurements suggest that somebody between the networks of %(country)s and "
        "%(target)s interferes; one witness is not enough to be sure."
    ),
    "measured.operator_withdrew": N_(
        "Measurements show that a network operator stopped traffic between %(country)s and "
        "%(target)s."
    ),
    "measured_weakly.operator_withdrew": N_(
        "Measurements suggest that a network operator stopped traffic between %(country)s and"
        " %(target)s; one witness is not enough to be sure."
    ),
    "measured.outage": N_(
        "Measurements show that %(target)s was out of reach from %(country)s through a "
        "failure that nobody decided."
    ),
    "measured_weakly.outage": N_(
        "Measurements suggest that %(target)s was out of reach from %(country)s through a "
        "failure that nobody decided; one witness is not enough to be sure."
    ),
    "measured.bot_check": N_(
        "Measurements show that %(target)s met users in %(country)s with a check for "
        "machines, which is aimed at no country."
    ),
    "measured_weakly.bot_check": N_(
        "Measurements suggest that %(target)s met users in %(country)s with a check for "
        "machines, which is aimed at no country; one witness is not enough to be sure."
    ),
    "measured.no_cut": N_(
        "Measurements show that %(target)s was reached from %(country)s as from elsewhere."
    ),
    "measured_weakly.no_cut": N_(
        "Measurements suggest that %(target)s was reached from %(country)s as from elsewhere;"
        " one witness is not enough to be sure."
    ),
    "routes.service_decided": N_(
        "Tables of routes suggest that the service itself refuses access from %(country)s to "
        "%(target)s."
    ),
    "routes.edge_decided": N_(
        "Tables of routes suggest that a provider that the service relies on refuses access "
        "from %(country)s to %(target)s."
    ),
    "routes.state_interferes": N_(
        "Tables of routes suggest that somebody interferes with traffic between %(country)s "
        "and %(target)s."
    ),
    "routes.operator_withdrew": N_(
        "Tables of routes show that a network operator stopped carrying customers in %(country)s."
    ),
    "routes.outage": N_(
        "Tables of routes suggest a failure between %(country)s and %(target)s that nobody decided."
    ),
    "routes.bot_check": N_("Tables of routes suggest no cut between %(country)s and %(target)s."),
    "routes.no_cut": N_("Tables of routes show that links with %(country)s stayed."),
    "words.service_decided": N_(
        "The service is quoted as saying that it cut off access from %(country)s to %(target)s."
    ),
    "words.edge_decided": N_(
        "A provider that the service relies on is quoted as saying that it cut off access "
        "from %(country)s to %(target)s."
    ),
    "words.state_interferes": N_(
        "A state body is quoted as saying that it had access from %(country)s to %(target)s "
        "cut off."
    ),
    "words.operator_withdrew": N_(
        "A network operator is quoted as saying that it cut off %(country)s."
    ),
    "words.outage": N_("A failure of its own is what the operator of %(target)s speaks of."),
    "words.bot_check": N_("A check for machines is what the operator of %(target)s speaks of."),
    "words.no_cut": N_(
        "Nothing was cut off between %(country)s and %(target)s, as far as sources tell."
    ),
    "reported.service_decided": N_(
        "Sources without a stake report that the service itself cut off access from "
        "%(country)s to %(target)s; it was not measured."
    ),
    "reported.edge_decided": N_(
        "Sources without a stake report that a provider that the service relies on cut off "
        "access from %(country)s to %(target)s; it was not measured."
    ),
    "reported.state_interferes": N_(
        "Sources without a stake report that a state had access from %(country)s to "
        "%(target)s cut off; it was not measured."
    ),
    "reported.operator_withdrew": N_(
        "Sources without a stake report that a network operator cut off %(country)s; it was "
        "not measured."
    ),
    "reported.outage": N_(
        "Sources without a stake report a failure of %(target)s, or of networks in "
        "%(country)s, that nobody decided."
    ),
    "reported.bot_check": N_(
        "Sources without a stake report a check for machines at %(target)s, which is aimed at"
        " no country."
    ),
    "reported.no_cut": N_(
        "As far as sources tell, nothing was cut off for users in %(country)s: it was "
        "refused, or not carried out."
    ),
    "contradicted.service_decided": N_(
        "It was stated that the service itself cut off access from %(country)s to %(target)s;"
        " the evidence contradicts it."
    ),
    "contradicted.edge_decided": N_(
        "It was stated that a provider of the service cut off access from %(country)s to "
        "%(target)s; the evidence contradicts it."
    ),
    "contradicted.state_interferes": N_(
        "It was stated that access from %(country)s to %(target)s was cut off on the way or "
        "by order; the evidence contradicts it."
    ),
    "contradicted.operator_withdrew": N_(
        "It was stated that a network operator cut off %(country)s; the evidence contradicts it."
    ),
    "contradicted.outage": N_(
        "It was stated that a failure kept %(country)s from %(target)s; the evidence "
        "contradicts it."
    ),
    "contradicted.bot_check": N_(
        "It was stated that a check for machines kept %(country)s from %(target)s; the "
        "evidence contradicts it."
    ),
    "contradicted.no_cut": N_(
        "It was stated that nothing was cut off between %(country)s and %(target)s; the "
        "evidence contradicts it."
    ),
    "own.announces.access": N_(
        "%(party)s announced that it would cut off access from %(country)s to %(target)s."
    ),
    "relayed.announces.access": N_(
        "%(party)s, as sources relay, announced that it would cut off access from %(country)s"
        " to %(target)s."
    ),
    "own.announces.carriage": N_(
        "%(party)s announced that it would stop carrying traffic for customers in %(country)s."
    ),
    "relayed.announces.carriage": N_(
        "%(party)s, as sources relay, announced that it would stop carrying traffic for "
        "customers in %(country)s."
    ),
    "own.announces.limited": N_(
        "%(party)s announced that it would limit its service for users in %(country)s."
    ),
    "relayed.announces.limited": N_(
        "%(party)s, as sources relay, announced that it would limit its service for users in "
        "%(country)s."
    ),
    "own.admits.access": N_(
        "%(party)s said that it had cut off access from %(country)s to %(target)s."
    ),
    "relayed.admits.access": N_(
        "%(party)s, as sources relay, said that it had cut off access from %(country)s to "
        "%(target)s."
    ),
    "own.admits.carriage": N_(
        "%(party)s said that it had stopped carrying traffic for customers in %(country)s."
    ),
    "relayed.admits.carriage": N_(
        "%(party)s, as sources relay, said that it had stopped carrying traffic for customers"
        " in %(country)s."
    ),
    "own.admits.limited": N_(
        "%(party)s said that it had limited its service for users in %(country)s."
    ),
    "relayed.admits.limited": N_(
        "%(party)s, as sources relay, said that it had limited its service for users in "
        "%(country)s."
    ),
    "own.orders.access": N_(
        "%(party)s ordered that access from %(country)s to %(target)s be cut off."
    ),
    "relayed.orders.access": N_(
        "%(party)s, as sources relay, ordered that access from %(country)s to %(target)s be "
        "cut off."
    ),
    "own.orders.carriage": N_(
        "%(party)s ordered that traffic for customers in %(country)s be stopped."
    ),
    "relayed.orders.carriage": N_(
        "%(party)s, as sources relay, ordered that traffic for customers in %(country)s be stopped."
    ),
    "own.orders.limited": N_(
        "%(party)s ordered that a service be limited for users in %(country)s."
    ),
    "relayed.orders.limited": N_(
        "%(party)s, as sources relay, ordered that a service be limited for users in %(country)s."
    ),
    "own.restores.access": N_(
        "%(party)s said that access from %(country)s to %(target)s, which it had cut off, was back."
    ),
    "relayed.restores.access": N_(
        "%(party)s, as sources relay, said that access from %(country)s to %(target)s, which "
        "it had cut off, was back."
    ),
    "own.restores.carriage": N_(
        "%(party)s said that it carries traffic for customers in %(country)s again."
    ),
    "relayed.restores.carriage": N_(
        "%(party)s, as sources relay, said that it carries traffic for customers in "
        "%(country)s again."
    ),
    "own.restores.limited": N_(
        "%(party)s said that it no longer limits its service for users in %(country)s."
    ),
    "relayed.restores.limited": N_(
        "%(party)s, as sources relay, said that it no longer limits its service for users in "
        "%(country)s."
    ),
    "said_on": N_("It said so on %(day)s."),
    "words.service_decided.limited": N_(
        "The service itself is quoted as saying that it limits its service for users in "
        "%(country)s."
    ),
    "words.edge_decided.limited": N_(
        "A provider that the service relies on is quoted as saying that it limits its service"
        " for users in %(country)s."
    ),
    "reported.service_decided.limited": N_(
        "Sources without a stake report that the service itself limits its service for users "
        "in %(country)s; it was not measured."
    ),
    "reported.edge_decided.limited": N_(
        "Sources without a stake report that a provider that the service relies on limits its"
        " service for users in %(country)s; it was not measured."
    ),
    "named.service_decided": N_(
        "Measurements show that %(party)s refuses access from %(country)s to %(target)s."
    ),
    "named.edge_decided": N_(
        "Measurements show that %(party)s refuses access from %(country)s to %(target)s, by a"
        " rule of its own."
    ),
    "named.state_interferes": N_(
        "Measurements show that access from %(country)s to %(target)s is interfered with on "
        "the way, and the evidence ties %(party)s to it."
    ),
    "named.operator_withdrew": N_(
        "Measurements show that %(party)s stopped traffic between %(country)s and %(target)s."
    ),
    "named.route": N_(
        "Tables of routes show that customers in %(country)s lost their links to %(party)s, "
        "and other evidence says that it ended them."
    ),
    "named.documented": N_("Independent sources without a stake report that %(party)s did it."),
    "ended": N_("It was over by %(day)s."),
    "act.refused_to_cut": N_(
        "%(party)s was asked to cut off users in %(country)s, and says that it refuses."
    ),
    "act.restored": N_("%(party)s says that it serves users in %(country)s again."),
    "account.denies": N_("%(speaker)s denied having done it."),
    "account.denies_other": N_("According to %(speaker)s, it was not %(about)s."),
    "account.quotes.announces": N_(
        "According to %(speaker)s, %(about)s announced that it would do it."
    ),
    "account.quotes.admits": N_("According to %(speaker)s, %(about)s said that it had done it."),
    "account.quotes.orders": N_("According to %(speaker)s, %(about)s ordered it."),
    "account.quotes.restores": N_("According to %(speaker)s, %(about)s said that it was over."),
    "account.quotes.announces.limited": N_(
        "According to %(speaker)s, %(about)s announced that it would limit its service for "
        "users in %(country)s."
    ),
    "account.quotes.admits.limited": N_(
        "According to %(speaker)s, %(about)s said that it had limited its service for users in "
        "%(country)s."
    ),
    "account.quotes.orders.limited": N_(
        "According to %(speaker)s, %(about)s ordered that a service be limited for users in "
        "%(country)s."
    ),
    "account.quotes.restores.limited": N_(
        "According to %(speaker)s, %(about)s said that it no longer limits its service for "
        "users in %(country)s."
    ),
    "account.replies": N_("%(speaker)s replied; the reply stands with the evidence."),
    "account.interested": N_(
        "The word of %(speaker)s is that of an interested party: it is recorded, and not "
        "counted as evidence."
    ),
    "account.service_decided": N_("According to %(speaker)s, the service itself did it."),
    "account.about.service_decided": N_("According to %(speaker)s, %(about)s did it."),
    "account.edge_decided": N_("According to %(speaker)s, a provider of the service did it."),
    "account.about.edge_decided": N_(
        "According to %(speaker)s, %(about)s did it, as a provider of the service."
    ),
    "account.state_interferes": N_("According to %(speaker)s, a state had it done."),
    "account.about.state_interferes": N_("According to %(speaker)s, %(about)s had it done."),
    "account.operator_withdrew": N_("According to %(speaker)s, a network operator did it."),
    "account.about.operator_withdrew": N_(
        "According to %(speaker)s, %(about)s did it, as a network operator."
    ),
    "account.outage": N_("According to %(speaker)s, it was a failure that nobody decided."),
    "account.about.outage": N_("According to %(speaker)s, systems of %(about)s failed."),
    "account.bot_check": N_("According to %(speaker)s, it is a check for machines."),
    "account.about.bot_check": N_("According to %(speaker)s, %(about)s checks for machines."),
    "account.no_cut": N_("According to %(speaker)s, nothing was cut off."),
    "account.about.no_cut": N_("According to %(speaker)s, %(about)s cut nothing off."),
    "lag.same": N_("It was announced for %(first)s and first observed on the same day."),
}
"""Every template without a number, by its name; those under ``account.`` are somebody's word."""
_ONE_STOP: Final = re.compile(r"\.(\u2069)\.(?=\s|$)")
"""A name that ends in a full stop (Inc.) ends the sentence too."""
_NAMES: Final = frozenset({"party", "speaker", "about", "target"})
_DAYS: Final = frozenset({"day", "first", "second"})


def is_account(template: str) -> bool:
    """Tell whether a template is somebody's account, which may name whom that account names."""
    return template.startswith("account.")


def _measurements(text: Text, values: Mapping[str, str | int]) -> str:
    counted = text.ngettext(
        "%(n)s measurement was counted.", "%(n)s measurements were counted.", int(values["n"])
    )
    networks = text.ngettext(
        "%(n)s network was measured.", "%(n)s networks were measured.", int(values["networks"])
    )
    return f"{counted} {networks}"


def _customers(text: Text, values: Mapping[str, str | int]) -> str:
    lost = text.ngettext(
        "%(n)s customer lost the link.", "%(n)s customers lost the link.", int(values["n"])
    )
    at_risk = text.ngettext(
        "%(n)s customer was at risk.", "%(n)s customers were at risk.", int(values["all"])
    )
    return f"{lost} {at_risk}"


def _after(text: Text, values: Mapping[str, str | int]) -> str:
    return text.ngettext(
        "It was announced for %(first)s and first observed on %(second)s, %(n)s day later.",
        "It was announced for %(first)s and first observed on %(second)s, %(n)s days later.",
        int(values["n"]),
        **_written(text, {key: values[key] for key in ("first", "second")}),
    )


def _before(text: Text, values: Mapping[str, str | int]) -> str:
    return text.ngettext(
        "It was announced for %(first)s and first observed on %(second)s, %(n)s day earlier.",
        "It was announced for %(first)s and first observed on %(second)s, %(n)s days earlier.",
        int(values["n"]),
        **_written(text, {key: values[key] for key in ("first", "second")}),
    )


def _users_account(text: Text, values: Mapping[str, str | int]) -> str:
    return text.ngettext(
        "%(n)s user reports a closed account.",
        "%(n)s users report closed accounts.",
        int(values["n"]),
    )


def _users_payment(text: Text, values: Mapping[str, str | int]) -> str:
    return text.ngettext(
        "%(n)s user reports a refused payment.",
        "%(n)s users report refused payments.",
        int(values["n"]),
    )


def _users_page(text: Text, values: Mapping[str, str | int]) -> str:
    return text.ngettext(
        "%(n)s user reports a page that refuses.",
        "%(n)s users report pages that refuse.",
        int(values["n"]),
    )


def _users_unreached(text: Text, values: Mapping[str, str | int]) -> str:
    return text.ngettext(
        "%(n)s user reports that it cannot be reached.",
        "%(n)s users report that it cannot be reached.",
        int(values["n"]),
    )


def _users_slow(text: Text, values: Mapping[str, str | int]) -> str:
    return text.ngettext(
        "%(n)s user reports that it is slow.",
        "%(n)s users report that it is slow.",
        int(values["n"]),
    )


def _users_app(text: Text, values: Mapping[str, str | int]) -> str:
    return text.ngettext(
        "%(n)s user reports an app that is missing.",
        "%(n)s users report apps that are missing.",
        int(values["n"]),
    )


def _users_other(text: Text, values: Mapping[str, str | int]) -> str:
    return text.ngettext(
        "%(n)s user reports something else.",
        "%(n)s users report something else.",
        int(values["n"]),
    )


def _settles(text: Text, _values: Mapping[str, str | int]) -> str:
    return text.gettext("What would settle it is listed with each hypothesis.")


_WITH_NUMBERS: Final[Mapping[str, Callable[[Text, Mapping[str, str | int]], str]]] = {
    "rests.measurements": _measurements,
    "rests.customers": _customers,
    "lag.after": _after,
    "lag.before": _before,
    "users.closed_account": _users_account,
    "users.refused_payment": _users_payment,
    "users.refused_page": _users_page,
    "users.cannot_reach": _users_unreached,
    "users.slow": _users_slow,
    "users.app_missing": _users_app,
    "users.label": _users_other,
    "users.other": _users_other,
    "settles": _settles,
}


def _day(text: Text, value: str) -> str:
    """Write a day; a month, year or span stands as it was given."""
    try:
        found = read_stretch(value)
    except ValueError:
        return isolate(value)
    if found.days == 1 and found.first is not None:
        return text.day(found.first)
    return isolate(value)


def _country(text: Text, code: str) -> str:
    """Name a country; those of the laboratory (XA to XZ, save Kosovo) stand for themselves."""
    if code.startswith("X") and code != "XK":
        return code
    country, _, part = code.partition("-")
    return f"{text.country(country)} ({code})" if part else text.country(code)


def _written(text: Text, values: Mapping[str, str | int]) -> dict[str, str]:
    written = {}
    for key, value in values.items():
        if key in _NAMES and value == ACCESS_NAME:
            written[key] = text.gettext("the Internet as such")
        elif key in _NAMES:
            written[key] = isolate(called_in(str(text.language), str(value)))
        elif key == "country":
            written[key] = _country(text, str(value))
        elif key in _DAYS:
            written[key] = _day(text, str(value))
        else:
            written[key] = text.number(value) if isinstance(value, int) else str(value)
    return written


def write_saying(saying: Saying, text: Text) -> str:
    """Write one sentence in a language."""
    if saying.template in _WITH_NUMBERS:
        return _WITH_NUMBERS[saying.template](text, saying.values)
    said = text.gettext(TEMPLATES[saying.template], **_written(text, saying.values))
    return _ONE_STOP.sub(r".\1", said)


def sentences(finding: Finding, text: Text) -> tuple[str, ...]:
    """Write what a finding says, in a language."""
    return tuple(write_saying(saying, text) for saying in finding.says)


def settling_sentences(finding: Finding, hypothesis: HypothesisId, text: Text) -> tuple[str, ...]:
    """Write what would settle one hypothesis, in a language."""
    found = next(one for one in finding.hypotheses if one.id is hypothesis)
    return tuple(text.gettext(STEPS[step]) for step in found.settles)
