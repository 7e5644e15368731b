"""Look-up against a scan: whatever is asked, the same rows as a filter over all of them."""

import random
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.unit.store.building import DAY, blank, judgement, put
from whocut.model.errors import DamagedDataError
from whocut.model.schema import TABLES, arrow_schema
from whocut.store.lookup import has_rows, rows, verdict_at, week_range
from whocut.store.manifest import FileEntry, Manifest, sealed
from whocut.store.observatory import Observatory
from whocut.store.snapshot import Snapshot
from whocut.store.weeks import WEEKLY, monday, quarter

FIRST = date(2024, 1, 1)


def lay(place: Path, table: str, found: list[dict[str, Any]], group: int = 7) -> Manifest:
    """Write rows as the store does: by country and quarter, in the order of the table."""
    schema = arrow_schema(TABLES[table])
    files: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in found:
        day = "0001-01-01" if table == "span" else quarter(row["week"]).isoformat()
        files.setdefault((row["probe_cc"], day), []).append(row)
    listed = []
    for (cc, day), own in files.items():
        own.sort(key=lambda row: tuple(row[name] for name in TABLES[table].sorted_by))
        path = place / table / f"cc={cc}" / f"day={day}" / "x.parquet"
        path.parent.mkdir(parents=True)
        pq.write_table(pa.Table.from_pylist(own, schema=schema), path, row_group_size=group)
        name = str(path.relative_to(place))
        listed.append(FileEntry(table, cc, day, name, len(own), path.stat().st_size, ""))
    return sealed(1, tuple(listed), ())


def weekly(table: str, rng: random.Random) -> list[dict[str, Any]]:
    found = []
    for cc in ("RU", "IR"):
        targets = ("a.example", "b.example", "c.example", "zz.example")
        for target in targets if table != "network_week" else ("",):
            for number in range(30):
                if rng.random() < 0.7:
                    week = FIRST + timedelta(weeks=number)
                    given = {"probe_cc": cc, "week": week, "n": rng.randrange(99)}
                    given |= {"target": target, "probe_asn": rng.choice((64500, 64501))}
                    row = blank(table)
                    found.append(row | {name: given[name] for name in given if name in row})
    return found


