"""Rules on sources: every value has one, every source is named, and none counts for two."""

from collections.abc import Iterator
from typing import Final

import pycountry

from whocut.ledger.check.rule import Hit, Rule, RuleOfAll, Subject, keys_of, parts_of
from whocut.ledger.grade import grade_of_record, is_read
from whocut.ledger.load import Ledger
from whocut.ledger.record import OWN, CutRecord, Source
from whocut.ledger.vocabulary import Grade, ReadLevel, Stance

__all__ = ["RULES", "RULES_OF_ALL", "SHARED_FILE", "actors_of", "source_faults"]

SHARED_FILE: Final = "sources.yaml"


def _witness(subject: Subject) -> Iterator[Hit]:
    for field, value in subject.values:
        if not value.from_ and not value.among:
            yield field, "no source: name one in from, or in among; own is own knowledge"
        elif value.from_ and value.among:
            yield field, "from and among both: each source carries it, or one of them does"


def _alone(subject: Subject) -> Iterator[Hit]:
    for field, value in subject.values:
        if len(value.among) == 1:
            yield f"{field}.among", "one source alone: that is from, not among"


def _key(subject: Subject) -> Iterator[Hit]:
    record, ledger = subject.record, subject.ledger
    for field, value in subject.values:
        for part, keys in (("from", value.from_), ("among", value.among)):
            for number, key in enumerate(keys):
                if ledger.source(record, key) is None:
                    where = f"{field}.{part}[{number}]"
                    yield where, f"no source {key!r}, in the record or in {SHARED_FILE}"
        named = keys_of(value)
        for key in {one for one in named if named.count(one) > 1}:
            yield field, f"the source {key!r} is named twice"
    for key in record.sources:
        if key == OWN or key in ledger.shared_sources:
            yield f"sources.{key}", f"the key {key!r} is kept for a source outside the record"


def _unused(subject: Subject) -> Iterator[Hit]:
    for key, source in _unnamed(subject):
        if _counts(source):
            yield f"sources.{key}", "no value names this source, yet it raises the grade"


def _idle(subject: Subject) -> Iterator[Hit]:
    for key, source in _unnamed(subject):
        if not _counts(source):
            yield f"sources.{key}", "no value names this source"


def _unnamed(subject: Subject) -> Iterator[tuple[str, Source]]:
    used = subject.keys
    return ((key, one) for key, one in subject.record.sources.items() if key not in used)


def _counts(source: Source) -> bool:
    return source.carries == "event" and is_read(source)


def _twice(subject: Subject) -> Iterator[Hit]:
    first: dict[str, str] = {}
    for key, source in _used_sources(subject):
        if source.url is None:
            continue
        other = first.setdefault(_page(source.url), key)
        if other != key and key in subject.record.sources:
            yield f"sources.{key}.url", f"the page of source {other!r} again: it counts once"


def _page(url: str) -> str:
    """Name the page of an address: its scheme, a leading www and what stands after # are not it."""
    bare = url.partition("#")[0].partition("://")[2]
    host, slash, rest = bare.partition("/")
    return f"{host.lower().removeprefix('www.')}{slash}{rest}".rstrip("/")


def _groups(subject: Subject) -> Iterator[Hit]:
    first: dict[str, tuple[str, str]] = {}
    for key, source in subject.record.sources.items():
        other, group = first.setdefault(source.publisher.casefold(), (key, source.group))
        if group != source.group:
            yield (
                f"sources.{key}.group",
                f"{source.publisher} has group {group!r} in source {other!r}: two origins?",
            )


def _primary(subject: Subject) -> Iterator[Hit]:
    actors = actors_of(subject.record)
    for key, source in _used_sources(subject):
        if source.stance is Stance.PRIMARY and source.group not in actors:
            own = key in subject.record.sources
            yield (
                f"sources.{key}.group" if own else "sources",
                f"source {key!r} is primary, yet its group {source.group!r} is no actor of the "
                "record: the word of a party alone is primary",
            )


def _confidence(subject: Subject) -> Iterator[Hit]:
    if subject.record.confidence == "high" and grade_of_record(subject.record) is Grade.LEAD:
        yield "confidence", "high, yet the sources make the record no more than a lead"


def _of_each_source(subject: Subject) -> Iterator[tuple[str, Source]]:
    for key, source in subject.record.sources.items():
        yield f"sources.{key}", source


def _read(subject: Subject) -> Iterator[Hit]:
    for field, source in _of_each_source(subject):
        yield from _read_faults(field, source)
        if source.read is ReadLevel.OWN:
            yield f"{field}.read", f"own knowledge is no source: let values name {OWN}"


def _language(subject: Subject) -> Iterator[Hit]:
    for field, source in _of_each_source(subject):
        yield from _language_faults(field, source)


