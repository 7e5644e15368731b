"""The parties of the ledger: what is refused, and what the shipped ones hold."""

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from whocut.ledger.actors import (
    Actor,
    bases_of,
    known_as,
    load_actors,
    named_by_domain,
    named_by_network,
    parent_on,
    read_actors,
)
from whocut.ledger.load import load_ledger
from whocut.model.errors import DamagedDataError

_BASES = {"kind": "own", "names": "own"}


def _actor(name: str, **more: Any) -> dict[str, Any]:
    document = {"id": name, "names": [{"name": name.title(), "lang": "en"}], "kind": "company"}
    facts = {key: "own" for key in more if key not in ("id", "unnamed", "from_")}
    return {**document, **more, "from": more.pop("from_", {**_BASES, **facts})}


def _plain(document: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in document.items() if key != "from_"}


def _write(folder: Path, *actors: dict[str, Any], name: str = "companies.yaml") -> Path:
    text = yaml.safe_dump(
        # Through JSON, as YAML would write an anchor where one object stands twice.
        json.loads(json.dumps({"actors": [_plain(one) for one in actors]})),
        allow_unicode=True,
        sort_keys=False,
    )
    (folder / name).write_text(text, "utf-8")
    return folder


def _loaded(folder: Path, *actors: dict[str, Any]) -> dict[str, Actor]:
    return load_actors(_write(folder, *actors))


_FAULTS: Mapping[str, tuple[list[dict[str, Any]], str, str]] = {
    "language": (
        [_actor("acme", names=[{"name": "Acme", "lang": "qq"}])],
        "actors[0].names[0].lang",
        "'qq' is no language",
    ),
    "script": (
        [_actor("acme", names=[{"name": "Acme", "lang": "en", "script": "Abcd"}])],
        "actors[0].names[0].script",
        "'Abcd' is no script",
    ),
    "script left out": (
        [_actor("acme", names=[{"name": "Пример", "lang": "ru"}])],
        "actors[0].names[0].script",
        "not in Latin letters",
    ),
    "no name": ([_actor("acme", names=[])], "actors[0].names", "length >= 1"),
    "kind": ([_actor("acme", kind="villain")], "actors[0].kind", "'villain'"),
    "unknown field": ([_actor("acme", motto="x")], "actors[0].motto", "`motto`"),
    "id": ([_actor("Acme Inc")], "actors[0].id", "regex"),
    "reserved id": ([_actor("nobody")], "actors[0].id", "reserved"),
    "country": (
        [_actor("acme", jurisdictions=["US", "UK"])],
        "actors[0].jurisdictions[1]",
        "'UK' is no country",
    ),
    "sector": ([_actor("acme", sector="rockets")], "actors[0].sector", "'rockets'"),
    "domain of a subdomain": (
        [_actor("acme", domains=["www.acme.com"])],
        "actors[0].domains[0]",
        "no registrable domain",
    ),
    "domain in capitals": (
        [_actor("acme", domains=["Acme.com"])],
        "actors[0].domains[0]",
        "no registrable domain",
    ),
    "address for a domain": (
        [_actor("acme", domains=["192.0.2.1"])],
        "actors[0].domains[0]",
        "no registrable domain",
    ),
    "private network": (
        [_actor("acme", asns=[{"asn": "64512", "role": "network"}])],
        "actors[0].asns[0].asn",
        "AS64512 is reserved or private",
    ),
    "32-bit private network": (
        [_actor("acme", siblings=["4200000000"])],
        "actors[0].siblings[0]",
        "AS4200000000 is reserved or private",
    ),
    "network beyond 32 bits": (
        [_actor("acme", siblings=["4294967296"])],
        "actors[0].siblings[0]",
        "<= 4294967295",
    ),
    "AS_TRANS": (
        [_actor("acme", siblings=["23456"])],
        "actors[0].siblings[0]",
        "AS23456 is reserved or private",
    ),
    "parent": ([_actor("acme", parent="nix")], "actors[0].parent", "no actor has the id 'nix'"),
    "parents in a ring": (
        [_actor("acme", parent="bolt"), _actor("bolt", parent="acme")],
        "actors[0].parent",
        "lead back",
    ),
    "unnamed parent": (
        [_actor("acme", parent="firms"), _actor("firms", unnamed="true")],
        "actors[0].parent",
        "unnamed",
    ),
    "date of a parent": (
        [_actor("acme", parent="bolt", parent_since="soon"), _actor("bolt")],
        "actors[0].parent_since",
        "not a date",
    ),
    "date without a parent": (
        [_actor("acme", parent_since="2020")],
        "actors[0].parent_since",
        "no parent",
    ),
    "id twice": ([_actor("acme"), _actor("acme")], "actors[1].id", "stands in companies.yaml"),
    "name of another": (
        [_actor("acme"), _actor("bolt", names=[{"name": "ACME", "lang": "en"}])],
        "actors[1].names",
        "'ACME' names acme as well",
    ),
    "alias of another": (
        [_actor("acme"), _actor("bolt", aliases=["\uff21\uff23\uff2d\uff25"])],
        "actors[1].names",
        "names acme as well",
    ),
    "alias twice": ([_actor("acme", aliases=["Acme"])], "actors[0].aliases", "twice"),
    "network of another": (
        [
            _actor("acme", asns=[{"asn": "3356", "role": "network"}]),
            _actor("bolt", siblings=["3356"]),
        ],
        "actors[1].asns",
        "AS3356 belongs to acme",
    ),
    "domain of another": (
        [_actor("acme", domains=["acme.com"]), _actor("bolt", domains=["acme.com"])],
        "actors[1].domains",
        "acme.com belongs to acme",
    ),
    "unnamed with a network": (
        [_actor("firms", unnamed="true", siblings=["3356"])],
        "actors[0].siblings",
        "an unnamed party can hold none",
    ),
    "no basis": ([_actor("acme", from_={"names": "own"})], "actors[0].from.kind", "missing"),
    "basis of nothing": (
        [_actor("acme", from_={**_BASES, "sector": "own"})],
        "actors[0].from.sector",
        "does not have",
    ),
    "basis of no item": (
        [_actor("acme", from_={**_BASES, "names.ru": "own"})],
        "actors[0].from.names.ru",
        "no item of names",
    ),
}


