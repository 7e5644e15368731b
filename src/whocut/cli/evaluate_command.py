"""``whocut evaluate``: how well we agree with labels that others, or the lab, have set."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from whocut.cli.labelled import Labelled, Page, read_label_index, read_labelled
from whocut.cli.output import AS_TABLE, Output, print_table, write_json, write_rows
from whocut.cli.question import ObservatoryOption, fetch, observatory_directory
from whocut.cli.reference_options import (
    ExtraRootOption,
    FingerprintsOption,
    PrefixesOption,
    RootsOption,
    load_asked_reference,
)
from whocut.cli.scoring import Comparison, Score, score
from whocut.cli.terminal import clean, console
from whocut.model.observation import SourcePosition
from whocut.model.taxonomy import Layer, Locus, Outcome
from whocut.store.observatory import Observatory

if TYPE_CHECKING:
    from whocut.reference.snapshot import Reference

__all__ = ["evaluate"]

_ROW = ("id", "truth", "said", "accusation", "note")


def evaluate(
    file: Annotated[Path, Parameter(help="Labelled JSON Lines, OONI's label records, or CSV.")],
    /,
    *,
    labels: Annotated[
        Path | None, Parameter(help="Labels by measurement id, where the file has none.")
    ] = None,
    observatory: ObservatoryOption = None,
    roots: RootsOption = None,
    extra_root: ExtraRootOption = None,
    prefixes: PrefixesOption = None,
    fingerprints: FingerprintsOption = None,
    output: Output = AS_TABLE,
) -> int:
    """Compare what whocut says with labels: confusion, precision and recall, false accusations.

    A record with a measurement or a page is judged here and now; one with only an id is looked up
    in the observatory. A label is compared on those axes alone of which it speaks.
    """
    reference = load_asked_reference(
        roots=roots, extra_roots=extra_root, prefixes=prefixes, fingerprints=fingerprints
    )
    records = list(_with_labels(file, labels))
    comparisons = list(_judged(records, file, reference))
    by_id = [one for one in records if one.measurement is None and one.page is None]
    found = _looked_up(by_id, observatory)
    comparisons += found
    known = {one.id for one in found}
    missing = [one.id for one in by_id if one.id not in known]
    if output.form in ("jsonl", "csv", "parquet"):
        write_rows([_row(one) for one in comparisons], _ROW, output.form)
    elif output.form == "json":
        write_json({"score": score(comparisons), "not_at_hand": len(missing)})
    else:
        _print(score(comparisons))
    if missing:
        output.say(
            f"{len(missing)} of {len(records)} labelled measurements are not at hand; "
            f"their ids name day and country: {missing[0]}"
        )
        output.say("Next: whocut fetch ooni --country CC --since DAY --until DAY, whocut ingest")
    return 0


def _with_labels(file: Path, labels: Path | None) -> Iterator[Labelled]:
    index = read_label_index(labels) if labels is not None else {}
    for one in read_labelled(file):
        known = index.get(one.id)
        if one.label:
            yield one
        elif known is not None:
            yield Labelled(
                one.id, known.label, one.line, one.measurement, one.page, known.is_in_ooni_words
            )


def _judged(records: list[Labelled], file: Path, reference: "Reference") -> Iterator[Comparison]:
    from whocut.access import judge
    from whocut.ingest.ooni.decode import RecordDecoder
    from whocut.ingest.ooni.limits import ReadLimits
    from whocut.model.observation import Measurement

    decoder = RecordDecoder(ReadLimits())
    for one in records:
        if one.page is not None:
            yield Comparison(one.id, one.label, *_page_class(one.page, reference))
        elif one.measurement is not None:
            position = SourcePosition(str(file), 0, one.line)
            read = decoder.decode(one.measurement, position, None)
            if isinstance(read, Measurement):
                verdict = judge(read, reference).verdict
                said = {axis: str(getattr(verdict, axis)) for axis in _VERDICT_AXES}
                yield _compared(one, said, str(verdict.rule_id))
            else:
                reason = str(getattr(read, "reason", "of another OONI test"))
                yield Comparison(one.id, one.label, {"outcome": "unread"}, reason)


_VERDICT_AXES = ("outcome", "layer", "mechanism", "locus", "actor_kind")


def _compared(one: Labelled, said: dict[str, str], note: str) -> Comparison:
    if not one.is_in_ooni_words:
        return Comparison(one.id, one.label, said, note)
    from whocut.access.mechanisms import read_as_ooni

    theirs = read_as_ooni(
        Outcome(said["outcome"]), Layer(said["layer"]), said["mechanism"], Locus(said["locus"])
    )
    in_their_words = {
        "outcome": theirs.verdict,
        "mechanism": next(iter(theirs.mechanisms), ""),
        "locus": theirs.locus,
    }
    return Comparison(one.id, one.label, in_their_words, note)


def _page_class(page: Page, reference: "Reference") -> tuple[dict[str, str], str]:
    """Class a page by its leading fingerprint, as a bot check, a geoblock or another refusal."""
    from whocut.reference.fingerprints import Meaning, leading_match

    leading = leading_match(
        reference.fingerprints.match_response(page.status, page.headers, page.body)
    )
    if leading is None:
        return {"class": "none"}, ""
    classes = {
        Meaning.GEO_EXPLICIT: "geoblock",
        Meaning.SANCTIONS_EXPLICIT: "geoblock",
        Meaning.LICENCE_EXPLICIT: "geoblock",
        Meaning.BOT_CHALLENGE: "bot_check",
        Meaning.BLOCK_PAGE: "block_page",
        Meaning.ERROR_PAGE: "error_page",
        Meaning.FALSE_POSITIVE: "none",
    }
    return {"class": classes.get(Meaning(leading.meaning), "other")}, str(leading.id)


def _looked_up(records: list[Labelled], observatory: str | None) -> list[Comparison]:
    place = Observatory(observatory_directory(observatory))
    if not records or not place.exists():
        return []
    sql = (
        "SELECT measurement_uid, outcome, layer, mechanism, locus, actor_kind, rule_id "
        "FROM verdict WHERE list_contains($ids, measurement_uid)"
    )
    with place.snapshot() as snapshot, snapshot.connect() as connection:
        rows = fetch(connection, sql, {"ids": [one.id for one in records]})
    verdicts = {row["measurement_uid"]: row for row in rows}
    return [
        _compared(
            one,
            {axis: verdicts[one.id][axis] for axis in _VERDICT_AXES},
            verdicts[one.id]["rule_id"],
        )
        for one in records
        if one.id in verdicts
    ]


def _row(one: Comparison) -> dict[str, Any]:
    return {
        "id": one.id,
        "truth": " ".join(one.truth.values()),
        "said": " ".join(one.said.get(axis, "") for axis in one.truth),
        "accusation": one.accusation,
        "note": one.note,
    }


def _print(result: Score) -> None:
    out = console()
    if not result.n:
        out.print("Nothing to compare.", style="bold")
        return
    share = f"{result.n_right / result.n:.1%}"
    out.print(f"{result.n_right} of {result.n} as labelled ({share}).", style="bold")
    columns = sorted({said for row in result.confusion.values() for said in row})
    print_table(
        ("label \\ said", *columns),
        [
            (truth, *(str(row.get(said, "")) for said in columns))
            for truth, row in result.confusion.items()
        ],
    )
    for name, value in (("precision", result.precision), ("recall", result.recall)):
        if value is not None:
            out.print(f"Hierarchical {name}: {value:.3f}")
    out.print(f"False accusations: {len(result.false_accusations)}")
    for accusation in result.false_accusations:
        out.print(clean(f"  {accusation['id']}: {accusation['why']} ({accusation['note']})"))
