"""A folder of sealed forms tells how many there are, and of which day; nothing else."""

import os
import stat
from datetime import UTC, date, datetime

import pytest

from whocut.model.errors import StoreError
from whocut.publish.desk.box import SealedFolder

DAY = date(2026, 11, 26)
NEXT = date(2026, 11, 27)


def midnight(day):
    return datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()


def test_all_times_are_midnight_and_all_names_are_of_chance(tmp_path):
    folder = SealedFolder(tmp_path / "desk")
    for number in range(20):
        folder.put(b"%d" % number, DAY)
    files = sorted((tmp_path / "desk").iterdir())
    assert {one.stat().st_mtime for one in files} == {midnight(DAY)}
    assert {one.stat().st_atime for one in files} == {midnight(DAY)}
    assert {stat.S_IMODE(one.stat().st_mode) for one in files} == {0o600}
    assert {len(one.stem) for one in files} == {32}
    in_order_of_names = [int(one.read_bytes()) for one in files]
    assert sorted(in_order_of_names) == list(range(20))
    assert in_order_of_names != list(range(20))
    assert (tmp_path / "desk").stat().st_mtime == midnight(DAY)
    assert stat.S_IMODE((tmp_path / "desk").stat().st_mode) == 0o700


def test_the_moment_of_a_change_is_that_of_the_last_of_the_day(tmp_path):
    folder = SealedFolder(tmp_path)
    folder.put(b"first", DAY)
    (first,) = tmp_path.iterdir()
    before = first.stat().st_ctime_ns
    folder.put(b"second", DAY)
    assert first.stat().st_ctime_ns > before


def test_the_day_after_the_files_are_written_anew_and_keep_their_day(tmp_path):
    folder = SealedFolder(tmp_path)
    for number in range(8):
        folder.put(b"%d" % number, DAY)
    old = {one.name: one.stat().st_ino for one in tmp_path.iterdir()}
    folder.put(b"new", NEXT)
    of_the_day = [one for one in tmp_path.iterdir() if one.stat().st_mtime == midnight(DAY)]
    assert len(of_the_day) == 8
    assert sorted(one.read_bytes() for one in of_the_day) == [b"%d" % n for n in range(8)]
    assert {one.name for one in of_the_day}.isdisjoint(old)
    folder.put(b"newer", NEXT)
    again = {one.name for one in tmp_path.iterdir() if one.stat().st_mtime == midnight(DAY)}
    assert again == {one.name for one in of_the_day}, "once is enough"


def test_a_full_folder_takes_nothing_and_loses_nothing(tmp_path):
    folder = SealedFolder(tmp_path, most_files=2)
    folder.put(b"1", DAY)
    folder.put(b"2", DAY)
    assert folder.is_full()
    with pytest.raises(StoreError):
        folder.put(b"3", DAY)
    assert sorted(one.read_bytes() for one in tmp_path.iterdir()) == [b"1", b"2"]


def test_a_write_that_fails_leaves_no_name(tmp_path, monkeypatch):
    folder = SealedFolder(tmp_path)

    def full_disk(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full_disk)
    with pytest.raises(OSError, match="No space"):
        folder.put(b"1", DAY)
    assert not [one for one in tmp_path.iterdir() if one.suffix == ".sealed"]
