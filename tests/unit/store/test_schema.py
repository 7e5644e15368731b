"""Columns are the fields of the structs, and each says what it is."""

import msgspec
import pytest

from whocut.model import observation
from whocut.model.schema import OBSERVATION_TABLES, SIGNAL, TABLES, VERDICT, arrow_schema
from whocut.model.verdict import Signal, Verdict

_STRUCTS = {
    "dns": observation.DnsObservation,
    "tcp": observation.TcpObservation,
    "tls": observation.TlsObservation,
    "http": observation.HttpObservation,
    "transfers": observation.TransferObservation,
    "control": observation.ControlObservation,
}


def _fields(struct):
    return [field.name for field in msgspec.structs.fields(struct)]


def test_verdict_columns_are_the_verdicts_fields():
    assert [column.name for column in VERDICT.columns] == _fields(Verdict)


def test_signal_columns_hold_every_field_of_a_signal():
    names = [column.name for column in SIGNAL.columns]
    assert [name for name in names if name in _fields(Signal)] == _fields(Signal)


@pytest.mark.parametrize("layer", OBSERVATION_TABLES)
def test_observation_columns_hold_every_field(layer):
    names = [column.name for column in OBSERVATION_TABLES[layer].columns]
    assert [name for name in names if name in _fields(_STRUCTS[layer])] == _fields(_STRUCTS[layer])


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)
def test_every_column_is_documented(table):
    for field in arrow_schema(table):
        assert len(field.metadata[b"comment"]) > 10, field.name
        assert field.nullable == (field.metadata[b"null"] != b"never"), field.name
    assert set(table.sorted_by) <= {column.name for column in table.columns}
