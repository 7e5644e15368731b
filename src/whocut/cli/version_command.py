"""``whocut version``: which program, which rules, which readers of files."""

import platform
from importlib.metadata import version as installed

from whocut import __version__
from whocut.cli.output import AS_TABLE, Output, print_table, write_json, write_rows

__all__ = ["version"]

_WORTH_KNOWING = ("duckdb", "pyarrow", "msgspec", "cryptography", "hyperscan")


def version(*, output: Output = AS_TABLE) -> int:
    """Print the versions that decide an answer: program, ruleset, libraries."""
    from whocut.access import RULESET_VERSION

    versions = {
        "whocut": __version__,
        "ruleset": RULESET_VERSION,
        "python": platform.python_version(),
        **{name: installed(name) for name in _WORTH_KNOWING},
    }
    if output.form == "json":
        write_json(versions)
    elif output.form == "table":
        print_table(["what", "version"], versions.items())
    else:
        rows = [{"what": what, "version": number} for what, number in versions.items()]
        write_rows(rows, ["what", "version"], output.form)
    return 0
