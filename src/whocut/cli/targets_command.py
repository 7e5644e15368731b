"""``whocut targets``: the names that figures are told of, what each belongs to, and who says so."""

from collections import Counter
from collections.abc import Sequence
from typing import Annotated, Any, Final

from cyclopts import Parameter

from whocut.access.target_model import Catalog, Listing, ListingKind, Target
from whocut.access.targets import load_targets
from whocut.cli.country_codes import refuse_unassigned
from whocut.cli.output import AS_TABLE, Output, print_table, write_json, write_rows
from whocut.cli.question import asked_country, asked_domain
from whocut.cli.terminal import console, print_prose
from whocut.cli.wording import count_of
from whocut.model.errors import UsageError

__all__ = ["targets"]

_COLUMNS: Final = (
    *("domain", "class", "sector", "operator", "actor_kind", "country", "audience", "same_as"),
    *("healthy", "source", "operator_source", "refused_by_lists_of", "blocked_by_lists_of"),
    "note",
)


def targets(
    *,
    class_: Annotated[
        str | None, Parameter(name="--class", help="Only this class, as in messenger.")
    ] = None,
    sector: Annotated[str | None, Parameter(help="Only this sector, as in gaming.")] = None,
    operator: Annotated[
        str | None, Parameter(help="Only operators with this in their name, in any case.")
    ] = None,
    listed: Annotated[
        str | None,
        Parameter(name="--list", help="Only targets on a list of this country, two letters."),
    ] = None,
    domain: Annotated[
        str | None, Parameter(help="One target, with every list it is on and every source.")
    ] = None,
    limit: Annotated[int, Parameter(help="Rows of the table; 0 for all of them.")] = 40,
    output: Output = AS_TABLE,
) -> int:
    """List the targets: services by sector, media, messengers, state services.

    A list says that a name is refused to a country by its owner, or blocked there; it is somebody's
    word, and no measurement.
    """
    catalog = load_targets()
    if domain is not None:
        return _write_one(catalog, asked_domain(domain).removeprefix("www."), output)
    _check_group("--class", class_, [one.id for one in catalog.classes])
    _check_group("--sector", sector, [one.id for one in catalog.sectors])
    country = asked_country(listed, "--list") if listed else None
    if country is not None:
        refuse_unassigned(country, "--list")
    listings = _by_target(catalog)
    found = [
        one
        for one in catalog.targets
        if (class_ is None or one.class_ == class_)
        and (sector is None or one.sector == sector)
        and (operator is None or operator.casefold() in (one.operator or "").casefold())
        and (country is None or any(entry.country == country for entry in listings[one.domain]))
    ]
    rows = [_row(one, listings[one.domain]) for one in found]
    if output.form == "json":
        write_json({"counts": _counts(found), "targets": rows, "meta": {"n": len(found)}})
    elif output.form == "table":
        _print(found, rows[:limit] if limit else rows)
    else:
        write_rows(rows, _COLUMNS, output.form)
    return 0


def _check_group(option: str, value: str | None, known: Sequence[str]) -> None:
    if value is not None and value not in known:
        raise UsageError(f"{option} {value}: not known; there are {', '.join(known)}")


def _by_target(catalog: Catalog) -> dict[str, list[Listing]]:
    """Give each target the listings of its name and of the hosts below it."""
    found: dict[str, list[Listing]] = {one.domain: [] for one in catalog.targets}
    for listing in catalog.listings:
        labels = listing.domain.split(".")
        for start in range(len(labels)):
            above = ".".join(labels[start:])
            if above in found:
                found[above].append(listing)
    return found


def _row(target: Target, listings: Sequence[Listing]) -> dict[str, Any]:
    def countries(kind: ListingKind) -> list[str]:
        return sorted({one.country for one in listings if one.kind is kind})

    return {
        "domain": target.domain,
        "class": target.class_,
        "sector": target.sector,
        "operator": target.operator,
        "actor_kind": target.actor_kind.value,
        "country": target.country,
        "audience": target.audience,
        "same_as": target.same_as,
        "healthy": target.healthy,
        "source": target.source,
        "operator_source": target.operator_source,
        "refused_by_lists_of": countries(ListingKind.REFUSED),
        "blocked_by_lists_of": countries(ListingKind.BLOCKED),
        "note": target.note,
    }


