"""Texts, charsets, limits and the order of what was found."""

from pathlib import Path

import pytest

from whocut.model.taxonomy import Strength
from whocut.reference.fingerprint_automaton import Automaton, Expression, byte_expression
from whocut.reference.fingerprint_literals import required_literals, starting_literals
from whocut.reference.fingerprint_text import normalise, read_page
from whocut.reference.fingerprints import FingerprintSet, Meaning, leading_match

COUNTRY = "This page is not available in your country."


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> FingerprintSet:
    return FingerprintSet.load((), cache_dir=tmp_path_factory.mktemp("cache"))


def meanings(
    shipped: FingerprintSet, body: str | bytes, status: int | None = 200, content_type: str = ""
) -> set[str]:
    headers = (("content-type", content_type),) if content_type else ()
    raw = body.encode() if isinstance(body, str) else body
    return {match.meaning.value for match in shipped.match_response(status, headers, raw)}


@pytest.mark.parametrize(
    "body",
    [
        COUNTRY,
        COUNTRY.upper(),
        "<p>This page is not <b>avail</b>able\n   in&nbsp;your <i>country</i></p>",
        "<p>This page isn&rsquo;t available in your country</p>",
        "<p>This page isn\u2019t available in your country</p>",
        "<script>var x='</p>'</script><p>This page is not<br>available in your country",
        '{"error":{"message":"This page is not available in your country"}}',
        '["This page is not available in your country"]',
        COUNTRY.encode("utf-16").decode("latin-1").encode("latin-1"),
        "<html><head><title>" + COUNTRY + "</title></head></html>",
    ],
)
def test_one_refusal_in_many_writings(shipped: FingerprintSet, body: str | bytes) -> None:
    assert "geo_explicit" in meanings(shipped, body)


@pytest.mark.parametrize(
    "body",
    [
        f"<script>var t='{COUNTRY}'</script><p>Welcome</p>",
        f"<!-- {COUNTRY} --><p>Welcome</p>",
        f"<style>/* {COUNTRY} */</style><p>Welcome</p>",
        f"<template>{COUNTRY}</template><p>Welcome</p>",
        f"<select><option>{COUNTRY}</select><p>Welcome</p>",
        f"<p title='{COUNTRY}'>Welcome</p>",
        "<p>Is it not available in your country?</p>",
        "<p>Some films may not be available in your country.</p>",
        "<p>Delivery is not available in your area.</p>",
        "<p>Not everything is allowed. Choose your country.</p>",
        '{"not available in your country": 1}',
    ],
)
def test_what_is_no_refusal(shipped: FingerprintSet, body: str) -> None:
    assert "geo_explicit" not in meanings(shipped, body)


@pytest.mark.parametrize(
    ("charset", "declared", "text"),
    [
        ("windows-1251", True, "Сайт недоступен в вашей стране"),
        ("windows-1251", False, "Сайт недоступен в вашей стране"),
        ("koi8-r", True, "Сайт недоступен в вашей стране"),
        ("utf-8", False, "Сайт недоступен в вашей стране"),
        ("utf-8", False, "Сервіс недоступний у вашій країні"),  # noqa: RUF001
        ("windows-1256", True, "هذا المحتوى غير متاح في بلدك"),
        ("windows-1256", False, "هذا المحتوى غير متاح في بلدك"),
        ("gb18030", True, "您所在的国家或地区不支持此服务"),
        ("gb18030", False, "您所在的国家或地区不支持此服务"),
        ("iso-8859-1", True, "Este contenido no está disponible en su país"),
        ("utf-8", False, "این سرویس در کشور شما در دسترس نیست"),
        ("utf-8", False, "این سرويس در كشور شما در دسترس نيست"),
    ],
)
def test_charsets(shipped: FingerprintSet, charset: str, declared: bool, text: str) -> None:
    body = f"<html><body><p>{text}</p></body></html>".encode(charset)
    content_type = f"text/html; charset={charset}" if declared else "text/html"
    assert "geo_explicit" in meanings(shipped, body, 403, content_type)
    if declared:
        in_meta = f'<meta charset="{charset}"><p>{text}</p>'.encode(charset)
        assert "geo_explicit" in meanings(shipped, in_meta, 403)


