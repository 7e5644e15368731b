"""``whocut routes changes``: who stopped carrying whom between snapshots, and why."""

import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

from cyclopts import Parameter

from whocut.cli.output import AS_TABLE, Output, write_json, write_rows
from whocut.cli.progress import Progress
from whocut.cli.reference_options import cache_directory
from whocut.cli.svg_option import SvgOption, write_svg
from whocut.model.errors import UsageError

if TYPE_CHECKING:
    from whocut.ingest.topology import LocalTopology
    from whocut.routes.changes import CountryChange, Panel, ProviderChange, Window

__all__ = ["COLUMNS", "changes"]

COLUMNS: Final = (
    *("country", "last_before", "first_after", "sign", "provider", "provider_asns"),
    *("provider_country", "verdict", "grade", "n", "n_lost", "share", "low", "high", "expected"),
    *("p", "effect", "effect_low", "effect_high"),
    *("elsewhere_lost", "elsewhere_n", "others_lost", "others_n", "several_p"),
    *("leading", "reasons", "customers", "doubts", "serial", "inputs"),
    *("paths", "caveat"),
)
_MONTH: Final = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")
_EARLIER, _LATER = 6, 6
"""Months read beside those asked for: what was there long before, and what came back."""
_PANELS: Final = "route-changes"


def changes(
    country: Annotated[
        str | None, Parameter(name="COUNTRY", help="Two letters; all countries if none.")
    ] = None,
    /,
    *,
    from_: Annotated[str, Parameter(name="--from", help="Last month before, as in 2022-02.")],
    to: Annotated[str, Parameter(help="First month after, as in 2022-04.")],
    monthly: Annotated[
        bool,
        Parameter(negative="", help="Each month against the one before it, not the two ends."),
    ] = False,
    ordinary: Annotated[
        bool, Parameter(negative="", help="Also what is no more than the controls lead to expect.")
    ] = False,
    serial: Annotated[
        int | None, Parameter(help="1 or 2; else 1, and 2 where only that is at hand.")
    ] = None,
    topology: Annotated[
        Path | None,
        Parameter(help="Folder of CAIDA's files; else where whocut fetch topology puts them."),
    ] = None,
    svg: SvgOption = None,
    output: Output = AS_TABLE,
) -> int:
    """Say which providers stopped carrying whom in a country, and which began to.

    A link is lost for good if it was there in the two months before and in neither of the two
    after. Each provider is held against itself elsewhere and against others in the country. Who
    ended the links is a hypothesis, given with what speaks for and against it.
    """
    from whocut.routes.changes import load_thresholds

    first, last = _month(from_, "--from"), _month(to, "--to")
    if first >= last:
        raise UsageError(f"--from {from_} is not before --to {to}")
    code = country.upper() if country else None
    if code is not None and not re.fullmatch("[A-Z]{2}", code):
        raise UsageError(f"{country}: not a country of two letters")
    panel = _panel(_files(topology), first, last, serial, output)
    windows = _windows(panel, first, last, monthly=monthly)
    found = _answers(panel, windows, code, output, is_whole=ordinary)
    if svg:
        from whocut.routes.plots.charts import changes_chart

        write_svg(svg, changes_chart(found), output)
    _write(found, output, is_whole=ordinary)
    output.detail(f"whocut: thresholds {load_thresholds().version}")
    return 0


def _month(text: str, option: str) -> date:
    found = _MONTH.fullmatch(text)
    if found is None:
        raise UsageError(f"{option} {text}: not a month; wanted YYYY-MM")
    return date(int(found[1]), int(found[2]), 1)


def _files(folder: Path | None) -> "LocalTopology":
    from whocut.ingest.topology import find_topology
    from whocut.ingest.topology.topology_downloads import TOPOLOGY_FOLDER

    if folder is not None and not folder.is_dir():
        raise UsageError(f"--topology {folder}: no such folder")
    return find_topology(folder or cache_directory() / TOPOLOGY_FOLDER)


