"""The sentences of an answer, built from what was weighed; none passes judgment on an act."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Final

from whocut.ledger.law.finding import Finding, Verdict
from whocut.ledger.law.instrument import InForce
from whocut.ledger.law.law import Law
from whocut.ledger.law.question import (
    AskedService,
    Context,
    Label,
    LegalQuestion,
    Role,
    UsedProvision,
)
from whocut.ledger.law.reach import Cover, Person, Reach, binds
from whocut.ledger.law.rules import Demand, Exemption

__all__ = [
    "IF",
    "claimed_law",
    "domestic_operator",
    "foreign_law",
    "mixed_parts",
    "mixed_people",
    "not_recognised",
    "not_seen",
    "not_this_kind",
    "reasons_of",
    "state_reasons",
    "who_of",
]

IF: Final = {
    "blocked": "the customer is a blocked person, or owned by one by half or more",
    "government": "the customer is the government",
    "natural": "the customer is a natural person",
    "owned_us": "the customer is owned or controlled by US persons",
    "owned_eu": "the customer is owned by EU persons",
    "resident_eea": "the person resides in the EU, the EEA or Switzerland",
}
_LEANS: Final = {
    Label.REQUIRED: " The answer leans to required.",
    Label.EXPRESSLY_EXEMPTED: " The answer leans to expressly exempted.",
}


def not_recognised(question: LegalQuestion) -> str:
    """Name the fields that could not be read."""
    fields = question.unread or tuple(
        name
        for name, value in (("population", question.places), ("service", question.services))
        if not value
    )
    return f"Not recognised, so nothing is guessed: {'; '.join(fields)}."


def not_this_kind(question: LegalQuestion) -> str:
    """Say that no rule here speaks of this kind of actor."""
    return f"The actor is neither a company nor a state ({question.actor_kind}): no rule speaks."


def domestic_operator(question: LegalQuestion) -> str:
    """Say that an order at home may bind an operator."""
    home = ", ".join(question.actor_jurisdictions)
    return (
        f"An operator of {home} acts at home: an order of its own state may bind it, and none that "
        "fits is held here."
    )


def claimed_law(question: LegalQuestion) -> str:
    """Say that the ground is a law or an order that is not held."""
    return (
        f"The ground that is claimed is {question.claimed_law}, and nothing of that kind that fits "
        "is held here: whether it asked for this is open."
    )


def who_of(person: Person) -> str:
    """Name a sort of person."""
    if person.standing == "ordinary":
        return {"natural": "natural persons", "legal": "legal persons"}.get(person.person, "others")
    return {"blocked": "blocked persons", "government": "the government"}[person.standing]


def mixed_people(people: Iterable[tuple[str, Label]]) -> str:
    """Say that a population holds persons with different answers, so that it must be told apart."""
    told = "; ".join(
        dict.fromkeys(f"{who}: {label.value.replace('_', ' ')}" for who, label in people)
    )
    return f"The population holds persons with different answers: {told}."


def not_seen(question: LegalQuestion, place: str) -> str:
    """Say that what the actor's own law says of a place is not held, so silence means nothing."""
    home = ", ".join(question.actor_jurisdictions)
    return (
        f"Nothing held here asks a company of {home} for this in {place}, and its own law on that "
        "is not held in full: whether something asked for it is open."
    )


def mixed_parts(parts: Iterable[tuple[AskedService, str, Label]], law: Law) -> str:
    """Say that the parts of an act have different answers."""
    listed = list(parts)
    told = "; ".join(
        f"{law.services_by_id[asked.id].name} in {place}: {label.value.replace('_', ' ')}"
        for asked, place, label in listed
    )
    by_place = "Country by country, its" if len({place for _, place, _ in listed}) > 1 else "Its"
    return f"{by_place} parts have different answers: {told}."


def foreign_law(law: Law, question: LegalQuestion, day: date) -> Iterator[str]:
    """Name the sanctions of others that do not bind the actor, and what law is not held."""
    own = law.jurisdictions(question.actor_jurisdictions, day)
    home = ", ".join(question.actor_jurisdictions)
    others = {
        code
        for rule in law.rules
        if rule.power_of is None
        for place in question.places
        if law.is_within(place, rule.places, day) and "ANY" not in rule.places
        if binds(law, rule, question, place, day) is None
        for code in rule.binds
        if code in {"US", "EU", "GB"}
    }
    if others and not own & {"US", "EU", "GB", "IM"}:
        yield f"The sanctions of {', '.join(sorted(others))} do not bind a company of {home}."
    if not own & law.held_codes:
        yield f"No law of {home} is held here: what it said that day is not known."


