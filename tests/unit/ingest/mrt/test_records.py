"""Each record type, each attribute, by both readers: what stands there is what comes out."""

import struct

import pytest

from tests.unit.ingest.mrt import made_records as made
from tests.unit.ingest.mrt.both_readers import by_columns, by_records
from whocut.ingest.mrt import Finding, read_records
from whocut.ingest.mrt.record import PeerIndexTable

SEQUENCE, SET = 2, 1


@pytest.fixture
def read(tmp_path):
    def reader(data):
        path = tmp_path / "a.mrt"
        path.write_bytes(data)
        slow, fast = by_records(path), by_columns(path)
        assert slow == fast
        return slow

    return reader


def routes(rows):
    """Letter, prefix, path of each row."""
    return [(row[10], f"{row[8].hex()}/{row[7]}", row[11]) for row in rows]


def seq(*asns):
    return ((SEQUENCE, asns),)


TEN = "0a000000/8"
DB8 = "20010db8" + "0" * 24 + "/32"


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("peer_index_table", []),
        ("rib_ipv4", [("B", TEN, seq(65001, 65002)), ("B", TEN, None)]),
        ("rib_ipv6", [("B", DB8, seq(3))]),
        ("rib_multicast", [("B", TEN, seq(1))]),
        ("rib_add_path", [("B", TEN, seq(1)), ("B", TEN, seq(2))]),
        ("rib_generic", [("B", DB8, seq(1))]),
        ("rib_generic_add_path", [("B", TEN, seq(1))]),
        ("table_dump", [("B", "0a010000/16", seq(1, 2, 23456))]),
        ("table_dump_ipv6", [("B", made.IPV6_PEER.hex() + "/128", seq(1))]),
        ("table_dump_many", [("B", "0a010000/16", seq(1)), ("B", "0a020000/16", seq(2))]),
        (
            "message_as4",
            [("W", TEN, None), ("A", "0a010000/16", seq(1, 2)), ("A", TEN, seq(1, 2))],
        ),
        ("message_mp", [("W", DB8, None), ("W", DB8, None), ("A", DB8, seq(1))]),
        ("message_old", [("A", TEN, ((SEQUENCE, (1,)), (SEQUENCE, (400_000, 500_000))))]),
        ("message_et", [("A", TEN, seq(1))]),
        ("message_local", [("A", TEN, seq(1))]),
        (
            "message_add_path",
            [("W", "0b000000/8", None), ("A", TEN, seq(1)), ("A", TEN, seq(1))],
        ),
        ("keepalive", []),
        ("state_change", []),
        ("bgp4mp_entry", [("B", TEN, seq(1))]),
        ("mrtd_bgp", [("W", TEN, None), ("A", TEN, seq(1))]),
        ("mrtd_state", []),
        ("unknown_type", []),
    ],
)
def test_each_record_type(read, name, wanted):
    rows, _, findings, failure = read(made.EXAMPLES[name])
    assert routes(rows) == wanted
    assert failure is None
    legacy = {"table_dump_many": {"legacy_form": 1}, "unknown_type": {"unknown_type": 1}}
    assert findings == legacy.get(name, {})


def test_every_example_is_tested():
    tested = test_each_record_type.pytestmark[0].args[1]
    assert {name for name, _ in tested} == set(made.EXAMPLES)


def test_peers_times_and_path_identifiers(read):
    rows, states, _, _ = read(b"".join(made.EXAMPLES.values()))
    assert {row[3] for row in rows} == {65001, 4_200_000_000}
    assert {row[1] for row in rows} == {0, 123_456}
    assert {row[9] for row in rows} == {0, 1, 2, 3, 9}
    assert [row[13] for row in rows].count(True) == 1
    assert [state[4:6] for state in states] == [(6, 1), (1, 6), (6, 1)]
    assert states[0][6] < len(rows)


def test_a_peer_index_table_is_read_whole(tmp_path):
    path = tmp_path / "a.mrt"
    path.write_bytes(made.PEERS)
    (record,) = read_records(path)
    assert isinstance(record.body, PeerIndexTable)
    assert record.body.view_name == b"main"
    assert [peer.asn for peer in record.body.peers] == [65001, 4_200_000_000]


