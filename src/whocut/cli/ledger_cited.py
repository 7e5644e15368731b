"""The sources behind a value, as numbers, with how well they witness it."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from whocut.cli.ledger_wording import plain
from whocut.ledger.export.values import cited_sources, witnessed_values
from whocut.ledger.filters import actor_name
from whocut.ledger.grade import grade_of_value
from whocut.ledger.load import Ledger
from whocut.ledger.record import OWN, CutRecord, Note, Source, Stated, Witnessed
from whocut.ledger.vocabulary import ReadLevel

if TYPE_CHECKING:
    from whocut.ledger.actors import Actor

__all__ = ["VALUE_COLUMNS", "Cited", "cited", "source_line", "value_rows"]

VALUE_COLUMNS: Final = ("field", "value", "sources", "carried_by", "grade", "note")
_READ: Final[Mapping[ReadLevel, str]] = {
    ReadLevel.FULL: "read in full",
    ReadLevel.EXCERPT: "read in an excerpt",
    ReadLevel.LINKED: "seen as a link, not read",
    ReadLevel.REPOSITORY: "read in its repository",
    ReadLevel.OWN: "own knowledge",
}


class Cited(Struct, frozen=True):
    """A record with its sources in numbers."""

    ledger: Ledger
    actors: Mapping[str, "Actor"]
    record: CutRecord
    sources: Mapping[str, Source]
    """By key, in the order of their numbers."""
    numbers: Mapping[str, int]

    def mark(self, value: Witnessed) -> str:
        """Give the numbers of the sources of a value, and its grade, in brackets."""
        grade = grade_of_value(self.ledger, self.record, value)
        said = _ranges([self.numbers[key] for key in value.from_ if key in self.numbers])
        if not said and value.among:
            several = _ranges([self.numbers[key] for key in value.among if key in self.numbers])
            said = several if len(value.among) == 1 else f"one of {several}"
        return f"[{said or 'no source'}; {grade}]"

    def name(self, actor: str) -> str:
        """Give the name of an actor."""
        return actor_name(self.actors, actor)


def cited(ledger: Ledger, actors: Mapping[str, "Actor"], record: CutRecord) -> Cited:
    """Number the sources of a record: its own, then those it shares; own knowledge comes last."""
    sources = cited_sources(ledger, record)
    keys = sorted(sources, key=lambda key: key == OWN)
    ordered = {key: sources[key] for key in keys}
    numbers = {key: number for number, key in enumerate(keys, 1)}
    return Cited(ledger, actors, record, ordered, numbers)


def source_line(source: Source) -> str:
    """Describe a source in one line: what, by whom, how much of it was read, where it stands."""
    if source.read is ReadLevel.OWN:
        return f"{source.title} ({source.publisher})."
    day = f", {source.date}" if source.date else ", undated"
    lang = f", in {source.lang}" if source.lang else ""
    about = "; gives the context, and does not count for the event" * (source.carries == "context")
    return (
        f"{source.title} ({source.publisher}{day}{lang}): {plain(source.stance)}, "
        f"{_READ[source.read]}; words of the group {source.group}{about}."
    )


def value_rows(one: Cited) -> list[dict[str, Any]]:
    """List every value of a record with its sources and grade, for programs."""
    return [
        {
            "field": path,
            "value": _text(value),
            "sources": list(value.from_ or value.among),
            "carried_by": "each" if value.from_ else "at_least_one",
            "grade": grade_of_value(one.ledger, one.record, value).value,
            "note": value.note,
        }
        for path, value in witnessed_values(one.record)
    ]


def _text(value: Witnessed) -> str:
    """Give what a value says as text: its own fields, without its sources."""
    if isinstance(value, Stated):
        return str(value.value)
    if isinstance(value, Note):
        return value.text
    skipped = {*Witnessed.__struct_fields__, "hypotheses"}
    shown = {name: getattr(value, name) for name in value.__struct_fields__ if name not in skipped}
    told = {name: each for name, each in shown.items() if each not in (None, ())}
    if len(told) == 1:
        return _plain(next(iter(told.values())))
    return "; ".join(f"{name}: {_plain(each)}" for name, each in told.items())


def _plain(value: object) -> str:
    return " ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _ranges(numbers: Sequence[int]) -> str:
    """Write numbers with runs of three and more as ranges: 1, 2, 4-7."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    shown = (f"{run[0]}-{run[-1]}" if len(run) > 2 else ", ".join(map(str, run)) for run in runs)
    return ", ".join(shown)
