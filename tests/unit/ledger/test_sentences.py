"""The verb follows from the evidence; no sentence says more than it carries."""

import itertools
import re

import pytest

from tests.unit.ledger.recording import ledger_of, made_actor, made_record, source
from whocut.ledger.actors import load_actors
from whocut.ledger.load import load_ledger
from whocut.ledger.sentences import ACTION_WORDS, Voice, action_words, sentence_of, voice_of
from whocut.ledger.vocabulary import (
    Action,
    AttributionStatus,
    CarriedOut,
    Kind,
    ReadLevel,
    Stance,
)

ACTORS = {
    one.id: one for one in (made_actor("acme", "Acme Inc."), made_actor("state", "State Body"))
}
VERDICTS = re.compile(
    r"\b(illegal\w*|unlawful\w*|legal\w*|guilt\w*|violat\w*|censor\w*|hijack\w*|attack\w*|regime\w*"
    r"|abus\w*|discriminat\w*|unjust\w*|arbitrar\w*|punish\w*|pretext\w*|crime\w*|blame\w*|wrong\w*"
    r"|over-?compl\w*|state[ _]block\w*|state[ _]throttl\w*)\b",
    re.IGNORECASE,
)
MARK = "FREE TEXT"
"""Typed text; it must never enter a sentence."""


def account(actor, claimant):
    return {"actor": actor, "claim": f"{MARK} claim.", "claimant": claimant, "from": ["s1"]}


def said(record, **shared):
    return sentence_of(ledger_of(record, **shared), ACTORS, record)


def record_of(status="admitted", *, accounts=(), **more):
    known = {"status": status, "from": ["s1"]}
    return made_record(
        attribution={**known, "hypotheses": list(accounts)} if accounts else known,
        how={"text": f"{MARK} how.", "from": ["s1"]},
        scope={"text": f"{MARK} scope", "from": ["s1"]},
        notes=[{"text": f"{MARK} note", "from": ["s1"]}],
        **more,
    )


class TestVerbs:
    def test_announced_where_it_is_admitted(self):
        assert said(record_of()) == (
            "Acme Inc. announced a disconnection of networks in RU (announced 2022-03-04)."
        )

    @pytest.mark.parametrize(
        ("stance", "head"),
        [
            ("press", "Press reports that Acme Inc. disconnected networks in RU"),
            ("trade_press", "Press reports that"),
            ("affected", "Users report that"),
            ("forum", "Users report that"),
            ("research", "Research reports that"),
            ("ngo", "Non-governmental organisations report that"),
            ("state_media", "Media that a state owns or funds report that"),
            ("primary", "Acme Inc. announced a disconnection of networks"),
        ],
    )
    def test_the_reporter_speaks_where_no_one_admits(self, stance, head):
        one = record_of("unstated", sources={"s1": source(stance=stance)})
        assert said(one).startswith(head)

    def test_a_primary_source_that_was_not_read_announces_nothing(self):
        one = record_of("unstated", sources={"s1": source(stance="primary", read="linked")})
        assert "announced a" not in said(one)
        assert said(one).startswith("A lead, not confirmed: ")

    def test_one_primary_among_several_announces_nothing(self):
        decider = {"decider": [{"actor": "acme", "among": ["s1", "s2"]}]}
        sources = {"s1": source(), "s2": source(stance="primary", group="acme")}
        one = record_of("unstated", parties=decider, sources=sources)
        assert said(one).startswith("Press reports that")

    def test_said_by_others(self):
        assert said(record_of("alleged")).startswith(
            "It is said, in press reports, that Acme Inc. disconnected networks in RU"
        )

    def test_measurement_names_no_doer(self):
        one = record_of("measured_only", action={"value": "state_blocking", "from": ["s1"]})
        assert said(one) == (
            "Measurement shows a loss of access in RU (announced 2022-03-04); "
            "it does not show who decided, and the sources name Acme Inc."
        )

    def test_refused_and_restored(self):
        assert said(record_of(kind="refusal")).startswith("Acme Inc. refused to cut service in RU")
        assert said(record_of(kind="restoration")).startswith("Acme Inc. restored service in RU")
        assert said(record_of("alleged", kind="refusal")).startswith("It is said, in press reports")

    def test_a_denial_is_the_deciders_only_where_it_is_known_to_be(self):
        own = [account("acme", "sources"), account("nobody", "acme")]
        assert said(record_of("denied", accounts=own)).endswith("; denied by Acme Inc.")
        other = [account("acme", "sources"), account("state", "state")]
        assert said(record_of("denied", accounts=other)).endswith("; it is denied.")


