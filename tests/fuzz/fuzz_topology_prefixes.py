"""Fuzz prefixes and weights: python tests/fuzz/fuzz_topology_prefixes.py -atheris_runs=10000.

Any bytes are prefixes or one clear error; the weights of all ASes sum to the addresses covered.
"""

import tempfile
from pathlib import Path

import atheris
from harness import fuzz

with atheris.instrument_imports():
    from whocut.ingest.topology import address_weights, read_prefix_origins
    from whocut.model.errors import InputError

_PATH = Path(tempfile.mkdtemp(prefix="whocut-fuzz-")) / "routeviews-rv2-20220301-1200.pfx2as"


def _covered(spans: list[tuple[int, int]]) -> int:
    total = end = 0
    for first, last in sorted(spans):
        total += max(0, last - max(first, end))
        end = max(end, last)
    return total


def test_one_input(data: bytes) -> None:
    """Read the bytes as a file and weigh what is in it."""
    _PATH.write_bytes(data)
    try:
        found = read_prefix_origins(_PATH)
    except InputError:
        return
    if not len(found.start):
        return
    starts, lengths = found.start.tolist(), found.length.tolist()
    spans = [(start, start + 2 ** (32 - bits)) for start, bits in zip(starts, lengths, strict=True)]
    weight = address_weights(found).addresses.sum()
    if abs(weight - _covered(spans)) > 1e-3:
        raise AssertionError(f"weights sum to {weight}, {_covered(spans)} addresses are covered")


if __name__ == "__main__":
    caida = b"1.0.0.0\t24\t13335\n1.0.0.0\t16\t1_2\n1.1.0.0\t16\t{3,4}\n2001:db8::\t32\t3\n"
    pyasn = b"; made by hand\n1.0.0.0/24\t13335\n1.0.0.0/8\t64512\n10.0.0.0/8\t1\n"
    fuzz(test_one_input, [caida, pyasn, caida[:40], caida + pyasn])
