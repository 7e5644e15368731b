"""What must be found in the dumps of a run, as its truth says; and what was found instead."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec

from whocut.routes.observed.breaks import Breaks, find_breaks
from whocut.routes.observed.feed import Tables
from whocut.routes.observed.finding import BREAKS, PairFinding, Reason
from whocut.routes.observed.log import observe
from whocut.routes.observed.timing import Limits
from whocut_lab.bgp.plan import Act
from whocut_lab.bgp.rehearsal import PAUSE_S, Planted, Truth

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from whocut.routes.observed.feed import Routes
    from whocut.routes.observed.ties import Ties

SETTLE_S = 2.0
"""The lab's routers settle within a second or two, and its changes are three apart."""
LATE_S = 4.0
REASONS = {
    Act.EXIT: Reason.SESSIONS_ENDED,
    Act.FILTER: Reason.PREFIX_FILTER,
    Act.LEAK: Reason.ROUTE_LEAK,
    Act.FULL_LEAK: Reason.ROUTE_LEAK,
    Act.RENUMBER: Reason.RENUMBERING,
    Act.FLAP: Reason.MAINTENANCE,
    Act.MOVE: Reason.MOVED,
    Act.MOVE_BELOW: Reason.MOVED_BELOW,
    Act.DEATH: Reason.CUSTOMER_GONE,
}


@dataclass(frozen=True)
class Run:
    """The dumps of one seed."""

    folder: Path
    truth: Truth

    @classmethod
    def of(cls, folder: Path) -> Run:
        return cls(folder, msgspec.json.decode((folder / "truth.json").read_bytes(), type=Truth))

    def files(self, pattern: str) -> list[Path]:
        return sorted(self.folder.glob(pattern))

    def name(self, asn: int) -> str:
        return next((name for name, one in self.truth.asns.items() if one == asn), str(asn))

    def breaks(
        self,
        reader: Callable[[list[Path], Tables], Routes],
        ties: Ties,
        *,
        customers: frozenset[int] | None,
        is_with_updates: bool = True,
    ) -> Breaks:
        tables = Tables()
        log = observe(
            self.truth.backbone,
            reader(self.files("rib.before.*"), tables),
            reader(self.files("updates.*"), tables) if is_with_updates else None,
            reader(self.files("rib.after.*"), tables),
            tables,
        )
        countries = self.truth.countries
        return find_breaks(
            log, customers, lambda asn: countries.get(asn, ""), ties, Limits(settle_s=SETTLE_S)
        )


def minute(time_s: float | None) -> str:
    return "" if time_s is None else datetime.fromtimestamp(time_s, UTC).strftime("%H:%M")


def faults(run: Run, found: Breaks) -> Iterator[str]:
    """List everything that is not as it was planted."""
    by_customer = {one.customer: one for one in found.pairs}
    planted = {asn for one in run.truth.planted for asn in one.asns if one.act in REASONS}
    for one in run.truth.planted:
        for asn in one.asns if one.act in REASONS else ():
            pair = by_customer.get(asn)
            if pair is None:
                yield f"{one.act} {run.name(asn)}: not found"
            else:
                told = (f"{one.act} {run.name(asn)}: {fault}" for fault in _pair(run, one, pair))
                yield from told
    for pair in found.pairs:
        if pair.customer not in planted and pair.reason is not Reason.NONE:
            yield f"{run.name(pair.customer)}: {pair.reason}, and nothing was done to it"
    yield from _vantages(run, found)
    yield from _controls(run, found)


