"""``whocut explain``: what any id means, or all that is known of one verdict."""

import difflib
import re
from typing import Annotated, Any, Final

from cyclopts import Parameter

from whocut.cli.output import AS_TABLE, Output, write_json, write_rows
from whocut.cli.question import ObservatoryOption, fetch, observatory_directory
from whocut.cli.terminal import PROSE_COLUMNS, clean, console, print_prose
from whocut.model.errors import UsageError
from whocut.publish.explained import Entry, entries, entries_named
from whocut.store.observatory import Observatory

__all__ = ["explain"]

_MOST_CLOSE: Final = 3
_LEAST_PART: Final = 4
"""Letters that a part of a name needs to be told as near."""
_OTHERS: Final = (
    (
        re.compile(r"[0-9]{4}-[0-9]{2}-[a-z0-9-]+"),
        "of a record there is more by whocut ledger show {}",
    ),
    (
        re.compile(r"[a-z]{2}-[a-z0-9.-]+-[0-9a-f]{8}(@\S+)?"),
        "of a finding there is more by whocut finding {}",
    ),
    (
        re.compile(r"AS[0-9]{1,10}", re.IGNORECASE),
        "of a network there is more by whocut network {}",
    ),
    (
        re.compile(r"derived-[0-9a-f]{32}|[0-9]{14}[._].*"),
        "no observatory at hand holds this measurement: --observatory names another",
    ),
)
"""Ids that other commands tell of, by their form."""
_VERDICT_ORDER = (
    "input",
    "probe_cc",
    "probe_asn",
    "measurement_start_time",
    "outcome",
    "layer",
    "mechanism",
    "locus",
    "actor_kind",
    "strength",
    "rule_id",
    "fingerprints",
    "chain_grade",
    "doubt",
    "next_step",
    "ooni_blocking",
    "ooni_accessible",
    "ruleset",
    "reference_snapshot",
    "source",
    "source_offset",
    "source_line",
)


def explain(
    name: Annotated[
        str,
        Parameter(
            name="ID",
            help="A rule, fact, mechanism, outcome, layer, locus, actor kind, cause, answer or "
            "shortfall of a cell, fingerprint, failure string, refusal reason, chain grade; rule, "
            "hypothesis, tie, grade or status of findings; or the id of a measurement.",
        ),
    ],
    /,
    *,
    observatory: ObservatoryOption = None,
    output: Output = AS_TABLE,
) -> int:
    """Explain an id: what it says, how strongly, on whose word, and what it cannot show.

    The id of a measurement gives its verdict with every rule that fired and the evidence of each.
    """
    found = entries_named(name)
    if found:
        _write_entries(found, output)
        return 0
    verdict = _verdict(name, observatory)
    if verdict is not None:
        _write_verdict(*verdict, output)
        return 0
    raise UsageError(f"nothing is called {name}{_hint(name)}")


def _hint(name: str) -> str:
    """Name what is meant, or the command that knows such a name; empty where nothing is near."""
    for shape, told in _OTHERS:
        if shape.fullmatch(name):
            return f"; {told.format(name)}"
    # One word is explained in more than one list: layer, locus, outcome.
    known = {entry.id.casefold(): entry.id for entry in entries()}
    wanted = name.casefold()
    close = difflib.get_close_matches(wanted, known, n=_MOST_CLOSE)
    parts = [part for part in known if len(part) >= _LEAST_PART and part in wanted.split(".")]
    close += [part for part in parts if part not in close]
    if len(wanted) >= _LEAST_PART:
        close += [one for one in known if wanted in one and one not in close]
    shown = ", ".join(known[one] for one in close[:_MOST_CLOSE])
    return f"; close: {shown}" if shown else ""


def _write_entries(found: list[Entry], output: Output) -> None:
    if output.form == "json":
        write_json(found)
        return
    if output.form != "table":
        rows = [{"kind": e.kind, "id": e.id, "meaning": e.meaning} for e in found]
        write_rows(rows, ("kind", "id", "meaning"), output.form)
        return
    for entry in found:
        _heading(f"{entry.id} ({entry.kind})")
        print_prose(entry.meaning)
        _pairs(entry.details)


def _verdict(
    name: str, observatory: str | None
) -> tuple[dict[str, Any], list[dict[str, Any]]] | None:
    place = Observatory(observatory_directory(observatory))
    if not place.exists():
        return None
    with place.snapshot() as snapshot, snapshot.connect() as connection:
        values = {"uid": name}
        verdicts = fetch(
            connection, "SELECT * FROM verdict WHERE measurement_uid = $uid LIMIT 1", values
        )
        if not verdicts:
            return None
        signals = fetch(
            connection,
            "SELECT * FROM signal WHERE measurement_uid = $uid "
            "AND measurement_start_time = $start ORDER BY ordinal",
            {**values, "start": verdicts[0]["measurement_start_time"]},
        )
    return verdicts[0], signals


def _write_verdict(verdict: dict[str, Any], signals: list[dict[str, Any]], output: Output) -> None:
    from whocut.access.mechanisms import read_as_ooni
    from whocut.access.rules import load_rules
    from whocut.model.taxonomy import Layer, Locus, Outcome

    theirs = read_as_ooni(
        Outcome(verdict["outcome"]),
        Layer(verdict["layer"]),
        verdict["mechanism"],
        Locus(verdict["locus"]),
    )
    if output.form == "json":
        write_json({"verdict": verdict, "signals": signals, "as_ooni": theirs})
        return
    if output.form != "table":
        columns = list(signals[0]) if signals else ["rule_id", "detail"]
        write_rows(signals, columns, output.form)
        return
    sentences = {str(rule.id): rule.sentence for rule in load_rules()}
    _heading(f"{verdict['measurement_uid']} (verdict)")
    pairs = {name: _text(verdict[name]) for name in _VERDICT_ORDER if _text(verdict[name])}
    words = (theirs.verdict, *theirs.mechanisms, theirs.locus)
    _pairs({**pairs, "in OONI's words": " ".join(words)})
    _heading("Rules that fired")
    for signal in signals:
        fired = f"{signal['rule_id']} on hop {signal['hop']} ({signal['strength']})"
        print_prose(f"{fired}: {sentences.get(signal['rule_id'], '')}")
        if signal["detail"]:
            print_prose(signal["detail"], 2)
        print_prose(f"facts: {' '.join(signal['facts'])}", 2)


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return " ".join(map(str, value))
    return str(value)


def _heading(text: str) -> None:
    print_prose(text, style="bold")


def _pairs(pairs: dict[str, str]) -> None:
    from rich.table import Table
    from rich.text import Text

    out = console(width=PROSE_COLUMNS)
    table = Table.grid(padding=(0, 2))
    for name, value in pairs.items():
        table.add_row(Text(f"  {name}"), Text(clean(value)))
    out.print(table)
