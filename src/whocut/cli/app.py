"""The command line: whocut.

Exit codes: 0 done; 1 a file that is missing or cannot be read, or our error; 2 asked in a way that
cannot be done; 3 done, but a source could not be read to its end; 4 a cut was found and
``--fail-on cut`` was given; 5 the ledger has faults; 130 interrupted.
"""

import contextlib
import gc
import importlib
import os
import sys
import traceback
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final, NoReturn

from whocut import __version__
from whocut.model.errors import UsageError, WhocutError, why_unread

if TYPE_CHECKING:
    from cyclopts import App

__all__ = ["COMMANDS", "EXIT_CODES", "build_app", "main"]

EXIT_CODES: Final = {
    0: "done",
    1: "a file that is missing or cannot be read; or our error: a bug, damaged data, a full disk, "
    "a failed download, a rewritten release",
    2: "usage: what was asked cannot be done as asked",
    3: "done, but incomplete: a source could not be read to its end",
    4: "done, and a cut was found (with --fail-on cut)",
    5: "done, and the ledger has faults (ledger check)",
    130: "interrupted; the next run goes on",
}
COMMANDS: Final = {
    "ingest": "whocut.cli.ingest_command:ingest",
    "cells": "whocut.cli.cells_command:cells",
    "who": "whocut.cli.who_command:who",
    "country": "whocut.cli.country_command:country",
    "network": "whocut.cli.network_command:network",
    "gap": "whocut.cli.gap_command:gap",
    "changes": "whocut.cli.changes_command:changes",
    "targets": "whocut.cli.targets_command:targets",
    "routes": "whocut.cli.routes_command:routes",
    "ledger": "whocut.cli.ledger_command:ledger",
    "desk": "whocut.cli.desk_command:desk",
    "attribute": "whocut.cli.attribute_command:attribute",
    "finding": "whocut.cli.finding_command:finding",
    "explain": "whocut.cli.explain_command:explain",
    "evaluate": "whocut.cli.evaluate_command:evaluate",
    "sources": "whocut.cli.sources_command:sources",
    "fetch": "whocut.cli.fetch_command:fetch",
    "lab": "whocut.cli.lab_command:lab",
    "serve": "whocut.cli.serve_command:serve",
    "completion": "whocut.cli.completion_command:completion",
    "version": "whocut.cli.version_command:version",
}
"""Each command loads its own module only: start-up stays short."""
_GROUPS: Final = (["ledger"], ["routes"], ["desk"])
"""Commands that have commands of their own."""
_ASKS_FOR_HELP: Final = (["--help"], ["-h"])
_QUESTIONS: Final = frozenset({"who", "country", "network", "gap", "changes"})
"""Commands that look something up and compute next to nothing; they are to be quick."""
_LEDGER_QUESTIONS: Final = frozenset({"list", "show", "stats", "timeline"})
"""Parts of the ledger that only read."""
_ROUTE_QUESTIONS: Final = frozenset({"country", "as", "changes", "whatif"})
"""Parts of the routes that answer in about a second."""
_PARTS_OF: Final = {"ledger": _LEDGER_QUESTIONS, "routes": _ROUTE_QUESTIONS}
_LOOK_UPS: Final = frozenset({"who", "country", "network", "changes"})
"""Those of them that read a few rows, and need no arithmetic on arrays."""


def build_app(*, is_whole: bool = False) -> "App":
    """Put the commands together; ``is_whole`` loads them all, for the list of what each does."""
    from cyclopts import App

    app = App(
        name="whocut",
        help="Who cut it off, at which layer, by which mechanism, on what evidence.",
        version=__version__,
        help_format="markdown",
        suppress_keyboard_interrupt=False,
    )
    for name, place in COMMANDS.items():
        app.command(_loaded(place) if is_whole else place, name=name)
    return app


def _loaded(place: str) -> Any:  # noqa: ANN401 - a function or an App
    module, _, attribute = place.partition(":")
    return getattr(importlib.import_module(module), attribute)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and give its exit code; without arguments, as the program that was called."""
    if arguments is not None:
        return _answer(list(arguments))
    given = sys.argv[1:]
    parts: frozenset[str] = _PARTS_OF.get(given[0], frozenset()) if given else frozenset()
    is_question = not parts.isdisjoint(given[1:2]) or not _QUESTIONS.isdisjoint(given[:1])
    if is_question:
        _start_quickly()
    if is_question and given[0] in _LOOK_UPS:
        _load_arrow_alone()
    code = _answer(given)
    if is_question:
        _leave_quickly(code)
    return code


def _answer(arguments: list[str]) -> int:
    if arguments == ["--version"]:
        sys.stdout.write(f"{__version__}\n")
        return 0
    try:
        code = _run(arguments)
        sys.stdout.flush()
    except KeyboardInterrupt:
        sys.stderr.write("whocut: interrupted\n")
        return 130
    except BrokenPipeError:
        # The reader (head, less) has seen enough; keep the interpreter from saying so again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else 1
    except Exception as error:
        return _report(error, is_verbose=bool({"-v", "--verbose"} & set(arguments)))
    return code


def _start_quickly() -> None:
    """Leave out of the start what a question does not need: 40 of some 280 ms of CPU time."""
    # A pool of threads for linear algebra, which numpy makes when pyarrow loads it: 28 ms.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # Nearly all that is made on the way is modules, which the collector walks in vain: 14 ms.
    gc.disable()


def _load_arrow_alone() -> None:
    """Load pyarrow without numpy, which it takes along where it is and a look-up never needs.

    50 ms of some 290. What asks for numpy later gets it; pyarrow's own bridge to it stays down.
    """
    if "numpy" in sys.modules or "pyarrow" in sys.modules:
        return
    sys.modules["numpy"] = None  # type: ignore[assignment]
    try:
        importlib.import_module("pyarrow")
    finally:
        del sys.modules["numpy"]


def _leave_quickly(code: int) -> NoReturn:
    """End the process without taking its modules apart one by one, which takes 40 ms.

    A question has closed its snapshot and has nothing to write but its answer.
    """
    with contextlib.suppress(OSError, ValueError):  # closed, or the reader is gone
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code)


def _run(arguments: list[str]) -> int:
    import cyclopts

    from whocut.cli.terminal import PROSE_COLUMNS, console

    app = build_app(is_whole=arguments in ([], *_ASKS_FOR_HELP))
    if arguments[:1] in _GROUPS and arguments[1:] in ([], *_ASKS_FOR_HELP):
        # Its parts load when they are asked for; a list of what each does asks for all of them.
        app[arguments[0]].resolved_commands()
    try:
        result = app(
            arguments,
            exit_on_error=False,
            print_error=False,
            console=console(width=PROSE_COLUMNS),
            error_console=console(sys.stderr),
            result_action="return_value",
        )
    except cyclopts.CycloptsError as error:
        raise UsageError(str(error)) from error
    return result if isinstance(result, int) else 0


def _report(error: Exception, *, is_verbose: bool) -> int:
    from whocut.cli.terminal import say

    if is_verbose:
        say("".join(traceback.format_exception(error)).rstrip())
    if isinstance(error, UsageError):
        say(f"whocut: {error}")
        return 2
    if isinstance(error, WhocutError | MemoryError):
        say(f"whocut: {error}")
        return 1
    if isinstance(error, OSError):
        named = f"{error.filename}: " if error.filename is not None else ""
        say(f"whocut: {named}{why_unread(error)}")
        return 1
    say(
        f"whocut: unexpected {type(error).__name__}: {error} "
        "(a bug: please report it; -v says more)"
    )
    return 1