def _pair(run: Run, one: Planted, pair: PairFinding) -> Iterator[str]:
    if pair.reason is not REASONS[one.act]:
        yield f"reason {pair.reason}, not {REASONS[one.act]}"
        return
    # A customer of a customer comes up elsewhere first, and is gone from some places with that.
    early_s = PAUSE_S + 1 if one.act is Act.MOVE_BELOW else 1.0
    if pair.start_s is None or not one.begun - early_s <= pair.start_s <= one.begun + LATE_S:
        yield f"begun {pair.start_s}, not {one.begun}"
    elif one.act is not Act.MOVE_BELOW and minute(pair.start_s) != minute(one.begun):
        yield f"minute {minute(pair.start_s)}, not {minute(one.begun)}"
    if one.ended > one.begun:
        if pair.end_s is None or abs(pair.end_s - one.ended) > LATE_S:
            yield f"ended {pair.end_s}, not {one.ended}"
    elif pair.end_s is not None:
        yield f"ended {pair.end_s}, though it stays"
    yield from _share(run, one, pair)
    yield from _company(run, one, pair)
    seen = pair.evidence
    if not (seen.n_withdrawn_by or seen.n_reannounced_by):
        yield "no message shows it"
    if one.act is Act.DEATH and (seen.n_reannounced or not seen.n_withdrawn):
        yield f"routes to a dead network: {seen}"


def _share(run: Run, one: Planted, pair: PairFinding) -> Iterator[str]:
    own = run.truth.prefixes[pair.customer]
    wanted = {Act.LEAK: 0.0, Act.FULL_LEAK: 0.0}.get(one.act, 1.0)
    prefixes: tuple[str, ...] | None = (
        own if one.act in (Act.RENUMBER, Act.DEATH, Act.FLAP) else None
    )
    if one.act is Act.FILTER:
        wanted, prefixes = len(one.prefixes) / len(own), one.prefixes
    if one.act is Act.MOVE_BELOW:
        gone = run.truth.prefixes[run.truth.asns["core"]]
        wanted, prefixes = len(gone) / (len(own) + len(gone)), gone
    if one.act is Act.LEAK:
        prefixes = run.truth.prefixes[one.others[0]]
    if abs(pair.prefix_share - wanted) > 1e-9:
        yield f"share {pair.prefix_share}, not {wanted}"
    if prefixes is not None and pair.prefixes != tuple(sorted(prefixes)):
        yield f"prefixes {pair.prefixes}, not {prefixes}"
    is_whole = one.act in (Act.EXIT, Act.RENUMBER, Act.MOVE, Act.DEATH)
    if is_whole and (pair.path_share < 1 or pair.after.n_paths):
        yield f"paths: {pair.path_share}, {pair.after}"


def _company(run: Run, one: Planted, pair: PairFinding) -> Iterator[str]:
    others = set(one.asns) - {pair.customer}
    if one.act is Act.EXIT and set(pair.together) != others:
        yield f"together {pair.together}, not {others}"
    if one.act in (Act.LEAK, Act.RENUMBER) and pair.others != one.others:
        yield f"others {pair.others}, not {one.others}"
    if one.act is Act.FULL_LEAK and not set(one.others) <= set(pair.others):
        yield f"others {pair.others}, without {one.others}"
    if one.act is Act.MOVE and len(pair.others) != 1:
        yield f"new provider {pair.others}"


def _vantages(run: Run, found: Breaks) -> Iterator[str]:
    (lost,) = (one for one in run.truth.planted if one.act is Act.VANTAGE_LOST)
    told = {one.asn: one.ended_s for one in found.vantage_losses}
    if told.keys() != set(lost.asns):
        yield f"vantages lost {told}, not {lost.asns}"
    elif found.has_updates:
        ended = told[lost.asns[0]]
        if minute(ended) != minute(lost.begun):
            yield f"vantage lost at {ended}, not {lost.begun}"


def _controls(run: Run, found: Breaks) -> Iterator[str]:
    """In a time when nothing was done, or only far away, nothing begins."""
    for one in run.truth.planted:
        if one.act in (Act.QUIET, Act.NOISE, Act.TURN):
            for pair in found.pairs:
                begun = pair.start_s if pair.reason is not Reason.NONE else None
                if begun is not None and one.begun <= begun < one.begun + PAUSE_S - 1:
                    yield f"{one.act}: {run.name(pair.customer)} {pair.reason}"
    cut = {
        asn for one in run.truth.planted if one.act in (Act.EXIT, Act.FILTER) for asn in one.asns
    }
    for pair in found.pairs:
        if pair.reason in BREAKS and pair.customer not in cut:
            yield f"false alarm: {run.name(pair.customer)} {pair.reason}"
