"""The five calls: what brings a record under each, and which provisions speak to whom."""

import re
import tomllib

import pytest

from tests.unit.ledger.recording import made_record
from whocut.ledger.actors import load_actors
from whocut.ledger.harms import ACTOR_GROUPS, calls_of, check_provisions, load_harms
from whocut.ledger.law import load_law
from whocut.ledger.law.instrument import Addressees, InstrumentKind, Whom
from whocut.ledger.load import load_ledger
from whocut.ledger.vocabulary import LedgerActorKind
from whocut.model.errors import DamagedDataError
from whocut.model.shipped import shipped_path

HARMS = load_harms()
VERSIONS = load_law().versions
TEXT = shipped_path("taxonomy", "harms.toml").read_text("utf-8")
STATES_ONLY = {InstrumentKind.TREATY, InstrumentKind.UN_RESOLUTION}


def of(call, group):
    return [VERSIONS[one][0] for one in HARMS.call[call - 1].provisions(group)]


@pytest.fixture
def table(tmp_path):
    def write(old, new):
        assert old in TEXT
        path = tmp_path / "harms.toml"
        path.write_text(TEXT.replace(old, new, 1), "utf-8")
        return path

    return write


class TestProvisions:
    def test_what_ships_is_in_order(self):
        check_provisions(HARMS, VERSIONS)

    @pytest.mark.parametrize("call", range(1, 6))
    def test_the_covenant_and_the_resolutions_never_stand_for_a_company(self, call):
        kinds = {one.kind for one in of(call, "company")}
        assert not kinds & STATES_ONLY
        assert InstrumentKind.BUSINESS_PRINCIPLES in kinds
        assert all(one.addresses is not Addressees.STATES for one in of(call, "company"))

    @pytest.mark.parametrize("call", range(1, 6))
    def test_the_guiding_principles_never_stand_for_a_state(self, call):
        assert all(one.kind is not InstrumentKind.BUSINESS_PRINCIPLES for one in of(call, "state"))
        assert all(one.addresses is not Addressees.COMPANIES for one in of(call, "state"))
        assert any(one.binds.whom is Whom.STATES for one in of(call, "state"))

    @pytest.mark.parametrize("call", range(1, 6))
    def test_others_are_shown_only_what_speaks_to_everyone(self, call):
        assert {one.addresses for one in of(call, "other")} == {Addressees.EVERYONE}

    def test_a_covenant_listed_for_companies_is_refused(self, table):
        harms = load_harms(table('company = ["ungp-11"', 'company = ["iccpr-19", "ungp-11"'))
        with pytest.raises(DamagedDataError, match="iccpr-19 speaks to states"):
            check_provisions(harms, VERSIONS)

    def test_a_principle_listed_for_states_is_refused(self, table):
        harms = load_harms(table('state = ["udhr-19"', 'state = ["ungp-11", "udhr-19"'))
        with pytest.raises(DamagedDataError, match="ungp-11 speaks to companies"):
            check_provisions(harms, VERSIONS)

    def test_a_provision_that_no_instrument_has_is_refused(self, table):
        harms = load_harms(table('"udhr-19"', '"udhr-190"'))
        with pytest.raises(DamagedDataError, match="no such provision: udhr-190"):
            check_provisions(harms, VERSIONS)

    def test_what_an_instrument_says_of_the_calls_is_kept(self):
        spoken = {
            InstrumentKind.SUMMIT_TEXT,
            InstrumentKind.UN_RESOLUTION,
            InstrumentKind.TREATY,
            InstrumentKind.HUMAN_RIGHTS_DECLARATION,
            InstrumentKind.BUSINESS_PRINCIPLES,
        }
        for id_, (family, version) in VERSIONS.items():
            for call in version.statement_calls if family.kind in spoken else ():
                one = HARMS.call[call - 1]
                assert id_ in (*one.state, *one.company, *one.everyone), (id_, call)


