"""Counts keep the grades apart, and count a record once under each of its values."""

import msgspec
import pytest

from tests.unit.ledger.recording import made_actor, made_record, source
from whocut.ledger.counts import (
    AXES,
    ByGrade,
    StatementLine,
    count_by,
    count_grades,
    is_of_line,
    load_statement,
)
from whocut.ledger.load import load_ledger
from whocut.ledger.vocabulary import Action, Grade, Sector
from whocut.model.errors import InputError

DOCUMENTED = {"s1": source(), "s2": source(group="other")}
LEAD = {"s1": source(read="linked")}
ACTORS = {"acme": made_actor("acme", "Acme Inc.")}


def record(name, places=("RU",), **more):
    return made_record(name, population={"places": list(places), "from": ["s1"]}, **more)


def test_each_grade_by_itself_and_no_figure_over_them():
    records = [record("a", sources=DOCUMENTED), record("b"), record("c", sources=LEAD), record("d")]
    assert count_grades(records) == ByGrade(documented=1, excerpt=2, lead=1)
    assert ByGrade.__struct_fields__ == tuple(Grade)


def test_a_country_counts_a_record_once_with_its_parts_which_stand_by_themselves_too():
    records = [record("a", ["UA", "UA-43", "UA-40"]), record("b", ["UA-43", "RU"])]
    assert count_by("country", records, {}) == {"UA": ByGrade(excerpt=2), "RU": ByGrade(excerpt=1)}
    assert count_by("subdivision", records, {}) == {
        "UA-43": ByGrade(excerpt=2),
        "UA-40": ByGrade(excerpt=1),
    }


def test_several_grounds_of_one_category_count_once_and_none_is_told():
    ground = {"category": "commercial", "text": "fees", "claimant": "acme", "from": ["s1"]}
    records = [record("a", grounds=[ground, {**ground, "text": "costs"}]), record("b")]
    assert count_by("ground", records, {}) == {
        "commercial": ByGrade(excerpt=1),
        "none_told": ByGrade(excerpt=1),
    }


def test_an_actor_that_is_not_known_counts_as_unknown():
    assert count_by("actor_kind", [record("a")], ACTORS) == {"company": ByGrade(excerpt=1)}
    assert count_by("actor_kind", [record("a")], {}) == {"unknown": ByGrade(excerpt=1)}


def test_the_best_documented_value_comes_first():
    records = [
        *(record(f"i{n}", ["IR"]) for n in range(5)),
        record("r", ["RU"], sources=DOCUMENTED),
    ]
    assert list(count_by("country", records, {})) == ["RU", "IR"]


@pytest.mark.parametrize("axis", AXES)
def test_every_record_that_ships_stands_on_every_axis(axis):
    records = list(load_ledger().records.values())
    counts = count_by(axis, records, {})
    for grade in Grade:
        counted = sum(getattr(one, grade) for one in counts.values())
        n = getattr(count_grades(records), grade)
        assert counted >= n or axis == "subdivision", axis


class TestStatement:
    def test_every_line_has_records(self):
        records = load_ledger().records.values()
        for line in load_statement():
            assert any(is_of_line(one, line) for one in records), line.id

    def test_what_the_statement_names_is_there(self):
        named = {line.id for line in load_statement()}
        assert named >= {
            *("registrars", "software_platforms", "games", "crypto_exchanges", "clouds"),
            *("backbones", "content_labels"),
        }
        assert all(line.sectors or line.actions for line in load_statement())

    def test_a_record_belongs_by_sector_or_by_action(self):
        line = StatementLine("x", "x", (Sector.GAMING,), (Action.CONTENT_LABEL,))
        label = made_record(action={"value": "content_label", "from": ["s1"]})
        game = made_record(sector={"value": "gaming", "from": ["s1"]})
        assert is_of_line(label, line)
        assert is_of_line(game, line)
        assert not is_of_line(made_record(), line)

    @pytest.mark.parametrize(
        "text", ["line = 1", "[[line]]\nid = 'x'\nwords = 'x'\nsectors = ['gamming']", "[[line"]
    )
    def test_a_bad_table_is_refused_by_name(self, tmp_path, text):
        path = tmp_path / "statement.toml"
        path.write_text(text)
        with pytest.raises(InputError, match=r"statement\.toml"):
            load_statement(path)


def test_counts_are_written_by_grade_only():
    written = msgspec.json.decode(msgspec.json.encode(count_grades([record("a")])))
    assert written == {"documented": 0, "excerpt": 1, "lead": 0}
