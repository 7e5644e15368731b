"""Every example of the manual of routes runs as it is written, from a shell."""

from __future__ import annotations

import gzip
import os
import re
import shlex
import struct
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.unit.ingest.mrt.made_records import (
    IPV4_PEER,
    as_path,
    attributes,
    bgp4mp,
    message,
    next_hop,
    origin,
    peer_index_table,
    prefix,
    rib,
    rib_entry,
    update,
)
from whocut.cli.app import main

pytestmark = [pytest.mark.shared, pytest.mark.long, pytest.mark.timeout(600)]
_BIN = Path(sys.executable).parent
_LONGEST = "whocut routes mincut --all"
"""Asks of every country, for minutes."""
# Rostelecom, a small network below it, and who tells of them.
_EYE, _BACKBONE, _CUSTOMER, _OTHER = 65001, 174, 12389, 1299


def _examples(repo_dir: Path, verb: str) -> list[str]:
    text = (repo_dir / "docs/manual/routes.md").read_text("utf-8")
    return re.findall(rf"^    (whocut {verb} .*)$", text, re.MULTILINE)


def _at(hour: str, *made: bytes) -> bytes:
    time_s = int(datetime.fromisoformat(hour).replace(tzinfo=UTC).timestamp())
    return b"".join(struct.pack(">I", time_s) + one[4:] for one in made)


def _table(hour: str, *way: int) -> bytes:
    kept = rib(prefix(8, 11), rib_entry(0, attributes(_EYE, _BACKBONE, _OTHER)))
    turned = rib(prefix(8, 10), rib_entry(0, attributes(_EYE, *way)))
    return _at(hour, peer_index_table((_EYE, IPV4_PEER)), turned, kept)


@pytest.fixture(scope="module")
def place(shared_dir, tmp_path_factory):
    """A folder and a cache as ``whocut fetch`` leaves them."""
    found = tmp_path_factory.mktemp("manual")
    (found / "cache").mkdir()
    (found / "cache" / "topology").symlink_to(shared_dir / "routes")
    routing = found / "routing" / "rrc00"
    routing.mkdir(parents=True)
    turned = origin() + as_path(_EYE, _BACKBONE, _OTHER, _CUSTOMER) + next_hop()
    told = bgp4mp(message(update(attrs=turned, nlri=prefix(8, 10))), asn=_EYE)
    files = {
        "bview.20220304.0800.gz": _table("2022-03-04T08:00", _BACKBONE, _CUSTOMER),
        "updates.20220304.0800.gz": _at("2022-03-04T08:01", told),
        "updates.20220304.2355.gz": _at("2022-03-04T23:58", told),
        "bview.20220305.0000.gz": _table("2022-03-05T00:00", _BACKBONE, _OTHER, _CUSTOMER),
    }
    for name, content in files.items():
        (routing / name).write_bytes(gzip.compress(content))
    return found


def test_there_are_examples_of_every_question(repo_dir: Path) -> None:
    asked = {line.split()[2] for line in _examples(repo_dir, "routes")}
    assert asked == {
        *("country", "as", "compare", "paths", "changes", "whatif", "mincut", "rib", "breaks"),
    }
    assert {line.split()[2] for line in _examples(repo_dir, "fetch")} == {
        *("topology", "rib", "updates"),
    }


def test_what_is_fetched_can_be_asked_for(repo_dir: Path, capsys) -> None:
    """Nothing listens at the endpoint: a line that is read ends there, and not before."""
    for line in _examples(repo_dir, "fetch"):
        words = shlex.split(line, comments=True)[1:]
        kinds = ["--endpoint"] if words[1] == "topology" else ["--ris-endpoint"]
        assert main([*words, *kinds, "http://127.0.0.1:9"]) == 1, line
        assert "127.0.0.1:9" in capsys.readouterr().err


def test_every_example_answers(repo_dir: Path, place: Path) -> None:
    environment = dict(
        os.environ,
        PATH=f"{_BIN}{os.pathsep}{os.environ['PATH']}",
        WHOCUT_CACHE=str(place / "cache"),
        WHOCUT_OBSERVATORY=str(place / "observatory"),
    )
    lines = [line for line in _examples(repo_dir, "routes") if line != _LONGEST]
    for line in lines:
        done = subprocess.run(
            ["bash", "-c", line], cwd=place, env=environment, capture_output=True, text=True,
            timeout=300, check=False,
        )  # fmt: skip
        assert done.returncode == 0, (line, done.stderr)
        words = " ".join(done.stdout.split())
        assert "policy reachability, not capacity" in words.casefold(), line
        if " breaks " in line:
            assert "1 broke in whole or part" in words