def _read_faults(field: str, source: Source) -> Iterator[Hit]:
    if source.read is ReadLevel.FULL:
        yield f"{field}.read", "full: no page was read in full here; excerpt, linked or own"
    if source.read is ReadLevel.LINKED and source.url is None:
        yield f"{field}.read", "linked means that its address was read, and there is none"


def _language_faults(field: str, source: Source) -> Iterator[Hit]:
    code = source.lang
    if code is None:
        return
    kind = "alpha_2" if len(code) == 2 else "alpha_3"
    found = pycountry.languages.get(**{kind: code})
    if found is None:
        yield f"{field}.lang", f"no language has the code {code!r} in ISO 639"
    elif (short := getattr(found, "alpha_2", code)) != code:
        yield f"{field}.lang", f"{code!r} is {short!r}: the code of two letters, where there is one"


def source_faults(field: str, source: Source) -> Iterator[Hit]:
    """Find what is wrong with a source by itself."""
    yield from _read_faults(field, source)
    yield from _language_faults(field, source)


def _shared(ledger: Ledger) -> Iterator[tuple[str, str, str]]:
    for key, source in ledger.shared_sources.items():
        if key == OWN:
            yield SHARED_FILE, key, f"the key {OWN!r} is kept for own knowledge"
        for field, reason in source_faults(key, source):
            yield SHARED_FILE, field, reason


def _stances(ledger: Ledger) -> Iterator[tuple[str, str, str]]:
    first: dict[str, tuple[str, Stance]] = {}
    for name, record in ledger.records.items():
        path = ledger.files[name]
        for key, source in record.sources.items():
            other, stance = first.setdefault(source.publisher.casefold(), (name, source.stance))
            if stance is not source.stance and Stance.PRIMARY not in (stance, source.stance):
                reason = f"{source.publisher} is {stance} in {other}: one rule for each publisher"
                yield f"{path.parent.name}/{path.name}", f"sources.{key}.stance", reason


def _shared_unused(ledger: Ledger) -> Iterator[tuple[str, str, str]]:
    left = set(ledger.shared_sources)
    for record in ledger.records.values():
        if not left:
            return
        left.difference_update(*(keys_of(value) for _, value in parts_of(record)[0]))
    for key in left:
        yield SHARED_FILE, key, "no record names this source"


def _used_sources(subject: Subject) -> Iterator[tuple[str, Source]]:
    """Walk the record's own sources, then the shared ones that it names."""
    yield from subject.record.sources.items()
    for key in sorted(subject.keys - set(subject.record.sources) - {OWN}):
        if (source := subject.ledger.shared_sources.get(key)) is not None:
            yield key, source


def actors_of(record: CutRecord) -> set[str]:
    """Collect every actor that a record names, in any part."""
    parties = record.parties
    named = [*parties.decider, *parties.executor, *parties.upstream, *parties.informant]
    found = {one.actor for one in named}
    found |= {one.claimant for one in record.grounds}
    for one in record.attribution.hypotheses:
        found |= {one.actor, one.claimant}
    return found - {"sources", "nobody"}


RULES: Final = (
    Rule(
        "ledger.check.source.witness",
        "Every value names its sources in from or in among, never in both.",
        _witness,
    ),
    Rule(
        "ledger.check.source.key",
        "Every source that a value names exists, and is named once.",
        _key,
    ),
    Rule(
        "ledger.check.source.unused",
        "Every source that counts for the grade carries a value.",
        _unused,
    ),
    Rule(
        "ledger.check.source.idle",
        "Every source, a link or one on the context as well, carries a value.",
        _idle,
        is_warning=True,
    ),
    Rule("ledger.check.source.read", "No source claims to be read more than it was.", _read),
    Rule("ledger.check.source.language", "A language is one of ISO 639.", _language),
    Rule("ledger.check.source.twice", "One page stands in a record as one source.", _twice),
    Rule(
        "ledger.check.source.primary",
        "The group of a primary source is an actor of the record.",
        _primary,
    ),
    Rule(
        "ledger.check.source.alone",
        "What one source alone carries stands in from.",
        _alone,
        is_warning=True,
    ),
    Rule(
        "ledger.check.source.groups",
        "One publisher has one group in a record.",
        _groups,
        is_warning=True,
    ),
    Rule(
        "ledger.check.confidence",
        "High confidence needs more than a lead.",
        _confidence,
        is_warning=True,
    ),
)
RULES_OF_ALL: Final = (
    RuleOfAll("ledger.check.source.shared", "Shared sources keep the same rules.", _shared),
    RuleOfAll(
        "ledger.check.source.stance",
        "One publisher stands alike in every record, save where it is a party.",
        _stances,
        is_warning=True,
    ),
    RuleOfAll(
        "ledger.check.source.shared_unused",
        "Every shared source carries a value of some record.",
        _shared_unused,
        is_warning=True,
    ),
)
