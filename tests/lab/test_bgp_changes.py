"""Changes planted among real BIRD routers: reason, share and minute of each, no false alarm."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.lab.bgp_text import TextRoutes, read_lines
from tests.lab.bgp_truth import Run, faults
from whocut.cli.app import main
from whocut.ingest.topology import read_organisations, read_relationships
from whocut.routes.observed.breaks import find_breaks
from whocut.routes.observed.feed import Tables
from whocut.routes.observed.finding import BREAKS, Reason
from whocut.routes.observed.log import observe
from whocut.routes.observed.mrt_feed import MrtRoutes
from whocut.routes.observed.rib import country_routes
from whocut.routes.observed.ties import NO_TIES, Ties
from whocut_lab.bgp.plan import Act
from whocut_lab.bgp.rehearsal import PROGRAMS
from whocut_lab.enclosure import SCRATCH, missing_requirements

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = [pytest.mark.lab, pytest.mark.timeout(200)]
RUN_LIMIT_S = 120.0
N_SEEDS = 5


@pytest.fixture(scope="session")
def bgp_machine() -> None:
    """A machine that can run the routers."""
    missing = missing_requirements(PROGRAMS)
    if missing:
        pytest.skip("the BGP lab cannot run here; it needs " + ", ".join(missing))


def _start(seed: int, out: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "whocut_lab", "bgp", "--seed", str(seed), "--out", str(out)]
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True)


def _finish(process: subprocess.Popen[str], out: Path) -> Run:
    _, words = process.communicate(timeout=RUN_LIMIT_S)
    assert process.returncode == 0, words
    return Run.of(out)


@pytest.fixture(scope="module")
def run(bgp_machine: None, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """One run of a seed that nobody has seen."""
    seed = random.SystemRandom().randrange(10**6)
    print(f"seed {seed} (the same run again: whocut lab bgp --seed {seed})")
    out = tmp_path_factory.mktemp("bgp")
    began = time.monotonic()
    done = _finish(_start(seed, out), out)
    assert time.monotonic() - began < RUN_LIMIT_S
    return done


def _ties(run: Run) -> Ties:
    links = read_relationships(run.folder / "20220301.as-rel.txt")
    sales = zip(links.provider.tolist(), links.customer.tolist(), strict=True)
    return Ties.of(sales, zip(links.peer_a.tolist(), links.peer_b.tolist(), strict=True))


def _customers(run: Run, ties: Ties) -> frozenset[int]:
    return ties.customers_of(run.truth.backbone)


def _assert_all_found(run: Run) -> None:
    ties = _ties(run)
    for known in (ties, NO_TIES):
        found = run.breaks(MrtRoutes, known, customers=_customers(run, ties))
        assert list(faults(run, found)) == [], f"seed {run.truth.seed}"


def test_every_planted_change_is_found(run: Run) -> None:
    _assert_all_found(run)


@pytest.mark.long
@pytest.mark.timeout(400)
def test_other_topologies_and_orders(bgp_machine: None, tmp_path: Path, seed: int) -> None:
    """Several runs at once: they wait most of the time."""
    seeds = random.Random(seed).sample(range(10**6), N_SEEDS)
    print(f"seeds {seeds}")
    started = [(_start(one, tmp_path / str(one)), tmp_path / str(one)) for one in seeds]
    for process, out in started:
        _assert_all_found(_finish(process, out))


def test_all_neighbours_without_relations_give_no_false_break(run: Run) -> None:
    """Other backbones are below this one, too, and take over what it lost."""
    found = run.breaks(MrtRoutes, NO_TIES, customers=None)
    planted = {asn for one in run.truth.planted for asn in one.asns}
    told = {one.customer for one in found.pairs if one.reason in BREAKS}
    assert told <= planted


def test_our_reader_and_bgpdump_lead_to_the_same_findings(run: Run) -> None:
    ties = _ties(run)
    ours = run.breaks(MrtRoutes, ties, customers=None)
    theirs = run.breaks(TextRoutes, ties, customers=None)
    assert ours == theirs


def test_counts_are_those_of_the_text(run: Run) -> None:
    """Prefixes, vantages and paths by adjacency, counted anew from bgpdump's lines."""
    found = run.breaks(MrtRoutes, NO_TIES, customers=None)
    for label in ("before", "after"):
        lines, _ = read_lines(run.files(f"rib.{label}.*"))
        for pair in found.pairs:
            wanted = [
                line
                for line in lines
                if (pair.backbone, pair.customer) in zip(line.path, line.path[1:], strict=False)
            ]
            seen = getattr(pair, label)
            assert seen.n_prefixes == len({line.prefix for line in wanted})
            assert seen.n_vantages == len({line.asn for line in wanted})
            assert seen.n_paths == len({(li.asn, li.address, li.prefix) for li in wanted})


