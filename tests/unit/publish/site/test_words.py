"""Every value of a closed set has words of its own, and no word stands for nothing."""

from enum import StrEnum
from typing import Final

import pytest

from whocut.access.gap import Place
from whocut.access.mechanisms import MECHANISMS
from whocut.access.standing import Stand
from whocut.access.target_model import ListingKind
from whocut.attribution.vocabulary import FindingGrade, HypothesisId, Status
from whocut.i18n.language import Language
from whocut.i18n.text import text_in
from whocut.ledger import vocabulary
from whocut.ledger.lags import LagKind
from whocut.ledger.lags_exemption import Case
from whocut.ledger.lags_regimes import BaseKind, Breadth, Order
from whocut.ledger.lags_spells import Why
from whocut.ledger.law import instrument, question
from whocut.ledger.scorecard import GROUPS as ACTOR_GROUPS
from whocut.ledger.scorecard import Standing
from whocut.ledger.sentences import Voice
from whocut.model import taxonomy
from whocut.publish.site.words import GROUPS, mechanism_family, word
from whocut.routes.changes import answer, reasons
from whocut.routes.whatif.scenario import Mode

_ENGLISH: Final = text_in(Language.EN)
_SETS: Final[tuple[tuple[str, type[StrEnum]], ...]] = (
    ("kind", vocabulary.Kind),
    ("action", vocabulary.Action),
    ("sector", vocabulary.Sector),
    ("layer", vocabulary.LedgerLayer),
    ("layer", taxonomy.Layer),
    ("actor_kind", vocabulary.LedgerActorKind),
    ("actor_kind", taxonomy.ActorKind),
    ("selector", vocabulary.Selector),
    ("ground", vocabulary.GroundCategory),
    ("attribution", vocabulary.AttributionStatus),
    ("voice", Voice),
    ("carried_out", vocabulary.CarriedOut),
    ("edge", vocabulary.EdgeKind),
    ("edge_back", vocabulary.EdgeKind),
    ("moment", vocabulary.DateKind),
    ("telling", vocabulary.Telling),
    ("read", vocabulary.ReadLevel),
    ("stance", vocabulary.Stance),
    ("grade", vocabulary.Grade),
    ("grade_meaning", vocabulary.Grade),
    ("verification", vocabulary.Verification),
    ("access", vocabulary.Access),
    ("label", question.Label),
    ("label_meaning", question.Label),
    ("certainty", instrument.Certainty),
    ("role", question.Role),
    ("instrument_kind", instrument.InstrumentKind),
    ("whom", instrument.Whom),
    ("addressees", instrument.Addressees),
    ("effect", instrument.Effect),
    ("basis", instrument.Basis),
    ("text_read", instrument.Read),
    ("in_force", instrument.InForce),
    ("lag_kind", LagKind),
    ("lag_case", Case),
    ("base_kind", BaseKind),
    ("breadth", Breadth),
    ("order", Order),
    ("why", Why),
    ("standing", Standing),
    ("outcome", taxonomy.Outcome),
    ("cause", taxonomy.Cause),
    ("answer", taxonomy.CellAnswer),
    ("locus", taxonomy.Locus),
    ("strength", taxonomy.Strength),
    ("stand", Stand),
    ("gap_place", Place),
    ("listing", ListingKind),
    ("hypothesis", HypothesisId),
    ("finding_grade", FindingGrade),
    ("finding_status", Status),
    ("mode", Mode),
    ("mode_meaning", Mode),
    ("route_verdict", answer.Verdict),
    ("route_hypothesis", answer.HypothesisName),
    ("route_standing", answer.Standing),
    ("route_reason", reasons.Reason),
)


@pytest.mark.parametrize(("group", "closed"), _SETS, ids=lambda one: getattr(one, "__name__", one))
def test_every_value_of_a_closed_set_has_words(group: str, closed: type[StrEnum]) -> None:
    missing = [one.value for one in closed if one.value not in GROUPS[group]]
    assert not missing


def test_no_word_stands_for_a_value_that_no_set_has() -> None:
    known: dict[str, set[str]] = {}
    for group, closed in _SETS:
        known.setdefault(group, set()).update(one.value for one in closed)
    known["sector"].add("government")
    known["read"].add("own_knowledge")
    for group, values in known.items():
        assert GROUPS[group].keys() == values, group


def test_every_group_of_actors_has_words() -> None:
    assert tuple(GROUPS["actor_group"]) == ACTOR_GROUPS


def test_two_values_of_a_group_never_share_their_words() -> None:
    for group, words in GROUPS.items():
        named = [one for value, one in words.items() if value != "own_knowledge"]
        assert len(set(named)) == len(named), group


def test_no_name_of_an_action_names_who_did_it() -> None:
    for words in GROUPS["action"].values():
        assert "state" not in words
        assert "company" not in words


def test_a_value_that_is_not_there_yet_stands_for_itself() -> None:
    assert word(_ENGLISH, "action", "some_new_act") == "some new act"


def test_a_group_that_is_not_there_is_our_fault() -> None:
    with pytest.raises(KeyError):
        word(_ENGLISH, "colour", "red")


def test_every_mechanism_has_a_family() -> None:
    for mechanism in MECHANISMS:
        assert mechanism_family(_ENGLISH, mechanism) in GROUPS["mechanism"].values(), mechanism


def test_the_deepest_family_that_has_a_name_is_given() -> None:
    assert mechanism_family(_ENGLISH, "http.bot.challenge") == "a check for machines or addresses"
    assert mechanism_family(_ENGLISH, "http.reset") == "at the web answer (HTTP)"
