"""Make the results that ship anew, from files: ``python -m whocut.routes.results_build``.

    --topology FOLDER   links of serial-2 and organisations, as CAIDA names them
    --origins FOLDER    origins by location of a CTI run, CC.csv; summed over all countries
    --out FOLDER        data/results/routes
    --kept FILE         countries that are done, so that a run that was stopped goes on

Dates are ``DATES``. Figures are rounded, sums do not depend on the number of workers, and rows
stand in order: the same files give the same bytes.
"""

import argparse
import hashlib
import sys
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Final

import msgspec
import numpy as np

from whocut.ingest.topology import (
    Organisations,
    Weights,
    find_topology,
    read_country_origins,
)
from whocut.model.errors import UsageError
from whocut.routes.dependency.answer import ANSWER_VERSION, Band, CountryDependency
from whocut.routes.dependency.country import Question, Variant, country_dependency
from whocut.routes.kernels import Ties
from whocut.routes.map_file import load_organisations, load_topology
from whocut.routes.results import CARRIER_COLUMNS, COUNTRY_COLUMNS, NETWORK_COLUMNS
from whocut.routes.results_file import write_table
from whocut.routes.topology import CODE_VERSION as TOPOLOGY_VERSION
from whocut.routes.whatif.outcome import CODE_VERSION as WHATIF_VERSION
from whocut.routes.whatif.outcome import run_scenario
from whocut.routes.whatif.regions import load_regions
from whocut.routes.whatif.scenario import HYPOTHETICAL, Group, Mode, Scenario, Step
from whocut.routes.whatif.subject import Subject, make_subject

__all__ = ["DATES", "VERSIONS", "Inputs", "country_row", "main", "read_inputs", "summed_origins"]

DATES: Final[dict[date, tuple[date, ...]]] = {
    date(2020, 5, 1): (date(2020, 4, 1), date(2020, 5, 1), date(2020, 6, 1)),
    date(2022, 2, 1): (date(2021, 12, 1), date(2022, 1, 1), date(2022, 2, 1)),
    date(2022, 5, 1): (date(2022, 4, 1), date(2022, 5, 1), date(2022, 6, 1)),
}
"""What each date is called, and the months that must agree on a link."""
VERSIONS: Final = f"topology {TOPOLOGY_VERSION}, answer {ANSWER_VERSION}, what-if {WHATIF_VERSION}"
_SERIAL: Final = 2
_COGENT_LUMEN: Final = (174, 3356, 3549, 209)
_TIES: Final[tuple[Ties, ...]] = ("equal", "lowest_asn")
_HANDING, _TAKING = 10, 5
_DIGITS: Final = 4


class Inputs:
    """Files of one date, read."""

    def __init__(
        self,
        day: date,
        links: Sequence[Path],
        organisations: Path,
        weights: Weights,
        folder: Path | None,
    ) -> None:
        self.day = day
        self.links = links
        self.weights = weights
        self.organisations_file = organisations
        self.organisations: Organisations = load_organisations(organisations, folder)
        self.variants: list[Variant] = []
        for paths in (tuple(links), *((path,) for path in links)):
            topology = load_topology(paths, organisations, folder)
            self.variants += [Variant(topology, ties) for ties in _TIES]

    @property
    def countries(self) -> list[str]:
        """List the countries that have a network; codes that stand for no place are left out."""
        places = {code for region in load_regions() for code in region.countries}
        return sorted(places.intersection(self.variants[0].topology.countries))

    @property
    def digest(self) -> str:
        """Digest all that a row rests on."""
        said = [VERSIONS, str(self.day), self.organisations.sha256, self.weights.sha256]
        said += [f"{each.topology.key} {each.ties}" for each in self.variants]
        return hashlib.sha256("\n".join(said).encode()).hexdigest()


class _Row(msgspec.Struct, frozen=True):
    """What is kept of a country; one without figures is left out of the results."""

    digest: str
    day: str
    code: str
    country: dict[str, str]
    carriers: list[dict[str, str]]
    networks: dict[int, tuple[str, str]]


