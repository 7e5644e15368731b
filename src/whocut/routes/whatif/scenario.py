"""What stops in a what-if: small TOML files, or the words of a command, as one kind of record."""

import tomllib
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, Final

import msgspec
from msgspec import Struct

from whocut.model.errors import DamagedDataError, InputError, UsageError
from whocut.model.shipped import shipped_path

__all__ = [
    "HYPOTHETICAL",
    "MODE_WORDS",
    "Group",
    "Mode",
    "Scenario",
    "Step",
    "check_scenario",
    "is_country",
    "load_scenarios",
    "read_scenario",
    "shipped_scenario",
]

HYPOTHETICAL: Final = "hypothetical"
"""Source of a scenario that nobody carried out or announced."""


class Mode(StrEnum):
    """What an actor stops; four different acts."""

    STOP_CUSTOMERS = "stop_customers"
    CUT_LINKS = "cut_links"
    CARRY_NOTHING = "carry_nothing"
    CLOSE_BORDER = "close_border"


MODE_WORDS: Final[dict[Mode, tuple[str, str]]] = {
    Mode.STOP_CUSTOMERS: (
        "stop customers",
        "they end their sales to networks of the country; their peerings with them stay, and they "
        "still carry the country's traffic for others",
    ),
    Mode.CUT_LINKS: (
        "cut all links",
        "they end every direct link with networks of the country: sales, purchases and peerings; "
        "they still carry the country's traffic for others",
    ),
    Mode.CARRY_NOTHING: (
        "carry nothing",
        "they carry no traffic of the country for anyone, and exchange none with it; their own "
        "addresses, and those of customers who have no other way, count as lost",
    ),
    Mode.CLOSE_BORDER: (
        "close the border",
        "the country's own networks end their links with foreign networks, save through the "
        "gateways named",
    ),
}
"""Name and meaning of each mode, as every screen and file tells them."""


class Group(StrEnum):
    """Actors that are told by their place, not by name."""

    CLIQUE = "clique"
    """The networks at the top that buy from nobody, as the topology's source lists them."""
    FOREIGN_PROVIDERS = "foreign_providers"
    """Every foreign network that sells to a network of the country."""
    FOREIGN_NEIGHBOURS = "foreign_neighbours"
    """Every foreign network with a link to a network of the country."""


class Step(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One act; the steps of a scenario add up in their order."""

    title: str
    mode: Mode
    asns: tuple[int, ...] = ()
    organisations: tuple[int, ...] = ()
    """Each by one of its AS numbers: all networks of its holder."""
    jurisdictions: tuple[str, ...] = ()
    """Each by its ISO 3166 code: all networks registered there."""
    groups: tuple[Group, ...] = ()
    gateways: tuple[int, ...] = ()
    """AS numbers of the country whose foreign links stay when it closes its border."""

    @property
    def has_actors(self) -> bool:
        """Say whether anyone is named."""
        return bool(self.asns or self.organisations or self.jurisdictions or self.groups)


class Scenario(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A what-if for one country, usable for any other."""

    id: str
    title: str
    country: str
    source: str
    """An address, or the word hypothetical."""
    records: tuple[str, ...] = ()
    """Records of the ledger that tell of it."""
    note: str = ""
    step: tuple[Step, ...]

    @property
    def is_hypothetical(self) -> bool:
        """Say whether nobody did or announced it."""
        return self.source == HYPOTHETICAL


def read_scenario(path: Path) -> Scenario:
    """Read one scenario.

    Raises: InputError that names the file and the field.
    """
    try:
        document: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", source=str(path)) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InputError(f"not a TOML file: {error}", source=str(path)) from error
    try:
        scenario = msgspec.convert(document, Scenario)
    except msgspec.ValidationError as error:
        raise InputError(str(error), source=str(path)) from error
    check_scenario(scenario, str(path))
    return scenario


def check_scenario(scenario: Scenario, source: str) -> None:
    """Refuse a scenario whose steps do not fit their modes; InputError names the field."""
    if not is_country(scenario.country):
        raise InputError(
            f"{scenario.country!r} is no ISO 3166 code", source=source, field="country"
        )
    if not scenario.step:
        raise InputError("a scenario has at least one step", source=source, field="step")
    for place, step in enumerate(scenario.step):
        _check_step(step, source, f"step[{place}]")


def is_country(code: str) -> bool:
    """Say whether a text has the form of an ISO 3166-1 alpha-2 code."""
    return len(code) == 2 and code.isascii() and code.isalpha() and code.isupper()


def _check_step(step: Step, source: str, field: str) -> None:
    if step.mode is Mode.CLOSE_BORDER:
        if step.has_actors:
            reason = "the country itself closes its border: no actors, only gateways"
            raise InputError(reason, source=source, field=field)
    elif not step.has_actors:
        raise InputError("nobody is named", source=source, field=field)
    elif step.gateways:
        raise InputError(
            "gateways go with close_border only", source=source, field=f"{field}.gateways"
        )
    for kind in ("asns", "organisations", "gateways"):
        for asn in getattr(step, kind):
            if not 0 < asn < 2**32:
                raise InputError(f"{asn} is no AS number", source=source, field=f"{field}.{kind}")
    for code in step.jurisdictions:
        if not is_country(code):
            raise InputError(
                f"{code!r} is no ISO 3166 code", source=source, field=f"{field}.jurisdictions"
            )


@cache
def load_scenarios() -> dict[str, Scenario]:
    """Read the scenarios that ship, by id.

    Raises: DamagedDataError if one is broken or its id is not its file's name.
    """
    found: dict[str, Scenario] = {}
    for path in sorted(shipped_path("scenarios").glob("*.toml")):
        try:
            scenario = read_scenario(path)
        except InputError as error:
            raise DamagedDataError(error.reason, source=error.source, field=error.field) from error
        if scenario.id != path.stem:
            raise DamagedDataError(
                f"the id {scenario.id!r} is not the file's name", source=str(path), field="id"
            )
        found[scenario.id] = scenario
    return found


def shipped_scenario(name: str) -> Scenario:
    """Find a scenario that ships; UsageError if there is none of that name."""
    found = load_scenarios()
    if name not in found:
        raise UsageError(f"no scenario {name!r}: whocut routes whatif --list shows them")
    return found[name]
