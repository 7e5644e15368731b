"""Fuzz chain verification: python tests/fuzz/fuzz_chains.py -atheris_runs=10000.

Whatever a peer sends, ``verify_chain`` answers with a grade, and never with ``valid`` here, as no
root is trusted whose key a fuzzer could have.
"""

from datetime import UTC, datetime

import atheris
from harness import fuzz

with atheris.instrument_imports():
    from whocut.reference.chains import AUTHENTICATED_GRADES, verify_chain
    from whocut.reference.roots import RootStores

_AT = datetime(2024, 6, 1, tzinfo=UTC)
_ROOTS = RootStores.load(None)


def test_one_input(data: bytes) -> None:
    """Cut the bytes into up to four certificates and a name, and verify."""
    provider = atheris.FuzzedDataProvider(data)
    name = provider.ConsumeUnicodeNoSurrogates(30)
    count = provider.ConsumeIntInRange(1, 4)
    sent = [provider.ConsumeBytes(provider.ConsumeIntInRange(0, 2000)) for _ in range(count)]
    whole = (data, *sent)
    for certificates in (tuple(sent), whole):
        found = verify_chain(certificates, name, _AT, _ROOTS)
        if found.grade in AUTHENTICATED_GRADES:
            raise AssertionError(found)


if __name__ == "__main__":
    # This machine's own roots are real certificates to begin with.
    fuzz(test_one_input, [root.der for root in _ROOTS.at(_AT.date()).roots[:40]])
