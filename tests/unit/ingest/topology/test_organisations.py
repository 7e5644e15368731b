"""Organisations: both sections, both forms, siblings, and where a holder is registered."""

import gzip
import json
from datetime import date

import pytest

from whocut.ingest.topology import REGISTRATION_CAVEAT, read_organisations
from whocut.model.errors import InputError

TEXT = """\
# name: AS Org
# format:org_id|changed|org_name|country|source
LVLT|20120130|Level 3 Parent, LLC|US|ARIN
RETN|| RETN Limited |GB|RIPE
BLOCK||A registry's block|EU|RIPE
ODD||Obenetwork|Sweden|APNIC
# format:aut|changed|aut_name|org_id|opaque_id|source
3356|20120224|LEVEL3|LVLT|x|ARIN
3549|20120224|LVLT-3549|LVLT|x|ARIN
9002||RETN-AS|RETN||RIPE
2093||BLOCK-AS|BLOCK||RIPE
7||ODD-AS|ODD||APNIC
8||ORPHAN-AS|NOWHERE||RIPE
"""


def read(tmp_path, text, name="20220401.as-org2info.txt"):
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_organisations(path)


def test_who_holds_what(tmp_path):
    found = read(tmp_path, TEXT)
    assert found.asn.tolist() == [7, 8, 2093, 3356, 3549, 9002]
    assert (found.org_of(3356), found.org_of(4)) == ("LVLT", None)
    assert found.name_of(3356) == "Level 3 Parent, LLC"
    assert found.siblings(3356) == (3549,)
    assert (found.siblings(9002), found.siblings(4)) == ((), ())
    assert found.day == date(2022, 4, 1)


def test_registration_is_not_location_and_every_answer_can_say_so(tmp_path):
    found = read(tmp_path, TEXT)
    assert found.country_of(9002) == "GB"
    assert "registered" in REGISTRATION_CAVEAT
    assert "RETN" in REGISTRATION_CAVEAT
    assert found.of_country("US").tolist() == [3356, 3549]


def test_a_region_or_a_word_is_no_country(tmp_path):
    found = read(tmp_path, TEXT)
    assert [found.country_of(asn) for asn in (2093, 7, 8, 4)] == ["", "", "", ""]
    assert found.tally.without_country == 2


def test_an_organisation_without_a_line_is_known_by_its_id_alone(tmp_path):
    found = read(tmp_path, TEXT)
    assert (found.org_of(8), found.name_of(8)) == ("NOWHERE", "ORPHAN-AS")
    assert found.tally.without_organisation == 1


def test_older_files_have_other_columns_in_the_other_order(tmp_path):
    text = (
        "# format:aut|changed|name|org_id|source\n1|20120224|LVLT-1|LVLT|ARIN\n"
        "# format: org_id|changed|name|country|source\nLVLT|20120130|Level 3|US|ARIN\n"
    )
    found = read(tmp_path, text)
    assert (found.name_of(1), found.country_of(1)) == ("Level 3", "US")


def test_json_lines_say_the_same(tmp_path):
    rows = [
        {"organizationId": "LVLT", "name": "Level 3", "country": "US", "type": "Organization"},
        {"asn": "3356", "organizationId": "LVLT", "name": "LEVEL3", "type": "ASN", "opaqueId": ""},
        {"asn": 3549, "organizationId": "LVLT", "name": "LVLT-3549", "type": "ASN"},
        {"asn": "x", "organizationId": "LVLT", "name": "?", "type": "ASN"},
        {"type": "Unheard"},
    ]
    text = "\n".join(json.dumps(row) for row in rows)
    found = read(tmp_path, gzip.compress(text.encode()), "20220401.as-org2info.jsonl.gz")
    assert found.siblings(3549) == (3356,)
    assert found.country_of(3549) == "US"
    assert found.tally.bad_lines == 2


def test_lines_that_cannot_be_read_are_left_out_and_told(tmp_path):
    more = "1|2|3\nx||A|LVLT||\n4294967296||A|LVLT||\n9||A|||\n3356||AGAIN|RETN||RIPE\n"
    found = read(tmp_path, TEXT + more)
    assert found.org_of(3356) == "LVLT"
    assert (found.tally.bad_lines, found.tally.repeated) == (4, 1)
    assert "20220401.as-org2info.txt: line 14 has 3 columns" in found.tally.first_bad[0]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"", "holds no AS number"),
        (b"1|2|3\n", "line 1 stands before"),
        (b"# format:aut|name\n1|2\n", "does not name the columns"),
        (b"# format:org_id|changed|org_name|country|source\nA||B|US|C\n", "holds no AS number"),
        (b"# \xff\n", "is not UTF-8"),
    ],
)
def test_a_file_that_is_none(tmp_path, text, reason):
    with pytest.raises(InputError, match=reason):
        read(tmp_path, text)
