"""Make what-ifs and minimum sets that ship anew: ``python -m whocut.routes.cascades_build``.

    --topology FOLDER   links of serial-2 and organisations, as CAIDA names them
    --origins FOLDER    origins by location of a CTI run, CC.csv; summed over all countries
    --out FOLDER        data/results/routes; carriers.csv is there already (results_build)
    --kept FOLDER       rows that are done, so that a run that was stopped goes on
    --part PART         states, whatif, mincut or names; else all, in this order

What-ifs and minimum sets are of the last of the dates; who carries by state is of all. Minimum sets
have a budget in seconds, so that an open range may be narrower on a faster machine; all else is the
same bytes from the same files.
"""

import argparse
import hashlib
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Final

import msgspec

from whocut.model.errors import UsageError
from whocut.routes.cascades import (
    CASCADE_COLUMNS,
    CASCADE_COUNTRY_COLUMNS,
    cascade_rows,
    hops_of,
    parts_of,
    read_cascades,
)
from whocut.routes.change_results import load_change_results
from whocut.routes.dependency.country import Question, country_dependency
from whocut.routes.mincut.blocks import Kind
from whocut.routes.mincut.found import Criterion, MinimumSet
from whocut.routes.mincut.search import least_set, reconcile
from whocut.routes.minimum_sets import MINIMUM_COLUMNS, minimum_row, read_minimum_sets
from whocut.routes.results import NETWORK_COLUMNS, load_results, read_networks
from whocut.routes.results_build import DATES, VERSIONS, Inputs, read_inputs, summed_origins
from whocut.routes.results_file import write_table
from whocut.routes.states import STATE_COLUMNS, read_states
from whocut.routes.whatif.cascade import carry_through, leavers_of
from whocut.routes.whatif.subject import Subject, make_subject
from whocut.scale.executor import open_executor

__all__ = ["MOST_CARRIERS", "MOST_STATES", "cascade_of", "main", "minimum_of", "states_of"]

MOST_CARRIERS: Final = 6
MOST_STATES: Final = 5
SHARES: Final = (0.5, 0.9)
BUDGET_S: Final = 2.0
_CODE_VERSION: Final = 1
_LISTED_STATES: Final = 8
_DIGITS: Final = 4
_PARTS: Final = ("states", "whatif", "mincut", "names")


class Kept(msgspec.Struct, frozen=True):
    """Rows of one country that are done."""

    digest: str
    code: str
    rows: list[dict[str, str]]
    country: dict[str, str] = {}


Task = Callable[[str], Kept]


def states_of(inputs: Inputs, code: str, *, workers: int = 1) -> Kept:
    """Say of which states those are who hand over to a country, with bands."""
    question = Question(
        country=code, organisations=inputs.organisations, weights=inputs.weights, serial=2
    )
    try:
        found = country_dependency(question, inputs.variants, workers=workers)
    except UsageError:
        return Kept(_digest(inputs), code, [])
    foreign = [one for one in found.jurisdictions if one.name != code]
    foreign.sort(key=lambda one: (-round(one.gate.value, _DIGITS), one.name))
    rows = [
        dict(
            zip(
                STATE_COLUMNS,
                (
                    f"{inputs.day:%Y-%m}",
                    code,
                    one.name,
                    str(len(one.asns)),
                    *(_share(each) for each in (one.gate.value, one.gate.low, one.gate.high)),
                ),
                strict=True,
            )
        )
        for one in foreign[:_LISTED_STATES]
        if round(one.gate.value, _DIGITS) > 0
    ]
    return Kept(_digest(inputs), code, rows)


def _share(value: float) -> str:
    return f"{round(value, _DIGITS) + 0.0:.{_DIGITS}f}".rstrip("0").rstrip(".")


def _subject(inputs: Inputs, code: str) -> Subject:
    topology = inputs.variants[0].topology
    return make_subject(topology, code, inputs.weights.align(topology.asns))


