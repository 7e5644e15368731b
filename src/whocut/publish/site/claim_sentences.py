"""The one neutral sentence of a record in each language; its verb follows from the evidence.

Every message is a whole sentence, so that a translator can turn it as a language wants. A party is
named where the voice carries it, by the rules of ``whocut.ledger.claims``: where it is disputed, or
only measured, who decided, nobody stands as the doer.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from whocut.i18n.catalog import N_
from whocut.i18n.language import Language
from whocut.i18n.text import Text, isolate
from whocut.ledger.claims import EFFECTS, Account, Claim, ClaimedParty, Reporting, Voice
from whocut.ledger.vocabulary import CarriedOut, DateKind, Grade, Kind, Stance
from whocut.publish.site.claim_words import ANNOUNCED, DID, EFFECT_WORDS, REPORTED, SAID
from whocut.publish.site.places import place_name
from whocut.publish.site.told_days import told_day, told_days
from whocut.publish.site.words import word

__all__ = ["act_words", "claim_sentence", "party_name", "when_words"]

_MOST_PLACES: Final = 6
_MOST_DOMAINS: Final = 3
_MEASURES: Final[Mapping[Kind, str]] = {
    Kind.PARTIAL: N_("in part"),
    Kind.SERIES: N_("more than once"),
}
_MOMENTS: Final[Mapping[DateKind, str]] = {
    DateKind.ANNOUNCED: N_("announced: %(day)s"),
    DateKind.EFFECTIVE: N_("in effect from: %(day)s"),
    DateKind.FIRST_OBSERVED: N_("first observed: %(day)s"),
    DateKind.DISCLOSED: N_("made known by others: %(day)s"),
    DateKind.ENDED: N_("ended: %(day)s"),
}
_TO_TAKE_EFFECT: Final = N_("to take effect: %(day)s")
_WITHDRAWN: Final = N_("withdrawn: %(day)s")
_KEPT: Final = frozenset({Kind.REFUSAL, Kind.RESTORATION})


def claim_sentence(text: Text, claim: Claim) -> str:
    """Say what a record tells, and on whose word."""
    said = [_told(text, claim)]
    if claim.upstream and not claim.is_by_unknown:
        said.append(
            text.gettext(
                "Behind it, as the sources tell, stands a rule, order, request or refusal of: "
                "%(who)s.",
                who=_listed(text, claim.upstream),
            )
        )
    if claim.carried_out is CarriedOut.PARTLY:
        said.append(text.gettext("It was carried out in part."))
    if claim.carried_out is CarriedOut.NO:
        said.append(text.gettext("It was not carried out."))
    if claim.carried_out is CarriedOut.UNKNOWN:
        said.append(text.gettext("Whether it was carried out is not known."))
    return _with_cautions(text, claim, " ".join(said))


def act_words(text: Text, claim: Claim) -> str:
    """Name what was done, or where nobody may stand as the doer what was felt."""
    if claim.is_by_unknown and claim.action in EFFECTS:
        act = text.gettext(EFFECT_WORDS[claim.action])
    else:
        act = word(text, "action", claim.action)
    measure = _MEASURES.get(claim.kind)
    if measure is None:
        return act
    return text.gettext("%(act)s, %(measure)s", act=act, measure=text.gettext(measure))


def party_name(text: Text, party: ClaimedParty) -> str:
    """Name a party in the reader's language where it has a name there; kept apart from its line."""
    name = isolate(party.names.get(str(text.language), party.name))
    if text.language is Language.EN and party.article:
        return f"{party.article} {name}"
    return name


def when_words(text: Text, claim: Claim) -> str:
    """Give every moment that is told, with its tellings."""
    messages = dict(_MOMENTS)
    if claim.is_plan:
        messages[DateKind.EFFECTIVE] = _TO_TAKE_EFFECT
    if claim.carried_out is CarriedOut.NO:
        messages[DateKind.ENDED] = _WITHDRAWN
    parts = [text.gettext(messages[kind], day=told_days(text, days)) for kind, days in claim.dates]
    return "; ".join(parts) or text.gettext("no source gives a date")


def _told(text: Text, claim: Claim) -> str:
    who, about = _listed(text, claim.deciders), _about(text, claim)
    if claim.is_by_unknown:
        return _felt(text, claim, who, about)
    if claim.voice is Voice.ANNOUNCED:
        if claim.kind in _KEPT:
            return _done(text, claim, who, about)
        if not claim.is_plan:
            return text.gettext(ANNOUNCED[claim.action], who=who, about=about)
        act = word(text, "action", claim.action)
        return text.gettext(
            "%(who)s announced a plan: %(act)s (%(about)s).", who=who, act=act, about=about
        )
    messages = REPORTED if claim.voice is Voice.REPORTED else SAID
    said = _reported(text, claim.reporting, messages, _done(text, claim, who, about))
    return f"{said} {_denial(text, claim, who)}" if claim.voice is Voice.DENIED else said


