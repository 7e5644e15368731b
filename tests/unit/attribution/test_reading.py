"""Bundles: read, or refused with file and field; nothing is lost."""

from __future__ import annotations

import json
import re

import msgspec
import pytest

from tests.unit.attribution.drawing import bundle, cell, claim, document
from whocut.attribution.bundle import EVIDENCE_TYPES
from whocut.attribution.reading import bundle_digest, bundle_document, bundle_of, read_bundle
from whocut.attribution.vocabulary import EvidenceKind
from whocut.model.errors import InputError


@pytest.mark.parametrize(
    ("evidence", "field", "reason"),
    [
        (cell("servd"), "evidence[0].answer", "one of served, refused_service"),
        (cell("served", foo=1), "evidence[0].foo", "unknown field"),
        (cell("served", n=-1), "evidence[0].n", ">= 0"),
        (cell("served", n_usable=99), "evidence[0].n_usable", "more than n"),
        (cell("served", p={"moon": 1.0}), "evidence[0].p", "unknown cause"),
        (cell("served", p={"cut": 1.5}), "evidence[0].p[...]", "<= 1"),
        (cell("served", when="May"), "evidence[0].when", "no day"),
        (cell("served", layer="moon"), "evidence[0].layer", "one of route, dns"),
        (cell("served", identity=[{"by": "smell"}]), "evidence[0].identity[0].by", "own_page"),
        (cell("served", country="ru"), "evidence[0].country", "regex"),
        (cell("served", id="a b"), "evidence[0].id", "regex"),
        (cell("two_causes"), "evidence[0].lead", "names both"),
        ({"kind": "span", "cause": "insufficient"}, "evidence[0].cause", "span has no"),
        (claim("admits", "nobody"), "evidence", "not in parties"),
        (claim("shouts"), "evidence[0].type", "one of announces"),
        (claim("admits", source={"stance": "x"}), "evidence[0].source.stance", "primary"),
        (cell("served", target="http://x/"), "evidence[0].target", "no domain"),
        (cell("served", target="fe80::1%x"), "evidence[0].target", "no domain"),
        ({"kind": "cell"}, "evidence[0]", "missing required field `answer`"),
        ({"answer": "served"}, "evidence[0].kind", "missing"),
        ("text", "evidence[0]", "no object"),
    ],
)
def test_bad_evidence_is_refused_by_file_and_field(evidence, field, reason):
    data = json.dumps(document(evidence)).encode()
    with pytest.raises(InputError) as caught:
        read_bundle(data, "a.json")
    assert caught.value.source == "a.json"
    assert field in str(caught.value.field)
    assert reason in str(caught.value)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"format": "whocut-bundle/9"}, "whocut-bundle/1"),
        ({"moon": 1}, "unknown field"),
        ({"question": None}, "question"),
        ({"question": {"country": "RU"}}, "none of target, network and service"),
        (
            {"question": {"country": "RU", "target": "a", "since": "2025", "until": "2024"}},
            "before",
        ),
        ({"question": {"country": "RU", "service": "nobody"}}, "not in parties"),
        ({"parties": {}}, "no list"),
        ({"parties": [{"id": "a"}, {"id": "a"}]}, "twice"),
        ({"evidence": [cell("served", id="a"), cell("served", id="a", n=1)]}, "twice"),
        ({"evidence": 3}, "no list"),
    ],
)
def test_a_bad_bundle_is_refused(change, reason):
    whole = {**document(), **change}
    if change.get("parties") == {}:
        whole["parties"] = {"a": 1}
    with pytest.raises(InputError, match=re.escape(reason)):
        bundle_of(whole, "a.json")


@pytest.mark.parametrize("data", [b"", b"[]", b"{", b"\xff", b"null", b"[" * 100_000])
def test_what_is_no_bundle_is_refused(data):
    with pytest.raises(InputError):
        read_bundle(data, "a.json")


def test_too_large_is_refused():
    with pytest.raises(InputError, match="larger"):
        read_bundle(b" " * (16 * 2**20 + 1), "a.json")


def test_an_unknown_kind_is_kept_and_counted():
    one = bundle({"kind": "dossier", "pages": 3}, cell("served"))
    (unread,) = one.not_read
    assert unread.kind == "dossier"
    assert json.loads(unread.content) == {"kind": "dossier", "pages": 3}
    assert len(one.evidence) == 1


def test_nulls_are_left_out_and_texts_stand_for_objects():
    one = bundle(
        cell("served", p=None, mechanism=None, source="OONI", doubts="one"),
        claim("admits", "service", ground="sanctions"),
    )
    (measured,) = [x for x in one.evidence if x.id.startswith("cell")]
    (said,) = [x for x in one.evidence if x.id.startswith("claim")]
    assert measured.source.title == "OONI"
    assert measured.doubts == ("one",)
    assert said.ground.text == "sanctions"


def test_the_same_words_without_an_id_are_the_same_evidence():
    assert len(bundle(cell("served"), cell("served")).evidence) == 1
    assert len(bundle(cell("served"), cell("served", n=61)).evidence) == 2


def test_a_bundle_reads_back_as_itself():
    one = bundle(cell("served"), claim("admits", "service"), {"kind": "moon"})
    again = bundle_of(bundle_document(one), "again")
    assert again == one
    assert bundle_digest(again) == bundle_digest(one)


def test_domains_are_plain():
    assert bundle(target="Site.Example.").question.target == "site.example"
    assert bundle(target="2001:DB8::1").question.target == "2001:db8::1"


def test_every_kind_has_a_struct_of_its_name():
    assert set(EVIDENCE_TYPES) == set(EvidenceKind)
    for kind, struct in EVIDENCE_TYPES.items():
        assert struct.__struct_config__.tag == kind.value


def test_the_documentation_tells_every_field_and_reads_as_bundles(repo_dir):
    text = (repo_dir / "docs/methods/findings.md").read_text("utf-8")
    for struct in EVIDENCE_TYPES.values():
        for one in msgspec.structs.fields(struct):
            assert f"`{one.encode_name}`" in text, f"{struct.__name__}.{one.encode_name}"
    blocks = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", text, re.DOTALL)]
    whole, pieces = blocks[0], blocks[1:]
    whole["parties"].append({"id": "backbone", "kind": "backbone", "asns": [64496]})
    whole["evidence"] += [one for one in pieces if "kind" in one]
    one = read_bundle(json.dumps(whole).encode(), "findings.md")
    kinds = {x.__struct_config__.tag for x in one.evidence}
    assert kinds == {kind.value for kind in EvidenceKind}
    assert one.not_read == ()
