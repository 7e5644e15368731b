"""Others' lists are read from files; a row that cannot be taken is named and the rest goes on."""

from pathlib import Path

import pytest

from whocut.model.errors import InputError
from whocut.reference.fingerprint_catalog import Catalog, load_catalog
from whocut.reference.fingerprint_import import (
    import_censoredplanet_json,
    import_ooni_dns_csv,
    import_ooni_http_csv,
    import_path,
)
from whocut.reference.fingerprint_wording import Veto
from whocut.reference.fingerprints import Fingerprint, FingerprintSet, Meaning, RejectedRow, Scope

HEAD = (
    "name,scope,other_names,location_found,pattern_type,pattern,"
    "confidence_no_fp,expected_countries,source,exp_url,notes\n"
)
HTTP = HEAD + "".join(
    (
        "t.full,nat,,header.X-Blocked-By,full,The Filter,5,XA,s,,\n",
        "t.prefix,isp,,header.location,prefix,http://block.example/,5,XA,s,,\n",
        "t.contains,prod,,header.Server,contains,FilterBox,5,,s,,\n",
        "t.regexp,inst,,header.via,regexp,^1\\.1 filter[0-9]+,5,,s,,\n",
        't.body,nat,,body,contains,"<h1>Blocked, friend</h1>",5,"XA,XB",s,,\n',
        "t.bodyfull,nat,,body,full,BLOCKED,5,ZZ,s,,\n",
        "t.bodyprefix,isp,,body,prefix,<html><!--b-->,5,,s,,\n",
        "t.bodyregexp,isp,,body,regexp,Category: .* denied,5,,s,,\n",
        "t.vague,vbw,,body,contains,Страница заблокирована,5,,s,,\n",
        "t.fp,fp,,body,contains,It works,5,,s,,\n",
    )
)


def loaded(path: Path) -> FingerprintSet:
    """Compile the rows of one list alone: the shipped fingerprints have tests of their own."""
    taken, rejected = rows_of(path)
    alone = Catalog((), (), Veto(), load_catalog().limits)
    return FingerprintSet(alone, taken, rejected)


def rows_of(path: Path) -> tuple[list[Fingerprint], list[RejectedRow]]:
    taken: list[Fingerprint] = []
    rejected: list[RejectedRow] = []
    for row in import_path(path):
        if isinstance(row, RejectedRow):
            rejected.append(row)
        else:
            taken.append(row)
    return taken, rejected


@pytest.fixture
def http_list(tmp_path: Path) -> Path:
    path = tmp_path / "fingerprints_http.csv"
    path.write_text(HTTP, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("headers", "body", "expected"),
    [
        ((("x-blocked-by", "The Filter"),), b"", "t.full"),
        ((("server", "x"), ("location", "http://block.example/?u=1")), b"", "t.prefix"),
        ((("server", "nginx FilterBox 3"),), b"", "t.contains"),
        ((("via", "1.1 filter42 (x)"),), b"", "t.regexp"),
        ((), b"<html><h1>Blocked, friend</h1></html>", "t.body"),
        ((), b"BLOCKED", "t.bodyfull"),
        ((), b"<html><!--b-->x", "t.bodyprefix"),
        ((), b"x Category: arms\nand so on denied", "t.bodyregexp"),
        ((), "<p>Страница заблокирована".encode(), "t.vague"),
        ((), "<p>Страница заблокирована".encode("windows-1251"), "t.vague"),
        ((), b"<h1>It works!", "t.fp"),
    ],
)
def test_every_kind_of_ooni_row_matches(
    http_list: Path, headers: tuple[tuple[str, str], ...], body: bytes, expected: str
) -> None:
    fingerprints = loaded(http_list)
    found = {match.id for match in fingerprints.match_response(200, headers, body)}
    assert expected in found


