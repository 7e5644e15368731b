"""How many states must agree to cut a country off: every country, both criteria, resumable."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from whocut.routes.mincut.blocks import Kind
from whocut.routes.mincut.found import Criterion, MinimumSet
from whocut.routes.mincut.search import least_set, reconcile
from whocut.routes.topology import Topology
from whocut.scale.executor import Executor, open_executor

__all__ = ["SHARES", "country_table", "listed_countries", "open_table", "table_key"]

_Floats = NDArray[np.float64]
SHARES: Final = (0.5, 0.9)
_CODE_VERSION: Final = 1
_Asked = tuple[str, Criterion, float]


def table_key(topology: Topology, addresses: _Floats, budget_s: float) -> str:
    """Digest what the rows of a table rest on."""
    digest = hashlib.sha256(f"{_CODE_VERSION} {topology.key} {budget_s:g}".encode())
    digest.update(np.ascontiguousarray(addresses, "<f8").tobytes())
    return digest.hexdigest()


def listed_countries(topology: Topology, addresses: _Floats) -> tuple[str, ...]:
    """List the countries that have networks with addresses and links."""
    weight = np.bincount(topology.country, addresses, minlength=len(topology.countries))
    return tuple(
        code for code, held in zip(topology.countries, weight, strict=True) if code and held
    )


_WORLDS: Final[dict[str, tuple[Topology, _Floats]]] = {}
"""What the workers share: they are forked after it is put here."""


def open_table(topology: Topology, addresses: _Floats, workers: int = 2) -> Executor:
    """Start the workers of a table; before anything starts a thread."""
    _WORLDS[topology.key] = (topology, addresses)
    return open_executor(workers)


@dataclass(frozen=True)
class _Ask:
    """Ask one question of the world that the workers share."""

    world: str
    budget_s: float

    def __call__(self, asked: _Asked) -> MinimumSet:
        topology, addresses = _WORLDS[self.world]
        country, criterion, share = asked
        return least_set(
            topology,
            country,
            addresses,
            kind=Kind.JURISDICTIONS,
            criterion=criterion,
            share=share,
            budget_s=self.budget_s,
        )


def country_table(
    executor: Executor,
    topology: Topology,
    addresses: _Floats,
    *,
    countries: Sequence[str] | None = None,
    criteria: Sequence[Criterion] = tuple(Criterion),
    shares: Sequence[float] = SHARES,
    budget_s: float = 2.0,
    kept: Path | None = None,
    advance: Callable[[int], None] | None = None,
) -> list[MinimumSet]:
    """Ask for the smallest sets of jurisdictions for every country, criterion and share.

    ``executor`` is of ``open_table`` with the same topology. ``kept`` is a file that rows go to as
    they are found; what it holds already is not asked again, so a run that was stopped goes on. It
    must be named after ``table_key``.
    """
    chosen = countries if countries is not None else listed_countries(topology, addresses)
    asked: list[_Asked] = [
        (country, criterion, share)
        for country in chosen
        for criterion in criteria
        for share in shares
    ]
    found = {_asked(row): row for row in _read(kept)}
    missing = [each for each in asked if each not in found]
    done = len(asked) - len(missing)
    for _, row in executor.run(_Ask(topology.key, budget_s), missing):
        found[_asked(row)] = row
        _keep(kept, row)
        done += 1
        if advance is not None:
            advance(done)
    return reconcile([found[each] for each in asked])


def _asked(row: MinimumSet) -> _Asked:
    return row.country, row.criterion, row.share


def _read(kept: Path | None) -> Iterator[MinimumSet]:
    """Read the rows kept; a last line that was torn off is asked again."""
    if kept is None or not kept.exists():
        return
    for line in kept.read_bytes().split(b"\n")[:-1]:
        try:
            yield msgspec.json.decode(line, type=MinimumSet)
        except msgspec.MsgspecError:
            continue


def _keep(kept: Path | None, row: MinimumSet) -> None:
    if kept is None:
        return
    kept.parent.mkdir(parents=True, exist_ok=True)
    with kept.open("ab") as file:
        # A torn line before this one must not swallow it.
        start = b"" if file.tell() == 0 or _ends_whole(kept) else b"\n"
        file.write(start + msgspec.json.encode(row) + b"\n")


def _ends_whole(kept: Path) -> bool:
    with kept.open("rb") as file:
        file.seek(-1, 2)
        return file.read(1) == b"\n"
