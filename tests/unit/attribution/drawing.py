"""Bundles for tests: one question, a cast of parties, and evidence written short."""

from __future__ import annotations

from typing import Any

from whocut.attribution.attribute import attribute
from whocut.attribution.bundle import Bundle
from whocut.attribution.finding import Finding, Hypothesis
from whocut.attribution.items import Item, items_of
from whocut.attribution.reading import bundle_of
from whocut.attribution.roles import cast_of
from whocut.attribution.rules import load_ruleset

PARTIES: list[dict[str, Any]] = [
    {"id": "service", "name": "Service Inc.", "kind": "company", "role": "service"},
    {"id": "edge", "name": "Edge CDN", "kind": "cdn"},
    {"id": "bank", "name": "Bank", "kind": "bank"},
    {"id": "regulator", "name": "Regulator", "kind": "state", "country": "RU"},
    {"id": "isp", "name": "One ISP", "kind": "operator", "country": "RU", "asns": [64500]},
    {"id": "backbone", "name": "Backbone", "kind": "backbone", "asns": [64496]},
    {"id": "rival", "name": "Rival Co.", "kind": "company", "role": "rival"},
    {"id": "users", "name": "Users' Union", "kind": "ngo", "role": "affected"},
    {"id": "press", "name": "Press", "kind": "press"},
    {"id": "person", "name": "Somebody", "kind": "person", "role": "service"},
]
QUESTION = {"country": "RU", "target": "site.example", "since": "2024-05-01", "until": "2024-07-31"}
MANY = {"n": 60, "n_networks": 6, "n_networks_cut": 6, "n_countries": 9, "n_countries_served": 9}
FEW = {"n": 6, "n_networks": 2, "n_networks_cut": 2, "n_countries": 2, "n_countries_served": 2}
THIN = {"n": 2, "n_networks": 1, "n_networks_cut": 1, "n_countries": 2, "n_countries_served": 2}
PRIMARY = {"stance": "primary", "read": "full"}


def cell(answer: str, counts: dict[str, int] = MANY, **more: Any) -> dict[str, Any]:
    counts = {**counts, "n_networks_cut": 0} if answer == "served" else counts
    return {"kind": "cell", "when": "2024-06-03", "answer": answer, **counts, **more}


def claim(type_: str, speaker: str | None = None, **more: Any) -> dict[str, Any]:
    said = {"kind": "claim", "type": type_, "when": "2024-06-01", **more}
    return said if speaker is None else {**said, "speaker": speaker}


def document(
    *evidence: dict[str, Any], parties: list[dict[str, Any]] | None = None, **question: Any
):
    known = PARTIES if parties is None else parties
    return {
        "format": "whocut-bundle/1",
        "question": {**QUESTION, **question},
        "parties": [one for one in known if one["kind"] != "person" or parties is not None],
        "evidence": list(evidence),
    }


def bundle(*evidence: dict[str, Any], **more: Any) -> Bundle:
    return bundle_of(document(*evidence, **more), "test")


def find(*evidence: dict[str, Any], **more: Any) -> Finding:
    return attribute(bundle(*evidence, **more), load_ruleset())


def item(evidence: dict[str, Any]) -> Item:
    one = bundle(evidence)
    (made,) = items_of(one, cast_of(one), load_ruleset().tables)
    return made


def of(finding: Finding, hypothesis: str) -> Hypothesis:
    return next(one for one in finding.hypotheses if one.id == hypothesis)


def names(finding: Finding) -> set[str]:
    return {one.party for one in finding.named}
