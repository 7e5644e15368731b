"""CSV that no spreadsheet runs, Parquet that explains itself, and both from the same rows."""

import csv
import io
from datetime import date

import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.ledger.export.hostile import ACTORS, EVIL, disputed
from tests.unit.ledger.recording import ledger_of, made_record, source
from whocut.ledger.export.forms import FORMS, exported
from whocut.ledger.export.rows import TABLE_OF, rows_by
from whocut.ledger.export.tables import LEDGER_TABLES
from whocut.ledger.export.tabular import csv_text, guarded, parquet_bytes
from whocut.ledger.export.values import witnessed_values
from whocut.model.errors import UsageError
from whocut.model.table import arrow_schema

FORMULA = "=+-@\t\r\n\uff1d\uff0b\uff0d\uff20"
LAYOUTS = tuple(TABLE_OF)


def read_csv(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode(), newline="")))


def record_row(record) -> dict:
    (row,) = rows_by("record", ledger_of(record), ACTORS, [record])
    return row


class TestFormulas:
    @given(st.text())
    def test_no_cell_begins_as_a_formula(self, text):
        (_, row) = csv.reader(
            io.StringIO(
                csv_text(
                    [
                        {"a": text},
                    ],
                    ["a"],
                ),
                newline="",
            )
        )
        cell = row[0] if row else ""
        assert not cell.startswith(tuple(FORMULA))
        assert not cell.lstrip(" \xa0").startswith(tuple(FORMULA))

    @given(st.text(st.sampled_from("'= a-\t"), max_size=6))
    def test_no_two_texts_become_one_cell(self, text):
        cell = guarded(text)
        back = cell[1:] if cell.startswith("'") and guarded(cell[1:]) == cell else cell
        assert back == text

    @pytest.mark.parametrize("text", ("'quoted' text", "a=b", "2022-03-04", "", "a-b", "AS174"))
    def test_what_is_harmless_stays(self, text):
        assert guarded(text) == text

    def test_a_negative_number_stays_a_number(self):
        assert csv_text([{"a": -1}], ["a"]) == "a\r\n-1\r\n"

    def test_lists_are_guarded_too(self):
        record = disputed(parties={"decider": [{"actor": "acme", "from": ["s1"]}]})
        (row,) = read_csv(exported("csv", ledger_of(record), ACTORS, [record]))
        assert row["notes"] == f"'{EVIL}"
        assert row["grounds"].startswith("sanctions_law: Acme: =HYPERLINK")


class TestColumns:
    @pytest.mark.parametrize("by", LAYOUTS)
    def test_rows_have_the_columns_of_their_table(self, by):
        record = disputed()
        rows = rows_by(by, ledger_of(record), ACTORS, [record, made_record("2023-01-bolt-ir")])
        names = {column.name for column in TABLE_OF[by].columns}
        assert rows
        assert all(row.keys() == names for row in rows)
        assert len(names) == len(TABLE_OF[by].columns)

    @pytest.mark.parametrize("by", LAYOUTS)
    def test_parquet_holds_what_csv_holds(self, by):
        records = [disputed(), made_record("2023-01-bolt-ir")]
        ledger = ledger_of(*records)
        table = pq.read_table(io.BytesIO(exported("parquet", ledger, ACTORS, records, by=by)))
        again = csv_text(table.to_pylist(), table.column_names)
        assert again.encode() == exported("csv", ledger, ACTORS, records, by=by)

    @pytest.mark.parametrize("name", LEDGER_TABLES)
    def test_every_column_says_what_it_holds(self, name):
        table = LEDGER_TABLES[name]
        content = parquet_bytes([], table)
        schema = pq.read_schema(io.BytesIO(content))
        wanted = arrow_schema(table)
        assert [(one.name, one.nullable) for one in schema] == [
            (one.name, one.nullable) for one in wanted
        ]
        for one in wanted:
            assert one.metadata.items() <= schema.field(one.name).metadata.items()
        assert schema.metadata[b"table"] == name.encode()
        assert all(field.metadata[b"comment"] for field in schema)

    def test_dates_keep_their_text_and_their_bounds(self):
        row = record_row(disputed())
        assert (row["effective"], row["effective_earliest"]) == (
            "2022-03-04T17:00Z",
            date(2022, 3, 4),
        )
        assert (row["ended_earliest"], row["ended_latest"]) == (date(2022, 3, 1), date(2022, 5, 31))
        assert row["announced"] == "2022-03-04"
        assert row["announced_others"] == ["2022-03-05 (reported, lead)"]
        assert (row["disclosed"], row["disclosed_earliest"]) == (None, None)


