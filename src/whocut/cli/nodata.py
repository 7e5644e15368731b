"""No data is an answer too: it says what is there instead, and what to do next."""

from typing import Any

from whocut.access.period import Question
from whocut.cli.output import Output, write_json, write_rows
from whocut.cli.question import fetch
from whocut.cli.terminal import console, print_prose
from whocut.store.snapshot import Snapshot

__all__ = ["explain_absence"]

_NEIGHBOURS = 8


def explain_absence(snapshot: Snapshot, question: Question, output: Output) -> int:
    """Say that there is nothing, what there is nearby, and how to get some."""
    elsewhere = _elsewhere(snapshot, question)
    here = _here(snapshot, question)
    steps = _steps(question)
    subject = question.domain or "anything"
    answer = f"No data: no measurement of {subject} from {question.country}{_days(question)} here."
    if output.form == "json":
        write_json(
            {
                "question": question,
                "answer": answer,
                "statements": [],
                "networks": [],
                "elsewhere": elsewhere,
                "country": here,
                "next_steps": steps,
                "meta": {"n": 0, "snapshot": snapshot.manifest.sequence},
            }
        )
        return 0
    if output.form != "table":
        write_rows([], ("probe_asn", "outcome", "layer", "mechanism", "n"), output.form)
        output.say(answer)
        return 0
    lines = [answer, "Nothing measured is neither served nor cut."]
    if here["n"]:
        lines.append(
            f"From {question.country} there are {here['n']:,} measurements of "
            f"{here['targets']:,} targets, {here['first']} to {here['last']}."
        )
    if elsewhere:
        names = ", ".join(f"{row['probe_cc']} (n = {row['n']})" for row in elsewhere)
        lines.append(f"{subject} was measured from: {names}.")
    for text in lines:
        print_prose(text)
    console().print()
    print_prose("Next:")
    for step in steps:
        print_prose(step, 2)
    return 0


def _days(question: Question) -> str:
    since = f" since {question.since}" if question.since else ""
    until = f" until {question.until}" if question.until else ""
    return since + until


def _elsewhere(snapshot: Snapshot, question: Question) -> list[dict[str, Any]]:
    if question.domain is None:
        sql = (
            "SELECT probe_cc, count(*) AS n FROM verdict GROUP BY 1 ORDER BY n DESC, 1 LIMIT $most"
        )
        values: dict[str, Any] = {"most": _NEIGHBOURS}
    else:
        sql = (
            "SELECT probe_cc, count(*) AS n FROM verdict WHERE target = $domain "
            "OR hostname = $domain OR hostname = 'www.' || $domain "
            "GROUP BY 1 ORDER BY n DESC, 1 LIMIT $most"
        )
        values = {"domain": question.domain, "most": _NEIGHBOURS}
    with snapshot.connect() as connection:
        return fetch(connection, sql, values)


def _here(snapshot: Snapshot, question: Question) -> dict[str, Any]:
    sql = (
        "SELECT count(*) AS n, count(DISTINCT target) AS targets, "
        "strftime(min(measurement_start_time), '%Y-%m-%d') AS first, "
        "strftime(max(measurement_start_time), '%Y-%m-%d') AS last "
        "FROM verdict WHERE probe_cc = $country"
    )
    with snapshot.connect(cc=question.country) as connection:
        return fetch(connection, sql, {"country": question.country})[0]


def _steps(question: Question) -> list[str]:
    days = ""
    if question.since:
        days += f" --since {question.since}"
    if question.until:
        days += f" --until {question.until}"
    if not days:
        days = " --since YYYY-MM-DD --until YYYY-MM-DD"
    steps = [
        f"whocut fetch ooni --country {question.country}{days}   (what the world measured)",
        "whocut ingest FILES   (OONI Web Connectivity files you have)",
    ]
    if question.domain:
        steps.append(
            f"Run OONI Probe from {question.country} on https://{question.domain}/ and ingest that."
        )
    return steps
