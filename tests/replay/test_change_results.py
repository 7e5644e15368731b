"""The changes of routes that ship: what they hold, and that the files at hand give the same."""

import itertools
from collections import defaultdict
from pathlib import Path

import pytest

from whocut.ledger.actors import load_actors
from whocut.ledger.load import load_ledger
from whocut.ledger.moments import moments_of
from whocut.ledger.vocabulary import DateKind
from whocut.model.errors import DamagedDataError
from whocut.model.shipped import shipped_path
from whocut.routes.change_results import (
    CHANGES_FILE,
    COUNTS_FILE,
    SOURCES_FILE,
    load_change_results,
    load_named,
)
from whocut.routes.changes import Verdict, load_thresholds
from whocut.routes.changes_build import main

_MOST_BYTES = 400_000
_FILES = (CHANGES_FILE, COUNTS_FILE, SOURCES_FILE)


def test_the_networks_that_are_named_are_those_of_records_and_actors() -> None:
    records, actors = load_ledger().records, load_actors(is_checked=False)
    for one in load_named():
        record = records[one.record]
        assert one.actor in {party.actor for party in record.parties.decider}
        assert one.country in record.population.places
        assert tuple(sorted(actors[one.actor].all_asns)) == one.asns
        told = [
            moment.when
            for moment in moments_of(record)
            if moment.kind in {DateKind.ANNOUNCED, DateKind.EFFECTIVE}
        ]
        assert min(each.earliest for each in told if each.earliest) == one.since, one.record
        assert max(each.latest for each in told if each.latest) == one.until, one.record


def test_every_record_of_a_network_that_stopped_or_stayed_then_is_on_the_list() -> None:
    actors = load_actors(is_checked=False)
    wanted = {
        record.id
        for record in load_ledger().records.values()
        if record.sector.value in {"backbone", "ixp", "cdn"}
        and record.layer.value in {"route", "unstated"}
        and record.id.startswith(("2021", "2022"))
        for party in record.parties.decider
        if party.actor in actors and actors[party.actor].asns
    }
    assert {one.record for one in load_named()} == wanted


def test_shares_counts_and_intervals_agree() -> None:
    found = load_change_results()
    assert len({one.id for one in found.changes}) == len(found.changes)
    for one in found.changes:
        assert 0 <= one.n_lost <= one.n
        assert one.share == pytest.approx(one.n_lost / one.n, abs=1e-4)
        assert 0 <= one.low <= one.share + 1e-9 <= one.high + 2e-9 <= 1 + 2e-9
        assert (one.grade is None) == (one.verdict not in {Verdict.SINGLE, Verdict.SEVERAL})
        assert (one.kind == "named") == bool(one.actor and one.id.startswith("named"))
    assert found.sources.thresholds == load_thresholds().version
    months = defaultdict(list)
    for count in found.counts:
        months[count.actor, count.country].append(count)
    for rows in months.values():
        assert len(rows) == 24
        for before, after in itertools.pairwise(rows):
            assert after.n == before.n - after.n_gone + after.n_come


def test_cogent_and_lumen_stand_as_the_method_says() -> None:
    found = load_change_results()
    alarms = {
        (one.country, one.first_after, asn): one
        for one in found.changes
        if one.kind == "alarm" and one.sign == "lost"
        for asn in one.asns
    }
    cogent, lumen = alarms["RU", "2022-04", 174], alarms["RU", "2022-04", 3356]
    assert (cogent.n_lost, cogent.n, cogent.grade) == (6, 19, "A")
    assert (lumen.n_lost, lumen.n, lumen.grade) == (9, 25, "A")
    assert {one.grade for one in found.changes if one.country != "RU"} & {"A"} == set()
    stayed = [one.n for one in found.counts_of("RU", "lumen")]
    assert (stayed[14], stayed[15], stayed[23]) == (25, 14, 15)
    around = {one.around: (one.last_before, one.first_after) for one in found.changes if one.around}
    assert around["2022-03-cogent-ru"] == ("2022-02", "2022-04")
    assert around["2022-03-lumen-ru"] == ("2022-03", "2022-04")


def test_they_are_small_and_name_no_customer() -> None:
    folder = shipped_path("results", "routes")
    assert sum((folder / name).stat().st_size for name in _FILES) < _MOST_BYTES
    assert b'"customers":[' not in (folder / CHANGES_FILE).read_bytes()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (CHANGES_FILE, '{"id": 1}\n'),
        (COUNTS_FILE, "month,n\n"),
        (SOURCES_FILE, "serial = 'one'\n"),
    ],
)
def test_what_is_damaged_is_told_with_its_file(tmp_path: Path, name: str, text: str) -> None:
    for each in _FILES:
        (tmp_path / each).write_bytes((shipped_path("results", "routes") / each).read_bytes())
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(DamagedDataError, match=name):
        load_change_results(tmp_path)


@pytest.mark.long
@pytest.mark.shared
def test_the_files_at_hand_give_the_same_bytes(shared_dir: Path, tmp_path: Path) -> None:
    main(["--topology", str(shared_dir / "routes"), "--out", str(tmp_path)])
    for name in _FILES:
        assert (tmp_path / name).read_bytes() == (
            shipped_path("results", "routes") / name
        ).read_bytes(), name
