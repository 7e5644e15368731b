"""What it is in plain words, how sure that is, and what to do next: the answer to "Is it me?".

The answer is chosen from what findings and cells say, never made anew here: where a finding names
a party well enough, its hypothesis stands; else the cell answers; else nobody knows. Steps are safe
for a person at risk: none advises to go around a law or a sanction, and none sends anybody out to
measure without a word on the risk.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from whocut.attribution.vocabulary import FindingGrade, HypothesisId, Status
from whocut.i18n.catalog import N_
from whocut.i18n.text import Text
from whocut.model.taxonomy import CellAnswer
from whocut.publish.edition.access_rows import PairRow
from whocut.publish.edition.finding_rows import FindingRow

__all__ = [
    "OLD_AFTER",
    "Said",
    "TellsOf",
    "certainty",
    "headline",
    "is_old",
    "meaning",
    "said_by_cell",
    "said_by_findings",
    "steps",
]

OLD_AFTER: Final = timedelta(weeks=8)
"""An answer of a week longer ago is said to be old. provisional"""


class Said(StrEnum):
    """What it is."""

    THEM = "them"
    EDGE = "edge"
    THEM_OR_EDGE = "them_or_edge"
    STATE = "state"
    OPERATOR = "operator"
    WAY = "way"
    BOTH = "both"
    OUTAGE = "outage"
    NETWORK = "network"
    BOT = "bot"
    SERVED = "served"
    DISPUTED = "disputed"
    CUT = "cut"
    UNSURE = "unsure"
    NOTHING = "nothing"


class TellsOf(StrEnum):
    """On which side documents tell of a cut-off."""

    SERVICE = "service"
    WAY = "way"


_BY_CELL: Final[Mapping[str, Said]] = {
    CellAnswer.SERVED: Said.SERVED,
    CellAnswer.REFUSED_SERVICE: Said.THEM,
    CellAnswer.REFUSED_EDGE: Said.EDGE,
    CellAnswer.REFUSED: Said.THEM_OR_EDGE,
    CellAnswer.INTERFERED: Said.WAY,
    CellAnswer.TWO_CAUSES: Said.BOTH,
    CellAnswer.TARGET_DOWN: Said.OUTAGE,
    CellAnswer.NETWORK_DOWN: Said.NETWORK,
    CellAnswer.BOT_CHECK: Said.BOT,
    CellAnswer.CUT_UNATTRIBUTED: Said.CUT,
}
_BY_HYPOTHESIS: Final[Mapping[HypothesisId, Said]] = {
    HypothesisId.SERVICE_DECIDED: Said.THEM,
    HypothesisId.EDGE_DECIDED: Said.EDGE,
    HypothesisId.STATE_INTERFERES: Said.WAY,
    HypothesisId.OPERATOR_WITHDREW: Said.OPERATOR,
    HypothesisId.OUTAGE: Said.OUTAGE,
    HypothesisId.BOT_CHECK: Said.BOT,
    HypothesisId.NO_CUT: Said.SERVED,
}
_SERVICE_SIDE: Final = frozenset({Said.THEM, Said.EDGE, Said.THEM_OR_EDGE})
_ALIKE: Final[Mapping[Said, frozenset[Said]]] = {
    Said.THEM_OR_EDGE: _SERVICE_SIDE,
    Said.WAY: frozenset({Said.WAY, Said.STATE}),
    Said.BOTH: frozenset({*_SERVICE_SIDE, Said.WAY, Said.STATE, Said.OPERATOR}),
    Said.CUT: frozenset(),
    Said.DISPUTED: frozenset(),
}
"""Hypotheses by which an answer is as sure as they are."""
_CARRIES: Final = (FindingGrade.PROOF, FindingGrade.STRONG)
"""Grades of a finding on which a party is named to a person who has to act on it."""
_HEADLINES: Final[Mapping[Said, str]] = {
    Said.THEM: N_("It is not you. The service refuses this country."),
    Said.EDGE: N_("It is not you. A company below the service refuses this country."),
    Said.THEM_OR_EDGE: N_("It is not you. The service, or a company below it, refuses it."),
    Said.STATE: N_("It is not you. The state has it blocked."),
    Said.OPERATOR: N_("It is not you. A network operator no longer carries it."),
    Said.WAY: N_("It is not you. Somebody on the way to the service interferes."),
    Said.BOTH: N_("It is not you. Two causes are at work at once."),
    Said.OUTAGE: N_("It is not you. It is down for everybody."),
    Said.NETWORK: N_("The networks that measured it were down themselves."),
    Said.BOT: N_("It is a check for machines. It is not aimed at this country."),
    Said.SERVED: N_("The service answers in this country. It may be your own line or account."),
    Said.DISPUTED: N_("It is not you. It is cut off, and it is disputed by whom."),
    Said.CUT: N_("It is not you. It is cut off, and by whom is not shown."),
    Said.UNSURE: N_("We do not know. It was measured, and that is not enough for an answer."),
    Said.NOTHING: N_("We do not know. Nobody has measured it in this country."),
}
_MEANINGS: Final[Mapping[Said, str]] = {
    Said.THEM: N_(
        "The service answers, and its answer is no. Another provider of yours changes nothing."
    ),
    Said.EDGE: N_(
        "The service pays a company to deliver its pages. That company refuses, by a rule of its "
        "own or of its customer. The service may not know."
    ),
    Said.THEM_OR_EDGE: N_(
        "A page of refusal comes back. Whether the service or the company that delivers its pages "
        "decided it is not shown."
    ),
    Said.STATE: N_(
        "The service does not refuse you. The evidence that the state has it blocked is given on "
        "the page of the finding, with what speaks against it."
    ),
    Said.OPERATOR: N_(
        "A company that carries traffic for others stopped carrying it. Another provider of yours "
        "may still reach it."
    ),
    Said.WAY: N_(
        "The service does not refuse you. Something between you and it ends or changes the "
        "exchange: your network, or somebody above it. Measurements alone do not show on whose "
        "order."
    ),
    Said.BOTH: N_(
        "If one of them ended today, the service would still not be reached. Both are shown below."
    ),
    Said.OUTAGE: N_("No country was cut off. It fails everywhere at the same time."),
    Said.NETWORK: N_("That says nothing about the service. It has to be measured again."),
    Said.BOT: N_(
        "Shared addresses, tunnels and old browsers meet such checks more often, in every country."
    ),
    Said.SERVED: N_(
        "It was reached from the networks that were measured; yours may differ. Measurements say "
        "nothing about accounts, payments and apps: the documents below may."
    ),
    Said.DISPUTED: N_(
        "The accounts of the parties exclude each other, and nothing settles it yet. All of them "
        "stand on the page of the finding."
    ),
    Said.CUT: N_(
        "It works from other countries. What was measured fits a refusal by the service as well as "
        "interference on the way."
    ),
    Said.UNSURE: N_("Not enough evidence is neither served nor cut off."),
    Said.NOTHING: N_("Not measured is neither served nor cut off. Below is what else is known."),
}
_SURE: Final[Mapping[str, str]] = {
    FindingGrade.PROOF: N_("How sure: this is proven."),
    FindingGrade.STRONG: N_("How sure: the evidence is strong."),
    FindingGrade.SUGGESTIVE: N_("How sure: there are signs of it, not enough to be sure."),
    FindingGrade.INSUFFICIENT: N_("How sure: the evidence does not carry an answer."),
    FindingGrade.CONTRADICTED: N_("How sure: other evidence speaks against it."),
}
_NOT_WEIGHED: Final = N_("How sure: measurements say so; no finding has weighed it.")
_WRITE_TO_THEM: Final = N_(
    "Ask the service why, in writing, and keep its answer. Say which country you are in and what "
    "you need. Send no papers that you would not want to lose."
)
_EXEMPTED: Final = N_(
    "See whether an exemption in force today covers it. If it does, name it in your letter: many "
    "refusals go further than the law asks."
)
_NO_WAY_AROUND: Final = N_(
    "We give no advice on going around a sanction or a law. If you need the service to stay safe, "
    "ask a lawyer or a digital-rights group that you trust, on a device that you trust."
)
_REPORT: Final = N_(
    "Tell us about it without saying who you are. The form also gives you the text of an appeal."
)
_DO_NOT_PRESS: Final = N_(
    "Do not try again and again if using this service may bring you trouble where you are. "
    "Networks can record it."
)
_ASK_OPERATOR: Final = N_(
    "If it is safe to ask: your network operator may say whether it is a fault or an order, and on "
    "what ground. The body that keeps the list of blocks may take a complaint."
)
_LEGAL_HELP: Final = N_(
    "Lawyers for digital rights can tell what the law where you are says of a block, and of asking "
    "about it. Ask them before you complain under your own name."
)
_WAIT: Final = N_("Wait, and look again later. The service may say on its own pages what is wrong.")
_OTHER_LINE: Final = N_(
    "Try the same page on another line that you may use: a home line, a mobile line, a library."
)
_PLAIN_BROWSER: Final = N_(
    "Open it in an ordinary browser without add-ons, at another time of day."
)
_OWN_LINE: Final = N_(
    "Look at your own side: another browser, another device, the state of your account, your bill."
)
_MEASURE: Final = N_(
    "If it is safe where you are, measure it with OONI Probe, a free app. Know this first: it "
    "publishes your network, your country and the time; your network can see that you run it; and "
    "in some places that, or visiting this page at all, can be held against you."
)
_THEIRS: Final = (_WRITE_TO_THEM, _EXEMPTED, _REPORT, _NO_WAY_AROUND)
_ON_THE_WAY: Final = (_DO_NOT_PRESS, _ASK_OPERATOR, _LEGAL_HELP)
_STEPS: Final[Mapping[Said, Sequence[str]]] = {
    Said.THEM: _THEIRS,
    Said.EDGE: _THEIRS,
    Said.THEM_OR_EDGE: _THEIRS,
    Said.STATE: _ON_THE_WAY,
    Said.OPERATOR: (_ASK_OPERATOR, _OTHER_LINE),
    Said.WAY: _ON_THE_WAY,
    Said.BOTH: (_DO_NOT_PRESS, _WRITE_TO_THEM, _EXEMPTED, _LEGAL_HELP),
    Said.OUTAGE: (_WAIT,),
    Said.NETWORK: (_WAIT, _OTHER_LINE, _MEASURE),
    Said.BOT: (_PLAIN_BROWSER, _OTHER_LINE),
    Said.SERVED: (_OWN_LINE, _OTHER_LINE, _REPORT),
    Said.DISPUTED: (_DO_NOT_PRESS, _LEGAL_HELP, _REPORT),
    Said.CUT: (_DO_NOT_PRESS, _LEGAL_HELP, _MEASURE),
    Said.UNSURE: (_OTHER_LINE, _MEASURE),
    Said.NOTHING: (_MEASURE, _REPORT),
}
_OPEN: Final = (Said.NOTHING, Said.UNSURE, Said.SERVED)
_TOLD: Final[Mapping[frozenset[TellsOf], Sequence[str]]] = {
    frozenset(): (),
    frozenset({TellsOf.SERVICE}): (_WRITE_TO_THEM, _EXEMPTED),
    frozenset({TellsOf.WAY}): (_DO_NOT_PRESS, _LEGAL_HELP),
    frozenset(TellsOf): (_DO_NOT_PRESS, _WRITE_TO_THEM, _EXEMPTED, _LEGAL_HELP),
}
"""Steps that documents call for, where measurements give no answer or cannot see accounts."""


def said_by_cell(row: PairRow | None) -> Said:
    """Read an answer off the cell of a target in a country; None where there is no cell."""
    if row is None:
        return Said.NOTHING
    return _BY_CELL.get(row.answer, Said.UNSURE)


def said_by_findings(findings: Iterable[FindingRow], row: PairRow | None) -> Said:
    """Let findings answer, where they rest on measurements of these weeks; else the cell.

    A party is named on proof or strong evidence alone, and a state only where the finding names
    one: that somebody on the way interferes does not say who.
    """
    otherwise = said_by_cell(row)
    if row is None:
        return otherwise
    about = [one for one in findings if one.n_measured and not one.is_lab and _is_of(one, row.week)]
    if any(one.status is Status.DISPUTED for one in about) and row.is_cut:
        return Said.DISPUTED
    found = {
        said
        for one in about
        if one.grade in _CARRIES and one.status is Status.HELD
        for said in _held(one)
        if said is not Said.SERVED
    }
    if not found:
        return otherwise
    if len(found) == 1:
        return next(iter(found))
    return Said.THEM_OR_EDGE if found <= _SERVICE_SIDE else Said.BOTH


def certainty(text: Text, said: Said, findings: Iterable[FindingRow], row: PairRow | None) -> str:
    """Say in words how sure an answer is: by the grade of a finding that holds the same."""
    if row is None or said in (Said.UNSURE, Said.NOTHING):
        return ""
    alike = _ALIKE.get(said, frozenset({said}))
    grades = {
        one.grade
        for one in findings
        if one.n_measured and _is_of(one, row.week) and not alike.isdisjoint(_held(one))
    }
    best = next((grade for grade in _SURE if grade in grades), None)
    return text.gettext(_NOT_WEIGHED if best is None else _SURE[best])


def _is_of(finding: FindingRow, week: date) -> bool:
    return finding.until is None or finding.until >= week


def _held(finding: FindingRow) -> set[Said]:
    named = {one.hypothesis for one in finding.named if one.grade in _CARRIES}
    return {
        Said.STATE if one in named and one is HypothesisId.STATE_INTERFERES else _BY_HYPOTHESIS[one]
        for one in finding.holds
        if one in _BY_HYPOTHESIS
    }


def headline(text: Text, said: Said) -> str:
    """Answer in a sentence or two."""
    return text.gettext(_HEADLINES[said])


def meaning(text: Text, said: Said) -> str:
    """Say what that means."""
    return text.gettext(_MEANINGS[said])


def steps(
    text: Text,
    said: Said,
    *,
    has_exemption: bool = True,
    told_by: frozenset[TellsOf] = frozenset(),
) -> tuple[str, ...]:
    """Say what to do next; an exemption is only spoken of where one is in force.

    Where measurements leave it open, what documents tell of decides with whom to begin.
    """
    first = _TOLD[told_by] if said in _OPEN else ()
    return tuple(
        text.gettext(step)
        for step in dict.fromkeys((*first, *_STEPS[said]))
        if has_exemption or step is not _EXEMPTED
    )


def is_old(week: date, today: date) -> bool:
    """Say whether an answer of a week is so old that it may hold no longer."""
    return today - week > OLD_AFTER
