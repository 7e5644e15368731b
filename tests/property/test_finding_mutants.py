"""Whatever is done to evidence: no crash, no order, no copy, no name that it did not carry."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from random import Random

from tests.property.finding_mutator import (
    STRANGER,
    Document,
    accuses,
    double,
    give_to_nobody,
    later,
    mutant,
    put_elsewhere,
    recast,
    reorder,
    with_ids,
)
from whocut.attribution.attribute import attribute
from whocut.attribution.finding import Finding
from whocut.attribution.reading import bundle_of
from whocut.attribution.rules import load_ruleset

TESTS = Path(__file__).parents[1]
FOLDERS = (TESTS / "golden/findings", TESTS / "replay/findings")
PATHS = sorted(path for folder in FOLDERS for path in folder.glob("*/bundle.json"))
RULES = load_ruleset()
MANY, SOME = 1500, 500


@cache
def corpus() -> dict[str, Document]:
    return {path.parent.name: json.loads(path.read_text("utf-8")) for path in PATHS}


def drawn(times: int, salt: str) -> Iterator[tuple[str, Random, Document]]:
    """Draw bundles, each with a generator of its own, so that any can be had again by its seed."""
    for turn in range(times):
        seed = f"{salt}-{turn}"
        random = Random(seed)
        name = random.choice(sorted(corpus()))
        yield f"{seed} of {name}", random, with_ids(corpus()[name])


def find(document: Document) -> Finding:
    return attribute(bundle_of(document, "mutant"), RULES)


def names(finding: Finding) -> set[str]:
    return {one.party for one in finding.named}


def answer(finding: Finding) -> tuple[object, ...]:
    named = {(one.party, one.hypothesis, one.grade, one.why) for one in finding.named}
    graded = [(one.id, one.grade, one.score) for one in finding.hypotheses]
    return finding.holds, finding.status, named, graded


def carried(document: Document) -> set[str]:
    """Give who can be named at most: by all evidence, or by what accuses that party alone."""
    most = names(find(document))
    for party in document.get("parties", ()):
        kept = [one for one in document["evidence"] if accuses(one, party["id"])]
        most |= names(find({**document, "evidence": kept})) & {party["id"]}
    return most


@cache
def carried_by(name: str) -> frozenset[str]:
    return frozenset(carried(with_ids(corpus()[name])))


def test_no_damage_names_whom_the_evidence_did_not_carry():
    named = 0
    for told, random, document in drawn(MANY, "damage"):
        found = names(find(mutant(random, document)))
        assert found <= carried_by(told.split()[-1]), told
        assert STRANGER["id"] not in found, told
        named += bool(found)
    assert named > MANY / 10


def test_neither_order_nor_copies_of_damaged_evidence_matter():
    for told, random, document in drawn(SOME, "order"):
        one = mutant(random, document)
        other = with_ids(one)
        double(random, other)
        reorder(random, other)
        assert answer(find(other)) == answer(find(one)), told


def test_what_tells_of_elsewhere_is_as_if_it_were_not_there():
    for told, random, document in drawn(SOME, "elsewhere"):
        if not document["evidence"]:
            continue
        place = random.randrange(len(document["evidence"]))
        without = [one for at, one in enumerate(document["evidence"]) if at != place]
        put_elsewhere(random, document["evidence"][place], document["question"])
        assert answer(find(document)) == answer(find({**document, "evidence": without})), told


def test_links_of_a_network_of_nobody_name_nobody():
    seen = 0
    for told, random, document in drawn(4 * SOME, "number"):
        lost = [one for one in document["evidence"] if one.get("change") == "lost"]
        has_numbers = all(one.get("asns") for one in document.get("parties", ()))
        if not lost or not has_numbers:
            continue
        seen += 1
        stray = random.choice(lost)
        without = [one for one in document["evidence"] if one is not stray]
        give_to_nobody(stray)
        assert names(find(document)) <= names(find({**document, "evidence": without})), told
    assert seen > 20


def test_the_same_evidence_on_others_gives_the_same_answer():
    """Rules know no party, no country and no network by its name."""
    for told, random, document in drawn(SOME, "others"):
        if any(one.get("country") == "EU" for one in document.get("parties", ())):
            # Of the union's page, its members' names do matter.
            continue
        document["question"].pop("part", None)
        other, ids = recast(random, document)
        holds, status, named, graded = answer(find(document))
        again = {(ids[party], *rest) for party, *rest in named}
        assert answer(find(other)) == (holds, status, again, graded), told


def test_the_same_evidence_of_other_years_gives_the_same_answer():
    for told, _, document in drawn(SOME, "years"):
        assert answer(find(later(document))) == answer(find(document)), told


def test_who_is_no_doer_or_a_person_is_never_named():
    for told, random, document in drawn(SOME, "roles"):
        if not document.get("parties"):
            continue
        party = random.choice(document["parties"])
        if document["question"].get("service") == party["id"]:
            continue
        party["kind"] = random.choice(("person", "press", "research"))
        party["role"] = party.get("role", "observer") if party["kind"] == "person" else "observer"
        assert party["id"] not in names(find(document)), told
