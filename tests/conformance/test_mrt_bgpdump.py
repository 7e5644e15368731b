"""Every MRT file of the research data, entry for entry as Debian's bgpdump reads it.

Where the two differ the difference stands below, with its reason (argued in docs/methods/mrt.md),
and is checked to be just that.
"""

import shutil

import pytest
from tests.conformance.bgpdump_lines import address as address_text
from tests.conformance.bgpdump_lines import (
    bgpdump_lines,
    bgpdump_prefixes,
    origin_text,
    record_lines,
    segment_text,
)
from tests.unit.ingest.mrt.both_readers import by_columns, by_records

from whocut.ingest.mrt import Record, read_records
from whocut.model.errors import InputError

pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(shutil.which("bgpdump") is None, reason="bgpdump is not installed"),
]

RIPE = "bgpkit-fixtures/ripe_rrc"
SAMPLE = "mrtparse-samples/"

EQUAL = {
    RIPE + "00_1999.09_updates.19990903.1041.gz": 65_315,
    RIPE + "00_1999.12_updates.19991214.1621.gz": 55_516,
    RIPE + "00_2000.01_updates.20000102.2014.gz": 6_359,
    RIPE + "01_2000.11_updates.20001104.0124.gz": 883,
    RIPE + "03_2010.02_updates.20100227.1600.first-796-records.gz": 1_363,
    RIPE + "15_2010.02_updates.20100227.1600.gz": 53_806,
    RIPE + "15_2010.02_updates.20100227.1610.gz": 7_485,
    "bgpkit-fixtures/updates.bz2": 268,
    SAMPLE + "bird-mrtdump_bgp": 24,
    SAMPLE + "bird-mrtdump_rib": 18,
    SAMPLE + "bird6-mrtdump_bgp": 24,
    SAMPLE + "bird6-mrtdump_rib": 10,
    SAMPLE + "openbgpd_bgp": 109,
    SAMPLE + "openbgpd_rib_table-v2": 31,
    SAMPLE + "quagga_bgp": 38,
    SAMPLE + "quagga_rib": 9,
    "rib.20080501.0644_firstMB.bz2": 139_291,
    "rib.20140523.0600_firstMB.bz2": 270_005,
    "rib6.20151101.0600_firstMB.bz2": 149_578,
    "ris.rrc06.updates.1427846400.gz": 1_561,
    "routeviews.route-views.jinx.updates.1427846400.bz2": 8_611,
}

DIFFERENT = {
    RIPE + "00_2000.01_bview.20000111.0032.gz": "MRTd's lengths are four bytes short",
    RIPE + "00_2000.03_updates.20000325.0345.gz": "a record broken off in its header",
    SAMPLE + "bird_bgp": "path identifiers in records that are not of the add-path form",
    SAMPLE + "bird6_bgp": "path identifiers in records that are not of the add-path form",
    SAMPLE + "openbgpd_rib_table": "an AGGREGATOR of the wrong length",
    SAMPLE + "openbgpd_rib_table-mp": "BGP4MP_ENTRY, which bgpdump does not read",
}

CUT_SHORT = {
    RIPE + "00_2000.03_updates.20000325.0345.gz": 15_024,
    "rib.20080501.0644_firstMB.bz2": 9_876_131,
    "rib.20140523.0600_firstMB.bz2": 15_273_283,
    "rib6.20151101.0600_firstMB.bz2": 12_131_168,
}
"""Where the first record begins that is not whole, in decompressed bytes."""


@pytest.fixture(scope="module")
def mrt(shared_dir):
    return shared_dir / "routes" / "mrt"


def our_lines(path):
    """All lines of the readable reader, and the offset at which it had to end."""
    lines, offset = [], None
    try:
        for found in read_records(path):
            if isinstance(found, Record):
                lines.extend(record_lines(found))
    except InputError as error:
        offset = error.offset
    return lines, offset


def test_no_file_is_left_out(mrt):
    files = {str(path.relative_to(mrt)) for path in mrt.rglob("*") if path.is_file()}
    assert files == set(EQUAL) | set(DIFFERENT)


@pytest.mark.parametrize("name", EQUAL)
def test_every_entry_is_bgpdumps(mrt, name):
    theirs = bgpdump_lines(mrt / name)
    ours, offset = our_lines(mrt / name)
    assert len(theirs) == EQUAL[name]
    assert ours == theirs
    assert offset == CUT_SHORT.get(name)


