"""Read, judge and stage one source; runs in the parent, in a worker process, on another machine."""

import hashlib
import os
import platform
import secrets
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from msgspec import Struct, structs

from whocut.access import RULESET_VERSION, judge
from whocut.cli.reference_options import ReferenceRequest, load_requested
from whocut.ingest.ooni.quarantine import Quarantine
from whocut.ingest.ooni.reader import read_blocks
from whocut.ingest.ooni.refusal import Refusal, RefusalReason, Skipped
from whocut.ingest.ooni.sources import Source, open_blocks
from whocut.model.errors import StoreError
from whocut.model.observation import Measurement
from whocut.model.verdict import Judgement
from whocut.reference.snapshot import Reference
from whocut.scale.progress import advance as advance_progress
from whocut.store.manifest import SourceEntry
from whocut.store.object_path import AnyPath, path_of
from whocut.store.observatory import QUARANTINE_FILE
from whocut.store.staging import StagedSource, StageWriter, load_staged

__all__ = [
    "STREAM_PREFIX",
    "Client",
    "IngestPlan",
    "SourceResult",
    "SourceTask",
    "ingest_source",
    "read_task",
]

STREAM_PREFIX: Final = "stream-"
"""Of the folder of a source that has no name before it is read: no later run can know it."""

_LAYOUT: Final = "2"
"""Part of every source key: raised when the staged form of a source changes."""
_BROKEN_OFF: Final = frozenset(
    {
        RefusalReason.UNREADABLE_SOURCE,
        RefusalReason.UNSUPPORTED_FORMAT,
        RefusalReason.TRUNCATED_COMPRESSION,
        RefusalReason.CORRUPT_COMPRESSION,
        RefusalReason.TRUNCATED_ARCHIVE,
        RefusalReason.CORRUPT_ARCHIVE,
        RefusalReason.DECOMPRESSION_BOMB,
        RefusalReason.TOO_MANY_LAYERS,
    }
)
"""Refusals after which a source has more that was not read."""
_HASH_BLOCK: Final = 1 << 20


class IngestPlan(Struct, frozen=True):
    """What is the same for every source of one ingest."""

    staging: str
    is_keeping_observations: bool
    committed: frozenset[str]
    """Keys of the sources that need not be read again."""
    client: "Client | None" = None
    """Who asks, where that is another machine."""


class Client(Struct, frozen=True):
    """What a worker on another machine must have in common with the machine that asks."""

    directory: str
    """Where relative names of sources begin."""
    mark: str
    """A file of this name in the staging area says that it is the same one."""
    ruleset: str
    reference_snapshot: str


class SourceTask(Struct, frozen=True):
    """Some sources to read, with all that a worker needs to know."""

    sources: tuple[Source, ...]
    plan: IngestPlan
    reference: ReferenceRequest


class SourceResult(Struct, frozen=True):
    """What became of one source."""

    name: str
    staged: StagedSource | None
    """``None`` where it is committed already."""
    was_staged: bool = False
    outcomes: dict[str, int] = {}
    unjudged: str = ""
    """The first measurement on which our own rules failed: a bug."""


def read_task(task: SourceTask) -> tuple[SourceResult, ...]:
    """Ingest some sources, each by itself: the task of pass 1.

    Raises: StoreError if this machine would not give what the asking one does.
    """
    reference = load_requested(task.reference)
    if task.plan.client is not None:
        _check_machine(task, task.plan.client, reference)
    return tuple(
        ingest_source(source, task.plan, reference, advance_progress) for source in task.sources
    )


def _check_machine(task: SourceTask, client: Client, reference: Reference) -> None:
    here = f"worker on {platform.node()}"
    if client.ruleset != RULESET_VERSION:
        raise StoreError(
            f"{here}: its rules are {RULESET_VERSION}, those here {client.ruleset}; "
            "the same whocut has to run on all machines"
        )
    if client.reference_snapshot != reference.snapshot_id:
        raise StoreError(
            f"{here}: its reference data is {reference.snapshot_id}, that here "
            f"{client.reference_snapshot}; give all machines the same files, and WHOCUT_CACHE or "
            "--roots to name them"
        )
    staging = path_of(task.plan.staging)
    if not (staging / client.mark).exists():
        raise StoreError(
            f"{here}: does not see the observatory {staging.parent}; its directory "
            "has to lie on a file system that all machines share, or be s3://BUCKET/PREFIX"
        )
    for source in task.sources:
        located = _located(source, client)
        is_file = source.size_bytes is not None and not _is_remote(source)
        if is_file and not Path(located.name).is_file():
            raise StoreError(
                f"{here}: does not see {located.name}; sources have to lie on a file system that "
                "all machines share, or in an object store"
            )


def _located(source: Source, client: Client | None) -> Source:
    """Find a source from another working directory; its name stays as the user gave it."""
    if client is None or _is_remote(source):
        return source
    return structs.replace(source, name=os.path.join(client.directory, source.name))  # noqa: PTH118 - a name stays as it is written