def test_a_wrong_charset_does_not_hide_the_text(shipped: FingerprintSet) -> None:
    body = "<p>Сайт недоступен в вашей стране</p>".encode("windows-1251")
    assert "geo_explicit" in meanings(shipped, body, 403, "text/html; charset=utf-8")
    assert "geo_explicit" in meanings(shipped, body, 403, "text/html; charset=no-such")


@pytest.mark.parametrize(
    "content_type", ["image/png", "application/javascript", "text/css", "application/octet-stream"]
)
def test_what_is_no_text_is_not_read(shipped: FingerprintSet, content_type: str) -> None:
    assert not meanings(shipped, COUNTRY, 200, content_type)
    page = f"<html><p>{COUNTRY}</p></html>"
    assert "geo_explicit" in meanings(shipped, page, 200, content_type)


def test_length_and_place_of_a_refusal(shipped: FingerprintSet) -> None:
    filler = "<p>" + "Words of an article about many things. " * 60 + "</p>"
    late = f"<html>{filler}<p>{COUNTRY}</p></html>"
    long = f"<html><p>{COUNTRY}</p>{filler}{filler}</html>"
    early = f"<html><p>{COUNTRY}</p>{filler[:900]}</html>"
    assert "geo_explicit" in meanings(shipped, early, 200)
    assert "geo_explicit" not in meanings(shipped, late, 200)
    assert "geo_explicit" not in meanings(shipped, long, 200)
    assert "geo_explicit" in meanings(shipped, late, 403)
    assert "geo_explicit" in meanings(shipped, long, 403)


def test_noscript_counts_only_where_the_answer_fails(shipped: FingerprintSet) -> None:
    body = "<html><noscript>JavaScript is required.</noscript><div id=app></div></html>"
    assert "bot_challenge" not in meanings(shipped, body, 200)
    assert "bot_challenge" in meanings(shipped, body, 403)
    assert "bot_challenge" in meanings(shipped, body, None)


def test_statuses_and_sizes_limit_a_fingerprint(shipped: FingerprintSet) -> None:
    frame = '<iframe src="/_Incapsula_Resource?CWUDNSAI=9"></iframe>'
    assert "refusal_vague" in meanings(shipped, frame, 403)
    assert "refusal_vague" not in meanings(shipped, frame + "<p>x</p>" * 2000, 200)
    google = "Your client does not have permission to get URL /"
    assert "cloud_refusal" in meanings(shipped, google, 403)
    assert "cloud_refusal" not in meanings(shipped, google, 404)


def test_a_challenge_is_never_a_geoblock(shipped: FingerprintSet) -> None:
    headers = (("cf-mitigated", "challenge"),)
    body = f"<html><title>Just a moment...</title><p>{COUNTRY}</p>".encode()
    matches = shipped.match_response(403, headers, body)
    leading = leading_match(matches)
    assert leading is not None
    assert leading.meaning is Meaning.BOT_CHALLENGE
    assert all(match.meaning is not Meaning.GEO_EXPLICIT for match in matches)


def test_the_order_is_that_of_leading(shipped: FingerprintSet) -> None:
    body = b"Your IP address is blocked. Reason: your location (NO) has been blocked."
    matches = shipped.match_response(403, (), body)
    assert matches[0] == leading_match(reversed(matches))
    assert matches[0].meaning is Meaning.GEO_EXPLICIT
    assert Meaning.REPUTATION_BLOCK in {match.meaning for match in matches}
    assert leading_match(()) is None


def test_nothing_to_match(shipped: FingerprintSet) -> None:
    assert shipped.match_response(None, (), None) == ()
    assert shipped.match_response(200, (), b"") == ()
    assert shipped.match_dns((), ()) == ()


