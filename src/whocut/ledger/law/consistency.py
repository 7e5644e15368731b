"""Check the tables of the law against each other: every reference must lead somewhere."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from whocut.ledger.law.law import Law
from whocut.ledger.law.places import ANYWHERE, EVERYBODY, is_place
from whocut.ledger.law.rules import Clause
from whocut.model.errors import DamagedDataError

__all__ = ["check_law"]

_RULES: Final = "rules.yaml"
_EXEMPTIONS: Final = "exemptions.yaml"


def check_law(law: Law, directory: Path) -> None:
    """Refuse a reference to what does not exist, and what stands twice.

    Raises: DamagedDataError naming the file and the field.
    """
    marks = {mark for service in law.services for mark in service.marks}
    for file, owner, field, kind, values in _references(law):
        known: Iterable[str] = {
            "provision": law.versions,
            "rule": {rule.id for rule in law.rules},
            "service": marks,
            "named": law.named_by_id,
            "holder": {holder.id for holder in law.holders},
        }[kind]
        for value in values:
            if value not in known:
                raise DamagedDataError(
                    f"{owner}: no such {kind}: {value}", source=str(directory / file), field=field
                )
    for rule in law.rules:
        for place in rule.places:
            if place not in {ANYWHERE, EVERYBODY} and not is_place(place):
                raise DamagedDataError(
                    f"{rule.id}: not a place: {place}",
                    source=str(directory / _RULES),
                    field="places",
                )
    for name, ids in (
        (_RULES, [rule.id for rule in law.rules]),
        ("services.yaml", [one.id for one in law.services]),
        ("named.yaml", [one.id for one in law.named]),
    ):
        twice = next((one for one in ids if ids.count(one) > 1), None)
        if twice:
            raise DamagedDataError(
                f"{twice} stands twice", source=str(directory / name), field="id"
            )


_Reference = tuple[str, str, str, str, tuple[str, ...]]


def _references(law: Law) -> Iterator[_Reference]:
    for rule in law.rules:
        yield _RULES, rule.id, "provisions", "provision", rule.provisions
        for field in ("services", "but_not", "doubtful_services", "delivery_of"):
            yield _RULES, rule.id, field, "service", getattr(rule, field)
        yield _RULES, rule.id, "repeals", "rule", rule.repeals
        if rule.same_list_as:
            yield _RULES, rule.id, "same_list_as", "rule", (rule.same_list_as,)
    for one in law.exemptions:
        yield _EXEMPTIONS, one.provision, "provision", "provision", (one.provision,)
        yield _EXEMPTIONS, one.provision, "of", "rule", one.of
        if one.holder:
            yield _EXEMPTIONS, one.provision, "holder", "holder", (one.holder,)
        outside = tuple(name for group in one.not_for_named for name in group.names)
        names = (*one.only_named, *outside, *one.doubtful_for_named)
        yield _EXEMPTIONS, one.provision, "named", "named", names
        clauses: tuple[Clause, ...] = (*one.excludes, *one.covers)
        for clause in clauses:
            yield _EXEMPTIONS, one.provision, "services", "service", clause.services
            yield _EXEMPTIONS, one.provision, "named", "named", clause.named
    for named in law.named:
        rules = tuple(listing.rule for listing in named.listed)
        yield "named.yaml", named.id, "listed", "rule", rules
    for kind in law.kinds_of_named:
        yield "named.yaml", kind.kind, "service", "service", (kind.service,)
    groups = (law.beside_states, law.beside_companies, law.views, law.guidance)
    for beside in (entry for group in groups for entry in group):
        yield "beside.yaml", beside.provision, "provision", "provision", (beside.provision,)
        yield "beside.yaml", beside.provision, "on", "provision", beside.on
        yield "beside.yaml", beside.provision, "services", "service", beside.services
