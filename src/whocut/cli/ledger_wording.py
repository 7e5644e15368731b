"""Words of the ledger's screens: counts by grade, who is named and how surely, dates, places."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from whocut.cli.wording import count_of
from whocut.ledger.counts import ByGrade
from whocut.ledger.filters import Filters, actor_name, places_within
from whocut.ledger.load import Ledger
from whocut.ledger.moments import Moment, is_not_carried_out, leading_moment
from whocut.ledger.record import CutRecord
from whocut.ledger.sentences import Voice, action_words, voice_of
from whocut.ledger.vocabulary import DateKind, Kind

if TYPE_CHECKING:
    from whocut.ledger.actors import Actor

__all__ = [
    "GRADES_APART",
    "by_grade",
    "date_words",
    "few_of",
    "filter_words",
    "ground_words",
    "places_told_apart",
    "plain",
    "what_words",
    "who_is_named",
]

GRADES_APART: Final = (
    "documented: two independent sources read at least as excerpts, or one primary; excerpt: one "
    "source read as an excerpt; lead: a crowd list, an unread link or own knowledge. The three are "
    "not added up."
)
_SHOWN: Final = 3
_MEASURES: Final = {
    Kind.PARTIAL: ", in part",
    Kind.SERIES: ", more than once",
    Kind.RUMOUR: ", a rumour",
}
_MOMENTS: Final[Mapping[DateKind, str]] = {
    DateKind.ANNOUNCED: "announced",
    DateKind.EFFECTIVE: "",
    DateKind.FIRST_OBSERVED: "observed",
    DateKind.DISCLOSED: "disclosed",
    DateKind.ENDED: "ended",
}
"""What is said beside a date that stands for a record; nothing where it is when it took effect."""


def plain(value: str) -> str:
    """Give a value of a closed set as words."""
    return value.replace("_", " ")


def few_of(names: Sequence[str]) -> str:
    """Name the first few of some records and say how many more there are."""
    more = f" and {len(names) - _SHOWN} more" if names[_SHOWN:] else ""
    return ", ".join(names[:_SHOWN]) + more


def by_grade(counts: ByGrade) -> str:
    """Word a count of records, each grade by itself."""
    return f"{counts.documented:,} documented, {counts.excerpt:,} on one excerpt, " + count_of(
        counts.lead, "lead"
    )


def what_words(ledger: Ledger, record: CutRecord) -> str:
    """Name what was done: in part, more than once, as a rumour, as a plan, or as retracted."""
    words = action_words(ledger, record) + _MEASURES.get(record.kind, "")
    if is_not_carried_out(record):
        words += ", not carried out"
    return words + (", retracted" if record.retracted is not None else "")


def who_is_named(ledger: Ledger, actors: Mapping[str, "Actor"], record: CutRecord) -> str:
    """Name who decided, and say where that is not what the decider itself says."""
    names = ", ".join(actor_name(actors, one.actor) for one in record.parties.decider)
    match voice_of(ledger, record):
        case Voice.ANNOUNCED | Voice.REPORTED:
            return names
        case Voice.DISPUTED | Voice.OPEN as voice:
            accounts = dict.fromkeys(one.actor for one in record.attribution.hypotheses)
            named = [actor_name(actors, one) for one in accounts if one != "nobody"]
            return f"{voice}; accounts on {', '.join(named) or 'nobody'}"
        case Voice.MEASURED:
            return f"not shown; sources name {names}"
        case Voice.DENIED:
            return f"{names} (said by others, denied)"
        case Voice.SAID:
            return f"{names} (said by others)"


def date_words(record: CutRecord) -> str:
    """Give the date that stands for a record as it is told, with which moment it is."""
    leading: Moment | None = leading_moment(record)
    if leading is None:
        return "undated"
    name = _MOMENTS[leading.kind]
    about = {1: "~", 0: ""}[leading.when.is_qualified and leading.telling.on[-1] not in "~?%"]
    others = "" if len(getattr(record.dates, leading.kind.value)) == 1 else " +"
    return f"{about}{leading.telling.on}{others}" + (f" {name}" if name else "")


def ground_words(record: CutRecord) -> str:
    """Name the grounds that somebody claims."""
    return ", ".join(plain(one) for one in dict.fromkeys(g.category for g in record.grounds))


def places_told_apart(records: Sequence[CutRecord], country: str) -> str:
    """Say how many records name only a part of the country; empty where none does."""
    code = country.upper()
    parts: dict[str, list[CutRecord]] = {}
    for record in records:
        found = places_within(record, code)
        if code not in found:
            for place in found:
                parts.setdefault(place, []).append(record)
    if not parts:
        return ""
    listed = ", ".join(
        f"{place} in {count_of(len(parts[place]), 'row')}" for place in sorted(parts)
    )
    return f"Some name only a part of {code}: {listed}."


def filter_words(filters: Filters) -> str:
    """Say what was asked for, in the order of the options; empty where nothing was."""
    asked = {name: getattr(filters, name) for name in filters.__struct_fields__}
    return ", ".join(f"{plain(name)} {value}" for name, value in asked.items() if value is not None)
