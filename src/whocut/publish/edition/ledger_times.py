"""Write the lags and the cards of the five calls."""

import sqlite3
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from msgspec.structs import replace

from whocut.ledger.counts import ByGrade
from whocut.ledger.harms import check_provisions, load_harms
from whocut.ledger.lags import GROUPINGS, Lag, LagFigure, LagKind, Lags, figures_of, lengths_of
from whocut.ledger.lags_exemption import Days, exemption_lags, restoration_lags
from whocut.ledger.lags_regimes import lags_by_regime, load_regimes
from whocut.ledger.lags_spells import LeftOut
from whocut.ledger.law.question import LegalQuestion
from whocut.ledger.law.record_question import question_of
from whocut.ledger.record import CutRecord
from whocut.ledger.scorecard import GROUPS, CallCard, Card, Material, Standing, cards_of_all
from whocut.ledger.vocabulary import Grade
from whocut.publish.edition.ledger_rows import (
    CallCount,
    CallFound,
    CardFound,
    CardTally,
    LagsFound,
    RecordLags,
)
from whocut.publish.edition.ledger_source import LedgerSource
from whocut.publish.edition.progress import Progress
from whocut.publish.edition.reading import pack

__all__ = ["write_times"]

_SCHEMA: Final = """
CREATE TABLE ledger_lags (by TEXT PRIMARY KEY, lags BLOB NOT NULL);
CREATE TABLE ledger_lag (id INTEGER PRIMARY KEY, kind TEXT NOT NULL, lag BLOB NOT NULL);
CREATE INDEX ledger_lag_kind ON ledger_lag (kind, id);
CREATE TABLE ledger_lags_of (record TEXT PRIMARY KEY, lags BLOB NOT NULL);
CREATE TABLE ledger_card (cc TEXT PRIMARY KEY, card BLOB NOT NULL, tallies BLOB NOT NULL);
"""
_NAMED: Final = 12
"""Records named with a figure; its ``n`` counts them all."""


def write_times(
    connection: sqlite3.Connection,
    source: LedgerSource,
    numbers: Mapping[str, int],
    as_of: date,
    progress: Progress,
) -> None:
    """Write the three lags by each axis, those of each record, and every card."""
    connection.executescript(_SCHEMA)
    found = _all_lags(source, as_of, progress)
    regimes = tuple(lags_by_regime(load_regimes(), source.law.versions, as_of))
    left_out = {
        one.kind: dict(Counter(out.why.value for out in one.left_out).most_common())
        for one in found
    }
    for by in (one for one in GROUPINGS if one != "record"):
        figures = {
            one.kind: tuple(_shortened(figure) for figure in figures_of(one.lags, by))
            for one in found
        }
        whole = LagsFound(as_of, by, figures, regimes, left_out)
        connection.execute("INSERT INTO ledger_lags VALUES (?, ?)", (by, pack(whole)))
    _write_single(connection, found, numbers)
    _write_cards(connection, source, as_of, progress)


def _all_lags(source: LedgerSource, as_of: date, progress: Progress) -> list[Lags]:
    ledger, actors, days = source.ledger, source.actors, Days(source.law)

    def ask(record: CutRecord) -> LegalQuestion:
        return question_of(record, actors, source.law)

    found = []
    for kind in progress.over("lags", list(LagKind)):
        if kind is LagKind.EXEMPTION:
            found.append(exemption_lags(ledger, actors, days, ask, as_of))
        elif kind is LagKind.RESTORATION:
            found.append(restoration_lags(ledger, actors, days, ask, as_of))
        else:
            found.append(lengths_of(ledger, actors, as_of))
    return found


def _shortened(figure: LagFigure) -> LagFigure:
    return replace(
        figure, records=figure.records[:_NAMED], open_records=figure.open_records[:_NAMED]
    )


def _write_single(
    connection: sqlite3.Connection, found: list[Lags], numbers: Mapping[str, int]
) -> None:
    own: dict[str, list[Lag]] = {}
    out: dict[str, list[LeftOut]] = {}
    for one in found:
        for lag in sorted(one.lags, key=lambda lag: (numbers[lag.record], lag.places)):
            own.setdefault(lag.record, []).append(lag)
            connection.execute(
                "INSERT INTO ledger_lag (kind, lag) VALUES (?, ?)", (lag.kind.value, pack(lag))
            )
        for left in one.left_out:
            out.setdefault(left.record, []).append(left)
    for id_ in numbers:
        if id_ in own or id_ in out:
            lags = RecordLags(tuple(own.get(id_, ())), tuple(dict.fromkeys(out.get(id_, ()))))
            connection.execute("INSERT INTO ledger_lags_of VALUES (?, ?)", (id_, pack(lags)))


def _told(card: Card) -> CardFound:
    return CardFound(
        country=card.country,
        day=card.day,
        calls=tuple(_call(one) for one in card.calls),
        n_not_counted=len(card.not_counted),
        n_without_call=len(card.without_call),
    )


def _call(card: CallCard) -> CallFound:
    grouped: dict[tuple[Standing, str], dict[Grade, list[str]]] = {}
    for entry in card.entries:
        for group in entry.groups:
            grades = grouped.setdefault((entry.standing, group), {})
            grades.setdefault(entry.grade, []).append(entry.record)
    counts = [
        _count(standing, group, grouped[standing, group])
        for standing in Standing
        for group in GROUPS
        if (standing, group) in grouped
    ]
    call = card.call
    return CallFound(
        number=call.number,
        id=call.id,
        title=call.title,
        words=call.words,
        action_lines=call.action_lines,
        counts=tuple(counts),
        provisions=dict(card.provisions),
    )


def _count(standing: Standing, group: str, ids: Mapping[Grade, Sequence[str]]) -> CallCount:
    return CallCount(
        standing=standing,
        group=group,
        count=ByGrade(**{grade.value: len(own) for grade, own in ids.items()}),
        records=tuple(id_ for grade in Grade for id_ in ids.get(grade, ())[:_NAMED]),
    )


def _write_cards(
    connection: sqlite3.Connection, source: LedgerSource, as_of: date, progress: Progress
) -> None:
    harms, versions = load_harms(), source.law.versions
    check_provisions(harms, versions)
    material = Material(ledger=source.ledger, actors=source.actors, harms=harms, versions=versions)
    progress.say("cards", 0, 1)
    for card in cards_of_all(material, as_of):
        values = (card.country, pack(_told(card)), pack(_tallies(card)))
        connection.execute("INSERT INTO ledger_card VALUES (?, ?, ?)", values)
    progress.say("cards", 1, 1)


def _tallies(card: Card) -> tuple[CardTally, ...]:
    return tuple(
        CardTally(one.call.number, standing, grade, n)
        for one in card.calls
        for (standing, grade), n in Counter(
            (entry.standing, entry.grade) for entry in one.entries
        ).items()
    )
