"""The rule table: strict to load, complete, and true to its promises."""

import pytest

from whocut.access.facts import FACTS, fact_bit, fact_names
from whocut.access.mechanisms import MECHANISMS, read_as_ooni
from whocut.access.rules import FALLBACK, load_rules, parse_rules
from whocut.model.errors import DamagedDataError
from whocut.model.taxonomy import CUT_OUTCOMES, Layer, Locus, Outcome, Strength

GOOD = """
[[rule]]
id = "x.y"
rank = 10
when = ["probe.no_data"]
outcome = "invalid"
layer = "none"
mechanism = "none"
locus = "client"
actor_kind = "none"
strength = "A"
sentence = "s"
doubt = "d"
next_step = "n"
source = "s"
seen = "lab"
"""


def test_a_good_rule_loads() -> None:
    (rule,) = parse_rules(GOOD, "good.toml")
    assert rule.need == fact_bit("probe.no_data")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('"probe.no_data"', '"probe.no_dta"', "unknown fact"),
        ('mechanism = "none"', 'mechanism = "nope"', "unknown mechanism"),
        ('outcome = "invalid"', 'outcome = "blocked"', "Invalid enum value"),
        ('seen = "lab"', 'seen = "dream"', "seen is none"),
        ('when = ["probe.no_data"]', "when = []", "needs a fact"),
        ('seen = "lab"', 'seen = "lab"\nunless = ["probe.no_data"]', "both needed and forbidden"),
        ('seen = "lab"', 'seen = "lab"\ncolour = "red"', "colour"),
        ("rank = 10", "", "rank"),
        ("rank = 10", "rank = ", "Invalid value"),
    ],
)
def test_a_broken_rule_names_file_and_rule(old: str, new: str, says: str) -> None:
    with pytest.raises(DamagedDataError, match=says) as caught:
        parse_rules(GOOD.replace(old, new), "broken.toml")
    assert "broken.toml" in str(caught.value)


def test_an_id_is_used_once() -> None:
    with pytest.raises(DamagedDataError, match="twice"):
        parse_rules(GOOD + GOOD, "twice.toml")


def test_every_fact_is_used_or_is_context_and_every_rule_is_whole() -> None:
    rules = (*load_rules(), FALLBACK)
    assert len({rule.id for rule in rules}) == len(rules)
    for rule in rules:
        assert rule.sentence and rule.source, rule.id
        if rule.outcome in CUT_OUTCOMES or rule.outcome is Outcome.INSUFFICIENT:
            assert rule.doubt and rule.next_step, rule.id
        if rule.seen == "lab" and rule.outcome in (Outcome.REFUSED, Outcome.INTERFERED):
            assert rule.strength is not Strength.A, rule.id


def test_no_rule_on_a_failed_connection_claims_a_place() -> None:
    for rule in load_rules():
        if rule.outcome is Outcome.CUT_UNATTRIBUTED:
            assert rule.locus is Locus.UNKNOWN, rule.id


def test_refusals_need_the_service_to_have_spoken() -> None:
    spoke = {
        "http.authenticated",
        "http.tls_unverified",
        "page.provider_known",
        "dns.encrypted_failed",
    }
    for rule in load_rules():
        if rule.outcome is Outcome.REFUSED:
            assert spoke & set(rule.when), rule.id
            assert not {"tcp.all_failed", "tls.all_failed"} & set(rule.when), rule.id


def test_masks_spell_out() -> None:
    names = list(FACTS)
    mask = fact_bit(names[0]) | fact_bit(names[-1])
    assert fact_names(mask) == (names[0], names[-1])


def test_every_value_of_ours_reads_in_oonis_vocabulary() -> None:
    for outcome in Outcome:
        for locus in Locus:
            for mechanism in MECHANISMS:
                theirs = read_as_ooni(outcome, Layer.HTTP, mechanism, locus)
                assert theirs.verdict in {"ok", "blocked", "down", "unadjudicated"}
                assert theirs.locus in {"network", "server_side", "unknown"}
                assert bool(theirs.mechanisms) == (theirs.verdict == "blocked")
    for rule in load_rules():
        if rule.outcome in CUT_OUTCOMES:
            assert read_as_ooni(rule.outcome, rule.layer, rule.mechanism, rule.locus).mechanisms


def test_a_refusal_and_an_interference_differ_in_oonis_locus() -> None:
    refused = read_as_ooni(Outcome.REFUSED, Layer.HTTP, "http.refusal.geo_explicit", Locus.EDGE)
    injected = read_as_ooni(Outcome.INTERFERED, Layer.DNS, "dns.injection.bogon", Locus.UNKNOWN)
    open_ = read_as_ooni(Outcome.CUT_UNATTRIBUTED, Layer.TLS, "tls.reset", Locus.UNKNOWN)
    assert (refused.locus, injected.locus, open_.locus) == ("server_side", "network", "unknown")