def cascade_of(inputs: Inputs, code: str, carriers: Sequence[int], states: Sequence[str]) -> Kept:
    """Carry the sets of one country through."""
    subject = _subject(inputs, code)
    standing, found = carry_through(subject, leavers_of(carriers, states))
    clique = set(subject.topology.clique) - set(subject.topology.asns[subject.is_home].tolist())
    digest = hashlib.sha256(f"{VERSIONS} {_CODE_VERSION} {subject.key}".encode()).hexdigest()
    country = (
        *(f"{inputs.day:%Y-%m}", code, " ".join(map(str, carriers)), " ".join(states)),
        *(str(len(subject.home_asns)), parts_of(standing.pairs), str(standing.isolated)),
        *(parts_of(standing.addresses), parts_of(standing.under_half)),
        "" if standing.hops is None else hops_of(standing.hops),
        *(str(standing.top or ""), parts_of(standing.top_share), str(len(clique))),
        " ".join(f"{asn}:{parts_of(share)}" for asn, share in standing.shares.items()),
        digest,
    )
    return Kept(
        _digest(inputs),
        code,
        [cascade_rows(each) for each in found],
        dict(zip(CASCADE_COUNTRY_COLUMNS, country, strict=True)),
    )


def minimum_of(inputs: Inputs, code: str, *, budget_s: float = BUDGET_S) -> Kept:
    """Look for the smallest sets whose exit isolates a country."""
    topology = inputs.variants[0].topology
    addresses = inputs.weights.align(topology.asns)
    asked = [(kind, Criterion.NOTHING) for kind in Kind]
    asked.append((Kind.JURISDICTIONS, Criterion.UNDER_HALF))
    found: list[MinimumSet] = [
        least_set(
            topology,
            code,
            addresses,
            kind=kind,
            criterion=criterion,
            share=share,
            registry=inputs.organisations,
            budget_s=budget_s,
        )
        for kind, criterion in asked
        for share in SHARES
    ]
    day = f"{inputs.day:%Y-%m}"
    return Kept(_digest(inputs), code, [minimum_row(day, each) for each in reconcile(found)])


def _digest(inputs: Inputs) -> str:
    return hashlib.sha256(f"{_CODE_VERSION} {inputs.digest}".encode()).hexdigest()


_TASKS: Final[dict[str, Task]] = {}
"""What the workers share: they are forked after it is put here."""


class _Ask(msgspec.Struct, frozen=True):
    part: str
    code: str


def _run(asked: _Ask) -> Kept:
    return _TASKS[asked.part](asked.code)


class _Work(msgspec.Struct, frozen=True):
    """What is asked of every country."""

    part: str
    task: Task
    codes: Sequence[str]
    digest: str


def _all(work: _Work, kept: Path | None, workers: int) -> list[Kept]:
    """Do a work for all countries, kept ones left out; in the order of the countries."""
    done = {row.code: row for row in _read(kept) if row.digest == work.digest}
    missing = [_Ask(work.part, code) for code in work.codes if code not in done]
    _TASKS[work.part] = work.task
    with open_executor(workers) as executor:
        for number, (_, row) in enumerate(executor.run(_run, missing), 1):
            done[row.code] = row
            if kept is not None:
                with kept.open("ab") as file:
                    file.write(b"\n" + msgspec.json.encode(row) + b"\n")
            sys.stderr.write(f"{work.part} {row.code}: {number} of {len(missing)} countries\n")
    return [done[code] for code in work.codes]


def _read(path: Path | None) -> Iterator[Kept]:
    """Read the rows that are done; a line that was cut off is none."""
    if path is None or not path.exists():
        return
    for line in path.read_bytes().splitlines():
        try:
            yield msgspec.json.decode(line, type=Kept)
        except msgspec.MsgspecError:
            continue


