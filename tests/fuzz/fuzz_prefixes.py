"""Fuzz the prefix table: python tests/fuzz/fuzz_prefixes.py -atheris_runs=10000.

Any file is a table or one clear error; reading by columns and by line give the same table.
"""

import gzip
import tempfile
from pathlib import Path

import atheris
from harness import fuzz

with atheris.instrument_imports():
    from whocut.model.errors import InputError
    from whocut.reference.prefixes import PrefixTable

_SCRATCH = Path(tempfile.mkdtemp(prefix="whocut-fuzz-"))
_ASKED = ("0.0.0.0", "10.1.2.3", "192.0.2.1", "255.255.255.255", "::", "2001:db8::1")


def _answers(path: Path, data: bytes) -> list[int] | None:
    path.write_bytes(data)
    try:
        table = PrefixTable.load(path)
    except InputError:
        return None
    return [table.asn(ip) for ip in _ASKED]


def test_one_input(data: bytes) -> None:
    """Load the bytes as a file, plain and as if packed, and ask for some addresses."""
    by_columns = _answers(_SCRATCH / "a.pfx2as", data)
    # A comment keeps the reader from taking the file by columns.
    by_line = _answers(_SCRATCH / "b.pfx2as", b"# comment\n" + data)
    if by_columns != by_line:
        raise AssertionError(f"by columns {by_columns}, by line {by_line}")
    _answers(_SCRATCH / "c.pfx2as.gz", data)


if __name__ == "__main__":
    ipv4 = b"1.0.0.0\t24\t13335\n10.0.0.0\t8\t1_2\n10.1.0.0\t16\t{3,4}\n"
    ipv6 = b"2001:db8::\t32\t3\n2001:db8:1::\t48\t4_5\n"
    fuzz(test_one_input, [ipv4, ipv6, ipv4 + ipv6, ipv4[:30], gzip.compress(ipv4)])
