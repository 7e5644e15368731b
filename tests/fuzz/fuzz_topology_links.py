"""Fuzz AS relationships: python tests/fuzz/fuzz_topology_links.py -atheris_runs=10000.

Any bytes are links or one clear error, and the same that a readable reader makes of them.
"""

import bz2
import tempfile
from pathlib import Path

import atheris
from harness import fuzz
from tests.unit.ingest.topology.plain import RefusedError, as_pairs, read_links

# Compiled code is left as it is: the compiler does not take what atheris makes of functions.
from whocut.ingest.topology.link_scan import scan_links

with atheris.instrument_imports():
    from whocut.ingest.topology import read_relationships
    from whocut.model.errors import InputError

_PATH = Path(tempfile.mkdtemp(prefix="whocut-fuzz-")) / "20220301.as-rel.txt"


def test_one_input(data: bytes) -> None:
    """Read the bytes as a file, and scan them as unpacked text beside the readable reader."""
    _PATH.write_bytes(data)
    try:
        found = read_relationships(_PATH)
    except InputError:
        found = None
    *_, fault, _offset = scan_links(data)
    try:
        expected = read_links(data)
    except RefusedError:
        expected = None
    if (fault == 0) != (expected is not None):
        raise AssertionError(f"fault {fault} where the readable reader has {expected}")
    is_packed = data.startswith((b"BZh", b"\x1f\x8b"))
    if found is not None and not is_packed and as_pairs(found) != expected:
        raise AssertionError(f"{as_pairs(found)} where the readable reader has {expected}")


if __name__ == "__main__":
    header = b"# input clique: 174 3356\n# source:topology|BGP|20220301|ripe|rrc00\n"
    links = b"174|12389|-1\n174|3356|0|bgp,mlp\n64512|1|0\n3|4|2\n1|2|-1\n2|1|-1\n"
    fuzz(
        test_one_input,
        [header + links, links, links[:-4], header, bz2.compress(header + links), b"1|2|0\r\n"],
    )
