"""The registry of mechanisms, and how each value of ours reads in OONI's vocabulary."""

import tomllib
from typing import Any

from msgspec import Struct

from whocut.model.errors import DamagedDataError
from whocut.model.shipped import shipped_path
from whocut.model.taxonomy import Layer, Locus, Outcome

__all__ = ["MECHANISMS", "Mechanism", "OoniReading", "read_as_ooni"]


class Mechanism(Struct, frozen=True):
    """One way in which a cut is done."""

    id: str
    meaning: str
    ooni: str
    """OONI's mechanism; empty where its labels have none."""


class OoniReading(Struct, frozen=True):
    """One verdict in the vocabulary of OONI's label records."""

    verdict: str
    mechanisms: tuple[str, ...]
    locus: str


def _load_toml(name: str) -> dict[str, Any]:
    path = shipped_path("taxonomy", name)
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise DamagedDataError(str(error), source=f"data/taxonomy/{name}") from error


def _load_mechanisms() -> dict[str, Mechanism]:
    loaded: dict[str, Mechanism] = {}
    for record in _load_toml("mechanisms.toml")["mechanism"]:
        if record["id"] in loaded:
            raise DamagedDataError(
                "id is used twice", source="data/taxonomy/mechanisms.toml", field=record["id"]
            )
        loaded[record["id"]] = Mechanism(**record)
    return loaded


MECHANISMS: dict[str, Mechanism] = _load_mechanisms()
_OONI = _load_toml("ooni.toml")


def read_as_ooni(outcome: Outcome, layer: Layer, mechanism: str, locus: Locus) -> OoniReading:
    """Put one verdict into OONI's vocabulary: verdict, mechanisms, locus.

    Source: the label records of OONI's validation corpus (mechanism_taxonomy v1). Layers that a
    Web Connectivity measurement cannot show have no mechanism there.
    """
    verdict = _OONI["verdict"][outcome.value]
    theirs = MECHANISMS[mechanism].ooni if mechanism in MECHANISMS else ""
    if verdict != "blocked":
        return OoniReading(verdict, (), "unknown")
    side = _OONI["locus"][locus.value]
    if side == "unknown":
        side = _OONI["locus_by_outcome"].get(outcome.value, "unknown")
    return OoniReading(verdict, (theirs or layer.value,), side)