class TestNames:
    NAMES = {  # noqa: RUF012 - read only
        "ebay": made_actor("ebay", "eBay"),
        "gov": made_actor("gov", "Government of Utopia", kind="state"),
        "own-name": made_actor("own-name", "Roskomnadzor", kind="state"),
        "court": made_actor("court", "court in Utopia (unnamed)", kind="court", unnamed="true"),
        "many": made_actor("many", "local authorities", kind="state", unnamed="true"),
        "firm": made_actor("firm", "Office Forces", kind="company"),
    }

    def told(self, status="admitted", decider="ebay", **more):
        parties = {"decider": [{"actor": decider, "from": ["s1"]}], **more}
        one = record_of(status, parties=parties)
        return sentence_of(ledger_of(one), self.NAMES, one)

    @pytest.mark.parametrize(
        ("decider", "head", "within"),
        [
            ("ebay", "eBay announced", "that eBay "),
            ("gov", "The Government of Utopia announced", "that the Government of Utopia "),
            ("own-name", "Roskomnadzor announced", "that Roskomnadzor "),
            ("court", "A court in Utopia (unnamed) announced", "that a court in Utopia "),
            ("many", "Local authorities announced", "that local authorities "),
            ("firm", "Office Forces announced", "that Office Forces "),
        ],
    )
    def test_a_body_takes_an_article_and_a_brand_its_own_letters(self, decider, head, within):
        assert self.told(decider=decider).startswith(head)
        assert within in self.told("alleged", decider=decider)

    def test_on_whose_order_a_party_acted_stands_beside_it(self):
        upstream = [{"actor": name, "from": ["s1"]} for name in ("gov", "court")]
        assert self.told(upstream=upstream).endswith(
            "; as the sources tell, on a rule, order, request or refusal of the Government of "
            "Utopia and a court in Utopia (unnamed)."
        )

    def test_no_order_is_told_without_a_source_or_where_the_doer_is_open(self):
        unread = [{"actor": "gov", "from": ["own"]}]
        assert "Utopia" not in self.told(upstream=unread)
        read = [{"actor": "gov", "from": ["s1"]}]
        assert "Utopia" not in self.told("measured_only", upstream=read)


class TestDisputes:
    def test_every_account_is_named_and_nobody_stands_as_the_doer(self):
        accounts = [account("acme", "state"), account("state", "sources")]
        one = record_of(
            "disputed", accounts=accounts, action={"value": "state_throttling", "from": ["s1"]}
        )
        assert said(one) == (
            "A slowing of access in RU is told (announced 2022-03-04); who decided is disputed: "
            "an account by State Body names Acme Inc.; an account names State Body."
        )

    def test_an_account_of_ones_own_part_is_not_read_as_an_admission(self):
        accounts = [account("acme", "sources"), account("acme", "acme")]
        words = said(record_of("disputed", accounts=accounts))
        assert "an account by Acme Inc. speaks of its own part" in words
        assert "Acme Inc. names itself" not in words

    @pytest.mark.parametrize("status", ["alleged", "unstated", "measured_only"])
    def test_accounts_of_different_parties_leave_it_open(self, status):
        accounts = [account("acme", "sources"), account("state", "sources")]
        one = record_of(status, accounts=accounts)
        assert voice_of(ledger_of(one), one) is Voice.OPEN
        assert "who decided is open" in said(one)

    @pytest.mark.parametrize("action", list(Action))
    def test_no_action_names_a_doer_where_it_is_not_settled(self, action):
        accounts = [account("acme", "state"), account("state", "sources")]
        value = {"value": action.value, "from": ["s1"]}
        one = record_of("disputed", accounts=accounts, action=value)
        before, _, after = said(one).partition("who decided is disputed")
        assert after
        assert "Acme" not in before
        assert "State" not in before
        assert "state" not in action_words(ledger_of(one), one)