def summed_origins(folder: Path) -> Weights:
    """Add up the blocks of 256 addresses that each network originates, over all countries.

    Raises: UsageError if the folder holds no origins.
    """
    blocks: dict[int, float] = {}
    digest = hashlib.sha256()
    for path in sorted(folder.glob("??.csv")):
        origins = read_country_origins(path)
        digest.update(f"{path.name} {origins.sha256}\n".encode())
        for asn, held in zip(origins.asn, origins.slash24, strict=True):
            blocks[asn] = blocks.get(asn, 0.0) + held
    if not blocks:
        raise UsageError(f"{folder} holds no origins by country, CC.csv")
    asns = sorted(blocks)
    return Weights(
        asn=np.array(asns, np.uint32),
        weight=np.array([blocks[asn] for asn in asns]),
        unit="IPv4 blocks of 256 addresses",
        sha256=digest.hexdigest(),
        source=folder.name,
    )


def read_inputs(topology: Path, weights: Weights, day: date, folder: Path | None) -> Inputs:
    """Read the files of a date.

    Raises: UsageError if one is not at hand.
    """
    files = find_topology(topology)
    links = [files.links_of(month, _SERIAL) for month in DATES[day]]
    organisations = files.organisations_at(day)
    if organisations is None:
        raise UsageError(f"{topology} holds no organisations")
    return Inputs(day, links, organisations, weights, folder)


def country_row(inputs: Inputs, code: str, *, workers: int = 2) -> _Row:
    """Measure one country; nothing in it if it has no weight, or nobody reaches it."""
    day = f"{inputs.day:%Y-%m}"
    question = Question(
        country=code, organisations=inputs.organisations, weights=inputs.weights, serial=_SERIAL
    )
    try:
        found = country_dependency(question, inputs.variants, workers=workers)
        topology = inputs.variants[0].topology
        subject = make_subject(topology, code, inputs.weights.align(topology.asns))
    except UsageError:
        return _Row(inputs.digest, day, code, {}, [], {})
    foreign = [one for one in found.carriers if not one.is_domestic]
    foreign.sort(key=lambda one: (-round(one.gate.value, _DIGITS), one.asn))
    handing = [(one.asn, one.gate) for one in foreign][:_HANDING]
    taking = [(one.asn, one.share) for one in found.entries][:_TAKING]
    carriers = [
        _carrier(day, code, role, asn, band)
        for role, listed in (("hands_over", handing), ("takes_over", taking))
        for asn, band in listed
        if round(band.value, _DIGITS) > 0
    ]
    known = inputs.organisations
    networks = {
        asn: (known.name_of(asn), known.country_of(asn))
        for asn in sorted(int(row["asn"]) for row in carriers)
    }
    return _Row(inputs.digest, day, code, _figures(day, found, subject), carriers, networks)


def _carrier(day: str, code: str, role: str, asn: int, band: Band) -> dict[str, str]:
    values = (day, code, role, str(asn), *map(_written, (band.value, band.low, band.high)))
    return dict(zip(CARRIER_COLUMNS, values, strict=True))


def _figures(day: str, found: CountryDependency, subject: Subject) -> dict[str, str]:
    row: dict[str, str] = {
        "date": day,
        "country": found.country,
        "slash24": _written(found.domestic.weight),
        "ases": str(found.domestic.networks),
        "foreign_providers": str(
            len(np.unique(subject.sales.foreign[subject.sales.is_sold_from_abroad]))
        ),
        "inputs_sha256": found.inputs_sha256,
    }
    bands = {
        "reached": found.reached,
        "direct": found.direct,
        "hhi": found.concentration,
        "control_points": found.control_points,
    }
    for name, band in bands.items():
        row |= {f"{name}": _written(band.value)}
        row |= {f"{name}_low": _written(band.low), f"{name}_high": _written(band.high)}
    for mode in (Mode.STOP_CUSTOMERS, Mode.CUT_LINKS, Mode.CARRY_NOTHING):
        step = Step(title="all", mode=mode, groups=(Group.FOREIGN_PROVIDERS,))
        now, row[f"pairs_{mode.value}"] = _left(subject, step)
        row["pairs_now"] = now or row.get("pairs_now", "")
    home = set(subject.topology.asns[subject.is_home].tolist())
    abroad = tuple(asn for asn in _COGENT_LUMEN if asn not in home)
    step = Step(title="two", mode=Mode.STOP_CUSTOMERS, asns=abroad)
    now, row["pairs_without_cogent_lumen"] = _left(subject, step)
    row["pairs_now"] = now or row["pairs_now"]
    return row


