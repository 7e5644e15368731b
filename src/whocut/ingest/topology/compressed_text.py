"""Read a text file that may be packed with bzip2 or gzip, whole and within a bound."""

import bz2
import gzip
import zlib
from pathlib import Path

from whocut.model.errors import InputError

__all__ = ["read_text_bytes"]

_BZIP2, _GZIP = b"BZh", b"\x1f\x8b"
_MAX_BYTES = 1 << 29
"""The largest file of any of these kinds unpacks to under 50 MB."""


def read_text_bytes(path: Path) -> bytes:
    """Read a file and unpack it; how it is packed is told by its first bytes, not by its name.

    Raises: InputError if it cannot be read, is cut off or corrupt, or unpacks beyond the bound.
    """
    try:
        with path.open("rb") as raw:
            magic = raw.read(3)
            raw.seek(0)
            if magic == _BZIP2:
                data = bz2.BZ2File(raw).read(_MAX_BYTES + 1)
            elif magic.startswith(_GZIP):
                data = gzip.GzipFile(fileobj=raw).read(_MAX_BYTES + 1)
            else:
                data = raw.read(_MAX_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(f"cannot be read: {error}", source=str(path)) from error
    if len(data) > _MAX_BYTES:
        raise InputError(f"unpacks to more than {_MAX_BYTES} bytes", source=str(path))
    return data