class TestBesideTheClaim:
    def test_disputes_replies_and_retraction(self):
        row = record_row(disputed())
        assert row["attribution_status"] == "disputed"
        assert row["hypotheses"] == [
            "Bolt: Acme: Acme did it (excerpt)",
            "Acme: nobody: A fault (lead)",
        ]
        assert row["conflicts"] == ["dates.announced: @two days"]
        assert row["replies"][0].startswith("2022-04-01: Acme (dkim): -We did not.")
        assert row["replies"][0].endswith("outcome: shown")
        assert row["is_retracted"]
        assert row["retraction_reason"] == "The page was a parody."

    @pytest.mark.parametrize("by", ("asn", "domain"))
    def test_they_go_with_every_tie(self, by):
        record = disputed()
        (row,) = rows_by(by, ledger_of(record), ACTORS, [record])
        assert row["replies"]
        assert row["is_retracted"]
        assert row["grade"] == "excerpt"

    def test_a_tie_has_a_grade_of_its_own(self):
        record = disputed(sources={"s1": source(stance="primary"), "s2": source()})
        ledger = ledger_of(record)
        (row,) = rows_by("asn", ledger, ACTORS, [record])
        assert (row["grade"], row["join_grade"], row["join_sources"]) == (
            "documented",
            "lead",
            ["own"],
        )

    def test_values_stand_under_their_own_grade(self):
        record = disputed()
        row = record_row(record)
        told = {*row["values_documented"], *row["values_excerpt"], *row["values_lead"]}
        assert told == {path for path, _ in witnessed_values(record)}
        assert "networks[0]" in row["values_lead"]
        assert "attribution.hypotheses[1]" in row["values_lead"]
        assert row["values_documented"] == []

    def test_sources_are_counted_by_what_each_gives_alone(self):
        row = record_row(disputed())
        names = ("documented", "excerpt", "lead", "context")
        assert [row[f"sources_{name}"] for name in names] == [0, 1, 1, 1]
        assert row["source_groups"] == 1

    def test_sources_are_told_with_what_they_carry(self):
        record = disputed()
        rows = {row["source"]: row for row in rows_by("source", ledger_of(record), {}, [record])}
        assert rows.keys() == {"s1", "s2", "s3", "own"}
        assert rows["own"]["is_shared"]
        assert rows["own"]["fields"] == ["dates.effective[0]", "networks[0]"]
        assert rows["s2"]["grade"] == "lead"
        assert rows["s1"]["fields_among"] == []
        assert rows["s2"]["is_retracted"]


class TestForms:
    def test_a_form_that_there_is_not(self):
        with pytest.raises(UsageError, match="there are jsonl, parquet, csv"):
            exported("xlsx", ledger_of(), {}, [])

    @pytest.mark.parametrize("form", FORMS)
    def test_a_layout_that_it_has_not(self, form):
        with pytest.raises(UsageError, match="is laid out by"):
            exported(form, ledger_of(), {}, [], by="country")

    @pytest.mark.parametrize("form", FORMS)
    def test_nothing_is_a_valid_answer(self, form):
        assert isinstance(exported(form, ledger_of(), {}, []), bytes)

    @pytest.mark.parametrize("form", FORMS)
    def test_the_order_of_records_does_not_count(self, form):
        records = [disputed(), made_record("2023-01-bolt-ir"), made_record("2021-01-core-sy")]
        ledger = ledger_of(*records)
        assert exported(form, ledger, ACTORS, records) == exported(
            form, ledger, ACTORS, records[::-1]
        )
