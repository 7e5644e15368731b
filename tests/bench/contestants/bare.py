"""The floor: inflate every line and decode it, keep nothing. Runs in .venv-peers/bare."""

from __future__ import annotations

import gzip
import sys

import orjson
from isal import igzip

if __name__ == "__main__":
    opener = {"gzip": gzip.open, "isal": igzip.open}[sys.argv[1]]
    count = 0
    for path in sys.argv[2:]:
        with opener(path, "rb") as lines:
            for line in lines:
                orjson.loads(line)
                count += 1
    print(count)
