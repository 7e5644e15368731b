"""What a reader would see of a response: visible text, title and headings, normalised for matching.

Patterns for wording are written against this text: lower-case, one space between words, straight
quotes, one form of the Arabic letters that have two. Only the first characters are read, because
a page that refuses says so early and says little else.
"""

import codecs
import html
import re
import unicodedata
from collections.abc import Iterator
from itertools import islice

import msgspec
from msgspec import Struct

__all__ = ["PageText", "normalise", "read_page"]

# All of these are searched in lower-cased bytes: without IGNORECASE the search is far faster.
_HIDDEN = re.compile(rb"<(script|style|svg|template|select|!--)")
_HIDDEN_OR_NOSCRIPT = re.compile(rb"<(script|style|svg|template|select|noscript|!--)")
_INLINE_TAG = re.compile(rb"</?(?:a|b|i|u|em|strong|span|font|small|mark|code|wbr)(?:\s[^<>]*)?>")
_TAG = re.compile(rb"<[^<>]*>")
_HEADING = re.compile(rb"<(title|h1|h2)[^<>]*>(.{0,300}?)</\1", re.DOTALL)
_UNFINISHED_TAG = re.compile(rb"<[a-z/!][^<>]*\Z")
_META_CHARSET = re.compile(
    rb"""<meta[^<>]{0,200}?charset\s*=\s*["']?([\w-]{2,20})""", re.IGNORECASE
)
_HEADER_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w-]{2,20})", re.IGNORECASE)
_UNREADABLE_TYPES = re.compile(
    r"\s*(?:image|audio|video|font)/"
    r"|\s*(?:text|application)/(?:x-)?(?:javascript|ecmascript|css|octet-stream|dns-message|pdf"
    r"|zip|gzip|wasm|protobuf|grpc)"
)
_MARKUP_START = re.compile(rb"[\s\xef\xbb\xbf]*[<{\[]")

_UNDECLARED = ("windows-1251", "windows-1256", "gb18030")
"""Tried side by side where a page declares no charset and is not UTF-8."""
_LARGEST_DAMAGE = 0.02
"""Provisional: share of undecodable characters up to which a charset counts as the right one."""
_HEADINGS_READ = 4
_JSON_START = re.compile(rb"\s*[{\[]")
_LARGEST_JSON = 1 << 16
_HEADINGS_WITHIN = 1 << 16
_WINDOW = 1 << 13
"""Bytes of markup cleaned at a time, so that a page with much to read is left early."""

_SEAM_BEFORE = re.compile(
    r"(?<=[a-z0-9])(?=(?:your (?:country|region|location|ip|browser|access|request|area)"
    r"|you (?:are|have)|access (?:denied|from|to|is|has)|we (?:are|do|have|cannot|can't)|we're "
    r"|please |sorry[,!. ]|this (?:site|website|page|service|content|video|process)"
    r"|the (?:site|website|page|service)|visitors |users (?:from|in)|not available|verify(?:ing)? "
    r"|country blocked|checking |are you |ddos |javascript |press (?:and|&) |due to "
    r"|just a moment|our (?:site|website|service)|region |country |location )\b)"
)
_SEAM_AFTER = re.compile(
    r"(?<= )(?:country|region(?!al)|location|territory|jurisdiction|area|blocked|denied|forbidden"
    r"|restricted|banned|supported|available|allowed|robot(?!ic)|human(?!it)|browser|captcha"
    r"|javascript|required|outside|pa[ií]s|regi[oó]n(?!al)|ubicaci[oó]n|states|kingdom|countries"
    r"|regulations)(?=[a-z]{3})"
)
"""Where a page reaches us without its tags, words of two elements may have run together."""