def in_order(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(found, key=lambda row: (row["probe_cc"], row.get("target"), row["week"]))


@pytest.mark.parametrize("table", sorted(WEEKLY))
def test_as_a_scan_finds_them(table, tmp_path, rng):
    found = weekly(table, rng)
    snapshot = Snapshot(tmp_path, lay(tmp_path, table, found), None)
    days = [None, *(FIRST + timedelta(days=rng.randrange(-20, 240)) for _ in range(12))]
    targets = ["a.example", "zz.example", "b.exampl", None] if table != "network_week" else [None]
    for _ in range(60):
        cc, target = rng.choice(("RU", "IR", "KZ", None)), rng.choice(targets)
        since, until = rng.choice(days), rng.choice(days)
        asked = {"cc": cc, "since": since, "until": until}
        got = rows(snapshot, table, target=target, **asked)
        expected = [
            row
            for row in found
            if (cc is None or row["probe_cc"] == cc)
            and (target is None or row["target"] == target)
            and (since is None or row["week"] + timedelta(days=6) >= since)
            and (until is None or row["week"] <= until)
        ]
        assert in_order(got.to_pylist()) == in_order(expected), (asked, target)
        assert got.schema.names == [column.name for column in TABLES[table].columns]


def test_columns_come_alone_and_in_the_order_of_the_table(tmp_path, rng):
    snapshot = Snapshot(tmp_path, lay(tmp_path, "cell", weekly("cell", rng)), None)
    got = rows(snapshot, "cell", target="a.example", since=FIRST, columns=["n", "answer"])
    assert got.schema.names == ["n", "answer"]
    assert rows(snapshot, "cell", cc="KZ", columns=["n"]).schema.names == ["n"]


def test_only_row_groups_with_the_target_are_read(tmp_path, rng, monkeypatch):
    manifest = lay(tmp_path, "cell", weekly("cell", rng), group=5)
    read: list[int] = []
    plain = pq.ParquetFile.read_row_group

    def counting(self, number, **more):
        read.append(number)
        return plain(self, number, **more)

    monkeypatch.setattr(pq.ParquetFile, "read_row_group", counting)
    rows(Snapshot(tmp_path, manifest, None), "cell", cc="RU", target="zz.example")
    groups = sum(pq.ParquetFile(tmp_path / e.path).num_row_groups for e in manifest.files) / 2
    assert 0 < len(set(read)) < groups / 2


def test_spans_that_touch_the_days(tmp_path):
    def span(target: str, onset: date, end: date | None) -> dict[str, Any]:
        ends = {"end_low": end, "end_high": end, "end": end}
        return blank("span", probe_cc="RU", target=target, onset_high=onset, **ends)

    over = span("a.example", date(2024, 1, 8), date(2024, 3, 4))
    lasting = span("b.example", date(2024, 4, 1), None)
    snapshot = Snapshot(tmp_path, lay(tmp_path, "span", [over, lasting]), None)

    def found(**asked: Any) -> list[str]:
        return rows(snapshot, "span", cc="RU", columns=["target"], **asked)["target"].to_pylist()

    assert found() == ["a.example", "b.example"]
    assert found(until=date(2024, 2, 1)) == ["a.example"]
    assert found(since=date(2024, 3, 12)) == ["b.example"]
    assert found(since=date(2024, 3, 4), until=date(2024, 4, 2)) == ["a.example", "b.example"]
    assert found(target="b.example") == ["b.example"]


def test_verdicts_of_days_and_targets(tmp_path):
    made = [judgement(n, measurement_start_time=DAY + timedelta(hours=9 * n)) for n in range(12)]
    made += [judgement(100, target="other.example")]
    put(Observatory(tmp_path), a=made)
    with Observatory(tmp_path).snapshot() as snapshot:
        asked = {"cc": "RU", "since": date(2024, 1, 2), "until": date(2024, 1, 2)}
        columns = ["measurement_uid", "measurement_start_time"]
        got = rows(snapshot, "verdict", target="example.org", columns=columns, **asked)
        assert {at.date() for at in got["measurement_start_time"].to_pylist()} == {asked["since"]}
        assert rows(snapshot, "verdict", cc="RU", target="other.example").num_rows == 1
        for one in made:
            uid, at = one.verdict.measurement_uid, one.verdict.measurement_start_time
            assert verdict_at(snapshot, "RU", uid, at, ["rule_id", "measurement_uid"]) == {
                "rule_id": "http.refusal.explicit",
                "measurement_uid": uid,
            }
        assert verdict_at(snapshot, "RU", "nobody", made[0].verdict.measurement_start_time, []) is (
            None
        )
        assert has_rows(snapshot, "verdict", cc="RU")
        assert not has_rows(snapshot, "cell")


def test_the_first_and_the_last_week(tmp_path, rng):
    found = weekly("cell", rng)
    snapshot = Snapshot(tmp_path, lay(tmp_path, "cell", found), None)
    weeks = [row["week"] for row in found if row["probe_cc"] == "IR"]
    assert week_range(snapshot, "cell", "IR") == (min(weeks), max(weeks))
    assert week_range(snapshot, "cell", "KZ") is None


def test_a_column_that_an_older_file_lacks_is_null(tmp_path, rng):
    manifest = lay(tmp_path, "tally", weekly("tally", rng))
    for one in manifest.files:
        path = tmp_path / one.path
        pq.write_table(pq.read_table(path, partitioning=None).drop_columns(["days"]), path)
    snapshot = Snapshot(tmp_path, manifest, None)
    for target in ("a.example", None):
        found = rows(snapshot, "tally", cc="RU", target=target, columns=["n", "days"])
        assert found.num_rows and found["days"].null_count == found.num_rows
        assert found["n"].null_count == 0


def test_a_missing_file_is_named(tmp_path, rng):
    manifest = lay(tmp_path, "cell", weekly("cell", rng))
    (tmp_path / manifest.files[0].path).unlink()
    with pytest.raises(DamagedDataError, match=r"x\.parquet"):
        rows(Snapshot(tmp_path, manifest, None), "cell")


def test_weeks_and_quarters():
    assert monday(date(2024, 1, 7)) == FIRST
    assert quarter(date(2024, 12, 30)) == date(2024, 10, 1)
    snapshot = Snapshot(
        Path(), sealed(1, (FileEntry("cell", "RU", "2024-10-01", "", 1, 1, ""),), ()), None
    )
    # A Wednesday of January in the week that begins in December.
    assert snapshot.entries("cell", since=date(2025, 1, 1))
    assert not snapshot.entries("cell", since=date(2025, 1, 6))
