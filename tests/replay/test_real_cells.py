"""The real measurements, one by one in their weeks: they carry no answer, and say what would."""

import json
import re
from pathlib import Path

import pytest

from whocut.access.cells import MODEL
from whocut.access.pair_answer import CUT_ANSWERS
from whocut.cli.app import main

pytestmark = pytest.mark.shared

# A step is concrete where it gives a command to run, a network, a host or a number.
_CONCRETE = re.compile(r"whocut \w+|AS\d+|https://|\b\d+\b")


@pytest.fixture(scope="module")
def observatory(tmp_path_factory: pytest.TempPathFactory, shared_dir: Path) -> Path:
    place = tmp_path_factory.mktemp("real") / "observatory"
    source = str(shared_dir / "access" / "ooni" / "real.jsonl")
    assert main(["ingest", source, "--observatory", str(place), "-q"]) in (0, 3)
    assert main(["cells", "--observatory", str(place), "-q"]) == 0
    return place


@pytest.fixture
def answers(
    observatory: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> list[dict]:
    """Ask `who` of every cell that the real measurements make."""
    monkeypatch.setenv("WHOCUT_OBSERVATORY", str(observatory))

    def ask(*command: str) -> dict:
        assert main([*command, "--json"]) == 0
        return json.loads(capsys.readouterr().out)

    from whocut.store.lookup import rows
    from whocut.store.observatory import Observatory

    with Observatory(observatory).snapshot() as snapshot:
        keys = rows(snapshot, "cell", columns=["probe_cc", "target", "week"]).to_pylist()
    return [
        ask("who", key["target"], "--country", key["probe_cc"], "--week", str(key["week"]))
        for key in keys
    ]


def test_every_cell_is_insufficient_or_rests_on_enough(answers: list[dict]) -> None:
    assert len(answers) >= 15
    for found in answers:
        cell = found["cell"]
        if cell["answer"] == "insufficient":
            assert cell["shortfall"] in {one.id for one in MODEL.shortfall}
            assert found["answer"].startswith("Not enough evidence")
        else:
            assert cell["n_usable"] >= MODEL.floor.measurements
        if cell["n_usable"] < MODEL.floor.measurements:
            assert cell["answer"] not in CUT_ANSWERS


def test_each_comes_with_a_concrete_next_step(answers: list[dict]) -> None:
    for found in answers:
        cell, steps = found["cell"], found["next_steps"]
        general = next(one.next_step for one in MODEL.shortfall if one.id == cell["shortfall"])
        assert steps, cell
        assert any(_CONCRETE.search(step) for step in steps if step != general), steps
        assert any(f"--country {cell['probe_cc']} --since {cell['week']}" in step for step in steps)
        assert not any("MEASUREMENT" in step for step in steps)


def test_its_rows_are_at_hand(
    answers: list[dict], observatory: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for found in answers:
        cell = found["cell"]
        command = ["who", cell["target"], "-c", cell["probe_cc"], "--week", cell["week"]]
        place = ["--observatory", str(observatory), "--format", "jsonl"]
        assert main([*command, "--rows", *place]) == 0
        verdicts = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        assert len(verdicts) == cell["n"] == found["meta"]["n"]
        uid = verdicts[0]["measurement_uid"]
        assert main(["explain", uid, "--observatory", str(observatory), "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["verdict"]["target"] == cell["target"]
