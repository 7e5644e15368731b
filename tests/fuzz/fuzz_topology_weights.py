"""Fuzz weights from files: python tests/fuzz/fuzz_topology_weights.py -atheris_runs=10000.

Any bytes are weights, or the origins of a country, or one clear error; no weight is negative.
"""

import tempfile
from contextlib import suppress
from pathlib import Path

import atheris
import numpy as np
from harness import fuzz

with atheris.instrument_imports():
    from whocut.ingest.topology import read_country_origins, read_weights
    from whocut.model.errors import InputError

_PATH = Path(tempfile.mkdtemp(prefix="whocut-fuzz-")) / "RU.csv"


def _check(weights) -> None:
    if not (np.isfinite(weights.weight).all() and (weights.weight >= 0).all()):
        raise AssertionError(f"weights of {weights.weight}")
    if (np.diff(weights.asn.astype(np.int64)) <= 0).any():
        raise AssertionError("an AS is out of order")


def test_one_input(data: bytes) -> None:
    """Read the bytes as either file."""
    _PATH.write_bytes(data)
    with suppress(InputError):
        _check(read_weights(_PATH))
    with suppress(InputError):
        _check(read_country_origins(_PATH).weights())


if __name__ == "__main__":
    weights = b"asn,weight\n1,2.5\nAS3,7\n"
    origins = b'OriginASN,OriginASName,#Prefixes,%country\n1-A "B", c,35.0,60.5\n2-D,1,1e-05\n'
    fuzz(test_one_input, [weights, origins, weights[:20], origins[:60]])
