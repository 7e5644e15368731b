"""``whocut ledger lags``: how long until a cut was exempted, restored, ended."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Final, Literal

from cyclopts import Parameter
from msgspec.structs import replace

from whocut.cli.ledger_lags_wording import days_words, figure_line, regime_line, why_words
from whocut.cli.ledger_question import FilterOptions
from whocut.cli.output import AS_TABLE, Output, print_table, write_json, write_rows
from whocut.cli.terminal import console, print_prose
from whocut.ledger.actors import load_actors
from whocut.ledger.lags import Lag, LagFigure, LagKind, Lags, figures_of, lengths_of
from whocut.ledger.lags_exemption import Days, exemption_lags, restoration_lags
from whocut.ledger.lags_regimes import RegimeLag, lags_by_regime, load_regimes
from whocut.ledger.lags_spells import LeftOut, newest_day
from whocut.ledger.law.loading import load_law
from whocut.ledger.law.question import LegalQuestion
from whocut.ledger.law.record_question import question_of
from whocut.ledger.load import load_ledger
from whocut.ledger.record import CutRecord
from whocut.ledger.vocabulary import Grade, Sector
from whocut.model.errors import UsageError

__all__ = ["COLUMNS", "lags"]

_By = Literal["country", "sector", "instrument", "actor_kind", "record"]
COLUMNS: Final = (
    *("kind", "view", "by", "value", "grade", "case", "breadth", "n", "n_open"),
    *("least", "most", "median_least", "median_most", "median_more_than"),
    *("ended_median_least", "ended_median_most", "is_about", "is_own", "records", "open_records"),
    *("places", "instruments", "start", "end", "told_in"),
)
_MEANS: Final = {
    LagKind.EXEMPTION: (
        "Exemption lag by record: from the day a cut took effect to the first later day on which "
        "an exemption that covers its service is in force."
    ),
    LagKind.RESTORATION: (
        "Restoration lag: from the exemption, or from the cut where that came later, to the day "
        "that the service was back."
    ),
    LagKind.LENGTH: "Length: from the day a cut took effect to the day the service was back.",
}
_NO_PROOF: Final = "A lag is no proof that the one caused the other, and no legal advice."


@dataclass(frozen=True)
class _Asked:
    as_of: date
    is_newest: bool
    by: _By
    regimes: list[RegimeLag]
    found: list[Lags]


def lags(
    *,
    kind: Annotated[
        LagKind | None, Parameter(help="Only this figure; all three if it is not given.")
    ] = None,
    by: Annotated[_By, Parameter(help="By what spans are grouped; record lists each.")] = "country",
    country: Annotated[
        str | None,
        Parameter(
            name=["--country", "-c"],
            help="A country with its parts (UA finds UA-43), one part, EU, or WORLD.",
        ),
    ] = None,
    sector: Annotated[
        Sector | None, Parameter(help="Only this trade.", name_transform=str.lower)
    ] = None,
    as_of: Annotated[
        str | None,
        Parameter(help="The day up to which open cuts count; the newest of the ledger if none."),
    ] = None,
    limit: Annotated[int, Parameter(help="Rows of each table; 0 for all of them.")] = 20,
    output: Output = AS_TABLE,
) -> int:
    """Tell three lags in days: to the exemption, from it to the return, and the length of a cut.

    What has not ended is counted as open, and grades are groups that are never put together. A lag
    is no proof that the one caused the other.
    """
    asked = _ask(kind, by, FilterOptions(country=country).filters().country, sector, as_of)
    if output.form == "table":
        _print(asked, limit)
    elif output.form == "json":
        write_json(_document(asked, country, sector))
    else:
        write_rows(_rows(asked), COLUMNS, output.form)
    return 0


def _ask(
    kind: LagKind | None, by: _By, place: str | None, sector: Sector | None, day: str | None
) -> _Asked:
    ledger, actors, law = load_ledger(), load_actors(is_checked=False), load_law()
    as_of = _asked_day(day) if day is not None else newest_day(ledger)

    answers = Days(law)

    def ask(record: CutRecord) -> LegalQuestion:
        return question_of(record, actors, law)

    made = {
        LagKind.EXEMPTION: lambda: exemption_lags(ledger, actors, answers, ask, as_of),
        LagKind.RESTORATION: lambda: restoration_lags(ledger, actors, answers, ask, as_of),
        LagKind.LENGTH: lambda: lengths_of(ledger, actors, as_of),
    }
    found = [_within(made[one](), place, sector) for one in ([kind] if kind else LagKind)]
    regimes: list[RegimeLag] = []
    if kind in (None, LagKind.EXEMPTION) and sector is None:
        regimes = [
            one
            for one in lags_by_regime(load_regimes(), law.versions, as_of)
            if place is None or _places_in(one.regime.places, place)
        ]
    return _Asked(as_of, day is None, by, regimes, found)


def _within(found: Lags, place: str | None, sector: Sector | None) -> Lags:
    """Keep what is asked for; of a span of several places, those."""
    lags_, left_out = list(found.lags), list(found.left_out)
    if sector is not None:
        lags_ = [one for one in lags_ if one.sector == sector.value]
        records = load_ledger().records
        left_out = [one for one in left_out if records[one.record].sector.value is sector]
    if place is not None:
        lags_ = [
            replace(one, places=tuple(here))
            for one in lags_
            if (here := _places_in(one.places, place))
        ]
        left_out = [one for one in left_out if _places_in(one.places, place)]
    return Lags(found.kind, found.as_of, tuple(lags_), tuple(left_out))


def _places_in(places: Iterable[str], asked: str) -> list[str]:
    return [one for one in places if one == asked or one.startswith(f"{asked}-")]


def _asked_day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"--as-of {text}: not a day, as in 2024-01-31") from error


def _rows(asked: _Asked) -> Iterator[dict[str, Any]]:
    for regime in asked.regimes:
        yield _regime_row(regime)
    for found in asked.found:
        if asked.by == "record":
            yield from (_lag_row(one) for one in found.lags)
        else:
            yield from (_figure_row(one) for one in figures_of(found.lags, asked.by))


def _regime_row(one: RegimeLag) -> dict[str, Any]:
    days = [one.base, one.exemption]
    return {
        "kind": LagKind.EXEMPTION.value,
        "view": "regime",
        "by": "regime",
        "value": one.regime.id,
        "case": one.regime.base_kind.value,
        "breadth": one.regime.breadth.value,
        "least": one.days.least if one.days else None,
        "most": one.days.most if one.days else None,
        "is_about": one.days.is_qualified if one.days else None,
        "is_own": one.is_by_own_knowledge,
        "places": list(one.regime.places),
        "instruments": [day.provision for day in days if day],
        "start": [one.base.on] if one.base else [],
        "end": [one.exemption.on] if one.exemption else [],
    }


def _figure_row(one: LagFigure) -> dict[str, Any]:
    median, ended = one.median, one.median_of_ended
    return {
        "kind": one.kind.value,
        "view": "record",
        "by": one.by,
        "value": one.value,
        "grade": one.grade.value,
        "case": one.case or None,
        "breadth": one.breadth.value if one.breadth else None,
        "n": one.n,
        "n_open": one.n_open,
        "least": one.least,
        "most": one.most,
        "median_least": median.least if median else None,
        "median_most": median.most if median else None,
        "median_more_than": median.more_than if median else None,
        "ended_median_least": ended.least if ended else None,
        "ended_median_most": ended.most if ended else None,
        "is_about": one.is_about,
        "records": list(one.records),
        "open_records": list(one.open_records),
    }


def _lag_row(one: Lag) -> dict[str, Any]:
    return {
        "kind": one.kind.value,
        "view": "record",
        "by": "record",
        "value": one.record,
        "grade": one.grade.value,
        "case": one.case or None,
        "breadth": one.breadth.value if one.breadth else None,
        "n": 1,
        "n_open": int(one.is_open),
        "least": one.days.least,
        "most": one.days.most,
        "is_about": one.days.is_qualified,
        "records": [one.record],
        "open_records": [one.record] if one.is_open else [],
        "places": list(one.places),
        "instruments": list(one.instruments),
        "start": list(one.start),
        "end": list(one.end),
        "told_in": one.told_in,
    }


def _document(asked: _Asked, country: str | None, sector: Sector | None) -> dict[str, Any]:
    rows = [row for row in _rows(asked) if row["view"] == "record"]
    return {
        "regimes": [_regime_row(one) | {"why": one.regime.why} for one in asked.regimes],
        "figures": rows,
        "left_out": {one.kind.value: _left_out(one.left_out) for one in asked.found},
        "meta": {
            "as_of": asked.as_of,
            "as_of_is_newest": asked.is_newest,
            "by": asked.by,
            "country": country,
            "sector": sector,
            "note": _NO_PROOF,
        },
    }


def _left_out(found: Sequence[LeftOut]) -> dict[str, dict[str, list[str]]]:
    """List what was left out, by the reason and by grade."""
    listed: dict[str, dict[str, list[str]]] = {}
    for one in sorted(found):
        by_grade = listed.setdefault(one.why.value, {})
        names = by_grade.setdefault(one.grade.value, [])
        if one.record not in names:
            names.append(one.record)
    return listed


def _print(asked: _Asked, limit: int) -> None:
    told = "the newest date in the ledger" if asked.is_newest else "as asked"
    print_prose(f"As of {asked.as_of} ({told}): what has not ended by then is open.", style="bold")
    print_prose(_NO_PROOF)
    if asked.regimes:
        _print_regimes(asked.regimes)
    for found in asked.found:
        console().print()
        print_prose(_MEANS[found.kind], style="bold")
        if asked.by == "record":
            _print_lags(found.lags, limit)
        else:
            _print_figures(figures_of(found.lags, asked.by), asked.by, limit)
        _print_left_out(found.left_out)
    console().print()
    print_prose("Next: whocut ledger lags --by record --country RU (each span with its dates)")


def _print_regimes(regimes: Sequence[RegimeLag]) -> None:
    console().print()
    print_prose(
        "Exemption lag by regime: from the base event to the first day of the exemption.",
        style="bold",
    )
    print_table(
        ("regime", "counted from", "to", "days", "exemption", "covers"),
        [regime_line(one) for one in regimes],
    )
    if any(one.is_by_own_knowledge for one in regimes):
        print_prose("own: a day of it is own knowledge, no source was seen.")


def _print_figures(figures: Sequence[LagFigure], by: str, limit: int) -> None:
    if not figures:
        print_prose("None.")
        return
    # The groups with most spans first; it is no order of merit.
    ordered = sorted(figures, key=lambda one: (-one.n, one.value, one.grade, one.case))
    shown = ordered[:limit] if limit else ordered
    print_table(
        (by, "grade", "exemption", "n", "open", "median", "of the ended", "records"),
        [figure_line(one) for one in shown],
    )
    if len(shown) < len(figures):
        print_prose(f"{len(figures) - len(shown):,} more rows: --limit 0 shows them.")


def _print_lags(found: Sequence[Lag], limit: int) -> None:
    if not found:
        print_prose("None.")
        return
    shown = found[:limit] if limit else found
    print_table(
        ("record", "where", "from", "to", "days", "grade", "exemption"),
        [
            (
                one.record,
                " ".join(one.places[:5]) + (f" +{len(one.places) - 5}" if one.places[5:] else ""),
                " or ".join(one.start) or "not known",
                (" or ".join(one.end) or "open") + (f" ({one.told_in})" if one.told_in else ""),
                days_words(one.days, is_open=one.is_open),
                one.grade.value,
                " ".join(filter(None, (one.case, one.breadth, *one.instruments))),
            )
            for one in shown
        ],
    )
    if len(shown) < len(found):
        print_prose(f"{len(found) - len(shown):,} more rows: --limit 0 shows them.")


def _print_left_out(found: Sequence[LeftOut]) -> None:
    counted = Counter((one.why, one.grade) for one in found)
    if not counted:
        return
    print_prose("Left out, and why:")
    for why in sorted({why for why, _ in counted}):
        told = ", ".join(
            f"{counted[why, grade]:,} {grade}" for grade in Grade if counted[why, grade]
        )
        print_prose(f"{why_words(why)}: {told}.", 2)
