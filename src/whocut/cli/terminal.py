"""What a terminal may be shown, and where: data on standard output, talk on standard error.

Domains, bodies and file names come from strangers. Nothing of theirs that moves a cursor, changes
a colour or turns text around reaches a terminal: it is shown as an escape.
"""

import os
import re
import sys
from typing import TYPE_CHECKING, Final, TextIO

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["PROSE_COLUMNS", "clean", "console", "escape_json", "is_terminal", "print_prose", "say"]

_HOSTILE: Final = re.compile(
    "["
    "\x00-\x1f\x7f-\x9f"  # C0, DEL and C1 controls: ANSI escapes begin here
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e"  # invisible, or marks of direction
    "\u200b-\u200f\u2028-\u202e\u2060-\u206f"  # zero width, line ends, bidi controls
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
    "\ud800-\udfff"  # lone surrogates cannot be written at all
    "\U000e0000-\U000e0fff"
    "]"
)
_WIDE: Final = 10_000
"""Columns where standard output is a file or a pipe: no table is folded there."""
PROSE_COLUMNS: Final = 100
"""Sentences are folded here at the latest."""


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def clean(text: str) -> str:
    """Show control, invisible and direction characters as escapes."""
    return _HOSTILE.sub(_escape, text)


def escape_json(text: str) -> str:
    r"""Escape the same characters inside JSON text, where ``\\uXXXX`` means the same thing."""

    def as_json(match: re.Match[str]) -> str:
        char = match[0]
        if char == "\n":  # between values; inside strings the encoder has escaped it
            return char
        units = char.encode("utf-16-be", "surrogatepass")
        pairs = (units[i : i + 2] for i in range(0, len(units), 2))
        return "".join(f"\\u{int.from_bytes(pair):04x}" for pair in pairs)

    return _HOSTILE.sub(as_json, text)


def is_terminal(stream: TextIO) -> bool:
    """Say whether a person looks at this stream."""
    try:
        return stream.isatty()
    except ValueError:  # closed
        return False


def console(stream: TextIO | None = None, *, width: int = _WIDE) -> "Console":
    """Open a console on a stream; colours only on a terminal, and never under NO_COLOR."""
    from rich.console import Console

    class Piped(Console):
        def on_broken_pipe(self) -> None:
            # A reader that has seen enough is no error; rich would end the process as after one.
            raise BrokenPipeError

    stream = stream or sys.stdout
    is_fixed = is_terminal(stream) or "COLUMNS" in os.environ
    return Piped(
        file=stream,
        width=None if is_fixed else width,
        highlight=False,
        markup=False,
        emoji=False,
        no_color="NO_COLOR" in os.environ or None,
        soft_wrap=False,
    )


def print_prose(text: str, indent: int = 0, style: str = "") -> None:
    """Print a sentence, folded where a reader wants it, with what strangers wrote made harmless."""
    from rich.text import Text

    out = console(width=PROSE_COLUMNS)
    width = max(min(out.width, PROSE_COLUMNS) - indent, 20)
    for line in Text(clean(text), style=style).wrap(out, width):
        line.rstrip()
        out.print(Text(" " * indent) + line)


def say(text: str) -> None:
    """Talk to the person, on standard error."""
    sys.stderr.write(clean(text).replace("\\x0a", "\n") + "\n")
