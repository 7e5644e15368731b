"""``whocut attribute``: who did it, from bundles of evidence."""

import sys
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import msgspec
from cyclopts import Parameter

from whocut.attribution.attribute import attribute as attribute_bundle
from whocut.attribution.bundle import Bundle
from whocut.attribution.finding import Finding, Weight
from whocut.attribution.freezing import finding_document, freeze
from whocut.attribution.reading import LARGEST_BYTES, read_bundle
from whocut.attribution.rules import Ruleset, load_ruleset
from whocut.attribution.sentences import sentences, settling_sentences
from whocut.attribution.vocabulary import CUTS, HypothesisId, Status
from whocut.cli.output import AS_TABLE, Output, print_table, write_json, write_rows
from whocut.cli.terminal import escape_json, print_prose
from whocut.i18n.language import Language
from whocut.i18n.text import Text, text_in
from whocut.model.errors import InputError, UsageError, why_unread

__all__ = ["attribute"]

_COLUMNS: Final = (
    *("source", "id", "ruleset", "country", "target", "status", "holds", "named"),
    *(f"grade_{one.value}" for one in HypothesisId),
)

_OPEN: Final = frozenset({Status.DISPUTED, Status.INSUFFICIENT})


def attribute(
    bundles: Annotated[
        list[str],
        Parameter(
            name="BUNDLE",
            help="Files of evidence (docs/methods/findings.md); - is standard input.",
            allow_leading_hyphen=True,
        ),
    ],
    /,
    *,
    lang: Annotated[Literal["en", "fr", "ru"], Parameter(help="Language of the sentences.")] = "en",
    explain: Annotated[
        bool, Parameter(negative="", help="Show each step, down to the rules.")
    ] = False,
    frozen: Annotated[
        Path | None,
        Parameter(help="Write each finding with its bundle into this folder, as ID.json."),
    ] = None,
    fail_on: Annotated[
        Literal["never", "cut"], Parameter(help="cut: exit with 4 if a cut holds.")
    ] = "never",
    output: Output = AS_TABLE,
) -> int:
    """Say who cut it off, from bundles of evidence: hypotheses, grades, names, further steps.

    No observatory is read, and nothing is asked of the network. The same bundle under the same
    rules gives the same finding, whatever the order of its evidence.
    """
    if not bundles:
        raise UsageError("name a bundle, or - for standard input")
    unknown = next((one for one in bundles if one.startswith("-") and one != "-"), None)
    if unknown is not None:
        raise UsageError(f"unknown option {unknown}; a file of this name is ./{unknown}")
    ruleset, text = load_ruleset(), text_in(Language(lang))
    found: list[tuple[str, Finding]] = []
    is_whole = True
    for source in bundles:
        try:
            bundle = _read(source)
        except InputError as error:
            if len(bundles) == 1:
                raise
            output.say(f"whocut: {error}")
            is_whole = False
            continue
        finding = attribute_bundle(bundle, ruleset)
        found.append((source, finding))
        if frozen is not None:
            _freeze(bundle, finding, ruleset, frozen)
        if output.form == "table":
            _show(finding, text, ruleset, explain=explain)
    if output.form != "table":
        _write(found, text, output, is_single=len(bundles) == 1)
    if not is_whole:
        return 3
    has_cut = any(not CUTS.isdisjoint(finding.holds) for _, finding in found)
    return 4 if fail_on == "cut" and has_cut else 0


def _read(source: str) -> Bundle:
    if source == "-":
        return read_bundle(sys.stdin.buffer.read(LARGEST_BYTES + 1), "standard input")
    try:
        with Path(source).open("rb") as file:
            content = file.read(LARGEST_BYTES + 1)
    except OSError as error:
        raise InputError(why_unread(error), source=source) from error
    return read_bundle(content, source)


def _freeze(bundle: Bundle, finding: Finding, ruleset: Ruleset, folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"--frozen {folder}: {why_unread(error)}") from error
    (folder / f"{finding.frozen_id}.json").write_bytes(freeze(bundle, ruleset))


