"""No data is an answer too: it says what is there instead, and what to do next."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from whocut.access.period import Question
from whocut.cli.country_codes import UNION, refuse_no_country
from whocut.cli.output import Output, write_json, write_rows
from whocut.cli.question import fetch
from whocut.cli.terminal import console, print_prose
from whocut.cli.wording import count_of
from whocut.model.shipped import shipped_path
from whocut.store.snapshot import Snapshot

if TYPE_CHECKING:
    from whocut.cli.who_documents import Documented

__all__ = ["documents_hint", "documents_steps", "explain_absence", "explain_name"]

_NEIGHBOURS: Final = 8
_SHOWN: Final = 8
"""Records on a screen."""
_HEADING: Final = "What documents and routes say; nothing of it is measured by probes here:"
_COLUMNS: Final = ("probe_asn", "outcome", "layer", "mechanism", "n")


def explain_absence(snapshot: Snapshot, question: Question, output: Output) -> int:
    """Say that nothing is measured, what documents say, what there is nearby, how to get some.

    Raises: UsageError where the country or the subject is none at all.
    """
    is_of_domain = question.domain is not None
    option = "--country" if is_of_domain else "CODE"
    refuse_no_country(question.country, snapshot, option, has_union=is_of_domain)
    if question.domain is not None and not {".", ":"} & set(question.domain):
        days = (question.since, question.until)
        return explain_name(question.domain, question.country, days, output)
    found = None
    if question.domain is not None:
        from whocut.cli.who_documents import documents_on

        days = (question.since, question.until)
        found = documents_on(question.domain, question.country, days)
    subject = question.domain or "anything"
    answer = f"No data: no measurement of {subject} from {question.country}{_days(question)} here."
    document = {
        "question": question,
        "answer": answer,
        "statements": [],
        "networks": [],
        "elsewhere": _elsewhere(snapshot, question),
        "country": _here(snapshot, question),
        "next_steps": [*_documents_steps(question, found), *_steps(question)],
        "documents": found,
        "meta": {"n": 0, "snapshot": snapshot.manifest.sequence},
    }
    _write(document, [answer, *_nearby(question, document)], found, output)
    return 0


def _write(
    document: dict[str, Any], lines: Sequence[str], found: "Documented | None", output: Output
) -> None:
    """Write an answer without measurements; rows for programs there are none."""
    if output.form == "json":
        write_json(document)
        return
    if output.form != "table":
        write_rows([], _COLUMNS, output.form)
        output.say(document["answer"])
        if found is not None:
            _talk_documents(found, output)
        return
    for line in lines:
        print_prose(line)
    if found is not None:
        console().print()
        _print_documents(found)
    _print_next(document["next_steps"])


def _nearby(question: Question, document: dict[str, Any]) -> list[str]:
    lines = ["Nothing measured is neither served nor cut."]
    if (here := document["country"])["n"]:
        lines.append(
            f"From {question.country}: {count_of(here['n'], 'measurement')} of "
            f"{count_of(here['targets'], 'target')}, {here['first']} to {here['last']}."
        )
    if elsewhere := document["elsewhere"]:
        names = ", ".join(f"{row['probe_cc']} (n = {row['n']})" for row in elsewhere)
        what = f"{question.domain} was measured" if question.domain else "Measured"
        lines.append(f"{what} from: {names}.")
    return lines


def explain_name(
    text: str, country: str, days: tuple[date | None, date | None], output: Output
) -> int:
    """Answer on a network or an actor, which no measurement is of, by documents and routes.

    Raises: UsageError where it is neither.
    """
    from whocut.cli.who_documents import documents_on

    refuse_no_country(country, has_union=True)
    found = documents_on(text, country, days)
    answer = f"{found.asked} is no domain: measurements are of domains, and none is counted here."
    document = {
        "question": Question(country, None, *days),
        "answer": answer,
        "statements": [],
        "networks": [],
        "elsewhere": [],
        "country": None,
        "next_steps": found.steps(_day_options(*days)),
        "documents": found,
        "meta": {"n": 0},
    }
    _write(document, [f"{found.asked} in {country}", answer], found, output)
    return 0


def documents_steps(question: Question) -> list[str]:
    """Point to what documents say of a domain; empty where the ledger does not know its name.

    The files are searched for the name first: to load them all takes longer than an answer.
    """
    name = (question.domain or "").encode()
    files = (path for part in ("ledger", "actors") for path in shipped_path(part).rglob("*.yaml"))
    if not name or not any(name in path.read_bytes() for path in files):
        return []
    from whocut.cli.who_documents import documents_on

    days = (question.since, question.until)
    found = documents_on(question.domain or "", question.country, days, has_finding=False)
    if not found.records:
        return []
    return [f"{found.command(_day_options(*days))}   ({found.told}, no measurement)"]


def documents_hint(question: Question) -> str:
    """Add to an error what documents there are, since nothing is measured.

    Raises: UsageError where the country is none.
    """
    refuse_no_country(question.country, has_union=True)
    steps = documents_steps(question)
    return f"; documents speak of it: {steps[0]}" if steps else ""


def _print_next(steps: Sequence[str]) -> None:
    if not steps:
        return
    console().print()
    print_prose("Next:")
    for step in steps:
        print_prose(step, 2)


def _documents_steps(question: Question, found: "Documented | None") -> list[str]:
    if found is None:
        return [f"whocut ledger list --country {question.country}   (what documents say)"]
    return found.steps(_day_options(question.since, question.until))


def _print_documents(found: "Documented") -> None:
    """Print what documents and routes say, under a heading of its own."""
    print_prose(_HEADING, style="bold")
    for line in found.lines:
        print_prose(line, 2)
    for line in found.record_lines(_SHOWN):
        print_prose(line.strip(), 2 * line.startswith(" "))


def _talk_documents(found: "Documented", output: Output) -> None:
    """Say the same on standard error: rows for programs are of measurements alone."""
    for line in (_HEADING, *found.lines, *found.record_lines(_SHOWN)):
        output.say(line)
    for step in found.steps():
        output.say(f"Next: {step}")


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
    steps = ["whocut ingest FILES   (OONI Web Connectivity files you have)"]
    if question.country == UNION:
        return ["Probes have a country: ask about one, as in --country DE.", *steps]
    days = _day_options(question.since, question.until)
    days = days or " --since YYYY-MM-DD --until YYYY-MM-DD"
    steps.insert(
        0, f"whocut fetch ooni --country {question.country}{days}   (what the world measured)"
    )
    if question.domain:
        is_address = ":" in question.domain
        host = f"[{question.domain.strip('[]')}]" if is_address else question.domain
        steps.append(f"Run OONI Probe from {question.country} on https://{host}/ and ingest that.")
    return steps


def _day_options(since: date | None, until: date | None) -> str:
    begun = f" --since {since}" if since else ""
    return begun + (f" --until {until}" if until else "")
