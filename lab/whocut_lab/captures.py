"""What a run leaves for others to read: its measurements, its root, its prefixes, its truth."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from whocut.probe.web_connectivity import encode_line
from whocut_lab.play import Lab, Play
from whocut_lab.scenario import Scenario
from whocut_lab.series import DatedSeries, SeriesPlan

__all__ = ["PREFIXES_NAME", "ROOT_NAME", "write_captures", "write_lines", "write_series"]

ROOT_NAME = "root.pem"
PREFIXES_NAME = "prefix2as.txt"


def write_lines(path: Path, plays: Sequence[Play]) -> None:
    """Write measurements as JSON Lines."""
    with path.open("wb") as file:
        for play in plays:
            file.write(encode_line(play.measurement))


def write_captures(
    folder: Path, lab: Lab, scenarios: Sequence[Scenario], plays: Sequence[Play]
) -> None:
    """Write one file a vantage, and beside them what it takes to judge them."""
    _write_records(folder, lab, sorted(plays, key=lambda play: play.scenario_id))
    with (folder / "truth.csv").open("w") as file:
        file.write("scenario,vantage,outcome,layer,mechanism,locus,actor_kind\n")
        for scenario in sorted(scenarios, key=lambda s: s.id):
            for vantage in scenario.vantages:
                truth = msgspec.structs.asdict(scenario.truth_at(vantage))
                file.write(",".join([scenario.id, vantage, *truth.values()]) + "\n")


def write_series(
    folder: Path,
    lab: Lab,
    plan: SeriesPlan,
    measured: Sequence[tuple[DatedSeries, str]],
    plays: Sequence[Play],
) -> None:
    """Write the records of series in the same way, and what really happened in each.

    Shapes: ``measured`` names the host of each series.
    """
    _write_records(folder, lab, plays)
    with (folder / "truth.csv").open("w") as file:
        file.write("scenario,host,country,causes,or,is_silence_right,onset,end\n")
        for dated, host in measured:
            series = dated.series
            silence = "true" if series.is_silence_right else "false"
            words = [series.scenario, host, plan.country, " ".join(series.causes)]
            words += [" ".join(series.alternatives), silence, str(dated.onset), str(dated.end)]
            file.write(",".join(words) + "\n")


def _write_records(folder: Path, lab: Lab, plays: Sequence[Play]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for vantage in sorted({play.vantage for play in plays}):
        write_lines(folder / f"{vantage}.jsonl", [p for p in plays if p.vantage == vantage])
    (folder / ROOT_NAME).write_bytes(lab.authorities.root_pem)
    (folder / PREFIXES_NAME).write_text(lab.prefix_table)
