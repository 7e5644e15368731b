"""Count records by what they tell, each grade by itself: there is no figure over all grades."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from whocut.ledger.grade import grade_of_record
from whocut.ledger.load import convert
from whocut.ledger.record import CutRecord
from whocut.ledger.vocabulary import Action, Grade, Sector
from whocut.model.errors import InputError
from whocut.model.shipped import shipped_path

if TYPE_CHECKING:
    from whocut.ledger.actors import Actor

__all__ = [
    "AXES",
    "ByGrade",
    "StatementLine",
    "count_by",
    "count_grades",
    "is_of_line",
    "load_statement",
]


class ByGrade(Struct, frozen=True):
    """A count for each grade; they are never added up."""

    documented: int = 0
    excerpt: int = 0
    lead: int = 0


class StatementLine(Struct, frozen=True, forbid_unknown_fields=True):
    """One group of services that the statement names, and what of the ledger belongs to it."""

    id: str
    words: str
    """The statement's own words."""
    sectors: tuple[Sector, ...] = ()
    actions: tuple[Action, ...] = ()
    note: str = ""


def count_grades(records: Iterable[CutRecord]) -> ByGrade:
    """Count records of each grade."""
    return ByGrade(**_tally(records))


def count_by(
    axis: str, records: Sequence[CutRecord], actors: Mapping[str, "Actor"]
) -> dict[str, ByGrade]:
    """Count records by the values of one axis, by grade; the value most often documented first.

    A record with several values, as of places, stands under each of them.
    """
    values = AXES[axis]
    found: dict[str, list[CutRecord]] = {}
    for record in records:
        for value in dict.fromkeys(values(record, actors)):
            found.setdefault(value, []).append(record)
    counted = {value: count_grades(group) for value, group in found.items()}

    def order(value: str) -> tuple[int, int, int, str]:
        count = counted[value]
        return -count.documented, -count.excerpt, -count.lead, value

    return {value: counted[value] for value in sorted(counted, key=order)}


def load_statement(path: Path | None = None) -> tuple[StatementLine, ...]:
    """Load what the statement of March 2022 names.

    Raises: InputError, which names file and field, for a line that cannot be read.
    """
    import tomllib

    path = path or shipped_path("taxonomy", "statement.toml")
    try:
        document = tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(str(error), source=str(path)) from error
    return convert(document.get("line"), tuple[StatementLine, ...], str(path))


def is_of_line(record: CutRecord, line: StatementLine) -> bool:
    """Tell whether a record belongs to a line: by its sector, or by its action."""
    return record.sector.value in line.sectors or record.action.value in line.actions


def _tally(records: Iterable[CutRecord]) -> dict[str, int]:
    tally = {grade.value: 0 for grade in Grade}
    for record in records:
        tally[grade_of_record(record).value] += 1
    return tally


_Values = Callable[[CutRecord, Mapping[str, "Actor"]], Iterable[str]]


def _countries(record: CutRecord, _: Mapping[str, "Actor"]) -> Iterable[str]:
    return (place.partition("-")[0] for place in record.population.places)


def _subdivisions(record: CutRecord, _: Mapping[str, "Actor"]) -> Iterable[str]:
    return (place for place in record.population.places if "-" in place)


def _actor_kinds(record: CutRecord, actors: Mapping[str, "Actor"]) -> Iterable[str]:
    deciders = (actors.get(one.actor) for one in record.parties.decider)
    return ("unknown" if one is None else one.kind.value for one in deciders)


def _grounds(record: CutRecord, _: Mapping[str, "Actor"]) -> Iterable[str]:
    return (one.category.value for one in record.grounds) if record.grounds else ("none_told",)


AXES: Final[Mapping[str, _Values]] = {
    "country": _countries,
    "subdivision": _subdivisions,
    "sector": lambda record, _: (record.sector.value.value,),
    "layer": lambda record, _: (record.layer.value.value,),
    "action": lambda record, _: (record.action.value.value,),
    "ground": _grounds,
    "kind": lambda record, _: (record.kind.value,),
    "actor_kind": _actor_kinds,
    "attribution": lambda record, _: (record.attribution.status.value,),
}
"""By what is counted; a country holds its subdivisions, which stand by themselves too."""
