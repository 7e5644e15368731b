"""What must hold of every answer of the law, whoever acts, wherever, on whatever day."""

import itertools
import re
from datetime import date, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from whocut.ledger.law import Label, assess_question, assess_span, load_law
from whocut.ledger.law.confidence import cap_of, lowest
from whocut.ledger.law.instrument import Addressees, Basis, Certainty, InForce
from whocut.ledger.law.question import ActorKind, AskedService, LegalQuestion, People, Role, Told
from whocut.ledger.law.rules import Clause, Exemption

LAW = load_law()
FIRST, LAST = date(1990, 1, 1), date(2026, 12, 31)
PLACES = ("RU", "BY", "IR", "CU", "SY", "SD", "VE", "KP", "CN", "UA", "UA-43", "UA-14", "EU", "DE")
PLACES += ("GB", "US", "MM", "TR", "BR", "WORLD")
JURISDICTIONS = ("US", "DE", "EU", "GB", "IM", "RU", "UA", "MM", "CN", "JP", "BR")
CHANGES = LAW.days_of_change
JUDGING = re.compile(r"illegal|unlawful|illicit|violat|breach|guilty|crime\b", re.IGNORECASE)
_ORDER = (
    Label.PERMITTED_NOT_REQUIRED,
    Label.EXPRESSLY_EXEMPTED,
    Label.UNCLEAR,
    Label.REQUIRED,
)

services = st.builds(
    AskedService,
    id=st.sampled_from([one.id for one in LAW.services if not one.stands_for]),
    cost=st.sampled_from(["", "free", "paid"]),
    use=st.sampled_from(["", "personal", "commercial"]),
    delivery=st.sampled_from(["", "cloud", "download"]),
    supports=st.sampled_from(["", "communications"]),
)
peoples = st.builds(
    People,
    blocked=st.sampled_from(Told),
    government=st.sampled_from([Told.NOT_TOLD, Told.EXCLUDED, Told.ONLY]),
    person=st.sampled_from(["", "natural", "legal"]),
    owned_by=st.sampled_from(["", "US", "EU", "not US"]),
    resides_in=st.sampled_from(["", "EEA", "not EEA"]),
    named=st.lists(st.sampled_from(sorted(LAW.named_by_id)), max_size=2).map(tuple),
)
days = st.one_of(
    st.dates(FIRST, LAST),
    st.builds(
        lambda day, shift: day + timedelta(days=shift),
        st.sampled_from([one for one in CHANGES if FIRST < one < LAST]),
        st.integers(-1, 1),
    ),
)


def questions(kinds=(ActorKind.COMPANY, ActorKind.OPERATOR)):
    return st.builds(
        LegalQuestion,
        actor_kind=st.sampled_from(kinds),
        actor_jurisdictions=st.lists(
            st.sampled_from(JURISDICTIONS), min_size=1, max_size=2, unique=True
        ).map(tuple),
        actor_id=st.sampled_from([None, "github"]),
        places=st.lists(st.sampled_from(PLACES), min_size=1, max_size=2, unique=True).map(tuple),
        people=peoples,
        services=st.lists(services, min_size=1, max_size=2).map(tuple),
        contracts=st.sampled_from(["", "new", "existing"]),
        amount=st.sampled_from(["", "over_10000_eur", "up_to_10000_eur"]),
    )


every_question = questions((ActorKind.COMPANY, ActorKind.OPERATOR, ActorKind.STATE))


@given(every_question, days)
def test_no_answer_is_surer_than_what_carries_it(question, day):
    found = assess_question(LAW, question, day)
    deciding = [one for one in found.provisions if one.decides]
    order = (Certainty.LOW, Certainty.MEDIUM, Certainty.HIGH)
    cap = lowest(cap_of(one) for one in deciding)
    assert order.index(found.confidence) <= order.index(cap)
    if any(one.read != "excerpt" for one in found.provisions):
        assert found.confidence is not Certainty.HIGH
    if found.confidence is not Certainty.HIGH:
        assert found.confidence_capped_by


@given(questions(), days)
def test_own_knowledge_never_decides_a_closed_answer(question, day):
    found = assess_question(LAW, question, day)
    own = [one.id for one in found.provisions if one.decides and one.basis is Basis.OWN]
    assert not own or found.label is Label.UNCLEAR, (found.label, own)


@given(every_question, days)
def test_nothing_is_used_that_was_not_in_force(question, day):
    for one in assess_question(LAW, question, day).provisions:
        assert LAW.version(one.id).in_force(day) in {InForce.YES, InForce.OWN}


@given(questions(), days)
def test_companies_are_never_measured_by_what_speaks_to_states(question, day):
    found = assess_question(LAW, question, day)
    for one in (*found.provisions, *found.context):
        assert LAW.family(one.id).addresses is not Addressees.STATES


