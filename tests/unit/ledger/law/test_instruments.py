"""The instruments that ship: every provision of the research, its days, how it was read."""

import shutil
from datetime import date, timedelta

import pytest
import yaml

from whocut.ledger.law import load_law
from whocut.ledger.law.instrument import (
    Addressees,
    Basis,
    InForce,
    InstrumentKind,
    Read,
    Version,
    Whom,
)
from whocut.ledger.law.loading import load_law as load
from whocut.model.errors import DamagedDataError
from whocut.model.shipped import shipped_path


@pytest.fixture(scope="module")
def law():
    return load_law()


def researched(shared_dir):
    text = (shared_dir / "ledger" / "instruments.yaml").read_text("utf-8")
    return yaml.safe_load(text)["instruments"]


@pytest.mark.shared
def test_every_provision_of_the_research_keeps_its_id(law, shared_dir):
    given = researched(shared_dir)
    assert len(given) == 141
    known = law.versions.keys() | {one.id for one in law.retired}
    assert {one["id"] for one in given} <= known


@pytest.mark.shared
def test_nothing_read_less_is_told_as_read_more(law, shared_dir):
    given = researched(shared_dir)
    levels = {
        "no": {Read.NONE},
        "secondary": {Read.SECONDARY},
        "opening": {Read.OPENING},
        "summary": {Read.SUMMARY},
        "excerpt": {Read.EXCERPT},
        "yes (excerpt)": {Read.EXCERPT},
        "yes (republished)": {Read.SECONDARY},
    }
    for one in given:
        if one["id"] in law.versions:
            version = law.version(one["id"])
            assert version.source.read in levels[one["text_seen"]], one["id"]
            assert version.confidence == one["confidence"], one["id"]


@pytest.mark.shared
def test_days_of_the_research_stand_where_it_gives_any(law, shared_dir):
    given = researched(shared_dir)
    # The licence expires on 30 May: that is its last day, and the first outside is the next.
    mended = {"im-gl-2022-rus023"}
    for one in given:
        if one["id"] in law.versions and one["id"] not in mended:
            version = law.version(one["id"])
            if one["effective"]:
                assert version.from_ == one["effective"], one["id"]
            if one["ended"]:
                assert version.to == one["ended"], one["id"]


def test_merged_entries_answer_nothing(law):
    by_id = {one.id: one for one in law.retired}
    assert by_id["us-russia-gl25a-25d"].see == (
        "us-russia-gl25a",
        "us-russia-gl25b",
        "us-russia-gl25c",
        "us-russia-gl25d",
    )
    assert not by_id.keys() & law.versions.keys()


def test_general_licence_25_has_eight_texts_without_a_gap(law):
    family = law.family("us-russia-gl25")
    assert [one.id[-1] for one in family.versions] == ["5", *"abcdefg"]
    for earlier, later in zip(family.versions, family.versions[1:], strict=False):
        assert earlier.to == later.from_


@pytest.mark.parametrize(
    ("id_", "first", "outside"),
    [
        ("us-russia-gl25", "2022-04-07", "2022-05-08"),
        ("us-russia-gl25d", "2024-06-12", "2024-09-04"),
        ("us-31cfr-560-540", "2010-03-10", "2024-05-17"),
        ("us-31cfr-515-578-2015", "2015-01-16", "2024-05-29"),
        ("us-syria-gl25", "2025-05-23", "2025-07-01"),
        ("us-eo14071-it-services-determination", "2024-09-12", None),
    ],
)
def test_a_version_is_in_force_from_its_first_day_to_the_one_before_it_ends(
    law, id_, first, outside
):
    version = law.version(id_)
    start = date.fromisoformat(first)
    assert version.in_force(start - timedelta(days=1)) is InForce.NOT_YET
    assert version.in_force(start) is InForce.YES
    if outside is not None:
        end = date.fromisoformat(outside)
        assert version.in_force(end - timedelta(days=1)) is InForce.YES
        assert version.in_force(end) is InForce.ENDED


def test_a_law_without_a_first_day_holds_from_the_day_that_attests_it(law):
    version = law.version("ru-149-fz-15-3")
    assert version.in_force(date(2022, 2, 24)) is InForce.YES
    assert version.in_force(date(2022, 2, 23)) is InForce.OWN
    assert version.is_own(date(2022, 2, 23))
    assert version.in_force(date(2013, 1, 1)) is InForce.NOT_YET


def test_what_nobody_read_is_own_knowledge(law):
    for family in law.families:
        for version in family.versions:
            assert (version.source.read is Read.NONE) == (version.basis is Basis.OWN), version.id
            if version.basis is Basis.OWN:
                assert version.summary_basis is Basis.OWN, version.id


