"""Structs to Arrow record batches, column by column; on the path of every verdict.

One pass per column over a list of structs: 0.1 µs a cell (docs/bench.md), where the budget of
the whole ingest is 500 a verdict.
"""

from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import Any

import pyarrow as pa

from whocut.model.observation import ControlObservation, Measurement
from whocut.model.schema import OBSERVATION_TABLES, SIGNAL, VERDICT, Column, Table, arrow_schema
from whocut.model.timing_schema import TIMING
from whocut.model.verdict import Judgement

__all__ = ["observation_batch", "signal_batch", "table_schema", "timing_batch", "verdict_batch"]

_SCHEMAS: dict[str, pa.Schema] = {
    table.name: arrow_schema(table)
    for table in (VERDICT, SIGNAL, TIMING, *OBSERVATION_TABLES.values())
}
# Rows repeat these of the verdict, so that every table can be read and merged by itself.
_OF_VERDICT = (
    "measurement_uid",
    "origin",
    "probe_cc",
    "probe_asn",
    "target",
    "measurement_start_time",
    "ruleset",
    "reference_snapshot",
    "source",
    "source_offset",
    "source_line",
)


def table_schema(name: str) -> pa.Schema:
    """Give the Arrow schema of one stored table."""
    return _SCHEMAS[name]


def verdict_batch(judgements: Sequence[Judgement]) -> pa.RecordBatch:
    """Build one batch of the verdict table, one row per judgement, in their order."""
    verdicts = [judgement.verdict for judgement in judgements]
    arrays = [
        _array(list(map(attrgetter(column.name), verdicts)), column) for column in VERDICT.columns
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=_SCHEMAS[VERDICT.name])


def signal_batch(judgements: Sequence[Judgement]) -> pa.RecordBatch:
    """Build one batch of the signal table, the signals of a judgement side by side."""
    counts = [len(judgement.signals) for judgement in judgements]
    signals = [signal for judgement in judgements for signal in judgement.signals]
    return _child_batch(SIGNAL, judgements, counts, signals)


def timing_batch(judgements: Sequence[Judgement]) -> pa.RecordBatch:
    """Build one batch of the timing table: one row per judgement that has a timing."""
    timings = [judgement.timing for judgement in judgements]
    counts = [int(timing is not None) for timing in timings]
    return _child_batch(TIMING, judgements, counts, [t for t in timings if t is not None])


def observation_batch(
    layer: str, judgements: Sequence[Judgement], measurements: Sequence[Measurement]
) -> pa.RecordBatch:
    """Build one batch of one layer's observations.

    Shapes: one measurement per judgement, in the same order.
    """
    table = OBSERVATION_TABLES[layer]
    if layer == "control":
        rows = [() if m.control is None else (_ControlRow(m.control),) for m in measurements]
    else:
        rows = [getattr(measurement, layer) for measurement in measurements]
    return _child_batch(
        table, judgements, [len(row) for row in rows], [item for row in rows for item in row]
    )


class _ControlRow:
    """A control observation whose mappings read as lists of pairs, as Arrow wants them."""

    def __init__(self, control: ControlObservation) -> None:
        self._control = control

    def __getattr__(self, name: str) -> object:
        value = getattr(self._control, name)
        return tuple(value.items()) if isinstance(value, dict) else value


def _child_batch(
    table: Table, judgements: Sequence[Judgement], counts: Sequence[int], rows: Sequence[Any]
) -> pa.RecordBatch:
    repeat = pa.array(
        [index for index, count in enumerate(counts) for _ in range(count)], pa.int32()
    )
    verdicts = [judgement.verdict for judgement in judgements]
    arrays = []
    for column in table.columns:
        if column.name == "ordinal":
            values: Iterable[Any] = [place for count in counts for place in range(count)]
            arrays.append(_array(list(values), column))
        elif column.name in _OF_VERDICT:
            parents = _array(list(map(attrgetter(column.name), verdicts)), column)
            arrays.append(parents.take(repeat))
        else:
            arrays.append(_array(list(map(attrgetter(column.name), rows)), column))
    return pa.RecordBatch.from_arrays(arrays, schema=_SCHEMAS[table.name])


def _array(values: list[Any], column: Column) -> pa.Array:
    try:
        return pa.array(values, column.type)
    except (UnicodeEncodeError, OverflowError, pa.ArrowInvalid):
        # Hostile input only: a lone surrogate, or a number past its column. The row stays.
        return pa.array([_fit(value, column) for value in values], column.type)


def _fit(value: object, column: Column) -> object:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, tuple):
        return tuple(_fit(item, column) for item in value)
    if isinstance(value, int) and not isinstance(value, bool):
        wide = column.type.bit_width if pa.types.is_integer(column.type) else 64
        if not -(1 << (wide - 1)) <= value < 1 << (wide - 1):
            return 0 if column.null == "never" else None
    return value