def _document(source: str, finding: Finding, text: Text) -> dict[str, Any]:
    return {
        "source": source,
        **finding_document(finding),
        "sentences": sentences(finding, text),
    }


def _write(
    found: list[tuple[str, Finding]], text: Text, output: Output, *, is_single: bool
) -> None:
    documents = [_document(source, finding, text) for source, finding in found]
    if output.form == "json":
        write_json(documents[0] if is_single else documents)
    elif output.form == "jsonl":
        for document in documents:
            sys.stdout.write(escape_json(msgspec.json.encode(document).decode()) + "\n")
    else:
        write_rows([_row(source, one) for source, one in found], _COLUMNS, output.form)


def _row(source: str, finding: Finding) -> dict[str, Any]:
    question = finding.question
    network = f"AS{question.network}" if question.network is not None else ""
    return {
        "source": source,
        "id": finding.id,
        "ruleset": finding.ruleset,
        "country": question.country,
        "target": question.target or network or question.service or "",
        "status": finding.status.value,
        "holds": " ".join(finding.holds),
        "named": " ".join(one.party for one in finding.named),
        **{f"grade_{one.id.value}": one.grade.value for one in finding.hypotheses},
    }


def _show(finding: Finding, text: Text, ruleset: Ruleset, *, explain: bool) -> None:
    print_prose(f"{finding.frozen_id}: {finding.status.value}", style="bold")
    for sentence in sentences(finding, text):
        print_prose(_plain(sentence), 2)
    print_table(
        ("hypothesis", "grade", "nats", "for", "against"),
        [
            [
                one.id.value,
                one.grade.value,
                f"{one.score:g}",
                _evidence(one.for_),
                _evidence(one.against),
            ]
            for one in finding.hypotheses
        ],
    )
    for named in finding.named:
        print_prose(f"named: {named.party} ({named.hypothesis}, {named.grade}, by {named.why})", 2)
    for aside in finding.set_aside:
        print_prose(f"set aside: {aside.evidence} ({aside.why})", 2)
    for unread in finding.not_read:
        print_prose(f"not read: {unread.id} (kind {unread.kind})", 2)
    if explain:
        _explain(finding, text, ruleset)
    elif finding.status in _OPEN:
        for step in _steps(finding, text):
            print_prose(f"would settle it: {step}", 2)


def _plain(sentence: str) -> str:
    """Leave out the marks that isolate names: a terminal is shown no marks of direction."""
    return sentence.translate(dict.fromkeys((0x2068, 0x2069)))


def _steps(finding: Finding, text: Text) -> list[str]:
    """List what would settle the hypotheses for which anything at all is said."""
    asked = [one.id for one in finding.hypotheses if one.for_ or one.against]
    steps = [step for one in asked for step in settling_sentences(finding, one, text)]
    return list(dict.fromkeys(steps))


def _evidence(weights: tuple[Weight, ...]) -> str:
    counted = {one.evidence: None for one in weights if one.counted}
    return " ".join(counted)


def _explain(finding: Finding, text: Text, ruleset: Ruleset) -> None:
    said = {rule.id: rule.sentence for rule in ruleset.rules}
    for one in finding.hypotheses:
        steps = settling_sentences(finding, one.id, text)
        if not one.for_ and not one.against:
            continue
        because = f" ({one.because})" if one.because else ""
        print_prose(f"{one.id.value}: {one.grade.value}{because}", style="bold")
        for weight in (*one.for_, *one.against):
            sign = "+" if weight.direction == "for" else "-"
            what = "" if weight.counted else f", not counted: {weight.why_not or 'weighs nothing'}"
            by = f" by {' '.join(weight.by)}" if weight.by else ""
            print_prose(
                f"{sign}{weight.nats:g} {weight.evidence} [{weight.group}] {weight.rule}"
                f" ({weight.strength}){what}{by}",
                2,
            )
            print_prose(said[weight.rule], 4)
        for step in steps:
            print_prose(f"would settle it: {step}", 2)
