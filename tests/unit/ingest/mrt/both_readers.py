"""What each of the two readers finds in a file, in one and the same form."""

from collections import Counter

from whocut.ingest.mrt import Finding, read_records, read_routes
from whocut.ingest.mrt.record import BgpMessage, Rib, StateChange, TableDump
from whocut.model.errors import InputError

SEGMENT_STARTS = 0x80


def by_records(path, **options):
    """Rows, state changes, findings by kind, and the error's text, by the readable reader."""
    rows, states, findings, failure = [], [], Counter(), None
    try:
        for found in read_records(path, **options):
            if isinstance(found, Finding):
                findings[found.kind] += 1
            elif isinstance(found.body, StateChange):
                body = found.body
                head = (found.time_s, found.microsecond or 0, body.peer.asn, body.peer.address)
                states.append((*head, body.old_state, body.new_state, len(rows)))
            else:
                rows.extend(_record_rows(found))
    except InputError as error:
        failure = str(error)
    return rows, states, dict(findings), failure


def _record_rows(record):
    body = record.body
    times = (record.time_s, record.microsecond or 0)
    if isinstance(body, Rib):
        for entry in body.entries:
            yield times + _row(
                "B", entry.peer, body.prefix, entry.attributes, entry.originated_s, entry.path_id
            )
    elif isinstance(body, TableDump):
        for entry in body.entries:
            yield times + _row("B", entry.peer, entry.prefix, entry.attributes, entry.originated_s)
    elif isinstance(body, BgpMessage) and body.update is not None:
        update = body.update
        for nlri in update.withdrawn:
            yield times + _row("W", body.peer, nlri, None, is_local=body.is_local)
        kind = "W" if update.is_treated_as_withdraw else "A"
        attributes = None if update.is_treated_as_withdraw else update.attributes
        for nlri in update.announced:
            yield times + _row(kind, body.peer, nlri, attributes, is_local=body.is_local)


def _row(kind, peer, nlri, attributes, originated_s=0, path_id=None, *, is_local=False):
    path, origin = None, 255
    if attributes is not None:
        origin = 255 if attributes.origin is None else attributes.origin
        if attributes.as_path is not None:
            path = tuple((int(segment.type), segment.asns) for segment in attributes.as_path)
    number = path_id if path_id is not None else nlri.path_id
    prefix = (int(nlri.afi), int(nlri.safi), nlri.length, nlri.address, number or 0)
    return (originated_s, peer.asn, peer.address, *prefix, kind, path, origin, is_local)


def by_columns(path, **options):
    """The same by the fast reader."""
    rows, states, findings, failure = [], [], Counter(), None
    try:
        for batch in read_routes(path, **options):
            first = len(rows)
            rows.extend(batch_rows(batch))
            changes = batch.state_changes
            states.extend(
                (
                    int(changes.time_s[at]),
                    int(changes.microsecond[at]),
                    *peer_of(batch, changes.peer[at]),
                    int(changes.old_state[at]),
                    int(changes.new_state[at]),
                    first + int(changes.row[at]),
                )
                for at in range(len(changes.peer))
            )
            findings.update(batch.findings)
    except InputError as error:
        failure = str(error)
    return rows, states, dict(findings), failure


def peer_of(batch, number):
    size = 4 if batch.peers.afi[number] == 1 else 16
    return int(batch.peers.asn[number]), batch.peers.address[number].tobytes()[:size]


def path_segments(batch, path):
    if path < 0:
        return None
    segments = []
    for at in range(batch.path_start[path], batch.path_start[path + 1]):
        kind = int(batch.path_segments[at])
        if kind & SEGMENT_STARTS:
            segments.append((kind & ~SEGMENT_STARTS, []))
        segments[-1][1].append(int(batch.path_asns[at]))
    return tuple((kind, tuple(asns)) for kind, asns in segments)


def batch_rows(batch):
    for at in range(len(batch)):
        size = 4 if batch.afi[at] == 1 else 16
        assert not batch.address[at, size:].any()
        yield (
            int(batch.time_s[at]),
            int(batch.microsecond[at]),
            int(batch.originated_s[at]),
            *peer_of(batch, batch.peer[at]),
            int(batch.afi[at]),
            int(batch.safi[at]),
            int(batch.length[at]),
            batch.address[at].tobytes()[:size],
            int(batch.path_id[at]),
            chr(batch.kind[at]),
            path_segments(batch, int(batch.path[at])),
            int(batch.origin[at]),
            bool(batch.is_local[at]),
        )
