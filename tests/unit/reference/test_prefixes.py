"""Prefix -> AS: the longest match, every form of origin, bad lines, days."""

import gzip
import random
from datetime import date
from ipaddress import ip_address, ip_network

import pytest

from whocut.model.errors import InputError
from whocut.reference.prefixes import PrefixTable, PrefixTables

IPV4 = """1.0.0.0\t24\t13335
10.0.0.0\t8\t100
10.1.0.0\t16\t200_300
10.1.2.0\t24\t400,500
10.1.2.128\t25\t600_700,800
10.1.2.200\t32\t4200000000
192.0.2.0\t24\t{64500,64501}
"""
IPV6 = "2001:db8::\t32\t64500\n2001:db8:1::\t48\t64501_64502\n2001:db8:1::7\t128\t64503\n"


@pytest.fixture
def table(tmp_path):
    first, second = tmp_path / "a.pfx2as", tmp_path / "b.pfx2as.gz"
    first.write_text(IPV4)
    second.write_bytes(gzip.compress(IPV6.encode()))
    return PrefixTable.load([first, second])


@pytest.mark.parametrize(
    ("ip", "asn"),
    [
        ("1.0.0.0", 13335),
        ("1.0.0.255", 13335),
        ("1.0.1.0", 0),
        ("0.255.255.255", 0),
        ("10.200.0.1", 100),
        ("10.1.200.1", 200),
        ("10.1.2.1", 400),
        ("10.1.2.129", 600),
        ("10.1.2.200", 4200000000),
        ("10.1.2.201", 600),
        ("10.1.3.0", 200),
        ("10.255.255.255", 100),
        ("11.0.0.0", 0),
        ("192.0.2.7", 64500),
        ("2001:db8::1", 64500),
        ("2001:db8:1:2::1", 64501),
        ("2001:db8:1::7", 64503),
        ("2001:db8:1::7%eth0", 64503),
        ("2001:db9::", 0),
        ("scrubbed", 0),
        ("", 0),
        ("10.1", 0),
    ],
)
def test_the_longest_prefix_answers(table, ip, asn):
    assert table.asn(ip) == asn


def test_a_table_knows_its_size_and_digest(table, tmp_path):
    assert len(table) == 10
    assert table.bad_count == 0
    assert (
        table.digest == PrefixTable.load([tmp_path / "a.pfx2as", tmp_path / "b.pfx2as.gz"]).digest
    )


def test_bad_lines_are_counted_with_their_place_and_the_rest_goes_on(tmp_path):
    bad = [
        "rubbish",
        "10.0.0.1\t8\t1",
        "10.0.0.0\t33\t1",
        "256.0.0.0\t8\t1",
        "11.0.0.0\t8\t4294967296",
        "11.0.0.0\t8\tAS7",
        "11.0.0.0\t8",
        "11.0.0.0/8\t8\t7",
        "\xff",
    ]
    path = tmp_path / "bad.pfx2as"
    path.write_bytes(("# a comment\n\n" + "\n".join(bad) + "\n" + IPV4).encode("latin-1"))
    table = PrefixTable.load(path)
    assert table.bad_count == len(bad)
    assert [line.line for line in table.bad_lines] == list(range(3, 3 + len(bad)))
    assert all(line.source == str(path) for line in table.bad_lines)
    assert table.asn("10.1.2.129") == 600


def test_windows_line_ends_and_no_last_newline(tmp_path):
    path = tmp_path / "crlf.pfx2as"
    path.write_bytes(IPV4.rstrip("\n").replace("\n", "\r\n").encode())
    table = PrefixTable.load(path)
    assert (len(table), table.bad_count) == (7, 0)
    path.write_bytes(IPV4.rstrip("\n").encode())
    assert len(PrefixTable.load(path)) == 7


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"", "holds no line"),
        (b"rubbish\n", "line 1"),
        (gzip.compress(IPV4.encode())[:-9], "cannot be read"),
        (b"\x1f\x8b rubbish", "cannot be read"),
    ],
)
def test_files_that_are_none_name_themselves(tmp_path, data, word):
    path = tmp_path / ("x.gz" if data[:1] == b"\x1f" else "x.txt")
    path.write_bytes(data)
    with pytest.raises(InputError, match=word) as caught:
        PrefixTable.load(path)
    assert str(path) in str(caught.value)
    with pytest.raises(InputError, match="cannot be read"):
        PrefixTable.load(tmp_path / "absent.gz")


def _written(rng: random.Random, count: int) -> dict[str, int]:
    found = {}
    while len(found) < count:
        length = rng.choice((8, 12, 16, 19, 20, 22, 24, 24, 24, 32))
        start = rng.getrandbits(32) >> (32 - length) << (32 - length)
        found[f"{ip_address(start)}\t{length}"] = rng.randint(1, 2**32 - 1)
    return found


def test_reading_at_once_and_by_line_are_one_and_agree_with_a_plain_search(tmp_path, rng):
    rows = _written(rng, 3000)
    lines = [f"{prefix}\t{origin}" for prefix, origin in rows.items()]
    at_once, by_line = tmp_path / "once.pfx2as", tmp_path / "line.pfx2as"
    at_once.write_text("\n".join(lines) + "\n")
    by_line.write_text("# comment\n" + "\n".join(lines) + "\n")
    one, other = PrefixTable.load(at_once), PrefixTable.load(by_line)
    networks = [(ip_network(prefix.replace("\t", "/")), origin) for prefix, origin in rows.items()]
    asked = [str(ip_address(rng.getrandbits(32))) for _ in range(300)]
    asked += [str(net[rng.randrange(net.num_addresses)]) for net, _ in rng.sample(networks, 300)]
    for ip in asked:
        address = ip_address(ip)
        around = [(net.prefixlen, origin) for net, origin in networks if address in net]
        expected = max(around)[1] if around else 0
        assert one.asn(ip) == other.asn(ip) == expected, ip


def test_the_day_chooses_the_snapshot(tmp_path):
    for name, origin in (
        ("routeviews-rv2-20230501-1200.pfx2as.gz", 1),
        ("routeviews-rv2-20230503-1200.pfx2as.gz", 3),
    ):
        (tmp_path / name).write_bytes(gzip.compress(f"192.0.2.0\t24\t{origin}\n".encode()))
    later = tmp_path / "routeviews-rv6-20230504-0600.pfx2as"
    later.write_text("2001:db8::\t32\t6\n")
    (tmp_path / "routeviews-rv2-20230505-1200.pfx2as.gz.part").write_bytes(b"half")
    tables = PrefixTables.load(tmp_path)
    assert tables.asn("192.0.2.1", date(2023, 4, 30)) == 0
    assert tables.asn("192.0.2.1", date(2023, 5, 2)) == 1
    assert tables.asn("192.0.2.1", date(2023, 5, 3)) == 3
    assert tables.asn("192.0.2.1") == 3
    assert tables.asn("2001:db8::1", date(2023, 5, 3)) == 0
    assert tables.asn("2001:db8::1", date(2023, 5, 4)) == 6
    assert tables.at(date(2023, 4, 30)) is None
    single = PrefixTables.load(later)
    assert single.asn("2001:db8::1", date(2000, 1, 1)) == 6
    with pytest.raises(InputError, match="holds no routeviews"):
        PrefixTables.load(tmp_path / "nothing")
