"""Months against each other: what they agree on, and who watched."""

from datetime import date

import pytest

from tests.unit.ingest.topology.plain import as_pairs
from whocut.ingest.topology import read_relationships
from whocut.model.errors import UsageError
from whocut.routes.relationships import collector_warning, compare_collectors, consensus


def month(tmp_path, number, links, collectors=("rrc00",), name="as-rel", days=5):
    header = "".join(
        f"# source:topology|BGP|2022{number:02d}{day:02d}|ripe|{each}\n"
        for each in collectors
        for day in range(1, days + 1)
    )
    path = tmp_path / f"2022{number:02d}01.{name}.txt"
    path.write_text(header + "".join(f"{link}\n" for link in links.split()))
    return read_relationships(path)


def test_only_what_all_months_say_alike(tmp_path):
    months = [
        month(tmp_path, 2, "1|2|-1 1|3|-1 4|5|0 6|7|0 8|9|1"),
        month(tmp_path, 1, "1|2|-1 3|1|-1 4|5|0 6|7|-1 8|9|1"),
        month(tmp_path, 3, "1|2|-1 1|3|-1 5|4|0 6|7|0"),
    ]
    agreed = consensus(months)
    assert as_pairs(agreed) == {(1, 2): "lower", (4, 5): "peers"}
    assert agreed.months == (date(2022, 1, 1), date(2022, 2, 1), date(2022, 3, 1))
    assert agreed.day == date(2022, 3, 1)
    most = consensus(months, is_strict=False)
    assert as_pairs(most) == {
        (1, 2): "lower",
        (1, 3): "lower",
        (4, 5): "peers",
        (6, 7): "peers",
        (8, 9): "siblings",
    }
    assert most.sha256 != agreed.sha256 == consensus(months[::-1]).sha256


def test_half_of_the_months_are_not_most(tmp_path):
    months = [month(tmp_path, 1, "1|2|0 1|3|0"), month(tmp_path, 2, "1|2|0 1|3|-1")]
    assert as_pairs(consensus(months, is_strict=False)) == {(1, 2): "peers"}


def test_one_month_agrees_with_itself(tmp_path):
    alone = month(tmp_path, 1, "1|2|0")
    assert consensus([alone]) is alone


def test_months_that_cannot_be_joined(tmp_path):
    first = month(tmp_path, 1, "1|2|0")
    with pytest.raises(UsageError, match="at least one month"):
        consensus([])
    with pytest.raises(UsageError, match="2022-01 is there twice"):
        consensus([first, first])
    with pytest.raises(UsageError, match="serial-1 and serial-2"):
        consensus([first, month(tmp_path, 2, "1|2|0|bgp", name="as-rel2")])


def test_collectors_that_come_and_go_are_told(tmp_path):
    before = month(tmp_path, 1, "1|2|0", ("rrc00", "rrc01"))
    after = month(tmp_path, 2, "1|2|0", ("rrc00", "rrc03"), days=4)
    change = compare_collectors(before, after)
    assert (change.gone, change.come) == (("ripe/rrc01",), ("ripe/rrc03",))
    assert (change.kept, change.other_days) == (("ripe/rrc00",), ("ripe/rrc00",))
    assert not change.is_same
    warning = collector_warning(change)
    assert warning is not None
    assert "no longer watching: ripe/rrc01" in warning


def test_the_same_watchers_who_see_fewer_peers_are_told_too(tmp_path):
    sold = " ".join(f"1|{n}|-1" for n in range(2, 102))
    before = month(tmp_path, 4, sold + " " + " ".join(f"2|{n}|0" for n in range(3, 103)))
    after = month(tmp_path, 5, sold + " " + " ".join(f"2|{n}|0" for n in range(3, 91)))
    change = compare_collectors(before, after)
    assert change.is_same
    assert collector_warning(change) == "links between peers -12%, links to customers +0.0%"
    assert collector_warning(compare_collectors(before, before)) is None


def test_files_that_name_no_collector_leave_it_open(tmp_path):
    silent = month(tmp_path, 1, "1|2|0", ())
    change = compare_collectors(silent, month(tmp_path, 2, "1|2|0"))
    assert not change.is_known
    assert not change.is_same
    assert "does not name its collectors" in (collector_warning(change) or "")
