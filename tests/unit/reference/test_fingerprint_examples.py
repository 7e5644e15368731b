"""Every shipped fingerprint has a page that it matches, and no other calls it a geoblock."""

import tomllib
from pathlib import Path

import pytest

from whocut.model.errors import DamagedDataError
from whocut.model.shipped import shipped_path
from whocut.reference.fingerprint_catalog import load_catalog
from whocut.reference.fingerprint_docs import render_page
from whocut.reference.fingerprints import Fingerprint, FingerprintSet, leading_match

PLACE = {"geo_explicit", "sanctions_explicit", "licence_explicit"}
EXAMPLES = tomllib.loads(
    (Path(__file__).parent / "fingerprint_examples.toml").read_text(encoding="utf-8")
)
FLAT = [(kind, name, text) for kind, table in EXAMPLES.items() for name, text in table.items()]


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> FingerprintSet:
    return FingerprintSet.load((), cache_dir=tmp_path_factory.mktemp("cache"))


def matches_of(shipped: FingerprintSet, kind: str, text: str) -> tuple[Fingerprint, ...]:
    match kind:
        case "header":
            name, _, value = text.partition(": ")
            return shipped.match_response(403, ((name, value),), b"")
        case "ip":
            return shipped.match_dns((text,), ())
        case "title":
            body = f"<html><head><title>{text}</title></head><body></body></html>"
        case "text":
            body = f"<html><body><div><p>{text}</p></div></body></html>"
        case _:
            body = text
    return shipped.match_response(403, (), body.encode())


@pytest.mark.parametrize(("kind", "name", "text"), FLAT, ids=[name for _, name, _ in FLAT])
def test_example_is_matched_and_only_places_are_geoblocks(
    shipped: FingerprintSet, kind: str, name: str, text: str
) -> None:
    matches = matches_of(shipped, kind, text)
    assert name in {match.id for match in matches}
    leading = leading_match(matches)
    assert leading is not None
    is_about_place = shipped.by_id[name].meaning in PLACE
    assert (leading.meaning in PLACE) == is_about_place, [match.id for match in matches]


def test_every_fingerprint_has_an_example(shipped: FingerprintSet) -> None:
    assert {name for _, name, _ in FLAT} == set(shipped.by_id)
    assert not shipped.rejected


ABOUT_PLACE = {f.id for f in load_catalog().fingerprints if f.meaning in PLACE}
WORDING = [(name, text) for kind, name, text in FLAT if kind == "text" and name in ABOUT_PLACE]


@pytest.mark.parametrize(("name", "text"), WORDING, ids=[name for name, _ in WORDING])
def test_refusal_is_found_behind_a_large_script(
    shipped: FingerprintSet, name: str, text: str
) -> None:
    """A page that answers 200 and is mostly script is read, as it holds few links."""
    script = "<script>var a=" + "[1,2,3]," * 3000 + "0;</script>"
    body = f"<html><head>{script}</head><body><p>{text}</p></body></html>".encode()
    matches = shipped.match_response(200, (), body)
    assert any(match.meaning in PLACE for match in matches), name


def test_shipped_data_follows_its_rules() -> None:
    assert load_catalog().fingerprints
    for path in shipped_path("fingerprints").glob("*.toml"):
        assert path.read_text(encoding="utf-8").endswith("\n"), path


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ('seen = "wild"\nstrength = "A"', None),
        ('seen = "own_knowledge"\nstrength = "A"', "at most C"),
        ('seen = "lab"\nstrength = "B"', "at most C"),
        ('seen = "wild"\nstrength = "A"\nmeaning = "wrong"', "meaning"),
        ('seen = "wild"\nstrength = "A"\nwhere = "Header.X"', "where"),
        ('seen = "wild"\nstrength = "A"\npattern = "("', "regular expression"),
        ('seen = "wild"\nstrength = "A"\npattern = "<<nothing>>"', "no such word"),
    ],
)
def test_broken_catalog_names_the_fingerprint(
    tmp_path: Path, change: str, reason: str | None
) -> None:
    lines = {
        "id": '"x.y"',
        "pattern": '"a"',
        "pattern_type": '"regexp"',
        "where": '"body"',
        "meaning": '"geo_explicit"',
        "actor_kind": '"company"',
        "scope": '"edge"',
        "provider": '""',
        "expected_countries": "[]",
        "source": '"s"',
        "note": '""',
    }
    for line in change.splitlines():
        key, _, value = line.partition(" = ")
        lines[key] = value
    table = "\n".join(f"{key} = {value}" for key, value in lines.items())
    (tmp_path / "x.toml").write_text(f"[[fingerprint]]\n{table}\n", encoding="utf-8")
    (tmp_path / "words.toml").write_text("[words]\n", encoding="utf-8")
    limits = shipped_path("fingerprints", "limits.toml").read_text(encoding="utf-8")
    (tmp_path / "limits.toml").write_text(limits, encoding="utf-8")
    if reason is None:
        assert load_catalog(tmp_path).fingerprints[0].id == "x.y"
        return
    with pytest.raises(DamagedDataError, match=reason) as caught:
        load_catalog(tmp_path)
    assert caught.value.field == "x.y"


def test_the_page_of_fingerprints_stands_as_generated(repo_dir: Path) -> None:
    page = (repo_dir / "docs" / "fingerprints.md").read_text(encoding="utf-8")
    assert page == render_page(load_catalog().fingerprints)
