"""Bundles written from the description of their format alone, without a look at the engine."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from msgspec.structs import replace

from whocut.attribution.attribute import attribute
from whocut.attribution.reading import read_bundle
from whocut.attribution.rules import load_ruleset

CORPUS = Path(__file__).parent / "findings"
NAMES = sorted(path.parent.name for path in CORPUS.glob("*/bundle.json"))
LEAST_SHARE = 0.95


def _read(name: str):
    path = CORPUS / name / "bundle.json"
    return read_bundle(path.read_bytes(), f"{name}/bundle.json")


def _expected(name: str) -> dict:
    return json.loads((CORPUS / name / "expected.json").read_text("utf-8"))


def _faults(name: str) -> list[str]:
    """Say where a finding differs from what its bundle carries."""
    asked, found = _expected(name), attribute(_read(name), load_ruleset())
    named = sorted(one.party for one in found.named)
    faults = []
    if sorted(found.holds) != sorted(asked.get("holds", found.holds)):
        faults.append(f"holds {found.holds}, not {asked['holds']}")
    if set(found.holds) & set(asked.get("not_holds", ())):
        faults.append(f"holds {found.holds}, and not one of {asked['not_holds']} should")
    if not set(asked.get("must_hold", ())) <= set(found.holds):
        faults.append(f"holds {found.holds}, and all of {asked['must_hold']} should")
    if found.status != asked.get("status", found.status):
        faults.append(f"status {found.status}, not {asked['status']}")
    if "named" in asked and sorted(asked["named"]) != named:
        faults.append(f"named {named}, not {asked['named']}")
    if len(found.not_read) != asked.get("not_read", len(found.not_read)):
        faults.append(f"{len(found.not_read)} pieces were not read, not {asked['not_read']}")
    return faults


def test_the_right_answer_is_given_as_often_as_asked() -> None:
    wrong = {name: faults for name in NAMES if (faults := _faults(name))}
    print(f"\n{len(NAMES) - len(wrong)} of {len(NAMES)}", *wrong.items(), sep="\n")
    assert len(NAMES) >= 163
    assert len(wrong) <= (1 - LEAST_SHARE) * len(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_nobody_is_falsely_accused(name: str) -> None:
    asked, found = _expected(name), attribute(_read(name), load_ruleset())
    named = {one.party for one in found.named}
    if "named" in asked:
        assert named <= set(asked["named"])
    assert not named & set(asked.get("not_named", ()))


@pytest.mark.parametrize("name", NAMES)
def test_the_order_of_evidence_is_nothing(name: str) -> None:
    bundle = _read(name)
    evidence = list(bundle.evidence)
    random.Random(name).shuffle(evidence)
    parties = tuple(reversed(bundle.parties))
    turned = replace(bundle, evidence=tuple(evidence), parties=parties)
    first, second = (attribute(one, load_ruleset()) for one in (bundle, turned))
    assert second.holds == first.holds
    assert second.status == first.status
    assert {one.party for one in second.named} == {one.party for one in first.named}