def test_ribs_alone_show_what_left_and_no_minute(run: Run) -> None:
    ties = _ties(run)
    found = run.breaks(MrtRoutes, ties, customers=_customers(run, ties), is_with_updates=False)
    by_customer = {one.customer: one for one in found.pairs}
    assert all(one.start_s is None for one in found.pairs)
    for planted in run.truth.planted:
        for asn in planted.asns:
            reason = by_customer[asn].reason if asn in by_customer else None
            if planted.act is Act.FILTER:
                assert reason is Reason.PREFIX_FILTER
            if planted.act is Act.RENUMBER:
                assert reason is Reason.RENUMBERING
            if planted.act in (Act.FLAP, Act.LEAK, Act.FULL_LEAK):
                assert reason is Reason.NONE


def test_a_table_beside_itself_shows_nothing(run: Run) -> None:
    tables = Tables()
    rib = MrtRoutes(run.files("rib.before.*"), tables)
    found = find_breaks(observe(run.truth.backbone, rib, None, rib, tables))
    assert {one.reason for one in found.pairs} == {Reason.NONE}
    assert found.vantage_losses == ()


def test_who_carries_the_country(run: Run) -> None:
    """Gates' shares, counted anew from bgpdump's lines; the backbone's falls."""
    known = read_organisations(run.folder / "20220301.as-org2info.txt")
    country = run.truth.country
    asns = {int(asn) for asn in known.asn if known.country_of(int(asn)) == country}
    shares = {}
    for label in ("before", "after"):
        tables = Tables()
        routes = MrtRoutes(run.files(f"rib.{label}.*"), tables)
        found = country_routes(routes, tables, country, asns)
        wanted = _gate_shares(run, label, asns)
        told = {one.asn: one.gate_share for one in found.carriers if one.gate_share}
        assert told == pytest.approx(wanted)
        total = sum(one.gate_share for one in found.carriers) + found.direct_share
        assert total == pytest.approx(1)
        shares[label] = told[run.truth.backbone]
    assert shares["after"] < shares["before"]


def _gate_shares(run: Run, label: str, domestic: set[int]) -> dict[int, float]:
    lines, _ = read_lines(run.files(f"rib.{label}.*"))
    ways: dict[int, dict[str, int]] = {}
    for line in lines:
        if line.path[-1] in domestic and line.asn not in domestic:
            abroad = [asn for asn in dict.fromkeys(line.path) if asn not in domestic]
            gate = abroad[-1] if len(abroad) > 1 else 0
            ways.setdefault(line.asn, {}).setdefault(line.prefix, gate)
    shares: dict[int, float] = {}
    for prefixes in ways.values():
        for gate in prefixes.values():
            shares[gate] = shares.get(gate, 0.0) + 1 / len(prefixes) / len(ways)
    shares.pop(0, None)
    return shares


def _breaks_command(run: Run, *more: str) -> list[str]:
    command = ["routes", "breaks", str(run.truth.backbone), "--settle", "2"]
    for option, pattern in (("before", "rib.before.*"), ("updates", "upd*"), ("after", "rib.af*")):
        command += [f"--{option}", *map(str, run.files(pattern))]
    return [*command, *more]


