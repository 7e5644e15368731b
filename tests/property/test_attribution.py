"""What holds of every finding: no order shows, truth is not turned away, nobody without a tie."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.property.evidence import DOERS, bundle, evidence, truth_of
from whocut.attribution.attribute import attribute
from whocut.attribution.finding import Finding
from whocut.attribution.freezing import freeze, recompute
from whocut.attribution.grading import GRADE_ORDER
from whocut.attribution.reading import bundle_digest, bundle_document, bundle_of
from whocut.attribution.rules import load_ruleset
from whocut.attribution.sentences import is_account, sentences
from whocut.attribution.vocabulary import CUTS, FindingGrade, HypothesisId, Status
from whocut.i18n.language import Language
from whocut.i18n.text import text_in

RULES = load_ruleset()
MANY = st.lists(evidence(), max_size=8)


def find(items: list[dict]) -> Finding:
    return attribute(bundle_of(bundle(items), "drawn"), RULES)


def grade_of(finding: Finding, hypothesis: str) -> int:
    found = next(one for one in finding.hypotheses if one.id == hypothesis)
    return max(0, GRADE_ORDER[found.grade])


@given(MANY, st.randoms(use_true_random=False))
def test_the_order_of_evidence_does_not_matter(items, random):
    shuffled = list(items)
    random.shuffle(shuffled)
    one, other = bundle_of(bundle(items), "a"), bundle_of(bundle(shuffled), "b")
    assert bundle_digest(one) == bundle_digest(other)
    assert freeze(one, RULES) == freeze(other, RULES)


@given(MANY)
def test_a_bundle_reads_back_as_itself_and_a_finding_is_made_again(items):
    one = bundle_of(bundle(items), "a")
    again = bundle_of(bundle_document(one), "b")
    assert bundle_digest(again) == bundle_digest(one)
    assert attribute(again, RULES) == attribute(one, RULES)
    assert recompute(freeze(one, RULES), RULES, "c").is_same


@pytest.mark.parametrize("hypothesis", DOERS)
@given(data=st.data())
def test_more_evidence_for_the_truth_never_lowers_it(hypothesis, data):
    truth = st.sampled_from(truth_of(hypothesis))
    items = [*data.draw(MANY), *data.draw(st.lists(truth, max_size=3))]
    more = data.draw(truth)
    before, after = find(items), find([*items, more])
    assert grade_of(after, hypothesis) >= grade_of(before, hypothesis)
    doer = DOERS[hypothesis]
    if doer in {one.party for one in before.named}:
        assert doer in {one.party for one in after.named}


@pytest.mark.parametrize("hypothesis", DOERS)
@given(data=st.data())
def test_more_evidence_for_the_truth_names_nobody_else_falsely(hypothesis, data):
    """Whoever is named after is the doer, or was named before."""
    items, more = data.draw(MANY), data.draw(st.sampled_from(truth_of(hypothesis)))
    before = {one.party for one in find(items).named}
    after = {one.party for one in find([*items, more]).named}
    assert after - before <= {DOERS[hypothesis]}


@given(MANY)
def test_copies_of_evidence_add_nothing(items):
    copies = [{**one, "note": "a copy"} for one in items]
    one, other = find(items), find([*items, *copies])
    assert [x.score for x in one.hypotheses] == [x.score for x in other.hypotheses]
    assert (one.holds, [x.party for x in one.named]) == (
        other.holds,
        [x.party for x in other.named],
    )


@given(MANY)
def test_a_name_has_a_strong_hypothesis_and_evidence_of_that_party_itself(items):
    finding = find(items)
    for one in finding.named:
        assert one.hypothesis in CUTS
        assert one.hypothesis in finding.holds
        assert GRADE_ORDER[one.grade] >= GRADE_ORDER[FindingGrade.STRONG]
        assert one.evidence


@given(st.lists(evidence().filter(lambda one: one.get("type") in ("alleges", None)), max_size=8))
def test_allegations_alone_carry_nothing(items):
    claims = [one for one in items if one["kind"] in ("claim", "report", "context")]
    finding = find(claims)
    assert CUTS.isdisjoint(finding.holds)
    assert finding.named == ()


@given(MANY)
def test_no_cut_holds_alone_and_every_sentence_is_written(items):
    finding = find(items)
    if HypothesisId.NO_CUT in finding.holds:
        assert finding.holds == (HypothesisId.NO_CUT,)
    if finding.status in (Status.NO_CUT, Status.REFUSED_TO_CUT, Status.INSUFFICIENT):
        assert CUTS.isdisjoint(finding.holds)
    may = {one.name for one in finding.named} | {one.name for one in finding.acts}
    for language in Language:
        text = text_in(language)
        assert all("%(" not in one for one in sentences(finding, text))
    for saying in finding.says:
        party = saying.values.get("party")
        assert party is None or is_account(saying.template) or party in may