def _panel(
    files: "LocalTopology", first: date, last: date, serial: int | None, output: Output
) -> "Panel":
    from whocut.routes.changes.panel_file import load_panel

    if serial not in {None, 1, 2}:
        raise UsageError(f"--serial {serial}: wanted 1 or 2")
    has_one = all((1, month) in files.links for month in (first, last))
    chosen = serial or (1 if has_one or (2, first) not in files.links else 2)
    for month in (first, last):
        files.links_of(month, chosen)
    low, high = _ordinal(first) - _EARLIER, _ordinal(last) + _LATER
    months = [each for each in files.months(chosen) if low <= _ordinal(each) <= high]
    organisations = files.organisations_at(first)
    if organisations is None:
        raise UsageError(
            f"{files.folder} holds no organisations;"
            f" whocut fetch topology --month {first:%Y-%m} --only organisations brings them"
        )
    paths = [files.links_of(month, chosen) for month in months]
    folder = cache_directory() / _PANELS
    step = "reading months"
    with Progress(len(paths), len(paths), is_quiet=output.quiet, step=step) as progress:
        return load_panel(paths, organisations, folder, advance=progress.advance_to)


def _ordinal(month: date) -> int:
    return month.year * 12 + month.month


def _windows(panel: "Panel", first: date, last: date, *, monthly: bool) -> list["Window"]:
    from whocut.routes.changes import load_thresholds, window_between, windows_of

    if not monthly:
        return [window_between(panel, first, last, load_thresholds())]
    asked = [month for month in panel.months if first < month <= last]
    return windows_of(panel, asked, load_thresholds())


def _answers(
    panel: "Panel",
    windows: Sequence["Window"],
    country: str | None,
    output: Output,
    *,
    is_whole: bool,
) -> list["CountryChange"]:
    from whocut.routes.changes import country_changes, load_thresholds, scan_windows

    thresholds = load_thresholds()
    step = "comparing months"
    with Progress(len(windows), len(windows), is_quiet=output.quiet, step=step) as progress:
        if country is None:
            return list(scan_windows(panel, windows, thresholds, advance=progress.advance_to))
        found: list[CountryChange] = []
        for done, window in enumerate(windows, 1):
            found.extend(country_changes(panel, window, country, thresholds, is_whole=is_whole))
            progress.advance_to(done)
        return found


def _write(found: Sequence["CountryChange"], output: Output, *, is_whole: bool) -> None:
    from whocut.routes.changes import CAVEATS

    if output.form == "json":
        write_json({"changes": found, "caveats": CAVEATS, "kind": "observed links"})
    elif output.form == "table":
        from whocut.cli.routes_changes_screen import print_changes

        print_changes(found, is_whole=is_whole)
    else:
        about = {"paths": "observed", "caveat": " ".join(CAVEATS)}
        rows = [_row(change, one) | about for change in found for one in _told(change, is_whole)]
        write_rows(
            rows, COLUMNS, output.form, schema=_schema() if output.form == "parquet" else None
        )


def _told(change: "CountryChange", is_whole: bool) -> Sequence["ProviderChange"]:
    return (*change.alarms, *change.ordinary) if is_whole else change.alarms


def _row(change: "CountryChange", one: "ProviderChange") -> dict[str, Any]:
    together = change.several if one.verdict.value == "several" else None
    leading = [each.name.value for each in one.hypotheses if each.standing.value == "leading"]
    return {
        **{name: getattr(one, name) for name in COLUMNS if hasattr(one, name)},
        "last_before": change.last_before,
        "first_after": change.first_after,
        "verdict": one.verdict.value,
        "elsewhere_lost": one.elsewhere.n_lost,
        "elsewhere_n": one.elsewhere.n,
        "others_lost": one.others.n_lost,
        "others_n": one.others.n,
        "several_p": together.p if together else None,
        "leading": leading,
        "reasons": [f"{name}:{count}" for name, count in one.reasons.items()],
        "customers": [f"AS{each.asn}:{each.reason}" for each in one.customers],
        "doubts": list(one.doubts),
        "provider_asns": list(one.provider_asns),
        "serial": change.serial,
        "inputs": change.inputs,
    }


def _schema() -> Any:  # noqa: ANN401 - a type of pyarrow, which only Parquet needs
    import pyarrow as pa

    numbers = {"n", "n_lost", "elsewhere_lost", "elsewhere_n", "others_lost", "others_n", "serial"}
    lists = {"leading", "reasons", "customers", "doubts"}
    shares = {"share", "low", "high", "expected", "p", "effect", "effect_low", "effect_high"}
    kinds: dict[str, Any] = {name: pa.string() for name in COLUMNS}
    kinds.update(dict.fromkeys(numbers, pa.int64()))
    kinds.update(dict.fromkeys(lists, pa.list_(pa.string())))
    kinds.update(dict.fromkeys((*shares, "several_p"), pa.float64()))
    kinds["provider_asns"] = pa.list_(pa.uint32())
    return pa.schema([(name, kinds[name]) for name in COLUMNS])