@pytest.mark.parametrize(
    ("headers", "body", "unexpected"),
    [
        ((("x-blocked-by", "The Filter of old"),), b"", "t.full"),
        ((("x-other", "The Filter"),), b"", "t.full"),
        ((("location", "see http://block.example/"),), b"", "t.prefix"),
        ((("refresh", "http://block.example/"),), b"", "t.prefix"),
        ((("x-server", "FilterBox"),), b"", "t.contains"),
        ((("server", "filterbox"),), b"", "t.contains"),
        ((), b"BLOCKED.", "t.bodyfull"),
        ((), b" <html><!--b-->x", "t.bodyprefix"),
        ((("server", "It works"),), b"", "t.fp"),
    ],
)
def test_ooni_rows_match_no_more_than_they_say(
    http_list: Path, headers: tuple[tuple[str, str], ...], body: bytes, unexpected: str
) -> None:
    fingerprints = loaded(http_list)
    found = {match.id for match in fingerprints.match_response(200, headers, body)}
    assert unexpected not in found


def test_scopes_and_countries_are_kept(http_list: Path) -> None:
    taken = {row.id: row for row in import_ooni_http_csv(http_list) if isinstance(row, Fingerprint)}
    assert len(taken) == 10
    assert (taken["t.full"].scope, taken["t.prefix"].scope) == (Scope.STATE, Scope.ISP)
    assert taken["t.body"].expected_countries == ("XA", "XB")
    assert taken["t.bodyfull"].expected_countries == ()
    assert taken["t.fp"].meaning is Meaning.FALSE_POSITIVE
    assert taken["t.vague"].scope is Scope.UNKNOWN
    assert taken["t.vague"].strength == "C"


def test_bad_rows_are_named_and_the_rest_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(
        HEAD.encode()
        + b"a,zzz,,body,contains,x,5,,s,,\n"
        + b"b,nat,,trailer,contains,x,5,,s,,\n"
        + b"c,nat,,body,near,x,5,,s,,\n"
        + b"d,nat,,body,regexp,(,5,,s,,\n"
        + b"e,nat,,body,regexp,x*,5,,s,,\n"
        + b"f,nat,,body,contains,,5,,s,,\n"
        + b"g,nat,,body,contains,x,5,Narnia,s,,\n"
        + b"h,nat,,body\n"
        + b"i,nat,,body,contains,\xff\xfe,5,,s,,\n"
        + b"good,nat,,body,contains,x,5,,s,,\n"
    )
    taken, rejected = rows_of(path)
    assert [row.id for row in taken] == ["good"]
    assert [row.line for row in rejected] == list(range(2, 11))
    for row, part in zip(
        rejected,
        (
            "scope",
            "location",
            "pattern_type",
            "no regular",
            "everything",
            "empty",
            "country",
            "fields",
            "UTF-8",
        ),
        strict=True,
    ):
        assert part in row.reason
        assert row.source == str(path)


def test_dns_rows_match_addresses_and_names(tmp_path: Path) -> None:
    path = tmp_path / "fingerprints_dns.csv"
    path.write_text(
        HEAD
        + "d.ip,nat,,dns,full,192.0.2.7,5,XA,s,,\n"
        + "d.ip6,nat,,dns,full,2001:db8::7,5,XA,s,,\n"
        + "d.name,isp,,dns,full,block.example,5,XA,s,,\n"
        + "d.bad,isp,,body,full,block.example,5,XA,s,,\n",
        encoding="utf-8",
    )
    rejected = [row for row in import_ooni_dns_csv(path) if isinstance(row, RejectedRow)]
    assert [row.row for row in rejected] == ["d.bad"]
    fingerprints = loaded(path)
    assert [m.id for m in fingerprints.match_dns(("192.0.2.7",), ())] == ["d.ip"]
    assert [m.id for m in fingerprints.match_dns(("2001:0DB8:0::7",), ())] == ["d.ip6"]
    assert [m.id for m in fingerprints.match_dns((), ("Block.Example.",))] == ["d.name"]
    assert fingerprints.match_dns(("192.0.2.8",), ("example.org",)) == ()
    assert fingerprints.match_response(200, (), b"192.0.2.7 block.example") == ()