@pytest.mark.parametrize("name", [*EQUAL, *DIFFERENT])
def test_the_fast_reader_finds_the_same(mrt, name):
    slow, fast = by_records(mrt / name), by_columns(mrt / name)
    for ours, theirs in zip(slow, fast, strict=True):
        assert ours == theirs


@pytest.mark.parametrize(
    "name", ["rib6.20151101.0600_firstMB.bz2", RIPE + "15_2010.02_updates.20100227.1600.gz"]
)
def test_columns_are_bgpdumps_fields(mrt, name):
    """The fast reader against bgpdump itself, without the readable one between."""
    theirs = [line.split("|") for line in bgpdump_lines(mrt / name)]
    wanted = [
        (*line[1:6], *(line[6:8] if len(line) > 6 else ("", "INCOMPLETE")))
        for line in theirs
        if line[2] != "STATE"
    ]
    ours = []
    for row in by_columns(mrt / name)[0]:
        segments = " ".join(segment_text(kind, asns) for kind, asns in row[11] or ())
        peer = (address_text(row[4]), str(row[3]))
        nlri = f"{address_text(row[8])}/{row[7]}"
        ours.append((str(row[0]), row[10], *peer, nlri, segments, origin_text(row[12])))
    assert ours == wanted


@pytest.mark.parametrize("name", [name for name in EQUAL if name.startswith(RIPE + "00")])
def test_prefixes_that_bgpdumps_short_form_garbles(mrt, name):
    """Of MRTd's withdrawals the line has the peer's address; the long form has the prefix."""
    ours = [f"{address_text(row[8])}/{row[7]}" for row in by_columns(mrt / name)[0]]
    assert ours == bgpdump_prefixes(mrt / name)


def test_lengths_four_bytes_short(mrt):
    """bgpdump loses its place after the first record; ours ends with the file's last byte."""
    path = mrt / (RIPE + "00_2000.01_bview.20000111.0032.gz")
    theirs = bgpdump_lines(path)
    ours, offset = our_lines(path)
    assert len(theirs) == 1
    assert len(ours) == 452_018
    assert ours[0] == theirs[0]
    assert offset is None


def test_a_header_broken_off(mrt):
    """After four entries bgpdump takes the next record's head for a length, and prints rubbish."""
    path = mrt / (RIPE + "00_2000.03_updates.20000325.0345.gz")
    theirs = bgpdump_lines(path)
    ours, offset = our_lines(path)
    assert ours == theirs[:4]
    assert len(ours) == 4
    assert all(line.split("|")[3:5] == ["0.5.0.3", "13937"] for line in theirs[4:])
    assert any(int(line.rpartition("/")[2]) > 32 for line in theirs[4:])
    assert offset == CUT_SHORT[RIPE + "00_2000.03_updates.20000325.0345.gz"]


@pytest.mark.parametrize("name", ["bird_bgp", "bird6_bgp"])
def test_hidden_path_identifiers(mrt, name):
    """BIRD of 2017 wrote add-path routes without saying so: bgpdump prints 0.0.0.0/0 for them."""
    theirs = bgpdump_lines(mrt / SAMPLE / name)
    ours, _ = our_lines(mrt / SAMPLE / name)
    assert ours == [line for line in theirs if "|STATE|" in line]
    _, _, findings, _ = by_records(mrt / SAMPLE / name)
    assert findings == {"session_reset": 6}
    wrong = [line.split("|")[5] for line in theirs if "|A|" in line]
    assert wrong.count("0.0.0.0/0" if name == "bird_bgp" else "::/0") >= len(wrong) // 2


def test_an_aggregator_of_the_wrong_length(mrt):
    """Eight bytes where AS numbers have two: bgpdump reads AS 0 and half of another field."""
    path = mrt / SAMPLE / "openbgpd_rib_table"
    theirs = bgpdump_lines(path)
    ours, _ = our_lines(path)
    assert theirs[0].endswith("|NAG|0 253.232.192.168|")
    assert ours == [theirs[0].replace("0 253.232.192.168", ""), *theirs[1:]]


def test_bgp4mp_entry(mrt):
    """The same table in three forms: bgpdump reads two of them, ours all."""
    tables = [
        sorted((row[7:9], row[11:13]) for row in by_records(mrt / SAMPLE / name)[0])
        for name in ("openbgpd_rib_table-mp", "openbgpd_rib_table", "openbgpd_rib_table-v2")
    ]
    assert bgpdump_lines(mrt / SAMPLE / "openbgpd_rib_table-mp") == []
    assert tables[0] == tables[1] == tables[2]
    assert len(tables[0]) == 31
