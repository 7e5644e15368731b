"""``whocut routes breaks``: whom a backbone stopped carrying, how much, since which minute."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Any, Final

from cyclopts import Parameter
from msgspec.structs import asdict

from whocut.cli.output import AS_TABLE, Output, print_table, write_json, write_rows
from whocut.cli.question import asked_country
from whocut.cli.routes_files import (
    INCOMPLETE,
    OBSERVED,
    OBSERVED_NOTE,
    existing,
    minute,
    moment,
    report_faults,
)
from whocut.cli.terminal import print_prose
from whocut.ingest.topology import REGISTRATION_CAVEAT, read_organisations, read_relationships
from whocut.model.errors import UsageError
from whocut.routes.observed.breaks import Breaks, find_breaks
from whocut.routes.observed.feed import Tables
from whocut.routes.observed.finding import BREAKS, PairFinding, Reason
from whocut.routes.observed.log import RouteLog, observe
from whocut.routes.observed.meeting import Doubt, DoubtKind
from whocut.routes.observed.mrt_feed import Content, MrtRoutes
from whocut.routes.observed.ties import NO_TIES, Ties
from whocut.routes.observed.timing import LIMITS, Limits

__all__ = ["COLUMNS", "breaks"]

_FOUND: Final = (
    *("backbone", "customer", "country", "reason", "prefix_share", "path_share", "start", "end"),
    *("n_prefixes_before", "n_prefixes_after", "n_prefixes_during", "n_vantages_before"),
    *("n_vantages_after", "n_vantages_during", "n_paths_before", "n_paths_after"),
    *("n_paths_during", "n_withdrawn", "n_withdrawn_by", "n_reannounced", "n_reannounced_by"),
    *("n_unseen", "n_detours_by", "first", "last", "is_still_seen", "others", "together"),
    *("lost_vantages", "blind_vantages", "prefixes"),
)
COLUMNS: Final = (*_FOUND, "paths", "caveat")
_WORDS: Final = {
    Reason.SESSIONS_ENDED: "sessions ended",
    Reason.PREFIX_FILTER: "some prefixes filtered",
    Reason.ROUTE_LEAK: "route leak",
    Reason.RENUMBERING: "customer has a new number",
    Reason.VANTAGE_LOST: "vantages lost, cannot be told",
    Reason.NOT_SEEN: "backbone not seen, cannot be told",
    Reason.TURNED_AWAY: "others took over, the adjacency may stand",
    Reason.MAINTENANCE: "away for a time, came back",
    Reason.MOVED: "customer had moved",
    Reason.MOVED_BELOW: "customer's customers moved",
    Reason.CUSTOMER_GONE: "customer seen nowhere",
    Reason.PREFIXES_GONE: "some prefixes seen nowhere",
    Reason.STAND_IN: "stood in for others",
    Reason.NONE: "no change",
}
_DOUBTS: Final = {
    DoubtKind.HOLE_BEFORE: "no update is at hand: a change of that time shows only in a RIB after, "
    "and has no minute",
    DoubtKind.HOLE_AFTER: "no update is at hand: a change of that time has no minute",
    DoubtKind.NO_UPDATES_BETWEEN: "no update is at hand: no change has a minute",
    DoubtKind.OTHER_VANTAGES_TELL: "the updates come from other vantages than the RIB before: no "
    "change has a minute",
    DoubtKind.OTHER_VANTAGES_AFTER: "the RIB after comes from other vantages than the RIB before: "
    "nothing can be told of any adjacency",
}
_WHO_NOTE: Final = (
    "Routes show that an adjacency ended, not who ended it. Several customers of one country at "
    "the same minute speak for the backbone; a provider taken before the break, for the customer."
)


def breaks(
    backbone: Annotated[int, Parameter(help="AS number of the backbone.")],
    *,
    before: Annotated[list[Path], Parameter(consume_multiple=True, help="RIBs in MRT, before.")],
    updates: Annotated[
        list[Path] | None, Parameter(consume_multiple=True, help="Updates in MRT, between them.")
    ] = None,
    after: Annotated[
        list[Path] | None, Parameter(consume_multiple=True, help="RIBs in MRT, after.")
    ] = None,
    customer: Annotated[
        list[int] | None, Parameter(help="Only this network below it; may be repeated.")
    ] = None,
    country: Annotated[
        str | None,
        Parameter(name=["--country", "-c"], help="Only networks registered there, two letters."),
    ] = None,
    organisations: Annotated[
        Path | None, Parameter(help="CAIDA's AS2Org: where networks are registered.")
    ] = None,
    relationships: Annotated[
        Path | None,
        Parameter(help="CAIDA's AS relationships: only customers, and leaks told by relation."),
    ] = None,
    settle: Annotated[
        float, Parameter(help="Seconds within which changes are one event.")
    ] = LIMITS.settle_s,
    limit: Annotated[int, Parameter(help="Rows of the table; 0 for all of them.")] = 40,
    output: Output = AS_TABLE,
) -> int:
    """Tell which networks a backbone no longer carries, in part or whole, since which minute.

    Each adjacency has a reason: sessions ended, a prefix filter, a leak, a new number, a lost
    collector's peer, maintenance, a customer that moved or died, or none. Observed, not simulated.
    """
    tables = Tables()
    parts = [
        MrtRoutes(existing(files, option), tables, content)
        for option, files, content in (
            ("--before", before, Content.TABLE),
            ("--updates", updates or [], Content.UPDATES),
            ("--after", after or [], Content.TABLE),
        )
    ]
    country_of, notes = _countries(organisations, country)
    ties = _ties(relationships)
    log = observe(
        backbone, parts[0], parts[1] if updates else None, parts[2] if after else None, tables
    )
    wanted = _wanted(log, customer, country, country_of, ties)
    found = find_breaks(log, wanted, country_of, ties, Limits(settle_s=settle))
    code = report_faults(output, *parts)
    if found.doubts:
        code = INCOMPLETE
    if output.form == "table":
        _print(found, country_of, limit)
    elif output.form == "json":
        write_json(_document(found, country_of, [OBSERVED_NOTE, _WHO_NOTE, *notes], settle))
    else:
        for doubt in found.doubts:
            output.say(f"whocut: {_doubt_words(doubt)}")
        rows = (_row(one, country_of) | OBSERVED for one in found.pairs)
        write_rows(rows, COLUMNS, output.form)
    return code


_CountryOf = Callable[[int], str]


def _countries(file: Path | None, country: str | None) -> tuple[_CountryOf | None, list[str]]:
    if file is None:
        if country is not None:
            raise UsageError("--country needs --organisations, which says where networks are")
        return None, []
    known = read_organisations(existing([file], "--organisations")[0])
    return (lambda asn: known.country_of(asn) or ""), [REGISTRATION_CAVEAT]


def _ties(file: Path | None) -> Ties:
    if file is None:
        return NO_TIES
    links = read_relationships(existing([file], "--relationships")[0])
    sales = zip(links.provider.tolist(), links.customer.tolist(), strict=True)
    peers = zip(links.peer_a.tolist(), links.peer_b.tolist(), strict=True)
    return Ties.of(sales, peers)


def _wanted(
    log: RouteLog,
    customers: Sequence[int] | None,
    country: str | None,
    country_of: _CountryOf | None,
    ties: Ties,
) -> set[int] | None:
    """Choose the networks to judge; nothing means all that are seen below the backbone."""
    below = set(log.below[log.below > 0].tolist())
    wanted = set(customers) if customers else below
    if ties.sales and not customers:
        wanted &= ties.customers_of(log.backbone)
    if country is not None and country_of is not None:
        place = asked_country(country)
        wanted = {asn for asn in wanted if country_of(asn) == place}
    return wanted


def _row(one: PairFinding, country_of: _CountryOf | None) -> dict[str, Any]:
    row: dict[str, Any] = {
        "country": (country_of(one.customer) or None) if country_of else None,
        "reason": one.reason.value,
        "start": moment(one.start_s),
        "end": moment(one.end_s),
        "first": moment(one.evidence.first_s),
        "last": moment(one.evidence.last_s),
    }
    for name, seen in (("before", one.before), ("after", one.after), ("during", one.during)):
        row |= {f"{key}_{name}": value for key, value in asdict(seen).items()}
    plain = asdict(one) | asdict(one.evidence)
    row |= {name: plain[name] for name in _FOUND if name in plain and name not in row}
    return {name: list(row[name]) if isinstance(row[name], tuple) else row[name] for name in _FOUND}


def _document(
    found: Breaks, country_of: _CountryOf | None, notes: list[str], settle: float
) -> dict[str, Any]:
    return {
        "backbone": found.backbone,
        "before": moment(found.before_s),
        "after": moment(found.after_s),
        "has_updates": found.has_updates,
        "has_after": found.has_after,
        "n_vantages": found.n_vantages,
        "settle_s": settle,
        "kind": "observed",
        "notes": notes,
        "doubts": [
            {"kind": one.kind.value, "begin": moment(one.begin_s), "end": moment(one.end_s)}
            for one in found.doubts
        ],
        "adjacencies": [_row(one, country_of) for one in found.pairs],
        "vantage_losses": [
            {
                "asn": one.asn,
                "address": one.address,
                "n_routes_before": one.n_routes_before,
                "n_routes_after": one.n_routes_after,
                "ended": moment(one.ended_s),
            }
            for one in found.vantage_losses
        ],
    }


def _print(found: Breaks, country_of: _CountryOf | None, limit: int) -> None:
    changed = [one for one in found.pairs if one.reason is not Reason.NONE]
    n_breaks = sum(one.reason in BREAKS for one in found.pairs)
    print_prose(
        f"AS{found.backbone} from {minute(found.before_s)} to {minute(found.after_s)} UTC, seen "
        f"from {found.n_vantages:,} networks: of {len(found.pairs):,} adjacencies {n_breaks:,} "
        f"broke in whole or part, {len(changed) - n_breaks:,} changed otherwise.",
        style="bold",
    )
    for doubt in found.doubts:
        print_prose(_doubt_words(doubt))
    print_prose(OBSERVED_NOTE)
    print_prose(_WHO_NOTE)
    if country_of is not None:
        print_prose(REGISTRATION_CAVEAT)
    order = list(Reason)
    changed.sort(key=lambda one: (order.index(one.reason), one.start_s or 0.0, one.customer))
    shown = changed[:limit] if limit else changed
    if shown:
        print_table(
            ("AS", "in", "what", "prefixes", "share", "since (UTC)", "until", "shown by"),
            [_line(one, country_of) for one in shown],
        )
    if len(shown) < len(changed):
        print_prose(f"{len(changed) - len(shown):,} more rows: --limit 0 shows them.")
    for one in found.vantage_losses:
        when = (
            f"its session ended at {minute(one.ended_s)} UTC" if one.ended_s else "no time is told"
        )
        print_prose(
            f"AS{one.asn} no longer feeds a collector ({one.n_routes_before:,} routes before, "
            f"{one.n_routes_after:,} after; {when}): no share counts it."
        )
    if not found.has_updates:
        print_prose("Next: --updates, for the minute, and to tell who moved first.")


def _doubt_words(doubt: Doubt) -> str:
    span = f"From {minute(doubt.begin_s)} to {minute(doubt.end_s)} UTC"
    return f"{span} {_DOUBTS[doubt.kind]}."


def _line(one: PairFinding, country_of: _CountryOf | None) -> tuple[str, ...]:
    others = " ".join(f"AS{asn}" for asn in one.others)
    with_ = f"; with {len(one.together)} others" if one.together else ""
    what = _WORDS[one.reason] + (f": {others}" if others else "") + with_
    share = f"{100 * one.prefix_share:.0f} %" if one.prefix_share else ""
    if one.reason in (Reason.ROUTE_LEAK, Reason.STAND_IN):
        share = f"+{len(one.prefixes):,}"
    return (
        str(one.customer),
        country_of(one.customer) if country_of else "",
        what,
        f"{one.before.n_prefixes:,} to {one.after.n_prefixes:,}",
        share,
        minute(one.start_s),
        minute(one.end_s),
        _shown_by(one),
    )


def _shown_by(one: PairFinding) -> str:
    """Tell the messages that date the change."""
    seen = one.evidence
    told = []
    if seen.n_withdrawn:
        told.append(f"{seen.n_withdrawn:,} withdrawn by {seen.n_withdrawn_by}")
    if seen.n_reannounced:
        told.append(f"{seen.n_reannounced:,} changed by {seen.n_reannounced_by}")
    if seen.n_unseen:
        told.append(f"{seen.n_unseen:,} in the RIB only")
    return ", ".join(told)