def test_identity(shipped: FingerprintSet, tmp_path: Path) -> None:
    again = FingerprintSet.load((), cache_dir=tmp_path)
    assert again.digest == shipped.digest
    assert len(again) == len(shipped.by_id)
    kept = sorted(path.name for path in (tmp_path / "automata").iterdir())
    assert kept
    for path in (tmp_path / "automata").iterdir():
        path.write_bytes(path.read_bytes()[:100])
    healed = FingerprintSet.load((), cache_dir=tmp_path)
    assert "geo_explicit" in meanings(healed, COUNTRY)
    assert sorted(path.name for path in (tmp_path / "automata").iterdir()) == kept


def test_strength_is_bounded_by_where_it_was_seen(shipped: FingerprintSet) -> None:
    for fingerprint in shipped.by_id.values():
        if fingerprint.seen in ("lab", "own_knowledge"):
            assert fingerprint.strength is Strength.C, fingerprint.id


@pytest.mark.parametrize(
    ("pattern", "charset", "text", "expected"),
    [
        ("cafés?", "utf-8", "café".encode(), True),
        ("é+x", "utf-8", "ééx".encode(), True),
        ("é+x", "windows-1252", "ééx".encode("windows-1252"), True),
        ("a[bc]d", "utf-8", b"acd", True),
        ("a\\[é", "utf-8", "a[é".encode(), True),
    ],
)
def test_patterns_over_bytes(pattern: str, charset: str, text: bytes, expected: bool) -> None:
    automaton = Automaton([Expression(key=1, pattern=byte_expression(pattern, charset))])
    assert (1 in automaton.scan(text)) == expected


def test_a_class_of_long_characters_is_refused() -> None:
    with pytest.raises(ValueError, match="class"):
        byte_expression("[éa]")


def test_a_prefilter_is_confirmed() -> None:
    expression = Expression(key=5, pattern=rb"(a+)x(?=\1)b?", is_prefilter=True)
    automaton = Automaton([expression])
    assert automaton.scan(b"aaxaa") == {5: 3}
    assert automaton.scan(b"aaxbb") == {}


@pytest.mark.parametrize(
    ("pattern", "needs"),
    [
        ("abc", ({"abc"},)),
        ("ab(?:cde|fgh)?ij", ({"ab"}, {"ij"})),
        ("(?:abc|de|f)", ()),
        ("(?:abc|defg) (?:x|y)yy", ({"abc", "defg"},)),
        ("[ab]+", ()),
        (r"\bnot (?:\w+ ){0,2}open", ({"\0not "}, {"open"})),
        (r"x?\b(?:abc|de f)\b", ({"\0abc", "\0de f"},)),
        (r"(?:\bab|cd)+", ({"\0ab", "cd"},)),
    ],
)
def test_needs_of_a_pattern(pattern: str, needs: tuple[set[str], ...]) -> None:
    found = required_literals(pattern)
    assert all(any(need <= one for one in found) or need in found for need in map(set, needs))
    assert bool(found) == bool(needs)


@pytest.mark.parametrize(
    ("pattern", "starts"),
    [
        (r"\bnot (?:x|y)", {"not "}),
        (r"(?:the )?(?:abc|de)f", {"the ", "abc", "de"}),
        (r"^(?:a|b)+c", {"a", "b"}),
        (r"[ab]c", {"a", "b"}),
        (r"[^a]c", None),
        (r"x*", None),
        (r"(?:a|\d)b", None),
    ],
)
def test_starts_of_a_pattern(pattern: str, starts: set[str] | None) -> None:
    assert starting_literals(pattern) == starts


def test_normalised_text() -> None:
    assert normalise("  It\u2019s\u00a0\u201cÜnlü\u201d\n Ёж ") == 'it\'s "ünlü" еж'
    assert normalise("كُلّ يوم") == normalise("کل یوم")


def test_reading_is_bounded() -> None:
    page = read_page(b"<p>" + b"word " * 2_000_000, None, longest=100)
    assert page is not None
    assert page.is_cut
    assert len(page.text) <= 101