def test_covenants_bind_states_and_principles_speak_to_companies(law):
    for family in law.families:
        if family.kind is InstrumentKind.TREATY:
            assert family.binds.whom is Whom.STATES
            assert family.addresses is Addressees.STATES
        if family.kind is InstrumentKind.BUSINESS_PRINCIPLES:
            assert family.binds.whom is Whom.NOBODY
            assert family.addresses is Addressees.COMPANIES
        if family.id.startswith("hrc-"):
            assert family.addresses is Addressees.STATES


def test_every_version_has_words_of_its_own(law):
    for family in law.families:
        for version in family.versions:
            assert len(version.summary) > 15, version.id
            assert "(unchanged)" not in version.summary
            assert version.statement_calls == tuple(sorted(set(version.statement_calls))) or (
                set(version.statement_calls) <= {1, 2, 3, 4, 5}
            )


def test_it_loads_fast_enough():
    from time import process_time

    best = min(_timed(process_time) for _ in range(3))
    assert best < 0.15


def _timed(clock):
    start = clock()
    load(shipped_path("instruments"), shipped_path("law"))
    return clock() - start


FAULTS = {
    "a key twice": ("us-eo-13884.yaml", "issuer:", "title: again\nissuer:", "title"),
    "an unknown key": ("us-eo-13884.yaml", "issuer:", "colour: blue\nissuer:", None),
    "an unknown kind": ("us-eo-13884.yaml", "kind: sanctions", "kind: gossip", "kind"),
    "no place": ("us-eo-13884.yaml", "- VE", "- XQ", "territory"),
    "no day": (
        "us-eo-13884.yaml",
        "from: '2019-08-05'",
        "from: '2019-13-05'",
        "versions[0].from",
    ),
    "an overlap": ("us-russia-gl25.yaml", "to: '2022-05-08'", "to: '2022-05-09'", "versions"),
    "ends as it begins": (
        "us-russia-gl25.yaml",
        "to: '2022-05-08'",
        "to: '2022-04-07'",
        "versions[0].to",
    ),
    "unread, and yet a source": (
        "us-eo-13884.yaml",
        "read: secondary",
        "read: none",
        "versions[0].basis",
    ),
    "an id of two": ("us-eo-13884.yaml", "- id: us-eo-13884", "- id: us-eo-13685", "id"),
    "supersedes nothing": (
        "us-russia-gl25.yaml",
        "  - us-russia-gl25a\n",
        "  - us-russia-gl24\n",
        "supersedes",
    ),
    "another name": ("us-eo-13884.yaml", "id: us-eo-13884\n", "id: us-eo-1\n", "id"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_names_file_and_field(tmp_path, fault):
    name, old, new, field = FAULTS[fault]
    root = tmp_path / "instruments"
    shutil.copytree(shipped_path("instruments"), root)
    text = (root / name).read_text("utf-8")
    assert old in text
    (root / name).write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(DamagedDataError) as raised:
        load(root, shipped_path("law"))
    assert name in str(raised.value)
    if field is not None:
        assert raised.value.field == field


RULE_FAULTS = {
    "provisions": ("rules.yaml", "[us-eo-14024]", "[us-eo-1402]", "provisions"),
    "services": ("rules.yaml", "services: [hardware]", "services: [hardwear]", "services"),
    "places": ("rules.yaml", "places: [VE]", "places: [XQ]", "places"),
    "of": ("exemptions.yaml", "of: [us-cuba]", "of: [us-kuba]", "of"),
    "named": ("exemptions.yaml", "[transtelecom]", "[transtelekom]", "named"),
    "listed": ("named.yaml", "rule: mm-facebook", "rule: mm-face", "listed"),
    "beside": ("beside.yaml", "provision: iccpr-19", "provision: iccpr-99", "provision"),
    "twice": ("rules.yaml", "id: us-cuba\n", "id: us-iran\n", "id"),
}


@pytest.mark.parametrize("fault", RULE_FAULTS)
def test_a_rule_that_names_nothing_is_refused(tmp_path, fault):
    name, old, new, field = RULE_FAULTS[fault]
    root = tmp_path / "law"
    shutil.copytree(shipped_path("law"), root)
    text = (root / name).read_text("utf-8")
    assert old in text
    (root / name).write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(DamagedDataError) as raised:
        load(shipped_path("instruments"), root)
    # A rule that is gone is missed by whatever names it, in another file.
    assert fault == "twice" or name in str(raised.value)
    assert raised.value.field is not None
    if fault != "twice":
        assert raised.value.field == field


def test_an_imprecise_day_is_known_only_when_it_has_passed():
    version = Version(
        id="x",
        title="x",
        citation="x",
        from_="2023",
        summary="x",
        basis=Basis.SOURCE,
        source=load_law().version("iccpr-19").source,
        confidence="high",
    )
    assert version.in_force(date(2022, 12, 31)) is InForce.NOT_YET
    assert version.in_force(date(2023, 6, 1)) is InForce.UNKNOWN
    assert version.in_force(date(2023, 12, 31)) is InForce.YES
