"""Sentences of records in each language: whose word, and a name only where it is carried."""

import re
from functools import cache
from typing import Final

import pytest
from msgspec.structs import replace

from whocut.i18n.language import Language
from whocut.i18n.text import Text, text_in
from whocut.ledger.actors import load_actors
from whocut.ledger.claims import UNKNOWN_DOER, Claim, Voice, claim_of
from whocut.ledger.load import load_ledger
from whocut.ledger.sentences import sentence_of
from whocut.ledger.vocabulary import Action, CarriedOut, DateKind, Grade, Kind, Stance
from whocut.publish.edition.reading import pack, unpack
from whocut.publish.site.claim_sentences import claim_sentence
from whocut.publish.site.claim_words import ANNOUNCED, DID, EFFECT_WORDS, REPORTED, SAID
from whocut.publish.site.told_days import told_day, told_days

_ENGLISH: Final = text_in(Language.EN)
_ISOLATES: Final = re.compile("[\u2066-\u2069]")


@cache
def _records() -> tuple[tuple[Claim, str, str], ...]:
    """Give every record that ships: its claim, the ledger's sentence, and the page's."""
    ledger, actors = load_ledger(), load_actors(is_checked=False)
    return tuple(
        (
            claim := claim_of(ledger, actors, record),
            sentence_of(ledger, actors, record),
            _plain(claim_sentence(_ENGLISH, claim)),
        )
        for record in ledger.records.values()
    )


def _plain(sentence: str) -> str:
    return _ISOLATES.sub("", sentence)


def _party_names(claim: Claim) -> set[str]:
    accounts = [one for each in claim.accounts for one in (each.speaker, each.named)]
    parties = [*claim.deciders, *claim.upstream, *(one for one in accounts if one is not None)]
    return {one.name for one in parties}


def test_every_record_names_the_parties_that_the_ledger_names_and_no_other() -> None:
    assert len(_records()) >= 344
    for claim, of_ledger, of_page in _records():
        for name in _party_names(claim):
            assert (name in of_page) is (name in of_ledger), (claim.id, name)


def test_nobody_stands_as_the_doer_where_it_is_not_shown_who_decided() -> None:
    doers = {message.partition(" (")[0].partition("%(who)s ")[2] for message in DID.values()}
    doers |= {message.partition(" (")[0].partition("%(who)s ")[2] for message in ANNOUNCED.values()}
    found = 0
    for claim, _, of_page in _records():
        if claim.voice not in UNKNOWN_DOER:
            continue
        found += 1
        for name in _party_names(claim):
            assert not any(f"{name} {verb}" in of_page for verb in doers), (claim.id, of_page)
    assert found >= 10


def test_what_was_not_carried_out_says_so_in_every_sentence() -> None:
    for claim, _, of_page in _records():
        assert ("It was not carried out." in of_page) is (claim.carried_out is CarriedOut.NO)
        assert ("Whether it was carried out" in of_page) is (
            claim.carried_out is CarriedOut.UNKNOWN
        )


def test_a_lead_and_a_rumour_say_so_before_anything_else() -> None:
    for claim, _, of_page in _records():
        assert of_page.startswith("A lead, not confirmed: ") is (claim.grade is Grade.LEAD)
        assert ("A rumour, not shown: " in of_page) is (claim.kind is Kind.RUMOUR)


def test_a_sentence_that_rests_on_others_says_so_before_the_act() -> None:
    for claim, _, of_page in _records():
        if claim.voice in (Voice.SAID, Voice.DENIED):
            assert re.match(r"(A [\w ,]+: )*It is (said|told)\b", of_page), of_page


def test_no_sentence_holds_a_place_for_a_value() -> None:
    for _, _, of_page in _records():
        assert "%(" not in of_page
        assert of_page.endswith(".")


def test_every_act_and_every_stance_has_its_sentence() -> None:
    assert ANNOUNCED.keys() == DID.keys() == set(Action)
    assert EFFECT_WORDS.keys() < set(Action)
    assert REPORTED.keys() == SAID.keys() == set(Stance)


def test_a_claim_comes_back_from_an_edition_as_it_was() -> None:
    for claim, _, _ in _records():
        assert unpack(pack(claim), Claim) == claim


def _claim(**changes: object) -> Claim:
    first = next(one for one, _, _ in _records() if one.id == "2022-03-cogent-ru")
    return replace(first, **changes)


def test_a_retraction_stands_before_everything_else() -> None:
    said = claim_sentence(_ENGLISH, _claim(retracted_on="2024-05-01", grade=Grade.LEAD))
    assert said.startswith("Retracted on 1 May 2024, and no longer held: A lead, not confirmed: ")


def test_a_hostile_name_is_kept_apart_from_the_line() -> None:
    decider = replace(_claim().deciders[0], name="evil\u202egnp.exe", names={})
    said = claim_sentence(_ENGLISH, _claim(deciders=(decider,)))
    assert "\u202e" not in said
    assert "\u2068evilgnp.exe\u2069" in said


def test_a_percent_sign_in_a_name_breaks_nothing() -> None:
    decider = replace(_claim().deciders[0], name="100 % (who)s Ltd", names={})
    assert "100 % (who)s Ltd" in claim_sentence(_ENGLISH, _claim(deciders=(decider,)))


def test_a_name_in_the_readers_language_is_used() -> None:
    decider = replace(_claim().deciders[0], names={"en": "Cogent", "ru": "Когент"})
    claim = _claim(deciders=(decider,))
    assert "Когент" in claim_sentence(text_in(Language.RU), claim)
    assert "Когент" not in claim_sentence(text_in(Language.FR), claim)


def test_cogents_two_tellings_of_one_day_stand_side_by_side() -> None:
    days = dict(_claim().dates)[DateKind.EFFECTIVE]
    assert len(days) > 1
    said = claim_sentence(_ENGLISH, _claim())
    assert all(told_day(_ENGLISH, day) in said for day in days)
    assert "as others tell" in said


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ("2022-03-04", "4 March 2022"),
        ("2022-03", "March 2022"),
        ("2022", "2022"),
        ("2022-03-04T17:00Z", "4 March 2022, 17:00 UTC"),
        ("2022-03~", "about March 2022"),
        ("2022?", "2022, uncertain"),
        ("2022%", "about 2022, uncertain"),
        ("2022-03-04/..", "from 4 March 2022 on"),
        ("../2022-03-04", "by 4 March 2022 at the latest"),
        ("2022-03/2022-05", "between March 2022 and May 2022"),
        ("[2022-03-04,2022-03-05]", "4 March 2022 or 5 March 2022"),
        ("202X", "between January 2020 and December 2029"),
        ("<b>soon</b>", "<b>soon</b>"),
    ],
)
def test_a_day_is_as_exact_as_it_is_told(told: str, words: str) -> None:
    assert told_day(_ENGLISH, told) == words


def test_tellings_that_differ_are_never_merged() -> None:
    said = told_days(_ENGLISH, ("2022-03-04", "2022-03-05", "2022-03"))
    assert said == "4 March 2022, or 5 March 2022 or March 2022 as others tell"


@pytest.mark.parametrize("language", list(Language))
def test_every_record_has_a_sentence_in_every_language(language: Language) -> None:
    text: Text = text_in(language)
    for claim, _, _ in _records():
        assert "%(" not in claim_sentence(text, claim)
