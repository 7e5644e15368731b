"""Make the changes that ship anew, from files: ``python -m whocut.routes.changes_build``.

    --topology FOLDER   links of serial-1 of 2021 and 2022, and organisations, as CAIDA names them
    --out FOLDER        data/results/routes

Every country and month is scanned for alarms. Networks that records speak of (``data/routes/
named.toml``) are told in their country month by month, and between the last month whose paths end
before the record's days and the first whose paths begin after them. Counts only: no customer is
named. Figures are rounded; the same files give the same bytes.
"""

import argparse
import csv
import hashlib
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import msgspec
import numpy as np

from whocut.ingest.topology import find_topology
from whocut.model.errors import UsageError
from whocut.model.shipped import shipped_path
from whocut.routes.change_results import (
    CHANGES_FILE,
    COUNT_COLUMNS,
    COUNTS_FILE,
    NAMED_FILE,
    SOURCES_FILE,
    NamedNetworks,
    RouteChange,
    load_named,
)
from whocut.routes.changes import (
    CountryChange,
    Panel,
    ProviderChange,
    Window,
    load_thresholds,
    month_label,
    named_changes,
    scan,
    window_between,
    windows_of,
)
from whocut.routes.changes.answer import Control
from whocut.routes.changes.panel_file import load_panel
from whocut.routes.changes.window import watcher_notes

__all__ = ["FIRST_YEAR", "LAST_YEAR", "alarms", "main", "month_counts", "named_rows", "read_panel"]

FIRST_YEAR, LAST_YEAR = 2021, 2022
_SERIAL: Final = 1
_DIGITS: Final = 4
_VERSIONS: Final = "changes 1"


