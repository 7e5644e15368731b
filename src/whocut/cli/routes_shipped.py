"""Answers about a country from the results that ship, where no topology is at hand."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

from msgspec.structs import asdict

from whocut.cli.output import Output, print_table, write_json, write_rows
from whocut.cli.routes_answers import band_words, bar, percent
from whocut.cli.routes_options import ANY_MAP, SIMULATED_NOTE, MapOptions, asked_month
from whocut.cli.svg_option import write_svg
from whocut.cli.terminal import console, print_prose
from whocut.ingest.topology import REGISTRATION_CAVEAT
from whocut.model.errors import UsageError
from whocut.model.shipped import shipped_path
from whocut.routes.dependency.answer import Band
from whocut.routes.results import CountryResult, SharedCarrier, load_results

__all__ = ["may_answer", "shipped_country"]

_COLUMNS: Final = (
    *("country", "date", "role", "asn", "name", "registered_in", "share", "share_low"),
    *("share_high", "paths", "months", "inputs_sha256", "caveat"),
)
_CITED: Final = (
    "Derived from The CAIDA AS Relationships Dataset; terms and citation: data/results/routes."
)


def may_answer(options: MapOptions) -> bool:
    """Say whether a question is plain enough for results that are worked out, and they are there.

    Whoever wants no terms of others deletes data/results.
    """
    is_plain = replace(options, month=None) == ANY_MAP
    return is_plain and shipped_path("results", "routes").is_dir()


def shipped_country(
    country: str, options: MapOptions, why: UsageError, output: Output, svg: Path | None
) -> int:
    """Answer from what ships, and say so, with its age.

    Raises: UsageError, the one that led here, if nothing that ships answers.
    """
    month = asked_month(options.month) if options.month else None
    try:
        found = load_results().of(country, month)
    except UsageError as error:
        raise UsageError(f"{why}; {error}") from error
    notice = _notice(found, why)
    if svg:
        from whocut.routes.plots.charts import result_chart

        write_svg(svg, result_chart(found), output)
    if output.form == "table":
        _print(found, notice)
    elif output.form == "json":
        write_json(
            asdict(found)
            | {"notice": notice, "registration_caveat": REGISTRATION_CAVEAT, "citation": _CITED}
        )
    else:
        output.say(f"whocut: {notice}")
        write_rows(_rows(found), _COLUMNS, output.form)
    return 0


def _notice(found: CountryResult, why: UsageError) -> str:
    today = datetime.now(UTC).date()
    return f"From the results that ship, of {found.day:%Y-%m}, {_age(found.day, today)} old: {why}."


def _age(day: date, today: date) -> str:
    months = max((today.year - day.year) * 12 + today.month - day.month, 0)
    years, rest = divmod(months, 12)
    words = [f"{years} year{'s' * (years != 1)}"] if years else []
    if rest or not years:
        words.append(f"{rest} month{'s' * (rest != 1)}")
    return " and ".join(words)


def _rows(found: CountryResult) -> Iterator[dict[str, Any]]:
    for role, carriers in (("hands_over", found.hands_over), ("takes_over", found.takes_over)):
        for one in carriers:
            yield {
                "country": found.country,
                "date": f"{found.day:%Y-%m}",
                "role": role,
                "asn": one.asn,
                "name": one.name,
                "registered_in": one.registered_in or None,
                "share": one.share.value,
                "share_low": one.share.low,
                "share_high": one.share.high,
                "paths": found.paths,
                "months": [f"{month:%Y-%m}" for month in found.months],
                "inputs_sha256": found.inputs_sha256,
                "caveat": SIMULATED_NOTE,
            }


def _print(found: CountryResult, notice: str) -> None:
    months = ", ".join(f"{month:%Y-%m}" for month in found.months)
    print_prose(
        f"{found.country}: who carried it, links that agree in {months}, equal paths share alike; "
        f"{found.ases:,} networks with {found.slash24:,.0f} blocks of 256 addresses, "
        f"{found.foreign_providers:,} foreign providers.",
        style="bold",
    )
    print_prose(notice)
    print_prose(SIMULATED_NOTE)
    print_prose(REGISTRATION_CAVEAT)
    print_prose("In brackets: the least and the most that other rules for ties and months give.")
    for title, carriers in (
        ("hands over", found.hands_over),
        ("takes over", found.takes_over),
    ):
        console().print()
        _print_carriers(title, carriers)
    console().print()
    print_prose(
        f"Concentration of foreign transit (HHI; 1 is one alone): {_plain(found.hhi, 3)}. Points "
        f"of control: {_plain(found.control_points, 0)} networks take over 90 % from abroad. "
        f"Handed over by viewpoints themselves: {band_words(found.direct)}."
    )
    console().print()
    _print_pairs(found)
    print_prose(f"{_CITED} Inputs {found.inputs_sha256[:16]}.")


def _print_carriers(title: str, carriers: tuple[SharedCarrier, ...]) -> None:
    most = max((one.share.value for one in carriers), default=0.0)
    print_table(
        ("AS", "name", "in", title, ""),
        [
            (
                str(one.asn),
                one.name,
                one.registered_in,
                band_words(one.share),
                bar(one.share.value, most),
            )
            for one in carriers
        ],
    )


def _print_pairs(found: CountryResult) -> None:
    rows = (
        ("now", found.pairs_now),
        ("all foreign providers stop customers", found.pairs_stop_customers),
        ("all foreign providers cut all links", found.pairs_cut_links),
        ("all foreign providers carry nothing", found.pairs_carry_nothing),
        ("Cogent and Lumen stop customers", found.pairs_without_cogent_lumen),
    )
    print_table(
        ("what if", "address pairs left"),
        [(name, "nobody to act" if share is None else percent(share)) for name, share in rows],
    )


def _plain(band: Band, digits: int) -> str:
    return f"{band.value:,.{digits}f} ({band.low:,.{digits}f} to {band.high:,.{digits}f})"
