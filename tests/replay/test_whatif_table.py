"""The published what-if table for Russia: consensus of 2021-12 to 2022-02, each cell."""

import re
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from whocut.ingest.topology import Organisations, read_organisations, read_relationships
from whocut.routes.mincut.blocks import Kind
from whocut.routes.mincut.found import Criterion
from whocut.routes.mincut.search import least_set
from whocut.routes.relationships import consensus
from whocut.routes.topology import Topology, build_topology
from whocut.routes.whatif.outcome import run_scenario
from whocut.routes.whatif.scenario import load_scenarios
from whocut.routes.whatif.subject import Subject, make_subject

pytestmark = pytest.mark.shared
_MONTHS = ("20211201", "20220101", "20220201")
_TABLE = {
    "ru-backbones-stop-customers": (99.54, 99.54, 99.54, 99.54, 97.88, 97.87, 84.30, 78.82),
    "ru-backbones-cut-links": (99.54, 99.54, 99.54, 99.54, 97.50, 97.19, 69.60),
    "ru-backbones-carry-nothing": (99.54, 98.79, 93.87, 92.79, 83.57, 75.48, 60.88),
}
"""Per cent of Russian x foreign address pairs: baseline, then each step with those before it."""
_TOLERANCE = 0.3
_XML = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def read_sheet(path: Path) -> dict[int, float]:
    """Read IPv4 addresses by AS from the third column of the first sheet."""
    with zipfile.ZipFile(path) as book:
        shared = ElementTree.fromstring(book.read("xl/sharedStrings.xml"))
        strings = ["".join(each.itertext()) for each in shared.iter(f"{_XML}si")]
        sheet = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))
    weights: dict[int, float] = {}
    for row in sheet.iter(f"{_XML}row"):
        cells: dict[str, str] = {}
        for cell in row.iter(f"{_XML}c"):
            value = cell.findtext(f"{_XML}v", "")
            column = re.sub(r"\d", "", cell.get("r", ""))
            cells[column] = strings[int(value)] if cell.get("t") == "s" else value
        name = cells.get("A", "")
        if re.fullmatch(r"AS\d+", name):
            weights[int(name[2:])] = float(cells["C"])
    return weights


@pytest.fixture(scope="session")
def organisations(shared_dir: Path) -> Organisations:
    return read_organisations(shared_dir / "routes/as2org/20220401.as-org2info.txt.gz")


@pytest.fixture(scope="session")
def topology(shared_dir: Path, organisations: Organisations) -> Topology:
    folder = shared_dir / "routes/as-rel/serial-2"
    months = [read_relationships(folder / f"{day}.as-rel2.txt.bz2") for day in _MONTHS]
    return build_topology(consensus(months), organisations)


@pytest.fixture(scope="session")
def addresses(shared_dir: Path, topology: Topology) -> np.ndarray:
    weights = read_sheet(shared_dir / "routes/as2ip/as2ip_20211126.xlsx")
    return np.array([weights.get(asn, 0.0) for asn in topology.asns.tolist()])


@pytest.fixture(scope="session")
def russia(topology: Topology, addresses: np.ndarray) -> Subject:
    return make_subject(topology, "RU", addresses)


@pytest.mark.parametrize("scenario", sorted(_TABLE))
def test_each_cell_of_the_table(
    scenario: str, russia: Subject, organisations: Organisations
) -> None:
    outcome = run_scenario(russia, load_scenarios()[scenario], organisations, detail="none")
    shares = [100 * step.reachable for step in outcome.steps]
    wanted = _TABLE[scenario]
    assert shares[: len(wanted)] == pytest.approx(wanted, abs=_TOLERANCE)
    assert outcome.months == ("2021-12", "2022-01", "2022-02")


@pytest.mark.parametrize("scenario", ["tm-foreign-providers", "cu-foreign-providers"])
def test_countries_without_foreign_peers_lose_all(
    scenario: str, topology: Topology, addresses: np.ndarray
) -> None:
    chosen = load_scenarios()[scenario]
    subject = make_subject(topology, chosen.country, addresses)
    outcome = run_scenario(subject, chosen, detail="none")
    assert outcome.steps[0].reachable > 0.9
    assert outcome.steps[1].reachable < 0.01