def read_panel(topology: Path, folder: Path | None = None) -> tuple[Panel, list[Path], Path]:
    """Read all months of the years, and say from which files.

    Raises: UsageError if there are none, or no organisations.
    """
    files = find_topology(topology)
    months = [month for month in files.months(_SERIAL) if FIRST_YEAR <= month.year <= LAST_YEAR]
    if not months:
        raise UsageError(f"{topology} holds no links of {FIRST_YEAR} to {LAST_YEAR}")
    links = [files.links_of(month, _SERIAL) for month in months]
    organisations = files.organisations_at(months[len(months) // 2])
    if organisations is None:
        raise UsageError(f"{topology} holds no organisations")
    return load_panel(links, organisations, folder), links, organisations


def alarms(panel: Panel, named: Sequence[NamedNetworks]) -> Iterator[RouteChange]:
    """Tell what stands out in any country and month."""
    for change in scan(panel, panel.months, load_thresholds()):
        for one in change.alarms:
            yield _alarm(change, one, named)


def _alarm(
    change: CountryChange, one: ProviderChange, named: Sequence[NamedNetworks]
) -> RouteChange:
    spoken = [
        each
        for each in named
        if each.country == one.country and set(each.asns) & set(one.provider_asns)
    ]
    together = change.several.p if change.several and one.verdict == "several" else None
    return _row(
        one,
        kind="alarm",
        asns=one.provider_asns,
        spoken=spoken,
        months=(change.months_before, change.months_after),
        ends=(change.last_before, change.first_after),
        several_p=together,
        notes=change.notes,
        shown=(change.serial, change.inputs),
    )


def named_rows(panel: Panel, named: Sequence[NamedNetworks]) -> Iterator[RouteChange]:
    """Tell what named networks lost, month by month and around the days of their records."""
    thresholds = load_thresholds()
    for country in sorted({one.country for one in named}):
        here = [one for one in named if one.country == country]
        for window in windows_of(panel, panel.months, thresholds):
            yield from _named(panel, window, country, here)
    for one in named:
        around = _around(panel, one)
        if around is not None:
            yield from _named(panel, around, one.country, [one], around=one.record)


def _around(panel: Panel, named: NamedNetworks) -> Window | None:
    """Choose the months on either side of a record's days by the days of their paths."""
    days = [
        seen or (month, month) for seen, month in zip(panel.observed, panel.months, strict=True)
    ]
    before = [column for column, seen in enumerate(days) if seen[1] < named.since]
    after = [column for column, seen in enumerate(days) if seen[0] > named.until]
    if not before or not after:
        return None
    months = panel.months[before[-1]], panel.months[after[0]]
    return window_between(panel, *months, load_thresholds())


def _named(
    panel: Panel,
    window: Window,
    country: str,
    named: Sequence[NamedNetworks],
    *,
    around: str = "",
) -> Iterator[RouteChange]:
    thresholds = load_thresholds()
    wanted = sorted({asn for one in named for asn in one.asns})
    labels = [month_label(month) for month in panel.months]
    text = " ".join((*panel.hashes, panel.organisations_hash, thresholds.version))
    for one, asns in named_changes(panel, window, country, wanted, thresholds):
        yield _row(
            one,
            kind="named",
            asns=asns,
            spoken=[each for each in named if set(each.asns) & set(asns)],
            months=(
                tuple(labels[column] for column in window.before),
                tuple(labels[column] for column in window.after),
            ),
            ends=(labels[window.last_before], labels[window.first_after]),
            several_p=None,
            notes=watcher_notes(panel, window),
            shown=(panel.serial, hashlib.sha256(text.encode()).hexdigest()),
            around=around,
        )


def _row(
    one: ProviderChange,
    *,
    kind: str,
    asns: Sequence[int],
    spoken: Sequence[NamedNetworks],
    months: tuple[tuple[str, ...], tuple[str, ...]],
    ends: tuple[str, str],
    several_p: float | None,
    notes: tuple[str, ...],
    shown: tuple[int, str],
    around: str = "",
) -> RouteChange:
    marks = (kind, one.country, one.sign, *ends, f"as{min(asns)}", *([around] if around else ()))
    return RouteChange(
        id="-".join(marks).lower(),
        kind=kind,
        country=one.country,
        sign=one.sign,
        last_before=ends[0],
        first_after=ends[1],
        months_before=months[0],
        months_after=months[1],
        provider=one.provider,
        asns=tuple(sorted(asns)),
        registered_in=one.provider_country,
        verdict=one.verdict,
        grade=one.grade,
        n=one.n,
        n_lost=one.n_lost,
        share=_short(one.share),
        low=_short(one.low),
        high=_short(one.high),
        expected=_short(one.expected),
        elsewhere=_control(one.elsewhere),
        others=_control(one.others),
        effect=_maybe(one.effect),
        effect_low=_maybe(one.effect_low),
        effect_high=_maybe(one.effect_high),
        p=_chance(one.p),
        several_p=_chance(several_p),
        reasons=dict(sorted(one.reasons.items())),
        hypotheses=one.hypotheses,
        doubts=one.doubts,
        notes=notes,
        actor=spoken[0].actor if spoken else "",
        records=tuple(sorted({each.record for each in spoken})),
        around=around,
        serial=shown[0],
        inputs=shown[1],
    )


def _short(value: float) -> float:
    return round(value, _DIGITS) + 0.0


def _maybe(value: float | None) -> float | None:
    return None if value is None else _short(value)


def _chance(value: float | None) -> float | None:
    """Two digits: the last ones differ by the machine's library of mathematics."""
    return None if value is None else float(f"{value:.1e}")


def _control(one: Control) -> Control:
    return Control(
        one.n, one.n_lost, _maybe(one.share), _short(one.low), _short(one.high), _chance(one.p)
    )


def month_counts(panel: Panel, named: Sequence[NamedNetworks]) -> Iterator[dict[str, str]]:
    """Count the customers of named networks by month, and how many of them are new or gone.

    An actor whose networks had none there in any month is left out: nothing can be seen of it.
    """
    for actor, country in sorted({(one.actor, one.country) for one in named}):
        asns = sorted({
            asn for one in named if (one.actor, one.country) == (actor, country) for asn in one.asns
        })  # fmt: skip
        rows = list(_counted(panel, actor, country, asns))
        if any(row["n"] != "0" for row in rows):
            yield from rows


def _counted(
    panel: Panel, actor: str, country: str, asns: Sequence[int]
) -> Iterator[dict[str, str]]:
    before: set[int] | None = None
    for column, month in enumerate(panel.months):
        here, there, seen = _customers(panel, column, asns, country)
        days = panel.observed[column]
        values = (
            month_label(month),
            *((day.isoformat() for day in days) if days else ("", "")),
            country,
            actor,
            " ".join(map(str, seen)),
            str(len(here)),
            "0" if before is None else str(len(before - here)),
            "0" if before is None else str(len(here - before)),
            str(there),
        )
        yield dict(zip(COUNT_COLUMNS, values, strict=True))
        before = here


def _customers(
    panel: Panel, column: int, asns: Sequence[int], country: str
) -> tuple[set[int], int, list[int]]:
    """Give the customers' organisations in a country, how many are elsewhere, and by which ASNs."""
    own = np.isin(panel.asns[panel.provider], np.asarray(asns, np.uint32))
    seller, buyer = panel.asns[panel.provider], panel.unit[panel.customer]
    is_sold = own & panel.carried[:, column] & ~panel.is_internal
    # Networks of one actor that the files hold apart carry one another: no customer.
    own_units = np.unique(panel.unit[np.isin(panel.asns, np.asarray(asns, np.uint32))])
    is_sold &= ~np.isin(buyer, own_units)
    number = panel.countries.index(country) if country in panel.countries else -1
    is_here = is_sold & (panel.country[buyer] == number)
    here = {int(unit) for unit in buyer[is_here]}
    everywhere = len(np.unique(buyer[is_sold]))
    return here, everywhere - len(here), sorted({int(asn) for asn in seller[is_here]})


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _sources(links: Sequence[Path], organisations: Path, named: Path) -> str:
    return "\n".join(
        (
            f"serial = {_SERIAL}",
            f'named = "{_digest(named)}"',
            f'thresholds = "{load_thresholds().version}"',
            f'versions = "{_VERSIONS}"',
            "",
            "[links]",
            *(f'"{path.name}" = "{_digest(path)}"' for path in links),
            "",
            "[organisations]",
            f'"{organisations.name}" = "{_digest(organisations)}"',
            "",
        )
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Scan every country and month, and write the results."""
    parser = argparse.ArgumentParser(prog="python -m whocut.routes.changes_build")
    parser.add_argument("--topology", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--cache", type=Path, help="folder for months that were read")
    asked = parser.parse_args(arguments)
    named = load_named()
    panel, links, organisations = read_panel(asked.topology, asked.cache)
    rows = [*alarms(panel, named), *named_rows(panel, named)]
    rows.sort(key=lambda one: (one.country, one.first_after, one.last_before, one.id))
    asked.out.mkdir(parents=True, exist_ok=True)
    encoder = msgspec.json.Encoder(order="deterministic")
    text = b"".join(encoder.encode(row) + b"\n" for row in rows)
    (asked.out / CHANGES_FILE).write_bytes(text)
    with (asked.out / COUNTS_FILE).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COUNT_COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(month_counts(panel, named))
    sources = _sources(links, organisations, shipped_path("routes", NAMED_FILE))
    (asked.out / SOURCES_FILE).write_text(sources, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
