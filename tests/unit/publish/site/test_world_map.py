import re
from datetime import date

import brotli
import pytest

from whocut.i18n.language import Language
from whocut.i18n.text import text_in
from whocut.ledger.counts import ByGrade
from whocut.publish.edition.access_rows import CountrySummary
from whocut.publish.site.world_map import STATES, country_states, draw_map, drawn_codes


def _summary(country, n_targets, n_cut, n_insufficient=0):
    day = date(2026, 1, 5)
    return CountrySummary(
        country, "world", 100, n_targets, {}, n_cut, n_insufficient, 0, 3, day, day, day
    )


@pytest.mark.parametrize(
    ("told", "seen", "state"),
    [
        (ByGrade(documented=1), _summary("RU", 9, 2), "both"),
        (ByGrade(excerpt=1), _summary("RU", 9, 0), "told"),
        (ByGrade(excerpt=1), None, "told"),
        (ByGrade(lead=5), None, "none"),
        (ByGrade(lead=5), _summary("RU", 9, 2), "seen"),
        (None, _summary("RU", 9, 0), "free"),
        (None, _summary("RU", 9, 0, 9), "none"),
        (None, _summary("RU", 0, 0), "none"),
    ],
)
def test_a_country_is_coloured_by_what_is_known(told, seen, state):
    told_by = {} if told is None else {"RU": told}
    seen_by = {} if seen is None else {"RU": seen}
    (found,) = country_states(told_by, seen_by)
    assert found.state == state


def test_the_map_keeps_its_weight_and_names_each_country():
    states = {
        one.code: one
        for one in country_states(dict.fromkeys(drawn_codes(), ByGrade(documented=1)), {})
    }
    for language in Language:
        drawn = str(draw_map(text_in(language), states))
        assert len(brotli.compress(drawn.encode(), quality=5)) <= 34_000
        links = re.findall(r'<a href="/c/([A-Z]{2})" tabindex="-1"><title>([^<]+)</title>', drawn)
        assert len(links) == len(drawn_codes())
        assert len({code for code, _ in links}) > 170
        assert "style=" not in drawn


def test_a_state_is_never_told_by_colour_alone():
    found = country_states({"RU": ByGrade(documented=1)}, {"DE": _summary("DE", 5, 0)})
    drawn = str(draw_map(text_in(Language.EN), {one.code: one for one in found}))
    assert f"Russia: {STATES['told']}" in drawn
    assert f"Germany: {STATES['free']}" in drawn
    assert drawn.count("§") == 1
    assert f"Brazil: {STATES['none']}" in drawn


def test_parts_of_a_country_lead_to_it():
    assert "UA-43" in drawn_codes()
    drawn = str(draw_map(text_in(Language.EN), {}))
    assert "<title>Ukraine (UA-43):" in drawn
    assert 'href="/c/UA-43"' not in drawn
