"""The line that ``bgpdump -m`` writes for a route, from our records or from our columns."""

import re
import socket
import subprocess

from whocut.ingest.mrt.attributes.decoded import Attributes
from whocut.ingest.mrt.record import BgpMessage, Record, Rib, StateChange, TableDump
from whocut.ingest.mrt.wire import MrtType, SegmentType

_BRACKETS = {
    SegmentType.AS_SET: "{}",
    SegmentType.AS_CONFED_SEQUENCE: "()",
    SegmentType.AS_CONFED_SET: "[]",
}
_NAMED = {0xFFFFFF01: "no-export", 0xFFFFFF02: "no-advertise", 0xFFFFFF03: "local-AS"}


def bgpdump_lines(path):
    done = subprocess.run(["bgpdump", "-m", path], capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def bgpdump_prefixes(path):
    """All prefixes of messages as the long form prints them, in order."""
    done = subprocess.run(["bgpdump", "-H", path], capture_output=True, text=True, check=True)
    return re.findall(r"^  (\S+/\d+)$", done.stdout, re.MULTILINE)


def address(packed):
    """Write an address as bgpdump does: unlike RFC 5952 section 4.2.2, "::" for one group, too."""
    if len(packed) == 4:
        return socket.inet_ntop(socket.AF_INET, packed)
    text = socket.inet_ntop(socket.AF_INET6, packed)
    if "::" in text or "." in text:
        return text
    groups = text.split(":")
    if "0" not in groups:
        return text
    first = groups.index("0")
    return ":".join(groups[:first]) + "::" + ":".join(groups[first + 1 :])


def prefix(nlri):
    shown = f"{address(nlri.address)}/{nlri.length}"
    return shown if nlri.path_id is None else f"{shown}|{nlri.path_id}"


def segment_text(kind, asns):
    brackets = _BRACKETS.get(kind)
    if brackets is None:
        return " ".join(map(str, asns))
    between = "," if kind in (SegmentType.AS_SET, SegmentType.AS_CONFED_SET) else " "
    return brackets[0] + between.join(map(str, asns)) + brackets[1]


def path_text(segments):
    return " ".join(segment_text(segment.type, segment.asns) for segment in segments or ())


def origin_text(origin):
    return {0: "IGP", 1: "EGP"}.get(origin, "INCOMPLETE")


def attribute_text(attributes: Attributes, *, next_hop, is_mrtd=False):
    """Write the fields after the prefix; of MRTd's BGP bgpdump leaves out a bar."""
    communities = " ".join(
        _NAMED.get(value, f"{value >> 16}:{value & 0xFFFF}")
        for value in attributes.communities or ()
    )
    aggregator = attributes.aggregator
    text = "|".join(
        [
            path_text(attributes.as_path),
            origin_text(attributes.origin),
            next_hop,
            str(attributes.local_pref or 0),
            str(attributes.multi_exit_disc or 0),
            communities,
            "AG" if attributes.is_atomic_aggregate else "NAG",
            f"{aggregator.asn} {address(aggregator.address)}" if aggregator else "",
            "",
        ]
    )
    if is_mrtd:
        fields = text.split("|")
        text = "|".join([*fields[:4], fields[4] + fields[5], *fields[6:]])
    return text


def hop(attributes, *, is_mp):
    reach = attributes.mp_reach
    if is_mp and reach is not None:
        return address(reach.next_hop[:16])
    return address(attributes.next_hop or b"\xff" * 4)


def record_lines(record: Record):
    """Lines of one record, in bgpdump's order."""
    body, time = record.body, str(record.time_s)
    if record.microsecond is not None:
        time += f".{record.microsecond:06d}"
    kind = "BGP" if record.type == MrtType.BGP else MrtType(record.type).name
    if isinstance(body, StateChange):
        peer = f"{address(body.peer.address)}|{body.peer.asn}"
        return [f"{kind}|{time}|STATE|{peer}|{body.old_state}|{body.new_state}"]
    if isinstance(body, Rib):
        return list(_rib_lines(body, time))
    if isinstance(body, TableDump):
        return [
            f"TABLE_DUMP|{time}|B|{address(entry.peer.address)}|{entry.peer.asn}"
            f"|{prefix(entry.prefix)}|"
            + attribute_text(entry.attributes, next_hop=hop(entry.attributes, is_mp=True))
            for entry in body.entries
        ]
    if isinstance(body, BgpMessage) and body.update is not None:
        suffix = "_LOCAL" if body.is_local else ""
        suffix += "_AP" if record.subtype >= 8 else ""
        return list(_update_lines(body, kind + suffix + "|" + time))
    return []


def _rib_lines(body, time):
    for entry in body.entries:
        is_add_path = entry.path_id is not None
        shown = prefix(body.prefix) + (f"|{entry.path_id}" if is_add_path else "")
        yield (
            f"TABLE_DUMP2{'_AP' if is_add_path else ''}|{time}|B"
            f"|{address(entry.peer.address)}|{entry.peer.asn}|{shown}|"
            + attribute_text(entry.attributes, next_hop=hop(entry.attributes, is_mp=True))
        )


def _update_lines(body, head):
    update = body.update
    peer = f"{address(body.peer.address)}|{body.peer.asn}"
    reach = update.attributes.mp_reach
    in_reach = len(reach.nlri) if reach else 0
    is_mrtd = head.startswith("BGP|")
    for nlri in update.withdrawn:
        # Of MRTd's withdrawals bgpdump prints the peer's address in place of the prefix's: two
        # addresses are written into one buffer before either is printed.
        shown = f"{address(body.peer.address)}/{nlri.length}" if is_mrtd else prefix(nlri)
        yield f"{head}|W|{peer}|{shown}"
    for number, nlri in enumerate(update.announced):
        is_mp = number >= len(update.announced) - in_reach
        if update.is_treated_as_withdraw:
            yield f"{head}|W|{peer}|{prefix(nlri)}"
        else:
            yield f"{head}|A|{peer}|{prefix(nlri)}|" + attribute_text(
                update.attributes,
                next_hop=hop(update.attributes, is_mp=is_mp),
                is_mrtd=is_mrtd,
            )
