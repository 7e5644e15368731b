"""Rules on texts and addresses: no verdicts, nobody's private data, no address that misleads."""

import hashlib
import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from whocut.ledger.check.judgement import load_judgement
from whocut.ledger.check.rule import Hit, Rule, RuleOfAll, Subject
from whocut.ledger.load import Ledger
from whocut.ledger.record import Source

__all__ = ["RULES", "RULES_OF_ALL"]

_SHARED: Final = "sources.yaml"
_MAIL: Final = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
# With a country code, or as written in Russia and in North America; a date or a prefix is none.
_PHONE: Final = re.compile(
    r"(?<![\w+])\+\d[\d ().-]{7,}\d"
    r"|\b8[ (-]{1,2}\d{3}[) -]{1,2}\d{3}[ -]\d{2}[ -]\d{2}\b"
    r"|\(\d{3}\) ?\d{3}-\d{4}\b"
    r"|(?<![\w.,])00[1-9]\d{0,2}[ ()-]\d[\d ().-]{6,}\d"
)
_HIDDEN_MAIL: Final = re.compile(r"[\w.+-]+ ?[\[({] ?at ?[\])}] ?[\w-]+ ?[\[({.]", re.IGNORECASE)
_MARKUP: Final = re.compile(r"<[a-z/!?]|\]\(|\b(?:javascript|data|vbscript):\S", re.IGNORECASE)
_UNSEEN: Final = frozenset({"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"})
"""Controls, directions, private and unassigned characters: nobody sees them as they are."""
_JOINERS: Final = frozenset("\u200c\u200d")
"""Letters of Persian, Sinhala and others are written with these between them."""
_HOST: Final = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]")
_CREDENTIALS: Final = re.compile(r"//[^/?#]*@")
_SENTENCE: Final = re.compile(r"(?<=[.;!?])\s+")
# Others' words, or words that stand for a claim of somebody who is named.
_NOT_OURS: Final = re.compile(
    r".*\b(?:url|title|publisher|group|actor|claimant|by|to|id)"
    r"|grounds\[\d+\]\.text|attribution\.hypotheses\[\d+\]\.claim|replies\[\d+\]\..*"
    r"|.*population\.organisations\[\d+\]"
)


def _verdict(subject: Subject) -> Iterator[Hit]:
    for field, text in subject.texts:
        yield from _verdict_words(field, text)


def _verdict_words(field: str, text: str) -> Iterator[Hit]:
    words, excused = _verdict_patterns()
    if not words.search(text) or _NOT_OURS.fullmatch(field):
        return
    for sentence in _SENTENCE.split(text):
        if (found := words.search(sentence)) and not excused.search(sentence):
            yield field, f"{found[0]!r} judges; tell what was done, or which court found so"


