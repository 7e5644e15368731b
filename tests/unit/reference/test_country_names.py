"""Names by which people look for places: each of one place, every error with its file and field."""

import pytest

from whocut.model.errors import DamagedDataError
from whocut.reference.country_names import further_names, read_names, three_letters


def test_what_ships_can_be_read():
    names = {word: row.code for row in further_names() for word in row.words}
    assert names["США"] == "US"
    assert names["Крым"] == "UA-43"
    assert "Korea" not in names, "there are two"


def test_three_letters_are_those_of_the_norm():
    assert three_letters()["IRN"] == "IR"
    assert len(three_letters()) > 240


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ('[[name]]\ncode = "Russia"\nwords = ["x"]', "no code of a place: Russia"),
        ('[[name]]\ncode = "RU"\nwords = "x"', "Expected `array`"),
        ('[[name]]\ncode = "RU"\nwords = ["x"]\nnote = "y"', "unknown field"),
        ('[[name]]\ncode = "RU"\nwords = ["x", "X"]', "stands twice: x"),
        ('[[name]]\ncode = "RU"\nwords = []\n[[name]]\ncode = "RU"\nwords = []', "stands twice"),
        ("[[name]", "names.toml"),
    ],
)
def test_what_is_wrong_is_told(tmp_path, written, reason):
    path = tmp_path / "names.toml"
    path.write_text(written)
    with pytest.raises(DamagedDataError) as told:
        read_names(path)
    assert "names.toml" in str(told.value)
    assert reason in str(told.value)


def test_no_file_is_told(tmp_path):
    with pytest.raises(DamagedDataError, match=r"gone\.toml"):
        read_names(tmp_path / "gone.toml")
