"""Answer for every target of one country, each as ``whocut who`` does."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from operator import itemgetter
from typing import Any, Final

from msgspec import Struct, convert
from msgspec.structs import replace

from whocut.access.agreement import Statement
from whocut.access.pair_answer import (
    LAB,
    Look,
    PairAnswer,
    answer_of,
    answer_probability,
    behind,
    by_network,
    examples_to_look_up,
    look_at,
    most,
    rounded,
    span_of,
)
from whocut.access.period import Question
from whocut.access.target_model import Target
from whocut.model.taxonomy import CUT_OUTCOMES, Cause, CellAnswer
from whocut.publish.edition.access_country import COURSE, CountryRead, grouped
from whocut.publish.edition.access_examples import Examples
from whocut.publish.edition.access_rows import (
    NetworkCount,
    Pair,
    PairRow,
    PairStatement,
    PairWeek,
    SlowWeek,
    SpanRow,
)
from whocut.publish.edition.arrow_rows import dicts_of, lists_of

__all__ = ["pairs_of"]

_WEEKS_ABOUT: Final = timedelta(weeks=6)
"""Networks that might measure it too are looked for in this many weeks before and after."""
_MOST_NETWORKS: Final = 8
_WEEK_OF: Final = itemgetter(*PairWeek.__struct_fields__)
_SPAN_OF: Final = itemgetter(*SpanRow.__struct_fields__)
_SLOW_OF: Final = itemgetter(*SlowWeek.__struct_fields__)
_STATED: Final = (
    *("outcome", "layer", "mechanism", "locus", "actor_kind", "strength", "n", "networks"),
    *("first", "last", "is_by_agreement"),
)


class _Rows:
    """The rows of one country that pairs are answered from, by target."""

    def __init__(self, read: CountryRead) -> None:
        self.read = read
        self.cells = read.all_cells
        self.tallies = read.tallies
        self.tally_places = {name: (low, high) for name, low, high in grouped(self.tallies)}
        self.tally_rows = dicts_of(self.tallies)
        self.spans = read.spans()
        self.slowdowns = read.slowdowns()

    def tallies_of(self, target: str, since: date, until: date) -> list[dict[str, Any]]:
        """Give the tallies of a target in some weeks."""
        low, high = self.tally_places.get(target, (0, 0))
        return [row for row in self.tally_rows[low:high] if since <= row["week"] <= until]


class _Answered:
    """One pair on its way into an edition."""

    def __init__(
        self, target: str, look: Look, found: PairAnswer, weeks: list[dict[str, Any]]
    ) -> None:
        self.target = target
        self.look = look
        self.found = found
        self.weeks = weeks
        self.examples = {
            statement: chosen
            for statement, chosen in examples_to_look_up(found.agreement, found.tallies).items()
            if statement.outcome in CUT_OUTCOMES
        }


def pairs_of(read: CountryRead, catalog: Mapping[str, Target]) -> list[Pair]:
    """Answer for every target, the surest cuts first, those not measured lately last."""
    given = _Rows(read)
    answered = list(_answered(given))
    looked_up = Examples(read.snapshot, read.country)
    looked_up.look_up(row for one in answered for rows in one.examples.values() for row in rows)
    about = _About(read, catalog, looked_up, _Around(read.networks))
    pairs = [_pair(one, about) for one in answered]
    return sorted(pairs, key=_weight)


def _answered(given: _Rows) -> Iterable[_Answered]:
    country = given.read.country
    course = dicts_of(given.cells.select(COURSE), is_rounded=True)
    columns = lists_of(given.cells)
    for target, low, high in grouped(given.cells):
        measured = course[low:high]
        look = look_at(measured, Question(country, target))
        if look is None:
            continue
        since, until = look.period.since, look.period.until
        within = [row for row in measured if since <= row["week"] <= until]
        spans = [row for row in given.spans.get(target, ()) if _is_within(row, since, until)]
        slow = [row for row in given.slowdowns.get(target, ()) if since <= row["week"] <= until]
        tallies = given.tallies_of(target, since, until)
        found = answer_of(look, within, tallies, spans, slow)
        if found is None:
            continue
        place = low + next(
            number
            for number, row in enumerate(measured)
            if row["week"] == found.cell["week"] and row["origin"] == look.origin
        )
        cell = {name: column[place] for name, column in columns.items()}
        whole = _with_cell(found, rounded(cell))
        weeks = [row for row in measured if row["origin"] == look.origin]
        yield _Answered(target, look, whole, weeks)


def _with_cell(found: PairAnswer, cell: dict[str, Any]) -> PairAnswer:
    return PairAnswer(
        *(found.history, cell, found.later, found.spans, found.slowdowns),
        *(found.tallies, found.agreement),
    )


def _is_within(span: Mapping[str, Any], since: date, until: date) -> bool:
    """Say whether a cause may have been at work on one of the days, as a look-up does."""
    ends = span["end_high"]
    return bool(span["onset_high"] <= until and (ends is None or ends >= since))


class _Around:
    """Which networks of the country measured anything in the weeks about one."""

    def __init__(self, networks: Iterable[Mapping[str, Any]]) -> None:
        self._by_week: dict[date, dict[int, int]] = {}
        for row in networks:
            own = self._by_week.setdefault(row["week"], {})
            own[row["probe_asn"]] = own.get(row["probe_asn"], 0) + row["n"]
        self._known: dict[date, list[int]] = {}

    def others(self, week: date, here: set[int]) -> tuple[int, ...]:
        """Name networks that measured other targets, the busiest first."""
        if week not in self._known:
            size: dict[int, int] = {}
            for other, own in self._by_week.items():
                if week - _WEEKS_ABOUT <= other <= week + _WEEKS_ABOUT:
                    for asn, n in own.items():
                        size[asn] = size.get(asn, 0) + n
            self._known[week] = sorted((asn for asn in size if asn), key=lambda a: (-size[a], a))
        return tuple([asn for asn in self._known[week] if asn not in here][:_MOST_NETWORKS])


class _About(Struct, frozen=True):
    """What is known of the country beside the pair."""

    read: CountryRead
    catalog: Mapping[str, Target]
    examples: Examples
    around: _Around


def _pair(one: _Answered, about: _About) -> Pair:
    found, cell, period = one.found, one.found.cell, one.look.period
    here = {row["probe_asn"] for row in found.tallies if row["week"] == cell["week"]}
    return Pair(
        row=_row(one, about.read, about.catalog.get(one.target)),
        since=period.since,
        until=period.until,
        is_all=period.is_all,
        history=tuple(PairWeek(*_WEEK_OF(row)) for row in one.weeks),
        later=found.later,
        causes={
            **{cause.value: cell[f"p_{cause.value}"] for cause in Cause},
            "two": cell["p_two"],
        },
        **{name: cell[name] for name in ("extent", "extent_low", "extent_high", "model")},
        spans=tuple(SpanRow(*_SPAN_OF(row)) for row in found.spans),
        slowdowns=tuple(SlowWeek(*_SLOW_OF(row)) for row in found.slowdowns),
        networks=_networks(found.tallies),
        statements=tuple(
            _statement(statement, one, about.examples) for statement in found.agreement.statements
        ),
        n=sum(row["n"] for row in found.history),
        n_usable=found.agreement.n_usable,
        n_before=one.look.n_before,
        other_networks=about.around.others(cell["week"], here) if cell["shortfall"] else (),
        lab_weeks_left_out=one.look.n_lab,
        snapshot=about.read.snapshot.manifest.sequence,
    )


def _row(one: _Answered, read: CountryRead, target: Target | None) -> PairRow:
    cell, history = one.found.cell, one.found.history
    span = span_of(one.found.spans, cell) or {}
    return PairRow(
        country=read.country,
        target=one.target,
        origin=one.look.origin,
        answer=cell["answer"],
        probability=round(answer_probability(cell), 4),
        **{name: cell[name] for name in ("week", "n", "n_usable", "n_networks")},
        **{name: cell[name] for name in ("n_networks_cut", "n_countries", "n_countries_served")},
        **{name: cell[name] for name in ("mechanism", "layer", "lead", "second")},
        **{name: cell[name] for name in ("shortfall", "p_cut")},
        n_period=sum(row["n"] for row in history),
        weeks=len(history),
        since=span.get("onset"),
        since_low=span.get("onset_low"),
        since_high=span.get("onset_high"),
        end=span.get("end"),
        last_week=history[-1]["week"],
        is_older=one.look.origin != LAB and history[-1]["week"] < read.period.since,
        target_class=target.class_ if target else "",
        sector=target.sector if target else "",
    )


def _networks(tallies: Sequence[dict[str, Any]]) -> tuple[NetworkCount, ...]:
    last: dict[tuple[Any, ...], tuple[Any, str]] = {}
    for row in tallies:
        key = tuple(row[name] for name in _KIND)
        last[key] = max(last.get(key, (row["last"], "")), (row["last"], row["example_uid"]))
    return tuple(
        convert([*row.values(), last[tuple(row[name] for name in _KIND)][1]], NetworkCount)
        for row in by_network(tallies)
    )


_KIND: Final = ("probe_asn", "outcome", "layer", "mechanism", "strength")


def _statement(statement: Statement, one: _Answered, looked_up: Examples) -> PairStatement:
    bare = convert([getattr(statement, name) for name in _STATED], PairStatement)
    chosen = one.examples.get(statement)
    if chosen is None:
        own = behind(statement, one.found.tallies, one.found.agreement)
        last = max(own, key=lambda row: (row["n"], row["example_uid"]), default=None)
        return replace(bare, measurements=(last["example_uid"],) if last else ())
    verdicts = [found for row in chosen if (found := looked_up.verdict(row)) is not None]
    uids = [row["measurement_uid"] for row in verdicts] or [row["example_uid"] for row in chosen]
    return replace(
        bare,
        rules=most(row["rule_id"] for row in verdicts),
        fingerprints=most(name for row in verdicts for name in row["fingerprints"]),
        doubt=next(iter(most(row["doubt"] for row in verdicts)), ""),
        next_step=next(iter(most(row["next_step"] for row in verdicts)), ""),
        measurements=tuple(uids),
    )


def _weight(one: Pair) -> tuple[bool, int, float, int, str]:
    """Order as ``whocut country`` does: cuts, other answers, insufficient, served."""
    row = one.row
    rank = 0 if row.is_cut else 2 if row.answer == CellAnswer.INSUFFICIENT else 1
    chance = row.p_cut if rank == 2 else row.probability
    if row.answer == Cause.SERVED:
        rank = 3
    return row.is_older, rank, -round(chance, 2), -row.n_period, row.target