@cache
def _verdict_patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Give what judges, and what in a sentence shows that a court did."""
    table = load_judgement().verdict
    bodies, findings = "|".join(table.bodies), "|".join(table.findings)
    words = rf"\b(?:{'|'.join(table.words)})\b(?!\s+(?:{'|'.join(table.names)})\b)"
    excused = rf"\b(?:{findings})\b.*\b(?:{bodies})\b|\b(?:{bodies})\b.*\b(?:{findings})\b"
    return re.compile(words, re.IGNORECASE), re.compile(excused, re.IGNORECASE)


def _private(subject: Subject) -> Iterator[Hit]:
    for field, text in subject.texts:
        yield from _private_data(field, text)


def _private_data(field: str, text: str) -> Iterator[Hit]:
    is_address = field.endswith(".url")
    # A user name before the host is told by the rule on addresses.
    looked_at = _CREDENTIALS.sub("//", text) if is_address else text
    if ("@" in looked_at and _MAIL.search(looked_at)) or _HIDDEN_MAIL.search(text):
        yield field, "an e-mail address: nobody's contact data stand in the ledger"
    if not is_address and _PHONE.search(text):
        yield field, "a telephone number: nobody's contact data stand in the ledger"


def _loaded(subject: Subject) -> Iterator[Hit]:
    words = _loaded_pattern()
    for field, text in subject.texts:
        if not _NOT_OURS.fullmatch(field) and (found := words.search(text)):
            yield field, f"{found[0]!r} takes a side; give it to who says it, or tell what was done"


@cache
def _loaded_pattern() -> re.Pattern[str]:
    table = load_judgement().loaded
    before = "".join(rf"(?<!\b{re.escape(one)} )" for one in table.plain)
    words = "|".join(re.escape(one) for one in sorted(table.words, key=len, reverse=True))
    return re.compile(rf"{before}\b(?:{words})\b", re.IGNORECASE)


def _unseen(subject: Subject) -> Iterator[Hit]:
    for field, text in subject.texts:
        yield from _unseen_characters(field, text)


def _unseen_characters(field: str, text: str) -> Iterator[Hit]:
    if text.isascii() and text.isprintable():
        return
    for place, char in enumerate(text):
        if unicodedata.category(char) not in _UNSEEN:
            continue
        around = text[max(place - 1, 0) : place] + text[place + 1 : place + 2]
        if char in _JOINERS and len(around) == 2 and not around.isascii():
            continue
        yield field, f"U+{ord(char):04X} at {place}: a character that is not seen"
        return


def _markup(subject: Subject) -> Iterator[Hit]:
    for field, text in subject.texts:
        if not field.endswith(".url") and (found := _MARKUP.search(text)):
            yield field, f"{found[0]!r} is markup: a text is plain"


def _blank(subject: Subject) -> Iterator[Hit]:
    for field, text in subject.texts:
        if not text.strip():
            yield field, "blank: leave the field out where nothing is known"


def _address(subject: Subject) -> Iterator[Hit]:
    for key, source in subject.record.sources.items():
        yield from _address_faults(f"sources.{key}.url", source)


def _address_faults(field: str, source: Source) -> Iterator[Hit]:
    if source.url is None:
        return
    try:
        parts = urlsplit(source.url)
        host, has_port = parts.hostname or "", parts.port is not None
    except ValueError as error:
        yield field, f"no address: {error}"
        return
    if "@" in parts.netloc:
        yield field, "the address holds a user name or a password"
    if has_port or not _HOST.fullmatch(host) or host.rpartition(".")[2] in _special_names():
        yield field, f"{parts.netloc!r} is no public web server, in A-labels"
    if _is_registry(host):
        yield field, "a registry of software packages is no source on a cut-off"


def _special_names() -> frozenset[str]:
    return load_judgement().url.special


def _is_registry(host: str) -> bool:
    known = load_judgement().url.registries
    labels = host.split(".")
    above = (".".join(labels[start:]) for start in range(len(labels) - 1))
    return any(hashlib.sha256(name.encode()).hexdigest() in known for name in above)


def _tracking(subject: Subject) -> Iterator[Hit]:
    for key, source in subject.record.sources.items():
        yield from _tracking_parts(f"sources.{key}.url", source)


def _tracking_parts(field: str, source: Source) -> Iterator[Hit]:
    prefixes = load_judgement().url.tracking
    query = (source.url or "").partition("?")[2].partition("#")[0]
    names = (name for name, _ in parse_qsl(query, keep_blank_values=True))
    found = [name for name in names if name.startswith(prefixes)]
    if found:
        yield field, f"the address tells who followed a link ({', '.join(found)}): leave that out"


def _shared(ledger: Ledger) -> Iterator[tuple[str, str, str]]:
    for key, source in ledger.shared_sources.items():
        yield from ((_SHARED, *hit) for hit in _address_faults(f"{key}.url", source))
        for name in ("title", "publisher", "note"):
            text = getattr(source, name) or "-"
            yield from ((_SHARED, *hit) for hit in _unseen_characters(f"{key}.{name}", text))
            yield from ((_SHARED, *hit) for hit in _private_data(f"{key}.{name}", text))
            yield from ((_SHARED, *hit) for hit in _verdict_words(f"{key}.{name}", text))


RULES: Final = (
    Rule(
        "ledger.check.text.verdict",
        "Our own prose judges nobody; a court's finding is told as the court's.",
        _verdict,
    ),
    Rule(
        "ledger.check.text.private",
        "No text holds an e-mail address or a telephone number.",
        _private,
    ),
    Rule("ledger.check.text.blank", "No text is blank.", _blank),
    Rule("ledger.check.text.unseen", "No text holds a character that nobody sees.", _unseen),
    Rule("ledger.check.text.markup", "No text holds markup.", _markup),
    Rule(
        "ledger.check.text.loaded",
        "Our own prose takes no side.",
        _loaded,
        is_warning=True,
    ),
    Rule(
        "ledger.check.url.form",
        "An address is of a public web server, without user name, and of no package registry.",
        _address,
    ),
    Rule(
        "ledger.check.url.tracking",
        "An address tells the page and not who followed a link.",
        _tracking,
        is_warning=True,
    ),
)
RULES_OF_ALL: Final = (
    RuleOfAll("ledger.check.text.shared", "Texts of shared sources keep the same rules.", _shared),
)
