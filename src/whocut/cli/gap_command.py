"""``whocut gap``: which share of services refuses a country, and which is interfered with there."""

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from cyclopts import Parameter
from msgspec import Struct

from whocut.cli.country_codes import refuse_no_country
from whocut.cli.gap_screen import print_gap, print_rows, sentence
from whocut.cli.output import AS_TABLE, Output, write_json, write_rows
from whocut.cli.question import (
    Day,
    ObservatoryOption,
    asked_country,
    asked_day,
    observatory_directory,
)
from whocut.model.errors import UsageError
from whocut.store.observatory import Observatory
from whocut.store.snapshot import Snapshot

if TYPE_CHECKING:
    import pyarrow as pa

    from whocut.access.gap import Gap, GapRow
    from whocut.access.target_model import Catalog

__all__ = ["PERIOD_WEEKS", "GapQuestion", "gap"]

PERIOD_WEEKS: Final = 13
"""Weeks of the period where none is asked for: a quarter of a year."""
By = Literal["sector", "actor_kind", "class"]
_FIGURES: Final = ("refused", "interfered", "both", "unattributed")
_GROUP_COLUMNS: Final = (
    *("group", "targets", "not_measured", "unanswered", "not_compared", "n", "served", "changed"),
    *(f"{name}{tail}" for name in _FIGURES for tail in ("", "_share", "_low", "_high")),
)
_CELL_COLUMNS: Final = (
    *("target", "class", "sector", "place", "stand", "is_listed_refused", "served_in", "week"),
    *("n", "n_usable", "n_networks", "n_countries", "n_countries_served", "answer", "shortfall"),
    *("mechanism", "p_served", "p_refused_service", "p_refused_edge", "p_interfered", "p_two"),
    *("p_cut", "model"),
)


class GapQuestion(Struct, frozen=True):
    """What is asked: a country, Mondays from and to, and countries to compare with."""

    country: str
    since: date | None
    until: date | None
    against: tuple[str, ...] | None


def gap(
    code: Annotated[str, Parameter(help="Country of the probes, two letters.")],
    /,
    *,
    since: Day = None,
    until: Day = None,
    by: Annotated[By, Parameter(help="How to group the services.")] = "sector",
    against: Annotated[
        str | None,
        Parameter(help="Countries to compare with, as in DE,FR,PL; else all with data."),
    ] = None,
    rows: Annotated[
        bool, Parameter(negative="", help="List the cells behind the figures instead.")
    ] = False,
    observatory: ObservatoryOption = None,
    output: Output = AS_TABLE,
) -> int:
    """Show the refusal gap of a country: of services served elsewhere, the share that refuse it.

    Beside it the share that is interfered with in the path, both at once, and cuts that nobody is
    shown to have made; independent media and messengers as classes of their own; and the country's
    own media and state services, asked from outside. Without days, the last 13 weeks in the data.
    """
    from whocut.access.targets import load_targets

    question = GapQuestion(
        asked_country(code, "CODE"),
        asked_day(since, "--since"),
        asked_day(until, "--until"),
        _asked_against(against, asked_country(code, "CODE")),
    )
    catalog = load_targets()
    with Observatory(observatory_directory(observatory)).snapshot() as snapshot:
        refuse_no_country(question.country, snapshot, "CODE")
        for other in question.against or ():
            refuse_no_country(other, snapshot, "--against")
        question = _with_period(snapshot, question)
        cells, note = _cells(snapshot, question, catalog)
        sequence = snapshot.manifest.sequence
    found = _find(cells, catalog, question)
    if rows:
        _write_cells(cells, found, question, output)
        return 0
    groups: Sequence[GapRow] = getattr(found, f"by_{by}")
    if output.form == "json":
        meta = {"n": found.services.n, "snapshot": sequence, "note": note}
        meta["model"] = sorted(set(cells["model"].to_pylist()))
        document = {"question": question, "answer": sentence(found), "by": by, "gap": found}
        write_json({**document, "meta": meta})
    elif output.form == "table":
        print_gap(found, groups, by=by, since=question.since, until=question.until, note=note)
    else:
        write_rows([_flat(row) for row in groups], _GROUP_COLUMNS, output.form)
    return 0


def _asked_against(text: str | None, country: str) -> tuple[str, ...] | None:
    from whocut.access.gap import MIN_COMPARISONS

    if text is None:
        return None
    codes = tuple(
        dict.fromkeys(asked_country(part.strip(), "--against") for part in text.split(","))
    )
    if country in codes:
        raise UsageError(f"--against {text}: {country} cannot be compared with itself")
    if len(codes) < MIN_COMPARISONS:
        raise UsageError(f"--against {text}: name at least {MIN_COMPARISONS} countries")
    return codes