def updated(attrs, **options):
    return made.bgp4mp(made.message(made.update(attrs=attrs, nlri=made.TEN)), **options)


def merged(as_path, as4_path, *more):
    """The path that comes of AS_PATH and AS4_PATH."""
    return (
        made.origin()
        + made.attribute(0x40, 2, as_path)
        + made.next_hop()
        + made.attribute(0xC0, 17, as4_path)
        + b"".join(more)
    )


def two(kind, *asns):
    return made.segment(kind, *asns, asn_bytes=2)


AGGREGATOR = made.attribute(0xC0, 7, struct.pack(">H", 1) + made.LOCAL)
AGGREGATOR_TRANS = made.attribute(0xC0, 7, struct.pack(">H", 23456) + made.LOCAL)
AS4_AGGREGATOR = made.attribute(0xC0, 18, struct.pack(">I", 400_000) + made.LOCAL)


@pytest.mark.parametrize(
    ("attrs", "wanted"),
    [
        # RFC 6793 section 4.2.3: as many of AS_PATH's head as AS4_PATH lacks.
        (merged(two(2, 1, 23456), made.segment(2, 9)), ((2, (1,)), (2, (9,)))),
        (merged(two(2, 1, 2), made.segment(2, 8, 9)), ((2, (8, 9)),)),
        # Longer than AS_PATH: AS4_PATH does not count.
        (merged(two(2, 1), made.segment(2, 8, 9)), ((2, (1,)),)),
        # A set counts as one, and stays whole.
        (
            merged(two(1, 5, 6) + two(2, 23456), made.segment(2, 9)),
            ((1, (5, 6)), (2, (9,))),
        ),
        # A confederation's segment is kept where it leads or touches what is kept.
        (
            merged(two(3, 64512) + two(2, 1, 23456), made.segment(2, 9)),
            ((3, (64512,)), (2, (1,)), (2, (9,))),
        ),
        (
            merged(two(2, 1) + two(4, 64512) + two(2, 23456), made.segment(2, 9)),
            ((2, (1,)), (4, (64512,)), (2, (9,))),
        ),
        # AGGREGATOR that is not AS_TRANS: both AS4 attributes are old news.
        (
            merged(two(2, 1, 23456), made.segment(2, 9), AGGREGATOR, AS4_AGGREGATOR),
            ((2, (1, 23456)),),
        ),
        (
            merged(two(2, 1, 23456), made.segment(2, 9), AGGREGATOR_TRANS, AS4_AGGREGATOR),
            ((2, (1,)), (2, (9,))),
        ),
    ],
)
def test_as4_path(read, attrs, wanted):
    rows, _, findings, _ = read(updated(attrs, subtype=1))
    assert rows[0][11] == wanted
    assert findings == {}


def test_as4_path_beside_four_byte_numbers_is_discarded(read):
    attrs = made.attributes(1, 2) + made.attribute(0xC0, 17, made.segment(2, 9))
    rows, _, findings, _ = read(updated(attrs))
    assert rows[0][11] == seq(1, 2)
    assert findings == {"attribute_discard": 1}


def test_a_confederation_in_as4_path_is_left_out(read):
    attrs = merged(two(2, 1, 23456), made.segment(3, 7) + made.segment(2, 9))
    rows, _, findings, _ = read(updated(attrs, subtype=1))
    assert rows[0][11] == ((2, (1,)), (2, (9,)))
    assert findings == {"attribute_discard": 1}


def without(kind):
    """The three attributes less one of them."""
    return b"".join(
        part
        for number, part in ((1, made.origin()), (2, made.as_path(1)), (3, made.next_hop()))
        if number != kind
    )


_GOOD = made.attributes(1)