@pytest.mark.parametrize("case", _FAULTS)
def test_a_fault_is_told_with_file_and_field(tmp_path: Path, case: str) -> None:
    documents, where, reason = _FAULTS[case]
    _, faults = read_actors(_write(tmp_path, *documents))
    assert faults
    first = faults[0]
    assert first.file.endswith("companies.yaml")
    assert first.field == where
    assert reason in first.reason
    with pytest.raises(DamagedDataError, match=r"companies\.yaml"):
        load_actors(tmp_path)


def test_what_is_sound_is_no_fault(tmp_path: Path) -> None:
    network = [{"asn": "3356", "role": "network"}]
    actors = _loaded(
        tmp_path,
        _actor("acme", asns=network, domains=["acme.com"], jurisdictions=["NO", "EU"]),
        _actor("bolt", asns=network, domains=["acme.com"], parent="acme"),
        _actor("firms", unnamed="true", kind="unknown"),
    )
    assert actors["acme"].jurisdictions == ("NO", "EU")
    assert actors["firms"].is_unnamed
    assert [one.id for one in named_by_network(actors, 3356)] == ["bolt", "acme"]
    assert [one.id for one in named_by_domain(actors, "WWW.acme.com.")] == ["bolt", "acme"]
    assert named_by_domain(actors, "notacme.com") == ()


def test_duplicates_are_seen_across_files(tmp_path: Path) -> None:
    _write(tmp_path, _actor("acme"))
    _write(tmp_path, _actor("acme"), name="states.yaml")
    _, faults = read_actors(tmp_path)
    assert [(Path(one.file).name, one.reason) for one in faults] == [
        ("states.yaml", "acme stands in companies.yaml already")
    ]
    assert faults[0].line == 2


def test_no_file_is_a_fault(tmp_path: Path) -> None:
    assert read_actors(tmp_path)[1][0].reason == "no file of actors"


def test_an_unnamed_party_is_found_by_no_name(tmp_path: Path) -> None:
    actors = _loaded(tmp_path, _actor("acme"), _actor("firms", unnamed="true"))
    assert known_as(actors, "FIRMS") is None
    assert known_as(actors, "  aCME ") is actors["acme"]


@pytest.mark.parametrize(
    ("since", "day", "held"),
    [
        ("2021-07-21", date(2021, 7, 20), False),
        ("2021-07-21", date(2021, 7, 21), True),
        ("2021-07", date(2021, 7, 30), False),
        ("2021", date(2021, 6, 1), False),
        ("2021", date(2022, 1, 1), True),
        (None, date(1990, 1, 1), True),
    ],
)
def test_an_act_before_the_purchase_is_not_the_parents(
    tmp_path: Path, since: str | None, day: date, held: bool
) -> None:
    more = {"parent_since": since} if since else {}
    actors = _loaded(tmp_path, _actor("acme", parent="bolt", **more), _actor("bolt"))
    assert (parent_on(actors, actors["acme"], day) is not None) is held
    assert parent_on(actors, actors["bolt"], day) is None


def test_the_shipped_actors_are_sound() -> None:
    actors, faults = read_actors()
    assert faults == []
    assert len(actors) >= 300
    assert load_actors() == actors


def test_the_shipped_actors_are_found_by_every_name() -> None:
    actors = load_actors()
    for text, wanted in (
        ("Роскомнадзор", "roskomnadzor"),
        ("Steam", "valve"),
        ("نپال", None),
        ("Facebook", "meta"),
        ("नेपाल सरकार", "government-of-nepal"),
        ("Starlink", "spacex"),
    ):
        found = known_as(actors, text)
        assert (found.id if found else None) == wanted, text


def test_the_siblings_of_lumen_are_its_networks() -> None:
    actors = load_actors()
    for asn in (3356, 3549, 209):
        assert [one.id for one in named_by_network(actors, asn)] == ["lumen"]


def test_slack_was_not_salesforces_in_2018() -> None:
    actors = load_actors()
    assert parent_on(actors, actors["slack"], date(2018, 12, 19)) is None
    assert parent_on(actors, actors["slack"], date(2022, 3, 16)) is actors["salesforce"]


def test_parties_of_many_are_unnamed() -> None:
    actors = load_actors()
    for actor in actors.values():
        is_class = actor.id.startswith(("unnamed-", "operators-")) or actor.id.endswith("-unnamed")
        assert actor.is_unnamed or not is_class, actor.id
        assert not actor.is_unnamed or known_as(actors, actor.name) is not actor


def test_every_basis_is_a_record_that_ships() -> None:
    records = load_ledger().records
    for actor in load_actors().values():
        for where, basis in bases_of(actor):
            assert basis in records, f"{actor.id}: {where}: {basis}"


def test_every_party_of_a_record_is_an_actor() -> None:
    actors = load_actors()
    for record in load_ledger().records.values():
        parties = record.parties
        roles = (parties.decider, parties.executor, parties.upstream, parties.informant)
        for party in (one for role in roles for one in role):
            assert party.actor in actors, f"{record.id}: {party.actor}"
