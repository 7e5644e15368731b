"""The queue opens with the key; what cannot be opened is told, and stops nothing."""

import os

import pytest
from nacl.public import PrivateKey

from tests.unit.publish.desk.filling import KEY, TODAY, a_report, an_id, put
from whocut.model.errors import UsageError
from whocut.publish.desk.form import Correction
from whocut.publish.desk.queue import open_all, open_one


def test_all_are_opened_the_oldest_day_first(tmp_path):
    put(tmp_path, 1, a_report("a", received=TODAY))
    put(tmp_path, 2, a_report("b", received=TODAY.replace(day=1)))
    found = open_all(tmp_path, [KEY], {})
    assert [one.id for one in found] == [an_id(2), an_id(1)]
    assert [one.body.nonce for one in found] == ["b", "a"]


def test_what_cannot_be_opened_is_listed_with_the_reason(tmp_path):
    put(tmp_path, 1, a_report("a"))
    put(tmp_path, 2, a_report("b"), PrivateKey.generate())
    (tmp_path / f"{an_id(3)}.sealed").write_bytes(b"short")
    (tmp_path / f"{an_id(4)}.sealed").mkdir()
    (tmp_path / f"{an_id(5)}.sealed").write_bytes(os.urandom(8240))
    (tmp_path / "notes.txt").write_text("of the keepers")
    found = {one.id: one for one in open_all(tmp_path, [KEY], {})}
    assert found[an_id(1)].fault == ""
    assert "another key" in found[an_id(2)].fault
    assert "not the size" in found[an_id(3)].fault
    assert found[an_id(4)].fault
    assert "another key" in found[an_id(5)].fault
    assert len(found) == 5


def test_a_file_without_end_is_not_read_to_its_end(tmp_path):
    (tmp_path / f"{an_id(1)}.sealed").symlink_to("/dev/zero")
    (found,) = open_all(tmp_path, [KEY], {})
    assert "not the size" in found.fault


def test_one_copy_of_a_form_that_is_sent_twice_is_told(tmp_path):
    put(tmp_path, 1, a_report("a"))
    put(tmp_path, 2, a_report("a"))
    put(tmp_path, 3, a_report(""))
    put(tmp_path, 4, a_report(""))
    told = Correction(about="x", text="y", received=TODAY, nonce="a")
    put(tmp_path, 5, told)
    found = [one.same_form for one in open_all(tmp_path, [KEY], {})]
    assert found == ["", an_id(1), "", "", ""]


def test_one_is_found_by_how_its_id_begins(tmp_path):
    first, second = "abcd" + "0" * 28, "abce" + "0" * 28
    for number, id_ in enumerate((first, second)):
        put(tmp_path, number, a_report(str(number)))
        (tmp_path / f"{an_id(number)}.sealed").rename(tmp_path / f"{id_}.sealed")
    assert open_one(tmp_path, [KEY], {}, "abcd").id == first
    assert open_one(tmp_path, [KEY], {}, second).id == second
    with pytest.raises(UsageError, match="no form of this id"):
        open_one(tmp_path, [KEY], {}, "ffff")
    for wrong in ("", "abc", "../x", "ABCD", "abcg"):
        with pytest.raises(UsageError, match="not an id"):
            open_one(tmp_path, [KEY], {}, wrong)
    with pytest.raises(UsageError, match="no such folder"):
        open_one(tmp_path / "none", [KEY], {}, "abcd")