@pytest.mark.parametrize(
    ("attrs", "kind"),
    [
        # RFC 7606 section 7, in its order.
        (without(1) + made.attribute(0x40, 1, b"\x03"), "treat_as_withdraw"),
        (without(1) + made.attribute(0x40, 1, b""), "treat_as_withdraw"),
        (without(1), "treat_as_withdraw"),
        (without(2), "treat_as_withdraw"),
        (without(2) + made.attribute(0x40, 2, b"\x02\x00"), "treat_as_withdraw"),
        (without(2) + made.attribute(0x40, 2, b"\x05\x01\0\0\0\1"), "treat_as_withdraw"),
        (without(2) + made.attribute(0x40, 2, b"\x02\x02\0\0\0\1"), "treat_as_withdraw"),
        (without(2) + made.attribute(0x40, 2, b"\x02"), "treat_as_withdraw"),
        (without(2) + made.as_path(1, 0, 2), "treat_as_withdraw"),
        (without(3), "treat_as_withdraw"),
        (without(3) + made.attribute(0x40, 3, b"\1\2\3"), "treat_as_withdraw"),
        (_GOOD + made.attribute(0x80, 4, b"\1"), "treat_as_withdraw"),
        (_GOOD + made.attribute(0x40, 5, b"\1"), "treat_as_withdraw"),
        (_GOOD + made.attribute(0x40, 6, b"\1"), "attribute_discard"),
        (_GOOD + made.attribute(0xC0, 7, b"\1" * 6), "attribute_discard"),
        (_GOOD + made.attribute(0xC0, 8, b"\1" * 6), "treat_as_withdraw"),
        (_GOOD + made.attribute(0xC0, 8, b""), "treat_as_withdraw"),
        (_GOOD + made.attribute(0x80, 9, b"\1" * 5), "treat_as_withdraw"),
        (_GOOD + made.attribute(0x80, 10, b""), "treat_as_withdraw"),
        (_GOOD + made.attribute(0xC0, 16, b"\1" * 7), "treat_as_withdraw"),
        (_GOOD + made.attribute(0xC0, 25, b"\1" * 8), "treat_as_withdraw"),
        (_GOOD + made.attribute(0xC0, 32, b"\1" * 8), "treat_as_withdraw"),
        # Flags in conflict with the type (section 3 c).
        (_GOOD + made.attribute(0x40, 8, b"\1" * 4), "treat_as_withdraw"),
        (_GOOD + made.attribute(0xC0, 6, b""), "attribute_discard"),
        # Twice (section 3 g), and longer than the list (section 4).
        (_GOOD + made.origin(), "attribute_discard"),
        (_GOOD + made.attribute(0xC0, 99, b"\1", length=9), "treat_as_withdraw"),
        (_GOOD + b"\xc0", "treat_as_withdraw"),
        (_GOOD + made.mp_reach(made.DB8) + made.mp_reach(made.DB8), "session_reset"),
        (_GOOD + made.mp_reach(b"\x81" + bytes(17)), "session_reset"),
        (_GOOD + made.mp_reach(made.DB8, hop=b"\1" * 5), "session_reset"),
        (_GOOD + made.mp_unreach(b"\x20\1"), "session_reset"),
        (_GOOD + made.attribute(0x80, 15, b"\0"), "session_reset"),
        (_GOOD + made.mp_reach(made.DB8, afi=25, safi=65), "unsupported_family"),
    ],
)
def test_broken_attributes(read, attrs, kind):
    rows, _, findings, failure = read(updated(attrs))
    assert findings == {kind: 1}
    assert failure is None
    letters = {"treat_as_withdraw": ["W"], "session_reset": []}.get(kind, ["A"])
    assert [row[10] for row in rows] == letters


def test_a_broken_attribute_withdraws_what_mp_reach_announces(read):
    attrs = made.origin() + made.as_path(0) + made.mp_reach(made.DB8 + made.DB8)
    rows, _, findings, _ = read(made.bgp4mp(made.message(made.update(attrs=attrs))))
    assert routes(rows) == [("W", DB8, None)] * 2
    assert findings == {"treat_as_withdraw": 1}


@pytest.mark.parametrize("nlri", [b"\x21\1\2\3\4\5", b"\x18\1\2", b"\xff"])
def test_prefixes_that_do_not_fit_reset(read, nlri):
    for body in (made.update(attrs=_GOOD, nlri=nlri), made.update(withdrawn=nlri)):
        rows, _, findings, _ = read(made.bgp4mp(made.message(body)))
        assert (rows, findings) == ([], {"session_reset": 1})