def _left(subject: Subject, step: Step) -> tuple[str, str]:
    """Share of address pairs now, and after a step; nothing where nobody is there to act."""
    scenario = Scenario(
        id="asked", title="asked", country=subject.country, source=HYPOTHETICAL, step=(step,)
    )
    try:
        outcome = run_scenario(subject, scenario, detail="none")
    except UsageError:
        return "", ""
    return _written(outcome.steps[0].reachable), _written(outcome.steps[1].reachable)


def _written(value: float) -> str:
    return f"{round(value, _DIGITS) + 0.0:.{_DIGITS}f}".rstrip("0").rstrip(".")


def _kept(path: Path | None, digest: str) -> dict[str, _Row]:
    """Read the countries that are done; a line that was cut off is none."""
    found: dict[str, _Row] = {}
    if path is None or not path.exists():
        return found
    for line in path.read_bytes().splitlines():
        try:
            row = msgspec.json.decode(line, type=_Row)
        except msgspec.MsgspecError:
            continue
        if row.digest == digest:
            found[row.code] = row
    return found


def _measured(inputs: Inputs, kept: Path | None, workers: int) -> Iterator[_Row]:
    done = _kept(kept, inputs.digest)
    codes = inputs.countries
    for number, code in enumerate(codes, 1):
        row = done.get(code)
        if row is None:
            row = country_row(inputs, code, workers=workers)
            if kept is not None:
                with kept.open("ab") as file:
                    file.write(b"\n" + msgspec.json.encode(row) + b"\n")
            sys.stderr.write(f"{inputs.day:%Y-%m} {code}: {number} of {len(codes)} countries\n")
        yield row


def _sources(inputs: Inputs, left_out: Sequence[str]) -> str:
    def table(named: dict[str, str]) -> str:
        return "{ " + ", ".join(f'"{name}" = "{value}"' for name, value in named.items()) + " }"

    links = {path.name: _digest(path) for path in inputs.links}
    organisations = inputs.organisations_file
    listed = ", ".join(f'"{code}"' for code in left_out)
    months = ", ".join(month.isoformat() for month in DATES[inputs.day])
    return "\n".join(
        (
            "[[result]]",
            f"day = {inputs.day.isoformat()}",
            f"months = [{months}]",
            f"serial = {_SERIAL}",
            f"links = {table(links)}",
            f"organisations = {table({organisations.name: _digest(organisations)})}",
            f"weights = {table({inputs.weights.source: inputs.weights.sha256})}",
            f'unit = "{inputs.weights.unit}"',
            f'versions = "{VERSIONS}"',
            f"left_out = [{listed}]",
            "",
        )
    )


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure every country at every date, and write the tables."""
    parser = argparse.ArgumentParser(prog="python -m whocut.routes.results_build")
    parser.add_argument("--topology", type=Path, required=True)
    parser.add_argument("--origins", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--kept", type=Path)
    parser.add_argument("--cache", type=Path, help="folder for maps that were read")
    parser.add_argument("--workers", type=int, default=2)
    asked = parser.parse_args(arguments)
    weights = summed_origins(asked.origins)
    rows: list[_Row] = []
    sources = []
    for day in DATES:
        inputs = read_inputs(asked.topology, weights, day, asked.cache)
        found = list(_measured(inputs, asked.kept, asked.workers))
        sources.append(_sources(inputs, [row.code for row in found if not row.country]))
        rows += [row for row in found if row.country]
    networks = {asn: named for row in rows for asn, named in row.networks.items()}
    asked.out.mkdir(parents=True, exist_ok=True)
    write_table(asked.out / "countries.csv", COUNTRY_COLUMNS, [row.country for row in rows])
    write_table(
        asked.out / "carriers.csv", CARRIER_COLUMNS, [each for row in rows for each in row.carriers]
    )
    write_table(
        asked.out / "networks.csv",
        NETWORK_COLUMNS,
        [
            dict(zip(NETWORK_COLUMNS, (asn, *networks[asn]), strict=True))
            for asn in sorted(networks)
        ],
    )
    (asked.out / "sources.toml").write_text("\n".join(sources), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
