"""Who leaves, as it stands in an address: any text is read, and links lead to every set."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whocut.publish.site.leaving import (
    Leaving,
    command_of,
    mode_of,
    read_leaving,
    toggled,
)
from whocut.routes.cascades import CLIQUE, CascadeCountry
from whocut.routes.whatif.scenario import Mode

_ABOUT = CascadeCountry(
    day=date(2022, 5, 1),
    country="RU",
    carriers=(3356, 1299, 174),
    states=("US", "SE"),
    networks=10,
    pairs=0.99,
    isolated=0,
    addresses=0.0,
    under_half=0.0,
    hops=3.0,
    top=3356,
    top_share=0.2,
    clique=19,
    shares={},
    inputs_sha256="0" * 64,
)


@pytest.mark.parametrize(
    ("written", "words", "name"),
    [
        ("", "", ""),
        ("174 3356", "3356 174", "ac"),  # a plus of an address is a space
        ("174,AS3356", "3356 174", "ac"),
        ("as174 174", "174", "c"),
        ("174 64500", "174 64500", None),
        ("us", "US", "@US"),
        ("Clique", "clique", CLIQUE),
        ("US SE", "SE US", None),
        ("US 174", "174 US", None),
        ("uk XX ZZ", "", ""),
        ("<script>alert(1)</script>", "1", None),
        ("0 99999999999 4294967296", "", ""),
    ],
)
def test_what_is_written_is_read(written: str, words: str, name: str | None) -> None:
    leaving = read_leaving(written, _ABOUT)
    assert (leaving.words, leaving.name_in(_ABOUT)) == (words, name)


@given(st.text(max_size=500))
def test_any_text_gives_numbers_and_codes_alone(written: str) -> None:
    leaving = read_leaving(written, _ABOUT)
    assert all(0 < asn < 2**32 for asn in leaving.asns)
    assert all(one == "clique" or (len(one) == 2 and one.isupper()) for one in leaving.groups)
    assert read_leaving(leaving.words, _ABOUT) == leaving
    assert len(leaving.words) < 200


@given(st.sets(st.sampled_from(_ABOUT.carriers)))
def test_every_set_is_a_few_links_away_and_back(wanted: set[int]) -> None:
    leaving = Leaving()
    for asn in wanted:
        leaving = toggled(leaving, asn, _ABOUT)
    assert set(leaving.asns) == wanted
    assert list(leaving.asns) == [asn for asn in _ABOUT.carriers if asn in wanted]
    for asn in wanted:
        leaving = toggled(leaving, asn, _ABOUT)
    assert leaving.is_nobody


def test_a_network_that_leaves_takes_the_place_of_a_group() -> None:
    assert toggled(Leaving(groups=("US",)), 174, _ABOUT) == Leaving((174,))


def test_a_mode_that_is_none_is_the_least() -> None:
    assert mode_of("carry_nothing") is Mode.CARRY_NOTHING
    for written in ("", "close_border", "CUT_LINKS", "<b>"):
        assert mode_of(written) is Mode.STOP_CUSTOMERS


def test_the_command_says_the_same() -> None:
    leaving = read_leaving("174+5555 US", _ABOUT)
    assert command_of("RU", leaving, Mode.CUT_LINKS) == (
        "whocut routes whatif RU --stop 174,5555,US --mode cut_links"
    )
