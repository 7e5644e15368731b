"""``whocut routes whatif`` and ``mincut`` on a small map in files."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from whocut.cli.app import main

FORMATS = ("table", "json", "jsonl", "csv", "parquet")
# 1 and 2 are backbones that peer; 3 sells in AA to 4 and 5, 6 is abroad behind 2.
_LINKS = """# inferred clique: 1 2
1|2|0|bgp
1|3|-1|bgp
2|3|-1|bgp
3|4|-1|bgp
3|5|-1|bgp
2|6|-1|bgp
1|7|-1|bgp
"""
_ORGANISATIONS = """# format:org_id|changed|org_name|country|source
A|20220101|Home Carrier|AA|RIPE
B|20220101|First Backbone|BB|RIPE
C|20220101|Second \x1b[31mBackbone|CC|RIPE
D|20220101|Far Stub|DD|RIPE
# format:aut|changed|aut_name|org_id|opaque_id|source
1|20220101|ONE|B||RIPE
2|20220101|TWO|C||RIPE
3|20220101|THREE|A||RIPE
4|20220101|FOUR|A||RIPE
5|20220101|FIVE|A||RIPE
6|20220101|SIX|D||RIPE
7|20220101|SEVEN|B||RIPE
"""


@pytest.fixture
def ask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary):
    folder = tmp_path / "topology"
    folder.mkdir()
    (folder / "20220201.as-rel2.txt").write_text(_LINKS)
    (folder / "20220201.as-org2info.txt").write_text(_ORGANISATIONS)
    (tmp_path / "weights.csv").write_text(
        "asn,weight\n" + "".join(f"{asn},100\n" for asn in range(1, 8))
    )
    monkeypatch.setenv("WHOCUT_CACHE", str(tmp_path / "cache"))

    def run(*arguments: str) -> tuple[int, bytes, str]:
        on = ["--topology", str(folder), "--months", "1"]
        code = main(["routes", *arguments, *on, "--weights", str(tmp_path / "weights.csv")])
        out, err = capfdbinary.readouterr()
        return code, out, err.decode()

    return run


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize(
    "question",
    [
        ("whatif", "AA", "--stop", "1", "--stop", "2,DD", "--mode", "carry_nothing"),
        ("whatif", "aa", "--close-border", "--gateway", "3"),
        ("whatif", "AA", "--scenario", "ru-clique-carry-nothing", "--of", "carriers"),
        ("mincut", "AA"),
        ("mincut", "--all"),
    ],
)
def test_every_format_of_every_answer(ask, question: tuple[str, ...], form: str) -> None:
    code, out, _ = ask(*question, "--format", form)
    assert code == 0
    if form == "table":
        text = out.decode()
        assert "policy reachability, not capacity" in " ".join(text.split())
        assert "Simulated" in text
        assert "\x1b" not in text
    elif form == "json":
        assert "policy reachability, not capacity" in json.dumps(json.loads(out))
    elif form == "jsonl":
        assert all("inputs_sha256" in json.loads(line) for line in out.splitlines())
    elif form == "csv":
        assert "caveat" in next(csv.reader(io.StringIO(out.decode())))
    else:
        assert "inputs_sha256" in pq.read_table(io.BytesIO(out)).column_names


def test_steps_add_up_and_say_who_acted(ask) -> None:
    _, out, _ = ask("whatif", "AA", "--stop", "1", "--stop", "org:2", "--json")
    outcome = json.loads(out)["outcome"]
    assert [step["actors"] for step in outcome["steps"]] == [0, 1, 2]
    assert [step["reachable"] for step in outcome["steps"]] == [1.0, 1.0, 0.0]
    assert outcome["steps"][2]["nothing"]["networks"] == 3
    assert outcome["paths"] == "simulated"
    assert outcome["months"] == ["2022-02"]


def test_carrying_nothing_takes_the_actor_and_its_captives(ask) -> None:
    _, out, _ = ask("whatif", "AA", "--stop", "1", "--mode", "carry_nothing", "--json")
    # Of 1, 2, 6 and 7 abroad, 2 and 6 are left.
    assert json.loads(out)["outcome"]["steps"][1]["reachable"] == 0.5


@pytest.mark.parametrize(
    ("mode", "left"),
    # 4 and 5 have nobody but 3: in no mode do they get out.
    [("stop_customers", 1 / 3), ("cut_links", 1 / 3), ("carry_nothing", 0.0)],
)
def test_a_network_of_the_country_may_leave_it(ask, mode: str, left: float) -> None:
    _, out, _ = ask("whatif", "AA", "--stop", "3", "--mode", mode, "--json")
    outcome = json.loads(out)["outcome"]
    assert outcome["steps"][1]["reachable"] == pytest.approx(left)
    assert outcome["steps"][1]["actors"] == 1
    assert outcome["domestic"] == []


def test_a_holder_and_a_state_act_from_abroad(ask) -> None:
    code, out, _ = ask("whatif", "AA", "--stop", "1,AA")
    assert code == 0
    assert "takes in did not act: AS3, AS4, AS5." in " ".join(out.decode().split())


def test_a_gateway_keeps_the_country_in(ask) -> None:
    shut = json.loads(ask("whatif", "AA", "--close-border", "--json")[1])
    kept = json.loads(ask("whatif", "AA", "--close-border", "--gateway", "3", "--json")[1])
    assert shut["outcome"]["steps"][1]["reachable"] == 0
    assert kept["outcome"]["steps"][1]["reachable"] == 1


def test_sets_are_named_with_their_proof(ask) -> None:
    _, out, _ = ask("mincut", "AA", "--left", "nothing", "--share", "100", "--json")
    sets = {one["by"]: one for one in json.loads(out)["sets"]}
    assert sets["ases"]["members"] == ["AS1", "AS2"]
    assert sets["jurisdictions"]["members"] == ["BB", "CC"]
    assert all(one["is_exact"] and one["bound"] == 2 for one in sets.values())


def test_the_table_goes_on_where_it_was_stopped(ask, tmp_path: Path) -> None:
    first = json.loads(ask("mincut", "--all", "--json")[1])
    (kept,) = (tmp_path / "cache").rglob("mincut-*.jsonl")
    lines = kept.read_bytes().splitlines(keepends=True)
    kept.write_bytes(b"".join(lines[:3]) + lines[3][:20])  # torn in the fourth row
    again = json.loads(ask("mincut", "--all", "--json")[1])
    without = lambda rows: [{**row, "seconds": 0} for row in rows["sets"]]  # noqa: E731
    assert without(again) == without(first)
    assert len(first["sets"]) == 4 * 4
    assert kept.read_bytes().splitlines(keepends=True)[:3] == lines[:3]


@pytest.mark.parametrize(
    ("question", "says"),
    [
        (("whatif", "AA"), "nobody stops"),
        (("whatif", "--stop", "1"), "a country"),
        (("whatif", "Russia", "--stop", "1"), "not a country"),
        (("whatif", "AA", "--stop", "x"), "not an AS number"),
        (("whatif", "AA", "--stop", "99"), "none of these has a link"),
        (("whatif", "AA", "--stop", "AA"), "all of these are registered in AA"),
        (("whatif", "AA", "--stop", "org:4"), "see --close-border"),
        (("whatif", "ZZ", "--stop", "1"), "no network registered in ZZ"),
        (("whatif", "AA", "--stop", "1", "--gateway", "3"), "--close-border"),
        (("whatif", "AA", "--close-border", "--gateway", "1"), "cannot be its gateway"),
        (("whatif", "AA", "--scenario", "none"), "--list"),
        (("mincut",), "one country"),
        (("mincut", "AA", "--share", "0"), "wanted above 0"),
        (("mincut", "ZZ"), "no network registered in ZZ"),
        (("mincut", "--all", "--by", "ases"), "--all counts jurisdictions"),
    ],
)
def test_what_cannot_be_asked_says_what_can(ask, question: tuple[str, ...], says: str) -> None:
    code, out, err = ask(*question)
    assert (code, out) == (2, b"")
    assert says in err


def test_scenarios_are_listed(ask) -> None:
    code, out, _ = ask("whatif", "--list", "--json")
    assert code == 0
    assert len(json.loads(out)) == 20


@pytest.fixture
def ask_months(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary):
    """In January 7 sells to the country, too, and peers with 6; in February it peers with 1."""
    folder = tmp_path / "months"
    folder.mkdir()
    january = _LINKS + "7|3|-1|bgp\n6|7|0|bgp\n"
    months = {"20220101": january, "20220201": _LINKS.replace("1|7|-1|bgp\n", "1|7|0|bgp\n")}
    for day, links in (months | {"20220301": _LINKS}).items():
        (folder / f"{day}.as-rel2.txt").write_text(links)
    (folder / "20220201.as-org2info.txt").write_text(_ORGANISATIONS)
    (folder / "weights.csv").write_text("asn,weight\n1,100\n3,100\n6,100\n7,100\n")
    monkeypatch.setenv("WHOCUT_CACHE", str(tmp_path / "cache"))

    def run(*arguments: str) -> bytes:
        on = ["--topology", str(folder), "--weights", str(folder / "weights.csv")]
        assert main(["routes", "whatif", "AA", *arguments, *on]) == 0
        return capfdbinary.readouterr().out

    return run


def test_what_single_months_leave_bounds_every_step(ask_months) -> None:
    question = ("--stop", "1", "--stop", "2")
    outcome = json.loads(ask_months(*question, "--json"))["outcome"]
    assert outcome["band_months"] == ["2022-01", "2022-02", "2022-03"]
    bands = [
        (step["reachable_low"], step["reachable"], step["reachable_high"])
        for step in outcome["steps"]
    ]
    alone = {
        month: [
            step["reachable"]
            for step in json.loads(
                ask_months(*question, "--month", month, "--months", "1", "--json")
            )["outcome"]["steps"]
        ]
        for month in outcome["band_months"]
    }
    assert bands == [
        (min(shares), shares[0], max(shares))
        for shares in zip(
            [step["reachable"] for step in outcome["steps"]], *alone.values(), strict=True
        )
    ]
    # Nobody is left to sell to the country but 7, in January alone; it peers with 6 and buys of 1.
    assert bands[2] == (0.0, 0.0, 1.0)


def test_rows_and_the_screen_tell_the_band(ask_months, monkeypatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    rows = list(
        csv.DictReader(io.StringIO(ask_months("--stop", "1,2", "--format", "csv").decode()))
    )
    assert float(rows[1]["reachable_high"]) > float(rows[1]["reachable"])
    assert float(rows[1]["reachable_low"]) == float(rows[1]["reachable"])
    screen = " ".join(ask_months("--stop", "1,2").decode().split())
    assert "0.00% (0.00 to 100.00)" in screen
    assert "each of 2022-01, 2022-02, 2022-03 alone" in screen


@pytest.mark.parametrize("given", [("--no-band",), ("--months", "1")])
def test_without_single_months_no_band_is_told(ask_months, given) -> None:
    outcome = json.loads(ask_months("--stop", "1", *given, "--json"))["outcome"]
    assert outcome["band_months"] == []
    assert {step["reachable_low"] for step in outcome["steps"]} == {None}
    assert {step["reachable_high"] for step in outcome["steps"]} == {None}
    assert "In brackets" not in ask_months("--stop", "1", *given).decode()
