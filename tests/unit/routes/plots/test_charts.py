"""Charts are well-formed, harmless and told in words, whatever strangers call their networks."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whocut.routes.changes.answer import CAVEATS, CountryChange
from whocut.routes.dependency.answer import (
    Band,
    Carrier,
    CountryDependency,
    Domestic,
    Entry,
    Rules,
)
from whocut.routes.dependency.comparison import shifts
from whocut.routes.plots.charts import (
    changes_chart,
    dependency_chart,
    outcome_chart,
    result_chart,
    shifts_chart,
)
from whocut.routes.plots.panels import BarRow, curve_panel, share_panel
from whocut.routes.plots.svg import document, harmless, ticks
from whocut.routes.results import CountryResult, SharedCarrier
from whocut.routes.whatif.outcome import Isolation, Outcome, StepOutcome
from whocut.routes.whatif.scenario import Mode, Scenario, Step

_SVG = "{http://www.w3.org/2000/svg}"
_DRAWN = {
    *("svg", "title", "desc", "style", "defs", "pattern", "path", "circle", "rect", "text", "g"),
}
_HOSTILE = (
    "</text><script>alert(1)</script>",
    '" onload="alert(1)',
    "' href='https://example.org/'",
    "<image href='x'/>]]>&#0;&xxe;",
    "\u202egnp.exe\u202c \u2066turned\u2069",
    "\x00\x1b[31m\x9b\ufffe\ud800",
    "A\u0300" + "\u0301" * 500,
    "X" * 10_000,
    "漢" * 500,
    "url(https://example.org/) @import 'x'; --><!--",
)
_HASH = "0123456789abcdef" * 4
_MONTHS = (date(2021, 12, 1), date(2022, 1, 1), date(2022, 2, 1))


def checked(text: str) -> ElementTree.Element:
    """Parse a chart and refuse anything that could act, or turn text around."""
    root = ElementTree.fromstring(text.encode("utf-8"))
    for each in root.iter():
        assert each.tag.removeprefix(_SVG) in _DRAWN, each.tag
        for name, value in each.attrib.items():
            assert not name.lower().startswith("on"), name
            assert "href" not in name.lower()
            assert not re.search(r"url\((?!#)|javascript:|://", value), value
    style = root.findtext(f"{_SVG}style") or ""
    assert "@import" not in style and not re.search(r"url\((?!#)", style)
    shown = "".join(root.itertext()).replace("\n", " ")
    assert not {unicodedata.category(char) for char in shown} & {"Cc", "Cf", "Cs", "Co"}
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == "title desc"
    assert {each.get("id") for each in root} >= {"title", "desc"}
    assert "prefers-color-scheme: dark" in style and "@media print" in style
    return root


def words(root: ElementTree.Element) -> str:
    return " ".join(" ".join(root.itertext()).split())


def dependency(name: str, *, country: str = "AA", gate: float = 0.6) -> CountryDependency:
    band = Band(gate, gate - 0.1, gate + 0.1)
    none = Band(0.0, 0.0, 0.0)
    return CountryDependency(
        country=country,
        rules=Rules(_MONTHS, "equal"),
        others=(),
        serial=2,
        unit="IPv4 addresses",
        origin_unit="1",
        viewpoints=(1,),
        viewpoint_rule="as given",
        unheard=(),
        reached=band,
        direct=none,
        concentration=band,
        organisation_concentration=band,
        jurisdiction_concentration=band,
        entry_concentration=band,
        control_points=Band(2.0, 1.0, 2.0),
        domestic=Domestic(2, 100.0, 1, 1, (3,), 0.5),
        carriers=(
            Carrier(7, name, "", "BB", False, band, band, band, band, band),
            Carrier(8, "home", "", country, True, none, band, band, band, band),
        ),
        organisations=(),
        jurisdictions=(),
        entries=(Entry(8, name, Band(0.7, 0.7, 0.7)), Entry(9, "b", Band(0.3, 0.3, 0.3))),
        notes=(name,),
        inputs_sha256=_HASH,
    )


def outcome(name: str) -> Outcome:
    lost = Isolation(1, 10.0, None, 0.25)
    steps = tuple(
        StepOutcome(
            step=at,
            title=name,
            mode=Mode.CUT_LINKS if at else None,
            actors=at,
            reachable=left,
            nothing=lost,
            under_half=lost,
        )
        for at, left in enumerate((1.0, 0.75, 0.5))
    )
    asked = Scenario(
        id="x",
        title=name,
        country="AA",
        source=name,
        step=(Step(title=name, mode=Mode.CUT_LINKS, asns=(1,)),),
    )
    return Outcome(
        scenario=asked,
        country="AA",
        steps=steps,
        domestic=(),
        unknown=(),
        addresses=100.0,
        world_addresses=1e9,
        unit="addresses",
        networks=2,
        months=("2021-12", "2022-01", "2022-02"),
        source="x",
        ties="equal",
        inputs_sha256=_HASH,
    )


def change(sign: str, month: str, n_lost: int, doubt: str = "") -> CountryChange:
    return CountryChange(
        country="AA",
        sign=sign,
        last_before="2022-02",
        first_after=month,
        months_before=(),
        months_after=(),
        n_links=100,
        n_lost=n_lost,
        several=None,
        alarms=(),
        ordinary=(),
        n_ordinary=1,
        doubts=(doubt,) if doubt else (),
        notes=(),
        serial=1,
        inputs=_HASH,
    )


def result(name: str) -> CountryResult:
    band = Band(0.5, 0.4, 0.6)
    one = SharedCarrier(7, name, "BB", band)
    return CountryResult(
        day=date(2022, 2, 1),
        country="AA",
        months=_MONTHS,
        slash24=10.0,
        ases=2,
        foreign_providers=1,
        reached=band,
        direct=band,
        hhi=band,
        control_points=band,
        pairs_now=1.0,
        pairs_stop_customers=None,
        pairs_cut_links=None,
        pairs_carry_nothing=None,
        pairs_without_cogent_lumen=None,
        hands_over=(one,),
        takes_over=(),
        inputs_sha256=_HASH,
    )


def charts(name: str) -> list[str]:
    first, second = dependency(name), dependency(name, gate=0.3)
    return [
        dependency_chart(first),
        shifts_chart(first, second, shifts(first, second), "gate"),
        outcome_chart(outcome(name)),
        result_chart(result(name)),
        changes_chart([change("lost", "2022-04", 12, name), change("gained", "2022-04", 3)]),
    ]


@pytest.mark.parametrize("name", _HOSTILE)
def test_hostile_names_are_shown_and_do_nothing(name: str) -> None:
    for text in charts(name):
        root = checked(text)
        assert all(len(each.text or "") < 400 for each in root.iter(f"{_SVG}text"))
        assert len(text) < 40_000


@given(st.text(max_size=300))
def test_any_name_gives_a_chart(name: str) -> None:
    for text in charts(name):
        checked(text)


@given(st.text(max_size=300), st.integers(2, 60))
def test_harmless_text_keeps_within_its_columns(text: str, columns: int) -> None:
    shown = harmless(text, columns)
    width = sum(
        0
        if unicodedata.category(char) in {"Mn", "Me"}
        else 2
        if unicodedata.east_asian_width(char) in "WF"
        else 1
        for char in shown
    )
    assert width <= columns


def test_plain_names_stay_as_they_are() -> None:
    assert harmless("Телеком & Söhne <Ltd>") == "Телеком & Söhne <Ltd>"
    assert "Телеком &amp; Söhne &lt;Ltd&gt;" in dependency_chart(
        dependency("Телеком & Söhne <Ltd>")
    )


def test_each_chart_says_what_it_rests_on() -> None:
    simulated = charts("Carrier")[:4]
    for text in simulated:
        told = words(checked(text))
        assert "olicy reachability, not capacity" in told
        assert "Simulated paths" in told and "Paths: simulated" in told
        for month in ("2021-12", "2022-01", "2022-02"):
            assert month in told
        assert _HASH[:16] in told and "ties: equal" in told.lower()
    told = words(checked(charts("Carrier")[4]))
    assert all(caveat in told for caveat in CAVEATS)
    assert "Observed links of serial 1" in told and _HASH[:16] in told


def test_figures_are_told_in_words_too() -> None:
    root = checked(dependency_chart(dependency("Carrier")))
    told = root.findtext(f"{_SVG}desc") or ""
    assert "AS7 Carrier 60.0 % (50.0 to 70.0)" in told
    assert "2 networks reach 90 %" in told
    told = checked(outcome_chart(outcome("Carrier"))).findtext(f"{_SVG}desc") or ""
    assert "step 2, Carrier: reachable 50.0 %" in told
    told = checked(charts("x")[4]).findtext(f"{_SVG}desc") or ""
    assert "2022-04: 12 lost, 0 stand out; 3 gained" in told


def test_bars_are_as_long_as_their_shares() -> None:
    rows = [BarRow("a", (Band(0.4, 0.4, 0.4),)), BarRow("b", (Band(0.1, 0.1, 0.1),))]
    root = checked(document("t", [share_panel("h", rows)], ["n"]))
    bars = [each for each in root.iter(f"{_SVG}rect") if each.get("class") == "first"]
    long, short = (float(each.get("width") or 0) for each in bars)
    assert long == pytest.approx(4 * short)


def test_two_sides_differ_by_more_than_colour() -> None:
    root = checked(charts("Carrier")[1])
    kinds = {each.get("class") for each in root.iter(f"{_SVG}rect")}
    assert {"first", "second"} <= kinds
    assert ".second { fill: url(#lines)" in (root.findtext(f"{_SVG}style") or "")


def test_nothing_to_draw_is_said() -> None:
    checked(changes_chart([]))
    assert "none" in words(checked(document("t", [share_panel("h", [])], [])))
    panel = curve_panel("h", [0.1], 0.9, ["a"])
    assert "do not reach 90 %" in words(checked(document("t", [panel], [])))


def test_a_place_that_is_no_number_is_refused() -> None:
    with pytest.raises(ValueError, match="no place"):
        share_panel("h", [BarRow("a", (Band(0.1, float("nan"), 0.2),))])


@pytest.mark.parametrize(
    ("top", "last"), [(0.0, 1.0), (0.61, 1.0), (0.2, 0.2), (0.021, 0.025), (12.0, 20.0)]
)
def test_scales_end_on_round_figures(top: float, last: float) -> None:
    assert ticks(top)[-1] == pytest.approx(last)
