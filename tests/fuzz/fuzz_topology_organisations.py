"""Fuzz AS2Org: python tests/fuzz/fuzz_topology_organisations.py -atheris_runs=10000.

Any bytes are organisations or one clear error; whoever is a sibling of an AS has it for one.
"""

import tempfile
from pathlib import Path

import atheris
from harness import fuzz

with atheris.instrument_imports():
    from whocut.ingest.topology import read_organisations
    from whocut.model.errors import InputError

_PATH = Path(tempfile.mkdtemp(prefix="whocut-fuzz-")) / "20220401.as-org2info.txt"


def test_one_input(data: bytes) -> None:
    """Read the bytes as a file and ask about every AS in it."""
    _PATH.write_bytes(data)
    try:
        found = read_organisations(_PATH)
    except InputError:
        return
    for asn in found.asn.tolist():
        country = found.country_of(asn)
        if country and not (len(country) == 2 and country.isascii() and country.isupper()):
            raise AssertionError(f"AS{asn} is registered in {country!r}")
        for other in found.siblings(asn):
            if asn not in found.siblings(other) or found.org_of(asn) != found.org_of(other):
                raise AssertionError(f"AS{other} is AS{asn}'s sibling, and not the other way")


if __name__ == "__main__":
    text = (
        b"# format:org_id|changed|org_name|country|source\nA||Level 3|US|ARIN\nB||B|EU|RIPE\n"
        b"# format:aut|changed|aut_name|org_id|opaque_id|source\n1||a|A||\n2||b|A||\n3||c|B||\n"
    )
    rows = (
        b'{"organizationId":"A","name":"Level 3","country":"US","type":"Organization"}\n'
        b'{"asn":"1","organizationId":"A","name":"a","type":"ASN"}\n'
        b'{"asn":"2","organizationId":"A","name":"b","type":"ASN"}\n'
    )
    fuzz(test_one_input, [text, rows, text[:60], rows[:90]])