_FOLDED = str.maketrans(
    {
        "\u2018": "'",
        "\u2019": "'",
        "\u02bc": "'",
        "\u201c": '"',
        "\u201d": '"',
        "\u2013": "-",
        "\u2014": "-",
        "\u2011": "-",
        "\u200b": None,
        "\u200c": " ",  # Persian writers put a zero-width non-joiner where others put a space
        "\u200d": None,
        "\u200e": None,
        "\u200f": None,
        "\u00ad": None,
        "\ufeff": None,
        "\u0640": None,  # tatweel only stretches a line
        "\u064a": "\u06cc",  # Arabic yeh and kaf, written for the Persian ones and back
        "\u0649": "\u06cc",
        "\u0643": "\u06a9",
        "\u0623": "\u0627",  # hamza on alef is often left out
        "\u0625": "\u0627",
        "\u0622": "\u0627",
        "\u0629": "\u0647",
        "\u0451": "\u0435",  # yo is often written ye
        "\u0307": None,  # left over from lower-casing a Turkish capital I with dot
    }
)
_ARABIC_MARKS = re.compile("[\u064b-\u0652]")


class PageText(Struct, frozen=True, gc=False):
    """Visible text and headings of one response, normalised.

    Units: ``is_cut`` says that the page holds more visible text than was read.
    """

    text: str
    headings: str
    """Title and first headings, one a line."""
    is_cut: bool