@pytest.mark.parametrize(
    "data",
    [
        made.record(16, 4, b""),
        made.record(16, 4, made.bgp4mp(b"")[12:]),
        made.bgp4mp(made.message(b"", size=18)),
        made.bgp4mp(made.message(b"", size=99)),
        made.bgp4mp(b"\0" * 19),
        made.record(13, 1, b"\0" * 7),
        made.record(13, 1, b"\0" * 4 + b"\xff\xff\0\0"),
        made.record(13, 1, b"\0" * 6 + b"\xff\xff"),
        made.record(13, 2, b"\0" * 4),
        made.PEERS + made.rib(made.TEN, made.rib_entry(0, _GOOD), count=2),
        made.PEERS + made.rib(b"\x21\1\2\3\4\5", made.rib_entry(0, _GOOD)),
        made.record(12, 1, b"\0" * 3),
        made.table_dump(made.table_dump_entry([10, 0, 0, 0], 33, b"")),
        made.record(5, 1, b"\0" * 11),
    ],
)
def test_records_that_do_not_fit_their_length(read, data):
    rows, _, findings, failure = read(data + made.EXAMPLES["message_et"])
    assert findings == {"malformed_record": 1}
    assert routes(rows) == [("A", TEN, seq(1))], "the record after it is read"
    assert failure is None


def test_a_table_without_its_peers(read):
    table = made.rib(made.TEN, made.rib_entry(0, _GOOD), made.rib_entry(2, _GOOD))
    rows, _, findings, _ = read(table + made.PEERS + table)
    assert len(rows) == 1
    assert findings == {"unknown_peer": 3}


def test_bytes_after_the_last_field_are_counted(read):
    table = made.rib(made.TEN, made.rib_entry(0, _GOOD), count=0)
    _, _, findings, _ = read(made.PEERS + table)
    assert findings == {"trailing_bytes": 1}


def test_bits_beyond_the_length_are_cleared(read):
    rows, _, _, _ = read(made.bgp4mp(made.message(made.update(withdrawn=b"\x0a\xff\xff"))))
    assert routes(rows) == [("W", "ffc00000/10", None)]


def test_zebras_state_change_without_addresses(read):
    _, states, findings, _ = read(made.record(16, 0, struct.pack(">HHHH", 65001, 65000, 6, 1)))
    assert states[0][2:6] == (65001, bytes(4), 6, 1)
    assert findings == {"legacy_form": 1}


def test_every_field_of_the_attributes(tmp_path):
    attrs = (
        made.attributes(1)
        + made.attribute(0x80, 4, struct.pack(">I", 10))
        + made.attribute(0x40, 5, struct.pack(">I", 100))
        + made.attribute(0x40, 6, b"")
        + made.attribute(0xC0, 7, struct.pack(">I", 400_000) + made.LOCAL)
        + made.attribute(0xC0, 8, struct.pack(">II", 0xFFFFFF01, 65001 << 16 | 7))
        + made.attribute(0x80, 9, made.LOCAL)
        + made.attribute(0x80, 10, made.LOCAL + made.NEXT_HOP)
        + made.attribute(0xC0, 16, bytes(range(8)))
        + made.attribute(0xC0, 32, struct.pack(">III", 400_000, 1, 2))
        + made.attribute(0xC0, 99, b"odd")
    )
    path = tmp_path / "a.mrt"
    path.write_bytes(updated(attrs))
    (record,) = read_records(path)
    found = record.body.update.attributes
    assert (found.origin, found.multi_exit_disc, found.local_pref) == (0, 10, 100)
    assert found.is_atomic_aggregate
    assert (found.aggregator.asn, found.aggregator.address) == (400_000, made.LOCAL)
    assert found.communities == (0xFFFFFF01, 65001 << 16 | 7)
    assert (found.originator_id, found.cluster_list) == (made.LOCAL, (made.LOCAL, made.NEXT_HOP))
    assert found.extended_communities == (bytes(range(8)),)
    assert found.large_communities == ((400_000, 1, 2),)
    assert [(one.type, one.value) for one in found.unknown] == [(99, b"odd")]


def test_findings_say_where_and_what(tmp_path):
    path = tmp_path / "a.mrt"
    first = made.EXAMPLES["keepalive"]
    path.write_bytes(first + made.record(99, 1, b""))
    _, finding = read_records(path)
    assert finding == Finding(len(first), "unknown_type", "type 99")
