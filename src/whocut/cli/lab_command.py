"""``whocut lab``: hand over to the emulated internet, which has a command line of its own."""

from typing import Annotated

from cyclopts import App, Parameter

__all__ = ["lab"]

lab = App(
    name="lab",
    help="Build and run the emulated internet in which the culprit is known (root, Linux).",
    help_flags=[],
    version_flags=[],
)


@lab.default
def _hand_over(
    *arguments: Annotated[
        str, Parameter(allow_leading_hyphen=True, help="What the laboratory is asked; try --help.")
    ],
) -> int:
    """Hand every argument to the laboratory."""
    from whocut_lab.__main__ import main

    return int(main(list(arguments)) or 0)
