"""Read a file's routes as columns, in batches and in constant memory: the fast way."""

from collections.abc import Iterator
from pathlib import Path

from whocut.ingest.mrt.batch import RouteBatch
from whocut.ingest.mrt.limits import ReadLimits

__all__ = ["read_routes"]


def read_routes(path: Path, *, limits: ReadLimits | None = None) -> Iterator[RouteBatch]:
    """Read every route of a file; the same that read_records finds, in the same order.

    Raises: InputError where the file ends within a record, or its compression is damaged, with the
    offset of the first record that is not whole; all routes before come out first.
    """
    from whocut.ingest.mrt.reading import Reading  # loads numba

    reading = Reading(path, limits or ReadLimits())
    for chunk in reading.chunks():
        yield from reading.feed(chunk)
    yield from reading.finish()
