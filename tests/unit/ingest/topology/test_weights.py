"""Prefixes, and what an AS weighs: each address once, however often it is announced."""

from datetime import date

import numpy as np
import pytest

from whocut.ingest.topology import (
    address_weights,
    read_country_origins,
    read_organisations,
    read_prefix_origins,
    read_weights,
)
from whocut.model.errors import InputError, UsageError


def prefixes(tmp_path, text, name="routeviews-rv2-20220301-1200.pfx2as"):
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_prefix_origins(path)


def test_an_address_counts_for_the_narrowest_prefix_around_it(tmp_path):
    found = prefixes(
        tmp_path, "1.0.0.0\t8\t10\n1.0.0.0\t16\t20\n1.0.4.0\t24\t30\n1.1.0.0\t16\t10\n"
    )
    weights = address_weights(found)
    assert weights.of(30) == 256
    assert weights.of(20) == 65536 - 256
    assert weights.of(10) == 2**24 - 65536
    assert weights.addresses.sum() == 2**24
    assert weights.slash24.sum() == 2**16
    assert weights.unit == "IPv4 addresses"


def test_several_origins_share_equally_and_all_are_kept(tmp_path):
    found = prefixes(tmp_path, "1.0.0.0\t24\t1_2\n1.0.1.0\t24\t{3,4}\n1.0.2.0\t24\t5_5\n")
    weights = address_weights(found)
    assert [weights.of(asn) for asn in (1, 2, 3, 4, 5)] == [128, 128, 128, 128, 256]
    assert found.tally.several_origins == 2


def test_both_forms_say_the_same(tmp_path):
    caida = prefixes(tmp_path, "1.0.0.0\t24\t1\n2.0.0.0\t16\t2\n")
    pyasn = prefixes(tmp_path, "; made by\n1.0.0.0/24\t1\n2.0.0.0/16\t2\n", "ipasn_20140513.dat")
    for name in ("start", "length", "origin_start", "origins"):
        assert getattr(caida, name).tolist() == getattr(pyasn, name).tolist()
    assert (caida.day, pyasn.day) == (date(2022, 3, 1), date(2014, 5, 13))


def test_what_is_left_out_is_counted(tmp_path):
    found = prefixes(
        tmp_path,
        "0.0.0.0\t0\t1\n10.0.0.0\t8\t2\n192.168.4.0\t24\t2\n1.0.0.0\t24\t64512\n"
        "1.0.1.0\t24\t3_23456\n1.0.2.0\t24\t4\n1.0.2.0\t24\t5\n2001:db8::\t32\t6\n",
    )
    assert found.tally.lines == 7
    assert found.tally.too_wide == 1
    assert found.tally.reserved_space == 2
    assert (found.tally.reserved_origins, found.tally.without_origin) == (2, 1)
    assert (found.tally.repeated, found.tally.ipv6, found.tally.several_origins) == (1, 1, 1)
    weights = address_weights(found)
    assert dict(zip(weights.asn.tolist(), weights.addresses.tolist(), strict=True)) == {
        3: 256,
        4: 128,
        5: 128,
    }


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("", "does not begin with a prefix"),
        ("1.0.0\t24\t1", "does not begin with a prefix"),
        ("1.0.0.256\t32\t1", "does not begin with a prefix"),
        ("1.0.0.01\t32\t1", "does not begin with a prefix"),
        ("1.0.0.0.0\t24\t1", "does not begin with a prefix"),
        ("x.0.0.0\t24\t1", "does not begin with a prefix"),
        ("1.0.0.0\t33\t1", "no fitting length"),
        ("1.0.0.0\t\t1", "no fitting length"),
        ("1.0.0.0\t24", "no fitting length"),
        ("2001:db8::\t129\t1", "no fitting length"),
        ("1.0.0.1\t24\t1", "bits set below"),
        ("1.0.0.0\t24\t", "does not end in AS numbers"),
        ("1.0.0.0\t24\t1_", "does not end in AS numbers"),
        ("1.0.0.0\t24\t1 2", "does not end in AS numbers"),
        ("1.0.0.0\t24\t4294967296", "above 32 bits"),
    ],
)
def test_what_is_no_line_stops_the_reading(tmp_path, line, reason):
    with pytest.raises(InputError, match=rf"pfx2as: line 2 .*{reason}"):
        prefixes(tmp_path, f"1.0.0.0\t24\t1\n{line}\n1.0.1.0\t24\t1\n")