class _Build:
    """One run: files, where rows are kept, and where tables go."""

    def __init__(self, asked: argparse.Namespace) -> None:
        self.asked = asked
        self.out: Path = asked.out
        self.weights = summed_origins(asked.origins)

    def inputs(self, day: object) -> Inputs:
        """Read the files of a date."""
        chosen = next(each for each in DATES if each == day)
        return read_inputs(self.asked.topology, self.weights, chosen, self.asked.cache)

    def run(self, part: str, inputs: Inputs, task: Task, codes: Sequence[str]) -> list[Kept]:
        """Run a part for all countries of a date."""
        kept: Path | None = self.asked.kept
        if kept is not None:
            kept.mkdir(parents=True, exist_ok=True)
            kept /= f"{part}-{inputs.day:%Y-%m}.jsonl"
        return _all(_Work(part, task, codes, _digest(inputs)), kept, self.asked.workers)

    def states(self) -> None:
        """Write who carries by state, at all dates."""
        rows = []
        for day in DATES:
            inputs = self.inputs(day)
            codes = self.countries(day)
            found = self.run("states", inputs, partial(states_of, inputs), codes)
            rows += [row for each in found for row in each.rows]
        write_table(self.out / "states.csv", STATE_COLUMNS, rows)

    def whatif(self) -> None:
        """Write the what-ifs of the last date."""
        day = max(DATES)
        inputs = self.inputs(day)
        shipped = {one.country: one for one in load_results(self.out).countries if one.day == day}
        states: dict[str, list[str]] = {}
        for one in read_states(self.out):
            if one.day == day and one.state:
                states.setdefault(one.country, []).append(one.state)

        def task(code: str) -> Kept:
            carriers = [one.asn for one in shipped[code].hands_over][:MOST_CARRIERS]
            return cascade_of(inputs, code, carriers, states.get(code, [])[:MOST_STATES])

        found = self.run("whatif", inputs, task, sorted(shipped))
        countries = [each.country for each in found]
        write_table(self.out / "whatif_countries.csv", CASCADE_COUNTRY_COLUMNS, countries)
        rows = [row for each in found for row in each.rows]
        write_table(self.out / "whatif.csv", CASCADE_COLUMNS, rows)

    def mincut(self) -> None:
        """Write the minimum sets of the last date."""
        day = max(DATES)
        inputs = self.inputs(day)
        codes = self.countries(day)
        found = self.run("mincut", inputs, partial(minimum_of, inputs), codes)
        rows = [row for each in found for row in each.rows]
        write_table(self.out / "mincut.csv", MINIMUM_COLUMNS, rows)

    def names(self) -> None:
        """Write the names of networks that the tables speak of and networks.csv has not."""
        inputs = self.inputs(max(DATES))
        asns = {asn for one in load_change_results(self.out).changes for asn in one.asns}
        for cascade in read_cascades(self.out):
            asns |= {asn for asn in (cascade.top, cascade.gainer) if asn}
        for least in read_minimum_sets(self.out):
            asns |= {int(each[2:]) for each in least.members if each[2:].isdigit()}
        asns -= set(read_networks(self.out / "networks.csv"))
        known = inputs.organisations
        rows = [
            dict(
                zip(
                    NETWORK_COLUMNS,
                    (str(asn), known.name_of(asn), known.country_of(asn)),
                    strict=True,
                )
            )
            for asn in sorted(asns)
        ]
        write_table(self.out / "whatif_networks.csv", NETWORK_COLUMNS, rows)

    def countries(self, day: object) -> list[str]:
        """List the countries that have results at a date."""
        return sorted(one.country for one in load_results(self.out).countries if one.day == day)


def main(arguments: Sequence[str] | None = None) -> int:
    """Carry the what-ifs of every country through, and write the tables."""
    parser = argparse.ArgumentParser(prog="python -m whocut.routes.cascades_build")
    parser.add_argument("--topology", type=Path, required=True)
    parser.add_argument("--origins", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--kept", type=Path)
    parser.add_argument("--cache", type=Path, help="folder for maps that were read")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--part", choices=_PARTS, action="append")
    build = _Build(parser.parse_args(arguments))
    for part in build.asked.part or _PARTS:
        getattr(build, part)()
    return 0


if __name__ == "__main__":
    sys.exit(main())