@given(questions((ActorKind.STATE,)), days)
def test_states_choose_and_are_never_measured_by_what_speaks_to_companies(question, day):
    found = assess_question(LAW, question, day)
    assert found.label is Label.OWN_CHOICE
    for one in found.provisions:
        if one.role is not Role.POWER:
            assert LAW.family(one.id).addresses is not Addressees.COMPANIES


@given(questions((ActorKind.STATE,)), days, st.sampled_from(["US", "RU", "UA", "TR", "BR"]))
def test_the_same_act_by_two_states_has_one_answer(question, day, other):
    one = assess_question(LAW, replace(question, actor_jurisdictions=("DE",)), day)
    two = assess_question(LAW, replace(question, actor_jurisdictions=(other,)), day)
    assert one.label is two.label

    def treaties(found):
        return {x.id for x in found.provisions if x.role is Role.BINDS_THE_STATE}

    # The United States is no party to the second covenant, and one's abroad is another's home.
    mended = {"icescr-15", "un-charter-1-2-55"}
    assert treaties(one) - mended == treaties(two) - mended


@given(questions(), days, st.sampled_from([None, "acme", "globex"]))
def test_another_name_changes_nothing(question, day, name):
    plain = replace(question, actor_id=None)
    assert assess_question(LAW, replace(plain, actor_id=name), day) == assess_question(
        LAW, plain, day
    )


@given(every_question, days, st.integers(0, 400))
def test_within_a_span_no_day_changes_the_answer(question, day, shift):
    spans = assess_span(LAW, question, day, day + timedelta(days=500))
    assert spans[0][0] == day
    assert spans[-1][1] == day + timedelta(days=500)
    for earlier, later in itertools.pairwise(spans):
        assert later[0] == earlier[1] + timedelta(days=1)
    when = day + timedelta(days=shift)
    found = next(one for first, last, one in spans if first <= when <= last)
    alone = assess_question(LAW, question, when)
    assert (found.label, found.leaning, found.confidence, found.provisions) == (
        alone.label,
        alone.leaning,
        alone.confidence,
        alone.provisions,
    )


@given(questions((ActorKind.COMPANY,)), days)
def test_where_no_rule_names_the_place_nothing_is_required(question, day):
    named = {place for rule in LAW.rules for place in rule.places}
    question = replace(question, places=("BR", "PE"), people=People())
    assert not {"BR", "PE", "WORLD"} & named
    found = assess_question(LAW, question, day)
    is_held = LAW.holds(question.actor_jurisdictions, "BR", day)
    listed = question.people.blocked in {Told.ONLY, Told.INCLUDED}
    assert found.label in {Label.PERMITTED_NOT_REQUIRED, Label.UNCLEAR}
    assert listed or not is_held or found.label is Label.PERMITTED_NOT_REQUIRED


@given(questions(), days, st.data())
def test_one_more_exemption_never_binds_more(question, day, data):
    rule = data.draw(st.sampled_from(LAW.rules))
    services = data.draw(st.sampled_from([("all",), ("@comms",), ("@telecom", "payments")]))
    # A text read as an excerpt, and in force since 1976, stands for the new one.
    more = Exemption(
        provision="iccpr-19", of=(rule.id,), covers=(Clause(services=services, government=True),)
    )
    wider = replace(LAW, exemptions=(*LAW.exemptions, more))
    before = assess_question(LAW, question, day)
    after = assess_question(wider, question, day)
    for one, two in zip(before.parts, after.parts, strict=True):
        assert _ORDER.index(two.label) <= max(_ORDER.index(one.label), 1), (one, two)


@given(every_question, days)
def test_no_answer_passes_judgment(question, day):
    found = assess_question(LAW, question, day)
    own_words = (*found.reasons, *found.not_if, *(one.if_ for one in found.exceptions))
    own_words += tuple(one.why for one in (*found.provisions, *found.context))
    for text in own_words:
        assert not JUDGING.search(text), text
    assert found.disclaimer == "This is no legal advice."
    assert "illegal" not in msgspec.json.encode(found).decode().casefold()


@given(questions(), days)
def test_unclear_and_required_always_say_why(question, day):
    found = assess_question(LAW, question, day)
    assert found.reasons
    if found.label in {Label.REQUIRED, Label.EXPRESSLY_EXEMPTED}:
        assert any(one.decides and one.role is Role.BAN for one in found.provisions)
    if found.label is Label.EXPRESSLY_EXEMPTED:
        assert any(one.decides and one.role is Role.EXEMPTION for one in found.provisions)


@pytest.mark.parametrize("name", ["services.yaml", "rules.yaml", "exemptions.yaml"])
def test_the_data_pass_no_judgment(name):
    from whocut.model.shipped import shipped_path

    assert not re.search(r"illegal|unlawful", shipped_path("law", name).read_text("utf-8"))
