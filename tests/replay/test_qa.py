"""OONI's 50 emulated scenarios against the truth proposed for each (acceptance 2)."""

import csv
import json
from pathlib import Path

import msgspec
import pytest

from whocut.access import judge
from whocut.ingest.ooni import expand_sources, read_source
from whocut.model.observation import Measurement
from whocut.model.taxonomy import CUT_OUTCOMES, Layer, Locus, Outcome
from whocut.model.verdict import Verdict
from whocut.reference.snapshot import load_reference

pytestmark = pytest.mark.shared

# What one vantage may say of each proposed truth: the outcomes, and the layers.
# A failed connection cannot show interference, so `cut_unattributed` is right where the truth,
# known only to the emulator, is a device on the path.
UNSHOWN = {Outcome.INTERFERED, Outcome.CUT_UNATTRIBUTED}
ACCEPTED: dict[str, tuple[set[Outcome], set[Layer]]] = {
    "ok": ({Outcome.SERVED}, {Layer.NONE}),
    "bot_challenge": ({Outcome.BOT_CHECK}, {Layer.HTTP}),
    "target_down": ({Outcome.TARGET_DOWN}, {Layer.DNS, Layer.TCP}),
    "target_misconfigured": (
        {Outcome.TARGET_MISCONFIGURED}, {Layer.DNS, Layer.TLS, Layer.HTTP},
    ),
    "inpath_dns": ({Outcome.INTERFERED}, {Layer.DNS}),
    "inpath_rst": (UNSHOWN, {Layer.HTTP}),
    "inpath_blockpage": (UNSHOWN, {Layer.HTTP}),
    "inpath_tcp": (UNSHOWN, {Layer.TCP}),
    "inpath_tls_rst": (UNSHOWN, {Layer.TLS}),
    "inpath_throttling": (UNSHOWN, {Layer.HTTP}),
}  # fmt: skip
REDIRECT_LAYERS = {
    "ConnectionRefused": Layer.TCP, "NXDOMAIN": Layer.DNS, "HTTPS": Layer.TLS, "HTTP": Layer.HTTP,
}  # fmt: skip
ARGUED = {
    "dnsHijackingToProxyWithHTTPURL": "the proxy passes TLS through: the service was reached",
    "dnsHijackingToProxyWithHTTPSURL": "the proxy passes TLS through: the service was reached",
}
"""Disagreements and their reason; docs/methods/access.md argues them."""


def accepted(scenario: str, truth: str) -> tuple[set[Outcome], set[Layer]]:
    if truth != "inpath_redirect_target":
        return ACCEPTED[truth]
    layer = next(
        layer for mark, layer in REDIRECT_LAYERS.items() if mark in scenario.split("Then")[1]
    )
    return UNSHOWN, {layer}


@pytest.fixture(scope="module")
def verdicts(shared_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Verdict]:
    path = shared_dir / "access" / "ooni" / "qa.jsonl"
    lines = path.read_text("utf-8").splitlines()
    names = [json.loads(line)["source_path"].split("/")[-2] for line in lines]
    (source,) = expand_sources([str(path)])
    records = list(read_source(source))
    reference = load_reference(tmp_path_factory.mktemp("cache"))
    assert all(isinstance(record, Measurement) for record in records)
    return {
        name: judge(record, reference).verdict
        for name, record in zip(names, records, strict=True)
        if isinstance(record, Measurement)
    }


@pytest.fixture(scope="module")
def truths(shared_dir: Path) -> dict[str, str]:
    with (shared_dir / "access" / "ooni" / "qa_scenarios.csv").open() as lines:
        return {row["scenario"]: row["proposed_truth"] for row in csv.DictReader(lines)}


def test_outcome_and_layer_are_right_in_at_least_48(
    verdicts: dict[str, Verdict], truths: dict[str, str]
) -> None:
    assert len(verdicts) == len(truths) == 50
    wrong = {}
    for name, verdict in verdicts.items():
        outcomes, layers = accepted(name, truths[name])
        if verdict.outcome not in outcomes or verdict.layer not in layers:
            wrong[name] = (truths[name], verdict.rule_id, verdict.outcome, verdict.layer)
    print(json.dumps(wrong, indent=1))
    assert len(wrong) <= 2
    assert set(wrong) <= set(ARGUED), "an unargued disagreement"


def test_nothing_harmless_comes_out_as_a_cut(
    verdicts: dict[str, Verdict], truths: dict[str, str]
) -> None:
    harmless = {"ok", "target_misconfigured", "target_down", "bot_challenge"}
    cuts = [n for n, v in verdicts.items() if truths[n] in harmless and v.outcome in CUT_OUTCOMES]
    assert cuts == []


def test_no_place_is_claimed_that_one_failed_connection_cannot_show(
    verdicts: dict[str, Verdict],
) -> None:
    failed = [v for v in verdicts.values() if v.outcome in UNSHOWN]
    assert len(failed) > 20
    for verdict in failed:
        assert verdict.locus is Locus.UNKNOWN, verdict.rule_id


def test_judging_twice_says_the_same(shared_dir: Path, verdicts: dict[str, Verdict]) -> None:
    path = shared_dir / "access" / "ooni" / "qa.jsonl"
    (source,) = expand_sources([str(path)])
    reference = load_reference(shared_dir / "no-such-cache")
    again = [judge(r, reference).verdict for r in read_source(source) if isinstance(r, Measurement)]
    assert msgspec.json.encode(again) == msgspec.json.encode(list(verdicts.values()))
