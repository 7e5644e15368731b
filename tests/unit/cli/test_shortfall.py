"""What would settle a cell: of its own networks, countries and counts."""

from datetime import date

import pytest

from tests.unit.cli.celled import cell
from whocut.access.cells import MODEL
from whocut.cli.shortfall import Around, concrete_steps, shortfall_meaning


def tally(asn, outcome="served", mechanism="none", n=1):
    uid = f"uid-{asn}"
    return {
        "probe_asn": asn,
        "outcome": outcome,
        "mechanism": mechanism,
        "n": n,
        "example_uid": uid,
    }


def network(asn, n=10, bad_days=()):
    return {"probe_asn": asn, "n": n, "bad_days": list(bad_days)}


def steps(shortfall, tallies=(), networks=(), elsewhere=(), **more):
    short = cell("example.org", 0, "insufficient", 0.1, lead="served", shortfall=shortfall, **more)
    return concrete_steps(short, Around(tallies, networks, elsewhere))


@pytest.mark.parametrize("one", MODEL.shortfall, ids=lambda one: one.id)
def test_each_shortfall_says_why_and_ends_in_a_command(one):
    found = steps(one.id, [tally(64500)])
    assert shortfall_meaning(one.id)
    assert found[0]
    assert "whocut fetch ooni --country RU --since 2024-01-01 --until 2024-01-07" in found[-1]
    assert not any("MEASUREMENT" in step or "network ASN" in step for step in found)


def test_how_many_more_and_on_which_networks():
    known = [network(64501, 5), network(64502, 50), network(64500), network(0)]
    found = " ".join(steps("few_measurements", [tally(64500)], known, n_usable=1, n_networks=1))
    assert f"at least {MODEL.floor.measurements - 1} more" in found
    assert "AS64502, AS64501" in found  # the most measured first
    assert "AS64500," not in found and "unknown AS" not in found
    alone = " ".join(steps("few_measurements", [tally(64500)], [network(64500)], n_usable=1))
    assert "No other network of RU" in alone


def test_countries_that_measure_it():
    elsewhere = [{"probe_cc": "IR", "n": 3}, {"probe_cc": "KZ", "n": 9}, {"probe_cc": "IR", "n": 1}]
    found = " ".join(steps("no_contrast", elsewhere=elsewhere))
    assert "KZ (n = 9), IR (n = 4)" in found
    assert "No other country has measured example.org" in " ".join(steps("no_contrast"))


def test_networks_that_disagree():
    tallies = [tally(1, "interfered", "tls.reset"), tally(2), tally(3), tally(3, "interfered")]
    found = " ".join(steps("mixed", tallies))
    assert "cut alone on AS1; served alone on AS2; both on AS3" in found


def test_pages_that_agree_too_little():
    vague = [tally(1, "insufficient", "http.refusal.vague", 3), tally(2)]
    found = " ".join(steps("vague_pages", vague, [network(5)], n_usable=4))
    assert "3 of 4 usable measurements on 1 network" in found
    assert "it takes 80% over 2 networks" in found
    assert "AS5" in found


def test_what_was_seen_where_nobody_is_named():
    tallies = [tally(1, "cut_unattributed", "tls.reset")]
    found = " ".join(steps("by_whom", tallies, n_countries=3, n_countries_served=2))
    assert "Seen: tls.reset." in found
    assert "served in 2 of 3 other countries" in found


def test_networks_at_fault_and_their_days():
    tallies = [tally(7, "network_down"), tally(8)]
    found = " ".join(steps("faults", tallies, [network(7, bad_days=[date(2024, 1, 3)])]))
    assert "At fault: AS7." in found
    assert "2024-01-03" in found
