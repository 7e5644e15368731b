"""JSON-LD ClaimReview (schema.org): who claims what, and how well that is witnessed.

Every review rates the witness of a claim, never its truth: there is no ``ratingValue``, and the
words of the rating are the grade and how it is known who decided. A record gives one review of the
event and one of each ground and each account of who did it, all at the page of the record.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from msgspec import Struct

from whocut.ledger.actors import Actor
from whocut.ledger.export.rows import record_path
from whocut.ledger.filters import actor_name
from whocut.ledger.grade import grade_of_record, grade_of_value
from whocut.ledger.load import Ledger
from whocut.ledger.record import CutRecord, Ground, Source, Witnessed
from whocut.ledger.sentences import sentence_of
from whocut.ledger.vocabulary import AttributionStatus, Grade, GroundCategory, ReadLevel

__all__ = ["claim_reviews", "claim_reviews_of", "script_safe"]

_CONTEXT: Final = "https://schema.org"
_EXPLANATION: Final = (
    "The rating says how well this claim is witnessed by sources read, not whether it is true."
)
# Within a page, < and > could end the script, & begin an entity for a parser of XML, and the two
# line ends end a string for old readers of JavaScript.
_UNSAFE: Final = re.compile("[<>&\u2028\u2029]")
# The dates that schema.org takes (ISO 8601); an interval or a doubtful date is left out.
_ISO_DATE: Final = re.compile(r"\d{4}(-\d{2}(-\d{2}(T\d{2}:\d{2}(:\d{2})?Z)?)?)?")
_HAS_SEASON: Final = re.compile(r"\d{4}-(1[3-9]|[2-9]\d)")
_NO_CLAIM: Final = frozenset({GroundCategory.UNKNOWN, GroundCategory.NONE_STATED})


class _Claim(Struct, frozen=True):
    fragment: str
    text: str
    claimants: tuple[str, ...]
    """Actors; none where the sources say it themselves."""
    on: str | None
    grade: Grade
    keys: tuple[str, ...]
    """Of the sources that carry it."""


def claim_reviews(
    ledger: Ledger, actors: Mapping[str, Actor], records: Iterable[CutRecord], *, base: str = ""
) -> str:
    """Write the reviews of all claims as one JSON-LD document, safe inside a script element."""
    ordered = sorted(records, key=lambda one: one.id)
    graph = [
        review for one in ordered for review in claim_reviews_of(ledger, actors, one, base=base)
    ]
    return script_safe({"@context": _CONTEXT, "@graph": graph}) + "\n"


def script_safe(document: object) -> str:
    """Write JSON in which nothing can end the script element around it."""
    text = json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True)
    return _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def claim_reviews_of(
    ledger: Ledger, actors: Mapping[str, Actor], record: CutRecord, *, base: str = ""
) -> list[dict[str, Any]]:
    """Give the reviews of one record: the event, then its grounds, then the accounts of who."""
    url = base + record_path(record.id)
    return [
        {
            "@type": "ClaimReview",
            "@id": f"{url}#{claim.fragment}",
            "url": url,
            "author": {"@type": "Organization", "name": "whocut"},
            "claimReviewed": claim.text,
            "itemReviewed": _item(ledger, actors, record, claim),
            "reviewRating": {
                "@type": "Rating",
                "alternateName": _rating(ledger, record, claim),
                "ratingExplanation": _EXPLANATION,
            },
            "reviewBody": _body(record),
            **_answers(actors, record),
        }
        for claim in _claims(ledger, actors, record)
    ]


def _claims(ledger: Ledger, actors: Mapping[str, Actor], record: CutRecord) -> Iterator[_Claim]:
    deciders = tuple(one.actor for one in record.parties.decider)
    # Only what a party admits is its own claim; else those who say it are the sources.
    is_admitted = record.attribution.status is AttributionStatus.ADMITTED
    announced = record.dates.announced
    yield _Claim(
        "event",
        sentence_of(ledger, actors, record),
        deciders if is_admitted else (),
        announced[0].on if announced and is_admitted else None,
        grade_of_record(record),
        tuple(key for key, one in record.sources.items() if one.carries == "event"),
    )
    for number, ground in enumerate(record.grounds, 1):
        if ground.category in _NO_CLAIM:
            continue
        yield _Claim(
            f"ground-{number}",
            _ground_text(actors, ground),
            () if ground.claimant == "sources" else (ground.claimant,),
            ground.on,
            grade_of_value(ledger, record, ground),
            _keys(ground),
        )
    for number, account in enumerate(record.attribution.hypotheses, 1):
        named = "nobody" if account.actor == "nobody" else actor_name(actors, account.actor)
        yield _Claim(
            f"account-{number}",
            f"{account.claim} (names: {named})",
            () if account.claimant == "sources" else (account.claimant,),
            None,
            grade_of_value(ledger, record, account),
            _keys(account),
        )


def _keys(value: Witnessed) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*value.from_, *value.among)))


def _ground_text(actors: Mapping[str, Actor], ground: Ground) -> str:
    if ground.claimant == "sources":
        return f"Ground as the sources have it, said by no party: {ground.text}"
    return f"Ground that {actor_name(actors, ground.claimant)} gave: {ground.text}"


def _rating(ledger: Ledger, record: CutRecord, claim: _Claim) -> str:
    """Say the grade of the claim, and apart from it how well it is known who decided."""
    retracted = "retracted; " if record.retracted else ""
    status = record.attribution.status.value.replace("_", " ")
    known = grade_of_value(ledger, record, record.attribution).value
    return f"{retracted}grade: {claim.grade.value}; attribution: {status} (grade: {known})"


def _item(
    ledger: Ledger, actors: Mapping[str, Actor], record: CutRecord, claim: _Claim
) -> dict[str, Any]:
    found = [ledger.source(record, key) for key in claim.keys]
    sources = [one for one in found if one is not None and one.read is not ReadLevel.OWN]
    authors = [
        {"@type": "Organization", "name": actor_name(actors, name)} for name in claim.claimants
    ] or [{"@type": "Organization", "name": name} for name in _publishers(sources)]
    item: dict[str, Any] = {"@type": "Claim", "text": claim.text}
    if authors:
        item["author"] = authors
    if (published := _iso(claim.on)) is not None:
        item["datePublished"] = published
    if sources:
        item["appearance"] = [_appearance(one) for one in sources]
    return item


def _publishers(sources: Iterable[Source]) -> list[str]:
    return list(dict.fromkeys(one.publisher for one in sources))


def _appearance(source: Source) -> dict[str, Any]:
    told = {
        "url": source.url,
        "datePublished": _iso(source.date),
        "inLanguage": source.lang,
    }
    return {
        "@type": "CreativeWork",
        "name": source.title,
        "publisher": {"@type": "Organization", "name": source.publisher},
        **{key: value for key, value in told.items() if value is not None},
    }


def _iso(text: str | None) -> str | None:
    if text is None or not _ISO_DATE.fullmatch(text) or _HAS_SEASON.match(text):
        return None
    return text


def _body(record: CutRecord) -> str:
    said = [f"Attribution: {record.attribution.status.value.replace('_', ' ')}."]
    said += [f"Conflict on {one.field}: {one.text}" for one in record.conflicts]
    if record.replies:
        said.append("The named party replied; see the comments.")
    if record.retracted is not None:
        said.append(f"Retracted on {record.retracted.on}: {record.retracted.reason}")
    return " ".join(said)


def _answers(actors: Mapping[str, Actor], record: CutRecord) -> dict[str, Any]:
    """Put replies and a retraction beside the claim."""
    answers: dict[str, Any] = {}
    if record.replies:
        answers["comment"] = [
            {
                "@type": "Comment",
                "author": {"@type": "Organization", "name": actor_name(actors, one.by)},
                "text": one.text,
                **({"dateCreated": day} if (day := _iso(one.received)) else {}),
            }
            for one in record.replies
        ]
    if record.retracted is not None:
        answers["creativeWorkStatus"] = "retracted"
        answers["correction"] = {
            "@type": "CorrectionComment",
            "text": record.retracted.reason,
            **({"dateCreated": day} if (day := _iso(record.retracted.on)) else {}),
        }
    return answers