def test_censored_planet_signatures(tmp_path: Path) -> None:
    path = tmp_path / "blockpage_signatures.json"
    path.write_text(
        '{"fingerprint":"b_nat_xa_one","pattern":"www\\\\.block\\\\.example\\\\/\\\\?a=1"}\n'
        '{"fingerprint":"c_isp_xb_two","pattern":"Server: FilterBox"}\n'
        '{"fingerprint":"e_unk_three","pattern":"URL .* denied"}\n'
        "\n"
        '{"fingerprint":"broken"}\n'
        '{"fingerprint":"open","pattern":"("}\n'
        "not json\n",
        encoding="utf-8",
    )
    rows = list(import_censoredplanet_json(path))
    taken = [row for row in rows if isinstance(row, Fingerprint)]
    rejected = [row for row in rows if isinstance(row, RejectedRow)]
    assert [row.id for row in taken] == [
        "censoredplanet.b_nat_xa_one",
        "censoredplanet.c_isp_xb_two",
        "censoredplanet.e_unk_three",
    ]
    assert (taken[0].scope, taken[0].expected_countries) == (Scope.STATE, ("XA",))
    assert taken[0].pattern == "www.block.example/?a=1"
    assert [row.line for row in rejected] == [5, 6, 7]
    fingerprints = loaded(path)
    body = b"<a href='http://www.block.example/?a=1'>"
    assert [m.id for m in fingerprints.match_response(200, (), body)] == [taken[0].id]
    headers = (("server", "FilterBox"),)
    assert [m.id for m in fingerprints.match_response(200, headers, None)] == [taken[1].id]
    located = (("location", "http://www.block.example/?a=1"),)
    assert [m.id for m in fingerprints.match_response(302, located, b"")] == [taken[0].id]


def test_false_positive_file_is_told_by_its_name(tmp_path: Path) -> None:
    path = tmp_path / "false_positive_signatures.json"
    path.write_text('{"fingerprint":"x_a","pattern":"It works"}\n', encoding="utf-8")
    (row,) = import_censoredplanet_json(path)
    assert isinstance(row, Fingerprint)
    assert row.meaning is Meaning.FALSE_POSITIVE


def test_one_name_for_several_patterns_keeps_them_all(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    row = "n,isp,,body,contains,{},5,,s,,\n"
    path.write_text(HEAD + row.format("one") + row.format("two") + row.format("two"))
    fingerprints = loaded(path)
    assert {match.id for match in fingerprints.match_response(200, (), b"two")} == {"n#2"}
    assert len(fingerprints.rejected) == 1


def test_a_folder_and_the_cache_are_imported(
    http_list: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = tmp_path / "cache" / "fingerprints"
    folder.mkdir(parents=True)
    (folder / "a.csv").write_text(HTTP, encoding="utf-8")
    (folder / "read.me").write_text("not a list", encoding="utf-8")
    monkeypatch.setenv("WHOCUT_CACHE", str(tmp_path / "cache"))
    assert "t.full" in FingerprintSet.load().by_id
    assert "t.full" not in FingerprintSet.load(()).by_id
    assert "t.full" in FingerprintSet.load([folder]).by_id


@pytest.mark.parametrize("content", ["", "a,b\n1,2\n", "{}\n", "\x00\x01"])
def test_an_unknown_file_is_a_clear_error(tmp_path: Path, content: str) -> None:
    path = tmp_path / "x.csv"
    path.write_text(content)
    with pytest.raises(InputError, match=r"x\.csv"):
        FingerprintSet.load([path])
    with pytest.raises(InputError, match="missing"):
        FingerprintSet.load([tmp_path / "missing.csv"])


@pytest.mark.shared
def test_the_real_lists_are_taken_whole(shared_dir: Path) -> None:
    folder = shared_dir / "access" / "fingerprints"
    counts = {}
    for name in ("ooni_fingerprints_http.csv", "ooni_fingerprints_dns.csv"):
        taken, rejected = rows_of(folder / name)
        counts[name] = (len(taken), len(rejected))
    for name in ("cp_blockpage_signatures.json", "cp_false_positive_signatures.json"):
        taken, rejected = rows_of(folder / name)
        counts[name] = (len(taken), len(rejected))
    assert counts == {
        "ooni_fingerprints_http.csv": (1729, 0),
        "ooni_fingerprints_dns.csv": (226, 0),
        "cp_blockpage_signatures.json": (622, 0),
        "cp_false_positive_signatures.json": (460, 0),
    }