def test_a_file_without_ipv4_weighs_nothing(tmp_path):
    with pytest.raises(UsageError, match="no IPv4 prefix"):
        address_weights(prefixes(tmp_path, "2001:db8::\t32\t6\n"))
    with pytest.raises(InputError, match="holds no prefix"):
        prefixes(tmp_path, "# nothing\n")


def test_weights_in_the_order_that_is_asked_and_what_is_missing(tmp_path):
    path = tmp_path / "users.csv"
    path.write_text("asn,weight\n3,5\nAS1,2.5\n9,7\n")
    weights = read_weights(path)
    asked = np.array([1, 2, 3], np.uint32)
    assert weights.align(asked).tolist() == [2.5, 0.0, 5.0]
    cover = weights.coverage(asked)
    assert (cover.asked, cover.missing, cover.placed, cover.elsewhere) == (3, 1, 7.5, 7.0)


def test_the_weight_of_a_country_by_registration(tmp_path):
    (tmp_path / "w.csv").write_text("asn,weight\n1,10\n2,20\n3,40\n")
    (tmp_path / "o.txt").write_text(
        "# format:org_id|changed|org_name|country|source\nA||A|RU|\nB||B|US|\n"
        "# format:aut|changed|aut_name|org_id|opaque_id|source\n"
        "1||a|A||\n2||b|A||\n3||c|B||\n4||d|A||\n"
    )
    total, cover = read_weights(tmp_path / "w.csv").of_country(
        read_organisations(tmp_path / "o.txt"), "RU"
    )
    assert (total, cover.asked, cover.missing) == (30.0, 3, 1)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("1,2\n", "line 1 is not asn,weight"),
        ("asn,weight\n", "weighs no AS"),
        ("asn,weight\n1\n", "line 2 is no AS number and weight"),
        ("asn,weight\n1,2,3\n", "line 2 is no AS number and weight"),
        ("asn,weight\nx,2\n", "line 2 has no AS number"),
        ("asn,weight\n4294967296,2\n", "line 2 has no AS number"),
        ("asn,weight\n1,-2\n", "line 2 has no weight"),
        ("asn,weight\n1,nan\n", "line 2 has no weight"),
        ("asn,weight\n1,2\n1,2\n", "line 3 weighs AS1 again"),
        ('asn,weight\n"1,2\n', "line 2"),
    ],
)
def test_weights_that_are_none(tmp_path, text, reason):
    path = tmp_path / "weights.csv"
    path.write_text(text)
    with pytest.raises(InputError, match=reason):
        read_weights(path)


def test_origins_of_a_published_country(tmp_path):
    path = tmp_path / "RU.csv"
    path.write_bytes(
        b"OriginASN,OriginASName,#Prefixes,%country\n"
        b'8402-OJSC "Vimpelcom",8997.0,4.5\n12389-Cut, in a letter \xc3,100,95.5\n'
    )
    found = read_country_origins(path)
    assert (found.country, found.asn) == ("RU", (8402, 12389))
    assert found.name[0] == 'OJSC "Vimpelcom"'
    assert found.share == pytest.approx((0.045, 0.955))
    assert found.weights().of(12389) == pytest.approx(0.955)


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ("1-A,2,3\n1-A,2,3\n", "line 3 names AS1 again"),
        ("A,2,3\n", "line 2 is not"),
        ("1-A,2,60\n2-B,2,60\n", "more than the whole"),
    ],
)
def test_origins_that_are_none(tmp_path, rows, reason):
    path = tmp_path / "RU.csv"
    path.write_text("OriginASN,OriginASName,#Prefixes,%country\n" + rows)
    with pytest.raises(InputError, match=reason):
        read_country_origins(path)
    path.write_text(rows)
    with pytest.raises(InputError, match="line 1 is not"):
        read_country_origins(path)