def test_every_shipped_scenario_runs_for_its_country(
    topology: Topology, addresses: np.ndarray, organisations: Organisations
) -> None:
    for scenario in load_scenarios().values():
        subject = make_subject(topology, scenario.country, addresses)
        outcome = run_scenario(subject, scenario, organisations, detail="none")
        shares = [step.reachable for step in outcome.steps]
        assert shares == sorted(shares, reverse=True), scenario.id
        assert not outcome.unknown, scenario.id
        assert not outcome.domestic, scenario.id


@pytest.mark.parametrize(("country", "left"), [("IR", 63.9), ("UA", 66.2), ("BY", 71.2)])
def test_one_month_gives_the_shares_told_for_one_month(
    country: str,
    left: float,
    shared_dir: Path,
    organisations: Organisations,
) -> None:
    links = read_relationships(shared_dir / "routes/as-rel/serial-2/20220201.as-rel2.txt.bz2")
    topology = build_topology(links, organisations)
    weights = read_sheet(shared_dir / "routes/as2ip/as2ip_20211126.xlsx")
    addresses = np.array([weights.get(asn, 0.0) for asn in topology.asns.tolist()])
    scenario = load_scenarios()[f"{country.lower()}-foreign-providers"]
    outcome = run_scenario(make_subject(topology, country, addresses), scenario, detail="none")
    assert 100 * outcome.steps[1].reachable == pytest.approx(left, abs=_TOLERANCE)


_NOTHING_LEFT = {
    "TM": {Kind.ASES: (3, 3), Kind.ORGANISATIONS: (3, 3), Kind.JURISDICTIONS: (3, 3)},
    "CU": {Kind.ASES: (6, 6), Kind.ORGANISATIONS: (6, 6), Kind.JURISDICTIONS: (5, 5)},
    "BY": {Kind.ASES: (528, 553), Kind.ORGANISATIONS: (513, 537), Kind.JURISDICTIONS: (46, 49)},
    "IR": {Kind.ASES: (90, 90), Kind.ORGANISATIONS: (90, 90), Kind.JURISDICTIONS: (26, 26)},
    "UA": {Kind.ASES: (296, 730), Kind.ORGANISATIONS: (289, 705), Kind.JURISDICTIONS: (46, 63)},
    "RU": {Kind.JURISDICTIONS: (108, 119)},
}
"""Foreign actors that must all go, for 50 % and for 90 % of a country's addresses."""


@pytest.mark.parametrize("country", sorted(_NOTHING_LEFT))
def test_smallest_sets_that_leave_nothing_are_exact(
    country: str, topology: Topology, addresses: np.ndarray, organisations: Organisations
) -> None:
    for kind, sizes in _NOTHING_LEFT[country].items():
        for share, size in zip((0.5, 0.9), sizes, strict=True):
            found = least_set(
                topology,
                country,
                addresses,
                kind=kind,
                criterion=Criterion.NOTHING,
                share=share,
                registry=organisations,
                budget_s=120,
            )
            assert found.is_exact, (kind, share)
            assert found.size == size, (kind, share)
            assert found.isolated >= share


@pytest.mark.parametrize(
    ("country", "share", "members"),
    [
        ("TM", 0.9, ("AZ", "RU", "US")),
        ("CU", 0.9, ("ES", "FR", "IT", "NL", "US")),
        ("BY", 0.5, ("LT", "RU", "SE", "US")),
        ("UA", 0.5, ("GB", "RU", "SE", "US")),
    ],
)
def test_smallest_sets_of_states_that_leave_under_half(
    country: str,
    share: float,
    members: tuple[str, ...],
    topology: Topology,
    addresses: np.ndarray,
) -> None:
    found = least_set(
        topology,
        country,
        addresses,
        kind=Kind.JURISDICTIONS,
        criterion=Criterion.UNDER_HALF,
        share=share,
        budget_s=120,
    )
    assert found.is_exact
    assert found.size == len(members)
    assert found.members == members