class TestCautions:
    def test_a_lead_says_so_first(self):
        one = record_of(sources={"s1": source(stance="crowd_list")})
        assert said(one).startswith(
            "A lead, not confirmed: it is said, in a list kept by many hands, that Acme Inc. "
        )

    def test_an_admission_that_nobody_read_is_hearsay(self):
        one = record_of(sources={"s1": source(stance="primary", read="linked", group="acme")})
        assert said(one) == (
            "A lead, not confirmed: it is said, in a primary source, not read here, that Acme Inc. "
            "disconnected networks in RU (announced 2022-03-04)."
        )

    @pytest.mark.parametrize("done", ["no", "unknown"])
    def test_what_is_not_shown_to_be_done_is_a_plan(self, done):
        one = record_of(
            "alleged",
            carried_out={"value": done, "from": ["s1"]},
            dates={"effective": [{"on": "2022-03-04", "from": ["s1"]}]},
        )
        words = said(one)
        assert "that Acme Inc. planned a disconnection of networks in RU (to take effect" in words

    def test_what_was_not_carried_out(self):
        one = record_of(carried_out={"value": "no", "from": ["s1"]})
        assert said(one).endswith("; it was not carried out.")

    def test_what_was_retracted(self):
        one = record_of(retracted={"on": "2023-01-01", "reason": f"{MARK}: another company"})
        assert said(one).startswith("Retracted on 2023-01-01, and no longer held: ")

    def test_tellings_of_one_moment_stand_side_by_side(self):
        days = ("2022-03-04T17:00Z", "2022-03-05")
        one = record_of(dates={"effective": [{"on": day, "from": ["s1"]} for day in days]})
        assert "(effective 2022-03-04T17:00Z, or 2022-03-05 as others tell)" in said(one)

    def test_no_date(self):
        assert "(no source gives a date)" in said(record_of(dates={}))

    def test_many_places_and_domains(self):
        one = record_of(
            population={"places": ["IR", "CU", "SY", "KP", "SD", "RU", "BY"], "from": ["s1"]},
            domains=[{"domain": f"d{n}.example", "from": ["s1"]} for n in range(5)],
        )
        assert (
            "(d0.example, d1.example, d2.example and 2 more) in IR, CU, SY, KP, SD, RU and 1 more"
            in said(one)
        )


@pytest.mark.parametrize(("kind", "status"), list(itertools.product(Kind, AttributionStatus)))
def test_every_combination_is_a_neutral_sentence(kind, status):
    accounts = [account("acme", "state"), account("nobody", "sources")]
    combinations = itertools.product(
        Action, Stance, (ReadLevel.EXCERPT, ReadLevel.LINKED, ReadLevel.OWN), (None, *CarriedOut)
    )
    for action, stance, read, done in combinations:
        more = {"carried_out": {"value": done.value, "from": ["s1"]}} if done else {}
        one = record_of(
            status.value,
            kind=kind.value,
            action={"value": action.value, "from": ["s1"]},
            accounts=accounts if status in ("disputed", "denied") else (),
            sources={"s1": source(stance=stance.value, read=read.value)},
            **more,
        )
        words = said(one)
        assert MARK not in words
        assert VERDICTS.search(words) is None, words
        assert re.fullmatch(r"[A-Z].*\.", words), words
        assert "RU" in words
        assert "  " not in words
        assert "_" not in words
        if kind is Kind.RUMOUR:
            assert "a rumour, not shown: " in words.lower()


def test_every_action_has_words_without_a_party():
    assert set(ACTION_WORDS) == set(Action)
    for noun, past in ACTION_WORDS.values():
        assert re.match("an? ", noun)
        assert VERDICTS.search(f"{noun} {past}") is None


def test_every_record_that_ships_has_a_neutral_sentence():
    ledger, actors = load_ledger(), load_actors()
    for record in ledger.records.values():
        words = sentence_of(ledger, actors, record)
        assert VERDICTS.search(words) is None, words
        if record.attribution.status is AttributionStatus.DISPUTED:
            head = words.partition("who decided is disputed")[0]
            for party in record.parties.decider:
                assert actors[party.actor].names[0].name not in head


def test_a_plan_that_was_withdrawn_was_never_in_effect():
    days = {"effective": "2019-10-29", "ended": "2019-10-28"}
    dates = {moment: [{"on": day, "from": ["s1"]}] for moment, day in days.items()}
    one = record_of(dates=dates, carried_out={"value": "no", "from": ["s1"]})
    assert said(one).endswith(
        "(to take effect 2019-10-29; withdrawn 2019-10-28); it was not carried out."
    )
