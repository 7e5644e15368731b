"""Files that are either wholly there or not there, also after ``kill -9`` or a power cut."""

import os
import secrets
import shutil
from pathlib import Path

from whocut.store.object_path import AnyPath, ObjectPath

__all__ = [
    "create_whole",
    "move_whole",
    "remove_tree",
    "sync_directory",
    "sync_file",
    "write_whole",
]


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


def write_whole(path: AnyPath, content: bytes, *, scratch: Path | None = None) -> None:
    """Write a file so that no reader ever sees a part of it.

    The temporary file lies in ``scratch`` (same file system), or beside its target with a leading
    dot, where a killed writer leaves it for the next collection.
    """
    if isinstance(path, ObjectPath):
        path.write_bytes(content)
        return
    # Not the number of this process: on a shared disk, other machines have the same.
    temporary = (scratch or path.parent) / f".{path.name}.{secrets.token_hex(8)}"
    with temporary.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    temporary.replace(path)
    sync_directory(path.parent)


def create_whole(path: AnyPath, content: bytes) -> None:
    """Write a file that nobody else writes: on a disk by the writer's lock, else by a condition.

    Raises: FileExistsError if somebody was first.
    """
    if isinstance(path, ObjectPath):
        path.create(content)
    else:
        write_whole(path, content)


def move_whole(source: AnyPath, target: AnyPath) -> None:
    """Give a finished file its place, durably."""
    if isinstance(source, ObjectPath) and isinstance(target, ObjectPath):
        source.replace(target)
    elif isinstance(source, Path) and isinstance(target, Path):
        sync_file(source)
        source.replace(target)
        sync_directory(target.parent)
    else:
        raise TypeError(f"{source} and {target} lie in different stores")


def remove_tree(directory: AnyPath) -> None:
    """Remove all that lies below, as far as it is there."""
    if isinstance(directory, ObjectPath):
        directory.remove_below()
    else:
        shutil.rmtree(directory, ignore_errors=True)
