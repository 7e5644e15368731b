"""Print what matching costs a response, on the bodies of real measurements beside the checkout.

Run: python tests/bench/bench_fingerprints.py [--lists]. With --lists the imported lists of
OONI and Censored Planet are loaded as well. Every body is salted, so no cache by content helps.
"""

import argparse
import base64
import json
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from whocut.reference.fingerprints import FingerprintSet

SHARED = Path(__file__).resolve().parents[3] / "shared" / "access"
LARGEST = 200_000
ROUNDS = 20

Response = tuple[int | None, tuple[tuple[str, str], ...], bytes]


def real_responses(path: Path) -> Iterator[Response]:
    """Take the HTTP responses with a body out of a file of OONI measurements."""
    for line in path.read_bytes().splitlines():
        test_keys = json.loads(line)["raw"].get("test_keys") or {}
        for request in test_keys.get("requests") or []:
            response = request.get("response") or {}
            body = response.get("body")
            if isinstance(body, dict):
                body = base64.b64decode(body.get("data", "") + "==")
            elif isinstance(body, str):
                body = body.encode("utf-8", "replace")
            if body and len(body) > 5:
                named = response.get("headers") or {}
                headers = tuple((name.lower(), str(value)) for name, value in named.items())
                yield response.get("code"), headers, body[:LARGEST]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lists", action="store_true")
    arguments = parser.parse_args()
    lists = [
        path
        for path in sorted((SHARED / "fingerprints").iterdir())
        if arguments.lists and path.name.startswith(("ooni_", "cp_"))
    ]
    responses = list(real_responses(SHARED / "ooni" / "real.jsonl"))
    mean_size = statistics.mean(len(body) for _, _, body in responses)
    with tempfile.TemporaryDirectory() as cache:
        started = time.perf_counter()
        FingerprintSet.load(lists, cache_dir=Path(cache))
        compiled = time.perf_counter() - started
        started = time.perf_counter()
        fingerprints = FingerprintSet.load(lists, cache_dir=Path(cache))
        loaded = time.perf_counter() - started
    print(f"{len(fingerprints)} fingerprints: compiled in {compiled:.2f} s, kept {loaded:.2f} s")
    print(f"{len(responses)} bodies, mean {mean_size:,.0f} bytes, {ROUNDS} rounds")
    best: dict[int, float] = {}
    for turn in range(ROUNDS):
        for number, (status, headers, body) in enumerate(responses):
            salted = body + f"<!-- {turn} {number} -->".encode()
            started = time.perf_counter()
            fingerprints.match_response(status, headers, salted)
            took = time.perf_counter() - started
            best[number] = min(best.get(number, took), took)
    for number, (status, _, body) in enumerate(responses):
        print(f"  {status} {len(body):>8,} bytes {best[number] * 1e6:>8.1f} µs")
    mean = statistics.mean(best.values()) * 1e6
    print(f"mean {mean:.1f} µs a response, {mean / mean_size * 1e3:.2f} µs a kB")


if __name__ == "__main__":
    main()
