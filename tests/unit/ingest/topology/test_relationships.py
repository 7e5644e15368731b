"""AS relationships: what is read, what is left out by a stated rule, what stops the reading."""

import bz2
import gzip
from datetime import date

import pytest

from tests.unit.ingest.topology.plain import as_pairs
from whocut.ingest.topology import read_relationships, straddle_warning
from whocut.model.errors import InputError

HEADER = """\
# input clique: 174 3356
# IXP ASes: 1200 4635
# source:topology|BGP|20220301|ripe|rrc00
# source:topology|BGP|20220305|ripe|rrc00
# source:topology|looking-glass|20220301|mlp|lg42403
"""


def read(tmp_path, text, name="20220301.as-rel.txt", **more):
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_relationships(path, **more)


def test_links_and_the_facts_of_the_header(tmp_path):
    found = read(tmp_path, HEADER + "174|12389|-1\n3356|174|0\n3356|8359|-1\n")
    assert (found.provider.tolist(), found.customer.tolist()) == ([174, 3356], [12389, 8359])
    assert (found.peer_a.tolist(), found.peer_b.tolist()) == ([174], [3356])
    assert (found.day, found.months, found.serial) == (date(2022, 3, 1), (date(2022, 3, 1),), 1)
    assert found.clique == (174, 3356)
    assert found.exchanges == (1200, 4635)
    assert found.collectors == ("mlp/lg42403", "ripe/rrc00")
    assert found.observed == (date(2022, 3, 1), date(2022, 3, 5))
    assert found.tally.lines == 3


def test_serial_2_names_sources_of_some_lines(tmp_path):
    text = "1|2|-1\n1|3|0|bgp\n2|3|0|mlp,bgp\n"
    assert read(tmp_path, text, "20220301.as-rel2.txt").serial == 2


def test_the_same_links_packed_otherwise_have_the_same_digest(tmp_path):
    text = b"1|2|-1\n1|3|0\n"
    found = {
        read(tmp_path, data, f"20220301.as-rel.txt{ending}").sha256
        for data, ending in ((text, ""), (bz2.compress(text), ".bz2"), (gzip.compress(text), ".gz"))
    }
    assert len(found) == 1


def test_comments_between_links_and_line_ends_of_another_system(tmp_path):
    text = "# inferred clique: 1\r\n1|2|-1\r\n# step 3: providers for stub ASes\r\n3|2|0"
    found = read(tmp_path, text)
    assert as_pairs(found) == {(1, 2): "lower", (2, 3): "peers"}
    assert found.clique == (1,)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("", "does not begin with an AS number"),
        (" 1|2|0", "does not begin with an AS number"),
        ("AS1|2|0", "does not begin with an AS number"),
        ("01|2|0", "does not begin with an AS number"),
        ("-1|2|0", "does not begin with an AS number"),
        ("1.10|2|0", "does not begin with an AS number"),
        ("1|x|0", "no second AS number"),
        ("1|2", "no second AS number"),
        ("1||0", "no second AS number"),
        ("1|2|", "another relation"),
        ("1|2|3", "another relation"),
        ("1|2|-2", "another relation"),
        ("1|2|-", "another relation"),
        ("1|2|10", "another relation"),
        ("1|2|0|", "more behind its relation"),
        ("1|2|0|bgp|", "more behind its relation"),
        ("1|2|0|b p", "more behind its relation"),
        ("4294967296|2|0", "above 32 bits"),
        ("1|99999999999999999999|0", "above 32 bits"),
        ("7|7|-1", "links an AS with itself"),
    ],
)
def test_what_is_no_line_stops_the_reading_with_file_and_line(tmp_path, line, reason):
    with pytest.raises(InputError, match=rf"20220301\.as-rel\.txt: line 3 .*{reason}"):
        read(tmp_path, f"# a comment\n1|2|0\n{line}\n1|3|0\n")


def test_repeats_count_once_and_contradictions_are_left_out(tmp_path):
    text = "1|2|-1\n1|2|-1\n3|4|0\n4|3|0\n5|6|-1\n6|5|-1\n7|8|0\n7|8|-1\n7|8|0\n1|9|0\n"
    found = read(tmp_path, text)
    assert as_pairs(found) == {(1, 2): "lower", (3, 4): "peers", (1, 9): "peers"}
    assert found.tally.repeated == 2
    assert found.tally.contradicted == 2
    assert found.tally.contradictions == ((5, 6), (7, 8))