def _felt(text: Text, claim: Claim, who: str, about: str) -> str:
    """Tell what was felt, and that it is not shown who did it."""
    act = act_words(text, claim)
    if claim.voice is Voice.MEASURED:
        return text.gettext(
            "Measurement shows: %(act)s (%(about)s). It does not show who decided; the sources "
            "name: %(who)s.",
            act=act,
            about=about,
            who=who,
        )
    accounts = _accounts(text, claim.accounts)
    if claim.voice is Voice.DISPUTED:
        return text.gettext(
            "This is told: %(act)s (%(about)s). Who decided is disputed. %(accounts)s",
            act=act,
            about=about,
            accounts=accounts,
        )
    return text.gettext(
        "This is told: %(act)s (%(about)s). Who decided is open. %(accounts)s",
        act=act,
        about=about,
        accounts=accounts,
    )


def _done(text: Text, claim: Claim, who: str, about: str) -> str:
    """Tell the act; what was not done, or not shown to be, is told as a plan."""
    if claim.is_plan:
        act = word(text, "action", claim.action)
        return text.gettext(
            "%(who)s planned this: %(act)s (%(about)s).", who=who, act=act, about=about
        )
    return text.gettext(DID[claim.action], who=who, about=about)


def _reported(text: Text, reporting: Reporting, messages: Mapping[Stance, str], claim: str) -> str:
    if reporting.stance is None:
        return text.gettext("It is told without a source: %(claim)s", claim=claim)
    if reporting.is_seen:
        return text.gettext(messages[reporting.stance], claim=claim)
    return text.gettext(
        "It is told, in a source that nobody here has read (%(stance)s): %(claim)s",
        stance=word(text, "stance", reporting.stance),
        claim=claim,
    )


def _denial(text: Text, claim: Claim, who: str) -> str:
    # Where it is not recorded who denies it, the decider is not made to have spoken.
    if claim.is_denied_by_decider:
        return text.gettext("Denied by: %(who)s.", who=who)
    return text.gettext("It is denied.")


def _accounts(text: Text, accounts: Sequence[Account]) -> str:
    """Name every account: who gives it, and whom it names. What it says of them is not judged."""
    return " ".join(_account(text, one) for one in accounts) or text.gettext(
        "The accounts are not recorded."
    )


def _account(text: Text, one: Account) -> str:
    if one.speaker is None:
        if one.named is None:
            return text.gettext("An account in the sources names no decider.")
        named = party_name(text, one.named)
        return text.gettext("An account in the sources names: %(named)s.", named=named)
    speaker = party_name(text, one.speaker)
    if one.is_own:
        # It may say that it did it, or that it did not: both are its own account.
        return text.gettext("An account by %(who)s speaks of its own part.", who=speaker)
    if one.named is None:
        return text.gettext("An account by %(who)s names no decider.", who=speaker)
    named = party_name(text, one.named)
    return text.gettext("An account by %(who)s names: %(named)s.", who=speaker, named=named)


def _about(text: Text, claim: Claim) -> str:
    """Give in what measure, of what service, where and when."""
    parts = []
    if (measure := _MEASURES.get(claim.kind)) and not claim.is_by_unknown:
        parts.append(text.gettext(measure))
    if claim.domains:
        parts.append(_domains(text, claim.domains))
    parts += [_places(text, claim.places), when_words(text, claim)]
    return "; ".join(parts)


def _domains(text: Text, domains: Sequence[str]) -> str:
    shown = [isolate(one) for one in domains[:_MOST_DOMAINS]]
    if more := len(domains) - len(shown):
        shown.append(text.ngettext("%(n)s more domain", "%(n)s more domains", more))
    return text.listed(shown)


def _places(text: Text, places: Sequence[str]) -> str:
    shown = [place_name(text, one) for one in places[:_MOST_PLACES]]
    if more := len(places) - len(shown):
        shown.append(text.ngettext("%(n)s more place", "%(n)s more places", more))
    return text.listed(shown)


def _listed(text: Text, parties: Sequence[ClaimedParty]) -> str:
    if not parties:
        return text.gettext("nobody named")
    return text.listed(party_name(text, one) for one in parties)


def _with_cautions(text: Text, claim: Claim, said: str) -> str:
    if claim.kind is Kind.RUMOUR:
        said = text.gettext("A rumour, not shown: %(said)s", said=said)
    if claim.grade is Grade.LEAD:
        said = text.gettext("A lead, not confirmed: %(said)s", said=said)
    if claim.retracted_on is not None:
        day = told_day(text, claim.retracted_on)
        said = text.gettext(
            "Retracted on %(day)s, and no longer held: %(said)s", day=day, said=said
        )
    # An article at the head of an English sentence; a name stays as its bearer writes it.
    return f"{said[0].upper()}{said[1:]}" if said.startswith(("the ", "a ")) else said
