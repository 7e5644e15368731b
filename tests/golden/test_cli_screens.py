"""Screens as a person sees them; ``make golden`` writes them anew, and review reads them."""

import os
import re
from datetime import timedelta
from pathlib import Path

import pytest

from tests.unit.cli.celled import celled_observatory
from tests.unit.store.building import DAY, judgement, put
from whocut.cli.app import main
from whocut.model.taxonomy import ActorKind, Layer, Locus, Outcome, Strength
from whocut.store.observatory import Observatory

SCREENS = Path(__file__).parent / "cli"
CASES = {
    "who-refused": ("who", "example.org", "--country", "RU"),
    "who-mixed": ("who", "mixed.example", "--country", "RU"),
    "who-interfered": ("who", "blocked.example", "--country", "IR"),
    "who-nothing": ("who", "example.org", "--country", "KZ"),
    "who-rows": ("who", "blocked.example", "--country", "IR", "--rows"),
    "who-json": ("who", "blocked.example", "--country", "IR", "--json"),
    "country": ("country", "RU"),
    "country-all": ("country", "RU", "--all"),
    "explain-outcome": ("explain", "cut_unattributed"),
    "explain-failure": ("explain", "connection_reset"),
    "explain-verdict": ("explain", "uid-000300"),
    "sources": ("sources",),
}
CELL_CASES = {
    "cells-who": ("who", "example.org", "--country", "RU"),
    "cells-who-json": ("who", "example.org", "--country", "RU", "--json"),
    "cells-country": ("country", "RU", "--all"),
    "cells-country-json": ("country", "RU", "--json"),
    "cells-network": ("network", "AS64502"),
    "cells-rows": ("who", "example.org", "-c", "RU", "--week", "2024-W08", "--of", "tallies"),
}
NEUTRAL = {"fingerprints": (), "cut_layers": (), "doubt": "", "next_step": ""}
SERVED = NEUTRAL | {
    "outcome": Outcome.SERVED,
    "layer": Layer.NONE,
    "mechanism": "none",
    "locus": Locus.UNKNOWN,
    "actor_kind": ActorKind.NONE,
    "rule_id": "test.same_page",
    "rules": ("test.same_page",),
}
RESET = NEUTRAL | {
    "outcome": Outcome.CUT_UNATTRIBUTED,
    "layer": Layer.TLS,
    "mechanism": "tls.reset",
    "locus": Locus.UNKNOWN,
    "actor_kind": ActorKind.UNKNOWN,
    "strength": Strength.C,
    "rule_id": "test.reset",
    "rules": ("test.reset",),
    "doubt": "The server and a device on the path can both send a reset.",
    "next_step": "Try an innocuous server name at the same address.",
}
BOGON = RESET | {
    "outcome": Outcome.INTERFERED,
    "layer": Layer.DNS,
    "mechanism": "dns.injection.bogon",
    "strength": Strength.A,
    "rule_id": "test.bogon",
    "rules": ("test.bogon", "test.reset"),
}


@pytest.fixture(scope="module")
def observatory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four targets: refused, mixed, interfered with by DNS, served."""
    place = tmp_path_factory.mktemp("golden")
    mixed = {"target": "mixed.example", "hostname": "mixed.example"}
    blocked = {"target": "blocked.example", "hostname": "blocked.example", "probe_cc": "IR"}
    quiet = {"target": "quiet.example", "hostname": "quiet.example"}
    rows = [judgement(n, measurement_start_time=DAY + timedelta(days=n)) for n in range(6)]
    rows += [judgement(100 + n, **mixed, **(RESET if n == 2 else SERVED)) for n in range(5)]
    rows += [judgement(300 + n, **blocked, **BOGON) for n in range(2)]
    rows += [judgement(400 + n, **quiet, **SERVED) for n in range(3)]
    put(Observatory(place), a=rows)
    return place


@pytest.fixture(scope="module")
def celled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with cells, laid by hand."""
    return celled_observatory(tmp_path_factory.mktemp("golden-cells") / "observatory")


def _compare(
    name: str, command: tuple[str, ...], observatory: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WHOCUT_OBSERVATORY", str(observatory))
        patch.setenv("COLUMNS", "100")
        assert main(command) == 0
    out, err = capsys.readouterr()
    shown = f"$ whocut {' '.join(command)}\n{out}" + (f"[talk]\n{err}" if err else "")
    shown = "".join(line.rstrip() + "\n" for line in shown.splitlines())
    # Hashes of Parquet files change with the library that writes them.
    shown = re.sub(r'"[0-9a-f]{64}"', '"<hash>"', shown)
    path = SCREENS / f"{name}.txt"
    if os.environ.get("WHOCUT_GOLDEN") == "rewrite":
        path.write_text(shown, "utf-8")
    assert path.exists(), "make golden writes the screens"
    assert shown == path.read_text("utf-8")


@pytest.mark.parametrize("name", CASES)
def test_screen(name: str, observatory: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _compare(name, CASES[name], observatory, capsys)


@pytest.mark.parametrize("name", CELL_CASES)
def test_screen_with_cells(name: str, celled: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _compare(name, CELL_CASES[name], celled, capsys)
