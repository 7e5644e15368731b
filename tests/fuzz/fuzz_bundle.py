"""A bundle of evidence: read and answered alike in any order, or refused with file and reason."""

import json
from pathlib import Path

import atheris
import harness

with atheris.instrument_imports(include=["whocut.attribution"]):
    from whocut.attribution.attribute import attribute
    from whocut.attribution.freezing import freeze, recompute
    from whocut.attribution.reading import bundle_digest, bundle_document, bundle_of, read_bundle
    from whocut.attribution.rules import load_ruleset
    from whocut.attribution.sentences import sentences

from whocut.attribution.vocabulary import CUTS
from whocut.i18n.language import Language
from whocut.i18n.text import text_in
from whocut.model.errors import InputError

RULES = load_ruleset()
TEXT = text_in(Language.EN)


def one_bundle(data):
    try:
        found = read_bundle(data, "a.json")
    except InputError as refused:
        assert refused.source == "a.json"
        assert refused.reason
        return
    again = bundle_of(bundle_document(found), "b.json")
    assert bundle_digest(again) == bundle_digest(found)
    finding = attribute(found, RULES)
    turned = json.loads(data)
    for name in ("evidence", "parties"):
        if isinstance(turned.get(name), list):
            turned[name].reverse()
    assert attribute(bundle_of(turned, "c.json"), RULES) == finding
    assert recompute(freeze(found, RULES), RULES, "d.json").is_same
    assert all(one.hypothesis in CUTS and one.evidence for one in finding.named)
    assert all("%(" not in one for one in sentences(finding, TEXT)) or b"%(" in data


if __name__ == "__main__":
    folder = Path(__file__).resolve().parent.parent / "golden" / "findings"
    seeds = [path.read_bytes() for path in sorted(folder.glob("*/bundle.json"))]
    seeds += [b"{}", b"[]", b'{"format": "whocut-bundle/1"}']
    harness.fuzz(one_bundle, seeds, largest_bytes=8192)