def test_the_commands_tell_the_same(
    run: Run, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "240")  # narrower ones fold cells and sentences
    organisations = ["--organisations", str(run.folder / "20220301.as-org2info.txt")]
    relations = ["--relationships", str(run.folder / "20220301.as-rel.txt")]
    command = _breaks_command(run, *organisations, *relations, "--country", run.truth.country)
    assert main([*command, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    ties = _ties(run)
    found = run.breaks(MrtRoutes, ties, customers=_customers(run, ties))
    at_home = [p for p in found.pairs if run.truth.countries[p.customer] == run.truth.country]
    assert told["kind"] == "observed"
    assert "not capacity" in told["notes"][0]
    assert [
        (one["customer"], one["reason"], one["prefix_share"]) for one in told["adjacencies"]
    ] == [(pair.customer, pair.reason, pair.prefix_share) for pair in at_home]
    assert main(command) == 0
    table = " ".join(capsys.readouterr().out.split())
    assert "sessions ended; with 2 others" in table
    assert "no longer feeds a collector" in table
    ribs = [str(file) for file in run.files("rib.before.*")]
    assert main(["routes", "rib", *ribs, "-c", run.truth.country, *organisations, "--json"]) == 0
    gates = json.loads(capsys.readouterr().out)["carriers"]
    assert gates[0]["registered_in"] in ("XB", "XC")
    assert main(["routes", "rib", *ribs, "-c", "ZZ", *organisations]) == 2


def test_a_file_cut_short_is_read_as_far_as_it_goes(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (file,) = run.files("rib.after.rc00.master4.mrt")
    short = tmp_path / file.name
    short.write_bytes(file.read_bytes()[:-7])
    command = _breaks_command(run)
    command[command.index(str(file))] = str(short)
    assert main(command) == 3
    assert "what stands before it was read" in capsys.readouterr().err
    assert main(["routes", "breaks", "1", "--before", str(tmp_path / "none")]) == 2


def _machine() -> dict[str, object]:
    links = subprocess.run(["ip", "-br", "link"], capture_output=True, text=True, check=True)
    names = Path("/run/netns")
    return {
        "links": sorted(line.split()[0] for line in links.stdout.splitlines()),
        "named namespaces": sorted(p.name for p in names.iterdir()) if names.is_dir() else [],
        "scratch": sorted(p.name for p in SCRATCH.iterdir()),
    }


def _enclosed(parent: int) -> Iterator[int]:
    """Find the processes in the PID namespace of a lab's first process."""
    (first,) = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    home = Path(f"/proc/{first}/ns/pid").readlink()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if (folder / "ns" / "pid").readlink() == home:
                yield int(folder.name)
        except OSError:
            continue


@pytest.mark.parametrize(
    "end",
    [
        lambda process: os.killpg(process.pid, signal.SIGINT),
        lambda process: process.terminate(),
        lambda process: process.kill(),
    ],
    ids=["ctrl-c", "terminate", "kill"],
)
def test_nothing_is_left(
    bgp_machine: None, tmp_path: Path, end: Callable[[subprocess.Popen[str]], None]
) -> None:
    before = _machine()
    command = [sys.executable, "-m", "whocut_lab", "bgp", "--out", str(tmp_path)]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True)
    assert process.stderr is not None
    assert process.stderr.readline().startswith("seed ")
    assert "routers settled" in process.stderr.readline()
    routers = list(_enclosed(process.pid))
    assert len(routers) > 25
    end(process)
    assert process.wait(timeout=60) != 0
    process.stderr.close()
    limit = time.monotonic() + 60
    while any(Path(f"/proc/{pid}").exists() for pid in routers):
        assert time.monotonic() < limit
        time.sleep(0.05)
    assert _machine() == before
    assert list(tmp_path.iterdir()) == []


_AS_NOBODY = """
import os, sys
import whocut_lab.bgp.rehearsal
from whocut_lab.__main__ import main
os.setuid(65534)
sys.exit(main(["bgp", "--out", sys.argv[1]]))
"""


def test_it_says_that_it_needs_root(bgp_machine: None, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _AS_NOBODY, str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr == "whocut lab: the lab cannot run here; it needs root\n"