def _counts(found: Sequence[Target]) -> dict[str, dict[str, int]]:
    return {
        "class": dict(Counter(one.class_ for one in found).most_common()),
        "sector": dict(Counter(one.sector for one in found).most_common()),
        "actor_kind": dict(Counter(one.actor_kind.value for one in found).most_common()),
        "source": dict(Counter(one.source.partition(":")[0] for one in found).most_common()),
    }


def _print(found: Sequence[Target], shown: Sequence[dict[str, Any]]) -> None:
    further = sum(one.same_as is not None for one in found)
    tail = f", {further:,} of them further names of another" if further else ""
    print_prose(f"{count_of(len(found), 'target')}{tail}.", style="bold")
    if not found:
        return
    for name, counts in _counts(found).items():
        print_prose(f"By {name.replace('_', ' ')}: {_counted(counts)}.")
    console().print()
    print_table(
        ("domain", "class", "sector", "operator", "refused by lists of", "blocked by lists of"),
        [
            (
                *(row[name] or "" for name in ("domain", "class", "sector", "operator")),
                _few(row["refused_by_lists_of"]),
                _few(row["blocked_by_lists_of"]),
            )
            for row in shown
        ],
    )
    if len(found) > len(shown):
        print_prose(f"{len(found) - len(shown):,} more rows: --limit 0 shows them.")
    print_prose("Next: whocut targets --domain DOMAIN (its lists, days and sources)")


def _counted(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {n:,}" for name, n in counts.items())


def _few(countries: Sequence[str], most: int = 5) -> str:
    rest = f" and {len(countries) - most} more" if len(countries) > most else ""
    return " ".join(countries[:most]) + rest


def _write_one(catalog: Catalog, domain: str, output: Output) -> int:
    target = next((one for one in catalog.targets if one.domain == domain), None)
    if target is None:
        raise UsageError(f"--domain {domain}: no target here; whocut targets lists them")
    listings = catalog.listings_of(target)
    if output.form == "json":
        used = {target.source, target.operator_source, *(one.source for one in listings)}
        ids = {(one or "").partition(":")[0] for one in used}
        write_json(
            {
                "target": _row(target, listings),
                "healthy": next(one for one in catalog.healthy if one.id == target.healthy),
                "listings": listings,
                "sources": [one for one in catalog.sources if one.id in ids],
            }
        )
    elif output.form == "table":
        _print_one(catalog, target, listings)
    else:
        columns = ("domain", "country", "kind", "source", "first_seen", "removed")
        rows = [{name: getattr(one, name) for name in columns} for one in listings]
        write_rows(rows, columns, output.form)
    return 0


def _print_one(catalog: Catalog, target: Target, listings: Sequence[Listing]) -> None:
    print_prose(f"{target.domain}: {target.class_}, {target.sector}.", style="bold")
    print_prose(f"Said by {_source(catalog, target.source)}.", 2)
    if target.same_as:
        print_prose(f"A further name of {target.same_as}: the two count once.", 2)
    if target.operator_source:
        seat = f", seated in {target.country}" if target.country else ""
        made_for = f", made for {target.audience}" if target.audience else ""
        name = target.operator or "not named"
        print_prose(f"Operator: {name} ({target.actor_kind}{seat}{made_for}).", 2)
        print_prose(f"Said by {_source(catalog, target.operator_source)}.", 4)
    if target.note:
        print_prose(f"Note: {target.note}.", 2)
    healthy = next(one for one in catalog.healthy if one.id == target.healthy)
    print_prose(f"Healthy: {', '.join(healthy.statuses)}. {healthy.note}", 2)
    if not target.is_told_apart:
        print_prose("Cells know only the domain above it: it is counted in no figure.", 2)
    if not listings:
        print_prose("On no list here.", 2)
        return
    console().print()
    print_table(
        ("name", "country", "kind", "first seen", "removed", "source"),
        [
            (
                *(one.domain, one.country, one.kind.value),
                str(one.first_seen or "not known"),
                str(one.removed or ""),
                one.source,
            )
            for one in listings
        ],
    )


def _source(catalog: Catalog, id_: str) -> str:
    found = next(one for one in catalog.sources if one.id == id_.partition(":")[0])
    return f"{id_} ({found.title}; read: {found.read.replace('_', ' ')})"
