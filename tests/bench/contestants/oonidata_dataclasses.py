"""A peer: oonidata 0.3.0, gzip, orjson and its dataclasses. Runs in .venv-peers/oonidata.

It stops short of observations, body matching and chain checks: the figure flatters it.
"""

from __future__ import annotations

import gzip
import sys

import orjson
from oonidata.dataclient import load_measurement

if __name__ == "__main__":
    count = failed = 0
    for path in sys.argv[1:]:
        with gzip.open(path, "rb") as lines:
            for line in lines:
                try:
                    load_measurement(msmt=orjson.loads(line))
                except Exception:
                    failed += 1
                count += 1
    print(count, failed)
