"""MRT records made by hand, field by field: the smallest that hold what a test is about."""

import struct

IPV4_PEER = bytes([192, 0, 2, 1])
IPV6_PEER = bytes.fromhex("20010db8000000000000000000000001")
LOCAL = bytes([192, 0, 2, 254])
NEXT_HOP = bytes([192, 0, 2, 1])
MARKER = b"\xff" * 16


def record(kind, subtype, body, *, time_s=1_400_000_000, length=None):
    return struct.pack(">IHHI", time_s, kind, subtype, len(body) if length is None else length) + (
        body
    )


def attribute(flags, kind, value, *, length=None):
    size = len(value) if length is None else length
    if size > 255:
        return struct.pack(">BBH", flags | 0x10, kind, size) + value
    return struct.pack(">BBB", flags, kind, size) + value


def segment(kind, *asns, asn_bytes=4):
    return bytes([kind, len(asns)]) + b"".join(asn.to_bytes(asn_bytes, "big") for asn in asns)


def origin(value=0):
    return attribute(0x40, 1, bytes([value]))


def as_path(*asns, asn_bytes=4):
    return attribute(0x40, 2, segment(2, *asns, asn_bytes=asn_bytes) if asns else b"")


def next_hop(value=NEXT_HOP):
    return attribute(0x40, 3, value)


def attributes(*asns, asn_bytes=4):
    """The three that an announcement must have."""
    return origin() + as_path(*asns, asn_bytes=asn_bytes) + next_hop()


def prefix(length, *octets, path_id=None):
    head = b"" if path_id is None else struct.pack(">I", path_id)
    return head + bytes([length, *octets])


def mp_reach(nlri, *, afi=2, safi=1, hop=IPV6_PEER):
    return attribute(0x80, 14, struct.pack(">HBB", afi, safi, len(hop)) + hop + b"\0" + nlri)


def mp_unreach(nlri, *, afi=2, safi=1):
    return attribute(0x80, 15, struct.pack(">HB", afi, safi) + nlri)


def update(*, withdrawn=b"", attrs=b"", nlri=b""):
    body = struct.pack(">H", len(withdrawn)) + withdrawn
    return body + struct.pack(">H", len(attrs)) + attrs + nlri


def message(body, *, kind=2, size=None):
    return MARKER + struct.pack(">HB", 19 + len(body) if size is None else size, kind) + body


def bgp4mp(body, *, subtype=4, peer=IPV4_PEER, asn=65001, et=None):
    """A BGP4MP record around a message, or around the two states of a session."""
    width = "I" if subtype in (4, 5, 7, 9, 11) else "H"
    head = struct.pack(f">{width}{width}HH", asn, 65000, 0, 1 if len(peer) == 4 else 2)
    whole = head + peer + (LOCAL if len(peer) == 4 else IPV6_PEER) + body
    if et is None:
        return record(16, subtype, whole)
    return record(17, subtype, struct.pack(">I", et) + whole)


def state_change(old, new, **options):
    return bgp4mp(struct.pack(">HH", old, new), **{"subtype": 5, **options})


def peer_index_table(*peers, view=b"main"):
    body = LOCAL + struct.pack(">H", len(view)) + view + struct.pack(">H", len(peers))
    for asn, address in peers:
        kind = (1 if len(address) == 16 else 0) | (2 if asn > 0xFFFF else 0)
        body += bytes([kind]) + b"\x0a\0\0\1" + address + asn.to_bytes(4 if kind & 2 else 2, "big")
    return record(13, 1, body)


def rib_entry(peer, attrs, *, path_id=None, originated_s=1_399_000_000):
    number = b"" if path_id is None else struct.pack(">I", path_id)
    return struct.pack(">HI", peer, originated_s) + number + struct.pack(">H", len(attrs)) + attrs


def rib(nlri, *entries, subtype=2, family=b"", count=None):
    body = struct.pack(">I", 7) + family + nlri
    body += struct.pack(">H", len(entries) if count is None else count) + b"".join(entries)
    return record(13, subtype, body)


def table_dump_entry(octets, length, attrs, *, asn=65001, peer=IPV4_PEER, asn_bytes=2):
    head = bytes(octets) + bytes([length, 1]) + struct.pack(">I", 1_399_000_000) + peer
    return head + asn.to_bytes(asn_bytes, "big") + struct.pack(">H", len(attrs)) + attrs