def reasons_of(
    law: Law,
    question: LegalQuestion,
    answers: Iterable[tuple[AskedService, str, Sequence[Finding]]],
    day: date,
) -> Iterator[str]:
    """Say why, one sentence or two a rule."""
    for asked, place, findings in answers:
        service = law.services_by_id[asked.id].name
        for finding in findings:
            told = list(_of_finding(law, finding, service, day))
            if not told:
                home = ", ".join(question.actor_jurisdictions)
                told = [
                    f"No provision held here that binds a company of {home} speaks of {service} "
                    f"in {place} on {day}."
                ]
            yield from told


def _of_finding(law: Law, finding: Finding, service: str, day: date) -> Iterator[str]:
    for verdict in finding.verdicts:
        if verdict.label is not None:
            yield _reaching(law, verdict, service, day)
        elif finding.label is Label.PERMITTED_NOT_REQUIRED:
            yield _not_reaching(law, verdict, service, day)


def _reaching(law: Law, verdict: Verdict, service: str, day: date) -> str:
    rule = verdict.rule
    since = law.version(rule.provisions[-1]).begins
    told = f"{rule.provisions[-1]}, {rule.name}, since {rule.from_ or since}. {rule.why}"
    if verdict.reached.own:
        told += " This is own knowledge, or reaches this actor by own knowledge only."
    if verdict.reached.why:
        told += f" Open: {verdict.reached.why}."
    covering = [one for one, lift in verdict.lifts if lift.cover is Cover.YES]
    if covering:
        return f"{told} An exemption covers {service}: {_named(law, covering)}."
    for one, lift in verdict.lifts:
        if lift.cover in {Cover.DOUBT, Cover.OWN}:
            own = " (own knowledge)" if lift.cover is Cover.OWN else ""
            told += f" Whether {_named(law, [one])} covers {service} is open{own}: {lift.why}."
        elif lift.cover is Cover.OUTSIDE:
            told += f" {_named(law, [one])} leaves it out: {lift.why}."
        elif _is_for_all(one) and not law.version(one.provision).is_own(day):
            told += f" {_named(law, [one])} does not cover {service} for these users."
    if verdict.label is Label.UNCLEAR and verdict.leaning is not None:
        told += _LEANS.get(verdict.leaning, "")
    return told


def _is_for_all(exemption: Exemption) -> bool:
    return not (exemption.holder or exemption.only_named or exemption.binds)


def _not_reaching(law: Law, verdict: Verdict, service: str, day: date) -> str:
    rule = verdict.rule
    name = f"{rule.provisions[-1]}, {rule.name},"
    if rule.demands is Demand.MEASURES or rule.repeals:
        return f"{name} was in force. {rule.why}"
    if verdict.reached.reach is Reach.OTHER_PERSONS:
        told = f"{name} does not reach these users. {rule.why}"
        lifting = [
            one
            for one, _ in verdict.lifts
            if not (one.only_named or one.binds)
            and law.version(one.provision).in_force(day) is InForce.YES
        ]
        if lifting:
            told += f" They need no exemption; it is for others: {_named(law, lifting)}."
        return told
    form = f": {verdict.reached.why}" if verdict.reached.why else ""
    return f"{name} does not reach {service}{form}."


def _named(law: Law, exemptions: Sequence[Exemption]) -> str:
    return " and ".join(
        f"{law.version(one.provision).title} ({one.provision})" for one in exemptions
    )


def state_reasons(
    law: Law,
    question: LegalQuestion,
    used: Sequence[UsedProvision],
    context: Iterable[Context],
) -> Iterator[str]:
    """Say what stands beside a state's own act."""
    home = ", ".join(question.actor_jurisdictions)
    yield f"An act of {home} itself: no provision held here obliged it, so the label says no more."
    powers = [one for one in used if one.role is Role.POWER]
    if powers:
        yield f"Its own law gives a power: {', '.join(one.title for one in powers)}."
    else:
        yield f"No law of {home} that fits is held here."
    binding = [one.id for one in used if one.role is Role.BINDS_THE_STATE]
    if "iccpr-19" in binding:
        yield (
            "ICCPR 19 binds the state: a limit must be set by law, serve an aim that paragraph 3 "
            "names, and be necessary for it; ICCPR 20 says what it must prohibit, ICCPR 4 when it "
            "may derogate. Whether that was met is not answered here."
        )
    absent = [one for one in context if "no party" in one.why]
    if absent:
        yield f"Shown beside it and not binding here: {', '.join(one.id for one in absent)}."
    if set(question.actor_jurisdictions) & set(law.unions_of_parties):
        yield (
            "The union is no party to the covenants; its member states are, with the limits of "
            "ICCPR 19 paragraph 3, 20 and 4."
        )
