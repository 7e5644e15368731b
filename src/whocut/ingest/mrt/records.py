"""Read a file record by record, with a finding for all that is not read whole: the readable way."""

from collections.abc import Iterator
from pathlib import Path

from whocut.ingest.mrt.attributes.decode import Notes
from whocut.ingest.mrt.bgp4mp import decode_bgp4mp
from whocut.ingest.mrt.cursor import Cursor
from whocut.ingest.mrt.finding import (
    Finding,
    FindingKind,
    MalformedRecordError,
    UpdateResetError,
)
from whocut.ingest.mrt.framing import KNOWN_TYPES, Frame, read_frames
from whocut.ingest.mrt.limits import ReadLimits
from whocut.ingest.mrt.mrtd_bgp import decode_mrtd_bgp
from whocut.ingest.mrt.record import Body, PeerIndexTable, Record
from whocut.ingest.mrt.table_dump import TABLE_DUMP_FORMS, decode_table_dump
from whocut.ingest.mrt.table_dump_v2 import decode_peer_index_table, decode_rib
from whocut.ingest.mrt.wire import Bgp4mp, MrtdBgp, MrtType, TableDumpV2

__all__ = ["read_records"]

_READ_SUBTYPES: dict[int, frozenset[int]] = {
    MrtType.BGP: frozenset({MrtdBgp.BGP_UPDATE, MrtdBgp.BGP_STATE_CHANGE}),
    MrtType.TABLE_DUMP: frozenset(TABLE_DUMP_FORMS),
    MrtType.TABLE_DUMP_V2: frozenset(TableDumpV2) - {TableDumpV2.GEO_PEER_TABLE},
    MrtType.BGP4MP: frozenset(Bgp4mp) - {Bgp4mp.BGP4MP_SNAPSHOT},
    MrtType.BGP4MP_ET: frozenset(Bgp4mp) - {Bgp4mp.BGP4MP_SNAPSHOT},
}
_ROUTELESS: dict[int, frozenset[int]] = {
    MrtType.BGP: frozenset(
        {MrtdBgp.BGP_NULL, MrtdBgp.BGP_OPEN, MrtdBgp.BGP_NOTIFY, MrtdBgp.BGP_KEEPALIVE}
    )
}
"""Known to hold no routes: passed over without a finding."""


def read_records(path: Path, *, limits: ReadLimits | None = None) -> Iterator[Record | Finding]:
    """Read a file; what was found about a record comes before it.

    A record that cannot be read gives findings alone, and the reading goes on with the next.
    Raises: InputError where the file ends within a record, or its compression is damaged; all whole
    records before come out first.
    """
    table: PeerIndexTable | None = None
    for frame in read_frames(path, limits or ReadLimits()):
        notes: Notes = []
        cursor = Cursor(frame.body)
        body: Body | None = None
        microsecond: int | None = None
        if frame.type not in KNOWN_TYPES:
            notes.append((FindingKind.UNKNOWN_TYPE, f"type {frame.type}"))
        elif frame.subtype not in _READ_SUBTYPES[frame.type]:
            if frame.subtype not in _ROUTELESS.get(frame.type, ()):
                notes.append(
                    (FindingKind.UNKNOWN_SUBTYPE, f"type {frame.type} subtype {frame.subtype}")
                )
        else:
            try:
                if frame.type == MrtType.BGP4MP_ET:
                    microsecond = cursor.number(4, "microseconds")
                body = _decode(frame, cursor, table, notes)
                if cursor.left:
                    notes.append((FindingKind.TRAILING_BYTES, f"{cursor.left} bytes"))
            except MalformedRecordError as error:
                notes.append((FindingKind.MALFORMED_RECORD, str(error)))
            except UpdateResetError as error:
                notes.append((FindingKind.SESSION_RESET, str(error)))
        for kind, detail in notes:
            yield Finding(frame.offset, kind, detail)
        if isinstance(body, PeerIndexTable):
            table = body
        if body is not None:
            yield Record(frame.offset, frame.time_s, microsecond, frame.type, frame.subtype, body)


def _decode(
    frame: Frame, cursor: Cursor, table: PeerIndexTable | None, notes: Notes
) -> Body | None:
    if frame.type == MrtType.TABLE_DUMP_V2:
        if frame.subtype == TableDumpV2.PEER_INDEX_TABLE:
            return decode_peer_index_table(cursor)
        return decode_rib(cursor, TableDumpV2(frame.subtype), table, notes)
    if frame.type == MrtType.TABLE_DUMP:
        if frame.entries > 1:
            notes.append((FindingKind.LEGACY_FORM, f"{frame.entries} entries in one record"))
        return decode_table_dump(cursor, frame.subtype, frame.entries, notes)
    if frame.type == MrtType.BGP:
        return decode_mrtd_bgp(cursor, MrtdBgp(frame.subtype), notes)
    return decode_bgp4mp(cursor, Bgp4mp(frame.subtype), notes)
