"""Fuzz the matcher: any status, headers and bytes. Run: python tests/fuzz/fuzz_fingerprints.py."""

import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["whocut.reference"]):
    from whocut.reference.fingerprint_import import import_path
    from whocut.reference.fingerprints import FingerprintSet

from whocut.model.errors import InputError

SHIPPED = FingerprintSet.load(())
SCRATCH = Path(tempfile.mkdtemp(prefix="whocut-fuzz-"))


def match_any_response(data: bytes) -> None:
    provider = atheris.FuzzedDataProvider(data)
    status = provider.ConsumeIntInRange(0, 600)
    content_type = provider.ConsumeUnicodeNoSurrogates(40)
    headers = (("content-type", content_type), ("server", provider.ConsumeUnicode(30)))
    SHIPPED.match_response(status, headers, provider.ConsumeBytes(len(data)))


def import_any_list(data: bytes) -> None:
    path = SCRATCH / "list.csv"
    path.write_bytes(data)
    try:
        for row in import_path(path):
            assert row is not None
    except InputError as error:
        assert str(path) in str(error)


def test_one_input(data: bytes) -> None:
    if data[:1] == b"L":
        import_any_list(data[1:])
    else:
        match_any_response(data)


if __name__ == "__main__":
    atheris.Setup(sys.argv, test_one_input)
    atheris.Fuzz()
