"""Scenarios: those that ship, and files that are refused."""

from pathlib import Path

import pycountry
import pytest

from whocut.ledger.load import load_ledger
from whocut.model.errors import InputError, UsageError
from whocut.routes.whatif.regions import load_regions
from whocut.routes.whatif.scenario import (
    HYPOTHETICAL,
    MODE_WORDS,
    Mode,
    load_scenarios,
    read_scenario,
    shipped_scenario,
)

_HEAD = 'id = "x"\ntitle = "x"\ncountry = "RU"\nsource = "hypothetical"\n[[step]]\ntitle = "x"\n'


def test_twenty_ship_with_every_mode_and_a_source() -> None:
    scenarios = load_scenarios()
    assert len(scenarios) == 20
    assert {step.mode for each in scenarios.values() for step in each.step} == set(Mode)
    assert set(MODE_WORDS) == set(Mode)
    for each in scenarios.values():
        assert each.source == HYPOTHETICAL or each.source.startswith("https://")
        assert pycountry.countries.get(alpha_2=each.country)
        assert len({step.title for step in each.step}) == len(each.step)


def test_records_named_are_in_the_ledger() -> None:
    known = load_ledger().records
    named = {record for each in load_scenarios().values() for record in each.records}
    assert named
    assert named <= known.keys()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (_HEAD + 'mode = "stop_customers"', "nobody is named"),
        (_HEAD + 'mode = "stop"\nasns = [174]', "Invalid enum value 'stop'"),
        (_HEAD + 'mode = "cut_links"\nasns = [0]', "0 is no AS number"),
        (_HEAD + 'mode = "cut_links"\nasns = [174]\ngateways = [1]', "close_border only"),
        (_HEAD + 'mode = "close_border"\nasns = [174]', "no actors"),
        (_HEAD + 'mode = "cut_links"\njurisdictions = ["us"]', "'us' is no ISO 3166 code"),
        (_HEAD + 'mode = "cut_links"\nasn = [174]', "unknown field `asn`"),
        (_HEAD.replace("RU", "Russia") + 'mode = "close_border"', "'Russia' is no ISO 3166"),
        ('id = "x"', "missing required field"),
        ("id = ", "not a TOML file"),
    ],
)
def test_a_bad_file_is_refused_with_its_name_and_field(
    text: str, says: str, tmp_path: Path
) -> None:
    path = tmp_path / "bad.toml"
    path.write_text(text)
    with pytest.raises(InputError, match=says) as caught:
        read_scenario(path)
    assert caught.value.source == str(path)


def test_an_unknown_name_says_how_to_list() -> None:
    with pytest.raises(UsageError, match="--list"):
        shipped_scenario("nowhere")


def test_regions_hold_every_country_once() -> None:
    listed = [code for region in load_regions() for code in region.countries]
    assert len(set(listed)) == len(listed)
    assert {each.alpha_2 for each in pycountry.countries} == set(listed) - {"XK"}
