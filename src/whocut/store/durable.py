"""Files that are either wholly there or not there, also after ``kill -9`` or a power cut."""

import os
from pathlib import Path

__all__ = ["sync_directory", "sync_file", "write_whole"]


def sync_file(path: Path) -> None:
    """Make a file's bytes durable."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_directory(directory: Path) -> None:
    """Make the names in a directory durable."""
    sync_file(directory)


def write_whole(path: Path, content: bytes, *, scratch: Path | None = None) -> None:
    """Write a file so that no reader ever sees a part of it.

    The temporary file lies in ``scratch`` (same file system), or beside its target with a leading
    dot, where a killed writer leaves it for the next collection.
    """
    temporary = (scratch or path.parent) / f".{path.name}.{os.getpid()}"
    with temporary.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    temporary.replace(path)
    sync_directory(path.parent)