def table_dump(*entries, subtype=1, is_length_short=False):
    body = struct.pack(">HH", 0, 7) + b"".join(entries)
    return record(12, subtype, body, length=len(body) - (4 if is_length_short else 0))


def mrtd_update(body):
    head = struct.pack(">H", 65001) + IPV4_PEER + struct.pack(">H", 65000) + LOCAL
    return record(5, 1, head + body)


def bgp4mp_entry(nlri, attrs, *, afi=1):
    head = struct.pack(">HHHH", 65001, 65000, 0, 1) + IPV4_PEER + LOCAL
    head += struct.pack(">HHIHBB", 0, 1, 1_399_000_000, afi, 1, 4) + NEXT_HOP
    return record(16, 2, head + nlri + struct.pack(">H", len(attrs)) + attrs)


PEERS = peer_index_table((65001, IPV4_PEER), (4_200_000_000, IPV6_PEER))
TEN = prefix(8, 10)
DB8 = prefix(32, 0x20, 0x01, 0x0D, 0xB8)

EXAMPLES = {
    "peer_index_table": PEERS,
    "rib_ipv4": PEERS + rib(TEN, rib_entry(0, attributes(65001, 65002)), rib_entry(1, origin())),
    "rib_ipv6": PEERS
    + rib(
        DB8,
        rib_entry(1, origin() + as_path(3) + attribute(0x80, 14, b"\x10" + IPV6_PEER)),
        subtype=4,
    ),
    "rib_multicast": PEERS + rib(TEN, rib_entry(0, attributes(1)), subtype=3),
    "rib_add_path": PEERS
    + rib(
        TEN,
        rib_entry(0, attributes(1), path_id=1),
        rib_entry(0, attributes(2), path_id=2),
        subtype=8,
    ),
    "rib_generic": PEERS + rib(DB8, rib_entry(0, attributes(1)), subtype=6, family=b"\0\2\1"),
    "rib_generic_add_path": PEERS
    + rib(TEN, rib_entry(0, attributes(1), path_id=9), subtype=12, family=b"\0\1\1"),
    "table_dump": table_dump(
        table_dump_entry([10, 1, 0, 0], 16, attributes(1, 2, 23456, asn_bytes=2))
    ),
    "table_dump_ipv6": table_dump(
        table_dump_entry(IPV6_PEER, 128, attributes(1, asn_bytes=2), peer=IPV6_PEER), subtype=2
    ),
    "table_dump_many": table_dump(
        table_dump_entry([10, 1, 0, 0], 16, attributes(1, asn_bytes=2)),
        table_dump_entry([10, 2, 0, 0], 16, attributes(2, asn_bytes=2)),
        is_length_short=True,
    ),
    "message_as4": bgp4mp(
        message(update(withdrawn=TEN, attrs=attributes(1, 2), nlri=prefix(16, 10, 1) + TEN))
    ),
    "message_mp": bgp4mp(
        message(update(attrs=origin() + as_path(1) + mp_reach(DB8) + mp_unreach(DB8 + DB8))),
        peer=IPV6_PEER,
    ),
    "message_old": bgp4mp(
        message(
            update(
                attrs=attributes(1, 23456, 23456, asn_bytes=2)
                + attribute(0xC0, 17, segment(2, 400_000, 500_000)),
                nlri=TEN,
            )
        ),
        subtype=1,
    ),
    "message_et": bgp4mp(message(update(attrs=attributes(1), nlri=TEN)), et=123_456),
    "message_local": bgp4mp(message(update(attrs=attributes(1), nlri=TEN)), subtype=7),
    "message_add_path": bgp4mp(
        message(
            update(
                withdrawn=prefix(8, 11, path_id=3),
                attrs=attributes(1),
                nlri=prefix(8, 10, path_id=1) + prefix(8, 10, path_id=2),
            )
        ),
        subtype=9,
    ),
    "keepalive": bgp4mp(message(b"", kind=4)),
    "state_change": state_change(6, 1) + state_change(1, 6, peer=IPV6_PEER),
    "bgp4mp_entry": bgp4mp_entry(TEN, attributes(1, asn_bytes=2)),
    "mrtd_bgp": mrtd_update(update(withdrawn=TEN, attrs=attributes(1, asn_bytes=2), nlri=TEN)),
    "mrtd_state": record(5, 3, struct.pack(">H", 65001) + IPV4_PEER + struct.pack(">HH", 6, 1)),
    "unknown_type": record(99, 1, b"whatever"),
}
