"""From the answer of a pair, as cells give it, to what is joined: the rows of an observatory."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from whocut.access.agreement import Statement
from whocut.access.pair_answer import PairAnswer
from whocut.attribution.join.measured import (
    MeasuredPair,
    MeasuredSlowdown,
    MeasuredSpan,
    MeasuredStatement,
    MeasuredWeek,
)
from whocut.attribution.vocabulary import SlowdownAnswer
from whocut.model.taxonomy import Cause, CellAnswer

__all__ = ["measured_answer", "measured_statements", "week_of_cell"]

_DIGITS: Final = 4
_AS_IT_IS: Final = (
    *("mechanism", "layer", "n", "n_usable", "n_served", "n_networks", "n_networks_cut"),
    *("n_countries", "n_countries_served", "lead", "second", "shortfall"),
)


def measured_answer(country: str, target: str, found: PairAnswer) -> MeasuredPair:
    """Take from the rows of a pair what its finding rests on."""
    cell = found.cell
    return MeasuredPair(
        country=country,
        target=target,
        origin=cell["origin"],
        weeks=tuple(week_of_cell(row) for row in found.history),
        spans=tuple(
            MeasuredSpan(**{name: row[name] for name in MeasuredSpan.__struct_fields__})
            for row in found.spans
        ),
        slowdowns=tuple(
            MeasuredSlowdown(
                week=row["week"],
                answer=SlowdownAnswer(row["answer"]),
                mechanism=row["mechanism"],
                n=row["n"],
                n_networks=row["n_networks"],
                n_networks_slow=row["n_networks_slow"],
                n_countries=row["n_countries"],
                ratio=row["rate_ratio"],
            )
            for row in found.slowdowns
        ),
        statements=measured_statements(found.agreement.statements),
        model=cell["model"],
    )


def week_of_cell(cell: Mapping[str, Any]) -> MeasuredWeek:
    """Take one row of ``cell``."""
    causes = {cause.value: cell[f"p_{cause.value}"] for cause in Cause}
    p = {**causes, "two": cell["p_two"], "cut": cell["p_cut"]}
    return MeasuredWeek(
        week=cell["week"],
        answer=CellAnswer(cell["answer"]),
        p={name: round(value, _DIGITS) for name, value in p.items()},
        extent=round(cell["extent"], _DIGITS),
        **{name: cell[name] for name in _AS_IT_IS},
    )


def measured_statements(statements: Sequence[Statement]) -> tuple[MeasuredStatement, ...]:
    """Take what the measurements say together, single ones and agreements alike."""
    return tuple(
        MeasuredStatement(
            outcome=one.outcome,
            mechanism=one.mechanism,
            locus=one.locus,
            actor_kind=one.actor_kind,
            strength=one.strength,
            n=one.n,
            n_networks=len(one.networks),
        )
        for one in statements
    )