def _is_remote(source: Source) -> bool:
    return source.name.startswith(("s3://", "https://", "http://"))


def ingest_source(
    source: Source, plan: IngestPlan, reference: Reference, advance: Callable[[int], None]
) -> SourceResult:
    """Turn one source into staged verdicts, unless that was done before.

    ``advance`` is told of every block of bytes that was read.
    """
    salt = (RULESET_VERSION, reference.snapshot_id, str(plan.is_keeping_observations), _LAYOUT)
    key = _key_before_reading(source, _located(source, plan.client), salt)
    if key in plan.committed:
        advance(source.size_bytes or 0)
        return SourceResult(source.name, None)
    directory = path_of(plan.staging) / (key or f"{STREAM_PREFIX}{secrets.token_hex(8)}")
    staged = load_staged(directory) if key else None
    if staged is not None:
        advance(source.size_bytes or 0)
        return SourceResult(source.name, staged, was_staged=True)
    return _Reading(source, plan, reference, directory).run(key, salt, advance)


class _Reading:
    """One source on its way into the staging area."""

    def __init__(
        self, source: Source, plan: IngestPlan, reference: Reference, directory: AnyPath
    ) -> None:
        self._source = source
        self._located = _located(source, plan.client)
        self._reference = reference
        self._stage = StageWriter(directory, is_keeping_observations=plan.is_keeping_observations)
        self._quarantine = Quarantine(self._stage.directory / QUARANTINE_FILE)
        self._parsed = 0
        self._skipped: Counter[str] = Counter()
        self._outcomes: Counter[str] = Counter()
        self._unjudged = ""

    def run(self, key: str, salt: tuple[str, ...], advance: Callable[[int], None]) -> SourceResult:
        digest = hashlib.sha256()
        blocks = _watched(open_blocks(self._located), None if key else digest, advance)
        with self._quarantine:
            for record in read_blocks(self._source.name, blocks):
                self._take(record)
        key = key or _source_key(self._source.name, digest.hexdigest(), salt)
        refused = self._quarantine.counts
        entry = SourceEntry(
            name=self._source.name,
            # What broke off for a passing reason is read again by the next run.
            key="" if refused[RefusalReason.UNREADABLE_SOURCE] else key,
            parsed=self._parsed,
            refused={reason.value: refused[reason] for reason in sorted(refused)},
            skipped=dict(sorted(self._skipped.items())),
            is_complete=_BROKEN_OFF.isdisjoint(refused),
            ruleset=RULESET_VERSION,
            reference_snapshot=self._reference.snapshot_id,
            quarantine=f"quarantine/{key}.jsonl" if self._quarantine.path.exists() else None,
        )
        staged = self._stage.finish(entry)
        outcomes = dict(sorted(self._outcomes.items()))
        return SourceResult(self._source.name, staged, outcomes=outcomes, unjudged=self._unjudged)

    def _take(self, record: Measurement | Refusal | Skipped) -> None:
        if isinstance(record, Measurement):
            judgement = self._judged(record)
            if judgement is not None:
                self._parsed += 1
                self._outcomes[judgement.verdict.outcome.value] += 1
                self._stage.add(judgement, record)
        elif isinstance(record, Refusal):
            self._quarantine.add(record)
        else:
            self._skipped[record.test_name] += 1

    def _judged(self, measurement: Measurement) -> Judgement | None:
        """Judge, and keep a bug of ours from losing the measurements after it."""
        try:
            return judge(measurement, self._reference)
        except Exception as error:
            refusal = Refusal(
                reason=RefusalReason.NOT_JUDGED,
                detail=f"{type(error).__name__}: {error}",
                field=None,
                position=measurement.position,
                test_name="web_connectivity",
                measurement_uid=measurement.measurement_uid,
                raw_head=b"",
            )
            self._quarantine.add(refusal)
            self._unjudged = self._unjudged or f"{measurement.measurement_uid}: {refusal.detail}"
            return None


def _watched(
    blocks: Iterator[bytes], digest: "hashlib._Hash | None", advance: Callable[[int], None]
) -> Iterator[bytes]:
    for block in blocks:
        advance(len(block))
        if digest is not None:
            digest.update(block)
        yield block


def _key_before_reading(source: Source, located: Source, salt: tuple[str, ...]) -> str:
    """Name a regular file by its content, an object by its tag.

    Other sources are only known once they are read.
    """
    if source.e_tag:
        return _source_key(source.name, f"etag {source.e_tag}", salt)
    path = Path(located.name)
    if source.size_bytes is None or not path.is_file():
        return ""
    digest = hashlib.sha256()
    try:
        with path.open("rb", buffering=0) as stream:
            while block := stream.read(_HASH_BLOCK):
                digest.update(block)
    except OSError:
        return ""  # the reader will say why
    return _source_key(source.name, digest.hexdigest(), salt)


def _source_key(name: str, content: str, salt: tuple[str, ...]) -> str:
    text = "\0".join((name, content, *salt)).encode("utf-8", "surrogateescape")
    return hashlib.sha256(text).hexdigest()[:32]