def _with_period(snapshot: Snapshot, question: GapQuestion) -> GapQuestion:
    """Fill in the days that were not asked for, from the country's own cells."""
    since, until = question.since, question.until
    if since and until and since > until:
        raise UsageError(f"--since {since} is after --until {until}")
    until = until or _last_week(snapshot, question.country)
    if since is None and until is not None:
        monday = until - timedelta(days=until.weekday())
        since = monday - timedelta(weeks=PERIOD_WEEKS - 1)
    return GapQuestion(question.country, since, until, question.against)


def _last_week(snapshot: Snapshot, country: str) -> date | None:
    import pyarrow.compute as pc

    from whocut.store.lookup import rows

    files = snapshot.files("cell", cc=country)
    if not files:
        return None
    last_quarter = date.fromisoformat(max(entry.day for entry in files))
    found = rows(snapshot, "cell", cc=country, since=last_quarter, columns=["week"])
    last: date | None = pc.max(found["week"]).as_py()
    return last


def _cells(snapshot: Snapshot, question: GapQuestion, catalog: "Catalog") -> tuple["pa.Table", str]:
    """Read the cells of all targets, country by country, of the world or else of the lab."""
    import pyarrow as pa
    import pyarrow.compute as pc

    from whocut.access.standing import CELL_COLUMNS
    from whocut.store.lookup import rows

    names = pa.array(sorted({one.domain for one in catalog.targets}))
    columns = {*CELL_COLUMNS, *_CELL_COLUMNS, "origin"}
    since, until = question.since, question.until
    pieces = []
    for country in _countries(
        question, {e.cc for e in snapshot.entries("cell", since=since, until=until)}
    ):
        piece = rows(
            snapshot, "cell", cc=country, since=since, until=until, columns=sorted(columns)
        )
        pieces.append(piece.filter(pc.is_in(piece["target"], value_set=names)))
    if not pieces:
        pieces.append(rows(snapshot, "cell", cc="", columns=sorted(columns)))
    cells = pa.concat_tables(pieces)
    is_lab = pc.equal(cells["origin"], "lab")
    n_lab = pc.sum(is_lab).as_py() or 0
    if n_lab == cells.num_rows and n_lab:
        note = "These are cells of the emulated internet (lab); they say nothing of any country."
        return cells, note
    note = f"{n_lab} cells of the emulated internet are left out." if n_lab else ""
    return cells.filter(pc.invert(is_lab)), note


def _countries(question: GapQuestion, known: Collection[str]) -> list[str]:
    wanted = known if question.against is None else {question.country, *question.against}
    return sorted(set(known) & set(wanted))


def _find(cells: "pa.Table", catalog: "Catalog", question: GapQuestion) -> "Gap":
    from whocut.access.gap import find_gap
    from whocut.access.standing import find_standings

    standings = find_standings(cells)
    return find_gap(standings, catalog, question.country, against=question.against)


def _flat(row: "GapRow") -> dict[str, Any]:
    plain: dict[str, Any] = {name: getattr(row, name) for name in row.__struct_fields__}
    for name in _FIGURES:
        share = plain[name]
        plain |= {name: share.k, f"{name}_share": share.share}
        plain |= {f"{name}_low": share.low, f"{name}_high": share.high}
    return plain


def _write_cells(cells: "pa.Table", found: "Gap", question: GapQuestion, output: Output) -> None:
    """Write the country's own cells of every target in the count, each with its standing."""
    import pyarrow.compute as pc

    members = {one.target.domain: one for one in found.members}
    here = cells.filter(pc.equal(cells["probe_cc"], question.country))
    listed = []
    for cell in here.sort_by([("target", "ascending"), ("week", "ascending")]).to_pylist():
        member = members.get(cell["target"])
        if member is None:
            continue
        cell |= {"class": member.target.class_, "sector": member.target.sector}
        cell |= {"place": member.place.value, "served_in": list(member.served_in)}
        cell |= {"is_listed_refused": member.is_listed_refused}
        listed.append({**cell, "stand": member.here.stand.value if member.here else None})
    if output.form == "json":
        rows = [{name: row[name] for name in _CELL_COLUMNS} for row in listed]
        write_json({"question": question, "rows": rows, "meta": {"n": len(rows)}})
    elif output.form == "table":
        print_rows(listed, question.country)
    else:
        write_rows(listed, _CELL_COLUMNS, output.form)