def normalise(text: str) -> str:
    """Fold case, white space, quotes and spelling variants that a reader does not tell apart."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", text).lower().translate(_FOLDED)
        text = _ARABIC_MARKS.sub("", text)
        return " ".join(text.split())
    return " ".join(text.lower().split())


def read_page(
    body: bytes, content_type: str | None, *, longest: int, with_noscript: bool = True
) -> PageText | None:
    """Read the visible text of a response body, at most about ``longest`` characters of it.

    What browsers without scripts are shown is left out without ``with_noscript``: applications
    that answer well ask there for scripts to be enabled.
    Returns None where the body is no text for people (an image, a script, a style sheet).
    """
    if _is_unreadable(body, content_type):
        return None
    body = _from_utf16(body)
    said = _from_json(body)
    if said is not None:
        text = normalise(said)
        return PageText(text[: longest + 1], "", len(text) > longest)
    if b"<" not in body:
        return _read_plain(body, _charsets(body, content_type), longest)
    hiding = _HIDDEN if with_noscript else _HIDDEN_OR_NOSCRIPT
    readings = [
        _read_utf8(_to_utf8(body, charset), hiding, longest)
        for charset in _charsets(body, content_type)
    ]
    if len(readings) == 1:
        return readings[0]
    return PageText(
        text=" \n ".join(reading.text for reading in readings),
        headings="\n".join(reading.headings for reading in readings),
        is_cut=readings[0].is_cut,
    )


def _read_plain(body: bytes, charsets: tuple[str, ...], longest: int) -> PageText:
    """Read text without tags, and part words that have run together."""
    head = body[: 8 * longest]
    texts = [_to_text(_to_utf8(head, charset))[: longest + 1] for charset in charsets]
    is_cut = len(body) > len(head) or len(texts[0]) > longest
    mended = _SEAM_AFTER.sub(r"\g<0> ", _SEAM_BEFORE.sub(" ", texts[0]))
    return PageText(" \n ".join([mended, *texts[1:]]), "", is_cut)


def _read_utf8(body: bytes, hiding: re.Pattern[bytes], longest: int) -> PageText:
    lower = body.lower()
    shown: list[bytes] = []
    pieces: list[bytes] = []
    size = 0
    is_cut = False
    # A character takes up to four bytes, and white space goes: read some more than is kept.
    for markup in _visible_markup(lower, hiding):
        shown.append(markup)
        piece = _without_tags(markup)
        pieces.append(piece)
        size += len(piece) - piece.count(b"  ") - piece.count(b"\n")
        if size > 4 * longest:
            is_cut = True
            break
    text = _to_text(b"".join(pieces))
    headings = _HEADING.finditer(b"".join(shown), 0, _HEADINGS_WITHIN)
    return PageText(
        text=text[: longest + 1],
        headings="\n".join(
            _to_text(_TAG.sub(b" ", heading.group(2)))
            for heading in islice(headings, _HEADINGS_READ)
        ),
        is_cut=is_cut or len(text) > longest,
    )


def _from_json(body: bytes) -> str | None:
    """Join what the strings of a JSON document say; its keys and numbers say nothing."""
    if len(body) > _LARGEST_JSON or not _JSON_START.match(body):
        return None
    try:
        return " . ".join(_strings(msgspec.json.decode(body)))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _strings(document: object) -> Iterator[str]:
    if isinstance(document, str):
        yield document
    elif isinstance(document, dict):
        for value in document.values():
            yield from _strings(value)
    elif isinstance(document, list):
        for value in document:
            yield from _strings(value)


def _is_unreadable(body: bytes, content_type: str | None) -> bool:
    if not content_type or not _UNREADABLE_TYPES.match(content_type.lower()):
        return False
    return not _MARKUP_START.match(body)


def _visible_markup(lower: bytes, hiding: re.Pattern[bytes]) -> Iterator[bytes]:
    """Cut scripts, styles, comments, drawings and pick lists out."""
    position = 0
    while True:
        hidden = hiding.search(lower, position)
        end = len(lower) if hidden is None else hidden.start()
        while position < end:
            stop = end if end - position <= _WINDOW else _window_end(lower, position, end)
            yield lower[position:stop]
            position = stop
        if hidden is None:
            return
        name = hidden.group(1)
        closing = b"-->" if name == b"!--" else b"</" + name
        found = lower.find(closing, hidden.end())
        if found < 0:
            return
        if name == b"!--":
            position = found + len(closing)
        else:
            after = lower.find(b">", found)
            position = len(lower) if after < 0 else after + 1
        yield b" "


def _window_end(lower: bytes, start: int, end: int) -> int:
    """Find where a tag begins, so that no window cuts one."""
    found = lower.find(b"<", start + _WINDOW, end)
    return end if found < 0 else found


def _without_tags(markup: bytes) -> bytes:
    if b"<" not in markup:
        return markup
    return _UNFINISHED_TAG.sub(b" ", _TAG.sub(b" ", _INLINE_TAG.sub(b"", markup)))


def _from_utf16(body: bytes) -> bytes:
    if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return body.decode("utf-16", "replace").encode()
    return body


def _charsets(body: bytes, content_type: str | None) -> tuple[str, ...]:
    """Decide which charsets to read a body in: the declared one where it fits, else candidates."""
    if body.isascii() or _fits(body, "utf-8"):
        return ("utf-8",)
    declared = _declared(body, content_type)
    if declared is not None and declared != "utf-8" and _fits(body, declared):
        return (declared,)
    return _UNDECLARED


def _declared(body: bytes, content_type: str | None) -> str | None:
    in_header = _HEADER_CHARSET.search(content_type) if content_type else None
    in_meta = _META_CHARSET.search(body, 0, 4096)
    if in_header is not None:
        name = in_header.group(1)
    elif in_meta is not None:
        name = in_meta.group(1).decode("ascii", "replace")
    else:
        return None
    try:
        found = codecs.lookup(name)
    except LookupError:
        return None
    if not getattr(found, "_is_text_encoding", True) or found.name.startswith("utf-7"):
        return None
    return "gb18030" if found.name in ("gb2312", "gbk") else found.name


def _fits(body: bytes, charset: str) -> bool:
    try:
        body.decode(charset)
    except UnicodeError:
        sample = body[:65536].decode(charset, "replace")
        beyond_ascii = sum(not character.isascii() for character in sample)
        return sample.count("\ufffd") <= _LARGEST_DAMAGE * max(beyond_ascii, 1) + 1
    return True


def _to_utf8(body: bytes, charset: str) -> bytes:
    return body if charset == "utf-8" else body.decode(charset, "replace").encode()


def _to_text(raw: bytes) -> str:
    text = raw.decode("utf-8", "replace")
    if "&" in text:
        text = html.unescape(text)
    return normalise(text)