class TestTable:
    def test_every_kind_of_actor_has_a_group(self):
        assert {HARMS.group_of(kind) for kind in LedgerActorKind} == set(ACTOR_GROUPS)

    def test_the_words_are_the_statements_and_in_its_order(self):
        assert [one.action_lines for one in HARMS.call] == [
            ("C2", "C3"),
            ("C5",),
            ("C6",),
            ("C8",),
            ("C9", "C11"),
        ]

    def test_every_rule_has_its_reason(self):
        assert all(len(one.because) > 20 for one in HARMS.rule)
        assert len({one.because for one in HARMS.rule}) == len(HARMS.rule)

    def test_no_rule_looks_at_a_country_or_at_a_party(self):
        sides = {key for rule in tomllib.loads(TEXT)["rule"] for key in rule}
        assert not sides & {"places", "countries", "actors", "deciders"}

    def test_no_word_passes_judgement(self):
        words = " ".join(one.because for one in HARMS.rule)
        assert not re.search(r"illegal|unlawful|violat|guilt|crim|abus|worst|evil", words, re.I)

    def test_records_that_are_named_are_there(self):
        named = {name for one in HARMS.rule for name in one.records}
        assert named
        assert named <= set(load_ledger().records)

    def test_a_rule_without_a_side_is_refused(self, table):
        with pytest.raises(DamagedDataError, match="has no side"):
            load_harms(table("media = true\n", ""))

    def test_an_unknown_side_is_named(self, table):
        with pytest.raises(Exception, match="countries"):
            load_harms(table("[[rule]]\n", '[[rule]]\ncountries = ["RU"]\n'))


class TestCalls:
    @pytest.mark.parametrize(
        ("record", "calls"),
        [
            ({}, {1}),
            ({"action": "certificate_revocation", "sector": "certificate_authority"}, {2}),
            ({"action": "payment_refusal", "sector": "payment"}, {3}),
            ({"action": "geoblock", "sector": "gaming"}, {1, 4}),
            ({"action": "content_label", "sector": "social_network"}, {4}),
            ({"action": "state_blocking", "sector": "news_media"}, {1, 5}),
            ({"action": "service_suspension", "sector": "device_update"}, {1, 2}),
        ],
    )
    def test_by_action_and_sector(self, record, calls):
        given = {name: {"value": value, "from": ["s1"]} for name, value in record.items()}
        assert set(calls_of(HARMS, made_record(**given), {})) == calls

    def test_a_mark_of_origin_is_a_matter_of_respect(self):
        population = {"places": ["RU"], "selectors": ["nationality"], "from": ["s1"]}
        assert 4 in calls_of(HARMS, made_record(population=population), {})

    def test_a_domain_of_a_medium(self):
        actors = load_actors()
        medium = next(one for one in actors.values() if one.sector == "news_media" and one.domains)
        domain = {"domain": f"www.{medium.domains[0]}", "from": ["s1"]}
        assert 5 in calls_of(HARMS, made_record(domains=[domain]), actors)
        assert 5 not in calls_of(HARMS, made_record(), actors)

    def test_a_medium_by_its_name(self):
        population = {"places": ["CU"], "organisations": ["RIA Novosti"], "from": ["s1"]}
        assert 5 in calls_of(HARMS, made_record(population=population), {})

    def test_news_that_was_removed_from_a_network(self):
        record = load_ledger().records["2023-08-meta-news-ca"]
        assert 5 in calls_of(HARMS, record, load_actors())

    def test_a_restoration_falls_where_its_cut_fell(self):
        cut = made_record("2020-01-cut", sector={"value": "news_media", "from": ["s1"]})
        back = made_record(
            kind="restoration",
            action={"value": "restoration", "from": ["s1"]},
            edges=[{"kind": "restores", "to": cut.id, "from": ["s1"]}],
        )
        assert set(calls_of(HARMS, back, {}, {cut.id: cut})) == {1, 5}
        assert set(calls_of(HARMS, back, {})) == {1}

    def test_who_acted_changes_no_call_of_a_cut(self):
        """A state's body and a firm that do the same to the same fall under the same calls."""
        actors = load_actors()
        state = next(one.id for one in actors.values() if one.kind is LedgerActorKind.STATE)
        firm = next(one.id for one in actors.values() if one.kind is LedgerActorKind.COMPANY)
        for record in list(load_ledger().records.values())[::7]:
            found = [calls_of(HARMS, _decided_by(record, name), actors) for name in (state, firm)]
            assert found[0] == found[1]

    def test_every_rule_fits_a_record_that_ships(self):
        ledger, actors = load_ledger(), load_actors()
        fitting = {
            rule.id
            for record in ledger.records.values()
            for rules in calls_of(HARMS, record, actors).values()
            for rule in rules
        }
        assert {rule.id for rule in HARMS.rule} == fitting


def _decided_by(record, actor):
    from msgspec.structs import replace

    parties = replace(record.parties, decider=(replace(record.parties.decider[0], actor=actor),))
    return replace(record, parties=parties)
