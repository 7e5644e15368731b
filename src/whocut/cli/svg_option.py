"""``--svg FILE``: the answer as a chart beside what is printed."""

import os
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from whocut.cli.output import Output
from whocut.model.errors import UsageError

__all__ = ["SvgOption", "write_svg"]

SvgOption = Annotated[
    Path | None,
    Parameter(name="--svg", help="Draw the answer into this file, too; one that is there goes."),
]


def write_svg(path: Path, text: str, output: Output) -> None:
    """Write a chart, whole or not at all, and say where it is.

    Raises: UsageError if it cannot be written there.
    """
    if path.is_dir():
        raise UsageError(f"--svg {path}: cannot be written: it is a folder")
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.write_text(text, encoding="utf-8")
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise UsageError(f"--svg {path}: cannot be written: {error.strerror}") from error
    output.say(f"whocut: chart in {path}")
