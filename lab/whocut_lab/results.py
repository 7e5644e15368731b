"""Judge the captures of a run and hold each verdict against what the scenario says."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct

from whocut.access import judge
from whocut.ingest.ooni import expand_sources, read_source
from whocut.model.observation import Measurement
from whocut.model.taxonomy import CUT_OUTCOMES
from whocut.model.verdict import Verdict
from whocut.reference.snapshot import Reference
from whocut_lab.play import Play
from whocut_lab.scenario import Expectation, Scenario, Truth

__all__ = ["Result", "compare", "judge_plays"]


class Result(Struct, frozen=True):
    """One verdict beside the truth."""

    scenario: Scenario
    vantage: str
    truth: Truth
    expected: Expectation
    verdict: Verdict | None
    ooni_blocking: str | bool | None
    ooni_accessible: bool | None
    faults: tuple[str, ...]
    """What the verdict has wrong; empty when it is right."""


def compare(scenario: Scenario, vantage: str, verdict: Verdict) -> tuple[str, ...]:
    """Name every point on which a verdict departs from what one measurement can show."""
    expected = scenario.expected_at(vantage)
    faults: list[str] = []
    if verdict.outcome is not expected.outcome:
        faults.append(f"outcome {verdict.outcome}, not {expected.outcome}")
    if verdict.layer is not expected.layer:
        faults.append(f"layer {verdict.layer}, not {expected.layer}")
    node = expected.mechanism
    if verdict.mechanism != node and not verdict.mechanism.startswith(f"{node}."):
        faults.append(f"mechanism {verdict.mechanism}, not under {node}")
    if verdict.locus not in (expected.locus, "unknown"):
        faults.append(f"locus {verdict.locus} claimed where {expected.locus} can be shown")
    if scenario.is_negative_control and verdict.outcome in CUT_OUTCOMES:
        faults.append("a negative control came out as a cut")
    return tuple(faults)


def _result(scenario: Scenario, play: Play, found: Any, reference: Reference) -> Result:  # noqa: ANN401
    keys = play.measurement["test_keys"]
    verdict: Verdict | None = None
    if isinstance(found, Measurement):
        verdict = judge(found, reference).verdict
        faults = compare(scenario, play.vantage, verdict)
    else:
        faults = (f"the reader did not take it: {found}",)
    return Result(
        scenario,
        play.vantage,
        scenario.truth_at(play.vantage),
        scenario.expected_at(play.vantage),
        verdict,
        keys["blocking"],
        keys["accessible"],
        faults,
    )


def judge_plays(
    scenarios: Sequence[Scenario], plays: Sequence[Play], captures: Path, reference: Reference
) -> list[Result]:
    """Read captures back as any user would, judge them and compare.

    Shapes: ``captures`` holds one line a play, in the same order.
    """
    by_id = {scenario.id: scenario for scenario in scenarios}
    records = [
        record for source in expand_sources([str(captures)]) for record in read_source(source)
    ]
    return [
        _result(by_id[play.scenario_id], play, record, reference)
        for play, record in zip(plays, records, strict=True)
    ]
