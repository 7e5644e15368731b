"""``whocut ledger add``: a new record, field by field."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from whocut.cli.ledger_check import FAULTY, report_of
from whocut.cli.ledger_form import as_new_id, ask_record
from whocut.cli.ledger_prompt import Prompt
from whocut.cli.output import AS_TABLE, Output, write_json
from whocut.cli.terminal import clean, is_terminal, print_prose
from whocut.ledger.actors import Actor, load_actors
from whocut.ledger.document import read_document, read_document_file
from whocut.ledger.grade import grade_of_record
from whocut.ledger.load import Ledger, convert, ledger_path, read_ledger
from whocut.ledger.record import CutRecord
from whocut.ledger.sentences import sentence_of
from whocut.ledger.write import write_record
from whocut.model.errors import UsageError

__all__ = ["add"]


def add(
    *,
    from_: Annotated[
        Path | None,
        Parameter(name="--from", help="A record filled in as YAML; then nothing is asked."),
    ] = None,
    root: Annotated[
        Path | None, Parameter(help="The folder of the ledger, if not the one that ships.")
    ] = None,
    dry_run: Annotated[
        bool, Parameter(negative="", help="Show the YAML and write nothing.")
    ] = False,
    output: Output = AS_TABLE,
) -> int:
    """Enter a record: the sources first, then each value with the sources that carry it.

    Every answer is checked at once. The neutral sentence and the grade that follow from the answers
    are shown before anything is written; Ctrl-C writes nothing. Answers may come from a pipe. Exit
    code 5 if the check then finds a fault in the new record.
    """
    place = root or ledger_path()
    if not place.is_dir():
        raise UsageError(f"--root {place}: no such folder")
    ledger, _ = read_ledger(place)
    actors = load_actors(is_checked=False)
    record = _filled_in(from_, ledger) if from_ else _asked(ledger, actors)
    text = write_record(record)
    if convert(read_document(text, record.id), CutRecord, record.id) != record:
        raise AssertionError(f"{record.id}: what is written does not read back")
    sentence = sentence_of(ledger, actors, record)
    grade = grade_of_record(record).value
    if output.form == "table":
        print_prose(sentence, style="bold")
        print_prose(f"Grade: {grade}, computed from the sources.")
    if dry_run:
        shown = clean(text).replace("\\x0a", "\n") if is_terminal(sys.stdout) else text
        sys.stdout.write(shown)
        return 0
    # No default: answers from a pipe that are out of step must not write by an empty line.
    if from_ is None and not Prompt().agrees("Write it?"):
        output.say("Nothing is written.")
        return 0
    path = _write(place, record.id, text)
    faults = _faults(place, path)
    if output.form == "table":
        print_prose(f"Wrote {path}.")
        for fault in faults:
            print_prose(f"Fault: {fault}", 2)
        print_prose(f"Next: whocut ledger show {record.id}")
    else:
        answer = {"id": record.id, "file": str(path), "sentence": sentence, "grade": grade}
        write_json({**answer, "faults": faults})
    return FAULTY if faults else 0


def _asked(ledger: Ledger, actors: Mapping[str, Actor]) -> CutRecord:
    document = ask_record(Prompt(), actors, ledger.records)
    return convert(document, CutRecord, document["id"])


def _filled_in(path: Path, ledger: Ledger) -> CutRecord:
    document: Any = read_document_file(path)
    record = convert(document, CutRecord, str(path))
    try:
        as_new_id(record.id, ledger.records)
    except ValueError as error:
        raise UsageError(f"{path}: id: {error}") from error
    return record


def _write(root: Path, record_id: str, text: str) -> Path:
    """Write a new file; one that is there stays as it is."""
    path = root / record_id[:4] / f"{record_id}.yaml"
    path.parent.mkdir(exist_ok=True)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        raise UsageError(f"{path}: is there already") from error
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return path


def _faults(root: Path, path: Path) -> list[str]:
    name = str(path.relative_to(root))
    return [str(one) for one in report_of(root).faults if one.file == name]
