"""Load ``data/instruments``: one file a family, every error with file and field."""

import re
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec
from msgspec import Struct

from whocut.ledger.document import read_document_file
from whocut.ledger.edtf import parse_edtf
from whocut.ledger.law.instrument import Basis, Family, Read, RetiredProvision, Version
from whocut.ledger.law.places import is_place
from whocut.model.errors import DamagedDataError, InputError

__all__ = ["RETIRED_FILE", "load_families", "load_retired", "read_file"]

RETIRED_FILE: Final = "retired.yaml"
_SLUG: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_PATH: Final = re.compile(r"at `\$\.?(.*?)`")
_T = TypeVar("_T")


class _Retired(Struct, frozen=True, forbid_unknown_fields=True):
    retired: tuple[RetiredProvision, ...]


def load_families(directory: Path) -> tuple[Family, ...]:
    """Load every family of a directory.

    Raises: DamagedDataError naming the file and the field that is wrong.
    """
    families: list[Family] = []
    for path in sorted(directory.glob("*.yaml")):
        if path.name == RETIRED_FILE:
            continue
        family = read_file(path, Family)
        _check_family(family, path)
        families.append(family)
    if not families:
        raise DamagedDataError("no instruments here", source=str(directory))
    _check_ids(families, load_retired(directory), directory)
    return tuple(families)


def load_retired(directory: Path) -> tuple[RetiredProvision, ...]:
    """Load the ids that are kept and answer nothing."""
    return read_file(directory / RETIRED_FILE, _Retired).retired


def read_file(path: Path, kind: type[_T]) -> _T:
    """Read one file into its struct.

    Raises: DamagedDataError naming the file and the field.
    """
    try:
        document: Any = read_document_file(path)
        return msgspec.convert(document, kind, strict=False)
    except msgspec.ValidationError as error:
        found = _PATH.search(str(error))
        field = found.group(1) if found else None
        raise DamagedDataError(str(error), source=str(path), field=field) from error
    except InputError as error:
        raise DamagedDataError(error.reason, source=str(path), field=error.field) from error


def _check_family(family: Family, path: Path) -> None:
    def wrong(reason: str, field: str) -> DamagedDataError:
        return DamagedDataError(reason, source=str(path), field=field)

    if path.stem != family.id:
        raise wrong(f"the file is named {path.name}, the family {family.id}", "id")
    for name, places in (("territory", family.territory), ("binds.of", family.binds.of)):
        for place in places:
            if not is_place(place):
                raise wrong(f"not a place of ISO 3166, nor EU: {place}", name)
    for number, version in enumerate(family.versions):
        at = f"versions[{number}]"
        if not _SLUG.fullmatch(version.id):
            raise wrong(f"not an id: {version.id}", f"{at}.id")
        for field, reason in _faults(version):
            raise wrong(reason, f"{at}.{field}")
    if not family.versions_overlap:
        _check_overlap(family, path)


def _faults(version: Version) -> Iterator[tuple[str, str]]:
    for name in ("from_", "to", "attested", "own_from", "own_to"):
        text = getattr(version, name)
        if text is None:
            continue
        try:
            parse_edtf(text)
        except ValueError as error:
            yield name.rstrip("_"), str(error)
            return
    days = [bound for bound in (version.from_, version.to) if bound is not None]
    if len(days) == 2 and parse_edtf(days[0]).earliest == parse_edtf(days[1]).earliest:
        yield "to", "ends on the day it begins"
    if version.begins is None:
        yield "from", "no first day: neither from, nor attested, nor own_from"
    if (version.source.read is Read.NONE) != (version.basis is Basis.OWN):
        yield "basis", "what was not read is own knowledge, and what was read is not"


def _check_overlap(family: Family, path: Path) -> None:
    for earlier, later in combinations(family.versions, 2):
        start = parse_edtf(later.begins or "").earliest
        end = earlier.ends and parse_edtf(earlier.ends).latest
        if start is not None and (end is None or end == "" or start < end):
            raise DamagedDataError(
                f"{earlier.id} and {later.id} overlap", source=str(path), field="versions"
            )


def _check_ids(
    families: list[Family], retired: tuple[RetiredProvision, ...], directory: Path
) -> None:
    known: set[str] = set()
    ids = [(version.id, f"{family.id}.yaml") for family in families for version in family.versions]
    for id_, where in (*ids, *((one.id, RETIRED_FILE) for one in retired)):
        if id_ in known:
            raise DamagedDataError(f"{id_} stands twice", source=str(directory / where), field="id")
        known.add(id_)
    ties = [
        (target, f"{family.id}.yaml", "supersedes")
        for family in families
        for version in family.versions
        for target in version.supersedes
    ]
    for target, where, field in (
        *ties,
        *((target, RETIRED_FILE, "see") for one in retired for target in one.see),
    ):
        if target not in known:
            raise DamagedDataError(
                f"no such provision: {target}", source=str(directory / where), field=field
            )
