"""Tallies as integer codes: cells side by side, networks within them."""

import numpy as np
import pyarrow as pa
from msgspec import Struct

from whocut.access.cells.emission import Floats
from whocut.access.cells.grouping import Groups, Ints, encode, group
from whocut.access.cells.symbols import KIND_COLUMNS, is_mask, symbols_of

__all__ = ["Rows", "code_tallies", "network_own"]


class Rows(Struct, frozen=True):
    """Tallies as codes: cells stand by (target, week, origin, country), networks within."""

    tallies: pa.Table
    symbol: Ints
    networks: Groups
    """Tallies to (target, week, origin, country, network)."""
    cells: Groups
    """Networks to (target, week, origin, country)."""
    worlds: Groups
    """Cells to (target, week, origin)."""
    names: dict[str, pa.Array]

    def numbers(self, name: str) -> Floats:
        """Give a column of the tallies."""
        return np.asarray(self.tallies[name].to_numpy(), np.float64)


def code_tallies(tallies: pa.Table) -> Rows:
    """Code tallies of all countries."""
    coded = {
        name: encode(tallies[name])
        for name in ("target", "week", "origin", "probe_cc", "probe_asn")
    }
    kinds = [encode(tallies[name]) for name in KIND_COLUMNS]
    by_kind = group(*(codes for codes, _ in kinds))
    distinct = pa.table(
        [values.take(pa.array(key)) for (_, values), key in zip(kinds, by_kind.keys, strict=True)],
        names=list(KIND_COLUMNS),
    )
    networks = group(*(codes for codes, _ in coded.values()))
    cells = group(*networks.keys[:4])
    return Rows(
        tallies,
        symbols_of(distinct)[by_kind.of_row],
        networks,
        cells,
        group(*cells.keys[:3]),
        {name: values for name, (_, values) in coded.items()},
    )


def network_own(rows: Rows) -> Floats:
    """Count, by tally, the failures that are the network's own."""
    own: Floats = rows.numbers("n_bad_day") * is_mask("is_failure")[rows.symbol]
    return own
