"""Verdicts to tallies to cells: what many measurements say together."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from whocut.access.cells.fit import fit_cells
    from whocut.access.cells.model_data import MODEL, MODEL_VERSION, PRIOR
    from whocut.access.cells.tally import Tallied, tally_verdicts

__all__ = ["MODEL", "MODEL_VERSION", "PRIOR", "Tallied", "fit_cells", "tally_verdicts"]

_PLACES = {
    "fit_cells": "fit",
    "MODEL": "model_data",
    "MODEL_VERSION": "model_data",
    "PRIOR": "model_data",
    "Tallied": "tally",
    "tally_verdicts": "tally",
}


def __getattr__(name: str) -> object:
    """Load the model when it is first asked for: questions to an observatory never need it."""
    if name not in _PLACES:
        raise AttributeError(name)
    from importlib import import_module

    module = import_module(f"whocut.access.cells.{_PLACES[name]}")
    return vars(module)[name]
