"""Scenario files: those that ship are in order, and a wrong one is refused by file and field."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from whocut.model.errors import InputError, UsageError
from whocut.model.taxonomy import CUT_OUTCOMES, Outcome
from whocut_lab.scenario import load_scenario, load_scenarios
from whocut_lab.topology import draw_addresses, load_topology, prefix_table

if TYPE_CHECKING:
    from pathlib import Path

TOPOLOGY = load_topology()
GOOD = """\
format = 1
id = "an-id"
title = "A title"
[truth]
outcome = "refused"
layer = "http"
mechanism = "http.refusal.vague"
locus = "origin"
actor_kind = "company"
[single_vantage]
outcome = "insufficient"
layer = "http"
mechanism = "http.refusal"
locus = "unknown"
"""
# The sixteen that the project began with: they stay, whatever is added.
FIRST_SIXTEEN = {
    "healthy",
    "origin-403-country",
    "origin-451",
    "edge-country-page",
    "edge-403-vague",
    "origin-200-notice",
    "origin-405",
    "server-tcp-drop",
    "bot-challenge",
    "captcha-reputation",
    "rst-on-sni",
    "drop-on-sni",
    "dns-bogon",
    "dns-blockpage-invalid-chain",
    "http-blockpage-clear",
    "server-down",
    "expired-certificate",
    "rotating-cdn",
}


def _write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "scenario.toml"
    path.write_text(text)
    return path


def test_shipped_scenarios_are_in_order() -> None:
    scenarios = {s.id: s for s in load_scenarios(TOPOLOGY)}
    assert set(scenarios) >= FIRST_SIXTEEN
    assert sum(s.is_negative_control for s in scenarios.values()) >= 8


def test_negative_controls_expect_no_cut() -> None:
    for scenario in load_scenarios(TOPOLOGY):
        if scenario.is_negative_control:
            assert scenario.truth.outcome not in CUT_OUTCOMES
            assert scenario.single_vantage.outcome not in CUT_OUTCOMES


def test_what_cannot_be_shown_is_said() -> None:
    """A cut whose author one measurement cannot show has a sentence on what it takes."""
    for scenario in load_scenarios(TOPOLOGY):
        for vantage in scenario.vantages:
            expected = scenario.expected_at(vantage)
            is_open = expected.outcome in (Outcome.CUT_UNATTRIBUTED, Outcome.INSUFFICIENT)
            if is_open or expected.outcome is Outcome.INTERFERED:
                assert expected.unknowable, scenario.id


def test_defaults(tmp_path: Path) -> None:
    scenario = load_scenario(_write(tmp_path, GOOD), TOPOLOGY)
    assert scenario.vantages == ("isp_a", "isp_b")
    assert scenario.site["target"].served_by == ("origin",)
    assert scenario.action == ()


def _action(lines: str) -> str:
    return GOOD + "[[action]]\n" + lines


@pytest.mark.parametrize(
    ("text", "field", "reason"),
    [
        (GOOD.replace("format = 1", "format = 2"), "format", "format 1"),
        (GOOD.replace('"an-id"', '"An id"'), "id", "lower-case"),
        (GOOD.replace('"refused"', '"blocked"'), "truth.outcome", "Invalid enum value"),
        (GOOD.replace('"http.refusal.vague"', '"http.odd"'), "truth.mechanism", "none of"),
        (GOOD + 'surprise = "x"\n', "single_vantage", "unknown field `surprise`"),
        (GOOD.replace('title = "A title"\n', ""), None, "missing required field `title`"),
        ("format = ", None, "Invalid"),
        (_action('kind = "server.explode"\n'), "action[0].kind", "Invalid value"),
        (_action('kind = "server.respond"\nstatus = 99\n'), "action[0].status", ">= 200"),
        (_action('kind = "server.respond"\npage = "nope"\n'), "action[0].page", "none of"),
        (_action('kind = "server.respond"\nfor = ["QQ"]\n'), "action[0].for", "country code"),
        (_action('kind = "server.respond"\nat = ["edge"]\n'), "action[0].at", "none of"),
        (_action('kind = "server.respond"\nsite = "b"\n'), "action[0].site", "none of"),
        (
            _action('kind = "server.respond"\npage = "forbidden"\nbody = "x"\n'),
            "action[0].body",
            "not both",
        ),
        (
            _action('kind = "dns.resolver"\nat = ["isp_a"]\nanswer = "addresses"\n'),
            "action[0].addresses",
            "exactly when",
        ),
        (
            _action('kind = "path.dns"\nanswer = "addresses"\naddresses = ["moon"]\n'),
            "action[0].addresses",
            "neither",
        ),
        (
            _action('kind = "path.block"\nmethod = "reset"\nmatch = "host"\n'),
            "action[0].match",
            "cleartext",
        ),
        (
            _action('kind = "path.block"\nmethod = "reset"\nmatch = "sni"\nat = "edge"\n'),
            "action[0].at",
            "none of",
        ),
        (GOOD + '[site.target]\nhost = "example.org"\n', "site.target.host", ".example"),
        (GOOD + "[site.other]\n", "site", "named target"),
        (GOOD + "[per_vantage.isp_c]\n", "per_vantage", "none of"),
    ],
)
def test_a_wrong_file_is_refused_by_name_and_field(
    tmp_path: Path, text: str, field: str | None, reason: str
) -> None:
    path = _write(tmp_path, text)
    with pytest.raises(InputError) as refused:
        load_scenario(path, TOPOLOGY)
    assert refused.value.source == str(path)
    assert refused.value.field == field
    assert reason in str(refused.value)


def test_ids_are_unique_and_wanted_ones_exist(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(GOOD)
    (tmp_path / "b.toml").write_text(GOOD)
    with pytest.raises(InputError, match="taken"):
        load_scenarios(TOPOLOGY, [tmp_path])
    with pytest.raises(UsageError, match="no scenario"):
        load_scenarios(TOPOLOGY, (), ["no-such"])
    with pytest.raises(UsageError, match="no folder"):
        load_scenarios(TOPOLOGY, [tmp_path / "missing"])


def test_addresses_follow_the_seed_and_are_nobodys_special_ones(seed: int) -> None:
    plan, again, other = (draw_addresses(TOPOLOGY, s) for s in (seed, seed, seed + 1))
    assert plan == again
    assert plan != other
    prefixes = list(plan.prefixes.values())
    assert all(prefix.is_global for prefix in prefixes)
    assert not any(a.overlaps(b) for a in prefixes for b in prefixes if a is not b)
    assert plan.locate(str(plan.probe("isp_a"))) == "isp_a"
    assert plan.locate("192.0.2.1") is None


def test_prefix_table_is_caidas_format() -> None:
    rows = prefix_table(TOPOLOGY, draw_addresses(TOPOLOGY, 1)).splitlines()
    assert len(rows) == len(TOPOLOGY.network)
    for row in rows:
        prefix, length, asn = row.split("\t")
        assert prefix.count(".") == 3
        assert length == "22"
        assert 64512 <= int(asn) <= 65534
