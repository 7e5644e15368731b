"""Read one source from its bytes to measurements, refusals and skips."""

from collections.abc import Iterator

from whocut.ingest.ooni.decode import RecordDecoder
from whocut.ingest.ooni.limits import ReadLimits
from whocut.ingest.ooni.records import FoundRecord, split_records
from whocut.ingest.ooni.refusal import (
    RecordRefusedError,
    Refusal,
    RefusalReason,
    Skipped,
)
from whocut.ingest.ooni.sources import Source, open_blocks
from whocut.ingest.ooni.unpack import Budget, unpack
from whocut.model.observation import Measurement, SourcePosition

__all__ = ["read_blocks", "read_source"]

_DEFAULT_LIMITS = ReadLimits()


def read_source(
    source: Source, *, limits: ReadLimits = _DEFAULT_LIMITS
) -> Iterator[Measurement | Refusal | Skipped]:
    """Read every record of one source, in order, holding one at a time.

    A source that cannot be opened, or that breaks on the way, gives one refusal and ends; what
    was whole came out before it. Nothing is raised for anything that a source may hold.
    """
    return read_blocks(source.name, open_blocks(source), limits=limits)


def read_blocks(
    name: str, blocks: Iterator[bytes], *, limits: ReadLimits = _DEFAULT_LIMITS
) -> Iterator[Measurement | Refusal | Skipped]:
    """Read every record of a stream of bytes that has been opened already.

    Offsets and lines are those of the unpacked bytes; a member of an archive is a source of its
    own, named ``archive!member``.
    """
    budget = Budget(limits)
    decoder = RecordDecoder(limits)
    try:
        for stream in unpack(name, blocks, limits, budget):
            for record in split_records(stream.blocks, limits):
                position = SourcePosition(stream.name, record.offset, record.line)
                if record.damage is not None:
                    yield _damaged(record, record.damage, position)
                    continue
                result = decoder.decode(record.data, position, stream.uid_hint)
                if not isinstance(result, Refusal):
                    budget.credit()
                yield result
    except RecordRefusedError as error:
        yield _damaged(FoundRecord(b"", 0, 1), error, SourcePosition(name, 0, 1))
    except OSError as error:
        refused = RecordRefusedError(RefusalReason.UNREADABLE_SOURCE, error.strerror or str(error))
        yield _damaged(FoundRecord(b"", 0, 1), refused, SourcePosition(name, 0, 1))


def _damaged(record: FoundRecord, damage: RecordRefusedError, position: SourcePosition) -> Refusal:
    return Refusal(
        reason=damage.reason,
        detail=damage.detail,
        field=None,
        position=position,
        test_name=None,
        measurement_uid=None,
        raw_head=record.data,
        raw_bytes=record.size,
    )
