"""Run one fuzz target under atheris: seeds into a corpus of its own, then libFuzzer's own flags.

python tests/fuzz/fuzz_ooni_record.py -atheris_runs=10000
python tests/fuzz/fuzz_ooni_record.py -max_total_time=60
"""

import sys
import tempfile
from pathlib import Path

import atheris

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))


def fuzz(target, seeds, *, mutate=None, largest_bytes=65536):
    """Fuzz ``target`` from ``seeds``; ``mutate(data, size, seed)`` may replace libFuzzer's own."""
    with tempfile.TemporaryDirectory(prefix="whocut-fuzz-") as corpus:
        for number, seed in enumerate(seeds):
            (Path(corpus) / f"seed-{number:03d}").write_bytes(seed)
        arguments = [sys.argv[0], f"-max_len={largest_bytes}", "-rss_limit_mb=2048", *sys.argv[1:]]
        if not any(argument.startswith("-artifact_prefix") for argument in arguments):
            arguments.append(f"-artifact_prefix={tempfile.gettempdir()}/")
        if not any(not argument.startswith("-") for argument in arguments[1:]):
            arguments.append(corpus)
        options = {"custom_mutator": mutate} if mutate is not None else {}
        atheris.Setup(arguments, target, **options)
        atheris.Fuzz()