def test_numbers_that_name_no_network_are_left_out_and_counted(tmp_path):
    numbers = (0, 23456, 64496, 64512, 65534, 65535, 65551, 4_200_000_000, 4_294_967_295)
    text = "".join(f"1|{number}|-1\n" for number in numbers) + "64511|64512|0\n1|65552|-1\n1|2|0\n"
    found = read(tmp_path, text)
    assert as_pairs(found) == {(1, 65552): "lower", (1, 2): "peers"}
    assert found.tally.reserved == {
        "zero": 1,
        "AS_TRANS": 1,
        "documentation": 2,
        "private": 4,
        "last": 2,
    }
    assert sum(found.tally.reserved.values()) == len(numbers) + 1


def test_siblings_of_old_files_are_no_relation_of_trade(tmp_path):
    found = read(tmp_path, "1|2|1\n4|3|2\n1|3|-1\n", "20050101.as-rel.txt")
    assert (found.sibling_a.tolist(), found.sibling_b.tolist()) == ([1, 3], [2, 4])
    assert found.provider.tolist() == [1]


class TestTheMonth:
    def test_is_told_by_the_name(self, tmp_path):
        assert read(tmp_path, "1|2|0\n", "20211201.as-rel2.txt").day == date(2021, 12, 1)

    def test_else_by_the_comments(self, tmp_path):
        assert read(tmp_path, HEADER + "1|2|0\n", "links.txt").day == date(2022, 3, 1)

    def test_else_by_whoever_asks(self, tmp_path):
        with pytest.raises(InputError, match="tell the month"):
            read(tmp_path, "1|2|0\n", "links.txt")
        found = read(tmp_path, "1|2|0\n", "links.txt", month=date(2020, 5, 9))
        assert found.day == date(2020, 5, 1)

    def test_is_not_believed_where_the_paths_are_of_another(self, tmp_path):
        with pytest.raises(InputError, match="its name says 2022-04, its paths are of 2022-03-01"):
            read(tmp_path, HEADER + "1|2|0\n", "20220401.as-rel.txt")

    def test_that_does_not_exist_is_an_error(self, tmp_path):
        with pytest.raises(InputError, match="its name holds no day"):
            read(tmp_path, "1|2|0\n", "20221301.as-rel.txt")


def test_a_month_that_straddles_the_day_in_question_is_warned_of(tmp_path):
    found = read(tmp_path, HEADER + "1|2|0\n")
    warning = straddle_warning(found, date(2022, 3, 4))
    assert warning is not None
    assert "2022-03-01 to 2022-03-05" in warning
    assert straddle_warning(found, date(2022, 3, 6)) is None
    assert straddle_warning(found, date(2022, 2, 28)) is None
    assert straddle_warning(read(tmp_path, "1|2|0\n"), date(2022, 3, 4)) is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"# input clique: 1 x\n1|2|0\n", "clique"),
        (b"# input clique: 4294967296\n1|2|0\n", "clique"),
        (b"# source:topology|BGP|20221301|ripe|rrc00\n1|2|0\n", "source"),
        (b"# nothing else\n", "holds no link"),
        (b"", "holds no link"),
        (bz2.compress(b"1|2|0\n" * 99)[:-9], "cannot be read"),
        (gzip.compress(b"1|2|0\n" * 99, mtime=0)[:-9], "cannot be read"),
        (b"BZh9 not packed at all", "cannot be read"),
    ],
)
def test_damage_is_told(tmp_path, text, reason):
    with pytest.raises(InputError, match=reason):
        read(tmp_path, text)


def test_sources_of_a_form_that_is_not_known_are_counted(tmp_path):
    found = read(tmp_path, "# source:topology|unheard of\n# source:topology|a|20220301|b\n1|2|0\n")
    assert found.tally.unread_sources == 1
    assert found.collectors == ("b",)


def test_a_missing_file_is_an_input_error(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        read_relationships(tmp_path / "20220301.as-rel.txt")
